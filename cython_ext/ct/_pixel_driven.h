/* What pixels find where the detector sees them, eight at a time where the machine can.
 *
 * A place is a whole number of bins, its whole part, and a fraction of the way to the next bin. Each loop is there in
 * plain C, and for AVX2 and float by hand: compilers would load both bins of a pixel one by one. They do the same
 * operations in the same order, so all give the same bits.
 */

#ifndef COAREA_PIXEL_DRIVEN_H
#define COAREA_PIXEL_DRIVEN_H

#include "_instruction_sets.h"

/* Pixel x of n is seen at first + step x. */
#define COAREA_ADD_EVEN(T, begin, sums, row, first, step, n) \
    for (ptrdiff_t x = begin; x < n; x++) { \
        T place = first + step * (T)(int)x; \
        int k = (int)place; \
        T s = place - (T)k; \
        sums[x] += row[k] + s * (row[k + 1] - row[k]); \
    }

/* It is seen at (a + b x) / w with w = f + g x, and counts for 1 / w^2. */
#define COAREA_ADD_DIVERGENT(T, begin, sums, row, a, b, f, g, n) \
    for (ptrdiff_t x = begin; x < n; x++) { \
        T at = (T)(int)x, inverse = (T)1 / (f + g * at), place = (a + b * at) * inverse; \
        int k = (int)place; \
        T s = place - (T)k; \
        sums[x] += inverse * inverse * (row[k] + s * (row[k + 1] - row[k])); \
    }

static void coarea_add_even_double(
    double* __restrict sums, const double* __restrict row, double first, double step, ptrdiff_t n)
{
    COAREA_ADD_EVEN(double, 0, sums, row, first, step, n)
}

static void coarea_add_divergent_double(
    double* __restrict sums, const double* __restrict row, double a, double b, double f, double g, ptrdiff_t n)
{
    COAREA_ADD_DIVERGENT(double, 0, sums, row, a, b, f, g, n)
}

static void coarea_add_even_plain(
    float* __restrict sums, const float* __restrict row, float first, float step, ptrdiff_t n)
{
    COAREA_ADD_EVEN(float, 0, sums, row, first, step, n)
}

static void coarea_add_divergent_plain(
    float* __restrict sums, const float* __restrict row, float a, float b, float f, float g, ptrdiff_t n)
{
    COAREA_ADD_DIVERGENT(float, 0, sums, row, a, b, f, g, n)
}

#ifdef COAREA_X86
#include <immintrin.h>

COAREA_TARGET_AVX2 static inline __m256 coarea_between(const float* row, __m256 place)
{
    __m256i k = _mm256_cvttps_epi32(place), turned = _mm256_permute4x64_epi64(k, 0xD8); /* 0 1 4 5 2 3 6 7 */
    __m256 s = _mm256_sub_ps(place, _mm256_cvtepi32_ps(k));
    /* both bins of a pixel as one number of 64 bits; then all the lower and all the upper ones */
    __m256 a = _mm256_castpd_ps(_mm256_i32gather_pd((const double*)row, _mm256_castsi256_si128(turned), 4));
    __m256 b = _mm256_castpd_ps(_mm256_i32gather_pd((const double*)row, _mm256_extracti128_si256(turned, 1), 4));
    __m256 lower = _mm256_shuffle_ps(a, b, 0x88), upper = _mm256_shuffle_ps(a, b, 0xDD);
    return _mm256_add_ps(lower, _mm256_mul_ps(s, _mm256_sub_ps(upper, lower)));
}

COAREA_TARGET_AVX2 static void coarea_add_even_avx2(
    float* __restrict sums, const float* __restrict row, float first, float step, ptrdiff_t n)
{
    const __m256 eight = _mm256_set1_ps(8), start = _mm256_set1_ps(first), by = _mm256_set1_ps(step);
    __m256 at = _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7);
    ptrdiff_t done = 0;
    for (; done + 8 <= n; done += 8) {
        __m256 found = coarea_between(row, _mm256_add_ps(start, _mm256_mul_ps(by, at)));
        _mm256_storeu_ps(sums + done, _mm256_add_ps(_mm256_loadu_ps(sums + done), found));
        at = _mm256_add_ps(at, eight);
    }
    COAREA_ADD_EVEN(float, done, sums, row, first, step, n)
}

COAREA_TARGET_AVX2 static void coarea_add_divergent_avx2(
    float* __restrict sums, const float* __restrict row, float a, float b, float f, float g, ptrdiff_t n)
{
    const __m256 eight = _mm256_set1_ps(8), one = _mm256_set1_ps(1);
    __m256 at = _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7);
    ptrdiff_t done = 0;
    for (; done + 8 <= n; done += 8) {
        __m256 w = _mm256_add_ps(_mm256_set1_ps(f), _mm256_mul_ps(_mm256_set1_ps(g), at));
        __m256 inverse = _mm256_div_ps(one, w);
        __m256 place = _mm256_add_ps(_mm256_set1_ps(a), _mm256_mul_ps(_mm256_set1_ps(b), at));
        __m256 found = coarea_between(row, _mm256_mul_ps(place, inverse));
        found = _mm256_mul_ps(_mm256_mul_ps(inverse, inverse), found);
        _mm256_storeu_ps(sums + done, _mm256_add_ps(_mm256_loadu_ps(sums + done), found));
        at = _mm256_add_ps(at, eight);
    }
    COAREA_ADD_DIVERGENT(float, done, sums, row, a, b, f, g, n)
}
#endif

#define coarea_add_even_float(set, ...) COAREA_CHOOSE(set, coarea_add_even, __VA_ARGS__)
#define coarea_add_divergent_float(set, ...) COAREA_CHOOSE(set, coarea_add_divergent, __VA_ARGS__)

/* Interpolate two columns of the detector, and weigh them. */
#define COAREA_BLEND(T, name, target) \
    target static void coarea_blend_##name( \
        T* __restrict out, const T* __restrict low, const T* __restrict high, T s, T weight, ptrdiff_t n) \
    { \
        for (ptrdiff_t v = 0; v < n; v++) \
            out[v] = weight * (low[v] + s * (high[v] - low[v])); \
    }

COAREA_BLEND(double, double, )
COAREA_BLEND(float, plain, )
#ifdef COAREA_X86
COAREA_BLEND(float, avx2, COAREA_TARGET_AVX2)
#endif
#define coarea_blend_float(set, ...) COAREA_CHOOSE(set, coarea_blend, __VA_ARGS__)

#endif

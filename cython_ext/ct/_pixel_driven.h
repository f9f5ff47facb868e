/* What pixels find where the detector sees them, eight at a time where the machine can.
 *
 * A place is a whole number of bins and a fraction of the way to the next one. Each loop is there in plain C, and by hand
 * for AVX2: compilers would load both bins of a pixel one by one. They do the same operations in the same order, so all
 * give the same bits.
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

#define COAREA_PLAIN(T, name) \
    static void coarea_add_even_##name(T* __restrict sums, const T* __restrict row, T first, T step, ptrdiff_t n) \
    { \
        COAREA_ADD_EVEN(T, 0, sums, row, first, step, n) \
    } \
    static void coarea_add_divergent_##name( \
        T* __restrict sums, const T* __restrict row, T a, T b, T f, T g, ptrdiff_t n) \
    { \
        COAREA_ADD_DIVERGENT(T, 0, sums, row, a, b, f, g, n) \
    }

COAREA_PLAIN(float, float_plain)
COAREA_PLAIN(double, double_plain)

#ifdef COAREA_X86
#include <immintrin.h>

/* Both bins of a pixel are loaded as one; not by gathers, which are no faster here and slow where they are mended. */
COAREA_TARGET_AVX2 static inline __m128 coarea_two_pairs(const float* row, int k, int l)
{
    return _mm_loadh_pi(_mm_loadl_pi(_mm_setzero_ps(), (const __m64*)(row + k)), (const __m64*)(row + l));
}

COAREA_TARGET_AVX2 static inline __m256 coarea_between_float(const float* row, __m256 place)
{
    __m256i whole = _mm256_cvttps_epi32(place);
    __m256 s = _mm256_sub_ps(place, _mm256_cvtepi32_ps(whole));
    int k[8];
    _mm256_storeu_si256((__m256i*)k, whole);
    __m256 a = _mm256_castps128_ps256(coarea_two_pairs(row, k[0], k[1]));
    __m256 b = _mm256_castps128_ps256(coarea_two_pairs(row, k[2], k[3]));
    a = _mm256_insertf128_ps(a, coarea_two_pairs(row, k[4], k[5]), 1);
    b = _mm256_insertf128_ps(b, coarea_two_pairs(row, k[6], k[7]), 1);
    __m256 lower = _mm256_shuffle_ps(a, b, 0x88), upper = _mm256_shuffle_ps(a, b, 0xDD);
    return _mm256_add_ps(lower, _mm256_mul_ps(s, _mm256_sub_ps(upper, lower)));
}

COAREA_TARGET_AVX2 static inline __m256d coarea_between_double(const double* row, __m256d place)
{
    __m128i whole = _mm256_cvttpd_epi32(place);
    __m256d s = _mm256_sub_pd(place, _mm256_cvtepi32_pd(whole));
    int k[4];
    _mm_storeu_si128((__m128i*)k, whole);
    __m256d a = _mm256_castpd128_pd256(_mm_loadu_pd(row + k[0]));
    __m256d b = _mm256_castpd128_pd256(_mm_loadu_pd(row + k[1]));
    a = _mm256_insertf128_pd(a, _mm_loadu_pd(row + k[2]), 1);
    b = _mm256_insertf128_pd(b, _mm_loadu_pd(row + k[3]), 1);
    __m256d lower = _mm256_unpacklo_pd(a, b), upper = _mm256_unpackhi_pd(a, b);
    return _mm256_add_pd(lower, _mm256_mul_pd(s, _mm256_sub_pd(upper, lower)));
}

/* `many` numbers at a time, of type V; the instructions end in `kind`. */
#define COAREA_MANY(T, V, kind, many, numbers) \
    COAREA_TARGET_AVX2 static void coarea_add_even_##T##_avx2( \
        T* __restrict sums, const T* __restrict row, T first, T step, ptrdiff_t n) \
    { \
        V at = numbers; \
        ptrdiff_t done = 0; \
        for (; done + many <= n; done += many) { \
            V place = _mm256_add_##kind(_mm256_set1_##kind(first), _mm256_mul_##kind(_mm256_set1_##kind(step), at)); \
            V found = coarea_between_##T(row, place); \
            _mm256_storeu_##kind(sums + done, _mm256_add_##kind(_mm256_loadu_##kind(sums + done), found)); \
            at = _mm256_add_##kind(at, _mm256_set1_##kind(many)); \
        } \
        COAREA_ADD_EVEN(T, done, sums, row, first, step, n) \
    } \
    COAREA_TARGET_AVX2 static void coarea_add_divergent_##T##_avx2( \
        T* __restrict sums, const T* __restrict row, T a, T b, T f, T g, ptrdiff_t n) \
    { \
        V at = numbers; \
        ptrdiff_t done = 0; \
        for (; done + many <= n; done += many) { \
            V w = _mm256_add_##kind(_mm256_set1_##kind(f), _mm256_mul_##kind(_mm256_set1_##kind(g), at)); \
            V inverse = _mm256_div_##kind(_mm256_set1_##kind(1), w); \
            V place = _mm256_add_##kind(_mm256_set1_##kind(a), _mm256_mul_##kind(_mm256_set1_##kind(b), at)); \
            V found = coarea_between_##T(row, _mm256_mul_##kind(place, inverse)); \
            found = _mm256_mul_##kind(_mm256_mul_##kind(inverse, inverse), found); \
            _mm256_storeu_##kind(sums + done, _mm256_add_##kind(_mm256_loadu_##kind(sums + done), found)); \
            at = _mm256_add_##kind(at, _mm256_set1_##kind(many)); \
        } \
        COAREA_ADD_DIVERGENT(T, done, sums, row, a, b, f, g, n) \
    }

COAREA_MANY(float, __m256, ps, 8, _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7))
COAREA_MANY(double, __m256d, pd, 4, _mm256_setr_pd(0, 1, 2, 3))
#endif

#define coarea_add_even_float(set, ...) COAREA_CHOOSE(set, coarea_add_even_float, __VA_ARGS__)
#define coarea_add_even_double(set, ...) COAREA_CHOOSE(set, coarea_add_even_double, __VA_ARGS__)
#define coarea_add_divergent_float(set, ...) COAREA_CHOOSE(set, coarea_add_divergent_float, __VA_ARGS__)
#define coarea_add_divergent_double(set, ...) COAREA_CHOOSE(set, coarea_add_divergent_double, __VA_ARGS__)

/* Interpolate two columns of the detector, and weigh them. */
#define COAREA_BLEND(T, set, target) \
    target static void coarea_blend_##T##set( \
        T* __restrict out, const T* __restrict low, const T* __restrict high, T s, T weight, ptrdiff_t n) \
    { \
        for (ptrdiff_t v = 0; v < n; v++) \
            out[v] = weight * (low[v] + s * (high[v] - low[v])); \
    }

COAREA_BLEND(float, _plain, )
COAREA_BLEND(double, _plain, )
#ifdef COAREA_X86
COAREA_BLEND(float, _avx2, COAREA_TARGET_AVX2)
COAREA_BLEND(double, _avx2, COAREA_TARGET_AVX2)
#endif
#define coarea_blend_float(set, ...) COAREA_CHOOSE(set, coarea_blend_float, __VA_ARGS__)
#define coarea_blend_double(set, ...) COAREA_CHOOSE(set, coarea_blend_double, __VA_ARGS__)

#endif

/* Interpolation at equally spaced heights of a column of voxels, eight at a time where the machine can. */

#ifndef COAREA_CONE_H
#define COAREA_CONE_H

#include "_instruction_sets.h"
#include <stdint.h>

/* Both loops are compiled for each instruction set; compilers vectorise them. */
#define COAREA_BLENDS(set, target) \
    target static void coarea_blend##set( \
        float* __restrict out, const float* __restrict a, const float* __restrict b, float weight, ptrdiff_t n) \
    { \
        for (ptrdiff_t z = 0; z < n; z++) \
            out[z] = a[z] + weight * (b[z] - a[z]); \
    } \
    target static void coarea_add_blend##set( \
        float* __restrict a, float* __restrict b, const float* __restrict pairs, float weight, ptrdiff_t n) \
    { \
        for (ptrdiff_t z = 0; z < n; z++) { \
            float value = pairs[2 * z] + pairs[2 * z + 1]; \
            a[z] += value - weight * value; \
            b[z] += weight * value; \
        } \
    }

COAREA_BLENDS(_plain, )
#ifdef COAREA_X86
COAREA_BLENDS(_avx2, COAREA_TARGET_AVX2)
#endif
#define coarea_blend(set, ...) COAREA_CHOOSE(set, coarea_blend, __VA_ARGS__)
#define coarea_add_blend(set, ...) COAREA_CHOOSE(set, coarea_add_blend, __VA_ARGS__)

#ifdef COAREA_X86
#include <immintrin.h>

/* Add to the first sums; positions are in fixed point, see _fixed_point.pxd. Returns how many sums were served. */
COAREA_TARGET_AVX2 static ptrdiff_t coarea_gather_avx2(
    float* sums, const float* values, int64_t place, int64_t step, ptrdiff_t n)
{
    const __m256i ahead = _mm256_set1_epi64x(8 * step), mask = _mm256_set1_epi64x(0xFFFFFF);
    const __m256 unit = _mm256_set1_ps(5.9604644775390625e-08f);
    __m256i first = _mm256_setr_epi64x(place, place + step, place + 2 * step, place + 3 * step);
    __m256i second = _mm256_add_epi64(first, _mm256_set1_epi64x(4 * step));
    ptrdiff_t j = 0;
    for (; j + 8 <= n; j += 8) {
        /* pairs of neighbouring values, as one number of 64 bits each; then all the lower and all the upper ones */
        __m256 a = _mm256_castpd_ps(_mm256_i64gather_pd((const double*)values, _mm256_srli_epi64(first, 40), 4));
        __m256 b = _mm256_castpd_ps(_mm256_i64gather_pd((const double*)values, _mm256_srli_epi64(second, 40), 4));
        __m256 lower = _mm256_shuffle_ps(a, b, 0x88), upper = _mm256_shuffle_ps(a, b, 0xDD);
        __m256i fraction = _mm256_castps_si256(_mm256_shuffle_ps(
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_srli_epi64(first, 16), mask)),
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_srli_epi64(second, 16), mask)), 0x88));
        __m256 weight = _mm256_mul_ps(_mm256_cvtepi32_ps(fraction), unit);
        __m256 found = _mm256_add_ps(lower, _mm256_mul_ps(weight, _mm256_sub_ps(upper, lower)));
        found = _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(found), 0xD8)); /* 0 1 4 5 2 3 6 7 in order */
        _mm256_storeu_ps(sums + j, _mm256_add_ps(_mm256_loadu_ps(sums + j), found));
        first = _mm256_add_epi64(first, ahead);
        second = _mm256_add_epi64(second, ahead);
    }
    return j;
}

/* Its transpose: add to pairs what the first numbers bring to two voxels. Returns how many numbers were served. */
COAREA_TARGET_AVX2 static ptrdiff_t coarea_scatter_avx2(
    float* pairs, const float* data, int64_t place, int64_t step, ptrdiff_t n)
{
    const __m256i ahead = _mm256_set1_epi64x(8 * step), mask = _mm256_set1_epi64x(0xFFFFFF);
    const __m256 unit = _mm256_set1_ps(5.9604644775390625e-08f);
    __m256i first = _mm256_setr_epi64x(place, place + step, place + 4 * step, place + 5 * step);
    __m256i second = _mm256_add_epi64(first, _mm256_set1_epi64x(2 * step));
    float brought[16];
    ptrdiff_t j = 0;
    for (; j + 8 <= n; j += 8) {
        __m256i fraction = _mm256_castps_si256(_mm256_shuffle_ps(
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_srli_epi64(first, 16), mask)),
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_srli_epi64(second, 16), mask)), 0x88));
        __m256 weight = _mm256_mul_ps(_mm256_cvtepi32_ps(fraction), unit), value = _mm256_loadu_ps(data + j);
        __m256 upper = _mm256_mul_ps(weight, value), lower = _mm256_sub_ps(value, upper);
        /* numbers 0 1 4 5 and 2 3 6 7 */
        _mm256_storeu_ps(brought, _mm256_unpacklo_ps(lower, upper));
        _mm256_storeu_ps(brought + 8, _mm256_unpackhi_ps(lower, upper));
        for (int i = 0; i < 8; i++) {
            const float* from = brought + 2 * (i % 2) + 4 * (i / 4) + 8 * (i / 2 % 2);
            __m64* to = (__m64*)(pairs + 2 * (place >> 40) + 1);
            __m128 sum = _mm_add_ps(
                _mm_loadl_pi(_mm_setzero_ps(), to), _mm_loadl_pi(_mm_setzero_ps(), (const __m64*)from));
            _mm_storel_pi(to, sum);
            place += step;
        }
        first = _mm256_add_epi64(first, ahead);
        second = _mm256_add_epi64(second, ahead);
    }
    return j;
}

/* The same where steps are so large that no two of the even numbers bring to the same voxels, nor two of the odd ones:
 * these go to pairs of their own. What is there is not read, it must be 0. */
COAREA_TARGET_AVX2 static ptrdiff_t coarea_place_avx2(
    float* even, float* odd, const float* data, int64_t place, int64_t step, ptrdiff_t n)
{
    const __m256i ahead = _mm256_set1_epi64x(8 * step), mask = _mm256_set1_epi64x(0xFFFFFF);
    const __m256 unit = _mm256_set1_ps(5.9604644775390625e-08f);
    __m256i first = _mm256_setr_epi64x(place, place + step, place + 4 * step, place + 5 * step);
    __m256i second = _mm256_add_epi64(first, _mm256_set1_epi64x(2 * step));
    ptrdiff_t j = 0;
    for (; j + 8 <= n; j += 8) {
        __m256i fraction = _mm256_castps_si256(_mm256_shuffle_ps(
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_srli_epi64(first, 16), mask)),
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_srli_epi64(second, 16), mask)), 0x88));
        __m256 weight = _mm256_mul_ps(_mm256_cvtepi32_ps(fraction), unit), value = _mm256_loadu_ps(data + j);
        __m256 upper = _mm256_mul_ps(weight, value), lower = _mm256_sub_ps(value, upper);
        __m256 near = _mm256_unpacklo_ps(lower, upper), far = _mm256_unpackhi_ps(lower, upper);
        __m128 brought[4] = {
            _mm256_castps256_ps128(near), _mm256_castps256_ps128(far), _mm256_extractf128_ps(near, 1),
            _mm256_extractf128_ps(far, 1)};
        for (int i = 0; i < 4; i++) {
            _mm_storel_pi((__m64*)(even + 2 * (place >> 40) + 1), brought[i]);
            _mm_storeh_pi((__m64*)(odd + 2 * ((place + step) >> 40) + 1), brought[i]);
            place += 2 * step;
        }
        first = _mm256_add_epi64(first, ahead);
        second = _mm256_add_epi64(second, ahead);
    }
    return j;
}
#endif

static ptrdiff_t coarea_gather(
    int instruction_set, float* sums, const float* values, int64_t place, int64_t step, ptrdiff_t n)
{
#ifdef COAREA_X86
    if (instruction_set == COAREA_AVX2)
        return coarea_gather_avx2(sums, values, place, step, n);
#endif
    (void)instruction_set, (void)sums, (void)values, (void)place, (void)step, (void)n;
    return 0;
}

/* Pairs are zeros before. `second` is as long and holds zeros too, before and after; it may be needed for a while. */
static ptrdiff_t coarea_scatter(
    int instruction_set, float* pairs, float* second, ptrdiff_t n_pairs, const float* data, int64_t place, int64_t step,
    ptrdiff_t n)
{
#ifdef COAREA_X86
    const int64_t voxel = (int64_t)1 << 40, size = step < 0 ? -step : step;
    if (instruction_set == COAREA_AVX2 && size >= voxel)
        return coarea_place_avx2(pairs, pairs, data, place, step, n);
    if (instruction_set == COAREA_AVX2 && 2 * size >= voxel) {
        ptrdiff_t done = coarea_place_avx2(pairs, second, data, place, step, n);
        for (ptrdiff_t k = 0; k < 2 * n_pairs; k++) {
            pairs[k] += second[k];
            second[k] = 0;
        }
        return done;
    }
    if (instruction_set == COAREA_AVX2)
        return coarea_scatter_avx2(pairs, data, place, step, n);
#endif
    (void)instruction_set, (void)pairs, (void)second, (void)n_pairs, (void)data, (void)place, (void)step, (void)n;
    return 0;
}

#endif

/* What vectors of 32 bytes do in _variation_fused.h, for both types of number. */

#ifndef COAREA_VARIATION_VECTORS_H
#define COAREA_VARIATION_VECTORS_H

#include "_instruction_sets.h"
#include <immintrin.h>
#include <stdint.h>

#define COAREA_INLINE inline __attribute__((always_inline))
#define COAREA_UNROLL _Pragma("GCC unroll 2")
#define COAREA_AHEAD 32 /* voxels whose lengths are known before they are needed */
#define COAREA_OF_VECTORS COAREA_TARGET_AVX2 COAREA_INLINE static

typedef float coarea_vec_float_avx2 __attribute__((vector_size(32), aligned(4), may_alias));
typedef double coarea_vec_double_avx2 __attribute__((vector_size(32), aligned(8), may_alias));

COAREA_OF_VECTORS __m256 coarea_roots_float_avx2(__m256 square)
{
    return _mm256_sqrt_ps(square);
}

COAREA_OF_VECTORS __m256d coarea_roots_double_avx2(__m256d square)
{
    return _mm256_sqrt_pd(square);
}

/* Add to eight sums in double; `half` says to which of them four doubles go. */
COAREA_OF_VECTORS void coarea_add_float_avx2(__m256d* sums, int half, __m256 number)
{
    (void)half;
    sums[0] += _mm256_cvtps_pd(_mm256_castps256_ps128(number));
    sums[1] += _mm256_cvtps_pd(_mm256_extractf128_ps(number, 1));
}

COAREA_OF_VECTORS void coarea_add_double_avx2(__m256d* sums, int half, __m256d number)
{
    sums[half] += number;
}

COAREA_OF_VECTORS void coarea_add_squares_float_avx2(__m256d* sums, int half, __m256 number)
{
    __m256d first = _mm256_cvtps_pd(_mm256_castps256_ps128(number));
    __m256d second = _mm256_cvtps_pd(_mm256_extractf128_ps(number, 1));
    (void)half;
    sums[0] += first * first;
    sums[1] += second * second;
}

COAREA_OF_VECTORS void coarea_add_squares_double_avx2(__m256d* sums, int half, __m256d number)
{
    sums[half] += number * number;
}

/* `wrong` with bits other than the signs where squares cannot be right in float: those of differences other than 0 that
 * are too small, and too large ones.
 */
COAREA_OF_VECTORS __m256 coarea_wrong_float_avx2(
    __m256 wrong, __m256 square, __m256 d0, __m256 d1, __m256 d2, float least, float most)
{
    __m256 small = _mm256_cmp_ps(square, _mm256_set1_ps(least), _CMP_LT_OQ);
    __m256 large = _mm256_cmp_ps(square, _mm256_set1_ps(most), _CMP_GT_OQ);
    small = _mm256_and_ps(small, _mm256_or_ps(_mm256_or_ps(d0, d1), d2));
    return _mm256_or_ps(wrong, _mm256_or_ps(small, large));
}

COAREA_OF_VECTORS __m256d coarea_wrong_double_avx2(
    __m256d wrong, __m256d square, __m256d d0, __m256d d1, __m256d d2, double least, double most)
{
    (void)square, (void)d0, (void)d1, (void)d2, (void)least, (void)most;
    return wrong;
}

COAREA_OF_VECTORS int coarea_any_float_avx2(__m256 wrong)
{
    return !_mm256_testc_si256(_mm256_set1_epi32(INT32_MIN), _mm256_castps_si256(wrong));
}

COAREA_OF_VECTORS int coarea_any_double_avx2(__m256d wrong)
{
    (void)wrong;
    return 0;
}

#endif

/* Push-relabel sweeps over a pixel grid, vectorised over the pixels of a row: planes of 8-, 16- or 32-bit numbers,
 * the instruction set chosen when they run. Every instruction set gives a valid flow, so the cut is the same.
 */

#ifndef COAREA_SWEEP_H
#define COAREA_SWEEP_H

#include "_instruction_sets.h"
#include <stdint.h>
#include <string.h>

#define COAREA_ARCS_MAX 26
#define COAREA_MARGIN 32 /* bytes left of each row, a vector; empty rows lie before the first and after the last one */

typedef struct {
    void* excess;
    void* close; /* to a deficit */
    void* residual[COAREA_ARCS_MAX]; /* arcs 2 k and 2 k + 1 are opposite */
    ptrdiff_t offset[COAREA_ARCS_MAX]; /* from a pixel to the pixel that the arc leads to */
    ptrdiff_t stride;
    ptrdiff_t width;
    int n_arcs;
} coarea_planes;

/* Eight bytes that are 0 or 1 as eight bits, the first byte lowest. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PACK(eight) (((eight) * UINT64_C(0x8040201008040201)) >> 56)
#else
#define PACK(eight) (((eight) * UINT64_C(0x0102040810204080)) >> 56)
#endif

/* The loops over the arcs of a pixel are unrolled: their number is known to the compiler. */
#if defined(COAREA_GNU)
#define INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")
#else
#define INLINE inline
#define UNROLL
#endif

#define SET _scalar
#define WIDTH 0
#define TARGET
#include "_sweep_types.h"

#if defined(COAREA_X86)
#include <immintrin.h>
#define COAREA_JOIN_INTRINSIC(name, bits) name##bits
#define COAREA_INTRINSIC(name, bits) COAREA_JOIN_INTRINSIC(name, bits)
#endif

#if defined(COAREA_GNU)
#define SET _sse
#define WIDTH 16
#define TARGET
#include "_sweep_types.h"
#endif

#if defined(COAREA_X86)
#define SET _avx2
#define WIDTH 32
#define TARGET COAREA_TARGET_AVX2
#include "_sweep_types.h"
#endif

#define COAREA_BY_SIZE(function, set, ...) \
    (size == 1   ? function##_8##set(__VA_ARGS__) \
     : size == 2 ? function##_16##set(__VA_ARGS__) \
                 : function##_32##set(__VA_ARGS__))

#if defined(COAREA_X86)
#define COAREA_DISPATCH(function, ...) \
    (instruction_set == COAREA_AVX2  ? COAREA_BY_SIZE(function, _avx2, __VA_ARGS__) \
     : instruction_set == COAREA_SSE ? COAREA_BY_SIZE(function, _sse, __VA_ARGS__) \
                            : COAREA_BY_SIZE(function, _scalar, __VA_ARGS__))
#elif defined(COAREA_GNU)
#define COAREA_DISPATCH(function, ...) \
    (instruction_set == COAREA_SSE ? COAREA_BY_SIZE(function, _sse, __VA_ARGS__) \
                          : COAREA_BY_SIZE(function, _scalar, __VA_ARGS__))
#else
#define COAREA_DISPATCH(function, ...) COAREA_BY_SIZE(function, _scalar, __VA_ARGS__)
#endif

/* Room for what is pushed right and left in a row, each with a margin before and after it, however they are aligned. */
static size_t coarea_sweep_scratch(const coarea_planes* planes)
{
    return 2 * (size_t)planes->stride + 3 * COAREA_MARGIN;
}

/* Sweep the rows from `first` to `last` and back, n_sweeps times in all. `size` is that of a number, in bytes;
 * `scratch` is zero, of coarea_sweep_scratch numbers.
 */
static void coarea_sweep(
    const coarea_planes* planes, int size, int instruction_set, ptrdiff_t first, ptrdiff_t last, int n_sweeps,
    void* scratch)
{
    for (int k = 0; k < n_sweeps; k++)
        COAREA_DISPATCH(coarea_sweep, planes, k % 2 == 0, first, last, scratch);
}

static void coarea_sign(
    const void* numbers, int size, int instruction_set, int negative, ptrdiff_t n_words, uint64_t* words)
{
    COAREA_DISPATCH(coarea_sign, numbers, negative, n_words, words);
}

static void coarea_supply(
    const void* numbers, int size, int instruction_set, ptrdiff_t n, int64_t* positive, int64_t* total)
{
    COAREA_DISPATCH(coarea_supply, numbers, n, positive, total);
}

#endif

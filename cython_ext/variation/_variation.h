/* Row kernels of the fused total variation pass, the instruction set chosen when they run. */

#ifndef COAREA_VARIATION_H
#define COAREA_VARIATION_H

#include "_instruction_sets.h"
#include <stdint.h>
#include <string.h>
#if defined(COAREA_X86) && defined(__SSE2__)
#define COAREA_STREAMS
#include <emmintrin.h>
#endif

/* Ask for a row before its turn: a row is too short for the processor to notice by itself in time. */
static void coarea_fetch(const void* row, ptrdiff_t n_bytes)
{
#if defined(COAREA_GNU)
    for (ptrdiff_t x = 0; x < n_bytes; x += 64)
        __builtin_prefetch((const char*)row + x);
#else
    (void)row, (void)n_bytes;
#endif
}

/* Copy past the cache: memory is written only, where it would be read first otherwise. Lines of the cache that are not
 * written whole would cost more than that, so the ends take the usual way.
 */
static void coarea_stream(void* out, const void* rows, ptrdiff_t n_bytes)
{
#if defined(COAREA_STREAMS)
    char* to = out;
    const char* from = rows;
    ptrdiff_t before = -(uintptr_t)out & 63, x;
    if (before > n_bytes)
        before = n_bytes;
    memcpy(to, from, before);
    for (x = before; x + 64 <= n_bytes; x += 64)
        for (int k = 0; k < 64; k += 16)
            _mm_stream_si128((__m128i*)(to + x + k), _mm_loadu_si128((const __m128i*)(from + x + k)));
    memcpy(to + x, from + x, n_bytes - x);
#else
    memcpy(out, rows, n_bytes);
#endif
}

/* What was copied past the cache is there for all threads from now on. */
static void coarea_streamed(void)
{
#if defined(COAREA_STREAMS)
    _mm_sfence();
#endif
}

#ifdef COAREA_X86
#include "_variation_vectors.h"
#define COAREA_FUSES(set) ((set) == COAREA_AVX2)
#else
#define COAREA_FUSES(set) 0
#define coarea_fused_float_avx2(...) 0
#define coarea_fused_double_avx2(...) 0
#endif

#define COAREA_ROWS "_variation_rows.h"
#include "_types_and_sets.h"

#endif

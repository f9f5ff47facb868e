/* Row kernels of the fused total variation pass, the instruction set chosen when they run. */

#ifndef COAREA_VARIATION_H
#define COAREA_VARIATION_H

#include "_instruction_sets.h"
#include <math.h>

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

#define TARGET
#define T float
#define ROOT sqrtf
#define TINY 1e-19f
#define NAME(name) COAREA_NAME(name, float, _plain)
#include "_variation_rows.h"
#undef NAME
#ifdef COAREA_X86
#undef TARGET
#define TARGET COAREA_TARGET_AVX2
#define NAME(name) COAREA_NAME(name, float, _avx2)
#include "_variation_rows.h"
#undef NAME
#endif
#undef T
#undef ROOT
#undef TINY

#define T double
#define ROOT sqrt
#define TINY 1e-154
#ifdef COAREA_X86
#define NAME(name) COAREA_NAME(name, double, _avx2)
#include "_variation_rows.h"
#undef NAME
#undef TARGET
#define TARGET
#endif
#define NAME(name) COAREA_NAME(name, double, _plain)
#include "_variation_rows.h"
#undef NAME
#undef T
#undef ROOT
#undef TINY
#undef TARGET

#endif

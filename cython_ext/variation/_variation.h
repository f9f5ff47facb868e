/* Row kernels of the fused total variation pass, the instruction set chosen when they run. */

#ifndef COAREA_VARIATION_H
#define COAREA_VARIATION_H

#include "_instruction_sets.h"

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

#define COAREA_ROWS "_variation_rows.h"
#include "_types_and_sets.h"

#endif

/* Include COAREA_ROWS, a file of row functions, for both types of number and all instruction sets.
 *
 * It sees the type T, its root ROOT, TINY and LEAST and MOST, the range of squares that are right in T (0 where no care
 * is taken), and names its functions NAME(name) after TARGET. VECTORS is defined for vectors of 32 bytes.
 */

#include "_instruction_sets.h"
#include <math.h>

/* Lengths whose squares are right in float. */
#define COAREA_SHORT 1e-12f
#define COAREA_LONG 1e18f

#define TARGET
#define T float
#define ROOT sqrtf
#define TINY 1e-19f
#define LEAST (COAREA_SHORT * COAREA_SHORT)
#define MOST (COAREA_LONG * COAREA_LONG)
#define NAME(name) COAREA_NAME(name, float, _plain)
#include COAREA_ROWS
#undef NAME
#ifdef COAREA_X86
#undef TARGET
#define TARGET COAREA_TARGET_AVX2
#define VECTORS
#define NAME(name) COAREA_NAME(name, float, _avx2)
#include COAREA_ROWS
#undef NAME
#undef VECTORS
#endif
#undef T
#undef ROOT
#undef TINY
#undef LEAST
#undef MOST

#define T double
#define ROOT sqrt
#define TINY 1e-154
#define LEAST 0
#define MOST 0
#ifdef COAREA_X86
#define VECTORS
#define NAME(name) COAREA_NAME(name, double, _avx2)
#include COAREA_ROWS
#undef NAME
#undef VECTORS
#undef TARGET
#define TARGET
#endif
#define NAME(name) COAREA_NAME(name, double, _plain)
#include COAREA_ROWS
#undef NAME
#undef T
#undef ROOT
#undef TINY
#undef LEAST
#undef MOST
#undef TARGET
#undef COAREA_ROWS

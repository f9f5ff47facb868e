/* The row kernels of one instruction set for all types of numbers; _sweep.h defines SET, WIDTH and TARGET. WIDER holds
 * the sum of 64 numbers.
 */

#define T int8_t
#define BITS 8
#define WIDER int16_t
#define NAME(name) COAREA_NAME(name, 8, SET)
#include "_sweep_rows.h"
#undef T
#undef BITS
#undef WIDER
#undef NAME

#define T int16_t
#define BITS 16
#define WIDER int32_t
#define NAME(name) COAREA_NAME(name, 16, SET)
#include "_sweep_rows.h"
#undef T
#undef BITS
#undef WIDER
#undef NAME

#define T int32_t
#define BITS 32
#define WIDER int64_t
#define NAME(name) COAREA_NAME(name, 32, SET)
#include "_sweep_rows.h"
#undef T
#undef BITS
#undef WIDER
#undef NAME

#undef SET
#undef WIDTH
#undef TARGET

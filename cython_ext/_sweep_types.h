/* The row kernels of one instruction set for all types of numbers; _sweep.h defines SET, WIDTH and TARGET. */

#define T int8_t
#define NAME(name) COAREA_NAME(name, 8, SET)
#include "_sweep_rows.h"
#undef T
#undef NAME

#define T int16_t
#define NAME(name) COAREA_NAME(name, 16, SET)
#include "_sweep_rows.h"
#undef T
#undef NAME

#define T int32_t
#define NAME(name) COAREA_NAME(name, 32, SET)
#include "_sweep_rows.h"
#undef T
#undef NAME

#undef SET
#undef WIDTH
#undef TARGET

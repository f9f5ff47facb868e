/* Row kernels of the dual step, the instruction set chosen when they run. */

#ifndef COAREA_DUAL_H
#define COAREA_DUAL_H

#define COAREA_ROWS "_dual_rows.h"
#include "_types_and_sets.h"

#endif

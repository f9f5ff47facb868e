/* One scale of instruction sets for all kernels that have several, and the compilers that know them.
 *
 *     scalar    one number at a time, as far as the kernel decides
 *     sse       vectors of 128 bits: SSE2, or what other machines have of that width
 *     avx2      vectors of 256 bits; without FMA, so it rounds alike and results are the same bit for bit
 *
 * They are numbered from 0 in this order. Functions take the number, coarea.* sees the names. A kernel without code of
 * its own for a set takes that of the next slower one. Vectors of 512 bits have not been faster here.
 *
 * With COAREA_PORTABLE defined no header uses what only GNU compilers have: it is the code that any compiler gets, to
 * be tested with the one at hand (CFLAGS=-DCOAREA_PORTABLE pip install .). Headers ask for COAREA_GNU, not __GNUC__.
 */

#ifndef COAREA_INSTRUCTION_SETS_H
#define COAREA_INSTRUCTION_SETS_H

#include <stddef.h>

#if defined(__GNUC__) && !defined(COAREA_PORTABLE)
#define COAREA_GNU
#endif
/* MinGW does not keep vectors of 32 bytes where they must lie on the stack. */
#if defined(COAREA_GNU) && (defined(__x86_64__) || defined(__i386__)) && !defined(__MINGW32__)
#define COAREA_X86
#define COAREA_TARGET_AVX2 __attribute__((target("avx2")))
#endif

enum { COAREA_SCALAR, COAREA_SSE, COAREA_AVX2 };

/* How many of them this machine runs. */
static int coarea_n_instruction_sets(void)
{
#if defined(COAREA_X86)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? 3 : 2;
#elif defined(COAREA_GNU)
    return 2;
#else
    return 1;
#endif
}

/* Row kernels are plain loops, which compilers vectorise: once as they are, and once for AVX2. */
#if defined(COAREA_X86)
#define COAREA_CHOOSE(instruction_set, function, ...) \
    ((instruction_set) == COAREA_AVX2 ? function##_avx2(__VA_ARGS__) : function##_plain(__VA_ARGS__))
#else
#define COAREA_CHOOSE(instruction_set, function, ...) function##_plain(__VA_ARGS__)
#endif

#define COAREA_JOIN(name, type, set) coarea_##name##_##type##set
#define COAREA_NAME(name, type, set) COAREA_JOIN(name, type, set)

#endif

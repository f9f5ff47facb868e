/* Which vectors this machine has. Row kernels are compiled once for the instructions that every machine of its kind has
 * and once for AVX2, which is chosen when they run. AVX2 without FMA rounds alike, so the results are the same bit for bit.
 */

#ifndef COAREA_INSTRUCTION_SETS_H
#define COAREA_INSTRUCTION_SETS_H

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define COAREA_WITH_AVX2
#define COAREA_AVX2 __attribute__((target("avx2")))
#define COAREA_CHOOSE(instruction_set, function, ...) \
    ((instruction_set) == 2 ? function##_avx2(__VA_ARGS__) : function##_plain(__VA_ARGS__))
#else
#define COAREA_CHOOSE(instruction_set, function, ...) function##_plain(__VA_ARGS__)
#endif

/* From the slowest: 1 to n. */
static int coarea_n_row_sets(void)
{
#if defined(COAREA_WITH_AVX2)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? 2 : 1;
#else
    return 1;
#endif
}

#define COAREA_JOIN(name, type, set) coarea_##name##_##type##set
#define COAREA_NAME(name, type, set) COAREA_JOIN(name, type, set)

#endif

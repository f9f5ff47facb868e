"""What GNU compilers (and Clang) offer beyond C, with plain C for the others: searches in words, and prefetching.

With the macro COAREA_PORTABLE, all compilers take the plain C.
"""

from libc.stdint cimport uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #if defined(__GNUC__) && !defined(COAREA_PORTABLE)
    #define coarea_lowest32(word) __builtin_ctz(word)
    #define coarea_lowest64(word) __builtin_ctzll(word)
    #define coarea_highest64(word) (63 - __builtin_clzll(word))
    /* The place may lie outside the array, so it is never a pointer into it. */
    #define coarea_prefetch(array, n_bytes) __builtin_prefetch((const void*)((uintptr_t)(array) + (uintptr_t)(n_bytes)))
    #else
    static inline int coarea_lowest64(uint64_t word) { int i = 0; while (!(word >> i & 1)) i++; return i; }
    static inline int coarea_highest64(uint64_t word) { int i = 63; while (!(word >> i & 1)) i--; return i; }
    #define coarea_lowest32(word) coarea_lowest64(word)
    #define coarea_prefetch(array, n_bytes) ((void)(array), (void)(n_bytes))
    #endif
    """
    int lowest32 "coarea_lowest32"(unsigned int word) noexcept nogil  # the place of the lowest one; the word is not 0
    int lowest64 "coarea_lowest64"(uint64_t word) noexcept nogil
    int highest64 "coarea_highest64"(uint64_t word) noexcept nogil
    void prefetch "coarea_prefetch"(const void* array, Py_ssize_t n_bytes) noexcept nogil

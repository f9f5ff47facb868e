"""Ranks of numbers of 32 bits by a radix sort, several times as fast as a sort by comparisons."""

from libc.string cimport memset

from shared._types cimport word_t

cdef enum:
    BITS = 11  # of a digit; the last of three has 10
    RADIX = 2048


def rank_keys(
    const unsigned int[::1] keys, word_t[::1] pairs, word_t[::1] spare, int[::1] rank, int[::1] first
):
    """Rank the keys among the distinct ones; return how many of them there are.

    keys : at least one and fewer than 2**31.
    pairs, spare : scratch, one entry for each key.
    rank : of each key; is filled.
    first : the place of the first key of each rank; as many entries as there are keys, of which the first are filled.
    """
    cdef Py_ssize_t n = keys.shape[0], k
    cdef int starts[3][RADIX]
    cdef int digit, total, count, n_distinct = -1
    cdef int* start
    cdef unsigned int key, last = 0
    cdef bint is_sorted = True
    cdef word_t* source = &pairs[0]
    cdef word_t* target = &spare[0]
    with nogil:
        memset(starts, 0, sizeof(starts))
        for k in range(n):
            key = keys[k]
            is_sorted &= key >= last
            last = key
            starts[0][key & (RADIX - 1)] += 1
            starts[1][key >> BITS & (RADIX - 1)] += 1
            starts[2][key >> (2 * BITS)] += 1
            source[k] = <word_t>key << 32 | <word_t>k
        for digit in range(0 if is_sorted else 3):
            start = starts[digit]
            total = 0
            for k in range(RADIX):
                count = start[k]
                start[k] = total
                total += count
            for k in range(n):
                key = source[k] >> (32 + digit * BITS) & (RADIX - 1)
                target[start[key]] = source[k]
                start[key] += 1
            source, target = target, source
        for k in range(n):
            key = <unsigned int>(source[k] >> 32)
            if n_distinct < 0 or key != last:
                n_distinct += 1
                first[n_distinct] = <int><unsigned int>source[k]  # equal keys are still in the order they came in
                last = key
            rank[<unsigned int>source[k]] = n_distinct
    return n_distinct + 1

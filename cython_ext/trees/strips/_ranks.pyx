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


cdef inline bint comes_before(const unsigned int* keys, const int* head, int run, int other) noexcept nogil:
    """Whether the first key left of a run is the smaller one; of equal ones that of the first run."""
    cdef unsigned int key = keys[head[run]], other_key = keys[head[other]]
    return key < other_key or (key == other_key and run < other)


cdef inline int lower(const unsigned int* keys, const int* head, const int* heap, int size, int i) noexcept nogil:
    """Which of the two entries below one of a heap comes first; at least `size`, if there are none."""
    cdef int below = 2 * i + 1
    return below + (below + 1 < size and comes_before(keys, head, heap[below + 1], heap[below]))


cdef inline void sift(const unsigned int* keys, const int* head, int* heap, int size, int i) noexcept nogil:
    """Let an entry of a heap sink to its place."""
    cdef int below = lower(keys, head, heap, size, i)
    while below < size and comes_before(keys, head, heap[below], heap[i]):
        heap[i], heap[below] = heap[below], heap[i]
        i = below
        below = lower(keys, head, heap, size, i)


def merge_runs(
    const unsigned int[::1] keys, const int[::1] start, int[::1] head, int[::1] heap, int[::1] rank, int[::1] first
):
    """As `rank_keys` for keys that lie in runs, each of which increases: fast where runs hardly overlap.

    start : the place of the first key of each run, and at the end the number of keys.
    head, heap : scratch, one entry for each run.
    """
    cdef int n_runs = <int>head.shape[0], size = 0, n_distinct = -1, run, next_run, i, end
    cdef unsigned int last = 0
    with nogil:
        for run in range(n_runs):
            head[run] = start[run]
            if start[run] < start[run + 1]:
                heap[size] = run
                size += 1
        for i in range(size // 2 - 1, -1, -1):
            sift(&keys[0], &head[0], &heap[0], size, i)
        while size > 0:
            run = heap[0]
            next_run = lower(&keys[0], &head[0], &heap[0], size, 0)
            next_run = heap[next_run] if next_run < size else run
            i = head[run]
            end = start[run + 1]
            while True:
                if n_distinct < 0 or keys[i] != last:
                    n_distinct += 1
                    first[n_distinct] = i
                    last = keys[i]
                rank[i] = n_distinct
                i += 1
                if i == end or (next_run != run and keys[i] >= keys[head[next_run]]):
                    break
            head[run] = i
            if i == end:
                size -= 1
                heap[0] = heap[size]
            sift(&keys[0], &head[0], &heap[0], size, 0)
    return n_distinct + 1

"""Cells waiting at their levels: a stack for each level, and a hierarchical bitmap of the levels that wait.

The stacks are slices of one array, since each cell waits once.
"""

from shared._machine cimport highest64, lowest64
from shared._types cimport word_t

cdef enum:
    DEPTH = 6  # 64**6 levels exceed 32 bits

cdef struct Queue:
    unsigned int* cells
    int* base  # the first place of each level's stack
    int* top  # the place after its last cell
    word_t* bitmap[DEPTH]
    Py_ssize_t n_words[DEPTH]
    int depth


cdef inline Py_ssize_t bitmap_words(Py_ssize_t n_levels) noexcept nogil:
    """How many words the bitmap of that many levels takes."""
    cdef Py_ssize_t words = 0
    while True:
        n_levels = (n_levels + 63) >> 6
        words += n_levels
        if n_levels == 1:
            return words


cdef inline void init_bitmap(Queue* queue, word_t* words, Py_ssize_t n_levels) noexcept nogil:
    cdef Py_ssize_t i
    queue.depth = 0
    while True:
        n_levels = (n_levels + 63) >> 6
        for i in range(n_levels):
            words[i] = 0
        queue.bitmap[queue.depth] = words
        queue.n_words[queue.depth] = n_levels
        queue.depth += 1
        words += n_levels
        if n_levels == 1:
            return


cdef inline void mark_waiting(Queue* queue, unsigned int level) noexcept nogil:
    cdef word_t* word
    cdef word_t old
    cdef int d
    for d in range(queue.depth):
        word = queue.bitmap[d] + (level >> 6)
        old = word[0]
        word[0] = old | (<word_t>1 << (level & 63))
        if old:
            return
        level >>= 6


cdef inline void mark_empty(Queue* queue, unsigned int level) noexcept nogil:
    cdef word_t* word
    cdef int d
    for d in range(queue.depth):
        word = queue.bitmap[d] + (level >> 6)
        word[0] &= ~(<word_t>1 << (level & 63))
        if word[0]:
            return
        level >>= 6


cdef inline Py_ssize_t next_above(const Queue* queue, Py_ssize_t level) noexcept nogil:
    """The lowest waiting level that is at least the given one; -1 if there is none."""
    cdef word_t rest
    cdef int d
    for d in range(queue.depth):
        if level >> 6 >= queue.n_words[d]:
            return -1
        rest = queue.bitmap[d][level >> 6] >> (level & 63)
        if rest:
            level += lowest64(rest)
            while d > 0:
                d -= 1
                level = (level << 6) + lowest64(queue.bitmap[d][level])
            return level
        level = (level >> 6) + 1
    return -1


cdef inline Py_ssize_t next_below(const Queue* queue, Py_ssize_t level) noexcept nogil:
    """The highest waiting level that is at most the given one; -1 if there is none."""
    cdef word_t rest
    cdef int d
    for d in range(queue.depth):
        if level < 0:
            return -1
        rest = queue.bitmap[d][level >> 6] << (63 - (level & 63))
        if rest:
            level -= 63 - highest64(rest)
            while d > 0:
                d -= 1
                level = (level << 6) + highest64(queue.bitmap[d][level])
            return level
        level = (level >> 6) - 1
    return -1


cdef inline Py_ssize_t nearest_waiting(const Queue* queue, Py_ssize_t level) noexcept nogil:
    """The waiting level nearest to the given one; -1 if there is none."""
    cdef Py_ssize_t above = next_above(queue, level), below = next_below(queue, level)
    if above < 0 or (below >= 0 and level - below <= above - level):
        return below
    return above

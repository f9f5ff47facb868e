"""Sets of pixels, 64 to a word: what can be reached in a grid of planes.

The blocks of planes are those of _planes. `rows` and `columns` are the steps of the arcs; arcs 2 k and 2 k + 1 are
opposite, 0 and 1 lead right and left, the others to the rows before and after (those without capacity may stay in the
row).
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from cuts._network cimport ARCS_MAX, plane_t
from shared._interrupt cimport act_after
from shared._machine cimport lowest64
from shared._types cimport uint64_t
from shared._union_find cimport find

cdef extern from "_sweep.h" nogil:
    enum:
        COAREA_MARGIN


cdef inline uint64_t shifted(const uint64_t* row, Py_ssize_t w, Py_ssize_t n_words, int step) noexcept nogil:
    """Word w of the row's pixels x + step, for a step of less than 64 columns."""
    cdef uint64_t word = row[w]
    if step > 0:
        return word >> step | (row[w + 1] << (64 - step) if w + 1 < n_words else 0)
    if step < 0:
        return word << -step | (row[w - 1] >> (64 + step) if w > 0 else 0)
    return word


cdef inline uint64_t flood_right(uint64_t word, uint64_t enter, uint64_t* carry) noexcept nogil:
    """What the word's pixels and the pixel before reach to the right; an addition carries them along."""
    cdef uint64_t a = word | enter, total = a + word + carry[0]
    cdef uint64_t reached = word | (enter & (total ^ a ^ word))
    carry[0] = reached >> 63
    return reached


cdef inline uint64_t flood_left(uint64_t word, uint64_t enter, uint64_t* carry) noexcept nogil:
    """The same to the left, by doubling steps."""
    cdef uint64_t reached = word | (enter & (carry[0] << 63))
    cdef int step = 1
    while step < 64:
        reached |= enter & (reached >> step)
        enter &= enter >> step
        step <<= 1
    carry[0] = reached & 1
    return reached


cdef bint flood_row(
    const uint64_t[:, :, ::1] enter, const int[::1] rows, const int[::1] columns, uint64_t[:, ::1] reached, Py_ssize_t y
) noexcept nogil:
    """Reach the row from its neighbours and along itself; return whether it has grown."""
    cdef Py_ssize_t w, there, n_words = reached.shape[1]
    cdef uint64_t carry = 0, word, grown = 0
    cdef int k
    for w in range(n_words):
        word = reached[y, w]
        for k in range(2, rows.shape[0]):
            there = y + rows[k]
            if 0 <= there < reached.shape[0]:
                word |= enter[k, y, w] & shifted(&reached[there, 0], w, n_words, columns[k])
        word = flood_right(word, enter[1, y, w], &carry)
        grown |= word ^ reached[y, w]
        reached[y, w] = word
    carry = 0
    for w in range(n_words - 1, -1, -1):
        word = flood_left(reached[y, w], enter[0, y, w], &carry)
        grown |= word ^ reached[y, w]
        reached[y, w] = word
    return grown != 0


def flood(
    const uint64_t[:, :, ::1] enter, const int[::1] rows, const int[::1] columns, uint64_t[:, ::1] reached
):
    """Grow the set until nothing more can be entered.

    enter[k] holds the pixels p that can be entered from p + offset k.
    """
    cdef Py_ssize_t y, i, n = reached.shape[0], pad = 0, steps = 0
    cdef int k
    cdef bint again = True, down = True
    for k in range(rows.shape[0]):
        pad = max(pad, <Py_ssize_t>rows[k])
    cdef unsigned char* pending = <unsigned char*>malloc(n + 2 * pad)  # of each row, and of those that arcs can reach
    if pending == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    try:
        with nogil:
            memset(pending, 1, n + 2 * pad)
            while again:
                again = False
                for i in range(n):
                    y = i if down else n - 1 - i
                    if pending[y + pad]:
                        pending[y + pad] = 0
                        steps += reached.shape[1] * rows.shape[0]
                        act_after(&steps)
                        if flood_row(enter, rows, columns, reached, y):
                            for k in range(2, rows.shape[0]):
                                pending[y + pad + rows[k]] = 1
                            again = True
                down = not down
    finally:
        free(pending)


def separate(
    plane_t[:, :, ::1] block, const int[::1] offsets, const int[::1] rows, const int[::1] columns,
    const uint64_t[:, ::1] above, int first, int stop,
):
    """Close the arcs between pixels above and pixels below, of the pairs whose first pixel is in rows [first, stop)."""
    cdef Py_ssize_t y, w, x, there, place, n_words = above.shape[1], pad = (block.shape[1] - above.shape[0]) // 2
    cdef int k
    cdef uint64_t word
    with nogil:
        for k in range(0, offsets.shape[0], 2):
            for y in range(first, stop):
                there = y + rows[k]
                if there < 0 or there >= above.shape[0]:
                    continue
                for w in range(n_words):
                    word = above[y, w] ^ shifted(&above[there, 0], w, n_words, columns[k])
                    if word == 0:
                        continue
                    place = (y + pad) * block.shape[2] + COAREA_MARGIN // sizeof(plane_t) + 64 * w
                    for x in range(place, place + 64):
                        if word & 1:
                            (&block[2 + k, 0, 0])[x] = 0
                            (&block[3 + k, 0, 0])[x + offsets[k]] = 0
                        word >>= 1


def members(const uint64_t[:, ::1] chosen, int pad, Py_ssize_t stride, int margin, int[::1] places):
    """Places of the chosen pixels, in raster order, in a plane of `stride` columns.

    `pad` rows of it lie before the image, and `margin` columns before each row.

    Returns their number; with no room for them, only counts.
    """
    cdef Py_ssize_t y, w, n = 0
    cdef uint64_t word
    cdef bint wanted = places.shape[0] > 0
    with nogil:
        for y in range(chosen.shape[0]):
            for w in range(chosen.shape[1]):
                word = chosen[y, w]
                while word:
                    if wanted:
                        places[n] = <int>((y + pad) * stride + margin + 64 * w + lowest64(word))
                    word &= word - 1
                    n += 1
    return n


def parts(plane_t[:, :, ::1] block, const int[::1] offsets, const int[::1] nodes, int least, int[::1] part):
    """Write the part of each node, a place in a plane; between two parts nothing can flow. Returns how many there are.

    What arcs connect that let something through is one part. Those that follow each other in raster order are joined
    until they have at least so many nodes.
    """
    cdef Py_ssize_t i, n = nodes.shape[0], steps = 0
    cdef int k, n_back = 0, n_parts = 0, size = 0, reach = 0, first, there, one, other
    cdef int offset[ARCS_MAX]
    cdef const plane_t* out[ARCS_MAX]
    cdef const plane_t* back[ARCS_MAX]
    for k in range(offsets.shape[0]):
        reach = max(reach, offsets[k])
        if offsets[k] < 0:
            offset[n_back], out[n_back], back[n_back] = offsets[k], &block[2 + k, 0, 0], &block[2 + (k ^ 1), 0, 0]
            n_back += 1
    first = nodes[0] - reach
    cdef int* link = &part[0]
    cdef int* index = <int*>malloc((nodes[n - 1] + 1 - first) * sizeof(int))  # of the nodes, by place; -1: no node
    cdef int* number = index  # of the roots; a place is at least as large as an index
    if index == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    try:
        with nogil:
            for i in range(n):
                for k in range(n_back):
                    index[nodes[i] + offset[k] - first] = -1
            for i in range(n):
                index[nodes[i] - first] = link[i] = <int>i
            for i in range(n):
                steps += n_back
                act_after(&steps)
                for k in range(n_back):
                    there = nodes[i] + offset[k]
                    if index[there - first] >= 0 and (out[k][nodes[i]] > 0 or back[k][there] > 0):
                        one, other = find(link, <int>i), find(link, index[there - first])
                        link[max(one, other)] = min(one, other)
            memset(number, 0, n * sizeof(int))
            for i in range(n):
                link[i] = find(link, <int>i)
                number[link[i]] += 1
            for i in range(n):
                if link[i] == i:
                    size += number[i]
                    number[i] = n_parts
                    if size >= least:
                        n_parts += 1
                        size = 0
                link[i] = number[link[i]]
    finally:
        free(index)
    return n_parts + (size > 0)

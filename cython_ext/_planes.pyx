"""One bit of divide and conquer on a 2-D pixel grid whose numbers lie in planes, for vectorised sweeps.

A block holds the planes: excess, label, then what can still flow through each arc. A plane has a margin of 64 columns
on the left of each row and an empty row above and below. Arcs 2 k and 2 k + 1 are opposite. Sets of pixels are rows of
64-bit words. Divide and conquer itself is that of _divide.
"""

from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free, malloc

from _fidelity cimport Arc, gain, int64

cdef extern from "_sweep.h" nogil:
    enum:
        COAREA_ARCS_MAX
        COAREA_MARGIN
    ctypedef struct coarea_planes:
        void* excess
        void* label
        void** residual
        long* offset
        long stride
        long width
        int n_arcs
        int limit
    int coarea_n_instruction_sets()
    void coarea_sweep(const coarea_planes*, int size, int instruction_set, long first, long last, int n_sweeps, void*)
    void coarea_positive(const void*, int size, int instruction_set, long n_words, uint64_t* words)

ctypedef fused number_t:
    signed char
    short
    int

MARGIN = COAREA_MARGIN


def n_instruction_sets():
    """How many instruction sets this machine runs: 1 is scalar, 2 has 128 bits, 3 is AVX2."""
    return coarea_n_instruction_sets()


def sweep(
    number_t[:, :, ::1] block, const int[::1] offsets, int width, int limit, int instruction_set,
    int first, int stop, int n_sweeps,
):
    """Push-relabel sweeps over the rows of the image in [first, stop), down and up."""
    cdef coarea_planes planes
    cdef int k
    cdef void* scratch = calloc(2 * block.shape[2] + 2 * COAREA_MARGIN, sizeof(number_t))
    if scratch == NULL:
        raise MemoryError("the sweeps need more memory than there is")
    with nogil:
        planes.excess, planes.label = &block[0, 0, 0], &block[1, 0, 0]
        for k in range(offsets.shape[0]):
            planes.residual[k] = &block[2 + k, 0, 0]
            planes.offset[k] = offsets[k]
        planes.n_arcs = <int>offsets.shape[0]
        planes.stride, planes.width, planes.limit = block.shape[2], width, limit
        coarea_sweep(&planes, sizeof(number_t), instruction_set, first + 1, stop, n_sweeps, scratch)
        free(scratch)


def positive(
    const number_t[:, :, ::1] block, int plane, int offset, int instruction_set, uint64_t[:, ::1] words
):
    """Words of the pixels p whose number in the plane at p + offset is positive."""
    cdef Py_ssize_t row
    with nogil:
        for row in range(words.shape[0]):
            coarea_positive(
                &block[plane, 0, 0] + (row + 1) * block.shape[2] + COAREA_MARGIN + offset, sizeof(number_t),
                instruction_set, words.shape[1], &words[row, 0],
            )


def negative_excess(const number_t[:, :, ::1] block, int width, uint64_t[:, ::1] words):
    """Words of the pixels with a deficit."""
    cdef Py_ssize_t row, x
    with nogil:
        for row in range(words.shape[0]):
            for x in range(words.shape[1]):
                words[row, x] = 0
            for x in range(width):
                words[row, x >> 6] |= <uint64_t>(block[0, row + 1, COAREA_MARGIN + x] < 0) << (x & 63)


def start_levels(
    number_t[:, :, ::1] block, const int[:, ::1] level, const int64[:, :] slope, const int64[:, :] up,
    const int64[:, :] down, int step,
):
    """Excess of the first bit: nothing is settled and nothing flows."""
    cdef Py_ssize_t y, x
    with nogil:
        for y in range(level.shape[0]):
            for x in range(level.shape[1]):
                block[0, y + 1, COAREA_MARGIN + x] = <number_t>gain(
                    slope[y, x], up[y, x], down[y, x], level[y, x] - step
                )


def start_labels(number_t[:, :, ::1] block, int width):
    """Labels before the first sweep: 0 at deficits, 1 elsewhere."""
    cdef Py_ssize_t y, x
    with nogil:
        for y in range(1, block.shape[1] - 1):
            for x in range(COAREA_MARGIN, COAREA_MARGIN + width):
                block[1, y, x] = block[0, y, x] >= 0


def supply(const number_t[:, :, ::1] block):
    """Sums of the positive and of the negative excess."""
    cdef Py_ssize_t y, x, start
    cdef int64 positive = 0, total = 0
    cdef int some_positive, some_total  # of few numbers: a vector of 32 bits can add them up
    cdef const number_t* excess
    with nogil:
        for y in range(block.shape[1]):
            for start in range(0, block.shape[2], 64):
                excess = &block[0, y, start]
                some_positive = some_total = 0
                for x in range(64):
                    if number_t is int:
                        total += excess[x]
                        positive += max(excess[x], 0)
                    else:
                        some_total += excess[x]
                        some_positive += excess[x] if excess[x] > 0 else 0
                total += some_total
                positive += some_positive
    return positive, total - positive


def settle(
    number_t[:, :, ::1] block, const uint64_t[:, ::1] above, const int[:, ::1] level, const int64[:, :] slope,
    const int64[:, :] up, const int64[:, :] down, int step, int[:, ::1] low,
):
    """Settle a bit and, unless it is the last one, make the excess ready for the next."""
    cdef Py_ssize_t y, x
    cdef int distance, rise
    with nogil:
        for y in range(level.shape[0]):
            for x in range(level.shape[1]):
                rise = step if above[y, x >> 6] >> (x & 63) & 1 else 0
                if step > 1:
                    distance = level[y, x] - low[y, x]
                    block[0, y + 1, COAREA_MARGIN + x] += <number_t>(
                        gain(slope[y, x], up[y, x], down[y, x], distance - rise - (step >> 1))
                        - gain(slope[y, x], up[y, x], down[y, x], distance - step)
                    )
                low[y, x] += rise


def settle_constant(
    number_t[:, :, ::1] block, const uint64_t[:, ::1] above, const int[:, ::1] level, number_t jump, int step,
    int[:, ::1] low,
):
    """The same where the gain falls from one value to another, by `jump`, at the level of every pixel."""
    cdef Py_ssize_t y, x, n = level.shape[1]
    cdef unsigned char* bits = <unsigned char*>malloc(n)
    cdef int rise, half = step >> 1, distance
    cdef number_t* excess
    cdef const int* own
    cdef int* settled
    if bits == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    with nogil:
        for y in range(level.shape[0]):
            for x in range(n):
                bits[x] = above[y, x >> 6] >> (x & 63) & 1
            excess = &block[0, y + 1, COAREA_MARGIN]
            own, settled = &level[y, 0], &low[y, 0]
            for x in range(n):
                rise = bits[x] * step
                distance = own[x] - settled[x]
                excess[x] += <number_t>(((distance - rise >= half) - (distance >= step)) * jump * (step > 1))
                settled[x] += rise
        free(bits)


def separate(number_t[:, :, ::1] block, const int[::1] offsets, const int[::1] rows, const int[::1] columns,
             const uint64_t[:, ::1] above):
    """Close the arcs between pixels above and pixels below. `rows` and `columns` are the steps of the arcs."""
    cdef Py_ssize_t y, w, x, there, place, n_words = above.shape[1]
    cdef int k
    cdef uint64_t word, other
    with nogil:
        for k in range(0, offsets.shape[0], 2):
            for y in range(above.shape[0]):
                there = y + rows[k]
                if there < 0 or there >= above.shape[0]:
                    continue
                for w in range(n_words):
                    word = above[y, w] ^ shifted(&above[there, 0], w, n_words, columns[k])
                    if word == 0:
                        continue
                    place = (y + 1) * block.shape[2] + COAREA_MARGIN + 64 * w
                    for x in range(place, place + 64):
                        if word & 1:
                            (&block[2 + k, 0, 0])[x] = 0
                            (&block[3 + k, 0, 0])[x + offsets[k]] = 0
                        word >>= 1


cdef inline uint64_t shifted(const uint64_t* row, Py_ssize_t w, Py_ssize_t n_words, int step) noexcept nogil:
    """Word w of the row's pixels x + step, for a step of -1, 0 or 1."""
    cdef uint64_t word = row[w]
    if step > 0:
        return word >> 1 | (row[w + 1] << 63 if w + 1 < n_words else 0)
    if step < 0:
        return word << 1 | (row[w - 1] >> 63 if w > 0 else 0)
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
    const uint64_t[:, :, ::1] enter, const int[::1] rows, const int[::1] columns, unsigned char[::1] pending,
    uint64_t[:, ::1] reached,
):
    """Grow the set until nothing more can be entered.

    enter[k] holds the pixels p that can be entered from p + offset k; arcs 0 and 1 lead right and left, the others to
    the rows above and below. `pending` is 1 for every row, and one more before and after.
    """
    cdef Py_ssize_t y, i, n = reached.shape[0]
    cdef bint again = True, down = True
    with nogil:
        while again:
            again = False
            for i in range(n):
                y = i if down else n - 1 - i
                if pending[y + 1]:
                    pending[y + 1] = 0
                    if flood_row(enter, rows, columns, reached, y):
                        pending[y] = pending[y + 2] = 1
                        again = True
            down = not down


def gather(
    const number_t[:, :, ::1] block, const int[::1] offsets, const int[::1] rows, const int[::1] columns,
    const uint64_t[:, ::1] chosen, int[:, ::1] number, Arc[::1] arcs, int64[::1] excess,
):
    """Make a graph of the chosen pixels, in raster order; return their number. Node i has the arcs from i n_arcs on.

    `number` is scratch in the shape of a plane. With no room for arcs, only count.
    """
    cdef Py_ssize_t y, x, w, n = 0
    cdef int k, n_arcs = <int>offsets.shape[0]
    cdef Py_ssize_t place, there
    with nogil:
        for y in range(chosen.shape[0]):
            for w in range(chosen.shape[1]):
                if chosen[y, w] == 0:
                    continue
                for x in range(64):
                    if chosen[y, w] >> x & 1:
                        number[y, 64 * w + x] = <int>n
                        n += 1
        if excess.shape[0] > 0:
            n = 0
            for y in range(chosen.shape[0]):
                for w in range(chosen.shape[1]):
                    if chosen[y, w] == 0:
                        continue
                    for x in range(64 * w, 64 * w + 64):
                        if not chosen[y, w] >> (x & 63) & 1:
                            continue
                        place = (y + 1) * block.shape[2] + COAREA_MARGIN + x
                        excess[n] = (&block[0, 0, 0])[place]
                        for k in range(n_arcs):
                            there = n * n_arcs + k
                            if is_chosen(chosen, y + rows[k], x + columns[k]):
                                arcs[there].head = number[y + rows[k], x + columns[k]]
                                arcs[there].mate = arcs[there].head * n_arcs + (k ^ 1)
                                arcs[there].residual = (&block[2 + k, 0, 0])[place]
                            else:
                                arcs[there].head = <int>n
                                arcs[there].mate = <int>there
                                arcs[there].residual = 0
                        n += 1
    return n


cdef inline bint is_chosen(const uint64_t[:, ::1] chosen, Py_ssize_t y, Py_ssize_t x) noexcept nogil:
    return 0 <= y < chosen.shape[0] and 0 <= x < 64 * chosen.shape[1] and chosen[y, x >> 6] >> (x & 63) & 1


def scatter(
    number_t[:, :, ::1] block, int n_arcs, const uint64_t[:, ::1] chosen, const Arc[::1] arcs, const int64[::1] excess,
):
    """Write the graph that gather made back to the planes."""
    cdef Py_ssize_t y, x, w, n = 0, place
    cdef int k
    with nogil:
        for y in range(chosen.shape[0]):
            for w in range(chosen.shape[1]):
                if chosen[y, w] == 0:
                    continue
                for x in range(64):
                    if chosen[y, w] >> x & 1:
                        place = (y + 1) * block.shape[2] + COAREA_MARGIN + 64 * w + x
                        (&block[0, 0, 0])[place] = <number_t>excess[n]
                        for k in range(n_arcs):
                            if arcs[n * n_arcs + k].head != n:
                                (&block[2 + k, 0, 0])[place] = <number_t>arcs[n * n_arcs + k].residual
                        n += 1

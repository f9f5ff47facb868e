"""One bit of divide and conquer on a pixel grid whose numbers lie in planes, for vectorised sweeps.

A block holds the planes: excess, how close a deficit is, then what can still flow through each arc. A plane has a margin
of 64 columns on the left of each row, and as many empty rows above and below as an arc can span; the rows of a volume
follow each other. Arcs 2 k and 2 k + 1 are opposite. Sets of pixels are rows of 64-bit words; see _pixel_sets. Divide
and conquer itself is that of _divide.
"""

from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free, malloc

from cuts._fidelity cimport gain, int64
from cuts._network cimport plane_t

cdef extern from "_sweep.h" nogil:
    enum:
        COAREA_MARGIN
    ctypedef struct coarea_planes:
        void* excess
        void* close
        void** residual
        long* offset
        long stride
        long width
        int n_arcs
    int coarea_n_instruction_sets()
    void coarea_sweep(const coarea_planes*, int size, int instruction_set, long first, long last, int n_sweeps, void*)
    void coarea_positive(const void*, int size, int instruction_set, long n_words, uint64_t* words)
    void coarea_supply(const void*, int size, int instruction_set, long n, int64_t* positive, int64_t* total)

MARGIN = COAREA_MARGIN


def n_instruction_sets():
    """How many instruction sets this machine runs: 1 is scalar, 2 has 128 bits, 3 is AVX2."""
    return coarea_n_instruction_sets()


def sweep(
    plane_t[:, :, ::1] block, const int[::1] offsets, int width, int instruction_set,
    int first, int stop, int n_sweeps,
):
    """Push-relabel sweeps over the rows of the planes in [first, stop), down and up."""
    cdef coarea_planes planes
    cdef int k
    cdef void* scratch = calloc(2 * block.shape[2] + 2 * COAREA_MARGIN, sizeof(plane_t))
    if scratch == NULL:
        raise MemoryError("the sweeps need more memory than there is")
    with nogil:
        planes.excess, planes.close = &block[0, 0, 0], &block[1, 0, 0]
        for k in range(offsets.shape[0]):
            planes.residual[k] = &block[2 + k, 0, 0]
            planes.offset[k] = offsets[k]
        planes.n_arcs = <int>offsets.shape[0]
        planes.stride, planes.width = block.shape[2], width
        coarea_sweep(&planes, sizeof(plane_t), instruction_set, first, stop - 1, n_sweeps, scratch)
        free(scratch)


def positive(
    const plane_t[:, :, ::1] block, int plane, int offset, int instruction_set, uint64_t[:, ::1] words
):
    """Words of the pixels p whose number in the plane at p + offset is positive."""
    cdef Py_ssize_t row, pad = (block.shape[1] - words.shape[0]) // 2
    with nogil:
        for row in range(words.shape[0]):
            coarea_positive(
                &block[plane, 0, 0] + (row + pad) * block.shape[2] + COAREA_MARGIN + offset, sizeof(plane_t),
                instruction_set, words.shape[1], &words[row, 0],
            )


def negative_excess(const plane_t[:, :, ::1] block, int width, uint64_t[:, ::1] words):
    """Words of the pixels with a deficit."""
    cdef Py_ssize_t row, x, pad = (block.shape[1] - words.shape[0]) // 2
    with nogil:
        for row in range(words.shape[0]):
            for x in range(words.shape[1]):
                words[row, x] = 0
            for x in range(width):
                words[row, x >> 6] |= <uint64_t>(block[0, row + pad, COAREA_MARGIN + x] < 0) << (x & 63)


def start_levels(
    plane_t[:, :, ::1] block, const int[:, ::1] level, const int64[:, :] slope, const int64[:, :] up,
    const int64[:, :] down, int step,
):
    """Excess of the first bit: nothing is settled and nothing flows."""
    cdef Py_ssize_t y, x, pad = (block.shape[1] - level.shape[0]) // 2
    with nogil:
        for y in range(level.shape[0]):
            for x in range(level.shape[1]):
                block[0, y + pad, COAREA_MARGIN + x] = <plane_t>gain(
                    slope[y, x], up[y, x], down[y, x], level[y, x] - step
                )


def start_closeness(plane_t[:, :, ::1] block, int width):
    """How close pixels may be to a deficit before the first sweep: the largest number there, one less elsewhere."""
    cdef Py_ssize_t y, x
    cdef plane_t closest = <plane_t>((<int64>1 << (8 * sizeof(plane_t) - 1)) - 1)
    with nogil:
        for y in range(block.shape[1]):
            for x in range(COAREA_MARGIN, COAREA_MARGIN + width):
                block[1, y, x] = closest - (block[0, y, x] >= 0)


def supply(const plane_t[:, :, ::1] block, int instruction_set):
    """Sums of the positive and of the negative excess."""
    cdef int64_t positive = 0, total = 0
    with nogil:
        coarea_supply(
            &block[0, 0, 0], sizeof(plane_t), instruction_set, block.shape[1] * block.shape[2], &positive, &total
        )
    return positive, total - positive


def settle(
    plane_t[:, :, ::1] block, const uint64_t[:, ::1] above, const int[:, ::1] level, const int64[:, :] slope,
    const int64[:, :] up, const int64[:, :] down, int step, int[:, ::1] low,
    int first, int stop,
):
    """Settle a bit in the rows [first, stop) and, unless it is the last one, make the excess ready for the next."""
    cdef Py_ssize_t y, x, pad = (block.shape[1] - level.shape[0]) // 2
    cdef int distance, rise
    with nogil:
        for y in range(first, stop):
            for x in range(level.shape[1]):
                rise = step if above[y, x >> 6] >> (x & 63) & 1 else 0
                if step > 1:
                    distance = level[y, x] - low[y, x]
                    block[0, y + pad, COAREA_MARGIN + x] += <plane_t>(
                        gain(slope[y, x], up[y, x], down[y, x], distance - rise - (step >> 1))
                        - gain(slope[y, x], up[y, x], down[y, x], distance - step)
                    )
                low[y, x] += rise


def settle_constant(
    plane_t[:, :, ::1] block, const uint64_t[:, ::1] above, const int[:, ::1] level, plane_t jump, int step,
    int[:, ::1] low, int first, int stop,
):
    """The same where the gain falls from one value to another, by `jump`, at the level of every pixel."""
    cdef Py_ssize_t y, x, n = level.shape[1], pad = (block.shape[1] - level.shape[0]) // 2
    cdef unsigned char* bits = <unsigned char*>malloc(n)
    cdef int rise, half = step >> 1, distance
    cdef plane_t* excess
    cdef const int* own
    cdef int* settled
    if bits == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    with nogil:
        for y in range(first, stop):
            for x in range(n):
                bits[x] = above[y, x >> 6] >> (x & 63) & 1
            excess = &block[0, y + pad, COAREA_MARGIN]
            own, settled = &level[y, 0], &low[y, 0]
            for x in range(n):
                rise = bits[x] * step
                distance = own[x] - settled[x]
                excess[x] += <plane_t>(((distance - rise >= half) - (distance >= step)) * jump * (step > 1))
                settled[x] += rise
        free(bits)

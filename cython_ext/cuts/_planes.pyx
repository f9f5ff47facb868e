"""One bit of divide and conquer on a pixel grid whose numbers lie in planes, for vectorised sweeps.

A block holds the planes: excess, how close a deficit is, then what can still flow through each arc. A plane has a
margin of 32 bytes on the left of each row, and as many empty rows before and after as an arc can span; the rows of a volume
follow each other. Arcs 2 k and 2 k + 1 are opposite. Sets of pixels are rows of 64-bit words; see _pixel_sets. Divide
and conquer itself is that of _divide.
"""

from libc.stdlib cimport calloc, free, malloc

from cuts._network cimport plane_t
from cuts._terms cimport Term, common_fall, gain, lay_out_term, settle_falls
from shared._instruction_sets cimport names_of_instruction_sets
from shared._types cimport int64_t, uint64_t

cdef extern from "_sweep.h" nogil:
    enum:
        COAREA_MARGIN
    ctypedef struct coarea_planes:
        void* excess
        void* close
        void** residual
        Py_ssize_t* offset
        Py_ssize_t stride
        Py_ssize_t width
        int n_arcs
    size_t coarea_sweep_scratch(const coarea_planes*)
    void coarea_sweep(
        const coarea_planes*, int size, int instruction_set, Py_ssize_t first, Py_ssize_t last, int n_sweeps, void*
    )
    void coarea_sign(
        const void*, int size, int instruction_set, bint negative, Py_ssize_t n_words, uint64_t* words
    )
    void coarea_supply(const void*, int size, int instruction_set, Py_ssize_t n, int64_t* positive, int64_t* total)

ALIGNMENT = 64  # bytes: where a block begins
OVERREACH = 512  # bytes after a block that may be read: the words of a row, and those beside it by an arc


def margin_of(Py_ssize_t itemsize):
    """Columns before each row of a plane."""
    return COAREA_MARGIN // itemsize


def stride_of(Py_ssize_t width, Py_ssize_t itemsize):
    """Columns of a plane: the margin, then the pixels in whole vectors; the margin of the next row follows them."""
    cdef Py_ssize_t margin = COAREA_MARGIN // itemsize
    return margin + (width + margin - 1) // margin * margin


def instruction_sets():
    """Names of those that this machine runs, from the slowest; kernels take their places. All give the same cut."""
    return names_of_instruction_sets()


def sweep(
    plane_t[:, :, ::1] block, const int[::1] offsets, int width, int instruction_set,
    int first, int stop, int n_sweeps, bint backwards,
):
    """Push-relabel sweeps over the rows of the planes in [first, stop), down and up.

    Pushed `backwards`, the excess has changed its sign: through an arc then flows what the opposite arc lets through.
    """
    cdef coarea_planes planes
    cdef int k
    planes.stride, planes.width = block.shape[2], width
    cdef void* scratch = calloc(coarea_sweep_scratch(&planes), sizeof(plane_t))
    if scratch == NULL:
        raise MemoryError("the sweeps need more memory than there is")
    with nogil:
        planes.excess, planes.close = &block[0, 0, 0], &block[1, 0, 0]
        for k in range(offsets.shape[0]):
            planes.residual[k] = &block[2 + (k ^ backwards), 0, 0] + backwards * offsets[k]
            planes.offset[k] = offsets[k]
        planes.n_arcs = <int>offsets.shape[0]
        coarea_sweep(&planes, sizeof(plane_t), instruction_set, first, stop - 1, n_sweeps, scratch)
        free(scratch)


def sign(
    const plane_t[:, :, ::1] block, int plane, int offset, int instruction_set, bint negative, uint64_t[:, ::1] words
):
    """Words of the pixels p whose number in the plane at p + offset is positive, or negative if those are wanted.

    After a row they hold anything.
    """
    cdef Py_ssize_t row, pad = (block.shape[1] - words.shape[0]) // 2
    with nogil:
        for row in range(words.shape[0]):
            coarea_sign(
                &block[plane, 0, 0] + (row + pad) * block.shape[2] + COAREA_MARGIN // sizeof(plane_t) + offset,
                sizeof(plane_t), instruction_set, negative, words.shape[1], &words[row, 0],
            )


def start_levels(plane_t[:, :, ::1] block, data, int width, int step):
    """Excess of the first bit: nothing is settled and nothing flows. The pixels lie in rows of the width."""
    cdef Py_ssize_t y, x, pad, n_rows
    cdef Term term
    lay_out_term(&term, data)
    n_rows = len(data) // width
    pad = (block.shape[1] - n_rows) // 2
    with nogil:
        for y in range(n_rows):
            for x in range(width):
                block[0, y + pad, COAREA_MARGIN // sizeof(plane_t) + x] = <plane_t>gain(&term, y * width + x, step)


def start_closeness(plane_t[:, :, ::1] block, int width):
    """How close pixels may be to a deficit before the first sweep: the largest number there, one less elsewhere."""
    cdef Py_ssize_t y, x
    cdef plane_t closest = <plane_t>((<int64_t>1 << (8 * sizeof(plane_t) - 1)) - 1)
    with nogil:
        for y in range(block.shape[1]):
            for x in range(COAREA_MARGIN // sizeof(plane_t), COAREA_MARGIN // sizeof(plane_t) + width):
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
    plane_t[:, :, ::1] block, const uint64_t[:, ::1] above, data, int step, int[:, ::1] low, int first, int stop
):
    """Settle a bit in the rows [first, stop) and, unless it is the last one, make the excess ready for the next.

    `above` is the set of the pixels that rise by `step`. What flows into a pixel stays: the excess changes as its gain
    does, between the threshold of this bit and that of the next.
    """
    cdef Py_ssize_t y, x, i, width = low.shape[1], pad = (block.shape[1] - low.shape[0]) // 2
    cdef int rise
    cdef int64_t fall
    cdef Term term
    lay_out_term(&term, data)
    cdef unsigned char* rises = <unsigned char*>malloc(width)
    if rises == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    with nogil:
        fall = common_fall(&term)
        for y in range(first, stop):
            i = y * width
            if fall >= 0:
                for x in range(width):
                    rises[x] = above[y, x >> 6] >> (x & 63) & 1
                settle_falls(
                    &block[0, y + pad, COAREA_MARGIN // sizeof(plane_t)], term.level + i, &low[y, 0], rises, <plane_t>fall, step, width
                )
                continue
            for x in range(width):
                rise = step if above[y, x >> 6] >> (x & 63) & 1 else 0
                if step > 1:
                    block[0, y + pad, COAREA_MARGIN // sizeof(plane_t) + x] += <plane_t>(
                        gain(&term, i + x, low[y, x] + rise + (step >> 1)) - gain(&term, i + x, low[y, x] + step)
                    )
                low[y, x] += rise
        free(rises)

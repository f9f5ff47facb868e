"""The texton of each pixel: the nearest of some centres to its responses to a bank of small filters.

Every filter is a sum of parts that are even or odd in each direction. So the four pixels (+-y, +-x) from the middle are
first added, with their signs, and then multiplied once for all four: a quarter of the products of the plain convolution,
and mirrored images give mirrored responses bit for bit.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from shared._interrupt cimport act_after

cdef enum:
    BLOCK = 256  # pixels of a row that are handled together, so that their responses stay in the cache


cdef void fold(float *restrict even, float *restrict odd, const float *before, const float *after, Py_ssize_t n) \
        noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        even[x] = after[x] + before[x]
        odd[x] = after[x] - before[x]


cdef void add_product(float *restrict out, const float *value, float weight, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        out[x] += weight * value[x]


cdef void take_nearer(
    float *restrict best, int *restrict place, const float *restrict score, int number, Py_ssize_t n
) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        place[x] = number if score[x] < best[x] else place[x]
        best[x] = score[x] if score[x] < best[x] else best[x]


def assign(
    const float[:, ::1] image, const float[:, :, ::1] filters, const int[::1] parity, const float[:, ::1] centers,
    const float[::1] offset, unsigned char[:, ::1] out,
):
    """Write the number of the centre with the least offset - 2 <centre, responses> for each pixel; of equals the first.

    image: (rows + 2 radius, columns + 2 radius), out: (rows, columns). filters: (parts, radius + 1, radius + 1), the
    quadrant of each part, halved where y is 0 and where x is 0; parity: 0 even in both directions, 1 odd in x, 2 odd in
    y, 3 odd in both. centers: (centres, parts).
    """
    cdef Py_ssize_t n_parts = filters.shape[0], reach = filters.shape[1], radius = reach - 1
    cdef Py_ssize_t width = image.shape[1], n_columns = out.shape[1]
    cdef Py_ssize_t r, y, x, f, c, block, start, n, steps = 0
    cdef float *scratch = <float *>malloc((2 * width + (n_parts + 6) * BLOCK) * sizeof(float))
    cdef int *place = <int *>malloc(BLOCK * sizeof(int))
    if scratch == NULL or place == NULL:
        free(scratch)
        free(place)
        raise MemoryError
    cdef float *rows = scratch  # even and odd in y
    cdef float *folded = rows + 2 * width  # of parity 0 to 3
    cdef float *best = folded + 4 * BLOCK
    cdef float *score = best + BLOCK
    cdef float *responses = score + BLOCK
    cdef const float *middle
    try:
        with nogil:
            for r in range(out.shape[0]):
                for block in range((n_columns + BLOCK - 1) // BLOCK):
                    start = block * BLOCK
                    n = min(<Py_ssize_t>BLOCK, n_columns - start)
                    memset(responses, 0, n_parts * BLOCK * sizeof(float))
                    for y in range(reach):
                        fold(
                            rows, rows + width, &image[r + radius - y, start], &image[r + radius + y, start],
                            n + 2 * radius,
                        )
                        for x in range(reach):
                            middle = rows + radius
                            fold(folded, folded + BLOCK, middle - x, middle + x, n)
                            middle += width
                            fold(folded + 2 * BLOCK, folded + 3 * BLOCK, middle - x, middle + x, n)
                            for f in range(n_parts):
                                add_product(responses + f * BLOCK, folded + parity[f] * BLOCK, filters[f, y, x], n)
                    for c in range(centers.shape[0]):
                        for x in range(n):
                            score[x] = offset[c]
                        for f in range(n_parts):
                            add_product(score, responses + f * BLOCK, -2 * centers[c, f], n)
                        if c == 0:
                            for x in range(n):
                                best[x] = score[x]
                                place[x] = 0
                        else:
                            take_nearer(best, place, score, <int>c, n)
                    for x in range(n):
                        out[r, start + x] = <unsigned char>place[x]
                    steps += n * n_parts * reach
                    act_after(&steps)
    finally:
        free(scratch)
        free(place)

"""Correction of an image by one view of Joseph's projector, for SART, in one pass each for projection and correction.

The rows of the image, or its columns where the rays are not steep, are copied into a frame a few at a time (see
_joseph), so the image is read and written in place and nothing of its size is needed besides.
"""

from _fixed_point cimport real
from _joseph_lines cimport line, spread
from libc.math cimport INFINITY

cdef enum:
    TILE = 16  # rows, as many as the caller makes room for


cdef void load(real[:, ::1] tile, real[:, ::1] image, bint steep, Py_ssize_t first, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t row, x
    if steep:
        for row in range(n):
            for x in range(image.shape[1]):
                tile[row, x + 2] = image[first + row, x]
    else:
        for x in range(image.shape[0]):
            for row in range(n):
                tile[row, x + 2] = image[x, first + row]


cdef inline real corrected(real value, real correction, real lower, real upper) noexcept nogil:
    return min(max(value + correction, lower), upper)


cdef void correct(
    real[:, ::1] image, real[:, ::1] tile, const real[:, :] columns, bint steep, real lower, real upper,
    Py_ssize_t first, Py_ssize_t n,
) noexcept nogil:
    cdef Py_ssize_t row, x
    if steep:
        for row in range(n):
            for x in range(image.shape[1]):
                image[first + row, x] = corrected(
                    image[first + row, x], tile[row, x + 2] * columns[first + row, x], lower, upper
                )
    else:
        for x in range(image.shape[0]):
            for row in range(n):
                image[x, first + row] = corrected(
                    image[x, first + row], tile[row, x + 2] * columns[x, first + row], lower, upper
                )


def correct_by_view(
    real[:, ::1] image, const real[:] data, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, const real[:] rows, const real[:, :] columns,
    double relaxation, double lower, double upper, real[:, ::1] tile, real[::1] sums,
):
    """x := x + relaxation * C A^T R (data - A x) within the bounds; returns the sum of the squares of data - A x.

    The rays are those of one view, `rows` and `columns` the diagonals of R and C. `tile` holds TILE rows of the longer
    side of the image and its frame, `sums` a view.
    """
    cdef Py_ssize_t n_u = data.shape[0], n_rows, width, first, i, n, u, a, b, row, x
    cdef int turn
    cdef bint is_steep, any_steep = False, any_flat = False, ends
    cdef double residual, total = 0
    with nogil:
        for u in range(n_u):
            sums[u] = 0
            if steep[0, u]:
                any_steep = True
            else:
                any_flat = True
        width = tile.shape[1]
        for turn in range(4):  # projection of the steep rays and of the others, then their corrections
            is_steep = turn % 2 == 0
            if turn == 2:
                for u in range(n_u):
                    residual = data[u] - sums[u] * length[0, u]
                    total += residual * residual
                    sums[u] = <real>(relaxation * residual * rows[u] * length[0, u])
            if not (any_steep if is_steep else any_flat):
                continue
            ends = not is_steep or not any_flat  # bounds are kept when the view is through
            n_rows = image.shape[0] if is_steep else image.shape[1]
            for row in range(TILE):  # the frame, and what another orientation left there
                for x in range(width):
                    tile[row, x] = 0
            for i in range((n_rows + TILE - 1) // TILE):
                first = i * TILE
                n = min(TILE, n_rows - first)
                if turn < 2:
                    load(tile, image, is_steep, first, n)
                elif i > 0:
                    for row in range(n):
                        for x in range(width):
                            tile[row, x] = 0
                for u in range(n_u):
                    a = max(lo[0, u], first)
                    b = min(hi[0, u], first + n)
                    if steep[0, u] != is_steep or a >= b:
                        continue
                    if turn < 2:
                        sums[u] += line(&tile[a - first, 1], width, start[0, u], slope[0, u], a, b)
                    else:
                        spread(&tile[a - first, 1], width, start[0, u], slope[0, u], a, b, sums[u])
                if turn >= 2:
                    correct(
                        image, tile, columns, is_steep, <real>(lower if ends else -INFINITY),
                        <real>(upper if ends else INFINITY), first, n,
                    )
    return total

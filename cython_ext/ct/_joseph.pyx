"""Joseph's line integrals through the rows of an image, and their adjoint.

A ray crosses the rows lo..hi - 1 of an image at the columns start + slope * row, between two pixels whose values are
interpolated. The image lies in a frame of zeros, two columns before and two after its own, so nothing is checked here;
`start` counts one of them. Rays along the rows are handled in the transposed image. Columns are start + row * slope in
integers, so they are the same wherever a loop begins.
"""

from ct._fixed_point cimport fixed, fraction, to_fixed, whole
from shared._types cimport real

cdef enum:
    TILE = 32  # rows that stay in the cache while all rays pass


cdef inline real line(
    const real *image, Py_ssize_t width, double start, double slope, Py_ssize_t lo, Py_ssize_t hi,
) noexcept nogil:
    """Sum of interpolated values."""
    cdef real even = 0, odd = 0, weight
    cdef Py_ssize_t k, _
    cdef fixed step = to_fixed(slope), place = to_fixed(start) + lo * step
    cdef const real *row = image + lo * width
    for _ in range((hi - lo) // 2):  # two sums, or each addition would wait for the one before
        k = whole(place)
        fraction(place, &weight)
        even += row[k] + weight * (row[k + 1] - row[k])
        place += step
        row += width
        k = whole(place)
        fraction(place, &weight)
        odd += row[k] + weight * (row[k + 1] - row[k])
        place += step
        row += width
    if (hi - lo) % 2 == 1:
        k = whole(place)
        fraction(place, &weight)
        even += row[k] + weight * (row[k + 1] - row[k])
    return even + odd


cdef inline void spread(
    real *image, Py_ssize_t width, double start, double slope, Py_ssize_t lo, Py_ssize_t hi, real value,
) noexcept nogil:
    """The transpose of `line`."""
    cdef real weight
    cdef Py_ssize_t k, _
    cdef fixed step = to_fixed(slope), place = to_fixed(start) + lo * step
    cdef real *row = image + lo * width
    for _ in range(hi - lo):
        k = whole(place)
        fraction(place, &weight)
        row[k] += value - weight * value
        row[k + 1] += weight * value
        place += step
        row += width


def project(
    const real[:, ::1] image, const real[:, ::1] transposed, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, real[:, :] out, Py_ssize_t first, Py_ssize_t last,
):
    """Line integrals of some of the views.

    image, transposed : the image and its transpose in frames (y, 2 + x + 2 or more) of zeros; one that no ray of the
        views needs may be of any size
    steep : (view, u), whether a ray crosses the rows of the image, or those of the transposed one
    start, slope : (view, u); the ray crosses row r at column start + slope * r, which counts from 1
    length : (view, u), its way from row to row
    lo, hi : (view, u), it is followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows
    out : (view, u), of the views first..last - 1 it is written, whatever it held
    first, last : 0 <= first <= last <= the number of views; threads own views

    For lo <= r < hi, 0 <= start + slope * r <= n + 1 with n columns of the image: both pixels beside are in the frame.
    """
    cdef Py_ssize_t n_rows = max(image.shape[0], transposed.shape[0]), i, tile, view, u, a, b
    cdef const real *pixels
    cdef Py_ssize_t width
    with nogil:
        for view in range(first, last):
            for u in range(out.shape[1]):
                out[view, u] = 0
        for i in range((n_rows + TILE - 1) // TILE):
            tile = i * TILE
            for view in range(first, last):
                for u in range(out.shape[1]):
                    a = max(lo[view, u], tile)
                    b = min(hi[view, u], tile + TILE)
                    if a >= b:
                        continue
                    pixels = &image[0, 1] if steep[view, u] else &transposed[0, 1]
                    width = image.shape[1] if steep[view, u] else transposed.shape[1]
                    out[view, u] += line(pixels, width, start[view, u], slope[view, u], a, b)
        for view in range(first, last):
            for u in range(out.shape[1]):
                out[view, u] *= <real>length[view, u]


def back_project(
    const real[:, :] data, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, bint is_steep, real[:, ::1] image, Py_ssize_t first, Py_ssize_t last,
):
    """Add to some rows of an image what the steep rays bring, or to those of a transposed one what the others do.

    data : (view, u), what the rays carry
    steep : (view, u), whether a ray crosses the rows of the image, or those of the transposed one
    start, slope : (view, u); the ray crosses row r at column start + slope * r, which counts from 1
    length : (view, u), its way from row to row
    lo, hi : (view, u), it is followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows
    is_steep : which of the rays are taken
    image : the image, or the transposed one, in a frame (y, 2 + x + 2 or more), as `project` takes it
    first, last : 0 <= first <= last <= the number of rows; threads own rows

    No row outside of first..last - 1 is written, so threads write nothing twice, and each pixel sums over the rays in
    one order. What falls into the frame is not wanted.
    """
    cdef Py_ssize_t i, tile, view, u, a, b
    with nogil:
        for i in range((last - first + TILE - 1) // TILE):
            tile = first + i * TILE
            for view in range(data.shape[0]):
                for u in range(data.shape[1]):
                    if steep[view, u] != is_steep:
                        continue
                    a = max(lo[view, u], tile)
                    b = min(hi[view, u], min(tile + TILE, last))
                    if a < b:
                        spread(
                            &image[0, 1], image.shape[1], start[view, u], slope[view, u], a, b,
                            data[view, u] * <real>length[view, u],
                        )

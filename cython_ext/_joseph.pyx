"""Joseph's line integrals through the rows of an image, and their adjoint.

A ray crosses the rows lo..hi - 1 of an image at the columns start + slope * row, between two pixels whose values are
interpolated. The image lies in a frame of zeros, one column before and two after its own, so nothing is checked here;
`start` counts the column of the frame. Rays along the rows are handled in the transposed image.
"""

ctypedef fused real:
    float
    double

cdef enum:
    TILE = 32  # rows that stay in the cache while all rays pass


cdef inline real line(
    const real *image, Py_ssize_t width, double start, double slope, Py_ssize_t lo, Py_ssize_t hi,
) noexcept nogil:
    """Sum of interpolated values. Two sums, or each addition would wait for the one before."""
    cdef real even = 0, odd = 0, weight
    cdef double column
    cdef Py_ssize_t row, k
    cdef const real *pixel
    for row in range(lo, hi - 1, 2):
        column = start + slope * row
        k = <Py_ssize_t>column
        weight = <real>(column - k)
        pixel = image + row * width + k
        even += pixel[0] + weight * (pixel[1] - pixel[0])
        column = start + slope * (row + 1)
        k = <Py_ssize_t>column
        weight = <real>(column - k)
        pixel = image + (row + 1) * width + k
        odd += pixel[0] + weight * (pixel[1] - pixel[0])
    if (hi - lo) % 2 == 1 and hi > lo:
        column = start + slope * (hi - 1)
        k = <Py_ssize_t>column
        weight = <real>(column - k)
        pixel = image + (hi - 1) * width + k
        even += pixel[0] + weight * (pixel[1] - pixel[0])
    return even + odd


cdef inline void spread(
    real *image, Py_ssize_t width, double start, double slope, Py_ssize_t lo, Py_ssize_t hi, real value,
) noexcept nogil:
    """The transpose of `line`."""
    cdef real weight
    cdef double column
    cdef Py_ssize_t row, k
    cdef real *pixel
    for row in range(lo, hi):
        column = start + slope * row
        k = <Py_ssize_t>column
        weight = <real>(column - k)
        pixel = image + row * width + k
        pixel[0] += value - weight * value
        pixel[1] += weight * value


def project(
    const real[:, ::1] image, const real[:, ::1] transposed, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, real[:, :] out, Py_ssize_t first, Py_ssize_t last,
):
    """Line integrals of the views first..last - 1. Where `steep` the rows are those of `image`."""
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
                    pixels = &image[0, 0] if steep[view, u] else &transposed[0, 0]
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
    """Add to the rows first..last - 1 of an image what the steep rays bring, or to a transposed one what the others do.

    Threads own rows, so nothing is written twice, and each pixel sums over the rays in one order.
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
                            &image[0, 0], image.shape[1], start[view, u], slope[view, u], a, b,
                            data[view, u] * <real>length[view, u],
                        )

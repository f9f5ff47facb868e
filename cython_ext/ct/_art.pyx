"""Kaczmarz's method on the rays of Joseph's projector: each ray at once corrects the pixels that it crosses."""

from shared._types cimport real


def sweep(
    real[:, ::1] image, const real[:, :] data, const real[:, :] weights, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, double relaxation,
):
    """One data step, ray by ray in order; returns the sum of the weighted squares of the residuals that they met.

    image : (y, x), corrected in place; it has no frame
    data : (view, u), the line integrals
    weights : (view, u), or (0, 0) if all are 1; the relaxation is multiplied by them, and rays of weight 0 are left out
    steep : (view, u), 1 where a ray crosses the rows of the image, 0 where it crosses the columns
    start, slope : (view, u); the ray crosses row (column) r at column (row) start + slope * r, which counts from 1
    length : (view, u), its way from row to row, > 0
    lo, hi : (view, u), it is followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows (columns)
    relaxation : what the corrections are multiplied by

    For these r the crossing is between 0 and n + 1, n the columns (rows) of the image. One along the edge may be
    rounded to n + 1 itself: of the two pixels beside a crossing those outside of the image are neither read nor
    written.
    """
    cdef Py_ssize_t view, u, row, k, along, across, n_columns, p
    cdef double column, weight, product, square, residual, total = 0, weight_of_ray
    cdef bint weighted = weights.shape[0] > 0
    cdef real *pixel = &image[0, 0]
    with nogil:
        for view in range(data.shape[0]):
            for u in range(data.shape[1]):
                weight_of_ray = weights[view, u] if weighted else 1
                if weight_of_ray == 0:
                    continue
                if steep[view, u]:
                    along, across, n_columns = image.shape[1], 1, image.shape[1]
                else:
                    along, across, n_columns = 1, image.shape[1], image.shape[0]
                product = 0
                square = 0
                for row in range(lo[view, u], hi[view, u]):
                    column = start[view, u] + slope[view, u] * row
                    k = <Py_ssize_t>column
                    weight = column - k
                    p = row * along + (k - 1) * across
                    if 0 < k <= n_columns:
                        product += (1 - weight) * pixel[p]
                        square += (1 - weight) * (1 - weight)
                    if k < n_columns:
                        product += weight * pixel[p + across]
                        square += weight * weight
                residual = data[view, u] - length[view, u] * product
                total += weight_of_ray * residual * residual
                if square < 1e-6:
                    continue
                residual *= weight_of_ray * relaxation / (length[view, u] * square)
                for row in range(lo[view, u], hi[view, u]):
                    column = start[view, u] + slope[view, u] * row
                    k = <Py_ssize_t>column
                    weight = column - k
                    p = row * along + (k - 1) * across
                    if 0 < k <= n_columns:
                        pixel[p] += <real>((1 - weight) * residual)
                    if k < n_columns:
                        pixel[p + across] += <real>(weight * residual)
    return total

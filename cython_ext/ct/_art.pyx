"""Kaczmarz's method on the rays of Joseph's projector: each ray at once corrects the pixels that it crosses."""

from shared._types cimport real


def sweep(
    real[:, ::1] image, const real[:, :] data, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, double relaxation,
):
    """One sweep over all rays, in order; returns the sum of the squares of the residuals that they met.

    `image` has no frame; `start` counts the column of one. A ray along the edge may be rounded to the far end of the
    frame, n_columns + 1, where it meets no pixel.
    """
    cdef Py_ssize_t view, u, row, k, along, across, n_columns, p
    cdef double column, weight, product, square, residual, total = 0
    cdef real *pixel = &image[0, 0]
    with nogil:
        for view in range(data.shape[0]):
            for u in range(data.shape[1]):
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
                total += residual * residual
                if square < 1e-6:
                    continue
                residual *= relaxation / (length[view, u] * square)
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

"""The cells of a padded image in the order of their levels."""

from shared._types cimport level_t


def sort_cells(const level_t[::1] padded, const int[::1] rows, int width, int[::1] start, int[::1] order):
    """Counting sort of the cells by level, stable in raster order.

    `rows` holds the index of the first cell of each image row in `padded`, `start` is zero and has one
    entry more than there are levels; at the end start[k + 1] is the number of cells of level <= k.
    """
    cdef Py_ssize_t row, cell, k
    with nogil:
        for row in range(rows.shape[0]):
            for cell in range(rows[row], rows[row] + width):
                start[padded[cell] + 1] += 1
        for k in range(start.shape[0] - 1):
            start[k + 1] += start[k]
        for row in range(rows.shape[0]):
            for cell in range(rows[row], rows[row] + width):
                k = padded[cell]
                order[start[k]] = <int>cell
                start[k] += 1
        for k in range(start.shape[0] - 1, 0, -1):  # each start has moved to its successor's place
            start[k] = start[k - 1]
        start[0] = 0

"""Grey levels: sorting the pixels by level, the stack of level sets and back."""

from shared._types cimport level_t


def sort_levels(const level_t[::1] padded, const int[::1] rows, int width, int[::1] start, int[::1] order):
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


def decompose(const level_t[::1] levels, bint upper, unsigned char[:, ::1] sets):
    """sets[k, p] = levels[p] >= k, or <= for lower sets."""
    cdef Py_ssize_t k, p
    with nogil:
        for k in range(sets.shape[0]):
            if upper:
                for p in range(levels.shape[0]):
                    sets[k, p] = levels[p] >= k
            else:
                for p in range(levels.shape[0]):
                    sets[k, p] = levels[p] <= k


def reconstruct(const unsigned char[:, ::1] sets, bint upper, int[::1] index):
    """index[p] = the last (upper) or the first (lower) set that holds p; left alone where none does."""
    cdef Py_ssize_t n_sets = sets.shape[0], i, k, p
    with nogil:
        for i in range(n_sets):
            k = i if upper else n_sets - 1 - i
            for p in range(index.shape[0]):
                if sets[k, p]:
                    index[p] = <int>k

"""Partitions of a hierarchy, whose nodes come before their parents and leaves first."""

from shared._interrupt cimport act_on_signals


def cut(const int[::1] parent, Py_ssize_t n_kept, int[::1] region):
    """Write the region of each node: itself or the highest node above it among the first `n_kept`."""
    cdef Py_ssize_t k
    with nogil:
        for k in range(n_kept - 1, -1, -1):
            region[k] = <int>k if parent[k] >= n_kept or parent[k] == k else region[parent[k]]


def number_regions(const int[::1] region, const int[::1] leaf_of_pixel, int[::1] number, int[::1] labels):
    """Write a label for each pixel: the number of its leaf's region in the order of first pixels.

    `number` is -1 for each node. Returns how many regions there are.
    """
    cdef Py_ssize_t k
    cdef int n_regions = 0, own
    with nogil:
        for k in range(leaf_of_pixel.shape[0]):
            act_on_signals(k)
            own = region[leaf_of_pixel[k]]
            if number[own] < 0:
                number[own] = n_regions
                n_regions += 1
            labels[k] = number[own]
    return n_regions

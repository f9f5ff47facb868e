"""The largest value of the level lines that run along each side of a pixel."""

from shared._interrupt cimport act_on_signals


cdef inline int largest_between(
    const int[::1] parent, const int[::1] value, int node, int other, int largest
) noexcept nogil:
    """The largest value on the path between two nodes, without that of the node that encloses both."""
    while node != other:  # what encloses the other one has the smaller index
        if node > other:
            largest = max(largest, value[node])
            node = parent[node]
        else:
            largest = max(largest, value[other])
            other = parent[other]
    return largest


def climb(
    const int[::1] parent, const int[::1] value, const int[:, ::1] node_of_pixel, int least, int[:, ::1] below,
    int[:, ::1] right,
):
    """Write for each pixel the largest value, or `least`, of the nodes that hold either it or its neighbour."""
    cdef Py_ssize_t n_rows = node_of_pixel.shape[0], n_columns = node_of_pixel.shape[1], y, x
    cdef int own
    with nogil:
        for y in range(n_rows):
            for x in range(n_columns):
                act_on_signals(y * n_columns + x)
                own = node_of_pixel[y, x]
                if y + 1 < n_rows:
                    below[y, x] = largest_between(parent, value, own, node_of_pixel[y + 1, x], least)
                if x + 1 < n_columns:
                    right[y, x] = largest_between(parent, value, own, node_of_pixel[y, x + 1], least)

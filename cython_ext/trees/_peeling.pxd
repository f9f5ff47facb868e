"""The contour tree of Carr, Snoeyink and Axen (2003) from the trees of two sweeps: leaves are taken away one by one."""

from shared._interrupt cimport act_on_signals

ctypedef fused count_t:  # of the components that meet at a vertex
    unsigned char
    int


cdef inline int first_kept(int* parent, const unsigned char* removed, int vertex) noexcept nogil:
    """The first ancestor that is not removed; shortens the path to it."""
    cdef int ancestor = parent[vertex], following
    while removed[ancestor]:
        ancestor = parent[ancestor]
    while parent[vertex] != ancestor:
        following = parent[vertex]
        parent[vertex] = ancestor
        vertex = following
    return ancestor


cdef inline Py_ssize_t peel(
    const int* order, Py_ssize_t n, int root, int* upper, count_t* n_upper, int* lower, count_t* n_lower,
    unsigned char* removed, int* toward_root, int* removal,
) except -1 nogil:
    """Take the leaves of the contour tree away, one after the other, until the root is alone.

    `upper` and `lower` are the trees of the descending and of the ascending sweep over n vertices, in the given order;
    NULL: in that of their indices. A leaf of one that has a single child in the other is a leaf of the contour tree; it
    hangs on its first kept ancestor.
    """
    cdef Py_ssize_t k, n_removed = 0
    cdef int vertex, anchor
    for k in range(n):
        act_on_signals(k)
        vertex = <int>k if order == NULL else order[k]
        while vertex != root and not removed[vertex]:
            if n_upper[vertex] == 0 and n_lower[vertex] == 1:
                anchor = first_kept(upper, removed, vertex)
                n_upper[anchor] -= 1
            elif n_lower[vertex] == 0 and n_upper[vertex] == 1:
                anchor = first_kept(lower, removed, vertex)
                n_lower[anchor] -= 1
            else:
                break
            removed[vertex] = 1
            toward_root[vertex] = anchor
            removal[n_removed] = vertex
            n_removed += 1
            vertex = anchor
    return n_removed

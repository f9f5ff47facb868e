"""Disjoint sets of integer ids, as a forest of links; a root links to itself."""

cdef inline int find(int* link, int x) noexcept nogil:
    """The root of x; every second link on the way is shortened (path halving)."""
    while link[x] != x:
        link[x] = link[link[x]]
        x = link[x]
    return x

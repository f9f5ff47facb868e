"""A wave of flow on a graph: all excess moves along shortest ways towards the deficits at once.

Where much excess must travel far, paths one by one disturb each other's trees; a wave carries all of it, stops where
the ways are full, and leaves the rest nearer to its end.
"""

from libc.stdlib cimport free, malloc

from _fidelity cimport Arc, int64


cdef inline int64 outward(const Arc* arcs, int sign, int arc) noexcept nogil:
    """What can leave a node through its arc; with sign -1, what can come in."""
    return arcs[arc].residual if sign > 0 else arcs[arcs[arc].mate].residual


cdef int measure(
    const int[::1] start, const Arc* arcs, const int64[::1] excess, int sign, int* distance, int* order
) noexcept nogil:
    """Distances to the nearest deficit, and the nodes by distance, until all excess is found; return how many."""
    cdef int n = <int>excess.shape[0], node, head, arc, i, begin = 0, end = 0, n_active = 0
    for i in range(n):
        distance[i] = -1
        if excess[i] * sign < 0:
            distance[i] = 0
            order[end] = i
            end += 1
        elif excess[i] != 0:
            n_active += 1
    while begin < end and n_active > 0:
        node = order[begin]
        begin += 1
        for arc in range(start[node], start[node + 1]):
            head = arcs[arc].head
            if distance[head] < 0 and outward(arcs, sign, arcs[arc].mate) > 0:
                distance[head] = distance[node] + 1
                order[end] = head
                end += 1
                if excess[head] != 0:
                    n_active -= 1
    return end


def wave(const int[::1] start, Arc[::1] arcs, int64[::1] excess, int sign):
    """Move positive excess towards negative one (sign 1), or negative towards positive (sign -1)."""
    cdef Py_ssize_t n = excess.shape[0], i
    cdef int node, head, arc
    cdef int64 amount
    cdef int* distance = <int*>malloc(2 * n * sizeof(int))
    cdef int* order = distance + n
    if distance == NULL:
        raise MemoryError("the maximum flow needs more memory than there is")
    with nogil:
        for i in range(measure(start, &arcs[0], excess, sign, distance, order) - 1, -1, -1):
            node = order[i]
            if excess[node] * sign <= 0:
                continue
            for arc in range(start[node], start[node + 1]):
                head = arcs[arc].head
                if distance[head] != distance[node] - 1:
                    continue
                amount = sign * min(excess[node] * sign, outward(&arcs[0], sign, arc))
                arcs[arc].residual -= amount
                arcs[arcs[arc].mate].residual += amount
                excess[head] += amount
                excess[node] -= amount
                if excess[node] == 0:
                    break
        free(distance)

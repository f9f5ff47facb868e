"""A wave of flow on a graph: all excess moves along shortest ways towards the deficits at once.

Where much excess must travel far, paths one by one disturb each other's trees; a wave carries all of it, stops where
the ways are full, and leaves the rest nearer to its end.
"""

from libc.stdlib cimport free, malloc

from cuts._network cimport (
    Arc, Network, excess_t, first_arc, head_of, is_near, lay_out_planes, let_flow, mate_of, node_at, plane_t, room,
    span_planes, stop_arc,
)
from shared._interrupt cimport act_on_signals
from shared._types cimport int64_t

cdef enum:
    UNKNOWN = -2  # a distance; not -1, where a deficit that has turned would push its excess
    NEVER = -3  # of pixels outside the network


cdef inline int64_t outward(const Network* net, const excess_t* excess, int sign, int arc) noexcept nogil:
    """What can leave a node through its arc; with sign -1, what can come in."""
    return room(net, excess, arc if sign > 0 else mate_of(net, excess, arc))


cdef int measure(
    const Network* net, const excess_t* excess, int sign, int* distance, int* order
) except -1 nogil:
    """Distances to the nearest deficit, and the nodes by distance, until all excess is found; return how many."""
    cdef int node, head, arc, i, begin = 0, end = 0, n_active = 0
    for i in range(net.n_nodes):
        node = node_at(net, excess, i)
        distance[node] = UNKNOWN
        if excess[node] * sign < 0:
            distance[node] = 0
            order[end] = node
            end += 1
        elif excess[node] != 0:
            n_active += 1
    while begin < end and n_active > 0:
        act_on_signals(begin)
        node = order[begin]
        begin += 1
        for arc in range(first_arc(net, excess, node), stop_arc(net, excess, node)):
            head = head_of(net, excess, arc)
            if (
                is_near(net, excess, head) and distance[head] == UNKNOWN
                and outward(net, excess, sign, mate_of(net, excess, arc)) > 0
            ):
                distance[head] = distance[node] + 1
                order[end] = head
                end += 1
                if excess[head] != 0:
                    n_active -= 1
    return end


cdef int carry(Network* net, excess_t* excess, int sign, int* distance, int* order) except -1 nogil:
    cdef int node, head, arc, i
    cdef int64_t amount
    for i in range(measure(net, excess, sign, distance, order) - 1, -1, -1):
        act_on_signals(i)
        node = order[i]
        if excess[node] * sign <= 0:
            continue
        for arc in range(first_arc(net, excess, node), stop_arc(net, excess, node)):
            head = head_of(net, excess, arc)
            if not is_near(net, excess, head) or distance[head] != distance[node] - 1:
                continue
            amount = sign * min(excess[node] * sign, outward(net, excess, sign, arc))
            let_flow(net, excess, arc, amount)
            excess[head] += <excess_t>amount
            excess[node] -= <excess_t>amount
            if excess[node] == 0:
                break
    return 0


def wave(const int[::1] start, Arc[::1] arcs, int64_t[::1] excess, int sign):
    """Move positive excess towards negative one (sign 1), or negative towards positive (sign -1)."""
    cdef Py_ssize_t n = excess.shape[0]
    cdef Network net
    cdef int* distance = <int*>malloc(2 * n * sizeof(int))
    if distance == NULL:
        raise MemoryError("the maximum flow needs more memory than there is")
    try:
        with nogil:
            net.start, net.arcs = &start[0], &arcs[0] if arcs.shape[0] else NULL
            net.first, net.span, net.n_nodes = 0, <int>n, <int>n
            carry(&net, &excess[0], sign, distance, distance + n)
    finally:
        free(distance)


def wave_in_planes(plane_t[:, :, ::1] planes, const int[::1] offsets, const int[::1] nodes, int sign):
    """The same on the planes of a pixel grid, as _flow.max_flow_in_planes takes them."""
    cdef Py_ssize_t n = nodes.shape[0]
    cdef Network net
    span_planes(&net, offsets, nodes)
    cdef int* order = <int*>malloc((n + net.span) * sizeof(int) + net.span)
    if order == NULL:
        raise MemoryError("the maximum flow needs more memory than there is")
    cdef int* distance = order + n
    cdef plane_t* excess
    try:
        with nogil:
            excess = lay_out_planes(&net, planes, offsets, <unsigned char*>(distance + net.span), distance, NEVER)
            carry(&net, excess, sign, distance, order)
    finally:
        free(order)

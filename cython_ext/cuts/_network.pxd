"""A graph with a flow, as the flow kernels see it: its arcs are listed, or lie in planes over a pixel grid.

The type of the excess tells which: 64-bit numbers belong to lists, shorter ones to planes. There arc k of node i is
i << shift | k, leads to i + offset[k], and its opposite is arc k ^ 1 of that node.
"""

from cuts._fidelity cimport Arc, int64

ctypedef fused number_t:
    signed char
    short
    int
    long long

ctypedef fused plane_t:
    signed char
    short
    int

cdef enum:
    ARCS_MAX = 26  # of a pixel
    OUTSIDE = 4  # flag of the nodes of planes that are left alone

cdef struct Network:
    const int* start  # lists: the arcs of node i are arcs[start[i] : start[i + 1]]
    Arc* arcs
    void* residual[ARCS_MAX]  # planes: what can still flow through each arc
    int offset[ARCS_MAX]
    int n_arcs
    int shift
    unsigned char* flags  # of the nodes; bits that are not named here are the kernels'
    const int* nodes  # planes: those that are not outside, in raster order
    int n_nodes
    int first  # nodes, and for planes their neighbours, are in [first, stop)
    int stop


cdef inline int node_at(const Network* net, const number_t* excess, int i) noexcept nogil:
    if number_t is int64:
        return net.first + i
    else:
        return net.nodes[i]


cdef inline bint exists(const Network* net, const number_t* excess, int node) noexcept nogil:
    if number_t is int64:
        return net.first <= node < net.stop
    else:
        return not net.flags[node] & OUTSIDE


cdef inline bint is_near(const Network* net, const number_t* excess, int node) noexcept nogil:
    """Whether numbers are kept for a neighbour of a node, if only to say that it is outside."""
    if number_t is int64:
        return net.first <= node < net.stop
    else:
        return True


cdef inline int first_arc(const Network* net, const number_t* excess, int node) noexcept nogil:
    if number_t is int64:
        return net.start[node]
    else:
        return node << net.shift


cdef inline int stop_arc(const Network* net, const number_t* excess, int node) noexcept nogil:
    if number_t is int64:
        return net.start[node + 1]
    else:
        return (node << net.shift) + net.n_arcs


cdef inline int head_of(const Network* net, const number_t* excess, int arc) noexcept nogil:
    if number_t is int64:
        return net.arcs[arc].head
    else:
        return (arc >> net.shift) + net.offset[arc & ((1 << net.shift) - 1)]


cdef inline int mate_of(const Network* net, const number_t* excess, int arc) noexcept nogil:
    if number_t is int64:
        return net.arcs[arc].mate
    else:
        return (arc + net.offset[arc & ((1 << net.shift) - 1)] * (1 << net.shift)) ^ 1


cdef inline int64 room(const Network* net, const number_t* excess, int arc) noexcept nogil:
    """What can still flow through an arc."""
    if number_t is int64:
        return net.arcs[arc].residual
    else:
        return (<number_t*>net.residual[arc & ((1 << net.shift) - 1)])[arc >> net.shift]


cdef inline void let_flow(Network* net, const number_t* excess, int arc, int64 amount) noexcept nogil:
    cdef int mate = mate_of(net, excess, arc)
    if number_t is int64:
        net.arcs[arc].residual -= amount
        net.arcs[mate].residual += amount
    else:
        (<number_t*>net.residual[arc & ((1 << net.shift) - 1)])[arc >> net.shift] -= <number_t>amount
        (<number_t*>net.residual[mate & ((1 << net.shift) - 1)])[mate >> net.shift] += <number_t>amount


cdef inline int reach_of(const int[::1] offsets) noexcept nogil:
    """How far the neighbours of a pixel lie from it."""
    cdef int k, farthest = 0
    for k in range(offsets.shape[0]):
        farthest = max(farthest, offsets[k])
    return farthest


cdef inline void lay_out_planes(
    Network* net, plane_t* planes, Py_ssize_t plane_size, const int[::1] offsets, const int[::1] nodes,
    unsigned char* flags, int* distance, int outside,
) noexcept nogil:
    """The network of some pixels. `flags` and `distance` have room for all places in [net.first, net.stop).

    Only what is at the nodes and their neighbours is written: the distance there becomes `outside`.
    """
    cdef Py_ssize_t i
    cdef int k
    net.flags = flags - net.first
    distance -= net.first
    for k in range(offsets.shape[0]):
        net.residual[k] = planes + (2 + k) * plane_size
        net.offset[k] = offsets[k]
    net.n_arcs = <int>offsets.shape[0]
    net.shift = 0
    while 1 << net.shift < net.n_arcs:
        net.shift += 1
    net.nodes, net.n_nodes = &nodes[0], <int>nodes.shape[0]
    for i in range(nodes.shape[0]):
        for k in range(offsets.shape[0]):
            net.flags[nodes[i] + offsets[k]] = OUTSIDE
            distance[nodes[i] + offsets[k]] = outside
    for i in range(nodes.shape[0]):
        net.flags[nodes[i]] = 0

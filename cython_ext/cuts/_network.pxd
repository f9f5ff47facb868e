"""A graph with a flow, as the flow kernels see it: its arcs are listed, or lie in planes over a pixel grid.

The type of the excess tells which: 64-bit numbers belong to lists, shorter ones to planes. There arc k of node i is
i << shift | k, leads to i + offset[k], and its opposite is arc k ^ 1 of that node.

A network may be a part of a graph. Its nodes have the numbers from 0 to span - 1: what kernels keep for each node is an
array of that length, and pointers into the whole graph's arrays are moved to its first node.
"""

from shared._types cimport int64_t

ctypedef fused plane_t:
    signed char
    short
    int

ctypedef fused excess_t:
    signed char
    short
    int
    int64_t

cdef enum:
    ARCS_MAX = 26  # of a pixel
    OUTSIDE = 4  # flag of the nodes of planes that are left alone
    LOOKED_AT = 8  # flag of those whose open arcs are known

cdef packed struct Arc:
    int head
    int mate  # index of the opposite arc
    int64_t residual

cdef struct Network:
    const int* start  # lists: the arcs of node i are arcs[start[i] : start[i + 1]]
    Arc* arcs
    void* residual[ARCS_MAX]  # planes: what can still flow through each arc
    int offset[ARCS_MAX]
    int n_arcs
    int shift
    unsigned int* outgoing  # planes, if a kernel wants it: bit k of a node: arc k is open, and leads to another node
    unsigned int* incoming  # and bit k: its opposite is open
    unsigned char* flags  # of the nodes; bits that are not named here are the kernels'
    const int* nodes  # planes: those that are not outside, in raster order, as places in the whole plane
    int n_nodes
    int first  # the whole graph's number of node 0
    int span  # nodes, and for planes their neighbours, are in [0, span)


cdef inline int node_at(const Network* net, const excess_t* excess, int i) noexcept nogil:
    if excess_t is int64_t:
        return i
    else:
        return net.nodes[i] - net.first


cdef inline bint is_near(const Network* net, const excess_t* excess, int node) noexcept nogil:
    """Whether numbers are kept for a neighbour of a node, if only to say that it is outside."""
    if excess_t is int64_t:
        return 0 <= node < net.span
    else:
        return True


cdef inline int first_arc(const Network* net, const excess_t* excess, int node) noexcept nogil:
    if excess_t is int64_t:
        return net.start[node]
    else:
        return node << net.shift


cdef inline int stop_arc(const Network* net, const excess_t* excess, int node) noexcept nogil:
    if excess_t is int64_t:
        return net.start[node + 1]
    else:
        return (node << net.shift) + net.n_arcs


cdef inline int head_of(const Network* net, const excess_t* excess, int arc) noexcept nogil:
    if excess_t is int64_t:
        return net.arcs[arc].head - net.first
    else:
        return (arc >> net.shift) + net.offset[arc & ((1 << net.shift) - 1)]


cdef inline int mate_of(const Network* net, const excess_t* excess, int arc) noexcept nogil:
    if excess_t is int64_t:
        return net.arcs[arc].mate
    else:
        return (arc + net.offset[arc & ((1 << net.shift) - 1)] * (1 << net.shift)) ^ 1


cdef inline int64_t room(const Network* net, const excess_t* excess, int arc) noexcept nogil:
    """What can still flow through an arc."""
    if excess_t is int64_t:
        return net.arcs[arc].residual
    else:
        return (<excess_t*>net.residual[arc & ((1 << net.shift) - 1)])[arc >> net.shift]


cdef inline void let_flow(Network* net, const excess_t* excess, int arc, int64_t amount) noexcept nogil:
    cdef int mate = mate_of(net, excess, arc)
    if excess_t is int64_t:
        net.arcs[arc].residual -= amount
        net.arcs[mate].residual += amount
    else:
        (<excess_t*>net.residual[arc & ((1 << net.shift) - 1)])[arc >> net.shift] -= <excess_t>amount
        (<excess_t*>net.residual[mate & ((1 << net.shift) - 1)])[mate >> net.shift] += <excess_t>amount


cdef inline void look_at(Network* net, const excess_t* excess, int node) noexcept nogil:
    """Find the node's open arcs, where that has not been done."""
    cdef int k, head
    cdef unsigned int outgoing = 0, incoming = 0, inside
    if excess_t is not int64_t:
        if net.flags[node] & LOOKED_AT:
            return
        for k in range(net.n_arcs):
            head = node + net.offset[k]
            inside = not net.flags[head] & OUTSIDE
            outgoing |= (inside & <unsigned int>((<excess_t*>net.residual[k])[node] > 0)) << k
            incoming |= (inside & <unsigned int>((<excess_t*>net.residual[k ^ 1])[head] > 0)) << k
        net.outgoing[node] = outgoing
        net.incoming[node] = incoming
        net.flags[node] |= LOOKED_AT


cdef inline void note_arc(Network* net, const excess_t* excess, int arc) noexcept nogil:
    """Note at its two ends whether an arc is open."""
    cdef int head = head_of(net, excess, arc), mate = mate_of(net, excess, arc)
    cdef unsigned int bit, back, is_open
    if excess_t is not int64_t:
        bit = <unsigned int>1 << (arc & ((1 << net.shift) - 1))
        back = <unsigned int>1 << (mate & ((1 << net.shift) - 1))
        is_open = room(net, excess, arc) > 0
        net.outgoing[arc >> net.shift] = (net.outgoing[arc >> net.shift] & ~bit) | (bit * is_open)
        net.incoming[head] = (net.incoming[head] & ~back) | (back * is_open)


cdef inline void let_flow_and_note(Network* net, const excess_t* excess, int arc, int64_t amount) noexcept nogil:
    """The same as let_flow, for a kernel that keeps the open arcs."""
    let_flow(net, excess, arc, amount)
    if excess_t is not int64_t:
        note_arc(net, excess, arc)
        note_arc(net, excess, mate_of(net, excess, arc))


cdef inline unsigned int open_arcs(const Network* net, const excess_t* excess, int sign, int node) noexcept nogil:
    """Bits of the arcs through which something can leave a node of planes; with sign -1, come in."""
    return net.outgoing[node] if sign > 0 else net.incoming[node]


cdef inline void span_planes(Network* net, const int[::1] offsets, const int[::1] nodes) noexcept nogil:
    """Find which places the nodes and their neighbours lie in: what kernels keep for each has room for net.span."""
    cdef int k, reach = 0
    for k in range(offsets.shape[0]):
        reach = max(reach, offsets[k])
    net.nodes, net.n_nodes = &nodes[0], <int>nodes.shape[0]
    net.first = nodes[0] - reach
    net.span = nodes[nodes.shape[0] - 1] + reach + 1 - net.first


cdef inline plane_t* lay_out_planes(
    Network* net, plane_t[:, :, ::1] planes, const int[::1] offsets, unsigned char* flags, int* distance, int outside
) noexcept nogil:
    """The network of pixels that span_planes was given; returns their excess.

    Of `flags` and `distance` only what is at the nodes and their neighbours is written: the distance there becomes
    `outside`.
    """
    cdef Py_ssize_t i
    cdef int k, node
    net.flags = flags
    for k in range(offsets.shape[0]):
        net.residual[k] = &planes[2 + k, 0, 0] + net.first
        net.offset[k] = offsets[k]
    net.n_arcs = <int>offsets.shape[0]
    net.shift = 0
    while 1 << net.shift < net.n_arcs:
        net.shift += 1
    for i in range(net.n_nodes):
        node = net.nodes[i] - net.first
        for k in range(net.n_arcs):
            flags[node + net.offset[k]] = OUTSIDE
            distance[node + net.offset[k]] = outside
    for i in range(net.n_nodes):
        flags[net.nodes[i] - net.first] = 0
    return &planes[0, 0, 0] + net.first

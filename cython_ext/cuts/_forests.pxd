"""The two forests of a maximum flow (see _flow), and what is asked about the neighbours of a node.

On a pixel grid all arcs of a node are looked at together, without a branch for each: which are open is kept as bits.
"""

from cuts._network cimport (
    Network, excess_t, first_arc, head_of, is_near, look_at, mate_of, open_arcs, room, stop_arc,
)
from shared._machine cimport lowest32
from shared._types cimport int64_t

cdef enum:
    ROOT = -1  # in `parent`: the tree starts here
    CUT_OFF = -2  # waits in a queue for a new parent
    NONE = -3


cdef struct Forests:
    Network net  # flag bit 0: in the front of the sources; bit 1: in that of the sinks
    int* distance  # +level in the forest of the sources, -level in that of the sinks, 0 in none; roots have level 1
    int* parent  # arc to the parent
    int* following  # links of the queues of nodes that are cut off
    int* lost  # nodes without a parent at their old level; then the nodes that have got a new one, in order
    int* bucket  # by new level: lists of lost nodes
    int* front[2]  # circular buffers, for all nodes, of those still to grow from
    int begin[2]
    int n_front[2]
    int todo[2]  # how many of them still belong to the level that grows
    int depth[2]  # the level that grows next
    int64_t patience  # how many more nodes may be cut off
    Py_ssize_t steps  # along arcs, about, since signals were last asked for


cdef inline int forest_of(int sign) noexcept nogil:
    return 0 if sign > 0 else 1


cdef inline int64_t inward(const Forests* f, const excess_t* excess, int sign, int arc) noexcept nogil:
    """What can still flow along the tree edge from a node to its child, whose arc to the node is given."""
    return room(&f.net, excess, mate_of(&f.net, excess, arc) if sign > 0 else arc)


cdef inline void await_growth(Forests* f, int sign, int node, int level) noexcept nogil:
    """Put the node into the front: ahead if its level grows now, else at the end."""
    cdef int side = forest_of(sign), place
    if level < f.depth[side] or f.net.flags[node] & (1 << side):
        return
    f.net.flags[node] |= 1 << side
    if level == f.depth[side]:
        place = f.begin[side] = (f.begin[side] if f.begin[side] else f.net.n_nodes) - 1
        f.todo[side] += 1
    else:
        place = f.begin[side] + f.n_front[side]
    f.front[side][place - f.net.n_nodes if place >= f.net.n_nodes else place] = node
    f.n_front[side] += 1


cdef inline int pop_front(Forests* f, int sign) noexcept nogil:
    cdef int side = forest_of(sign)
    cdef int node = f.front[side][f.begin[side]]
    f.begin[side] += 1
    if f.begin[side] == f.net.n_nodes:
        f.begin[side] = 0
    f.n_front[side] -= 1
    f.net.flags[node] &= ~(1 << side)
    return node


cdef inline void hang(Forests* f, const excess_t* excess, int sign, int node, int arc, int level) noexcept nogil:
    look_at(&f.net, excess, node)
    f.distance[node] = sign * level
    f.parent[node] = arc
    await_growth(f, sign, node, level)


cdef inline unsigned int equal_bits(const int* numbers, const int* offset, int n_arcs, int number) noexcept nogil:
    cdef unsigned int bits = 0
    cdef int k
    for k in range(n_arcs):
        bits |= <unsigned int>(numbers[offset[k]] == number) << k
    return bits


cdef inline unsigned int heads_at(const Forests* f, int node, int distance) noexcept nogil:
    """Bits of the arcs that lead to such a distance, in planes; loops of known length are unrolled."""
    if f.net.n_arcs == 8:
        return equal_bits(f.distance + node, f.net.offset, 8, distance)
    if f.net.n_arcs == 4:
        return equal_bits(f.distance + node, f.net.offset, 4, distance)
    return equal_bits(f.distance + node, f.net.offset, f.net.n_arcs, distance)


cdef inline unsigned int child_bits(
    const int* parent, const int* offset, int n_arcs, int shift, int node
) noexcept nogil:
    cdef unsigned int bits = 0
    cdef int k
    for k in range(n_arcs):
        bits |= <unsigned int>(parent[node + offset[k]] == ((node + offset[k]) << shift | (k ^ 1))) << k
    return bits


cdef inline unsigned int children(const Forests* f, int node) noexcept nogil:
    """Bits of the arcs that lead to children, in planes."""
    if f.net.n_arcs == 8:
        return child_bits(f.parent, f.net.offset, 8, 3, node)
    if f.net.n_arcs == 4:
        return child_bits(f.parent, f.net.offset, 4, 2, node)
    return child_bits(f.parent, f.net.offset, f.net.n_arcs, f.net.shift, node)


cdef inline unsigned int least_key(
    const int* distance, const int* offset, int n_arcs, int shift, int sign, unsigned int candidates
) noexcept nogil:
    """The level below the roots of the nearest candidate, and its arc in the last bits.

    That of nodes in no forest, or in the other one, comes out larger than all levels.
    """
    cdef unsigned int key, least = ~<unsigned int>0
    cdef int k
    for k in range(n_arcs):
        key = (<unsigned int>(distance[offset[k]] * sign - 1) << shift | k) | ((candidates >> k & 1) - 1)
        least = min(least, key)
    return least


cdef inline int arc_to_level(const Forests* f, const excess_t* excess, int sign, int node, int level) noexcept nogil:
    """The first arc to a possible parent at a level, or NONE."""
    cdef int arc, head
    cdef unsigned int bits
    if excess_t is int64_t:
        for arc in range(first_arc(&f.net, excess, node), stop_arc(&f.net, excess, node)):
            head = head_of(&f.net, excess, arc)
            if is_near(&f.net, excess, head) and f.distance[head] == level and inward(f, excess, sign, arc) > 0:
                return arc
    else:
        bits = heads_at(f, node, level) & open_arcs(&f.net, excess, -sign, node)
        if bits:
            return first_arc(&f.net, excess, node) + lowest32(bits)
    return NONE


cdef inline int arc_to_nearest(const Forests* f, const excess_t* excess, int sign, int node, int limit) noexcept nogil:
    """The first arc to the possible parent that is nearest to its root and whose level is below the limit, or NONE."""
    cdef int arc, head, found = NONE
    cdef unsigned int key, candidates
    if excess_t is int64_t:
        for arc in range(first_arc(&f.net, excess, node), stop_arc(&f.net, excess, node)):
            head = head_of(&f.net, excess, arc)
            if (
                is_near(&f.net, excess, head) and 0 < f.distance[head] * sign < limit
                and inward(f, excess, sign, arc) > 0
            ):
                limit = f.distance[head] * sign
                found = arc
    else:
        candidates = open_arcs(&f.net, excess, -sign, node)
        if f.net.n_arcs == 8:
            key = least_key(f.distance + node, f.net.offset, 8, 3, sign, candidates)
        elif f.net.n_arcs == 4:
            key = least_key(f.distance + node, f.net.offset, 4, 2, sign, candidates)
        else:
            key = least_key(f.distance + node, f.net.offset, f.net.n_arcs, f.net.shift, sign, candidates)
        if key >> f.net.shift < <unsigned int>(limit - 1):
            found = first_arc(&f.net, excess, node) + (key & ((<unsigned int>1 << f.net.shift) - 1))
    return found


cdef inline int cut_off(Forests* f, int node, int last) noexcept nogil:
    """Put the node at the end of a queue."""
    f.parent[node] = CUT_OFF
    f.following[last] = node
    f.following[node] = NONE
    return node


cdef inline int cut_off_children(Forests* f, const excess_t* excess, int sign, int node, int last) noexcept nogil:
    """Put the node's children at the end of a queue, whose end is returned."""
    cdef int arc, head
    cdef unsigned int bits
    if excess_t is int64_t:
        for arc in range(first_arc(&f.net, excess, node), stop_arc(&f.net, excess, node)):
            head = head_of(&f.net, excess, arc)
            if (
                is_near(&f.net, excess, head) and f.distance[head] != 0
                and f.parent[head] == mate_of(&f.net, excess, arc)
            ):
                last = cut_off(f, head, last)
    else:
        bits = children(f, node) & open_arcs(&f.net, excess, sign, node)  # of nodes outside, anything is said
        while bits:
            last = cut_off(f, node + f.net.offset[lowest32(bits)], last)
            bits &= bits - 1
    return last


cdef inline int next_arc(const Forests* f, const excess_t* excess, int sign, int node, int arc) noexcept nogil:
    """The arc or, if nothing can pass through it away from the root, one that follows it."""
    cdef unsigned int bits
    cdef int first = first_arc(&f.net, excess, node), stop = stop_arc(&f.net, excess, node)
    if excess_t is not int64_t:
        if arc < stop:
            bits = open_arcs(&f.net, excess, sign, node) >> (arc - first)
            return arc + lowest32(bits) if bits else stop
    return arc

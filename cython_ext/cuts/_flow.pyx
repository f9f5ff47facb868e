"""Maximum flow on a graph by two growing breadth-first forests, from any flow to start with.

Nodes with excess > 0 are sources, nodes with excess < 0 sinks. One forest holds what the sources reach, the other
what reaches the sinks, both level by level; where they meet a path is augmented. Nodes cut off from their tree by
this are hung up again at their true distance, so paths stay short and no work is repeated (after Boykov and
Kolmogorov 2004 and Goldberg et al. 2011).
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from cuts._forests cimport (
    CUT_OFF, NONE, ROOT, Forests, arc_to_level, arc_to_nearest, await_growth, cut_off_children, forest_of, hang,
    heads_at, inward, next_arc, pop_front,
)
from cuts._network cimport (
    Arc, excess_t, first_arc, head_of, is_near, lay_out_planes, let_flow_and_note, look_at, mate_of, node_at, open_arcs,
    plane_t, room, span_planes, stop_arc,
)
from shared._interrupt cimport act_after
from shared._machine cimport lowest32
from shared._types cimport int64_t


cdef int lose_parents(Forests* f, const excess_t* excess, int sign, int queue) noexcept nogil:
    """Give the nodes of the queue another parent at their level, or none; return how many are lost.

    The children of a lost node join the queue.
    """
    cdef int node, arc, level, last = queue, n_lost = 0
    while f.following[last] != NONE:
        last = f.following[last]
    while queue != NONE:
        node = queue
        look_at(&f.net, excess, node)
        f.patience -= 1
        f.steps += stop_arc(&f.net, excess, node) - first_arc(&f.net, excess, node)
        level = f.distance[node] - sign
        arc = arc_to_level(f, excess, sign, node, level) if level != 0 else NONE
        if arc != NONE:
            f.parent[node] = arc
        else:
            f.distance[node] = 0
            f.parent[node] = NONE
            f.lost[n_lost] = node
            n_lost += 1
            last = cut_off_children(f, excess, sign, node, last)
        queue = f.following[node]
    return n_lost


cdef inline int hang_free_neighbors(
    Forests* f, const excess_t* excess, int sign, int node, int level, int end
) noexcept nogil:
    """Hang what is free below a node, and list it in `lost` from its end on, which is returned."""
    cdef int arc, head
    cdef unsigned int bits
    if excess_t is int64_t:
        for arc in range(first_arc(&f.net, excess, node), stop_arc(&f.net, excess, node)):
            head = head_of(&f.net, excess, arc)
            if (
                is_near(&f.net, excess, head) and f.distance[head] == 0
                and inward(f, excess, sign, mate_of(&f.net, excess, arc)) > 0
            ):
                hang(f, excess, sign, head, mate_of(&f.net, excess, arc), level)
                f.lost[end] = head
                end += 1
    else:
        bits = heads_at(f, node, 0) & open_arcs(&f.net, excess, sign, node)
        while bits:
            arc = first_arc(&f.net, excess, node) + lowest32(bits)
            head = head_of(&f.net, excess, arc)
            hang(f, excess, sign, head, mate_of(&f.net, excess, arc), level)
            f.lost[end] = head
            end += 1
            bits &= bits - 1
    return end


cdef void find_parents(Forests* f, const excess_t* excess, int sign, int n_lost, int limit) noexcept nogil:
    """Hang the lost nodes below the forest, breadth first, at levels up to the limit; the rest stays free."""
    cdef int node, arc, level, k, lowest = limit + 1, n_listed = 0, begin = 0, end = 0, stop
    for k in range(n_lost):
        node = f.lost[k]
        arc = arc_to_nearest(f, excess, sign, node, limit)
        if arc != NONE:
            level = f.distance[head_of(&f.net, excess, arc)] * sign + 1
            f.parent[node] = arc
            f.following[node] = f.bucket[level]
            f.bucket[level] = node
            n_listed += 1
            lowest = min(lowest, level)
    for level in range(lowest, limit + 1):
        if n_listed == 0 and begin == end:
            break
        stop = end
        while f.bucket[level] != NONE:
            node = f.bucket[level]
            f.bucket[level] = f.following[node]
            n_listed -= 1
            if f.distance[node] == 0:
                hang(f, excess, sign, node, f.parent[node], level)
                f.lost[end] = node
                end += 1
        while begin < stop:
            node = f.lost[begin]
            begin += 1
            end = hang_free_neighbors(f, excess, sign, node, level, end)


cdef int climb(Forests* f, const excess_t* excess, int sign, int node, int64_t* amount) noexcept nogil:
    """The root of the node's tree; the amount is lowered to what the way there can carry."""
    cdef int arc
    while f.parent[node] != ROOT:
        arc = f.parent[node]
        amount[0] = min(amount[0], inward(f, excess, sign, arc))
        node = head_of(&f.net, excess, arc)
    amount[0] = min(amount[0], excess[node] * sign)
    return node


cdef int drain(Forests* f, excess_t* excess, int sign, int node, int64_t amount) noexcept nogil:
    """Let the amount flow between the node and its root; return the queue of the nodes that this cuts off."""
    cdef int arc, head, queue = NONE
    while f.parent[node] != ROOT:
        arc = f.parent[node]
        head = head_of(&f.net, excess, arc)
        let_flow_and_note(&f.net, excess, arc, -sign * amount)
        if inward(f, excess, sign, arc) == 0:
            f.parent[node] = CUT_OFF
            f.following[node] = queue
            queue = node
        node = head
    excess[node] -= <excess_t>(sign * amount)
    if excess[node] == 0:
        f.parent[node] = CUT_OFF
        f.following[node] = queue
        queue = node
    return queue


cdef int augment(Forests* f, excess_t* excess, int arc, int source_end, int sign) except -1 nogil:
    """Let flow pass through an arc from the forest of the sources to that of the sinks, and mend both forests.

    `sign` is that of the forest that grows: its new level is allowed already.
    """
    cdef int sink_end = head_of(&f.net, excess, arc), side, queue
    cdef int64_t amount = room(&f.net, excess, arc)
    f.steps += f.depth[0] + f.depth[1]
    act_after(&f.steps)
    climb(f, excess, 1, source_end, &amount)
    climb(f, excess, -1, sink_end, &amount)
    let_flow_and_note(&f.net, excess, arc, amount)
    for side in range(1, -2, -2):
        queue = drain(f, excess, side, source_end if side == 1 else sink_end, amount)
        if queue != NONE:
            find_parents(
                f, excess, side, lose_parents(f, excess, side, queue), f.depth[forest_of(side)] + (side == sign)
            )
    return 0


cdef int grow_node(Forests* f, excess_t* excess, int sign, int node) except -1 nogil:
    cdef int distance = f.distance[node], arc = first_arc(&f.net, excess, node), head, link
    cdef int last = stop_arc(&f.net, excess, node)
    look_at(&f.net, excess, node)
    while f.distance[node] == distance and f.patience > 0:
        arc = next_arc(f, excess, sign, node, arc)
        if arc == last:
            break
        head = head_of(&f.net, excess, arc)
        if not is_near(&f.net, excess, head) or f.distance[head] * sign > 0:
            arc += 1
            continue
        link = arc if sign > 0 else mate_of(&f.net, excess, arc)
        if room(&f.net, excess, link) == 0:
            arc += 1
        elif f.distance[head] == 0:
            hang(f, excess, sign, head, mate_of(&f.net, excess, arc), distance * sign + 1)
            arc += 1
        else:
            augment(f, excess, link, node if sign > 0 else head, sign)
    return 0


cdef int grow(Forests* f, excess_t* excess, int sign) except -1 nogil:
    """Grow the forest by one level."""
    cdef int side = forest_of(sign), node, level
    f.bucket[f.depth[side] + 1] = NONE
    f.todo[side] = f.n_front[side]
    while f.todo[side] > 0 and f.patience > 0:
        node = pop_front(f, sign)
        f.todo[side] -= 1
        f.steps += stop_arc(&f.net, excess, node) - first_arc(&f.net, excess, node)
        act_after(&f.steps)
        level = f.distance[node] * sign
        if level == f.depth[side]:
            grow_node(f, excess, sign, node)
        else:
            await_growth(f, sign, node, level)  # cut off and hung up again while it waited, or dropped
    f.depth[side] += 1
    return 0


cdef int find_flow(Forests* f, excess_t* excess, int64_t patience) except -1 nogil:
    """Move the excess, from any flow to start with; False if the patience ended.

    The network and the room for the forests are there; `flags` of its nodes are 0.
    """
    cdef int i, node
    f.patience = patience
    f.steps = 0
    for i in range(2):
        f.begin[i] = f.n_front[i] = f.todo[i] = 0
        f.depth[i] = 1
        f.bucket[i] = NONE
    for i in range(f.net.n_nodes):
        node = node_at(&f.net, excess, i)
        f.parent[node] = NONE
        f.distance[node] = 0
        if excess[node] != 0:
            f.parent[node] = ROOT
            f.distance[node] = 1 if excess[node] > 0 else -1
            await_growth(f, f.distance[node], node, 1)
    while f.n_front[0] > 0 and f.n_front[1] > 0 and f.patience > 0:
        grow(f, excess, 1 if f.n_front[0] <= f.n_front[1] else -1)
    return f.patience > 0


cdef int* make_room(Forests* f, bint in_planes) noexcept nogil:
    """Room for the forests of a network whose size is known, in one block, to be freed; NULL if there is none.

    Three arrays have an entry for each node that takes part and one for each level that a forest can have, the others
    one for each of the span, as have the flags.
    """
    cdef Py_ssize_t n = f.net.n_nodes, span = f.net.span
    cdef int* block = <int*>malloc((4 * n + 4 + (5 if in_planes else 3) * span) * sizeof(int) + span)
    if block != NULL:
        f.lost, f.front[0], f.front[1], f.bucket = block, block + n, block + 2 * n, block + 3 * n
        f.distance = block + 4 * n + 4
        f.parent = f.distance + span
        f.following = f.parent + span
        f.net.outgoing = <unsigned int*>(f.following + span)
        f.net.incoming = f.net.outgoing + (span if in_planes else 0)
        f.net.flags = <unsigned char*>(f.net.incoming + (span if in_planes else 0))
    return block


def max_flow(const int[::1] start, Arc[::1] arcs, int64_t[::1] excess, int first, int stop, int64_t patience):
    """Move as much excess as possible from positive to negative nodes among the nodes in [first, stop).

    The arcs of node i are arcs[start[i] : start[i + 1]]; `mate` is the index of the opposite arc. Updates residuals
    and excesses. Returns False if it has given up, with a valid flow, since paths have cut off `patience` nodes.
    """
    cdef Forests f
    cdef bint done
    f.net.first, f.net.n_nodes, f.net.span = first, stop - first, stop - first
    cdef int* block = make_room(&f, False)
    if block == NULL:
        raise MemoryError("the maximum flow needs more memory than there is")
    try:
        with nogil:
            f.net.start, f.net.arcs = &start[first], &arcs[0] if arcs.shape[0] else NULL
            memset(f.net.flags, 0, f.net.span)
            done = find_flow(&f, &excess[first], patience)
    finally:
        free(block)
    return done


def max_flow_in_planes(plane_t[:, :, ::1] planes, const int[::1] offsets, const int[::1] nodes, int64_t patience):
    """The same on the planes of a pixel grid: excess, one that is not used, what can still flow through each arc.

    `nodes` are the pixels that take part, as places in a plane, in order.
    """
    cdef Forests f
    cdef bint done
    cdef plane_t* excess
    span_planes(&f.net, offsets, nodes)
    cdef int* block = make_room(&f, True)
    if block == NULL:
        raise MemoryError("the maximum flow needs more memory than there is")
    try:
        with nogil:
            excess = lay_out_planes(&f.net, planes, offsets, f.net.flags, f.distance, 0)
            done = find_flow(&f, excess, patience)
    finally:
        free(block)
    return done

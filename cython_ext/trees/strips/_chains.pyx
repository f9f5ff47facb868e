"""Nodes of the strips that nothing is glued to: they are left out of the core, and come back when its tree is there.

They form chains. A strip says of a chain only that it lies on the monotone path between two nodes that are kept,
wherever that is in the tree of the image; other strips may have nodes on the same path.
"""

from shared._interrupt cimport act_on_signals

cdef enum:
    RISES = 1  # the marks of a node: its child lies above it
    FALLS = 2  # or below
    KEPT = 4


def find_chains(
    const int[::1] parent, const int[::1] level, unsigned char[::1] marks, int[::1] kept, int[::1] kept_parent,
    int[::1] place, int[::1] foot, int[::1] head,
):
    """Find the nodes between one neighbour above and one below; return how many others there are, and how many chains.

    parent, level : of the nodes of a strip, parents first. Neighbours have different levels.
    marks : KEPT for the nodes that are kept whatever their neighbours are, otherwise 0; is written to.
    kept, kept_parent : the kept nodes, and the places among them of their nearest kept ancestors; as many entries as
        there are nodes, of which the first are filled, as are foot and head.
    place : the place of a kept node, ~chain of another one; is filled.
    foot, head : the places of the kept nodes below and above each chain.
    """
    cdef Py_ssize_t n = place.shape[0], i
    cdef int above, own, n_kept = 0, n_chains = 0
    cdef unsigned char side
    with nogil:
        for i in range(n - 1, -1, -1):
            above = parent[i]
            side = RISES if level[i] > level[above] else FALLS
            if i == 0 or marks[i] != side:
                marks[i] = KEPT
                own = <int>i
            else:
                own = place[i]
                if own >= 0:  # its child is kept
                    foot[n_chains] = own
                    own = ~n_chains
                    place[i] = own
                    n_chains += 1
            if i > 0:
                place[above] = own  # for the case that this child is the only one
                marks[above] = KEPT if marks[above] else side
        for i in range(n):
            above = place[parent[i]] if i > 0 else 0
            if above < 0:
                above = head[~above]
            if marks[i] != KEPT:
                head[~place[i]] = above
                continue
            place[i] = n_kept
            kept[n_kept] = <int>i
            kept_parent[n_kept] = above
            n_kept += 1
        for i in range(n_chains):
            foot[i] = place[foot[i]]
    return n_kept, n_chains


cdef inline bint reaches(int level, int goal, bint rises) noexcept nogil:
    return level >= goal if rises else level <= goal


cdef inline int climb(
    const int* parent, const int* level, const int* depth, const int* skip, int node, int end, int goal, bint rises
) noexcept nogil:
    """The last node on the way up to `end` whose level is at least the goal, or without `rises` at most."""
    while node != end:
        if depth[skip[node]] >= depth[end] and reaches(level[skip[node]], goal, rises):
            node = skip[node]
        elif reaches(level[parent[node]], goal, rises):
            node = parent[node]
        else:
            break
    return node


def locate(
    const int[::1] parent, const int[::1] level, const int[::1] depth, const int[::1] skip, const int[::1] vertex,
    int[::1] low, const int[::1] high, const int[::1] meeting, const int[::1] node_level, const int[::1] place,
    int[::1] slot,
):
    """Find the edges of a tree on which the nodes of a strip lie.

    parent, level : of the tree, parents first.
    depth, skip : of it, as for `skip_ancestors`.
    vertex : of each kept node of the strip, its node in the tree.
    low, high, meeting : of each chain, those of its foot and its head, and the lowest one that holds both; low is
        written to.
    node_level : of each node of the strip.
    place : as `find_chains` has filled it.
    slot : of each node of the strip the lower end of its edge, or the node of the tree that it becomes one with; is
        filled.
    """
    cdef Py_ssize_t i
    cdef int own, goal, end
    cdef bint rises
    with nogil:
        for i in range(place.shape[0] - 1, -1, -1):  # of each chain from the foot on
            act_on_signals(i)
            own = ~place[i]
            if own < 0:
                slot[i] = vertex[~own]
                continue
            goal = node_level[i]
            end = meeting[own]
            rises = level[low[own]] > level[high[own]]
            if reaches(goal, level[end], rises):
                slot[i] = climb(&parent[0], &level[0], &depth[0], &skip[0], low[own], end, goal, rises)
                low[own] = slot[i]
            else:
                slot[i] = climb(&parent[0], &level[0], &depth[0], &skip[0], high[own], end, goal, not rises)


cdef void sort_by_level(
    const int* node_level, const int* slot, const int* level, Py_ssize_t n, int* start, Py_ssize_t n_levels,
    int* by_level,
) noexcept nogil:
    """The nodes that lie on edges, by increasing level; `start` are zeros, one more than there are levels."""
    cdef Py_ssize_t i
    for i in range(n):
        if node_level[i] != level[slot[i]]:
            start[node_level[i] + 1] += 1
    for i in range(n_levels):
        start[i + 1] += start[i]
    for i in range(n):
        if node_level[i] != level[slot[i]]:
            by_level[start[node_level[i]]] = <int>i
            start[node_level[i]] += 1


def insert(
    const int[::1] parent, const int[::1] level, const int[::1] node_level, const int[::1] slot, int[::1] start,
    int[::1] end, int[::1] by_edge, int[::1] number, int[::1] whole_parent, int[::1] whole_level, int[::1] node,
):
    """Put the nodes of chains on the edges of a tree, those of one level on an edge as one; return how many are there.

    parent, level : of the tree, parents first.
    node_level : of each node of the strips.
    slot : of each of these the lower end of its edge, or the node of the tree with which it shares the level.
    start, end : zeros, one more than there are levels, and one more than there are nodes in the tree; are written to.
    by_edge, number : scratch, one entry for each node of the strips, and one for each node of the tree.
    whole_parent, whole_level : of the tree with all nodes; the first entries are filled, as many as are returned.
    node : of each node of the strips; is filled.
    """
    cdef Py_ssize_t n = slot.shape[0], i, k, first
    cdef int x, last, n_free = 0, n_nodes = 0
    cdef int* order = &node[0]  # as long as these are not known: the nodes on edges
    cdef int* latest = &number[0]  # as long as these are not: the level of the last node on each edge
    cdef bint in_order = True  # from the upper end of each edge on, as they are if no two chains share one
    with nogil:
        for x in range(<int>parent.shape[0]):
            latest[x] = level[parent[x]]
        for i in range(n):
            x = slot[i]
            if node_level[i] == level[x]:
                continue
            in_order &= reaches(node_level[i], latest[x], level[x] > latest[x])
            latest[x] = node_level[i]
            end[x + 1] += 1
            order[n_free] = <int>i
            n_free += 1
        for k in range(end.shape[0] - 1):
            end[k + 1] += end[k]
        if not in_order:
            sort_by_level(&node_level[0], &slot[0], &level[0], n, &start[0], start.shape[0] - 1, order)
        for k in range(n_free):
            act_on_signals(k)
            x = slot[order[k]]
            by_edge[end[x]] = order[k]
            end[x] += 1
        for x in range(<int>parent.shape[0]):
            act_on_signals(x)
            first = end[x - 1] if x > 0 else 0
            last = number[parent[x]] if x > 0 else 0
            for k in range(first, end[x]):
                i = by_edge[k if in_order or level[x] > level[parent[x]] else first + end[x] - 1 - k]
                if node_level[i] != whole_level[last]:  # as the first one's always is
                    whole_parent[n_nodes] = last
                    whole_level[n_nodes] = node_level[i]
                    last = n_nodes
                    n_nodes += 1
                node[i] = last
            whole_parent[n_nodes] = last
            whole_level[n_nodes] = level[x]
            number[x] = n_nodes
            n_nodes += 1
        for i in range(n):
            if node_level[i] == level[slot[i]]:
                node[i] = number[slot[i]]
    return n_nodes

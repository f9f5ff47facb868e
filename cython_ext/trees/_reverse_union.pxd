"""Nodes of a tree by union-find over its cells, visited from the leaves to the root.

Each cell comes with a mask of the neighbours, visited before it, that lie in its shape. Sets have ids in the order of
their first cells, leaves, and nodes in that of their creation; `parent` holds the parent of a node or, as ~id, the
later node of the same level that it became one with. Nodes from `first` on belong to the current batch: one level, one
node a component.
"""

from shared._machine cimport lowest32
from shared._neighbors cimport mask_t

cdef struct Set:
    int link  # union-find: a set that is part of no other one links to itself
    int top  # the node of the set that is nearest to the root; -1 before its first cell

cdef struct Union:
    int* component  # the set of each cell
    int* node  # the node of each cell
    Set* sets
    int* parent
    int* level  # of each node
    int* area  # the cells of each node that none of its children holds
    int n_sets
    int n_nodes
    int n_aliases  # nodes that became one with another
    int first


cdef struct Layout:
    # Where the arrays of a union begin in its scratch memory, in integers.
    Py_ssize_t component
    Py_ssize_t node
    Py_ssize_t order  # the cells, in the order of which they are added, or the reverse
    Py_ssize_t sets
    Py_ssize_t parent
    Py_ssize_t level
    Py_ssize_t area
    Py_ssize_t end

cdef enum:
    SPARE = 4  # one set and one node, the root, more than there are cells, which are also written to while unused


cdef inline Layout union_layout(Py_ssize_t size, Py_ssize_t n_cells) noexcept nogil:
    """The arrays of a union of `n_cells` cells out of `size`, margin included."""
    cdef Layout at
    at.component = 0
    at.node = at.component + size
    at.order = at.node + size
    at.sets = at.order + n_cells
    at.parent = at.sets + 2 * (n_cells + SPARE)  # a set is two integers
    at.level = at.parent + n_cells + SPARE
    at.area = at.level + n_cells + SPARE
    at.end = at.area + n_cells + SPARE
    return at


cdef inline void lay_out(Union* u, int* integers, const Layout* at) noexcept nogil:
    """Place a union in scratch memory of `at.end` integers."""
    u.component = integers + at.component
    u.node = integers + at.node
    u.sets = <Set*>(integers + at.sets)
    u.parent = integers + at.parent
    u.level = integers + at.level
    u.area = integers + at.area


cdef inline void start_union(Union* u) noexcept nogil:
    u.n_sets = u.n_nodes = u.n_aliases = 0
    u.sets[0].link = 0
    u.sets[0].top = -1


cdef inline int find(Set* sets, int x) noexcept nogil:
    """The set that x has become part of, with path halving; the first step, which is nearly always enough, untested."""
    cdef int ahead = sets[sets[x].link].link
    sets[x].link = ahead
    while sets[ahead].link != ahead:
        x = ahead
        ahead = sets[sets[x].link].link
        sets[x].link = ahead
    return ahead


cdef inline int mask_below(int a, int b) noexcept nogil:
    """-1 if a < b, otherwise 0; both are >= -1. Compilers would make a jump of a comparison."""
    return (a - b) >> 31


cdef inline int select(int a, int b, int mask) noexcept nogil:
    """`a` if the mask is -1, `b` if it is 0."""
    return b ^ ((a ^ b) & mask)


cdef inline int merge(Union* u, int own, int node, int other) noexcept nogil:
    """The set `other` becomes part of the set `own`, whose top is `node`; returns the top of both.

    Nothing happens if they are one. Of two tops of the current batch the one made first becomes an alias.
    """
    cdef int top = u.sets[other].top
    cdef int differs = -(own != other)
    cdef int alias = differs & ~mask_below(top, u.first)
    cdef int is_later = alias & mask_below(node, top)
    u.n_aliases -= alias
    u.parent[select(select(node, top, is_later), u.n_nodes, differs)] = select(top, node, is_later) ^ alias
    u.sets[other].link = own
    u.sets[own].top = select(top, node, is_later)
    return u.sets[own].top


cdef inline void add_cell(Union* u, int cell, mask_t joined, const int* offsets, int level) noexcept nogil:
    """Put a cell into the sets of its joined neighbours; into a new set, if there are none.

    What happens to a cell cannot be predicted, so there is no jump but for the number of neighbours, and what is not
    needed is written where nobody reads.
    """
    cdef int own, node, is_new
    own = u.component[cell + offsets[lowest32(joined | 256)]]
    own = find(u.sets, own if joined else u.n_sets)
    u.component[cell] = own
    node = u.sets[own].top
    is_new = mask_below(node, u.first)
    u.parent[select(node, u.n_nodes, is_new)] = u.n_nodes
    u.level[u.n_nodes] = level
    u.area[u.n_nodes] = 0
    node = select(u.n_nodes, node, is_new)
    u.n_nodes -= is_new
    u.sets[own].top = node
    u.n_sets += joined == 0
    u.sets[u.n_sets].link = u.n_sets
    u.sets[u.n_sets].top = -1
    joined &= joined - 1
    while joined:
        node = merge(u, own, node, find(u.sets, u.component[cell + offsets[lowest32(joined)]]))
        joined &= joined - 1
    u.node[cell] = node
    u.area[node] += 1


cdef inline void join_cells(Union* u, int cell, int other_cell) noexcept nogil:
    """Put the sets of two cells together; the first cell is of the current batch."""
    cdef int own = find(u.sets, u.component[cell]), other = find(u.sets, u.component[other_cell])
    merge(u, own, u.sets[own].top, other)


cdef inline bint add_root(Union* u, int level, bint is_first_level) noexcept nogil:
    """Put the sets that are left under one root; those of its level become one with it, if they are its cells.

    A root without cells above a single node is not made; returns whether it was.
    """
    cdef int i, root = u.n_nodes, n_tops = 0, top = 0
    cdef bint owns = False
    for i in range(u.n_sets):
        if u.sets[i].link != i:
            continue
        top = u.sets[i].top
        n_tops += 1
        if is_first_level and u.level[top] == level:
            u.parent[top] = ~root
            u.n_aliases += 1
            owns = True
        else:
            u.parent[top] = root
    if n_tops == 1 and not owns:
        u.parent[top] = top
        return False
    u.level[root] = level
    u.area[root] = 0
    u.parent[root] = root
    u.n_nodes += 1
    return True


cdef inline int place_nodes(
    const Union* u, int n_raw, int n_done, int* place, int* parent, int* level
) noexcept nogil:
    """Order the nodes, parents first: from the last one created on, after the `n_done` that have a place >= 0.

    Returns how many there are, without aliases.
    """
    cdef int i
    for i in range(n_raw - 1, -1, -1):
        if place[i] >= 0:
            continue
        if u.parent[i] < 0:
            place[i] = place[~u.parent[i]]
            continue
        place[i] = n_done
        parent[n_done] = place[u.parent[i]]
        level[n_done] = u.level[i]
        n_done += 1
    return n_done

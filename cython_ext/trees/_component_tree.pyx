"""Max-tree and min-tree in any dimension: union-find over the pixels in the order of their levels.

The method of Najman and Couprie (2006).
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from shared._interrupt cimport act_on_signals
from shared._types cimport level_t
from shared._union_find cimport find


def component_tree(
    const level_t[::1] padded, const int[::1] order, const int[::1] offsets,
    int[::1] parent, int[::1] level, int[::1] node,
):
    """Build the component tree of the cells in the given order; return how many nodes it has.

    `order` holds the cells of the image, leaves first: descending levels give the max-tree, ascending ones the
    min-tree. `padded` has one cell more on each side, so neighbours are found by adding `offsets`.
    Fills parent and level of the nodes, parents first, and the node of each cell.
    """
    cdef Py_ssize_t n = order.shape[0], size = padded.shape[0], k, i
    # Components have the ids of their first cells, nodes those of their creation; `raw_parent` holds the parent of a
    # node or, as ~id, the later node of the same level that it became one with.
    cdef int* block = <int*>malloc((size + 4 * n) * sizeof(int))
    cdef int* component = block
    cdef int* link = block + size
    cdef int* top = link + n
    cdef int* raw_parent = top + n
    cdef int* first_cell = raw_parent + n
    cdef int* place = first_cell  # node by node, from the last one on
    cdef int cell, own, other, new, other_new, n_components = 0, n_new = 0, n_nodes = 0, first = 0
    if block == NULL:
        raise MemoryError("the tree needs more memory than there is")
    try:
        with nogil:
            memset(component, 255, size * sizeof(int))
            for k in range(n):
                act_on_signals(k)
                cell = order[k]
                if k > 0 and padded[cell] != padded[order[k - 1]]:
                    first = n_new  # nodes from here on belong to the current level
                own = -1
                new = -1
                for i in range(offsets.shape[0]):
                    other = component[cell + offsets[i]]
                    if other < 0:
                        continue
                    other = find(link, other)
                    if other == own:
                        continue
                    other_new = top[other]
                    if own < 0:
                        own = other
                        new = other_new
                        if new < first:
                            raw_parent[new] = n_new
                            first_cell[n_new] = cell
                            new = n_new
                            n_new += 1
                        continue
                    link[other] = own
                    if other_new < first:
                        raw_parent[other_new] = new
                    elif other_new < new:
                        raw_parent[other_new] = ~new
                    else:
                        raw_parent[new] = ~other_new
                        new = other_new
                if own < 0:
                    own = n_components
                    link[own] = own
                    n_components += 1
                    new = n_new
                    first_cell[n_new] = cell
                    n_new += 1
                top[own] = new
                component[cell] = own
                node[cell] = new
            # From the root, the last node created, down: place the nodes that did not become one with another.
            raw_parent[n_new - 1] = 0
            for k in range(n_new - 1, -1, -1):
                act_on_signals(k)
                if raw_parent[k] < 0:
                    place[k] = place[~raw_parent[k]]
                    continue
                cell = first_cell[k]
                parent[n_nodes] = 0 if k == n_new - 1 else place[raw_parent[k]]
                level[n_nodes] = padded[cell]
                place[k] = n_nodes
                n_nodes += 1
            for k in range(n):
                node[order[k]] = place[node[order[k]]]
    finally:
        free(block)
    return n_nodes

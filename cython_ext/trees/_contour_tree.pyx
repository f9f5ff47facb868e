"""The tree of level lines by the contour tree of Carr, Snoeyink and Axen (2003), in any dimension.

Vertices are the cells of an image padded by one cell on each side. Cell 0, a corner of the padding, stands
for the exterior if there is one. Vertices are totally ordered by (level, raster index).
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from shared._interrupt cimport act_on_signals
from shared._types cimport level_t
from shared._union_find cimport find
from trees._peeling cimport peel


cdef struct Sweep:
    # One sweep over the ordered vertices. `parent` and `degree` are its result: the vertex at which a component
    # met the next one, and how many components met there. The rest is union-find over components.
    int* parent
    unsigned char* degree
    int* component
    int* link
    int* last
    int n_components


cdef inline void open_component(Sweep* sweep, int vertex) noexcept nogil:
    sweep.component[vertex] = sweep.n_components
    sweep.link[sweep.n_components] = sweep.n_components
    sweep.n_components += 1


cdef inline void meet(Sweep* sweep, int vertex, int neighbor) noexcept nogil:
    """The component of a visited neighbour grows by the vertex, or merges with the vertex's own one."""
    cdef int other = find(sweep.link, sweep.component[neighbor])
    cdef int own = sweep.component[vertex]
    if other == own:
        return
    sweep.parent[sweep.last[other]] = vertex
    sweep.degree[vertex] += 1
    if own < 0:
        sweep.component[vertex] = other
    else:
        sweep.link[other] = own


cdef void visit_exterior(Sweep* sweep, const int[::1] frame, const int[::1] margin) noexcept nogil:
    cdef Py_ssize_t k
    for k in range(frame.shape[0]):
        if sweep.component[frame[k]] >= 0:
            meet(sweep, 0, frame[k])
    if sweep.component[0] < 0:
        open_component(sweep, 0)
    for k in range(margin.shape[0]):
        sweep.component[margin[k]] = sweep.component[0]
    sweep.last[sweep.component[0]] = 0


cdef int run_sweep(
    Sweep* sweep, const int[::1] order, bint descending, const int[::1] offsets,
    Py_ssize_t exterior, const int[::1] frame, const int[::1] margin,
) except -1 nogil:
    """Visit all vertices in order, or from the last to the first; -1 marks cells not yet visited.

    The exterior comes before order[exterior] in ascending order; -1 for none.
    """
    cdef Py_ssize_t n = order.shape[0], k, i
    cdef int vertex, neighbor
    for k in range(n + 1):
        act_on_signals(k)
        if exterior >= 0 and k == (n - exterior if descending else exterior):
            visit_exterior(sweep, frame, margin)
        if k == n:
            break
        vertex = order[n - 1 - k if descending else k]
        for i in range(offsets.shape[0]):
            neighbor = vertex + offsets[i]
            if sweep.component[neighbor] >= 0:
                meet(sweep, vertex, neighbor)
        if sweep.component[vertex] < 0:
            open_component(sweep, vertex)
        sweep.last[sweep.component[vertex]] = vertex
    return 0


def contour_tree(
    const level_t[::1] padded, const int[::1] order, const int[::1] upper_offsets, const int[::1] lower_offsets,
    int root, Py_ssize_t exterior, int exterior_level, const int[::1] frame, const int[::1] margin,
    int[::1] parent, int[::1] level, int[::1] node,
):
    """Build the tree of level lines; return how many nodes it has.

    padded : levels >= 0 of all cells, those of the margin, one cell on each side, included.
    order : the n cells of the image by level, then in raster order.
    upper_offsets, lower_offsets : from a cell to its neighbours in upper and in lower level sets; they come in pairs
        of opposite ones and lead no farther than the margin.
    root : a cell of the image, or 0 if there is an exterior, which is then the root.
    exterior : the place of the exterior in the order, from 0 to n; -1: there is none.
    exterior_level : the level that it shares with pixels; -1: it lies between two levels, or there is none.
    frame, margin : the cells of the image next to the margin, and those of the margin, with cell 0 among them; both
        are empty without an exterior.
    parent, level : of the nodes, parents first, n + 1 entries each; as many as there are nodes are filled.
    node : of each cell, as long as `padded`; is filled for the image and for the root.
    """
    cdef Py_ssize_t n = order.shape[0], size = padded.shape[0], n_removed, k
    # Rows of one block: two trees of `size` vertices, three union-find rows, the removal order.
    cdef int* block = <int*>malloc((5 * size + n + 1) * sizeof(int))
    cdef unsigned char* counts = <unsigned char*>malloc(3 * size)
    cdef int* toward_root
    cdef int* removal
    cdef int vertex, anchor, n_nodes = 1
    cdef Sweep sweep
    if block == NULL or counts == NULL:
        free(block)
        free(counts)
        raise MemoryError("the tree of shapes needs more memory than there is")
    try:
        with nogil:
            memset(counts, 0, 3 * size)
            sweep.component = block + 2 * size
            sweep.link = block + 3 * size
            sweep.last = block + 4 * size
            for k in range(2):
                sweep.parent = block + k * size
                sweep.degree = counts + k * size
                sweep.n_components = 0
                memset(sweep.component, 255, size * sizeof(int))
                run_sweep(&sweep, order, k == 0, upper_offsets if k == 0 else lower_offsets, exterior, frame, margin)
            toward_root = block + 2 * size
            removal = block + 5 * size
            n_removed = peel(
                &order[0], n, root, block, counts, block + size, counts + size, counts + 2 * size, toward_root, removal
            )
            parent[0] = 0
            level[0] = padded[root] if exterior < 0 else exterior_level
            node[root] = 0
            for k in range(n_removed - 1, -1, -1):
                act_on_signals(k)
                vertex = removal[k]
                anchor = toward_root[vertex]
                if padded[vertex] == (exterior_level if anchor == 0 else padded[anchor]):
                    node[vertex] = node[anchor]
                else:
                    node[vertex] = n_nodes
                    parent[n_nodes] = node[anchor]
                    level[n_nodes] = padded[vertex]
                    n_nodes += 1
    finally:
        free(block)
        free(counts)
    return n_nodes

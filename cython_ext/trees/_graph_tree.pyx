"""Component tree of a graph whose vertices have levels: union-find over its edges."""

from libc.stdlib cimport free, malloc

from shared._interrupt cimport act_on_signals
from shared._union_find cimport find


def component_tree(
    const int[::1] later, const int[::1] earlier, const int[::1] level_of_vertex,
    int[::1] parent, int[::1] level, int[::1] node,
):
    """Build the tree; return how many nodes it has, or 0 if the graph is not connected.

    Vertices are numbered by their places in the order, leaves first. `later` and `earlier` are the ends of the edges,
    earlier[k] <= later[k], and `later` never falls. Fills parent and level of the nodes, parents first, and the node of
    each vertex.
    """
    cdef Py_ssize_t n = node.shape[0], k
    cdef int* link = <int*>malloc(2 * n * sizeof(int))
    cdef int* above = link + n  # the vertex through which a component grew last; it stands for the component
    cdef int vertex, root, n_nodes = 1
    if link == NULL:
        raise MemoryError("the tree needs more memory than there is")
    try:
        with nogil:
            for k in range(n):
                link[k] = <int>k
                above[k] = <int>k
            for k in range(later.shape[0]):
                act_on_signals(k)
                vertex = later[k]
                root = find(link, earlier[k])
                link[root] = vertex
                above[root] = vertex
            node[n - 1] = 0
            parent[0] = 0
            level[0] = level_of_vertex[n - 1]
            for k in range(n - 2, -1, -1):
                vertex = above[k]
                if vertex == k:
                    n_nodes = 0
                    break
                if level_of_vertex[vertex] == level_of_vertex[k]:
                    node[k] = node[vertex]
                    continue
                parent[n_nodes] = node[vertex]
                level[n_nodes] = level_of_vertex[k]
                node[k] = n_nodes
                n_nodes += 1
    finally:
        free(link)
    return n_nodes

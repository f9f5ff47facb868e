"""The core graph of an image in parts: the nodes that are kept of each, put together where they share a pixel.

Its components of upper and of lower level sets are those of the image, so its contour tree, or for a max-tree the tree
of its upper level sets, is that of the image without what hangs inside the parts, and without chains.
"""

from libc.string cimport memset

from shared._interrupt cimport act_on_signals
from shared._union_find cimport find
from trees._peeling cimport peel


def join_seams(
    const int[::1] level, const int[::1] above, const int[::1] below, int[::1] start, int[::1] vertex,
    int[::1] vertex_level,
):
    """Make one vertex of nodes that share a pixel, and number the vertices by level; return how many there are.

    level : of the nodes, >= 0.
    above, below : pairs of nodes of one level.
    start : zeros, one more than there are levels; are written to.
    vertex : of each node; is filled.
    vertex_level : as many entries as there are nodes; is filled for the vertices.
    """
    cdef int n = <int>level.shape[0], n_vertices = 0, one, other, i
    cdef Py_ssize_t k
    cdef int* link = &vertex[0]
    with nogil:
        for i in range(n):
            link[i] = i
        for k in range(above.shape[0]):
            act_on_signals(k)
            one = find(link, above[k])
            other = find(link, below[k])
            if one < other:  # a set links to its first node
                link[other] = one
            else:
                link[one] = other
        for i in range(n):
            if link[i] == i:
                start[level[i] + 1] += 1
        for k in range(start.shape[0] - 1):
            start[k + 1] += start[k]
        for i in range(n):  # what comes before has its vertex already, as ~vertex
            if link[i] == i:
                one = start[level[i]]
                start[level[i]] += 1
                vertex_level[one] = level[i]
                link[i] = ~one
                n_vertices += 1
            else:
                link[i] = link[link[i]]
        for i in range(n):
            link[i] = ~link[i]
    return n_vertices


def list_edges(
    const int[::1] vertex, const int[::1] node, const int[::1] other, int[::1] upper_start, int[::1] upper,
    int[::1] lower_start, int[::1] lower,
):
    """List the neighbours above and below each vertex.

    vertex : of each node.
    node, other : the nodes at the ends of each edge; their vertices differ.
    upper_start, lower_start : zeros, two more than there are vertices; at the end the neighbours of vertex v are from
        place start[v] to start[v + 1].
    upper, lower : one entry for each edge; are filled.
    """
    cdef Py_ssize_t k
    cdef int one, two
    with nogil:
        for k in range(node.shape[0]):
            one = vertex[node[k]]
            two = vertex[other[k]]
            upper_start[min(one, two) + 2] += 1
            lower_start[max(one, two) + 2] += 1
        for k in range(2, upper_start.shape[0]):
            upper_start[k] += upper_start[k - 1]
            lower_start[k] += lower_start[k - 1]
        for k in range(node.shape[0]):
            act_on_signals(k)
            one = vertex[node[k]]
            two = vertex[other[k]]
            if one > two:
                one, two = two, one
            upper[upper_start[one + 1]] = two
            upper_start[one + 1] += 1
            lower[lower_start[two + 1]] = one
            lower_start[two + 1] += 1


def sweep(
    const int[::1] start, const int[::1] neighbors, bint descending, int[::1] parent, int[::1] degree,
    int[::1] component, int[::1] link, int[::1] last,
):
    """Visit the vertices in order, or from the last to the first, and join the components that meet in each.

    start, neighbors : of each vertex, those that are visited before it.
    parent, degree : at which vertex a component met the next one, and how many met there; degree is filled; parent is,
        but for the vertex visited last.
    component, link, last : scratch, one entry for each vertex.
    """
    cdef int n = <int>parent.shape[0], n_components = 0, k, vertex, own, other
    cdef Py_ssize_t i
    with nogil:
        memset(&degree[0], 0, n * sizeof(int))
        for k in range(n):
            act_on_signals(k)
            vertex = n - 1 - k if descending else k
            own = -1
            for i in range(start[vertex], start[vertex + 1]):
                other = find(&link[0], component[neighbors[i]])
                if other == own:
                    continue
                parent[last[other]] = vertex
                degree[vertex] += 1
                if own < 0:
                    own = other
                else:
                    link[other] = own
            if own < 0:
                own = n_components
                link[own] = own
                n_components += 1
            component[vertex] = own
            last[own] = vertex


def peel_leaves(
    int root, int[::1] upper, int[::1] n_upper, int[::1] lower, int[::1] n_lower, unsigned char[::1] removed,
    int[::1] toward_root, int[::1] removal,
):
    """The contour tree from the trees of the descending and the ascending sweep, all of which are written to.

    removed : zeros, one for each vertex.
    toward_root, removal : the neighbour of each vertex on the way to the root, and the vertices but the root, leaves
        first; one entry for each vertex; are filled.
    """
    cdef Py_ssize_t n = upper.shape[0]
    with nogil:
        peel(
            NULL, n, root, &upper[0], &n_upper[0], &lower[0], &n_lower[0], &removed[0], &toward_root[0], &removal[0]
        )


def contract(
    const int[::1] vertex_level, const int[::1] toward_root, const int[::1] order, int[::1] parent, int[::1] level,
    int[::1] node,
):
    """Make one node of neighbours of one level; return how many nodes there are, parents first.

    vertex_level, toward_root : of the vertices; the root is the neighbour of its own.
    order : the vertices, the root first, and each after its neighbour on the way to the root.
    parent, level : of the nodes, as many entries as there are vertices; are filled.
    node : of each vertex; is filled.
    """
    cdef Py_ssize_t k
    cdef int vertex = order[0], anchor, n_nodes = 1
    with nogil:
        node[vertex] = 0
        parent[0] = 0
        level[0] = vertex_level[vertex]
        for k in range(1, order.shape[0]):
            act_on_signals(k)
            vertex = order[k]
            anchor = toward_root[vertex]
            if vertex_level[vertex] == vertex_level[anchor]:
                node[vertex] = node[anchor]
                continue
            node[vertex] = n_nodes
            parent[n_nodes] = node[anchor]
            level[n_nodes] = vertex_level[vertex]
            n_nodes += 1
    return n_nodes

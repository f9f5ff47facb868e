"""The trees of shapes of several channels as one set of shapes, and how deep its shapes are nested in each other.

The nodes of a tree are numbered in preorder: inside node i lie the nodes from i to last[i]. So of two nodes the smaller
one encloses the other, or what encloses both is found above it.
"""

from libc.stdlib cimport calloc, free

from shared._interrupt cimport act_on_signals

cdef enum:
    STEPS = 8  # to parents, before ancestors far up are tried: mostly enough, and always fast


cdef inline int enclosing(const int* parent, const int* skip, const int* last, int node, int other) noexcept nogil:
    """The smallest node that holds a node and another one, which is not smaller."""
    cdef int _
    for _ in range(STEPS):
        if last[node] >= other:
            return node
        node = parent[node]
    while last[node] < other:
        node = skip[node] if last[skip[node]] < other else parent[node]
    return node


def number_nodes(
    const int[::1] tree_parent, const int[::1] node_of_pixel, int[::1] number, int[::1] scratch,
    int[::1] parent, int[::1] last, int[::1] area, int[::1] pixels,
):
    """Number the nodes of a tree in preorder.

    tree_parent, node_of_pixel : of the tree; parents come before their children.
    number, scratch : one entry for each node; the numbers are filled.
    parent, last, area : of the nodes by their numbers; are filled.
    pixels : the number of the node of each pixel; is filled.
    """
    cdef Py_ssize_t n = tree_parent.shape[0], i, p
    cdef int* size = &scratch[0]
    cdef int* next_free = &area[0]
    cdef int node
    with nogil:
        for i in range(n):
            size[i] = 1
        for i in range(n - 1, 0, -1):
            size[tree_parent[i]] += size[i]
        number[0] = 0
        next_free[0] = 1
        for i in range(1, n):
            node = next_free[tree_parent[i]]
            next_free[tree_parent[i]] += size[i]
            number[i] = node
            next_free[i] = node + 1
        for i in range(n):
            parent[number[i]] = number[tree_parent[i]]
            last[number[i]] = number[i] + size[i] - 1
        for i in range(n):
            area[i] = 0
        for p in range(node_of_pixel.shape[0]):
            node = number[node_of_pixel[p]]
            area[node] += 1
            pixels[p] = node
        for i in range(n - 1, 0, -1):
            area[parent[i]] += area[i]


def find_covers(
    const int[::1] parent, const int[::1] pixels, const int[::1] other_parent, const int[::1] other_skip,
    const int[::1] other_last, const int[::1] other_pixels, int other_start, int[::1] first_held, int[::1] last_held,
    int[:, ::1] cover, Py_ssize_t column,
):
    """Find for each shape of a tree the smallest shape of another tree around it.

    parent, pixels : of the tree; each of its shapes holds a pixel.
    other_parent, other_skip, other_last, other_pixels : of the other one; the second is of `skip_ancestors`.
    other_start : is added to what is found.
    first_held, last_held : scratch, at least one entry for each node of the tree.
    cover : the rows of the tree's nodes; their entries in the column are filled.
    """
    cdef Py_ssize_t n = parent.shape[0], i, p
    cdef int node, other
    with nogil:
        for i in range(n):
            first_held[i] = 0x7FFFFFFF
            last_held[i] = -1
        for p in range(pixels.shape[0]):
            act_on_signals(p)
            node = pixels[p]
            other = other_pixels[p]
            first_held[node] = min(first_held[node], other)
            last_held[node] = max(last_held[node], other)
        for i in range(n - 1, -1, -1):
            act_on_signals(i)
            node = enclosing(&other_parent[0], &other_skip[0], &other_last[0], first_held[i], last_held[i])
            cover[i, column] = other_start + node
            node = parent[i]
            first_held[node] = min(first_held[node], first_held[i])
            last_held[node] = max(last_held[node], last_held[i])


def nest(const int[::1] parent, const int[::1] area, const int[:, ::1] cover, int[::1] order, int[::1] depth):
    """Find for each shape how many others the longest chain of shapes around it has.

    parent, area : of the nodes of all trees in one row. That of a parent is larger; of all roots, it is that of node 0.
    cover : of each node the smallest shape around it in each tree, itself in its own.
    order : scratch, one entry for each node.
    depth : is filled.

    The longest chain ends with the deepest of those shapes around a shape that are not the same set.
    """
    cdef Py_ssize_t n = parent.shape[0], k, c
    cdef int n_pixels = area[0], node, around, deepest
    cdef int* place = <int*>calloc(n_pixels + 2, sizeof(int))
    if place == NULL:
        raise MemoryError("the tree of shapes needs more memory than there is")
    try:
        with nogil:
            for k in range(n):
                place[n_pixels - area[k] + 1] += 1
            for k in range(n_pixels):
                place[k + 1] += place[k]
            for k in range(n):
                order[place[n_pixels - area[k]]] = <int>k
                place[n_pixels - area[k]] += 1
            for k in range(n):
                act_on_signals(k)
                node = order[k]
                deepest = -1
                if area[node] < n_pixels:
                    for c in range(cover.shape[1]):
                        around = cover[node, c]
                        if area[around] == area[node]:
                            around = parent[around]
                        deepest = max(deepest, depth[around])
                depth[node] = deepest + 1
    finally:
        free(place)


def raise_depths(
    const int[::1] parent, const int[::1] skip, const int[::1] last, const int[::1] depth, const int[:, ::1] pixels,
    int[:, ::1] faces,
):
    """Raise the depths of pixels, and of the edges between them, to those of the shapes of a tree around them.

    parent, skip, last, depth : of the tree's nodes.
    pixels : the nodes of the (h, w) pixels in the tree.
    faces : (2 h - 1, 2 w - 1), with pixels at even places, edges between two pixels; corners stay as they are.
    """
    cdef Py_ssize_t height = pixels.shape[0], width = pixels.shape[1], y, x
    cdef int node, next_node, around
    cdef int* row
    cdef int* below
    with nogil:
        for y in range(height):
            row = &faces[2 * y, 0]
            below = row + faces.shape[1] if y + 1 < height else row
            for x in range(width):
                act_on_signals(y * width + x)
                node = pixels[y, x]
                row[2 * x] = max(row[2 * x], depth[node])
                if x + 1 < width:
                    next_node = pixels[y, x + 1]
                    around = enclosing(
                        &parent[0], &skip[0], &last[0], min(node, next_node), max(node, next_node)
                    )
                    row[2 * x + 1] = max(row[2 * x + 1], depth[around])
                if y + 1 < height:
                    next_node = pixels[y + 1, x]
                    around = enclosing(
                        &parent[0], &skip[0], &last[0], min(node, next_node), max(node, next_node)
                    )
                    below[2 * x] = max(below[2 * x], depth[around])


def fill_corners(int[:, ::1] faces):
    """Give each corner the least depth of its four edges.

    It may lie less deep, in no shape with all of them: then it would be a hole without a pixel, which is filled.
    """
    cdef Py_ssize_t y, x
    with nogil:
        for y in range(1, faces.shape[0], 2):
            for x in range(1, faces.shape[1], 2):
                faces[y, x] = min(min(faces[y - 1, x], faces[y + 1, x]), min(faces[y, x - 1], faces[y, x + 1]))

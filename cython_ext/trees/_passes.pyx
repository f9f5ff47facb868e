"""Passes over a tree whose parents come before their children, and over the pixels that its nodes own."""

from shared._interrupt cimport act_on_signals
from shared._types cimport number_t, sum_t, uint64_t

ctypedef fused choice_t:  # whether a node is chosen, or up to which level
    unsigned char
    int

ctypedef fused bits_t:  # numbers of any kind, which are copied
    unsigned char
    unsigned short
    unsigned int
    uint64_t


def accumulate_sum(const int[::1] parent, sum_t[::1] value):
    """Each node's value becomes the sum over its subtree."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(parent.shape[0] - 1, 0, -1):
            value[parent[i]] += value[i]


def accumulate_max(const int[::1] parent, number_t[::1] value):
    """Each node's value becomes the largest of its subtree."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(parent.shape[0] - 1, 0, -1):
            if value[parent[i]] < value[i]:
                value[parent[i]] = value[i]


def accumulate_min(const int[::1] parent, number_t[::1] value):
    """Each node's value becomes the smallest of its subtree."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(parent.shape[0] - 1, 0, -1):
            if value[parent[i]] > value[i]:
                value[parent[i]] = value[i]


def propagate_sum(const int[::1] parent, number_t[::1] value):
    """Each node's value becomes the sum over the path to the root."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(1, parent.shape[0]):
            value[i] += value[parent[i]]


def propagate_max(const int[::1] parent, number_t[::1] value):
    """Each node's value becomes the largest on the path to the root."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(1, parent.shape[0]):
            if value[i] < value[parent[i]]:
                value[i] = value[parent[i]]


def propagate_min(const int[::1] parent, choice_t[::1] value):
    """Each node's value becomes the smallest on the path to the root."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(1, parent.shape[0]):
            if value[i] > value[parent[i]]:
                value[i] = value[parent[i]]


def depth(const int[::1] parent, int[::1] out):
    """The number of edges from each node to the root; `out` is zero at the root."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(1, parent.shape[0]):
            out[i] = out[parent[i]] + 1


def count_pixels(const int[::1] node_of_pixel, int[::1] out):
    """Add to each node the number of pixels that it owns."""
    cdef Py_ssize_t p
    with nogil:
        for p in range(node_of_pixel.shape[0]):
            out[node_of_pixel[p]] += 1


def keep_nodes(const int[::1] parent, const unsigned char[::1] keep, int[::1] place):
    """Place the kept nodes in order; a node that is not kept takes the place of its first kept ancestor."""
    cdef Py_ssize_t i
    cdef int n_kept = 1
    with nogil:
        place[0] = 0
        for i in range(1, parent.shape[0]):
            if keep[i]:
                place[i] = n_kept
                n_kept += 1
            else:
                place[i] = place[parent[i]]


def kept_ancestors(const int[::1] parent, const unsigned char[::1] keep, int[::1] out):
    """The first ancestor of each node that is kept: itself, if it is. The root stays."""
    cdef Py_ssize_t i
    with nogil:
        out[0] = 0
        for i in range(1, parent.shape[0]):
            out[i] = <int>i if keep[i] else out[parent[i]]


def spread(const int[::1] nodes, const bits_t[::1] values, bits_t[::1] out):
    """The values of nodes."""
    cdef Py_ssize_t p
    with nogil:
        for p in range(nodes.shape[0]):
            out[p] = values[nodes[p]]


def group_pixels(
    const int[::1] parent, const int[::1] node_of_pixel, const int[::1] own_area, const int[::1] area,
    int[::1] start, int[::1] free, int[::1] pixels,
):
    """Sort the pixels so that those of each shape are contiguous: pixels[start[i] : start[i] + area[i]].

    A node takes the next free room in its parent's range; its own pixels come first. `free` is scratch.
    """
    cdef Py_ssize_t i, p
    with nogil:
        start[0] = 0
        free[0] = own_area[0]
        for i in range(1, parent.shape[0]):
            start[i] = free[parent[i]]
            free[parent[i]] += area[i]
            free[i] = start[i] + own_area[i]
        for i in range(parent.shape[0]):
            free[i] = start[i]
        for p in range(node_of_pixel.shape[0]):
            i = node_of_pixel[p]
            pixels[free[i]] = <int>p
            free[i] += 1


cdef enum:
    CHUNK = 1024  # pairs of pixels at a time


cdef void find_signs(
    const int* first, const int* second, const signed char* own, const signed char* other, int only, Py_ssize_t n,
    signed char* signs,
) noexcept nogil:
    """+1 where the first pixel lies above the second, -1 below, 0 in the same node.

    Of two nodes the one with the larger index does not enclose the other one, so the pair leaves its shape. `only` is
    the polarity of all nodes but the root, if they have one; otherwise `own` and `other` are those of the pixels.
    """
    cdef Py_ssize_t i
    if only:
        for i in range(n):
            signs[i] = <signed char>(only * ((first[i] > second[i]) - (first[i] < second[i])))
    else:
        for i in range(n):
            signs[i] = <signed char>((first[i] > second[i]) * own[i] - (first[i] < second[i]) * other[i])


def add_steps(
    const int[::1] node_of_pixel, const signed char[::1] polarity, int only, Py_ssize_t length, Py_ssize_t stride,
    signed char[::1] steps,
):
    """Add to each pixel +1 for each neighbour along an axis that lies lower, and -1 for each higher one.

    All shapes that such a pair leaves on one side have one polarity, and the pair enters shapes of the opposite
    polarity: `only`, if not 0, or the polarity of the pixels' nodes.
    """
    cdef Py_ssize_t slab = length * stride, n_pairs = slab - stride, block, start, p, q, n, i
    cdef signed char[CHUNK] signs
    with nogil:
        for block in range(node_of_pixel.shape[0] // slab):
            start = 0
            while start < n_pairs:
                n = min(CHUNK, n_pairs - start)
                p = block * slab + start
                q = p + stride
                if only:
                    find_signs(&node_of_pixel[p], &node_of_pixel[q], NULL, NULL, only, n, signs)
                else:
                    find_signs(&node_of_pixel[p], &node_of_pixel[q], &polarity[p], &polarity[q], 0, n, signs)
                for i in range(n):
                    steps[p + i] += signs[i]
                for i in range(n):
                    steps[q + i] -= signs[i]
                start += n


def add_small(const int[::1] node_of_pixel, const signed char[::1] values, number_t[::1] out):
    """Add the value of each pixel to its node."""
    cdef Py_ssize_t p
    with nogil:
        for p in range(node_of_pixel.shape[0]):
            out[node_of_pixel[p]] += values[p]


def add_pixels(const int[::1] node_of_pixel, const sum_t[::1] values, sum_t[::1] out):
    """Add the value of each pixel to its node."""
    cdef Py_ssize_t p
    with nogil:
        for p in range(node_of_pixel.shape[0]):
            out[node_of_pixel[p]] += values[p]


def max_pixels(const int[::1] node_of_pixel, const number_t[::1] values, number_t[::1] out):
    """Raise each node's value to those of its pixels."""
    cdef Py_ssize_t p
    with nogil:
        for p in range(node_of_pixel.shape[0]):
            if out[node_of_pixel[p]] < values[p]:
                out[node_of_pixel[p]] = values[p]


def turn_open_lines(
    const int[::1] parent, const int[::1] level, const sum_t[::1] area, const int[::1] is_open, long long n_pixels,
    int[::1] place, int[::1] turned_parent, int[::1] turned_level,
):
    """Put the open shapes with more than half of the pixels first, from the smallest to the root, and turn their edges.

    Two such shapes are nested, so they form a path that starts at the root.

    area, is_open : how many pixels each shape holds, and whether one of them is of the frame.
    place : of each node; is filled.
    turned_parent, turned_level : of the nodes in their new places; are filled.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int above = -1, other = 0  # the next places
    with nogil:
        for i in range(n):
            if is_open[i] and area[i] > n_pixels - area[i]:
                above += 1
        other = above + 1
        for i in range(n):
            if is_open[i] and area[i] > n_pixels - area[i]:
                place[i] = above
                turned_parent[above] = max(above - 1, 0)
                above -= 1
            else:
                place[i] = other
                turned_parent[other] = place[parent[i]]
                other += 1
            turned_level[place[i]] = level[i]


def skip_ancestors(const int[::1] parent, const int[::1] depth, int[::1] skip):
    """For each node an ancestor farther up, so that any ancestor is a logarithmic number of steps away.

    How far depends on the depth alone: twice the skips of the parent and of its skip, where those are of one length,
    otherwise to the parent (Myers 1983).
    """
    cdef Py_ssize_t i
    cdef int above, far, farther
    with nogil:
        skip[0] = 0
        for i in range(1, parent.shape[0]):
            above = parent[i]
            far = skip[above]
            farther = skip[far]
            skip[i] = farther if depth[above] - depth[far] == depth[far] - depth[farther] else above


def common_ancestors(
    const int[::1] parent, const int[::1] depth, const int[::1] skip, const int[::1] first, const int[::1] second,
    int[::1] out,
):
    """The lowest node that encloses each pair of nodes; `skip` is of `skip_ancestors`."""
    cdef Py_ssize_t k
    cdef int low, high
    with nogil:
        for k in range(first.shape[0]):
            act_on_signals(k)
            low = first[k]
            high = second[k]
            if depth[low] < depth[high]:
                low, high = high, low
            while depth[low] > depth[high]:
                low = skip[low] if depth[skip[low]] >= depth[high] else parent[low]
            while low != high:
                if skip[low] != skip[high]:
                    low = skip[low]
                    high = skip[high]
                else:
                    low = parent[low]
                    high = parent[high]
            out[k] = low

"""The tree of shapes of a plane image: a flood from the outside, then union-find in the reverse order.

The cells are those of the image with a margin of one cell on each side, for which no neighbour needs a test.
"""

from libc.stdlib cimport free
from libc.string cimport memset

from _flood cimport POPPED, SUP, VISITED, Flood, List, flood, level_t, push
from _flood_setup cimport compare_row, end_image, mark_saddles, start_at_ring
from _level_queue cimport init_bitmap
from _reverse_union cimport Set, Union, add_cell, add_root, join_cells, number_nodes, start_union
from _ring cimport lowest_bit, prefetch, ring_offsets


cdef void copy_levels(
    const level_t[:, ::1] image, int flip, level_t* levels, Py_ssize_t width, int* base, int* top, Py_ssize_t n_levels,
) noexcept nogil:
    """Copy the image into its margin, and find the first place of each level's stack.

    With flip > 0, levels become flip - level.
    """
    cdef Py_ssize_t x, y, n = image.shape[1]
    cdef const level_t* source
    cdef level_t* row
    memset(base, 0, (n_levels + 1) * sizeof(int))
    memset(top, 0, (n_levels + 1) * sizeof(int))
    memset(levels, 0, (image.shape[0] + 2) * width * sizeof(level_t))
    for y in range(image.shape[0]):
        source = &image[y, 0]
        row = levels + (y + 1) * width + 1
        for x in range(n):
            row[x] = <level_t>(flip - source[x]) if flip else source[x]
        for x in range(0, n - 1, 2):  # two histograms: equal neighbours do not wait for each other
            base[row[x] + 1] += 1
            top[row[x + 1] + 1] += 1
        if n & 1:
            base[row[n - 1] + 1] += 1
    for x in range(n_levels):
        base[x + 1] += base[x] + top[x + 1]
        top[x] = base[x]


cdef void merge_popped(Flood* f, Union* u, const level_t* levels, Py_ssize_t n) noexcept nogil:
    """Put the cells into sets, from the last one popped to the first."""
    cdef Py_ssize_t k
    cdef unsigned int entry, ahead
    cdef int level = 0, cell
    cdef bint opens = True
    cdef Union v = u[0]
    for k in range(n - 1, -1, -1):
        if k >= 16:
            ahead = f.order[k - 16] & ~SUP
            prefetch(v.component + ahead - f.width)
            prefetch(v.component + ahead)
            prefetch(v.component + ahead + f.width)
            prefetch(v.node + ahead)
            ahead = f.order[k - 8] & ~SUP
            prefetch(v.sets + v.component[ahead + f.offsets[lowest_bit(f.joined[k - 8] | 256)]])
        entry = f.order[k]
        cell = <int>(entry & ~SUP)
        if opens:
            level = levels[cell]
            v.first = v.n_nodes
        add_cell(&v, cell, f.joined[k], f.offsets, level)
        while f.links.length and f.links.items[f.links.length - 2] == k:
            f.links.length -= 2
            join_cells(&v, cell, f.links.items[f.links.length + 1])
        opens = entry & SUP
    u[0] = v


def build(
    const level_t[:, ::1] image, Py_ssize_t n_levels, bint flip, bint self_dual, Py_ssize_t root,
    int ring_below, bint ring_is_level, level_t[::1] padded, unsigned char[::1] bytes_, int[::1] integers,
    int[::1] starts, unsigned long long[::1] bitmap,
):
    """Build the tree, and leave its nodes in the scratch arrays; returns how many there are, aliases included, how many
    aliases, and whether the root is the ring.
    """
    cdef Py_ssize_t height = image.shape[0], n = image.shape[1], width = n + 2, size = (height + 2) * width, y
    cdef Py_ssize_t n_cells = height * n
    cdef level_t* levels = &padded[0]
    cdef Flood f
    cdef Union u
    cdef bint has_own_root
    cdef int level, top_level = <int>(n_levels - 1)
    with nogil:
        f.width = width
        f.self_dual = self_dual
        f.flags = &bytes_[0]
        f.above = f.flags + size
        f.below = f.above + size
        f.saddles = f.below + size
        f.joined = f.saddles + size
        f.queue.cells = <unsigned int*>&integers[0]
        f.queue.base = &starts[0]
        f.queue.top = f.queue.base + n_levels + 1
        f.order = <unsigned int*>&integers[2 * size]
        memset(&f.pending, 0, sizeof(List))
        memset(&f.links, 0, sizeof(List))
        f.n_popped = 0
        f.out_of_memory = False
        ring_offsets(<int>width, f.offsets)
        init_bitmap(&f.queue, &bitmap[0], n_levels)
        copy_levels(image, top_level if flip else 0, levels, width, f.queue.base, f.queue.top, n_levels)
        memset(f.saddles, 0, size)
        memset(f.flags, VISITED | POPPED, size)
        for y in range(1, height + 1):
            memset(f.flags + y * width + 1, 0, n)
            compare_row(levels + y * width + 1, width, n, f.above + y * width + 1, f.below + y * width + 1)
        for y in range(1, height):
            mark_saddles(levels + y * width + 1, width, n, self_dual, f.saddles + y * width + 1, f.joined)
        end_image(&f, levels, height, n, ring_below, ring_is_level)
        if ring_below < 0:
            level = levels[root]
            push(&f, <unsigned int>root, level, 0)
        else:
            level = ring_below - 1 + ring_is_level
            start_at_ring(&f, levels, height, n, ring_below, ring_is_level)
        flood(&f, levels, min(max(level, 0), top_level))
        free(f.pending.items)
        u.component = &integers[0]
        u.node = u.component + size
        u.sets = <Set*>(u.node + size + n_cells)
        u.above = u.node + size + n_cells + 2 * (n_cells + 2) + 1
        u.level = u.above + n_cells + 2
        u.area = u.level + n_cells + 2
        start_union(&u)
        merge_popped(&f, &u, levels, n_cells)
        free(f.links.items)
        has_own_root = add_root(&u, level, (ring_below < 0 or ring_is_level) and levels[f.order[0] & ~SUP] == level)
    if f.out_of_memory or f.n_popped != n_cells:
        raise MemoryError("the tree of shapes needs more memory than there is")
    return u.n_nodes, u.n_aliases, has_own_root


cdef void mark_open(
    const int* above, const int* node, Py_ssize_t height, Py_ssize_t n, unsigned char* is_open,
) noexcept nogil:
    """Mark the nodes that hold a cell of the frame, and those above them."""
    cdef Py_ssize_t width = n + 2, x, y
    cdef int i
    for y in range(1, height + 1):
        x = 1
        while x <= n:
            i = node[y * width + x]
            while not is_open[i]:
                is_open[i] = 1
                i = above[i] if above[i] >= 0 else ~above[i]
            x += 1 if y == 1 or y == height or n == 1 else n - 1


cdef int number_path(
    const int* above, const int* raw_level, int* area, const unsigned char* is_open, int n_raw, Py_ssize_t n_cells,
    int* number, int* parent, int* level,
) noexcept nogil:
    """Number the open shapes with more than half of the image, from the smallest to the root, and turn their edges.

    Two such shapes are nested, so they form a path that starts at the root. Returns their number.
    """
    cdef int i, n_path = 0
    for i in range(n_raw):
        if above[i] < 0:
            area[~above[i]] += area[i]
            continue
        if above[i] != i:
            area[above[i]] += area[i]
        if area[i] > n_cells - area[i] and is_open[i]:
            number[i] = n_path
            parent[n_path] = max(n_path - 1, 0)
            level[n_path] = raw_level[i]
            n_path += 1
    return n_path


def number(
    int n_raw, Py_ssize_t height, Py_ssize_t n, int flip, bint half_area, unsigned char[::1] bytes_, int[::1] integers,
    int[::1] parent, int[::1] level, signed char[::1] polarity, int[:, ::1] node_of_pixel,
):
    """Number the nodes, parents first; with `half_area` from the region that no open line leaves on its smaller side.

    Fills parent, level and polarity of the nodes and the node of each pixel.
    """
    cdef Py_ssize_t width = n + 2, size = (height + 2) * width, n_cells = height * n, x, y
    cdef int* node = &integers[size]
    cdef int* number = node + size + n_cells
    cdef int* above = number + 2 * (n_cells + 2) + 1
    cdef int* raw_level = above + n_cells + 2
    cdef const int* row
    cdef int i, n_nodes = 1
    cdef signed char up = -1 if flip else 1
    with nogil:
        memset(number, 255, n_raw * sizeof(int))
        if half_area:
            memset(&bytes_[0], 0, n_raw)
            mark_open(above, node, height, n, &bytes_[0])
            n_nodes = number_path(
                above, raw_level, raw_level + n_cells + 2, &bytes_[0], n_raw, n_cells, number, &parent[0], &level[0]
            )
        else:
            number[n_raw - 1] = 0
            parent[0] = 0
            level[0] = raw_level[n_raw - 1]
        n_nodes = number_nodes(above, raw_level, n_raw, n_nodes, number, &parent[0], &level[0])
        for y in range(height):
            row = node + (y + 1) * width + 1
            for x in range(n):
                node_of_pixel[y, x] = number[row[x]]
        polarity[0] = 0
        for i in range(1, n_nodes):
            polarity[i] = up if level[i] > level[parent[i]] else -up
        if flip:
            for i in range(n_nodes):
                level[i] = flip - level[i]

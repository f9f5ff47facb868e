"""The tree of shapes of a plane image: a flood from the outside, then union-find in the reverse order.

The cells are those of the image with a margin of one cell on each side, for which no neighbour needs a test.
"""

from libc.stdlib cimport free
from libc.string cimport memset

from shared._interrupt cimport act_on_signals
from shared._level_queue cimport bitmap_words, init_bitmap
from shared._machine cimport lowest32, prefetch
from shared._neighbors cimport neighbor_offsets
from shared._types cimport level_t, word_t
from trees._flood cimport POPPED, SUP, VISITED, Flood, List, flood, push
from trees._flood_setup cimport compare_row, end_image, mark_saddles, start_at_ring
from trees._padded cimport copy_levels
from trees._reverse_union cimport (
    Layout, Union, add_cell, add_root, join_cells, lay_out, start_union, union_layout,
)


cdef int merge_popped(Flood* f, Union* u, const level_t* levels, Py_ssize_t n) except -1 nogil:
    """Put the cells into sets, from the last one popped to the first."""
    cdef Py_ssize_t k
    cdef unsigned int entry, ahead
    cdef int level = 0, cell
    cdef bint opens = True
    cdef Union v = u[0]
    for k in range(n - 1, -1, -1):
        act_on_signals(k)
        if k >= 16:
            ahead = f.order[k - 16] & ~SUP
            prefetch(v.component, ahead * sizeof(int))
            prefetch(v.node, ahead * sizeof(int))
            prefetch(v.component, (ahead + f.offsets[lowest32(f.joined[k - 16] | 256)]) * sizeof(int))
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
    return 0


def scratch_sizes(Py_ssize_t height, Py_ssize_t n, Py_ssize_t n_levels):
    """How many entries `build` wants in padded, octets, integers, starts and bitmap."""
    cdef Py_ssize_t size = (height + 2) * (n + 2), n_cells = height * n
    return size, 4 * size + n_cells, union_layout(size, n_cells).end, 2 * (n_levels + 1), bitmap_words(n_levels)


cdef void lay_out_flood(
    Flood* f, Py_ssize_t size, unsigned char* octets, int* integers, int* starts, Py_ssize_t n_levels, const Layout* at,
) noexcept nogil:
    """Place the flood in scratch memory. Its waiting cells lie where the union follows, when all have been popped."""
    f.flags = octets  # the first one: a byte beyond its end is read
    f.above = f.flags + size
    f.below = f.above + size
    f.saddles = f.below + size
    f.joined = f.saddles + size
    f.queue.cells = <unsigned int*>integers
    f.order = <unsigned int*>(integers + at.order)
    f.queue.base = starts
    f.queue.top = starts + n_levels + 1


def build(
    const level_t[:, ::1] image, Py_ssize_t n_levels, int flip, bint self_dual, Py_ssize_t root,
    int ring_below, bint ring_is_level, level_t[::1] padded, unsigned char[::1] octets, int[::1] integers,
    int[::1] starts, word_t[::1] bitmap,
):
    """Build the tree of shapes, and leave it in `integers`, for `collect`.

    image : levels in [0, n_levels), at least one pixel and, margin included, fewer than 2**31.
    flip : 0, or n_levels - 1 for the tree of flip - image; the ring is then given in flipped levels.
    self_dual : otherwise upper level sets have 8 neighbours, lower ones 4.
    root : flat index of the pixel where the flood begins; not read if there is a ring.
    ring_below, ring_is_level : how many levels, at most n_levels, lie below the ring around the image, and whether its
        value is the level ring_below itself, then less than n_levels; -1 and False: there is no ring.
    padded, octets, integers, starts, bitmap : scratch of at least `scratch_sizes`; what is in it does not matter.

    Returns how many nodes there are, aliases included, how many aliases, and whether the root is the ring.
    """
    cdef Py_ssize_t height = image.shape[0], n = image.shape[1], width = n + 2, size = (height + 2) * width, y
    cdef Py_ssize_t n_cells = height * n
    cdef level_t* levels = &padded[0]
    cdef Layout at = union_layout(size, n_cells)
    cdef Flood f
    cdef Union u
    cdef bint has_own_root
    cdef int level, top_level = <int>(n_levels - 1)
    memset(&f.pending, 0, sizeof(List))
    memset(&f.links, 0, sizeof(List))
    try:
        with nogil:
            f.width = width
            f.self_dual = self_dual
            lay_out_flood(&f, size, &octets[0], &integers[0], &starts[0], n_levels, &at)
            f.n_popped = 0
            f.out_of_memory = False
            neighbor_offsets(<int>width, f.offsets)
            init_bitmap(&f.queue, &bitmap[0], n_levels)
            copy_levels(image, flip, levels, width, f.queue.base, f.queue.top, n_levels)
            memset(f.saddles, 0, size)
            memset(f.flags, VISITED | POPPED, size)
            for y in range(1, height + 1):
                memset(f.flags + y * width + 1, 0, n)
                compare_row(levels + y * width + 1, width, n, f.above + y * width + 1, f.below + y * width + 1)
            for y in range(1, height):
                mark_saddles(levels + y * width + 1, width, n, self_dual, f.saddles + y * width + 1, f.joined)
            end_image(&f, levels, height, n, ring_below, ring_is_level)
            if ring_below < 0:
                root = (root // n + 1) * width + root % n + 1
                level = levels[root]
                push(&f, <unsigned int>root, level, 0)
            else:
                level = ring_below - 1 + ring_is_level
                start_at_ring(&f, levels, height, n, ring_below, ring_is_level)
            flood(&f, levels, min(max(level, 0), top_level))
            lay_out(&u, &integers[0], &at)
            start_union(&u)
            merge_popped(&f, &u, levels, n_cells)
            has_own_root = add_root(&u, level, (ring_below < 0 or ring_is_level) and levels[f.order[0] & ~SUP] == level)
    finally:
        free(f.pending.items)
        free(f.links.items)
    if f.out_of_memory or f.n_popped != n_cells:
        raise MemoryError("the tree of shapes needs more memory than there is")
    return u.n_nodes, u.n_aliases, has_own_root

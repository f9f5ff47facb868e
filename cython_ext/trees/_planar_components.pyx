"""The max-tree or min-tree of a plane image: a counting sort of the cells, then union-find from the leaves on.

Of the neighbours that come before a cell, one of each run around it is enough to find their sets, since the cells of a
run are connected without it.
"""

from shared._interrupt cimport PERIOD, act_on_signals
from shared._machine cimport lowest32, prefetch
from shared._neighbors cimport (
    DIAGONAL, E, N, NE, NW, S, SE, SW, W, beside, mask_t, neighbor_offsets, representatives,
)
from shared._types cimport level_t
from trees._padded cimport copy_levels
from trees._reverse_union cimport (
    Layout, Set, Union, add_cell, find, lay_out, merge, start_union, union_layout,
)

cdef enum:
    FIRST = 3  # the place of the east among the neighbours


cdef void find_earlier(const level_t* levels, Py_ssize_t height, Py_ssize_t n, unsigned char* earlier) noexcept nogil:
    """Masks of the neighbours that come before each cell: those above it, and later ones of its level in the raster."""
    cdef Py_ssize_t width = n + 2, x, y
    cdef const level_t* north
    cdef const level_t* row
    cdef const level_t* south
    cdef unsigned char* masks
    cdef level_t level
    for y in range(1, height + 1):
        row = levels + y * width + 1
        north = row - width
        south = row + width
        masks = earlier + y * width + 1
        for x in range(n):
            level = row[x]
            masks[x] = (
                (NW if north[x - 1] > level else 0) | (N if north[x] > level else 0)
                | (NE if north[x + 1] > level else 0) | (W if row[x - 1] > level else 0)
                | (E if row[x + 1] >= level else 0) | (SE if south[x + 1] >= level else 0)
                | (S if south[x] >= level else 0) | (SW if south[x - 1] >= level else 0)
            )
        masks[0] &= ~(NW | W | SW)  # the margin is no neighbour, though it may have the level of one
        masks[n - 1] &= ~(NE | E | SE)
        for x in range(n if y == height else 0):
            masks[x] &= ~(SW | S | SE)


cdef void sort_cells(
    const level_t* levels, Py_ssize_t height, Py_ssize_t n, const int* start, int* place, int* order,
) noexcept nogil:
    cdef Py_ssize_t x, y, cell
    cdef level_t level
    for y in range(1, height + 1):
        for x in range(1, n + 1):
            cell = y * (n + 2) + x
            level = levels[cell]
            order[place[level]] = <int>cell
            place[level] += 1


cdef inline int grow(Union* v, int cell, int own, int node, mask_t joined, const int* offsets) noexcept nogil:
    """The set of the last cell, `own` with the top `node`, takes in a cell and its joined neighbours; returns the top.

    To find the set anew would wait for what has just been written.
    """
    cdef int other
    v.component[cell] = own
    v.node[cell] = node
    v.area[node] += 1
    while joined:
        other = find(v.sets, v.component[cell + offsets[lowest32(joined)]])
        if other != own:
            node = merge(v, own, node, other)
        joined &= joined - 1
    return node


cdef mask_t run_of(mask_t mask, mask_t bit) noexcept nogil:
    """The circular run of ones of a mask that a bit is in; none, if it is 0."""
    cdef mask_t run = mask & bit
    cdef int _
    for _ in range(7):
        run |= beside(run) & mask
    return run


cdef int merge_sorted(
    Union* u, const int* order, const int* start, Py_ssize_t n_levels, const unsigned char* earlier, bint square,
    Py_ssize_t width,
) except -1 nogil:
    """Put the cells into sets, from the highest to the lowest."""
    cdef Union v = u[0]
    cdef Py_ssize_t level, begin, end, k, ahead
    cdef int offsets[9]
    cdef unsigned char joined[256]
    cdef unsigned char eastern[256]  # of these, the one that stands for the run that the east is in
    cdef int cell, before, own = 0, node = 0  # of the last cell
    cdef int clockwise[9]
    cdef mask_t mask
    neighbor_offsets(<int>width, clockwise)
    for k in range(9):  # from the east on: neighbours of the cell's own level come first, and their sets, which are
        offsets[k] = clockwise[(k + FIRST) % 8 if k < 8 else 8]  # mostly larger, take in the others
    for k in range(256):
        mask = representatives(k, 0, 0, 0 if square else DIAGONAL & ~beside(k), 0) if k < 255 else 1
        if k & S:  # which is mostly of the set of the last cell, in rows of one level
            mask = (mask & ~run_of(k, S)) | S
        joined[k] = <unsigned char>(mask >> FIRST | mask << (8 - FIRST))
        mask &= run_of(k, E)
        eastern[k] = <unsigned char>(mask >> FIRST | mask << (8 - FIRST))
    for level in range(n_levels - 1, -1, -1):
        v.first = v.n_nodes
        before = -1
        end = start[level + 1]
        while end > start[level]:
            begin = max(start[level], (end - 1) // PERIOD * PERIOD)
            for k in range(end - 1, begin - 1, -1):
                if k >= 16:
                    ahead = order[k - 16]
                    prefetch(v.component, (ahead - width) * sizeof(int))
                    prefetch(v.component, ahead * sizeof(int))
                    prefetch(v.component, (ahead + width) * sizeof(int))
                    prefetch(v.node, ahead * sizeof(int))
                    prefetch(earlier, ahead)
                    ahead = order[k - 8]
                    mask = joined[earlier[ahead]] | 256
                    prefetch(v.sets, v.component[ahead + offsets[lowest32(mask)]] * sizeof(Set))
                cell = order[k]
                mask = joined[earlier[cell]]
                if cell + 1 == before:  # the cell to the east, of the same level, was the last one: its set is known
                    node = grow(&v, cell, own, node, mask & ~eastern[earlier[cell]], offsets)
                elif mask and node >= v.first and v.component[cell + offsets[lowest32(mask)]] == own:
                    node = grow(&v, cell, own, node, mask & (mask - 1), offsets)
                else:
                    add_cell(&v, cell, mask, offsets, <int>level)
                    own = v.component[cell]
                    node = v.node[cell]
                before = cell
            end = begin
            if begin > 0:
                act_on_signals(begin - 1)  # not in the loop, which takes few instructions for most cells
    u[0] = v
    return 0


def scratch_sizes(Py_ssize_t height, Py_ssize_t n, Py_ssize_t n_levels):
    """How many entries `build` wants in padded, earlier, integers and starts."""
    cdef Py_ssize_t size = (height + 2) * (n + 2)
    return size, size, union_layout(size, height * n).end, 2 * (n_levels + 1)


def build(
    const level_t[:, ::1] image, Py_ssize_t n_levels, int flip, bint square, level_t[::1] padded,
    unsigned char[::1] earlier, int[::1] integers, int[::1] starts,
):
    """Build the max-tree, and leave it in `integers`, for `collect`.

    image : levels in [0, n_levels), at least one pixel and, margin included, fewer than 2**31.
    flip : 0, or n_levels - 1 for the max-tree of flip - image.
    square : with 8 neighbours, otherwise 4.
    padded, earlier, integers, starts : scratch of at least `scratch_sizes`; what is in it does not matter.

    Returns how many nodes there are, aliases included, and how many aliases.
    """
    cdef Py_ssize_t height = image.shape[0], n = image.shape[1], width = n + 2, size = (height + 2) * width
    cdef Py_ssize_t n_cells = height * n
    cdef Union u
    cdef Layout at = union_layout(size, n_cells)
    cdef int* order = &integers[at.order]
    cdef int* start = &starts[0]
    with nogil:
        copy_levels(image, flip, &padded[0], width, start, start + n_levels + 1, n_levels)
        find_earlier(&padded[0], height, n, &earlier[0])
        sort_cells(&padded[0], height, n, start, start + n_levels + 1, order)
        lay_out(&u, &integers[0], &at)
        start_union(&u)
        merge_sorted(&u, order, start, n_levels, &earlier[0], square, width)
        u.parent[u.n_nodes - 1] = u.n_nodes - 1
    return u.n_nodes, u.n_aliases

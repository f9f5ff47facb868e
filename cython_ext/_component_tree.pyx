"""The max-tree or min-tree of a plane image: a counting sort of the cells, then union-find from the leaves on.

Of the neighbours that come before a cell, one of each run around it is enough to find their sets, since the cells of a
run are connected without it.
"""

from _padded cimport copy_levels, level_t
from _reverse_union cimport Union, add_cell, lay_out, start_union
from _ring cimport DIAGONAL, E, N, NE, NW, S, SE, SW, W, beside, lowest_bit, prefetch, representatives, ring_offsets

cdef void find_earlier(const level_t* levels, Py_ssize_t height, Py_ssize_t n, unsigned char* earlier) noexcept nogil:
    """Masks of the neighbours that come before each cell: those above it, and of its level those later in the raster."""
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
                (NW if north[x - 1] > level else 0) | (N if north[x] > level else 0) | (NE if north[x + 1] > level else 0)
                | (E if row[x + 1] >= level else 0) | (W if row[x - 1] > level else 0) | (S if south[x] >= level else 0)
                | (SW if south[x - 1] >= level else 0) | (SE if south[x + 1] >= level else 0)
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


cdef void merge_sorted(
    Union* u, const int* order, const int* start, Py_ssize_t n_levels, const unsigned char* earlier, bint square,
    Py_ssize_t width,
) noexcept nogil:
    """Put the cells into sets, from the highest to the lowest."""
    cdef Union v = u[0]
    cdef Py_ssize_t level, k, ahead
    cdef int offsets[9]
    cdef unsigned char joined[256]
    ring_offsets(<int>width, offsets)
    for k in range(255):
        joined[k] = <unsigned char>representatives(k, 0, 0, 0 if square else DIAGONAL & ~beside(k), 0)
    joined[255] = 1
    for level in range(n_levels - 1, -1, -1):
        v.first = v.n_nodes
        for k in range(start[level + 1] - 1, start[level] - 1, -1):
            if k >= 16:
                ahead = order[k - 16]
                prefetch(v.component + ahead - width)
                prefetch(v.component + ahead)
                prefetch(v.component + ahead + width)
                prefetch(v.node + ahead)
                prefetch(earlier + ahead)
                ahead = order[k - 8]
                prefetch(v.sets + v.component[ahead + offsets[lowest_bit(joined[earlier[ahead]] | 256)]])
            add_cell(&v, order[k], joined[earlier[order[k]]], offsets, <int>level)
    u[0] = v


def build(
    const level_t[:, ::1] image, Py_ssize_t n_levels, int flip, bint square, level_t[::1] padded,
    unsigned char[::1] earlier, int[::1] integers, int[::1] starts,
):
    """Build the max-tree, of flip - image if flip > 0, with 4 or 8 (square) neighbours, and leave it in `integers`.

    Returns how many nodes there are, aliases included, and how many aliases.
    """
    cdef Py_ssize_t height = image.shape[0], n = image.shape[1], width = n + 2, size = (height + 2) * width
    cdef Py_ssize_t n_cells = height * n
    cdef Union u
    cdef int* order = &integers[2 * size]
    cdef int* start = &starts[0]
    with nogil:
        copy_levels(image, flip, &padded[0], width, start, start + n_levels + 1, n_levels)
        find_earlier(&padded[0], height, n, &earlier[0])
        sort_cells(&padded[0], height, n, start, start + n_levels + 1, order)
        lay_out(&u, &integers[0], size, n_cells)
        start_union(&u)
        merge_sorted(&u, order, start, n_levels, &earlier[0], square, width)
        u.above[u.n_nodes - 1] = u.n_nodes - 1
    return u.n_nodes, u.n_aliases

"""The nodes that a union-find has made, collected with parents before their children."""

from libc.string cimport memset

from shared._machine cimport prefetch
from trees._reverse_union cimport Layout, Union, lay_out, place_nodes, union_layout


cdef enum:
    AHEAD = 24  # cells; beyond the last row, up to 20 integers of what follows the nodes of the cells are read


cdef void mark_open(
    const Union* u, Py_ssize_t height, Py_ssize_t n, unsigned char* is_open,
) noexcept nogil:
    """Mark the nodes that hold a cell of the frame, and their ancestors."""
    cdef Py_ssize_t width = n + 2, x, y
    cdef int i
    for y in range(1, height + 1):
        x = 1
        while x <= n:
            i = u.node[y * width + x]
            while not is_open[i]:
                is_open[i] = 1
                i = u.parent[i] if u.parent[i] >= 0 else ~u.parent[i]
            x += 1 if y == 1 or y == height or n == 1 else n - 1


cdef int place_path(
    const Union* u, const unsigned char* is_open, int n_raw, Py_ssize_t n_cells,
    int* place, int* parent, int* level,
) noexcept nogil:
    """Put the open shapes with more than half of the image first, from the smallest to the root, and turn their edges.

    Two such shapes are nested, so they form a path that starts at the root. Returns their number.
    """
    cdef int i, n_path = 0
    for i in range(n_raw):
        if u.parent[i] < 0:
            u.area[~u.parent[i]] += u.area[i]
            continue
        if u.parent[i] != i:
            u.area[u.parent[i]] += u.area[i]
        if u.area[i] > n_cells - u.area[i] and is_open[i]:
            place[i] = n_path
            parent[n_path] = max(n_path - 1, 0)
            level[n_path] = u.level[i]
            n_path += 1
    return n_path


def collect(
    int n_raw, int flip, bint half_area, unsigned char[::1] octets, int[::1] integers,
    int[::1] parent, int[::1] level, signed char[::1] polarity, int[:, ::1] node_of_pixel,
):
    """Collect the nodes that `build` has left in `integers`, parents first.

    n_raw : how many there are, aliases included; the last one is the root.
    flip : as for `build`; levels become flip - level again, and the polarities change their signs.
    half_area : begin with the region that no open line leaves on its smaller side, and turn the edges to it.
    octets : with half_area, scratch of n_raw bytes.
    integers : as `build` has left it, for an image of the shape of node_of_pixel; is written to.
    parent, level, polarity : of the nodes, one entry for each that is no alias; are filled.
    node_of_pixel : is filled.
    """
    cdef Py_ssize_t height = node_of_pixel.shape[0], n = node_of_pixel.shape[1], width = n + 2, n_cells = height * n
    cdef Py_ssize_t x, y
    cdef Union u
    cdef Layout at = union_layout((height + 2) * width, n_cells)
    cdef int* place
    cdef const int* row
    cdef int i, n_nodes = 1
    cdef signed char up = -1 if flip else 1
    with nogil:
        lay_out(&u, &integers[0], &at)
        place = <int*>u.sets  # no longer needed
        memset(place, 255, n_raw * sizeof(int))
        if half_area:
            memset(&octets[0], 0, n_raw)
            mark_open(&u, height, n, &octets[0])
            n_nodes = place_path(&u, &octets[0], n_raw, n_cells, place, &parent[0], &level[0])
        else:
            place[n_raw - 1] = 0
            parent[0] = 0
            level[0] = u.level[n_raw - 1]
        n_nodes = place_nodes(&u, n_raw, n_nodes, place, &parent[0], &level[0])
        for y in range(height):
            row = u.node + (y + 1) * width + 1
            for x in range(n):
                prefetch(place, row[x + AHEAD] * sizeof(int))
                node_of_pixel[y, x] = place[row[x]]
        polarity[0] = 0
        for i in range(1, n_nodes):
            polarity[i] = up if level[i] > level[parent[i]] else -up
        if flip:
            for i in range(n_nodes):
                level[i] = flip - level[i]

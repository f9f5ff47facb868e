"""The nodes that a union-find has made, numbered with parents before their children."""

from libc.string cimport memset

from trees._reverse_union cimport Union, lay_out, number_nodes
from shared._ring cimport prefetch


cdef enum:
    AHEAD = 24  # cells; the margin and what follows the last row are read, but only as addresses


cdef void mark_open(
    const Union* u, Py_ssize_t height, Py_ssize_t n, unsigned char* is_open,
) noexcept nogil:
    """Mark the nodes that hold a cell of the frame, and those above them."""
    cdef Py_ssize_t width = n + 2, x, y
    cdef int i
    for y in range(1, height + 1):
        x = 1
        while x <= n:
            i = u.node[y * width + x]
            while not is_open[i]:
                is_open[i] = 1
                i = u.above[i] if u.above[i] >= 0 else ~u.above[i]
            x += 1 if y == 1 or y == height or n == 1 else n - 1


cdef int number_path(
    const Union* u, const unsigned char* is_open, int n_raw, Py_ssize_t n_cells,
    int* number, int* parent, int* level,
) noexcept nogil:
    """Number the open shapes with more than half of the image, from the smallest to the root, and turn their edges.

    Two such shapes are nested, so they form a path that starts at the root. Returns their number.
    """
    cdef int i, n_path = 0
    for i in range(n_raw):
        if u.above[i] < 0:
            u.area[~u.above[i]] += u.area[i]
            continue
        if u.above[i] != i:
            u.area[u.above[i]] += u.area[i]
        if u.area[i] > n_cells - u.area[i] and is_open[i]:
            number[i] = n_path
            parent[n_path] = max(n_path - 1, 0)
            level[n_path] = u.level[i]
            n_path += 1
    return n_path


def number(
    int n_raw, int flip, bint half_area, unsigned char[::1] octets, int[::1] integers,
    int[::1] parent, int[::1] level, signed char[::1] polarity, int[:, ::1] node_of_pixel,
):
    """Number the nodes, parents first; with `half_area` from the region that no open line leaves on its smaller side.

    Fills parent, level and polarity of the nodes and the node of each pixel. With flip > 0, levels become flip - level,
    and the polarities change their signs.
    """
    cdef Py_ssize_t height = node_of_pixel.shape[0], n = node_of_pixel.shape[1], width = n + 2, n_cells = height * n
    cdef Py_ssize_t x, y
    cdef Union u
    cdef int* number
    cdef const int* row
    cdef int i, n_nodes = 1
    cdef signed char up = -1 if flip else 1
    with nogil:
        lay_out(&u, &integers[0], (height + 2) * width, n_cells)
        number = <int*>u.sets
        memset(number, 255, n_raw * sizeof(int))
        if half_area:
            memset(&octets[0], 0, n_raw)
            mark_open(&u, height, n, &octets[0])
            n_nodes = number_path(&u, &octets[0], n_raw, n_cells, number, &parent[0], &level[0])
        else:
            number[n_raw - 1] = 0
            parent[0] = 0
            level[0] = u.level[n_raw - 1]
        n_nodes = number_nodes(&u, n_raw, n_nodes, number, &parent[0], &level[0])
        for y in range(height):
            row = u.node + (y + 1) * width + 1
            for x in range(n):
                prefetch(number + row[x + AHEAD])
                node_of_pixel[y, x] = number[row[x]]
        polarity[0] = 0
        for i in range(1, n_nodes):
            polarity[i] = up if level[i] > level[parent[i]] else -up
        if flip:
            for i in range(n_nodes):
                level[i] = flip - level[i]

"""The nodes of a strip of a plane image: first those that other strips may share, which are *reached*, then the others.

A strip is some rows of an image and the first row of the next strip, so that neighbours and saddles lie inside a strip.
"""

from libc.string cimport memset

from shared._machine cimport prefetch
from trees._reverse_union cimport Layout, Union, lay_out, union_layout


cdef enum:
    AHEAD = 24  # cells; beyond the last row, up to 20 integers of what follows the nodes of the cells are read
    REACHED = 1  # the marks of a node
    OPEN = 2  # it owns a pixel of the frame


cdef int mark_ancestors(const Union* u, int i, unsigned char* marks, int n_marked, int few) noexcept nogil:
    """Mark a node and, if few are marked, its ancestors, as far as they are not.

    Returns how many are marked, without aliases.
    """
    if n_marked >= few:
        marks[i] |= REACHED
        return n_marked
    while not marks[i] & REACHED:
        marks[i] |= REACHED
        if u.parent[i] < 0:
            i = ~u.parent[i]
        else:
            i = u.parent[i]
            n_marked += 1
    return n_marked


cdef int mark_all_ancestors(const Union* u, int n_raw, unsigned char* marks) noexcept nogil:
    """The same for all marked nodes, in one pass: faster than to climb many long branches, far apart in memory."""
    cdef int i, n_marked = 0
    for i in range(n_raw):
        if marks[i] & REACHED:
            n_marked += u.parent[i] >= 0
            marks[u.parent[i] if u.parent[i] >= 0 else ~u.parent[i]] |= REACHED
    return n_marked


def reach(
    int n_raw, Py_ssize_t n_rows, Py_ssize_t n, bint is_first, bint is_last, bint by_frame, Py_ssize_t pixel,
    unsigned char[::1] octets, int[::1] integers,
):
    """Mark the nodes of the rows that a strip shares with others, and all their ancestors; return how many there are.

    n_raw : how many nodes `build` has left in `integers`, aliases included; the last one is the root.
    n_rows, n : the shape of the strip, without the row that it shares with the next one.
    is_first, is_last : whether nothing lies above or below the strip.
    by_frame : mark the nodes of the frame of the image too.
    pixel : the flat index of a pixel of the strip whose node is marked too; -1: none.
    octets : one for each raw node; is filled with their marks.
    """
    cdef Py_ssize_t height = n_rows + (not is_last), width = n + 2, x, y, cell
    cdef Union u
    cdef Layout at = union_layout((height + 2) * width, height * n)
    cdef unsigned char* marks = &octets[0]
    cdef int n_reached = 0, few = n_raw // 8
    cdef bint whole_row
    with nogil:
        lay_out(&u, &integers[0], &at)
        memset(marks, 0, n_raw)
        n_reached = mark_ancestors(&u, n_raw - 1, marks, n_reached, few)
        for x in range(1, n + 1):
            if not is_first:
                n_reached = mark_ancestors(&u, u.node[width + x], marks, n_reached, few)
            if not is_last:
                n_reached = mark_ancestors(&u, u.node[height * width + x], marks, n_reached, few)
        for y in range(1, n_rows + 1):
            whole_row = (is_first and y == 1) or (is_last and y == n_rows) or n == 1
            x = 1
            while x <= n:
                cell = y * width + x
                marks[u.node[cell]] |= OPEN
                if by_frame:
                    n_reached = mark_ancestors(&u, u.node[cell], marks, n_reached, few)
                x += 1 if whole_row else n - 1
        if pixel >= 0:
            cell = (pixel // n + 1) * width + pixel % n + 1
            n_reached = mark_ancestors(&u, u.node[cell], marks, n_reached, few)
        if n_reached >= few:
            n_reached = mark_all_ancestors(&u, n_raw, marks)
    return n_reached


cdef void pass_up(Union* u, int n_raw, unsigned char* marks) noexcept nogil:
    """Aliases and nodes that are not reached give their cells to their parents, and tell them whether they are open."""
    cdef int i, above
    for i in range(n_raw):
        if u.parent[i] >= 0 and marks[i] & REACHED:
            continue
        above = u.parent[i] if u.parent[i] >= 0 else ~u.parent[i]
        u.area[above] += u.area[i]
        marks[above] |= marks[i] & OPEN


def number(
    int n_raw, int n_reached, bint sums, unsigned char[::1] octets, int[::1] integers, int[::1] parent, int[::1] level,
    int[::1] area, unsigned char[::1] is_open, int[:, ::1] node_of_pixel, int[::1] shared,
):
    """Number the nodes of a strip, parents first among those that are reached, and then among the others.

    n_raw, octets, integers : as for `reach`, which has filled octets; are written to.
    n_reached : what it has returned.
    sums : fill area and is_open as well.
    parent, level : of the nodes, one entry for each that is no alias; are filled.
    area, is_open : of the reached nodes: how many of the pixels in node_of_pixel they and those below them own that are
        not reached, and whether a pixel of the frame is among these.
    node_of_pixel : the pixels of the strip without the row that it shares with the next one; is filled.
    shared : the nodes of the pixels of that row; empty in the last strip; is filled.
    """
    cdef Py_ssize_t n_rows = node_of_pixel.shape[0], n = node_of_pixel.shape[1], width = n + 2, x, y
    cdef Py_ssize_t height = n_rows + (shared.shape[0] > 0)
    cdef Union u
    cdef Layout at = union_layout((height + 2) * width, height * n)
    cdef unsigned char* marks = &octets[0]
    cdef int* place
    cdef const int* row
    cdef int i, k, n_done = 0, n_free = n_reached
    with nogil:
        lay_out(&u, &integers[0], &at)
        place = <int*>u.sets  # no longer needed
        if sums:
            row = u.node + height * width + 1
            for x in range(shared.shape[0]):  # they are pixels of the next strip
                u.area[row[x]] -= 1
            pass_up(&u, n_raw, marks)
        for i in range(n_raw - 1, -1, -1):
            if u.parent[i] < 0:
                place[i] = place[~u.parent[i]]
                continue
            if marks[i] & REACHED:
                k = n_done
                n_done += 1
                if sums:
                    area[k] = u.area[i]
                    is_open[k] = marks[i] & OPEN
            else:
                k = n_free
                n_free += 1
            place[i] = k
            parent[k] = place[u.parent[i]]
            level[k] = u.level[i]
        for y in range(n_rows):
            row = u.node + (y + 1) * width + 1
            for x in range(n):
                prefetch(place, row[x + AHEAD] * sizeof(int))
                node_of_pixel[y, x] = place[row[x]]
        row = u.node + height * width + 1
        for x in range(shared.shape[0]):
            shared[x] = place[row[x]]


cdef inline int settled(int node, int n_reached, const int* core, int shift) noexcept nogil:
    """The number of a node in the whole tree; without a branch, since pixels follow no pattern to be predicted."""
    cdef int reached = (node - n_reached) >> 31  # all bits, or none
    return (core[node & reached] & reached) | ((node + shift) & ~reached)


def settle(
    const int[::1] parent, const int[::1] level, const int[::1] core, int first, bint flip,
    int[::1] whole_parent, signed char[::1] polarity, int[:, ::1] node_of_pixel,
):
    """Put the nodes of a strip that are not reached into the tree of the whole image.

    parent, level : as `number` has filled them.
    core : the numbers of the reached nodes in the whole tree.
    first : the number of the first node that is not reached; the others follow.
    flip : the levels are those of the negative.
    whole_parent, polarity : of the nodes that are not reached; are filled.
    node_of_pixel : the pixels of the strip; as `number` has filled it, then in numbers of the whole tree.
    """
    cdef int n_reached = <int>core.shape[0], n_nodes = <int>parent.shape[0], shift = first - n_reached, i
    cdef signed char up = -1 if flip else 1
    cdef Py_ssize_t x, y
    with nogil:
        for i in range(n_reached, n_nodes):
            whole_parent[i - n_reached] = settled(parent[i], n_reached, &core[0], shift)
            polarity[i - n_reached] = up if level[i] > level[parent[i]] else -up
        for y in range(node_of_pixel.shape[0]):
            for x in range(node_of_pixel.shape[1]):
                node_of_pixel[y, x] = settled(node_of_pixel[y, x], n_reached, &core[0], shift)

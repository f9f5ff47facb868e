"""Rings of pixel sides around the nodes of a tree.

Nodes are numbered in preorder, so that those inside a node follow it without a gap: whether a pixel is in node i is one
unsigned comparison, place[pixel] - first[i] < size[i]. The pixels have a frame of places that no node holds, one wide;
a corner has the index of the pixel that it is the upper left corner of.
"""

from libc.stdint cimport int64_t, uint32_t
from shared._interrupt cimport act_on_signals

cdef enum:  # directions, clockwise
    EAST
    SOUTH
    WEST
    NORTH


cdef struct Plane:
    const int* place
    Py_ssize_t width  # with the frame


cdef struct Node:
    uint32_t first
    uint32_t size
    bint joined  # where two of its pixels meet at a corner only


cdef struct Ring:
    int64_t n_points  # the first one again at the end
    int64_t area  # negative around a hole


cdef inline bint holds(Plane plane, Py_ssize_t pixel, Node node) noexcept nogil:
    return <uint32_t>plane.place[pixel] - node.first < node.size


cdef int trace(
    Plane plane, Py_ssize_t pixel, Node node, double* points, unsigned char* seen, const int64_t* mark, Ring* ring
) except -1 nogil:
    """Walk once around a node, from the north side of a pixel in it, with the node on the right hand.

    Writes the points where the direction changes, unless they are only counted. Marks the north sides that it passes:
    that of a pixel at its mark.
    """
    cdef Py_ssize_t width = plane.width, corner = pixel, row = pixel // width, column = pixel % width, steps = 0
    cdef int direction = EAST, last = -1
    cdef int64_t n = 0, area = 0
    cdef bint right, left
    # By direction: to the next corner, and from there to the pixels ahead on the right and on the left hand.
    cdef Py_ssize_t[4] move = [1, width, -1, -width]
    cdef Py_ssize_t[4] to_right = [0, -1, -width - 1, -width]
    cdef Py_ssize_t[4] to_left = [-width, 0, -1, -width - 1]
    while True:
        act_on_signals(steps)
        steps += 1
        if direction != last:
            if points != NULL:
                points[2 * n] = <double>row - 1.5  # in coordinates of pixel centres, without the frame
                points[2 * n + 1] = <double>column - 1.5
            n += 1
            last = direction
        if direction == EAST:
            if seen != NULL:
                seen[mark[corner]] = 1
            column += 1
        elif direction == SOUTH:
            area += column
            row += 1
        elif direction == WEST:
            column -= 1
        else:
            area -= column
            row -= 1
        corner += move[direction]
        right = holds(plane, corner + to_right[direction], node)
        left = holds(plane, corner + to_left[direction], node)
        if left and (right or node.joined):
            direction = (direction + 3) & 3
        elif not right:
            direction = (direction + 1) & 3
        if corner == pixel and direction == EAST:
            break
    if points != NULL:
        points[2 * n] = points[0]
        points[2 * n + 1] = points[1]
    ring.n_points = n + 1
    ring.area = area
    return 0


def number_nodes(const int[::1] parent, const int[::1] size, int[::1] first, int[::1] free):
    """The place of each node in preorder, from the sizes of the subtrees; `free` is scratch."""
    cdef Py_ssize_t i
    with nogil:
        first[0] = 0
        free[0] = 1
        for i in range(1, parent.shape[0]):
            first[i] = free[parent[i]]
            free[parent[i]] += size[i]
            free[i] = first[i] + 1


def first_pixels(const int[:, ::1] node_of_pixel, const int[::1] parent, int64_t[::1] pixel):
    """The first pixel of each node in raster order, as an index into the plane with its frame.

    `pixel` starts with what is larger.
    """
    cdef Py_ssize_t width = node_of_pixel.shape[1] + 2, row, column, i
    with nogil:
        for row in range(node_of_pixel.shape[0] - 1, -1, -1):
            for column in range(node_of_pixel.shape[1] - 1, -1, -1):
                pixel[node_of_pixel[row, column]] = (row + 1) * width + column + 1
        for i in range(parent.shape[0] - 1, 0, -1):
            pixel[parent[i]] = min(pixel[parent[i]], pixel[i])


def measure_shapes(
    const int[:, ::1] place, const int[::1] first, const int[::1] size, const int[::1] area,
    const int64_t[::1] pixel, unsigned char[::1] joined, int64_t[::1] n_points,
):
    """Count the points of the one ring around each node that has no holes, and correct which nodes are joined.

    A ring has the area of its node if, and only if, pixels that meet at a corner are joined as they are in the node:
    otherwise a part of the node lies outside, or a part of what is around it inside. 0 points where neither holds:
    such a node has holes, or several parts, or no pixel.
    """
    cdef Plane plane = Plane(&place[0, 0], place.shape[1])
    cdef Ring ring
    cdef Py_ssize_t i, _attempt
    with nogil:
        for i in range(first.shape[0]):
            act_on_signals(i)
            n_points[i] = 0
            for _attempt in range(2 if area[i] else 0):
                trace(plane, pixel[i], Node(first[i], size[i], joined[i]), NULL, NULL, NULL, &ring)
                if ring.area == area[i]:
                    n_points[i] = ring.n_points
                    break
                joined[i] = not joined[i]


def number_sides(
    const int[:, ::1] node_of_pixel, const int[::1] parent, const int[::1] depth, int64_t[:, ::1] mark
):
    """Number the north sides of all nodes: that of a pixel in node i is mark[pixel] - depth[i]; returns how many."""
    cdef Py_ssize_t row, column
    cdef int64_t n = 0
    cdef int inner, outer
    with nogil:
        for row in range(node_of_pixel.shape[0]):
            act_on_signals(row)
            for column in range(node_of_pixel.shape[1]):
                inner = node_of_pixel[row, column]
                mark[row + 1, column + 1] = n + depth[inner]
                if row == 0:
                    n += depth[inner] + 1  # all around it, the root included
                    continue
                outer = node_of_pixel[row - 1, column]
                while inner != outer:
                    if inner > outer:
                        inner = parent[inner]
                        n += 1
                    else:
                        outer = parent[outer]
    return n


def find_rings(
    const int[:, ::1] place, const int[:, ::1] node_of_pixel, const int[::1] parent, const int[::1] depth,
    const int[::1] first, const int[::1] size, const unsigned char[::1] joined, const int64_t[:, ::1] mark,
    unsigned char[::1] seen, int[::1] node, int64_t[::1] pixel, int64_t[::1] n_points, unsigned char[::1] is_hole,
):
    """Find all rings around all nodes, outer ones and those around holes, in raster order; returns how many.

    Each has a north side; the first one that no other ring has passed starts a ring. What is found is written to the
    last four arrays, which have room for as many rings as there are north sides.
    """
    cdef Plane plane = Plane(&place[0, 0], place.shape[1])
    cdef Ring ring
    cdef Node around
    cdef Py_ssize_t row, column, corner, i, n = 0
    with nogil:
        for row in range(node_of_pixel.shape[0]):
            for column in range(node_of_pixel.shape[1]):
                act_on_signals(row * node_of_pixel.shape[1] + column)
                corner = (row + 1) * plane.width + column + 1
                i = node_of_pixel[row, column]
                while True:
                    around = Node(first[i], size[i], joined[i])
                    if holds(plane, corner - plane.width, around):
                        break
                    if not seen[mark[row + 1, column + 1] - depth[i]]:
                        trace(plane, corner, around, NULL, &seen[0] - depth[i], &mark[0, 0], &ring)
                        node[n] = <int>i
                        pixel[n] = corner
                        n_points[n] = ring.n_points
                        is_hole[n] = ring.area < 0
                        n += 1
                    if i == 0:
                        break
                    i = parent[i]
    return n


def write_rings(
    const int[:, ::1] place, const int[::1] first, const int[::1] size, const int64_t[::1] pixel,
    const unsigned char[::1] joined, const int64_t[::1] start, double[:, ::1] points,
):
    """Write the points of the rings around nodes of these first places and sizes, that start at these pixels."""
    cdef Plane plane = Plane(&place[0, 0], place.shape[1])
    cdef Ring ring
    cdef Py_ssize_t i
    with nogil:
        for i in range(pixel.shape[0]):
            act_on_signals(i)
            trace(plane, pixel[i], Node(first[i], size[i], joined[i]), &points[start[i], 0], NULL, NULL, &ring)

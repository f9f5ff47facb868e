"""Simple loops of closed lines that touch themselves or each other, and what lies around what.

Places are those of points in lines of which each ends with its first point; points are a row and a column.
"""

from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy
from shared._interrupt cimport act_on_signals


cdef inline uint64_t bits_of(double number) noexcept nogil:
    cdef uint64_t bits
    number += 0.0  # the negative zero becomes the positive one
    memcpy(&bits, &number, 8)
    return bits


cdef inline Py_ssize_t slot_of(const double* point, int n_bits) noexcept nogil:
    cdef uint64_t key = bits_of(point[0]) * <uint64_t>0x9E3779B97F4A7C15 + bits_of(point[1])
    return <Py_ssize_t>((key ^ (key >> 29)) * <uint64_t>0xBF58476D1CE4E5B9 >> (64 - n_bits))


def same_points(const double[:, ::1] points, const int64_t[::1] bounds, int64_t[::1] same, int64_t[::1] slots):
    """For each place the first one of its group that has the same point.

    Group k has the places from bounds[k] to bounds[k + 1]. `slots` is scratch, filled with -1; its length is a power
    of two, at least 2, and larger than any group.
    """
    cdef Py_ssize_t k, p, slot, mask = slots.shape[0] - 1
    cdef int n_bits = 1
    while (<Py_ssize_t>1 << n_bits) <= mask:
        n_bits += 1
    with nogil:
        for k in range(bounds.shape[0] - 1):
            for p in range(bounds[k], bounds[k + 1]):
                act_on_signals(p)
                slot = slot_of(&points[p, 0], n_bits)
                while slots[slot] >= bounds[k] and (  # what other groups left there is no matter
                    points[slots[slot], 0] != points[p, 0] or points[slots[slot], 1] != points[p, 1]
                ):
                    slot = (slot + 1) & mask
                if slots[slot] < bounds[k]:
                    slots[slot] = p
                same[p] = slots[slot]


cdef double twice_area(const double[:, ::1] points, const int64_t* loop, Py_ssize_t n) noexcept nogil:
    """Positive where the loop has its inside on the right hand; seen from its first point, for the sake of digits."""
    cdef double row, column, next_row = 0, next_column = 0, total = 0
    cdef Py_ssize_t i
    for i in range(1, n):
        row, column = next_row, next_column
        next_row = points[loop[i], 0] - points[loop[0], 0]
        next_column = points[loop[i], 1] - points[loop[0], 1]
        total += column * next_row - next_column * row
    return total


def cut(
    const double[:, ::1] points, int64_t[::1] following, const int64_t[::1] same, int64_t[::1] stack,
    int64_t[::1] height, int64_t[::1] places, int64_t[::1] start, double[::1] area,
):
    """Cut ways into simple loops at the points that they come to twice; returns how many enclose anything.

    A way leads from p to following[p] and back to where it began; `following` is filled with -1, and where it is -1
    there is no way. Loop k has the places from start[k] to start[k + 1]; its area is negative where the inside is on
    the left hand. `stack` and `height` are scratch, `height` filled with -1.
    """
    cdef Py_ssize_t first, n_loops = 0, low, high, i
    cdef int64_t p, after, n = 0
    cdef double twice
    with nogil:
        start[0] = 0
        for first in range(following.shape[0]):
            p = first
            high = 0
            while True:
                act_on_signals(n + high)
                low = height[same[p]]
                if low >= 0:  # the way since it was here last is a loop; in the end, all that is left
                    for i in range(low, high):
                        height[same[stack[i]]] = -1
                        places[n + i - low] = stack[i]
                    twice = twice_area(points, &places[n], high - low)
                    if twice != 0:
                        n += high - low
                        area[n_loops] = twice / 2
                        n_loops += 1
                        start[n_loops] = n
                    high = low
                after = following[p]
                if after < 0:
                    break
                height[same[p]] = high
                stack[high] = p
                high += 1
                following[p] = -1
                p = after
    return n_loops


cdef bint is_inside(
    double row, double column, const double[:, ::1] points, const int64_t[::1] places, Py_ssize_t first, Py_ssize_t last
) noexcept nogil:
    """Whether a point that is not on a loop is inside: whether the loop passes below it an odd number of times."""
    cdef Py_ssize_t i
    cdef bint inside = False
    cdef const double* one = &points[places[last - 1], 0]
    cdef const double* other
    for i in range(first, last):
        other = &points[places[i], 0]
        if (one[1] <= column) != (other[1] <= column):
            inside ^= one[0] + (column - one[1]) * (other[0] - one[0]) / (other[1] - one[1]) > row
        one = other
    return inside


def find_owners(
    const double[:, ::1] points, const int64_t[::1] places, const int64_t[::1] start, const double[:, ::1] box,
    const int64_t[::1] order, const int64_t[::1] bounds, const double[::1] area, int64_t[::1] open, int64_t[::1] around,
    int64_t[::1] owner,
):
    """For each loop of negative area the smallest one of positive area in its group that is around it.

    Group k has the loops from order[bounds[k]] to order[bounds[k + 1]], by their first rows, of equal ones those of
    positive area first; boxes are the first row and column, and the last ones. -1 is left where there is none. `open`
    and `around` are scratch: the loops that have begun and not ended at a row, and those whose box is around a hole.
    """
    cdef Py_ssize_t k, i, j, hole, outer, place, n_open, n_left, n_around, n = 0
    cdef double row, column
    with nogil:
        for k in range(bounds.shape[0] - 1):
            n_open = 0
            for i in range(bounds[k], bounds[k + 1]):
                hole = order[i]
                if area[hole] > 0:
                    open[n_open] = hole
                    n_open += 1
                    continue
                n_left = n_around = 0
                for j in range(n_open):
                    act_on_signals(n)
                    n += 1
                    outer = open[j]
                    if box[outer, 2] < box[hole, 0]:
                        continue  # it has ended, for all holes that come
                    open[n_left] = outer
                    n_left += 1
                    if box[outer, 1] <= box[hole, 1] and box[outer, 2] >= box[hole, 2] and box[outer, 3] >= box[hole, 3]:
                        place = n_around  # by increasing area
                        while place > 0 and area[around[place - 1]] > area[outer]:
                            around[place] = around[place - 1]
                            place -= 1
                        around[place] = outer
                        n_around += 1
                n_open = n_left
                place = start[hole]  # the middle of a side is on no other loop
                row = (points[places[place], 0] + points[places[place + 1], 0]) / 2
                column = (points[places[place], 1] + points[places[place + 1], 1]) / 2
                for j in range(n_around):
                    outer = around[j]
                    if j == n_around - 1 or is_inside(row, column, points, places, start[outer], start[outer + 1]):
                        owner[hole] = outer  # if no other one is left, it is this one
                        break

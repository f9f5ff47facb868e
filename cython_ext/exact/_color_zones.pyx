"""Joint flat zones of the channels of an image: their numbers, their pixels, and the best of the colours they bring.

Zones are numbered in raster order of their first pixels.
"""

from shared._interrupt cimport act_on_signals
from shared._types cimport int64_t, level_t
from shared._union_find cimport find


def label_zones(const unsigned char[:, ::1] cut, const int[::1] steps, int[::1] label):
    """Number the zones: pixel p belongs to that of p - steps[k] unless cut[k, p].

    Returns how many there are.
    """
    cdef Py_ssize_t p
    cdef int k, a, b, n = 0
    cdef int* link = &label[0]
    with nogil:
        for p in range(label.shape[0]):
            act_on_signals(p)
            link[p] = <int>p
            for k in range(steps.shape[0]):
                if not cut[k, p]:
                    a, b = find(link, <int>p), find(link, <int>p - steps[k])
                    if a < b:
                        link[b] = a
                    else:
                        link[a] = b
        for p in range(label.shape[0]):  # links lead back to pixels that have their number already
            if link[p] == p:
                link[p] = n
                n += 1
            else:
                link[p] = link[link[p]]
    return n


def group_pixels(const int[::1] label, int[::1] start, int[::1] place, int[::1] pixel):
    """Sort the cells of a padded image, which has no labels (-1) around the pixels, by zone.

    Those of zone z are place[start[z]:start[z + 1]], in raster order; `pixel` says which pixels they are, without the
    padding. `start`, one longer than there are zones, is 0 before.
    """
    cdef Py_ssize_t i, n = start.shape[0] - 1
    cdef int p = 0
    with nogil:
        for i in range(label.shape[0]):
            if label[i] >= 0:
                start[label[i] + 1] += 1
        for i in range(n):
            start[i + 1] += start[i]
        for i in range(label.shape[0]):
            if label[i] >= 0:
                place[start[label[i]]] = <int>i
                pixel[start[label[i]]] = p
                start[label[i]] += 1
                p += 1
        for i in range(n, 0, -1):  # each has moved on to the start of the next one
            start[i] = start[i - 1]
        start[0] = 0


def gather(const level_t[::1] values, const int[::1] pixel, int c, level_t[:, ::1] rows):
    """Write the values of some pixels into column c."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(pixel.shape[0]):
            rows[i, c] = values[pixel[i]]


def nearest_colors(
    const int[::1] start, const level_t[:, ::1] own, const level_t[:, ::1] center, const unsigned char[::1] worth,
    int[::1] chosen,
):
    """Of each zone's pixels the first one with the least L1 distance to its center; only those of the greatest worth.

    `own` are the colours of the pixels, sorted by zone; `worth` is empty if all are worth the same.
    """
    cdef Py_ssize_t z, i
    cdef int c, best_worth, own_worth
    cdef bint uneven = worth.shape[0] > 0
    cdef int64_t distance, best
    with nogil:
        for z in range(center.shape[0]):
            act_on_signals(z)
            best, best_worth = -1, -1
            for i in range(start[z], start[z + 1]):
                own_worth = worth[i] if uneven else 0
                if own_worth < best_worth:
                    continue
                distance = 0
                for c in range(own.shape[1]):
                    distance += abs(<int>own[i, c] - <int>center[z, c])
                if own_worth > best_worth or distance < best:
                    best, best_worth, chosen[z] = distance, own_worth, <int>i

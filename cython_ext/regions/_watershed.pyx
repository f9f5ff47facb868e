"""The hierarchy of watersheds by area of a graph whose edges are the sides of pixels."""

from libc.stdint cimport uint32_t

from shared._interrupt cimport act_on_signals
from shared._union_find cimport find


def join_basins(
    const uint32_t[::1] key, const int[::1] side, const int[::1] stride, int[::1] link, int[::1] area,
    int[::1] largest, uint32_t[::1] level, int[::1] joined, int[::1] saliency,
):
    """Join pixels across their sides in increasing order: the sides of a minimum spanning tree, and their saliency.

    Side ``n_axes * p + k`` lies between pixel p and the pixel ``p + stride[k]``. The saliency is the area of
    the smaller of the two basins that meet there, as they are when all weaker sides are open; that of a pixel that is
    in no basin yet is 0. Scratch memory: `link`, `area`, `largest`, `level`, one entry for each pixel. Returns how many
    sides were joined.
    """
    cdef Py_ssize_t n_pixels = link.shape[0], n_sides = side.shape[0], k, n_joined = 0
    cdef int n_axes = <int>stride.shape[0], p, one, two, basin_one, basin_two
    cdef uint32_t now
    with nogil:
        for k in range(n_pixels):
            link[k] = k
            area[k] = 1
            largest[k] = 0
            level[k] = 0
        for k in range(n_sides):
            act_on_signals(k)
            p = side[k] // n_axes
            one = find(&link[0], p)
            two = find(&link[0], p + stride[side[k] % n_axes])
            if one == two:
                continue
            now = key[k]
            # Basins that were joined at this very level meet all at once: what counts are those from before.
            basin_one = largest[one] if level[one] == now else area[one]
            basin_two = largest[two] if level[two] == now else area[two]
            if area[one] == 1:
                basin_one = 0
            if area[two] == 1:
                basin_two = 0
            joined[n_joined] = side[k]
            saliency[n_joined] = min(basin_one, basin_two)
            n_joined += 1
            if area[one] < area[two]:
                one, two = two, one
            link[two] = one
            area[one] += area[two]
            largest[one] = max(basin_one, basin_two)
            level[one] = now
    return n_joined


def label_parts(const int[::1] joined, const int[::1] stride, int[::1] link, int[::1] label):
    """Number the parts that are left of a forest's sides, in the order of their first pixels; returns their number."""
    cdef Py_ssize_t n_pixels = link.shape[0], n_sides = joined.shape[0], k
    cdef int n_axes = <int>stride.shape[0], p, one, two, n_labels = 0
    with nogil:
        for k in range(n_pixels):
            link[k] = k
        for k in range(n_sides):
            act_on_signals(k)
            p = joined[k] // n_axes
            one = find(&link[0], p)
            two = find(&link[0], p + stride[joined[k] % n_axes])
            link[max(one, two)] = min(one, two)  # so that the root of each part is its first pixel
        for k in range(n_pixels):
            if link[k] == k:
                label[k] = n_labels
                n_labels += 1
            else:
                label[k] = label[find(&link[0], k)]
    return n_labels

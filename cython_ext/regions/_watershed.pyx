"""The hierarchy of watersheds by area of a graph whose edges are the sides of pixels."""

from libc.stdint cimport uint32_t
from libc.stdlib cimport free, malloc

from shared._interrupt cimport act_on_signals
from shared._union_find cimport find

cdef enum:
    BITS = 11  # three passes sort 32 bits
    N_DIGITS = 1 << BITS


def sort_sides(uint32_t[::1] key, int[::1] side, uint32_t[::1] other_key, int[::1] other_side):
    """Sort keys, and the sides that they belong to, by increasing keys; of equal keys the order stays.

    The result is in the other two arrays, the first two are overwritten.
    """
    cdef Py_ssize_t n = key.shape[0], k, place, start
    cdef uint32_t[::1] keys = key, keys_to = other_key
    cdef int[::1] sides = side, sides_to = other_side
    cdef int* first
    cdef int digit, count, turn
    if n == 0:
        return
    first = <int*>malloc(N_DIGITS * sizeof(int))
    if first == NULL:
        raise MemoryError
    try:
        for turn in range(3):
            with nogil:
                radix_pass(&keys[0], &sides[0], &keys_to[0], &sides_to[0], n, turn * BITS, first)
            keys, keys_to = keys_to, keys
            sides, sides_to = sides_to, sides
    finally:
        free(first)


cdef int radix_pass(
    const uint32_t* key, const int* side, uint32_t* key_to, int* side_to, Py_ssize_t n, int shift, int* first
) except -1 nogil:
    """Sort by one digit; `first` is scratch memory for the first place of each."""
    cdef Py_ssize_t k
    cdef int digit, count, start = 0
    for digit in range(N_DIGITS):
        first[digit] = 0
    for k in range(n):
        first[(key[k] >> shift) & (N_DIGITS - 1)] += 1
    for digit in range(N_DIGITS):
        count = first[digit]
        first[digit] = start
        start += count
    for k in range(n):
        act_on_signals(k)
        digit = (key[k] >> shift) & (N_DIGITS - 1)
        key_to[first[digit]] = key[k]
        side_to[first[digit]] = side[k]
        first[digit] += 1
    return 0


def join_basins(
    const uint32_t[::1] key, const int[::1] side, const int[::1] stride, int[::1] link, int[::1] area,
    int[::1] largest, uint32_t[::1] level, int[::1] joined, int[::1] saliency,
):
    """Join pixels across their sides in increasing order: the sides of a minimum spanning tree, and their saliency.

    Side ``axis * n_pixels + p`` lies between pixel p and the pixel ``p + stride[axis]``. The saliency is the area of
    the smaller of the two basins that meet there, as they are when all weaker sides are open; that of a pixel that is
    in no basin yet is 0. Scratch memory: `link`, `area`, `largest`, `level`, one entry for each pixel. Returns how many
    sides were joined.
    """
    cdef Py_ssize_t n_pixels = link.shape[0], n_sides = side.shape[0], k, n_joined = 0
    cdef int p, one, two, basin_one, basin_two
    cdef uint32_t now
    with nogil:
        for k in range(n_pixels):
            link[k] = k
            area[k] = 1
            largest[k] = 0
            level[k] = 0
        for k in range(n_sides):
            act_on_signals(k)
            p = <int>(side[k] % n_pixels)
            one = find(&link[0], p)
            two = find(&link[0], p + stride[side[k] // n_pixels])
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
    cdef int p, one, two, n_labels = 0
    with nogil:
        for k in range(n_pixels):
            link[k] = k
        for k in range(n_sides):
            act_on_signals(k)
            p = <int>(joined[k] % n_pixels)
            one = find(&link[0], p)
            two = find(&link[0], p + stride[joined[k] // n_pixels])
            link[max(one, two)] = min(one, two)  # so that the root of each part is its first pixel
        for k in range(n_pixels):
            if link[k] == k:
                label[k] = n_labels
                n_labels += 1
            else:
                label[k] = label[find(&link[0], k)]
    return n_labels

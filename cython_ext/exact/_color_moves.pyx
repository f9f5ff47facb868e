"""Zones take the colours of their neighbours, one after the other, where that lowers the energy of a colour image.

All weights are integers, so that sums are exact and the energy falls with every move.
"""

from libc.stdlib cimport qsort

from shared._interrupt cimport act_after
from shared._types cimport int64_t, level_t

cdef enum:
    N_BYTES = 256  # levels of 8 bits, which need no sorting
    FEW = 512  # comparisons of colours that take less time than tables


cdef struct Zone:
    Py_ssize_t first  # its pixels, sorted by zone
    Py_ssize_t stop
    int n_near  # how many zones it touches


cdef struct Fidelity:
    const int64_t* up  # cost of each grey value below and above that of the pixel
    const int64_t* down
    Py_ssize_t of_pixel  # steps in these arrays
    Py_ssize_t of_channel


cdef inline int64_t of_distance(int64_t up, int64_t down, int distance) noexcept nogil:
    return up * distance if distance > 0 else -down * distance


cdef int by_size(const void* a, const void* b) noexcept nogil:
    cdef int first = (<const int*>a)[0], second = (<const int*>b)[0]
    return (first > second) - (first < second)


cdef inline int bin_of(level_t value, const int* grid, int n) noexcept nogil:
    """The first of the increasing values that is not below; of bytes, the byte itself."""
    cdef int low = 0, middle
    if sizeof(level_t) == 1:
        return <int>value
    while low < n:
        middle = (low + n) >> 1
        if grid[middle] < <int>value:
            low = middle + 1
        else:
            n = middle
    return low


cdef int find_neighbors(
    Zone zone, int z, const int[::1] place, const int[::1] label, const int[::1] steps, const int64_t[:, ::1] length,
    int[::1] slot, int[::1] near, int64_t[::1] border,
) noexcept nogil:
    """List the zones that zone z touches, as they are met in pixel order, and the weight of the border with each."""
    cdef Py_ssize_t i, cell
    cdef int k, other, n = 0
    cdef bint uneven = length.shape[1] > 1
    for i in range(zone.first, zone.stop):
        cell = place[i]
        for k in range(steps.shape[0]):
            other = label[cell + steps[k]]
            if other == z or other < 0:
                continue
            if slot[other] < 0:
                slot[other] = n
                near[n] = other
                border[n] = 0
                n += 1
            border[slot[other]] += length[k, cell if uneven else 0]
    for k in range(n):
        slot[near[k]] = -1
    return n


cdef int64_t cost_of(
    const level_t* value, int64_t best, Zone zone, const level_t[:, ::1] own, Fidelity fidelity,
    const level_t[:, ::1] color, const int[::1] near, const int64_t[::1] border,
) noexcept nogil:
    """What a colour would cost the zone; it may be too little where that is no less than the best."""
    cdef int64_t cost = 0
    cdef int c, k, distance, n_channels = <int>own.shape[1]
    cdef Py_ssize_t i
    cdef const level_t* other
    cdef const int64_t* up
    cdef const int64_t* down
    for k in range(zone.n_near):
        other = &color[near[k], 0]
        distance = 0
        for c in range(n_channels):
            distance += abs(<int>other[c] - <int>value[c])
        cost += border[k] * distance
        if cost >= best:
            return cost
    for i in range(zone.first, zone.stop):
        other = &own[i, 0]
        up, down = fidelity.up + i * fidelity.of_pixel, fidelity.down + i * fidelity.of_pixel
        for c in range(n_channels):
            cost += of_distance(up[0], down[0], <int>other[c] - <int>value[c])
            up, down = up + fidelity.of_channel, down + fidelity.of_channel
        if cost >= best:
            return cost
    return cost


cdef int64_t tabulate(
    int z, int c, Zone zone, const level_t[:, ::1] own, Fidelity fidelity, const level_t[:, ::1] color,
    const int[::1] near, const int64_t[::1] border, int[::1] grid, int64_t[:, ::1] table, int64_t[::1] cost,
) noexcept nogil:
    """Add what channel c costs to the costs of the neighbours' colours; returns that of the zone's own.

    With the weights U and D of the values x above and below, sum_x U max(x - t, 0) + D max(t - x, 0) is
    sum_x U (x - t) + sum_(x <= t) (U + D) (t - x): two running sums over the bins.
    """
    cdef Py_ssize_t i
    cdef int k, b, n = zone.n_near, n_bins = N_BYTES
    cdef int64_t up, down, value, above = 0, above_sum = 0, weight = 0, weighted = 0
    if sizeof(level_t) > 1:
        for k in range(n):
            grid[k] = color[near[k], c]
        grid[n] = color[z, c]
        n_bins = n + 1
        qsort(&grid[0], n_bins, sizeof(int), by_size)
    for b in range(n_bins + 1):
        table[b, 0] = table[b, 1] = 0
    for i in range(zone.first, zone.stop):
        value = own[i, c]
        up = fidelity.up[i * fidelity.of_pixel + c * fidelity.of_channel]
        down = fidelity.down[i * fidelity.of_pixel + c * fidelity.of_channel]
        b = bin_of(own[i, c], &grid[0], n_bins)
        above, above_sum = above + up, above_sum + up * value
        table[b, 0] += up + down
        table[b, 1] += (up + down) * value
    for k in range(n):
        value = color[near[k], c]
        b = bin_of(color[near[k], c], &grid[0], n_bins)
        above, above_sum = above + border[k], above_sum + border[k] * value
        table[b, 0] += 2 * border[k]
        table[b, 1] += 2 * border[k] * value
    for b in range(n_bins):
        weight += table[b, 0]
        weighted += table[b, 1]
        value = b if sizeof(level_t) == 1 else grid[b]
        table[b, 0] = above_sum - weighted + value * (weight - above)
    for k in range(n):
        cost[k] += table[bin_of(color[near[k], c], &grid[0], n_bins), 0]
    return table[bin_of(color[z, c], &grid[0], n_bins), 0]


def settle(
    const int[::1] start, const int[::1] place, const int[::1] label, const int[::1] steps,
    const int64_t[:, ::1] length, const level_t[:, ::1] own, const int64_t[:, ::1] up, const int64_t[:, ::1] down,
    const int[::1] order, unsigned char[::1] pending, const unsigned char[::1] held, level_t[:, ::1] color,
    int[::1] source, int[::1] slot, int[::1] near, int64_t[::1] border, int64_t[::1] cost, int[::1] grid,
    int64_t[:, ::1] table,
):
    """Visit the zones in an order, again and again, until none moves.

    A zone takes the colour of a neighbouring one if this lowers the energy strictly: the best one, of equals the first
    one met in pixel order. It is visited again only if a neighbour has moved.

    Parameters
    ----------
    label, place, start
        As in _color_zones.
    steps, length
        From a cell to its neighbours, in raster order, and what the pairs weigh: of each kind, or of each cell too.
    own, up, down
        The pixels' colours, sorted by zone, and the cost of a grey value less and more: of all, of pixels, or also of
        channels.
    order, pending, held
        The zones in the order of the visits; 1 for each; empty, or 1 for those that keep their colours.
    color, source
        The zones' colours, and for each a number that goes with it.
    slot, near, border, cost, grid, table
        Scratch: -1 for each zone; for each zone a number; 2 more than the zones, or than N_BYTES, two in the table.

    Returns
    -------
    int
        How often a zone took a colour.
    """
    cdef Py_ssize_t n = order.shape[0], j, spent = 0, n_moves = 0
    cdef int z, k, c, winner, n_channels = <int>own.shape[1]
    cdef int64_t best, work, now
    cdef bint again = True
    cdef Zone zone
    cdef Fidelity fidelity
    fidelity.up, fidelity.down = &up[0, 0], &down[0, 0]
    fidelity.of_pixel = up.shape[1] if up.shape[0] > 1 else 0
    fidelity.of_channel = 1 if up.shape[1] > 1 else 0
    with nogil:
        while again:
            again = False
            for j in range(n):
                z = order[j]
                spent += 1
                if not pending[z] or (held.shape[0] and held[z]):
                    continue
                pending[z] = 0
                zone.first, zone.stop = start[z], start[z + 1]
                zone.n_near = find_neighbors(zone, z, place, label, steps, length, slot, near, border)
                work = (zone.stop - zone.first + zone.n_near) * zone.n_near
                winner = -1
                if work <= FEW:
                    best = cost_of(&color[z, 0], <int64_t>1 << 62, zone, own, fidelity, color, near, border)
                    for k in range(zone.n_near):
                        now = cost_of(&color[near[k], 0], best, zone, own, fidelity, color, near, border)
                        if now < best:
                            best, winner = now, near[k]
                else:
                    work = N_BYTES + zone.stop - zone.first + zone.n_near
                    for k in range(zone.n_near):
                        cost[k] = 0
                    best = 0
                    for c in range(n_channels):
                        best += tabulate(z, c, zone, own, fidelity, color, near, border, grid, table, cost)
                    for k in range(zone.n_near):
                        if cost[k] < best:
                            best, winner = cost[k], near[k]
                spent += work * n_channels
                act_after(&spent)
                if winner >= 0:
                    for c in range(n_channels):
                        color[z, c] = color[winner, c]
                    source[z] = source[winner]
                    for k in range(zone.n_near):
                        pending[near[k]] = 1
                    n_moves += 1
                    again = True
    return n_moves

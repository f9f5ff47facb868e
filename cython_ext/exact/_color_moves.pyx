"""Zones take the colours of their neighbours, one after the other, where that lowers the energy of a colour image.

All weights are integers, so that sums are exact and the energy falls with every move. Colours are known by their
origins, the zones that brought them, so that neighbours with the colour of one zone count as one.
"""

from libc.stdlib cimport qsort

from shared._interrupt cimport act_after
from shared._types cimport int64_t, level_t

cdef enum:
    N_BYTES = 256  # levels of 8 bits, which need no sorting
    FEW = 512  # comparisons of colours that take less time than tables
    SMALL = 4  # pixels of zones with so few neighbours that these are found by looking through them


cdef extern from *:
    """
    #include <string.h>
    #if defined(__SSE2__) || defined(_M_X64)
    #include <emmintrin.h>
    /* The sum of the distances of four bytes. */
    static inline int coarea_apart(const unsigned char* a, const unsigned char* b) {
        int first, second;
        memcpy(&first, a, 4);
        memcpy(&second, b, 4);
        return _mm_cvtsi128_si32(_mm_sad_epu8(_mm_cvtsi32_si128(first), _mm_cvtsi32_si128(second)));
    }
    #else
    static inline int coarea_apart(const unsigned char* a, const unsigned char* b) {
        int sum = 0;
        for (int k = 0; k < 4; k++)
            sum += a[k] > b[k] ? a[k] - b[k] : b[k] - a[k];
        return sum;
    }
    #endif
    """
    int apart_in_four_bytes "coarea_apart"(const void* a, const void* b) noexcept nogil


cdef struct Fidelity:
    const int64_t* up  # cost of each grey value below and above that of the pixel
    const int64_t* down
    Py_ssize_t of_pixel  # steps in these arrays
    Py_ssize_t of_channel
    bint is_plain  # one cost for all, up and down
    int n_channels  # the rows of colours may be longer


cdef struct Zone:
    Py_ssize_t first  # its pixels, sorted by zone
    Py_ssize_t stop
    int origin  # of its colour
    int n_near  # how many origins its neighbours have


cdef struct Neighborhood:
    const int* place  # cells of the pixels, sorted by zone
    const int* label
    const int* steps
    int n_steps
    const int64_t* length
    Py_ssize_t of_step  # steps in this array
    Py_ssize_t of_cell


cdef inline int64_t distance(const level_t* a, const level_t* b, Py_ssize_t width) noexcept nogil:
    cdef int64_t sum = 0
    cdef Py_ssize_t c
    if sizeof(level_t) == 1:
        sum = apart_in_four_bytes(a, b)
        for c in range(4, width, 4):
            sum += apart_in_four_bytes(a + c, b + c)
    else:
        for c in range(width):
            sum += abs(<int>a[c] - <int>b[c])
    return sum


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


cdef inline void copy(const level_t* source, level_t* target, Py_ssize_t width) noexcept nogil:
    cdef Py_ssize_t c
    if sizeof(level_t) == 1:
        for c in range(0, width, 4):
            (<int*>(target + c))[0] = (<const int*>(source + c))[0]
    else:
        for c in range(width):
            target[c] = source[c]


cdef inline int find_neighbors(
    int z, const Zone* zone, const Neighborhood* around, const int* origin, int* slot, int* near, int64_t* border
) noexcept nogil:
    """List the origins of the neighbours' colours, as they are met in pixel order, and the weights of the borders.

    `near` has room for one more.
    """
    cdef Py_ssize_t i, cell
    cdef int k, other, at, n = 0
    cdef bint is_small = zone.stop - zone.first <= SMALL
    for i in range(zone.first, zone.stop):
        cell = around.place[i]
        for k in range(around.n_steps):
            other = around.label[cell + around.steps[k]]
            if other == z or other < 0:
                continue
            other = origin[other]
            if is_small:
                near[n] = other
                at = 0
                while near[at] != other:
                    at += 1
            else:
                at = slot[other]
                if at < 0:
                    at = slot[other] = n
            if at == n:
                near[n], border[n] = other, 0
                n += 1
            border[at] += around.length[k * around.of_step + cell * around.of_cell]
    if not is_small:
        for k in range(n):
            slot[near[k]] = -1
    return n


cdef inline int64_t cost_of(
    const level_t* value, int64_t best, const Zone* zone, const level_t* own, const Fidelity* fidelity,
    const level_t* nearby, const int64_t* border, Py_ssize_t width,
) noexcept nogil:
    """What a colour would cost the zone; it may be too little where that is no less than the best."""
    cdef int64_t cost = 0, apart = 0
    cdef int c, k, difference
    cdef Py_ssize_t i, at
    for k in range(zone.n_near):
        cost += border[k] * distance(nearby + k * width, value, width)
        if cost >= best:
            return cost
    if fidelity.is_plain:
        for i in range(zone.first, zone.stop):
            apart += distance(own + i * width, value, width)
        return cost + fidelity.up[0] * apart
    for i in range(zone.first, zone.stop):
        for c in range(fidelity.n_channels):
            at = i * fidelity.of_pixel + c * fidelity.of_channel
            difference = <int>own[i * width + c] - <int>value[c]
            cost += fidelity.up[at] * difference if difference > 0 else -fidelity.down[at] * difference
    return cost


cdef int64_t tabulate(
    int c, const level_t* value, const Zone* zone, const level_t* own, const Fidelity* fidelity, const level_t* nearby,
    const int64_t* border, Py_ssize_t width, int* grid, int64_t[:, ::1] table, int64_t* cost,
) noexcept nogil:
    """Add what channel c costs to the costs of the colours nearby; returns that of the zone's own value.

    With the weights U and D of the values x above and below, sum_x U max(x - t, 0) + D max(t - x, 0) is
    sum_x U (x - t) + sum_(x <= t) (U + D) (t - x): two running sums over the bins.
    """
    cdef Py_ssize_t i, at
    cdef int k, b, n = zone.n_near, n_bins = N_BYTES
    cdef int64_t both, x, above = 0, above_sum = 0, weight = 0, weighted = 0
    if sizeof(level_t) > 1:
        for k in range(n):
            grid[k] = nearby[k * width + c]
        grid[n] = value[c]
        n_bins = n + 1
        qsort(grid, n_bins, sizeof(int), by_size)
    for b in range(n_bins + 1):
        table[b, 0] = table[b, 1] = 0
    for i in range(zone.first, zone.stop):
        at = i * fidelity.of_pixel + c * fidelity.of_channel
        x = own[i * width + c]
        b = bin_of(own[i * width + c], grid, n_bins)
        both = fidelity.up[at] + fidelity.down[at]
        above, above_sum = above + fidelity.up[at], above_sum + fidelity.up[at] * x
        table[b, 0] += both
        table[b, 1] += both * x
    for k in range(n):
        x = nearby[k * width + c]
        b = bin_of(nearby[k * width + c], grid, n_bins)
        above, above_sum = above + border[k], above_sum + border[k] * x
        table[b, 0] += 2 * border[k]
        table[b, 1] += 2 * border[k] * x
    for b in range(n_bins):
        weight += table[b, 0]
        weighted += table[b, 1]
        x = b if sizeof(level_t) == 1 else grid[b]
        table[b, 0] = above_sum - weighted + x * (weight - above)
    for k in range(n):
        cost[k] += table[bin_of(nearby[k * width + c], grid, n_bins), 0]
    return table[bin_of(value[c], grid, n_bins), 0]


cdef inline int best_of(
    const level_t* value, const Zone* zone, const level_t* own, const Fidelity* fidelity, const level_t* nearby,
    const int64_t* border, Py_ssize_t width, int* grid, int64_t[:, ::1] table, int64_t* cost,
) noexcept nogil:
    """Which of the colours nearby costs least, of equals the first one; -1 if none costs less than the zone's own."""
    cdef int k, c, winner = -1
    cdef int64_t now, best = 0
    if (zone.stop - zone.first + zone.n_near) * zone.n_near <= FEW:
        best = cost_of(value, <int64_t>1 << 62, zone, own, fidelity, nearby, border, width)
        for k in range(zone.n_near):
            now = cost_of(nearby + k * width, best, zone, own, fidelity, nearby, border, width)
            if now < best:
                best, winner = now, k
        return winner
    for k in range(zone.n_near):
        cost[k] = 0
    for c in range(fidelity.n_channels):
        best += tabulate(c, value, zone, own, fidelity, nearby, border, width, grid, table, cost)
    for k in range(zone.n_near):
        if cost[k] < best:
            best, winner = cost[k], k
    return winner


def settle(
    const int[::1] start, const int[::1] place, const int[::1] label, const int[::1] steps,
    const int64_t[:, ::1] length, const level_t[:, ::1] own, const int64_t[:, ::1] up, const int64_t[:, ::1] down,
    const level_t[:, ::1] color, int n_channels, const int[::1] order, unsigned char[::1] pending, int[::1] origin,
    int[::1] slot, int[::1] near, level_t[:, ::1] nearby, int64_t[::1] border, int64_t[::1] cost, int[::1] grid,
    int64_t[:, ::1] table,
):
    """Visit the zones in an order, again and again, until none moves.

    A zone takes the colour of a neighbouring one if this lowers the energy strictly: the best one, of equals the first
    one met in pixel order. It is visited again only if a neighbour has moved.

    Parameters
    ----------
    start, place, label
        As in _color_zones.
    steps, length
        From a cell to its neighbours, in raster order, and what the pairs weigh: of each kind, or of each cell too.
    own, up, down
        The pixels' colours, sorted by zone, and the cost of a grey value less and more: of all, of pixels, or also of
        channels.
    color
        What each zone brings. Rows of colours of bytes are filled up with zeros to whole words of four.
    order
        The zones in the order of the visits.
    pending
        1 for each zone; 2 for those that keep their colours.
    origin
        Whose colour each zone has: itself at first.
    slot, near, nearby, border, cost, grid, table
        Scratch: -1 for each zone; room for the neighbours of any zone and for one more; in the table for two more. Grid
        and table of bytes have room for N_BYTES and one more.
    """
    cdef Py_ssize_t j, i, spent = 0, width = own.shape[1]
    cdef int z, k, other, winner
    cdef bint again = True
    cdef Zone zone
    cdef Fidelity fidelity
    fidelity.up, fidelity.down = &up[0, 0], &down[0, 0]
    fidelity.of_pixel = up.shape[1] if up.shape[0] > 1 else 0
    fidelity.of_channel = 1 if up.shape[1] > 1 else 0
    fidelity.is_plain = up.shape[0] == 1 and up.shape[1] == 1 and up[0, 0] == down[0, 0]
    fidelity.n_channels = n_channels
    cdef Neighborhood around
    around.place, around.label, around.steps, around.length = &place[0], &label[0], &steps[0], &length[0, 0]
    around.n_steps, around.of_step, around.of_cell = <int>steps.shape[0], length.shape[1], length.shape[1] > 1
    with nogil:
        while again:
            again = False
            for j in range(order.shape[0]):
                z = order[j]
                if pending[z] != 1:
                    continue
                pending[z] = 0
                zone.first, zone.stop, zone.origin = start[z], start[z + 1], origin[z]
                spent += (zone.stop - zone.first) * n_channels + 1
                act_after(&spent)
                zone.n_near = find_neighbors(z, &zone, &around, &origin[0], &slot[0], &near[0], &border[0])
                for k in range(zone.n_near):
                    copy(&color[near[k], 0], &nearby[k, 0], width)
                winner = best_of(
                    &color[zone.origin, 0], &zone, &own[0, 0], &fidelity, &nearby[0, 0], &border[0], width, &grid[0],
                    table, &cost[0],
                )
                if winner < 0:
                    continue
                origin[z] = near[winner]
                again = True
                for i in range(zone.first, zone.stop):
                    for k in range(around.n_steps):
                        other = around.label[around.place[i] + around.steps[k]]
                        if other >= 0 and pending[other] == 0:
                            pending[other] = 1
                pending[z] = 0  # what beside it is better has been seen


def most_borders(
    const int[::1] start, const int[::1] place, const int[::1] label, const int[::1] steps, const int[::1] order
):
    """The largest number of pairs that leave a zone, of zones in the order of their areas."""
    cdef Py_ssize_t j, i, n, most = 0
    cdef int z, k, other
    with nogil:
        for j in range(order.shape[0] - 1, -1, -1):
            z = order[j]
            if (start[z + 1] - start[z]) * steps.shape[0] <= most:
                break
            n = 0
            for i in range(start[z], start[z + 1]):
                for k in range(steps.shape[0]):
                    other = label[place[i] + steps[k]]
                    n += other != z and other >= 0
            most = max(most, n)
    return most

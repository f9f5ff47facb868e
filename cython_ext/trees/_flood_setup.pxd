"""What the flood knows of an image before it starts: neighbours above and below, saddles, and how the image ends."""

from shared._neighbors cimport E, N, NE, NW, S, SE, SW, W
from shared._types cimport level_t
from trees._flood cimport SUP, Flood, push, run_all


cdef inline void compare_row(
    const level_t* row, Py_ssize_t width, Py_ssize_t n, unsigned char* above, unsigned char* below,
) noexcept nogil:
    """Masks of the neighbours above and below each cell of a row; loops that compilers turn into vectors."""
    cdef const level_t* north = row - width
    cdef const level_t* south = row + width
    cdef level_t level
    cdef Py_ssize_t x
    for x in range(n):
        level = row[x]
        above[x] = (
            (NW if north[x - 1] > level else 0) | (N if north[x] > level else 0) | (NE if north[x + 1] > level else 0)
            | (E if row[x + 1] > level else 0) | (W if row[x - 1] > level else 0)
            | (SW if south[x - 1] > level else 0) | (S if south[x] > level else 0) | (SE if south[x + 1] > level else 0)
        )
    for x in range(n):
        level = row[x]
        below[x] = (
            (NW if north[x - 1] < level else 0) | (N if north[x] < level else 0) | (NE if north[x + 1] < level else 0)
            | (E if row[x + 1] < level else 0) | (W if row[x - 1] < level else 0)
            | (SW if south[x - 1] < level else 0) | (S if south[x] < level else 0) | (SE if south[x + 1] < level else 0)
        )


cdef inline void mark_saddles(
    const level_t* row, Py_ssize_t width, Py_ssize_t n, bint self_dual, unsigned char* saddles, unsigned char* scratch,
) noexcept nogil:
    """Mark the diagonals that a saddle may block, in the blocks of this row and the next one.

    With 8-connected upper level sets it is the lower diagonal of each saddle; in a self-dual tree it depends on which
    cell is met first. `scratch` takes two bytes for each block.
    """
    cdef const level_t* south = row + width
    cdef unsigned char* saddles_south = saddles + width
    cdef unsigned char* falling = scratch  # blocks whose cells NW and SE lie below the others
    cdef unsigned char* rising = scratch + n
    cdef level_t a, b, c, d
    cdef Py_ssize_t x
    for x in range(n - 1):
        a = row[x]
        b = row[x + 1]
        c = south[x]
        d = south[x + 1]
        falling[x] = 255 if (a if a > d else d) < (b if b < c else c) else 0
        rising[x] = 255 if (b if b > c else c) < (a if a < d else d) else 0
    if self_dual:
        for x in range(n - 1):
            falling[x] |= rising[x]
        rising = falling
    for x in range(n - 1):
        saddles[x] |= falling[x] & SE
        saddles_south[x] |= rising[x] & NE
    for x in range(n - 1):
        saddles[x + 1] |= rising[x] & SW
        saddles_south[x + 1] |= falling[x] & NW


cdef inline void end_mask(unsigned char* above, unsigned char* below, unsigned char sides, int sign) noexcept nogil:
    above[0] = (above[0] & ~sides) | (sides if sign > 0 else 0)
    below[0] = (below[0] & ~sides) | (sides if sign < 0 else 0)


cdef inline int ring_sign(int level, int ring_below, bint ring_is_level) noexcept nogil:
    """+1 if the ring lies above a level, -1 below, 0 if it is that level."""
    if level >= ring_below + ring_is_level:
        return -1
    return 0 if level == ring_below else 1


cdef inline void end_image(
    Flood* f, const level_t* levels, Py_ssize_t height, Py_ssize_t n, int ring_below, bint ring_is_level,
) noexcept nogil:
    """Compare the cells of the frame with the ring around the image; ring_below < 0: nothing lies there."""
    cdef Py_ssize_t x, y, cell
    cdef int sign
    cdef unsigned char sides
    for y in range(1, height + 1):
        x = 1
        while x <= n:
            cell = y * f.width + x
            sides = (NW | N | NE) * (y == 1) | (SW | S | SE) * (y == height)
            sides |= (NW | W | SW) * (x == 1) | (NE | E | SE) * (x == n)
            sign = 0 if ring_below < 0 else ring_sign(levels[cell], ring_below, ring_is_level)
            end_mask(f.above + cell, f.below + cell, sides, sign)
            x += 1 if y == 1 or y == height or n == 1 else n - 1


cdef inline void start_pair(
    Flood* f, const level_t* levels, int cell, int across, int inward, int ring_below, bint ring_is_level,
) noexcept nogil:
    """Follow the line of the ring's level that enters the image between two cells of the frame."""
    cdef int below = ring_below, above = ring_below - 1 + ring_is_level, next_cell = cell + f.offsets[across]
    if levels[cell] < below and levels[next_cell] > above:
        run_all(f, levels, cell, across, inward, below, above, 0)
    elif levels[next_cell] < below and levels[cell] > above:
        run_all(f, levels, next_cell, across ^ 4, inward, below, above, 0)


cdef inline void start_at_ring(
    Flood* f, const level_t* levels, Py_ssize_t height, Py_ssize_t n, int ring_below, bint ring_is_level,
) noexcept nogil:
    """Push the cells of the frame, and follow the lines that enter between them."""
    cdef Py_ssize_t x, y, width = f.width
    cdef int cell, north = 1, east = 3, south = 5, west = 7
    for y in range(1, height + 1):
        x = 1
        while x <= n:
            cell = <int>(y * width + x)
            push(f, cell, levels[cell], SUP if levels[cell] >= ring_below + ring_is_level else 0)
            x += 1 if y == 1 or y == height or n == 1 else n - 1
    for x in range(1, n):
        start_pair(f, levels, <int>(width + x), east, south, ring_below, ring_is_level)
        start_pair(f, levels, <int>(height * width + x), east, north, ring_below, ring_is_level)
    for y in range(1, height):
        start_pair(f, levels, <int>(y * width + 1), south, east, ring_below, ring_is_level)
        start_pair(f, levels, <int>(y * width + n), south, west, ring_below, ring_is_level)

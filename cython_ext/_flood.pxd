"""The flood of an image from the outside: in which order its cells are reached, and which of them enclose which.

Cells are popped level by level. Between two neighbours on either side of the current level runs a level line; it is
followed from crack to crack, since it can pass between cells without meeting one of its level.
"""

from libc.stdlib cimport realloc

from _level_queue cimport Queue, mark_empty, mark_waiting, nearest_waiting
from _ring cimport (
    DIAGONAL, E, N, NE, NW, S, SW, W, after, before, beside, flags_t, gather, lowest_bit, mask_t, plane, prefetch,
    representatives,
)

ctypedef fused level_t:
    unsigned char
    unsigned short
    int

cdef enum:
    # One byte a cell; the upper half holds the four diagonals that a saddle may block, from NW on.
    VISITED = 1
    POPPED = 2
    CRACK_E = 4  # a level line has run between the cell and its neighbour E
    CRACK_S = 8
    SADDLE_NW = 16
    SADDLE_NE = 32
    SADDLE_SE = 64
    SADDLE_SW = 128

cdef extern from *:
    """
    #define COAREA_SUP 0x80000000u
    """
    const unsigned int SUP "COAREA_SUP"  # on a waiting cell: the front came to it from below

cdef struct Flood:
    Queue queue
    unsigned char* flags
    unsigned char* above  # masks of the neighbours above and below each cell; a neighbour in both: an extra join
    unsigned char* below
    unsigned int* order  # cells as they are popped; SUP marks the first one of a batch
    unsigned char* joined  # for each of them the neighbours, popped later, that lie in its shape
    int* pending  # ends of level lines that await their run, three numbers each
    Py_ssize_t n_pending
    Py_ssize_t pending_size
    bint out_of_memory
    Py_ssize_t n_popped
    Py_ssize_t width
    int offsets[8]
    bint self_dual


cdef inline void push(Flood* f, unsigned int cell, unsigned int level, unsigned int side) noexcept nogil:
    cdef int place = f.queue.top[level]
    f.queue.cells[place] = cell | side
    f.queue.top[level] = place + 1
    f.flags[cell] |= VISITED
    mark_waiting(&f.queue, level)


cdef inline void postpone(Flood* f, int low, int high, int step) noexcept nogil:
    cdef int* larger
    if f.n_pending == f.pending_size:
        larger = <int*>realloc(f.pending, (2 * f.pending_size + 96) * sizeof(int))
        if larger == NULL:
            f.out_of_memory = True
            return
        f.pending = larger
        f.pending_size = 2 * f.pending_size + 96
    f.pending[f.n_pending] = low
    f.pending[f.n_pending + 1] = high
    f.pending[f.n_pending + 2] = step
    f.n_pending += 3


cdef inline void meet_level(Flood* f, int cell, unsigned int level, unsigned int side, mask_t extra) noexcept nogil:
    """A level line ends at a cell of its level, which encloses the cell across the saddle if there is one."""
    if not f.flags[cell] & VISITED:
        push(f, cell, level, side)
    if extra and not f.flags[cell] & POPPED:
        f.above[cell] |= extra
        f.below[cell] |= extra


cdef inline mask_t direction(const Flood* f, int step) noexcept nogil:
    """The ring bit of a diagonal step."""
    cdef int i
    for i in range(0, 8, 2):
        if f.offsets[i] == step:
            return 1 << i
    return 0


cdef inline void run(
    Flood* f, const level_t* levels, int low, int high, int step, int below, int above, unsigned int side,
) noexcept nogil:
    """Follow a level line from the crack between two neighbours, `low` < line < `high`, in the direction `step`.

    `below` and `above` are the level of the line, or of a line between two levels the ones on either side, exchanged.
    """
    cdef int left, right, across, level_left, level_right, first
    cdef unsigned char mark
    while True:
        if low < high:
            first = low
            mark = CRACK_E if high == low + 1 else CRACK_S
        else:
            first = high
            mark = CRACK_E if low == high + 1 else CRACK_S
        if (f.flags[low] | f.flags[high]) & POPPED or f.flags[first] & mark:
            return
        if not f.flags[low] & VISITED:
            push(f, low, levels[low], 0)
        if not f.flags[high] & VISITED:
            push(f, high, levels[high], SUP)
        f.flags[first] |= mark
        left = low + step
        right = high + step
        level_left = levels[left]
        level_right = levels[right]
        across = high - low
        if level_left > above:
            if f.self_dual and level_right < below and not f.flags[left] & POPPED:
                postpone(f, right, left, step)
                postpone(f, right, high, across)
            elif f.self_dual and level_right <= above and level_right >= below:
                meet_level(f, right, level_right, side, direction(f, low - right))
            step = -across
            high = left
        elif level_left < below:
            if level_right > above:
                low = left
                high = right
            elif level_right < below:
                if not f.flags[left] & VISITED:
                    push(f, left, level_left, 0)
                low = right
                step = across
            else:
                meet_level(f, right, level_right, side, 0)
                return
        else:
            meet_level(f, left, level_left, side, direction(f, high - left) if level_right < below else 0)
            if not (f.self_dual and level_right < below):
                return
            low = right
            step = across


cdef inline mask_t spread(unsigned char flags) noexcept nogil:
    """The upper four flags as ring bits of the diagonals."""
    return (flags >> 4 & 1) | (flags >> 3 & 4) | (flags >> 2 & 16) | (flags >> 1 & 64)


cdef struct Ring:
    # What a cell knows of its neighbours when it is popped.
    mask_t above
    mask_t below
    mask_t visited
    mask_t popped
    mask_t open  # neighbours that no saddle separates from the cell
    mask_t fresh  # diagonals across a saddle that no front has met before
    mask_t own_cracks  # N, E, S, W: a line has run between the neighbour and the cell
    mask_t pair_cracks  # bit i: a line has run between the neighbours i and i + 1
    mask_t extra


cdef inline void look_around(const Flood* f, unsigned int cell, Ring* ring) noexcept nogil:
    cdef unsigned char flags = f.flags[cell]
    cdef flags_t word = gather(f.flags + cell, f.width)
    cdef mask_t east = plane(word, 2), south = plane(word, 3), saddles = spread(flags), met
    ring.visited = plane(word, 0)
    ring.popped = plane(word, 1)
    ring.above = f.above[cell]
    ring.extra = ring.above & f.below[cell]
    ring.below = f.below[cell] & ~ring.extra
    ring.own_cracks = (south & N) | (east & W) | (flags & CRACK_E) << 1 | (flags & CRACK_S) << 2
    ring.pair_cracks = (
        (east & (NW | N)) | (south & (NE | E)) | (east & (S | SW)) >> 1 | (south & W) >> 1 | (south & NW) << 7
    )
    ring.fresh = 0
    if f.self_dual:
        met = ring.popped | beside(ring.popped | ring.own_cracks) | ring.pair_cracks | after(ring.pair_cracks)
        ring.fresh = saddles & ~met
        saddles &= met
    ring.open = ~saddles & 255


cdef inline mask_t join_mask(const Flood* f, const Ring* ring, bint sup) noexcept nogil:
    """Neighbours popped later that lie in the shape of the cell: one of each run around it that qualifies.

    A run with a popped neighbour lies outside; one that touches an equal cell is left to that one. On the side
    that the front came from, a line that has run between cell and neighbour separates them.
    """
    cdef mask_t equal = ~(ring.above | ring.below) & ~ring.popped & ring.open & 255
    cdef mask_t banned = ring.popped | beside(equal)
    cdef mask_t above = ring.above, below = ring.below & ring.open
    cdef mask_t banned_above = banned, banned_below = banned | (DIAGONAL & ~beside(below) & ~ring.fresh)
    if f.self_dual:
        banned_above |= DIAGONAL & ~beside(above) & ~ring.fresh
    if sup:
        banned_below |= ring.own_cracks
    else:
        banned_above |= ring.own_cracks
        if not f.self_dual:  # a diagonal neighbour alone, behind an earlier line
            banned_above |= (ring.pair_cracks | after(ring.pair_cracks)) & DIAGONAL & ~beside(above)
    return (
        representatives(above, banned_above) | representatives(below, banned_below)
        | representatives(equal, 0) | ring.extra
    )


cdef inline void push_neighbors(
    Flood* f, const level_t* levels, unsigned int cell, const Ring* ring, bint sup,
) noexcept nogil:
    cdef mask_t new = ~ring.visited & ring.open & 255
    cdef mask_t sides = ~ring.below if sup else ring.above
    cdef unsigned int neighbor
    cdef int i
    while new:
        i = lowest_bit(new)
        new &= new - 1
        neighbor = cell + f.offsets[i]
        push(f, neighbor, levels[neighbor], (sides >> i) << 31)


cdef inline void run_lines(
    Flood* f, const level_t* levels, unsigned int cell, const Ring* ring, int level, bint sup,
) noexcept nogil:
    """Follow the lines of the cell's level that leave it between two neighbours on either side."""
    cdef mask_t above = ring.above & ring.open & ~ring.popped, below = ring.below & ring.open & ~ring.popped, cracks
    cdef int i, j, step
    if above == 0 or below == 0:
        return
    cracks = ((above & before(below)) | (below & before(above))) & ~ring.pair_cracks
    while cracks:
        i = lowest_bit(cracks)
        j = (i + 1) & 7
        cracks &= cracks - 1
        step = f.offsets[i] if i & 1 else f.offsets[j]
        if above >> i & 1:
            run_all(f, levels, cell + f.offsets[j], cell + f.offsets[i], step, level, level, SUP if sup else 0)
        else:
            run_all(f, levels, cell + f.offsets[i], cell + f.offsets[j], step, level, level, SUP if sup else 0)


cdef inline void run_all(
    Flood* f, const level_t* levels, int low, int high, int step, int below, int above, unsigned int side,
) noexcept nogil:
    """Follow a level line and all those that branch off from it."""
    run(f, levels, low, high, step, below, above, side)
    while f.n_pending:
        f.n_pending -= 3
        run(
            f, levels, f.pending[f.n_pending], f.pending[f.n_pending + 1], f.pending[f.n_pending + 2],
            below, above, side,
        )


cdef inline void flood(Flood* f, const level_t* levels, Py_ssize_t level) noexcept nogil:
    """Pop all cells, from the waiting level nearest to the given one on."""
    cdef unsigned int waiting, cell, first
    cdef int place
    cdef Ring ring
    while True:
        level = nearest_waiting(&f.queue, level)
        if level < 0:
            return
        first = SUP
        while f.queue.top[level] > f.queue.base[level]:
            place = f.queue.top[level] - 1
            f.queue.top[level] = place
            if place >= f.queue.base[level] + 6:
                cell = f.queue.cells[place - 6] & ~SUP
                prefetch(f.flags + cell - f.width)
                prefetch(f.flags + cell)
                prefetch(f.flags + cell + f.width)
            waiting = f.queue.cells[place]
            cell = waiting & ~SUP
            look_around(f, cell, &ring)
            f.flags[cell] |= POPPED
            f.order[f.n_popped] = cell | first
            f.joined[f.n_popped] = <unsigned char>join_mask(f, &ring, waiting >> 31)
            f.n_popped += 1
            first = 0
            push_neighbors(f, levels, cell, &ring, waiting >> 31)
            run_lines(f, levels, cell, &ring, <int>level, waiting >> 31)
        mark_empty(&f.queue, <unsigned int>level)

"""The flood of an image from the outside: in which order its cells are reached, and which of them enclose which.

Cells are popped level by level. Between two neighbours on either side of the current level runs a level line; it is
followed from crack to crack, since it can pass between cells without meeting one of its level.
"""

from libc.stdlib cimport realloc

from shared._interrupt cimport act_on_signals
from shared._level_queue cimport Queue, mark_empty, mark_waiting, nearest_waiting
from shared._machine cimport lowest32, prefetch
from shared._neighbors cimport (
    DIAGONAL, E, N, NE, NW, S, SW, W, after, before, beside, flags_t, ends_of_runs, gather, mask_t, plane, side_by_side,
)
from shared._types cimport level_t

cdef enum:
    # The flags of a cell. At the bits of N, E, S and W: a level line has run between that neighbour and the cell.
    VISITED = 1
    POPPED = 4
    CRACKS = 0xAA

cdef extern from *:
    """
    #define COAREA_SUP 0x80000000u
    """
    const unsigned int SUP "COAREA_SUP"  # on a waiting cell: the front came to it from below

cdef struct List:
    int* items
    Py_ssize_t length
    Py_ssize_t size
    int spare[3]  # is written to when there is no memory for more


cdef struct Flood:
    Queue queue
    unsigned char* flags
    unsigned char* above  # masks of the neighbours above and below each cell; a neighbour in both: an extra join
    unsigned char* below
    unsigned char* saddles  # the diagonal neighbours that a saddle may separate from the cell
    unsigned int* order  # cells as they are popped; SUP marks the first one of a batch
    unsigned char* joined  # for each of them the neighbours, popped later, that lie in its shape
    Py_ssize_t n_popped
    List pending  # branches of level lines that await their run: low, across, step
    List links  # the place in `order` of a cell, and one that a branch of its level line has made part of its shape
    bint out_of_memory
    Py_ssize_t width
    int offsets[9]
    bint self_dual


cdef inline void push(Flood* f, unsigned int cell, unsigned int level, unsigned int side) noexcept nogil:
    cdef int place = f.queue.top[level]
    f.queue.cells[place] = cell | side
    f.queue.top[level] = place + 1
    f.flags[cell] |= VISITED
    mark_waiting(&f.queue, level)


cdef inline int* extend(Flood* f, List* list, Py_ssize_t count) noexcept nogil:
    """Room for some integers at the end of a list."""
    cdef int* larger
    if list.length + count > list.size:
        larger = <int*>realloc(list.items, (2 * list.size + 96) * sizeof(int))
        if larger == NULL:
            f.out_of_memory = True  # the tree will be thrown away
            return list.spare
        list.items = larger
        list.size = 2 * list.size + 96
    list.length += count
    return list.items + list.length - count


cdef inline void postpone(Flood* f, int low, int across, int step) noexcept nogil:
    cdef int* branch = extend(f, &f.pending, 3)
    branch[0] = low
    branch[1] = across
    branch[2] = step


cdef inline void link_to_popped(Flood* f, int cell) noexcept nogil:
    """A cell beside a branch belongs to the shape of the cell popped last; before the first one, to the root's."""
    cdef int* link
    if f.n_popped:
        link = extend(f, &f.links, 2)
        link[0] = <int>(f.n_popped - 1)
        link[1] = cell


cdef inline mask_t diagonal(int side, int back) noexcept nogil:
    """The bit of the diagonal that lies beside `side`, on the side away from `back`."""
    return 1 << ((side + 1 if (side - back) & 7 == 2 else side - 1) & 7)


cdef inline void meet_level(Flood* f, int cell, unsigned int level, unsigned int side, mask_t extra) noexcept nogil:
    """A level line ends at a cell of its level, which encloses the cell across the saddle if there is one."""
    if not f.flags[cell] & VISITED:
        push(f, cell, level, side)
    if extra and not f.flags[cell] & POPPED:
        f.above[cell] |= extra
        f.below[cell] |= extra


cdef inline void run(
    Flood* f, const level_t* levels, int low, int across, int step, int below, int above, unsigned int side,
) noexcept nogil:
    """Follow a level line from the crack between a cell and its neighbour `across`, low < line < high, towards `step`.

    low, across, step : a cell of the image and two directions, places of the bits of N, E, S or W, `step` along the
        crack between `low` and its neighbour `across`, which may lie in the margin: its flags end the line.
    below, above : the level of the line; if that lies between two levels, below is the upper one of them and above
        the lower one.
    side : the mark of cells of the line's level: SUP where the front came to it from below, otherwise 0.
    """
    cdef int high = low + f.offsets[across], left, right, level_left, level_right
    while not ((f.flags[low] | f.flags[high]) & POPPED or f.flags[low] >> across & 1):
        if not f.flags[low] & VISITED:
            push(f, low, levels[low], 0)
        if not f.flags[high] & VISITED:
            push(f, high, levels[high], SUP)
        f.flags[low] |= 1 << across
        f.flags[high] |= 1 << (across ^ 4)
        left = low + f.offsets[step]
        right = high + f.offsets[step]
        level_left = levels[left]
        level_right = levels[right]
        if level_left > above:
            if f.self_dual:
                turn_at_low(f, left, right, level_right, across, step, below, above, side)
            high = left
            across, step = step, across ^ 4
            continue
        if level_left < below:
            if level_right > above:
                low = left
                high = right
                continue
            if level_right >= below:
                meet_level(f, right, level_right, side, 0)
                return
            if not f.flags[left] & VISITED:
                push(f, left, level_left, 0)
        else:
            meet_level(f, left, level_left, side, diagonal(across, step) if level_right < below else 0)
            if not (f.self_dual and level_right < below):
                return
        low = right
        across, step = step ^ 4, across


cdef inline void turn_at_low(
    Flood* f, int left, int right, int level_right, int across, int step, int below, int above, unsigned int side,
) noexcept nogil:
    """In a self-dual tree the line that turns around its low side also meets the cell across the corner.

    If that one is low too, the line goes on in all four directions, and the four cells lie apart. `left` and `right`
    are the cells that lie a step ahead of the low and of the high side; the rest is as in `run`.
    """
    if level_right > above:
        if not f.flags[right] & VISITED:
            push(f, right, level_right, SUP)
    elif level_right < below:
        link_to_popped(f, left)
        link_to_popped(f, right)
        postpone(f, right, across ^ 4, step)
        postpone(f, right, step ^ 4, across)
    else:
        meet_level(f, right, level_right, side, diagonal(across ^ 4, step))


cdef struct Surroundings:
    # What a cell knows of its neighbours when it is popped.
    mask_t above
    mask_t below
    mask_t visited
    mask_t popped
    mask_t open  # neighbours that no saddle separates from the cell
    mask_t fresh  # diagonals across a saddle that no front has met before
    mask_t own_cracks  # N, E, S, W: a line has run between the neighbour and the cell
    mask_t extra
    flags_t flags


cdef inline mask_t pair_cracks(flags_t flags) noexcept nogil:
    """Bit i: a line has run between the neighbours i and i + 1."""
    cdef mask_t east = plane(flags, 3), south = plane(flags, 5)
    return (east & (NW | N)) | (south & (NE | E)) | (east & (S | SW)) >> 1 | (south & W) >> 1 | (south & NW) << 7


cdef inline mask_t diagonal_cracks(flags_t flags) noexcept nogil:
    """The diagonal neighbours that a line has passed on its way between them and another neighbour."""
    cdef mask_t cracks = pair_cracks(flags)
    return (cracks | after(cracks)) & DIAGONAL


cdef inline void look_around(const Flood* f, unsigned int cell, Surroundings* around) noexcept nogil:
    cdef mask_t saddles = f.saddles[cell], met
    around.flags = gather(f.flags + cell, f.width)
    around.visited = plane(around.flags, 0)
    around.popped = plane(around.flags, 2)
    around.above = f.above[cell]
    around.below = f.below[cell]
    around.own_cracks = f.flags[cell] & CRACKS
    around.extra = around.above & around.below
    if around.extra:
        around.below ^= around.extra
        if f.self_dual:
            around.above ^= around.extra
    around.fresh = 0
    if f.self_dual and saddles:
        met = around.popped | beside(around.popped | around.own_cracks) | diagonal_cracks(around.flags)
        around.fresh = saddles & ~met
        saddles &= met
    around.open = ~saddles


cdef inline mask_t join_mask(const Flood* f, const Surroundings* around, int sup) noexcept nogil:
    """Neighbours popped later that lie in the shape of the cell: one of each run around it that qualifies.

    A run with a popped neighbour lies outside; one that touches an equal cell is left to that one. On the side
    that the front came from, a line that has run between cell and neighbour separates them.
    """
    cdef mask_t equal = ~(around.above | around.below | around.popped) & around.open & 255
    cdef flags_t masks = side_by_side(around.above, around.below & around.open, equal)
    cdef flags_t doubled = masks | masks << 8
    cdef flags_t near = doubled >> 1 | doubled >> 7  # the bits before and after; between the masks lies what is carried
    cdef mask_t banned = around.popped | (<mask_t>(near >> 40) & 255)
    cdef mask_t banned_above = banned, banned_below = banned | (DIAGONAL & ~(<mask_t>(near >> 20) | around.fresh))
    cdef mask_t alone = around.above & DIAGONAL & ~<mask_t>near
    banned_below |= around.own_cracks & <mask_t>-sup
    banned_above |= around.own_cracks & <mask_t>(sup - 1)
    if f.self_dual:
        banned_above |= alone & ~around.fresh
    elif alone & <mask_t>(sup - 1):  # a diagonal neighbour alone is behind an earlier line
        banned_above |= alone & diagonal_cracks(around.flags)
    return ends_of_runs(masks, side_by_side(banned_above, banned_below, 0)) | around.extra


cdef inline void push_neighbors(
    Flood* f, const level_t* levels, unsigned int cell, const Surroundings* around, int sup,
) noexcept nogil:
    cdef mask_t new = ~around.visited & around.open & 255
    cdef mask_t sides = around.above | (~around.below & <mask_t>-sup)
    cdef unsigned int neighbor
    cdef int i
    while new:
        i = lowest32(new)
        new &= new - 1
        neighbor = cell + f.offsets[i]
        push(f, neighbor, levels[neighbor], (sides >> i) << 31)


cdef inline void run_lines(
    Flood* f, const level_t* levels, unsigned int cell, const Surroundings* around, int level, int sup,
) noexcept nogil:
    """Follow the lines of the cell's level that leave it between two neighbours on either side."""
    cdef mask_t above = around.above & around.open & ~around.popped, below = around.below & around.open & ~around.popped
    cdef mask_t cracks = (above & before(below)) | (below & before(above))
    cdef int i, is_high
    if cracks:
        cracks &= ~pair_cracks(around.flags)
    while cracks:
        i = lowest32(cracks)
        cracks &= cracks - 1
        is_high = above >> i & 1
        run_all(
            f, levels, cell + f.offsets[(i + is_high) & 7], ((i & 6) + 3 + 4 * is_high) & 7, i | 1,
            level, level, <unsigned int>sup << 31,
        )


cdef inline void run_all(
    Flood* f, const level_t* levels, int low, int across, int step, int below, int above, unsigned int side,
) noexcept nogil:
    """Follow a level line, given as in `run`, and all those that branch off from it."""
    cdef const int* branch
    run(f, levels, low, across, step, below, above, side)
    while f.pending.length:
        f.pending.length -= 3
        branch = f.pending.items + f.pending.length
        run(f, levels, branch[0], branch[1], branch[2], below, above, side)


cdef inline int flood(Flood* f, const level_t* levels, Py_ssize_t level) except -1 nogil:
    """Pop all cells, from the waiting level nearest to the given one on."""
    cdef unsigned int waiting, cell, first
    cdef unsigned int* cells = f.queue.cells
    cdef int* top = f.queue.top
    cdef int place, base
    cdef Surroundings around
    while True:
        level = nearest_waiting(&f.queue, level)
        if level < 0:
            return 0
        first = SUP
        base = f.queue.base[level]
        while top[level] > base:
            place = top[level] - 1
            top[level] = place
            if place >= base + 6:
                cell = cells[place - 6] & ~SUP
                prefetch(f.flags, cell - f.width)
                prefetch(f.flags, cell)
                prefetch(f.flags, cell + f.width)
                prefetch(f.above, cell)
                prefetch(f.below, cell)
                prefetch(f.saddles, cell)
            waiting = cells[place]
            cell = waiting & ~SUP
            look_around(f, cell, &around)
            f.flags[cell] |= POPPED
            f.order[f.n_popped] = cell | first
            f.joined[f.n_popped] = <unsigned char>join_mask(f, &around, waiting >> 31)
            f.n_popped += 1
            act_on_signals(f.n_popped)
            first = 0
            push_neighbors(f, levels, cell, &around, waiting >> 31)
            run_lines(f, levels, cell, &around, <int>level, waiting >> 31)
        mark_empty(&f.queue, <unsigned int>level)

"""Level lines of the bilinear image between pixel centres, at many levels at once, and how they are nested.

Pixels are entries of a padded array, counted row by row: `width` entries a row, with a frame of one entry all round whose
rank is -1. The rank of a pixel is the number of levels below its value; it is *high* at level k if its rank exceeds k.

Two neighbours whose ranks differ have *crossings* between them, one for each level from the smaller rank up to the
larger one, without the latter. They are numbered side by side: those between p and p + 1 from first[p, 0] on, those
between p and p + width from first[p, 1] on. Each belongs to one line and is one of its points.
"""

from libc.math cimport INFINITY, fmin
from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc

from shared._interrupt cimport act_on_signals
from shared._union_find cimport find


def number_crossings(
    const double[::1] values, int width, const double[::1] levels, int[::1] rank, int[:, ::1] first,
    unsigned char[::1] crossed, int64_t most,
):
    """Fill ranks, and first; returns the number of crossings, or -1 if there are more than `most`, which fits an int.

    Levels increase; rank is -1 on the frame. crossed[row] becomes False only where all pixels of that row of the padded
    array, and of the next row of pixels, have the same rank; first is not filled there.
    """
    cdef int n_rows = <int>(rank.shape[0] // width), n_levels = <int>levels.shape[0], row, p, q, side, k = 0
    cdef int64_t total = 0
    cdef bint varies
    with nogil:
        for row in range(1, n_rows - 1):
            varies = False
            for p in range(row * width + 1, row * width + width - 1):
                while k < n_levels and levels[k] < values[p]:  # on from the rank of the pixel before, which is near
                    k += 1
                    varies = True
                while k > 0 and levels[k - 1] >= values[p]:
                    k -= 1
                    varies = True
                rank[p] = k
            crossed[row] = varies  # or has another rank than the last pixel of the row above
            if varies and row > 1:
                crossed[row - 1] = True
        for row in range(1, n_rows - 1):
            if not crossed[row]:
                continue
            for p in range(row * width + 1, row * width + width - 1):
                act_on_signals(p)
                for side in range(2):
                    q = p + (width if side else 1)
                    first[p, side] = <int>total
                    if rank[q] >= 0:
                        total += abs(rank[p] - rank[q])
                    if total > most:
                        with gil:
                            return -1
    return total


cdef struct Lines:  # what drawing needs, and fills
    const double* values
    const double* levels
    const double* steepness
    const int* rank
    const int* first
    int width
    int[4] step  # to the pixel in the east, south, west and north
    int* line
    double* points
    int64_t* start
    int* level
    unsigned char* closed
    double* contrast
    int n_lines


cdef int draw(Lines* lines, int k, int high, int way) except -1 nogil:
    """Add a line of level k from the crossing that leads `way` with the pixel `high` on its right hand.

    It ends at the frame, or where it is back at its first crossing.
    """
    cdef int n = lines.n_lines, low = high + lines.step[(way + 3) & 3], corner, ahead, crossing
    cdef int64_t n_points = lines.start[n]
    cdef double level = lines.levels[k], least = INFINITY, share
    cdef bint closed = False, stays_high, stays_low
    while True:
        corner = high if high < low else low
        crossing = lines.first[2 * corner + (1 - (way & 1))] + k - lines.rank[low]
        if lines.line[crossing] >= 0:
            closed = True  # and ends with its first point
            lines.points[2 * n_points] = lines.points[2 * lines.start[n]]
            lines.points[2 * n_points + 1] = lines.points[2 * lines.start[n] + 1]
            n_points += 1
            break
        lines.line[crossing] = n
        # Always from the upper or left one of the two: the lines of the negative are the same to the last bit.
        share = (level - lines.values[corner]) / (lines.values[high + low - corner] - lines.values[corner])
        lines.points[2 * n_points] = corner // lines.width - 1 + (0 if way & 1 else share)
        lines.points[2 * n_points + 1] = corner % lines.width - 1 + (share if way & 1 else 0)
        n_points += 1
        act_on_signals(n_points)
        ahead = lines.step[way]
        if lines.rank[high + ahead] < 0:
            break
        if lines.steepness != NULL:
            least = fmin(least, lines.steepness[min(min(high, low), min(high, low) + ahead)])
        stays_high, stays_low = lines.rank[high + ahead] > k, lines.rank[low + ahead] <= k
        if stays_high and stays_low:
            high += ahead
            low += ahead
        elif stays_high or (not stays_low and joined(lines.values, level, high, low, ahead)):
            high = low + ahead  # to the left, round the low pixel
            way = (way + 3) & 3
        else:
            low = high + ahead  # to the right, round the high pixel
            way = (way + 1) & 3
    lines.closed[n] = closed
    lines.level[n] = k
    if lines.steepness != NULL:
        lines.contrast[n] = least
    lines.n_lines = n + 1
    lines.start[n + 1] = n_points
    return 0


cdef inline bint joined(const double* values, double level, int high, int low, int ahead) noexcept nogil:
    """Whether the two high corners of a cell whose corners alternate are joined: the saddle exceeds the level.

    With corners a, b above c, d the saddle of the bilinear surface has the value (ad - bc) / (a + d - b - c); measured
    from the level, the two high corners make the denominator positive, and only the sign of the numerator counts.
    """
    return (values[high] - level) * (values[low + ahead] - level) > (values[low] - level) * (values[high + ahead] - level)


def draw_lines(
    const double[::1] values, int width, const double[::1] levels, const int[::1] rank, const int[:, ::1] first,
    const unsigned char[::1] crossed, const double[::1] steepness, int[::1] line, double[:, ::1] points, int64_t[::1] start, int[::1] level,
    unsigned char[::1] closed, double[::1] contrast,
):
    """Draw all lines, the open ones first, each with what is high on its right hand seen with y down.

    Returns their number n. Fills line, the line of each crossing (-1 before); points, in rows and columns of pixel
    centres, a closed line with its first point once more at its end; start[:n + 1], level[:n], closed[:n] and, if
    steepness is not empty, contrast[:n]: the least steepness of the cells that a line passes, a cell counted as its
    upper left pixel. There are at least two rows and columns of pixels. An open line has at least 2 crossings and a
    closed one 4: points has room for 5/4 of the crossings, start, level and the others for one half, and one more.
    """
    cdef int n_rows = <int>(rank.shape[0] // width), row, column, p
    cdef Lines lines
    start[0] = 0
    if line.shape[0] == 0:
        return 0
    lines.values, lines.levels, lines.rank, lines.first = &values[0], &levels[0], &rank[0], &first[0, 0]
    lines.steepness = &steepness[0] if steepness.shape[0] else NULL
    lines.width = width
    lines.step[0], lines.step[1], lines.step[2], lines.step[3] = 1, width, -1, -width
    lines.line, lines.points, lines.start, lines.level = &line[0], &points[0, 0], &start[0], &level[0]
    lines.closed, lines.contrast, lines.n_lines = &closed[0], &contrast[0], 0
    with nogil:
        for column in range(1, width - 2):  # lines that come in at the upper and the lower row
            enter(&lines, width + column, 1)
            enter(&lines, (n_rows - 2) * width + column + 1, 3)
        for row in range(1, n_rows - 2):  # at the left and the right column
            enter(&lines, (row + 1) * width + 1, 0)
            enter(&lines, row * width + width - 2, 2)
        for row in range(1, n_rows - 1):
            if not crossed[row]:
                continue
            for p in range(row * width + 1, row * width + width - 1):
                if rank[p] > rank[p + 1]:
                    enter(&lines, p, 1)
                elif rank[p] < rank[p + 1]:
                    enter(&lines, p + 1, 3)
                if rank[p] > rank[p + width]:
                    enter(&lines, p, 2)
                elif rank[p] < rank[p + width]:
                    enter(&lines, p + width, 0)
    return lines.n_lines


cdef int enter(Lines* lines, int high, int way) except -1 nogil:
    """Draw the lines that are not drawn yet and lead `way` with this pixel on their right hand."""
    cdef int low = high + lines.step[(way + 3) & 3], k, crossing
    if lines.rank[low] < 0:
        return 0
    crossing = lines.first[2 * min(high, low) + (1 - (way & 1))]
    for k in range(lines.rank[low], lines.rank[high]):
        if lines.line[crossing + k - lines.rank[low]] < 0:
            draw(lines, k, high, way)
    return 0


def nest(
    const int[::1] rank, int width, const int[:, ::1] first, const unsigned char[::1] crossed, const int[::1] line,
    int root, int[::1] parent, unsigned char[::1] low_inside, int[::1] n_inside, int[::1] order,
):
    """How the lines enclose each other, seen from the pixel `root`.

    Lines part the image into regions: classes of pixels and of the two sides of each line, which hang together along
    the way between neighbours. A line joins two regions; with all lines the regions are a tree. Fills for each line its
    parent (-1 if none encloses it), whether what it encloses is low where they meet, the number of pixels that it
    encloses, and order: the lines, each after its parent.
    """
    cdef int n = <int>parent.shape[0], n_pixels = <int>rank.shape[0]
    cdef int n_ids = n_pixels + 2 * n  # pixels, then the low and the high side of each line
    cdef int n_rows = n_pixels // width, row, p, q, side, k, r, via = -1, region, n_seen = 0, n_waiting = 1
    cdef int* link = <int*>malloc((2 * <int64_t>n_ids + 3 * <int64_t>n + 1) * sizeof(int))
    if link == NULL:
        raise MemoryError
    cdef const int* lines = &line[0] if n else NULL
    cdef int* head = link + n_ids  # the first side in each region, and then the next one
    cdef int* following = head + n_ids
    cdef int* waiting = following + 2 * n  # sides through which regions are entered
    try:
        with nogil:
            for p in range(n_pixels, n_ids):
                link[p], head[p] = p, -1
            # Neighbours in a row that have the same rank hang on the first of them; of a row that no line crosses only
            # the first pixel is looked at.
            for row in range(1, n_rows - 1):
                for p in range(row * width + 1, row * width + (width - 1 if crossed[row] else 2)):
                    link[p], head[p] = link[p - 1] if rank[p] == rank[p - 1] else p, -1
            for row in range(1, n_rows - 2):
                q = (row + 1) * width + 1
                if not crossed[row]:
                    unite(link, row * width + 1, q)
                    continue
                for p in range(row * width + 1, row * width + width - 1):
                    act_on_signals(p)
                    if rank[p + 1] >= 0 and rank[p + 1] != rank[p]:
                        hang_together(link, n_pixels, &rank[0], lines, p, p + 1, first[p, 0])
                    if not (rank[p] == rank[q] == rank[p - 1] == rank[q - 1]):
                        hang_together(link, n_pixels, &rank[0], lines, p, q, first[p, 1])
                    q += crossed[row + 1]
            for p in range((n_rows - 2) * width + 1, (n_rows - 1) * width - 2):  # the last row
                if rank[p] != rank[p + 1]:
                    hang_together(link, n_pixels, &rank[0], lines, p, p + 1, first[p, 0])
            for side in range(2 * n):
                region = find(link, n_pixels + side)
                following[side], head[region] = head[region], side
            # From the region of the root through all lines.
            waiting[0] = -1
            while n_waiting:
                n_waiting -= 1
                side = waiting[n_waiting]
                via = side >> 1  # -1 for the root
                region = find(link, root if side < 0 else n_pixels + side)
                side = head[region]
                while side >= 0:
                    r = side >> 1
                    if r != via:
                        parent[r], low_inside[r], order[n_seen] = via, side & 1, r
                        n_seen += 1
                        waiting[n_waiting] = side ^ 1
                        n_waiting += 1
                    side = following[side]
                head[region] = via  # now the line that encloses it
            for r in range(n):
                n_inside[r] = 0
            for row in range(1, n_rows - 1):
                for p in range(row * width + 1, row * width + width - 1):
                    if rank[p] != rank[p - 1]:
                        via = head[find(link, p)]
                    if via >= 0:
                        n_inside[via] += 1 if crossed[row] else width - 2
                    if not crossed[row]:
                        break
            for k in range(n - 1, -1, -1):
                if parent[order[k]] >= 0:
                    n_inside[parent[order[k]]] += n_inside[order[k]]
    finally:
        free(link)


cdef inline void hang_together(
    int* link, int n_pixels, const int* rank, const int* line, int low, int high, int crossing
) noexcept nogil:
    """Join what touches along the way from one pixel to the next, which lines cross from this crossing on."""
    cdef int k
    if rank[low] > rank[high]:
        low, high = high, low
    for k in range(crossing, crossing + rank[high] - rank[low]):
        unite(link, low, n_pixels + 2 * line[k])
        low = n_pixels + 2 * line[k] + 1
    unite(link, low, high)


cdef inline void unite(int* link, int x, int y) noexcept nogil:
    x, y = find(link, x), find(link, y)
    if x != y:
        link[x] = y

"""A plane image with a margin of one cell on each side, for which no neighbour of a cell needs a test."""

from libc.string cimport memset

from shared._types cimport level_t


cdef inline void copy_levels(
    const level_t[:, ::1] image, int flip, level_t* levels, Py_ssize_t width, int* start, int* place,
    Py_ssize_t n_levels,
) noexcept nogil:
    """Copy the image into its margin of zeros, and count the cells below each level, in `start` and again in `place`.

    Both have room for n_levels + 1 entries, `levels` for the rows of `width` cells of the image and of two more. With
    flip > 0, levels become flip - level.
    """
    cdef Py_ssize_t x, y, n = image.shape[1]
    cdef level_t* row
    memset(start, 0, (n_levels + 1) * sizeof(int))
    memset(place, 0, (n_levels + 1) * sizeof(int))
    memset(levels, 0, (image.shape[0] + 2) * width * sizeof(level_t))
    for y in range(image.shape[0]):
        row = levels + (y + 1) * width + 1
        for x in range(n):
            row[x] = <level_t>(flip - image[y, x]) if flip else image[y, x]
        for x in range(0, n - 1, 2):  # two histograms: equal neighbours do not wait for each other
            start[row[x] + 1] += 1
            place[row[x + 1] + 1] += 1
        if n & 1:
            start[row[n - 1] + 1] += 1
    for x in range(n_levels):
        start[x + 1] += start[x] + place[x + 1]
        place[x] = start[x]

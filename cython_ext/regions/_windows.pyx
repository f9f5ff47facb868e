"""Histograms of blocks of 2 x 2 pixels, gaussian windows over them, and their chi-square contrast across a line.

A strip of histograms is a C-contiguous array (rows, bins, columns), all columns of a bin side by side, so that every
inner loop runs along a row whatever the number of bins is. Columns are reflected, and repeated, at the frame here; rows
by the caller, who chooses which of them a strip holds. Sums are taken in the same order for each block, so results do not
depend on the strips; what lies on either side is added first, so that mirrored images have mirrored results.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from shared._interrupt cimport act_after


cdef inline Py_ssize_t reflected(Py_ssize_t x, Py_ssize_t n) noexcept nogil:
    """The place in [0, n) that x stands for, where the frame is a mirror between pixels: 1 0 | 0 1 2 | 2 1."""
    x = x % (2 * n)
    if x < 0:
        x += 2 * n
    return x if x < n else 2 * n - 1 - x


def histograms(const unsigned char[:, ::1] image, const float[:, ::1] table, const int[::1] rows, float[:, :, ::1] out):
    """Write into out (rows, bins, columns) the means over blocks of what `table` has for the values of their pixels.

    rows: which rows of blocks; a block at an odd end holds the pixels that there are.
    """
    cdef Py_ssize_t height = image.shape[0], width = image.shape[1], n_bins = table.shape[1], n = out.shape[2]
    cdef Py_ssize_t r, b, x, last = width // 2, steps = 0
    cdef const unsigned char *above
    cdef const unsigned char *below
    cdef const float *column
    cdef float *bin_
    with nogil:
        for r in range(rows.shape[0]):
            above = &image[2 * rows[r], 0]
            below = &image[min(2 * rows[r] + 1, <int>height - 1), 0]
            for b in range(n_bins):
                column = &table[0, b]
                bin_ = &out[r, b, 0]
                for x in range(last):
                    bin_[x] = 0.25 * (
                        (column[above[2 * x] * n_bins] + column[above[2 * x + 1] * n_bins])
                        + (column[below[2 * x] * n_bins] + column[below[2 * x + 1] * n_bins])
                    )
                if last < n:
                    bin_[last] = 0.5 * (column[above[2 * last] * n_bins] + column[below[2 * last] * n_bins])
            steps += n_bins * n
            act_after(&steps)


cdef void add_pairs(
    float *restrict out, const float *center, Py_ssize_t stride, const float *weight, Py_ssize_t radius, Py_ssize_t n,
) noexcept nogil:
    """out = weight[0] center + sum_k weight[k] (what lies k strides before + what lies k strides after)."""
    cdef Py_ssize_t k, x
    cdef float w = weight[0]
    cdef const float *before
    cdef const float *after
    for x in range(n):
        out[x] = w * center[x]
    for k in range(1, radius + 1):
        w = weight[k]
        before = center - k * stride
        after = center + k * stride
        for x in range(n):
            out[x] += w * (before[x] + after[x])


def smooth(const float[:, :, ::1] strip, const float[::1] weight, float[:, :, ::1] out):
    """Gaussian windows over the blocks: out has 2 radius rows less than the strip, without its ends.

    weight: (radius + 1,), of the middle and of what lies 1 to radius blocks away on one side.
    """
    cdef Py_ssize_t radius = weight.shape[0] - 1, n_bins = out.shape[1], n = out.shape[2], r, b, x, steps = 0
    cdef Py_ssize_t row = n_bins * n
    cdef float *line = <float *>malloc((n + 2 * radius) * sizeof(float))
    if line == NULL:
        raise MemoryError
    try:
        with nogil:
            for r in range(out.shape[0]):
                for b in range(n_bins):
                    add_pairs(line + radius, &strip[r + radius, b, 0], row, &weight[0], radius, n)
                    for x in range(radius):
                        line[radius - 1 - x] = line[radius + reflected(-1 - x, n)]
                        line[radius + n + x] = line[radius + reflected(n + x, n)]
                    add_pairs(&out[r, b, 0], line + radius, 1, &weight[0], radius, n)
                steps += row * radius
                act_after(&steps)
    finally:
        free(line)


cdef void add_terms(float *restrict out, const float *p, const float *q, Py_ssize_t n) noexcept nogil:
    """out += (p - q)^2 / (p + q); the tiny term stands in for the convention 0 / 0 = 0."""
    cdef Py_ssize_t x
    cdef float difference
    for x in range(n):
        difference = p[x] - q[x]
        out[x] += difference * difference / ((p[x] + q[x]) + <float>1e-6)


cdef void add_scaled(float *restrict out, const float *value, float weight, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        out[x] += weight * value[x]


cdef void fill_shifted(float *out, const float *value, Py_ssize_t by, Py_ssize_t n) noexcept nogil:
    """out[x] = value[x + by], the ends repeated."""
    cdef Py_ssize_t x
    for x in range(n):
        out[x] = value[min(max(x + by, 0), n - 1)]


def add_contrasts(
    const float[:, :, ::1] windows, const int[:, ::1] shifts, Py_ssize_t first, float weight, float[:, :, :] out
):
    """Add weight * chi2 between the windows on either side to out (angles, rows, columns).

    chi2 = 1/2 sum (u - v)^2 / (u + v) over the bins, u and v at the block plus and minus the shift (down, right) of the
    angle, at the ends the last windows. Row 0 of out is row `first` of the windows.
    """
    cdef Py_ssize_t n_rows = windows.shape[0], n_bins = windows.shape[1], n = windows.shape[2]
    cdef Py_ssize_t k, r, b, up, down, steps = 0
    cdef float *scratch = <float *>malloc(3 * n * sizeof(float))
    if scratch == NULL:
        raise MemoryError
    cdef float *total = scratch
    cdef float *p = scratch + n
    cdef float *q = scratch + 2 * n
    try:
        with nogil:
            for k in range(out.shape[0]):
                for r in range(out.shape[1]):
                    down = min(max(first + r + shifts[k, 0], 0), n_rows - 1)
                    up = min(max(first + r - shifts[k, 0], 0), n_rows - 1)
                    memset(total, 0, n * sizeof(float))
                    for b in range(n_bins):
                        fill_shifted(p, &windows[down, b, 0], shifts[k, 1], n)
                        fill_shifted(q, &windows[up, b, 0], -shifts[k, 1], n)
                        add_terms(total, p, q, n)
                    add_scaled(&out[k, r, 0], total, <float>0.5 * weight, n)
                    steps += n_bins * n
                    act_after(&steps)
    finally:
        free(scratch)

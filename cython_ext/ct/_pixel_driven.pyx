"""Back projection of filtered projections: each pixel looks up where the detector sees it.

A view is nine numbers: for indices x, y, z of a voxel u = (a + b x + c y) / w and v = (d + e z) / w + i, in bins, with
w = f + g x + h y > 0. Along a row of an image, and along a column of a volume, all of them are linear: the part that is
on the detector is found beforehand, and nothing is checked in the loops. Places are in double up to the first pixel of a
short run, and from there on in the type of the data, so rounding does not grow with the image.
"""

from libc.math cimport ceil, floor

from shared._instruction_sets cimport names_of_instruction_sets
from shared._interrupt cimport act_after
from shared._types cimport real

cdef extern from "_pixel_driven.h":
    void coarea_add_even_float(int, float *sums, const float *row, float first, float step, Py_ssize_t n) nogil
    void coarea_add_even_double(int, double *sums, const double *row, double first, double step, Py_ssize_t n) nogil
    void coarea_add_divergent_float(
        int, float *sums, const float *row, float a, float b, float f, float g, Py_ssize_t n,
    ) nogil
    void coarea_add_divergent_double(
        int, double *sums, const double *row, double a, double b, double f, double g, Py_ssize_t n,
    ) nogil
    void coarea_blend_float(
        int, float *out, const float *low, const float *high, float s, float weight, Py_ssize_t n,
    ) nogil
    void coarea_blend_double(
        int, double *out, const double *low, const double *high, double s, double weight, Py_ssize_t n,
    ) nogil

cdef enum:
    RUN = 64  # pixels
    ROWS = 16  # of an image that stay in the cache while all views pass
    DEEP_ROWS = 8  # of a volume, and how many columns of each
    COLUMNS = 16
    PIXELS_PER_STEP = 64  # a step of _interrupt takes longer than a pixel


cdef inline void where_not_negative(double t, double s, Py_ssize_t *lo, Py_ssize_t *hi) noexcept nogil:
    """Of lo <= x < hi those with t + s x >= 0."""
    if s > 0:
        lo[0] = <Py_ssize_t>min(max(ceil(-t / s), <double>lo[0]), <double>hi[0])
    elif s < 0:
        hi[0] = <Py_ssize_t>max(min(floor(t / -s) + 1, <double>hi[0]), <double>lo[0])
    elif t < 0:
        hi[0] = lo[0]


cdef void add_even(
    real *sums, const real *row, double first, double step, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    """Add to n sums what is at first + step x."""
    cdef Py_ssize_t i, x, m, base
    cdef double start
    for i in range((n + RUN - 1) // RUN):
        x = i * RUN
        m = min(n - x, <Py_ssize_t>RUN)
        start = first + step * x
        base = max(0, <Py_ssize_t>min(start, start + step * (m - 1)))
        if real is float:
            coarea_add_even_float(instruction_set, sums + x, row + base, <float>(start - base), <float>step, m)
        else:
            coarea_add_even_double(instruction_set, sums + x, row + base, start - base, step, m)


cdef void add_divergent(
    real *sums, const real *row, double a, double b, double f, double g, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    """Add to n sums what is at (a + b x) / w with w = f + g x, weighed by 1 / w^2."""
    cdef Py_ssize_t i, x, m, base
    cdef double a0, f0, numerator, slope
    for i in range((n + RUN - 1) // RUN):
        x = i * RUN
        m = min(n - x, <Py_ssize_t>RUN)
        a0 = a + b * x
        f0 = f + g * x
        base = max(0, <Py_ssize_t>min(a0 / f0, (a0 + b * (m - 1)) / (f0 + g * (m - 1))))
        numerator = a0 - base * f0
        slope = b - base * g
        if real is float:
            coarea_add_divergent_float(
                instruction_set, sums + x, row + base, <float>numerator, <float>slope, <float>f0, <float>g, m,
            )
        else:
            coarea_add_divergent_double(instruction_set, sums + x, row + base, numerator, slope, f0, g, m)


def instruction_sets():
    """Names of those that this machine runs, from the slowest; kernels take their places. All give the same bits."""
    return names_of_instruction_sets()


def back_project(
    const real[:, :, ::1] data, const double[:, ::1] views, bint divergent, real[:, :, ::1] volume,
    Py_ssize_t first, Py_ssize_t last, int instruction_set,
):
    """Add all views to the rows y of first..last - 1 of images, slice by slice.

    data : (view, slice, u), whose last column is 0
    views : (view, 9), d, e and i are not used
    divergent : whether w varies, and what a pixel finds is weighed by 1 / w^2
    volume : (slice, y, x)
    first, last : 0 <= first <= last <= the number of rows; threads own rows
    instruction_set : from 0, less than the number of `instruction_sets`

    Values are interpolated between bins; outside the detector they are 0.
    """
    cdef Py_ssize_t n_u = data.shape[2] - 1, nx = volume.shape[2], i, tile, z, view, y, lo, hi
    cdef Py_ssize_t steps = 0
    cdef double a, b, f, g
    with nogil:
        for i in range((last - first + ROWS - 1) // ROWS):
            tile = first + i * ROWS
            for z in range(volume.shape[0]):
                for view in range(data.shape[0]):
                    steps += ROWS * nx // PIXELS_PER_STEP + 1
                    act_after(&steps)
                    b = views[view, 1]
                    g = views[view, 6]
                    for y in range(tile, min(tile + ROWS, last)):
                        a = views[view, 0] + views[view, 2] * y
                        f = views[view, 5] + views[view, 7] * y
                        lo = 0
                        hi = nx
                        where_not_negative(a, b, &lo, &hi)
                        where_not_negative((n_u - 1) * f - a, (n_u - 1) * g - b, &lo, &hi)
                        if lo >= hi:
                            continue
                        if divergent:
                            add_divergent(
                                &volume[z, y, lo], &data[view, z, 0], a + b * lo, b, f + g * lo, g, hi - lo,
                                instruction_set,
                            )
                        else:
                            add_even(&volume[z, y, lo], &data[view, z, 0], a + b * lo, b, hi - lo, instruction_set)


def back_project_cone(
    const real[:, :, ::1] data, const double[:, ::1] views, real[:, :, ::1] volume, real[::1] scratch,
    Py_ssize_t first, Py_ssize_t last, int instruction_set,
):
    """Add all views to the rows y of first..last - 1 of a volume, weighed by 1 / w^2.

    data : (view, u, v), whose last column and last row are 0
    views : (view, 9), with e > 0
    volume : (y, x, z)
    scratch : a number for each row of the data; not shared by threads
    first, last, instruction_set : as for `back_project`

    A column of voxels is seen in one column of the detector: two of its columns are interpolated once for all of them.
    """
    cdef Py_ssize_t n_u = data.shape[1] - 1, n_v = data.shape[2] - 1, nx = volume.shape[1], nz = volume.shape[2]
    cdef Py_ssize_t i, j, row, column, view, y, x, k, lo, hi, bottom, top, steps = 0
    cdef double inverse, u, v, rise
    with nogil:
        for i in range((last - first + DEEP_ROWS - 1) // DEEP_ROWS):
            row = first + i * DEEP_ROWS
            for j in range((nx + COLUMNS - 1) // COLUMNS):
                column = j * COLUMNS
                for view in range(data.shape[0]):
                    steps += DEEP_ROWS * COLUMNS * nz // PIXELS_PER_STEP + 1
                    act_after(&steps)
                    for y in range(row, min(row + DEEP_ROWS, last)):
                        for x in range(column, min(column + COLUMNS, nx)):
                            inverse = 1 / (views[view, 5] + views[view, 6] * x + views[view, 7] * y)
                            u = (views[view, 0] + views[view, 1] * x + views[view, 2] * y) * inverse
                            if not 0 <= u <= n_u - 1:
                                continue
                            v = views[view, 3] * inverse + views[view, 8]
                            rise = views[view, 4] * inverse
                            lo = 0
                            hi = nz
                            where_not_negative(v, rise, &lo, &hi)
                            where_not_negative(n_v - 1 - v, -rise, &lo, &hi)
                            if lo >= hi:
                                continue
                            k = <Py_ssize_t>u
                            v += rise * lo
                            bottom = max(0, <Py_ssize_t>v)
                            top = min(n_v + 1, <Py_ssize_t>(v + rise * (hi - 1 - lo)) + 3)
                            if real is float:
                                coarea_blend_float(
                                    instruction_set, &scratch[bottom], &data[view, k, bottom], &data[view, k + 1, bottom],
                                    <float>(u - k), <float>(inverse * inverse), top - bottom,
                                )
                            else:
                                coarea_blend_double(
                                    instruction_set, &scratch[bottom], &data[view, k, bottom], &data[view, k + 1, bottom],
                                    u - k, inverse * inverse, top - bottom,
                                )
                            add_even(&volume[y, x, lo], &scratch[0], v, rise, hi - lo, instruction_set)

"""Joseph's line integrals through a volume for rays in any direction, and their adjoint.

A ray crosses every slice of the volume across its main axis, x, y or z, between four voxels whose values are
interpolated. The volume lies in a frame of zeros, two voxels before and two or more after its own along each axis, so
nothing is checked here. Coordinates are x, y, z in voxels, the first voxel at 1. Places along a ray are start + slope *
slice in integers, so they are the same wherever a loop begins.
"""

from libc.math cimport ceil, fabs, floor, sqrt

from ct._fixed_point cimport fixed, fraction, to_fixed, whole
from shared._types cimport real

cdef struct Line:
    Py_ssize_t main  # the axis whose slices are crossed
    Py_ssize_t lo, hi  # slices, from lo on and before hi
    Py_ssize_t stride, stride_a, stride_b  # from slice to slice, and along the other two axes
    fixed a, b, slope_a, slope_b  # places in slice 0, and the steps from slice to slice
    double length  # way from slice to slice


cdef inline void narrow(double start, double slope, Py_ssize_t width, Py_ssize_t *lo, Py_ssize_t *hi) noexcept nogil:
    """Leave the slices in which 0 < start + slope * slice < width + 1."""
    cdef double one, other
    if slope == 0:
        if not 0 < start < width + 1:
            hi[0] = lo[0]
        return
    one, other = -start / slope, (width + 1 - start) / slope
    lo[0] = <Py_ssize_t>min(max(ceil(min(one, other)), <double>lo[0]), <double>hi[0])
    hi[0] = <Py_ssize_t>max(min(floor(max(one, other)) + 1, <double>hi[0]), <double>lo[0])


cdef inline void find(
    Line *line, const double *point, const double *way, const double *point_step, const double *way_step, double row,
    const double *spacing, const Py_ssize_t *size, const Py_ssize_t *stride,
) noexcept nogil:
    """The line to a row of the detector."""
    cdef double p[3]
    cdef double w[3]
    cdef double slope_a, slope_b, start_a, start_b, square = 0
    cdef Py_ssize_t axis, main, a, b
    for axis in range(3):
        p[axis] = point[axis] + row * point_step[axis]
        w[axis] = way[axis] + row * way_step[axis]
        square += (w[axis] * spacing[axis]) * (w[axis] * spacing[axis])
    main = 1 if fabs(w[1]) >= fabs(w[0]) else 0
    if fabs(w[2]) > fabs(w[main]):
        main = 2
    a, b = 0 if main > 0 else 1, 2 if main < 2 else 1
    slope_a, slope_b = w[a] / w[main], w[b] / w[main]
    start_a, start_b = p[a] + slope_a * (1 - p[main]), p[b] + slope_b * (1 - p[main])
    line.main, line.lo, line.hi = main, 0, size[main]
    narrow(start_a, slope_a, size[a], &line.lo, &line.hi)
    narrow(start_b, slope_b, size[b], &line.lo, &line.hi)
    if line.lo >= line.hi:  # its start may be too far away for integers
        return
    line.stride, line.stride_a, line.stride_b = stride[main], stride[a], stride[b]
    line.a, line.slope_a, line.b, line.slope_b = to_fixed(start_a), to_fixed(slope_a), to_fixed(start_b), to_fixed(slope_b)
    line.length = sqrt(square) / fabs(w[main])


cdef inline real sample(const real *volume, const Line *line) noexcept nogil:
    """Sum of interpolated values; `volume` is one before the first voxel along each axis."""
    cdef real total = 0, weight_a, weight_b, lower, upper
    cdef fixed a = line.a + line.lo * line.slope_a, b = line.b + line.lo * line.slope_b
    cdef const real *voxels
    cdef Py_ssize_t r
    for r in range(line.lo, line.hi):
        voxels = volume + (r + 1) * line.stride + whole(a) * line.stride_a + whole(b) * line.stride_b
        fraction(a, &weight_a)
        fraction(b, &weight_b)
        lower = voxels[0] + weight_a * (voxels[line.stride_a] - voxels[0])
        voxels += line.stride_b
        upper = voxels[0] + weight_a * (voxels[line.stride_a] - voxels[0])
        total += lower + weight_b * (upper - lower)
        a += line.slope_a
        b += line.slope_b
    return total


cdef inline void spread(real *volume, const Line *line, Py_ssize_t lo, Py_ssize_t hi, real value) noexcept nogil:
    """The transpose of `sample`, for some of the slices."""
    cdef real weight_a, weight_b, lower, upper
    cdef fixed a = line.a + lo * line.slope_a, b = line.b + lo * line.slope_b
    cdef real *voxels
    cdef Py_ssize_t r
    for r in range(lo, hi):
        voxels = volume + (r + 1) * line.stride + whole(a) * line.stride_a + whole(b) * line.stride_b
        fraction(a, &weight_a)
        fraction(b, &weight_b)
        upper = weight_b * value
        lower = value - upper
        voxels[0] += lower - weight_a * lower
        voxels[line.stride_a] += weight_a * lower
        voxels += line.stride_b
        voxels[0] += upper - weight_a * upper
        voxels[line.stride_a] += weight_a * upper
        a += line.slope_a
        b += line.slope_b


def project(
    const real[:, :, ::1] volume, const Py_ssize_t[::1] size, const double[:, :, ::1] points,
    const double[:, :, ::1] ways, const double[:, ::1] point_steps, const double[:, ::1] way_steps,
    const double[::1] spacing, real[:, :, ::1] out, Py_ssize_t first, Py_ssize_t last,
):
    """Line integrals along the rays to some of the rows of the detector, those of all views counted on.

    volume : (z, y, x) in its frame of zeros
    size : numbers of its voxels along x, y and z without the frame
    points, ways : (view, u, [x, y, z]), a point on each ray to row 0, and its direction, not 0
    point_steps, way_steps : (view, [x, y, z]), what is added to them from row to row
    spacing : size of the voxels along x, y and z
    out : (view, v, u), of which the rows first..last - 1 of all views are written, whatever they held
    first, last : 0 <= first <= last <= number of views times rows; threads own rows
    """
    cdef Py_ssize_t n_rows = out.shape[1], index, view, row, u
    cdef Py_ssize_t *stride = [1, volume.shape[2], volume.shape[1] * volume.shape[2]]
    cdef Line line
    with nogil:
        for index in range(first, last):
            view, row = index // n_rows, index % n_rows
            for u in range(out.shape[2]):
                find(
                    &line, &points[view, u, 0], &ways[view, u, 0], &point_steps[view, 0], &way_steps[view, 0], row,
                    &spacing[0], &size[0], stride,
                )
                out[view, row, u] = 0
                if line.lo < line.hi:
                    out[view, row, u] = sample(&volume[1, 1, 1], &line) * <real>line.length


def back_project(
    const real[:, :, ::1] data, const Py_ssize_t[::1] size, const double[:, :, ::1] points,
    const double[:, :, ::1] ways, const double[:, ::1] point_steps, const double[:, ::1] way_steps,
    const double[::1] spacing, Py_ssize_t axis, real[:, :, ::1] volume, Py_ssize_t first, Py_ssize_t last,
):
    """Add to some slices of a volume what the rays bring whose main axis is the one across these slices.

    data : (view, v, u), what the rays carry
    axis : 0, 1 or 2 for the slices across x, y or z
    volume : (z, y, x) in a frame as `project` takes it
    first, last : 0 <= first <= last <= size[axis]; threads own slices
    All else is as for `project`. No slice outside of first..last - 1 is written, so threads write nothing twice, and
    each voxel sums over the rays in one order. What falls into the frame is not wanted.
    """
    cdef Py_ssize_t view, row, u, lo, hi
    cdef Py_ssize_t *stride = [1, volume.shape[2], volume.shape[1] * volume.shape[2]]
    cdef Line line
    with nogil:
        for view in range(data.shape[0]):
            for row in range(data.shape[1]):
                for u in range(data.shape[2]):
                    find(
                        &line, &points[view, u, 0], &ways[view, u, 0], &point_steps[view, 0], &way_steps[view, 0], row,
                        &spacing[0], &size[0], stride,
                    )
                    lo, hi = max(line.lo, first), min(line.hi, last)
                    if line.main == axis and lo < hi:
                        spread(&volume[1, 1, 1], &line, lo, hi, data[view, row, u] * <real>line.length)

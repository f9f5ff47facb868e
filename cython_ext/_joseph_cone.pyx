"""Joseph's line integrals through a volume for rays of a cone beam, a detector column at a time, and their adjoint.

All rays of a column lie in one plane parallel to z. This plane crosses the rows of the volume as a ray crosses those
of an image (see _joseph), so in each row two columns of voxels are interpolated once for all rays; each ray then takes
its value from two of their voxels. At row r the ray of detector row j is at height z0 + magnified * (bottom + j * step)
with magnified = near + far * r, all in voxels. Volumes are in the order (row, column, z), with a frame of zeros: two
voxels before and two after, in columns and in z; z0 counts one of those before.
"""

from _fixed_point cimport fixed, fraction, real, to_fixed, whole
from libc.math cimport ceil, floor, sqrt


cdef void blend(
    real *restrict out, const real *restrict a, const real *restrict b, real weight, Py_ssize_t n,
) noexcept nogil:
    cdef Py_ssize_t z
    for z in range(n):
        out[z] = a[z] + weight * (b[z] - a[z])


cdef void add_blend(
    real *restrict a, real *restrict b, const real *restrict value, real weight, Py_ssize_t n,
) noexcept nogil:
    """The transpose of `blend`."""
    cdef Py_ssize_t z
    for z in range(n):
        a[z] += value[z] - weight * value[z]
        b[z] += weight * value[z]


cdef void gather(real *sums, const real *values, double height, double rise, Py_ssize_t n) noexcept nogil:
    """Add to n sums the values at equally spaced heights."""
    cdef fixed place = to_fixed(height), step = to_fixed(rise)
    cdef Py_ssize_t j, k
    cdef real weight
    for j in range(n):
        k = whole(place)
        fraction(place, &weight)
        sums[j] += values[k] + weight * (values[k + 1] - values[k])
        place += step


cdef void scatter(real *values, const real *data, double height, double rise, Py_ssize_t n) noexcept nogil:
    """The transpose of `gather`."""
    cdef fixed place = to_fixed(height), step = to_fixed(rise)
    cdef Py_ssize_t j, k
    cdef real weight
    for j in range(n):
        k = whole(place)
        fraction(place, &weight)
        values[k] += data[j] - weight * data[j]
        values[k + 1] += weight * data[j]
        place += step


cdef inline void rows_inside(
    double height, double step, Py_ssize_t nz, Py_ssize_t n_rows, Py_ssize_t *lo, Py_ssize_t *hi,
) noexcept nogil:
    """Detector rows j with 0 < height + step * j < nz + 1; step is positive."""
    lo[0] = <Py_ssize_t>min(max(ceil(-height / step), 0.0), <double>n_rows)
    hi[0] = <Py_ssize_t>min(max(floor((nz + 1 - height) / step) + 1, 0.0), <double>n_rows)


def project(
    const real[:, :, ::1] volume, const real[:, :, ::1] transposed, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, const double[:, :] near, const double[:, :] far,
    double z0, double bottom, double step, double voxel_height, real[:, :, ::1] out, real[::1] scratch,
    Py_ssize_t first, Py_ssize_t last,
):
    """Line integrals of the views first..last - 1, in the order (view, column, row). `scratch` holds a column in z."""
    cdef Py_ssize_t depth = volume.shape[2], nz = depth - 4, n_rows = out.shape[2], view, u, r, k, j, a, b, width
    cdef double column, height, rise, slant
    cdef real *sums
    cdef real *values = &scratch[0]
    cdef const real *voxels
    with nogil:
        for view in range(first, last):
            for u in range(out.shape[1]):
                sums = &out[view, u, 0]
                for j in range(n_rows):
                    sums[j] = 0
                voxels = &volume[0, 1, 1] if steep[view, u] else &transposed[0, 1, 1]
                width = volume.shape[1] if steep[view, u] else transposed.shape[1]
                for r in range(lo[view, u], hi[view, u]):
                    column = start[view, u] + slope[view, u] * r
                    k = <Py_ssize_t>column
                    height = z0 + (near[view, u] + far[view, u] * r) * bottom
                    rise = (near[view, u] + far[view, u] * r) * step
                    rows_inside(height, rise, nz, n_rows, &a, &b)
                    blend(
                        values, voxels + (r * width + k) * depth, voxels + (r * width + k + 1) * depth,
                        <real>(column - k), depth - 1,
                    )
                    gather(sums + a, values, height + rise * a, rise, b - a)
                for j in range(n_rows):
                    slant = far[view, u] * (bottom + step * j) * voxel_height
                    sums[j] *= <real>sqrt(length[view, u] * length[view, u] + slant * slant)


def back_project(
    const real[:, :, ::1] data, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, const double[:, :] near, const double[:, :] far,
    double z0, double bottom, double step, double voxel_height, bint is_steep, real[:, :, ::1] volume,
    real[::1] scratch, Py_ssize_t first, Py_ssize_t last,
):
    """Add to the rows first..last - 1 of a volume what the steep rays bring, or to a transposed one what others do.

    `scratch` holds a column in z and one of the detector.
    """
    cdef Py_ssize_t depth = volume.shape[2], nz = depth - 4, n_rows = data.shape[2], width = volume.shape[1]
    cdef Py_ssize_t view, u, r, k, j, z, a, b
    cdef double column, height, rise, slant
    cdef real *values = &scratch[0]
    cdef real *scaled = &scratch[depth]
    cdef real *voxels = &volume[0, 1, 1]
    with nogil:
        for view in range(data.shape[0]):
            for u in range(data.shape[1]):
                if steep[view, u] != is_steep or max(lo[view, u], first) >= min(hi[view, u], last):
                    continue
                for j in range(n_rows):
                    slant = far[view, u] * (bottom + step * j) * voxel_height
                    scaled[j] = data[view, u, j] * <real>sqrt(length[view, u] * length[view, u] + slant * slant)
                for r in range(max(lo[view, u], first), min(hi[view, u], last)):
                    height = z0 + (near[view, u] + far[view, u] * r) * bottom
                    rise = (near[view, u] + far[view, u] * r) * step
                    rows_inside(height, rise, nz, n_rows, &a, &b)
                    for z in range(depth - 1):
                        values[z] = 0
                    scatter(values, scaled + a, height + rise * a, rise, b - a)
                    column = start[view, u] + slope[view, u] * r
                    k = <Py_ssize_t>column
                    add_blend(
                        voxels + (r * width + k) * depth, voxels + (r * width + k + 1) * depth, values,
                        <real>(column - k), depth - 1,
                    )

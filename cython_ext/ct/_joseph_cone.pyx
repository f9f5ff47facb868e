"""Joseph's line integrals through a volume for rays of a cone beam, a detector column at a time, and their adjoint.

All rays of a column lie in one plane parallel to z. This plane crosses the rows of the volume as a ray crosses those
of an image (see _joseph), so in each row two columns of voxels are interpolated once for all rays; each ray then takes
its value from two of their voxels. At row r, a part magnified = near + far * r of the way from its point, the ray of
detector row j is at height z0 + magnified * (bottom + j * step), or of parallel rays at z0 + magnified * bottom + j *
step, all in voxels. Volumes are in the order (row, column, z), with a frame of zeros: two
voxels before and two after, in columns and in z; z0 counts one of those before.
"""

from libc.math cimport ceil, floor, sqrt
from libc.string cimport memset

from ct._fixed_point cimport fixed, fraction, to_fixed, whole
from shared._instruction_sets cimport names_of_instruction_sets
from shared._types cimport real

cdef extern from "_cone.h":
    void coarea_blend(int, float *out, const float *a, const float *b, float weight, Py_ssize_t n) nogil
    void coarea_add_blend(
        int, float *a, float *b, const float *pairs, float weight, Py_ssize_t n,
    ) nogil
    Py_ssize_t coarea_gather(int, float *sums, const float *values, fixed place, fixed step, Py_ssize_t n) nogil
    Py_ssize_t coarea_scatter(
        int, float *pairs, float *second, Py_ssize_t n_pairs, const float *data, fixed place, fixed step, Py_ssize_t n,
    ) nogil


cdef enum:
    CUBE = 16
    TILE = 8  # rows that stay in the cache while all rays pass


cdef void blend(
    real *restrict out, const real *restrict a, const real *restrict b, real weight, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    cdef Py_ssize_t z
    if real is float:
        coarea_blend(instruction_set, out, a, b, weight, n)
        return
    for z in range(n):
        out[z] = a[z] + weight * (b[z] - a[z])


cdef void add_blend(
    real *restrict a, real *restrict b, const real *restrict pairs, real weight, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    """The transpose of `blend`, of the sums of the pairs that `scatter` makes."""
    cdef Py_ssize_t z
    cdef real value
    if real is float:
        coarea_add_blend(instruction_set, a, b, pairs, weight, n)
        return
    for z in range(n):
        value = pairs[2 * z] + pairs[2 * z + 1]
        a[z] += value - weight * value
        b[z] += weight * value


cdef void gather(
    real *sums, const real *values, double height, double rise, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    """Add to n sums the values at equally spaced heights."""
    cdef fixed place = to_fixed(height), step = to_fixed(rise)
    cdef Py_ssize_t j, k, done = 0
    cdef real weight
    if real is float:
        done = coarea_gather(instruction_set, sums, values, place, step, n)
        place += done * step
    for j in range(done, n):
        k = whole(place)
        fraction(place, &weight)
        sums[j] += values[k] + weight * (values[k + 1] - values[k])
        place += step


cdef void scatter(
    real *restrict pairs, real *restrict second, Py_ssize_t n_pairs, const real *restrict data, double height,
    double rise, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    """The transpose of `gather`, in two numbers for each voxel, zeros before: from above it and from below.

    What a ray brings to two voxels then lies side by side, and an addition need not wait for the one before. `second`
    holds as many zeros, before and after.
    """
    cdef fixed place = to_fixed(height), step = to_fixed(rise)
    cdef Py_ssize_t j, k, done = 0
    cdef real weight
    if real is float:
        done = coarea_scatter(instruction_set, pairs, second, n_pairs, data, place, step, n)
        place += done * step
    for j in range(done, n):
        k = whole(place)
        fraction(place, &weight)
        pairs[2 * k + 1] += data[j] - weight * data[j]
        pairs[2 * k + 2] += weight * data[j]
        place += step


cdef inline void rows_inside(
    double height, double step, Py_ssize_t nz, Py_ssize_t n_rows, Py_ssize_t *lo, Py_ssize_t *hi,
) noexcept nogil:
    """Detector rows j with 0 < height + step * j < nz + 1; downwards they end above 0, where integers stay positive.

    Of a row 0 that is thousands of voxels away the division is not exact enough for that, hence the look at the ends.
    """
    cdef double below = -height, above = nz + 1 - height
    if step < 0:
        below, above = above, 1e-9 - height
    lo[0] = <Py_ssize_t>min(max(ceil(below / step), 0.0), <double>n_rows)
    hi[0] = <Py_ssize_t>min(max(floor(above / step) + 1, 0.0), <double>n_rows)
    if lo[0] < hi[0] and height + step * lo[0] < 0:
        lo[0] += 1
    if lo[0] < hi[0] and height + step * (hi[0] - 1) < 0:
        hi[0] -= 1


def instruction_sets():
    """Names of those that this machine runs, from the slowest; kernels take their places. All give the same bits."""
    return names_of_instruction_sets()


def turn(
    const real[:, :, :] source, real[:, :, :] target, bint added, Py_ssize_t first, Py_ssize_t last,
):
    """Copy the planes first..last - 1 of axis 0, or add them, in cubes: axes that lie otherwise in memory stay near."""
    cdef Py_ssize_t n1 = source.shape[1], n2 = source.shape[2], b0, b1, b2, i, j, k
    with nogil:
        for b0 in range((last - first + CUBE - 1) // CUBE):
            for b1 in range((n1 + CUBE - 1) // CUBE):
                for b2 in range((n2 + CUBE - 1) // CUBE):
                    for i in range(first + b0 * CUBE, min(first + (b0 + 1) * CUBE, last)):
                        for j in range(b1 * CUBE, min((b1 + 1) * CUBE, n1)):
                            for k in range(b2 * CUBE, min((b2 + 1) * CUBE, n2)):
                                if added:
                                    target[i, j, k] += source[i, j, k]
                                else:
                                    target[i, j, k] = source[i, j, k]


def project(
    const real[:, :, :] volume, const real[:, :, :] transposed, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, const double[:, :] near, const double[:, :] far,
    const double[:, :] z0, const double[:, :] bottom, const double[:] step, double voxel_height, bint is_divergent,
    real[:, :, ::1] out, real[::1] scratch, Py_ssize_t first, Py_ssize_t last, int instruction_set,
):
    """Line integrals of some of the views.

    volume, transposed : (y, x, z) and (x, y, z), in frames of zeros: two before and two or more after in the second
        axis, two and two in z, of the same depth; without gaps in z, so one array may serve as both
    steep : (view, u), whether the rays of a column cross the rows of the volume, or those of the transposed one
    start, slope : (view, u); the rays cross row r at column start + slope * r, which counts from 1
    length : (view, u), their way from row to row, seen from above
    lo, hi : (view, u), they are followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows
    near, far : (view, u), with which near + far * r is the part of the way to the detector, > 0 for lo <= r < hi if the
        rays are divergent
    z0 : (view, u), height of the point on the ray to detector row 0 in voxels, which counts from 1
    bottom : (view, u), how far the way to detector row 0 rises, in voxels
    step : (view,), distance of the rows in voxels, not 0
    voxel_height : in the unit of `length`
    is_divergent : whether the rows are steps of the ways' ends, the point being the source of all; or of parallel rays
    out : (view, column, row), of the views first..last - 1 it is written, whatever it held
    scratch : one number for each voxel of a column in z with its frame; not shared by threads
    first, last : 0 <= first <= last <= the number of views; threads own views
    instruction_set : from 1 to n_instruction_sets()

    For lo <= r < hi, 0 <= start + slope * r <= n + 1 with n columns of the volume: both columns of voxels beside are
    in the frame. Of each row the detector rows are taken whose rays meet it, 0 < height < nz + 1 (`rows_inside`).
    """
    cdef Py_ssize_t depth = volume.shape[2], nz = depth - 4, n_rows = out.shape[2], view, u, r, k, j, a, b, i
    cdef Py_ssize_t n_tiles = (max(volume.shape[0], transposed.shape[0]) + TILE - 1) // TILE
    cdef Py_ssize_t along, across  # to the next row, and to the next column
    cdef double column, magnified, height, rise, slant
    cdef real *sums
    cdef real *values = &scratch[0]
    cdef const real *voxels
    with nogil:
        if first < last:
            memset(&out[first, 0, 0], 0, (last - first) * out.shape[1] * n_rows * sizeof(real))
        for i in range(n_tiles):
            for view in range(first, last):
                for u in range(out.shape[1]):
                    sums = &out[view, u, 0]
                    voxels = &volume[0, 1, 1] if steep[view, u] else &transposed[0, 1, 1]
                    along = volume.strides[0] if steep[view, u] else transposed.strides[0]
                    across = volume.strides[1] if steep[view, u] else transposed.strides[1]
                    along //= <Py_ssize_t>sizeof(real)
                    across //= <Py_ssize_t>sizeof(real)
                    for r in range(max(lo[view, u], i * TILE), min(hi[view, u], (i + 1) * TILE)):
                        column = start[view, u] + slope[view, u] * r
                        k = <Py_ssize_t>column
                        magnified = near[view, u] + far[view, u] * r
                        height = z0[view, u] + magnified * bottom[view, u]
                        rise = magnified * step[view] if is_divergent else step[view]
                        rows_inside(height, rise, nz, n_rows, &a, &b)
                        blend(
                            values, voxels + r * along + k * across, voxels + r * along + (k + 1) * across,
                            <real>(column - k), depth - 1, instruction_set,
                        )
                        gather(sums + a, values, height + rise * a, rise, b - a, instruction_set)
        for view in range(first, last):
            for u in range(out.shape[1]):
                for j in range(n_rows):
                    slant = far[view, u] * (bottom[view, u] + (step[view] * j if is_divergent else 0)) * voxel_height
                    out[view, u, j] *= <real>sqrt(length[view, u] * length[view, u] + slant * slant)


def back_project(
    const real[:, :, ::1] data, const unsigned char[:, :] steep,
    const double[:, :] start, const double[:, :] slope, const double[:, :] length,
    const int[:, :] lo, const int[:, :] hi, const double[:, :] near, const double[:, :] far,
    const double[:, :] z0, const double[:, :] bottom, const double[:] step, double voxel_height, bint is_divergent,
    bint is_steep, real[:, :, ::1] volume, real[::1] scratch, Py_ssize_t origin, Py_ssize_t first, Py_ssize_t last,
    int instruction_set,
):
    """Add to some rows of a volume what the steep rays bring, or to those of a transposed one what the others do.

    data : (view, column, row), what the rays carry
    steep : (view, u), whether the rays of a column cross the rows of the volume, or those of the transposed one
    start, slope : (view, u); the rays cross row r at column start + slope * r, which counts from 1
    length : (view, u), their way from row to row, seen from above
    lo, hi : (view, u), they are followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows
    near, far : (view, u), with which near + far * r is the part of the way to the detector, > 0 for lo <= r < hi if the
        rays are divergent
    z0 : (view, u), height of the point on the ray to detector row 0 in voxels, which counts from 1
    bottom : (view, u), how far the way to detector row 0 rises, in voxels
    step : (view,), distance of the rows in voxels, not 0
    voxel_height : in the unit of `length`
    is_divergent : whether the rows are steps of the ways' ends, the point being the source of all; or of parallel rays
    is_steep : which of the rays are taken
    volume : (y, x, z), or the transposed (x, y, z), in a frame as `project` takes it
    scratch : four numbers for each voxel of a column in z with its frame, and one for each detector row; not shared by
        threads
    origin : the row that comes first in `volume`, which may hold some only
    first, last : origin <= first <= last <= origin + the number of rows in `volume`; threads own rows
    instruction_set : from 1 to n_instruction_sets()

    No row outside of first..last - 1 is written, so threads write nothing twice, and each voxel sums over the rays in
    one order. What falls into the frame is not wanted.
    """
    cdef Py_ssize_t depth = volume.shape[2], nz = depth - 4, n_rows = data.shape[2], width = volume.shape[1]
    cdef Py_ssize_t view, u, r, k, j, a, b
    cdef double column, magnified, height, rise, slant
    cdef real *pairs = &scratch[0]
    cdef real *second = &scratch[2 * depth]
    cdef real *scaled = &scratch[4 * depth]
    cdef real *voxels = &volume[0, 1, 1]
    with nogil:
        memset(second, 0, 2 * depth * sizeof(real))
        for view in range(data.shape[0]):
            for u in range(data.shape[1]):
                if steep[view, u] != is_steep or max(lo[view, u], first) >= min(hi[view, u], last):
                    continue
                for j in range(n_rows):
                    slant = far[view, u] * (bottom[view, u] + (step[view] * j if is_divergent else 0)) * voxel_height
                    scaled[j] = data[view, u, j] * <real>sqrt(length[view, u] * length[view, u] + slant * slant)
                for r in range(max(lo[view, u], first), min(hi[view, u], last)):
                    magnified = near[view, u] + far[view, u] * r
                    height = z0[view, u] + magnified * bottom[view, u]
                    rise = magnified * step[view] if is_divergent else step[view]
                    rows_inside(height, rise, nz, n_rows, &a, &b)
                    memset(pairs, 0, 2 * depth * sizeof(real))
                    scatter(pairs, second, depth, scaled + a, height + rise * a, rise, b - a, instruction_set)
                    column = start[view, u] + slope[view, u] * r
                    k = <Py_ssize_t>column
                    add_blend(
                        voxels + ((r - origin) * width + k) * depth, voxels + ((r - origin) * width + k + 1) * depth,
                        pairs,
                        <real>(column - k), depth - 1, instruction_set,
                    )

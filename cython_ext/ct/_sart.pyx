"""SART in single views: an image in a frame, its residuals along the rays of a view, and their correction.

A frame is two zeros wide on each side, so rays (see `_joseph`) need no checks, and those along the rows are followed
in the same image as those across: nothing is transposed or copied between views. A correction is gathered in another
frame, which is left as it came, of zeros; of rows a few at a time, so they stay in the cache.
"""

from libc.string cimport memset

from ct._fixed_point cimport fixed, fraction, to_fixed, whole
from shared._types cimport real

cdef enum:
    TILE = 32  # rows that stay in the cache while all rays pass


cdef inline real line(
    const real *image, Py_ssize_t along, Py_ssize_t across, double start, double slope, Py_ssize_t lo, Py_ssize_t hi,
) noexcept nogil:
    """Sum of interpolated values."""
    cdef real even = 0, odd = 0, weight
    cdef Py_ssize_t _
    cdef fixed step = to_fixed(slope), place = to_fixed(start) + lo * step
    cdef const real *pixel
    image += lo * along
    for _ in range((hi - lo) // 2):  # two sums, or each addition would wait for the one before
        pixel = image + whole(place) * across
        fraction(place, &weight)
        even += pixel[0] + weight * (pixel[across] - pixel[0])
        place += step
        image += along
        pixel = image + whole(place) * across
        fraction(place, &weight)
        odd += pixel[0] + weight * (pixel[across] - pixel[0])
        place += step
        image += along
    if (hi - lo) % 2 == 1:
        pixel = image + whole(place) * across
        fraction(place, &weight)
        even += pixel[0] + weight * (pixel[across] - pixel[0])
    return even + odd


cdef inline void spread(
    real *image, Py_ssize_t along, Py_ssize_t across, double start, double slope, Py_ssize_t lo, Py_ssize_t n,
    real value,
) noexcept nogil:
    """The transpose of `line`: add to the pixels what a ray of a value brings.

    `image` is at row `lo`, a column before the first; `along` and `across` lead to the next row and column. The ray
    crosses row r at column start + slope * r, n rows from `lo` on, and is there within the frame.
    """
    cdef real weight
    cdef Py_ssize_t _
    cdef fixed step = to_fixed(slope), place = to_fixed(start) + lo * step
    cdef real *pixel
    for _ in range(n):
        pixel = image + whole(place) * across
        fraction(place, &weight)
        pixel[0] += value - weight * value
        pixel[across] += weight * value
        place += step
        image += along


cdef void add_within(
    real *restrict x, const real *restrict correction, const real *restrict weight, const real *restrict lower,
    const real *restrict upper, bint each, Py_ssize_t n,
) noexcept nogil:
    """Add the weighted correction, and keep the bounds: of each pixel, or the first ones for all."""
    cdef Py_ssize_t k
    cdef real value, least = lower[0], most = upper[0]
    if each:
        for k in range(n):
            value = x[k] + weight[k] * correction[k]
            value = lower[k] if value < lower[k] else value
            x[k] = upper[k] if value > upper[k] else value
    else:
        for k in range(n):
            value = x[k] + weight[k] * correction[k]
            value = least if value < least else value
            x[k] = most if value > most else value


def add(
    real[::1] x, const real[::1] correction, const real[::1] weight, const real[::1] lower, const real[::1] upper,
):
    """Add the weighted correction to an image without a frame, and keep the bounds.

    lower, upper : as many as x has, or one for all
    """
    with nogil:
        add_within(&x[0], &correction[0], &weight[0], &lower[0], &upper[0], lower.shape[0] > 1, x.shape[0])


def add_planes(
    real[:, :, :] x, real[:, :, ::1] correction, const real[:, :, :] weight, const real[:, :, :] lower,
    const real[:, :, :] upper, Py_ssize_t n,
):
    """Add the weighted correction to the first n planes of a volume, keep the bounds, and clear the correction.

    x, weight : (row, column, z), without gaps in z
    correction : the same in a frame: two before in the second and the third axis, two or more after
    lower, upper : as x or, for all voxels, (1, 1, 1); without gaps in z
    n : 0 <= n <= the number of planes of each
    """
    cdef Py_ssize_t r, c, i, j
    cdef bint each = lower.shape[0] > 1 or lower.shape[1] > 1 or lower.shape[2] > 1
    with nogil:
        for r in range(n):
            for c in range(x.shape[1]):
                i = r if each else 0
                j = c if each else 0
                add_within(
                    &x[r, c, 0], &correction[r, c + 2, 2], &weight[r, c, 0], &lower[i, j, 0], &upper[i, j, 0], each,
                    x.shape[2],
                )
            memset(&correction[r, 0, 0], 0, correction.shape[1] * correction.shape[2] * sizeof(real))


def add_moments(real[:, :, :] values, real[:, :, ::1] sums, real[:, :, ::1] squares):
    """Add values and their squares to sums of the same shape, and set the values to 0."""
    cdef Py_ssize_t i, j, k
    with nogil:
        for i in range(sums.shape[0]):
            for j in range(sums.shape[1]):
                for k in range(sums.shape[2]):
                    sums[i, j, k] += values[i, j, k]
                    squares[i, j, k] += values[i, j, k] * values[i, j, k]
                    values[i, j, k] = 0


def residuals(
    const real[:, ::1] frame, const real[:] data, const unsigned char[:] steep, const double[:] start,
    const double[:] slope, const double[:] length, const int[:] lo, const int[:] hi, real[::1] out,
    Py_ssize_t first, Py_ssize_t last,
):
    """Data less line integrals, for some rays of a view.

    frame : (2 + y + 2, 2 + x + 2 or more), the image between zeros
    data : (u,), the line integrals
    steep : (u,), 1 where a ray crosses the rows of the image, 0 where it crosses the columns
    start, slope : (u,); the ray crosses row (column) r at column (row) start + slope * r, which counts from 1
    length : (u,), its way from row to row
    lo, hi : (u,), it is followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows (columns)
    out : (u,), for the rays first..last - 1 it is written, whatever it held
    first, last : 0 <= first <= last <= the number of rays; threads own rays

    For lo <= r < hi, 0 <= start + slope * r <= n + 1 with n columns (rows) of the image: both pixels beside are in the
    frame.
    """
    cdef Py_ssize_t width = frame.shape[1], n_tiles = (max(frame.shape[0], width) + TILE - 1) // TILE, i, u, a, b
    with nogil:
        for u in range(first, last):
            out[u] = 0
        for i in range(n_tiles):
            for u in range(first, last):
                a = max(lo[u], i * TILE)
                b = min(hi[u], i * TILE + TILE)
                if a >= b:
                    continue
                if steep[u]:
                    out[u] += line(&frame[2, 1], width, 1, start[u], slope[u], a, b)
                else:
                    out[u] += line(&frame[1, 2], 1, width, start[u], slope[u], a, b)
        for u in range(first, last):
            out[u] = data[u] - <real>length[u] * out[u]


def correct_rows(
    real[:, ::1] frame, real[:, ::1] zeros, const real[::1] values, const real[:, ::1] weight,
    const real[:, ::1] lower, const real[:, ::1] upper, const unsigned char[:] steep, const double[:] start,
    const double[:] slope, const double[:] length, const int[:] lo, const int[:] hi, Py_ssize_t first, Py_ssize_t last,
):
    """Back project the values of the steep rays to some rows, weigh, add, and keep the bounds.

    frame : (2 + y + 2, 2 + x + 2 or more), the image between zeros, corrected in place; the zeros stay
    zeros : of the shape of `frame`, all 0, and again so at the end
    values : (u,), what the rays carry
    weight : (y, x), what the correction of each pixel is multiplied by
    lower, upper : (y, x) or, for all pixels, (1, 1); bounds of the image's values, also where no ray passes
    steep : (u,), 1 where a ray crosses the rows of the image, 0 where it crosses the columns
    start, slope : (u,); the ray crosses row (column) r at column (row) start + slope * r, which counts from 1
    length : (u,), its way from row to row
    lo, hi : (u,), it is followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows (columns)
    first, last : 0 <= first <= last <= y

    Rays are as for `residuals`. Threads own the rows first..last - 1 of the image and of the first y rows of `zeros`.
    """
    cdef Py_ssize_t width = frame.shape[1], i, u, a, b, y, tile, end, bound
    cdef bint each = lower.shape[0] > 1 or lower.shape[1] > 1
    with nogil:
        for i in range((last - first + TILE - 1) // TILE):
            tile = first + i * TILE
            end = min(tile + TILE, last)
            for u in range(values.shape[0]):
                a = max(lo[u], tile)
                b = min(hi[u], end)
                if steep[u] and a < b:
                    spread(
                        &zeros[first - tile + a, 1], width, 1, start[u], slope[u], a, b - a,
                        values[u] * <real>length[u],
                    )
            for y in range(tile, end):
                bound = y if each else 0
                add_within(
                    &frame[y + 2, 2], &zeros[first + y - tile, 2], &weight[y, 0], &lower[bound, 0], &upper[bound, 0],
                    each, weight.shape[1],
                )
                memset(&zeros[first + y - tile, 0], 0, width * sizeof(real))


def correct_columns(
    real[:, ::1] frame, real[:, ::1] zeros, const real[::1] values, const real[:, ::1] weight,
    const real[:, ::1] lower, const real[:, ::1] upper, const unsigned char[:] steep, const double[:] start,
    const double[:] slope, const double[:] length, const int[:] lo, const int[:] hi, Py_ssize_t first, Py_ssize_t last,
):
    """Back project the values of the other rays to some columns, weigh, add, and keep the bounds.

    All of the columns at a time: such rays stay in few rows.

    frame : (2 + y + 2, 2 + x + 2 or more), the image between zeros, corrected in place; the zeros stay
    zeros : of the shape of `frame`, all 0, and again so at the end
    values : (u,), what the rays carry
    weight : (y, x), what the correction of each pixel is multiplied by
    lower, upper : (y, x) or, for all pixels, (1, 1); bounds of the image's values, also where no ray passes
    steep : (u,), 1 where a ray crosses the rows of the image, 0 where it crosses the columns
    start, slope : (u,); the ray crosses row (column) r at column (row) start + slope * r, which counts from 1
    length : (u,), its way from row to row
    lo, hi : (u,), it is followed for lo <= r < hi, with 0 <= lo and hi <= the number of rows (columns)
    first, last : 0 <= first <= last <= x

    Rays are as for `residuals`. Threads own the columns 2 + first..1 + last of both frames.
    """
    cdef Py_ssize_t width = frame.shape[1], u, a, b, y
    cdef bint each = lower.shape[0] > 1 or lower.shape[1] > 1
    with nogil:
        for u in range(values.shape[0]):
            a = max(lo[u], first)
            b = min(hi[u], last)
            if not steep[u] and a < b:
                spread(&zeros[1, 2 + a], 1, width, start[u], slope[u], a, b - a, values[u] * <real>length[u])
        for y in range(weight.shape[0]):
            add_within(
                &frame[y + 2, 2 + first], &zeros[y + 2, 2 + first], &weight[y, first],
                &lower[y if each else 0, first if each else 0], &upper[y if each else 0, first if each else 0], each,
                last - first,
            )
        for y in range(frame.shape[0]):
            memset(&zeros[y, 2 + first], 0, (last - first) * sizeof(real))

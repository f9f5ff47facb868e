"""What a ray takes from the rows of an image in its frame, and brings to them; see _joseph."""

from _fixed_point cimport fixed, fraction, real, to_fixed, whole


cdef inline real line(
    const real *row, Py_ssize_t width, double start, double slope, Py_ssize_t lo, Py_ssize_t hi,
) noexcept nogil:
    """Sum of interpolated values in the rows lo..hi - 1; `row` points to row lo."""
    cdef real even = 0, odd = 0, weight
    cdef Py_ssize_t k, _
    cdef fixed step = to_fixed(slope), place = to_fixed(start) + lo * step
    for _ in range((hi - lo) // 2):  # two sums, or each addition would wait for the one before
        k = whole(place)
        fraction(place, &weight)
        even += row[k] + weight * (row[k + 1] - row[k])
        place += step
        row += width
        k = whole(place)
        fraction(place, &weight)
        odd += row[k] + weight * (row[k + 1] - row[k])
        place += step
        row += width
    if (hi - lo) % 2 == 1:
        k = whole(place)
        fraction(place, &weight)
        even += row[k] + weight * (row[k + 1] - row[k])
    return even + odd


cdef inline void spread(
    real *row, Py_ssize_t width, double start, double slope, Py_ssize_t lo, Py_ssize_t hi, real value,
) noexcept nogil:
    """The transpose of `line`."""
    cdef real weight
    cdef Py_ssize_t k, _
    cdef fixed step = to_fixed(slope), place = to_fixed(start) + lo * step
    for _ in range(hi - lo):
        k = whole(place)
        fraction(place, &weight)
        row[k] += value - weight * value
        row[k + 1] += weight * value
        place += step
        row += width

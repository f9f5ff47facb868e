"""Sums of squares of differences, and what is done where they leave the range of float."""

from libc.math cimport sqrt

from shared._types cimport real

cdef extern from "_variation.h":
    const float COAREA_SHORT, COAREA_LONG


cdef inline bint add_squares(real *square, const real *plus, const real *minus, real c2, Py_ssize_t n) noexcept nogil:
    """Whether some may be out of the range of `real`."""
    cdef Py_ssize_t x
    cdef real d, added
    cdef int wrong = 0
    for x in range(n):
        d = plus[x] - minus[x]
        added = d * d * c2
        square[x] += added
        if real is float:
            wrong |= ((added < COAREA_SHORT * COAREA_SHORT) & (d != 0)) | (added > COAREA_LONG * COAREA_LONG)
    return wrong


cdef inline void add_squares_in_double(
    double *square, const real *plus, const real *minus, double c2, Py_ssize_t n,
) noexcept nogil:
    cdef Py_ssize_t x
    cdef double d
    for x in range(n):
        d = <double>plus[x] - minus[x]
        square[x] += d * d * c2


cdef inline void correct_roots(real *length, real *inverse, const double *square, Py_ssize_t n) noexcept nogil:
    """Replace roots of squares that were out of the range of `real`. The tiny term stands in for a branch at 0."""
    cdef Py_ssize_t x
    cdef double exact
    for x in range(n):
        if not COAREA_SHORT <= length[x] <= COAREA_LONG:
            exact = sqrt(square[x])
            length[x] = <real>exact
            inverse[x] = <real>(1 / (exact + 1e-38))

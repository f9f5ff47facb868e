"""Plain loops over a row, functions of their own: compilers vectorise those."""

from libc.math cimport sqrt, sqrtf

from shared._types cimport real


cdef inline real root(real value) noexcept nogil:
    if real is float:
        return sqrtf(value)
    else:
        return sqrt(value)


cdef inline void fill(real *out, real value, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        out[x] = value


cdef inline void take_roots(real *restrict length, real *restrict inverse, Py_ssize_t n) noexcept nogil:
    """`length` becomes its root, `inverse` 1 / root.

    The tiny term, smaller than any length whose square does not underflow, stands in for a branch: where all
    differences are 0, so are their products with the inverse, which is the convention 0 / 0 = 0.
    """
    cdef Py_ssize_t x
    cdef real tiny = 1e-19 if real is float else 1e-154
    for x in range(n):
        length[x] = root(length[x])
        inverse[x] = 1 / (length[x] + tiny)


cdef inline void unit_differences(
    real *restrict unit, const real *plus, const real *minus, const real *inverse, real c2, Py_ssize_t n,
) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        unit[x] = (plus[x] - minus[x]) * inverse[x] * c2


cdef inline void add(real *restrict out, const real *restrict value, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        out[x] += value[x]


cdef inline void subtract(real *restrict out, const real *restrict value, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t x
    for x in range(n):
        out[x] -= value[x]

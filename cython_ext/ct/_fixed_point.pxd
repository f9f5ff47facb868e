"""Positions between pixels in fixed point: 40 bits of fraction, exact to 1e-12 of a pixel.

A step from pixel to pixel is then one integer addition, and the whole part and the fraction are taken apart without
conversions from and to floating point. For positions up to 2^22.
"""

from shared._types cimport int64_t, real

ctypedef int64_t fixed


cdef inline fixed to_fixed(double value) noexcept nogil:
    return <fixed>(value * 1099511627776.0)


cdef inline Py_ssize_t whole(fixed value) noexcept nogil:
    return <Py_ssize_t>(value >> 40)


cdef inline void fraction(fixed value, real *out) noexcept nogil:
    if real is float:
        out[0] = <float>(<int>((value >> 16) & 0xFFFFFF)) * <float>5.9604644775390625e-08
    else:
        out[0] = <double>(value & ((<fixed>1 << 40) - 1)) * 9.094947017729282e-13

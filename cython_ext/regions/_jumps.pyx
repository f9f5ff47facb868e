"""How far the values of filtered images jump across the sides of pixels."""

from libc.math cimport pow, sqrt, sqrtf

from shared._interrupt cimport act_on_signals
from shared._types cimport real

cdef enum:
    LANES = 8  # filtered images that are taken at once: constant, so that the loops over them become vectors


cdef inline real root(real square) noexcept nogil:
    if real is float:
        return sqrtf(square)
    else:
        return sqrt(square)


def add_jumps(const int[:, ::1] node, const real[:, ::1] value, Py_ssize_t stride, double power, float[::1] strength):
    """Add to each pixel the powers of the jumps from it to the pixel that comes `stride` places later.

    A jump is the Euclidean norm of the differences of the channels. `node` has a row for each channel and holds rows of
    `value`, each of the values of `LANES` filtered images, 0 where there are fewer. The last `stride` pixels stay.
    """
    cdef Py_ssize_t n_channels = node.shape[0], n_pixels = node.shape[1], p, c
    cdef const real* own
    cdef const real* other
    cdef real squares[LANES]
    cdef real difference, total
    cdef int k
    with nogil:
        for p in range(n_pixels - stride):
            act_on_signals(p)
            for k in range(LANES):
                squares[k] = 0
            for c in range(n_channels):
                own = &value[node[c, p], 0]
                other = &value[node[c, p + stride], 0]
                for k in range(LANES):
                    difference = own[k] - other[k]
                    squares[k] += difference * difference
            if power == 0.5:
                for k in range(LANES):
                    squares[k] = root(root(squares[k]))
            elif power == 1:
                for k in range(LANES):
                    squares[k] = root(squares[k])
            else:
                for k in range(LANES):
                    squares[k] = <real>pow(squares[k], power / 2) if squares[k] > 0 else 0
            total = 0
            for k in range(LANES):
                total += squares[k]
            strength[p] += <float>total

"""A step on the dual of a total variation in one pass over the rows of an array of any number of dimensions.

A row of the last axis is handled whole: differences are added to the components of the dual field, its vectors are
shortened to length 1, and the transpose of the differences is scattered to the voxels that they came from. A slab of
axis 0 owns its voxels and their vectors. What its first rows have for the slab before is left to the caller, who takes
it away when all slabs are done: that is the last addition to those voxels in one slab too, so the result does not
depend on the division.
"""

from shared._types cimport real

cdef extern from "_dual.h":
    """
    #define coarea_climb_float(set, ...) COAREA_CHOOSE(set, coarea_climb_float, __VA_ARGS__)
    #define coarea_climb_double(set, ...) COAREA_CHOOSE(set, coarea_climb_double, __VA_ARGS__)
    #define coarea_shortening_float(set, ...) COAREA_CHOOSE(set, coarea_shortening_float, __VA_ARGS__)
    #define coarea_shortening_double(set, ...) COAREA_CHOOSE(set, coarea_shortening_double, __VA_ARGS__)
    #define coarea_shorten_float(set, ...) COAREA_CHOOSE(set, coarea_shorten_float, __VA_ARGS__)
    #define coarea_shorten_double(set, ...) COAREA_CHOOSE(set, coarea_shorten_double, __VA_ARGS__)
    #define coarea_overshoot_float(set, ...) COAREA_CHOOSE(set, coarea_overshoot_float, __VA_ARGS__)
    #define coarea_overshoot_double(set, ...) COAREA_CHOOSE(set, coarea_overshoot_double, __VA_ARGS__)
    #define coarea_gather_float(set, ...) COAREA_CHOOSE(set, coarea_gather_float, __VA_ARGS__)
    #define coarea_gather_double(set, ...) COAREA_CHOOSE(set, coarea_gather_double, __VA_ARGS__)
    #define coarea_scatter_float(set, ...) COAREA_CHOOSE(set, coarea_scatter_float, __VA_ARGS__)
    #define coarea_scatter_double(set, ...) COAREA_CHOOSE(set, coarea_scatter_double, __VA_ARGS__)
    """
    void coarea_climb_float(
        int, float *component, float *square, const float *f, const float *before, float step, Py_ssize_t,
    ) nogil
    void coarea_climb_double(
        int, double *component, double *square, const double *f, const double *before, double step, Py_ssize_t,
    ) nogil
    void coarea_shortening_float(int, float *square, Py_ssize_t) nogil
    void coarea_shortening_double(int, double *square, Py_ssize_t) nogil
    void coarea_shorten_float(int, float *component, const float *factor, Py_ssize_t) nogil
    void coarea_shorten_double(int, double *component, const double *factor, Py_ssize_t) nogil
    void coarea_overshoot_float(int, float *ahead, float *component, const float *factor, float, Py_ssize_t) nogil
    void coarea_overshoot_double(int, double *ahead, double *component, const double *factor, double, Py_ssize_t) nogil
    void coarea_gather_float(int, float *out, const float *component, float weight, Py_ssize_t) nogil
    void coarea_gather_double(int, double *out, const double *component, double weight, Py_ssize_t) nogil
    void coarea_scatter_float(int, float *out, float *before, const float *component, float weight, Py_ssize_t) nogil
    void coarea_scatter_double(int, double *out, double *before, const double *component, double weight, Py_ssize_t) nogil


cdef inline void climb(
    real *p, real *square, const real *f, const real *before, real step, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    if real is float:
        coarea_climb_float(instruction_set, p, square, f, before, step, n)
    else:
        coarea_climb_double(instruction_set, p, square, f, before, step, n)


cdef inline void take_shortening(real *square, Py_ssize_t n, int instruction_set) noexcept nogil:
    if real is float:
        coarea_shortening_float(instruction_set, square, n)
    else:
        coarea_shortening_double(instruction_set, square, n)


cdef inline void shorten(real *p, const real *factor, Py_ssize_t n, int instruction_set) noexcept nogil:
    if real is float:
        coarea_shorten_float(instruction_set, p, factor, n)
    else:
        coarea_shorten_double(instruction_set, p, factor, n)


cdef inline void overshoot(
    real *ahead, real *p, const real *factor, real momentum, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    if real is float:
        coarea_overshoot_float(instruction_set, ahead, p, factor, momentum, n)
    else:
        coarea_overshoot_double(instruction_set, ahead, p, factor, momentum, n)


cdef inline void gather(real *out, const real *p, real weight, Py_ssize_t n, int instruction_set) noexcept nogil:
    if real is float:
        coarea_gather_float(instruction_set, out, p, weight, n)
    else:
        coarea_gather_double(instruction_set, out, p, weight, n)


cdef inline void scatter(
    real *out, real *before, const real *p, real weight, Py_ssize_t n, int instruction_set,
) noexcept nogil:
    if real is float:
        coarea_scatter_float(instruction_set, out, before, p, weight, n)
    else:
        coarea_scatter_double(instruction_set, out, before, p, weight, n)


def ascend(
    const real[::1] f, real[::1] field, real[::1] ahead, real[::1] out, const Py_ssize_t[::1] shape,
    const real[::1] weights, real step, real momentum, bint isotropic, Py_ssize_t start, Py_ssize_t stop,
    real[::1] scratch, int instruction_set,
):
    """The slabs start..stop - 1 of axis 0 of a step by the backward differences D_a, each times the weight of its axis:

        field := project(ahead + step * D f),  ahead := field + momentum * (field - field before),  out := D^T ahead

    The projection shortens the vectors, or without `isotropic` their components, to length 1. `field` and `ahead` hold
    one array for each axis, in turn; an empty `ahead` is the field itself, without momentum. They must be 0 where
    differences leave the array. `shape` has two axes or more. `scratch` holds 2 rows. To out[start - 1] the
    share of axis 0 is still to be added: - weights[0] * ahead[0][start].
    """
    cdef Py_ssize_t n_axes = shape.shape[0], n = shape[n_axes - 1], size = f.shape[0], slab = size // shape[0]
    cdef Py_ssize_t group, first, last, a, x, row, p, stride
    cdef bint has_ahead = ahead.shape[0] > 0
    cdef real *moving = &ahead[0] if has_ahead else &field[0]
    cdef real *square = &scratch[0]
    cdef real *unwanted = &scratch[n]
    with nogil:
        for row in range(start * slab // n, stop * slab // n):
            p = row * n
            # isotropic: one group of all axes, of vectors; anisotropic: each axis on its own
            for group in range(1 if isotropic else n_axes):
                first = 0 if isotropic else group
                last = n_axes if isotropic else group + 1
                for x in range(n):
                    square[x] = 0
                stride = size
                for a in range(n_axes):
                    stride //= shape[a]
                    if first <= a < last:
                        if a == n_axes - 1:
                            climb(
                                moving + a * size + p + 1, square + 1, &f[p] + 1, &f[p], step * weights[a], n - 1,
                                instruction_set,
                            )
                        elif p // stride % shape[a] > 0:
                            climb(
                                moving + a * size + p, square, &f[p], &f[p - stride], step * weights[a], n,
                                instruction_set,
                            )
                take_shortening(square, n, instruction_set)
                for a in range(first, last):
                    if has_ahead:
                        overshoot(moving + a * size + p, &field[a * size + p], square, momentum, n, instruction_set)
                    else:
                        shorten(moving + a * size + p, square, n, instruction_set)
            gather(&out[p], moving + (n_axes - 1) * size + p, weights[n_axes - 1], n, instruction_set)
            stride = n
            for a in range(n_axes - 2, -1, -1):
                if p // stride % shape[a] > 0:
                    scatter(
                        &out[p], &out[p - stride] if a > 0 or p >= (start + 1) * slab else unwanted,
                        moving + a * size + p, weights[a], n, instruction_set,
                    )
                stride *= shape[a]

"""Total variation and its gradient in one pass over the rows of an array of any number of dimensions.

A row of the last axis is handled whole: the squares of its differences are added up over the axes, their roots are
taken, and each difference over its root is scattered back to the two voxels that it came from, which is D^T. All
scratch is a few rows, so it stays in the cache. The loops are functions of their own because compilers vectorise
those; `restrict` is kept by leaving out what overlaps.

Work is divided into slabs of axis 0. A slab owns its voxels: what reaches in from a neighbouring slab is computed
again there, so no voxel is written twice and the result does not depend on the division. The same holds for the blocks
of rows into which slabs are divided, so that neighbours are still in the cache. A gradient that is too large for the
cache is made there, a block of two slabs at a time, and goes past it to the memory: once, and without being read.
"""

from libc.string cimport memcpy, memset

from shared._instruction_sets cimport COAREA_SCALAR, names_of_instruction_sets
from shared._types cimport real
from variation._row_loops cimport add, fill, subtract, take_roots, unit_differences
from variation._squares cimport COAREA_LONG, COAREA_SHORT, add_squares, add_squares_in_double, correct_roots

cdef extern from "_variation.h":
    """
    #define coarea_total_float(set, ...) COAREA_CHOOSE(set, coarea_total_float, __VA_ARGS__)
    #define coarea_total_double(set, ...) COAREA_CHOOSE(set, coarea_total_double, __VA_ARGS__)
    #define coarea_total_of_squares_float(set, ...) COAREA_CHOOSE(set, coarea_total_of_squares_float, __VA_ARGS__)
    #define coarea_total_of_squares_double(set, ...) COAREA_CHOOSE(set, coarea_total_of_squares_double, __VA_ARGS__)
    #define coarea_lengths_float(set, ...) COAREA_CHOOSE(set, coarea_lengths_float, __VA_ARGS__)
    #define coarea_lengths_double(set, ...) COAREA_CHOOSE(set, coarea_lengths_double, __VA_ARGS__)
    #define coarea_scatter_float(set, ...) COAREA_CHOOSE(set, coarea_scatter_float, __VA_ARGS__)
    #define coarea_scatter_double(set, ...) COAREA_CHOOSE(set, coarea_scatter_double, __VA_ARGS__)
    """
    void coarea_fetch(const void*, Py_ssize_t n_bytes) nogil
    void coarea_stream(void *out, const void *rows, Py_ssize_t n_bytes) nogil
    void coarea_streamed() nogil
    double coarea_total_float(int, const float*, Py_ssize_t) nogil
    double coarea_total_double(int, const double*, Py_ssize_t) nogil
    double coarea_total_of_squares_float(int, const float*, Py_ssize_t) nogil
    double coarea_total_of_squares_double(int, const double*, Py_ssize_t) nogil
    double coarea_lengths_float(
        int, float *length, float *inverse, const float *f, const float *f0, const float *f1, const float *f2,
        const float *others, float c0, float c1, float c2, Py_ssize_t n,
    ) nogil
    double coarea_lengths_double(
        int, double *length, double *inverse, const double *f, const double *f0, const double *f1, const double *f2,
        const double *others, double c0, double c1, double c2, Py_ssize_t n,
    ) nogil
    void coarea_scatter_float(
        int, float *g, float *g1, float *g2, const float *f, const float *f0, const float *f1, const float *f2,
        const float *before, const float *inverse, const float *inverse_before, float c0, float c1, float c2, Py_ssize_t,
    ) nogil
    void coarea_scatter_double(
        int, double *g, double *g1, double *g2, const double *f, const double *f0, const double *f1, const double *f2,
        const double *before, const double *inverse, const double *inverse_before, double c0, double c1, double c2,
        Py_ssize_t,
    ) nogil
    bint COAREA_FUSES(int) nogil
    double coarea_fused_float_avx2(
        float *g, float *g1, float *g2, const float *f, const float *f1, const float *f2, int side, float *inverse,
        const float *others, float c0, float c1, float c2, bint is_flat, Py_ssize_t n, double *square,
    ) nogil
    double coarea_fused_double_avx2(
        double *g, double *g1, double *g2, const double *f, const double *f1, const double *f2, int side,
        double *inverse, const double *others, double c0, double c1, double c2, bint is_flat, Py_ssize_t n,
        double *square,
    ) nogil


cdef inline double total(const real *value, Py_ssize_t n, int instruction_set) noexcept nogil:
    if real is float:
        return coarea_total_float(instruction_set, value, n)
    else:
        return coarea_total_double(instruction_set, value, n)


cdef inline double total_of_squares(const real *value, Py_ssize_t n, int instruction_set) noexcept nogil:
    if real is float:
        return coarea_total_of_squares_float(instruction_set, value, n)
    else:
        return coarea_total_of_squares_double(instruction_set, value, n)


def instruction_sets():
    """Names of those that this machine runs, from the slowest; kernels take their places. All give the same bits."""
    return names_of_instruction_sets()


def one_sided(
    const real[::1] f, real[::1] g, const Py_ssize_t[::1] shape, const real[::1] c2, real smoothing,
    int side, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t block, bint past_cache, real[::1] scratch,
    double[::1] exact, double[::1] norm, double[::1] square, int instruction_set,
):
    """Isotropic total variation of the slabs start..stop - 1 of axis 0, one number each, and its gradient there.

    side is 1 for forward and -1 for backward differences: along each axis f[i + side] - f[i], 0 where that leaves
    the array; c2 holds the squares of their factors, one for each axis. `shape` has three axes or more. `g` is
    empty when no gradient is wanted; `square` gets the sums of its squares. With three axes, `block` rows are handled
    together, 1 or more, and `past_cache` says that g is written past the cache. `scratch` holds 7 rows + 4, of zeros,
    and with `past_cache` 2 block more; `exact` holds a row.
    """
    cdef Py_ssize_t n_axes = shape.shape[0], n = shape[n_axes - 1], slab = f.shape[0] // shape[0], n_rows = slab // n
    cdef Py_ssize_t a, k, row, x, z, p, q, stride, e1, e2, n_slabs, i, first, last, lowest, ahead
    cdef bint wanted = g.shape[0] > 0, own, own_row, own_slab, wrong, fuses = wanted and COAREA_FUSES(instruction_set)
    cdef double sum_of_lengths, sum_of_squares
    cdef real *padded = &scratch[0]  # the row between copies of its ends, so that differences across them are 0
    cdef real *inverse = &scratch[n + 2]  # between zeros
    cdef real *length = &scratch[2 * n + 4]
    cdef real *others = length + n
    cdef real *unit = others + n
    cdef real *unwanted1 = unit + n  # stand for neighbours outside the array or the slab
    cdef real *unwanted2 = unwanted1 + n
    cdef real *here = NULL  # the gradient in a block of slab z, and in that of the slab before
    cdef real *back = NULL
    cdef real *f_row
    cdef real *g0
    cdef real *g1
    cdef real *g2
    with nogil:
        fill(others, smoothing * smoothing, n)
        # Rows come after the neighbours that they scatter to: upwards for backward differences, else downwards.
        n_slabs = stop - start
        if wanted and (stop < shape[0] if side < 0 else start > 0):
            n_slabs += 1  # the slab after the last only scatters
        if n_axes > 3:
            block = n_rows
        for i in range((n_rows + block - 1) // block):
            first = i * block
            last = min(first + block, n_rows)
            lowest = (first if side < 0 else n_rows - last) * n
            for k in range(n_slabs):
                z = start + k if side < 0 else stop - 1 - k
                own_slab = start <= z < stop
                if past_cache:
                    here = unwanted2 + (1 + k % 2 * block) * n
                    back = unwanted2 + (1 + (k + 1) % 2 * block) * n
                elif wanted:
                    here = &g[0] + z * slab + lowest
                    back = here + side * slab
                for row in range(first, min(last + wanted, n_rows)):  # the row after the last only scatters
                    own_row = row < last
                    own = own_slab and own_row
                    if not (own_slab or own_row):
                        continue
                    p = z * slab + (row if side < 0 else n_rows - 1 - row) * n
                    ahead = p - side * (slab if n_axes == 3 else 4 * n)
                    if 0 <= ahead < f.shape[0]:
                        coarea_fetch(&f[ahead], n * sizeof(real))
                        if wanted and not past_cache:
                            coarea_fetch(&g[ahead], n * sizeof(real))
                    memcpy(padded + 1, &f[p], n * sizeof(real))
                    padded[0] = padded[1]
                    padded[n + 1] = padded[n]
                    f_row = padded + 1
                    # axis 0 and the axis before the last are handled with the last; others, if any, after them
                    e1 = 0 if (z == 0 if side < 0 else z == shape[0] - 1) else side * slab
                    a = p // n % shape[n_axes - 2]
                    e2 = 0 if (a == 0 if side < 0 else a == shape[n_axes - 2] - 1) else side * n
                    wrong = real is float and smoothing != 0 and not COAREA_SHORT <= smoothing <= COAREA_LONG
                    if n_axes > 3:
                        fill(others, smoothing * smoothing, n)
                        stride = n * shape[n_axes - 2]
                        for a in range(n_axes - 3, 0, -1):
                            if 0 <= p // stride % shape[a] + side < shape[a]:
                                wrong |= add_squares(others, f_row, &f[p + side * stride], c2[a], n)
                            stride *= shape[a]
                    q = p - z * slab - lowest
                    if wanted:
                        g1 = back + q if own_row and e1 != 0 and start <= z + side < stop else unwanted1
                        g2 = here + q + e2 if own_slab and row > first and e2 != 0 else unwanted2
                        g0 = here + q if own else unit
                    sum_of_lengths = -1
                    if fuses and n_axes == 3 and not wrong:
                        if real is float:
                            sum_of_lengths = coarea_fused_float_avx2(
                                g0, g1, g2, f_row, &f[p + e1], &f[p + e2], side, inverse + 1, others, c2[n_axes - 1],
                                c2[0], c2[n_axes - 2], shape[n_axes - 2] == 1, n, &sum_of_squares,
                            )
                        else:
                            sum_of_lengths = coarea_fused_double_avx2(
                                g0, g1, g2, f_row, &f[p + e1], &f[p + e2], side, inverse + 1, others, c2[n_axes - 1],
                                c2[0], c2[n_axes - 2], shape[n_axes - 2] == 1, n, &sum_of_squares,
                            )
                    if sum_of_lengths != -1:
                        if own:
                            norm[z] += sum_of_lengths
                        if g1 != unwanted1:
                            square[z + side] += sum_of_squares
                        continue
                    if real is float:
                        sum_of_lengths = coarea_lengths_float(
                            instruction_set, length, inverse + 1, f_row, f_row + side, &f[p + e1], &f[p + e2], others,
                            c2[n_axes - 1], c2[0], c2[n_axes - 2], n,
                        )
                    else:
                        sum_of_lengths = coarea_lengths_double(
                            instruction_set, length, inverse + 1, f_row, f_row + side, &f[p + e1], &f[p + e2], others,
                            c2[n_axes - 1], c2[0], c2[n_axes - 2], n,
                        )
                    if real is float and (wrong or sum_of_lengths < 0):
                        for x in range(n):
                            exact[x] = <double>smoothing * smoothing
                        add_squares_in_double(&exact[0], f_row, f_row + side, c2[n_axes - 1], n)
                        stride = n
                        for a in range(n_axes - 2, -1, -1):
                            if 0 <= p // stride % shape[a] + side < shape[a]:
                                add_squares_in_double(&exact[0], f_row, &f[p + side * stride], c2[a], n)
                            stride *= shape[a]
                        correct_roots(length, inverse + 1, &exact[0], n)
                        sum_of_lengths = total(length, n, instruction_set)
                    if own:
                        norm[z] += sum_of_lengths
                    if not wanted:
                        continue
                    if real is float:
                        coarea_scatter_float(
                            instruction_set, g0, g1, g2, f_row, f_row + side, &f[p + e1], &f[p + e2], f_row - side,
                            inverse + 1, inverse + 1 - side, c2[n_axes - 1], c2[0], c2[n_axes - 2], n,
                        )
                    else:
                        coarea_scatter_double(
                            instruction_set, g0, g1, g2, f_row, f_row + side, &f[p + e1], &f[p + e2], f_row - side,
                            inverse + 1, inverse + 1 - side, c2[n_axes - 1], c2[0], c2[n_axes - 2], n,
                        )
                    if own:
                        stride = n * shape[n_axes - 2]
                        for a in range(n_axes - 3, 0, -1):
                            if 0 <= p // stride % shape[a] + side < shape[a]:
                                unit_differences(unit, f_row, &f[p + side * stride], inverse + 1, c2[a], n)
                                add(&g[p], unit, n)
                                subtract(&g[p + side * stride], unit, n)
                            stride *= shape[a]
                    if g1 != unwanted1:
                        square[z + side] += total_of_squares(g1, n, instruction_set)
                if past_cache and k > 0:
                    coarea_stream(&g[(z + side) * slab + lowest], back, (last - first) * n * sizeof(real))
                if wanted and own_slab and k == n_slabs - 1:
                    square[z] += total_of_squares(here, (last - first) * n, instruction_set)
                    if past_cache:
                        coarea_stream(&g[z * slab + lowest], here, (last - first) * n * sizeof(real))
        if past_cache:
            coarea_streamed()


def separable(
    const real[::1] f, real[::1] g, const Py_ssize_t[::1] shape, const real[::1] c2, real smoothing,
    int ahead, int behind, bint isotropic, Py_ssize_t start, Py_ssize_t stop, real[::1] scratch,
    double[::1] exact, double[::1] norm, double[::1] square,
):
    """As `one_sided`, axis by axis, for any difference f[i + ahead] - f[i - behind], isotropic or not.

    `shape` may have any number of axes; `scratch` holds 3 rows, `exact` one.
    """
    cdef Py_ssize_t n_axes = shape.shape[0], n = shape[n_axes - 1], slab = f.shape[0] // shape[0]
    cdef Py_ssize_t group, first, last, a, x, z, row, p, stride, width, up, down, low, high, shift
    cdef real *length = &scratch[0]
    cdef real *inverse = &scratch[n]
    cdef real *unit = &scratch[2 * n]
    cdef bint wanted = g.shape[0] > 0, own, wrong
    with nogil:
        low, high = start, stop
        if wanted:
            memset(&g[start * slab], 0, (stop - start) * slab * sizeof(real))
            low, high = max(start - ahead, 0), min(stop + behind, shape[0])
        for z in range(low, high):
            own = start <= z < stop
            for row in range(slab // n):
                p = z * slab + row * n
                # isotropic: one group of all axes, under one root; anisotropic: each axis on its own
                for group in range(1 if isotropic else n_axes):
                    first = 0 if isotropic else group
                    last = n_axes if isotropic else group + 1
                    fill(length, smoothing * smoothing, n)
                    wrong = real is float and smoothing != 0 and not COAREA_SHORT <= smoothing <= COAREA_LONG
                    stride = slab
                    for a in range(n_axes):
                        if a > 0:
                            stride //= shape[a]
                        if first <= a < last and inside(p, stride, shape[a], ahead, behind, a == n_axes - 1):
                            shift = behind if a == n_axes - 1 else 0
                            width = n - ahead - behind if a == n_axes - 1 else n
                            wrong |= add_squares(
                                length + shift, &f[p + shift + ahead * stride], &f[p + shift - behind * stride],
                                c2[a], width,
                            )
                    take_roots(length, inverse, n)
                    if real is float and wrong:
                        for x in range(n):
                            exact[x] = <double>smoothing * smoothing
                        stride = slab
                        for a in range(n_axes):
                            if a > 0:
                                stride //= shape[a]
                            if first <= a < last and inside(p, stride, shape[a], ahead, behind, a == n_axes - 1):
                                shift = behind if a == n_axes - 1 else 0
                                width = n - ahead - behind if a == n_axes - 1 else n
                                add_squares_in_double(
                                    &exact[shift], &f[p + shift + ahead * stride], &f[p + shift - behind * stride],
                                    c2[a], width,
                                )
                        correct_roots(length, inverse, &exact[0], n)
                    if own:
                        norm[z] += total(length, n, COAREA_SCALAR)
                    if not wanted:
                        continue
                    stride = slab
                    for a in range(n_axes):
                        if a > 0:
                            stride //= shape[a]
                        if not own and a > 0:
                            break
                        if first <= a < last and inside(p, stride, shape[a], ahead, behind, a == n_axes - 1):
                            shift = behind if a == n_axes - 1 else 0
                            width = n - ahead - behind if a == n_axes - 1 else n
                            up, down = p + shift + ahead * stride, p + shift - behind * stride
                            unit_differences(unit, &f[up], &f[down], inverse + shift, c2[a], width)
                            if a > 0 or start <= z + ahead < stop:
                                add(&g[up], unit, width)
                            if a > 0 or start <= z - behind < stop:
                                subtract(&g[down], unit, width)
        if wanted:
            for z in range(start, stop):
                square[z] = total_of_squares(&g[z * slab], slab, COAREA_SCALAR)


cdef inline bint inside(
    Py_ssize_t p, Py_ssize_t stride, Py_ssize_t size, int ahead, int behind, bint within_row,
) noexcept nogil:
    """Whether the difference at index p along an axis stays in the array; within a row, for any voxel of it."""
    if within_row:
        return size > ahead + behind
    return behind <= p // stride % size < size - ahead

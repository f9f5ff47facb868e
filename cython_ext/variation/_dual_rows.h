/* The row kernels of the dual step for one type of number T and one instruction set, see _types_and_sets.h.
 * Plain loops: compilers vectorise them.
 */

/* Add the step times a difference to a component, and its square to the others'. */
TARGET static void NAME(climb)(
    T* __restrict component, T* __restrict square, const T* f, const T* before, T step, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x < n; x++) {
        T value = component[x] + step * (f[x] - before[x]);
        component[x] = value;
        square[x] += value * value;
    }
}

/* What shortens vectors, whose squares are given, to length 1 at most. */
TARGET static void NAME(shortening)(T* square, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x < n; x++) {
        T larger = square[x] > 1 ? square[x] : 1;
        square[x] = 1 / ROOT(larger);
    }
}

TARGET static void NAME(shorten)(T* __restrict component, const T* factor, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x < n; x++)
        component[x] *= factor[x];
}

/* The same, and go on beyond the new component, as far as it is from the old one times the momentum. */
TARGET static void NAME(overshoot)(
    T* __restrict ahead, T* __restrict component, const T* factor, T momentum, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x < n; x++) {
        T value = ahead[x] * factor[x];
        ahead[x] = value + momentum * (value - component[x]);
        component[x] = value;
    }
}

/* Transposes of differences: along the row, and across it. */
TARGET static void NAME(gather)(T* __restrict out, const T* component, T weight, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x + 1 < n; x++)
        out[x] = weight * (component[x] - component[x + 1]);
    out[n - 1] = weight * component[n - 1];
}

TARGET static void NAME(scatter)(T* __restrict out, T* __restrict before, const T* component, T weight, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x < n; x++) {
        T value = weight * component[x];
        out[x] += value;
        before[x] -= value;
    }
}

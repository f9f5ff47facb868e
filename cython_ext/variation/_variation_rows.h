/* The row kernels for one type of number T and one instruction set, see _types_and_sets.h.
 * Plain loops: compilers vectorise them.
 */

/* Sum in double; in eight parts, or each addition would wait for the one before. */
TARGET static double NAME(total)(const T* value, ptrdiff_t n)
{
    double part[8] = {0};
    ptrdiff_t x = 0;
    for (; x + 8 <= n; x += 8)
        for (int k = 0; k < 8; k++)
            part[k] += value[x + k];
    for (; x < n; x++)
        part[0] += value[x];
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

TARGET static double NAME(total_of_squares)(const T* value, ptrdiff_t n)
{
    double part[8] = {0};
    ptrdiff_t x = 0;
    for (; x + 8 <= n; x += 8)
        for (int k = 0; k < 8; k++)
            part[k] += (double)value[x + k] * value[x + k];
    for (; x < n; x++)
        part[0] += (double)value[x] * value[x];
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

/* Length of the gradient and 1 / length; returns the sum of the lengths, or -1 where differences other than 0 have
 * squares out of the range of T: then the row is to be done again, in double. `others` holds the squares along further
 * axes and of the smoothing.
 *
 * The tiny term, smaller than any length whose square does not underflow, stands in for a branch: where all differences
 * are 0, so are their products with the inverse, which is the convention 0 / 0 = 0.
 */
TARGET static double NAME(lengths)(
    T* __restrict length, T* __restrict inverse, const T* f, const T* f0, const T* f1, const T* f2, const T* others, T c0,
    T c1, T c2, ptrdiff_t n)
{
    int wrong = 0;
    for (ptrdiff_t x = 0; x < n; x++) {
        T d0 = f[x] - f0[x], d1 = f[x] - f1[x], d2 = f[x] - f2[x];
        T square = others[x] + d0 * d0 * c0 + d1 * d1 * c1 + d2 * d2 * c2;
        length[x] = ROOT(square);
        inverse[x] = 1 / (length[x] + TINY);
        if (LEAST > 0)
            wrong |= ((square < LEAST) & ((d0 != 0) | (d1 != 0) | (d2 != 0))) | (square > MOST);
    }
    return wrong ? -1 : NAME(total)(length, n);
}

/* Start the gradient of a row and take from those of its neighbours along two axes what goes to the row.
 *
 * Along the row itself, voxel x has f0 as its neighbour and is the neighbour of `before`.
 */
TARGET static void NAME(scatter)(
    T* __restrict g, T* __restrict g1, T* __restrict g2, const T* f, const T* f0, const T* f1, const T* f2,
    const T* before, const T* inverse, const T* inverse_before, T c0, T c1, T c2, ptrdiff_t n)
{
    for (ptrdiff_t x = 0; x < n; x++) {
        T t1 = (f[x] - f1[x]) * inverse[x] * c1, t2 = (f[x] - f2[x]) * inverse[x] * c2;
        g[x] = ((f[x] - f0[x]) * inverse[x] - (before[x] - f[x]) * inverse_before[x]) * c0 + (t1 + t2);
        g1[x] -= t1;
        g2[x] -= t2;
    }
}

#ifdef VECTORS
#include "_variation_fused.h"
#endif

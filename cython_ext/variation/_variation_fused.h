/* A row of the gradient in one pass with AVX2, for one type of number T: what `lengths`, `total`, `scatter` and
 * `total_of_squares` do, rounded as they do, in their order.
 *
 * Roots and quotients of doubles keep one unit of the processor busy; what follows from those of some voxels before is
 * done meanwhile. In float all lengths of a row are found first, since some may have to be found anew in double.
 */

#define LANES (32 / (ptrdiff_t)sizeof(T))
#define LOAD(p) (*(const NAME(vec)*)(p))
#define STORE(p, v) (*(NAME(vec)*)(p) = (v))
#define ALL(value) ((NAME(vec)){0} + (T)(value))

/* Lengths of the gradient at a vector of voxels, into `inverse`; f0 = f + side. */
TARGET COAREA_INLINE static NAME(vec) NAME(measure)(
    T* inverse, const T* f, const T* f1, const T* f2, NAME(vec) others, NAME(vec) c0, NAME(vec) c1, NAME(vec) c2,
    int side, int is_flat, int is_unit, NAME(vec)* wrong)
{
    NAME(vec) own = LOAD(f), d0 = own - LOAD(f + side), d1 = own - LOAD(f1), d2 = ALL(0), square, length;
    square = others + (is_unit ? d0 * d0 : d0 * d0 * c0) + (is_unit ? d1 * d1 : d1 * d1 * c1);
    if (!is_flat) {
        d2 = own - LOAD(f2);
        square += is_unit ? d2 * d2 : d2 * d2 * c2;
    }
    if (LEAST > 0)
        *wrong = NAME(wrong)(*wrong, square, d0, d1, d2, LEAST, MOST);
    length = NAME(roots)(square);
    STORE(inverse, ALL(1) / (length + ALL(TINY)));
    return length;
}

/* The gradient there: what is left of g1, which is complete then. */
TARGET COAREA_INLINE static NAME(vec) NAME(share)(
    T* g, T* g1, T* g2, const T* f, const T* f1, const T* f2, const T* inverse, NAME(vec) c0, NAME(vec) c1,
    NAME(vec) c2, int side, int is_flat, int is_unit)
{
    NAME(vec) own = LOAD(f), by = LOAD(inverse), t0, t1 = (own - LOAD(f1)) * by, t2 = ALL(0), left;
    t0 = (own - LOAD(f + side)) * by - (LOAD(f - side) - own) * LOAD(inverse - side);
    if (!is_unit) {
        t0 *= c0;
        t1 *= c1;
    }
    if (!is_flat) {
        t2 = (own - LOAD(f2)) * by;
        if (!is_unit)
            t2 *= c2;
        STORE(g2, LOAD(g2) - t2);
    }
    STORE(g, t0 + (t1 + t2));
    left = LOAD(g1) - t1;
    STORE(g1, left);
    return left;
}

/* Sums in eight parts, as in `total`, and numbers that are left. */
TARGET COAREA_INLINE static double NAME(total_of_parts)(
    const __m256d* parts, const T* rest, ptrdiff_t n, int is_squared)
{
    double part[8];
    _mm256_storeu_pd(part, parts[0]);
    _mm256_storeu_pd(part + 4, parts[1]);
    for (ptrdiff_t k = 0; k < n; k++)
        part[0] += is_squared ? (double)rest[k] * rest[k] : rest[k];
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

TARGET COAREA_INLINE static double NAME(pass)(
    T* g, T* g1, T* g2, const T* f, const T* f1, const T* f2, T* inverse, const T* others, T c0, T c1, T c2, int side,
    int is_flat, int is_unit, ptrdiff_t n, double* square)
{
#define MEASURE(x) \
    NAME(measure)(inverse + (x), f + (x), f1 + (x), f2 + (x), all, all0, all1, all2, side, is_flat, is_unit, &wrong)
#define SHARE(x) \
    NAME(share)(g + (x), g1 + (x), g2 + (x), f + (x), f1 + (x), f2 + (x), inverse + (x), all0, all1, all2, side, \
                is_flat, is_unit)
    const ptrdiff_t whole = n & ~(ptrdiff_t)7, ahead = LEAST > 0 || whole < COAREA_AHEAD ? whole : COAREA_AHEAD;
    const NAME(vec) all = ALL(others[0]), all0 = ALL(c0), all1 = ALL(c1), all2 = ALL(c2);
    NAME(vec) wrong = ALL(0);
    __m256d lengths[2] = {{0}}, squares[2] = {{0}};
    T rest[8];
    if (whole < n && NAME(lengths)(
            rest, inverse + whole, f + whole, f + whole + side, f1 + whole, f2 + whole, others, c0, c1, c2,
            n - whole) < 0)
        return -1;
    for (ptrdiff_t x = 0; x < ahead; x += 8)
        COAREA_UNROLL
        for (int k = 0; k < 8; k += LANES)
            NAME(add)(lengths, k / LANES, MEASURE(x + k));
    if (LEAST > 0 && NAME(any)(wrong))
        return -1;
    for (ptrdiff_t x = 0; x < whole - ahead; x += 8)
        COAREA_UNROLL
        for (int k = 0; k < 8; k += LANES) {
            NAME(add)(lengths, k / LANES, MEASURE(x + ahead + k));
            NAME(add_squares)(squares, k / LANES, SHARE(x + k));
        }
    for (ptrdiff_t x = whole - ahead; x < whole; x += 8)
        COAREA_UNROLL
        for (int k = 0; k < 8; k += LANES)
            NAME(add_squares)(squares, k / LANES, SHARE(x + k));
    if (whole < n)
        NAME(scatter)(
            g + whole, g1 + whole, g2 + whole, f + whole, f + whole + side, f1 + whole, f2 + whole, f + whole - side,
            inverse + whole, inverse + whole - side, c0, c1, c2, n - whole);
    *square = NAME(total_of_parts)(squares, g1 + whole, n - whole, 1);
    return NAME(total_of_parts)(lengths, rest, n - whole, 0);
#undef MEASURE
#undef SHARE
}

/* For a row f between copies of its ends, and `inverse` between zeros; all `others` are equal, and where is_flat f2 is
 * f. Returns the sum of the lengths; `square` is that of the squares of g1. Or -1, as `lengths`, and g is as it was.
 */
TARGET static double NAME(fused)(
    T* g, T* g1, T* g2, const T* f, const T* f1, const T* f2, int side, T* inverse, const T* others, T c0, T c1, T c2,
    int is_flat, ptrdiff_t n, double* square)
{
    int is_unit = c0 == 1 && c1 == 1 && (is_flat || c2 == 1);
#define PASS(side, is_flat, is_unit) \
    NAME(pass)(g, g1, g2, f, f1, f2, inverse, others, c0, c1, c2, side, is_flat, is_unit, n, square)
    if (!is_unit)
        return side < 0 ? PASS(-1, 0, 0) : PASS(1, 0, 0);
    if (is_flat)
        return side < 0 ? PASS(-1, 1, 1) : PASS(1, 1, 1);
    return side < 0 ? PASS(-1, 0, 1) : PASS(1, 0, 1);
#undef PASS
}
#undef LANES
#undef LOAD
#undef STORE
#undef ALL

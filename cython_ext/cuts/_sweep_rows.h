/* Row kernels of the push-relabel sweeps, for one type of number T and one width of vectors WIDTH (bytes; 0: none).
 *
 * Included once for each pair by _sweep.h, which defines T, WIDTH, TARGET and NAME. Rows are padded, so that vectors
 * may read and write beyond their ends, and arcs that leave the image have no capacity.
 */

#if WIDTH
typedef T NAME(vec) __attribute__((vector_size(WIDTH), aligned(sizeof(T)), may_alias));
#define LANES (WIDTH / (ptrdiff_t)sizeof(T))
#define LESS(a, b) ((NAME(vec))((a) < (b)))
#else
typedef T NAME(vec);
#define LANES 1
#define LESS(a, b) ((T)-((a) < (b)))
#endif

#define LOAD(p) (*(const NAME(vec)*)(p))
#define STORE(p, v) (*(NAME(vec)*)(p) = (v))
#define ALL(value) ((NAME(vec)){0} + (T)(value))

#if defined(COAREA_X86) && WIDTH == 32
#define EXTREME(name, a, b) ((NAME(vec))COAREA_INTRINSIC(_mm256_##name##_epi, BITS)((__m256i)(a), (__m256i)(b)))
#define LEAST(a, b) EXTREME(min, a, b)
#define LARGEST(a, b) EXTREME(max, a, b)
#define EITHER(mask, a, b) ((NAME(vec))_mm256_blendv_epi8((__m256i)(b), (__m256i)(a), (__m256i)(mask)))
#define NONE(a) _mm256_testz_si256((__m256i)(a), (__m256i)(a))
/* As bits, whether each of CHOSEN_LANES numbers has the sign that find_sign looks for. */
#define SIGN(p) ((__m256i)(negative ? LESS(LOAD(p), ALL(0)) : LESS(ALL(0), LOAD(p))))
#if BITS == 8
#define CHOSEN_LANES 32
#define CHOSEN(p) _mm256_movemask_epi8(SIGN(p))
#elif BITS == 16
#define CHOSEN_LANES 32
#define CHOSEN(p) \
    _mm256_movemask_epi8(_mm256_permute4x64_epi64(_mm256_packs_epi16(SIGN(p), SIGN((p) + 16)), 0xd8 /* 0, 2, 1, 3 */))
#else
#define CHOSEN_LANES 8
#define CHOSEN(p) _mm256_movemask_ps((__m256)SIGN(p))
#endif
#else
#define EITHER(mask, a, b) (((a) & (mask)) | ((b) & ~(mask)))
#define LEAST(a, b) EITHER(LESS(a, b), a, b)
#define LARGEST(a, b) EITHER(LESS(a, b), b, a)
#define NONE(a) 0
#endif

#define MARGIN (COAREA_MARGIN / (ptrdiff_t)sizeof(T))
#define FAR ((T)(-((int64_t)1 << (BITS - 1))))
#define CLOSEST ((T) ~FAR)

/* How close the pixels of a row are to a deficit: CLOSEST at a deficit, else one less than the closest pixel that an
 * arc leads to; FAR where that is too far. Returns whether a pixel of the row has an excess.
 */
TARGET static INLINE int NAME(relabel)(
    const T* excess, T* const* residual, const T* const* close, int n_arcs, T* out, ptrdiff_t n)
{
    NAME(vec) active = ALL(0);
    T any[WIDTH ? WIDTH / sizeof(T) : 1];
    int found = 0;
    for (ptrdiff_t x = 0; x < n; x += LANES) {
        NAME(vec) own = LOAD(excess + x), nearest = ALL(FAR + 1);
        UNROLL
        for (int k = 0; k < n_arcs; k++)
            nearest = LARGEST(nearest, EITHER(LESS(ALL(0), LOAD(residual[k] + x)), LOAD(close[k] + x), ALL(FAR)));
        STORE(out + x, EITHER(LESS(own, ALL(0)), ALL(CLOSEST), nearest - ALL(1)));
        active |= LESS(ALL(0), own);
    }
    STORE(any, active);
    for (int lane = 0; lane < LANES; lane++)
        found |= any[lane] != 0;
    return found;
}

/* Push the excess of a row along the arcs that lead closer: those to the next row of the sweep first, those along this
 * one last. To the right (arc 0) and to the left (arc 1) it goes by way of `right` and `left`, as the pixels of a vector
 * are each other's neighbours.
 *
 *     excess, close         of the pixels of the row; `close` is what relabel has just written
 *     residual[k]           what can still flow through arc k of each of them
 *     close_there[k]        of the pixels that arc k leads to, as are excess_there[k]
 *     residual_back[k]      of the opposite arcs: residual[k] + residual_back[k] stays what it was
 *     n_arcs, downwards     known when it is compiled
 *     right, left           what is pushed through arcs 0 and 1, zero beside the row
 *     n                     pixels, rounded up to whole margins
 *
 * Excess and flow in stay within what the planes can hold (LIMITS in planes.py) after every statement: a pixel gives no
 * more than its positive excess, an arc takes no more than its residual.
 */
TARGET static INLINE void NAME(push)(
    T* excess, const T* close, T* const* residual, const T* const* close_there, T* const* excess_there,
    T* const* residual_back, int n_arcs, int downwards, T* right, T* left, ptrdiff_t n)
{
    T* const flow[2] = {right, left};
    for (ptrdiff_t x = 0; x < n; x += LANES) {
        NAME(vec) here = LOAD(close + x), own = LARGEST(LOAD(excess + x), ALL(0)) & LESS(ALL(FAR), here);
        NAME(vec) rest = own;
        if (NONE(own)) {
            STORE(right + x, rest);
            STORE(left + x, rest);
            continue;
        }
        UNROLL
        for (int i = 0; i < n_arcs; i++) {
            int k = downwards ? (i + 2 < n_arcs ? i + 2 : i + 2 - n_arcs) : n_arcs - 1 - i;
            NAME(vec) room = LOAD(residual[k] + x);
            NAME(vec) pushed = LEAST(rest, room) & LESS(here, LOAD(close_there[k] + x));
            rest -= pushed;
            STORE(residual[k] + x, room - pushed);
            if (k < 2) {
                STORE(flow[k] + x, pushed);
            } else {
                STORE(excess_there[k] + x, LOAD(excess_there[k] + x) + pushed);
                STORE(residual_back[k] + x, LOAD(residual_back[k] + x) + pushed);
            }
        }
        STORE(excess + x, LOAD(excess + x) - (own - rest));
    }
    for (ptrdiff_t x = 0; x < n; x += LANES) {
        NAME(vec) from_left = LOAD(right + x - 1), from_right = LOAD(left + x + 1);
        STORE(excess + x, LOAD(excess + x) + from_left + from_right);
        STORE(residual[0] + x, LOAD(residual[0] + x) + from_right);
        STORE(residual[1] + x, LOAD(residual[1] + x) + from_left);
    }
}

/* `scratch` is that of coarea_sweep_scratch; what lies beside its rows stays zero. */
TARGET static INLINE void NAME(sweep_rows)(
    const coarea_planes* planes, int n_arcs, int downwards, ptrdiff_t first, ptrdiff_t last, void* scratch)
{
    T* close = planes->close;
    T* right = (T*)(((uintptr_t)scratch + 63) & ~(uintptr_t)63) + MARGIN;
    T* left = right + planes->stride;
    T *residual[COAREA_ARCS_MAX], *residual_back[COAREA_ARCS_MAX], *excess_there[COAREA_ARCS_MAX];
    const T* close_there[COAREA_ARCS_MAX];
    ptrdiff_t n = (planes->width + MARGIN - 1) / MARGIN * MARGIN;
    for (ptrdiff_t i = 0; i <= last - first; i++) {
        ptrdiff_t place = (downwards ? first + i : last - i) * planes->stride + MARGIN;
        T* excess = (T*)planes->excess + place;
        for (int k = 0; k < n_arcs; k++) {
            ptrdiff_t there = place + planes->offset[k];
            residual[k] = (T*)planes->residual[k] + place;
            residual_back[k] = (T*)planes->residual[k ^ 1] + there;
            excess_there[k] = (T*)planes->excess + there;
            close_there[k] = close + there;
        }
        int active = NAME(relabel)(excess, residual, close_there, n_arcs, right, n);
        memcpy(close + place, right, n * sizeof(T));
        if (active)
            NAME(push)(excess, close + place, residual, close_there, excess_there, residual_back, n_arcs, downwards,
                       right, left, n);
    }
}

/* Sweep the rows from `first` to `last`; which way, and mostly the number of arcs, is known when it is compiled. */
#define COAREA_CASE(n) \
    case n: \
        if (downwards) \
            NAME(sweep_rows)(planes, n, 1, first, last, scratch); \
        else \
            NAME(sweep_rows)(planes, n, 0, first, last, scratch); \
        break;
TARGET static void NAME(sweep)(
    const coarea_planes* planes, int downwards, ptrdiff_t first, ptrdiff_t last, void* scratch)
{
    switch (planes->n_arcs) {
        COAREA_CASE(4)
        COAREA_CASE(6)
        COAREA_CASE(8)
        COAREA_CASE(26)
    default:
        if (downwards)
            NAME(sweep_rows)(planes, planes->n_arcs, 1, first, last, scratch);
        else
            NAME(sweep_rows)(planes, planes->n_arcs, 0, first, last, scratch);
    }
}

/* Bit x of the words: whether the number at x is positive, or negative if those are wanted. */
TARGET static INLINE void NAME(find_sign)(const T* numbers, int negative, ptrdiff_t n_words, uint64_t* words)
{
    for (ptrdiff_t w = 0; w < n_words; w++) {
        const T* some = numbers + 64 * w;
        uint64_t bits = 0;
#ifdef CHOSEN
        for (int x = 0; x < 64; x += CHOSEN_LANES)
            bits |= (uint64_t)(uint32_t)CHOSEN(some + x) << x;
#else
        unsigned char set[64];
        uint64_t eight;
        for (int x = 0; x < 64; x++)
            set[x] = negative ? some[x] < 0 : some[x] > 0;
        for (int byte = 0; byte < 8; byte++) {
            memcpy(&eight, set + 8 * byte, 8);
            bits |= PACK(eight) << 8 * byte;
        }
#endif
        words[w] = bits;
    }
}

TARGET static void NAME(sign)(const T* numbers, int negative, ptrdiff_t n_words, uint64_t* words)
{
    if (negative)
        NAME(find_sign)(numbers, 1, n_words, words);
    else
        NAME(find_sign)(numbers, 0, n_words, words);
}

/* Add up numbers, and those that are positive. */
TARGET static void NAME(supply)(const T* numbers, ptrdiff_t n, int64_t* positive, int64_t* total)
{
    for (ptrdiff_t start = 0; start < n; start += 64) {
        ptrdiff_t stop = n - start < 64 ? n - start : 64;
        const T* some = numbers + start;
        WIDER some_positive = 0, some_total = 0;
        for (ptrdiff_t x = 0; x < stop; x++) {
            some_total += some[x];
            some_positive += some[x] > 0 ? some[x] : 0;
        }
        *positive += some_positive;
        *total += some_total;
    }
}

#undef COAREA_CASE
#undef LANES
#undef LESS
#undef LOAD
#undef STORE
#undef EITHER
#undef EXTREME
#undef LEAST
#undef LARGEST
#undef NONE
#undef SIGN
#undef CHOSEN
#undef CHOSEN_LANES
#undef FAR
#undef MARGIN
#undef CLOSEST
#undef ALL

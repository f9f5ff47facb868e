/* Row kernels of the push-relabel sweeps, for one type of number T and one width of vectors WIDTH (bytes; 0: none).
 *
 * Included once for each pair by _sweep.h, which defines T, WIDTH, TARGET and NAME. Rows are padded, so that vectors
 * may read and write beyond their ends, and arcs that leave the image have no capacity.
 */

#if WIDTH
typedef T NAME(vec) __attribute__((vector_size(WIDTH), aligned(sizeof(T)), may_alias));
#define LANES (WIDTH / (long)sizeof(T))
#define LESS(a, b) ((a) < (b))
#else
typedef T NAME(vec);
#define LANES 1
#define LESS(a, b) ((T)-((a) < (b)))
#endif

#define LOAD(p) (*(const NAME(vec)*)(p))
#define STORE(p, v) (*(NAME(vec)*)(p) = (v))
#define EITHER(mask, a, b) (((a) & (mask)) | ((b) & ~(mask)))
#define ALL(value) ((NAME(vec)){0} + (T)(value))

/* Labels of a row, lower bounds of the distance to a deficit: one more than the lowest that an arc leads to, 0 at a
 * deficit. Returns whether a pixel of the row has an excess. */
TARGET static int NAME(relabel)(
    const T* excess, T* const* residual, const T* const* label, int n_arcs, T limit, T* out, long n)
{
    NAME(vec) active = ALL(0);
    T any[WIDTH ? WIDTH / sizeof(T) : 1];
    int found = 0;
    for (long x = 0; x < n; x += LANES) {
        NAME(vec) own = LOAD(excess + x), lowest = ALL(limit - 1);
        for (int k = 0; k < n_arcs; k++) {
            NAME(vec) there = LOAD(label[k] + x);
            NAME(vec) lower = (NAME(vec))(LESS(ALL(0), LOAD(residual[k] + x)) & LESS(there, lowest));
            lowest = EITHER(lower, there, lowest);
        }
        STORE(out + x, (lowest + (T)1) & ~(NAME(vec))LESS(own, ALL(0)));
        active |= (NAME(vec))LESS(ALL(0), own);
    }
    STORE(any, active);
    for (int lane = 0; lane < LANES; lane++)
        found |= any[lane] != 0;
    return found;
}

/* Send excess along the arcs on which the label falls, in the given order: to other rows at once, to the right (arc 0)
 * and to the left (arc 1) by way of `right` and `left`, as the pixels of a vector are each other's neighbours.
 */
TARGET static void NAME(push)(
    T* excess, const T* label, T* const* residual, const T* const* label_there, T* const* excess_there,
    T* const* residual_back, const int* order, int n_arcs, T* right, T* left, long n)
{
    T* const flow[2] = {right, left};
    for (long x = 0; x < n; x += LANES) {
        NAME(vec) own = LOAD(excess + x), height = LOAD(label + x);
        own &= (NAME(vec))LESS(ALL(0), own);
        NAME(vec) rest = own;
        for (int i = 0; i < n_arcs; i++) {
            int k = order[i];
            NAME(vec) room = LOAD(residual[k] + x);
            NAME(vec) sent = EITHER((NAME(vec))LESS(rest, room), rest, room);
            sent &= (NAME(vec))LESS(LOAD(label_there[k] + x), height);
            rest -= sent;
            STORE(residual[k] + x, room - sent);
            if (k < 2) {
                STORE(flow[k] + x, sent);
            } else {
                STORE(excess_there[k] + x, LOAD(excess_there[k] + x) + sent);
                STORE(residual_back[k] + x, LOAD(residual_back[k] + x) + sent);
            }
        }
        STORE(excess + x, LOAD(excess + x) - (own - rest));
    }
    for (long x = 0; x < n; x += LANES) {
        NAME(vec) from_left = LOAD(right + x - 1), from_right = LOAD(left + x + 1);
        STORE(excess + x, LOAD(excess + x) + from_left + from_right);
        STORE(residual[0] + x, LOAD(residual[0] + x) + from_right);
        STORE(residual[1] + x, LOAD(residual[1] + x) + from_left);
    }
}

/* `scratch` holds two rows and their margins, all zero beyond the pixels of the image. */
TARGET static void NAME(sweep)(const coarea_planes* planes, long first, long last, long step, void* scratch)
{
    T* label = planes->label;
    T* right = (T*)(((uintptr_t)scratch + 63) & ~(uintptr_t)63) + COAREA_MARGIN;
    T* left = right + planes->stride;
    T *residual[COAREA_ARCS_MAX], *residual_back[COAREA_ARCS_MAX], *excess_there[COAREA_ARCS_MAX];
    const T* label_there[COAREA_ARCS_MAX];
    long n = (planes->width + 63) & ~63L;
    int order[COAREA_ARCS_MAX];
    for (int i = 0; i < planes->n_arcs; i++) /* first on to the next row, last along this one */
        order[i] = step > 0 ? (i + 2) % planes->n_arcs : planes->n_arcs - 1 - i;
    for (long row = first; row != last + step; row += step) {
        long place = row * planes->stride + COAREA_MARGIN;
        T* excess = (T*)planes->excess + place;
        for (int k = 0; k < planes->n_arcs; k++) {
            long there = place + planes->offset[k];
            residual[k] = (T*)planes->residual[k] + place;
            residual_back[k] = (T*)planes->residual[k ^ 1] + there;
            excess_there[k] = (T*)planes->excess + there;
            label_there[k] = label + there;
        }
        int active = NAME(relabel)(excess, residual, label_there, planes->n_arcs, (T)planes->limit, right, n);
        memcpy(label + place, right, n * sizeof(T));
        if (active)
            NAME(push)(excess, label + place, residual, label_there, excess_there, residual_back, order,
                       planes->n_arcs, right, left, n);
        memset(right, 0, n * sizeof(T));
    }
}

/* Bit x of the words: whether the number at x is positive. */
TARGET static void NAME(positive)(const T* numbers, long n_words, uint64_t* words)
{
    for (long w = 0; w < n_words; w++) {
        unsigned char set[64];
        uint64_t bits = 0, eight;
        for (int x = 0; x < 64; x++)
            set[x] = numbers[64 * w + x] > 0;
        for (int byte = 0; byte < 8; byte++) {
            memcpy(&eight, set + 8 * byte, 8);
            bits |= PACK(eight) << 8 * byte;
        }
        words[w] = bits;
    }
}

#undef LANES
#undef LESS
#undef LOAD
#undef STORE
#undef EITHER
#undef ALL

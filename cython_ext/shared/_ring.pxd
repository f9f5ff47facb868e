"""The eight neighbours of a cell of a padded image as the bits of a byte: a ring, in the order of the clock.

Bits 0 to 7 are NW, N, NE, E, SE, S, SW, W; even bits are the diagonal neighbours.
"""

ctypedef unsigned int mask_t
ctypedef unsigned long long flags_t

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define coarea_prefetch(address) __builtin_prefetch(address)
    #define coarea_lowest_bit(mask) __builtin_ctz(mask)
    #define coarea_gather(cell, width) coarea_gather4(cell, width)
    #include <string.h>
    static inline unsigned long long coarea_gather4(const unsigned char* cell, Py_ssize_t width) {
        unsigned int n, s; memcpy(&n, cell - width - 1, 4); memcpy(&s, cell + width - 1, 4);
        return (n & 0xffffff) | (unsigned long long)cell[1] << 24 | (unsigned long long)(__builtin_bswap32(s) & 0xffffff00u) << 24 | (unsigned long long)cell[-1] << 56;
    }
    #else
    #define coarea_prefetch(address) ((void)(address))
    static int coarea_lowest_bit(unsigned int mask) { int i = 0; while (!(mask >> i & 1)) i++; return i; }
    #endif
    """
    void prefetch "coarea_prefetch"(const void* address) noexcept nogil
    int lowest_bit "coarea_lowest_bit"(unsigned int mask) noexcept nogil
    flags_t gather "coarea_gather4"(const unsigned char* cell, Py_ssize_t width) noexcept nogil


cdef enum:
    NW = 1
    N = 2
    NE = 4
    E = 8
    SE = 16
    S = 32
    SW = 64
    W = 128
    DIAGONAL = 0x55


cdef inline void ring_offsets(int width, int* offsets) noexcept nogil:
    """From a cell to its neighbours, in an image whose rows are `width` cells apart; last, to itself."""
    offsets[0] = -width - 1
    offsets[1] = -width
    offsets[2] = -width + 1
    offsets[3] = 1
    offsets[4] = width + 1
    offsets[5] = width
    offsets[6] = width - 1
    offsets[7] = -1
    offsets[8] = 0


cdef inline mask_t plane(flags_t word, int bit) noexcept nogil:
    """One bit of each of the eight bytes."""
    return <mask_t>((((word >> bit) & <flags_t>0x0101010101010101) * <flags_t>0x0102040810204080) >> 56)


cdef inline mask_t after(mask_t mask) noexcept nogil:
    return (mask << 1 | mask >> 7) & 255


cdef inline mask_t before(mask_t mask) noexcept nogil:
    return (mask >> 1 | mask << 7) & 255


cdef inline mask_t beside(mask_t mask) noexcept nogil:
    """The ring neighbours of the bits of a mask."""
    cdef mask_t doubled = mask | mask << 8
    return (doubled >> 1 | doubled >> 7) & 255


cdef inline mask_t representatives(mask_t first, mask_t second, mask_t third, mask_t ban1, mask_t ban2) noexcept nogil:
    """Of three masks, one bit of each circular run of ones that holds no banned bit: its last one; none of a full ring.

    Adding a banned bit to its run carries past the end of the run and clears that end. The masks lie side by side in
    one word, with room between them for what is carried.
    """
    cdef flags_t masks = first | <flags_t>second << 20 | <flags_t>third << 40
    cdef flags_t banned = ban1 | <flags_t>ban2 << 20
    cdef flags_t doubled = masks | masks << 8
    cdef flags_t hit = masks & banned
    cdef flags_t ends = masks & ~(doubled >> 1) & ~banned & ((doubled + (hit | hit << 8)) >> 8)
    return <mask_t>(ends | ends >> 20 | ends >> 40) & 255

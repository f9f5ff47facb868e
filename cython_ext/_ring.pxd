"""The eight neighbours of a cell of a padded image as the bits of a byte: a ring, in the order of the clock.

Bits 0 to 7 are NW, N, NE, E, SE, S, SW, W; even bits are the diagonal neighbours.
"""

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define coarea_prefetch(address) __builtin_prefetch(address)
    #define coarea_lowest_bit(mask) __builtin_ctz(mask)
    #else
    #define coarea_prefetch(address) ((void)(address))
    static int coarea_lowest_bit(unsigned int mask) { int i = 0; while (!(mask >> i & 1)) i++; return i; }
    #endif
    """
    void prefetch "coarea_prefetch"(const void* address) noexcept nogil
    int lowest_bit "coarea_lowest_bit"(unsigned int mask) noexcept nogil

ctypedef unsigned int mask_t
ctypedef unsigned long long flags_t

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
    """From a cell to its neighbours, in an image whose rows are `width` cells apart."""
    offsets[0] = -width - 1
    offsets[1] = -width
    offsets[2] = -width + 1
    offsets[3] = 1
    offsets[4] = width + 1
    offsets[5] = width
    offsets[6] = width - 1
    offsets[7] = -1


cdef inline flags_t gather(const unsigned char* cell, Py_ssize_t width) noexcept nogil:
    """The bytes of the eight neighbours in one word."""
    cdef const unsigned char* north = cell - width - 1
    cdef const unsigned char* west = cell - 1
    cdef const unsigned char* south = cell + width - 1
    return (
        <flags_t>north[0] | <flags_t>north[1] << 8 | <flags_t>north[2] << 16 | <flags_t>west[2] << 24
        | <flags_t>south[2] << 32 | <flags_t>south[1] << 40 | <flags_t>south[0] << 48 | <flags_t>west[0] << 56
    )


cdef inline mask_t plane(flags_t word, int bit) noexcept nogil:
    """One bit of each of the eight bytes."""
    return <mask_t>((((word >> bit) & <flags_t>0x0101010101010101) * <flags_t>0x0102040810204080) >> 56)


cdef inline mask_t beside(mask_t mask) noexcept nogil:
    """The ring neighbours of the bits of a mask."""
    return (mask << 1 | mask >> 7 | mask >> 1 | mask << 7) & 255


cdef inline mask_t after(mask_t mask) noexcept nogil:
    return (mask << 1 | mask >> 7) & 255


cdef inline mask_t before(mask_t mask) noexcept nogil:
    return (mask >> 1 | mask << 7) & 255


cdef inline mask_t representatives(mask_t mask, mask_t banned) noexcept nogil:
    """One bit of each circular run of ones that holds no banned bit: its last one.

    Adding a banned bit to its run carries past the end of the run and clears that end.
    """
    cdef mask_t doubled = mask | mask << 8
    cdef mask_t hit = mask & banned
    cdef mask_t carried = (doubled + (hit | hit << 8)) >> 8
    if mask == 255:
        return 0 if hit else 1
    return mask & ~(doubled >> 1) & ~banned & carried

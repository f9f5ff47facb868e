"""The eight neighbours of a cell of a padded image as the bits of a byte, in the order of the clock.

Bits 0 to 7 are NW, N, NE, E, SE, S, SW, W; even bits are the diagonal neighbours.
"""

from libc.stdint cimport uint64_t

ctypedef unsigned int mask_t
ctypedef uint64_t flags_t  # a byte for each neighbour

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__GNUC__) && !defined(COAREA_PORTABLE) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* For words whose first byte is the lowest. Reads a byte beyond the neighbours in the NE and the SE. */
    static inline uint64_t coarea_gather(const unsigned char* cell, Py_ssize_t width) {
        uint32_t north, south;
        memcpy(&north, cell - width - 1, 4);
        memcpy(&south, cell + width - 1, 4);
        return (north & 0xffffffu) | (uint64_t)cell[1] << 24
            | (uint64_t)(__builtin_bswap32(south) & 0xffffff00u) << 24 | (uint64_t)cell[-1] << 56;
    }
    #else
    static inline uint64_t coarea_gather(const unsigned char* cell, Py_ssize_t width) {
        const unsigned char* north = cell - width;
        const unsigned char* south = cell + width;
        return (uint64_t)north[-1] | (uint64_t)north[0] << 8 | (uint64_t)north[1] << 16 | (uint64_t)cell[1] << 24
            | (uint64_t)south[1] << 32 | (uint64_t)south[0] << 40 | (uint64_t)south[-1] << 48
            | (uint64_t)cell[-1] << 56;
    }
    #endif
    """
    flags_t gather "coarea_gather"(const unsigned char* cell, Py_ssize_t width) noexcept nogil  # the neighbours' bytes


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


cdef inline void neighbor_offsets(int width, int* offsets) noexcept nogil:
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
    """The bits before and after those of a mask."""
    cdef mask_t doubled = mask | mask << 8
    return (doubled >> 1 | doubled >> 7) & 255


cdef inline flags_t side_by_side(mask_t first, mask_t second, mask_t third) noexcept nogil:
    """Three masks in one word, with room between them for what is carried."""
    return first | <flags_t>second << 20 | <flags_t>third << 40


cdef inline mask_t ends_of_runs(flags_t masks, flags_t banned) noexcept nogil:
    """Of masks side by side, one bit of each circular run of ones that holds no banned bit: its last one.

    None of eight ones. Adding a banned bit to its run carries past the end of the run and clears that end.
    """
    cdef flags_t doubled = masks | masks << 8
    cdef flags_t hit = masks & banned
    cdef flags_t ends = masks & ~(doubled >> 1) & ~banned & ((doubled + (hit | hit << 8)) >> 8)
    return <mask_t>(ends | ends >> 20 | ends >> 40) & 255


cdef inline mask_t representatives(mask_t first, mask_t second, mask_t third, mask_t ban1, mask_t ban2) noexcept nogil:
    """`ends_of_runs` of three masks; the third one has no banned bits."""
    return ends_of_runs(side_by_side(first, second, third), side_by_side(ban1, ban2, 0))

"""The types of numbers that kernels share, each defined once and of the same width wherever the library is built.

Arrays of indices and levels hold `int`, 32 bits with every compiler; what may be larger is int64_t or Py_ssize_t, never
`long`, which has 32 bits with some compilers and 64 with others.
"""

from libc.stdint cimport int64_t, uint64_t

ctypedef uint64_t word_t  # a set of 64

ctypedef fused level_t:  # levels: 8- and 16-bit images as they are, others as ranks
    unsigned char
    unsigned short
    int

ctypedef fused number_t:  # what is counted, summed or measured
    int
    int64_t
    double

ctypedef fused sum_t:  # the same, and sums that may wrap, which only unsigned numbers do
    int
    int64_t
    uint64_t
    double

ctypedef fused real:  # images that are computed with
    float
    double

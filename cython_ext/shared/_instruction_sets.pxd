"""The names of the instruction sets; what they are is said in the header."""

cdef extern from "_instruction_sets.h":
    enum:
        COAREA_SCALAR
    int coarea_n_instruction_sets()


cdef inline tuple names_of_instruction_sets():
    """Those that this machine runs, from the slowest: a name's place is its number."""
    return ("scalar", "sse", "avx2")[:coarea_n_instruction_sets()]

"""The stack of level sets of an image, and back."""

from shared._types cimport level_t


def decompose(const level_t[::1] levels, bint upper, unsigned char[:, ::1] sets):
    """sets[k, p] = levels[p] >= k, or <= for lower sets."""
    cdef Py_ssize_t k, p
    with nogil:
        for k in range(sets.shape[0]):
            if upper:
                for p in range(levels.shape[0]):
                    sets[k, p] = levels[p] >= k
            else:
                for p in range(levels.shape[0]):
                    sets[k, p] = levels[p] <= k


def reconstruct(const unsigned char[:, ::1] sets, bint upper, int[::1] index):
    """index[p] = the last (upper) or the first (lower) set that holds p; left alone where none does."""
    cdef Py_ssize_t n_sets = sets.shape[0], i, k, p
    with nogil:
        for i in range(n_sets):
            k = i if upper else n_sets - 1 - i
            for p in range(index.shape[0]):
                if sets[k, p]:
                    index[p] = <int>k

"""The data term that all solvers share: all that they know of it is what a site gains from rising.

Another kind of term is another branch of `lay_out_term` and `gain` here, and of coarea.cuts.terms; no solver changes.
"""

from cuts._network cimport plane_t
from shared._types cimport int64_t


cdef struct Term:
    # Borrowed from a coarea.cuts.terms.Term, which must outlive it.
    const int* level
    const int64_t* up
    const int64_t* down
    const int64_t* slope  # NULL: the gain falls from `up` to `-down` at once
    Py_ssize_t stride  # of the coefficients: 0 where those of one site are those of all
    const int* lower  # levels that the sites may not leave; NULL: none
    const int* upper
    int64_t hold  # the gain below `lower`, and the loss above `upper`


cdef inline int lay_out_term(Term* term, object data) except -1:
    cdef const int[::1] level = data.level.reshape(-1)
    cdef const int64_t[:, ::1] coefficients = data.coefficients
    cdef const int[::1] lower, upper
    term.level = &level[0]
    term.up, term.down = &coefficients[0, 0], &coefficients[1, 0]
    term.slope = &coefficients[2, 0] if coefficients.shape[0] > 2 else NULL
    term.stride = 1 if coefficients.shape[1] > 1 else 0
    term.lower = term.upper = NULL
    term.hold = data.hold
    if data.lower is not None:
        lower, upper = data.lower.reshape(-1), data.upper.reshape(-1)
        term.lower, term.upper = &lower[0], &upper[0]
    return 0


cdef inline int64_t gain(const Term* term, Py_ssize_t i, int threshold) noexcept nogil:
    """f(t - 1) - f(t) of site i at the threshold t: slope (2 (level - t) + 1), clamped to [-down, up], within its bounds.

    Levels are unpredictable, so what depends on them is chosen without branches where that is cheap.
    """
    cdef Py_ssize_t k = i * term.stride
    cdef int distance = term.level[i] - threshold
    if term.lower != NULL:
        if threshold <= term.lower[i]:
            return term.hold
        if threshold > term.upper[i]:
            return -term.hold
    if term.slope == NULL:
        return (term.up[k] + term.down[k]) * (distance >= 0) - term.down[k]
    if distance >= 0:
        return term.up[k] if term.slope[k] >= term.up[k] else min(term.up[k], term.slope[k] * (2 * distance + 1))
    return -term.down[k] if term.slope[k] >= term.down[k] else max(-term.down[k], term.slope[k] * (2 * distance + 1))


cdef inline int64_t common_fall(const Term* term) noexcept nogil:
    """By how much the gain of every site falls, all at once, at its level; -1 if this is not one number for all."""
    if term.slope != NULL or term.stride != 0 or term.lower != NULL:
        return -1
    return term.up[0] + term.down[0]


cdef inline void settle_falls(
    plane_t* excess, const int* level, int* low, const unsigned char* rises, plane_t fall, int step, Py_ssize_t n
) noexcept nogil:
    """Settle the bit `step` of n sites whose gains fall by one number, as _planes.settle does. Compilers vectorise it."""
    cdef Py_ssize_t x
    cdef int rise, distance, half = step >> 1
    for x in range(n):
        rise = rises[x] * step
        distance = level[x] - low[x]
        excess[x] += <plane_t>(((distance - rise >= half) - (distance >= step)) * fall * (step > 1))
        low[x] += rise

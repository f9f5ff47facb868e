"""Exact minimisation of fidelity + total variation on a tree, by divide and conquer over grey levels.

Every bit of the levels is one minimum cut. On a tree two passes find it: messages from the leaves to the root,
then decisions from the root to the leaves.
"""

from libc.stdlib cimport calloc, free, malloc

from cuts._terms cimport Term, gain, lay_out_term
from shared._interrupt cimport act_after
from shared._types cimport int64_t

cdef enum:
    UNDECIDED = 2  # in `above`: the node's interval is its parent's, so it follows its parent's decision


cdef inline int64_t clip(int64_t value, int64_t bound) noexcept nogil:
    return max(-bound, min(bound, value))


cdef void pass_messages(
    const Term* term, const int[::1] parent, const int64_t[::1] capacity, const int* low, int step,
    int64_t* message, unsigned char* above,
) noexcept nogil:
    """To each node's gain add what its subtree wishes, as far as the edges let it through."""
    cdef Py_ssize_t i
    cdef int own, other
    cdef int64_t passed
    for i in range(parent.shape[0] - 1, 0, -1):
        own = low[i]
        other = low[parent[i]]
        message[i] += gain(term, i, own + step)
        above[i] = UNDECIDED * (own == other) + (other > own)
        passed = message[i] if own == other else capacity[i] if own > other else -capacity[i]
        message[parent[i]] += clip(passed, capacity[i])
    message[0] += gain(term, 0, low[0] + step)


cdef void decide(
    const int[::1] parent, const int64_t[::1] capacity, int step, bint largest, int64_t* message, unsigned char* above,
    int* low,
) noexcept nogil:
    """From the root to the leaves, and leave no message behind."""
    cdef Py_ssize_t i
    cdef int rises
    above[0] = message[0] >= 1 - largest
    low[0] += above[0] * step
    message[0] = 0
    for i in range(1, parent.shape[0]):
        rises = above[parent[i]] if above[i] == UNDECIDED else above[i]
        above[i] = message[i] + capacity[i] * (2 * rises - 1) >= 1 - largest
        low[i] += above[i] * step
        message[i] = 0


def minimize_tree(
    const int[::1] parent, data, const int64_t[::1] capacity, int n_bits, bint largest, int[::1] out
):
    """Write to `out` the smallest (or largest) minimiser of sum f_i(out_i) + sum capacity_i |out_i - out_parent(i)|.

    Parents come before children; levels are in [0, 2^n_bits). `out` is zero.
    """
    cdef Py_ssize_t n = parent.shape[0], steps = 0
    cdef int bit
    cdef Term term
    lay_out_term(&term, data)
    cdef int64_t* message = <int64_t*>calloc(n, sizeof(int64_t) + 1)
    if message == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    cdef unsigned char* above = <unsigned char*>(message + n)
    try:
        with nogil:
            for bit in range(n_bits - 1, -1, -1):
                pass_messages(&term, parent, capacity, &out[0], 1 << bit, message, above)
                decide(parent, capacity, 1 << bit, largest, message, above, &out[0])
                steps += n
                act_after(&steps)
    finally:
        free(message)


cdef inline int64_t least_flow(int64_t capacity, int64_t most, int own, int other) noexcept nogil:
    """The smallest flow from a node that takes at most `most` to its parent; all of it where the values differ."""
    if own != other:
        return capacity if own > other else -capacity
    return max(-capacity, -most)


cdef inline int64_t most_flow(int64_t capacity, int64_t least, int own, int other) noexcept nogil:
    if own != other:
        return capacity if own > other else -capacity
    return min(capacity, -least)


def tree_flow(
    const int[::1] parent, data, const int64_t[::1] capacity, int highest, const int[::1] value, int64_t[::1] flow
):
    """Write the flow from each node to its parent that proves `value` optimal, if it is.

    A node of value u needs a net inflow between -gain(u) and -gain(u + 1). `least` and `most` hold what it needs beside
    the flow from its children; `lacking` how much more than the least these must bring.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int64_t unbounded = <int64_t>1 << 61, lower, upper, raised
    cdef Term term
    lay_out_term(&term, data)
    cdef int64_t* least = <int64_t*>malloc(3 * n * sizeof(int64_t))
    if least == NULL:
        raise MemoryError("the proof needs more memory than there is")
    cdef int64_t* most = least + n
    cdef int64_t* lacking = most + n
    with nogil:
        for i in range(n):
            least[i] = -unbounded if value[i] == 0 else -gain(&term, i, value[i])
            most[i] = unbounded if value[i] == highest else -gain(&term, i, value[i] + 1)
            lacking[i] = least[i]
        for i in range(n - 1, 0, -1):
            lower = least_flow(capacity[i], most[i], value[i], value[parent[i]])
            upper = most_flow(capacity[i], least[i], value[i], value[parent[i]])
            least[parent[i]] = max(least[parent[i]] - upper, -unbounded)
            most[parent[i]] = min(most[parent[i]] - lower, unbounded)
            lacking[parent[i]] -= lower
        flow[0] = 0
        for i in range(1, n):
            lower = least_flow(capacity[i], most[i], value[i], value[parent[i]])
            upper = most_flow(capacity[i], least[i], value[i], value[parent[i]])
            raised = max(0, min(upper - lower, lacking[parent[i]]))
            flow[i] = lower + raised
            lacking[parent[i]] -= raised
            lacking[i] += flow[i]
        free(least)

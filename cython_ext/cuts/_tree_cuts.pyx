"""Exact minimisation of fidelity + total variation on a tree, by divide and conquer over grey levels.

Every bit of the levels is one minimum cut. On a tree two passes find it: messages from the leaves to the root,
then decisions from the root to the leaves. Nodes whose edge to the parent no cut can ever pass are one group with it,
which sums up their gains; the passes go over the groups.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memset

from cuts._terms cimport Term, gain, lay_out_term
from shared._interrupt cimport act_after
from shared._types cimport int64_t

cdef enum:
    UNDECIDED = 2  # in `above`: the group's interval is its parent's, so it follows its parent's decision


cdef struct Groups:
    # A tree of groups of nodes, parents before children.
    int* parent
    int64_t* capacity
    int* low
    int64_t* message
    unsigned char* above
    Py_ssize_t n


cdef inline int64_t clip(int64_t value, int64_t bound) noexcept nogil:
    return max(-bound, min(bound, value))


cdef void join(
    const Term* term, const int[::1] parent, const int64_t[::1] capacity, int top, int* group, Groups* groups
) noexcept nogil:
    """Make the groups: what a node's subtree sends, whatever the threshold, is less than the edge to the parent.

    Gains fall from threshold to threshold, so the largest one is the first or the last. Leaves no message behind.
    """
    cdef Py_ssize_t i, n = parent.shape[0]
    cdef int64_t* most = groups.message
    for i in range(n):
        most[i] = max(gain(term, i, 1), -gain(term, i, top))
    for i in range(n - 1, 0, -1):
        group[i] = most[i] >= capacity[i]
        most[parent[i]] += min(most[i], capacity[i])
    group[0] = groups.parent[0] = 0
    groups.capacity[0] = 0  # the root passes nothing on, and waits for nobody
    groups.n = 1
    for i in range(1, n):
        if group[i]:
            group[i] = <int>groups.n
            groups.parent[groups.n] = group[parent[i]]
            groups.capacity[groups.n] = capacity[i]
            groups.n += 1
        else:
            group[i] = group[parent[i]]
    memset(groups.message, 0, groups.n * sizeof(int64_t))
    memset(groups.low, 0, groups.n * sizeof(int))


cdef void gather_gains(const Term* term, const int* group, Py_ssize_t n, int step, Groups* groups) noexcept nogil:
    """What each group gains from rising, by itself."""
    cdef Py_ssize_t i
    cdef int own
    cdef int64_t below
    cdef const int64_t* up = term.up
    cdef const int64_t* down = term.down
    cdef const int* level = term.level
    cdef const int* low = groups.low
    cdef int64_t* message = groups.message
    if term.slope == NULL and term.lower == NULL and term.stride:  # the costs of L1, in fewer steps than `gain` takes
        for i in range(n):
            own = group[i]
            below = (level[i] - low[own] - step) >> 31  # all bits, or none
            message[own] += up[i] - ((up[i] + down[i]) & below)
        return
    for i in range(n):
        own = group[i]
        message[own] += gain(term, i, low[own] + step)


cdef void pass_messages(Groups* groups) noexcept nogil:
    """To each group's gain add what its subtree wishes, as far as the edges let it through."""
    cdef Py_ssize_t i
    cdef int own, other
    cdef int64_t passed, bound
    for i in range(groups.n - 1, 0, -1):
        own = groups.low[i]
        other = groups.low[groups.parent[i]]
        bound = groups.capacity[i]
        groups.above[i] = UNDECIDED * (own == other) + (other > own)
        passed = groups.message[i] if own == other else bound if own > other else -bound
        groups.message[groups.parent[i]] += clip(passed, bound)


cdef void decide(int step, bint largest, Groups* groups) noexcept nogil:
    """From the root to the leaves, and leave no message behind."""
    cdef Py_ssize_t i
    cdef int rises
    groups.above[0] = 0
    for i in range(groups.n):
        rises = groups.above[groups.parent[i]] if groups.above[i] == UNDECIDED else groups.above[i]
        rises = groups.message[i] + groups.capacity[i] * (2 * rises - 1) >= 1 - largest
        groups.above[i] = rises
        groups.low[i] += rises * step
        groups.message[i] = 0


def minimize_tree(
    const int[::1] parent, data, const int64_t[::1] capacity, int n_bits, bint largest, int[::1] out
):
    """Write to `out` the smallest (or largest) minimiser of sum f_i(out_i) + sum capacity_i |out_i - out_parent(i)|.

    Parents come before children; levels are in [0, 2^n_bits).
    """
    cdef Py_ssize_t n = parent.shape[0], i, steps = 0
    cdef int bit
    cdef Term term
    cdef Groups groups
    lay_out_term(&term, data)
    cdef int64_t* block = <int64_t*>malloc(n * (2 * sizeof(int64_t) + 3 * sizeof(int) + 1))
    if block == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    groups.message, groups.capacity = block, block + n
    groups.parent = <int*>(groups.capacity + n)
    groups.low = groups.parent + n
    cdef int* group = groups.low + n
    groups.above = <unsigned char*>(group + n)
    try:
        with nogil:
            join(&term, parent, capacity, (1 << n_bits) - 1, group, &groups)
            for bit in range(n_bits - 1, -1, -1):
                gather_gains(&term, group, n, 1 << bit, &groups)
                pass_messages(&groups)
                decide(1 << bit, largest, &groups)
                steps += n
                act_after(&steps)
            for i in range(n):
                out[i] = groups.low[group[i]]
    finally:
        free(block)


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

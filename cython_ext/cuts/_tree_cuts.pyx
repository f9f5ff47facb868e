"""Exact minimisation of fidelity + total variation on a tree, by divide and conquer over grey levels.

Every bit of the levels is one minimum cut. On a tree two passes find it: messages from the leaves to the root,
then decisions from the root to the leaves.
"""

from cuts._fidelity cimport gain, int64


cdef inline int64 clip(int64 value, int64 bound) noexcept nogil:
    return max(-bound, min(bound, value))


cdef enum:
    UNDECIDED = 2  # in `above`: the node's interval is its parent's, so it follows its parent's decision

cdef struct Problem:
    # Levels are unpredictable, so what depends on them is chosen without branches where that is cheap.
    const int* level
    const int64* slope
    const int64* up
    const int64* down
    bint is_steep  # the slope is at least `up` and `down`: each gain is one of two numbers


cdef inline int64 gain_of(const Problem* f, Py_ssize_t i, int threshold) noexcept nogil:
    if f.is_steep:
        return (f.up[i] + f.down[i]) * (f.level[i] >= threshold) - f.down[i]
    return gain(f.slope[i], f.up[i], f.down[i], f.level[i] - threshold)


cdef void send_messages(
    const Problem* f, const int[::1] parent, const int64[::1] capacity, const int* low, int step,
    int64* message, unsigned char* above,
) noexcept nogil:
    """To each node's gain add what its subtree wishes, as far as the edges let it through."""
    cdef Py_ssize_t i
    cdef int own, other
    cdef int64 passed
    for i in range(parent.shape[0] - 1, 0, -1):
        own = low[i]
        other = low[parent[i]]
        message[i] += gain_of(f, i, own + step)
        above[i] = UNDECIDED * (own == other) + (other > own)
        passed = message[i] if own == other else capacity[i] if own > other else -capacity[i]
        message[parent[i]] += clip(passed, capacity[i])
    message[0] += gain_of(f, 0, low[0] + step)


cdef void decide(
    const int[::1] parent, const int64[::1] capacity, int step, bint largest, int64* message, unsigned char* above,
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
    const int[::1] parent, const int[::1] level, const int64[::1] slope, const int64[::1] up, const int64[::1] down,
    const int64[::1] capacity, int n_bits, bint largest, bint is_steep, int64[::1] message, unsigned char[::1] above,
    int[::1] out,
):
    """Write to `out` the smallest (or largest) minimiser of sum_i f_i(out_i) + sum_{i > 0} capacity_i |out_i - out_parent(i)|.

    Parents come before children; levels are in [0, 2^n_bits). `above` is scratch, `message` and `out` are zero.
    """
    cdef int bit
    cdef Problem f
    with nogil:
        f.level, f.slope, f.up, f.down, f.is_steep = &level[0], &slope[0], &up[0], &down[0], is_steep
        for bit in range(n_bits - 1, -1, -1):
            send_messages(&f, parent, capacity, &out[0], 1 << bit, &message[0], &above[0])
            decide(parent, capacity, 1 << bit, largest, &message[0], &above[0], &out[0])


cdef inline int64 least_sent(int64 capacity, int64 most, int own, int other) noexcept nogil:
    """The smallest flow from a node that takes at most `most` to its parent; all of it where the values differ."""
    if own != other:
        return capacity if own > other else -capacity
    return max(-capacity, -most)


cdef inline int64 most_sent(int64 capacity, int64 least, int own, int other) noexcept nogil:
    if own != other:
        return capacity if own > other else -capacity
    return min(capacity, -least)


def tree_flow(
    const int[::1] parent, const int[::1] level, const int64[:] slope, const int64[:] up, const int64[:] down,
    const int64[::1] capacity, int highest, const int[::1] value, int64[::1] least, int64[::1] most, int64[::1] lacking,
    int64[::1] flow,
):
    """Write the flow from each node to its parent that proves `value` optimal, if it is.

    A node of value u needs a net inflow between -gain(u) and -gain(u + 1). `least` and `most`, scratch, hold what it
    needs beside the flow from its children; `lacking` how much more than the least these must send.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int64 unbounded = <int64>1 << 61, lower, upper, raised
    with nogil:
        for i in range(n):
            least[i] = -unbounded if value[i] == 0 else -gain(slope[i], up[i], down[i], level[i] - value[i])
            most[i] = unbounded if value[i] == highest else -gain(slope[i], up[i], down[i], level[i] - value[i] - 1)
            lacking[i] = least[i]
        for i in range(n - 1, 0, -1):
            lower = least_sent(capacity[i], most[i], value[i], value[parent[i]])
            upper = most_sent(capacity[i], least[i], value[i], value[parent[i]])
            least[parent[i]] = max(least[parent[i]] - upper, -unbounded)
            most[parent[i]] = min(most[parent[i]] - lower, unbounded)
            lacking[parent[i]] -= lower
        flow[0] = 0
        for i in range(1, n):
            lower = least_sent(capacity[i], most[i], value[i], value[parent[i]])
            upper = most_sent(capacity[i], least[i], value[i], value[parent[i]])
            raised = max(0, min(upper - lower, lacking[parent[i]]))
            flow[i] = lower + raised
            lacking[parent[i]] -= raised
            lacking[i] += flow[i]

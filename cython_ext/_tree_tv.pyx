"""Exact minimisation of fidelity + total variation on a tree, by divide and conquer over grey levels.

Every bit of the levels is one minimum cut. On a tree two passes find it: messages from the leaves to the root,
then decisions from the root to the leaves.
"""

from _fidelity cimport gain, int64


cdef inline int64 clip(int64 value, int64 bound) noexcept nogil:
    return max(-bound, min(bound, value))


cdef inline int64 pull(int64 capacity, int own, int other) noexcept nogil:
    """What an edge adds to a node's wish to rise when the intervals of its ends differ."""
    return capacity if other > own else -capacity


cdef void send_messages(const int[::1] parent, const int64[::1] capacity, const int* low, int64* message) noexcept nogil:
    """Add to each node's gain what its subtree wishes, as far as the edges let it through."""
    cdef Py_ssize_t i
    for i in range(parent.shape[0] - 1, 0, -1):
        if low[i] == low[parent[i]]:
            message[parent[i]] += clip(message[i], capacity[i])
        else:
            message[parent[i]] += pull(capacity[i], low[parent[i]], low[i])


def minimize_tree(
    const int[::1] parent, const int[::1] level, const int64[:] slope, const int64[:] up, const int64[:] down,
    const int64[::1] capacity, int n_bits, bint largest, int64[::1] message, unsigned char[::1] above, int[::1] out,
):
    """Write to `out` the smallest (or largest) minimiser of sum_i f_i(out_i) + sum_{i > 0} capacity_i |out_i - out_parent(i)|.

    Parents come before children; levels are in [0, 2^n_bits). `message` and `above` are scratch, `out` is zero.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int bit, step
    cdef bint rises
    cdef int64 wish
    with nogil:
        for bit in range(n_bits - 1, -1, -1):
            step = 1 << bit
            for i in range(n):
                message[i] = gain(slope[i], up[i], down[i], level[i] - out[i] - step)
            send_messages(parent, capacity, &out[0], &message[0])
            above[0] = message[0] > 0 or (largest and message[0] == 0)
            for i in range(1, n):
                if out[i] == out[parent[i]]:
                    rises = above[parent[i]]
                else:
                    rises = out[parent[i]] > out[i]
                wish = message[i] + (capacity[i] if rises else -capacity[i])
                above[i] = wish > 0 or (largest and wish == 0)
            # all comparisons above need the old intervals
            for i in range(n):
                out[i] += above[i] * step


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

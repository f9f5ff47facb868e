"""Exact minimisation of L1 fidelity + total variation on a tree, by divide and conquer over grey levels.

Every bit of the levels is one minimum cut. On a tree two passes find it: messages from the leaves to the root,
then decisions from the root to the leaves.
"""

ctypedef long long int64


cdef inline int64 clip(int64 value, int64 bound) noexcept nogil:
    if value > bound:
        return bound
    if value < -bound:
        return -bound
    return value


def minimize_l1_tree(
    const int[::1] parent, const int[::1] level, const int64[::1] weight, const int64[::1] capacity,
    int n_bits, bint largest, int64[::1] message, unsigned char[::1] above, int[::1] out,
):
    """Write to `out` the smallest (or largest) minimiser of
    sum_i weight_i |out_i - level_i| + sum_{i > 0} capacity_i |out_i - out_parent(i)|.

    Parents come before children; levels are in [0, 2^n_bits). `message` and `above` are scratch.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int bit, step, up
    cdef int64 gain
    with nogil:
        for i in range(n):
            out[i] = 0
        for bit in range(n_bits - 1, -1, -1):
            step = 1 << bit
            # message_i: what the subtree of i gains when i takes the upper half of its interval
            for i in range(n):
                message[i] = weight[i] if level[i] >= out[i] + step else -weight[i]
            for i in range(n - 1, 0, -1):
                if out[i] == out[parent[i]]:
                    message[parent[i]] += clip(message[i], capacity[i])
                elif out[i] > out[parent[i]]:
                    message[parent[i]] += capacity[i]
                else:
                    message[parent[i]] -= capacity[i]
            above[0] = message[0] > 0 or (largest and message[0] == 0)
            for i in range(1, n):
                if out[i] == out[parent[i]]:
                    up = above[parent[i]]
                else:
                    up = out[parent[i]] > out[i]
                gain = message[i] + (capacity[i] if up else -capacity[i])
                above[i] = gain > 0 or (largest and gain == 0)
            # all comparisons above need the old intervals
            for i in range(n):
                if above[i]:
                    out[i] += step

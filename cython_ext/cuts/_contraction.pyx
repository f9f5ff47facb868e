"""Trees whose edges are contracted: groups of nodes that have one level, and the weights of a group at each level.

A pair is a level and a weight; a group owns the pairs of its nodes, with equal levels added up. Parents come before
their children, as in all trees.
"""

from shared._types cimport int64_t

cdef enum:
    UNDECIDED = 2  # in `above`: the group's interval is its parent's, so it follows its parent's decision


cdef inline int64_t clip(int64_t value, int64_t bound) noexcept nogil:
    return max(-bound, min(bound, value))


def find_loose(
    const int[::1] parent, const int64_t[::1] weight, const int64_t[::1] length, int64_t pull, int64_t unit,
    int64_t longest, int64_t[::1] message, int[::1] place,
):
    """Write the place of each group among those whose edge to the parent may be cut; of others, their parent's place.

    What a subtree sends to its parent is at most the pull of its weights, as far as the edges inside let it through.
    Returns the number of groups that are left.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int64_t capacity
    cdef int n_left = 1
    with nogil:
        for i in range(n):
            message[i] = pull * weight[i]
        for i in range(n - 1, 0, -1):
            capacity = unit * min(length[i], longest)
            place[i] = message[i] >= capacity
            message[parent[i]] += min(message[i], capacity)
        place[0] = 0
        for i in range(1, n):
            if place[i]:
                place[i] = n_left
                n_left += 1
            else:
                place[i] = place[parent[i]]
    return n_left


def join_groups(
    const int[::1] parent, const int64_t[::1] length, const int64_t[::1] weight, const int[::1] place,
    int[::1] new_parent, int64_t[::1] new_length, int64_t[::1] new_weight,
):
    """The tree of the groups that are left, at their places; `new_weight` is zero."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(parent.shape[0] - 1, -1, -1):  # of those at one place the first one is written last: the top
            new_parent[place[i]] = place[parent[i]]
            new_length[place[i]] = length[i]
            new_weight[place[i]] += weight[i]


def join_pairs(
    const int[::1] level, const int64_t[::1] weight, const int[::1] group, const int[::1] place, int[::1] last,
    int[::1] new_level, int64_t[::1] new_weight, int[::1] new_group,
):
    """Give the pairs, which are sorted by level, to the groups at the new places; add up those of one level and group.

    `last` is -1 for each new group. Returns the number of pairs.
    """
    cdef Py_ssize_t k
    cdef int n_pairs = 0, own, previous
    with nogil:
        for k in range(level.shape[0]):
            own = place[group[k]]
            previous = last[own]
            if previous >= 0 and new_level[previous] == level[k]:
                new_weight[previous] += weight[k]
            else:
                new_level[n_pairs] = level[k]
                new_weight[n_pairs] = weight[k]
                new_group[n_pairs] = own
                last[own] = n_pairs
                n_pairs += 1
    return n_pairs


def sort_by_key(const int[::1] key, int[::1] start, int[::1] order):
    """Write the indices in the order of their keys, equal ones as they are, and where each key starts.

    `start` is zero and holds one entry more than there are keys.
    """
    cdef Py_ssize_t k
    cdef int total = 0, number
    with nogil:
        for k in range(key.shape[0]):
            start[key[k]] += 1
        for k in range(start.shape[0]):
            number = start[k]
            start[k] = total
            total += number
        for k in range(key.shape[0]):
            order[start[key[k]]] = <int>k
            start[key[k]] += 1
        for k in range(start.shape[0] - 1, 0, -1):  # each has moved to where the next one starts
            start[k] = start[k - 1]
        start[0] = 0


def minimize(
    const int[::1] parent, const int64_t[::1] length, const int[::1] start, const int[::1] level,
    const int64_t[::1] below, int64_t up, int64_t down, int64_t unit, int64_t longest, int n_bits, bint largest,
    int[:, ::1] window, int64_t[::1] capacity, int64_t[::1] message, unsigned char[::1] above, int[::1] out,
):
    """Write the smallest (or largest) minimiser of the groups, one minimum cut per bit as in _tree_cuts.

    The pairs of group i lie from start[i] to start[i + 1], by level; `below` are the sums of the weights before each.
    `window` is memory for the first and last pair whose level is undecided, and the first above the threshold;
    `capacity` and `above` too; `message` and `out` are zero.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int bit, step, first, last, middle, own, other, rises, risen = 1 - largest
    cdef int64_t passed, bound
    with nogil:
        for i in range(n):
            window[i, 0] = start[i]
            window[i, 1] = start[i + 1]
            capacity[i] = unit * min(length[i], longest)
        capacity[0] = 0  # the root passes nothing on, and waits for nobody
        for bit in range(n_bits - 1, -1, -1):
            step = 1 << bit
            for i in range(n - 1, -1, -1):
                own = out[i]
                first = window[i, 0]
                last = window[i, 1]
                while first < last:
                    middle = (first + last) >> 1
                    if level[middle] < own + step:
                        first = middle + 1
                    else:
                        last = middle
                window[i, 2] = first
                message[i] += up * (below[start[i + 1]] - below[first]) - down * (below[first] - below[start[i]])
                other = out[parent[i]]
                bound = capacity[i]
                above[i] = UNDECIDED * (own == other) + (other > own)
                passed = message[i] if own == other else bound if own > other else -bound
                message[parent[i]] += clip(passed, bound)
            above[0] = 0
            for i in range(n):
                rises = above[parent[i]] if above[i] == UNDECIDED else above[i]
                rises = message[i] + capacity[i] * (2 * rises - 1) >= risen
                above[i] = rises
                out[i] += rises * step
                window[i, 1 - rises] = window[i, 2]
                message[i] = 0

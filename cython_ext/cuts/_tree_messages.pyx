"""Total variation on a part of a tree: what the rest must know of it, for all levels at once.

What a node and all below it gain from rising to a threshold is a step function that falls with the threshold. Its edge
lets through no more than its capacity, so what its parent sees is the same function, clipped to it. The steps of a
function are in two heaps, from the lowest and from the highest on: clipping takes away the outermost ones, each once
[Kolmogorov, Pock and Rolinek, Total variation on a tree, SIAM J. Imaging Sciences 9, 2016].
"""

from libc.stdlib cimport free, malloc

from shared._interrupt cimport act_on_signals
from shared._types cimport int64_t


cdef struct Heap:
    # Pairing heaps of steps, by level; the first step of a list of equals is any of them.
    const int* level
    int sign  # 1: the lowest comes first, -1: the highest
    int* child  # -1: none
    int* sibling


cdef inline int meld(const Heap* heap, int one, int other) noexcept nogil:
    if one < 0:
        return other
    if other < 0:
        return one
    if heap.sign * heap.level[other] < heap.sign * heap.level[one]:
        one, other = other, one
    heap.sibling[other] = heap.child[one]
    heap.child[one] = other
    return one


cdef int without_first(const Heap* heap, int first) noexcept nogil:
    """Meld the children in pairs, and the pairs from the last to the first."""
    cdef int node = heap.child[first], other, following, pairs = -1, melded = -1
    while node >= 0:
        other = heap.sibling[node]
        following = heap.sibling[other] if other >= 0 else -1
        node = meld(heap, node, other)
        heap.sibling[node] = pairs
        pairs = node
        node = following
    while pairs >= 0:
        following = heap.sibling[pairs]
        melded = meld(heap, melded, pairs)
        pairs = following
    return melded


cdef inline int first_left(const Heap* heap, int first, const int64_t* fall) noexcept nogil:
    """The first step that the other end has not taken away; -1: none."""
    while first >= 0 and fall[first] == 0:
        first = without_first(heap, first)
    return first


cdef int64_t trim(
    const Heap* heap, int* first, int64_t* fall, int64_t excess, int* last
) noexcept nogil:
    """Take steps away that fall by the excess in all; `last` becomes the level of the last one that was touched.

    Returns what no step is left for, which is more than 0 only if the sums do not belong to the steps.
    """
    cdef int64_t part
    while excess > 0:
        first[0] = first_left(heap, first[0], fall)
        if first[0] < 0:
            break
        part = min(excess, fall[first[0]])
        last[0] = heap.level[first[0]]
        fall[first[0]] -= part
        excess -= part
    first[0] = first_left(heap, first[0], fall)
    return excess


def eliminate(
    const int[::1] parent, const unsigned char[::1] is_left, const int64_t[::1] capacity, bint largest, int n_levels,
    const int[::1] site, const int[::1] level, int64_t[::1] fall, int64_t[::1] top, int64_t[::1] bottom,
    int[::1] low, int[::1] high,
):
    """Decide all nodes but those that are left, for any value of these.

    The value of a node is then max(low, min(u, high)), where u is the value of the first node above that is left.

    parent, is_left, capacity : of the nodes, parents first; what lies above a node that is left is left too. Where the
        root is not, it has no edge, and its value is low.
    largest : of several minimisers, the largest; otherwise the smallest.
    n_levels : bounds that are none are -1 and this.
    site, level, fall : the steps: at which node the gain falls, from that level to the next, and by how much, > 0. At
        the end what has not been clipped is still there, at the first node above that is left.
    top, bottom : what each node gains from rising to the lowest threshold, >= 0, and to the highest one, <= 0:
        bottom[i] is top[i] less the falls at the site i. At the end they include what those below let through.
    low, high : of the nodes; are filled where nodes are not left.

    Raises ValueError where steps do not fall, or fall by less in all than top and bottom say.
    """
    cdef int n = <int>parent.shape[0], i, above, own
    cdef Py_ssize_t n_steps = level.shape[0], k
    cdef int64_t c
    cdef bint is_sound = True
    cdef Heap lowest, highest
    cdef int* links = <int*>malloc((4 * n_steps + 2 * n) * sizeof(int))
    cdef int* first_low
    cdef int* first_high
    if links == NULL:
        raise MemoryError("the messages of the tree need more memory than there is")
    lowest.level = highest.level = &level[0]
    lowest.sign, highest.sign = 1, -1
    lowest.child, lowest.sibling = links, links + n_steps
    highest.child, highest.sibling = links + 2 * n_steps, links + 3 * n_steps
    first_low, first_high = links + 4 * n_steps, links + 4 * n_steps + n
    try:
        with nogil:
            for k in range(4 * n_steps + 2 * n):
                links[k] = -1
            for k in range(n_steps):
                i = site[k]
                is_sound &= fall[k] > 0
                if not is_left[i]:
                    first_low[i] = meld(&lowest, first_low[i], <int>k)
                    first_high[i] = meld(&highest, first_high[i], <int>k)
            for i in range(n - 1, -1, -1):
                if not is_sound:
                    break
                act_on_signals(i)
                if is_left[i]:
                    continue
                c = capacity[i] if i else 0
                low[i], high[i] = -1, n_levels
                is_sound = trim(&lowest, &first_low[i], &fall[0], top[i] - c, &low[i]) <= 0
                top[i] = min(top[i], c)
                if largest and top[i] == c:  # thresholds whose gain is the capacity count too
                    low[i] = lowest.level[first_low[i]] if first_low[i] >= 0 else n_levels
                own = -1
                is_sound &= trim(&highest, &first_high[i], &fall[0], -c - bottom[i], &own) <= 0
                bottom[i] = max(bottom[i], -c)
                if own >= 0 and largest:
                    high[i] = own
                elif not largest and bottom[i] == -c:
                    high[i] = highest.level[first_high[i]] if first_high[i] >= 0 else -1
                if i == 0:
                    high[i] = low[i]
                    break
                above = parent[i]
                top[above] += top[i]
                bottom[above] += bottom[i]
                if not is_left[above]:
                    first_low[above] = meld(&lowest, first_low[above], first_low[i])
                    first_high[above] = meld(&highest, first_high[above], first_high[i])
            for i in range(1, n):
                above = parent[i]
                if is_left[i] or is_left[above]:
                    continue
                low[i] = max(low[i], min(low[above], high[i]))
                high[i] = min(high[above], high[i])
    finally:
        free(links)
    if not is_sound:
        raise ValueError("top and bottom must be what the steps of each node fall by, each by more than 0")

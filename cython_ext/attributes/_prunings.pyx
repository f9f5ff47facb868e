"""Best prunings of a tree: what is kept with a node is what is kept of its ancestors. For one gain, and for all at once.

Parents come before their children. The root always stays: nothing is passed to it, and its entries are not written.
"""

from libc.stdlib cimport calloc, free, malloc


def prune(const int[::1] parent, double[::1] gain, bint largest, unsigned char[::1] kept):
    """Keep the set of nodes, closed towards the root, of the largest total gain: the largest such set or the smallest.

    `gain` becomes that of the best part of each subtree that holds its root.
    """
    cdef Py_ssize_t i
    cdef int above
    with nogil:
        for i in range(parent.shape[0] - 1, 0, -1):
            above = parent[i]
            if above and gain[i] > 0:
                gain[above] += gain[i]
        kept[0] = 1
        for i in range(1, parent.shape[0]):
            kept[i] = kept[parent[i]] and (gain[i] > 0 or (largest and gain[i] == 0))


def project_l1(
    const int[::1] parent, const int[::1] level, const double[::1] weight, int n_bits, int[::1] low
):
    """Write to `low` the largest levels of least sum weight |low - level| among those that nowhere grow inwards.

    By divide and conquer: "low >= threshold" is a pruning, and those of larger thresholds lie within. Weights are
    positive, levels in [0, 2^n_bits); `low` is zero.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int above, step, bit
    cdef double* gain = <double*>calloc(n, sizeof(double) + 1)
    if gain == NULL:
        raise MemoryError("the projection needs more memory than there is")
    cdef unsigned char* rises = <unsigned char*>(gain + n)
    with nogil:
        for bit in range(n_bits - 1, -1, -1):
            step = 1 << bit
            for i in range(n - 1, 0, -1):
                above = parent[i]
                gain[i] += weight[i] if level[i] >= low[i] + step else -weight[i]
                if above and low[above] == low[i] and gain[i] > 0:
                    gain[above] += gain[i]
            for i in range(1, n):
                above = parent[i]
                rises[i] = gain[i] >= 0
                if above and low[above] - rises[above] * step == low[i]:  # the parent's interval was the same
                    rises[i] &= rises[above]
                low[i] += rises[i] * step
                gain[i] = 0
        free(gain)


cdef struct Heaps:
    # Blocks of nodes in pairing heaps, the largest mean on top. -1 is none.
    double* mean
    int* first  # the first of the heaps below a block's own place in its heap
    int* following  # the next one beside it


cdef inline int meld(Heaps* heaps, int a, int b) noexcept nogil:
    """One heap of two, which may be empty; of equal means the first stays on top."""
    if a < 0:
        return b
    if b < 0:
        return a
    if heaps.mean[b] > heaps.mean[a]:
        a, b = b, a
    heaps.following[b] = heaps.first[a]
    heaps.first[a] = b
    return a


cdef int without_top(Heaps* heaps, int top) noexcept nogil:
    """The heap without its top: what was below is melded in pairs, then the pairs from the last to the first one."""
    cdef int a, b, rest, pair, pairs = -1, heap = -1
    rest = heaps.first[top]
    while rest >= 0:
        a, b = rest, heaps.following[rest]
        rest = heaps.following[b] if b >= 0 else -1
        pair = meld(heaps, a, b)
        heaps.following[pair] = pairs
        pairs = pair
    while pairs >= 0:
        pair = pairs
        pairs = heaps.following[pair]
        heap = meld(heaps, heap, pair)
    return heap


def project_l2(const int[::1] parent, double[::1] total, double[::1] weight, double[::1] mean):
    """Isotonic regression: replace `mean` by the values of least squared distance that nowhere grow inwards.

    Leaves first, a block takes in the blocks below it whose means are larger than its own, the largest first; then
    all of its nodes have the mean of the block. `mean` is at first total / weight of each node, as the caller wants it
    to be read: where the weight is 0 it may be infinite. Means are compared after division, which rounds equal
    fractions of integers to equal numbers; those never merge. `total` and `weight` become those of the blocks.
    """
    cdef Py_ssize_t n = parent.shape[0], i
    cdef int top, above
    cdef Heaps heaps
    heaps.mean = &mean[0]
    cdef int* below = <int*>malloc(4 * n * sizeof(int))  # the heap of the blocks below each block
    if below == NULL:
        raise MemoryError("the projection needs more memory than there is")
    cdef int* outer = below + n  # the block that took a block in, or itself
    heaps.first = outer + n
    heaps.following = heaps.first + n
    with nogil:
        for i in range(n):
            below[i] = -1
            heaps.first[i] = -1
        for i in range(n - 1, 0, -1):
            top = below[i]
            while top >= 0 and mean[top] > mean[i]:
                total[i] += total[top]
                weight[i] += weight[top]
                if weight[i] > 0:
                    mean[i] = total[i] / weight[i]
                else:
                    mean[i] = mean[top] if total[i] >= 0 else mean[i]
                outer[top] = <int>i
                top = meld(&heaps, without_top(&heaps, top), below[top])
            below[i] = top
            outer[i] = <int>i
            above = parent[i]
            if above:
                below[above] = meld(&heaps, below[above], <int>i)
        for i in range(1, n):
            mean[i] = mean[outer[i]]
        free(below)

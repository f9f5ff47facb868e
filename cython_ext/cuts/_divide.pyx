"""Divide and conquer over grey levels on a graph: one bit of every node's level per minimum cut.

`low` holds the bits that are settled, `step` the bit in question. A node's excess is what it gains from rising to
low + step, plus the flow into it. The flow stays from bit to bit: an edge whose ends are separated is
saturated, so it carries what its pull amounts to from then on.
"""

from libc.stdlib cimport free, malloc

from cuts._network cimport Arc
from cuts._terms cimport Term, gain, lay_out_term
from shared._types cimport int64_t

def connect(const int[::1] first, const int[::1] second, const int64_t[::1] capacity, int[::1] slot, Arc[::1] arcs):
    """Write both arcs of each edge to the next free slot of its ends."""
    cdef Py_ssize_t k
    cdef int there, back
    with nogil:
        for k in range(first.shape[0]):
            there = slot[first[k]]
            slot[first[k]] += 1
            back = slot[second[k]]
            slot[second[k]] += 1
            arcs[there].head, arcs[there].mate, arcs[there].residual = second[k], back, capacity[k]
            arcs[back].head, arcs[back].mate, arcs[back].residual = first[k], there, capacity[k]


def start_levels(data, int step, int64_t[::1] excess):
    """Excess of the first bit: nothing is settled and nothing flows."""
    cdef Py_ssize_t i
    cdef Term term
    lay_out_term(&term, data)
    with nogil:
        for i in range(excess.shape[0]):
            excess[i] = gain(&term, i, step)


def settle(
    const int[::1] start, Arc[::1] arcs, const unsigned char[::1] above, data, int step, int[::1] low,
    int64_t[::1] excess,
):
    """Settle a bit and, unless it is the last one, make ready for the next.

    `above` is 1 for the nodes that rise. Arcs between nodes that now differ are closed: their flow is saturated.
    """
    cdef Py_ssize_t i
    cdef int arc
    cdef Term term
    lay_out_term(&term, data)
    with nogil:
        for i in range(excess.shape[0]):
            if step > 1:
                excess[i] -= gain(&term, i, low[i] + step)
                excess[i] += gain(&term, i, low[i] + above[i] * step + (step >> 1))
            low[i] += above[i] * step
        for i in range(excess.shape[0]):
            for arc in range(start[i], start[i + 1]):
                if low[arcs[arc].head] != low[i]:
                    arcs[arc].residual = 0


def push_to_neighbors(const int[::1] start, Arc[::1] arcs, int64_t[::1] excess):
    """Push positive excess straight to neighbours with negative excess: cheap, and most of the work at low beta."""
    cdef Py_ssize_t i
    cdef int arc, head
    cdef int64_t amount
    with nogil:
        for i in range(excess.shape[0]):
            if excess[i] <= 0:
                continue
            for arc in range(start[i], start[i + 1]):
                head = arcs[arc].head
                if excess[head] < 0 and arcs[arc].residual > 0:
                    amount = min(excess[i], arcs[arc].residual, -excess[head])
                    arcs[arc].residual -= amount
                    arcs[arcs[arc].mate].residual += amount
                    excess[i] -= amount
                    excess[head] += amount
                    if excess[i] == 0:
                        break


def reach(const int[::1] start, const Arc[::1] arcs, const int64_t[::1] excess, int sign, unsigned char[::1] reached):
    """Mark the nodes that the sources reach (sign 1), or that reach a sink (sign -1), through free arcs."""
    cdef Py_ssize_t n = excess.shape[0], i, n_stack = 0
    cdef int arc, head, node
    cdef int* stack = <int*>malloc(n * sizeof(int))
    if stack == NULL:
        raise MemoryError("the minimum cut needs more memory than there is")
    with nogil:
        for i in range(n):
            reached[i] = excess[i] * sign > 0
            if reached[i]:
                stack[n_stack] = <int>i
                n_stack += 1
        while n_stack > 0:
            n_stack -= 1
            node = stack[n_stack]
            for arc in range(start[node], start[node + 1]):
                head = arcs[arc].head
                if not reached[head] and arcs[arc if sign > 0 else arcs[arc].mate].residual > 0:
                    reached[head] = 1
                    stack[n_stack] = head
                    n_stack += 1
        free(stack)


def edge_flow(
    const int[::1] first, const int[::1] second, const int64_t[::1] capacity, int[::1] slot, const Arc[::1] arcs,
    const int[::1] low, int64_t[::1] flow,
):
    """Flow from the first to the second end of each edge; between different levels it is saturated downwards.

    `slot` is what connect was given.
    """
    cdef Py_ssize_t k
    cdef int there
    with nogil:
        for k in range(first.shape[0]):
            there = slot[first[k]]
            slot[first[k]] += 1
            slot[second[k]] += 1
            if low[first[k]] == low[second[k]]:
                flow[k] = capacity[k] - arcs[there].residual
            else:
                flow[k] = capacity[k] if low[first[k]] > low[second[k]] else -capacity[k]

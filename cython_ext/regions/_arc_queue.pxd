"""The arcs of a graph whose regions merge: in a heap by their keys, in a table by their ends, in lists by region."""

from libc.stdint cimport uint64_t

cdef enum:
    WAYS = 4  # children of a place in the heap
    GONE = -1

cdef struct Arc:
    double sum  # of weight times length
    double length
    double mean  # the weight
    int ends[2]
    int next[2]  # half arc in the list of the region at each end, GONE at its end; a half arc is 2 * arc + end
    int place  # in the heap, or GONE

cdef struct Entry:
    double key
    int arc

cdef struct Region:
    double area
    int first  # half arc of its list
    int last
    int degree  # arcs that are not gone
    int node  # in the hierarchy

cdef struct Graph:
    Arc* arcs
    Entry* heap
    int* table  # arcs at the hashes of their ends, or GONE; those that have moved or gone stay until it is made anew
    Region* regions
    int n_arcs
    int size  # of the heap
    int bits  # of the table's length
    Py_ssize_t used  # entries of the table


cdef inline bint is_before(const Graph* graph, const Entry* one, const Entry* other) noexcept nogil:
    """Smaller key; of equal ones, smaller weight; of equal ones, smaller arc."""
    if one.key != other.key:
        return one.key < other.key
    if graph.arcs[one.arc].mean != graph.arcs[other.arc].mean:
        return graph.arcs[one.arc].mean < graph.arcs[other.arc].mean
    return one.arc < other.arc


cdef inline void put(Graph* graph, int place, Entry entry) noexcept nogil:
    graph.heap[place] = entry
    graph.arcs[entry.arc].place = place


cdef inline void sift_up(Graph* graph, int place) noexcept nogil:
    cdef Entry entry = graph.heap[place]
    cdef int above
    while place > 0:
        above = (place - 1) // WAYS
        if not is_before(graph, &entry, graph.heap + above):
            break
        put(graph, place, graph.heap[above])
        place = above
    put(graph, place, entry)


cdef inline void sift_down(Graph* graph, int place) noexcept nogil:
    cdef Entry entry = graph.heap[place]
    cdef int child, best, first
    while True:
        first = WAYS * place + 1
        if first >= graph.size:
            break
        best = first
        for child in range(first + 1, min(first + WAYS, graph.size)):
            if is_before(graph, graph.heap + child, graph.heap + best):
                best = child
        if not is_before(graph, graph.heap + best, &entry):
            break
        put(graph, place, graph.heap[best])
        place = best
    put(graph, place, entry)


cdef inline void remove(Graph* graph, int arc) noexcept nogil:
    """Take an arc out of the heap; it is gone."""
    cdef int place = graph.arcs[arc].place, moved
    graph.size -= 1
    if place < graph.size:
        moved = graph.heap[graph.size].arc
        put(graph, place, graph.heap[graph.size])
        sift_up(graph, place)
        sift_down(graph, graph.arcs[moved].place)
    graph.arcs[arc].place = GONE


cdef inline Py_ssize_t hash_of(const Graph* graph, int a, int b) noexcept nogil:
    cdef uint64_t pair = <uint64_t>min(a, b) << 32 | <uint64_t>max(a, b)
    pair ^= pair >> 29
    return <Py_ssize_t>((pair * <uint64_t>0x9E3779B97F4A7C15) >> (64 - graph.bits))


cdef inline int arc_between(const Graph* graph, int a, int b) noexcept nogil:
    """The arc that joins two regions, or GONE."""
    cdef Py_ssize_t mask = (<Py_ssize_t>1 << graph.bits) - 1, k = hash_of(graph, a, b)
    cdef const Arc* arc
    while graph.table[k] != GONE:
        arc = graph.arcs + graph.table[k]
        if arc.place != GONE and (
            (arc.ends[0] == a and arc.ends[1] == b) or (arc.ends[0] == b and arc.ends[1] == a)
        ):
            return graph.table[k]
        k = (k + 1) & mask
    return GONE


cdef inline void enter(Graph* graph, int arc) noexcept nogil:
    """Let an arc be found by its ends."""
    cdef Py_ssize_t mask = (<Py_ssize_t>1 << graph.bits) - 1
    cdef Py_ssize_t k = hash_of(graph, graph.arcs[arc].ends[0], graph.arcs[arc].ends[1])
    while graph.table[k] != GONE:
        k = (k + 1) & mask
    graph.table[k] = arc
    graph.used += 1


cdef inline void make_room(Graph* graph) noexcept nogil:
    """Make the table anew once it is half full: the arcs that are left take a quarter at most."""
    cdef Py_ssize_t length = <Py_ssize_t>1 << graph.bits, k
    if 2 * graph.used < length:
        return
    for k in range(length):
        graph.table[k] = GONE
    graph.used = 0
    for k in range(graph.n_arcs):
        if graph.arcs[k].place != GONE:
            enter(graph, <int>k)


cdef inline void append(Graph* graph, int region, int half) noexcept nogil:
    """Put a half arc at the end of the list of a region."""
    cdef Region* own = graph.regions + region
    graph.arcs[half >> 1].next[half & 1] = GONE
    if own.first == GONE:
        own.first = half
    else:
        graph.arcs[own.last >> 1].next[own.last & 1] = half
    own.last = half

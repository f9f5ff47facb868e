"""Greedy merging of the regions of a graph: the pair of neighbours with the smallest key becomes one region.

An arc joins two regions that touch. Arcs that come to join the same two regions become one, whose index is the smaller
one. All memory is linear in the number of arcs.
"""

from libc.math cimport exp, log, pow, sqrt
from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

from regions._arc_queue cimport (
    GONE, Arc, Entry, Graph, Region, append, arc_between, enter, make_room, remove, sift_down, sift_up,
)
from shared._interrupt cimport act_after

cdef struct Model:
    double area_power
    double total  # area
    double clip  # of weights that are probabilities
    const double* coefficients  # constant, of the logit, of the area; one per group of chi2, one of its root; or NULL
    double* histograms  # sums over the pixels of each region
    const int* start  # of each group of bins, and the end
    int n_groups
    int n_bins


cdef inline double twelve_bits(double x) noexcept nogil:
    """Rounded down to 12 significant bits."""
    cdef uint64_t bits
    memcpy(&bits, &x, 8)
    bits &= ~((<uint64_t>1 << 41) - 1)
    memcpy(&x, &bits, 8)
    return x


cdef double key_of(const Model* model, const Arc* arc, const Region* regions) noexcept nogil:
    """The key of the two regions of an arc."""
    cdef int a = arc.ends[0], b = arc.ends[1], group, k
    cdef double inverse_a = 1 / regions[a].area, inverse_b = 1 / regions[b].area, share, z, p, u, v, chi2
    cdef const double* own
    cdef const double* other
    if model.coefficients == NULL and model.area_power == 0:
        return arc.mean
    share = 100 / (model.total * (inverse_a + inverse_b))
    if model.coefficients == NULL:
        return arc.mean * pow(twelve_bits(share), model.area_power)
    p = min(max(arc.mean, model.clip), 1 - model.clip)
    z = model.coefficients[0] + model.coefficients[1] * log(p / (1 - p)) + model.coefficients[2] * log(share)
    own = model.histograms + <Py_ssize_t>a * model.n_bins
    other = model.histograms + <Py_ssize_t>b * model.n_bins
    for group in range(model.n_groups):
        chi2 = 0
        for k in range(model.start[group], model.start[group + 1]):
            u = own[k] * inverse_a
            v = other[k] * inverse_b
            if u + v > 0:
                chi2 += (u - v) * (u - v) / (u + v)
        chi2 *= 0.5
        z += model.coefficients[3 + group] * chi2 + model.coefficients[3 + model.n_groups + group] * sqrt(chi2)
    return 1 / (1 + exp(-z))


cdef inline void renew(Graph* graph, const Model* model, int arc) noexcept nogil:
    """The weight and the key of an arc, and its place in the heap."""
    cdef Arc* own = graph.arcs + arc
    own.mean = own.sum / own.length
    graph.heap[own.place].key = key_of(model, own, graph.regions)
    sift_up(graph, own.place)
    sift_down(graph, own.place)


cdef int set_up(
    Graph* graph, const int[:, ::1] ends, const double[::1] weights, const double[::1] lengths,
    const double[::1] areas, const Model* model,
) except -1 nogil:
    """Regions with their lists, arcs in the table and in the heap; loops are left out, parallel arcs joined."""
    cdef Py_ssize_t k, steps = 0
    cdef int arc, a, b, end
    for k in range(areas.shape[0]):
        graph.regions[k] = Region(areas[k], GONE, GONE, 0, <int>k)
    for k in range(<Py_ssize_t>1 << graph.bits):
        graph.table[k] = GONE
    graph.n_arcs = 0
    graph.used = 0
    for k in range(ends.shape[0]):
        steps += 1
        act_after(&steps)
        a = ends[k, 0]
        b = ends[k, 1]
        if a == b:
            continue
        arc = arc_between(graph, a, b)
        if arc == GONE:
            arc = graph.n_arcs
            graph.n_arcs += 1
            graph.arcs[arc].sum = 0
            graph.arcs[arc].length = 0
            graph.arcs[arc].place = arc
            graph.heap[arc].arc = arc
            for end in range(2):
                graph.arcs[arc].ends[end] = ends[k, end]
                append(graph, ends[k, end], 2 * arc + end)
                graph.regions[ends[k, end]].degree += 1
            enter(graph, arc)
        graph.arcs[arc].sum += weights[k] * lengths[k]
        graph.arcs[arc].length += lengths[k]
    graph.size = graph.n_arcs
    for arc in range(graph.n_arcs):
        graph.arcs[arc].mean = graph.arcs[arc].sum / graph.arcs[arc].length
        graph.heap[arc].key = key_of(model, graph.arcs + arc, graph.regions)
    for arc in range(graph.n_arcs - 1, -1, -1):
        steps += 1
        act_after(&steps)
        sift_down(graph, arc)
    return 0


cdef int move_arcs(
    Graph* graph, const Model* model, int a, int b, bint renew_joined, Py_ssize_t* steps
) except -1 nogil:
    """Give the arcs of region b to region a; those to the neighbours of both become one."""
    cdef int half = graph.regions[b].first, after, arc, other, twin
    while half != GONE:
        steps[0] += 1
        act_after(steps)
        arc = half >> 1
        after = graph.arcs[arc].next[half & 1]
        if graph.arcs[arc].place != GONE:
            other = graph.arcs[arc].ends[1 - (half & 1)]
            twin = arc_between(graph, a, other)
            if twin == GONE or twin > arc:
                graph.arcs[arc].ends[half & 1] = a
                append(graph, a, half)
                graph.regions[a].degree += 1
                make_room(graph)
                enter(graph, arc)
            if twin != GONE:
                graph.regions[a].degree -= twin > arc
                graph.regions[other].degree -= 1
                if twin > arc:
                    arc, twin = twin, arc
                graph.arcs[twin].sum += graph.arcs[arc].sum
                graph.arcs[twin].length += graph.arcs[arc].length
                remove(graph, arc)
                if renew_joined:
                    renew(graph, model, twin)
        half = after
    return 0


cdef int renew_all(Graph* graph, const Model* model, int a, Py_ssize_t* steps) except -1 nogil:
    """New keys for all arcs of a region; those that are gone leave its list."""
    cdef int half = graph.regions[a].first, after
    graph.regions[a].first = GONE
    while half != GONE:
        steps[0] += 1 + model.n_bins // 8
        act_after(steps)
        after = graph.arcs[half >> 1].next[half & 1]
        if graph.arcs[half >> 1].place != GONE:
            append(graph, a, half)
            renew(graph, model, half >> 1)
        half = after
    return 0


def merge(
    const int[:, ::1] ends, const double[::1] weights, const double[::1] lengths, const double[::1] areas,
    double total, double area_power, double clip, const double[::1] coefficients, double[:, ::1] histograms,
    const int[::1] start, int[::1] parent, double[::1] level,
):
    """Write the parent and the level of each node, leaves first; return the number of merges.

    `parent` is -1, as it stays at roots, and `level` 0. Lengths and areas are positive. Without coefficients the key is
    the mean weight times the `area_power` of the share of the area. The histograms are overwritten.

    With that key the keys of a region that grows only rise, but for those of arcs that are joined: an entry of the
    heap that is out of date is too small, and is renewed when it comes up. Other keys are renewed at every merge.
    """
    cdef Py_ssize_t n = areas.shape[0], m = ends.shape[0], steps = 0, k
    cdef bint is_lazy = coefficients.shape[0] == 0
    cdef Graph graph
    cdef Model model
    cdef int a, b, arc, n_nodes = <int>n
    cdef double key, top = 0
    model.area_power = area_power
    model.total = total
    model.clip = clip
    model.coefficients = NULL
    if not is_lazy:
        model.coefficients = &coefficients[0]
    model.n_groups = <int>(start.shape[0] - 1)
    model.n_bins = start[start.shape[0] - 1]
    model.start = &start[0]
    model.histograms = NULL
    if histograms.shape[1]:
        model.histograms = &histograms[0, 0]
    graph.bits = 2
    while (<Py_ssize_t>1 << graph.bits) < 4 * m:
        graph.bits += 1
    graph.arcs = <Arc*>malloc((m + 1) * sizeof(Arc))
    graph.heap = <Entry*>malloc((m + 1) * sizeof(Entry))
    graph.table = <int*>malloc((<Py_ssize_t>1 << graph.bits) * sizeof(int))
    graph.regions = <Region*>malloc(n * sizeof(Region))
    try:
        if graph.arcs == NULL or graph.heap == NULL or graph.table == NULL or graph.regions == NULL:
            raise MemoryError("merging needs more memory than there is")
        with nogil:
            set_up(&graph, ends, weights, lengths, areas, &model)
            while graph.size > 0:
                steps += 1
                act_after(&steps)
                arc = graph.heap[0].arc
                key = graph.heap[0].key
                if is_lazy and area_power > 0:
                    key = key_of(&model, graph.arcs + arc, graph.regions)
                    if key > graph.heap[0].key:
                        graph.heap[0].key = key
                        sift_down(&graph, 0)
                        continue
                top = max(top, key)
                a = graph.arcs[arc].ends[0]
                b = graph.arcs[arc].ends[1]
                remove(&graph, arc)
                if graph.regions[a].degree < graph.regions[b].degree:  # the shorter list moves
                    a, b = b, a
                parent[graph.regions[a].node] = n_nodes
                parent[graph.regions[b].node] = n_nodes
                level[n_nodes] = top
                graph.regions[a].node = n_nodes
                n_nodes += 1
                graph.regions[a].degree -= 1
                graph.regions[a].area += graph.regions[b].area
                for k in range(model.n_bins):
                    histograms[a, k] += histograms[b, k]
                move_arcs(&graph, &model, a, b, is_lazy, &steps)
                if not is_lazy:
                    renew_all(&graph, &model, a, &steps)
    finally:
        free(graph.arcs)
        free(graph.heap)
        free(graph.table)
        free(graph.regions)
    return n_nodes - <int>n

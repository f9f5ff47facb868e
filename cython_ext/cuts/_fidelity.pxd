"""The data term that all solvers share, and the arcs of a graph."""

ctypedef long long int64

cdef packed struct Arc:
    int head
    int mate  # index of the opposite arc
    int64 residual


cdef inline int64 gain(int64 slope, int64 up, int64 down, int64 above_threshold) noexcept nogil:
    """f(t - 1) - f(t), where above_threshold = level - t: slope (2 (level - t) + 1), clamped to [-down, up]."""
    if above_threshold >= 0:
        return up if slope >= up else min(up, slope * (2 * above_threshold + 1))
    return -down if slope >= down else max(-down, slope * (2 * above_threshold + 1))

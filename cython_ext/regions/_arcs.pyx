"""Along the arcs between regions: the local normals of their sides, and what oriented maps say there."""

from libc.math cimport M_PI, atan2, floor

from shared._interrupt cimport act_after, act_on_signals


def normals(
    const long long[::1] start, const double[::1] y, const double[::1] x, const signed char[::1] down,
    const signed char[::1] right, double radius, double[::1] angle,
):
    """Write the angle in [0, pi) of the sum of the normals (down, right) of all sides of the arc within the radius.

    start: (arcs + 1,) where the sides of each arc begin; they are sorted by y. Where the sum is 0 the side's own
    normal is taken.
    """
    cdef Py_ssize_t a, i, k, first, steps = 0
    cdef double turn
    cdef int to_down, to_right
    with nogil:
        for a in range(start.shape[0] - 1):
            first = start[a]
            for i in range(start[a], start[a + 1]):
                while y[first] < y[i] - radius:
                    first += 1
                to_down = to_right = 0
                k = first
                while k < start[a + 1] and y[k] <= y[i] + radius:
                    if (y[k] - y[i]) * (y[k] - y[i]) + (x[k] - x[i]) * (x[k] - x[i]) <= radius * radius:
                        to_down += down[k]
                        to_right += right[k]
                    k += 1
                if to_down == 0 and to_right == 0:
                    to_down, to_right = down[i], right[i]
                turn = atan2(to_down, to_right)
                if turn < 0:
                    turn += M_PI
                angle[i] = turn if turn < M_PI else 0
                steps += k - first
                act_after(&steps)


def sample(
    const float[:, :, ::1] maps, const double[::1] y, const double[::1] x, const double[::1] angle, double[::1] out
):
    """Write what oriented maps (angles, rows, columns), angle k at k pi / n, hold: linear in place and in angle."""
    cdef Py_ssize_t n = maps.shape[0], height = maps.shape[1], width = maps.shape[2], i, k, k1, y0, x0, y1, x1
    cdef double row, column, turn, fy, fx, ft
    with nogil:
        for i in range(out.shape[0]):
            act_on_signals(i)
            row = min(max(y[i], 0.0), height - 1.0)
            column = min(max(x[i], 0.0), width - 1.0)
            y0, x0 = <Py_ssize_t>row, <Py_ssize_t>column
            y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
            fy, fx = row - y0, column - x0
            turn = angle[i] / M_PI * n
            k = <Py_ssize_t>floor(turn)
            ft = turn - k
            k1 = (k + 1) % n
            k = k % n
            out[i] = (
                (1 - fy) * (1 - fx) * ((1 - ft) * maps[k, y0, x0] + ft * maps[k1, y0, x0])
                + (1 - fy) * fx * ((1 - ft) * maps[k, y0, x1] + ft * maps[k1, y0, x1])
                + fy * (1 - fx) * ((1 - ft) * maps[k, y1, x0] + ft * maps[k1, y1, x0])
                + fy * fx * ((1 - ft) * maps[k, y1, x1] + ft * maps[k1, y1, x1])
            )

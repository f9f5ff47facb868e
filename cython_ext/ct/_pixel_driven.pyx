"""Weighted back projection of filtered projections: each pixel looks up where the detector sees it.

A view is nine numbers: for indices x, y, z of a voxel u = (a + b x + c y) / w and v = (d + e z) / w + i, in bins, with
w = f + g x + h y.
"""

from shared._types cimport real


def back_project(
    const real[:, :, ::1] data, const double[:, ::1] views, int power, real[:, :, ::1] volume,
    Py_ssize_t first, Py_ssize_t last,
):
    """Add all views to the rows y of first..last - 1; `data` (view, v, u) ends in a row and a column of zeros.

    Values are interpolated between bins and weighed by w^-power, power 0 or 2; outside the detector they are 0.
    """
    cdef Py_ssize_t n_v = data.shape[1] - 1, n_u = data.shape[2] - 1, view, x, y, z, j, k
    cdef double u, v, inverse, s, t, weight, low, high
    cdef const real *row
    with nogil:
        for view in range(data.shape[0]):
            for y in range(first, last):
                for x in range(volume.shape[2]):
                    inverse = 1 / (views[view, 5] + views[view, 6] * x + views[view, 7] * y)
                    u = (views[view, 0] + views[view, 1] * x + views[view, 2] * y) * inverse
                    if not 0 <= u <= n_u - 1:
                        continue
                    k = <Py_ssize_t>u
                    s = u - k
                    weight = inverse * inverse if power == 2 else 1
                    for z in range(volume.shape[0]):
                        v = (views[view, 3] + views[view, 4] * z) * inverse + views[view, 8]
                        if not 0 <= v <= n_v - 1:
                            continue
                        j = <Py_ssize_t>v
                        t = v - j
                        row = &data[view, j, k]
                        low = row[0] + s * (row[1] - row[0])
                        row = &data[view, j + 1, k]
                        high = row[0] + s * (row[1] - row[0])
                        volume[z, y, x] += <real>(weight * (low + t * (high - low)))

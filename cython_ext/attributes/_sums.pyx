"""Sums and extremes over the pixels of every node: a pass over the pixels, then one from the leaves to the root.

Images are read as volumes of planes, rows and columns; axes that an image lacks have the length 1.
"""

from shared._types cimport int64_t


def bounding_box(const int[::1] parent, const int[:, :, ::1] node_of_pixel, int[:, ::1] box):
    """Fill the first and the last index of each shape along each axis: box[i] = (z0, y0, x0, z1, y1, x1).

    The box starts empty: first indices larger than all, last ones -1.
    """
    cdef Py_ssize_t z, y, x, i, k
    cdef int* b
    cdef int* around
    with nogil:
        for z in range(node_of_pixel.shape[0]):
            for y in range(node_of_pixel.shape[1]):
                for x in range(node_of_pixel.shape[2]):
                    b = &box[node_of_pixel[z, y, x], 0]
                    b[0] = min(b[0], <int>z)  # the raster gives the first plane at once, and the last one at last
                    b[1] = min(b[1], <int>y)
                    b[2] = min(b[2], <int>x)
                    b[3] = <int>z
                    b[4] = max(b[4], <int>y)
                    b[5] = max(b[5], <int>x)
        for i in range(parent.shape[0] - 1, 0, -1):
            b = &box[i, 0]
            around = &box[parent[i], 0]
            for k in range(3):
                around[k] = min(around[k], b[k])
                around[k + 3] = max(around[k + 3], b[k + 3])


def moments(const int[::1] parent, const int[:, :, ::1] node_of_pixel, int64_t[:, ::1] sums):
    """Add up, over the pixels of each shape, 1, z, y, x, zz, zy, zx, yy, yx and xx."""
    cdef Py_ssize_t z, y, x, i, k
    cdef int64_t* s
    cdef int64_t* around
    with nogil:
        for z in range(node_of_pixel.shape[0]):
            for y in range(node_of_pixel.shape[1]):
                for x in range(node_of_pixel.shape[2]):
                    s = &sums[node_of_pixel[z, y, x], 0]
                    s[0] += 1
                    s[2] += y
                    s[3] += x
                    s[7] += y * y
                    s[8] += y * x
                    s[9] += x * x
                    if z:
                        s[1] += z
                        s[4] += z * z
                        s[5] += z * y
                        s[6] += z * x
        for i in range(parent.shape[0] - 1, 0, -1):
            s = &sums[i, 0]
            around = &sums[parent[i], 0]
            for k in range(10):
                around[k] += s[k]


def extinction(const int[::1] parent, const double[::1] attribute, int[::1] heir, double[::1] out):
    """Each node's value becomes the attribute of the last ancestor up to which its branch is the largest.

    `heir` starts at -1. Of equal branches the first one wins.
    """
    cdef Py_ssize_t i
    cdef int outer
    with nogil:
        for i in range(1, parent.shape[0]):
            outer = parent[i]
            if heir[outer] < 0 or attribute[heir[outer]] < attribute[i]:
                heir[outer] = <int>i
        out[0] = attribute[0]
        for i in range(1, parent.shape[0]):
            out[i] = out[parent[i]] if heir[parent[i]] == i else attribute[i]

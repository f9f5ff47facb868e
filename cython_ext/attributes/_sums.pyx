"""Sums and extremes over the pixels of every node: a pass over the pixels, then one from the leaves to the root.

Images are read as volumes of planes, rows and columns; axes that an image lacks have the length 1.
"""

from shared._types cimport int64_t


def bounding_box(const int[::1] parent, const int[:, :, ::1] node_of_pixel, int[:, ::1] box, int[:, ::1] planes):
    """Fill the first index of each shape along each axis, and the last one with its sign turned: both are minima.

    box[i] = (y0, x0, -y1, -x1) and planes[i] = (z0, -z1) start larger than all; `planes` is empty if there is one plane.
    """
    cdef Py_ssize_t z, y, x, i, k
    cdef int* b
    cdef int* around
    with nogil:
        for z in range(node_of_pixel.shape[0]):
            for y in range(node_of_pixel.shape[1]):
                for x in range(node_of_pixel.shape[2]):
                    i = node_of_pixel[z, y, x]
                    b = &box[i, 0]
                    b[0] = min(b[0], <int>y)
                    b[1] = min(b[1], <int>x)
                    b[2] = min(b[2], <int>-y)
                    b[3] = min(b[3], <int>-x)
                    if planes.shape[0]:
                        planes[i, 0] = min(planes[i, 0], <int>z)
                        planes[i, 1] = <int>-z  # the last plane comes last
        for i in range(parent.shape[0] - 1, 0, -1):
            b = &box[i, 0]
            around = &box[parent[i], 0]
            for k in range(4):
                around[k] = min(around[k], b[k])
        for i in range(planes.shape[0] - 1, 0, -1):
            for k in range(2):
                planes[parent[i], k] = min(planes[parent[i], k], planes[i, k])


def moments(
    const int[::1] parent, const int[:, :, ::1] node_of_pixel, int64_t[:, ::1] sums, int64_t[:, ::1] planes,
    double[:, ::1] means,
):
    """Means, over the pixels of each shape, of y, x, yy, yx, xx and, if `planes` is not empty, z, zz, zy, zx.

    means[k] is the k-th of them for all nodes. `sums` and `planes` start at 0: scratch for 6 and for 4 sums a node.
    """
    cdef Py_ssize_t z, y, x, i, k
    cdef int64_t* s
    cdef int64_t* around
    with nogil:
        for z in range(node_of_pixel.shape[0]):
            for y in range(node_of_pixel.shape[1]):
                for x in range(node_of_pixel.shape[2]):
                    i = node_of_pixel[z, y, x]
                    s = &sums[i, 0]
                    s[0] += 1
                    s[1] += y
                    s[2] += x
                    s[3] += y * y
                    s[4] += y * x
                    s[5] += x * x
                    if z:
                        s = &planes[i, 0]
                        s[0] += z
                        s[1] += z * z
                        s[2] += z * y
                        s[3] += z * x
        for i in range(parent.shape[0] - 1, -1, -1):
            s = &sums[i, 0]
            for k in range(5):
                means[k, i] = <double>s[k + 1] / <double>s[0]
            if planes.shape[0]:
                for k in range(4):
                    means[k + 5, i] = <double>planes[i, k] / <double>s[0]
            if i == 0:
                break
            around = &sums[parent[i], 0]
            for k in range(6):
                around[k] += s[k]
            if planes.shape[0]:
                for k in range(4):
                    planes[parent[i], k] += planes[i, k]


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

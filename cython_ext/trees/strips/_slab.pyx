"""The nodes of a slab of a volume: first those that other slabs may share, which are *reached*, then the others."""

from shared._interrupt cimport act_on_signals

cdef enum:
    REACHED = 1  # the marks of a node
    OPEN = 2  # it owns a pixel of the frame


def reach(const int[::1] parent, unsigned char[::1] marks):
    """Mark the ancestors of the nodes that are reached, and the root; return how many are reached then.

    parent : parents come before their children, the root, 0, first.
    marks : of each node, also whether it owns a pixel of the frame; a node that is not reached tells its parent. Are
        written to.
    """
    cdef Py_ssize_t i
    cdef int n_reached = 0
    with nogil:
        marks[0] |= REACHED
        for i in range(parent.shape[0] - 1, -1, -1):
            act_on_signals(i)
            if marks[i] & REACHED:
                n_reached += 1
                marks[parent[i]] |= REACHED
            else:
                marks[parent[i]] |= marks[i] & OPEN
    return n_reached


def number(
    const int[::1] parent, const int[::1] level, int top, const unsigned char[::1] marks, int n_reached,
    int[::1] place, int[::1] new_parent, int[::1] new_level,
):
    """Number the nodes, parents first among those that are reached, and then among the others.

    parent, level : of the nodes, as for `reach`.
    top : where it is not negative, levels become top - level, those of the negative.
    marks, n_reached : as `reach` has left them, and what it has returned.
    place, new_parent, new_level : the new number of each node; parent and level in the new order; are filled.
    """
    cdef Py_ssize_t i
    cdef int k, n_done = 0, n_free = n_reached
    with nogil:
        for i in range(parent.shape[0]):
            act_on_signals(i)
            if marks[i] & REACHED:
                k = n_done
                n_done += 1
            else:
                k = n_free
                n_free += 1
            place[i] = k
            new_parent[k] = place[parent[i]]
            new_level[k] = top - level[i] if top >= 0 else level[i]


def sum_areas(
    const int[::1] parent, const unsigned char[::1] marks, const int[::1] place, int[::1] area, int[::1] reached_area,
):
    """Give the pixels of the nodes that are not reached to their parents, and leave what the reached ones have then.

    parent, marks, place : as for `number`.
    area : how many pixels each node owns; is written to.
    reached_area : of the reached nodes, in their new order; is filled.
    """
    cdef Py_ssize_t i
    with nogil:
        for i in range(parent.shape[0] - 1, -1, -1):
            if marks[i] & REACHED:
                reached_area[place[i]] = area[i]
            else:
                area[parent[i]] += area[i]

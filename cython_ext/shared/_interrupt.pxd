"""Ctrl-C in kernels that take seconds: Python only marks a signal, and acts on it when it is asked to."""

cdef extern from "Python.h":
    int PyErr_CheckSignals() except -1


cdef enum:
    # Cells between two questions, some 50 milliseconds: each may wait for another thread to hand over the GIL.
    PERIOD = 1 << 19


cdef inline int run_handlers() except -1 with gil:
    return PyErr_CheckSignals()


cdef inline int act_on_signals(Py_ssize_t k) except -1 nogil:
    """In step k of a loop, now and then: what the handlers of signals raise, as KeyboardInterrupt, ends the kernel.

    Python runs them in its main thread only; elsewhere nothing happens.
    """
    if k % PERIOD == PERIOD - 1:
        run_handlers()
    return 0

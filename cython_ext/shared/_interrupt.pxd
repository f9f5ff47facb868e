"""Ctrl-C in kernels that take seconds: Python only marks a signal, and acts on it when it is asked to.

A loop asks every 2^19 steps, some 50 milliseconds, since each time it may have to wait until another thread hands over
the GIL. Python runs handlers in its main thread only. The threads of a pool that it has left end as well, see
coarea.base.threads; in others nothing happens.
"""

cdef extern from *:
    """
    #if defined(__GNUC__)
    __attribute__((noinline, cold)) /* or loops that ask would be compiled to slower code */
    #endif
    static int coarea_run_handlers(void) {
        PyGILState_STATE state = PyGILState_Ensure();
        int result = PyErr_CheckSignals();
        if (result == 0) {
            PyObject* threads = PyImport_ImportModule("coarea.base.threads");
            PyObject* none = threads == NULL ? NULL : PyObject_CallMethod(threads, "end_if_left", NULL);
            result = none == NULL ? -1 : 0;
            Py_XDECREF(threads);
            Py_XDECREF(none);
        }
        PyGILState_Release(state);
        return result;
    }
    #define COAREA_PERIOD 0x80000
    #define coarea_act_on_signals(k) ((k) % COAREA_PERIOD == COAREA_PERIOD - 1 ? coarea_run_handlers() : 0)
    #define coarea_act_after(steps) (*(steps) < COAREA_PERIOD ? 0 : (*(steps) = 0, coarea_run_handlers()))
    """
    const Py_ssize_t PERIOD "COAREA_PERIOD"
    # In step k of a loop: what the handlers of signals raise, as KeyboardInterrupt, ends the kernel.
    int act_on_signals "coarea_act_on_signals"(Py_ssize_t k) except -1 nogil
    # The same after a number of steps that are counted, where not every one can ask; then it is 0 again.
    int act_after "coarea_act_after"(Py_ssize_t* steps) except -1 nogil

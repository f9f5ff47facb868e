"""Ctrl-C in kernels that take seconds: Python only marks a signal, and acts on it when it is asked to.

A loop asks every 2^19 steps, some 50 milliseconds, since each time it may have to wait until another thread hands over
the GIL. Python runs handlers in its main thread only; elsewhere nothing happens.
"""

cdef extern from *:
    """
    #if defined(__GNUC__)
    __attribute__((noinline, cold)) /* or loops that ask would be compiled to slower code */
    #endif
    static int coarea_run_handlers(void) {
        PyGILState_STATE state = PyGILState_Ensure();
        int result = PyErr_CheckSignals();
        PyGILState_Release(state);
        return result;
    }
    #define COAREA_PERIOD 0x80000
    #define coarea_act_on_signals(k) ((k) % COAREA_PERIOD == COAREA_PERIOD - 1 ? coarea_run_handlers() : 0)
    """
    const Py_ssize_t PERIOD "COAREA_PERIOD"
    # In step k of a loop: what the handlers of signals raise, as KeyboardInterrupt, ends the kernel.
    int act_on_signals "coarea_act_on_signals"(Py_ssize_t k) except -1 nogil

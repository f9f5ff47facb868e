"""How soon a call ends after Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

# After some of the processor time that the whole takes comes a signal with the handler of Ctrl-C. Tells the
# share of the whole that it still takes, the least of several.
MEASURE = """
import signal, sys, time

call, share = calls[sys.argv[1]], float(sys.argv[2])
signal.signal(signal.SIGPROF, signal.default_int_handler)
call()
shares = []
for _ in range(5):  # a busy machine upsets single measurements
    begin = time.process_time()
    call()
    whole = time.process_time() - begin
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, share * whole)
    try:
        call()
    except KeyboardInterrupt:
        shares.append((time.process_time() - begin) / whole - share)
    signal.setitimer(signal.ITIMER_PROF, 0)
    if min(shares, default=1.0) < 0.3:
        break
print(min(shares, default=1.0))
"""

needs_timers = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of processor time")


# Large blocks go back to the system as soon as they are freed: a heap that is kept would look like a leak.
HEAP = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}


def output_of(code: str, *arguments: str, timeout: float | None = None) -> str:
    command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    run = subprocess.run(command, env=os.environ | HEAP, capture_output=True, text=True, check=True, timeout=timeout)
    return run.stdout

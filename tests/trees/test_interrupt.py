"""Ctrl-C ends the building of a tree, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import textwrap
import threading

import numpy as np
import pytest

import coarea
from interrupt import MEASURE, needs_timers, output_of

pytestmark = pytest.mark.photograph  # large trees; and what watches memory keeps some of it

SIDE = 1500  # large enough for several questions in each loop; where there are strips, four times as large
PREPARE = f"""
import numpy as np
import coarea
random = np.random.default_rng(0)
plane = random.integers(0, 256, ({SIDE}, {SIDE})).astype(np.uint8)
large = np.tile(plane, (2, 2))
channels = np.stack([plane, plane[::-1], plane.T])[:, :800, :800]
volume = random.integers(0, 256, (150, 150, 150)).astype(np.uint8)
calls = {{
    "shapes": lambda: coarea.tree_of_shapes(large),
    "self-dual": lambda: coarea.tree_of_shapes(plane, connectivity="self-dual"),
    "all channels": lambda: coarea.tree_of_shapes(channels, channel_axis=0),
    "max-tree": lambda: coarea.max_tree(large),
    "shapes of a volume": lambda: coarea.tree_of_shapes(volume),
    "min-tree of a volume": lambda: coarea.min_tree(volume),
}}
"""
NAMES = ("shapes", "max-tree", "self-dual", "all channels", "shapes of a volume", "min-tree of a volume")


@needs_timers
@pytest.mark.parametrize("name", NAMES)
def test_control_c_ends_the_kernel(name):
    after = float(output_of(PREPARE + MEASURE, name, "0.3"))
    assert after < 0.4  # without questions it goes on to the end of the loops, 0.7


@needs_timers
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="resident memory is read from /proc")
@pytest.mark.parametrize("name", NAMES[2:])  # kernels that allocate
def test_nothing_is_left_in_memory(name):
    code = """
    import signal, sys, time

    def pages():
        return int(open("/proc/self/statm").read().split()[1])

    call = calls[sys.argv[1]]
    call()
    begin = time.process_time()
    call()
    whole = time.process_time() - begin
    signal.signal(signal.SIGPROF, signal.default_int_handler)
    ended, held = 0, []
    for k in range(10):
        signal.setitimer(signal.ITIMER_PROF, (0.8 - 0.06 * k) * whole)  # the first ones reach farthest
        try:
            call()
            signal.setitimer(signal.ITIMER_PROF, 0)
        except KeyboardInterrupt:
            ended += 1
        held.append(pages())
    print(ended, max(held[6:]) - max(held[:6]))
    call()  # and it still works
    """
    ended, more = output_of(PREPARE + textwrap.dedent(code), name).split()
    assert int(ended) > 0
    assert int(more) * 4096 < 4 * SIDE * SIDE  # the scratch memory of one tree takes more than 16 bytes a pixel


def test_other_threads_go_on(rng):
    image = rng.integers(0, 50, (SIDE, SIDE)).astype(np.uint8)
    expected = coarea.tree_of_shapes(image), coarea.max_tree(image)
    found = []

    def build() -> None:
        found.append(coarea.tree_of_shapes(image))
        found.append(coarea.max_tree(image))

    rings = []
    before = signal.signal(signal.SIGINT, lambda *_: rings.append(1))
    try:
        thread = threading.Thread(target=build)
        thread.start()
        signal.raise_signal(signal.SIGINT)
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert rings == [1]
    assert tuple(found) == expected

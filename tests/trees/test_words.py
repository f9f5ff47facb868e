"""The words of bits that the tree kernels reckon with, against their definitions.

The functions exist only inside the kernels, so the test compiles them into a module of its own: as GNU compilers see
them, and in the plain C that is left for others. Nothing of it is in the library.
"""

from __future__ import annotations

import bisect
import importlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

KERNELS = Path(__file__).resolve().parents[2] / "cython_ext"
SOURCE = """
from libc.stdlib cimport free, malloc
from shared._level_queue cimport (
    Queue, bitmap_words, init_bitmap, mark_empty, mark_waiting, nearest_waiting, next_above, next_below,
)
from shared._machine cimport highest64, lowest32, lowest64
from shared._neighbors cimport after, before, beside, gather, plane, representatives
from shared._types cimport word_t

cdef Queue queue
cdef word_t* words = NULL
cdef enum:
    GUARD = 0x5a5a5a5a

def start(n_levels):
    global words
    free(words)
    words = <word_t*>malloc((bitmap_words(n_levels) + 1) * sizeof(word_t))
    words[bitmap_words(n_levels)] = GUARD
    init_bitmap(&queue, words, n_levels)

def guard_holds(n_levels): return words[bitmap_words(n_levels)] == GUARD
def wait(level): mark_waiting(&queue, level)
def clear(level): mark_empty(&queue, level)
def above(level): return next_above(&queue, level)
def below(level): return next_below(&queue, level)
def nearest(level): return nearest_waiting(&queue, level)
def ends(word): return lowest64(word), highest64(word)
def lowest(word): return lowest32(word)
def turned(mask): return after(mask), before(mask), beside(mask)
def chosen(first, second, third, ban1, ban2): return representatives(first, second, third, ban1, ban2)
def around(bytes image, Py_ssize_t cell, Py_ssize_t width): return gather(<const unsigned char*>image + cell, width)
def bits(word, bit): return plane(word, bit)
"""
SETUP = """
from Cython.Build import cythonize
from setuptools import Extension, setup
macros = {macros}
extension = Extension("{name}", ["{name}.pyx"], define_macros=macros)
setup(ext_modules=cythonize([extension], include_path=[{kernels!r}], language_level=3))
"""


@pytest.fixture(scope="module", params=["gnu", "portable"])
def words(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    pytest.importorskip("Cython")
    pytest.importorskip("setuptools")
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cl")[0]
    if not shutil.which(compiler):
        pytest.skip(f"no compiler {compiler}")
    if not KERNELS.is_dir():
        pytest.skip("no sources of the kernels")
    folder, name = tmp_path_factory.mktemp("words"), f"words_{request.param}"
    macros = [("COAREA_PORTABLE", "1")] if request.param == "portable" else []
    (folder / f"{name}.pyx").write_text(SOURCE)
    (folder / "setup.py").write_text(SETUP.format(name=name, macros=macros, kernels=str(KERNELS)))
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def last_of_runs(mask: int, banned: int) -> int:
    """The last bit of each run of ones around the circle of eight that holds no banned bit; none of eight ones."""
    last = 0
    for i in range(8):
        if mask >> i & 1 and not mask >> (i + 1) % 8 & 1:
            run = [i]
            while mask >> (run[-1] - 1) % 8 & 1:
                run.append((run[-1] - 1) % 8)
            if not any(banned >> k & 1 for k in run):
                last |= 1 << i
    return last


LAST = np.array([[last_of_runs(mask, banned) for banned in range(256)] for mask in range(256)]).tolist()


def test_representatives_of_one_mask_and_every_ban(words):
    for mask in range(256):
        assert words.chosen(0, 0, mask, 255, 255) == LAST[mask][0]
        for banned in range(256):
            assert words.chosen(mask, 0, 0, banned, 255) == LAST[mask][banned], (mask, banned)
            assert words.chosen(0, mask, 0, 255, banned) == LAST[mask][banned], (mask, banned)


def test_representatives_of_three_masks_do_not_touch_each_other(words, rng):
    for first, second, third, ban1, ban2 in rng.integers(0, 256, (50_000, 5)).tolist():
        expected = LAST[first][ban1] | LAST[second][ban2] | LAST[third][0]
        assert words.chosen(first, second, third, ban1, ban2) == expected, (first, second, third, ban1, ban2)
    full = [0, 1, 128, 129, 254, 255]  # what is carried out of one mask stays below the next one
    for first in full:
        for second in full:
            for third in full:
                for ban1 in full:
                    for ban2 in full:
                        expected = LAST[first][ban1] | LAST[second][ban2] | LAST[third][0]
                        assert words.chosen(first, second, third, ban1, ban2) == expected


def test_masks_turn_around_the_circle(words):
    for mask in range(256):
        ones = [i for i in range(8) if mask >> i & 1]
        after, before = ({(i + step) % 8 for i in ones} for step in (1, -1))
        expected = tuple(sum(1 << i for i in places) for places in (after, before, after | before))
        assert words.turned(mask) == expected


def test_neighbors_are_gathered_in_the_order_of_the_clock(words, rng):
    clock = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    for height, width in (3, 3), (3, 7), (6, 4):
        image = rng.integers(0, 256, (height, width), np.uint8)
        data = image.tobytes() + b"\xff"  # a byte beyond the last row may be read, and must not matter
        for y in range(1, height - 1):
            for x in range(1, width - 1):
                expected = [int(image[y + dy, x + dx]) for dy, dx in clock]
                word = words.around(data, y * width + x, width)
                assert word.to_bytes(8, "little") == bytes(expected)
                for bit in range(8):
                    assert words.bits(word, bit) == sum((byte >> bit & 1) << i for i, byte in enumerate(expected))


def test_ends_of_words(words, rng):
    for low in range(64):
        for high in range(low, 64):
            inside = int(rng.integers(0, 2**63)) & ((1 << high) - (1 << low))
            word = inside | 1 << low | 1 << high
            assert words.ends(word) == (low, high)
            if high < 32:
                assert words.lowest(word) == low


def neighbors_in(waiting: list[int], level: int) -> tuple[int, int, int]:
    """The first waiting level from the given one up, the first one down, and the nearer one; of two the lower one."""
    place = bisect.bisect_left(waiting, level)
    above = waiting[place] if place < len(waiting) else -1
    below = above if above == level else waiting[place - 1] if place else -1
    if above < 0 or below < 0:
        return above, below, max(above, below)
    return above, below, below if level - below <= above - level else above


@pytest.mark.parametrize("n_levels", [1, 2, 63, 64, 65, 127, 4095, 4096, 4097, 2**18, 2**18 + 1])
@pytest.mark.parametrize("density", [0.1, 0.5, 0.9])
def test_waiting_levels_are_a_set(words, n_levels, density, rng):
    edges = np.array([0, 1, 62, 63, 64, 65, 4031, 4032, 4095, 4096, 4097, 2**18 - 1, 2**18, n_levels - 1])
    edges = edges[edges < n_levels]
    words.start(n_levels)
    waiting: list[int] = []
    for step in range(4000):
        level = int(rng.choice(edges) if step % 2 else rng.integers(n_levels))
        if rng.random() < density:
            words.wait(level)
            if level not in waiting:
                bisect.insort(waiting, level)
        elif waiting:
            level = level if level in waiting else waiting[rng.integers(len(waiting))]
            words.clear(level)
            waiting.remove(level)
        for asked in level, int(rng.integers(n_levels)), int(rng.choice(edges)):
            assert (words.above(asked), words.below(asked), words.nearest(asked)) == neighbors_in(waiting, asked)
    for level in waiting:
        words.clear(level)
    assert words.nearest(0) == words.nearest(n_levels - 1) == -1
    assert words.guard_holds(n_levels)

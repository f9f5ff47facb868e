"""Ctrl-C ends minimum cuts, also in threads."""

from __future__ import annotations

import pytest

from interrupt import MEASURE, needs_timers, output_of

pytestmark = pytest.mark.photograph  # computations that last long enough for several questions

# Each kernel has a problem that keeps it busy in a single call.
PREPARE = """
import numpy as np
import coarea
from coarea.cuts import _pixel_sets, flow
from coarea.cuts.graph import Graph
from coarea.cuts.terms import Term
from coarea.cuts.tree import minimize_tree
random = np.random.default_rng(0)

def network(n, n_edges):
    ends = (random.integers(0, n, n_edges).astype(np.int32) for _ in range(2))
    graph = Graph(n, *ends, random.integers(1, 90, n_edges))
    excess = random.integers(-99, 100, n)
    return lambda: flow.ListNetwork(graph.start, graph.arcs.copy(), excess.copy())

flows, waves = network(200_000, 800_000), network(1_500_000, 3_000_000)

def flood():  # a lane that turns at the upper and the lower end: each pass over the rows goes on to the next turn
    shape, around = (1500, 1500), np.array([0, 0, 1, -1], np.int32)
    open_pixels = np.ones(shape, bool)
    open_pixels[1:, 1::4] = open_pixels[:-1, 3::4] = False
    words = np.packbits(np.pad(open_pixels, ((0, 0), (0, -shape[1] % 64))), axis=1, bitorder="little").view(np.uint64)
    reached = np.zeros_like(words)
    reached[0, 0] = 1
    _pixel_sets.flood(np.stack([words] * 4), around, around[[2, 3, 0, 1]], reached)

nodes = 1_000_000
parent = np.maximum(np.arange(nodes) - random.integers(1, 1000, nodes), 0).astype(np.int32)
term = Term.of(random.integers(0, 2**22, nodes), 1, 9, 9, n_levels=2**22)
two = random.integers(0, 2**16, (2, 280, 280)).astype(np.uint16)
calls = {
    "flow": lambda: flows().flow(0, 200_000, 2**60),
    "wave": lambda: waves().wave(1),
    "reach": lambda: flood(),
    "tree": lambda: minimize_tree(term, parent, np.full(nodes, 3), tie="lower"),
    "channels in two threads": lambda: coarea.denoise_tv_l1(two, 1.5, neighbors=8, channel_axis=0, workers=2),
}
"""


@needs_timers
@pytest.mark.parametrize("name", ["flow", "wave", "reach", "tree", "channels in two threads"])
def test_control_c_ends_the_cut(name):
    after = float(output_of(PREPARE + MEASURE, name, "0.3"))
    assert after < 0.4  # a single kernel, or a thread, that does not ask goes on to the end, 0.7

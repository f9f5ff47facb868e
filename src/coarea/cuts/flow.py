"""Maximum flow on a graph, from any flow to start with."""

from dataclasses import dataclass, replace

import numpy as np

from coarea.base.arrays import Array
from coarea.base.threads import Map
from coarea.cuts import _flow, _pixel_sets, _wave
from coarea.cuts.contraction import sorted_by_key
from coarea.cuts.terms import Levels, Weights

ARC = np.dtype([("head", np.int32), ("mate", np.int32), ("residual", np.int64)])
STRIP = 2**17  # nodes that are solved by themselves first
N_STRIPS_MIN = 4
PART = 2**13  # nodes that are worth a thread
N_PARTS_MIN = 2
WIDE = 2**19  # places between whose ends nodes are worth parting: what kernels keep for all of them is new memory
PATIENCE = 4  # how often paths may cut off each node before waves come to help
N_WAVES = 4


@dataclass(frozen=True)
class ListNetwork:
    """A graph whose node i has the arcs from start[i] to start[i + 1], with the fields of ``ARC``."""

    start: Levels
    arcs: Array
    excess: Weights

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.excess)

    def surplus(self) -> int:
        """All excess added up."""
        return int(self.excess.sum())

    def flow(self, first: int, stop: int, patience: int) -> bool:
        """Augment paths among some nodes; False if the patience ended."""
        return _flow.max_flow(self.start, self.arcs, self.excess, first, stop, patience)

    def wave(self, moving: int) -> None:
        """Move the excess of one sign."""
        _wave.wave(self.start, self.arcs, self.excess, moving)


@dataclass(frozen=True)
class PlaneNetwork:
    """Pixels of a grid, by their places in its planes: excess, one not used, what can still flow through each arc."""

    planes: Array
    offsets: Levels
    nodes: Levels

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    def parts(self) -> list["PlaneNetwork"]:
        """Networks between which nothing can flow, the largest first; small ones are one together."""
        part = np.empty(self.n_nodes, np.int32)
        n_parts = _pixel_sets.parts(self.planes, self.offsets, self.nodes, PART, part)
        order, start = sorted_by_key(part, n_parts)
        nodes = np.split(self.nodes[order], start[1:-1])
        return [replace(self, nodes=own) for own in sorted(nodes, key=len, reverse=True)]

    def surplus(self) -> int:
        """All excess added up."""
        return int(self.planes[0].reshape(-1)[self.nodes].sum(dtype=np.int64))

    def flow(self, first: int, stop: int, patience: int) -> bool:
        """Augment paths among some nodes; False if the patience ended."""
        return _flow.max_flow_in_planes(self.planes, self.offsets, self.nodes[first:stop], patience)

    def wave(self, moving: int) -> None:
        """Move the excess of one sign."""
        _wave.wave_in_planes(self.planes, self.offsets, self.nodes, moving)


def move_in_strips(network: ListNetwork | PlaneNetwork, run: Map, *, halved: bool = False) -> bool:
    """Move what can move within strips of a large network; False if it is not large.

    With `halved` the first strip is half as long, so that the seams lie elsewhere.
    """
    n = network.n_nodes
    if n <= N_STRIPS_MIN * STRIP:
        return False
    seams = range(STRIP // 2 if halved else STRIP, n, STRIP)
    list(run(lambda i, j: network.flow(i, j, PATIENCE * (j - i)), [0, *seams], [*seams, n]))
    return True


def move_in_parts(network: PlaneNetwork, run: Map, *, moving: int = 0) -> None:
    """Move all excess that can move, in a wide network by parts."""
    is_wide = network.n_nodes > N_PARTS_MIN * PART and network.nodes[-1] - network.nodes[0] >= WIDE
    parts = network.parts() if is_wide else [network] if network.n_nodes else []
    list(run(lambda part: move(part, moving=moving), parts))


def move(network: ListNetwork | PlaneNetwork, *, moving: int = 0) -> None:
    """Move all excess that can move.

    With `moving` 1 only positive excess comes to rest at other nodes than it was at, with -1 only negative one; 0
    takes what is plenty.
    """
    while not network.flow(0, network.n_nodes, PATIENCE * network.n_nodes + 1):
        plenty = 1 if network.surplus() > 0 else -1
        for _ in range(N_WAVES):
            network.wave(moving or plenty)

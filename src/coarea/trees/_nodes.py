"""What the builders of trees take and give, in levels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Indices


class Ring(NamedTuple):
    """What surrounds an image: how many levels lie below its value, and whether the value is a level itself."""

    below: int
    is_level: bool

    def flipped(self, n_levels: int) -> "Ring":
        """The ring around the negative."""
        return Ring(n_levels - self.below - self.is_level, self.is_level)


class Nodes(NamedTuple):
    """A tree in levels: parent and level of the nodes, the node of each pixel, the polarity of the nodes."""

    parent: Indices
    level: Indices
    node_of_pixel: Indices
    polarity: NDArray[np.int8]

"""The exact filter on a tree for many betas at once."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import cached_property
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_real
from coarea.base.html import card, plane_of
from coarea.base.keywords import with_hints
from coarea.base.options import as_number, came
from coarea.base.types import Border, ShapeConnectivity, Tie
from coarea.scales._nested import Nested, Options, Stage
from coarea.trees.tree import Tree


@dataclass(frozen=True, repr=False, eq=False)
class ScaleSpace:
    """The exact filter on a tree for many betas, from :func:`scale_space`. The arrays are read-only.

    Attributes
    ----------
    tree : Tree
    betas : (n_betas,) ndarray of float64
        Increasing.
    values : (n_betas, n_nodes) ndarray, dtype of the image
        The grey value of each node for each beta.
    n_shapes : (n_betas,) ndarray of int64
        How many shapes are left: the root, and the nodes whose line is seen, since their value is not that of their
        parent.
    disappearance : (n_nodes,) ndarray of float64
        The last of the betas at which the line of each node is seen; 0 if it is at none, or at beta 0 only, and for the
        root, which has no line. Lines can come back: between this beta and the smallest one a line need not always be
        seen.

    See Also
    --------
    scale_space : filters the image.

    Examples
    --------
    >>> import coarea
    >>> space = coarea.scale_space([[1, 1, 9, 1, 5, 5, 5]], [0, 1])
    >>> space.n_shapes.tolist(), space.image(1).tolist()
    ([4, 2], [[1, 1, 1, 1, 5, 5, 5]])
    """

    tree: Tree
    betas: NDArray[np.float64]
    values: Array

    def image(self, k: SupportsIndex) -> Array:
        """The filtered image for the k-th beta, ``betas[k]``.

        Parameters
        ----------
        k : int
            From the end if negative.

        Returns
        -------
        ndarray
            Shape and dtype of the image.
        """
        try:
            place = operator.index(k)
        except TypeError:
            raise TypeError(
                f"k must be an integer, a place among the betas, got {came(k)}: that of a beta is "
                "numpy.searchsorted(space.betas, beta)"
            ) from None
        if not -len(self.betas) <= place < len(self.betas):
            raise IndexError(f"k must be in [0, {len(self.betas)}), got {place}")
        return self.tree.reconstruct(self.values[place])

    @cached_property
    def n_shapes(self) -> NDArray[np.int64]:
        """How many shapes are left."""
        return np.array([1 + np.count_nonzero(self._seen(row)) for row in self.values])

    @cached_property
    def disappearance(self) -> NDArray[np.float64]:
        """The last beta at which each line is seen."""
        last = np.zeros(len(self.tree))
        for beta, row in zip(self.betas, self.values, strict=True):
            last[self._seen(row)] = beta
        return last

    def _seen(self, values: Array) -> NDArray[np.bool_]:
        seen: NDArray[np.bool_] = values != values[self.tree.parent]
        return seen

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.tree.node_of_pixel.shape))
        return (
            f"<scale space on the {self.tree.kind} of a {shape} {self.values.dtype} image: {self._range()}, "
            f"{self._numbers()} shapes>"
        )

    def _repr_html_(self) -> str:
        """What notebooks show: how many shapes are left, and a small picture of the image for the middle beta."""
        middle = self.values[len(self.betas) // 2]
        rows = {
            "tree": self.tree.kind,
            "image": f"{' x '.join(map(str, self.tree.node_of_pixel.shape))}, {self.values.dtype}",
            "betas": self._range(),
            "shapes": self._numbers(),
        }
        return card("scale space", rows, middle[plane_of(self.tree.node_of_pixel)])

    def _range(self) -> str:
        n, (first, last) = len(self.betas), self.betas[[0, -1]]
        return f"{n} betas from {first:g} to {last:g}" if n > 1 else f"1 beta, {first:g}"

    def _numbers(self) -> str:
        return " to ".join(map(str, dict.fromkeys(self.n_shapes[[0, -1]].tolist())))


@with_hints
def scale_space(
    image: ArrayLike | Tree,
    betas: ArrayLike,
    *,
    tie: Tie = "lower",
    weights: ArrayLike | None = None,
    quantile: float = 0.5,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    workers: int | None = None,
) -> ScaleSpace:
    """Filter an image on the tree of its shapes for many betas, for little more than what one of them takes.

    Entry k holds what :func:`denoise_tv_l1` gives on the tree for ``betas[k]``, exactly, whatever the other betas are.

    Parameters
    ----------
    image : array_like or Tree
        As for :func:`denoise_tv_l1` with ``domain="shapes"``. Of a tree, of any of the three kinds, the grey values of
        its nodes are filtered.
    betas : (n_betas,) array_like
        Increasing weights of the total variation, at least 0.
    tie, weights, quantile, connectivity, border : optional
        As for :func:`denoise_tv_l1`.
    workers : int, optional
        Number of threads that build the tree, as in :func:`tree_of_shapes`.

    Returns
    -------
    ScaleSpace

    Raises
    ------
    ValueError
        As for :func:`denoise_tv_l1`; also if the betas do not increase.
    TypeError
        If the image, the betas or the weights are not real.

    See Also
    --------
    denoise_tv_l1 : one beta.
    saliency : the map of when the lines disappear.
    beta_for_regions, beta_for_residual

    Notes
    -----
    A subtree can pull its parent with no more than ``M_i = w_i + sum_children min(M_j, beta P_j)``, where w_i are the
    weights of the pixels that node i owns. Where this is less than ``beta P_i`` the node has its parent's value in
    every minimiser, and for all larger betas. So each beta works on what the last one left of the tree. Weights without
    a small common denominator, more than 64 different real numbers for example, are rounded for each beta anew; then
    all the betas take the time of all the filters, without that of the tree.

    The total variation of the results falls with beta and their distance to the image grows. The number of shapes
    nearly always falls, but need not: a line that is gone can come back.

    Examples
    --------
    >>> import coarea
    >>> space = coarea.scale_space([[1, 1, 9, 1, 5, 5, 5]], [0, 1, 2])
    >>> [space.image(k).tolist() for k in range(3)]
    [[[1, 1, 9, 1, 5, 5, 5]], [[1, 1, 1, 1, 5, 5, 5]], [[1, 1, 1, 1, 5, 5, 5]]]
    >>> space.n_shapes.tolist(), space.tree.value.tolist(), space.disappearance.tolist()
    ([4, 2, 2], [1, 9, 1, 5], [0.0, 0.0, 0.0, 2.0])
    """
    increasing = as_betas(betas)
    if not (np.diff(increasing) > 0).all():
        raise ValueError("betas must increase: give numpy.unique(betas)")
    share = as_number("quantile", quantile, least=0, most=1)
    nested = Nested(image, None, Options(tie, weights, share, connectivity, border, workers))
    values = np.empty((len(increasing), len(nested.tree)), nested.greys.dtype)
    stage: Stage | None = None
    for k, beta in enumerate(increasing.tolist()):
        stage = nested.solve(beta, stage)
        values[k] = stage.values(nested.greys)
    for array in (increasing, values):
        array.flags.writeable = False
    return ScaleSpace(nested.tree, increasing, values)


def as_betas(betas: ArrayLike) -> NDArray[np.float64]:
    """Weights of the total variation, one or more, in any order."""
    array = as_real("betas", betas)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind == "b":
        remedy = f": for one, [{came(betas)}]" if array.ndim == 0 else ""
        raise ValueError(f"betas must be one or more numbers in one axis, got {came(betas)}{remedy}")
    numbers = array.astype(np.float64)
    if not (np.isfinite(numbers).all() and (numbers >= 0).all()):
        raise ValueError(f"betas must be finite numbers >= 0, got {came(betas)}")
    return numbers

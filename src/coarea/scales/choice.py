"""The choice of beta: by what is left, or by what is lost."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea import attributes
from coarea.base.arrays import Array
from coarea.base.colors import ONE_BY_ONE, warn_of_colors
from coarea.base.keywords import with_hints
from coarea.base.levels import to_ranks
from coarea.base.options import as_count, as_number, one_of
from coarea.base.types import Border, Count, Domain, ShapeConnectivity, Tie
from coarea.exact._channels import PixelOptions, prepared
from coarea.exact._domains import DomainOptions
from coarea.exact.denoise import denoise_tv_l1
from coarea.scales._nested import Nested, Options, Stage
from coarea.trees.tree import Tree

PRECISION = 1024  # betas are found up to this part of them
FIRST = 1 / 4  # of the betas that are tried, in weights of a pixel: alone, it vanishes there
RANGE = 2**20  # and not below this part of a pixel's weight


@with_hints
def beta_for_regions(
    image: ArrayLike | Tree,
    n: int,
    *,
    domain: Domain | None = None,
    count: Count = "shapes",
    min_area: int = 1,
    tie: Tie = "lower",
    weights: ArrayLike | None = None,
    quantile: float = 0.5,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    workers: int | None = None,
) -> float:
    """Find a beta for which the exact filter leaves at most n regions.

    Parameters
    ----------
    image : array_like or Tree
        As for :func:`denoise_tv_l1`.
    n : int
        At least 1.
    domain : {"shapes", "max_tree", "min_tree", "pixels"}, optional
        As for :func:`denoise_tv_l1`, but that by default the shapes of an image are meant. On pixels each try takes
        the time of a filter, on trees all of them together do.
    count : {"shapes", "zones"}, default "shapes"
        What a region is. "shapes": the root, and each node of the tree whose line is still seen; that is
        ``ScaleSpace.n_shapes``. "zones": the flat zones of the result, its connected pixels of one grey value, where
        pixels that share a face are neighbours. A line that others meet cuts many zones off: 30 shapes of a photograph
        are some 2 000 zones, most of them slivers.
    min_area : int, default 1
        Regions with fewer pixels do not count; they remain in the result. The root always counts.
    tie, weights, quantile, connectivity, border : optional
        As for :func:`denoise_tv_l1`, which the beta is meant for.
    workers : int, optional
        Number of threads that build the tree, or that filter the pixels, as in :func:`denoise_tv_l1`.

    Returns
    -------
    float
        With it at most n regions count, and with each larger beta that was tried. It is found by doubling, up to the
        constant image, and bisection, to within 1/1024 of itself. Numbers of shapes may also rise with beta, by little
        and rarely, and numbers of large zones rise at first, since noise has none: so it need not be the smallest.

    Raises
    ------
    ValueError, TypeError
        As for :func:`denoise_tv_l1`; also if shapes are to be counted on pixels, or zones in more than three
        dimensions, or no beta makes a tree constant: of one put together by hand, nodes may have no line.

    See Also
    --------
    beta_for_residual : by the distance to the image.
    scale_space : the results for many betas.

    Examples
    --------
    >>> import coarea
    >>> image = [[1, 1, 9, 1, 5, 5, 5]]
    >>> beta = coarea.beta_for_regions(image, 2)
    >>> coarea.denoise_tv_l1(image, beta, domain="shapes").tolist(), round(beta, 2)
    ([[1, 1, 1, 1, 5, 5, 5]], 0.5)
    """
    n, min_area = as_count("n", n), as_count("min_area", min_area)
    quantile = as_number("quantile", quantile, least=0, most=1)
    one_of("count", count, get_args(Count))
    solver: Any = _solver(image, domain, Options(tie, weights, quantile, connectivity, border, workers))
    if count == "zones" and solver.image.ndim > 3:
        raise ValueError(f"count must be 'shapes' in more than three dimensions, got {count!r}")
    if count == "shapes" and isinstance(solver, _OnPixels):
        raise ValueError(f"count must be 'zones' with domain='pixels', where there are no shapes, got {count!r}")
    counts: Callable[[Any], int]
    if isinstance(solver, Nested) and count == "shapes":
        is_large = attributes.area(solver.tree) >= min_area
        parent, greys = solver.tree.parent, np.arange(len(solver.greys))

        def counts(stage: Stage) -> int:
            level = stage.values(greys)
            return 1 + int(np.count_nonzero((level != level[parent]) & is_large))

    else:

        def counts(solution: Any) -> int:
            return int(np.count_nonzero(areas_of_zones(solver.filtered(solution)) >= min_area))

    return _bracket(solver, lambda solution: counts(solution) <= n)[1]


@with_hints
def beta_for_residual(
    image: ArrayLike | Tree,
    residual: float,
    *,
    domain: Domain | None = None,
    tie: Tie = "lower",
    weights: ArrayLike | None = None,
    quantile: float = 0.5,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    workers: int | None = None,
) -> float:
    """Find the largest beta for which the result is no farther from the image than a given mean distance.

    Parameters
    ----------
    image, domain, tie, weights, quantile, connectivity, border, workers
        As for :func:`beta_for_regions`.
    residual : float
        Mean absolute difference of the result to the image, in grey values, at least 0: weighted with the weights and,
        if `quantile` is not 0.5, asymmetric as in the fidelity.

    Returns
    -------
    float
        The residual at this beta is at most the one given, and at a beta 1/1000 above it is larger. Where it is larger
        at no beta, since the image's distance to its median is not, a beta that makes the image constant.

    See Also
    --------
    beta_for_regions : by the number of regions.

    Notes
    -----
    The fidelity of minimisers never falls with beta, whatever the ties, so bisection is exact. As a rule for noise,
    with the mean absolute value of the noise as the residual, it suits impulses; for Gaussian noise it gives about
    twice the best beta.

    Examples
    --------
    >>> import coarea
    >>> beta = coarea.beta_for_residual([[1, 1, 9, 1, 5, 5, 5]], 8 / 7)
    >>> coarea.denoise_tv_l1([[1, 1, 9, 1, 5, 5, 5]], beta, domain="shapes").tolist(), round(beta, 2)
    ([[1, 1, 1, 1, 5, 5, 5]], 2.0)
    """
    residual, quantile = as_number("residual", residual, least=0), as_number("quantile", quantile, least=0, most=1)
    solver = _solver(image, domain, Options(tie, weights, quantile, connectivity, border, workers))
    known = _above(solver.image.min(), solver.image)
    up, down = 2 * quantile, 2 * (1 - quantile)
    weight = np.ones(()) if solver.weights is None else solver.weights
    total = float(np.broadcast_to(weight, known.shape).sum())

    def is_too_far(solution: Any) -> bool:
        lost = known - _above(solver.image.min(), solver.filtered(solution))
        distance = np.maximum(up * lost, -down * lost)
        return float((weight * distance).sum()) > residual * total

    return _bracket(solver, is_too_far)[0]


def _above(least: np.generic, image: Array) -> NDArray[np.float64]:
    """Grey values as floats; integers from the least one on, so that large ones lose no digit that counts."""
    if image.dtype.kind in "ui":
        image = (image - least).view(f"u{image.dtype.itemsize}")  # differences wrap to the right value
    return image.astype(np.float64)


def areas_of_zones(image: Array) -> NDArray[np.int64]:
    """Numbers of pixels of the flat zones: pixels of one grey value that are connected by shared faces."""
    from skimage import measure  # here: its import takes longer than that of the library

    ranks, _ = to_ranks(image)
    zones = measure.label(ranks.astype(np.int32) + 1, connectivity=1)
    areas: NDArray[np.int64] = np.bincount(zones.ravel())[1:]
    return areas


class _OnPixels:
    """The filter on pixels, in the form of the one on trees."""

    def __init__(self, image: ArrayLike, options: Options) -> None:
        conventions = DomainOptions(None, options.connectivity, options.border, None)
        channels, _ = prepared(image, None, "pixels", conventions, PixelOptions(options.weights))
        (self.image,) = channels.images
        warn_of_colors(self.image, ONE_BY_ONE)
        self.weights = channels.data[0].weights
        self._options = options

    def solve(self, beta: float, before: Array | None = None) -> Array:
        """The filtered image."""
        del before  # what is known of smaller betas does not help
        tie, quantile = self._options.tie, self._options.quantile
        return denoise_tv_l1(
            self.image, beta, weights=self.weights, tie=tie, quantile=quantile, channel_axis=None,
            workers=self._options.workers,
        )  # fmt: skip

    def filtered(self, solution: Array) -> Array:
        """The same."""
        return solution

    def levels(self, solution: Array) -> Array:
        """What is constant if the filtered image is."""
        return solution


def _solver(image: ArrayLike | Tree, domain: str | None, options: Options) -> Nested | _OnPixels:
    if domain is not None:
        one_of("domain", domain, get_args(Domain))
    if domain == "pixels" and not isinstance(image, Tree):
        return _OnPixels(image, options)
    return Nested(image, domain, options)


def _bracket(solver: Any, holds: Callable[[Any], bool]) -> tuple[float, float]:
    """A beta for which something does not hold, and one little larger for which it does, as for all tried beyond it.

    Both are 0 if it always holds. If it never does, they make the image constant.
    """
    total = float(solver.image.size if solver.weights is None else solver.weights.sum())
    unit = 2.0 ** round(math.log2(total / solver.image.size)) if total > 0 else 1.0
    low, high, before = 0.0, FIRST * unit, None  # the last beta for which it does not hold, the next one, its solution
    beta, solution = high, solver.solve(high)
    while True:
        if not holds(solution):
            low, high, before = beta, 2 * beta, solution
        levels = solver.levels(solution)
        if levels.min() == levels.max():  # as it will be for all larger betas
            break
        if beta > 4 * total:
            raise ValueError("image must be a tree whose lines all have a length: of this one no beta joins all nodes")
        beta, solution = 2 * beta, solver.solve(2 * beta, solution)
    if low == 0 and holds(solver.solve(0.0)):
        return 0.0, 0.0
    while high - low > high / PRECISION and high > unit / RANGE:
        middle = (low + high) / 2
        if holds(solution := solver.solve(middle, before)):
            high = middle
        else:
            low, before = middle, solution
    return low, high

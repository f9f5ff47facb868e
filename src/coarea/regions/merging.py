"""Greedy merging of regions into a hierarchy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_edges, as_nonnegative, as_number, came
from coarea.regions import _hierarchy, _merging
from coarea.regions._labels import Numbered, numbered
from coarea.regions.hierarchy import Hierarchy
from coarea.regions.region_graph import LARGEST, RegionGraph, as_sides, check_weights, graph_of

AREA_POWER = 0.1
AREA_POWER_MAX = 10.0
CLIP = 1e-4  # of probabilities, whose logits are finite then
SPREAD = 1e-3  # of the sums of histograms per pixel, relative: they are added up in single precision at times
BINS_MAX = 2**20
REGIONS_MAX = 2**30  # of which twice as many nodes are indices of 32 bits
ARCS_MAX = 2**29  # likewise children in a heap, four to each arc
COEFFICIENT_MAX = 1e9  # with which sums are far from overflow


@dataclass(frozen=True)
class MergingKey:
    """How far apart two regions are, from the boundary between them, their areas and their histograms.

    ``key(a, b) = 1 / (1 + exp(-z))``, which is between 0 and 1, with

        ``z = constant + logit * log(w / (1 - w)) + area * log(100 A_a A_b / (A_a + A_b))``
        ``+ sum_g (chi2[g] * X_g + root_chi2[g] * sqrt(X_g))``

    where w is the mean weight along the boundary, a probability, taken between 0.0001 and 0.9999; A the shares of the
    area of all regions; and ``X_g = 1/2 sum_k (u_k - v_k)^2 / (u_k + v_k)`` the distance of the histograms u and v per
    pixel of the two regions, in group g.

    Parameters
    ----------
    constant, logit, area : float
        Without others the key is the weight itself.
    chi2, root_chi2 : sequence of float
        A coefficient for each group of histograms; empty where there is none.

    See Also
    --------
    merge_regions : merges by the key.

    Examples
    --------
    >>> import coarea
    >>> coarea.MergingKey(constant=-0.9, logit=0.8, area=0.5, chi2=(1.3, 0), root_chi2=(0, 2.3))
    MergingKey(constant=-0.9, logit=0.8, area=0.5, chi2=(1.3, 0.0), root_chi2=(0.0, 2.3))
    """

    constant: float = 0.0
    logit: float = 1.0
    area: float = 0.0
    chi2: Sequence[float] = ()
    root_chi2: Sequence[float] = ()

    def __post_init__(self) -> None:
        for name in ("constant", "logit", "area"):
            object.__setattr__(self, name, _coefficient(name, getattr(self, name)))
        for name in ("chi2", "root_chi2"):
            values = getattr(self, name)
            if np.ndim(values) != 1 or isinstance(values, str | bytes):
                raise ValueError(f"{name} must be a sequence of numbers, one for each group, got {came(values)}")
            object.__setattr__(self, name, tuple(_coefficient(name, value) for value in values))

    def _coefficients(self, n_groups: int) -> NDArray[np.float64]:
        """All of them in one array, those of the distances for each group."""
        numbers = [self.constant, self.logit, self.area]
        for name in ("chi2", "root_chi2"):
            own: Sequence[float] = getattr(self, name) or (0.0,) * n_groups
            if len(own) != n_groups:
                raise ValueError(
                    f"key must have as many coefficients {name} as there are histograms, {n_groups}, got {len(own)}"
                )
            numbers += own
        return np.array(numbers, np.float64)


def _coefficient(name: str, value: object) -> float:
    return as_number(name, value, least=-COEFFICIENT_MAX, most=COEFFICIENT_MAX)


@with_hints
def merge_regions(
    labels: ArrayLike,
    weights: ArrayLike,
    lengths: ArrayLike | None = None,
    *,
    arcs: ArrayLike | None = None,
    area_power: float = AREA_POWER,
    key: MergingKey | None = None,
    histograms: Sequence[ArrayLike] | None = None,
) -> Hierarchy:
    """Merge regions pair by pair, always the two neighbours with the smallest key, until one is left.

    ``key(a, b) = w * (100 A_a A_b / (A_a + A_b)) ** area_power``, where w is the mean weight along the boundary of the
    two regions, by length, and A their shares of the area. All keys are those of the regions as they have become.

    Parameters
    ----------
    labels : array_like of int
        The regions to begin with: any number of axes, any integers. Region k is the one with the k-th smallest label.
        For a graph whose vertices are no regions of an image: ``numpy.arange(n)``.
    weights : (ndim,) + labels.shape array_like, or (m,)
        What keeps regions apart, at least 0; infinite for boundaries that go last. Either on all pixel sides, as from
        :func:`edge_strength`; the arcs are those of :func:`region_graph` then. Or for each row of `arcs`.
    lengths : (m,) array_like, optional
        Length of the boundary that each arc stands for, more than 0. Default: 1. Only with `arcs`.
    arcs : (m, 2) array_like of int, optional
        The two regions that each arc joins, by their numbers from 0 as in :func:`region_graph`. Lengths of arcs that
        join the same regions add up; loops are without effect.
    area_power : float, default 0.1
        From 0, where the areas are without effect, to 10; the larger, the sooner small regions go.
    key : MergingKey, optional
        Another key; `weights` are probabilities then, and `area_power` is not used.
    histograms : sequence of (n_regions, n_bins) array_like, optional
        With `key`: groups of histograms, at least 0, each the sum over the pixels of each region; of merged regions
        they are added. Each row adds up to the area of its region times a number that all regions share.

    Returns
    -------
    Hierarchy
        Its level is the largest key up to each merge.

    Raises
    ------
    TypeError
        If labels or arcs are not integers, or arrays not real.
    ValueError
        If shapes do not fit, a weight is negative or NaN, histograms are not sums, or an option breaks its rules.

    See Also
    --------
    region_graph : finds the arcs and their weights.
    region_hierarchy : all steps for a photograph.

    Notes
    -----
    Of equal keys the smaller mean weight is first, and of equal weights the arc that is first in `arcs`; the arc of
    merged regions is in the first of its places. The areas' term ``100 A_a A_b / (A_a + A_b)`` of the first key is
    rounded down to 12 significant bits, which changes keys by ``2.4e-4 * area_power`` at most.

    What no arc joins, since the graph is in several pieces, is joined at level infinity, the pieces in the order of
    their first regions.

    Memory is linear in the arcs. The arcs of the region that has fewer of them move to the other one, found by hashing,
    in O(m log n). With the first key an entry of the queue is renewed only when it comes up, since keys of a region
    that grows can only rise, and thanks to the rounding stay as they are where a large region takes in small ones: for
    a star of n regions of one size that is some hundred times n log n steps. With another key all arcs of a region are
    renewed whenever it grows, which for a star is quadratic: 0.4 seconds for 5000 regions, without histograms.

    Examples
    --------
    >>> import numpy as np
    >>> import coarea
    >>> labels = np.array([[0, 1, 2, 3]])
    >>> h = coarea.merge_regions(labels, [5, 2, 7], arcs=[[0, 1], [1, 2], [2, 3]], area_power=0)
    >>> h.parent.tolist(), h.level.tolist()
    ([5, 4, 4, 6, 5, 6, 6], [0.0, 0.0, 0.0, 0.0, 2.0, 5.0, 7.0])
    >>> h.cut(n_regions=2).tolist()
    [[0, 0, 0, 1]]
    """
    area_power = as_number("area_power", area_power, least=0, most=AREA_POWER_MAX)
    regions = numbered(labels)
    n = len(regions.labels)
    graph = _graph(regions, weights, lengths, arcs)
    assert graph.weights is not None
    if max(len(graph.arcs) // ARCS_MAX, n // REGIONS_MAX):
        raise ValueError(
            f"labels must be of fewer than {REGIONS_MAX} regions and {ARCS_MAX} arcs, got {n} and {len(graph.arcs)}"
        )
    areas = np.bincount(regions.number.ravel(), minlength=n).astype(np.float64)
    coefficients, start, bins = np.empty(0), np.zeros(1, np.int32), np.empty((n, 0))
    if key is not None:
        if not isinstance(key, MergingKey):
            raise TypeError(f"key must be a coarea.MergingKey, got {came(key)}")
        if area_power != AREA_POWER:
            raise ValueError(f"area_power does not apply with key, got {area_power:g}: say key.area")
        if graph.weights.size and graph.weights.max() > 1:
            raise ValueError(f"weights must be probabilities with key, from 0 to 1, got {graph.weights.max():g}")
        groups = _groups(histograms, areas)
        coefficients = key._coefficients(len(groups))
        start = np.cumsum([0, *(group.shape[1] for group in groups)]).astype(np.int32)
        bins = np.ascontiguousarray(np.concatenate([bins, *groups], axis=1))
    elif histograms is not None:
        raise ValueError("key must be given with histograms, or they would be without effect: a coarea.MergingKey")
    parent, level = np.full(2 * n - 1, -1, np.int32), np.zeros(2 * n - 1)
    n_merges = _merging.merge(
        graph.arcs, graph.weights, graph.lengths, areas, float(areas.sum()), area_power, CLIP, coefficients, bins,
        start, parent, level,
    )  # fmt: skip
    _join_pieces(parent, level, n, n_merges)
    return Hierarchy._trusted(parent, level, regions.number)


def _graph(regions: Numbered, weights: ArrayLike, lengths: ArrayLike | None, arcs: ArrayLike | None) -> RegionGraph:
    """The graph that is given, or that of the image."""
    if arcs is None:
        if lengths is not None:
            raise ValueError(
                "lengths go with arcs: give both, or weights on the pixel sides alone, whose lengths are counted"
            )
        sides = as_sides("weights", weights, regions.number.shape, hint=", or one for each of arcs")
        return graph_of(regions, sides, name="weights")
    ends = as_edges("arcs", arcs, len(regions.labels))
    values = as_real("weights", weights)
    if values.shape != (len(ends),):
        raise ValueError(f"weights must have shape ({len(ends)},), one for each of arcs, got {values.shape}")
    values = values.astype(np.float64)
    check_weights("weights", values)
    own = np.ones(len(ends)) if lengths is None else as_nonnegative("lengths", lengths, (len(ends),))
    if not (own > 0).all() or (own > LARGEST).any():
        raise ValueError(
            f"lengths must be > 0 and at most {LARGEST:g}: leave out arcs along which regions do not touch"
        )
    return RegionGraph(np.ascontiguousarray(ends), values, own, regions.labels)


def _groups(histograms: Sequence[ArrayLike] | None, areas: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Histograms that are sums over the pixels of the regions."""
    if histograms is None:
        return []
    if not isinstance(histograms, list | tuple) and getattr(histograms, "ndim", 0) != 3:
        raise ValueError(f"histograms must be a sequence of groups, got {came(histograms)}: for one, [histograms]")
    groups = []
    for values in histograms:
        array = as_real("histograms", values)
        if array.ndim != 2 or len(array) != len(areas) or not 0 < array.shape[1] <= BINS_MAX:
            rule = f"({len(areas)}, n_bins), a row for each region"
            raise ValueError(f"histograms must each have shape {rule}, got {array.shape}")
        group = as_nonnegative("histograms", array, array.shape)
        per_pixel = group.sum(axis=1) / areas
        expected = group.sum() / areas.sum()
        worst = int(np.argmax(np.abs(per_pixel - expected)))
        if not abs(per_pixel[worst] - expected) <= SPREAD * expected < np.inf or expected == 0:
            raise ValueError(
                "histograms must be sums over the pixels of each region, whose rows add up to the area times one "
                f"number, got {per_pixel[worst]:.3g} per pixel in row {worst} where {expected:.3g} is the mean: do not "
                "normalise them"
            )
        groups.append(group)
    return groups


def _join_pieces(parent: NDArray[np.int32], level: NDArray[np.float64], n: int, n_merges: int) -> None:
    """Join at level infinity what no arc joins, in the order of the first leaves."""
    n_nodes = n + n_merges
    roots = np.flatnonzero(parent[:n_nodes] < 0).astype(np.int32)
    parent[roots] = roots
    if len(roots) > 1:
        root_of_node = np.empty(n_nodes, np.int32)
        _hierarchy.cut(parent, n_nodes, root_of_node)
        first = np.unique(root_of_node[:n], return_index=True)[1]
        roots = roots[np.argsort(first)]
        new = np.arange(n_nodes, 2 * n - 1, dtype=np.int32)
        parent[roots[0]] = new[0]
        parent[roots[1:]] = new
        parent[new] = np.append(new[1:], new[-1])
        level[new] = np.inf

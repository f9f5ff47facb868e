"""Exact total-variation filters of images."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea import attributes
from coarea._check import Array, as_image, one_of, to_ranks
from coarea.components import max_tree, min_tree
from coarea.minimize import Weights, integer_weights, minimize_grid, minimize_tree, pair_slices
from coarea.shapes import tree_of_shapes
from coarea.tree import Tree

DOMAINS = ("pixels", "shapes", "max_tree", "min_tree")
NEIGHBORS = {1: (2,), 2: (4, 8), 3: (6,)}  # by dimension; the first one is the default


@dataclass(frozen=True)
class Info:
    """What a filter did.

    Attributes
    ----------
    energy, initial_energy : float
        The energy of the result and of the image itself, in grey values times pixels.
    n_cuts : int
        Number of binary problems solved.
    """

    energy: float
    initial_energy: float
    n_cuts: int


def denoise_tv_l1(
    image: ArrayLike,
    beta: float,
    *,
    domain: str = "pixels",
    neighbors: int | None = None,
    tie: str = "lower",
    weights: ArrayLike | None = None,
    channel_axis: int | None = None,
    connectivity: str | int | None = None,
    border: str | float | Sequence[int] | None = None,
    solver: str | None = None,
    return_info: bool = False,
) -> Any:
    """Minimise L1 fidelity + total variation exactly: Darbon's contrast-invariant, self-dual filter.

    On pixels, over all images u,

        ``E(u) = sum_p w_p |u_p - v_p| + beta sum_{p~q} c_pq |u_p - u_q|``

    On a tree, over all grey values u of its nodes, with the pixels D_i that only node i owns and its perimeter P_i,

        ``E(u) = sum_i w(D_i) |u_i - v_i| + beta sum_{i != root} P_i |u_i - u_parent(i)|``

    so that contours may disappear but never move.

    Parameters
    ----------
    image : array_like
        Any real dtype, finite. 1-D to 3-D for pixels, 2-D for shapes, n-D for the other trees; one axis more with
        `channel_axis`.
    beta : float
        Weight of the total variation, at least 0: a length in pixels per unit of grey value. On pixels, a flat zone
        survives if its area exceeds about beta times its perimeter. Nothing is rescaled.
    domain : {"pixels", "shapes", "max_tree", "min_tree"}, default "pixels"
        What the grey values live on; see :func:`tree_of_shapes`, :func:`max_tree`, :func:`min_tree`.
    neighbors : int, optional
        For pixels, the neighbourhood of the perimeter: 4 or 8 in 2-D (default 4), 2 in 1-D, 6 in 3-D. Pairs that
        share a face have c = 1. With 8, the perimeter is nearly isotropic [BoykovKolmogorov2003]_: c = pi / 8 for
        pairs that share a side, pi / (8 sqrt 2) for diagonal ones.
    tie : {"lower", "upper"}, default "lower"
        Minimisers form a lattice; take the smallest or the largest one. Either is a contrast-invariant filter, and
        they are dual to each other: ``lower(-v) == -upper(v)``.
    weights : array_like, optional
        Fidelity weights w, at least 0, in the shape of the image or of one channel. Default 1. A pixel of weight 0
        is filled in from its surroundings.
    channel_axis : int, optional
        Filter the channels along this axis one by one.
    connectivity : optional
        For trees, as in their functions. Default: "8-4" for shapes, 1 for max_tree and min_tree.
    border : optional
        For shapes, as in :func:`tree_of_shapes`. Default "half-area".
    solver : {"pymaxflow"}, optional
        For pixels, what solves the minimum cuts. Trees need none.
    return_info : bool, default False
        Also return an :class:`Info`.

    Returns
    -------
    filtered : ndarray
        Shape and dtype of the image; only grey values that occur in it (per channel).
    info : Info
        Only with ``return_info=True``. Energies and cuts are summed over the channels.

    Raises
    ------
    ValueError
        If the image is not finite or has the wrong number of axes, beta or a weight is negative or not finite, or
        an option is unknown or does not belong to the domain.
    TypeError
        If the dtype of the image is not real.

    Notes
    -----
    The minimum is global: divide and conquer over grey levels, one minimum cut per bit [DarbonSigelle2006]_. Weights
    and beta are scaled to integers; a beta such as 0.1 is taken as the fraction 1/10, and the result is exact. With
    many different real weights, or 8 neighbours, weights are rounded to about 2^-50 of their sum. The filter on
    shapes is that of [Darbon2005]_.

    Examples
    --------
    >>> import coarea
    >>> coarea.denoise_tv_l1([[1, 1, 9, 1, 5, 5, 5]], 1.5).tolist()
    [[1, 1, 1, 1, 5, 5, 5]]
    """
    array = as_image(image, finite=True)
    beta = _as_beta(beta)
    one_of("tie", tie, ("lower", "upper"))
    one_of("domain", domain, DOMAINS)
    one_of("solver", solver, (None, "pymaxflow") if domain == "pixels" else (None,))
    _refuse_foreign_options(domain, neighbors=neighbors, connectivity=connectivity, border=border)
    solve: Solver
    if domain == "pixels":
        solve = partial(_on_pixels, beta=beta, neighbors=neighbors, tie=tie)
    else:
        solve = partial(_on_tree, beta=beta, build=_tree_builder(domain, connectivity, border), tie=tie)
    if channel_axis is None:
        filtered, info = solve(array, _as_weights(weights, array.shape))
    else:
        filtered, info = _by_channel(solve, array, weights, channel_axis)
    return (filtered, info) if return_info else filtered


Solver = Callable[[Array, Array | None], tuple[Array, Info]]


def _as_beta(beta: object) -> float:
    if not isinstance(beta, int | float | np.integer | np.floating) or not 0 <= beta <= sys.float_info.max:
        raise ValueError(f"beta must be a finite number >= 0, got {beta!r}")
    return float(beta)


def _refuse_foreign_options(domain: str, **options: object) -> None:
    own = {"pixels": {"neighbors"}, "shapes": {"connectivity", "border"}}.get(domain, {"connectivity"})
    for name, value in options.items():
        if value is not None and name not in own:
            raise ValueError(f"{name} does not apply to domain={domain!r}, got {value!r}")


def _tree_builder(domain: str, connectivity: Any, border: Any) -> Callable[[Array], Tree]:
    if domain == "shapes":
        return partial(
            tree_of_shapes,
            connectivity="8-4" if connectivity is None else connectivity,
            border="half-area" if border is None else border,
        )
    build = max_tree if domain == "max_tree" else min_tree
    return partial(build, connectivity=1 if connectivity is None else connectivity)


def _as_weights(weights: ArrayLike | None, *shapes: tuple[int, ...]) -> Array | None:
    if weights is None:
        return None
    array = np.asarray(weights)
    if array.shape not in shapes:
        raise ValueError(f"weights must have shape {' or '.join(map(str, shapes))}, got {array.shape}")
    if array.dtype.kind not in "buif":
        raise TypeError(f"weights must have a real dtype, got {array.dtype}")
    array = array.astype(np.float64)
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValueError("weights must be finite and >= 0")
    return array


def _by_channel(solve: Solver, image: Array, weights: ArrayLike | None, axis: int) -> tuple[Array, Info]:
    """Solve each channel by itself; the weights are those of one channel or of all."""
    if not -image.ndim <= axis < image.ndim:
        raise ValueError(f"channel_axis must be an axis of the {image.ndim}-D image, got {axis}")
    channels = np.moveaxis(image, axis, 0)
    array = _as_weights(weights, image.shape, channels.shape[1:])
    if array is not None and array.ndim == image.ndim:
        by_channel: Sequence[Array | None] = list(np.moveaxis(array, axis, 0))
    else:
        by_channel = [array] * len(channels)
    solutions = [solve(np.ascontiguousarray(c), w) for c, w in zip(channels, by_channel, strict=True)]
    info = Info(
        energy=sum(info.energy for _, info in solutions),
        initial_energy=sum(info.initial_energy for _, info in solutions),
        n_cuts=sum(info.n_cuts for _, info in solutions),
    )
    return np.stack([filtered for filtered, _ in solutions], axis=axis), info


def _on_pixels(
    image: Array, weights: Array | None, *, beta: float, neighbors: int | None, tie: str
) -> tuple[Array, Info]:
    costs = _edge_costs(image.ndim, neighbors, beta)
    flat_weights = None if weights is None else weights.ravel()
    integers, capacities = integer_weights(flat_weights, image.size, list(costs.values()))
    ranks, values = to_ranks(image)
    levels, n_cuts = minimize_grid(
        ranks.astype(np.int32), integers.reshape(image.shape), dict(zip(costs, capacities, strict=True)), tie=tie
    )
    filtered = values[levels]
    initial = _grid_energy(image, image, weights, costs)
    return filtered, Info(_grid_energy(filtered, image, weights, costs), initial, n_cuts)


def _edge_costs(ndim: int, neighbors: int | None, beta: float) -> dict[tuple[int, ...], float]:
    """The weight of the pairs (p, p + offset), by offset."""
    if ndim not in NEIGHBORS:
        raise ValueError(f"image must be 1-D to 3-D for domain='pixels', got {ndim}-D")
    n = NEIGHBORS[ndim][0] if neighbors is None else neighbors
    one_of("neighbors", n, NEIGHBORS[ndim])
    axes = [tuple(row) for row in np.eye(ndim, dtype=int).tolist()]
    if n == 2 * ndim:
        return dict.fromkeys(axes, beta)
    diagonals = [(1, 1), (1, -1)]
    return dict.fromkeys(axes, beta * math.pi / 8) | dict.fromkeys(diagonals, beta * math.pi / (8 * math.sqrt(2)))


@np.errstate(over="ignore")  # values near the largest double
def _grid_energy(filtered: Array, image: Array, weights: Array | None, costs: Mapping[tuple[int, ...], float]) -> float:
    u, v = filtered.astype(np.float64), image.astype(np.float64)
    energy = np.sum(np.abs(u - v) if weights is None else weights * np.abs(u - v))
    for offset, cost in costs.items():
        first, second = pair_slices(offset)
        energy += cost * np.sum(np.abs(u[first] - u[second]))
    return float(energy)


def _on_tree(
    image: Array, weights: Array | None, *, beta: float, build: Callable[[Array], Tree], tie: str
) -> tuple[Array, Info]:
    tree = build(image)
    flat_weights = None if weights is None else weights.ravel()
    integers, (factor,) = integer_weights(flat_weights, image.size, [beta])
    own_weight = np.bincount(tree.node_of_pixel.ravel(), integers, minlength=len(tree)).astype(np.int64)
    perimeter = attributes.perimeter(tree)
    uncut = int(integers.sum()) + 1  # no minimiser cuts an edge of this capacity
    capacities: Weights = factor * np.minimum(perimeter, uncut // max(factor, 1) + 1)
    value = tree.value.copy()
    if len(tree) > 1 and not (tree.node_of_pixel == 0).any():
        value[0] = value[1]  # a root that stands for a ring owns no pixel: its value must not enter the image
    ranks, values = to_ranks(value)
    levels, n_cuts = minimize_tree(ranks.astype(np.int32), tree.parent, own_weight, capacities, tie=tie)

    own_fidelity = np.bincount(tree.node_of_pixel.ravel(), flat_weights, minlength=len(tree))

    @np.errstate(over="ignore")
    def energy(node_values: Array) -> float:
        u = node_values.astype(np.float64)
        variation = perimeter @ np.abs(u - u[tree.parent])
        return float(own_fidelity @ np.abs(u - value.astype(np.float64)) + beta * variation)

    return tree.reconstruct(values[levels]), Info(energy(values[levels]), energy(value), n_cuts)

"""Exact total-variation filters of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Unpack, get_args, overload

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.options import as_axis, as_mask, as_nonnegative, as_number, one_of
from coarea.base.threads import number_of_workers, thread_map
from coarea.base.types import Border, Domain, ShapeConnectivity, Solver, Tie
from coarea.exact._domains import DomainOptions, image_and_builder
from coarea.exact._model import l1_model, l2_model
from coarea.exact._nodes import solve_on_tree
from coarea.exact._pixels import solve_on_pixels
from coarea.exact._setting import Data, L1Options, L2Options, Setting
from coarea.exact.info import Info, join
from coarea.trees.tree import Tree


@overload
def denoise_tv_l1(
    image: ArrayLike | Tree, beta: float, *, return_info: Literal[False] = ..., **options: Unpack[L1Options]
) -> Array: ...
@overload
def denoise_tv_l1(
    image: ArrayLike | Tree, beta: float, *, return_info: Literal[True], **options: Unpack[L1Options]
) -> tuple[Array, Info]: ...
@overload
def denoise_tv_l1(
    image: ArrayLike | Tree, beta: float, *, return_info: bool, **options: Unpack[L1Options]
) -> Array | tuple[Array, Info]: ...
def denoise_tv_l1(
    image: ArrayLike | Tree,
    beta: float,
    *,
    domain: Domain = "pixels",
    neighbors: int | None = None,
    tie: Tie = "lower",
    quantile: float = 0.5,
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    edge_weights: ArrayLike | None = None,
    channel_axis: int | None = None,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    solver: Solver | None = None,
    workers: int | None = None,
    return_info: bool = False,
) -> Array | tuple[Array, Info]:
    """Minimise L1 fidelity + total variation exactly: Darbon's contrast-invariant, self-dual filter.

    On pixels, over all images u,

        ``E(u) = sum_p w_p |u_p - v_p| + beta sum_{p~q} c_pq |u_p - u_q|``

    On a tree, over all grey values u of its nodes, with the pixels D_i that only node i owns and its perimeter P_i,

        ``E(u) = sum_i w(D_i) |u_i - v_i| + beta sum_{i != root} P_i |u_i - u_parent(i)|``

    so that contours may disappear but never move.

    Parameters
    ----------
    image : array_like or Tree
        Any real dtype, finite. 1-D to 3-D for pixels, 2-D or 3-D for shapes, n-D for the other trees; one axis more
        with `channel_axis`. Of a tree, the grey values of its nodes are filtered, as of the image with its `domain`,
        `connectivity` and `border`, which need not be given; it is not built again for each beta.
    beta : float
        Weight of the total variation, at least 0: a length in pixels per unit of grey value. On pixels, a flat zone
        survives if its area exceeds about beta times its perimeter. Nothing is rescaled.
    domain : {"pixels", "shapes", "max_tree", "min_tree"}, default "pixels"
        What the grey values live on; see :func:`tree_of_shapes`, :func:`max_tree`, :func:`min_tree`.
    neighbors : int, optional
        For pixels, the neighbourhood of the perimeter: 4, 8 or 16 in 2-D (default 4), 2 in 1-D, 6 or 26 in 3-D
        (default 6). Where only pairs that share a face count, c = 1. The larger neighbourhoods have the weights of the
        Cauchy-Crofton formula, which make the perimeter nearly isotropic [BoykovKolmogorov2003]_.
    tie : {"lower", "upper"}, default "lower"
        Minimisers form a lattice; take the smallest or the largest one. Either is a contrast-invariant filter, and
        they are dual to each other: ``lower(-v) == -upper(v)``.
    quantile : float, default 0.5
        Between 0 and 1. Other values than 0.5 make the fidelity asymmetric: ``2 quantile (v - u)`` where u < v and
        ``2 (1 - quantile) (u - v)`` where u > v. A large beta then gives this quantile of the image.
    weights : array_like, optional
        Fidelity weights w, at least 0, in the shape of the image or of one channel. Default 1.
    mask : array_like of bool, optional
        Pixels without data, which are filled in from their surroundings: the same as weight 0.
    fixed : array_like of bool, optional
        Pixels that keep their values; on a tree, nodes that own such a pixel do.
    edge_weights : array_like, optional
        Factors of c, at least 0, ``(n_offsets,) + shape of one channel``: entry [k, p] belongs to the pair
        (p, p + offset k), see :func:`neighbor_offsets`. On trees, offsets along the axes; P_i is then the weight of
        the boundary. :func:`edge_weights` makes them from an image.
    channel_axis : int, optional
        Filter the channels along this axis one by one.
    connectivity : optional
        For trees, as in their functions. Default: "8-4" for shapes ("26-6" in 3-D), 1 for max_tree and min_tree.
    border : optional
        For shapes, as in :func:`tree_of_shapes`. Default "half-area".
    solver : {"native", "pymaxflow"}, optional
        For pixels, what solves the minimum cuts. Default "native". The results are the same.
    workers : int, optional
        Number of threads. Default: one per processor. The result does not depend on it.
    return_info : bool, default False
        Also return an :class:`Info`, with the proof that the result is optimal.

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
    many different real weights, or a larger neighbourhood, weights are rounded to 20 to 30 bits. The filter on
    shapes is that of [Darbon2005]_.

    Examples
    --------
    >>> import coarea
    >>> coarea.denoise_tv_l1([[1, 1, 9, 1, 5, 5, 5]], 1.5).tolist()
    [[1, 1, 1, 1, 5, 5, 5]]
    """
    options = DomainOptions(neighbors, connectivity, border, solver)
    array, build = image_and_builder(image, domain, options, channel_axis)
    model = l1_model(as_number("quantile", quantile, least=0, most=1))
    setting = Setting(
        model, as_number("beta", beta, least=0), tie, neighbors, solver or "native", build, number_of_workers(workers),
        return_info,
    )  # fmt: skip
    return _denoise(array, setting, channel_axis, PixelOptions(weights, mask, fixed, edge_weights))


@overload
def denoise_tv_l2(
    image: ArrayLike | Tree, beta: float, *, return_info: Literal[False] = ..., **options: Unpack[L2Options]
) -> Array: ...
@overload
def denoise_tv_l2(
    image: ArrayLike | Tree, beta: float, *, return_info: Literal[True], **options: Unpack[L2Options]
) -> tuple[Array, Info]: ...
@overload
def denoise_tv_l2(
    image: ArrayLike | Tree, beta: float, *, return_info: bool, **options: Unpack[L2Options]
) -> Array | tuple[Array, Info]: ...
def denoise_tv_l2(
    image: ArrayLike | Tree,
    beta: float,
    *,
    domain: Domain = "pixels",
    resolution: float | None = None,
    huber_delta: float | None = None,
    neighbors: int | None = None,
    tie: Tie = "lower",
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    edge_weights: ArrayLike | None = None,
    channel_axis: int | None = None,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    solver: Solver | None = None,
    workers: int | None = None,
    return_info: bool = False,
) -> Array | tuple[Array, Info]:
    """Minimise L2 fidelity + total variation exactly: the filter of [ROF1992]_, or the same with Huber's fidelity.

    On pixels, over all images u whose values are multiples of the resolution above the image's smallest one,

        ``E(u) = 1/2 sum_p w_p (u_p - v_p)^2 + beta sum_{p~q} c_pq |u_p - u_q|``

    and on a tree, with the pixels D_i that only node i owns and its perimeter P_i,

        ``E(u) = 1/2 sum_i w(D_i) (u_i - v_i)^2 + beta sum_{i != root} P_i |u_i - u_parent(i)|``

    With `huber_delta` the quadratic continues linearly where ``|u - v| > huber_delta``.

    Parameters
    ----------
    image : array_like or Tree
        Any real dtype, finite; the axes as for :func:`denoise_tv_l1`.
    beta : float
        Weight of the total variation, at least 0, in grey values: a flat zone moves towards its surroundings by beta
        times its perimeter over its area.
    domain, neighbors, tie, weights, mask, fixed, edge_weights, channel_axis, connectivity, border, solver, workers,
    return_info : optional
        As for :func:`denoise_tv_l1`.
    resolution : float, optional
        Distance of the grey values of the result, which the image is rounded to as well. The result is the minimiser
        over all real images, rounded; with an image that is rounded already it is within resolution / 2 of it,
        otherwise within `resolution`. Default: 1/64 for integer images, 2^-14 of the range for others.
    huber_delta : float, optional
        Where Huber's function becomes linear, in grey values. Default: nowhere.

    Returns
    -------
    filtered : ndarray
        Shape of the image; float32 for float32 images, otherwise float64.
    info : Info
        Only with ``return_info=True``. Energies are those of the rounded image.

    Raises
    ------
    ValueError, TypeError
        As for :func:`denoise_tv_l1`; also if the resolution is finer than 2^-24 of the range of grey values.

    Notes
    -----
    Divide and conquer over multiples of the resolution, one minimum cut per bit [DarbonSigelle2006b]_. On the tree of
    shapes this is the filter of [DibosKoepfler2000]_.

    Examples
    --------
    >>> import coarea
    >>> coarea.denoise_tv_l2([[0, 0, 8, 8]], 1).tolist()
    [[0.5, 0.5, 7.5, 7.5]]
    """
    options = DomainOptions(neighbors, connectivity, border, solver)
    array, build = image_and_builder(image, domain, options, channel_axis)
    if resolution is None:
        resolution = 1 / 64 if array.dtype.kind in "bui" else _range(array) * 2.0**-14
    step = as_number("resolution", resolution, above=0)
    delta = None if huber_delta is None else as_number("huber_delta", huber_delta, above=0)
    setting = Setting(
        l2_model(step, delta), as_number("beta", beta, least=0), tie, neighbors, solver or "native", build,
        number_of_workers(workers), return_info,
    )  # fmt: skip
    return _denoise(array, setting, channel_axis, PixelOptions(weights, mask, fixed, edge_weights))


def _range(image: Array) -> float:
    """Largest minus smallest grey value; 1 of a constant image."""
    return float(image.max().astype(np.float64) - image.min().astype(np.float64)) or 1.0


class PixelOptions(NamedTuple):
    """Options with an entry for each pixel, as they were given."""

    weights: ArrayLike | None
    mask: ArrayLike | None
    fixed: ArrayLike | None
    edge_weights: ArrayLike | None


def _denoise(image: Array, setting: Setting, axis: int | None, options: PixelOptions) -> Array | tuple[Array, Info]:
    """Filter the channels side by side."""
    one_of("tie", setting.tie, get_args(Tie))
    axis = None if axis is None else as_axis("channel_axis", axis, image.ndim)
    channels = image[None] if axis is None else np.moveaxis(image, axis, 0)
    data = _data_of_channels(options, image, channels, axis)
    solve = solve_on_pixels if setting.build is None else solve_on_tree
    jobs = [(np.ascontiguousarray(channel), own) for channel, own in zip(channels, data, strict=True)]
    if len(jobs) == 1 or setting.workers == 1:
        solutions = [solve(channel, own, setting) for channel, own in jobs]
    else:
        alone = setting._replace(workers=1)
        with thread_map(setting.workers) as run:
            solutions = list(run(lambda job: solve(job[0], job[1], alone), jobs))
    results = [filtered for filtered, _ in solutions]
    filtered = results[0] if axis is None else np.stack(results, axis=axis)
    if not setting.wants_info:
        return filtered
    return filtered, join([info for _, info in solutions if info is not None])


def _data_of_channels(options: PixelOptions, image: Array, channels: Array, axis: int | None) -> list[Data]:
    shapes = dict.fromkeys([image.shape, channels.shape[1:]])
    weights = _fidelity_weights(options.weights, options.mask, *shapes)
    fixed = None if options.fixed is None else as_mask("fixed", options.fixed, *shapes)
    edge_weights = None
    if options.edge_weights is not None:
        n_offsets = len(np.asarray(options.edge_weights))
        edge_weights = as_nonnegative("edge_weights", options.edge_weights, (n_offsets, *channels.shape[1:]))
    return [
        Data(own_weights, own_fixed, edge_weights)
        for own_weights, own_fixed in zip(
            _per_channel(weights, channels, axis), _per_channel(fixed, channels, axis), strict=True
        )
    ]


def _fidelity_weights(weights: ArrayLike | None, mask: ArrayLike | None, *shapes: tuple[int, ...]) -> Array | None:
    known = None if weights is None else as_nonnegative("weights", weights, *shapes)
    if mask is None:
        return known
    unknown = as_mask("mask", mask, *shapes)
    if known is not None and known.shape != unknown.shape:
        raise ValueError(f"mask must have the shape of weights, {known.shape}, got {unknown.shape}")
    return np.where(unknown, 0.0, 1.0 if known is None else known)


def _per_channel(array: Array | None, channels: Array, axis: int | None) -> Sequence[Array | None]:
    """What belongs to each channel of an array for one channel or for all."""
    if array is None or axis is None or array.ndim < channels.ndim:
        return [array] * len(channels)
    return list(np.moveaxis(array, axis, 0))

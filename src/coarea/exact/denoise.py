"""Exact total-variation filters of images."""

from __future__ import annotations

from typing import Literal, Unpack, overload

from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.options import as_flag, as_number
from coarea.base.threads import number_of_workers
from coarea.base.types import (
    NOT_GIVEN,
    Border,
    ColorDistance,
    Colors,
    Domain,
    NotGiven,
    ShapeConnectivity,
    Solver,
    Tie,
)
from coarea.exact._channels import Channels, PixelOptions, prepared, solve_channels
from coarea.exact._domains import DomainOptions
from coarea.exact._model import default_resolution, l1_model, l2_model
from coarea.exact._setting import L1Options, L2Options, Setting
from coarea.exact.colors.filter import check_colors, filter_colors
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
@with_hints
def denoise_tv_l1(
    image: ArrayLike | Tree,
    beta: float,
    *,
    domain: Domain | None = None,
    neighbors: int | None = None,
    tie: Tie = "lower",
    quantile: float = 0.5,
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    edge_weights: ArrayLike | None = None,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    colors: Colors = "free",
    distance: ColorDistance = "values",
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
        Any real dtype, finite where there are data. 1-D to 3-D for pixels, 2-D or 3-D for shapes, n-D for the other
        trees; one axis more with `channel_axis`. A mask of numpy.ma is joined to `mask`. Of a tree, the grey values of
        its nodes are filtered, as of the image with its `domain`, `connectivity` and `border`, which need not be given;
        it is not built again for each beta.
    beta : float
        Weight of the total variation, at least 0: a length in pixels per unit of grey value. On pixels, a flat zone
        survives if its area exceeds about beta times its perimeter. Nothing is rescaled.
    domain : {"pixels", "shapes", "max_tree", "min_tree"}, optional
        What the grey values live on; see :func:`tree_of_shapes`, :func:`max_tree`, :func:`min_tree`. Default: the
        pixels of an image, the nodes of a tree.
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
        Pixels without data, which are filled in from their surroundings: the same as weight 0. They may hold anything,
        NaN too; a tree is built as if numbers that are missing were those of the nearest pixels with data.
    fixed : array_like of bool, optional
        Pixels that keep their values; on a tree, nodes that own such a pixel do.
    edge_weights : array_like, optional
        Factors of c, at least 0, ``(n_offsets,) + shape of one channel``: entry [k, p] belongs to the pair
        (p, p + offset k), see :func:`neighbor_offsets`. On trees, offsets along the axes; P_i is then the weight of
        the boundary. :func:`edge_weights` makes them from an image.
    lower, upper : array_like, optional
        Bounds that the result may not leave, in the shape of the image or of one channel, or one number for all:
        ``upper=image`` makes an anti-extensive filter. Infinite where there is none, which is the default. Bounds count
        where data are missing too; on a tree, a node has those of all the pixels that it owns.
    channel_axis : int or None, optional
        Filter the channels along this axis one by one. None if there are none: this silences the warning for an array
        that looks like a colour image.
    colors : {"free", "input"}, default "free"
        What a pixel of several channels may become. "free": the channels have nothing to do with each other, and make
        colours between them that the image lacks. "input": only colours of pixels with data in all channels, so E,
        summed over the channels, is minimised under ``u_p in {v_q}``. This contains the Potts model: the result is no
        exact minimum, and ``info.gap`` says how far it can be from one. An alpha channel is not a colour: leave it out.
    distance : {"values", "ranks"}, default "values"
        For colors="input", in what colours are compared: "ranks" replaces each channel by the dense ranks of its values
        first and takes them back in the end, so that increasing maps of single channels commute with the filter.
    connectivity : optional
        For trees, as in their functions. Default: "8-4" for shapes ("26-6" in 3-D), 1 for max_tree and min_tree.
    border : optional
        For shapes, as in :func:`tree_of_shapes`. Default "half-area".
    solver : {"native", "pymaxflow"}, optional
        For pixels, what solves the minimum cuts. Default "native". The results are the same.
    workers : int, optional
        Number of threads; -1 is one per processor, the default, -2 one less. The result does not depend on it.
    return_info : bool, default False
        Also return an :class:`Info`, with the proof that the result is optimal.

    Returns
    -------
    filtered : ndarray
        Shape and dtype of the image; only grey values that occur in it (per channel) or in the bounds; with
        colors="input" only colours that occur in it.
    info : Info
        Only with ``return_info=True``. Energies and cuts are summed over the channels; with distance="ranks" they are
        those of the ranks.

    Raises
    ------
    ValueError
        If the image is not finite or has the wrong number of axes, beta or a weight is negative or not finite, bounds
        leave no value, or an option is unknown or does not belong to the domain; for colors="input" also if there are
        no channels, or bounds.
    TypeError
        If the dtype of the image is not real.

    See Also
    --------
    denoise_tv_l2 : the same for Gaussian noise.
    scale_space : many betas at once, on a tree.
    beta_for_regions, beta_for_residual

    Notes
    -----
    The minimum is global: divide and conquer over grey levels, one minimum cut per bit [DarbonSigelle2006]_. Weights
    and beta are scaled to integers; a beta such as 0.1 is taken as the fraction 1/10, and the result is exact. With
    many different real weights, or a larger neighbourhood, weights are rounded to 20 to 30 bits. The filter on
    shapes is that of [Darbon2005]_. How colors="input" finds its colours is told in :doc:`/explanations/colors`.

    Examples
    --------
    >>> import coarea
    >>> coarea.denoise_tv_l1([[1, 1, 9, 1, 5, 5, 5]], 1.5).tolist()
    [[1, 1, 1, 1, 5, 5, 5]]
    >>> image = [[[0, 0], [0, 0], [7, 0], [7, 9], [7, 9]]]  # one row of two channels
    >>> coarea.denoise_tv_l1(image, 0.75, channel_axis=-1, colors="input").tolist()
    [[[0, 0], [0, 0], [7, 0], [7, 9], [7, 9]]]
    """
    model, beta = l1_model(as_number("quantile", quantile, least=0, most=1)), as_number("beta", beta, least=0)
    options = DomainOptions(neighbors, connectivity, border, solver)
    given = PixelOptions(weights, mask, fixed, edge_weights, lower, upper)
    channels, build = prepared(image, channel_axis, domain, options, given)
    setting = Setting(
        model, beta, tie, neighbors, solver or "native", build, number_of_workers(workers),
        as_flag("return_info", return_info),
    )  # fmt: skip
    if not check_colors(colors, distance, channels, border):
        return _denoise(channels, setting)
    filtered, info = filter_colors(channels, setting, distance)
    return filtered if info is None else (filtered, info)


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
@with_hints
def denoise_tv_l2(
    image: ArrayLike | Tree,
    beta: float,
    *,
    domain: Domain | None = None,
    resolution: float | None = None,
    huber_delta: float | None = None,
    neighbors: int | None = None,
    tie: Tie = "lower",
    weights: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    edge_weights: ArrayLike | None = None,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
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
        As for :func:`denoise_tv_l1`.
    beta : float
        Weight of the total variation, at least 0, in grey values: a flat zone moves towards its surroundings by beta
        times its perimeter over its area.
    domain, neighbors, tie, weights, mask, fixed, edge_weights, lower, upper, channel_axis, connectivity, border,
    solver, workers, return_info : optional
        As for :func:`denoise_tv_l1`. Bounds are rounded as the image is, and the result is then moved inside them.
    resolution : float, optional
        Distance of the grey values of the result, which the image is rounded to as well. The result is the minimiser
        over all real images, rounded; with an image that is rounded already it is within resolution / 2 of it,
        otherwise within `resolution`. Default: for integers 1/64, or the smallest power of two that 2^24 levels allow;
        for others 2^-14 of the range of the data.
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

    See Also
    --------
    denoise_tv_l1 : the same for impulses; it keeps contrast.
    minimize_tv_graph : the same on any graph.
    skimage.restoration.denoise_tv_chambolle : isotropic, by iteration.

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
    step = None if resolution is None else as_number("resolution", resolution, above=0)
    delta = None if huber_delta is None else as_number("huber_delta", huber_delta, above=0)
    beta, given = as_number("beta", beta, least=0), PixelOptions(weights, mask, fixed, edge_weights, lower, upper)
    options = DomainOptions(neighbors, connectivity, border, solver)
    channels, build = prepared(image, channel_axis, domain, options, given, inside=resolution is None)
    setting = Setting(
        l2_model(step or default_resolution(*channels.images), delta), beta, tie, neighbors, solver or "native", build,
        number_of_workers(workers), as_flag("return_info", return_info),
    )  # fmt: skip
    return _denoise(channels, setting)


def _denoise(channels: Channels, setting: Setting) -> Array | tuple[Array, Info]:
    """Filter the channels one by one."""
    solutions = solve_channels(channels, setting)
    filtered = channels.join([result for result, _ in solutions])
    if not setting.wants_info:
        return filtered
    return filtered, join([info for _, info in solutions if info is not None])

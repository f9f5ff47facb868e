"""Exact total-variation filters of images in chunks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple, get_args

import dask.array as da
from numpy.typing import ArrayLike

from coarea.base.arrays import INDEX_MAX
from coarea.base.colors import level_of_caller
from coarea.base.keywords import with_hints
from coarea.base.neighborhoods import axis_offsets, perimeter_weights
from coarea.base.options import as_count, as_flag, as_number, one_of
from coarea.base.types import NOT_GIVEN, Border, Domain, NotGiven, ShapeConnectivity, Tie
from coarea.dask._inputs import as_chunked, axis_of, growth, inputs_of
from coarea.dask._slices import Slices, check_domain, filtered_on_trees
from coarea.dask._tasks import Plan, Remainders, filtered
from coarea.dask._whole import Question
from coarea.exact._domains import DomainOptions

HALOS = (32, 64, 128)  # for beta up to 1, up to 3, and more
GROWTH_MAX = 27  # times as many pixels as its chunk may a window have without a word: a voxel with a halo of one
HALO_SHARE = 4  # the default halo is at most this part of a chunk, or the halos are most of the work


@with_hints
def denoise_tv_l1(
    image: Any,
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
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    halo: int | None = None,
    max_remainder: int = 2**24,
    return_info: bool = False,
) -> Any:
    """Minimise L1 fidelity + total variation of a dask array exactly: :func:`coarea.denoise_tv_l1` in chunks.

    The result is that in memory, bit for bit, whatever the chunks are. On pixels each chunk is solved twice with a halo
    around it, what lies further outside held at the lowest and at the highest grey value: where both agree, the
    minimiser is known. Pixels that are left go up a tree of merged chunks until what surrounds them is known. Trees are
    put together from those of the chunks; messages for all levels at once go up, and levels come down
    [KolmogorovPockRolinek2016]_. The images of a stack, or channels, are filtered one by one.

    Parameters
    ----------
    image : dask array
        Any real dtype, 1-D to 3-D for pixels, one axis more with `channel_axis`; finite where there are data. Chunks of
        at least 1024 x 1024, and wider than about 4 beta, are best.
    beta : float
        As for :func:`coarea.denoise_tv_l1`. What beta flattens over more than a chunk, such as a noisy background, can
        only be decided globally: see `max_remainder`.
    domain : {"pixels", "shapes", "max_tree", "min_tree"}, default "pixels"
        What the grey values live on. On trees, `weights`, `mask`, `fixed`, `edge_weights`, quantiles 0 and 1, a
        self-dual tree and statistics of the frame as `border` need each image in one chunk.
    neighbors, tie, quantile : optional
        As for :func:`coarea.denoise_tv_l1`.
    weights, mask, fixed, edge_weights : dask array or array_like, optional
        As for :func:`coarea.denoise_tv_l1`, in any chunks.
    channel_axis : int or None, optional
        As for :func:`coarea.denoise_tv_l1`: the images along it are filtered one by one. That of a stack of images is
        ``channel_axis=0``.
    connectivity, border : optional
        For trees, as for :func:`coarea.denoise_tv_l1`.
    halo : int, optional
        For pixels: how many around a chunk are solved along with it. Less is less work, but leaves more pixels to the
        merges. The result does not depend on it. Default: 32 for beta up to 1, 64 up to 3, otherwise 128, and at most a
        quarter of the longest side of the chunks; thin chunks, such as single rows or slices, raise a warning.
    max_remainder : int, default 2**24
        For pixels: how many a merge may have to decide in the memory of one worker, about 200 bytes each.
    return_info : bool, default False
        For pixels: also return :class:`Remainders`.

    Returns
    -------
    filtered : dask array
        Chunks and dtype of the image; nothing is computed yet.
    remainders : Remainders
        Only with ``return_info=True``.

    Raises
    ------
    RemainderTooLarge
        When it is computed, if more than `max_remainder` pixels are left to a merge.
    ValueError, TypeError
        As for :func:`coarea.denoise_tv_l1`, for values in chunks when these are computed; also if the image is no dask
        array, sizes of chunks are not known, an option on trees needs each image in one chunk, or numbers of a tree in
        chunks would be rounded: there beta must be a fraction with a denominator of at most 2^20, such as 0.1, and for
        grey values of many bits of less.

    See Also
    --------
    coarea.denoise_tv_l1 : in memory.
    coarea.dask.denoise_tv_l2 : the same for Gaussian noise.
    coarea.dask.Remainders : what chunks leave to each other.

    Notes
    -----
    The energy is submodular, so with the pixels outside of a window held, the smallest (or the largest) minimiser rises
    with what they are held at, and it is that of the whole image if they are held at that.

    The image is read twice, since weights become integers by a scale that all chunks share; what takes more than 16
    tasks for each chunk, such as the result of another filter, is computed once and kept. Until the last merge what is
    known of a chunk waits: one byte for each pixel of 8 bits, two for those of 16. Where weights are rounded in memory
    too and beta is more than some hundreds of times the weights, they may be rounded in another place of images of
    floats that repeat.

    Bounds (`lower`, `upper`) and ``colors="input"`` are not there in chunks.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[1, 1, 9, 1, 5, 5, 5]], chunks=(1, 3))
    >>> coarea.dask.denoise_tv_l1(image, 1.5).compute().tolist()
    [[1, 1, 1, 1, 5, 5, 5]]
    """
    question = Question(
        "l1", as_number("beta", beta, least=0), tie, neighbors, as_number("quantile", quantile, least=0, most=1)
    )
    pixels = weights, mask, fixed, edge_weights
    given = _Given(channel_axis, domain, connectivity, border, halo, max_remainder, return_info)
    return _denoise(image, question, pixels, given)


@with_hints
def denoise_tv_l2(
    image: Any,
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
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    halo: int | None = None,
    max_remainder: int = 2**24,
    return_info: bool = False,
) -> Any:
    """Minimise L2 fidelity + total variation of a dask array exactly: :func:`coarea.denoise_tv_l2` in chunks.

    The result is that in memory, bit for bit; see :func:`coarea.dask.denoise_tv_l1` for how it is found.

    Parameters
    ----------
    image : dask array
        As for :func:`coarea.dask.denoise_tv_l1`.
    beta, resolution, huber_delta : optional
        As for :func:`coarea.denoise_tv_l2`.
    domain, neighbors, tie, weights, mask, fixed, edge_weights, channel_axis, connectivity, border, halo, max_remainder,
    return_info : optional
        As for :func:`coarea.dask.denoise_tv_l1`; the default halo is 64, and at most a quarter of the chunks. On trees
        each image must lie in one chunk.

    Returns
    -------
    filtered : dask array
        Chunks of the image; float32 for float32 images, otherwise float64.
    remainders : Remainders
        Only with ``return_info=True``.

    Raises
    ------
    RemainderTooLarge, ValueError, TypeError
        As for :func:`coarea.dask.denoise_tv_l1`, and as for :func:`coarea.denoise_tv_l2`.

    See Also
    --------
    coarea.denoise_tv_l2 : in memory.
    coarea.dask.denoise_tv_l1 : the same for impulses; it keeps contrast.
    coarea.dask.Remainders : what chunks leave to each other.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> coarea.dask.denoise_tv_l2(dask.array.from_array([[0, 0, 8, 8]], chunks=(1, 2)), 1).compute().tolist()
    [[0.5, 0.5, 7.5, 7.5]]
    """
    question = Question(
        "l2", as_number("beta", beta, least=0), tie, neighbors,
        resolution=None if resolution is None else as_number("resolution", resolution, above=0),
        huber_delta=None if huber_delta is None else as_number("huber_delta", huber_delta, above=0),
    )  # fmt: skip
    pixels = weights, mask, fixed, edge_weights
    given = _Given(channel_axis, domain, connectivity, border, halo, max_remainder, return_info)
    return _denoise(image, question, pixels, given)


# Options of the filters in memory that these have not.
ABSENT = {
    "colors": "colours of pixels that lie far apart belong together: compute them in memory",
    "distance": "colours of pixels that lie far apart belong together: compute them in memory",
    "lower": "results in chunks have no bounds: give fixed=, or filter in memory",
    "solver": "chunks are solved by the native solver, which gives the same",
    "upper": "results in chunks have no bounds: give fixed=, or filter in memory",
    "workers": "Dask has the threads: result.compute(num_workers=...)",
}


class _Given(NamedTuple):
    """Options beside those of the problem and of its pixels, as they were given."""

    channel_axis: Any
    domain: Any
    connectivity: Any
    border: Any
    halo: Any
    max_remainder: Any
    return_info: Any


def _denoise(image: Any, question: Question, pixels: Sequence[Any], given: _Given) -> Any:
    """The filtered image, and what its chunks left if wanted."""
    one_of("tie", question.tie, get_args(Tie))
    wants_info = as_flag("return_info", given.return_info)
    most = as_count("max_remainder", given.max_remainder, least=0, most=INDEX_MAX)
    halo = None if given.halo is None else as_count("halo", given.halo, least=0)
    chunked = as_chunked(image)
    axis = axis_of(chunked, given.channel_axis)
    options = DomainOptions(question.neighbors, given.connectivity, given.border, None)
    slices = Slices(question, "pixels" if given.domain is None else given.domain, options, axis)
    is_tree = check_domain(chunked, slices)
    offsets_of = axis_offsets if is_tree else partial(perimeter_weights, neighbors=question.neighbors)
    inputs = inputs_of(chunked, axis, pixels, offsets_of=offsets_of)
    if is_tree:
        for name, value in (("halo", halo), ("return_info", wants_info or None)):
            if value is not None:
                raise ValueError(f"{name} does not apply to domain={given.domain!r}, got {value}: trees need none")
        return filtered_on_trees(inputs, slices).rechunk(image.chunks)
    shape, chunks = (tuple(n for k, n in enumerate(of) if k != axis) for of in (chunked.shape, chunked.chunks))
    if halo is None:
        halo = default_halo(question, chunks)
        _warn_of_thin_chunks(chunked, axis, chunks, halo)
    asked = question._replace(shape=tuple(map(int, shape)), has_fixed=inputs.fixed is not None)
    results = filtered(inputs, axis, Plan(asked, halo, most))
    if axis is None:
        result = results[0][0].rechunk(image.chunks)
        return (result, results[0][1]) if wants_info else result
    joined = da.stack([result for result, _ in results], axis).rechunk(image.chunks)
    infos = zip(*(info for _, info in results), strict=True)
    return (joined, Remainders(*(da.stack(same) for same in infos))) if wants_info else joined


def _warn_of_thin_chunks(image: Any, axis: int | None, chunks: Sequence[tuple[int, ...]], halo: int) -> None:
    """Warn the caller of the library where nearly all work would be that in the halos, as for slices one by one."""
    if growth(chunks, halo) <= GROWTH_MAX:
        return
    longest = [max(sizes) for sizes in chunks]
    own, wide = (
        " x ".join(str(min(sum(sizes), n + 2 * width)) for sizes, n in zip(chunks, longest, strict=True))
        for width in (0, halo)
    )
    side = 1024 if len(chunks) < 3 else 128
    remedy = f"rechunk it, image.rechunk({dict.fromkeys((k for k in range(image.ndim) if k != axis), side)})"
    if axis is None and image.ndim == 3 and longest[0] == 1:
        remedy += ", or for a stack of images say channel_axis=0"
    warnings.warn(
        f"image in chunks of {own} is filtered in windows of {wide}, which takes far longer: {remedy}",
        stacklevel=level_of_caller(),
    )


def default_halo(question: Question, chunks: Sequence[Sequence[int]]) -> int:
    """What is little beside a chunk and leaves few pixels."""
    wide = HALOS[1]
    if question.fidelity == "l1":
        wide = HALOS[0] if question.beta <= 1 else HALOS[1] if question.beta <= 3 else HALOS[2]
    longest = max(size for sizes in chunks for size in sizes)
    return min(wide, -(-int(longest) // HALO_SHARE))

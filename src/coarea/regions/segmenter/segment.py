"""Segment photographs: from an image to a hierarchy of its regions, and to labels."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_image
from coarea.base.colors import level_of_caller
from coarea.base.keywords import with_hints
from coarea.base.options import as_axis, as_count, as_number, came
from coarea.base.threads import number_of_workers
from coarea.regions._colors import lab8
from coarea.regions.edge_strength import edge_strength
from coarea.regions.hierarchy import Hierarchy
from coarea.regions.merging import MergingKey, merge_regions
from coarea.regions.segmenter.arcs import Arcs, arcs_of
from coarea.regions.segmenter.fitted import BETAS, BOUNDARY, MERGING, N_SUPERPIXELS, SPECTRAL, STRENGTH_FLOOR
from coarea.regions.segmenter.spectral import spectral_distances
from coarea.regions.segmenter.textons import textons_of
from coarea.regions.segmenter.windows import Contrasts, contrasts, tables
from coarea.regions.superpixels import superpixels

STRIP = 2**16  # pixels, about, that are handled at a time where scratch memory is many times theirs
LEAST_ROWS = 64  # of a strip: with less what overlaps would cost more
Bytes = NDArray[np.uint8]
Doubles = NDArray[np.float64]
N_REGIONS = 12


@with_hints
def segment(
    image: ArrayLike,
    n_regions: int | None = None,
    *,
    level: float | None = None,
    channel_axis: int | None = -1,
    workers: int | None = None,
) -> NDArray[np.int32]:
    """Divide a photograph into regions, as people would.

    Parameters
    ----------
    image : (h, w) or (h, w, 3) array_like
        Grey or sRGB: uint8, uint16 or floats from 0 to 1.
    n_regions : int, optional
        Number of regions, 12 if no level is given. There are fewer only if the image has not so many basins, and one if
        it is constant.
    level : float, optional
        Cut the hierarchy at this level instead, from 0 to 1: the number of regions then depends on the image. 0.49 is
        what suits photographs best on the whole; above it are fewer regions.
    channel_axis : int or None, default -1
        Axis of the colours. An image of two axes is grey, whatever it says.
    workers : int, optional
        Number of threads for the trees of the channels, as in :func:`edge_strength`. No result depends on it.

    Returns
    -------
    (h, w) ndarray of int32
        Labels from 0, in the order of the first pixels of the regions, row by row. Regions are connected.

    Raises
    ------
    ValueError
        If the image is not of this form or not finite, floats leave 0 to 1, or both `n_regions` and `level` are given.
    TypeError
        If the dtype is none of these.

    Warns
    -----
    UserWarning
        If no value exceeds an eighth of the range, as where 12 bits are kept in uint16.

    See Also
    --------
    region_hierarchy : all numbers of regions at once.
    two_phase : two sets by their values.
    superpixels : many small regions.

    Notes
    -----
    See :func:`region_hierarchy`, of which this is a cut: take that to try several numbers or levels.

    Examples
    --------
    >>> import coarea
    >>> import numpy as np
    >>> image = np.zeros((40, 60, 3), np.uint8)
    >>> image[:, 20:] = 255, 200, 0
    >>> image[10:30, 40:50] = 0, 0, 255
    >>> labels = coarea.segment(image, 3)
    >>> labels[0, 0], labels[0, 59], labels[20, 45], np.bincount(labels.ravel()).tolist()
    (np.int32(0), np.int32(1), np.int32(2), [800, 1400, 200])
    """
    if level is not None and n_regions is not None:
        raise ValueError(f"n_regions and level must not both be given, got {came(n_regions)} and {came(level)}")
    try:
        number = N_REGIONS if n_regions is None else as_count("n_regions", n_regions)
    except ValueError as error:
        raise ValueError(f"{error}: for a level, level=...") from None
    level = None if level is None else as_number("level", level, least=0, most=1)
    hierarchy = region_hierarchy(
        image, n_superpixels=max(N_SUPERPIXELS, number), channel_axis=channel_axis, workers=workers
    )
    if level is not None:
        return hierarchy.cut(level=level)
    return hierarchy.cut(n_regions=min(number, hierarchy.n_leaves))


@with_hints
def region_hierarchy(
    image: ArrayLike,
    *,
    n_superpixels: int = N_SUPERPIXELS,
    channel_axis: int | None = -1,
    workers: int | None = None,
) -> Hierarchy:
    """Merge the regions of a photograph: from superpixels to the whole image, the least different first.

    Parameters
    ----------
    image, channel_axis, workers : optional
        As for :func:`segment`.
    n_superpixels : int, default 800
        Number of leaves at most. From 400 to 2500 the regions of a photograph of 480 x 320 pixels are as good.

    Returns
    -------
    Hierarchy
        Its levels are chances, from 0 to 1, that people would separate the two regions that are joined there.

    Raises
    ------
    ValueError, TypeError
        As :func:`segment`, which also warns of the same.

    See Also
    --------
    segment : one cut of it.
    Hierarchy.cut : the regions of a level, or a number of them.

    Notes
    -----
    1. The image in Lab; the :func:`edge_strength` S of its three channels.
    2. On both sides of a line through each block of 2 x 2 pixels, for 8 directions and at 3 scales, the chi-square
       distance of histograms of lightness, of colours and of 32 textons, of small textures [MartinFowlkesMalik2004]_.
    3. :func:`superpixels` of the product of S and the largest of these contrasts.
    4. For each arc between two superpixels the chance p that it separates: the sigmoid of a weighted sum of S, its rank
       among all arcs, and the contrasts of colours and of textons along the arc, across its own direction.
    5. The first 16 eigenvectors of the graph of superpixels with the affinities ``length ((1 - p) / p)^0.7``
       [ShiMalik2000]_ say how far the two are from each other in the whole image; this renews p.
    6. :func:`merge_regions` by p along the common boundary, by the distances of the histograms of the two whole
       regions, of colours and of textons, and by their areas, all renewed with each merging.

    Everything is determined, and nothing is drawn by chance. The weights, 12 numbers, and the textons were fitted on 40
    photographs of about 480 x 320 pixels with four to nine human segmentations each (BSDS500, its training images). The
    windows are 2 to 14 pixels wide: larger photographs are best reduced to about that size first. An image of grey
    values has the hierarchy of its three equal channels. That of a mirrored image is mirrored only nearly: the textons
    were learned, and are not symmetric.

    Time and memory are linear in the number of pixels: 120 to 180 bytes for each, most of them for the trees of the
    channels; histograms are held for strips of rows only.

    Examples
    --------
    >>> import coarea
    >>> import numpy as np
    >>> hierarchy = coarea.region_hierarchy(np.tile(np.uint8([0, 0, 0, 90, 90, 90, 250, 250, 250]), (9, 1)))
    >>> hierarchy.cut(n_regions=2)[0].tolist()
    [0, 0, 0, 0, 0, 0, 1, 1, 1]
    """
    number, threads = as_count("n_superpixels", n_superpixels), number_of_workers(workers)
    lab = _as_lab(image, channel_axis)
    rows = max(LEAST_ROWS, STRIP // lab.shape[1])
    strength = edge_strength(lab, BETAS, channel_axis=-1, workers=threads)
    textons = textons_of(lab[..., 0], rows)
    contrast = contrasts(lab, textons, rows)
    labels = superpixels(_places(strength, contrast.places), number)
    arcs = arcs_of(labels)
    colors = np.concatenate([_histograms(labels, lab[..., k], tables()[name]) for k, name in ((1, "a"), (2, "b"))], 1)
    return merge_regions(
        labels,
        _separation(arcs, strength, contrast, int(labels.max()) + 1),
        np.diff(arcs.start),
        arcs=arcs.ends,
        histograms=[colors, _histograms(labels, textons, tables()["textons"])],
        key=MergingKey(
            MERGING.offset, MERGING.boundary, MERGING.area, chi2=(MERGING.colors, 0), root_chi2=(0, MERGING.textons)
        ),
    )


def _as_lab(image: ArrayLike, channel_axis: int | None) -> Bytes:
    """The image in Lab, 8 bits for each channel."""
    array = as_image(image, finite=True)
    if array.ndim == 2:
        array = array[..., None]
    elif channel_axis is None or array.ndim != 3:
        remedy = "" if array.ndim != 3 else ": give channel_axis, the axis of the colours"
        raise ValueError(f"image must be of shape (h, w), or (h, w, 3) with channel_axis=-1, got {array.shape}{remedy}")
    else:
        array = np.moveaxis(array, as_axis("channel_axis", channel_axis, 3), -1)
    n_channels = array.shape[-1]
    if n_channels not in (1, 3):
        remedy = "take the colours, image[..., :3]" if n_channels == 4 else "take one, or give channel_axis"
        raise ValueError(f"image must have 3 channels, red, green and blue, got {n_channels}: {remedy}")
    if array.dtype.kind == "f" and not (array.min() >= 0 and array.max() <= 1):
        remedy = "divide it by its largest possible value, image / 255 or image / 65535, or scale it to that range"
        raise ValueError(
            f"image must be from 0 to 1 where it is float, got {array.min():g} to {array.max():g}: {remedy}"
        )
    if array.dtype.kind != "f" and array.dtype not in (np.uint8, np.uint16):
        remedy = "of values from 0 to 255 give image.astype('uint8')"
        raise TypeError(f"image must be of uint8, uint16 or floats from 0 to 1, got {array.dtype}: {remedy}")
    _warn_if_dark(array)
    rows = max(1, STRIP // array.shape[1])
    strips = (array[start : start + rows] for start in range(0, len(array), rows))
    return np.concatenate([lab8(np.broadcast_to(strip, (*strip.shape[:2], 3))) for strip in strips])


def _warn_if_dark(image: Array) -> None:
    largest, limit = image.max(), np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1
    if 0 < largest < limit / 8:
        warnings.warn(
            f"image is nearly black: no value exceeds {largest:g}, where {limit} is white. If its values end there, as "
            "those of 12 bits in uint16 do at 4095, divide it by the largest that is possible, image / 4095",
            stacklevel=level_of_caller(),
        )


def _places(strength: NDArray[np.float32], contrast: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strengths of sides by what both cues say: the contrast at the side, of the larger of its pixels, and S."""
    height, width = strength.shape[1:]
    of_pixels = _doubled(_doubled(contrast, 0)[:height], 1)[:, :width]
    n_sides = (height - 1) * width + height * (width - 1)
    mean = strength.sum(dtype=float) / max(1, n_sides)
    out = strength / np.float32(mean if mean > 0 else 1) + np.float32(STRENGTH_FLOOR)
    out[0, :-1] *= np.maximum(of_pixels[:-1], of_pixels[1:])
    out[1, :, :-1] *= np.maximum(of_pixels[:, :-1], of_pixels[:, 1:])
    return out


def _doubled(blocks: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Values of blocks at the places of their two pixels along an axis, between the middles of blocks linearly."""
    blocks = np.moveaxis(blocks, axis, 0)
    framed = np.concatenate([blocks[:1], blocks, blocks[-1:]])
    own = np.float32(0.75) * blocks
    pairs = np.stack([np.float32(0.25) * framed[:-2] + own, own + np.float32(0.25) * framed[2:]], axis=1)
    return np.moveaxis(pairs.reshape(-1, *blocks.shape[1:]), 0, axis)


def _separation(arcs: Arcs, strength: NDArray[np.float32], contrast: Contrasts, n_regions: int) -> Doubles:
    """The chance that each arc separates."""
    mean = arcs.mean_strength(strength)
    rank = np.searchsorted(np.sort(mean), mean) / max(1, len(mean))
    local = _sigmoid(
        BOUNDARY.offset
        + BOUNDARY.strength * mean
        + BOUNDARY.rank * rank
        + BOUNDARY.colors * arcs.mean_contrast(contrast.colors)
        + BOUNDARY.textons * arcs.mean_contrast(contrast.textons)
    )
    chance = np.clip(local, 1e-6, 1 - 1e-6)
    affinity = np.diff(arcs.start) * ((1 - chance) / chance) ** SPECTRAL.power
    distance = spectral_distances(arcs.ends, affinity, n_regions, SPECTRAL.n_vectors)
    chance = np.clip(local, 1e-4, 1 - 1e-4)
    return _sigmoid(
        SPECTRAL.offset
        + SPECTRAL.boundary * np.log(chance / (1 - chance))
        + SPECTRAL.distance * np.log(SPECTRAL.floor + distance)
    )


def _sigmoid(x: Doubles) -> Doubles:
    return 1 / (1 + np.exp(-x))


def _histograms(labels: NDArray[np.int32], plane: Bytes, table: NDArray[np.float32]) -> Doubles:
    """The sums over each region of what the table has for the values of its pixels."""
    n_regions, n_values = int(labels.max()) + 1, len(table)
    counts = np.zeros(n_regions * n_values, np.int64)
    rows = max(1, STRIP // labels.shape[1])
    for start in range(0, len(labels), rows):
        place = labels[start : start + rows].astype(np.int64) * n_values + plane[start : start + rows]
        counts += np.bincount(place.ravel(), minlength=len(counts))
    # einsum adds in one order, BLAS in one for each number of threads
    sums: Array = np.einsum("rv,vb->rb", counts.reshape(n_regions, n_values), table.astype(float))
    return sums

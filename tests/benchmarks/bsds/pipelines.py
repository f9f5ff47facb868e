"""The segmenters that `evaluate.py` runs: filters before one common segmenter, whole segmenters, published maps.

The common segmenter: the image as 8-bit Lab, filtered; the jump between neighbouring pixels, Euclidean over the
channels; 800 superpixels of it by `coarea.superpixels`; their hierarchy by `coarea.merge_regions`. Nothing but the
filter differs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from photographs import Photograph, hierarchy_of_ucm
from scipy import ndimage
from scores import Hierarchy
from skimage import color, restoration, segmentation
from skimage.filters import rank

import coarea

try:
    import cv2
except ImportError:
    print("OpenCV is not installed, bilateral filter and mean shift are left out: pip install coarea[bench]")
    cv2 = None

N_SUPERPIXELS = 800
JUMPS = np.geomspace(0.05, 200, 100)  # levels of hierarchies in units of jumps
SHARES = np.linspace(0.01, 0.99, 99)  # levels of hierarchies that are probabilities
SCALES = np.geomspace(50, 3200, 10)  # of felzenszwalb

Setting = tuple[float, ...]


class Pipeline(NamedTuple):
    """`cuts` of a photograph and one of the settings; `levels` are what the sweep goes through."""

    cuts: Callable[[Photograph, Setting], Hierarchy | Sequence[np.ndarray]]
    settings: Sequence[Setting]
    levels: np.ndarray
    compared_with: str  # the pipeline whose score is compared with this one's


def lab(rgb: np.ndarray) -> np.ndarray:
    """8 bits: 2.55 L, a + 128, b + 128."""
    scaled = color.rgb2lab(rgb) * (2.55, 1, 1) + (0, 128, 128)
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def jumps(image: np.ndarray) -> np.ndarray:
    """Between each pixel and the one below, the one to the right: (2, rows, columns), Euclidean over the channels."""
    image, found = image.astype(np.float32), np.zeros((2, *image.shape[:2]), np.float32)
    found[0, :-1] = np.sqrt(((image[1:] - image[:-1]) ** 2).sum(axis=-1))
    found[1, :, :-1] = np.sqrt(((image[:, 1:] - image[:, :-1]) ** 2).sum(axis=-1))
    return found


def own(hierarchy: coarea.Hierarchy) -> Hierarchy:
    return Hierarchy(hierarchy.parent, hierarchy.level, hierarchy.leaf_of_pixel)


def merged(strength: np.ndarray) -> Hierarchy:
    labels = coarea.superpixels(strength, N_SUPERPIXELS)
    return own(coarea.merge_regions(labels, strength))


def gaussian(image: np.ndarray, sigma: float) -> np.ndarray:
    return np.asarray(ndimage.gaussian_filter(image.astype(np.float32), (sigma, sigma, 0)))


def median(image: np.ndarray, size: float) -> np.ndarray:
    square = np.ones((int(size), int(size)), np.uint8)
    return np.stack([rank.median(np.ascontiguousarray(image[..., c]), square) for c in range(3)], axis=-1)


def chambolle(image: np.ndarray, weight: float) -> np.ndarray:
    return 255 * np.asarray(restoration.denoise_tv_chambolle(image / np.float32(255), weight, channel_axis=-1))


def non_local_means(image: np.ndarray, h: float) -> np.ndarray:
    options = {"patch_size": 5, "patch_distance": 6, "channel_axis": -1}
    return 255 * np.asarray(restoration.denoise_nl_means(image / np.float32(255), h=h, **options))


def shapes(image: np.ndarray, beta: float) -> np.ndarray:
    return coarea.denoise_tv_l1(image, beta, domain="shapes", channel_axis=-1, workers=1)


FILTERS: dict[str, tuple[Callable[..., np.ndarray], Sequence[Setting]]] = {
    "no filter": (lambda image: image, [()]),
    "gaussian": (gaussian, [(1,), (1.5,), (2,), (3,), (4,), (6,)]),
    "median": (median, [(3,), (7,), (15,), (21,), (31,), (45,)]),
    "TV, Chambolle": (chambolle, [(0.1,), (0.2,), (0.4,), (0.6,), (0.9,), (1.3,)]),
    "non-local means": (non_local_means, [(0.04,), (0.06,), (0.08,), (0.12,)]),
    "shape filter": (shapes, [(1,), (2,), (4,), (8,), (16,), (24,)]),
}
if cv2:
    FILTERS["bilateral"] = (
        lambda image, values, space: cv2.bilateralFilter(image, -1, values, space),
        [(20, 4), (80, 4), (80, 8), (120, 8), (200, 12), (250, 16)],
    )
    FILTERS["mean shift"] = (
        lambda image, space, values: cv2.pyrMeanShiftFiltering(image, space, values, maxLevel=0),
        [(6, 16), (12, 8), (12, 16), (12, 24), (18, 16)],
    )


def filtered(photograph: Photograph, setting: Setting, smooth: Callable[..., np.ndarray]) -> Hierarchy:
    return merged(jumps(smooth(lab(photograph.rgb()), *setting)))


def together(photograph: Photograph, strengths: Setting, smooth: Callable[..., np.ndarray]) -> Hierarchy:
    """The mean of the square roots of the jumps after filters of several strengths."""
    image = lab(photograph.rgb())
    return merged(np.mean([np.sqrt(jumps(smooth(image, strength))) for strength in strengths], axis=0))


def edge_strength(photograph: Photograph, betas: Setting) -> Hierarchy:
    return merged(coarea.edge_strength(lab(photograph.rgb()), betas, channel_axis=-1))


def felzenszwalb(photograph: Photograph, setting: Setting) -> list[np.ndarray]:
    image, (sigma, least) = photograph.rgb(), setting
    return [segmentation.felzenszwalb(image, scale, sigma, int(least)) for scale in SCALES]


def slic(photograph: Photograph, setting: Setting) -> Hierarchy:
    """Superpixels of SLIC, joined by the distance of their mean colours."""
    rgb, (compactness,) = photograph.rgb(), setting
    labels = segmentation.slic(rgb, N_SUPERPIXELS, compactness, start_label=0)
    image = lab(rgb).reshape(-1, 3)
    area = np.bincount(labels.ravel())
    means = np.stack([np.bincount(labels.ravel(), image[:, c]) / area for c in range(3)], axis=-1)
    return own(coarea.merge_regions(labels, jumps(means[labels])))


def region_hierarchy(photograph: Photograph, _: Setting) -> Hierarchy:
    return own(coarea.region_hierarchy(photograph.rgb()))


def segment_level(photograph: Photograph, level: Setting) -> list[np.ndarray]:
    return [coarea.segment(photograph.rgb(), level=level[0])]


def segment_number(photograph: Photograph, number: Setting) -> list[np.ndarray]:
    return [coarea.segment(photograph.rgb(), int(number[0]))]


def published(photograph: Photograph, maps: Sequence[Path]) -> Hierarchy:
    files = [folder / f"{photograph.name}.mat" for folder in maps]
    if not (there := [file for file in files if file.exists()]):
        raise SystemExit(f"{photograph.name}.mat: in no folder of maps; training images need them too")
    return hierarchy_of_ucm(there[0])


def pipelines(maps: Sequence[Path] = ()) -> dict[str, Pipeline]:
    """All of them by name; those of published maps only if there are folders of them."""
    found = {
        name: Pipeline(lambda one, setting, f=smooth: filtered(one, setting, f), settings, JUMPS, "shape filter")
        for name, (smooth, settings) in FILTERS.items()
    }
    for name, smooth, strengths in (("gaussians", gaussian, (1, 2, 4, 8)), ("medians", median, (7, 15, 31))):
        found[name] = Pipeline(
            lambda one, setting, f=smooth: together(one, setting, f), [strengths], JUMPS, "edge_strength"
        )
    found["edge_strength"] = Pipeline(edge_strength, [(1, 2, 4, 8, 16, 32)], JUMPS, "edge_strength")
    whole = "region_hierarchy"
    found["felzenszwalb"] = Pipeline(felzenszwalb, [(0.5, 300), (0.8, 300), (1.2, 300), (0.8, 1000)], SCALES, whole)
    found["SLIC, merged"] = Pipeline(slic, [(5,), (10,), (20,), (40,), (80,)], JUMPS, whole)
    if maps:
        found["gPb-owt-ucm"] = Pipeline(lambda one, _: published(one, maps), [()], SHARES, whole)
    found["region_hierarchy"] = Pipeline(region_hierarchy, [()], SHARES, whole)
    found["segment by level"] = Pipeline(segment_level, [(0.49,)], np.zeros(1), whole)
    found["segment by number"] = Pipeline(segment_number, [(12,)], np.zeros(1), whole)
    return found

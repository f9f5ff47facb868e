"""Whether felzenszwalb gains from a filter in front of it, on photographs with what people drew on them.

    python tests/benchmarks/bsds/felzenszwalb.py IMAGES

IMAGES as for evaluate.py. Each row is a filter of the channels: the covering of the setting that is best for all images
together, of the best one for each image, and the paired difference from no filter, with its standard error.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from photographs import photographs
from scipy import ndimage
from scores import COVERING, score
from skimage import segmentation

import coarea

SETTINGS = list(product((100, 200, 400, 800), (200, 1000)))  # scale, min_size


def filtered(image: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield "no filter", image
    yield "median of 5 x 5", ndimage.median_filter(image, (5, 5, 1))
    for beta in (1, 3, 8):
        yield f"shapes, beta {beta}", coarea.denoise_tv_l1(image, beta, domain="shapes", channel_axis=-1, workers=1)


def main() -> None:
    coverings = defaultdict(list)
    for photograph in photographs(Path(sys.argv[1])):
        people = photograph.people()
        for name, image in filtered(photograph.rgb()):
            cuts = [segmentation.felzenszwalb(image, scale, 0.8, size) for scale, size in SETTINGS]
            coverings[name].append(score(cuts, np.arange(len(cuts)), people)[:, COVERING])
    found = {name: np.array(rows) for name, rows in coverings.items()}
    best = {name: rows[:, rows.mean(axis=0).argmax()] for name, rows in found.items()}
    for name, rows in found.items():
        gain = best[name] - best["no filter"]
        error = gain.std(ddof=1) / np.sqrt(len(gain))
        setting = SETTINGS[rows.mean(axis=0).argmax()]
        print(
            f"{name:16} {best[name].mean():.3f} {rows.max(axis=1).mean():.3f}  "
            f"{gain.mean():+.3f} +- {error:.3f}  {setting}"
        )


if __name__ == "__main__":
    main()

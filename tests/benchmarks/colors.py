"""The colour filter: its time beyond the filter of each channel, its memory, its gap, and the false colours it avoids.

python tests/benchmarks/colors.py            astronaut, one thread: CPU time, bytes a pixel
python tests/benchmarks/colors.py gaps       photographs: gaps, zones and false colours
python tests/benchmarks/colors.py dtypes     16 bits and floats
python tests/benchmarks/colors.py pictures   writes the results beside each other
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Sequence

import numpy as np
from PIL import Image
from skimage import data, measure
from solver import best_of

import coarea
from coarea.base.neighborhoods import axis_offsets
from coarea.exact._model import l1_model
from coarea.exact._setting import Data
from coarea.exact.colors._colors import colors_of_pixels
from coarea.exact.colors._energy import Energy

CASES = (("pixels", 1), ("pixels", 3), ("shapes", 3), ("shapes", 8))
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "retina")


def channels_of(image: np.ndarray) -> list[np.ndarray]:
    return [np.ascontiguousarray(image[..., c]) for c in range(image.shape[-1])]


def codes_of(image: np.ndarray) -> np.ndarray:
    """A number for each colour of three bytes."""
    return image.astype(np.int64) @ [65536, 256, 1]


def bytes_beyond(channels: Sequence[np.ndarray], marginals: Sequence[np.ndarray], energy: Energy) -> float:
    """The most memory that finding the colours takes, for each pixel."""
    tracemalloc.start()
    colors_of_pixels(channels, marginals, [Data()] * len(channels), energy)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / channels[0].size


def time_beyond(image: np.ndarray, domain: str, beta: float) -> None:
    """One line: the filter of the channels, and what their colours take."""
    channels = channels_of(image)
    cpu, _, marginals = best_of(3, lambda: [coarea.denoise_tv_l1(c, beta, domain=domain, workers=1) for c in channels])
    energy = Energy(l1_model(0.5), float(beta), dict.fromkeys(axis_offsets(2), 1.0))
    own, _, _ = best_of(9, lambda: colors_of_pixels(channels, marginals, [Data()] * len(channels), energy))
    print(f"{image.dtype!s:8} {domain} beta {beta:g}: channels {1e3 * cpu:5.0f} ms, colours {1e3 * own:5.1f} ms, "
          f"{bytes_beyond(channels, marginals, energy):5.1f} bytes a pixel", flush=True)  # fmt: skip


def gap(name: str, domain: str, beta: float) -> None:
    """One line: how far from the bound, how many joint flat zones, how many false colours."""
    image = getattr(data, name)()
    free = coarea.denoise_tv_l1(image, beta, domain=domain, channel_axis=-1)
    result, info = coarea.denoise_tv_l1(
        image, beta, domain=domain, channel_axis=-1, colors="input", return_info=True, workers=1
    )
    zones = [measure.label(codes_of(x) + 1, connectivity=1).max() for x in (free, result)]
    false = [100 * (~np.isin(codes_of(x), codes_of(image))).mean() for x in (free, result)]
    moved = 100 * (free != result).any(-1).mean()
    print(f"{name:10} {domain} beta {beta:g}: gap {100 * info.gap:5.2f} %, zones {zones[0]} -> {zones[1]}, false "
          f"colours {false[0]:.1f} % -> {false[1]:g} %, {moved:.1f} % of the pixels differ", flush=True)  # fmt: skip


def pictures() -> None:
    """The image, the filter of its channels and the colour filter, side by side."""
    for name in PHOTOGRAPHS:
        image = getattr(data, name)()
        for domain, beta in CASES:
            free, own = (
                coarea.denoise_tv_l1(image, beta, domain=domain, channel_axis=-1, colors=colors)
                for colors in ("free", "input")
            )
            Image.fromarray(np.concatenate([image, free, own], axis=1)).save(f"colors-{name}-{domain}-{beta}.png")


if __name__ == "__main__":
    if sys.argv[1:] == ["gaps"]:
        for photograph in PHOTOGRAPHS:
            for case in CASES:
                gap(photograph, *case)
    elif sys.argv[1:] == ["dtypes"]:
        for dtype in (np.uint8, np.uint16, np.float32):
            time_beyond(data.astronaut().astype(dtype) * dtype(257 if dtype == np.uint16 else 1), "pixels", 1)
    elif sys.argv[1:] == ["pictures"]:
        pictures()
    else:
        for case in CASES:
            time_beyond(data.astronaut(), *case)

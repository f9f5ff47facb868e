"""The exact filters in chunks against those in memory: ratios of CPU time in one run, in one thread.

Photographs are mirrored until they fill 2048 x 2048 pixels, in chunks of 1024 x 1024 with the default halos. Undecided
are the pixels that their chunks leave to the merges; each line says the share of all, that of the worst chunk, and how
many pixels the last merge decides.

python tests/benchmarks/dask_chunks/overhead.py                camera and brick
python tests/benchmarks/dask_chunks/overhead.py large          the same of 4096 x 4096
python tests/benchmarks/dask_chunks/overhead.py textures       grass and gravel
python tests/benchmarks/dask_chunks/overhead.py graphs         tasks per chunk
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from skimage import data

import coarea

try:
    import dask.array as da

    import dask
except ImportError:
    sys.exit('Dask is missing: pip install "coarea[dask]"')

import coarea.dask

sys.path.append(str(Path(__file__).parents[1]))
from solver import best_of

CHUNK = 1024
BEFORE = 200  # pixels: chunks are not cut where the image is its own mirror image
BETAS = (0.5, 1, 3, 10)


def mirrored(name: str, side: int) -> np.ndarray:
    photograph = getattr(data, name)()
    return np.pad(photograph, [(BEFORE, side - BEFORE - n) for n in photograph.shape], mode="symmetric")


def compare(name: str, side: int) -> None:
    """One line for each beta."""
    image = mirrored(name, side)
    for beta in BETAS:
        repeats = 2 if beta <= 1 and side <= 2 * CHUNK else 1
        cpu, _, expected = best_of(repeats, lambda beta=beta: coarea.denoise_tv_l1(image, beta, workers=1))
        lazy, info = coarea.dask.denoise_tv_l1(da.from_array(image, chunks=CHUNK), beta, return_info=True)
        chunked_cpu, _, found = best_of(repeats, lambda lazy=lazy, info=info: dask.compute(lazy, info))
        result, left = found
        same = "same image" if np.array_equal(result, expected) else "NOT THE SAME IMAGE"
        undecided = left.undecided / CHUNK**2
        print(
            f"{name} {side}, beta {beta:<4g} {cpu:7.2f} s, in chunks {chunked_cpu:7.2f} s, ratio "
            f"{chunked_cpu / cpu:5.2f}   undecided {undecided.mean():8.3%}, worst chunk {undecided.max():8.3%}, last "
            f"merge {left.entered[-1]:8}   {same}", flush=True,
        )  # fmt: skip


def graphs() -> None:
    for n in (1, 4, 16, 64):
        image = da.zeros((n * CHUNK, n * CHUNK), chunks=CHUNK, dtype=np.uint8)
        cpu, _, lazy = best_of(1, lambda image=image: coarea.dask.denoise_tv_l1(image, 1))
        size = len(lazy.__dask_graph__())
        print(f"{n * n:5} chunks: {size:7} tasks, {size / n**2:5.1f} per chunk, made in {cpu:.2f} s")


def main(arguments: list[str]) -> None:
    with dask.config.set(scheduler="synchronous"):
        if arguments == ["graphs"]:
            graphs()
            return
        for name in ("grass", "gravel") if arguments == ["textures"] else ("camera", "brick"):
            compare(name, 4 * CHUNK if arguments == ["large"] else 2 * CHUNK)


if __name__ == "__main__":
    main(sys.argv[1:])

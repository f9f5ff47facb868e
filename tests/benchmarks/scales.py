"""31 betas at once over one filter, and what the choice of a beta costs; ratios of CPU time in one run, one thread.

python tests/benchmarks/scales.py           photographs
python tests/benchmarks/scales.py large     with a noisy image of 2048 x 2048
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from skimage import data
from solver import best_of

import coarea

BETAS = np.geomspace(0.5, 64, 31)


def images(large: bool) -> dict[str, np.ndarray]:
    found = {name: getattr(data, name)() for name in ("camera", "moon", "coins", "brick", "grass")}
    if large:
        enlarged = np.kron(data.camera(), np.ones((4, 4)))
        noise = np.random.default_rng(0).normal(0, 20, enlarged.shape)
        found["noisy 2048"] = np.clip(enlarged + noise, 0, 255).astype(np.uint8)
    return found


def all_images(image: np.ndarray | coarea.Tree) -> list[np.ndarray]:
    space = coarea.scale_space(image, BETAS)
    return [space.image(k) for k in range(len(BETAS))]


def main(large: bool) -> None:
    print("CPU ms of one filter on shapes; the others over it")
    for name, image in images(large).items():
        times = 2 if image.size > 10**6 else 7
        one = best_of(times, lambda v=image: coarea.denoise_tv_l1(v, 4, domain="shapes", workers=1))
        tree = coarea.tree_of_shapes(image)
        space = coarea.scale_space(tree, BETAS)
        weights = np.random.default_rng(1).random(image.shape)
        tasks: dict[str, Callable[[], object]] = {
            "tree": lambda v=image: coarea.tree_of_shapes(v),
            "31 betas": lambda v=image: coarea.scale_space(v, BETAS),
            "and images": lambda v=image: all_images(v),
            "of a tree": lambda t=tree: all_images(t),
            "real weights": lambda t=tree, w=weights: coarea.scale_space(t, BETAS, weights=w),
            "saliency": lambda s=space: coarea.saliency(s.tree, s.disappearance),
            "100 shapes": lambda t=tree: coarea.beta_for_regions(t, 100),
            "100 zones": lambda t=tree: coarea.beta_for_regions(t, 100, count="zones", min_area=20),
            "residual": lambda t=tree: coarea.beta_for_residual(t, 5),
        }
        ratios = {task: best_of(times, call)[0] / one[0] for task, call in tasks.items()}
        words = "".join(f"  {task} {ratio:.2f}" for task, ratio in ratios.items())
        print(f"{name:11}{len(tree):8} shapes {1e3 * one[0]:7.1f} ms{words}", flush=True)
        for k in (0, 7, 30):
            alone = coarea.denoise_tv_l1(image, BETAS[k], domain="shapes")
            assert np.array_equal(space.image(k), alone)


if __name__ == "__main__":
    main(sys.argv[1:] == ["large"])

"""What should cost little: constants under a huge beta, the proof of a result, the memory of large neighbourhoods.

python tests/benchmarks/economy.py           ratios of time in one run, the least of several
python tests/benchmarks/economy.py memory    bytes a voxel with 6 and 26 neighbours, each in a process of its own
"""

from __future__ import annotations

import resource
import subprocess
import sys

import numpy as np
from skimage import data
from solver import best_of

import coarea

# Betas at which little, or nothing, is left but a constant.
NEAR_CRITICAL = {
    ("camera", "L1"): (113, 160, 300),
    ("camera", "L2"): (5000, 10240, 12000),
    ("moon", "L1"): (80, 113, 160),
    ("moon", "L2"): (640, 905, 1000, 1280),
    ("coins", "L1"): (56, 80, 113),
    ("coins", "L2"): (1280, 2560, 3000),
    ("noise", "L1"): (20,),
    ("noise", "L2"): (113, 160, 300),
}
FILTERS = {"L1": coarea.denoise_tv_l1, "L2": coarea.denoise_tv_l2}


def images() -> dict[str, np.ndarray]:
    noise = np.random.default_rng(0).integers(0, 256, (512, 512)).astype(np.uint8)
    return {"camera": data.camera(), "moon": data.moon(), "coins": data.coins(), "noise": noise}


def constants() -> None:
    print("one constant: time at a beta over that at beta 10")
    for name, image in images().items():
        for fidelity, denoise in FILTERS.items():
            least = best_of(3, lambda f=denoise, v=image: f(v, 10, workers=1))
            for beta in NEAR_CRITICAL[name, fidelity] + (1e4, 1e5):
                cpu, wall, found = best_of(2, lambda f=denoise, v=image, b=beta: f(v, b, workers=1))
                values = f"{len(np.unique(found))} grey value(s)"
                print(f"{name:8}{fidelity}  beta {beta:<8g}{cpu:7.3f} s (wall {wall:.3f})",
                      f"  ratio {cpu / least[0]:5.2f}  ", values, flush=True)  # fmt: skip


def proofs() -> None:
    print("return_info=True: time over that without; the proof of pixels is found when it is read")
    for name, image in images().items():
        for domain in ("pixels", "shapes"):
            for beta in (1, 2, 3, 10):
                words = {"domain": domain, "workers": 1}
                plain = best_of(5, lambda v=image, b=beta, w=words: coarea.denoise_tv_l1(v, b, **w))
                words = {**words, "return_info": True}
                asked = best_of(5, lambda v=image, b=beta, w=words: coarea.denoise_tv_l1(v, b, **w))
                read = best_of(5, lambda v=image, b=beta, w=words: verified(coarea.denoise_tv_l1(v, b, **w)[1]))
                ratios = f"asked for {asked[0] / plain[0]:5.2f}, read {read[0] / plain[0]:5.2f}"
                print(f"{name:8}{domain}  beta {beta:<4g}{plain[0]:7.3f} s (wall {plain[1]:.3f})",
                      "  ratios with the proof", ratios, flush=True)  # fmt: skip


def verified(info: coarea.Info) -> None:
    assert all(certificate.verify() for certificate in info.certificates)


def memory() -> None:
    for neighbors in (6, 26):
        for side in (64, 128):
            subprocess.run([sys.executable, __file__, "voxels", str(neighbors), str(side)], check=True)


def voxels(neighbors: int, side: int) -> None:
    volume = np.random.default_rng(0).integers(0, 256, (side,) * 3).astype(np.uint8)
    coarea.denoise_tv_l1(volume[:8, :8, :8], 1, neighbors=neighbors, workers=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    coarea.denoise_tv_l1(volume, 1, neighbors=neighbors, workers=1)
    taken = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / volume.size
    print(f"{side}^3, {neighbors} neighbours: {taken:.0f} bytes a voxel")


if __name__ == "__main__":
    if sys.argv[1:2] == ["voxels"]:
        voxels(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:] == ["memory"]:
        memory()
    else:
        constants()
        proofs()

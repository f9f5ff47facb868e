"""The exact solver against PyMaxflow and others: ratios of CPU time in one run, the best of several.

python tests/benchmarks/solver.py            the photographs
python tests/benchmarks/solver.py large      2048 x 2048, threads
python tests/benchmarks/solver.py memory     36 megapixels
python tests/benchmarks/solver.py trees      the whole filter on trees
python tests/benchmarks/solver.py rof        L2 against Chambolle's algorithm
python tests/benchmarks/solver.py kinds      8 and 26 neighbours, edge-aware weights
python tests/benchmarks/solver.py noise      time per pixel of noise near its critical beta, 512 x 512 and 2048 x 2048
python tests/benchmarks/solver.py ratios     kinds, large and noise in one run
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from skimage import data, restoration

import coarea


def best_of(repeats: int, job: Callable[[], object]) -> tuple[float, float, object]:
    """CPU and wall seconds, the least of several, and the result."""
    cpu, wall, result = [], [], None
    for _ in range(repeats):
        times = time.process_time(), time.perf_counter()
        result = job()
        cpu.append(time.process_time() - times[0])
        wall.append(time.perf_counter() - times[1])
    return min(cpu), min(wall), result


def compare(name: str, image: np.ndarray, beta: float, **options: object) -> None:
    """One line: this solver and PyMaxflow's, the same image."""
    cpu, wall, ours = best_of(5, lambda: coarea.denoise_tv_l1(image, beta, workers=1, **options))
    their_cpu, their_wall, theirs = best_of(2, lambda: coarea.denoise_tv_l1(image, beta, solver="pymaxflow", **options))
    same = "same image" if np.array_equal(ours, theirs) else "NOT THE SAME IMAGE"
    print(f"{name:30} beta {beta:<5g}{cpu:7.3f} s (wall {wall:.3f})   PyMaxflow {their_cpu:6.3f} s "
          f"(wall {their_wall:.3f})   ratio {their_cpu / cpu:5.1f}   {same}", flush=True)  # fmt: skip


def photographs() -> None:
    for name in ("camera", "moon", "grass"):
        for beta in (0.5, 1, 3, 10):
            compare(name, getattr(data, name)(), beta)
    for name in ("camera", "grass"):
        for beta in (1, 3):
            compare(f"{name}, 8 neighbours", getattr(data, name)(), beta, neighbors=8)
    image = data.camera()
    for beta in (1, 3):
        compare("camera, 16 neighbours", image, beta, neighbors=16)
        compare("camera, edge-aware", image, beta, edge_weights=coarea.edge_weights(image, 20))
    volume = np.stack([image[k : k + 128, 200:328] for k in range(16)])
    for neighbors in (6, 26):
        compare(f"16 x 128 x 128, {neighbors} neighbours", volume, 1, neighbors=neighbors)
    wide = image.astype(np.uint16) * 257 + np.random.default_rng(0).integers(0, 257, image.shape).astype(np.uint16)
    for beta in (1, 3):
        narrow_cpu = best_of(5, lambda beta=beta: coarea.denoise_tv_l1(image, beta, workers=1))[0]
        wide_cpu = best_of(5, lambda beta=beta: coarea.denoise_tv_l1(wide, beta, workers=1))[0]
        print(f"camera, 16 bits, beta {beta}: {wide_cpu:.3f} s, {wide_cpu / narrow_cpu:.2f} times 8 bits")
    one_cut_per_level(image, 1)


def one_cut_per_level(image: np.ndarray, beta: int) -> None:
    """What is usually written with PyMaxflow: a minimum cut for each of the grey levels."""
    import maxflow

    def all_cuts() -> np.ndarray:
        result = np.zeros(image.shape, np.uint8)
        for level in range(1, 256):
            cut = maxflow.GraphInt()
            nodes = cut.add_grid_nodes(image.shape)
            cut.add_grid_edges(nodes, beta)
            cut.add_grid_tedges(nodes, (image >= level).astype(int), (image < level).astype(int))
            cut.maxflow()
            result += ~cut.get_grid_segments(nodes)
        return result

    cpu, _, ours = best_of(3, lambda: coarea.denoise_tv_l1(image, beta, tie="upper", workers=1))
    their_cpu, _, theirs = best_of(1, all_cuts)
    print(f"camera, 255 cuts: {their_cpu:.1f} s, ratio {their_cpu / cpu:.0f}, same: {np.array_equal(ours, theirs)}")


def large() -> None:
    image = np.pad(data.camera(), ((0, 1536), (0, 1536)), mode="reflect")
    for beta in (1, 3, 10):
        compare("2048 x 2048", image, beta)
        walls = [best_of(3, lambda n=n, b=beta: coarea.denoise_tv_l1(image, b, workers=n))[1] for n in (1, 2)]
        print(f"    wall, 1 and 2 threads: {walls[0]:.2f} s, {walls[1]:.2f} s, ratio {walls[0] / walls[1]:.2f}")


def kinds() -> None:
    image = data.camera()
    for name in ("camera", "grass"):
        for beta in (1, 3):
            compare(f"{name}, 8 neighbours", getattr(data, name)(), beta, neighbors=8)
    for beta in (1, 3):
        compare("camera, edge-aware", image, beta, edge_weights=coarea.edge_weights(image, 20))
    compare(
        "16 x 128 x 128, 26 neighbours", np.stack([image[k : k + 128, 200:328] for k in range(16)]), 1, neighbors=26
    )


def noise() -> None:
    rng = np.random.default_rng(0)
    small, wide = (rng.integers(0, 256, (n, n)).astype(np.uint8) for n in (512, 2048))
    for beta in (2, 3, 4):
        each = [
            best_of(2, lambda image=image, b=beta: coarea.denoise_tv_l1(image, b, workers=1))[0] / image.size
            for image in (small, wide)
        ]
        print(f"noise, beta {beta}: {1e9 * each[0]:.0f} and {1e9 * each[1]:.0f} ns a pixel, "
              f"ratio {each[1] / each[0]:.2f}")  # fmt: skip


def ratios() -> None:
    kinds()
    large()
    noise()


def memory() -> None:
    """Peak memory of a 36-megapixel image; run alone, since the peak is that of the process."""
    image = np.tile(data.camera(), (12, 12))[:6000, :6000]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, wall, _ = best_of(1, lambda: coarea.denoise_tv_l1(image, 1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"6000 x 6000: {cpu:.1f} s (wall {wall:.1f}), peak {peak / 2**20:.2f} GiB, "
          f"{1024 * (peak - before) / image.size:.0f} bytes a pixel")  # fmt: skip


def trees() -> None:
    image = data.camera()
    for domain, build in (("shapes", coarea.tree_of_shapes), ("max_tree", coarea.max_tree)):
        tree_cpu, _, tree = best_of(5, lambda build=build: build(image))
        for denoise in (coarea.denoise_tv_l1, coarea.denoise_tv_l2):
            cpu, wall, _ = best_of(5, lambda f=denoise, d=domain: f(image, 5, domain=d))
            _, info = denoise(image, 5, domain=domain, return_info=True)
            print(f"{domain}, {denoise.__name__}: {1000 * cpu:.1f} ms (wall {1000 * wall:.1f}), "
                  f"the tree {1000 * tree_cpu:.1f} ms, ratio {cpu / tree_cpu:.2f}, "
                  f"{len(tree)} nodes, {info.n_cuts} bits")  # fmt: skip


def rof() -> None:
    image = data.camera() / 255
    beta = 0.1

    def energy(u: np.ndarray) -> float:
        return 0.5 * ((u - image) ** 2).sum() + beta * sum(np.abs(np.diff(u, axis=axis)).sum() for axis in (0, 1))

    for name, job in (
        ("exact", lambda: coarea.denoise_tv_l2(image, beta, resolution=1 / 256 / 8, workers=1)),
        ("Chambolle, 200 iterations", lambda: restoration.denoise_tv_chambolle(image, beta, eps=0, max_num_iter=200)),
    ):
        cpu, wall, result = best_of(3, job)
        print(f"{name:28} {cpu:.3f} s (wall {wall:.3f}), anisotropic energy {energy(result):.3f}")
    try:
        import prox_tv
    except ImportError:
        print("prox_tv is not installed")
    else:
        cpu, wall, result = best_of(3, lambda: prox_tv.tv1_2d(image, beta))
        print(f"{'prox_tv':28} {cpu:.3f} s (wall {wall:.3f}), anisotropic energy {energy(result):.3f}")


if __name__ == "__main__":
    choices = (large, memory, trees, rof, kinds, noise, ratios)
    {choice.__name__: choice for choice in choices}.get("".join(sys.argv[1:]), photographs)()

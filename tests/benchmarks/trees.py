"""Trees and their attributes against pylena, Higra and scikit-image: python tests/benchmarks/trees.py [--large]

CPU time, least of several runs, all in one process; wall time in brackets. A ratio says how many times longer the peer
takes. The peers come with the extra `bench`; one that does not import is left out. With --large also the runs of peers
that take minutes, with --strips only what strips of rows gain, and with --slabs what slabs of volumes do.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy import ndimage
from skimage import data, morphology
from solver import best_of

import coarea
from coarea import attributes
from coarea.trees.components import component_tree
from coarea.trees.shapes import shapes_of
from coarea.trees.strips import layout

LARGE = "--large" in sys.argv
ONLY_STRIPS = "--strips" in sys.argv


def peer(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed: left out")
        return None


def measure(call: Callable[[], object], budget: float = 1.5) -> tuple[float, float]:
    """Least CPU and wall time in milliseconds of at least two calls; a call longer than the budget runs once."""
    best = [np.inf, np.inf]
    spent, runs = 0.0, 0
    while runs < 2 or spent < budget:
        cpu, wall = time.process_time(), time.perf_counter()
        call()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        best = [min(best[0], cpu), min(best[1], wall)]
        spent, runs = spent + wall, runs + 1
        if wall > budget:
            break
    return 1e3 * best[0], 1e3 * best[1]


def row(title: str, own: tuple[float, float], *peers: tuple[str, Callable[[], object] | None]) -> None:
    cells = [f"{title:24s} {own[0]:9.2f} ms ({own[1]:.2f})"]
    for name, call in peers:
        if call is not None:
            theirs = measure(call)
            cells.append(f"{name} {theirs[0]:9.1f} ms, ratio {theirs[0] / own[0]:6.1f}")
    print("   ".join(cells), flush=True)


def zoomed(noise: float) -> np.ndarray:
    camera = ndimage.zoom(data.camera().astype(float), 4, order=3)
    camera += np.random.default_rng(0).normal(0, noise, camera.shape) if noise else 0
    return np.clip(np.rint(camera), 0, 255).astype(np.uint8)


def images() -> Iterator[tuple[str, np.ndarray]]:
    for name in ("camera", "gravel", "brick", "coins"):
        yield name, getattr(data, name)()
    yield "camera 2048", zoomed(0)
    yield "camera 2048, noise", zoomed(3)
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:512, :512]
    yield "ramp", ((rows + columns) // 4).astype(np.uint8)
    yield "checkerboard", ((rows + columns) % 2 * 255).astype(np.uint8)
    yield "binary noise", rng.integers(0, 2, rows.shape).astype(np.uint8) * 255
    yield "uniform noise", rng.integers(0, 256, rows.shape).astype(np.uint8)
    yield "cone", np.clip(np.hypot(rows - 256, columns - 256) / 1.5, 0, 255).astype(np.uint8)
    yield "comb", np.where(columns % 2, rows // 2, 0).astype(np.uint8)


def trees_of_shapes(pylena: ModuleType | None, higra: ModuleType | None) -> None:
    print("\nTree of shapes, uint8")
    for name, image in images():
        floats = image.astype(float)
        slow = higra if LARGE or image.size < 2**20 else None
        row(
            name,
            measure(lambda image=image: coarea.tree_of_shapes(image)),
            ("pylena", pylena and (lambda image=image: pylena.morpho.tos(image, (0, 0)))),
            ("Higra", slow and (lambda floats=floats: higra.component_tree_tree_of_shapes_image2d(floats))),
        )
        own = measure(lambda image=image: coarea.tree_of_shapes(image, connectivity="self-dual", border=(0, 0)))
        row("  self-dual", own, ("pylena", pylena and (lambda image=image: pylena.morpho.tos(image, (0, 0)))))


def component_trees(pylena: ModuleType | None, higra: ModuleType | None) -> None:
    print("\nMax-tree, uint8, 4 neighbours")
    for name, image in images():
        graph = higra and higra.get_4_adjacency_implicit_graph(image.shape)
        row(
            name,
            measure(lambda image=image: coarea.max_tree(image)),
            ("pylena", pylena and (lambda image=image: pylena.morpho.maxtree(image, 4))),
            ("Higra", graph and (lambda image=image, graph=graph: higra.component_tree_max_tree(graph, image))),
            (
                "scikit-image",
                (lambda image=image: morphology.max_tree(image, 1)) if image.size < 2**20 or LARGE else None,
            ),
        )
        tree = coarea.max_tree(image)
        row("  area and perimeter", measure(lambda tree=tree: (attributes.area(tree), attributes.perimeter(tree))))


def trees_of_all_channels(higra: ModuleType | None) -> None:
    print("\nMultivariate tree of shapes, three channels, uint8")
    for name in ("astronaut", "coffee", "chelsea"):
        image = getattr(data, name)()
        floats = image.astype(float)  # as grey images above: its padding is wrong for uint8
        row(
            f"{name}, {image.shape[0]} x {image.shape[1]}",
            measure(lambda image=image: coarea.tree_of_shapes(image, channel_axis=-1)),
            (
                "Higra",
                higra and (lambda floats=floats: higra.component_tree_multivariate_tree_of_shapes_image2d(floats)),
            ),
        )
    retina = data.retina()
    row("retina, 1411 x 1411", measure(lambda: coarea.tree_of_shapes(retina, channel_axis=-1)))
    large = np.tile(data.astronaut(), (4, 4, 1))
    scratch = scratch_of(lambda: coarea.tree_of_shapes(large, channel_axis=-1))
    print(f"astronaut 4 x 4 times: {scratch:.0f} bytes of scratch a pixel")


def strips() -> None:
    """Whole images against strips, in one process by turns; the least CPU time in one thread, wall time in several."""
    print("\nStrips: one piece, strips in one thread, in two (wall); ns/pixel, and ratios to one piece")
    noisy, photograph = zoomed(3), np.tile(data.camera(), (4, 4))
    wide = np.tile(noisy, (2, 2))
    small = data.camera()
    for name, image in (
        ("camera 512", small),
        ("camera tiled 2048", photograph),
        ("noise 2048", noisy),
        ("noise 4096", wide),
    ):
        compare(name, image, 20 if image.size < 2**20 else 4)
    subprocess.run([sys.executable, __file__, "--memory"], check=True)  # where no memory is held from before


def compare(name: str, image: np.ndarray, n_turns: int) -> None:
    for kind, build in (("shapes", shapes_of), ("max-tree", partial(component_tree, kind="max-tree"))):
        best = dict.fromkeys(("whole", "strips", "whole, wall", "one, wall", "two, wall"), np.inf)
        for _ in range(n_turns):
            with in_one_piece():
                whole = best_of(1, lambda b=build, v=image: b(v))[:2]
            one = best_of(1, lambda b=build, v=image: b(v, workers=1))[:2]
            two = best_of(1, lambda b=build, v=image: b(v, workers=2))[1]
            times = (whole[0], one[0], whole[1], one[1], two)
            best = {key: min(best[key], seconds) for key, seconds in zip(best, times, strict=True)}
        cpu, wall = best["whole"] / best["strips"], best["whole, wall"] / best["two, wall"]
        ratios = f"x {cpu:.2f}, two threads x {wall:.2f}"
        cells = "  ".join(f"{key} {1e9 * seconds / image.size:6.1f}" for key, seconds in best.items())
        print(f"{name:18s} {kind:9s} {cells}   {ratios}", flush=True)


def slabs() -> None:
    """The same for volumes, in slabs."""
    print("\nSlabs: one piece, slabs in one thread, in two (wall); ns/voxel, and ratios to one piece")
    for side, dtype, n_turns in ((96, np.uint8, 4), (128, np.uint8, 3), (128, np.uint16, 2), (256, np.uint8, 1)):
        compare(f"{side} x {side} x {side}, {np.dtype(dtype)}", smooth_volume(side, dtype), n_turns)
    for given in product(("shapes", "max-tree"), "012"):
        subprocess.run([sys.executable, __file__, "--memory-of-slabs", *given], check=True)


def smooth_volume(side: int, dtype: type = np.uint8) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 1, (side, side, side))
    smooth = ndimage.gaussian_filter(noise, 2)
    volume = np.clip(128 + 40 * smooth / smooth.std() + 2 * noise, 0, 255)
    return np.rint(volume * (1 if dtype == np.uint8 else 256)).astype(dtype)


def memory_of_slabs(kind: str, workers: str) -> None:
    volume = np.tile(smooth_volume(96), (2, 2, 2))
    build = partial(shapes_of if kind == "shapes" else partial(component_tree, kind="max-tree"), volume)
    with in_one_piece() if workers == "0" else nullcontext():
        peak = scratch_of(lambda: build(workers=max(1, int(workers))), whole=True)
    how = "in one piece" if workers == "0" else f"{workers} thread(s)"
    print(f"peak of {kind} at 192 x 192 x 192, {how}, the tree included: {peak:.1f} bytes/voxel", flush=True)


def worst_for_strips() -> None:
    """Images most of whose nodes lie between seams, and many levels; one piece and strips by turns, in one thread."""
    print("\nWorst images for strips, 2048 x 2048: one piece, strips; ns/pixel, and how many times faster")
    rows, columns = np.mgrid[:2048, :2048]
    numbers = np.arange(2048 * 2048, dtype=np.int32).reshape(2048, 2048)
    snake = numbers.copy()
    snake[1::2] = snake[1::2, ::-1]
    cone = np.hypot(rows - 1024, columns - 1024)
    smooth = ndimage.gaussian_filter(np.random.default_rng(0).random((2048, 2048)), 2)
    for name, image in (
        ("comb, 8 bits", np.where(columns % 2, rows // 8, 0).astype(np.uint8)),
        ("comb, 16 bits", np.where(columns % 2, rows, 0).astype(np.uint16)),
        ("cone, 16 bits", (cone * (60000 / cone.max())).astype(np.uint16)),
        ("noise, 16 bits", np.random.default_rng(0).integers(0, 2**16, (2048, 2048)).astype(np.uint16)),
        ("numbers, int32", numbers),
        ("snake, int32", snake),
        ("smooth, float32", smooth.astype(np.float32)),
    ):
        for kind, build in (("shapes", shapes_of), ("max-tree", partial(component_tree, kind="max-tree"))):
            best = [np.inf, np.inf]
            for _ in range(3):
                with in_one_piece():
                    best[0] = min(best[0], best_of(1, lambda b=build, v=image: b(v))[0])
                best[1] = min(best[1], best_of(1, lambda b=build, v=image: b(v))[0])
            whole, strips = (1e9 * seconds / image.size for seconds in best)
            print(f"{name:18s} {kind:9s} {whole:6.1f} {strips:6.1f}   x {whole / strips:.2f}", flush=True)


def memory_of_strips() -> None:
    wide = np.tile(zoomed(3), (2, 2))
    for workers in (1, 2):
        peak = scratch_of(lambda: coarea.tree_of_shapes(wide, workers=workers), whole=True)  # noqa: B023
        print(f"peak at 4096 x 4096, {workers} thread(s), the tree included: {peak:.1f} bytes/pixel", flush=True)


@contextmanager
def in_one_piece() -> Iterator[None]:
    """No image is cut."""
    before = {name: getattr(layout, name) for name in vars(layout) if name.isupper()}
    vars(layout).update(dict.fromkeys(before, (2**31, 2**31)))
    try:
        yield
    finally:
        vars(layout).update(before)


def wide_levels() -> None:
    print("\nTree of shapes of the same image in 8, 12 and 16 bits and in float32")
    rng = np.random.default_rng(0)
    smooth = ndimage.gaussian_filter(rng.random((1024, 1024)), 2)
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    for name, image in (
        ("uint8", (smooth * 255).astype(np.uint8)),
        ("uint16, 12 bits", (smooth * 4095).astype(np.uint16)),
        ("uint16, 16 bits", (smooth * 65535).astype(np.uint16)),
        ("float32", smooth.astype(np.float32)),
    ):
        row(name, measure(lambda image=image: coarea.tree_of_shapes(image)))


def scratch_of(build: Callable[[], coarea.Tree], *, whole: bool = False) -> float:
    """Bytes per pixel by which the peak of the process rises beyond the tree that it keeps, or as a whole (Linux)."""
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # sets the peak back
    tree = build()
    kept = 0 if whole else sum(array.nbytes for array in (tree.parent, tree.value, tree.node_of_pixel, tree.polarity))
    return (memory("VmHWM") - before - kept) / tree.node_of_pixel.size


def memory(field: str) -> int:
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field)]
    return 1024 * int(line.split()[1])


def scaling() -> None:
    print("\nTree of shapes, uint8: time per pixel by size, and scratch memory")
    noisy = zoomed(3)
    for side in (512, 1024, 2048, 4096):
        image = np.tile(noisy, (2, 2))[:side, :side].copy()
        cpu, _ = measure(lambda image=image: coarea.tree_of_shapes(image), budget=6)  # several runs of the largest too
        print(f"{side:5d} x {side:<5d} {1e6 * cpu / image.size:6.1f} ns/pixel")
    scratch = scratch_of(lambda: coarea.tree_of_shapes(noisy, border="median"))
    print(f"scratch at 2048 x 2048: {scratch:.1f} bytes/pixel")


def volumes(higra: ModuleType | None) -> None:
    print("\nTree of shapes of a volume, 128 x 128 x 128, uint8, ring of the median")
    volume = smooth_volume(128)
    own = measure(lambda: coarea.tree_of_shapes(volume, border="median"))
    print(f"{1e6 * own[0] / volume.size:.0f} ns/voxel")
    print(f"scratch: {scratch_of(lambda: coarea.tree_of_shapes(volume, border='median')):.1f} bytes/voxel")
    slow = higra if LARGE else None
    row("26-6", own, ("Higra", slow and (lambda: higra.component_tree_tree_of_shapes_image3d(volume.astype(float)))))


def node_attributes(higra: ModuleType | None) -> None:
    image = data.camera()
    tree = coarea.tree_of_shapes(image)
    print(f"\nAttributes of the {len(tree)} shapes of camera")
    own = {
        name: (lambda name=name: getattr(attributes, name)(tree))
        for name in ("area", "perimeter", "bounding_box", "second_moments")
    }
    for name, call in own.items():
        row(name, measure(call, 0.3))
    together = measure(lambda: [call() for call in own.values()])
    if not higra:
        row("together", together)
        return
    names = ("area", "contour_length", "compactness", "moment_of_inertia")
    best = np.inf
    for _ in range(3):  # Higra keeps what it has computed with the tree: a new one for each run
        theirs = higra.component_tree_tree_of_shapes_image2d(image.astype(float))[0]
        cpu = time.process_time()
        for name in names:
            getattr(higra, f"attribute_{name}")(theirs)
        best = min(best, 1e3 * (time.process_time() - cpu))
    row("together", together)
    print(f"Higra's {', '.join(names)}: {best:.1f} ms, ratio {best / together[0]:.1f}")


def main() -> None:
    if "--memory" in sys.argv:
        return memory_of_strips()
    if "--memory-of-slabs" in sys.argv:
        return memory_of_slabs(*sys.argv[-2:])
    if ONLY_STRIPS:
        strips()
        return worst_for_strips()
    if "--slabs" in sys.argv:
        return slabs()
    pylena, higra = peer("pylena"), peer("higra")
    trees_of_shapes(pylena, higra)
    component_trees(pylena, higra)
    trees_of_all_channels(higra)
    wide_levels()
    strips()
    slabs()
    scaling()
    volumes(higra)
    node_attributes(higra)


if __name__ == "__main__":
    main()

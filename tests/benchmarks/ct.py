"""Speed of `coarea.ct` and of the total variation gradient against peers: python tests/benchmarks/ct.py.

CPU milliseconds, one thread, the smallest of several runs, with the wall time in parentheses; then two threads. Peers
that cannot be imported are skipped: pip install "coarea[bench]".
"""

import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from types import ModuleType

import numpy as np

import coarea
from coarea import ct
from coarea.variation.norm import Variation


def measure(function: Callable[[], object], repeat: int = 5) -> tuple[float, float]:
    """CPU and wall milliseconds."""
    times = []
    for _ in range(repeat):
        cpu, wall = time.process_time(), time.perf_counter()
        function()
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    return tuple(1e3 * min(column) for column in zip(*times, strict=True))


def peer(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"  {name} is not installed: skipped")
        return None


def show(name: str, time: tuple[float, float], base: tuple[float, float] | None = None) -> None:
    ratio = "" if base is None else f"   {time[0] / base[0]:.1f} x"
    print(f"  {name:<44}{time[0]:9.1f} ({time[1]:.1f}){ratio}", flush=True)


def naive_gradient(f: np.ndarray) -> np.ndarray:
    """The formula in numpy."""
    parts = [np.diff(f, axis=axis, prepend=f.take([0], axis)) for axis in range(f.ndim)]
    length = np.sqrt(sum(part**2 for part in parts))
    gradient = np.zeros_like(f)
    for axis, part in enumerate(parts):
        unit = np.divide(part, length, out=np.zeros_like(f), where=length > 0)
        gradient += unit - np.concatenate([np.delete(unit, 0, axis), np.zeros_like(f.take([0], axis))], axis)
    return gradient


def total_variation() -> None:
    print("\ntotal variation and gradient, 256^3 float32")
    f = np.random.default_rng(0).random((256, 256, 256)).astype(np.float32)
    copy = measure(f.copy)
    show("numpy copy", copy)
    ours = measure(lambda: coarea.tv_norm_and_gradient(f, workers=1))
    show("tv_norm_and_gradient (of the copy)", ours, copy)
    kernel, out = Variation.checked(3, workers=1), np.empty_like(f)
    show("its pass alone (of the copy)", measure(lambda: kernel.evaluate(f, out)), copy)
    show("naive numpy (of ours)", measure(lambda: naive_gradient(f), 2), ours)
    if torch := peer("torch"):
        torch.set_num_threads(1)
        g = torch.from_numpy(f).requires_grad_()

        def autograd() -> None:
            parts = [torch.diff(g, dim=axis, prepend=g.narrow(axis, 0, 1)) for axis in range(3)]
            torch.autograd.grad(torch.sqrt(sum(part**2 for part in parts) + 1e-12).sum(), g)

        show("torch autograd (of ours)", measure(autograd, 2), ours)
        print(f"  largest difference from autograd, float64, smoothed {autograd_difference(torch):.1e}")
    two = Variation.checked(3, workers=2)
    print_gain("two threads", measure(lambda: kernel.evaluate(f, out)), measure(lambda: two.evaluate(f, out)))


def autograd_difference(torch: ModuleType) -> float:
    """Largest difference of our gradients from torch's, relative to the largest entry, over the schemes."""
    f, s, largest = np.random.default_rng(0).random((24, 25, 26)), 1e-3, 0.0
    g = torch.from_numpy(f).requires_grad_()
    for scheme in ("backward", "forward", "central"):
        parts = []
        for axis, n in enumerate(f.shape):
            zero, steps = torch.zeros_like(g.narrow(axis, 0, 1)), torch.diff(g, dim=axis)
            middle = (g.narrow(axis, 2, n - 2) - g.narrow(axis, 0, n - 2)) / 2
            ends = {"backward": [zero, steps], "forward": [steps, zero], "central": [zero, middle, zero]}
            parts.append(torch.cat(ends[scheme], axis))
        theirs = torch.autograd.grad(torch.sqrt(sum(part**2 for part in parts) + s**2).sum(), g)[0].numpy()
        ours = coarea.tv_gradient(f, difference=scheme, smoothing=s)
        largest = max(largest, np.abs(ours - theirs).max() / np.abs(theirs).max())
    return largest


def print_gain(name: str, one: tuple[float, float], two: tuple[float, float]) -> None:
    print(f"  {name:<44}wall {one[1]:.1f} -> {two[1]:.1f}: {one[1] / two[1]:.2f} x")


def parallel_beam(n: int, n_views: int, n_bins: int) -> None:
    print(f"\nparallel beam, {n} x {n}, {n_views} views of {n_bins} bins")
    image = ct.shepp_logan((n, n)).astype(np.float32)
    angles = np.arange(n_views) * np.pi / n_views
    geometry = ct.ParallelBeam(angles=angles, n_detectors=n_bins)
    A, two = (ct.Projector(geometry, (n, n), workers=workers) for workers in (1, 2))
    y = A(image)
    forward, back = measure(lambda: A(image)), measure(lambda: A.T(y))
    show("forward", forward)
    show("back", back)
    if astra := peer("astra"):
        rays, volume = astra.create_proj_geom("parallel", 1.0, n_bins, angles), astra.create_vol_geom(n, n)
        W = astra.OpTomo(astra.create_projector("linear", rays, volume))
        show("ASTRA linear, forward (of ours)", measure(lambda: W.FP(image)), forward)
        show("ASTRA linear, back (of ours)", measure(lambda: W.BP(y)), back)
        tied = np.isclose(np.abs(np.cos(angles)), np.abs(np.sin(angles)))
        apart = (W.FP(image[::-1].copy()) - y)[~tied]  # its rows run downwards
        print(
            f"  difference {np.linalg.norm(apart) / np.linalg.norm(y):.1e}, largest {np.abs(apart).max() / y.max():.1e}"
        )
    if transform := peer("skimage.transform"):
        sweep = ct.sart  # one sweep, with the sums of rows and columns that it starts with
        ours = measure(lambda: sweep(A, y, 3), 2)
        one = tuple((later - first) / 2 for later, first in zip(ours, measure(lambda: sweep(A, y, 1), 2), strict=True))
        show("sart, a sweep", one)
        theirs = measure(lambda: transform.iradon_sart(y.T[n_bins // 2 - n // 2 :][:n], np.degrees(angles)), 1)
        show("scikit-image iradon_sart (of ours)", theirs, one)
    print_gain("two threads, forward", forward, measure(lambda: two(image)))
    print_gain("two threads, back", back, measure(lambda: two.T(y)))


def cone_beam(n: int, n_views: int = 25) -> None:
    print(f"\ncone beam, {n}^3, {n_views} views of {n} x {n} bins")
    geometry = ct.ConeBeam(
        angles=np.arange(n_views) * 2 * np.pi / n_views, detector_shape=(n, n), detector_spacing=2.0,
        source_to_axis=2 * n, source_to_detector=4 * n,
    )  # fmt: skip
    volume = ct.rasterize(ct.shepp_logan_ellipses(3, radius=n / 2), (n, n, n)).astype(np.float32)
    A, two = (ct.Projector(geometry, volume.shape, workers=workers) for workers in (1, 2))
    y = A(volume)
    forward, back = measure(lambda: A(volume)), measure(lambda: A.T(y))
    show("forward", forward)
    show("back", back)
    if (itk := peer("itk")) and hasattr(itk, "RTK"):
        rtk_joseph(itk, geometry, volume, y, (forward, back))
    print_gain("two threads, forward", forward, measure(lambda: two(volume)))
    print_gain("two threads, back", back, measure(lambda: two.T(y)))


def cone_sweep(n: int, n_views: int) -> None:
    print(f"\ncone beam, {n}^3, {n_views} views: a sweep of sart")
    volume, A = head_in_a_cone(n, n_views)
    y = A(volume)
    forward, back = measure(lambda: A(volume), 2), measure(lambda: A.T(y), 2)
    both = tuple(one + other for one, other in zip(forward, back, strict=True))
    show("forward and back", both)
    times = {n_iter: measure(lambda n_iter=n_iter: ct.sart(A, y, n_iter), 2) for n_iter in (1, 3)}
    sweep = tuple((later - first) / 2 for later, first in zip(times[3], times[1], strict=True))
    show("a sweep (of forward and back)", sweep, both)
    first = tuple(one - other for one, other in zip(times[1], sweep, strict=True))
    show("once: the sums of rows and columns", first, both)


def head_in_a_cone(n: int, n_views: int) -> tuple[np.ndarray, ct.Projector]:
    geometry = ct.ConeBeam(
        angles=np.arange(n_views) * 2 * np.pi / n_views, detector_shape=(n, n), detector_spacing=2.2,
        source_to_axis=2 * n, source_to_detector=4 * n,
    )  # fmt: skip
    volume = ct.rasterize(ct.shepp_logan_ellipses(3, radius=n / 2), (n, n, n)).astype(np.float32)
    return volume, ct.Projector(geometry, volume.shape, workers=1)


PEAK = """
import resource, sys, numpy as np
from coarea import ct
from coarea.variation.norm import Variation
n, n_views = map(int, sys.argv[1:])
geometry = ct.ConeBeam(
    angles=np.arange(n_views) * 2 * np.pi / n_views, detector_shape=(n, n), detector_spacing=2.2,
    source_to_axis=2 * n, source_to_detector=4 * n,
)
view = ct.line_integrals_of(ct.shepp_logan_ellipses(3, radius=n / 2), geometry[:1]).astype(np.float32)
y = np.repeat(view, n_views, 0)  # a body of revolution; those of the head would take more memory than the method
A = ct.Projector(geometry, (n, n, n), workers=1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
ct.asd_pocs(A, y, 2)
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def cone_memory(n: int, n_views: int) -> None:
    """Of a process of its own: all of it, with Python and numpy."""
    print(f"\ncone beam, {n}^3, {n_views} views of {n} x {n} bins: memory of asd_pocs, 2 iterations")
    run = subprocess.run([sys.executable, "-c", PEAK, str(n), str(n_views)], check=True, capture_output=True, text=True)
    before, peak = (1024 * int(kilobytes) for kilobytes in run.stdout.split())
    volume, data = 4 * n**3, 4 * n_views * n**2
    print(f"  a volume {volume / 2**20:.0f} MiB, data {data / 2**20:.0f}, before {before / 2**20:.0f}")
    print(f"  peak {peak / 2**20:.0f} MiB: {(peak - data) / volume:.1f} volumes and the data")


def rtk_joseph(itk: ModuleType, geometry: ct.ConeBeam, volume: np.ndarray, y: np.ndarray, ours: tuple) -> None:
    """ITK-RTK's Joseph projectors; its y axis is our z, its z axis our -y, so arrays are turned."""
    from itk import RTK as rtk

    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(1)
    turned = rtk.ThreeDCircularProjectionGeometry.New()
    for angle in geometry.angles:
        turned.AddProjection(geometry.source_to_axis, geometry.source_to_detector, np.degrees(angle))
    size = np.array(volume.shape)
    (height, width), (dv, du) = geometry.detector_shape, geometry.detector_spacing

    def inputs() -> tuple:
        """They are made anew for each run, because filters release them."""
        image = itk.image_from_array(np.ascontiguousarray(volume.transpose(1, 0, 2)[::-1]))
        image.SetOrigin((-(size - 1) / 2).tolist())
        views = itk.image_from_array(np.zeros_like(y))
        views.SetOrigin([-(width - 1) / 2 * du, -(height - 1) / 2 * dv, 0])
        views.SetSpacing([du, dv, 1.0])
        return image, views

    kind = type(inputs()[0])

    def forward() -> np.ndarray:
        image, views = inputs()
        operation = rtk.JosephForwardProjectionImageFilter[kind, kind].New(Geometry=turned)
        operation.SetInput(0, views)
        operation.SetInput(1, image)
        operation.Update()
        return itk.array_from_image(operation.GetOutput())

    def back() -> None:
        image, views = inputs()
        operation = rtk.JosephBackProjectionImageFilter[kind, kind].New(Geometry=turned)
        operation.SetInput(0, image)
        operation.SetInput(1, views)
        operation.Update()

    found = forward()
    print(f"  difference {min(np.abs(found - v).max() for v in (y, y[..., ::-1])) / y.max():.1e}")
    show("RTK Joseph, forward (of ours)", measure(forward), ours[0])
    show("RTK Joseph, back (of ours)", measure(back), ours[1])


if __name__ == "__main__":
    total_variation()
    parallel_beam(256, 180, 384)
    parallel_beam(512, 360, 768)
    cone_beam(64)
    cone_beam(128)
    cone_sweep(128, 60)
    cone_memory(256, 120)

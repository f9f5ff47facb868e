"""Errors that the reconstructions of `coarea.ct` reach: python tests/benchmarks/ct_errors.py [FOLDER] [CASE ...].

Relative errors |f - f*| / |f*| after some iterations, and the CPU time of one. The data are projections of f*, or exact
line integrals of its ellipses; f* is then their mean over each pixel, and epsilon the distance of its projections from
the data. With the word "projected" or "analytic" only the one kind is done. The tooth has no f*: there the relative
residual of the views that were held out. FOLDER holds `tooth.h5`, the sample scan of TomoPy.
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import imageio.v3 as iio
import numpy as np

from coarea import ct
from coarea.ct.plot import panels

SIZE, SIDE = 256, 20.0
HEAD = ct.shepp_logan((SIZE, SIZE))
ELLIPSES = ct.shepp_logan_ellipses(radius=SIDE / 2)


def fan(n_views: int, arc: float = 2 * np.pi) -> ct.Projector:
    geometry = ct.FanBeam(
        angles=np.arange(n_views) * arc / n_views, n_detectors=512, detector_spacing=41.4 / 512,
        source_to_axis=40, source_to_detector=80,
    )  # fmt: skip
    return ct.Projector(geometry, HEAD.shape, spacing=SIDE / SIZE, workers=1)


def report(name: str, method: Callable[..., ct.Reconstruction], marks: tuple[int, ...], error: Callable) -> None:
    found = {}

    def note(iteration: int, image: np.ndarray) -> None:
        if iteration in marks:
            found[iteration] = error(image)

    start = time.process_time()
    method(n_iter=max(marks), callback=note)
    seconds = (time.process_time() - start) / max(marks)
    errors = "  ".join(f"{mark}: {value:.3g}" for mark, value in found.items())
    print(f"{name:<44} {errors}   {1e3 * seconds:.1f} ms", flush=True)


def one_by_one(A: ct.Projector, y: np.ndarray, **options: object) -> ct.Reconstruction:
    """ART: the data steps of `asd_pocs` with descents too short to matter."""
    return ct.asd_pocs(A, y, data_step="art", relaxation=1, relaxation_decay=1, tv_steps=1, tv_step=1e-9, **options)


def relative(truth: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda image: float(np.linalg.norm(image - truth) / np.linalg.norm(truth))


def scans(A: ct.Projector, phantom: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray, float]]:
    """The kinds of data: what they are called, they, f*, and epsilon."""
    if "analytic" not in sys.argv:
        truth = ct.rasterize(phantom, A.domain_shape, spacing=A.spacing)
        yield "projected", A(truth), truth, 0.0
    if "projected" not in sys.argv:
        truth, exact = (
            ct.rasterize(phantom, A.domain_shape, spacing=A.spacing, subsamples=4),
            ct.line_integrals_of(phantom, A.geometry),
        )
        yield "analytic", exact, truth, float(np.linalg.norm(A(truth) - exact))


def few_views() -> None:
    A, error = fan(20), relative(HEAD)
    print(f"fbp, 20 views {error(ct.fbp(A(HEAD), A.geometry, HEAD.shape, spacing=A.spacing)):.3f}", end=", ")
    B = fan(720)
    print(f"720 views {error(ct.fbp(B(HEAD), B.geometry, HEAD.shape, spacing=A.spacing)):.3f}")
    for kind, y, truth, epsilon in scans(A, ELLIPSES):
        error, options = relative(truth), {"epsilon": epsilon}
        art = {**options, "data_step": "art", "relaxation": 1}
        marks = (100, 200, 300, 500)
        report(f"{kind}: art", partial(one_by_one, A, y), marks, error)
        report(f"{kind}: sart", partial(ct.sart, A, y), marks, error)
        report(f"{kind}: asd_pocs, paper", partial(ct.asd_pocs, A, y, **options, **ct.SIDKY_PAN_2008), marks, error)
        report(f"{kind}: asd_pocs", partial(ct.asd_pocs, A, y, **options), marks[:3], error)
        report(f"{kind}: asd_pocs, art", partial(ct.asd_pocs, A, y, **art), marks[:3], error)
        marks = (100, 200, 300, 500, 1000, 2000, 3000) if kind == "projected" else (100, 300, 1000)
        report(f"{kind}: tv_pocs, art", partial(ct.tv_pocs, A, y, **art), marks, error)
        report(f"{kind}: tv_primal_dual", partial(ct.tv_primal_dual, A, y, **options), marks, error)


def limited_angle() -> None:
    A = fan(64, np.pi / 2)
    for kind, y, truth, epsilon in scans(A, ELLIPSES):
        error, options = relative(truth), {"epsilon": epsilon}
        art = {**options, "data_step": "art", "relaxation": 1}
        report(f"{kind}: art", partial(one_by_one, A, y), (100, 500, 1000), error)
        report(f"{kind}: sart", partial(ct.sart, A, y), (100, 500), error)
        report(f"{kind}: tv_pocs", partial(ct.tv_pocs, A, y, **options), (500, 1000), error)
        report(f"{kind}: tv_pocs, art", partial(ct.tv_pocs, A, y, **art), (500, 1000), error)
        report(f"{kind}: tv_primal_dual", partial(ct.tv_primal_dual, A, y, **options), (500, 1000, 2000), error)


def poisson() -> None:
    A = fan(60)
    for kind, clean, truth, _ in scans(A, ELLIPSES):
        y, error = ct.add_poisson_noise(clean, 1e5, rng=0), relative(truth)
        report(f"{kind}: sart", partial(ct.sart, A, y), (5, 10, 20, 50), error)
        for part in (1.0, 0.9):
            options = {"epsilon": part * float(np.linalg.norm(y - A(truth)))}
            report(f"{kind}: asd_pocs, epsilon x {part}", partial(ct.asd_pocs, A, y, **options), (100, 200, 300), error)
            report(f"{kind}: tv_pocs, epsilon x {part}", partial(ct.tv_pocs, A, y, **options), (100, 200), error)
            report(f"{kind}: tv_primal_dual, x {part}", partial(ct.tv_primal_dual, A, y, **options), (300,), error)


def cone() -> None:
    n = 64
    geometry = ct.ConeBeam(
        angles=np.arange(25) * 2 * np.pi / 25, detector_shape=(96, 96), detector_spacing=2.0,
        source_to_axis=2 * n, source_to_detector=4 * n,
    )  # fmt: skip
    A = ct.Projector(geometry, (n, n, n), workers=1)
    phantoms = {"disks": ct.defrise_disks(radius=n / 2), "head": ct.shepp_logan_ellipses(3, radius=n / 2)}
    for name, phantom in phantoms.items():
        for kind, y, truth, epsilon in scans(A, phantom):
            report(f"{name}, {kind}: sart", partial(ct.sart, A, y), (50, 200), relative(truth))
            descent = partial(ct.asd_pocs, A, y, epsilon=epsilon)
            report(f"{name}, {kind}: asd_pocs", descent, (50, 100, 200), relative(truth))


def same_time() -> None:
    """Errors after the same CPU seconds, of which the preparations of a method are part."""
    marks = (1, 2, 4, 8)
    for n_views, photons in ((20, None), (60, 1e5)):
        A, error = fan(n_views), relative(HEAD)
        y = A(HEAD) if photons is None else ct.add_poisson_noise(A(HEAD), photons, rng=0)
        epsilon = float(np.linalg.norm(y - A(HEAD)))
        strength = 0.003 if photons is None else 0.01
        print(f"{n_views} views")
        methods = {
            "sart": ct.sart,
            "asd_pocs": partial(ct.asd_pocs, epsilon=epsilon),
            "asd_pocs, paper": partial(ct.asd_pocs, epsilon=epsilon, **ct.SIDKY_PAN_2008),
            "tv_pocs": partial(ct.tv_pocs, epsilon=epsilon),
            "tv_primal_dual": partial(ct.tv_primal_dual, epsilon=epsilon),
            "tv_primal_dual, start=None": partial(ct.tv_primal_dual, epsilon=epsilon, start=None),
            "tv_least_squares": partial(ct.tv_least_squares, strength=strength),
        }
        for name, method in methods.items():
            print(f"{name:<44} {race(method, A, y, error, marks)}", flush=True)


def race(method: Callable, A: ct.Projector, y: np.ndarray, error: Callable, marks: tuple[int, ...]) -> str:
    found, left, start = [], list(marks), time.process_time()

    def note(iteration: int, image: np.ndarray) -> None:
        nonlocal start
        now = time.process_time()
        if now - start >= left[0]:
            found.append(f"{left.pop(0)} s: {error(image):.4f} ({iteration})")
            start += time.process_time() - now
        if not left:
            raise StopIteration

    method(A, y, n_iter=10**6, callback=note)
    return "  ".join(found)


def tooth(folder: str) -> None:
    scan = ct.read_data_exchange(Path(folder) / "tooth.h5", rows=slice(0, 1))
    data = ct.line_integrals(*scan[:3])[:, 0]
    center = ct.find_center(data, scan.angles)
    geometry = ct.ParallelBeam(angles=scan.angles, n_detectors=640, detector_offset=639 / 2 - center)
    A = ct.Projector(geometry, (640, 640), workers=1)
    print(f"centre {center}")
    for n_views in (30, 15):
        used = np.unique(np.round(np.arange(n_views) * 181 / n_views).astype(int))
        held = np.setdiff1d(np.arange(181), used)
        few, rest, y = A.subset(used), A.subset(held), data[used]

        def error(image: np.ndarray, rest: ct.Projector = rest, held: np.ndarray = held) -> float:
            return float(np.linalg.norm(rest(image) - data[held]) / np.linalg.norm(data[held]))

        print(f"{n_views} views: fbp {error(ct.fbp(y, few.geometry, (640, 640))):.4f}")
        report("sart", partial(ct.sart, few, y), (1, 2, 3, 5, 10, 20), error)
        report("sart, relaxation 0.3", partial(ct.sart, few, y, relaxation=0.3), (2, 3, 5, 10, 20), error)
        for step in (0.002, 0.01, 0.02):
            options = {"tv_step": step, "relaxation": 1.0}
            report(f"asd_pocs, tv_step {step}", partial(ct.asd_pocs, few, y, **options), (10, 20, 40, 80), error)


def tooth_picture(folder: str) -> None:
    """Write ct-tooth.png: details of three reconstructions from 30 views, beside that from all 181."""
    scan = ct.read_data_exchange(Path(folder) / "tooth.h5", rows=slice(0, 1))
    data = ct.line_integrals(*scan[:3])[:, 0]
    geometry = ct.ParallelBeam(angles=scan.angles, n_detectors=640, detector_offset=639 / 2 - 295.5)
    few = ct.Projector(geometry, (640, 640)).subset(slice(None, None, 6))
    images = {
        "181 views, FBP": ct.fbp(data, geometry, (640, 640), filter="hann"),
        f"{len(few.geometry)} views, FBP": ct.fbp(data[::6], few.geometry, (640, 640), filter="hann"),
        "SART": ct.sart(few, data[::6], 20).image,
        "ASD-POCS": ct.asd_pocs(few, data[::6], 40, relaxation=1.0, tv_step=0.02).image,
    }
    low, high = np.percentile(images["SART"], (1, 99.7))
    detail = {name: image[160:480, 160:480] for name, image in images.items()}
    iio.imwrite("ct-tooth.png", panels(detail, low=low, high=high))


CASES = {
    "few_views": few_views,
    "limited_angle": limited_angle,
    "poisson": poisson,
    "cone": cone,
    "same_time": same_time,
}

if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word not in ("projected", "analytic")]
    folders = [word for word in words if word not in CASES]
    for case in [word for word in words if word in CASES] or ([] if folders else CASES):
        print(f"\n{case}")
        CASES[case]()
    for folder in folders:
        print("\ntooth")
        tooth(folder)
        tooth_picture(folder)

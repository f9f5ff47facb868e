"""The likeliest mistakes with each public function for scans, and the remedy that the message names."""

from __future__ import annotations

import math

import numpy as np

import coarea.ct.plot  # noqa: F401  # ct.plot is loaded by whoever imports it
from coarea import ct

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)
BEAM = ct.ParallelBeam(angles=np.linspace(0, 3, 6), n_detectors=12)
PROJECTOR = ct.Projector(BEAM, (8, 8))
DATA = PROJECTOR(np.ones((8, 8)))
HEAD = ct.shepp_logan_ellipses()
CONE = ct.ConeBeam(angles=[0], detector_shape=(2, 2), source_to_axis=9, source_to_detector=9)

MISTAKES_OF_SCANS = {
    "ParallelBeam": [
        (lambda: ct.ParallelBeam(theta=[0], n_detectors=8), "did you mean angles"),
        (lambda: ct.ParallelBeam(angles=[0], n_detectors=[8]), r"n_detectors must be an integer of at least 1, got"),
        (lambda: ct.ParallelBeam(angles=[0], n_detectors=8, detector_spacing=0), "detector_spacing must be .* > 0, go"),
        (lambda: ct.ParallelBeam([0.0], 8), "give options by name, angles=..."),
        (lambda: ct.ParallelBeam(angles=180, n_detectors=8), "angles must be one or more finite numbers in one axis"),
    ],
    "FanBeam": [(lambda: ct.FanBeam(angles=[0], n_detectors=8, source_to_axis=4, source_to_detector=2),
                 "source_to_detector must be at least source_to_axis = 4.0, got 2.0")],
    "ConeBeam": [(lambda: ct.ConeBeam(angles=[0], detector_shape=8, source_to_axis=4, source_to_detector=8),
                  r"detector_shape must be two numbers, \(along v, along u\), got 8")],
    "Projector": [
        (lambda: ct.Projector(DATA, (8, 8)), "geometry must be a ParallelBeam, FanBeam or ConeBeam, got ndarray"),
        (lambda: ct.Projector(BEAM, 8), "shape must be a sequence of sizes, one for each axis, got 8"),
        (lambda: ct.Projector(BEAM, np.ones((8, 8))), r"got an array of shape \(8, 8\): give the shape of the array"),
        (lambda: PROJECTOR(DATA), r"image must have shape \(8, 8\) \(y, x\), got"),
    ],
    "sart": [
        (lambda: ct.sart(BEAM, DATA), r"got a geometry: make one, ct.Projector\(geometry, shape\)"),
        (lambda: ct.sart(DATA, PROJECTOR), "data must be an array, got Projector: the operator comes first"),
        (lambda: ct.sart(PROJECTOR, DATA.T), r"data must have shape \(6, 12\) \(view, u\), got \(12, 6\)"),
        (lambda: ct.sart(PROJECTOR, DATA, callback=3), "callback must be a function of iteration and image, got 3"),
    ],
    "asd_pocs": [(lambda: ct.asd_pocs(PROJECTOR, DATA, data_step="SART"), "data_step must be one of 'sart'")],
    "tv_primal_dual": [(lambda: ct.tv_primal_dual(PROJECTOR, DATA, noise=-1), "noise must be >= 0: infinite where")],
    "fbp": [
        (lambda: ct.fbp(BEAM, DATA, (8, 8)), "geometry must be a ParallelBeam, FanBeam or ConeBeam, got ndarray"),
        (lambda: ct.fbp(DATA, BEAM, 8), "shape must be a sequence of sizes"),
        (lambda: ct.fbp(DATA, BEAM, (8, 8), window="none"), "window must be one of 'ramp'"),
    ],
    "fdk": [(lambda: ct.fdk(DATA, BEAM, (8, 8, 8)), "geometry must be a ConeBeam for fdk, got ParallelBeam: use fbp")],
    "shepp_logan": [
        (lambda: ct.shepp_logan(64), "shape must be a sequence of sizes, one for each axis, got 64"),
        (lambda: ct.shepp_logan((4, 4, 4, 4)), r"shape must be \(y, x\) or \(z, y, x\), got \(4, 4, 4, 4\)"),
    ],
    "rasterize": [
        (lambda: ct.rasterize(HEAD * math.nan, (8, 8)), "ellipses must be finite"),
        (lambda: ct.rasterize(HEAD, 8), "shape must be a sequence of sizes, one for each axis, got 8"),
        (lambda: ct.rasterize(IMAGE, (8, 8)), r"ellipses must have shape \(n, 6\)")],
    "line_integrals_of": [
        (lambda: ct.line_integrals_of(HEAD, CONE), "a ConeBeam needs ellipsoids, got ellipses"),
        (lambda: ct.line_integrals_of(ct.shepp_logan_ellipses(3), BEAM), "ellipsoids need a ConeBeam, or a ParallelBe"),
        (lambda: ct.line_integrals_of(ct.shepp_logan_ellipses(3), BEAM, heights=3), "heights must be in one axis, one"),
        (lambda: ct.line_integrals_of(BEAM, HEAD), "geometry must be .*, got ndarray")],
    "line_integrals": [
        (lambda: ct.line_integrals(DATA[0], 9), r"counts must have shape \(view, ...\), two axes or more"),
        (lambda: ct.line_integrals(DATA, math.nan), "flat must be finite"),
        (lambda: ct.line_integrals(DATA, 9, [[1, 2]]), "dark must hold images of shape .12,., that of a view of count"),
        (lambda: ct.line_integrals(DATA, 100, 200), "flat must exceed dark in every pixel")],
    "find_center": [
        (lambda: ct.find_center(DATA[0], [1]), r"projections must have shape \(view, u\) or \(view, v, u\)"),
        (lambda: ct.find_center(DATA * math.nan, np.arange(6)), "projections and angles must be finite"),
        (lambda: ct.find_center(DATA, [1, 2]), r"angles must have shape \(6,\), one for each view")],
    "show_geometry": [
        (lambda: ct.plot.show_geometry(BEAM, 8), "shape must be a sequence of sizes"),
        (lambda: ct.plot.show_geometry(BEAM, [8]), r"shape must be \(..., y, x\), got \(8,\)"),
        (lambda: ct.plot.show_geometry(PROJECTOR, (8, 8)), "geometry must be .*, got Projector")],
    "show_convergence": [
        (lambda: ct.plot.show_convergence({"a": IMAGE}), "results must hold what methods return, with a history, got"),
        (lambda: ct.plot.show_convergence(ct.sart(PROJECTOR, DATA, 1)), "results must be a mapping, {'name': result}"),
        (lambda: ct.plot.show_convergence({"a": ct.sart(PROJECTOR, DATA, 1)}, "tv"), "name must be one of 'residual'"),
    ],
    "panels": [
        (lambda: ct.plot.panels({}, low=0, high=1), "images must be a mapping, .* of at least one"),
        (lambda: ct.plot.panels({"a": IMAGE, "b": IMAGE[1:]}, low=0, high=1), "images must be of one shape, got"),
        (lambda: ct.plot.panels({"a": IMAGE}, low=1, high=1), "high must be a finite number > 1, got 1"),
        (lambda: ct.plot.panels([IMAGE], low=0, high=1), "images must be a mapping, {'caption': image}")],
    "Projector.subset": [
        (lambda: PROJECTOR.subset(3), "views must be a slice or a sequence, got 3"),
        (lambda: PROJECTOR.subset([9]), r"views must be a slice or integers from 0 to 5, got \[9\]"),
        (lambda: PROJECTOR.subset(slice(9, 12)), "views must select some of the 6 views"),
    ],
    "Projector.back_project": [
        (lambda: PROJECTOR.back_project(DATA.T), r"\(12, 6\): give numpy.transpose\(projections\)"),
    ],
    "cgls": [
        (lambda: ct.cgls(PROJECTOR, DATA, 0), "n_iter must be an integer of at least 1, got 0"),
        (lambda: ct.cgls(PROJECTOR, DATA, start=DATA), r"start must have shape \(8, 8\) \(y, x\), got \(6, 12\)"),
        (lambda: ct.cgls(PROJECTOR, DATA, tol=1), "unexpected keyword argument 'tol'"),
    ],
    "sirt": [
        (lambda: ct.sirt(PROJECTOR, DATA, lower=1, upper=0), "upper must be .*>= 1, got 0"),
        (lambda: ct.sirt(PROJECTOR, DATA * math.nan), "data must be finite"),
    ],
    "os_sart": [
        (lambda: ct.os_sart(PROJECTOR, DATA, n_subsets=0), "n_subsets must be an integer of at least 1, got 0"),
        (lambda: ct.os_sart(PROJECTOR, DATA, subsets=3), "did you mean n_subsets"),
    ],
    "tv_least_squares": [
        (lambda: ct.tv_least_squares(PROJECTOR, DATA), "missing 1 required positional argument: 'strength'"),
        (lambda: ct.tv_least_squares(PROJECTOR, DATA, lam=0.1), "did you mean strength"),
        (lambda: ct.tv_least_squares(PROJECTOR, DATA, 1, hold_out=2), "hold_out must be a number > 0 and <= 0.5"),
    ],
    "tv_pocs": [
        (lambda: ct.tv_pocs(PROJECTOR, DATA, epsilon=1, noise=1), "epsilon and noise exclude each other"),
    ],
    "add_poisson_noise": [
        (lambda: ct.add_poisson_noise(DATA, 0), "photons must be a finite number > 0, got 0"),
        (lambda: ct.add_poisson_noise(DATA, 9, rng="today"), "rng must be a numpy.random.Generator or a seed, .* got"),
        (lambda: ct.add_poisson_noise(DATA * math.nan, 9), "projections must be line integrals, finite"),
        (lambda: ct.add_poisson_noise(-1e4 - DATA, 9), "line integrals, finite and so large that"),
    ],
    "shepp_logan_ellipses": [
        (lambda: ct.shepp_logan_ellipses((64, 64)), r"ndim must be one of 2, 3, got \(64, 64\)"),
        (lambda: ct.shepp_logan_ellipses(contrast="high"), "contrast must be one of 'original', 'modified'"),
    ],
    "read_data_exchange": [
        (lambda: ct.read_data_exchange(None), "path must be the name of a file, got None"),
        (lambda: ct.read_data_exchange("scan.h5", rows=3), r"rows must be a slice, such as slice\(100, 110\), got 3"),
    ],
}  # fmt: skip

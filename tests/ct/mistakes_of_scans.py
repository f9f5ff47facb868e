"""The likeliest mistakes with each public function for scans, and the remedy that the message names."""

from __future__ import annotations

import math

import numpy as np
from scan_files import DATA_EXCHANGE as EXCHANGE
from scan_files import NIKON, NXTOMO, TIFF

import coarea.ct.plot  # noqa: F401  # ct.plot is loaded by whoever imports it
from coarea import ct

IMAGE = np.random.default_rng(0).integers(0, 9, (12, 10)).astype(np.uint8)
BEAM = ct.ParallelBeam(angles=np.linspace(0, 3, 6), n_detectors=12)
PROJECTOR = ct.Projector(BEAM, (8, 8))
DATA = PROJECTOR(np.ones((8, 8)))
HEAD = ct.shepp_logan_ellipses()
CONE = ct.ConeBeam(angles=[0], detector_shape=(2, 2), source_to_axis=9, source_to_detector=9)

FLAT = {"detector_shape": 9, "sources": [-20, 0], "detector_centers": [9, 0], "u": [0, 1]}
SPACE = {
    "detector_shape": (4, 9),
    "sources": [-20, 0, 0],
    "detector_centers": [9, 0, 0],
    "u": [0, 1, 0],
    "v": [0, 0, 1],
}
TWELVE = np.ones((7, 12))


def vectors(given=None, **others):
    return ct.Vectors(**{**(given or FLAT), **others})


MISTAKES_OF_SCANS = {
    "Vectors": [
        (lambda: vectors(SPACE, sources=TWELVE), r"sources must have shape .* give the columns by name, u=vec"),
        (lambda: vectors(SPACE, u=TWELVE.T), r"u must have shape .* got \(12, 7\): of vectors as ASTRA's, \(views, 6"),
        (lambda: vectors(sources=np.ones((2, 7))), r"sources must have shape .*: give numpy.transpose\(sources\)"),
        (lambda: vectors(u=[[0, 1], [0, 0], [0, 0]]), "u must not be 0, but is in view 1 and 1 others"),
        (lambda: vectors(SPACE, v=[0, 0, 0]), "v must not be 0, but is in view 0"),
        (lambda: vectors(u=[1, 0]), "the detector must not be parallel to the rays: u or v leads along them in view 0"),
        (lambda: vectors(SPACE, v=[1, 0, 0]), "the detector must not be parallel to the rays"),
        (lambda: vectors(SPACE, u=[0, 0, 3]), "u must not be parallel to v, but is in view 0"),
        (lambda: vectors(sources=[9, 0]), "sources must be apart from detector_centers"),
        (lambda: vectors(directions=[1, 0]), "give either sources, the places that rays come from, or directions"),
        (lambda: vectors(sources=None), "give either sources, the places that rays come from, or directions"),
        (lambda: vectors(sources=None, directions=[-20, 0]), "directions must have length 1: .* or give places as sou"),
        (lambda: vectors(detector_spacing=2), "did you mean u"),
        (lambda: vectors(n_detectors=9), "did you mean detector_shape"),
        (lambda: vectors(SPACE, v=None), r"v, the step from row to row, is needed in space: give \[x, y\] vectors and"),
        (lambda: vectors(v=[0, 1]), "v goes with vectors in space"),
        (lambda: vectors(SPACE, detector_shape=9), r"detector_shape must be \(rows, columns\) for \[x, y, z\] vectors"),
        (lambda: vectors(detector_shape=(4, 9)), r"detector_shape must be the number of bins for \[x, y\] vectors"),
        (lambda: vectors(u=np.ones((2, 2)), sources=np.ones((3, 2))), "same number of views, or .*u 2, sources 3"),
        (lambda: vectors(SPACE, u=[0, 1]), r"same number of components, \[x, y\] or .*detector_centers 3, u 2, v 3"),
        (lambda: vectors(u=[0, math.nan]), "u must be finite"),
        (lambda: vectors(sources=None, directions=[1, 0], curved=True), "curved must be False for parallel rays"),
        (lambda: vectors(u=[0.1, 1], curved=True), "u must be perpendicular to v and to the middle ray, but is not in"),
        (lambda: vectors(u=[0, 50], curved=True), "within 90 degrees of the central ray, got 395.* is a length along"),
        (lambda: vectors(curved="yes"), "curved must be True or False, got 'yes'"),
    ],
    "Vectors.shifted": [
        (lambda: vectors().shifted([1, 2, 3]), r"by must have shape \(2,\) or \(views, 2\), got \(3,\)"),
        (lambda: vectors(u=[[0, 1]] * 3).shifted([[1, 2]] * 4), r"by must have shape \(2,\) or \(3, 2\), got \(4, 2\)"),
    ],
    "Vectors.rotated": [
        (lambda: vectors().rotated(0.3), r"rotation must have shape \(2, 2\) or \(views, 2, 2\), got \(\)"),
        (lambda: vectors(SPACE).rotated([0, 0, 90]), r"rotation must have shape \(3, 3\) or \(views, 3, 3\), got"),
        (lambda: vectors().rotated([[2, 0], [0, 2]]), "rotation must be orthogonal: its rows of length 1"),
    ],
    "read_geometry": [(lambda: ct.read_geometry(FLAT), "path must be the name of a file, got {'detector_shape'")],
    "write_geometry": [
        (lambda: ct.write_geometry(BEAM, "scan.json"), r"path must be the name of a file, got ParallelBeam\("),
        (lambda: ct.write_geometry("scan.json", FLAT), "geometry must be a ParallelBeam, .* or Vectors, got dict"),
    ],
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
        (lambda: ct.Projector(DATA, (8, 8)), "geometry must be a ParallelBeam, FanBeam or ConeBeam, or Vectors, got"),
        (lambda: ct.Projector(BEAM, 8), "shape must be a sequence of sizes, one for each axis, got 8"),
        (lambda: ct.Projector(BEAM, np.ones((8, 8))), r"got an array of shape \(8, 8\): give the shape of the array"),
        (lambda: ct.Projector(vectors(sources=[1, 0]), (8, 8)), "each source must .* are places .* as directions="),
        (lambda: ct.Projector(vectors(detector_centers=[-40, 0]), (8, 8)), "reaches to 4, 4, on the side of its"),
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
        (lambda: ct.fbp(BEAM, DATA, (8, 8)), "geometry must be a ParallelBeam, FanBeam or ConeBeam, or Vectors, got"),
        (lambda: ct.fbp(DATA, BEAM, 8), "shape must be a sequence of sizes"),
        (lambda: ct.fbp(DATA, BEAM, (8, 8), filter="none"), "filter must be one of 'ramp'"),
    ],
    "fdk": [(lambda: ct.fdk(DATA, BEAM, (8, 8, 8)), "geometry must be a ConeBeam for fdk, got ParallelBeam: use fbp")],
    "shepp_logan": [
        (lambda: ct.shepp_logan(64), "shape must be a sequence of sizes, one for each axis, got 64"),
        (lambda: ct.shepp_logan((4, 4, 4, 4)), r"shape must be \(y, x\) or \(z, y, x\), got \(4, 4, 4, 4\)"),
    ],
    "rasterize": [
        (lambda: ct.rasterize(HEAD * math.nan, (8, 8)), "ellipses must be finite"),
        (lambda: ct.rasterize([[1, 2, 0, 0, 0, 0]], (8, 8)), "ellipses must have positive semi-axes, after the value"),
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
        (lambda: ct.line_integrals(DATA, 100, 200), "flat must exceed dark in every pixel .* 12 of 12: were they exch"),
        (lambda: ct.line_integrals(DATA, 100, bad="drop"), "bad must be one of 'mask', 'interpolate', 'raise', got"),
        (lambda: ct.line_integrals(DATA, 9 - 9 * (np.arange(12) == 3), bad="raise"), r"1 of 12 are bad, .* at \(3,\)")],
    "find_center": [
        (lambda: ct.find_center(DATA[0], [1]), r"projections must have shape \(view, u\) or \(view, v, u\)"),
        (lambda: ct.find_center(DATA * math.nan, BEAM.angles * np.pi / 3), "projections and angles must be finite"),
        (lambda: ct.find_center(np.ones((2, 8)), [0, np.pi]), "projections at opposite .* mirror images, .* See find"),
        (lambda: ct.find_center(DATA, np.arange(6) / 9), "angles of two views must be opposite .* see find_offset"),
        (lambda: ct.find_center(DATA, [1, 2]), r"angles must have shape \(6,\), one for each view")],
    "find_offset": [
        (lambda: ct.find_offset(BEAM, DATA), "projector must be a Projector, got ParallelBeam"),
        (lambda: ct.find_offset(PROJECTOR, DATA.T), r"data must have shape \(6, 12\) \(view, u\), got \(12, 6\)"),
        (lambda: ct.find_offset(PROJECTOR, 0 * DATA), "data must tell the offset, .* about the same"),
        (lambda: ct.find_offset(PROJECTOR, DATA, within=0), "within must be a finite number > 0, got 0")],
    "beam_hardening_curve": [
        (lambda: ct.beam_hardening_curve(DATA, DATA.T), r"paths must have shape \(6, 12\), that of data, got"),
        (lambda: ct.beam_hardening_curve(-DATA, DATA), "data must grow with the paths, as line integrals do"),
        (lambda: ct.beam_hardening_curve(DATA, -DATA), "data and paths must be finite, paths >= 0"),
        (lambda: ct.beam_hardening_curve(DATA, 0 * DATA), "data must hold more than 3 rays through the material, got")],
    "beam_hardening_of_scan": [
        (lambda: ct.beam_hardening_of_scan(BEAM, DATA), "projector must be a Projector, got ParallelBeam"),
        (lambda: ct.beam_hardening_of_scan(PROJECTOR.subset([0, 1]), DATA[:2]), "must cover 90 degrees or more, or t"),
        (lambda: ct.beam_hardening_of_scan(PROJECTOR, 0 * DATA), "data must show an object")],
    "linearize": [
        (lambda: ct.linearize(DATA, 3), r"curve must have shape \(degree,\), as beam_hardening_curve gives it, got"),
        (lambda: ct.linearize(DATA, [1, -1]), "curve must have coefficients of at least 0, the first above"),
        (lambda: ct.linearize(DATA, [0, 1]), "curve must have coefficients of at least 0, the first above"),
        (lambda: ct.linearize([math.inf], [1]), "data must be finite, but for NaN")],
    "remove_rings": [
        (lambda: ct.remove_rings(DATA[0]), r"data must have shape \(view, u\) or \(view, v, u\), got \(12,\)"),
        (lambda: ct.remove_rings(DATA[:2]), "data must hold three views or more"),
        (lambda: ct.remove_rings(DATA, width=2), "width must be an integer of at least 3, got 2")],
    "show_geometry": [
        (lambda: ct.plot.show_geometry(BEAM, 8), "shape must be a sequence of sizes"),
        (lambda: ct.plot.show_geometry(BEAM, (8, 8), plane="xz"), "plane must be 'xy' for a detector without rows"),
        (lambda: ct.plot.show_geometry(BEAM, (8, 8), plane="yx"), "plane must be one of 'xy', 'xz', 'yz', got 'yx'"),
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
    "choose_strength": [
        (lambda: ct.choose_strength(PROJECTOR, DATA, start="fbp"), "start must be an array, got 'fbp': give 'sart'"),
        (lambda: ct.choose_strength(PROJECTOR, DATA, strength=1), "unexpected keyword argument 'strength'"),
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
        (lambda: ct.read_data_exchange(EXCHANGE, rows=3), r"rows must be a slice, such as slice\(100, 110\), got 3"),
        (lambda: ct.read_data_exchange(TIFF), "is of the kind TIFF: read_tiff_stack reads it"),
    ],
    "read_nxtomo": [
        (lambda: ct.read_nxtomo(EXCHANGE), "is of the kind Data Exchange: read_data_exchange reads it"),
        (lambda: ct.read_nxtomo(NXTOMO, entry="scan"), "entry must be one of entry in .*, got 'scan'"),
    ],
    "read_nikon": [
        (lambda: ct.read_nikon(TIFF), "is of the kind TIFF: read_tiff_stack reads it"),
        (lambda: ct.read_nikon(NIKON, angles=[1, 2]), "angles must be 6 finite numbers, one for each view of"),
    ],
    "read_tiff_stack": [
        (lambda: ct.read_tiff_stack(TIFF, flats=9), "missing 1 required keyword-only argument: 'angles'"),
        (lambda: ct.read_tiff_stack(TIFF, angles=range(6)), "flats must be given, .* or the level without the object"),
        (lambda: ct.read_tiff_stack(TIFF, angles=range(6), flats=9, theta=3), "did you mean angles"),
        (lambda: ct.read_tiff_stack(NIKON, angles=range(6)), "is of the kind Nikon .xtekct: read_nikon reads it"),
    ],
    "read_scan": [
        (lambda: ct.read_scan(__file__), "must be a scan of Data Exchange, NXtomo, Nikon .* TIFF: it is none of them"),
        (lambda: ct.read_scan(NXTOMO, flats=9), "flats goes with TIFF files, .* has its own"),
        (lambda: ct.read_scan(TIFF, flats=9), "angles must be given in radians, 6 of them: TIFF files hold none"),
    ],
    "Scan": [
        (lambda: ct.Scan(np.ones((6, 8)), flat=9.0, dark=0.0, angles=range(6)), r": give counts\[:, None\]"),
        (lambda: ct.Scan(np.ones((6, 1, 8)), flat=9.0, dark=0.0, angles=range(5)), "angles must be 6 finite numbers"),
    ],
}  # fmt: skip

"""Speed of filtered back projection against back projection alone and peers: python tests/benchmarks/ct_analytic.py.

CPU milliseconds, one thread, the smallest of several runs, with the wall time in parentheses. Peers that cannot be
imported are skipped: pip install "coarea[bench]".
"""

from types import ModuleType

import numpy as np

from coarea import ct
from ct import measure, peer, print_gain, show  # beside this file, not coarea.ct


def error(found: np.ndarray, expected: np.ndarray) -> str:
    return f"error {np.linalg.norm(found - expected) / np.linalg.norm(expected):.4f}"


def plane(n: int, n_views: int, n_bins: int) -> None:
    image = ct.shepp_logan((n, n)).astype(np.float32)
    angles = np.arange(n_views) * np.pi / n_views
    distances = {"source_to_axis": 2 * n, "source_to_detector": 4 * n}
    for name, geometry in {
        "parallel": ct.ParallelBeam(angles=angles, n_detectors=n_bins),
        "fan": ct.FanBeam(angles=2 * angles, n_detectors=n_bins, detector_spacing=2.0, **distances),
    }.items():
        A = ct.Projector(geometry, (n, n), workers=1)
        y = A(image)
        print(f"\n{name} beam, {n} x {n}, {n_views} views of {n_bins} bins")
        back = measure(lambda A=A, y=y: A.T(y))
        show("A.T", back)
        ours = measure(lambda y=y, geometry=geometry: ct.fbp(y, geometry, (n, n), workers=1))
        show(f"fbp (of A.T), {error(ct.fbp(y, geometry, (n, n)), image)}", ours, back)
        two = measure(lambda y=y, geometry=geometry: ct.fbp(y, geometry, (n, n), workers=2))
        print_gain("two threads", ours, two)
        if name == "parallel":
            peers(image, y, angles, ours)


def peers(image: np.ndarray, y: np.ndarray, angles: np.ndarray, ours: tuple[float, float]) -> None:
    n, n_bins = len(image), y.shape[1]
    if astra := peer("astra"):
        rays, volume = astra.create_proj_geom("parallel", 1.0, n_bins, angles), astra.create_vol_geom(n, n)
        data, found = astra.data2d.create("-sino", rays, y), astra.data2d.create("-vol", volume)
        for model in ("linear", "strip"):
            options = astra.astra_dict("FBP")
            options["ProjectorId"] = astra.create_projector(model, rays, volume)
            options["ProjectionDataId"], options["ReconstructionDataId"] = data, found
            algorithm = astra.algorithm.create(options)
            theirs = measure(lambda algorithm=algorithm: astra.algorithm.run(algorithm), 3)
            show(f"ASTRA FBP, {model} (of fbp), {error(astra.data2d.get(found)[::-1], image)}", theirs, ours)
    if transform := peer("skimage.transform"):
        degrees = np.degrees(angles)
        theirs = measure(lambda: transform.iradon(y.T, theta=degrees, output_size=n, circle=False), 2)
        show("scikit-image iradon (of fbp)", theirs, ours)


def cone(n: int, n_views: int) -> None:
    print(f"\ncone beam, {n}^3, {n_views} views of {n} x {n} bins")
    geometry = ct.ConeBeam(
        angles=np.arange(n_views) * 2 * np.pi / n_views, detector_shape=(n, n), detector_spacing=2.0,
        source_to_axis=2 * n, source_to_detector=4 * n,
    )  # fmt: skip
    volume = ct.rasterize(ct.shepp_logan_ellipses(3, radius=n / 2), (n, n, n)).astype(np.float32)
    A = ct.Projector(geometry, volume.shape, workers=1)
    y = A(volume)
    back = measure(lambda: A.T(y), 3)
    show("A.T", back)
    ours = measure(lambda: ct.fdk(y, geometry, volume.shape, workers=1), 3)
    show(f"fdk (of A.T), {error(ct.fdk(y, geometry, volume.shape), volume)}", ours, back)
    print_gain("two threads", ours, measure(lambda: ct.fdk(y, geometry, volume.shape, workers=2), 3))
    if (itk := peer("itk")) and hasattr(itk, "RTK"):
        rtk_feldkamp(itk, geometry, volume, y, ours)


def rtk_feldkamp(itk: ModuleType, geometry: ct.ConeBeam, volume: np.ndarray, y: np.ndarray, ours: tuple) -> None:
    """ITK-RTK's; its y axis is our z, its z axis our -y, so arrays are turned."""
    from itk import RTK as rtk

    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(1)
    turned = rtk.ThreeDCircularProjectionGeometry.New()
    for angle in geometry.angles:
        turned.AddProjection(geometry.source_to_axis, geometry.source_to_detector, np.degrees(angle))
    (height, width), (dv, du) = geometry.detector_shape, geometry.detector_spacing

    def reconstruct(data: np.ndarray) -> np.ndarray:
        image = itk.image_from_array(np.zeros_like(volume).transpose(1, 0, 2).copy())
        image.SetOrigin((-(np.array(volume.shape) - 1) / 2).tolist())
        views = itk.image_from_array(data)
        views.SetOrigin([-(width - 1) / 2 * du, -(height - 1) / 2 * dv, 0])
        views.SetSpacing([du, dv, 1.0])
        kind = type(image)
        operation = rtk.FDKConeBeamReconstructionFilter[kind].New(Geometry=turned)
        operation.SetInput(0, image)
        operation.SetInput(1, views)
        operation.GetRampFilter().SetTruncationCorrection(0.0)
        operation.Update()
        return itk.array_from_image(operation.GetOutput())[::-1].transpose(1, 0, 2)

    found = min((reconstruct(data) for data in (y, y[..., ::-1].copy())), key=lambda f: np.linalg.norm(f - volume))
    theirs = measure(lambda: reconstruct(y), 3)
    show(f"RTK FDK (of fdk), {error(found, volume)}", theirs, ours)


if __name__ == "__main__":
    plane(256, 180, 384)
    plane(512, 360, 768)
    cone(96, 60)

"""Trees, filters, gradients and projectors, each in CPU time of one thread: see docs/performance.rst."""

from __future__ import annotations

import time

import numpy as np
from skimage import data

import coarea
from coarea import attributes, ct


class Workload:
    """CPU time, which other programs disturb less than the time on the wall."""

    timer = staticmethod(time.process_time)
    timeout = 300


class Trees(Workload):
    """Those of tests/benchmarks/trees.py."""

    params = ("camera", "coins", "noise")
    param_names = ("image",)

    def setup(self, name: str) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (512, 512)).astype(np.uint8)
        self.image = noise if name == "noise" else getattr(data, name)()
        self.tree = coarea.tree_of_shapes(self.image)

    def time_tree_of_shapes(self, name: str) -> None:
        coarea.tree_of_shapes(self.image)

    def time_max_tree(self, name: str) -> None:
        coarea.max_tree(self.image)

    def time_perimeter(self, name: str) -> None:
        attributes.perimeter(self.tree)

    def time_bounding_box_and_second_moments(self, name: str) -> None:
        attributes.bounding_box(self.tree)
        attributes.second_moments(self.tree)

    def time_contours(self, name: str) -> None:
        coarea.contours(self.tree)

    def time_filter_on_shapes(self, name: str) -> None:
        coarea.denoise_tv_l1(self.image, 3, domain="shapes", workers=1)


class Solver(Workload):
    """Those of tests/benchmarks/solver.py."""

    params = (("camera", "grass"), (1, 3, 10))
    param_names = ("image", "beta")

    def setup(self, name: str, beta: float) -> None:
        self.image = getattr(data, name)()

    def time_pixels(self, name: str, beta: float) -> None:
        coarea.denoise_tv_l1(self.image, beta, workers=1)


class Gradient(Workload):
    """That of tests/benchmarks/ct.py, and the copy that it is measured by."""

    def setup(self) -> None:
        self.volume = np.random.default_rng(0).random((128, 256, 256)).astype(np.float32)

    def time_norm_and_gradient(self) -> None:
        coarea.tv_norm_and_gradient(self.volume, workers=1)

    def time_copy(self) -> None:
        self.volume.copy()


class Projectors(Workload):
    """Those of tests/benchmarks/ct.py."""

    params = ("parallel", "cone")
    param_names = ("beam",)

    def setup(self, beam: str) -> None:
        if beam == "parallel":
            geometry = ct.ParallelBeam(angles=np.arange(180) * np.pi / 180, n_detectors=384)
            self.image = ct.shepp_logan((256, 256)).astype(np.float32)
        else:
            geometry = ct.ConeBeam(
                angles=np.arange(25) * 2 * np.pi / 25, detector_shape=(64, 64), detector_spacing=2.0,
                source_to_axis=128, source_to_detector=256,
            )  # fmt: skip
            ellipses = ct.shepp_logan_ellipses(3, radius=32)
            self.image = ct.rasterize(ellipses, (64, 64, 64)).astype(np.float32)
        self.projector = ct.Projector(geometry, self.image.shape, workers=1)
        self.sinogram = self.projector(self.image)

    def time_forward(self, beam: str) -> None:
        self.projector(self.image)

    def time_back(self, beam: str) -> None:
        self.projector.T(self.sinogram)

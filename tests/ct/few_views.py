"""A head and a fan of few views: what the tests of the methods share."""

import numpy as np

from coarea import ct

N = 48
HEAD = ct.shepp_logan((N, N))
ITERATIVE = [ct.sart, ct.os_sart, ct.sirt, ct.cgls, ct.asd_pocs, ct.tv_pocs, ct.tv_primal_dual]
TV = [ct.asd_pocs, ct.tv_pocs, ct.tv_primal_dual]


def fan(n_views=12, n_detectors=80, dtype=np.float64, shape=(N, N)):
    geometry = ct.FanBeam(
        angles=np.arange(n_views) * 2 * np.pi / n_views, n_detectors=n_detectors, detector_spacing=2 * 69 / n_detectors,
        source_to_axis=2 * N, source_to_detector=4 * N,
    )  # fmt: skip
    return ct.Projector(geometry, shape, dtype=dtype, workers=1)


def error(image, truth=HEAD):
    return np.linalg.norm(image - truth) / np.linalg.norm(truth)

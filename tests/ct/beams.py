"""Small scans of every beam, with nothing that is even or centred."""

import numpy as np

from coarea.ct import ConeBeam, FanBeam, ParallelBeam

ANGLES = np.array([0.0, 0.3, np.pi / 4, 1.1, np.pi / 2, 2.4, np.pi, 4.0, -1.0, 5.5])


def parallel(n_detectors=11, **options):
    return ParallelBeam(**{"angles": ANGLES, "n_detectors": n_detectors, "detector_spacing": 0.9, **options})


def fan(n_detectors=11, **options):
    defaults = {"angles": ANGLES, "detector_spacing": 1.7, "source_to_axis": 13.0, "source_to_detector": 29.0}
    return FanBeam(**{**defaults, "n_detectors": n_detectors, **options})


def cone(detector_shape=(7, 11), **options):
    defaults = {"angles": ANGLES, "detector_spacing": (1.9, 1.7), "source_to_axis": 13.0, "source_to_detector": 29.0}
    return ConeBeam(**{**defaults, "detector_shape": detector_shape, **options})

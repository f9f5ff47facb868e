"""Computed tomography from few views, on the CPU."""

from coarea.ct.geometry import ConeBeam, FanBeam, Geometry, ParallelBeam
from coarea.ct.projector import Projector

__all__ = ["ConeBeam", "FanBeam", "Geometry", "ParallelBeam", "Projector"]

"""Computed tomography from few views, on the CPU."""

from coarea.ct.algebraic import cgls, os_sart, sart, sirt
from coarea.ct.analytic import fbp, fdk
from coarea.ct.geometry import ConeBeam, FanBeam, Geometry, ParallelBeam
from coarea.ct.measurement import Scan, add_poisson_noise, find_center, line_integrals, read_data_exchange
from coarea.ct.phantom import defrise_disks, line_integrals_of, rasterize, shepp_logan, shepp_logan_ellipses
from coarea.ct.pocs import SIDKY_PAN_2008, asd_pocs, tv_pocs
from coarea.ct.primal_dual import tv_primal_dual
from coarea.ct.projector import Projector
from coarea.ct.system import Reconstruction

__all__ = [
    "SIDKY_PAN_2008",
    "ConeBeam",
    "FanBeam",
    "Geometry",
    "ParallelBeam",
    "Projector",
    "Reconstruction",
    "Scan",
    "add_poisson_noise",
    "asd_pocs",
    "cgls",
    "defrise_disks",
    "fbp",
    "fdk",
    "find_center",
    "line_integrals",
    "line_integrals_of",
    "os_sart",
    "rasterize",
    "read_data_exchange",
    "sart",
    "shepp_logan",
    "shepp_logan_ellipses",
    "sirt",
    "tv_pocs",
    "tv_primal_dual",
]

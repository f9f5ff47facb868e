"""Computed tomography from few views, on the CPU."""

from coarea.ct.beams import ConeBeam, FanBeam, ParallelBeam
from coarea.ct.geometry import Geometry
from coarea.ct.geometry_files import read_geometry, write_geometry
from coarea.ct.measurement import Scan, add_poisson_noise, find_center, line_integrals, read_data_exchange
from coarea.ct.methods.algebraic import cgls, os_sart, sart, sirt
from coarea.ct.methods.analytic import fbp, fdk
from coarea.ct.methods.least_squares import tv_least_squares
from coarea.ct.methods.pocs import SIDKY_PAN_2008, asd_pocs, tv_pocs
from coarea.ct.methods.primal_dual import tv_primal_dual
from coarea.ct.methods.system import Reconstruction
from coarea.ct.phantom import defrise_disks, line_integrals_of, rasterize, shepp_logan, shepp_logan_ellipses
from coarea.ct.projector import Projector
from coarea.ct.vectors import Vectors

__all__ = [
    "SIDKY_PAN_2008",
    "ConeBeam",
    "FanBeam",
    "Geometry",
    "ParallelBeam",
    "Projector",
    "Reconstruction",
    "Scan",
    "Vectors",
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
    "read_geometry",
    "sart",
    "shepp_logan",
    "shepp_logan_ellipses",
    "sirt",
    "tv_least_squares",
    "tv_pocs",
    "tv_primal_dual",
    "write_geometry",
]

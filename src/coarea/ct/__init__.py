"""Computed tomography from few views, on the CPU."""

from coarea.ct.autograd import to_autograd
from coarea.ct.beams import ConeBeam, FanBeam, ParallelBeam
from coarea.ct.corrections.centers import find_center, find_offset
from coarea.ct.corrections.hardening import beam_hardening_curve, beam_hardening_of_scan, linearize
from coarea.ct.corrections.rings import remove_rings
from coarea.ct.equations.system import Reconstruction
from coarea.ct.geometry import Geometry
from coarea.ct.geometry_files import read_geometry, write_geometry
from coarea.ct.measurement import add_poisson_noise, line_integrals
from coarea.ct.methods.algebraic import cgls, os_sart, sart, sirt
from coarea.ct.methods.analytic import fbp, fdk
from coarea.ct.methods.least_squares import tv_least_squares
from coarea.ct.methods.pocs import SIDKY_PAN_2008, asd_pocs, tv_pocs
from coarea.ct.methods.primal_dual import tv_primal_dual
from coarea.ct.methods.strength import choose_strength
from coarea.ct.phantom import defrise_disks, line_integrals_of, rasterize, shepp_logan, shepp_logan_ellipses
from coarea.ct.projector import Projector
from coarea.ct.readers.data_exchange import read_data_exchange
from coarea.ct.readers.nikon import read_nikon
from coarea.ct.readers.nxtomo import read_nxtomo
from coarea.ct.readers.reading import read_scan
from coarea.ct.readers.scan import Scan
from coarea.ct.readers.tiff_stack import read_tiff_stack
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
    "beam_hardening_curve",
    "beam_hardening_of_scan",
    "cgls",
    "choose_strength",
    "defrise_disks",
    "fbp",
    "fdk",
    "find_center",
    "find_offset",
    "line_integrals",
    "line_integrals_of",
    "linearize",
    "os_sart",
    "rasterize",
    "read_data_exchange",
    "read_geometry",
    "read_nikon",
    "read_nxtomo",
    "read_scan",
    "read_tiff_stack",
    "remove_rings",
    "sart",
    "shepp_logan",
    "shepp_logan_ellipses",
    "sirt",
    "to_autograd",
    "tv_least_squares",
    "tv_pocs",
    "tv_primal_dual",
    "write_geometry",
]

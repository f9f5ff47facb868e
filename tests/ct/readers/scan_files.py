"""Small scans on the disk, in every format that is read; they vanish at the end."""

from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import tifffile

from coarea import ct

FOLDER = TemporaryDirectory()
ROOT = Path(FOLDER.name)
COUNTS = np.arange(96, dtype=np.uint16).reshape(6, 2, 8) + 1
FLATS = np.full((2, 2, 8), 100, np.uint16)
DATA_EXCHANGE, NXTOMO, TIFF, NIKON = ROOT / "scan.h5", ROOT / "scan.nxs", ROOT / "scan.tif", ROOT / "scan.xtekct"
LINES = {
    "SrcToObject": 9, "SrcToDetector": 18, "DetectorPixelsX": 8, "DetectorPixelsY": 2, "DetectorPixelSizeX": 1,
    "DetectorPixelSizeY": 1, "Projections": 6, "InitialAngle": 0, "AngularStep": 60, "WhiteLevel": 100,
}  # fmt: skip

with h5py.File(DATA_EXCHANGE, "w") as file:
    file["exchange/data"], file["exchange/data_white"], file["exchange/data_dark"] = COUNTS, FLATS, FLATS // 200
with h5py.File(NXTOMO, "w") as file:
    file["entry/instrument/detector/data"] = np.concatenate([COUNTS, FLATS, FLATS // 200])
    file["entry/instrument/detector/image_key"] = [0] * 6 + [1] * 2 + [2] * 2
    file["entry/sample/rotation_angle"] = np.arange(10) * 30.0
tifffile.imwrite(TIFF, COUNTS)
NIKON.write_text("[XTekCT]\n" + "\n".join(f"{key}={value}" for key, value in LINES.items()))
for number, image in enumerate(COUNTS):
    tifffile.imwrite(ROOT / f"scan_000{number}.tif", image)

COUNTED = ct.read_tiff_stack(TIFF, angles=range(6), flats=100)
READERS = {
    "read_data_exchange": (ct.read_data_exchange, {"path": DATA_EXCHANGE}, {}),
    "read_nikon": (ct.read_nikon, {"path": NIKON}, {}),
    "read_nxtomo": (ct.read_nxtomo, {"path": NXTOMO}, {}),
    "read_scan": (ct.read_scan, {"path": TIFF, "angles": range(6), "flats": 100}, {}),
    "read_tiff_stack": (ct.read_tiff_stack, {"path": TIFF, "angles": range(6), "flats": 100}, {}),
}
"""Calls of the readers: function, what it is given, and no numbers."""

WITH_NUMBERS = {
    "Scan": (ct.Scan, {"counts": COUNTS, "flat": 9.0, "dark": 0.0, "angles": range(6)}, {"flat": 64, "dark": 0.5}),
    "Scan.parallel_beam": (COUNTED.parallel_beam, {}, {"center": 2.5}),
}
"""Calls that take numbers."""

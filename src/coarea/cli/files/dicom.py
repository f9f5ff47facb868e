"""DICOM, through pydicom: grey values in the units of the machine, colours as RGB."""

from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.axes import Stored
from coarea.cli.files.extras import extra
from coarea.cli.files.image import FileError
from coarea.cli.files.metadata import Metadata


def read_dicom(path: Path) -> Stored:
    """The pixels of a DICOM file: rescaled, bright where they are seen bright, palettes looked up."""
    pydicom = extra("pydicom", f"cannot read {path}: DICOM")
    data = pydicom.dcmread(path, force=True)  # many files lack the mark of DICOM at their beginning
    if "SOPClassUID" not in data and "Rows" not in data:
        raise FileError(f"cannot read {path}: it is no DICOM file")
    if "PixelData" not in data and "FloatPixelData" not in data and "DoubleFloatPixelData" not in data:
        raise FileError(f"cannot read {path}: a DICOM file without pixels ({data.get('Modality', 'no modality')})")
    try:
        pixels = data.pixel_array
    except (AttributeError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileError(f"cannot read {path}: {' '.join(str(error).split())}") from error
    kind = str(data.get("PhotometricInterpretation", "MONOCHROME2"))
    if kind == "PALETTE COLOR":
        pixels, colours = pydicom.pixels.apply_color_lut(pixels, data), True
    else:
        colours = data.get("SamplesPerPixel", 1) > 1
        pixels = pixels if colours else _in_units(pixels, data, kind == "MONOCHROME1")
    frames, note = "", None
    if pixels.ndim == 3 + colours:
        frames, note = _meaning_of_frames(data)
    return Stored(pixels, frames + "YX" + "C" * colours, note=note, metadata=_metadata(data))


def _in_units(pixels: Array, data: Any, inverted: bool) -> Array:
    """Grey values after the rescaling, in integers where slope and intercept are."""
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    if pixels.dtype.kind == "f":
        return pixels if (slope, intercept) == (1, 0) else pixels * slope + intercept
    bits, signed = int(data.BitsStored), bool(data.get("PixelRepresentation", 0))
    ends = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    if inverted:  # the lowest number is white: the scale is turned round in itself
        pixels = (sum(ends) - pixels.astype(np.int64)).astype(pixels.dtype)
    if (slope, intercept) == (1, 0):
        return pixels
    if slope != round(slope) or intercept != round(intercept):
        return pixels * slope + intercept
    low, high = sorted(int(end * slope + intercept) for end in ends)
    dtypes = (np.int16, np.uint16, np.int32, np.int64)
    fitting = next(dtype for dtype in dtypes if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max)
    return (pixels.astype(np.int64) * int(slope) + int(intercept)).astype(fitting)


def _meaning_of_frames(data: Any) -> tuple[str, str | None]:
    """Z where the frames lie at several places, T where they follow each other, otherwise I and the note on it."""
    places = {
        tuple(group.PlanePositionSequence[0].ImagePositionPatient)
        for group in data.get("PerFrameFunctionalGroupsSequence", [])
        if group.get("PlanePositionSequence")
    }
    if len(places) > 1 or "GridFrameOffsetVector" in data:
        return "Z", None
    if "FrameTime" in data or "FrameTimeVector" in data or "CineRate" in data:
        return "T", None
    return "I", "frames of unknown meaning, filtered one by one; --axes ZYX makes them a volume"


def _metadata(data: Any) -> Metadata:
    spacing = data.get("PixelSpacing") or data.get("ImagerPixelSpacing") or []
    voxel = dict(zip("YX", map(float, spacing), strict=False))
    thickness = data.get("SpacingBetweenSlices") or data.get("SliceThickness")
    if voxel and thickness and data.get("NumberOfFrames", 1) > 1:
        voxel["Z"] = float(thickness)
    return Metadata(voxel=voxel, voxel_unit="mm", others=("DICOM header",))

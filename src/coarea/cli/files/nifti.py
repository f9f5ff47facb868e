"""NIfTI, through nibabel: its axes as they are stored, X first; the affine and header kept."""

from gzip import compress
from pathlib import Path

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.axes import Stored
from coarea.cli.files.extras import extra
from coarea.cli.files.image import FileError
from coarea.cli.files.metadata import Metadata

UNITS = {"meter": "m", "mm": "mm", "micron": "um"}
COLOURS = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])


def read_nifti(path: Path) -> Stored:
    """The pixels of a NIfTI, rescaled where it says so: axes X, Y, Z, T, then channels; those of length 1 left out."""
    nibabel = extra("nibabel", f"cannot read {path}: NIfTI")
    nibabel.imageglobals.logger.setLevel("CRITICAL")  # what it mends in a header it would say on stderr
    try:
        image = nibabel.load(path)
    except nibabel.filebasedimages.ImageFileError as error:
        raise FileError(f"cannot read {path}: {error}") from error
    pixels = np.asanyarray(image.dataobj)
    # A fifth axis holds vectors, matrices and the like, a value for each pixel.
    axes = "XYZTC"[: pixels.ndim] + "I" * (pixels.ndim - 5)
    if pixels.dtype.names:
        pixels = np.stack([pixels[name] for name in pixels.dtype.names], axis=-1)
        axes = axes.replace("C", "I") + "C"
    kept = [axis for axis, length in enumerate(pixels.shape) if axis < 2 or length > 1]
    pixels, axes = pixels.reshape([pixels.shape[axis] for axis in kept]), "".join(axes[axis] for axis in kept)
    zooms, unit = image.header.get_zooms(), UNITS.get(image.header.get_xyzt_units()[0])
    voxel = {axis: float(size) for axis, size in zip("XYZ", zooms, strict=False) if axis in axes}
    metadata = Metadata(voxel=voxel, voxel_unit=unit or "mm", nifti=image)
    return Stored(pixels, axes, metadata=metadata)


def encode_nifti(pixels: Array, axes: str, metadata: Metadata, *, compressed: bool) -> tuple[bytes, set[str]]:
    """The content of a .nii or .nii.gz, and what of the metadata it keeps."""
    nibabel = extra("nibabel", "cannot write: NIfTI")
    if metadata.nifti is not None:
        source = metadata.nifti
        if source.header.get_data_dtype() == COLOURS:
            pixels = np.ascontiguousarray(pixels).view(COLOURS)
        image = type(source)(pixels.reshape(source.shape), source.affine, source.header, dtype=pixels.dtype)
    else:
        order = [axes.index(letter) for letter in "XYZTC" if letter in axes]
        last = "XYZTC".index("XYZTC".strip("".join(set("XYZTC") - set(axes)))[-1])
        missing = [k for k, letter in enumerate("XYZTC"[:last]) if letter not in axes]
        sizes = [metadata.size_in_mm(axis) for axis in "XYZ"]
        affine = np.diag([*(size or 1.0 for size in sizes), 1.0])
        image = nibabel.Nifti1Image(np.expand_dims(pixels.transpose(order), missing), affine, dtype=pixels.dtype)
        image.header.set_xyzt_units("mm" if any(sizes) else "unknown", "sec" if "T" in axes else "unknown")
    content = bytes(image.to_bytes())
    kept = {"NIfTI header", "voxel size"} | ({"resolution"} if metadata.unit else set())
    return compress(content, mtime=0) if compressed else content, kept

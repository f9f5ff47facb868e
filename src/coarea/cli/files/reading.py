"""Reading the image files that people have: which reader a file needs, and why there is no image to be had."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from logging import NullHandler, getLogger
from pathlib import Path

import numpy as np

from coarea.cli.files.axes import Stored, interpret
from coarea.cli.files.image import FileError, ImageFile

# A line of ours says what is wrong with a file: these packages would say more, on stderr.
for name in ("tifffile", "pydicom"):
    getLogger(name).addHandler(NullHandler())

NIFTI = (".nii", ".nii.gz", ".img", ".hdr")


def read_image(
    path: Path | None, *, axes: str | None = None, channel_axis: int | None = None, per_slice: bool = False
) -> ImageFile:
    """Pixels of a file, or of the bundled photograph, and what their axes mean.

    Parameters
    ----------
    path : Path, optional
        The file; None means the bundled photograph.
    axes : str, optional
        What the user says of the axes: a letter for each, as in `ImageFile.axes`, transparency among the channels.
    channel_axis : int, optional
        The axis that the user says holds the channels.
    per_slice : bool
        Whether every slice of a volume is filtered by itself.

    Raises
    ------
    FileError
        If there is no image to be had: why, in one line.
    """
    if path is None:
        from skimage import data

        return interpret(Stored(np.asarray(data.camera()), "YX"), axes, channel_axis, per_slice)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = _reader(path)(path)
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except (FileError, MemoryError):
        raise
    except Exception as error:  # decoders fail in as many ways as files are damaged
        system = error.strerror if isinstance(error, OSError) else None
        words = " ".join(str(error).split()) or type(error).__name__
        raise FileError(f"cannot read {path}: {system or f'damaged: {words}'}") from error
    try:
        return replace(interpret(stored, axes, channel_axis, per_slice), source=path)
    except FileError as error:
        raise FileError(f"{path}: {error}") from None


def _reader(path: Path) -> Callable[[Path], Stored]:
    """The reader for what the file begins with, whatever its name; its name decides where the content does not."""
    with path.open("rb") as file:
        head = file.read(352)
    name = path.name.lower()
    if not head:
        raise FileError(f"cannot read {path}: it is empty")
    if head[:6] == b"\x93NUMPY" or name.endswith((".npy", ".npz")):
        from coarea.cli.files.arrays import read_array as reader
    elif head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        from coarea.cli.files.tiff_reading import read_tiff as reader
    elif head[344:347] in (b"n+1", b"ni1") or head[4:7] in (b"n+2", b"ni2") or name.endswith(NIFTI):
        from coarea.cli.files.nifti import read_nifti as reader
    elif head[128:132] == b"DICM" or name.endswith((".dcm", ".dicom")):
        from coarea.cli.files.dicom import read_dicom as reader
    else:
        from coarea.cli.files.raster import read_raster as reader
    return reader

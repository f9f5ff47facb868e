"""Arrays in numpy's own formats, .npy and .npz."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.axes import Stored, guess_axes
from coarea.cli.files.image import FileError
from coarea.cli.files.metadata import Metadata


def read_array(path: Path) -> Stored:
    """The array of a .npy, or the only one of a .npz."""
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return _stored(path, loaded, None)
            names = [name for name in loaded.files if f"{name}.npy" in loaded.zip.namelist()]
            if len(names) != 1:
                held = ", ".join(names[:9]) + ", ..." * (len(names) > 9) or "no array"
                raise FileError(f"cannot read {path}: it holds {held}; save one array as .npy")
            return _stored(path, loaded[names[0]], names[0])
    except (BadZipFile, EOFError, KeyError, SyntaxError, ValueError, ZlibError) as error:
        reason = f"damaged: {error}"
        if "allow_pickle" in str(error):
            with path.open("rb") as file:
                own = file.read(6) == b"\x93NUMPY"
            reason = "it holds Python objects, not numbers" if own else "its content is no array of numpy"
        raise FileError(f"cannot read {path}: {reason}") from error


def _stored(path: Path, pixels: Array, key: str | None) -> Stored:
    if pixels.ndim == 0:
        raise FileError(f"cannot read {path}: it holds one number, a 0-D array")
    axes, note = guess_axes(pixels.ndim)
    return Stored(pixels, axes, note=note, metadata=Metadata(key=key))


def encode_array(pixels: Array, metadata: Metadata, *, compressed: bool) -> bytes:
    """The content of a .npy, or of a .npz under the name that the array had."""
    buffer = BytesIO()
    if compressed:
        key = metadata.key or "arr_0"
        named: dict[str, Any] = {"arr_0" if key in ("file", "allow_pickle") else key: pixels}
        np.savez_compressed(buffer, **named)
    else:
        np.save(buffer, pixels)
    return buffer.getvalue()

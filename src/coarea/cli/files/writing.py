"""Writing all of an image file or nothing."""

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.formats import FORMATS, Form, fitting, form_of, format_of, holds, joined
from coarea.cli.files.image import FileError, ImageFile


def default_output(image: ImageFile, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Path:
    """IN-filtered beside IN, in the format of IN if it keeps the result, otherwise in the first that does."""
    path = image.source or Path("camera.png")
    own, form = format_of(path), form_of(image, dtype, shape)
    suffix = fitting(own, form)
    double = path.name.lower().endswith((".nii.gz", ".ome.tif", ".ome.tiff"))
    ending = "".join(path.suffixes[-2:]) if double else path.suffix
    stem = path.name.removesuffix(ending)
    return path.with_name(f"{stem}-filtered{ending if suffix == own else suffix}")


def check_output(
    path: Path, image: ImageFile | None, dtype: np.dtype[Any], shape: tuple[int, ...], *, overwrite: bool = False
) -> None:
    """Refuse, before any computing, an output that could not be written.

    Parameters
    ----------
    path : Path
        The output.
    image : ImageFile, optional
        The input, whose axes, transparency and metadata the output will have if `shape` is that of its pixels.
    dtype, shape : numpy.dtype, tuple of int
        Those of the result, without the transparency. A result of another shape than the input's is a picture or a
        volume by itself: (height, width), (height, width, 3) of colours, or (slices, height, width).
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    FileError
        If the format does not hold the result, or the place is not to be written.
    """
    kind, form, reason = format_of(path), form_of(image, dtype, shape), None
    if kind not in FORMATS:
        folder = "" if path.suffix or path.exists() else f"; of a folder, {path}{os.sep}"
        reason = f"write {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, which are lossless{folder}"
    elif not holds(kind, form):
        fitting = [other for other in FORMATS[:3] if holds(other, form)]
        size = " x ".join(map(str, form.shape))
        reason = f"{kind} does not hold {dtype}, {size}, axes {form.axes}; write {' or '.join(fitting)}"
    if reason is not None:
        raise FileError(f"cannot write {path}: {reason}")
    check_place(path, image, overwrite=overwrite)


def check_place(path: Path, image: ImageFile | None, *, overwrite: bool) -> None:
    """Refuse a place that is not to be written, whatever the format."""
    reason = None
    if not path.parent.is_dir():
        reason = "no such folder"
    elif path.is_dir():
        reason = "it is a folder"
    elif not overwrite and path.exists():
        own = image is not None and image.source is not None and path.samefile(image.source)
        reason = f"it {'is the input' if own else 'exists'}; --overwrite replaces it"
    elif not all(os.access(place, os.W_OK) for place in (path.parent, path) if place.exists()):
        reason = "no permission"
    if reason is not None:
        raise FileError(f"cannot write {path}: {reason}")


def write_image(path: Path, pixels: Array, like: ImageFile | None, *, overwrite: bool) -> list[str]:
    """Write the whole file or nothing: what was there stays until the new file is complete.

    Parameters
    ----------
    path : Path
        The output, as :func:`check_output` allows it.
    pixels : array
        The result, without the transparency.
    like : ImageFile, optional
        The input; see :func:`check_output`.
    overwrite : bool
        Whether a file that exists may be replaced.

    Returns
    -------
    lost : list of str
        At most one line, which says what the input declares and the output does not keep.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    check_output(path, like, pixels.dtype, pixels.shape, overwrite=overwrite)
    form = form_of(like, pixels.dtype, pixels.shape)
    content, kept = encode(format_of(path), joined(pixels, like, form), form)
    replace_file(path, content)
    lost = [name for name in form.metadata.declared() if name not in kept] + list(form.metadata.others)
    return [f"not kept in {path}: {', '.join(lost)}"] if lost else []


def write_text(path: Path, text: str, image: ImageFile, *, overwrite: bool) -> None:
    """Write a whole text or nothing; the rest is as for :func:`write_image`."""
    check_place(path, image, overwrite=overwrite)
    replace_file(path, text.encode())


def encode(kind: str, pixels: Array, form: Form) -> tuple[bytes, set[str]]:
    """Content of the file, and the names of the metadata that it keeps.

    It is made in memory: an encoder that fails leaves nothing on the disk.
    """
    if kind == ".png":
        from coarea.cli.files.raster import encode_png

        return encode_png(np.moveaxis(pixels, 0, -1) if form.axes == "CYX" else pixels, form.metadata)
    if kind == ".tif":
        from coarea.cli.files.tiff_writing import encode_tiff

        return encode_tiff(pixels, form)
    if kind in (".nii", ".nii.gz"):
        from coarea.cli.files.nifti import encode_nifti

        return encode_nifti(pixels, form.axes, form.metadata, compressed=kind == ".nii.gz")
    from coarea.cli.files.arrays import encode_array

    return encode_array(pixels, form.metadata, compressed=kind == ".npz"), set()


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file, also where a link leads; what was there stays until the new content is complete.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".coarea-{os.getpid()}-{threading.get_ident()}.part")
    try:
        temporary.write_bytes(content)
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)

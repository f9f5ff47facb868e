"""Writing all of an image file or nothing."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np

from coarea.base.arrays import Array, has_channels
from coarea.cli.files.image import FileError, ImageFile


def can_hold(suffix: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    """Whether a file of the format gives these pixels back unchanged."""
    colored = has_channels(shape)
    if suffix in (".tif", ".tiff"):
        return len(shape) > 1 and dtype.itemsize <= 8 and (dtype != bool or len(shape) == 2)
    if suffix == ".png":
        return len(shape) == 2 + colored and (dtype == np.uint8 or (not colored and dtype in (bool, np.uint16)))
    return suffix == ".npy"


def default_output(image: ImageFile, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Path:
    """IN-filtered beside IN, in the format of IN if it keeps the result, otherwise in the first that does."""
    path = image.source or Path("camera.png")
    suffixes = (path.suffix.lower(), ".png", ".tif", ".npy")
    suffix = next(suffix for suffix in suffixes if can_hold(suffix, dtype, _whole(image, shape)))
    return path.with_name(f"{path.stem}-filtered{suffix}")


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
    suffix, reason = path.suffix.lower(), None
    whole = shape if image is None else _whole(image, shape)
    if suffix not in (".png", ".tif", ".tiff", ".npy"):
        reason = "write .png, .tif or .npy, which are lossless"
    elif not can_hold(suffix, dtype, whole):
        fitting = [other for other in (".png", ".tif", ".npy") if can_hold(other, dtype, whole)]
        reason = f"{suffix} does not hold {dtype} of shape {shape}; write {' or '.join(fitting)}"
    elif not path.parent.is_dir():
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


def _whole(image: ImageFile, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with the transparency."""
    if image.alpha is None or shape != image.pixels.shape:
        return shape
    return (*shape[:-1], shape[-1] + 1) if "C" in image.axes else (*shape, 2)


def encode(suffix: str, image: Array) -> bytes:
    """Content of the file, made in memory: an encoder that fails leaves nothing on the disk."""
    if suffix == ".npy":
        np.save(buffer := BytesIO(), image)
        return buffer.getvalue()
    # Unless told not to, a TIFF of three or four slices would become one colour image.
    photometric = "rgb" if has_channels(image.shape) and image.shape[-1] > 2 else "minisblack"
    words = {} if suffix == ".png" else {"photometric": photometric}
    return bytes(iio.imwrite("<bytes>", image, extension=suffix, **words))


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
        Lines that say what the input declares and the output does not keep.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    check_output(path, like, pixels.dtype, pixels.shape, overwrite=overwrite)
    if like is not None and like.alpha is not None and pixels.shape == like.pixels.shape:
        colors = pixels if "C" in like.axes else pixels[..., None]
        pixels = np.concatenate([colors, like.alpha[..., None]], axis=-1)
    _replace(path, encode(path.suffix.lower(), pixels))
    return []


def _replace(path: Path, content: bytes) -> None:
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".coarea-{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)

"""Image files: reading what users have, writing all of the result or nothing."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array, has_channels


class FileError(Exception):
    """What is wrong with a file, in one line."""


def split_alpha(image: Array) -> tuple[Array, Array | None]:
    """The channels to filter, and the transparency (2nd of 2 or 4th of 4 channels) to leave alone."""
    if not has_channels(image.shape) or image.shape[-1] == 3:
        return image, None
    return (image[..., 0] if image.shape[-1] == 2 else image[..., :3]), image[..., -1:]


def read_input(path: Path | None) -> Array:
    """Pixels of a file, or of the bundled photograph, or why there are none."""
    if path is None:
        from skimage import data

        return np.asarray(data.camera())
    try:
        image = np.asarray(decode(path))
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except (FileError, MemoryError):
        raise
    except Exception as error:
        reason = error.strerror if isinstance(error, OSError) else None
        reason = reason or f"not an image, damaged, or in need of another package ({error})"
        raise FileError(f"cannot read {path}: {reason}") from error
    if not 0 < image.ndim <= 4:
        raise FileError(f"{path} must hold 1 to 4 dimensions, got {image.ndim}-D")
    return image


def decode(path: Path) -> Any:
    """The pixels as the format stores them; fails in as many ways as there are damaged files."""
    import imageio.v3 as iio

    suffix, content = path.suffix.lower(), path.read_bytes()
    if suffix == ".npy":
        return np.load(BytesIO(content), allow_pickle=False)
    if suffix in (".jpg", ".jpeg"):
        # Upright as the camera's tag says. The four channels of print colours must not pass for transparency.
        image = iio.imread(content, plugin="pillow", rotate=True)
        return image if image.shape[2:] != (4,) else iio.imread(content, plugin="pillow", rotate=True, mode="RGB")
    if suffix in (".tif", ".tiff"):
        return decode_tiff(path, content)
    image = iio.imread(content, extension=suffix) if suffix else iio.imread(content)
    if image.ndim == 3 and content[1:25:23] == b"P\x10":  # the bit depth in the header of a PNG
        raise FileError(f"{path} is a 16-bit colour PNG, which would be read as 8-bit: convert it to TIFF")
    return image[0] if suffix == ".gif" and len(image) == 1 else image


def decode_tiff(path: Path, content: bytes) -> Any:
    """The pixels of a TIFF; kinds of TIFF whose numbers are not what is seen are refused."""
    import tifffile

    with tifffile.TiffFile(BytesIO(content)) as file:
        page = file.pages.first
        plain = page.photometric in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB)
        upright = page.tags.valueof("Orientation", default=1) == 1
        planar = page.photometric == tifffile.PHOTOMETRIC.RGB and page.planarconfig != tifffile.PLANARCONFIG.CONTIG
        if not plain or not upright or planar:
            raise FileError(f"{path} is an inverted, palette, CMYK, planar or turned TIFF: convert it to grey or RGB")
        return file.asarray()


def can_hold(suffix: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    """Whether a file of the format gives these pixels back unchanged."""
    colored = has_channels(shape)
    if suffix in (".tif", ".tiff"):
        return len(shape) > 1 and dtype.itemsize <= 8 and (dtype != bool or len(shape) == 2)
    if suffix == ".png":
        return len(shape) == 2 + colored and (dtype == np.uint8 or (not colored and dtype in (bool, np.uint16)))
    return suffix == ".npy"


def default_output(source: Path | None, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Path:
    """Beside IN, in the format of IN if it keeps the pixels, otherwise in the first that does."""
    path = source or Path("camera.png")
    suffixes = (path.suffix.lower(), ".png", ".tif", ".npy")
    suffix = next(suffix for suffix in suffixes if can_hold(suffix, dtype, shape))
    return path.with_name(f"{path.stem}-filtered{suffix}")


def check_output(path: Path, source: Path | None, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse, before any computing, an output that could not be written."""
    suffix, reason = path.suffix.lower(), None
    if suffix not in (".png", ".tif", ".tiff", ".npy"):
        reason = "write .png, .tif or .npy, which are lossless"
    elif not can_hold(suffix, dtype, shape):
        fitting = [other for other in (".png", ".tif", ".npy") if can_hold(other, dtype, shape)]
        reason = f"{suffix} does not hold {dtype} of shape {shape}; write {' or '.join(fitting)}"
    elif not path.parent.is_dir():
        reason = "no such folder"
    elif path.is_dir():
        reason = "it is a folder"
    elif source is not None and path.exists() and path.samefile(source):
        reason = "it is the input"
    elif not all(os.access(place, os.W_OK) for place in (path.parent, path) if place.exists()):
        reason = "no permission"
    if reason is not None:
        raise FileError(f"cannot write {path}: {reason}")


def encode(suffix: str, image: Array) -> bytes:
    """Content of the file, made in memory: an encoder that fails leaves nothing on the disk."""
    if suffix == ".npy":
        np.save(buffer := BytesIO(), image)
        return buffer.getvalue()
    import imageio.v3 as iio

    # Unless told not to, a TIFF of three or four slices would become one colour image.
    photometric = "rgb" if has_channels(image.shape) and image.shape[-1] > 2 else "minisblack"
    words = {} if suffix == ".png" else {"photometric": photometric}
    return bytes(iio.imwrite("<bytes>", image, extension=suffix, **words))


def write_image(path: Path, image: Array) -> None:
    """Write the whole file or nothing: what was there stays until the new file is complete."""
    content = encode(path.suffix.lower(), image)
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".coarea-{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)

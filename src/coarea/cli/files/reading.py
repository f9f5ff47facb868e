"""Reading the image files that people have."""

from io import BytesIO
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import tifffile
from skimage import data

from coarea.base.arrays import Array, has_channels
from coarea.cli.files.image import FileError, ImageFile


def split_alpha(image: Array) -> tuple[Array, Array | None]:
    """The channels to filter, and the transparency (2nd of 2 or 4th of 4 channels) to leave alone."""
    if not has_channels(image.shape) or image.shape[-1] == 3:
        return image, None
    return (image[..., 0] if image.shape[-1] == 2 else image[..., :3]), image[..., -1:]


def read_image(
    path: Path | None, *, axes: str | None = None, channel_axis: int | None = None, per_slice: bool = False
) -> ImageFile:
    """Pixels of a file, or of the bundled photograph, and what their axes mean.

    Parameters
    ----------
    path : Path, optional
        The file; None means the bundled photograph.
    axes : str, optional
        What the user says of the axes: a letter for each, as in `ImageFile.axes`.
    channel_axis : int, optional
        The axis that the user says holds the channels.
    per_slice : bool
        Whether every slice of a volume is filtered by itself.

    Raises
    ------
    FileError
        If there is no image to be had: why, in one line.
    """
    image = read_input(path)
    colors, alpha = split_alpha(image)
    if axes is None:
        space = image.ndim - has_channels(image.shape)
        axes = "Z" * (space == 3) + "YX" + "C" * has_channels(colors.shape)
    return ImageFile(
        colors, axes, alpha=None if alpha is None else alpha[..., 0], source=path, looped="TIZ" if per_slice else "TI"
    )


def read_input(path: Path | None) -> Array:
    """Pixels of a file, or of the bundled photograph, or why there are none."""
    if path is None:
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
    with tifffile.TiffFile(BytesIO(content)) as file:
        page = file.pages.first
        plain = page.photometric in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB)
        upright = page.tags.valueof("Orientation", default=1) == 1
        planar = page.photometric == tifffile.PHOTOMETRIC.RGB and page.planarconfig != tifffile.PLANARCONFIG.CONTIG
        if not plain or not upright or planar:
            raise FileError(f"{path} is an inverted, palette, CMYK, planar or turned TIFF: convert it to grey or RGB")
        return file.asarray()

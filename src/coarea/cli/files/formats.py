"""The formats that are written, all lossless, and what each of them holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.axes import guess_axes
from coarea.cli.files.image import ImageFile
from coarea.cli.files.metadata import Metadata

FORMATS = (".png", ".tif", ".npy", ".npz", ".nii", ".nii.gz")
TEXTS = (".svg", ".geojson")  # of lines
SAME = {".tiff": ".tif"}
GREY_OR_COLOUR = ("minisblack", "rgb")


@dataclass(frozen=True)
class Form:
    """What is to be written: dtype and shape of all samples, axes, and which channel is the transparency."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    axes: str
    alpha: int | None
    metadata: Metadata

    @property
    def n_channels(self) -> int:
        """Number of channels with the transparency; 1 where there is no such axis."""
        return self.shape[self.axes.index("C")] if "C" in self.axes else 1


def form_of(image: ImageFile | None, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Form:
    """The form of a result: like the input where it has its shape, otherwise a picture or a volume by itself."""
    if image is None or shape != image.pixels.shape:
        axes = "YXC" if len(shape) == 3 and shape[-1] == 3 else guess_axes(len(shape))[0]
        return Form(dtype, shape, axes, None, Metadata())
    axes, metadata = image.axes, image.metadata
    if image.alpha is None:
        return Form(dtype, shape, axes, None, metadata)
    if "C" not in axes:  # grey and transparency
        at = metadata.tiff.axes.index("S") if metadata.tiff else len(axes)
        axes, shape = axes[:at] + "C" + axes[at:], (*shape[:at], 1, *shape[at:])
    full = tuple(length + (letter == "C") for length, letter in zip(shape, axes, strict=True))
    alpha = full[axes.index("C")] - 1 if metadata.alpha is None else metadata.alpha
    return Form(dtype, full, axes, alpha, metadata)


def joined(pixels: Array, image: ImageFile | None, form: Form) -> Array:
    """All samples: the transparency put back in its place."""
    if form.alpha is None or image is None or image.alpha is None:
        return pixels
    axis = form.axes.index("C")
    shape = [length - (letter == "C") for length, letter in zip(form.shape, form.axes, strict=True)]
    return np.insert(pixels.reshape(shape), form.alpha, image.alpha.astype(pixels.dtype, copy=False), axis)


def format_of(path: Path) -> str:
    """The name of the format: .png, .tif, .nii.gz and so on."""
    name = path.name.lower()
    return ".nii.gz" if name.endswith(".nii.gz") else SAME.get(path.suffix.lower(), path.suffix.lower())


def holds(kind: str, form: Form) -> bool:
    """Whether a file of the format gives these pixels back unchanged."""
    dtype, axes, n = form.dtype, form.axes, form.n_channels
    if kind == ".png":
        layout = form.metadata.tiff
        seen = layout is None or layout.photometric in GREY_OR_COLOUR
        samples = axes == "YXC" or (axes == "CYX" and layout is not None and layout.planar)
        colours = samples and seen and (n == 3 if form.alpha is None else n in (2, 4) and form.alpha == n - 1)
        return (dtype == np.uint8 and (axes == "YX" or colours)) or (axes == "YX" and dtype in (bool, np.uint16))
    if kind == ".tif":
        bits = dtype == bool and "C" in axes  # samples of one bit are not written
        return {"Y", "X"} <= set(axes) and dtype.kind in "buif" and dtype.itemsize <= 8 and not bits
    if kind in (".nii", ".nii.gz"):
        numbers = dtype.kind in "iuf" and dtype.itemsize <= 8 and dtype != np.float16
        return numbers and {"Y", "X"} <= set(axes) and (form.metadata.nifti is not None or "I" not in axes)
    return kind in (".npy", ".npz")


def fitting(kind: str, form: Form) -> str:
    """The format itself if it gives the pixels back, otherwise the first that does."""
    return next(one for one in (kind, ".png", ".tif", ".npy") if holds(one, form))

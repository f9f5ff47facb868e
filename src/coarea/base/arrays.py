"""Images as arrays: their checks, and the types of what the rooms hand to each other."""

import os
import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.types import MULTIVARIATE

Array = NDArray[Any]
Indices = NDArray[np.int32]

INDEX_MAX = 2**31 - 1

# What to do with an array whose dtype is not real, by its kind.
REMEDIES = {
    "c": "take {name}.real, numpy.abs({name}) or numpy.angle({name})",
    "M": "count from a start, ({name} - {name}.min()).astype('int64')",
    "m": "convert it, {name}.astype('int64')",
    "O": "convert it, {name}.astype(float)",
    "S": "read the file first, or convert it, {name}.astype(float)",
    "U": "read the file first, or convert it, {name}.astype(float)",
    "V": "take one of its fields, {name}['field']",
}

# Functions of images that coarea.dask has under the same names.
IN_CHUNKS = {
    "area_closing", "area_opening", "denoise_tv_l1", "denoise_tv_l2", "diameter_closing", "diameter_opening",
    "grain_filter",
}  # fmt: skip


def as_image(
    image: ArrayLike, *, name: str = "image", ndim: int | None = None, finite: bool = False, complete: bool = True
) -> Array:
    """Return the image as a C-contiguous array in native byte order, or say what is wrong with it.

    NaN is refused unless not `complete`, infinite values if `finite`; masks of numpy.ma always are.
    """
    array = as_real(name, image)
    if ndim is not None and array.ndim != ndim:
        remedy = f": take a channel, {name}[..., 0]" if array.ndim == ndim + 1 and has_channels(array.shape) else ""
        raise ValueError(f"{name} must be {ndim}-D, got {array.ndim}-D{remedy}")
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis, got a scalar")
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one pixel, got shape {array.shape}")
    if array.dtype.kind == "f" and complete:
        extremes = array.min(), array.max()  # both are NaN if any value is; no temporary array is needed
        if np.isnan(extremes).any():
            raise ValueError(f"{name} contains NaN: replace it first, numpy.nan_to_num({name})")
        if finite and np.isinf(extremes).any():
            raise ValueError(f"{name} contains infinite values")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def as_real(name: str, values: ArrayLike) -> Array:
    """An array of real numbers, or what is wrong with it."""
    array = as_array(name, values)
    if (kind := array.dtype.kind) not in "buif":
        remedy = REMEDIES.get(kind, "").format(name=name)
        raise TypeError(f"{name} must have a real dtype, got {array.dtype}" + (f": {remedy}" if remedy else ""))
    return array


def as_array(name: str, values: Any) -> Array:
    """The values as an array; refuses what people take for one, and masks, which only few functions can honour."""
    if values is None:
        raise TypeError(
            f"{name} is None: was the file found?" if name == "image" else f"{name} must be given, got None"
        )
    if isinstance(values, str | bytes | os.PathLike):
        raise TypeError(
            f"{name} must be an array, got {values!r}: if this is a file, read it first, "
            f"{name} = skimage.io.imread({os.fspath(values)!r})"
        )
    if getattr(values, "kind", "") == MULTIVARIATE:
        raise TypeError(f"{name} must be an array, got a {MULTIVARIATE}, whose values are depths: give its image")
    if hasattr(values, "node_of_pixel"):
        raise TypeError(f"{name} must be an array, got a tree: tree.reconstruct() gives its image")
    if hasattr(values, "toarray") and not hasattr(values, "__array__"):
        raise TypeError(f"{name} must be an array, got {type(values).__name__}: give {name}.toarray()")
    if hasattr(values, "getpalette") and getattr(values, "mode", "") in ("P", "PA"):
        raise TypeError(f"{name} must be an array, got a picture of palette indices: give {name}.convert('RGB')")
    if is_lazy(values[0] if isinstance(values, list | tuple) and values else values):
        raise TypeError(f"{name} must be in memory, got a dask array: {_in_chunks()}give {name}.compute()")
    values, hidden = split_mask(name, values)
    if hidden is not None:
        raise ValueError(
            f"{name} must not be masked here: fill it first, {name}.filled(value); "
            "the filters denoise_tv_l1 and denoise_tv_l2 take masked images"
        )
    return _array_of(name, values)


def is_lazy(values: object) -> bool:
    """Whether this is a dask array, or another library's array around one, which numpy would compute without a word."""
    graph = getattr(values, "__dask_graph__", None)
    return callable(graph) and not isinstance(values, type) and graph() is not None


def split_mask(name: str, values: Any) -> tuple[Any, NDArray[np.bool_] | None]:
    """What a masked array of numpy.ma holds and hides; other values as they are, and None if nothing is hidden."""
    if isinstance(values, list | tuple) and any(isinstance(part, np.ma.MaskedArray) for part in values):
        values = np.ma.array(values)
    if not isinstance(values, np.ma.MaskedArray):
        return values, None
    hidden = np.ma.getmaskarray(values)
    if hidden.dtype != bool:
        raise TypeError(f"{name} must have a real dtype, got {values.dtype}: {REMEDIES['V'].format(name=name)}")
    return np.ma.getdata(values), hidden if hidden.any() else None


def has_channels(shape: tuple[int, ...]) -> bool:
    """Whether the last axis of an image file is taken for colours or transparency, not for pixels."""
    return len(shape) >= 3 and shape[-1] in (2, 3, 4)


def _in_chunks() -> str:
    """What to call instead of the public function that was called, if there is something."""
    name, frame = "", sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "coarea":
        name = frame.f_code.co_name if frame.f_code.co_name != "called" else name  # that of `with_hints`
        frame = frame.f_back
    return f"call coarea.dask.{name}, or " if name in IN_CHUNKS else ""


def _array_of(name: str, values: Any) -> Array:
    try:
        return np.asarray(values)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(f"{name} must be an array, got sequences of unequal lengths") from None

"""Colour images that come without a word on their channels."""

import sys
import warnings

from coarea.base.arrays import Array
from coarea.base.options import as_axis
from coarea.base.types import NOT_GIVEN, NotGiven

SMALLEST_SIDE = 8  # of a picture; a volume of three or four slices has them in its first axis more often
MOST_SIGNALS = 32  # of a line of pixels; more are more likely the columns of a grey image
CHANNEL_AXIS = "If these are channels, say channel_axis=-1; if it is a volume, say channel_axis=None."
ONE_BY_ONE = (
    "If these are channels, take them one by one, image[..., k]; "
    "if it is a volume, put its short axis first, numpy.moveaxis(image, -1, 0)."
)


def channel_axis_of(image: Array, channel_axis: int | NotGiven | None) -> int | None:
    """The axis of the channels, counted from the first one; warns if nothing was said of those of a colour image."""
    if channel_axis is NOT_GIVEN:
        warn_of_colors(image, CHANNEL_AXIS)
        return None
    if channel_axis is None:
        return None
    axis = as_axis("channel_axis", channel_axis, image.ndim)
    warn_of_channels(image, axis)
    return axis


def warn_of_colors(image: Array, remedy: str) -> None:
    """Warn the caller of the library if an array is more likely a colour image than a volume."""
    if image.ndim == 3 and image.shape[-1] in (3, 4) and min(image.shape[:2]) >= SMALLEST_SIDE:
        warnings.warn(
            f"image of shape {image.shape} is taken for a volume, its last axis for depth. {remedy}",
            stacklevel=level_of_caller(),
        )


def warn_of_channels(image: Array, axis: int) -> None:
    """Warn the caller of the library if the axis of the channels is more likely another one."""
    if image.ndim == 2 and min(image.shape) > MOST_SIGNALS:
        warnings.warn(
            f"image of shape {image.shape} has {image.shape[axis]} channels with channel_axis={axis}, each a line of "
            "pixels; if it is a grey image, leave channel_axis out",
            stacklevel=level_of_caller(),
        )
    others = [k for k, length in enumerate(image.shape) if k != axis and length in (3, 4)]
    if image.ndim == 3 and image.shape[axis] >= SMALLEST_SIDE and others:
        warnings.warn(
            f"image of shape {image.shape} has {image.shape[axis]} channels with channel_axis={axis}; "
            f"if its channels are {image.shape[others[-1]]}, say channel_axis={others[-1]}",
            stacklevel=level_of_caller(),
        )


def level_of_caller() -> int:
    """How many frames lie between the function that warns and the code that does not belong to the library."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "coarea":
        level, frame = level + 1, frame.f_back
    return level

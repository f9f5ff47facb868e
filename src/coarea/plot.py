"""Drawing of level lines and of the borders of regions.

A level line of an image runs along the sides of the pixels, between two neighbours whose grey values differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import as_image, as_real, has_channels
from coarea.base.keywords import with_hints
from coarea.base.options import as_color, as_count, as_number, check_axes
from coarea.lines.sides import level_line_sides

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_level_lines", "draw_regions", "draw_saliency", "level_line_sides", "luminance", "show_level_lines"]

RED = (190, 0, 30)
YELLOW, BLUE = (255, 255, 0), (0, 0, 255)
BACKGROUND_STRENGTH = 0.35
LUMINANCE = (0.2126, 0.7152, 0.0722)


@with_hints
def luminance(image: ArrayLike) -> NDArray[Any]:
    """Grey image of a colour image, whose level lines can be drawn.

    Parameters
    ----------
    image : (..., channels) array_like
        Two channels are grey and transparency, three or four are red, green, blue and transparency.

    Returns
    -------
    grey : array
        In the dtype and on the scale of the colours (ITU-R BT.709 weights), without the transparency. An image
        without channels is returned as it is.

    See Also
    --------
    draw_level_lines : takes the grey image.

    Examples
    --------
    >>> import numpy as np
    >>> luminance(np.uint8([[[255, 0, 0], [0, 255, 0], [9, 9, 9]]])).tolist()
    [[54, 182, 9]]
    """
    values = as_real("image", image)
    if not has_channels(values.shape):
        return values
    if values.shape[-1] == 2:
        return values[..., 0]
    grey: NDArray[Any] = values[..., :3] @ np.array(LUMINANCE)
    rounded = grey if values.dtype.kind == "f" else grey.round()
    return rounded.astype(values.dtype)


@with_hints
def draw_level_lines(
    filtered: ArrayLike,
    background: ArrayLike,
    *,
    scale: int = 2,
    step: float | None = None,
    color: tuple[int, int, int] = RED,
    mask: ArrayLike | None = None,
) -> NDArray[np.uint8]:
    """Draw the level lines of an image over an attenuated picture.

    Parameters
    ----------
    filtered : (h, w) array_like
        Image whose level lines are drawn.
    background : (h, w) or (h, w, channels) array_like
        Picture under the lines, grey or in colour; a 2nd or 4th channel is taken for transparency and left out.
        Values other than 8-bit are stretched to the range of the picture.
    scale : int
        Each pixel becomes a square of `scale` x `scale` pixels; the lines are one pixel thick.
    step : float, optional
        Draw only the level lines whose level is a multiple of `step`, in grey values. By default all of them.
    color : tuple of int
        Red, green and blue of the lines, from 0 to 255.
    mask : (h, w) array_like of bool, optional
        Pixels without data, along which no line is drawn.

    Returns
    -------
    picture : (h * scale, w * scale, 3) array of uint8

    Raises
    ------
    ValueError
        If the shapes differ, `scale` is less than 1 or `step` is not positive.

    See Also
    --------
    show_level_lines : the same in a figure, as vectors.
    draw_regions, draw_saliency

    Examples
    --------
    >>> draw_level_lines([[0, 0, 9]], [[0, 100, 200]])[0, :, 0].tolist()
    [166, 166, 210, 210, 190, 255]
    """
    scale, color = as_count("scale", scale), as_color("color", color)
    below, right = level_line_sides(as_image(filtered, name="filtered", ndim=2), step=step, mask=mask)
    pale = _attenuated(background, (right.shape[0], below.shape[1]))
    picture = pale.repeat(scale, axis=0).repeat(scale, axis=1)
    picture[_line_pixels(below, right, scale)] = color
    return picture


@with_hints
def draw_regions(labels: ArrayLike, background: ArrayLike, *, scale: int = 1) -> NDArray[np.uint8]:
    """Draw the borders of regions over a picture.

    The borders are yellow on dark ground and blue on bright ground: their green, the primary colour that weighs most in
    luminance, differs by at least 128 from that of the pixel that they are drawn on, whatever the picture.

    Parameters
    ----------
    labels : (h, w) array_like
        A number for each pixel, as from :func:`coarea.segment`: borders run where neighbours differ.
    background : (h, w) or (h, w, channels) array_like
        Picture under the borders, as for :func:`draw_level_lines`, which is kept as it is.
    scale : int, default 1
        Each pixel becomes a square of `scale` x `scale` pixels; the borders are one pixel thick. With 1 they cover the
        first pixels below and to the right of them.

    Returns
    -------
    picture : (h * scale, w * scale, 3) array of uint8

    Raises
    ------
    ValueError
        If the shapes differ or `scale` is less than 1.

    See Also
    --------
    draw_level_lines, draw_saliency

    Examples
    --------
    >>> draw_regions([[0, 1, 1]], [[0, 10, 200]])[0].tolist()
    [[0, 0, 0], [255, 255, 0], [255, 255, 255]]
    """
    scale = as_count("scale", scale)
    below, right = level_line_sides(as_image(labels, name="labels", ndim=2))
    colors = _display_colors(background, (right.shape[0], below.shape[1])).round().astype(np.uint8)
    picture = np.broadcast_to(colors, (*colors.shape[:2], 3)).repeat(scale, axis=0).repeat(scale, axis=1)
    lines = _line_pixels(below, right, scale)
    picture[lines] = np.where(picture[lines][:, 1:2] < 128, *np.array([YELLOW, BLUE], np.uint8))
    return picture


@with_hints
def draw_saliency(below: ArrayLike, right: ArrayLike, *, scale: int = 2) -> NDArray[np.uint8]:
    """Draw a contour map in grey: white where no line runs, black where the value is largest.

    Parameters
    ----------
    below, right : (h - 1, w) and (h, w - 1) array_like
        Values on the sides of the pixels, at least 0, as from :func:`coarea.saliency`. Only their order counts: those
        that occur are evenly spaced greys.
    scale : int
        Each pixel becomes a square of `scale` x `scale` pixels; the lines are one pixel thick.

    Returns
    -------
    picture : (h * scale, w * scale) array of uint8

    Raises
    ------
    ValueError
        If the shapes do not fit each other, a value is negative or NaN, or `scale` is less than 1.

    See Also
    --------
    coarea.saliency : gives the map.

    Examples
    --------
    >>> draw_saliency([[1, 2]], [[0], [2]]).tolist()
    [[255, 255, 255, 255], [255, 255, 255, 255], [128, 128, 0, 0], [255, 255, 0, 255]]
    """
    scale = as_count("scale", scale)
    under, beside = as_real("below", below), as_real("right", right)
    shape = (len(beside), under.shape[-1]) if under.ndim == beside.ndim == 2 else ()
    if not shape or under.shape != (shape[0] - 1, shape[1]) or beside.shape != (shape[0], shape[1] - 1):
        raise ValueError(
            f"below and right must have shapes (h - 1, w) and (h, w - 1), got {under.shape} and {beside.shape}"
        )
    values = np.concatenate([[0], under.ravel(), beside.ravel()])
    if not (values >= 0).all():
        raise ValueError("below and right must be numbers >= 0")
    greys, ranks = np.unique(values, return_inverse=True)
    under, beside = ranks[1 : under.size + 1].reshape(under.shape), ranks[under.size + 1 :].reshape(beside.shape)
    drawn = np.zeros((shape[0] * scale, shape[1] * scale), np.int64)
    drawn[scale::scale] = under.repeat(scale, axis=1)
    np.maximum(drawn[:, scale::scale], beside.repeat(scale, axis=0), out=drawn[:, scale::scale])
    corner = drawn[scale::scale, scale::scale]  # belongs to all sides that meet there, or the lines would have gaps
    for side in (under[:, :-1], under[:, 1:], beside[:-1], beside[1:]):
        np.maximum(corner, side, out=corner)
    return np.rint(255 - drawn * (255 / max(len(greys) - 1, 1))).astype(np.uint8)


@with_hints
def show_level_lines(
    filtered: ArrayLike,
    background: ArrayLike | None = None,
    *,
    step: float | None = None,
    color: tuple[int, int, int] = RED,
    linewidth: float = 0.5,
    ax: Axes | None = None,
) -> Axes:
    """Show level lines in a matplotlib figure, as vector graphics.

    Parameters
    ----------
    filtered, background, step, color
        As for `draw_level_lines`. Without `background`, `filtered` lies under its own lines.
    linewidth : float
        Thickness of the lines, in points.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    See Also
    --------
    draw_level_lines : the same as an array.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> show_level_lines([[0, 0, 9], [0, 5, 9]], ax=Figure().add_subplot())
    <Axes: >
    """
    check_axes(ax)
    color, linewidth = as_color("color", color), as_number("linewidth", linewidth, least=0)
    try:
        from matplotlib import pyplot
        from matplotlib.collections import LineCollection
    except ImportError as error:
        raise ImportError("show_level_lines needs matplotlib: pip install matplotlib") from error
    below, right = level_line_sides(as_image(filtered, name="filtered", ndim=2), step=step)
    shape = (right.shape[0], below.shape[1])
    pale = _attenuated(filtered if background is None else background, shape)
    if ax is None:
        ax = pyplot.subplots()[1]
    ax.imshow(pale, interpolation="nearest")
    segments = np.concatenate([_segments(below), _segments(right.T)[..., ::-1]])
    ax.add_collection(LineCollection(list(segments), colors=[tuple(c / 255 for c in color)], linewidths=linewidth))
    ax.set_axis_off()
    return ax


def _attenuated(background: ArrayLike, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """(h, w, 3) picture of the background, mixed with white."""
    white = 255 * (1 - BACKGROUND_STRENGTH)
    pale = (white + BACKGROUND_STRENGTH * _display_colors(background, shape)).round().astype(np.uint8)
    return np.broadcast_to(pale, (*shape, 3))


def _display_colors(background: ArrayLike, shape: tuple[int, int]) -> NDArray[np.float64]:
    """The background from 0 to 255, of one channel or of three."""
    values = as_real("background", background)
    if values.shape[:2] != shape or values.ndim not in (2, 3):
        raise ValueError(f"background must be of shape {shape} (and channels), got {values.shape}")
    colors = values.reshape(*shape, -1)
    return display_values(colors[..., :3] if colors.shape[-1] > 2 else colors[..., :1])


def display_values(colors: NDArray[Any], limits: tuple[Any, Any] | None = None) -> NDArray[np.float64]:
    """Grey values from 0 to 255: 8-bit values as they are, others stretched from their minimum to their maximum.

    `limits` are those of the whole where `colors` are a part.
    """
    values = colors.astype(np.float64)
    if colors.dtype == np.uint8 or not values.size:
        return values
    low, high = (float(limit) for limit in limits or (values.min(), values.max()))
    return (values - low) * (255 / (high - low)) if high > low else np.full_like(values, 127.5)


def _line_pixels(below: NDArray[np.bool_], right: NDArray[np.bool_], scale: int) -> NDArray[np.bool_]:
    """Mask of the enlarged picture: the first row below, and the first column right of, each crossed side."""
    rows, columns = right.shape[0], below.shape[1]
    mask = np.zeros((rows * scale, columns * scale), dtype=bool)
    mask[scale::scale] = below.repeat(scale, axis=1)
    mask[:, scale::scale] |= right.repeat(scale, axis=0)
    # Where sides meet the pixel at their common corner belongs to all of them; without it the lines have gaps.
    mask[scale::scale, scale::scale] |= below[:, :-1] | below[:, 1:] | right[:-1] | right[1:]
    return mask


def _segments(below: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n, 2, 2) end points (x, y) of the horizontal runs of crossed sides, in pixel coordinates."""
    padded = np.pad(below.astype(np.int8), ((0, 0), (1, 1)))
    steps = np.diff(padded, axis=1)
    row, start = np.nonzero(steps == 1)
    stop = np.nonzero(steps == -1)[1]
    y = row + 0.5
    return np.stack([np.stack([start - 0.5, y], axis=1), np.stack([stop - 0.5, y], axis=1)], axis=1)

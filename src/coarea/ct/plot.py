"""Drawings of geometries, of convergence, and of reconstructions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from coarea.base.arrays import Array, as_image
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number, as_sizes, check_axes, one_of
from coarea.ct.equations.system import Reconstruction
from coarea.ct.geometry import Geometry, as_geometry
from coarea.ct.vectors import Vectors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["panels", "show_convergence", "show_geometry"]

Plane: TypeAlias = Literal["xy", "xz", "yz"]

CAPTION = 24  # pixels under each panel


@with_hints
def show_geometry(
    geometry: Geometry,
    shape: tuple[int, ...],
    *,
    spacing: float = 1.0,
    view: int = 0,
    plane: Plane = "xy",
    ax: Axes | None = None,
) -> Axes:
    """Draw the image, the rays of a view to the middle of the detector, the detector, and where the source passes.

    Parameters
    ----------
    geometry : ParallelBeam, FanBeam, ConeBeam or Vectors
    shape : (..., y, x) tuple of int
        Of the image.
    spacing : float, default 1
        Size of the pixels.
    view : int, default 0
        Whose rays are drawn.
    plane : {"xy", "xz", "yz"}, default "xy"
        What is drawn: the plane of rotation, or a view from the side, with the middle column of the detector.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If a view from the side is asked for and the detector has no rows.

    See Also
    --------
    coarea.ct.Geometry : what the geometries share.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from coarea import ct
    >>> beam = ct.FanBeam(angles=[0.0], n_detectors=8, source_to_axis=40, source_to_detector=80)
    >>> show_geometry(beam, (16, 16), ax=Figure().add_subplot()).get_aspect()
    1.0
    """
    spacing, size = as_number("spacing", spacing, above=0), as_sizes("shape", shape)
    view = as_count("view", view, least=-len(as_geometry(geometry)), most=len(geometry) - 1)
    one_of("plane", plane, get_args(Plane))
    axes = ["xyz".index(letter) for letter in plane]
    ax = _axes(ax)
    from matplotlib.transforms import ScaledTranslation  # which is installed, or there were no axes

    if len(size) < 2:
        raise ValueError(f"shape must be (..., y, x), got {size}")
    if plane != "xy" and not (geometry.has_rows and len(size) == 3):
        raise ValueError(f"plane must be 'xy' for a detector without rows or a shape without z, got {plane!r}")
    half = np.array([size[-1 - axis] * spacing / 2 for axis in axes])
    outline = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * half
    ax.fill(*outline.T, color="0.85", label="image")
    points, ways = _drawn_rays(geometry[[view]], axes)
    start, stop = points, points + ways
    vectors = geometry.vectors()
    assert isinstance(vectors, Vectors)
    if vectors.sources is None:  # the detector is drawn behind the image, wherever it is
        ways = ways / np.linalg.norm(ways, axis=-1, keepdims=True)
        along = (points * ways).sum(-1, keepdims=True)
        reach = 1.2 * np.hypot(*half)
        start, stop = points - (reach + along) * ways, points + (reach - along.mean()) * ways
    else:
        turn, distance = np.linspace(0, 2 * np.pi, 200), geometry.source_to_axis
        if np.isfinite(distance) and plane == "xy":
            ax.plot(distance * np.sin(turn), -distance * np.cos(turn), ":", color="0.6", linewidth=0.8)
        sources = vectors.sources[:, axes].T
        ax.plot(*sources, ".", color="C1", markersize=4, label=f"source, {len(geometry)} views")
    for ray in np.unique(np.linspace(0, len(stop) - 1, 15).astype(int)):
        ax.plot(*np.stack([start[ray], stop[ray]]).T, color="C0", linewidth=0.5)
    part = f" (a {'row' if plane == 'xy' else 'column'})" if geometry.has_rows else ""
    ax.plot(*stop.T, color="C3", linewidth=3, label="detector" + part)
    ax.plot(0, 0, "k+", label="axis" if plane == "xy" and vectors is not geometry else "origin")
    ax.set(aspect="equal", xlabel=plane[0], ylabel=plane[1])
    below = ax.transAxes + ScaledTranslation(0, -0.45, ax.figure.dpi_scale_trans)  # in inches: side views are flat
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=below, ncols=4, fontsize="small", frameon=False
    )
    return ax


def _drawn_rays(geometry: Geometry, axes: list[int]) -> tuple[Array, Array]:
    """Points on the rays of a view to the middle row, or column, and their ways: (rays, 2)."""
    if 2 not in axes:
        points, ways = np.broadcast_arrays(*geometry.rays())
        return points[0], ways[0]
    points, ways = np.broadcast_arrays(*geometry.lines())
    middle = points.shape[2] // 2
    return points[0, :, middle][:, axes], ways[0, :, middle][:, axes]


@with_hints
def show_convergence(results: Mapping[str, Reconstruction], name: str = "residual", *, ax: Axes | None = None) -> Axes:
    """Draw a number of the histories of some reconstructions against the iteration.

    Parameters
    ----------
    results : mapping of str to Reconstruction
        By what the legend calls them; those without the number are left out.
    name : str, default "residual"
        The number, for example "tv".
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If no history holds the number.

    See Also
    --------
    coarea.ct.Reconstruction : holds the history.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from coarea import ct
    >>> results = {"sart": ct.Reconstruction(np.zeros((4, 4)), {"residual": np.array([3.0, 2.0, 1.5])})}
    >>> len(show_convergence(results, ax=Figure().add_subplot()).lines)
    1
    """
    if not isinstance(results, Mapping):
        raise TypeError(f"results must be a mapping, {{'name': result}}, got {type(results).__name__}")
    for label, result in results.items():
        if not hasattr(result, "history"):
            kind = type(result).__name__
            raise TypeError(f"results must hold what methods return, with a history, got {kind} for {label!r}")
    one_of("name", name, dict.fromkeys(name for result in results.values() for name in result.history))
    ax = _axes(ax)
    for k, (label, result) in enumerate(results.items()):
        if name in result.history:
            values = result.history[name]
            # a method keeps its colour in drawings of other numbers
            ax.plot(np.arange(1, len(values) + 1), values, color=f"C{k % 10}", label=label)
    ax.set(xlabel="iteration", ylabel=name, xscale="log", yscale="linear" if name == "cosine" else "log")
    ax.legend(fontsize="small")
    return ax


@with_hints
def panels(images: Mapping[str, Array], *, low: float, high: float) -> Array:
    """Pictures side by side with their captions beneath, for a file; the first row of an image comes last.

    Parameters
    ----------
    images : mapping of str to (y, x) ndarray
        Of one shape, by caption.
    low, high : float
        What becomes black and white.

    Returns
    -------
    (h, w) ndarray of uint8

    See Also
    --------
    coarea.ct.shepp_logan : a picture to begin with.

    Examples
    --------
    >>> import numpy as np
    >>> picture = panels({"zero": np.zeros((64, 64)), "one": np.ones((64, 64))}, low=0, high=1)
    >>> picture.dtype, int(picture[0, 0]), int(picture[0, -1])
    (dtype('uint8'), 0, 255)
    """
    from PIL import Image, ImageDraw, ImageFont

    if not hasattr(images, "values") or not len(images):
        raise TypeError(f"images must be a mapping, {{'caption': image}}, of at least one, got {type(images).__name__}")
    low = as_number("low", low)
    high = as_number("high", high, above=low)
    pictures = {caption: as_image(image, name="images", ndim=2) for caption, image in images.items()}
    shape = next(iter(pictures.values())).shape
    if len(shapes := {image.shape for image in pictures.values()}) > 1:
        raise ValueError(f"images must be of one shape, got {' and '.join(map(str, shapes))}")
    zoom = max(1, 320 // shape[1])
    height, width = (size * zoom for size in shape)
    picture = Image.new("L", (len(images) * (width + 2) - 2, height + CAPTION), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(13)
    for column, (caption, image) in enumerate(pictures.items()):
        grey = np.clip((image[::-1] - low) / (high - low) * 255, 0, 255).round().astype(np.uint8)
        picture.paste(Image.fromarray(grey.repeat(zoom, 0).repeat(zoom, 1)), (column * (width + 2), 0))
        draw.text((column * (width + 2) + 4, height + 4), caption, fill=0, font=font)
    return np.asarray(picture)


def _axes(ax: Axes | None) -> Axes:
    check_axes(ax)
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("this drawing needs matplotlib: pip install coarea[plot]") from error
    return pyplot.subplots(layout="constrained")[1] if ax is None else ax

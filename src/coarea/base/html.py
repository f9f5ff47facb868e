"""What notebooks show of an object: a small picture beside a table."""

import base64
import html
from collections.abc import Mapping
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array

SIDE = 160  # pixels at most along a picture
SAMPLES = 4  # of the image along a pixel of the picture, at most: enough for its mean, whatever the size of the image


def card(title: str, rows: Mapping[str, object], picture: Array | None = None) -> str:
    """HTML of a title, a table, and a picture of the image if there is one; rows that are None are left out."""
    cells = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
        if value is not None
    )
    image = "" if picture is None else f"<img src='{_data_uri(picture)}' alt='' style='image-rendering:pixelated'>"
    return (
        "<div style='display:flex;gap:1em;align-items:center'>"
        f"{image}<div><b>{html.escape(title)}</b><table>{cells}</table></div></div>"
    )


def plane_of(image: Array) -> Array:
    """A plane of few enough samples: the middle one of a volume, rows of a signal."""
    if image.ndim == 1:
        image = np.broadcast_to(image, (max(1, len(image) // 8), len(image)))
    while image.ndim > 2:
        image = image[len(image) // 2]
    step = -(-max(image.shape) // (SIDE * SAMPLES))
    return image[::step, ::step]


def thumbnail(plane: Array) -> NDArray[np.uint8]:
    """A plane as grey pixels: means over blocks, from the lowest grey value, black, to the highest, white."""
    values = plane.astype(np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    known = ~np.isnan(values)
    low, high = (values[known].min(), values[known].max()) if known.any() else (0.0, 0.0)
    values = np.nan_to_num((values / 2 - low / 2) / ((high / 2 - low / 2) or 1.0))  # halves: no range is too large
    size = max(1, -(-max(plane.shape) // SIDE))
    for axis in (0, 1):
        starts = np.arange(0, plane.shape[axis], size)
        lengths = np.diff(np.append(starts, plane.shape[axis]))
        values = np.add.reduceat(values, starts, axis=axis) / np.expand_dims(lengths, 1 - axis)
    return np.round(255 * values).astype(np.uint8)


def _data_uri(image: Array) -> str:
    from PIL import Image

    Image.fromarray(thumbnail(plane_of(image))).save(file := BytesIO(), "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()

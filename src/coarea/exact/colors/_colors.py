"""The colours of the input for what the filters of the channels have found: zones, projection, moves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.missing import nearest_data
from coarea.exact._setting import Data
from coarea.exact.colors._color_moves import most_borders, settle
from coarea.exact.colors._color_zones import gather, nearest_colors
from coarea.exact.colors._energy import Costs, Energy, integer_costs
from coarea.exact.colors._numbers import Convert, numbers_of
from coarea.exact.colors._zones import Zones, zones_of

N_BYTES = 256
WORD = 4  # bytes that are compared at once


def colors_of_pixels(
    images: Sequence[Array], marginals: Sequence[Array], data: Sequence[Data], energy: Energy
) -> Indices:
    """For each pixel the one whose colour it takes, as flat indices in the shape of the image.

    1. Joint flat zones of the marginals: maximal sets that are connected through faces.
    2. Project: a zone takes the colour, among those of its own pixels, with the least L1 distance to that of the
       marginals; of equals the first in raster order.
    3. Settle: zones from small to large, of equal area by their first pixels, again and again. A zone takes the colour
       of a neighbouring zone if this lowers the energy strictly; the best one; of equals the first met in pixel order.

    A zone that holds a fixed pixel keeps that pixel's colour, which the marginals have there. A pixel without data in
    a channel brings no colour; a zone of such pixels alone has those of the pixels nearest to them.

    Parameters
    ----------
    images : sequence of ndarray
        The channels, finite, C-contiguous.
    marginals : sequence of ndarray
        What the filter of each channel has made of it.
    """
    zones, pixel = zones_of(marginals, max(abs(part) for offset in energy.lengths for part in offset))
    held, has_color = held_pixels(data), colored_pixels(data)
    convert, span = numbers_of(images if has_color is None else [image[has_color] for image in images])
    own = brought = _gathered(convert, images, pixel)
    home = pixel
    if has_color is not None:
        nearest = nearest_data(np.arange(zones.n_pixels, dtype=np.int32).reshape(zones.shape), has_color)
        home = nearest.ravel()[pixel]
        brought = _gathered(convert, images, home)
    center = _gathered(convert, [marginal.ravel()[pixel[zones.start[:-1]]] for marginal in marginals])
    chosen = np.empty(len(zones), np.int32)
    nearest_colors(zones.start, brought, center, _worth(held, has_color, pixel), chosen)
    del center  # what is no longer needed goes at once: it would be a third of the memory
    color, source = brought[chosen], home[chosen]
    costs = integer_costs(energy, data, zones, pixel, span)
    del brought, chosen, home, pixel
    source = source[_settled(zones, own, color, costs=costs, held=held, n_channels=len(images))]
    label = zones.of_pixel()
    del own, color, costs, zones
    return source[label]


def held_pixels(data: Sequence[Data]) -> NDArray[np.bool_] | None:
    """The pixels that are fixed, which must be the same ones in all channels."""
    fixed = [own.fixed for own in data if own.fixed is not None]
    if not fixed:
        return None
    if not all(np.array_equal(fixed[0], own) for own in fixed[1:]):
        raise ValueError(
            'fixed must hold the same pixels in all channels with colors="input", where a pixel keeps its whole '
            "colour: give it in the shape of one channel"
        )
    return fixed[0]


def colored_pixels(data: Sequence[Data]) -> NDArray[np.bool_] | None:
    """The pixels with data in all channels; None if that is everywhere."""
    has_color: NDArray[np.bool_] | None = None
    for own in data:
        if own.weights is not None:
            has_data = own.weights > 0 if own.fixed is None else (own.weights > 0) | own.fixed
            has_color = has_data if has_color is None else has_color & has_data
    if has_color is None or has_color.all():
        return None
    if not has_color.any():
        raise ValueError(
            'weights, mask or the masked image must leave a pixel with data in all channels for colors="input"'
        )
    return has_color


def _gathered(convert: Convert, channels: Sequence[Array], pixels: Indices | None = None) -> Array:
    """The numbers of the colours of all or of some pixels, a row for each; those of bytes end with zeros."""
    rows: Array = np.empty(0)
    for c, channel in enumerate(channels):
        numbers = convert(c, channel).ravel()
        if c == 0:
            width = -(-len(channels) // WORD) * WORD if numbers.dtype == np.uint8 else len(channels)
            rows = np.zeros((len(numbers if pixels is None else pixels), width), numbers.dtype)
        if pixels is None:
            rows[:, c] = numbers
        else:
            gather(numbers, pixels, c, rows)
    return rows


def _worth(held: NDArray[np.bool_] | None, has_color: NDArray[np.bool_] | None, pixel: Indices) -> Array:
    """What a zone chooses its colour from first: 2 fixed pixels, 1 its own, 0 others; empty if all are 1."""
    if held is None and has_color is None:
        return np.empty(0, np.uint8)
    worth = np.ones(len(pixel), np.uint8) if has_color is None else has_color.ravel()[pixel].view(np.uint8)
    return worth if held is None else worth + held.ravel()[pixel]


def _settled(zones: Zones, own: Array, color: Array, *, costs: Costs, held: Array | None, n_channels: int) -> Indices:
    """For each zone the one whose first colour it has in the end."""
    n_zones = len(zones)
    pending, origin = np.ones(n_zones, np.uint8), np.arange(n_zones, dtype=np.int32)
    if held is not None:
        pending[zones.of_pixel()[held]] = 2
    order = np.argsort(np.diff(zones.start), kind="stable").astype(np.int32)
    room = 1 + min(n_zones, most_borders(zones.start, zones.place, zones.label, costs.steps, order))
    n_bins = N_BYTES if own.dtype == np.uint8 else room
    settle(
        zones.start, zones.place, zones.label, costs.steps, costs.length, own, costs.up, costs.down, color, n_channels,
        order, pending, origin,
        slot=np.full(n_zones, -1, np.int32), near=np.empty(room, np.int32),
        nearby=np.empty((room, own.shape[1]), own.dtype), border=np.empty(room, np.int64),
        cost=np.empty(room, np.int64), grid=np.empty(n_bins, np.int32),
        table=np.empty((n_bins + 1, 2), np.int64),
    )  # fmt: skip
    return origin

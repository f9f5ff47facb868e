"""The colours of the input for what the filters of the channels have found: zones, projection, moves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.missing import nearest_data
from coarea.exact._setting import Data
from coarea.exact.colors._color_moves import settle
from coarea.exact.colors._color_zones import nearest_colors
from coarea.exact.colors._energy import Costs, Energy, integer_costs
from coarea.exact.colors._numbers import numbers_of
from coarea.exact.colors._zones import Zones, zones_of

N_BYTES = 256


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
    zones = zones_of(marginals, max(abs(part) for offset in energy.lengths for part in offset))
    held, has_color = held_pixels(data), colored_pixels(data)
    known = images if has_color is None else [image[has_color] for image in images]
    convert, span = numbers_of(known)
    own = np.stack([convert(c, image.ravel()[zones.pixel]) for c, image in enumerate(images)], axis=1)
    home, brought = None, own
    if has_color is not None:
        home = nearest_data(np.arange(zones.n_pixels, dtype=np.int32).reshape(zones.shape), has_color).ravel()
        brought = np.stack([convert(c, image.ravel()[home[zones.pixel]]) for c, image in enumerate(images)], axis=1)
    worth = np.empty(0, np.uint8)  # of colours: those of fixed pixels before others, those of other zones last
    if held is not None or has_color is not None:
        worth = (
            np.ones(zones.n_pixels, np.uint8) if has_color is None else has_color.ravel()[zones.pixel].view(np.uint8)
        )
        worth = worth if held is None else worth + held.ravel()[zones.pixel]
    chosen = np.empty(len(zones), np.int32)
    first = zones.pixel[zones.start[:-1]]
    center = np.stack([convert(c, marginal.ravel()[first]) for c, marginal in enumerate(marginals)], axis=1)
    nearest_colors(zones.start, brought, center, worth, chosen)
    color, source = brought[chosen], zones.pixel[chosen] if home is None else home[zones.pixel[chosen]]
    del brought, center, chosen, first, worth
    _settle(zones, own, color, source, integer_costs(energy, data, zones, span), held)
    return source[zones.of_pixel()]


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


def _settle(zones: Zones, own: Array, color: Array, source: Indices, costs: Costs, held: Array | None) -> None:
    """Let the zones take each other's colours, in place."""
    n_zones = len(zones)
    frozen = np.empty(0, np.uint8)
    if held is not None:
        frozen = np.zeros(n_zones, np.uint8)
        frozen[zones.of_pixel()[held]] = 1
    is_byte = own.dtype == np.uint8
    n_bins = N_BYTES if is_byte else n_zones + 1
    settle(
        zones.start, zones.place, zones.label, costs.steps, costs.length, own, costs.up, costs.down,
        np.argsort(np.diff(zones.start), kind="stable").astype(np.int32), np.ones(n_zones, np.uint8), frozen,
        color, source,
        slot=np.full(n_zones, -1, np.int32), near=np.empty(n_zones, np.int32), border=np.empty(n_zones, np.int64),
        cost=np.empty(n_zones, np.int64), grid=np.empty(1 if is_byte else n_bins, np.int32),
        table=np.empty((n_bins + 1, 2), np.int64),
    )  # fmt: skip

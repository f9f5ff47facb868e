"""Grey values as the small integers between which distances of colours are measured, and as ranks."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from coarea.base.arrays import Array
from coarea.base.levels import to_ranks

SPAN_MAX = 2**24  # of the integers

Convert = Callable[[int, Array], Array]


def numbers_of(samples: Sequence[Array]) -> tuple[Convert, int]:
    """How to write the values of each channel as integers whose distances are theirs, and how far apart these can be.

    Parameters
    ----------
    samples : sequence of ndarray
        The values of each channel, in any order; others are moved into their range.

    Returns
    -------
    convert : callable
        From the number of a channel and values to an array of uint8, uint16 or int32. Integers keep their distances up
        to 2^24. Others are rounded to 2^-24 of the widest channel's range or finer, by a power of two and symmetrically
        about the middle of each channel's range: -v becomes the numbers of v with the other sign.
    span : int
    """
    ranges = [(sample.min(), sample.max()) for sample in samples]
    whole = samples[0].dtype.kind in "bui"
    if whole:
        spans = [int(highest) - int(lowest) for lowest, highest in ranges]
        if max(spans) <= SPAN_MAX:
            dtype = np.dtype(np.uint8 if max(spans) < 2**8 else np.uint16 if max(spans) < 2**16 else np.int32)
            return lambda c, values: _from_lowest(values, *ranges[c]).astype(dtype), max(spans)
        middles = [span / 2 for span in spans]
        half = max(middles)
    else:
        middles = [float(lowest) / 2 + float(highest) / 2 for lowest, highest in ranges]
        half = max(float(highest) - middle for (_, highest), middle in zip(ranges, middles, strict=True))
    exponent = math.floor(math.log2(SPAN_MAX / 2)) - math.frexp(half)[1]

    def rounded(c: int, values: Array) -> Array:
        # integers of 64 bits would lose what differs if they became floats first
        own = _from_lowest(values, *ranges[c]) if whole else np.clip(values, *ranges[c])
        return np.rint(np.ldexp(own.astype(np.float64) - middles[c], exponent)).astype(np.int32)

    return rounded, SPAN_MAX


def ranks_of(image: Array) -> Array:
    """The dense ranks of the values that occur, in the smallest dtype that holds them."""
    ranks, values = to_ranks(image)
    return ranks.astype(np.min_scalar_type(len(values) - 1), copy=False)


def _from_lowest(values: Array, lowest: Array, highest: Array) -> Array:
    """Distances of integers from the lowest one, unsigned: they wrap to the right ones."""
    if values.dtype == bool:
        values, lowest, highest = (np.asarray(part).astype(np.uint8) for part in (values, lowest, highest))
    return (np.clip(values, lowest, highest) - lowest).view(f"u{values.dtype.itemsize}")

"""Real weights as integers: minimum cuts need sums and comparisons without rounding."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from coarea.base.arrays import Array
from coarea.cuts.terms import Weights

DISTINCT_MAX = 64
DENOMINATOR_MAX = 2**20
FAST_MAX = 2**30  # a site whose weights sum to this is solved in 32 bits
SUM_MAX = 2**60  # 64-bit solvers add up no more at a site
TERM_MAX = 2**62  # nor has an energy larger terms
LARGEST = 2**63 - 1  # of 64 bits
EXACT_MAX = 2**53  # integers up to it are floats, too
PRECISION = 2**20  # what the largest weight of a site must at least become for 32 bits to do


class Scale(NamedTuple):
    """What a problem is multiplied by, and the part of it that makes integers of the weights of sites and of edges.

    Parts are None where there is none; then the products are rounded.
    """

    all: Fraction
    sites: int | None
    edges: int | None

    def multiply(self, base: float, factors: Array, part: int | None, *, highest: float = math.inf) -> Weights:
        """Integers for base * factors, lowered to `highest`: products of integers, so that ties stay ties."""
        with np.errstate(over="ignore"):
            if part is None:
                return to_integers(np.minimum(base * factors, highest), self.all)
        whole = to_integers(factors, Fraction(part))
        largest = whole.max(initial=0)
        if largest == 0:
            return whole  # there is no unit of nothing
        unit, most = self.unit(base, part, smallest=smallest_of(factors), highest=highest)
        return unit * (whole if largest <= most else np.minimum(whole, most))

    def unit(self, base: float, part: int, *, smallest: float = 1.0, highest: float = math.inf) -> tuple[int, int]:
        """The integer for base / part, and how many of it matter where base * factors are lowered to `highest`."""
        unit = round(simplest(min(base, highest / smallest)) * self.all / part)
        if highest == math.inf:
            return unit, LARGEST
        return unit, min((math.ceil(highest * self.all) + 1) // max(unit, 1) + 1, LARGEST)


def integer_scale(
    sites: tuple[Sequence[float], Array],
    edges: Sequence[tuple[float, Array]],
    *,
    largest: float,
    largest_term: float,
    narrow: bool,
) -> Scale:
    """Find the factor that makes integers of all weights.

    Parameters
    ----------
    sites, edges
        Weights of the sites, and of kinds of edges: bases times factors, finite and at least 0.
    largest : float
        The weights around one site, added up.
    largest_term : float
        The largest term that an energy can have.
    narrow : bool
        Whether the solver is faster in 32 bits.

    Returns
    -------
    Scale
        Where few distinct numbers occur and each is a fraction with a small denominator (0.1 is taken as 1/10), from
        their common denominators: nothing is rounded. Otherwise the largest for which `largest` stays within 2^30, or
        within 2^60 if not `narrow` or if the heaviest site would have less than 20 bits. Each number is then
        rounded, so the L1 energy of any u changes by at most (sum |u - v| + sum f_pq |u_p - u_q|) / (2 scale), where f
        are the factors. Ties between sums of the same bases stay ties.

    Raises
    ------
    ValueError
        If all weights of the sites would be rounded to 0.
    """
    bound = min(_power_of_two(SUM_MAX, largest), _power_of_two(TERM_MAX, largest_term))
    bases = _common_denominator([np.array(sites[0])]), _common_denominator([np.array([base for base, _ in edges])])
    parts = _common_denominator([sites[1]]), _common_denominator([factors for _, factors in edges])
    if bases[0] and bases[1] and parts[0] and parts[1]:
        exact = math.lcm(bases[0] * parts[0], bases[1] * parts[1])
        if exact <= bound:
            return Scale(Fraction(exact), *parts)
    heaviest = Fraction(float(sites[1].max(initial=0)))
    scale = min(_power_of_two(FAST_MAX, largest), bound)
    if not narrow or scale * heaviest < PRECISION:
        scale = bound
    if 0 < scale * heaviest < 1:
        raise ValueError(
            f"beta must be smaller: beside edges that weigh {largest:g}, weights of up to {float(heaviest):g} become 0"
        )
    granule = (bases[0] or 1) * (parts[0] or 1) * (parts[1] or 1)
    if granule * PRECISION > scale:
        return Scale(scale, None, None)
    return Scale(granule * Fraction(2) ** math.floor(math.log2(scale / granule)), *parts)


@lru_cache(maxsize=1024)
def simplest(number: float) -> Fraction:
    """The fraction with a small denominator that rounds to the number, if there is one, else the number itself."""
    simple = Fraction(number).limit_denominator(DENOMINATOR_MAX)
    return simple if float(simple) == number else Fraction(number)


def smallest_of(factors: Array) -> float:
    """The smallest factor that is not 0, or 1 if that is less."""
    if factors.dtype.kind in "bui":
        return 1.0
    return float(factors[factors > 0].min(initial=1.0))


def to_integers(array: Array, scale: Fraction) -> Weights:
    """Multiply by the scale and round."""
    if array.size == 1:
        return np.full(array.shape, round(Fraction(float(array.reshape(-1)[0])) * scale), np.int64)
    if scale == 1 and array.dtype == np.int64 and array.max(initial=0) <= EXACT_MAX:
        return array
    return np.rint(array * float(scale)).astype(np.int64)


def exact_sum(terms: Array) -> float | int:
    """The sum; of integers without overflow."""
    if terms.dtype.kind == "f":
        return float(terms.sum())
    flat = terms.reshape(-1)
    largest = int(np.abs(flat).max(initial=1))
    step = max(2**62 // largest, 1)
    return sum(int(flat[i : i + step].sum(dtype=np.int64)) for i in range(0, len(flat), step))


def _power_of_two(bound: int, largest: float) -> Fraction:
    return Fraction(2) ** math.floor(math.log2(bound) - math.log2(largest)) if largest > 0 else Fraction(1)


def _common_denominator(arrays: Sequence[Array]) -> int | None:
    """The smallest integer that makes integers of all numbers, each the simplest fraction that rounds to it."""
    numbers: set[float] = set()
    for array in arrays:
        if array.dtype.kind in "ui":
            continue
        numbers.update((np.unique(array) if array.size > DISTINCT_MAX else array.reshape(-1)).tolist())
        if len(numbers) > DISTINCT_MAX:
            return None
    denominator = 1
    for number in numbers:
        simple = simplest(number)
        if simple.denominator > DENOMINATOR_MAX:
            return None
        denominator = math.lcm(denominator, simple.denominator)
    return denominator

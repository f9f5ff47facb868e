"""Level lines that are too long and too contrasted to be there by chance."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import as_image
from coarea.base.keywords import with_hints
from coarea.base.options import as_flag, as_number
from coarea.base.threads import number_of_workers
from coarea.exact.denoise import denoise_tv_l1
from coarea.lines.isolines import Doubles, as_surface, draw_isolines
from coarea.lines.lines import Lines

N_LEVELS = 256  # that the default step makes at most
N_LEVELS_MAX = 2**20
NUMBER_MAX = 2**51  # of a level: with it doubles hold its half steps
LARGEST = 2.0**1020  # of grey values: their gradients are in range


@with_hints
def meaningful_lines(
    image: ArrayLike,
    *,
    nfa: float = 1.0,
    beta: float = 0.0,
    step: float | None = None,
    sigma: float = 0.5,
    maximal: bool = True,
    workers: int | None = None,
) -> Lines:
    """Level lines that chance does not explain, by the Helmholtz principle.

    The level lines of the smoothed image at a regular step are the N candidates. Along a line of length l, let m be the
    least norm of the gradient, and H(m) the share of all places with a gradient that have at least m. If the gradients
    along the line were independent draws, points two pixels apart, there would be

        ``NFA = N H(m) ** (l / max(2, 4 sigma))``

    lines as long and as contrasted as this in the whole image by chance [DesolneuxMoisanMorel2001]_. Those with a
    number of false alarms of at most `nfa` are meaningful.

    Parameters
    ----------
    image : (h, w) array_like
        Any real dtype, finite.
    nfa : float, default 1
        How many lines of an image of noise may be taken for meaningful, on the average. The result hardly depends on
        it: the length that a line needs grows with its logarithm.
    beta : float, default 0
        If not 0, the candidates are the lines of the image filtered on its tree of shapes, :func:`denoise_tv_l1` with
        ``domain="shapes"`` and this beta: fewer, and none of texture. They are judged by N, the gradients and H of the
        image itself. This is a heuristic: bilinear lines of the filtered image, which is not smoothed, run where the
        image has lines of pixel sides, but not exactly along its bilinear ones.
    step : float, optional
        Levels are (k + 1/2) step for integers k. Default: the smallest power of two that makes at most 256 levels of
        the range of grey values, but 1 for integers with a smaller range, as in all 8-bit images.
    sigma : float, default 0.5
        Standard deviation in pixels of the Gaussian that smooths the image first: enough to take the steps of rounded
        grey values away. 0 does not smooth.
    maximal : bool, default True
        Of nested lines along the same edge keep the most meaningful one: where among the meaningful lines one has only
        one other next inside it, and both enclose what is high or both what is low, they belong to one section, of
        which the line with the least NFA remains (of equal ones the outermost).
    workers : int, optional
        Number of threads that build the tree, as in :func:`tree_of_shapes`, if `beta` is not 0.

    Returns
    -------
    Lines
        As of :func:`isolines`, with two columns: `log10_nfa`, the logarithm of the number of false alarms, and
        `contrast`, the least gradient m in grey values per pixel. `parent` is the nearest of these lines around each.

    Raises
    ------
    ValueError
        If the image is not 2-D or not finite, an option is out of range, or the grey values are so far from 0 that
        the levels between them are rounded.
    TypeError
        If the dtype is not real.

    Warns
    -----
    UserWarning
        If the given `step` makes less than two levels of an image of floats.

    See Also
    --------
    isolines : all lines at given levels.
    contours : the lines of a tree.

    Notes
    -----
    The gradient of a cell between four pixels a, b above c, d has the components (b - a + d - c) / 2 and
    (c - a + d - b) / 2. Smoothing makes points within about 4 sigma depend on each other, so the exponent falls with
    sigma: with l / 2 throughout, noise smoothed with sigma 2 has dozens of false alarms. On white noise there are at
    most about 1.5 on the average. Noise that is not white, such as that of a compressed or demosaiced photograph, may
    have more.

    Grey values and step times the same factor give the same lines, and so do grey values shifted by multiples of the
    step.

    Examples
    --------
    >>> import numpy as np
    >>> import coarea
    >>> image = np.random.default_rng(0).normal(100, 2, (64, 64))
    >>> image[20:40, 20:50] += 60
    >>> lines = coarea.meaningful_lines(image)
    >>> len(lines), bool(lines.log10_nfa[0] < -20)
    (1, True)
    """
    array = as_image(image, ndim=2, finite=True)
    surface = as_surface(array).astype(np.float64)
    most, beta = as_number("nfa", nfa, above=0), as_number("beta", beta, least=0)
    sigma, is_maximal = as_number("sigma", sigma, least=0), as_flag("maximal", maximal)
    threads = number_of_workers(workers)
    largest = float(np.abs(surface).max())
    if largest > LARGEST:
        raise ValueError(f"image must have grey values of at most 2**1020, got {largest:g}: divide it")
    is_float, spread = array.dtype.kind == "f", float(np.ptp(surface))
    spacing = default_step(spread, is_float) if step is None else as_step(step, spread, is_float)
    if spread > 0 and largest / spacing > NUMBER_MAX:
        raise ValueError(f"image must have grey values nearer to 0 for a step of {spacing:g}: subtract image.min()")
    smooth = smoothed(surface, sigma)
    steepness = gradient_norm(smooth)
    levels = levels_of(smooth, spacing) if spread > 0 else np.zeros(0)  # a smoothed constant may be none
    drawn = draw_isolines(smooth, levels, steepness)
    n_candidates = max(len(drawn.lines), 1)
    if beta and spread > 0:
        filtered = denoise_tv_l1(array, beta, domain="shapes", workers=threads).astype(np.float64)
        drawn = draw_isolines(filtered, levels_of(filtered, spacing), steepness)
    exponent = drawn.lines.length / max(2, 4 * sigma)
    log_nfa = math.log10(n_candidates) + exponent * log_share(steepness, drawn.contrast)
    chosen = np.flatnonzero(log_nfa <= math.log10(most))
    if is_maximal:
        parent = drawn.lines[chosen].parent
        chosen = chosen[most_meaningful(parent, drawn.low_inside[chosen], log_nfa[chosen])]
    return replace(drawn.lines[chosen], columns={"log10_nfa": log_nfa[chosen], "contrast": drawn.contrast[chosen]})


def default_step(spread: float, is_float: bool) -> float:
    """The step that is taken where none is given; spread is from the least to the largest grey value."""
    if spread <= (0 if is_float else N_LEVELS):
        return 1.0
    return math.ldexp(1, max(math.ceil(math.log2(spread / N_LEVELS)), -1000))


def as_step(step: float, spread: float, is_float: bool) -> float:
    """The given step, if it makes a sensible number of levels."""
    size = as_number("step", step, above=0)
    if spread / size > N_LEVELS_MAX:
        least = f"at least {spread / N_LEVELS_MAX:.3g} for grey values {spread:g} apart"
        raise ValueError(f"step must be {least}, or the levels are too many, got {size:g}")
    if is_float and 0 < spread < 2 * size:
        remedy = f"give step={spread / N_LEVELS:.2g}, or none"
        warnings.warn(f"a step of {size:g} has hardly a level in grey values {spread:g} apart: {remedy}", stacklevel=4)
    return size


def levels_of(surface: Doubles, step: float) -> Doubles:
    """The levels (k + 1/2) step between the least and the largest grey value."""
    low, high = (float(extreme) / step - 0.5 for extreme in (surface.min(), surface.max()))
    levels: Doubles = (np.arange(math.ceil(low), math.floor(high) + 1, dtype=np.float64) + 0.5) * step
    return levels


def smoothed(surface: Doubles, sigma: float) -> Doubles:
    """The surface after a Gaussian of this width, mirrored at the frame."""
    from scipy.ndimage import gaussian_filter  # not imported with the library: it takes as long as the rest

    smooth: Doubles = gaussian_filter(surface, sigma) if sigma else surface
    return smooth


def gradient_norm(surface: Doubles) -> Doubles:
    """The norm of the gradient of each cell between four pixels."""
    a, b, c, d = surface[:-1, :-1], surface[:-1, 1:], surface[1:, :-1], surface[1:, 1:]
    norm: Doubles = np.hypot((b - a + d - c) / 2, (c - a + d - b) / 2)
    return norm


def log_share(steepness: Doubles, contrast: Doubles) -> Doubles:
    """The logarithm of the share of the cells with a gradient that are at least as steep."""
    steep = np.sort(steepness[steepness > 0])
    n_steeper = len(steep) - np.searchsorted(steep, contrast)
    n_steep = max(len(steep), 1)  # a checkerboard has no gradient anywhere
    logarithm: Doubles = np.log10(np.maximum(n_steeper, 1) / n_steep)
    return logarithm


def most_meaningful(parent: NDArray[np.int64], low_inside: NDArray[np.bool_], log_nfa: Doubles) -> NDArray[np.int64]:
    """The best line of each section: each but its first line lies alone in another, and has the same side inside."""
    n_inner = np.bincount(parent + 1, minlength=len(parent) + 1)[1:]
    goes_on = (parent >= 0) & (n_inner[parent] == 1) & (low_inside[parent] == low_inside)
    section, place = np.where(goes_on, parent, np.arange(len(parent))), goes_on.astype(np.int64)
    while not np.array_equal(farther := section[section], section):  # up to the first line, in doubled steps
        section, place = farther, place + place[section]
    order = np.lexsort((place, log_nfa, section))
    best: NDArray[np.int64] = np.sort(order[np.unique(section[order], return_index=True)[1]])
    return best

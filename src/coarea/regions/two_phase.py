"""Two phases: the exact segmentation of an image into two sets of constant values and a short boundary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.html import card
from coarea.base.keywords import with_hints
from coarea.base.neighborhoods import neighbor_offsets, perimeter_weights
from coarea.base.options import as_count, as_mask, as_number, one_of
from coarea.base.threads import number_of_workers
from coarea.base.types import NOT_GIVEN, NotGiven, Tie
from coarea.exact._channels import PixelOptions, channels_of
from coarea.exact._model import l1_model
from coarea.exact._pixels import solve_on_pixels
from coarea.exact._setting import Data, Setting
from coarea.exact.certificate import Certificate
from coarea.regions._phases import Boundary, Colors, Means

WHOLE_MAX = 2**53  # up to which doubles hold all integers


@dataclass(frozen=True, repr=False, eq=False)
class TwoPhase:
    """An image in two phases.

    Attributes
    ----------
    mask : ndarray of bool, shape of the image without its channels
        Phase 1.
    means : (2,) ndarray of float64, or (2, n_channels)
        The values of phase 0 and of phase 1 that the mask is a global minimiser for.
    energy : float
        The energy of the mask with these means.
    certificate : Certificate
        The proof: ``certificate.verify()``. It is that of the filter in the notes of :func:`two_phase`; its energies
        count only what squares exceed those to the nearer mean.
    converged : bool
        Whether these means are those of the phases, up to the step of the means.
    n_cuts : int
        Number of minimum cuts that were solved.

    See Also
    --------
    two_phase : divides the image.

    Examples
    --------
    >>> import coarea
    >>> result = coarea.two_phase([[0, 0, 8, 8]], 1)
    >>> result.mask.tolist(), result.means.tolist(), result.converged
    ([[False, False, True, True]], [0.0, 8.0], True)
    """

    mask: NDArray[np.bool_]
    means: NDArray[np.float64]
    energy: float
    certificate: Certificate
    converged: bool
    n_cuts: int

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.mask.shape))
        means = " and ".join(np.array2string(mean, precision=6, separator=", ") for mean in self.means)
        return (
            f"TwoPhase({shape} pixels, {self.mask.mean():.1%} in phase 1, means {means}, energy={self.energy:g}, "
            f"converged={self.converged}, n_cuts={self.n_cuts})"
        )

    def _repr_html_(self) -> str:
        """What notebooks show: the numbers and a small picture of the mask."""
        rows = {
            "phase 1": f"{self.mask.mean():.1%}",
            "means": " and ".join(np.array2string(mean, precision=6, separator=", ") for mean in self.means),
            "energy": f"{self.energy:.10g}",
            "converged": self.converged,
            "cuts": self.n_cuts,
        }
        return card("two phases", rows, self.mask)


@with_hints
def two_phase(
    image: ArrayLike,
    beta: float,
    *,
    means: ArrayLike | None = None,
    n_iter: int = 20,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    fixed: tuple[ArrayLike | None, ArrayLike | None] | None = None,
    mask: ArrayLike | None = None,
    edge_weights: ArrayLike | None = None,
    neighbors: int | None = None,
    tie: Tie = "lower",
    workers: int | None = None,
) -> TwoPhase:
    """Divide an image in two sets, each near a value of its own, by a short boundary.

    For the means c0 and c1, over all sets S of pixels,

        ``E(S) = sum_{p not in S} (f_p - c0)^2 + sum_{p in S} (f_p - c1)^2 + beta sum_{p~q across} c_pq``

    [ChanEsedogluNikolova2006]_, with the squares added over the channels. The set is a global minimiser for its means,
    by a minimum cut. The means are renewed with those of the two sets until they stay; this lowers the energy, but
    finds the best pair of means only among those nearby: try several, and compare energies.

    Parameters
    ----------
    image : array_like
        Any real dtype, finite where there are data, 1-D to 3-D, and one axis more with `channel_axis`. A mask of
        numpy.ma is joined to `mask`.
    beta : float
        Weight of the boundary, at least 0, in squared grey values times pixels: a disc of radius r on a ground that
        differs by d stays if beta is below about ``d^2 r / 2``, or 0.4 d^2 r with 4 neighbours. Nothing is rescaled: of
        an image from 0 to 1 the beta is 255^2 times smaller than of the same one from 0 to 255.
    means : (2,) array_like, or (2, n_channels), optional
        Where the iteration starts; with ``n_iter=0`` they are kept. Default: the means of the pixels on either side of
        the mean, along the axis on which the colours vary most; phase 1 is the brighter side, or that which seeds fit.
    n_iter : int, default 20
        How often the means are renewed at most. 0 solves for the means given, one cut.
    channel_axis : int or None, optional
        As for :func:`denoise_tv_l1`; the channels are segmented together.
    fixed : pair of array_like of bool, optional
        Seeds: the pixels that must be in phase 0, and those that must be in phase 1, each in the shape of one channel;
        None where there are none.
    mask, edge_weights, neighbors, tie, workers : optional
        As for :func:`denoise_tv_l1`; a mask in the shape of the image may hide single channels. Pixels that `mask`
        hides in all channels go where the boundary is shortest.

    Returns
    -------
    TwoPhase
        ``mask``, ``means``, ``energy``, ``certificate``.

    Raises
    ------
    ValueError
        If the image is not finite, seeds contradict each other, given means are equal, or an option breaks its rules.
    TypeError
        If the dtype of the image is not real, or masks are not boolean.

    See Also
    --------
    segment : many regions of a photograph.
    denoise_tv_l1 : the filter that it rests on.

    Notes
    -----
    It is ``denoise_tv_l1`` of the image of preferences ``r > 0`` with the weights ``|r|``, where ``r = (f - c0)^2 -
    (f - c1)^2``. For integers the means are taken to multiples of a power of two, 1/64 for a range of 8 bits and 1 for
    16, so that all weights are integers and the minimum is exact, up to the rounding of beta with larger
    neighbourhoods. For other images the weights are rounded to 20 to 30 bits, as in :func:`denoise_tv_l1`; `energy` is
    always that of the mask, and of the weights as they are.

    Examples
    --------
    >>> import coarea
    >>> result = coarea.two_phase([[10, 12, 30, 10], [11, 10, 90, 91], [10, 12, 90, 88]], 500)
    >>> result.mask.astype(int).tolist(), result.means.tolist(), result.energy
    ([[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]], [13.125, 89.75], 2335.625)
    >>> result.certificate.verify()
    True
    """
    beta, n_iter = as_number("beta", beta, least=0), as_count("n_iter", n_iter, least=0)
    one_of("tie", tie, get_args(Tie))
    channels = channels_of(
        image, channel_axis, PixelOptions(None, mask, None, edge_weights),
        offsets_of=partial(neighbor_offsets, neighbors=neighbors), nearest=False, inside=True,
    )  # fmt: skip
    shape = channels.images[0].shape
    colors = Colors(channels.images, [data.weights for data in channels.data])
    boundary = Boundary(beta, perimeter_weights(len(shape), neighbors), channels.data[0].edge_weights)
    seeds = _seeds(fixed, shape)
    setting = Setting(
        l1_model(0.5), beta, tie, neighbors, "native", build=None, workers=number_of_workers(workers), wants_info=True
    )
    per_phase = () if channels.axis is None else (len(channels.images),)
    pair = _start(colors, seeds) if means is None else colors.given_means(means, (2, *per_phase))
    n_cuts = 0
    while True:
        found, certificate = _cut(colors, pair, seeds, boundary, setting)
        n_cuts += 1
        renewed = colors.means_of(found, pair)
        converged = bool((renewed == pair).all())
        if converged or n_cuts > n_iter:
            break
        pair = renewed
    energy = colors.squares(found, pair) + boundary.length(found)
    shown = (pair + colors.origin).reshape(2, *per_phase)
    return TwoPhase(found, shown, energy, certificate, converged, n_cuts)


class _Seeds(NamedTuple):
    """Pixels whose phase is given."""

    outside: NDArray[np.bool_]
    inside: NDArray[np.bool_]


def _seeds(fixed: Any, shape: tuple[int, ...]) -> _Seeds | None:
    if fixed is None:
        return None
    if isinstance(fixed, tuple | list):
        fixed = [np.zeros(shape, bool) if part is None else part for part in fixed]
    hint = "a mask for phase 0 and one for phase 1"
    outside, inside = as_mask("fixed", fixed, (2, *shape), hint=hint)
    if n_both := np.count_nonzero(outside & inside):
        raise ValueError(f"fixed must not hold a pixel in both phases, got {n_both} of them")
    return _Seeds(outside, inside)


def _start(colors: Colors, seeds: _Seeds | None) -> Means:
    """The first means, exchanged if the seeds fit them better then."""
    pair = colors.first_means()
    if seeds is not None:
        preference = colors.preference(pair)
        if preference[seeds.inside].sum() < preference[seeds.outside].sum():
            return pair[::-1]
    return pair


def _cut(
    colors: Colors, means: Means, seeds: _Seeds | None, boundary: Boundary, setting: Setting
) -> tuple[NDArray[np.bool_], Certificate]:
    """The best set for the means, and the proof."""
    preference = colors.preference(means)
    wanted, weights = preference > 0, np.abs(preference)
    unit, pull = colors.step**2, boundary.pull()
    if weights.max() < unit * WHOLE_MAX:
        weights = np.rint(weights / unit).astype(np.int64)  # nothing is rounded
        setting = setting._replace(beta=setting.beta / unit, unit=unit)
    elif pull > 0:
        weights = np.minimum(weights, 2 * pull)  # the same sets, and more bits for the small ones
    held = None
    if seeds is not None:
        wanted, held = (wanted & ~seeds.outside) | seeds.inside, seeds.outside | seeds.inside
    found, info = solve_on_pixels(wanted.astype(np.uint8), Data(weights, held, boundary.factors), setting)
    assert info is not None
    return found.astype(bool), info.certificates[0]

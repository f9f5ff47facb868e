"""What a filter did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from coarea.base.arrays import Array
from coarea.base.html import card
from coarea.exact.certificate import Certificate


@dataclass(frozen=True, repr=False, eq=False)
class Info:
    """What a filter did, and the proof that the result is optimal, or how far from that it can be.

    Attributes
    ----------
    energy, initial_energy : float
        The energy of the result and of the image itself, infinite if it leaves the bounds; computed when they are first
        asked for, as are the bound and the flow of the proof.
    dual_bound, lower_bound : float
        What the energy of every image is at least; two names for one number. Equal to `energy`: the result is a global
        minimum. For images of real numbers they are equal up to the rounding of the two sums. NaN with
        ``solver="pymaxflow"``. For ``colors="input"`` what is least on the pixels without that constraint.
    gap : float
        By what share of the lower bound the energy exceeds it; 0 up to rounding, unless ``colors="input"``.
    n_cuts : int
        Number of binary problems solved.
    seconds : dict of str to float
        Time spent on each phase.
    certificates : list of Certificate
        One per channel; :meth:`Certificate.verify` checks the proof of the lower bound. Empty with
        ``solver="pymaxflow"``. For ``colors="input"`` they are those of the channels filtered one by one on the pixels.

    See Also
    --------
    Certificate : the proof, and how it is checked.

    Examples
    --------
    >>> import coarea
    >>> filtered, info = coarea.denoise_tv_l1([[1, 1, 9, 1, 5, 5, 5]], 1.5, return_info=True)
    >>> info.initial_energy, info.energy, info.lower_bound, info.gap
    (30.0, 14.0, 14.0, 0.0)
    """

    n_cuts: int
    seconds: dict[str, float]
    certificates: list[Certificate]
    _problems: list[Certificate]  # of all channels, whether their flow is known or not
    _results: Sequence[Array | None] = ()  # of the channels, where they are not those of the problems

    @cached_property
    def energy(self) -> float:
        """The energy of the result, all channels added up."""
        return sum(problem.energy(result) for problem, result in zip_longest(self._problems, self._results))

    @cached_property
    def initial_energy(self) -> float:
        """The energy of the image itself."""
        return sum(problem.initial_energy() for problem in self._problems)

    @cached_property
    def dual_bound(self) -> float:
        """What no image's energy is below."""
        proven = len(self.certificates) == len(self._problems)
        return sum(certificate.dual_bound() for certificate in self.certificates) if proven else float("nan")

    @property
    def lower_bound(self) -> float:
        """The same, for a result that need not reach it."""
        return self.dual_bound

    @property
    def gap(self) -> float:
        """How far the energy is above the lower bound, as a share of it."""
        excess = self.energy - self.lower_bound
        if excess <= 0:
            return 0.0
        return float("inf") if self.lower_bound == 0 else excess / self.lower_bound

    def __repr__(self) -> str:
        return (
            f"Info(energy={self.energy:g}, initial_energy={self.initial_energy:g}, dual_bound={self.dual_bound:g}, "
            f"n_cuts={self.n_cuts}, {len(self.certificates)} certificates)"
        )

    def _repr_html_(self) -> str:
        """What notebooks show: the numbers, and for pixels a small picture of the result, its first channel."""
        rows = {
            "energy": f"{self.energy:.10g}",
            "of the image": f"{self.initial_energy:.10g}",
            "gap": f"{self.gap:.3g}",
            "cuts": self.n_cuts,
            "seconds": ", ".join(f"{phase} {seconds:.3g}" for phase, seconds in self.seconds.items()) or None,
        }
        result = self._results[0] if self._results else None
        if result is None and self.certificates:
            result = self.certificates[0].level
        return card("total variation", rows, result if result is not None and result.ndim > 1 else None)


def describe(problem: Certificate, seconds: dict[str, float], *, proven: bool = True) -> Info:
    """What was done to one channel."""
    return Info(problem.fidelity.n_bits, seconds, [problem] if proven else [], [problem])


def join(parts: Sequence[Info]) -> Info:
    """What was done to all channels."""
    phases = {phase for part in parts for phase in part.seconds}
    return Info(
        n_cuts=sum(part.n_cuts for part in parts),
        seconds={phase: sum(part.seconds.get(phase, 0.0) for part in parts) for phase in sorted(phases)},
        certificates=[certificate for part in parts for certificate in part.certificates],
        _problems=[problem for part in parts for problem in part._problems],
        _results=[result for part in parts for result in part._results or [None] * len(part._problems)],
    )

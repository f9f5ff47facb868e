"""What a filter did."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from coarea.base.arrays import Array
from coarea.exact.certificate import Certificate


@dataclass(frozen=True, repr=False)
class Info:
    """What a filter did, and the proof that the result is optimal.

    Attributes
    ----------
    energy, initial_energy : float
        The energy of the result and of the image itself.
    dual_bound : float
        What the energy of every image is at least. Equal to `energy`: the result is a global minimum. For images of
        real numbers they are equal up to the rounding of the two sums. NaN with ``solver="pymaxflow"``.
    n_cuts : int
        Number of binary problems solved.
    seconds : dict of str to float
        Time spent on each phase.
    certificates : list of Certificate
        One per channel; :meth:`Certificate.verify` checks the proof. Empty with ``solver="pymaxflow"``.
    """

    energy: float
    initial_energy: float
    dual_bound: float
    n_cuts: int
    seconds: dict[str, float] = field(default_factory=dict)
    certificates: list[Certificate] = field(default_factory=list)

    def __repr__(self) -> str:
        return (
            f"Info(energy={self.energy:g}, initial_energy={self.initial_energy:g}, dual_bound={self.dual_bound:g}, "
            f"n_cuts={self.n_cuts}, {len(self.certificates)} certificates)"
        )


def describe(certificate: Certificate, initial: Array, seconds: dict[str, float], *, proven: bool = True) -> Info:
    """Energies and proof of one channel; `initial` is its image, as levels."""
    started = time.perf_counter()
    info = Info(
        energy=certificate.energy(),
        initial_energy=certificate.energy(certificate.values[initial]),
        dual_bound=certificate.dual_bound() if proven else float("nan"),
        n_cuts=certificate.fidelity.n_bits,
        seconds=seconds,
        certificates=[certificate] if proven else [],
    )
    seconds["certify"] = time.perf_counter() - started
    return info


def join(parts: Sequence[Info]) -> Info:
    """What was done to all channels."""
    phases = {phase for part in parts for phase in part.seconds}
    return Info(
        energy=sum(part.energy for part in parts),
        initial_energy=sum(part.initial_energy for part in parts),
        dual_bound=sum(part.dual_bound for part in parts),
        n_cuts=sum(part.n_cuts for part in parts),
        seconds={phase: sum(part.seconds.get(phase, 0.0) for part in parts) for phase in sorted(phases)},
        certificates=[certificate for part in parts for certificate in part.certificates],
    )

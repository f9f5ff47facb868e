"""A scan as it was measured: counts, the images without object and without beam, angles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coarea.base.arrays import Array, as_real
from coarea.base.options import as_number, came
from coarea.base.types import BadPixels
from coarea.ct.beams import ParallelBeam
from coarea.ct.geometry import Geometry, Index
from coarea.ct.measurement import line_integrals


@dataclass(frozen=True, eq=False, repr=False)
class Scan:
    """What a scanner measured. A scan does not change: neither its fields nor its arrays.

    Attributes
    ----------
    counts : (view, v, u) ndarray
    flat, dark : (image, v, u) ndarray or float
        Images without the object, and without the beam; or one level for all pixels.
    angles : (view,) ndarray
        Radians.
    geometry : FanBeam, ConeBeam or Vectors, optional
        Where the rays ran, if the files say so.
    source : str
        The file or folder.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    See Also
    --------
    read_scan : reads one.
    line_integrals : of other arrays of counts.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> ct.Scan(np.full((4, 1, 8), 50), flat=100.0, dark=0.0, angles=np.arange(4) * np.pi / 4)
    Scan(4 views over 180 degrees, 1 x 8 bins, int64, flat 100, dark 0)
    """

    counts: Array
    flat: Array | float
    dark: Array | float
    angles: Array
    geometry: Geometry | None = None
    source: str = ""

    def __post_init__(self) -> None:
        counts, angles = _fixed("counts", self.counts), _fixed("angles", self.angles, np.float64)
        if counts.ndim != 3 or not counts.size:
            remedy = ": give counts[:, None]" if counts.ndim == 2 else ""
            raise ValueError(f"counts must have shape (view, v, u), got {counts.shape}{remedy}")
        if angles.shape != counts.shape[:1] or not np.isfinite(angles).all():
            raise ValueError(
                f"angles must be {len(counts)} finite numbers, one for each view of counts, got {came(angles)}"
            )
        flat, dark = (self._images(name, counts.shape[1:]) for name in ("flat", "dark"))
        if self.geometry is not None:
            _check_geometry(self.geometry, counts.shape, angles)
        fields = {"counts": counts, "flat": flat, "dark": dark, "angles": angles, "source": str(self.source)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _images(self, name: str, size: tuple[int, ...]) -> Array | float:
        values: Any = getattr(self, name)
        if np.ndim(values) == 0:
            return as_number(name, values)
        images = _fixed(name, values)
        images = images[None] if images.ndim == 2 else images
        if images.ndim != 3 or images.shape[1:] != size or not len(images):
            raise ValueError(f"{name} must be a number or hold images of shape {size}, got {images.shape}")
        return images

    def __repr__(self) -> str:
        n, degrees = len(self.counts), np.degrees(self.angles)
        said = [
            f"{n} views over {np.ptp(degrees) * n / max(1, n - 1):g} degrees",
            f"{' x '.join(map(str, self.counts.shape[1:]))} bins, {self.counts.dtype}",
        ]
        for name in ("flat", "dark"):
            images = getattr(self, name)
            said.append(f"{name} {images:g}" if isinstance(images, float) else f"{len(images)} {name}")
        said += [type(self.geometry).__name__] if self.geometry is not None else []
        return f"Scan({', '.join(said + [self.source] * bool(self.source))})"

    def __len__(self) -> int:
        return len(self.counts)

    def views(self, views: Index) -> Scan:
        """The scan of some of the views, with their angles.

        Parameters
        ----------
        views : slice or sequence of int

        Returns
        -------
        Scan
        """
        try:
            angles = self.angles[views]
        except IndexError as error:
            raise IndexError(
                f"views must be a slice or integers from 0 to {len(self) - 1}, got {came(views)}"
            ) from error
        if angles.ndim != 1:
            raise TypeError(f"views must be a slice or a sequence, got {came(views)}")
        if not len(angles):
            raise ValueError(f"views must select some of the {len(self)} views, got {came(views)}")
        geometry = None if self.geometry is None else self.geometry[views]
        return replace(self, counts=self.counts[views], angles=angles, geometry=geometry)

    def line_integrals(self, *, bad: BadPixels = "mask") -> Array:
        """Line integrals of the attenuation, as :func:`line_integrals` computes them.

        Parameters
        ----------
        bad : {"mask", "interpolate", "raise"}
            As for :func:`line_integrals`.

        Returns
        -------
        ndarray
            (view, v, u); in the plane of a FanBeam (view, u).
        """
        data = line_integrals(self.counts, self.flat, self.dark, bad=bad)
        return data[:, 0] if self.geometry is not None and 3 not in self.geometry.image_ndims else data

    def parallel_beam(self, center: float | None = None) -> ParallelBeam:
        """The geometry, if the beam was parallel.

        Parameters
        ----------
        center : float, optional
            The bin in which the axis is seen, as :func:`find_center` gives it. Default: the middle of the detector.

        Returns
        -------
        ParallelBeam
            With the distance between bins as the unit of length.
        """
        n = self.counts.shape[-1]
        offset = 0.0 if center is None else (n - 1) / 2 - as_number("center", center)
        return ParallelBeam(angles=self.angles, n_detectors=n, detector_offset=offset)


def _fixed(name: str, values: Any, dtype: Any = None) -> Array:
    """The same numbers, which cannot be written to."""
    real = as_real(name, values)
    array = np.asarray(real, dtype or real.dtype.newbyteorder("=")).view()
    array.flags.writeable = False
    return array


def _check_geometry(geometry: Any, shape: tuple[int, ...], angles: Array) -> None:
    if not isinstance(geometry, Geometry):
        raise TypeError(f"geometry must be a FanBeam, a ConeBeam or Vectors, got {type(geometry).__name__}")
    slices = shape[1] if 3 in geometry.image_ndims else 1  # of a beam without rows
    due = geometry.projection_shape
    turns = getattr(geometry, "angles", angles)  # vectors have none
    fits = shape in (due, (due[0], slices, due[-1])) and np.array_equal(turns, angles)
    if not fits:
        raise ValueError(f"geometry must have the angles of the scan and {shape[1:]} bins, got {geometry}")

"""JSON files that describe the geometry of a scan."""

from __future__ import annotations

import inspect
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.base.keywords import suggestion, with_hints
from coarea.base.options import as_count, as_number, as_path, came
from coarea.ct.beams import BEAMS
from coarea.ct.geometry import Geometry, as_geometry

DEGREES = "angles_in_degrees"
STEPS = ("start", "stop", "count")


@with_hints
def read_geometry(path: str | Path) -> Geometry:
    """Read the geometry that a JSON file describes.

    The file holds an object with the key ``"beam"``, one of ``"parallel"``, ``"fan"``, ``"cone"`` and ``"vectors"``,
    and the arguments of its class: :class:`ParallelBeam`, :class:`FanBeam`, :class:`ConeBeam` or :class:`Vectors`.
    Instead of ``"angles"``, which are in radians, it may hold ``"angles_in_degrees"``, a list or equal steps without
    the stop::

        {"beam": "fan", "angles_in_degrees": {"start": 0, "stop": 360, "count": 90}, "n_detectors": 512,
         "detector_spacing": 0.8, "source_to_axis": 400, "source_to_detector": 800}

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    ParallelBeam, FanBeam, ConeBeam or Vectors

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file does not describe a geometry; the message names the key.

    See Also
    --------
    write_geometry : the inverse.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from coarea import ct
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "scan.json"
    ...     _ = path.write_text('{"beam": "parallel", "angles_in_degrees": [0, 45], "n_detectors": 8}')
    ...     ct.read_geometry(path)
    ParallelBeam(2 views over 90 degrees, 8 bins)
    """
    name = as_path("path", path)
    try:
        return _geometry(json.loads(Path(name).read_text(encoding="utf-8-sig")))
    except json.JSONDecodeError as error:
        raise ValueError(f"{name} does not describe a geometry: it is no JSON, {error}") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} does not describe a geometry: {error}") from error


@with_hints
def write_geometry(path: str | Path, geometry: Geometry) -> None:
    """Write a JSON file from which :func:`read_geometry` makes the same geometry; it replaces another file.

    Parameters
    ----------
    path : str or Path
    geometry : ParallelBeam, FanBeam, ConeBeam or Vectors

    See Also
    --------
    read_geometry : the inverse.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from coarea import ct
    >>> beam = ct.FanBeam(angles=[0, 0.1, 0.2], n_detectors=64, source_to_axis=40, source_to_detector=80)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ct.write_geometry(Path(folder) / "scan.json", beam.vectors())
    ...     ct.read_geometry(Path(folder) / "scan.json") == beam.vectors()
    True
    """
    name = as_path("path", path)
    beam, kind = next((beam, kind) for beam, kind in BEAMS.items() if isinstance(as_geometry(geometry), kind))
    fields: dict[str, Any] = {"beam": beam}
    for key, parameter in inspect.signature(kind).parameters.items():
        value = getattr(geometry, key)
        if isinstance(value, np.ndarray):
            fields[key] = value.tolist()
        elif value != parameter.default:
            fields[key] = value
    lines = (f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items())
    Path(name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def _geometry(fields: Any) -> Geometry:
    if not isinstance(fields, dict):
        raise TypeError(f'it must hold an object, {{"beam": "fan", ...}}, got {came(fields)}')
    name = fields.get("beam")
    if not isinstance(name, str) or name not in BEAMS:
        raise ValueError(f'"beam" must be one of {", ".join(BEAMS)}, got {came(name)}')
    beam = BEAMS[name]
    kind = "a beam of vectors" if name == "vectors" else f"a {name} beam"
    parameters = inspect.signature(beam).parameters
    turns = [DEGREES] if "angles" in parameters else []
    for key in fields:
        if key not in ("beam", *turns, *parameters):
            raise ValueError(f'{kind} has no "{key}"{suggestion(key, [*turns, *parameters])}')
    if turns and (DEGREES in fields) == ("angles" in fields):
        raise ValueError(f'it must hold either "{DEGREES}" or "angles", which are in radians')
    given = {key: value for key, value in fields.items() if key in parameters}
    if DEGREES in fields:
        given["angles"] = np.radians(_degrees(fields[DEGREES]))
    lacking = [key for key, one in parameters.items() if key not in given and one.default is one.empty]
    if lacking:
        raise ValueError(f'{kind} needs "{lacking[0]}"')
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore" if DEGREES in fields else "error", "angles are in radians")
        try:
            return beam(**given)
        except UserWarning:
            largest = np.abs(given["angles"]).max()
            raise ValueError(f'"angles" are in radians and reach {largest:g}: call degrees "{DEGREES}"') from None


def _degrees(steps: Any) -> Array:
    """A list, or equal steps."""
    if isinstance(steps, dict):
        if set(steps) != set(STEPS):
            keys = ", ".join(f'"{key}"' for key in STEPS)
            raise ValueError(f'"{DEGREES}" must be a list or hold {keys}, got {came(steps)}')
        start, stop = (as_number(f'"{key}" of "{DEGREES}"', steps[key]) for key in ("start", "stop"))
        count = as_count(f'"count" of "{DEGREES}"', steps["count"])
        return np.linspace(start, stop, count, endpoint=False)
    return np.array([as_number(f'"{DEGREES}"', angle) for angle in steps] if isinstance(steps, list) else [], float)

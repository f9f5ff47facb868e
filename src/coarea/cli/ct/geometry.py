"""The JSON files that describe the beam of a scan."""

import inspect
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from coarea import ct
from coarea.base.arrays import Array
from coarea.base.options import as_count, as_number, came
from coarea.cli.files import FileError
from coarea.cli.parser import suggestion
from coarea.ct.beams import BEAMS

DEGREES = "angles_in_degrees"
STEPS = ("start", "stop", "count")


def read_geometry(path: Path) -> ct.Geometry:
    """The geometry that a file describes; what is wrong names the file and the key."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise FileError(f"{path} does not describe a geometry: it is no JSON, {error}") from error
    try:
        return _geometry(fields)
    except (TypeError, ValueError) as error:
        raise FileError(f"{path} does not describe a geometry: {error}") from error


def _geometry(fields: Any) -> ct.Geometry:
    if not isinstance(fields, dict):
        raise TypeError(f'it must hold an object, {{"beam": "fan", ...}}, got {came(fields)}')
    name = fields.get("beam")
    if not isinstance(name, str) or name not in BEAMS:
        raise ValueError(f'"beam" must be one of {", ".join(BEAMS)}, got {came(name)}')
    beam = BEAMS[name]
    parameters = inspect.signature(beam).parameters
    for key in fields:
        if key not in ("beam", DEGREES, *parameters):
            raise ValueError(f'a {name} beam has no "{key}"{suggestion(key, [DEGREES, *parameters])}')
    if (DEGREES in fields) == ("angles" in fields):
        raise ValueError(f'it must hold either "{DEGREES}" or "angles", which are in radians')
    given = {key: value for key, value in fields.items() if key in parameters}
    if DEGREES in fields:
        given["angles"] = np.radians(_degrees(fields[DEGREES]))
    lacking = [key for key, one in parameters.items() if key not in given and one.default is one.empty]
    if lacking:
        raise ValueError(f'a {name} beam needs "{lacking[0]}"')
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

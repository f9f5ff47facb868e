"""The JSON files that describe the beam of a scan."""

from pathlib import Path

from coarea import ct
from coarea.cli.files import FileError


def read_geometry(path: Path) -> ct.Geometry:
    """The geometry that a file describes; what is wrong names the file and the key."""
    try:
        return ct.read_geometry(path)
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise FileError(str(error)) from error

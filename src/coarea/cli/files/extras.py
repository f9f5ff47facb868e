"""Packages that a plain installation does without."""

from importlib import import_module
from typing import Any

from coarea.cli.files.image import FileError

EXTRAS = {"imagecodecs": "codecs", "pydicom": "dicom", "nibabel": "nifti"}
EXTRAS |= dict.fromkeys(("dask", "distributed", "zarr"), "zarr")


def install(package: str) -> str:
    """The sentence that tells how to have a package."""
    return f'needs the package {package}: pip install "coarea[{EXTRAS[package]}]"'


def extra(package: str, purpose: str) -> Any:
    """The package, or the reason why `purpose` cannot be."""
    try:
        return import_module(package)
    except ImportError as error:
        raise FileError(f"{purpose} {install(package)}") from error

"""Libraries that tests compare with, where they work."""

import importlib
from typing import Any

import pytest


def peer_or_skip(name: str) -> Any:
    """The module. Wheels of astra and torch need libraries of CUDA: where these are missing, the import fails."""
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        pytest.skip(f"{name} cannot be imported: {error}")

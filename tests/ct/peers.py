"""Libraries that tests compare with, where they work."""

import pytest


def astra_or_skip():
    """The module astra. Its wheels need libraries of CUDA: where those are missing it cannot be imported."""
    try:
        import astra
    except (ImportError, OSError) as error:
        pytest.skip(f"astra cannot be imported: {error}")
    return astra

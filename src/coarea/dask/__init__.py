"""Filters of images larger than memory, on Dask: exact, the same as in memory."""

try:
    import dask.array  # noqa: F401
except ImportError as error:
    raise ImportError('coarea.dask needs Dask: pip install "coarea[dask]"') from error

from coarea.dask._pieces import RemainderTooLarge
from coarea.dask._tasks import Remainders
from coarea.dask.connected import area_closing, area_opening, diameter_closing, diameter_opening, grain_filter
from coarea.dask.denoise import denoise_tv_l1, denoise_tv_l2
from coarea.dask.trees import attribute_filter

__all__ = [
    "RemainderTooLarge",
    "Remainders",
    "area_closing",
    "area_opening",
    "attribute_filter",
    "denoise_tv_l1",
    "denoise_tv_l2",
    "diameter_closing",
    "diameter_opening",
    "grain_filter",
]

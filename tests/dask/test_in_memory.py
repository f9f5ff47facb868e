"""Dask arrays given to functions in memory: refused with a remedy, never computed without a word."""

from __future__ import annotations

import inspect
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import coarea
from calls import ARRAY_CALLS, ARRAYS
from coarea.base.arrays import IN_CHUNKS
from coarea.base.namespaces import is_foreign

da = pytest.importorskip("dask.array")


class Computed(Exception):
    """Raised where a dask array is computed."""


def guarded(array: np.ndarray) -> Any:
    """A dask array that must not be computed."""
    return da.from_array(np.asarray(array)).map_blocks(_refuse, dtype=np.asarray(array).dtype)


def _refuse(block: np.ndarray) -> np.ndarray:
    if block.size:
        raise Computed
    return block


@pytest.mark.parametrize("name", [name for name in ARRAY_CALLS if name in ARRAYS and name[:5] != "dask."])
def test_functions_in_memory_refuse_them_by_name(name: str) -> None:
    call, given, _ = ARRAY_CALLS[name]
    for parameter, array in ARRAYS[name].items():
        if name == "Vectors" and parameter == "directions":
            given = {k: v for k, v in given.items() if k != "sources"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(TypeError, match=rf"{parameter} must be in memory, got a dask array: .*compute\(\)"):
                call(**{**given, parameter: guarded(array)})


@pytest.mark.parametrize("name", sorted(IN_CHUNKS))
def test_the_remedy_is_the_function_of_the_same_name(name: str) -> None:
    given = () if "filter" in name or "ing" in name else (1,)
    with pytest.raises(TypeError, match=rf"call coarea.dask.{name}, or give image.compute\(\)$"):
        getattr(coarea, name)(da.zeros((4, 4)), *given)


def test_others_have_no_such_function() -> None:
    with pytest.raises(TypeError, match=r"got a dask array: give image.compute\(\)$"):
        coarea.max_tree(da.zeros((4, 4)))
    with pytest.raises(TypeError, match=r"got a dask array: give image.compute\(\)$"):
        coarea.two_phase(da.zeros((4, 4)), 1)  # which filters images, with another function in between
    with pytest.raises(TypeError, match=r"image must be in memory, got a dask array"):
        coarea.max_tree([da.zeros(4), da.zeros(4)])


def test_the_names_are_those_that_both_have() -> None:
    both = {name for name in coarea.dask.__all__ if name in coarea.__all__}
    of_images = {name for name in both if next(iter(inspect.signature(getattr(coarea, name)).parameters)) == "image"}
    assert of_images == IN_CHUNKS


def test_arrays_around_others_than_dask_arrays_are_taken() -> None:
    xarray = pytest.importorskip("xarray")
    image = np.array([[0, 5, 5, 0, 9]])
    named = xarray.DataArray(image, dims=("y", "x"))
    assert coarea.area_opening(named, 2).tolist() == [[0, 5, 5, 0, 0]]
    with pytest.raises(TypeError, match=r"call coarea.dask.area_opening, or give image.compute\(\)"):
        coarea.area_opening(named.chunk(2), 2)
    with pytest.raises(TypeError, match=r"image must be a dask array, got DataArray: give image.data"):
        coarea.dask.area_opening(named.chunk(2), 2)
    assert coarea.dask.area_opening(named.chunk(2).data, 2).compute().tolist() == [[0, 5, 5, 0, 0]]


def test_they_are_not_taken_for_arrays_of_a_library_that_keeps_the_standard() -> None:
    class Lazy:
        def __array_namespace__(self) -> None: ...

        def __dask_graph__(self) -> dict[str, int]:
            return {}

    assert not is_foreign(Lazy())


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_room_comes_on_first_use() -> None:
    code = "import coarea; coarea.dask.denoise_tv_l1; from coarea import dask; print(dask.__name__)"
    assert run(code) == "coarea.dask\n"


def test_without_dask_the_message_says_what_to_install() -> None:
    code = "import sys; sys.modules['dask'] = None\nfrom coarea import *\nimport coarea\n"
    code += "try: coarea.dask\nexcept ImportError as error: print(error)"
    assert run(code) == 'coarea.dask needs Dask: pip install "coarea[dask]"\n'

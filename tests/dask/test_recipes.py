"""Arrays of others that hold dask arrays: what is around them stays."""

from __future__ import annotations

import operator
from functools import partial
from typing import Any

import numpy as np
import pytest

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

import coarea  # noqa: E402
import coarea.dask as chunked  # noqa: E402
from coarea.dask._inputs import by_other_tasks  # noqa: E402


@pytest.fixture
def stack(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(3, 20, 25)).astype("f4")


@pytest.mark.parametrize("attributes", [False, True])
def test_xarray_keeps_names_and_coordinates(stack: np.ndarray, attributes: bool) -> None:
    xarray = pytest.importorskip("xarray")
    coordinates = {"time": [1, 4, 9], "y": np.linspace(5, 1, 20), "x": np.arange(25) * 10.0}
    words: dict[str, Any] = {"dims": ("time", "y", "x"), "coords": coordinates, "attrs": {"units": "K"}}
    scenes = xarray.DataArray(da.from_array(stack, chunks=(1, 8, 9)), name="scene", **words)
    filtered = xarray.apply_ufunc(
        chunked.denoise_tv_l2, scenes, kwargs={"beta": 0.4, "channel_axis": 0}, dask="allowed", keep_attrs=attributes
    )
    assert dask.is_dask_collection(filtered.data)
    expected = xarray.DataArray(coarea.denoise_tv_l2(stack, 0.4, channel_axis=0), name="scene", **words)
    with dask.config.set(scheduler="synchronous"):
        filtered = filtered.compute()
    (xarray.testing.assert_identical if attributes else xarray.testing.assert_equal)(filtered, expected)
    assert filtered.attrs == ({"units": "K"} if attributes else {})


def test_xarray_stored_as_zarr_and_opened(stack: np.ndarray, tmp_path: Any) -> None:
    pytest.importorskip("zarr")
    xarray = pytest.importorskip("xarray")
    scene = xarray.DataArray(stack[0], dims=("y", "x"), coords={"x": np.arange(25) * 10.0}, name="scene")
    scene.chunk({"y": 8, "x": 9}).to_dataset().to_zarr(tmp_path / "in.zarr", consolidated=False)
    with dask.config.set(scheduler="synchronous"):
        opened = xarray.open_zarr(tmp_path / "in.zarr", consolidated=False)
        apply = partial(xarray.apply_ufunc, chunked.area_closing, kwargs={"area_threshold": 4}, dask="allowed")
        opened.map(apply).to_zarr(tmp_path / "out.zarr", consolidated=False)
        out = xarray.open_zarr(tmp_path / "out.zarr", consolidated=False).compute()
    assert np.array_equal(out.scene, coarea.area_closing(stack[0], 4))
    assert out.x.equals(scene.x)


def test_the_image_of_an_array_with_names_is_asked_for(stack: np.ndarray) -> None:
    xarray = pytest.importorskip("xarray")
    with pytest.raises(TypeError, match=r"image must be a dask array, got DataArray: give image\.data"):
        chunked.denoise_tv_l1(xarray.DataArray(da.from_array(stack[0], chunks=8)), 1)


def test_what_is_given_is_read_by_other_tasks_the_second_time(stack: np.ndarray) -> None:
    """Whatever the tasks are: slices of one chunk, sums, tuples, and what is in memory already."""
    whole = da.from_array(stack, chunks=stack.shape)
    old = da.Array({("old", 0, 0): (np.add, (np.take, stack, 1, 0), 1)}, "old", ((20,), (25,)), stack.dtype)
    sliced = da.Array({**dict(old.__dask_graph__()), ("cut", 0): (operator.getitem, ("old", 0, 0), (slice(9), 3))},
                      "cut", ((9,),), stack.dtype)  # fmt: skip
    for image in (whole[0], whole[1][3:, ::2], (whole[0] + 1).T, whole[2].rechunk(7), whole[0].persist(), old, sliced):
        again = by_other_tasks(image)
        assert dict(again.__dask_graph__()).keys().isdisjoint(dict(image.__dask_graph__()))
        with dask.config.set(scheduler="synchronous"):
            values = image.compute()
            assert np.array_equal(again.compute(), values)
            assert np.array_equal(chunked.denoise_tv_l1(image, 0.3).compute(), coarea.denoise_tv_l1(values, 0.3))

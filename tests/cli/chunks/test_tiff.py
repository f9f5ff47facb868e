"""TIFF files on the command line that are read piece by piece, with a Zarr array as the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask")
pytest.importorskip("distributed")
pytest.importorskip("zarr")

import tifffile
import zarr

import coarea
from coarea.cli.chunks import storing, tiff
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, contents

pytestmark = pytest.mark.usefixtures("photo_folder")
COLOURS = np.stack([PHOTO, PHOTO.T.reshape(PHOTO.shape), PHOTO // 2], -1)[::2, ::2]
TILED = {"tile": (16, 16), "compression": "zlib"}


@pytest.fixture(autouse=True)
def _looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "TOLD", 0.01)


@pytest.mark.parametrize(
    ("image", "words", "is_mapped", "axes"),
    [
        (PHOTO.astype(">u2") * 200, {"byteorder": ">"}, True, "yx"),
        (PHOTO[:32].astype("f4") / 7, {**TILED, "bigtiff": True, "byteorder": ">"}, False, "yx"),
        (PHOTO[::2, ::2], {}, True, "yx"),
        (COLOURS, {"photometric": "rgb", "rowsperstrip": 5, "compression": "zlib"}, False, "yxc"),
        (np.moveaxis(COLOURS, -1, 0), {"photometric": "rgb", "planarconfig": "separate", **TILED}, False, "cyx"),
        (np.moveaxis(COLOURS, -1, 0), {"photometric": "minisblack", "imagej": True}, True, "tyx"),
    ],
)
def test_pages_are_read_piece_by_piece(
    image: np.ndarray, words: dict[str, Any], is_mapped: bool, axes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "imagej" in words:
        words = words | {"metadata": {"axes": "TYX"}}
    tifffile.imwrite("in.tif", image, **words)
    read = []
    getitem = tiff.Pages.__getitem__

    def spy(self: tiff.Pages, box: Any) -> np.ndarray:
        assert self.is_mapped == is_mapped
        part = getitem(self, box)
        read.append(part.size)
        return part

    monkeypatch.setattr(tiff.Pages, "__getitem__", spy)
    assert main(["filter", "in.tif", "-o", "out.zarr", "--beta", "1", "--chunks", "20", "--quiet"]) == 0
    out = zarr.open("out.zarr", mode="r")
    channel = next((k for k, letter in enumerate(axes) if letter in "ct"), None)
    native = image.astype(image.dtype.newbyteorder("="))
    expected = coarea.denoise_tv_l1(native, 1, channel_axis=channel)
    assert out.dtype == expected.dtype
    assert np.array_equal(out[...], expected)
    assert "".join(out.metadata.dimension_names) == axes
    assert max(read) < image.size


def test_declared_nodata_and_what_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    image = PHOTO.astype("f4")
    image[5:9, 7:20] = -9999
    tifffile.imwrite("in.tif", image, tile=(16, 16), extratags=[(42113, 2, 6, "-9999", True)], description="a photo")
    assert main(["filter", "in.tif", "-o", "out.zarr", "--beta", "1"]) == 0
    missing = image == -9999
    expected = np.where(missing, image, coarea.denoise_tv_l1(image, 1, mask=missing))
    assert np.array_equal(zarr.open("out.zarr", mode="r")[...], expected)
    assert "coarea: note: not kept in out.zarr: description, nodata" in capsys.readouterr().err.replace("in.tif: ", "")


@pytest.mark.parametrize(
    ("name", "image", "words", "reason"),
    [
        ("in.tif", PHOTO, {"photometric": "miniswhite"}, "(MINISWHITE, 8 bits) are not stored as they are seen"),
        ("in.tif", PHOTO > 50, {}, "its pixels (MINISWHITE, 1 bits)"),
        ("in.tif", PHOTO, {"extratags": [(274, 3, 1, 6, True)]}, "are not stored as they are seen"),
        ("in.tif", COLOURS[..., [0, 1, 2, 0]], {"photometric": "rgb", "extrasamples": ["unassalpha"]}, "in chunks"),
        ("in.tif", PHOTO, {"photometric": "palette", "colormap": np.zeros((3, 256), "u2")}, "(PALETTE, 8 bits)"),
        ("in.dng", PHOTO, {}, "in chunks"),
    ],
)  # fmt: skip
def test_other_pages_are_refused(
    name: str, image: np.ndarray, words: dict[str, Any], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tifffile.imwrite(name, image, **words)
    before = contents()
    assert main(["filter", name, "-o", "out.zarr", "--quiet"]) == 1
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_files_that_are_cut_off_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    tifffile.imwrite("in.tif", PHOTO, **TILED)
    Path("in.tif").write_bytes(Path("in.tif").read_bytes()[:150])
    before = contents()
    assert main(["filter", "in.tif", "-o", "out.zarr", "--quiet"]) == 1
    assert_refusal(*capsys.readouterr(), "cannot read in.tif")
    assert contents() == before

"""Zarr arrays on the command line: filtered in chunks as in memory, all of the result or nothing."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask")
pytest.importorskip("distributed")
pytest.importorskip("zarr")

import zarr

import coarea
from coarea.cli.chunks import storing
from coarea.cli.chunks.image import Chunked
from coarea.cli.files import ImageFile
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, contents

pytestmark = pytest.mark.usefixtures("photo_folder")
KEPT = {"unit": "um", "scale": [0.5, 0.25]}


@pytest.fixture(autouse=True)
def _looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "TOLD", 0.01)


def save(name: str, image: np.ndarray, chunks: Any = 16, **words: Any) -> None:
    chunks = (chunks,) * image.ndim if isinstance(chunks, int) else chunks
    zarr.create_array(name, shape=image.shape, chunks=chunks, dtype=image.dtype, **words)[...] = image


def filter_zarr(words: str, source: str = "in.zarr") -> Any:
    assert main(["filter", source, "-o", "out.zarr", "--workers", "1", "--quiet", *words.split()]) == 0
    assert [name for name in contents() if name.startswith(".coarea")] == []
    return zarr.open("out.zarr", mode="r")


@pytest.mark.parametrize("version", [2, 3])
def test_what_is_written_is_what_is_computed_in_memory(version: int, capsys: pytest.CaptureFixture[str]) -> None:
    names = {"dimension_names": ("y", "x")} if version == 3 else {}
    save("in.zarr", PHOTO, zarr_format=version, attributes=KEPT, fill_value=40, **names)
    assert main(["filter", "in.zarr", "--beta", "1", "--chunks", "32", "--halo", "3", "--workers", "2"]) == 0
    out = zarr.open("in-filtered.zarr", mode="r")
    assert np.array_equal(out[...], coarea.denoise_tv_l1(PHOTO, 1))
    assert (out.dtype, out.chunks, out.fill_value) == (np.uint8, (16, 16), 40)
    assert (out.metadata.zarr_format, dict(out.attrs)) == (version, KEPT)
    assert version == 2 or out.metadata.dimension_names == ("y", "x")
    told = capsys.readouterr()
    assert told.err == "coarea: note: in.zarr: 4 chunks of 32 x 32, halo 3, workers 2\n"
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert lines[0].startswith("in.zarr -> in-filtered.zarr: 48 x 62 uint8, TV-L1 with beta 1 on pixels, ")
    assert lines[1:4] == ["chunks 32 x 32", "halo 3", "workers 2"]
    assert re.fullmatch(r"undecided \d+ of 2976 pixels by their chunks alone", lines[4])
    assert sorted(path.name for path in Path().iterdir()) == ["in-filtered.zarr", "in.zarr", "photo.png", "photos"]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("--neighbors 8 --tie upper --quantile 0.3 --beta 0.7", {"neighbors": 8, "tie": "upper", "quantile": 0.3}),
        ("--method l2 --resolution 2 --huber-delta 30 --beta 9", {"resolution": 2, "huber_delta": 30}),
        ("--mask mask.zarr --weights weights.zarr --beta 0.8 --domain pixels", {"mask": None, "weights": None}),
    ],
)
def test_options_reach_the_library(words: str, options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    beside = {"mask": rng.integers(0, 9, PHOTO.shape).astype("u1") // 8, "weights": rng.random(PHOTO.shape)}
    save("in.zarr", PHOTO, chunks=(48, 31))
    for name in beside.keys() & options:
        save(f"{name}.zarr", beside[name], chunks=(11, 30))
        options[name] = beside[name] if name == "weights" else beside[name] != 0
    out = filter_zarr(words + " --chunks 48,31")
    beta = float(words.split("--beta ")[1].split(maxsplit=1)[0])
    denoise = coarea.denoise_tv_l2 if "l2" in words else coarea.denoise_tv_l1
    assert np.array_equal(out[...], denoise(PHOTO, beta, **options))
    assert out.chunks == (48, 31)


def test_frames_channels_and_pixels_without_data() -> None:
    """Two frames of three channels in one array, with NaN where there are no data."""
    rng = np.random.default_rng(1)
    image = rng.random((2, 20, 25, 3)).astype("f4")
    image[0, 3:8, 5:9, 1] = image[1, 19] = np.nan
    save("in.zarr", image, chunks=(2, 20, 13, 2), dimension_names=("time", "y", "x", "channel"))
    out = filter_zarr("--beta 0.6 --chunks 20,13 --nodata nan")
    for frame, found in zip(image, out[...], strict=True):
        missing = np.isnan(frame)
        expected = coarea.denoise_tv_l1(frame, 0.6, channel_axis=2, mask=missing)
        assert np.array_equal(found, np.where(missing, frame, expected), equal_nan=True)
    assert out.chunks == (2, 20, 13, 2)


@pytest.mark.parametrize("words", ["--axes ZYX", "--per-slice", "--channel-axis 0 --json"])
def test_axes_as_the_user_says(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    image = np.random.default_rng(2).integers(0, 9, (4, 12, 13)).astype("u2")
    save("in.zarr", image, chunks=(2, 6, 6))
    out = filter_zarr(words + " --beta 0.6")
    volume = words == "--axes ZYX"
    expected = coarea.denoise_tv_l1(image, 0.6, channel_axis=None if volume else 0)
    assert not np.array_equal(expected, coarea.denoise_tv_l1(image, 0.6, channel_axis=0 if volume else None))
    assert np.array_equal(out[...], expected)
    told = capsys.readouterr().out
    assert "json" not in words or json.loads(told)["chunks"] == "2 x 12 x 13"  # a channel axis is left as it is


@pytest.mark.parametrize("is_new", [True, False])
def test_the_finest_level_of_ome_zarr(is_new: bool) -> None:
    """Its scale is kept; other levels would not be those of the result."""
    levels = [{"path": "full", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 0.5, 2]}]}]
    axes = [{"name": name} for name in "czyx"]
    scales = {"multiscales": [{"axes": axes, "datasets": [*levels, {"path": "half"}]}], "omero": {"channels": [1]}}
    attributes = {"ome": {"version": "0.5", **scales}} if is_new else scales
    group = zarr.create_group("in.zarr", zarr_format=3 if is_new else 2, attributes=attributes)
    image = np.stack([PHOTO, PHOTO.max() - PHOTO])[:, None]
    group.create_array("full", shape=image.shape, chunks=(1, 1, 24, 31), dtype="u1")[...] = image
    group.create_array("half", shape=(2, 1, 24, 31), dtype="u1")
    out = filter_zarr("--beta 1 --neighbors 8")  # of planes: the one slice makes no volume
    assert np.array_equal(out["0"][:, 0], coarea.denoise_tv_l1(image[:, 0], 1, neighbors=8, channel_axis=0))
    found = dict(out.attrs)["ome"] if is_new else dict(out.attrs)
    assert found["multiscales"] == [{"axes": axes, "datasets": [{**levels[0], "path": "0"}]}]
    assert found["omero"] == scales["omero"]
    assert list(out) == ["0"]


def test_shards_stay_shards(tmp_path: Path) -> None:
    save("in.zarr", PHOTO, chunks=(8, 8), shards=(24, 32))
    out = filter_zarr("--beta 1")
    assert (out.chunks, out.shards) == ((8, 8), (24, 32))
    assert main(["filter", "in.zarr", "-o", "out.zarr", "--overwrite", "--quiet", "--chunks", "40"]) == 0
    out = zarr.open("out.zarr", mode="r")
    assert (out.chunks, out.shards) == ((40, 40), None)  # or two chunks would be written into one shard at once
    assert np.array_equal(out[...], coarea.denoise_tv_l1(PHOTO, 2))


def test_results_larger_than_the_memory_go_to_the_disk_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.tile(PHOTO, (3, 2))
    save("in.zarr", image)
    spilled = []
    write = storing.Chunks.__setitem__

    def spy(self: storing.Chunks, box: Any, chunk: np.ndarray) -> None:
        spilled.append(sum(path.is_file() for path in Path().glob(".coarea*/spilled/*/*/storage/*")))
        write(self, box, chunk)

    monkeypatch.setattr(storing.Chunks, "__setitem__", spy)
    out = filter_zarr("--beta 1 --chunks 32 --halo 4 --memory 40kB")
    assert np.array_equal(out[...], coarea.denoise_tv_l1(image, 1))
    assert max(spilled) > len(spilled) // 4 > 0


REFUSED = [
    ("filter in.zarr --connectivity 4-8", "--connectivity goes with --domain"),
    ("filter in.zarr --regions 9", "--regions looks at the whole image"),
    ("filter in.zarr --colors input", "--colors looks at the whole image"),
    ("filter in.zarr --info", "--info looks at the whole image"),
    ("filter in.zarr --chunks 0", "--chunks: must be a whole number of at least 1"),
    ("filter in.zarr --chunks 9,9,9", "--chunks must be one number or 2, one for each axis of space, got 3"),
    ("filter in.zarr --memory much", "--memory must be a size such as 4GB, got much"),
    ("filter in.zarr --memory 0", "--memory must be a size such as 4GB, got 0"),
    ("filter in.zarr --memory=-4GB", "--memory must be a size such as 4GB, got -4GB"),
    ("filter in.zarr --memory 1e400", "--memory must be a size such as 4GB, got 1e400"),
    ("filter in.zarr --halo -1", "--halo: must be a whole number"),
    ("filter in.zarr --neighbors 26", "neighbors must be"),
    ("filter in.zarr --axes XYZ", "axes must name 2 axes"),
    ("filter in.zarr --mask group.zarr/0", "--mask group.zarr/0 is 3 x 4"),
    ("filter in.zarr --mask m.zarr -o m.zarr --overwrite", "cannot write m.zarr: it is the --mask"),
    ("filter in.zarr in.zarr", "name one image on the disk, got 2"),
    ("filter in.zarr -o out.tif", "a Zarr array, whose name ends in .zarr"),
    ("filter in.zarr -o photos", "a Zarr array, whose name ends in .zarr"),
    ("filter in.zarr -o no/out.zarr", "no such folder"),
    ("filter in.zarr -o in.zarr --overwrite", "it is the input"),
    ("filter in.zarr -o in.zarr/out.zarr", "it is the input"),
    ("filter in.zarr -o link.zarr --overwrite", "it is the input"),
    ("filter in.zarr -o group.zarr", "it exists; --overwrite replaces it"),
    ("filter in.zarr -o group.zarr/0/out.zarr", "it lies inside of another store"),
    ("filter group.zarr/0", "it lies inside of another store: name a place outside of that, -o OUT.zarr"),
    ("filter in.zarr -o other.zarr --overwrite", "it exists, and is no store of Zarr"),
    ("filter group.zarr -o out.zarr", "name one of its arrays: group.zarr/0 (3 x 4 uint8), group.zarr/a/b (5 int16)"),
    ("filter group.zarr/c -o out.zarr", "no such file: group.zarr/c"),
    ("filter none.zarr", "no such file"),
    ("filter other.zarr", "no Zarr array or group"),
    ("filter complex.zarr", "it holds complex128, 1-D, which is no image"),
    ("filter empty.zarr", "it holds no pixel"),
    ("filter broken.zarr", "cannot read broken.zarr"),
    ("filter photo.png -o out.zarr", "in chunks: only Zarr arrays and TIFF files are"),
    ("filter photo.png --halo 3", "--halo goes with a Zarr array, or with a result -o OUT.zarr"),
    ("open in.zarr --area 3 --diameter 4", "exclude each other"),
    ("grain in.zarr --colors input", "--colors input looks at the whole image"),
    ("info in.zarr", "in.zarr is a Zarr array, which coarea filter, open, close and grain take"),
    ("lines in.zarr", "in.zarr is a Zarr array, which coarea filter, open, close and grain take"),
]  # fmt: skip


@pytest.fixture
def stores(photo_folder: Path) -> None:
    """An array, a group, and what is neither."""
    save("in.zarr", PHOTO)
    save("m.zarr", PHOTO)
    Path("link.zarr").symlink_to("in.zarr")
    group = zarr.create_group("group.zarr")
    group.create_array("0", shape=(3, 4), dtype="u1")
    group.create_group("a").create_array("b", shape=(5,), dtype="i2")
    zarr.create_array("complex.zarr", shape=(5,), dtype="c16")
    zarr.create_array("empty.zarr", shape=(0, 5), dtype="u1")
    for name, content in (("other.zarr/photo", "precious"), ("broken.zarr/zarr.json", "{")):
        Path(name).parent.mkdir()
        Path(name).write_text(content)


@pytest.mark.parametrize(("line", "reason"), REFUSED)
@pytest.mark.usefixtures("stores")
def test_refused_before_anything_is_written(line: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents()
    assert main([*line.split(), "--quiet"]) in (1, 2)
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("filter --beta 30 --chunks 8 --max-remainder 9", "or raise --max-remainder"),
        ("filter --chunks 8 --halo 0", "image contains NaN; if these pixels hold no data: --nodata nan"),
        ("open --area 9", "in.zarr contains NaN: fill these pixels first, as --nodata does not go with chunks here"),
        ("grain --area 9 --chunks 8", "in.zarr contains NaN: fill these pixels first"),
    ],
)
def test_what_fails_leaves_what_was_there(words: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    save("in.zarr", np.random.default_rng(0).random((20, 20)))
    save("out.zarr", PHOTO)
    if "NaN" in reason:
        zarr.open_array("in.zarr", mode="r+")[19, 19] = np.nan
    before = contents()
    command, *options = words.split()
    assert main([command, "in.zarr", "-o", "out.zarr", "--overwrite", "--quiet", *options]) == 1
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_damaged_chunks_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    save("in.zarr", PHOTO, zarr_format=2)
    Path("in.zarr/1.2").write_bytes(b"damaged")
    before = contents()
    assert main(["filter", "in.zarr", "--quiet"]) == 1
    assert_refusal(*capsys.readouterr(), "cannot read in.zarr: damaged: ")
    assert contents() == before


@pytest.mark.parametrize(
    ("shape", "unit", "chunks"),
    [
        ((9000, 9000), (256, 500), (1024, 1500)),
        ((9000, 9000), (4096, 9000), (1024, 1000)),
        ((700, 9000), (64, 2048), (700, 2048)),
        ((500, 500, 500), (1, 500, 100), (128, 125, 200)),
    ],
)
def test_chunks_that_nobody_chose(shape: tuple[int, ...], unit: tuple[int, ...], chunks: tuple[int, ...]) -> None:
    """About 1024, in volumes 128, in whole chunks of the store or in equal parts of large ones."""
    source = np.broadcast_to(np.uint8(0), shape)
    image = Chunked(ImageFile(source, "ZYX"[3 - len(shape) :]), source, unit)
    assert image.in_chunks(None).image.pixels.chunksize == chunks


@pytest.mark.parametrize("package", ["zarr", "dask", "distributed"])
def test_missing_packages_are_named(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save("in.zarr", PHOTO)
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["filter", "in.zarr"]) == 1
    assert_refusal(*capsys.readouterr(), f'needs the package {package}: pip install "coarea[zarr]"')


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("open --area 9", coarea.area_opening(PHOTO, 9)),
        ("close --diameter 4 --connectivity 2", coarea.diameter_closing(PHOTO, 4, connectivity=2)),
        ("grain --area 9 --connectivity 4-8", coarea.grain_filter(PHOTO, 9, connectivity="4-8")),
    ],
)
def test_connected_filters(line: str, expected: np.ndarray) -> None:
    save("in.zarr", PHOTO)
    command, *words = line.split()
    assert main([command, "in.zarr", "-o", "out.zarr", "--chunks", "16", "--quiet", *words]) == 0
    assert np.array_equal(zarr.open("out.zarr", mode="r")[...], expected)
    assert not np.array_equal(expected, PHOTO)

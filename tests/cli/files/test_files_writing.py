"""Writing: all of a file or nothing, lossless or refused, never what the user did not name."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from makers import GREY, HYPER, RGB, RGBA, STACK, pillow, tiff

from coarea.cli.files import FileError, ImageFile, check_output, default_output, read_image, write_image
from coarea.cli.files.metadata import Metadata
from terminal import contents, fail_with

FORMATS = (".png", ".tif", ".npy", ".npz", ".nii", ".nii.gz")


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pillow(GREY)("in.png")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int8", "uint16", "int16", "int32", "uint64", "float16", "float32", "float64"]
)
@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((20, 30), "YX"),
        ((20, 30, 3), "YXC"),
        ((20, 30, 7), "YXC"),
        ((5, 20, 30), "ZYX"),
        ((2, 5, 20, 30), "IZYX"),
        ((30,), "X"),
    ],
)
def test_what_may_be_written_comes_back_and_the_rest_is_refused(suffix, dtype, shape, axes):
    pixels = np.random.default_rng(0).integers(0, 2 if dtype == "bool" else 100, shape).astype(dtype)
    image, path = ImageFile(pixels, axes), Path(f"out{suffix}")
    try:
        check_output(path, image, pixels.dtype, shape)
    except FileError as refusal:
        suffixes = str(refusal).partition("; write ")[2].split(" or ")
        assert suffixes[-1] in (".npy", ".npz")
        for other in suffixes:
            check_output(Path(f"out{other}"), image, pixels.dtype, shape)
        with pytest.raises(FileError, match="does not hold"):
            write_image(path, pixels, image, overwrite=False)
        assert not path.exists()
        assert suffix not in (".npy", ".npz")
        assert (suffix, dtype, axes) not in [
            (".png", "uint8", "YX"),
            (".tif", "float64", "ZYX"),
            (".nii", "int16", "ZYX"),
        ]
    else:
        assert (suffix[:4], axes) != (".nii", "IZYX")
        assert write_image(path, pixels, image, overwrite=False) == []
        words = {"axes": axes} if suffix in (".npy", ".npz") else {}
        again = read_image(path, **words)
        order = [axes.index(letter) for letter in again.axes]
        assert (again.alpha, again.pixels.dtype) == (None, pixels.dtype)
        assert np.array_equal(again.pixels, pixels.transpose(order))


@pytest.mark.parametrize(
    ("image", "dtype", "shape", "name"),
    [
        (ImageFile(GREY, "YX", source=Path("sub/a.png")), "uint8", (20, 30), "sub/a-filtered.png"),
        (ImageFile(GREY, "YX", source=Path("a.jpg")), "uint8", (20, 30), "a-filtered.png"),
        (ImageFile(GREY, "YX", source=Path("a.png")), "float64", (20, 30), "a-filtered.tif"),
        (ImageFile(GREY, "YX", source=Path("a.b.TIFF")), "float32", (20, 30), "a.b-filtered.TIFF"),
        (ImageFile(STACK, "ZYX", source=Path("a.ome.tif")), "uint8", (5, 20, 30), "a-filtered.ome.tif"),
        (ImageFile(STACK, "ZYX", source=Path("a.nii.gz")), "uint8", (5, 20, 30), "a-filtered.nii.gz"),
        (ImageFile(STACK, "ZYX", source=Path("a.nii.gz")), "bool", (5, 20, 30), "a-filtered.tif"),
        (ImageFile(GREY[0], "X", source=Path("a.npy")), "uint8", (30,), "a-filtered.npy"),
        (ImageFile(GREY, "YX", source=Path("a")), "uint8", (20, 30), "a-filtered.png"),
        (ImageFile(GREY, "YX", source=None), "uint8", (20, 30), "camera-filtered.png"),
    ],
)
def test_default_output(image, dtype, shape, name):
    assert default_output(image, np.dtype(dtype), shape) == Path(name)


def test_a_result_of_another_shape_is_a_picture_by_itself():
    tiff(RGBA, photometric="rgb")("rgba.tif")
    image = read_image(Path("rgba.tif"))
    picture = np.zeros((40, 60, 3), np.uint8)
    check_output(Path("lines.png"), image, picture.dtype, picture.shape)
    assert write_image(Path("lines.png"), picture, image, overwrite=False) == []
    assert read_image(Path("lines.png")).pixels.shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("key", "written"), [("head", "head"), (None, "arr_0"), ("file", "arr_0"), ("allow_pickle", "arr_0")]
)
def test_an_array_keeps_its_name_unless_numpy_needs_it(key, written):
    image = ImageFile(GREY, "YX", metadata=Metadata(key=key))
    write_image(Path("out.npz"), GREY, image, overwrite=False)
    with np.load("out.npz") as file:
        assert file.files == [written]
    assert read_image(Path("out.npz")).metadata.key == written


def test_transparency_takes_the_dtype_of_the_result():
    tiff(RGBA, photometric="rgb")("rgba.tif")
    image = read_image(Path("rgba.tif"))
    write_image(Path("out.tif"), image.pixels / np.float32(2), image, overwrite=False)
    again = read_image(Path("out.tif"))
    assert np.array_equal(again.alpha, RGBA[..., 3])
    assert np.array_equal(again.pixels, RGBA[..., :3] / np.float32(2))


def test_planes_of_colours_become_a_picture_and_other_planes_do_not():
    tiff(STACK[:3], photometric="rgb", planarconfig="separate")("rgb.tif")
    image = read_image(Path("rgb.tif"))
    write_image(Path("rgb.png"), image.pixels, image, overwrite=False)
    assert np.array_equal(read_image(Path("rgb.png")).pixels, np.moveaxis(STACK[:3], 0, -1))
    tiff(STACK[:3], imagej=True, metadata={"axes": "CYX"})("channels.tif")
    tiff(RGBA, photometric="separated")("print.tif")
    tiff(RGBA, planarconfig="contig", extrasamples=[2, 0, 0])("alpha-second.tif")
    for name in ("channels.tif", "print.tif", "alpha-second.tif"):
        image = read_image(Path(name))
        with pytest.raises(FileError, match="does not hold"):
            check_output(Path("out.png"), image, image.pixels.dtype, image.pixels.shape)


REFUSED = [
    ("out", "write .png, .tif, .npy, .npz, .nii or .nii.gz, which are lossless"),
    ("out.jpg", "which are lossless"),
    ("nowhere/out.png", "no such folder"),
    ("in.png", "it is the input; --overwrite replaces it"),
    ("link.png", "it is the input; --overwrite replaces it"),
    ("old.png", "it exists; --overwrite replaces it"),
    ("folder.png", "it is a folder"),
]


@pytest.mark.parametrize(("name", "reason"), REFUSED)
def test_places_that_are_refused(name, reason):
    Path("link.png").symlink_to("in.png")
    Path("old.png").write_text("precious")
    Path("folder.png").mkdir()
    image, before = read_image(Path("in.png")), contents()
    for refuse in (
        lambda: check_output(Path(name), image, GREY.dtype, GREY.shape),
        lambda: write_image(Path(name), GREY, image, overwrite=False),
    ):
        with pytest.raises(FileError) as refusal:
            refuse()
        assert str(refusal.value).startswith(f"cannot write {name}: ")
        assert reason in str(refusal.value)
    assert contents() == before


def test_overwriting_goes_through_links_and_keeps_the_link():
    Path("old.png").write_text("precious")
    Path("link.png").symlink_to("old.png")
    write_image(Path("link.png"), GREY, read_image(Path("in.png")), overwrite=True)
    assert Path("link.png").is_symlink()
    assert np.array_equal(read_image(Path("old.png")).pixels, GREY)


def full(self: Path, content: bytes) -> int:
    with self.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("failure", "error", "reason"),
    [
        ((Path, "write_bytes", full), FileError, "No space left"),
        ((os, "replace", fail_with(PermissionError(13, "Permission denied"))), FileError, "Permission denied"),
        ((os, "access", lambda path, mode: False), FileError, "no permission"),
        ((os, "replace", fail_with(KeyboardInterrupt())), KeyboardInterrupt, None),
        ((np, "savez_compressed", fail_with(MemoryError())), MemoryError, None),
    ],
)
def test_a_failing_write_leaves_the_old_file_and_nothing_else(failure, error, reason, monkeypatch):
    Path("out.npz").write_text("precious")
    before, image = contents(), read_image(Path("in.png"))
    with monkeypatch.context() as patch:
        patch.setattr(*failure)
        with pytest.raises(error, match=reason):
            write_image(Path("out.npz"), GREY, image, overwrite=True)
    assert contents() == before


def test_the_mode_of_a_new_file_is_the_usual_one():
    write_image(Path("out.npy"), HYPER, None, overwrite=False)
    Path("usual").touch()
    assert stat.S_IMODE(Path("out.npy").stat().st_mode) == stat.S_IMODE(Path("usual").stat().st_mode)


def test_pixels_without_an_input_are_a_picture_or_a_volume():
    for name, pixels, axes in (("a.tif", GREY, "YX"), ("b.tif", RGB, "YXC"), ("c.tif", STACK, "ZYX")):
        assert write_image(Path(name), pixels, None, overwrite=False) == []
        image = read_image(Path(name))
        assert image.axes == axes
        assert np.array_equal(image.pixels, pixels)

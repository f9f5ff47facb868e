"""What the axes of a file mean: guesses that are told, options that overrule them, and the walk over frames."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile
from makers import GREY, HYPER, RGB, RGBA, STACK, pages, pillow, tiff

import coarea
from coarea.base.tiff import series_of, whole_form
from coarea.cli.files import FileError, ImageFile, read_image


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("volume.npy", STACK)
    np.save("rgb.npy", RGB)
    np.save("five.npy", HYPER)
    tiff(STACK)("pages.tif")
    tiff(HYPER, imagej=True, metadata={"axes": "TZCYX"})("five.tif")
    tiff(RGBA, photometric="rgb")("rgba.tif")
    pillow(RGB)("rgb.png")


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("volume.npy", "axes taken for ZYX (a volume); --axes or --channel-axis overrules"),
        ("rgb.npy", "axes taken for ZYX (a volume); --axes or --channel-axis overrules"),
        ("five.npy", "axes taken for IIZYX (a volume for each frame); --axes or --channel-axis overrules"),
        ("pages.tif", "pages taken for frames, axes IYX (an image for each frame); --axes ZYX makes them a volume"),
        ("five.tif", None),
        ("rgba.tif", None),
        ("rgb.png", None),
    ],
)
def test_a_guess_is_told_with_its_remedy(name, note):
    assert read_image(Path(name)).note == note


@pytest.mark.parametrize(
    ("name", "words", "axes", "has_alpha"),
    [
        ("rgb.npy", {"channel_axis": -1}, "YXC", False),
        ("rgb.npy", {"channel_axis": 2}, "YXC", False),
        ("rgb.npy", {"axes": "yxs"}, "YXC", False),
        ("rgb.npy", {"axes": "TYX"}, "TYX", False),
        ("volume.npy", {"channel_axis": 0}, "CYX", False),
        ("volume.npy", {"axes": "IYX"}, "IYX", False),
        ("volume.npy", {"axes": "YXZ"}, "YXZ", False),
        ("five.npy", {"axes": "TZCYX"}, "TZCYX", False),
        ("five.npy", {"channel_axis": 1}, "ICZYX", False),
        ("pages.tif", {"axes": "ZYX"}, "ZYX", False),
        ("pages.tif", {"channel_axis": 0}, "CYX", False),
        ("five.tif", {"axes": "TCZYX"}, "TCZYX", False),
        ("five.tif", {"channel_axis": 1}, "TCIYX", False),
        ("rgba.tif", {"axes": "YXC"}, "YXC", True),
        ("rgba.tif", {"channel_axis": -1}, "YXC", True),
        ("rgba.tif", {"axes": "ZYX"}, "ZYX", False),
        ("rgb.png", {"channel_axis": 0}, "CYX", False),
        (None, {"axes": "XY"}, "XY", False),
    ],
)
def test_the_user_overrules(name, words, axes, has_alpha):
    image = read_image(name and Path(name), **words)
    assert (image.axes, image.alpha is not None, image.note) == (axes, has_alpha, None)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"axes": "YX"}, "axes must name 3 axes (20 x 30 x 3, such as YXC), got YX"),
        ({"axes": "ZZX"}, "got ZZX"),
        ({"axes": "YXQ"}, "got YXQ"),
        ({"axes": "TIC"}, "got TIC"),
        ({"channel_axis": 3}, "channel_axis must be an axis of 20 x 30 x 3, got 3"),
        ({"channel_axis": -4}, "got -4"),
        ({"axes": "YXC", "channel_axis": 2}, "give one of them"),
    ],
)
def test_what_cannot_be_meant_is_refused(words, reason):
    with pytest.raises(FileError) as refusal:
        read_image(Path("rgb.png"), **words)
    assert reason in str(refusal.value)
    assert "rgb.png" in str(refusal.value)


@pytest.mark.parametrize(
    ("axes", "per_slice", "frame", "channel_axis", "n"),
    [
        ("YX", False, (20, 30), None, 1),
        ("TZCYX", False, (3, 4, 20, 30), 1, 2),
        ("TZCYX", True, (4, 20, 30), 0, 6),
        ("IIZYX", False, (4, 20, 30), None, 6),
        ("CTIYX", False, (2, 20, 30), 0, 12),
        ("ZYXTI", False, (2, 3, 4), None, 600),
    ],
)
def test_frames_and_back(axes, per_slice, frame, channel_axis, n):
    pixels = GREY if axes == "YX" else HYPER
    image = ImageFile(pixels, axes, looped="TIZ" if per_slice else "TI")
    frames = list(image.frames())
    assert (len(frames), {part.shape for part in frames}, image.channel_axis) == (n, {frame}, channel_axis)
    assert all(np.shares_memory(part, pixels) for part in frames)
    assert np.array_equal(image.stack(frames), pixels)
    asked = []
    assert np.array_equal(image.map(lambda part, axis: asked.append(axis) or part + 1), pixels + 1)
    assert asked == [channel_axis] * n


def test_channels_and_frames_do_not_bleed_into_each_other():
    image = read_image(Path("five.tif"))
    filtered = image.map(lambda frame, axis: coarea.denoise_tv_l1(frame, 2, channel_axis=axis))
    for t in range(2):
        for c in range(4):  # of axes T Z C Y X
            assert np.array_equal(filtered[t, :, c], coarea.denoise_tv_l1(HYPER[t, :, c], 2))


def test_per_slice_is_for_volumes():
    image = read_image(Path("volume.npy"), per_slice=True)
    filtered = image.map(lambda frame, axis: coarea.denoise_tv_l1(frame, 2))
    assert np.array_equal(filtered, [coarea.denoise_tv_l1(plane, 2) for plane in STACK])
    assert not np.array_equal(filtered, coarea.denoise_tv_l1(STACK, 2))


def test_pages_that_are_alike_are_frames_whatever_else_they_say():
    pages((GREY, {"description": "a"}), (GREY // 2, {"compression": "zlib"}))("in.tif")
    image = read_image(Path("in.tif"))
    assert (image.axes, image.pixels.shape) == ("IYX", (2, 20, 30))
    assert np.array_equal(image.pixels, [GREY, GREY // 2])


def test_both_generations_of_tifffile(tmp_path):
    """Since 2026.5.2 a file is asked for series with axes of length 1, before that a series was."""

    class Series(list):
        def __call__(self, *, squeeze):
            assert squeeze is False
            return Series([SimpleNamespace(shape=(1, 3, 4), axes="QYX")])

    new = SimpleNamespace(series=Series([SimpleNamespace(shape=(3, 4), axes="YX")]))
    assert [whole_form(series) for series in series_of(new)] == [((1, 3, 4), "QYX")]
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((1, 3, 4), np.uint8), metadata={"axes": "ZYX"})
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert [whole_form(series) for series in series_of(file)] == [((1, 3, 4), "ZYX")]

"""Masks, weights and the value of pixels without data, as files and options have them."""

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

import coarea
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, load, save

pytestmark = pytest.mark.usefixtures("photo_folder")
HOLE = np.zeros(PHOTO.shape, bool)
HOLE[10:14, 20:30] = True
BLACK_AND_WHITE = HOLE.astype(np.uint8) * 255


def test_a_grey_mask_may_be_stored_in_colours():
    iio.imwrite("mask.png", np.dstack([BLACK_AND_WHITE] * 3))
    assert main(["filter", "photo.png", "-o", "out.npy", "--mask", "mask.png"]) == 0
    assert np.array_equal(load("out.npy"), coarea.denoise_tv_l1(PHOTO, 4, domain="shapes", mask=HOLE))


@pytest.mark.parametrize(
    ("option", "name", "image", "reason"),
    [
        ("--mask", "m.png", np.dstack([BLACK_AND_WHITE, PHOTO, PHOTO]), "--mask m.png must be grey, got 3 channels"),
        ("--mask", "m.png", np.dstack([PHOTO, BLACK_AND_WHITE]), "--mask m.png has transparency, which does not count"),
        ("--mask", "m.png", BLACK_AND_WHITE | 1, "--mask m.png is 0 nowhere, so that no data are left"),
        ("--mask", "m.npy", np.where(HOLE, np.nan, 0), "--mask m.npy must hold finite numbers"),
        ("--mask", "m.npy", HOLE.astype(str), "--mask m.npy must hold numbers, got <U5"),
        ("--weights", "w.npy", np.where(HOLE, np.inf, 1), "--weights w.npy must hold finite numbers"),
        ("--weights", "w.npy", np.where(HOLE, -0.5, 1), "--weights w.npy must be at least 0, got -0.5"),
        ("--weights", "w.png", np.dstack([BLACK_AND_WHITE, PHOTO, PHOTO]), "--weights w.png must be grey, got 3"),
    ],
)
def test_files_that_are_no_mask_and_no_weights(option, name, image, reason, capsys):
    save(name, image)
    assert main(["filter", "photo.png", "photos", "-o", "out", option, name]) == 2
    assert_refusal(*capsys.readouterr(), reason)


def test_a_jpeg_is_no_mask_unless_its_black_is_black(capsys):
    iio.imwrite("mask.jpg", BLACK_AND_WHITE, quality=60)
    assert len(np.unique(iio.imread("mask.jpg"))) > 2
    assert main(["filter", "photo.png", "--mask", "mask.jpg"]) == 2
    assert_refusal(*capsys.readouterr(), "--mask mask.jpg is a JPEG, where black is not exactly 0: save it as PNG")
    iio.imwrite("half.jpg", np.repeat([[0, 255]], 24, axis=1).repeat(48, 0)[:, :48].astype(np.uint8), quality=100)
    save("image.npy", np.arange(48 * 48).reshape(48, 48))
    assert len(np.unique(iio.imread("half.jpg"))) == 2
    assert main(["filter", "image.npy", "--mask", "half.jpg"]) == 0


@pytest.mark.parametrize("option", ["mask", "weights"])
def test_a_mask_of_another_size_is_named_and_other_images_go_on(option, capsys):
    save("other.png", BLACK_AND_WHITE)
    assert main(["filter", "photos/b.png", "--" + option, "other.png"]) == 1
    assert_refusal(*capsys.readouterr(), f"--{option} other.png is 48 x 62, but what it is for is 46 x 62")
    assert main(["filter", "photos", "photo.png", "-o", "out", "--" + option, "other.png"]) == 1
    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1] == "coarea: error: 2 of 3 files failed"
    assert "photo.png -> out/photo.png" in printed.out


LOWEST = float(np.finfo(np.float32).min)


@pytest.mark.parametrize(
    ("text", "value", "dtype"),
    [
        ("-3.40282e+38", LOWEST, np.float32),  # as gdalinfo prints it
        ("-3.4028234663852886e+38", LOWEST, np.float32),
        ("-3.4e+38", -3.4e38, np.float32),
        ("1.70141e+38", 1.7014118e38, np.float32),
        ("-1.79769e+308", float(np.finfo(np.float64).min), np.float64),
        ("0.1", 0.1, np.float32),
        ("-9999", -9999, np.float32),
        ("-9999.0", -9999, np.int16),
        ("-inf", -np.inf, np.float32),
        ("NaN", np.nan, np.float16),
        ("1e20", 1e20, np.float32),
        ("-9999", -9999, np.float16),  # which holds -10000 for it
        ("-65504", -65504, np.float16),
    ],
)
def test_nodata_as_it_is_printed(text, value, dtype):
    image = PHOTO.astype(dtype)
    image[HOLE] = value
    tags = [(42113, "s", 0, text, True)]
    tifffile.imwrite("height.tif", image, photometric="minisblack", extratags=tags)
    save("height.npy", image)
    assert main(["filter", "height.tif", "-o", "out.tif"]) == 0
    assert main(["filter", "height.npy", "-o", "out.npy", "--nodata", text]) == 0
    found = tifffile.imread("out.tif")
    assert np.array_equal(found[HOLE], image[HOLE], equal_nan=True)
    assert np.array_equal(found[~HOLE], coarea.denoise_tv_l1(PHOTO, 4, domain="shapes", mask=HOLE)[~HOLE])
    assert np.array_equal(load("out.npy"), found, equal_nan=True)


def test_a_mark_that_the_dtype_does_not_hold_is_nowhere(capsys):
    image = PHOTO.astype(np.float16)
    image[HOLE] = -np.inf
    save("height.npy", image)
    assert main(["info", "height.npy", "--nodata", "-70000"]) == 0
    assert "without data    0" in capsys.readouterr().out


def test_what_is_near_a_small_mark_is_data(capsys):
    image = PHOTO.astype(np.float32)
    image[HOLE] = -9999.01
    save("height.npy", image)
    assert main(["info", "height.npy", "--nodata", "-9999"]) == 0
    assert "without data    0" in capsys.readouterr().out

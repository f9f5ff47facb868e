"""coarea segment --method two-phase, and the options of both methods."""

import json
import shlex

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

import coarea
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, contents, load, save

pytestmark = pytest.mark.usefixtures("photo_folder")
COLOUR = np.dstack([PHOTO, PHOTO[::-1], PHOTO[:, ::-1]])


def test_the_mask_is_that_of_the_library(capsys):
    expected = coarea.two_phase(PHOTO, 900)
    assert 0.1 < expected.mask.mean() < 0.9
    assert main(["segment", "photo.png", "--method", "two-phase", "--beta", "900", "-o", "mask.png", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert load("mask.png").dtype == np.uint8
    assert np.array_equal(load("mask.png"), 255 * expected.mask.astype(int))
    assert (told["energy"], told["proven"], told["converged"]) == (expected.energy, True, True)
    assert [row["mean"] for row in told["phases"]] == expected.means.tolist()
    assert sum(row["pixels"] for row in told["phases"]) == PHOTO.size


def test_means_can_be_given_and_kept(capsys):
    line = [
        "segment",
        "photo.png",
        "--method",
        "two-phase",
        "--beta",
        "400",
        "--neighbors",
        "8",
        "--means",
        "130,20.5",
        "--json",
    ]
    for more, n_iter in ([], 20), (["--fixed-means", "--overwrite"], 0):
        assert main([*line, *more]) == 0
        expected = coarea.two_phase(PHOTO, 400, neighbors=8, means=(130, 20.5), n_iter=n_iter)
        told = json.loads(capsys.readouterr().out)
        assert np.array_equal(load("photo-segmented.png") > 0, expected.mask)
        assert [row["mean"] for row in told["phases"]] == expected.means.tolist()
    assert [row["mean"] for row in told["phases"]] == [130, 20.5]


def test_channels_are_segmented_together_and_told_in_words(capsys):
    iio.imwrite("colour.png", COLOUR)
    assert main(["segment", "colour.png", "--method", "two-phase", "--beta", "900"]) == 0
    assert np.array_equal(load("colour-segmented.png") > 0, coarea.two_phase(COLOUR, 900, channel_axis=-1).mask)
    out = capsys.readouterr().out
    assert "two phases with beta 900" in out
    assert "mean_2" in out
    assert (
        main(["segment", "colour.png", "--method", "two-phase", "--beta", "900", "--means", "0,200", "-o", "b.png"])
        == 0
    )
    means = np.repeat([[0], [200]], 3, axis=1)
    assert np.array_equal(load("b.png") > 0, coarea.two_phase(COLOUR, 900, means=means, channel_axis=-1).mask)


def test_pixels_without_data_count_for_nothing():
    image = PHOTO.astype(np.float32)
    image[:, 30:] = np.nan
    save("half.npy", image)
    assert (
        main(["segment", "half.npy", "--method", "two-phase", "--beta", "900", "--nodata", "nan", "-o", "out.npy"]) == 0
    )
    assert np.array_equal(load("out.npy") > 0, coarea.two_phase(image, 900, mask=np.isnan(image)).mask)


@pytest.mark.parametrize(
    ("name", "image", "written"),
    [
        ("stack.npy", np.stack([PHOTO] * 5), "stack-segmented.npy"),
        ("stack.tif", np.stack([PHOTO] * 5), "stack-segmented.tif"),
        ("signal.npy", PHOTO[9], "signal-segmented.npy"),
        ("photo.bmp", PHOTO, "photo-segmented.png"),
    ],
)
def test_masks_have_the_format_of_the_image_if_it_can_be_written(name, image, written):
    save(name, image)
    assert main(["segment", name, "--axes", "ZYX"[3 - image.ndim :], "--method", "two-phase", "--beta", "900"]) == 0
    assert np.array_equal(load(written) > 0, coarea.two_phase(image, 900).mask)


def test_a_volume_three_pixels_wide_is_no_colour_image():
    save("narrow.npy", np.stack([PHOTO[:, 20:23]] * 5))
    assert main(["segment", "narrow.npy", "--method", "two-phase", "--beta", "900", "-o", "narrow-segmented.tif"]) == 0
    with tifffile.TiffFile("narrow-segmented.tif") as file:
        assert (file.series[0].shape, file.pages[0].photometric) == ((5, 48, 3), tifffile.PHOTOMETRIC.MINISBLACK)


def test_columns_of_long_numbers_stay_apart(capsys):
    save("far.npy", PHOTO.astype(np.uint64) + 2**63)
    assert main(["segment", "far.npy", "--method", "two-phase", "--beta", "900", "-o", "out.png"]) == 0
    assert [len(line.split()) for line in capsys.readouterr().out.splitlines()[-3:]] == [3, 3, 3]


def test_volumes_are_segmented_whole_and_frames_one_by_one(capsys):
    stack = np.stack([PHOTO] * 5)
    save("stack.npy", stack)
    assert main(["segment", "stack.npy", "--method", "two-phase", "--beta", "900", "-o", "out.npy"]) == 0
    assert np.array_equal(load("out.npy") > 0, coarea.two_phase(stack, 900).mask)
    frames = np.stack([COLOUR, COLOUR[::-1], 255 - COLOUR], 1)  # axes Y, T, X, C
    save("frames.npy", frames)
    capsys.readouterr()
    line = [
        "segment",
        "frames.npy",
        "--axes",
        "YTXC",
        "--method",
        "two-phase",
        "--beta",
        "900",
        "-o",
        "b.npy",
        "--json",
    ]
    assert main(line) == 0
    expected = [coarea.two_phase(frames[:, k], 900, channel_axis=-1) for k in range(3)]
    assert np.array_equal(load("b.npy") > 0, np.stack([one.mask for one in expected], 1))
    told = json.loads(capsys.readouterr().out)
    assert told["energy"] == sum(one.energy for one in expected)
    assert [row["frame"] for row in told["phases"]] == [0, 0, 1, 1, 2, 2]
    assert [row["mean_1"] for row in told["phases"]] == [mean for one in expected for mean in one.means[:, 1].round(6)]


def test_an_empty_phase_is_told(capsys):
    save("float.npy", PHOTO / np.float64(255))
    assert main(["segment", "float.npy", "--method", "two-phase", "--beta", "3000", "-o", "out.npy"]) == 0
    assert "note: float.npy: one phase is empty: beta is too large for the grey values" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("photo.png --method two-phase", "--method two-phase needs --beta (see coarea segment --help)"),
        ("photo.png --two-phase --beta 3", "unrecognized option --two-phase"),
        (
            "photo.png --method phases",
            "invalid choice phases (did you mean two-phase?); choose from hierarchy, two-phase",
        ),
        ("photo.png --beta 0", "--beta goes with --method two-phase, not with hierarchy"),
        ("photo.png --means 3,5", "--means goes with --method two-phase, not with hierarchy"),
        ("photo.png --fixed-means", "--fixed-means goes with --method two-phase, not with hierarchy"),
        ("photo.png --neighbors 4", "--neighbors goes with --method two-phase, not with hierarchy"),
        ("photo.png --method two-phase --beta 3 --regions 12", "--regions goes with --method hierarchy, not with two-"),
        ("photo.png --method two-phase --beta 3 --level 0", "--level goes with --method hierarchy, not with two-phase"),
        ("photo.png --method two-phase --beta 3 --csv a.csv", "--csv goes with --method hierarchy, not with two-phase"),
        ("photo.png --regions 3 --level 0.5", "not allowed with argument"),
        ("photo.png --regions 0", "--regions: must be a whole number of at least 1, got 0"),
        ("photo.png --level -1", "--level: must be a number from 0 to 1, got -1"),
        ("photo.png --overlay ''", "--overlay names a file, not nothing"),
        ("photo.png --overlay -", "--overlay names a file, not the standard output"),
        ("photos -o out --overlay borders.png", "--overlay must be a folder for several inputs, got borders.png"),
        ("photos -o out --csv regions.csv", "--csv takes one image"),
        ("photo.png --csv regions.txt", "--csv must name a file that ends in .csv, got regions.txt"),
        ("photo.png --method two-phase --beta 3 --means 5", "--means: must be two numbers, A,B, got 5"),
        ("photo.png --method two-phase --beta 3 --means 5,nan", "--means: must be two numbers, A,B, got 5,nan"),
        ("photo.png --method two-phase --beta 3 --means 5,5", "means must differ"),
        ("photo.png --method two-phase --beta 3 --fixed-means", "--fixed-means goes with --means"),
        ("photo.png --method two-phase --beta 3 --neighbors 26", "neighbors must be one of 4, 8, 16, got 26"),
    ],
)
def test_wrong_words_are_refused(line, reason, capsys):
    before = contents()
    assert main(["segment", *shlex.split(line)]) == 2
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before

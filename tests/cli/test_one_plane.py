"""Commands that take one grey image: which plane of a file it is, and that it is said."""

import json

import numpy as np
import pytest

import coarea
from coarea.cli.main import main
from coarea.plot import luminance
from terminal import PHOTO, assert_refusal, save

pytestmark = pytest.mark.usefixtures("photo_folder")
RNG = np.random.default_rng(8)
STACKS = {
    "ZYX": RNG.integers(0, 9, (4, 9, 11)),
    "TYX": RNG.integers(0, 9, (4, 9, 11)),
    "YXC": RNG.integers(0, 9, (9, 11, 5)),
    "RGB": RNG.integers(0, 9, (9, 11, 3)),
    "TZYX": RNG.integers(0, 9, (2, 4, 9, 11)),
    "TICZYX": RNG.integers(0, 9, (2, 3, 2, 4, 9, 11)),
}  # of which each place has another tree


def told_by_tree(axes: str, capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    np.save("stack.npy", STACKS[axes].astype(np.uint8))
    assert main(["tree", "stack.npy", "--axes", axes.replace("RGB", "YXC"), "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("axes", "words", "meant", "taken"),
    [
        ("ZYX", "", STACKS["ZYX"], []),
        ("ZYX", "--slice 2", STACKS["ZYX"][2], ["taken: slice 2 of 0 to 3"]),
        ("ZYX", "--frame 2", STACKS["ZYX"][2], ["taken: slice 2 of 0 to 3"]),
        ("ZYX", "--per-slice --slice -1", STACKS["ZYX"][3], ["taken: slice 3 of 0 to 3"]),
        ("TYX", "--frame -4", STACKS["TYX"][0], ["taken: frame 0 of 0 to 3"]),
        ("TYX", "--slice 1", STACKS["TYX"][1], ["taken: frame 1 of 0 to 3"]),
        ("YXC", "--channel 4", STACKS["YXC"][..., 4], ["taken: channel 4 of 0 to 4"]),
        ("RGB", "--channel 1", STACKS["RGB"][..., 1], ["taken: channel 1 of 0 to 2"]),
        ("RGB", "", luminance(STACKS["RGB"]), ["taken: the luminance of 3 channels, one of which --channel takes"]),
        ("TZYX", "--frame 1", STACKS["TZYX"][1], ["taken: frame 1 of 0 to 1"]),
        ("TZYX", "--frame 1 --slice 3", STACKS["TZYX"][1, 3], ["taken: frame 1 of 0 to 1, slice 3 of 0 to 3"]),
        (
            "TICZYX", "--frame 5 --slice 2 --channel 1", STACKS["TICZYX"][1, 2, 1, 2],
            ["taken: frame 5 of 0 to 5, slice 2 of 0 to 3, channel 1 of 0 to 1"],
        ),
    ],
)  # fmt: skip
def test_the_plane_that_is_chosen(axes, words, meant, taken, capsys):
    told = told_by_tree(axes, capsys, *words.split())
    tree = coarea.tree_of_shapes(meant.astype(np.uint8))
    assert told["nodes"] == len(tree)
    assert told["largest"][1]["area"] == np.sort(coarea.attributes.area(tree))[-2]
    assert told["notes"] == taken


@pytest.mark.parametrize(
    ("axes", "words", "reason"),
    [
        ("TYX", "", "stack.npy holds 4 frames: choose one, --frame 0 to 3"),
        ("TYX", "--frame 4", "stack.npy has no frame 4: its frames are 0 to 3"),
        ("TYX", "--frame 0 --slice 1", "stack.npy has no slice 1: it holds one slice"),
        ("TYX", "--frame 0 --channel 1", "stack.npy has no channel 1: it holds one channel"),
        ("ZYX", "--per-slice", "stack.npy holds 4 slices: choose one, --slice 0 to 3"),
        ("ZYX", "--slice -5", "stack.npy has no slice -5: its slices are 0 to 3"),
        ("YXC", "", "stack.npy holds 5 channels: choose one, --channel 0 to 4"),
        ("RGB", "--channel 3", "stack.npy has no channel 3: its channels are 0 to 2"),
        ("TZYX", "--slice 3", "stack.npy holds 2 frames: choose one, --frame 0 to 1"),
    ],
)
def test_what_was_not_chosen_is_not_averaged(axes, words, reason, capsys):
    np.save("stack.npy", STACKS[axes].astype(np.uint8))
    assert main(["tree", "stack.npy", "--axes", axes.replace("RGB", "YXC"), *words.split()]) == 1
    assert_refusal(*capsys.readouterr(), reason)


def test_three_channels_of_a_signal_are_no_image(capsys):
    np.save("signal.npy", STACKS["RGB"][0])
    assert main(["tree", "signal.npy", "--axes", "XC"]) == 1
    assert_refusal(*capsys.readouterr(), "signal.npy holds 3 channels: choose one, --channel 0 to 2")
    assert main(["tree", "signal.npy", "--axes", "XC", "--channel", "0", "--domain", "max_tree"]) == 0


@pytest.mark.parametrize("command", ["lines", "scales", "tree"])
def test_signals_and_empty_images_are_no_planes(command, capsys):
    np.save("empty.npy", np.zeros((0, 3)))
    np.save("signal.npy", PHOTO[0])
    assert main([command, "empty.npy"]) == 1
    assert_refusal(*capsys.readouterr(), "empty.npy holds no pixel, its shape is 0 x 3")
    if command != "tree":
        assert main([command, "signal.npy"]) == 1
        assert_refusal(*capsys.readouterr(), f"signal.npy must hold an image, got a signal of {PHOTO.shape[1]}")


@pytest.mark.parametrize("option", ["--channel", "--frame", "--slice"])
def test_places_are_whole_numbers(option, capsys):
    assert main(["tree", "photo.png", option, "red"]) == 2
    assert_refusal(*capsys.readouterr(), f"{option}: must be a whole number, 0 for the first and -1 for the last")
    assert main(["tree", "photo.png", option, "0", "--quiet"]) == 0  # of one, the first


def test_what_was_taken_is_said_on_stderr(capsys):
    save("colour.png", np.dstack([PHOTO, PHOTO[::-1], PHOTO]))
    assert main(["tree", "colour.png"]) == 0
    assert capsys.readouterr().err == (
        "coarea: note: colour.png: taken: the luminance of 3 channels, one of which --channel takes\n"
    )


def test_data_missing_in_one_channel_are_there_in_another(capsys):
    image = STACKS["RGB"].astype(np.float32)
    image[2:5, 3:7, 0] = np.nan
    np.save("gap.npy", image)
    words = ["tree", "gap.npy", "--axes", "YXC", "--nodata", "nan", "--json"]
    assert main([*words, "--channel", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["nodes"] == len(coarea.tree_of_shapes(image[..., 2]))
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["nodes"] > 1

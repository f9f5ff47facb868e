"""coarea open, close, grain, tree and info."""

import csv
import json
import os
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

import coarea
from coarea import attributes
from coarea.cli.main import main
from coarea.plot import luminance
from terminal import PHOTO, assert_refusal, load, save

pytestmark = pytest.mark.usefixtures("photo_folder")
COLOUR = np.dstack([PHOTO, PHOTO[::-1], PHOTO[:, ::-1]])
BUILDERS = {"shapes": coarea.tree_of_shapes, "max_tree": coarea.max_tree, "min_tree": coarea.min_tree}


# --- open, close, grain -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("open photo.png", coarea.area_opening(PHOTO, 64)),
        ("open photo.png --area 20", coarea.area_opening(PHOTO, 20)),
        ("open photo.png --diameter 6 --connectivity 2", coarea.diameter_opening(PHOTO, 6, 2)),
        ("close photo.png", coarea.area_closing(PHOTO, 64)),
        ("close photo.png --area 20 --connectivity 2", coarea.area_closing(PHOTO, 20, 2)),
        ("close photo.png --diameter 6", coarea.diameter_closing(PHOTO, 6)),
        ("grain photo.png", coarea.grain_filter(PHOTO, 64)),
        (
            "grain photo.png --area 20 --connectivity 4-8 --border median",
            coarea.grain_filter(PHOTO, 20, connectivity="4-8", border="median"),
        ),
    ],
)
def test_connected_filters_are_those_of_the_library(line, expected):
    assert not np.array_equal(expected, PHOTO)
    assert main([*line.split(), "-o", "out.png"]) == 0
    assert np.array_equal(load("out.png"), expected)


def test_connected_filters_take_channels_and_slices():
    iio.imwrite("colour.png", COLOUR)
    assert main(["grain", "colour.png"]) == 0
    for k in range(3):
        assert np.array_equal(load("colour-grain.png")[..., k], coarea.grain_filter(COLOUR[..., k]))
    stack = np.stack([PHOTO, PHOTO[::-1], PHOTO, PHOTO, PHOTO])
    save("stack.npy", stack)
    assert main(["open", "stack.npy"]) == 0
    assert np.array_equal(load("stack-opened.npy"), coarea.area_opening(stack))
    assert main(["open", "stack.npy", "--per-slice", "-o", "slices.npy"]) == 0
    assert np.array_equal(load("slices.npy"), [coarea.area_opening(plane) for plane in stack])


def test_grains_of_all_channels_at_once(capsys):
    iio.imwrite("colour.png", np.dstack([COLOUR, np.full(PHOTO.shape, 255, np.uint8)]))  # opacity is no channel
    assert main(["grain", "colour.png", "--colors", "input", "--area", "20", "-o", "out.png"]) == 0
    assert np.array_equal(load("out.png")[..., :3], coarea.grain_filter(COLOUR, 20, channel_axis=-1))
    assert "all channels at once" in capsys.readouterr().out
    assert main(["grain", "photo.png", "--colors", "input", "-o", "grey.png"]) == 0
    assert np.array_equal(load("grey.png"), coarea.grain_filter(PHOTO))
    save("stack.npy", np.stack([COLOUR] * 5))
    line = ["grain", "stack.npy", "--axes", "ZYXC", "--colors", "input"]
    capsys.readouterr()
    assert main(line) == 1
    assert_refusal(*capsys.readouterr(), "--colors input needs plane frames, got 3-D ones: add --per-slice")
    assert main([*line, "--per-slice"]) == 0
    assert np.array_equal(load("stack-grain.npy")[3], coarea.grain_filter(COLOUR, channel_axis=-1))


@pytest.mark.parametrize(("command", "sign"), [("open", 1), ("close", -1)])
def test_openings_and_closings_do_not_run_through_pixels_without_data(command, sign):
    """Two components on either side of a gap are two, whatever the value of the gap."""
    image = np.array([[0, 5, 5, 99, 5, 0, 5, 5, 5, 5]]) * sign
    np.save("gap.npy", image)
    assert main([command, "gap.npy", "--area", "4", "--nodata", str(99 * sign), "-o", "out.npy"]) == 0
    assert load("out.npy").tolist() == (np.array([[0, 0, 0, 99, 0, 0, 5, 5, 5, 5]]) * sign).tolist()


def test_area_and_diameter_exclude_each_other(capsys):
    assert main(["open", "photo.png", "--area", "3", "--diameter", "4"]) == 2
    assert_refusal(*capsys.readouterr(), "exclude each other (see coarea open --help)")


# --- tree -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", BUILDERS)
def test_tree_prints_the_largest_shapes(domain, capsys):
    assert main(["tree", "photo.png", "--domain", domain, "--largest", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    tree = BUILDERS[domain](PHOTO)
    assert f"  nodes           {len(tree)}" in lines
    assert f"  depth           {attributes.depth(tree).max()}" in lines
    area, perimeter = attributes.area(tree), attributes.perimeter(tree)
    for rank, row in enumerate(lines[-3:]):
        node = int(row.split()[0])
        polarity = {1: "upper", -1: "lower", 0: "root"}[tree.polarity[node]]
        assert row.split()[1:] == [str(area[node]), str(perimeter[node]), str(tree.value[node]), polarity]
        assert area[node] == np.sort(area)[-1 - rank]


def test_tree_in_json_is_that_of_the_luminance(capsys):
    iio.imwrite("colour.png", COLOUR)
    assert main(["tree", "colour.png", "--json", "--connectivity", "4-8", "--border", "median"]) == 0
    told = json.loads(capsys.readouterr().out)
    tree = coarea.tree_of_shapes(luminance(COLOUR), connectivity="4-8", border="median")
    assert told["nodes"] == len(tree)
    assert told["largest"][0]["area"] == PHOTO.size
    assert len(told["largest"]) == 10


@pytest.mark.parametrize("ndim", [2, 3])
def test_table_of_all_nodes(ndim):
    image = PHOTO if ndim == 2 else np.stack([PHOTO[:9, :11], PHOTO[9:18, :11], PHOTO[:9, 11:22], PHOTO[:9, :11]])
    save("image.npy", image)
    assert main(["tree", "image.npy", "--csv", "shapes.csv"]) == 0
    with open("shapes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    tree = coarea.tree_of_shapes(image)
    assert len(rows) == len(tree)
    table = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    assert np.array_equal(table["node"], np.arange(len(tree)))
    for name in ("parent", "value", "polarity"):
        assert np.array_equal(table[name], getattr(tree, name))
    assert np.array_equal(table["area"], attributes.area(tree))
    assert np.array_equal(table["compactness"], attributes.compactness(tree))
    for name, column in attributes.table(tree).items():
        assert np.array_equal(table[name], column), name
    assert ("orientation" in table) == (ndim == 2)


def test_a_table_that_leads_to_the_image_is_refused(capsys):
    before = Path("photo.png").read_bytes()
    os.symlink("photo.png", "shapes.csv")
    assert main(["tree", "photo.png", "--csv", "shapes.csv", "--overwrite"]) == 2
    assert_refusal(*capsys.readouterr(), "cannot write shapes.csv: it leads to the image")
    assert Path("photo.png").read_bytes() == before


def test_a_table_replaces_another_only_when_told(capsys):
    with open("shapes.csv", "w") as file:
        file.write("old")
    assert main(["tree", "photo.png", "--csv", "shapes.csv"]) == 2
    assert "shapes.csv: it exists; --overwrite replaces it" in capsys.readouterr().err
    with open("shapes.csv") as file:
        assert file.read() == "old"
    assert main(["tree", "photo.png", "--csv", "shapes.csv", "--json", "--overwrite"]) == 0
    assert json.loads(capsys.readouterr().out)["table"] == "shapes.csv"
    with open("shapes.csv") as file:
        assert file.readline().startswith("node,parent,value,polarity,area,")
    assert main(["tree", "photo.png", "--csv", "nowhere/shapes.csv"]) == 1
    assert "nowhere/shapes.csv" in capsys.readouterr().err


def test_border_belongs_to_shapes(capsys):
    assert main(["tree", "photo.png", "--border", "0", "--domain", "max_tree"]) == 2
    assert_refusal(
        *capsys.readouterr(), "--border goes with --domain shapes, not with max_tree (see coarea tree --help)"
    )


# --- info -------------------------------------------------------------------------------------------------------------


def test_info(capsys):
    image = np.stack([COLOUR] * 4).astype(np.float32)
    image[0, :2, :5] = -1
    image[1, 7, 7] = np.nan
    save("frames.npy", image)
    assert main(["info", "frames.npy", "--axes", "TYXC", "--nodata", "-1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["shape"] == [4, 48, 62, 3]
    assert (told["dtype"], told["axes"]) == ("float32", "TYXC")
    assert told["nodata"] == -1
    assert told["without_data"] == 30
    assert told["range"] == [0, 200]
    assert told["filtered"].startswith("4 frames of 3 channels, each a plane of 48 x 62; TV-L1 with beta 4 on shapes")
    assert told["refused"] == "3 NaN pixels: unless by --nodata nan or --mask they hold no data"
    assert "written" not in told


def test_info_writes_nothing_and_tells_of_all_files(capsys, photo_folder):
    before = sorted(photo_folder.rglob("*"))
    assert main(["info", "photos", "photo.png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")] == [
        "photos/a.png", "photos/b.png", "photo.png"
    ]  # fmt: skip
    assert "  range           0 -> 200" in lines
    assert "  written         photo-filtered.png" in lines
    assert sorted(photo_folder.rglob("*")) == before


INFINITE = np.where(PHOTO > 180, np.inf, PHOTO)


@pytest.mark.parametrize(
    ("image", "words", "refused", "helps"),
    [
        (np.where(PHOTO > 180, np.nan, PHOTO), "", "NaN pixels: unless by --nodata nan or --mask", "--nodata nan"),
        (np.where(PHOTO == 0, -INFINITE, INFINITE), "--nodata inf", None, ""),
        (INFINITE, "", "infinite pixels: unless by --nodata inf or --mask", "--nodata inf"),
        (PHOTO[0], "", "1-D has no shapes: unless --domain pixels, max_tree or min_tree", "--domain pixels"),
        (PHOTO[None, None], "--axes TZYX", None, ""),
        (PHOTO + 2j, "", "complex128 holds no grey values", None),
        (PHOTO.astype(str), "", "<U3 holds no grey values", None),
        (PHOTO[:0], "", "it holds no pixel", None),
        (PHOTO.astype(np.longdouble), "", None, ""),
    ],
)
def test_info_tells_what_filter_refuses_and_what_helps(image, words, refused, helps, capsys):
    np.save("image.npy", image)
    assert main(["info", "image.npy", "--json", *words.split()]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (refused or "") in told.get("refused", "")
    assert ("refused" in told) == (refused is not None) == (main(["filter", "image.npy", *words.split()]) == 1)
    if helps is not None:
        assert main(["filter", "image.npy", "--overwrite", *words.split(), *helps.split()]) == 0

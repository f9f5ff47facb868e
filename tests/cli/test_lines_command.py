"""coarea lines: pictures, drawings and polygons of level lines."""

import json

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

import coarea
from coarea.cli.files.metadata import Metadata
from coarea.cli.main import main
from coarea.cli.variation import BETA
from coarea.plot import draw_level_lines, luminance
from terminal import PHOTO, assert_refusal, load, save, smooth

pytestmark = pytest.mark.usefixtures("photo_folder")
COLOUR = np.dstack([PHOTO, PHOTO[::-1], PHOTO[:, ::-1]])
FILTERED = smooth(PHOTO)


def written(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def crossed(tree, levels):
    band = np.searchsorted(levels, tree.value, side="right")
    return band != band[tree.parent]


def test_lines():
    assert main(["lines", "photo.png", "--beta", "1", "--step", "40", "--scale", "3"]) == 0
    expected = draw_level_lines(coarea.denoise_tv_l1(PHOTO, 1, domain="shapes"), PHOTO, step=40, scale=3)
    assert np.array_equal(load("photo-lines.png"), expected)


def test_lines_of_a_colour_image_are_those_of_its_luminance():
    iio.imwrite("colour.png", COLOUR)
    assert main(["lines", "colour.png", "--method", "l2", "--domain", "shapes"]) == 0
    filtered = coarea.denoise_tv_l2(luminance(COLOUR), BETA, domain="shapes")
    assert np.array_equal(load("colour-lines.png"), draw_level_lines(filtered, COLOUR))


def test_lines_tell_the_proof_when_asked(capsys):
    assert main(["lines", "photo.png", "--info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["energy"][1] == told["lower_bound"] == smooth(PHOTO, return_info=True)[1].energy


@pytest.mark.parametrize("channels", [2, 4])
def test_transparency_has_no_lines(channels):
    save("clear.png", np.dstack([PHOTO] * (channels - 1) + [PHOTO[::-1]]))
    assert main(["lines", "clear.png", "-o", "clear-lines.png"]) == 0
    assert main(["lines", "photo.png", "-o", "grey-lines.png"]) == 0
    assert np.array_equal(load("clear-lines.png"), load("grey-lines.png"))


def test_lines_leave_pixels_without_data_out():
    image = PHOTO.astype(np.float32)
    image[:, 30:] = np.nan
    save("half.npy", image)
    assert main(["lines", "half.npy", "--nodata", "nan", "-o", "out.png"]) == 0
    assert load("out.png").shape == (96, 124, 3)


def test_vectors_without_an_ending_are_refused(capsys):
    assert main(["lines", "photo.png", "--svg", "-o", "results"]) == 1
    assert_refusal(*capsys.readouterr(), "cannot write results: it must end in .svg; of a folder, results/")
    assert main(["lines", "photo.png", "--svg", "-o", "results/"]) == 0
    assert written("results/photo.svg").startswith("<svg")


def test_lines_need_a_plane(capsys):
    save("stack.npy", np.stack([PHOTO] * 5))
    assert main(["lines", "stack.npy"]) == 1
    assert_refusal(*capsys.readouterr(), "stack.npy holds 5 slices: choose one, --slice 0 to 4")
    assert main(["lines", "stack.npy", "--axes", "TYX"]) == 1
    assert_refusal(*capsys.readouterr(), "stack.npy holds 5 frames: choose one, --frame 0 to 4")
    assert main(["lines", "stack.npy", "--slice", "-1", "-o", "out.png"]) == 0
    assert main(["lines", "photo.png", "-o", "grey-lines.png"]) == 0
    assert np.array_equal(load("out.png"), load("grey-lines.png"))


def test_lines_at_levels():
    for given, levels in ((["--levels", "120,60"], [60, 120]), (["--step", "40"], np.arange(0, 256, 40))):
        assert main(["lines", "photo.png", "-o", "out.png", *given]) == 0
        bands = np.searchsorted(levels, FILTERED, side="right")
        assert np.array_equal(load("out.png"), draw_level_lines(bands, PHOTO))
        assert main(["lines", "photo.png", "-o", "out.svg", *given]) == 0
        tree = coarea.tree_of_shapes(FILTERED)
        assert written("out.svg") == coarea.contours(tree, crossed(tree, levels), frame=False).to_svg()


@pytest.mark.parametrize("given", [["--step", "500"], ["--levels", "300,400"], ["--levels", "-5"]])
@pytest.mark.parametrize("output", ["out.png", "out.svg", "out.geojson"])
def test_levels_without_lines_are_told(given, output, capsys):
    assert main(["lines", "photo.png", "-o", output, f"{given[0]}={given[1]}"]) == 0
    message = capsys.readouterr().err
    low, high = FILTERED.min(), FILTERED.max()
    assert f"no lines: the filtered image goes from {low} to {high}, and no wanted level lies between" in message


@pytest.mark.parametrize("domain", ["shapes", "max_tree", "min_tree", "pixels"])
def test_vectors_are_the_contours_of_the_tree(domain, capsys):
    filtered = coarea.denoise_tv_l1(PHOTO, 1, domain=domain)
    tree = {"max_tree": coarea.max_tree, "min_tree": coarea.min_tree}.get(domain, coarea.tree_of_shapes)(filtered)
    nodes = np.arange(1, len(tree))
    for more in (["-o", "photo-lines.geojson"], ["--geojson"]):
        assert main(["lines", "photo.png", "--beta", "1", "--domain", domain, "--json", "--overwrite", *more]) == 0
        lines = coarea.contours(tree, nodes)
        assert json.loads(capsys.readouterr().out)["lines"] == len(lines) > 1
        assert written("photo-lines.geojson") == lines.to_geojson()
    assert main(["lines", "photo.png", "--beta", "1", "--domain", domain, "--svg"]) == 0
    assert written("photo-lines.svg") == coarea.contours(tree, nodes, frame=False).to_svg()


def test_no_line_runs_along_pixels_without_data():
    image = PHOTO.astype(np.float32)
    image[5:20, 10:30] = np.nan
    save("hole.npy", image)
    missing = np.isnan(image)
    beside = missing.copy()  # and what lies beside them
    beside[1:] |= missing[:-1]
    beside[:-1] |= missing[1:]
    beside[:, 1:] |= missing[:, :-1]
    beside[:, :-1] |= missing[:, 1:]
    assert main(["lines", "hole.npy", "--nodata", "nan", "-o", "out.png", "--scale", "3", "--beta", "0"]) == 0
    picture = load("out.png").reshape(image.shape[0], 3, image.shape[1], 3, 3)
    red = (picture == (190, 0, 30)).all(axis=-1)
    middle_of_sides = red[:, 0, :, 1] | red[:, 1, :, 0]
    assert not middle_of_sides[missing].any()
    assert not red[1:, 0, :, 1][missing[:-1]].any()
    assert not red[:, 1, 1:, 0][missing[:, :-1]].any()
    assert middle_of_sides[~beside].any()
    assert main(["lines", "hole.npy", "--nodata", "nan", "-o", "out.geojson", "--beta", "0"]) == 0
    open_lines = [f for f in json.loads(written("out.geojson"))["features"] if f["properties"]["open"]]
    assert open_lines
    for feature in open_lines:
        geometry = feature["geometry"]
        lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
        for x, y in np.concatenate([np.array(line[1:-1]).reshape(-1, 2) for line in lines]).astype(int):
            assert not missing[max(y - 1, 0) : y + 1, max(x - 1, 0) : x + 1].all()


GEOTIFF = [(33550, "d", 3, (30.0, 20.0, 0.0), True), (33922, "d", 6, (2.0, 1.0, 0.0, 5000.0, 9000.0, 0.0), True)]
MATRIX = [(34264, "d", 16, (2.0, 1.0, 0.0, 50.0, 0.5, -3.0, 0.0, 90.0, 0, 0, 0, 0, 0, 0, 0, 1.0), True)]


def keys(**numbers):
    entries = [(int(name[1:]), 0, 1, value) for name, value in numbers.items()]
    return [(34735, "H", 4 + 4 * len(entries), (1, 1, 0, len(entries), *sum(entries, ())), True)]


@pytest.mark.parametrize(
    ("tags", "transform", "crs"),
    [
        (GEOTIFF + keys(k3072=32633), (30, 0, 4940, 0, -20, 9020), "EPSG:32633"),
        (GEOTIFF + keys(k1025=1, k2048=4326), (30, 0, 4940, 0, -20, 9020), "EPSG:4326"),
        (GEOTIFF + keys(k1025=2, k3072=32767), (30, 0, 4925, 0, -20, 9030), None),
        (MATRIX, (2, 1, 50, 0.5, -3, 90), None),
        (MATRIX + keys(k1025=2), (2, 1, 48.5, 0.5, -3, 91.25), None),
    ],
)
def test_polygons_lie_where_the_file_does(tags, transform, crs):
    tifffile.imwrite("map.tif", PHOTO, extratags=[(*tag[:4], True) for tag in tags])
    assert main(["lines", "map.tif", "-o", "out.geojson"]) == 0
    lines = coarea.contours(tree := coarea.tree_of_shapes(FILTERED), np.arange(1, len(tree)))
    assert written("out.geojson") == lines.to_geojson(transform=transform, crs=crs)


def test_files_without_a_place_have_no_transform():
    assert Metadata().transform() is None
    assert Metadata().crs() is None
    assert Metadata(tags=(GEOTIFF[1],)).transform() is None, "a tie point alone says nothing of the size of pixels"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--svg -o out.png", "--svg writes .svg, got -o out.png"),
        ("--geojson -o out.svg", "--geojson writes .geojson, got -o out.svg"),
        ("-o out.svg --scale 3", "--scale goes with a picture, not with .svg"),
        ("--levels 3,x", "argument --levels: must be numbers with commas between them, got 3,x"),
        ("--levels 3,nan", "must be numbers with commas between them"),
        ("--levels 3 --step 4", "not allowed with argument"),
        ("--svg --geojson", "not allowed with argument"),
        ("-o out.svg photo.png photo.png copy.png", "-o must be a folder for several inputs, got out.svg"),
    ],
)
def test_what_does_not_go_together(line, message, capsys):
    assert main(["lines", "photo.png", *line.split()]) == 2
    assert_refusal(*capsys.readouterr(), message)


def test_drawings_of_many_files_and_what_is_there_already(capsys):
    save("other.png", PHOTO[::-1])
    assert main(["lines", "photo.png", "other.png", "--svg", "-o", "drawings", "--beta", "1"]) == 0
    assert written("drawings/photo.svg") != written("drawings/other.svg")
    assert main(["lines", "photo.png", "--svg"]) == 0
    capsys.readouterr()
    assert main(["lines", "photo.png", "--svg"]) == 1
    assert_refusal(*capsys.readouterr(), "cannot write photo-lines.svg: it exists; --overwrite replaces it")
    assert main(["lines", "photo.png", "-o", "nowhere/out.svg"]) == 1
    assert_refusal(*capsys.readouterr(), "no such folder")

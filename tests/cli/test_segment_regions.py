"""coarea segment: labels of regions, the table and the overlay."""

import csv
import json
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from skimage import measure

import coarea
from coarea.cli.main import main
from coarea.plot import draw_regions
from terminal import PHOTO, assert_refusal, contents, load, save

pytestmark = pytest.mark.usefixtures("photo_folder")
COLOUR = np.dstack([PHOTO, PHOTO[::-1], PHOTO[:, ::-1]])
GEOREFERENCE = [(33550, "d", 3, (30.0, 20.0, 0.0), True), (33922, "d", 6, (2.0, 1.0, 0.0, 5000.0, 9000.0, 0.0), True)]


def labels_of(image, number=12, **options):
    """What the command writes of an image that has data everywhere."""
    return coarea.segment(image, number, **options) + 1


def rows_of(name):
    with open(name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("words", "options"),
    [("", {}), ("--regions 5", {"n_regions": 5}), ("--level 0.4", {"level": 0.4}), ("--method hierarchy", {})],
)
@pytest.mark.parametrize("colours", [False, True])
def test_labels_are_those_of_the_library_from_1_on(words, options, colours, capsys):
    image = COLOUR if colours else PHOTO
    save("image.png", image)
    assert main(["segment", "image.png", *words.split(), "--json"]) == 0
    written, told = load("image-segmented.png"), json.loads(capsys.readouterr().out)
    assert written.dtype == np.uint8
    assert np.array_equal(written, coarea.segment(image, **options) + 1)
    assert told["regions"] == written.max() > 1
    assert told["output"] == "image-segmented.png"


@pytest.mark.parametrize(("name", "written"), [("a.npy", "a-s.npy"), ("a.tif", "a-s.tif"), ("a.bmp", "a-s.png")])
def test_labels_have_the_format_of_the_image_if_it_can_be_written(name, written):
    save(name, PHOTO)
    assert main(["segment", name]) == 0
    assert np.array_equal(load(written.replace("-s", "-segmented")), labels_of(PHOTO))


@pytest.mark.parametrize(("number", "dtype"), [(255, "uint8"), (256, "uint16"), (65535, "uint16"), (65536, "uint32")])
def test_labels_have_the_least_dtype_that_holds_them(number, dtype, monkeypatch, capsys):
    image = np.zeros((256, 257), np.uint8)
    save("many.png", image)
    labels = np.minimum(np.arange(image.size), number - 1).reshape(image.shape)
    monkeypatch.setattr("coarea.regions.segmenter.segment.segment", lambda *arguments, **options: labels.copy())
    for words in (["--regions", str(number)], ["--level", "0"]):
        assert main(["segment", "many.png", "-o", "out.tif", *words]) == 0
        assert load("out.tif").dtype == dtype
        assert np.array_equal(load("out.tif"), labels + 1)
        code = main(["segment", "many.png", "-o", f"out{words[0]}.png", *words])
        assert code == (dtype == "uint32"), "a PNG has 16 bits"
    if dtype == "uint32":
        assert "out--regions.png: .png does not hold uint32, 256 x 257, axes YX; write .tif or .npy" in (
            capsys.readouterr().err
        )
        assert main(["segment", "many.png", "--regions", str(number)]) == 0
        assert load("many-segmented.tif").dtype == dtype


# --- axes, and pixels without data ----------------------------------------------------------------------------------


def test_frames_are_divided_one_by_one_and_keep_their_axes(capsys):
    frames = np.stack([COLOUR, COLOUR[::-1], 255 - COLOUR], 1)  # axes Y, T, X, C
    save("frames.npy", frames)
    line = ["segment", "frames.npy", "--axes", "YTXC", "--regions", "4", "--overlay", "lines.tif", "--csv", "rows.csv"]
    assert main([*line, "--json"]) == 0
    expected = [labels_of(frames[:, k], 4) for k in range(3)]
    assert np.array_equal(load("frames-segmented.npy"), np.stack(expected, 1))
    told = json.loads(capsys.readouterr().out)
    assert told["frames"] == [{"frame": k, "regions": one.max()} for k, one in enumerate(expected)]
    with tifffile.TiffFile("lines.tif") as file:
        assert (file.series[0].axes, file.pages[0].photometric) == ("TYXS", tifffile.PHOTOMETRIC.RGB)
    assert np.array_equal(load("lines.tif"), [draw_regions(one, frames[:, k]) for k, one in enumerate(expected)])
    rows = [(int(row["frame"]), int(row["label"]), int(row["area"])) for row in rows_of("rows.csv")]
    areas = [np.bincount(one.ravel())[1:].tolist() for one in expected]
    assert rows == [(k, label, area) for k, own in enumerate(areas) for label, area in enumerate(own, 1)]


def test_channels_first_and_slices():
    save("first.npy", np.moveaxis(COLOUR, -1, 0))
    assert main(["segment", "first.npy", "--channel-axis", "0", "--overlay", "first.png"]) == 0
    assert np.array_equal(load("first-segmented.npy"), labels_of(COLOUR))
    assert np.array_equal(load("first.png"), draw_regions(labels_of(COLOUR), COLOUR))
    save("stack.tif", stack := np.stack([PHOTO, PHOTO[::-1]]))
    assert main(["segment", "stack.tif", "--axes", "ZYX", "--per-slice"]) == 0
    assert np.array_equal(load("stack-segmented.tif"), [labels_of(one) for one in stack])


@pytest.mark.parametrize(
    ("image", "words", "reason"),
    [
        (np.stack([PHOTO] * 5), "", "must hold images for --method hierarchy, got a volume; --per-slice takes its"),
        (PHOTO[3], "", "must hold images for --method hierarchy, got a signal"),
        (np.zeros((0, 4)), "", "image.npy holds no pixel, its shape is 0 x 4"),
        (np.zeros((0, 5, 4)), "--axes TYX", "image.npy holds no pixel, its shape is 0 x 5 x 4"),
        (PHOTO[3], "--method two-phase --beta 3 --overlay a.png", "--overlay draws planes, got a signal, image.npy"),
        (np.full((9, 9), np.nan), "", "image contains NaN; if these pixels hold no data: --nodata nan"),
        (PHOTO * 1j, "", "complex128"),
    ],
)
def test_images_that_cannot_be_divided(image, words, reason, capsys):
    np.save("image.npy", image)
    before = contents()
    assert main(["segment", "image.npy", *words.split(), "--quiet"]) == 1
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_pixels_without_data_have_label_0_and_count_for_nothing(capsys):
    image = COLOUR.astype(np.float32) / 255
    image[:, 40:] = np.nan  # in all channels
    image[:9, :9, 1] = np.nan  # in one, where the others count
    image[30:34, :40] = image[30:34, 39:0:-1].max()  # so that no region of what is filled in is a whole one
    save("half.npy", image)
    line = ["segment", "half.npy", "--axes", "YXC", "--nodata", "nan", "--overlay", "a.png", "--csv", "a.csv"]
    assert main([*line, "--regions", "40"]) == 0
    labels = load("half-segmented.npy")
    assert not labels[:, 40:].any()
    assert np.unique(labels[:, :40]).tolist() == list(range(1, labels.max() + 1)), "no number is left out"
    assert labels.max() > 1
    for row in rows_of("a.csv"):
        region = image[labels == int(row["label"])].astype(float)
        assert int(row["area"]) == len(region)
        with np.errstate(invalid="ignore"):
            means = np.nansum(region, 0) / (~np.isnan(region)).sum(0)
        assert np.allclose([float(row[f"mean_{k}"]) for k in range(3)], means, equal_nan=True)
    shown = np.where(np.isnan(image), np.nanmin(image), image)
    assert np.array_equal(load("a.png"), draw_regions(labels, shown))


def test_an_image_without_any_data_has_no_region(capsys):
    save("none.npy", np.full((9, 8), np.nan, np.float32))
    assert main(["segment", "none.npy", "--nodata", "nan", "--overlay", "a.png", "--csv", "a.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["regions"] == 0
    assert not load("none-segmented.npy").any()
    assert rows_of("a.csv") == []


def test_labels_lie_where_the_image_does():
    tifffile.imwrite("map.tif", COLOUR, photometric="rgb", extratags=GEOREFERENCE, description="colours")
    assert main(["segment", "map.tif", "--overlay", "lines.tif"]) == 0
    for name, shape in (("map-segmented.tif", PHOTO.shape), ("lines.tif", COLOUR.shape)):
        with tifffile.TiffFile(name) as file:
            tags = file.pages[0].tags
            assert file.pages[0].shape == shape
            assert [tags.valueof(code) for code in (33550, 33922)] == [GEOREFERENCE[k][3] for k in (0, 1)]
            assert file.pages[0].description == ""
    imagej = {"unit": "um", "spacing": 0.5, "axes": "TYX", "Ranges": (0.0, 40.0)}
    tifffile.imwrite("cells.tif", np.stack([PHOTO] * 2), imagej=True, resolution=(4, 4), metadata=imagej)
    assert main(["segment", "cells.tif"]) == 0
    with tifffile.TiffFile("cells-segmented.tif") as file:
        assert (file.imagej_metadata["unit"], file.series[0].axes) == ("um", "TYX")
        assert "Ranges" not in file.imagej_metadata, "those of grey values"
        assert file.pages[0].tags["XResolution"].value == (4, 1)


@pytest.mark.parametrize(
    ("image", "limits"),
    [
        (PHOTO * np.uint16(20), (0, 4095)),
        (PHOTO.astype(np.uint32) * 70_000, (0, 2**24 - 1)),
        (PHOTO.astype(np.int16) - 99, (-99, 101)),
        (PHOTO.astype(np.float32) * 3 - 1, (-1, 599)),
        (PHOTO > 90, (0, 1)),
    ],
)
def test_what_is_black_and_what_is_white_is_found_and_told(image, limits, capsys):
    np.save("image.npy", image)
    assert main(["segment", "image.npy"]) == 0
    scaled = (image.astype(float) - limits[0]) / (limits[1] - limits[0])
    assert np.array_equal(load("image-segmented.npy"), labels_of(scaled))
    words = f"image.npy: values from {limits[0]:g} to {limits[1]:g} were taken for black to white"
    assert words in capsys.readouterr().err


def test_regions_where_there_are_no_data_have_no_number(monkeypatch):
    image = np.full((3, 6), 7, np.uint8)
    image[:, 2:4] = 0
    save("gap.png", image)
    labels = np.arange(6).repeat(3).reshape(6, 3).T
    monkeypatch.setattr("coarea.regions.segmenter.segment.segment", lambda *arguments, **options: labels.copy())
    assert main(["segment", "gap.png", "--nodata", "0"]) == 0
    assert load("gap-segmented.png").tolist() == [[1, 2, 0, 0, 3, 4]] * 3


def test_transparency_does_not_count():
    save("clear.png", np.dstack([COLOUR, PHOTO]))
    assert main(["segment", "clear.png", "--overlay", "a.png"]) == 0
    assert np.array_equal(load("clear-segmented.png"), labels_of(COLOUR))
    assert load("a.png").shape == COLOUR.shape


# --- the table and the overlay --------------------------------------------------------------------------------------


def test_the_table_is_that_of_scikit_image(capsys):
    save("colour.png", COLOUR)
    assert main(["segment", "colour.png", "--regions", "14", "--csv", "table.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["table"] == "table.csv"
    rows, labels = rows_of("table.csv"), load("colour-segmented.png")
    assert list(rows[0]) == ["label", "area", "row", "column", "mean_0", "mean_1", "mean_2"]
    regions = measure.regionprops(labels, COLOUR)
    assert len(rows) == len(regions) == labels.max()
    for row, region in zip(rows, regions, strict=True):
        assert (int(row["label"]), int(row["area"])) == (region.label, region.area)
        means = region.image_intensity[region.image].mean(axis=0)
        assert np.allclose([float(row[name]) for name in list(row)[2:]], [*region.centroid, *means])


def test_the_largest_regions_are_told(capsys):
    assert main(["segment", "photo.png", "--regions", "14", "--json"]) == 0
    largest = json.loads(capsys.readouterr().out)["largest"]
    labels = load("photo-segmented.png")
    areas = np.bincount(labels.ravel())
    assert [row["area"] for row in largest] == sorted(areas[1:], reverse=True)[:10]
    assert all(areas[row["label"]] == row["area"] for row in largest)
    assert largest[0]["mean"] == pytest.approx(PHOTO[labels == largest[0]["label"]].mean(), rel=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_the_overlay_is_the_picture_with_borders(dtype):
    image = PHOTO if dtype == "uint8" else (PHOTO / np.float32(255) if dtype == "float32" else PHOTO * np.uint16(200))
    save("image.tif", image)
    assert main(["segment", "image.tif", "--overlay", "overlay.png"]) == 0
    assert np.array_equal(load("overlay.png"), draw_regions(load("image-segmented.tif"), image))


def test_frames_of_an_overlay_have_one_scale_of_grey_values():
    frames = np.stack([PHOTO, PHOTO // 4]).astype(np.uint16)
    save("frames.npy", frames)
    assert main(["segment", "frames.npy", "--axes", "TYX", "--regions", "1", "--overlay", "overlay.npy"]) == 0
    assert load("overlay.npy")[..., 0].max(axis=(1, 2)).tolist() == [255, 64]


def test_the_overlay_of_two_phases():
    line = ["segment", "photo.png", "--method", "two-phase", "--beta", "900", "--overlay", "overlay.tif"]
    assert main(line) == 0
    assert np.array_equal(load("overlay.tif"), draw_regions(load("photo-segmented.png"), PHOTO))
    volume = np.stack([PHOTO] * 3)
    save("volume.npy", volume)
    assert main(["segment", "volume.npy", *line[2:-1], "volume.tif"]) == 0
    assert np.array_equal(load("volume.tif")[1], draw_regions(load("volume-segmented.npy")[1], PHOTO))


def test_overlays_of_many_files(capsys):
    assert main(["segment", "photos", "-o", "out", "--overlay", "out", "--workers", "2"]) == 0
    assert sorted(contents("out")) == ["a-overlay.png", "a.png", "b-overlay.png", "b.png"]
    assert np.array_equal(load("out/b-overlay.png"), draw_regions(load("out/b.png"), load("photos/b.png")))
    assert "  overlay         out/a-overlay.png" in capsys.readouterr().out.splitlines()
    assert main(["segment", "photo.png", "photos/a.png", "--overlay", "new/deep"]) == 0
    assert sorted(contents("new/deep")) == ["a-overlay.png", "photo-overlay.png"]
    assert Path("photos/a-segmented.png").exists()


def test_overlays_replace_only_what_is_named(capsys):
    Path("out").mkdir()
    Path("out/photo-overlay.png").write_text("mine")
    Path("mine.png").write_text("mine")
    assert main(["segment", "photo.png", "--overlay", "out"]) == 1
    refusal = "cannot write out/photo-overlay.png: it exists; --overwrite replaces it"
    assert_refusal(*capsys.readouterr(), refusal)
    assert not Path("photo-segmented.png").exists(), "nothing is written if not all can be"
    assert main(["segment", "photo.png", "--overlay", "out", "--overwrite"]) == 0
    assert main(["segment", "photo.png", "--overlay", "mine.png", "--overwrite"]) == 0
    assert load("out/photo-overlay.png").shape == load("mine.png").shape == (*PHOTO.shape, 3)


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ("photo.png -o a.png --overlay a.png", 1, "cannot write a.png: the result of photo.png goes there"),
        ("photo.png --overlay photo.png", 1, "cannot write photo.png: it is the input; --overwrite replaces it"),
        ("photo.png --overlay photos/a.png photos/a.png", 2, "--overlay must be a folder for several inputs"),
        ("photo.png --overlay a.jpg", 1, "cannot write a.jpg: write .png, .tif, .npy"),
        ("photo.png --overlay nowhere/a.png", 1, "cannot write nowhere/a.png: no such folder"),
        ("photos/a.png a.png --overlay out", 2, "would both be written to a-overlay.png"),
        ("frames.npy --axes TYX --overlay a.png", 1, ".png does not hold uint8, 2 x 48 x 62 x 3, axes TYXC"),
        ("photo.png --csv photo.csv", 2, "cannot write photo.csv: it exists; --overwrite replaces it"),
    ],
)  # fmt: skip
def test_places_that_cannot_be_written_are_refused_before_anything_is_done(words, code, reason, capsys):
    save("a.png", PHOTO)
    save("frames.npy", np.stack([PHOTO] * 2))
    Path("photo.csv").write_text("mine")
    before = contents()
    assert main(["segment", *words.split(), "--quiet"]) == code
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_the_overlay_of_an_image_never_replaces_another_result(capsys):
    Path("in").mkdir()
    for name in ("a.png", "a-overlay.png"):
        iio.imwrite(f"in/{name}", PHOTO)
    assert main(["segment", "in", "-o", "out", "--overlay", "out"]) == 1
    assert "cannot write out/a-overlay.png: the result of in/a-overlay.png goes there" in capsys.readouterr().err

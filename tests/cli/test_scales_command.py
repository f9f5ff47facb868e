"""coarea scales, and coarea filter --regions."""

import csv
import json

import imageio.v3 as iio
import numpy as np
import pytest

import coarea
from coarea.cli.main import main
from coarea.cli.scales import BETAS
from coarea.plot import draw_saliency, luminance
from coarea.scales.choice import areas_of_zones
from terminal import PHOTO, assert_refusal, load, save

pytestmark = pytest.mark.usefixtures("photo_folder")
COLOUR = np.dstack([PHOTO, PHOTO[::-1], PHOTO.T.repeat(2, 1)[:48, :62]])
NOISY = PHOTO + np.random.default_rng(0).integers(0, 30, PHOTO.shape).astype(np.uint8)
HOLE = np.zeros(PHOTO.shape, bool)
HOLE[10:14, 20:30] = True


def picture(image, betas=BETAS, scale=2, **options):
    space = coarea.scale_space(image, betas, **options)
    return draw_saliency(*coarea.saliency(space.tree, space.disappearance), scale=scale)


# --- scales -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", picture(NOISY)),
        ("--betas 0,1.5,3 --scale 3", picture(NOISY, [0, 1.5, 3], 3)),
        ("--connectivity self-dual --border median", picture(NOISY, connectivity="self-dual", border="median")),
        ("--domain max_tree --connectivity 2", picture(coarea.max_tree(NOISY, connectivity=2))),
    ],
)
def test_the_picture_is_that_of_the_last_betas(words, expected):
    iio.imwrite("noisy.png", NOISY)
    assert main(["scales", "noisy.png", *words.split()]) == 0
    assert np.array_equal(load("noisy-scales.png"), expected)
    assert expected.min() == 0
    assert len(np.unique(expected)) > 2


def test_the_curve_is_told_and_written(capsys):
    iio.imwrite("noisy.png", NOISY)
    assert main(["scales", "noisy.png", "--betas", "0,1,4", "--csv", "curve.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    space = coarea.scale_space(NOISY, [0, 1, 4])
    images = [space.image(k) for k in range(3)]
    assert told["curve"] == [
        {
            "beta": beta, "shapes": n_shapes, "flat_zones": len(areas_of_zones(image)),
            "residual": round(np.abs(image.astype(float) - NOISY).mean(), 4),
        }
        for beta, n_shapes, image in zip([0, 1, 4], space.n_shapes.tolist(), images, strict=True)
    ]  # fmt: skip
    assert told["curve"][0]["shapes"] == len(space.tree)
    assert told["table"] == "curve.csv"
    with open("curve.csv", newline="") as file:
        rows = [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    assert rows == told["curve"]
    assert main(["scales", "noisy.png", "--csv", "curve.csv"]) == 2
    assert_refusal(*capsys.readouterr(), "cannot write curve.csv: it exists; --overwrite replaces it")
    assert main(["scales", "noisy.png", "--csv", "curve.csv", "--overwrite"]) == 0
    assert f"\n{'beta':>11}{'shapes':>11}{'flat_zones':>11}{'residual':>11}\n" in capsys.readouterr().out


def test_a_colour_image_has_the_lines_of_its_luminance_and_a_volume_none(capsys):
    iio.imwrite("colour.png", COLOUR)
    assert main(["scales", "colour.png"]) == 0
    assert np.array_equal(load("colour-scales.png"), picture(luminance(COLOUR)))
    save("stack.npy", np.stack([PHOTO] * 5))
    capsys.readouterr()
    assert main(["scales", "stack.npy"]) == 1
    assert_refusal(*capsys.readouterr(), "stack.npy holds 5 slices: choose one, --slice 0 to 4")
    assert main(["scales", "stack.npy", "--slice", "2"]) == 0
    assert np.array_equal(load("stack-scales.png"), picture(PHOTO))


def test_pixels_without_data_count_for_nothing(capsys):
    image = NOISY.astype(np.float32)
    image[HOLE] = np.nan
    save("holes.npy", image)
    assert main(["scales", "holes.npy", "--nodata", "nan", "--json", "--betas", "0.5,2"]) == 0
    curve = json.loads(capsys.readouterr().out)["curve"]
    for row in curve:
        filtered = coarea.denoise_tv_l1(image, row["beta"], domain="shapes", mask=HOLE)
        assert row["residual"] == round(np.abs(filtered - NOISY.astype(float))[~HOLE].mean(), 4)


# --- filter --regions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("", {}),
        ("--tie upper --quantile 0.3", {"tie": "upper", "quantile": 0.3}),
        ("--connectivity 4-8 --border median", {"connectivity": "4-8", "border": "median"}),
        ("--domain max_tree --connectivity 2", {"domain": "max_tree", "connectivity": 2}),
        ("--zones", {"count": "zones"}),
        ("--zones --min-area 5", {"count": "zones", "min_area": 5}),
        ("--min-area 5", {"min_area": 5}),
        ("--domain pixels", {"domain": "pixels", "count": "zones"}),
    ],
)
def test_regions(words, options, capsys):
    iio.imwrite("noisy.png", NOISY)
    assert main(["filter", "noisy.png", "-o", "out.png", "--regions", "9", *words.split(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    beta = coarea.beta_for_regions(NOISY, 9, **options)
    assert told["beta"] == beta > 0
    given = {name: value for name, value in options.items() if name not in ("count", "min_area")}
    expected = coarea.denoise_tv_l1(NOISY, beta, **{"domain": "shapes"} | given)
    assert np.array_equal(load("out.png"), expected)
    assert not np.array_equal(expected, NOISY)


def test_what_is_counted_is_told_on_stderr(capsys):
    iio.imwrite("noisy.png", NOISY)
    line = ["filter", "noisy.png", "-o", "out.png", "--regions", "9"]
    assert main(line) == 0
    beta, n_zones = coarea.beta_for_regions(NOISY, 9), len(areas_of_zones(load("out.png")))
    printed = capsys.readouterr()
    assert printed.err == (
        f"coarea: note: noisy.png: beta {beta:g} leaves at most 9 shapes: lines of the tree that are seen, and the "
        f"root; they make {n_zones} flat zones, which --zones counts\n"
    )
    assert f"  beta            {beta:.10g}\n" in printed.out
    assert main([*line, "--zones", "--min-area", "4"]) == 0
    areas = areas_of_zones(load("out.png"))
    counts = f"{(areas >= 4).sum()} flat zones of at least 4 pixels, and {(areas < 4).sum()} smaller ones\n"
    assert capsys.readouterr().err.endswith(f" leaves {counts}")
    assert main([*line, "--zones"]) == 0
    assert capsys.readouterr().err.endswith(f" leaves {len(areas_of_zones(load('out.png')))} flat zones\n")


def test_each_channel_has_its_own_beta(capsys):
    iio.imwrite("colour.png", COLOUR)
    assert main(["filter", "colour.png", "-o", "out.png", "--regions", "4", "--json", "--info"]) == 0
    told = json.loads(capsys.readouterr().out)
    for k, chosen in enumerate(told["planes"]):
        assert chosen["beta"] == coarea.beta_for_regions(COLOUR[..., k], 4)
        expected = coarea.denoise_tv_l1(COLOUR[..., k], chosen["beta"], domain="shapes")
        assert np.array_equal(load("out.png")[..., k], expected)
    assert len({chosen["beta"] for chosen in told["planes"]}) > 1
    assert told["proven"] is True
    assert "in each channel and frame" in told["notes"][0]


@pytest.mark.parametrize("domain", ["shapes", "pixels"])
def test_regions_of_images_with_masks_weights_and_holes(domain, capsys):
    image = NOISY.astype(np.float32)
    image[HOLE] = np.nan
    save("holes.npy", image)
    masked, weights = np.roll(HOLE, 9, axis=1), np.random.default_rng(1).integers(0, 3, PHOTO.shape)
    iio.imwrite("hole.png", masked.astype(np.uint8))
    iio.imwrite("weights.png", weights.astype(np.uint8))
    words = f"--nodata nan --mask hole.png --weights weights.png --domain {domain} --zones"
    assert main(["filter", "holes.npy", "-o", "out.npy", "--regions", "20", *words.split(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    hidden = np.where(HOLE | masked, 0, weights)
    assert told["beta"] == coarea.beta_for_regions(image, 20, weights=hidden, domain=domain, count="zones")
    expected = coarea.denoise_tv_l1(image, told["beta"], weights=hidden, domain=domain)
    assert np.array_equal(load("out.npy")[~HOLE], expected[~HOLE])
    iio.imwrite("hole.png", masked[:5].astype(np.uint8))
    assert main(["filter", "holes.npy", "-o", "out.npy", "--regions", "20", *words.split()]) == 1
    assert_refusal(*capsys.readouterr(), "--mask hole.png is 5 x 62, but what it is for is 48 x 62")
    iio.imwrite("hole.png", masked.astype(np.uint8))
    iio.imwrite("weights.png", weights[:1].astype(np.uint8))  # which numpy would repeat
    assert main(["filter", "holes.npy", "-o", "out.npy", "--regions", "20", *words.split()]) == 1
    assert_refusal(*capsys.readouterr(), "--weights weights.png is 1 x 62, but what it is for is 48 x 62")

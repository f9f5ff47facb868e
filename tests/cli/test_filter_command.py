"""coarea filter: what it writes is what the library computes, whatever its options."""

import json

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from skimage import measure

import coarea
from coarea.cli import variation
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, load, save, smooth

pytestmark = pytest.mark.usefixtures("photo_folder")
WEIGHTS = np.random.default_rng(1).integers(0, 3, PHOTO.shape).astype(np.uint8)
HOLE = np.zeros(PHOTO.shape, bool)
HOLE[10:14, 20:30] = True


def test_shapes_are_filtered_if_nothing_else_is_said(capsys):
    assert main(["filter", "photo.png", "-o", "out.png"]) == 0
    assert np.array_equal(load("out.png"), coarea.denoise_tv_l1(PHOTO, 4, domain="shapes"))
    assert np.unique(load("out.png")).tolist() == [40, 120]  # so that a filter that removes all would be seen
    assert not np.array_equal(load("out.png"), coarea.denoise_tv_l1(PHOTO, 4))
    assert "photo.png -> out.png: 48 x 62 uint8, TV-L1 with beta 4 on shapes, " in capsys.readouterr().out


@pytest.mark.parametrize("words", ["--neighbors 4", "--domain pixels", "--domain pixels --neighbors 4"])
def test_neighbors_mean_pixels_which_have_a_beta_of_their_own(words, capsys):
    assert main(["filter", "photo.png", "-o", "out.png", *words.split()]) == 0
    assert np.array_equal(load("out.png"), coarea.denoise_tv_l1(PHOTO, 2))
    assert not np.array_equal(load("out.png"), coarea.denoise_tv_l1(PHOTO, 2, domain="shapes"))
    assert "TV-L1 with beta 2 on pixels" in capsys.readouterr().out
    assert main(["filter", "photo.png", "-o", "out.png", "--beta", "1", *words.split()]) == 0
    assert np.array_equal(load("out.png"), coarea.denoise_tv_l1(PHOTO, 1))


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("--neighbors 8 --tie upper", {"neighbors": 8, "tie": "upper"}),
        ("--neighbors 16 --quantile 0.3", {"neighbors": 16, "quantile": 0.3}),
        ("--quantile 0.3", {"quantile": 0.3}),
        ("--domain pixels --quantile 0.3", {"quantile": 0.3}),
        ("--connectivity 4-8 --border median", {"connectivity": "4-8", "border": "median"}),
        ("--domain shapes --connectivity 4-8 --border median", {"connectivity": "4-8", "border": "median"}),
        ("--domain shapes --border 80.5", {"border": 80.5}),
        ("--domain shapes --border -1", {"border": -1}),
        ("--domain shapes --border 3,7", {"border": (3, 7)}),
        ("--domain max_tree --connectivity 2", {"connectivity": 2}),
        ("--domain min_tree", {}),
        ("--weights weights.png", {"weights": WEIGHTS}),
        ("--mask hole.png", {"mask": HOLE}),
        ("--domain pixels --weights weights.png", {"weights": WEIGHTS}),
        ("--domain pixels --mask hole.png", {"mask": HOLE}),
        ("--domain shapes --mask hole.png --weights weights.png", {"mask": HOLE, "weights": WEIGHTS}),
    ],
)
def test_options_reach_the_library(arguments, options):
    iio.imwrite("hole.png", HOLE.astype(np.uint8) * 7)
    iio.imwrite("weights.png", WEIGHTS)
    words = arguments.split()
    domain = (
        words[words.index("--domain") + 1] if "--domain" in words else "pixels" if "--neighbors" in words else "shapes"
    )
    assert main(["filter", "photo.png", "-o", "out.npy", "--beta", "0.8", *words]) == 0
    expected = coarea.denoise_tv_l1(PHOTO, 0.8, domain=domain, **options)
    assert not np.array_equal(expected, coarea.denoise_tv_l1(PHOTO, 0.8, domain="pixels"))
    assert np.array_equal(load("out.npy"), expected)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("", {"domain": "shapes"}),
        ("--domain pixels", {}),
        ("--neighbors 8", {"neighbors": 8}),
        ("--resolution 2 --huber-delta 30", {"domain": "shapes", "resolution": 2, "huber_delta": 30}),
        ("--domain shapes --tie upper", {"domain": "shapes", "tie": "upper"}),
    ],
)
def test_l2(arguments, options, capsys):
    assert main(["filter", "photo.png", "-o", "out.npy", "--method", "l2", "--beta", "9", *arguments.split()]) == 0
    expected = coarea.denoise_tv_l2(PHOTO, 9, **options)
    assert load("out.npy").dtype == expected.dtype == np.float64
    assert np.array_equal(load("out.npy"), expected)
    assert "TV-L2 with beta 9" in capsys.readouterr().out


def test_l2_of_float32_stays_float32_and_a_format_that_holds_floats_is_chosen():
    save("float.tif", PHOTO.astype(np.float32))
    assert main(["filter", "float.tif", "photo.png", "--method", "l2"]) == 0
    assert load("float-filtered.tif").dtype == np.float32
    assert load("photo-filtered.tif").dtype == np.float64


def test_l2_is_rounded_for_a_format_of_integers_and_this_is_told(capsys):
    """In steps of 17 from 55, the largest value of this photograph, 255, becomes 259."""
    iio.imwrite("bright.png", PHOTO + 55)
    words = ["--method", "l2", "--beta", "0"]
    for resolution in ("1", "17"):
        assert main(["filter", "bright.png", "-o", "out.png", *words, "--resolution", resolution]) == 0
        expected = coarea.denoise_tv_l2(PHOTO + 55, 0, domain="shapes", resolution=float(resolution))
        assert expected.max() == {"1": 255, "17": 259}[resolution]
        assert load("out.png").dtype == np.uint8
        assert np.array_equal(load("out.png"), np.minimum(expected.round(), 255))
        assert "note: bright.png: values were rounded to uint8 for out.png" in capsys.readouterr().err
    float_image = PHOTO / np.float32(7)
    save("float.tif", float_image)
    assert main(["filter", "float.tif", "-o", "out.png", *words]) == 1
    assert_refusal(*capsys.readouterr(), ".png does not hold float32")


def test_proof_and_counts_are_told_when_asked_for_only(capsys, monkeypatch):
    line = ["filter", "photo.png", "-o", "out.png", "--domain", "shapes", "--beta", "1.5"]
    wanted = []
    denoise = coarea.denoise_tv_l1

    def watched(*arguments, **options):
        wanted.append(options["return_info"])
        return denoise(*arguments, **options)

    monkeypatch.setattr(variation, "denoise_tv_l1", watched)
    assert main(line) == 0
    assert "energy" not in capsys.readouterr().out
    assert main([*line, "--info", "--json"]) == 0
    assert wanted == [False, True]
    told = json.loads(capsys.readouterr().out)
    filtered, info = coarea.denoise_tv_l1(PHOTO, 1.5, domain="shapes", return_info=True)
    assert told["energy"] == [info.initial_energy, info.energy]
    assert told["lower_bound"] == info.energy
    assert told["proven"] is True
    assert told["shapes"] == [len(coarea.tree_of_shapes(image)) for image in (PHOTO, filtered)]
    zones = [measure.label(image, connectivity=1, background=-1).max() for image in (PHOTO, filtered)]
    assert told["flat_zones"] == zones


def test_energies_and_counts_of_colours_are_sums(capsys):
    colour = np.dstack([PHOTO, PHOTO[::-1], PHOTO[:, ::-1]])
    iio.imwrite("colour.png", colour)
    assert main(["filter", "colour.png", "--info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["energy"][1] == smooth(colour, channel_axis=-1, return_info=True)[1].energy
    assert told["shapes"][0] == sum(len(coarea.tree_of_shapes(colour[..., k])) for k in range(3))
    assert np.array_equal(load("colour-filtered.png"), smooth(colour, channel_axis=-1))


@pytest.mark.parametrize("domain", ["pixels", "shapes"])
def test_a_stack_is_a_volume_or_slices(domain):
    stack = np.stack([np.roll(PHOTO, k) for k in range(5)])
    save("stack.npy", stack)
    line = ["filter", "stack.npy", "--domain", domain, "--beta", "1"]
    assert main([*line, "-o", "volume.npy"]) == 0
    assert np.array_equal(load("volume.npy"), coarea.denoise_tv_l1(stack, 1, domain=domain))
    slices = coarea.denoise_tv_l1(stack, 1, domain=domain, channel_axis=0)
    assert not np.array_equal(slices, load("volume.npy"))
    for k, words in enumerate((["--per-slice"], ["--axes", "TYX"], ["--channel-axis", "0"])):
        assert main([*line, *words, "-o", f"{k}.npy"]) == 0
        assert np.array_equal(load(f"{k}.npy"), slices)


NODATA = {
    "9": PHOTO.astype(np.int16),
    "nan": PHOTO.astype(np.float32),
    "-9999": PHOTO.astype(np.float64),
}


@pytest.mark.parametrize("value", NODATA)
@pytest.mark.parametrize("domain", ["pixels", "shapes", "max_tree"])
def test_pixels_without_data_stay_and_count_for_nothing(value, domain):
    image = NODATA[value].copy()
    image[HOLE] = float(value)
    save("holes.npy", image)
    assert main(["filter", "holes.npy", "-o", "out.npy", "--nodata", value, "--domain", domain, "--beta", "0.4"]) == 0
    found = load("out.npy")
    assert found.dtype == image.dtype
    assert np.array_equal(found[HOLE], image[HOLE], equal_nan=True)
    if domain == "pixels":
        expected = coarea.denoise_tv_l1(NODATA[value], 0.4, mask=HOLE)
        assert np.array_equal(found[~HOLE], expected[~HOLE])
    assert np.isin(found[~HOLE], NODATA[value]).all()


def test_pixels_without_data_that_the_file_names():
    image = PHOTO.astype(np.float32)
    image[HOLE] = -9999
    tifffile.imwrite("height.tif", image, extratags=[(42113, "s", 0, "-9999", True)])
    assert main(["filter", "height.tif", "--domain", "pixels", "--beta", "0.4"]) == 0
    found = load("height-filtered.tif")
    assert (found[HOLE] == -9999).all()
    assert np.array_equal(found[~HOLE], coarea.denoise_tv_l1(PHOTO, 0.4, mask=HOLE)[~HOLE])
    with tifffile.TiffFile("height-filtered.tif") as file:
        assert file.pages.first.nodata == -9999
    assert main(["filter", "height.tif", "-o", "out.tif", "--nodata", "-1"]) == 0  # the option overrules the file
    assert not (load("out.tif")[HOLE] == -9999).all() or not np.array_equal(load("out.tif"), found)


def test_pixels_without_data_of_channels_with_masks_and_weights(monkeypatch):
    denoise, seen = coarea.denoise_tv_l1, []

    def watched(*arguments, **options):
        seen.append(options)
        return denoise(*arguments, **options)

    monkeypatch.setattr(variation, "denoise_tv_l1", watched)
    image = np.dstack([PHOTO, PHOTO[::-1], PHOTO]).astype(np.float32)
    image[HOLE, 1] = np.nan
    save("holes.npy", image)
    iio.imwrite("weights.png", WEIGHTS)
    masked = np.roll(HOLE, 8, axis=1)
    iio.imwrite("hole.png", masked.astype(np.uint8))
    words = "--domain pixels --nodata nan --weights weights.png --mask hole.png --channel-axis -1"
    assert main(["filter", "holes.npy", "-o", "out.npy", *words.split()]) == 0
    found = load("out.npy")
    assert np.array_equal(seen[0]["mask"], np.dstack([masked, masked | HOLE, masked]))
    assert np.array_equal(seen[0]["weights"], np.dstack([WEIGHTS] * 3))
    for k in range(3):
        plane = np.dstack([PHOTO, PHOTO[::-1], PHOTO])[..., k].astype(np.float32)
        expected = coarea.denoise_tv_l1(plane, 2, weights=WEIGHTS, mask=masked | HOLE if k == 1 else masked)
        assert np.array_equal(found[~HOLE, k], expected[~HOLE])
    assert np.isnan(found[HOLE, 1]).all()
    assert not np.isnan(found[..., (0, 2)]).any()


def test_an_image_without_any_data_stays():
    save("empty.npy", np.full((4, 5), np.nan))
    assert main(["filter", "empty.npy", "-o", "out.npy", "--nodata", "nan"]) == 0
    assert np.isnan(load("out.npy")).all()


def test_nan_is_refused_with_the_remedy(capsys):
    save("nan.npy", np.where(HOLE, np.nan, PHOTO))
    assert main(["filter", "nan.npy"]) == 1
    assert_refusal(*capsys.readouterr(), "--nodata nan")


@pytest.mark.parametrize("domain", ["shapes", "max_tree", "min_tree"])
@pytest.mark.parametrize("rule", ["direct", "min", "max"])
def test_where(domain, rule, capsys):
    words = ["--domain", domain, "--rule", rule, "--where", "area < 6 or not compactness < 0.5", "--json"]
    assert main(["filter", "photo.png", "-o", "out.png", *words]) == 0
    build = {"shapes": coarea.tree_of_shapes, "max_tree": coarea.max_tree, "min_tree": coarea.min_tree}[domain]
    tree = build(PHOTO)
    keep = (coarea.attributes.area(tree) < 6) | (coarea.attributes.compactness(tree) >= 0.5)
    expected = coarea.attribute_filter(tree, keep, rule=rule)
    assert np.array_equal(load("out.png"), expected)
    assert rule == "direct" or not np.array_equal(expected, coarea.attribute_filter(tree, keep))
    keep[0] = True
    assert json.loads(capsys.readouterr().out)["nodes"] == [len(tree), int(keep.sum())]


def test_where_takes_the_tree_of_shapes_and_each_channel_of_its_own():
    colour = np.dstack([PHOTO, PHOTO[::-1], PHOTO.T.repeat(2, 1)[:48, :62]])
    iio.imwrite("colour.png", colour)
    assert main(["filter", "colour.png", "--where", "height > 100"]) == 0
    for k in range(3):
        tree = coarea.tree_of_shapes(colour[..., k])
        expected = coarea.attribute_filter(tree, coarea.attributes.height(tree) > 100)
        assert np.array_equal(load("colour-filtered.png")[..., k], expected)


@pytest.mark.parametrize("words", ["", "--distance ranks", "--domain pixels"])
def test_colors_of_the_input_and_no_others(words, capsys):
    colour = np.random.default_rng(2).integers(0, 9, (12, 14, 3)).astype(np.uint8) * 20
    iio.imwrite("colour.png", colour)
    line = ["filter", "colour.png", "-o", "out.png", "--beta", "0.6", "--colors", "input", "--info", "--json"]
    assert main([*line, *words.split()]) == 0
    options = {"distance": "ranks"} if "ranks" in words else {}
    expected, info = coarea.denoise_tv_l1(
        colour, 0.6, domain="pixels" if "pixels" in words else "shapes", channel_axis=-1, colors="input",
        return_info=True, **options,
    )  # fmt: skip
    assert np.array_equal(load("out.png"), expected)
    told = json.loads(capsys.readouterr().out)
    assert (told["energy"], told["lower_bound"]) == ([info.initial_energy, info.energy], info.lower_bound)
    assert told["proven"] is False  # only that no image is below the bound
    assert "colors input" in told["done"]
    assert main(["filter", "photo.png", "-o", "grey.png", "--colors", "input"]) == 0  # grey values are colours
    assert np.array_equal(load("grey.png"), coarea.denoise_tv_l1(PHOTO, 4, domain="shapes"))


FOREIGN = {
    "--rule min": "--rule goes with --where",
    "--where area>1 --beta 3": "--beta does not go with --where",
    "--where area>1 --beta 0": "--beta does not go with --where",
    "--where area>1 --huber-delta 3": "--huber-delta does not go with --where",
    "--where area>1 --domain pixels": "--where needs a tree",
    "--where area>1 --domain max_tree --border 0": "--border goes with --domain shapes",
    "--domain shapes --neighbors 8": "--neighbors goes with --domain pixels, not with shapes",
    "--domain pixels --connectivity 8-4": "--connectivity goes with --domain shapes or max_tree or min_tree, not with",
    "--neighbors 8 --connectivity 8-4": "--connectivity goes with --domain shapes or max_tree or min_tree, not with",
    "--neighbors 8 --border 0": "--border goes with --domain shapes, not with pixels",
    "--domain max_tree --border 0": "--border goes with --domain shapes, not with max_tree",
    "--method l2 --colors input": "--colors goes with --method l1, not with l2",
    "--distance ranks": "--distance goes with --colors input",
    "--colors free --distance ranks": "--distance goes with --colors input",
    "--regions 9 --colors input": "--colors does not go with --regions",
    "--where area>1 --colors input": "--colors does not go with --where",
    "--method l2 --quantile 0.4": "--quantile goes with --method l1, not with l2",
    "--resolution 2": "--resolution goes with --method l2, not with l1",
    "--huber-delta 2": "--huber-delta goes with --method l2, not with l1",
}


@pytest.mark.parametrize("words", FOREIGN)
def test_options_that_would_say_nothing_are_refused(words, capsys):
    assert main(["filter", "photo.png", *words.split()]) == 2
    printed = capsys.readouterr()
    assert_refusal(*printed, FOREIGN[words])
    assert printed.err.endswith(" (see coarea filter --help)\n")


def test_where_of_what_a_volume_does_not_have(capsys):
    stack = np.stack([PHOTO, PHOTO[::-1], PHOTO])
    save("stack.npy", stack)
    words = ["filter", "stack.npy", "--where", "area < 90 and orientation > 1", "-o", "out.npy"]
    assert main(words) == 1
    reason = "stack.npy: --where: orientation does not exist in 3-D; --per-slice takes a volume slice by slice"
    assert_refusal(*capsys.readouterr(), reason)
    assert main([*words, "--per-slice"]) == 0

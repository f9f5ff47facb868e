"""Trees of Zarr arrays on the command line: put together from those of the chunks, as in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask")
pytest.importorskip("distributed")
pytest.importorskip("zarr")

import zarr

import coarea
from coarea.cli.chunks import storing
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, contents

pytestmark = pytest.mark.usefixtures("photo_folder")
TREE = coarea.tree_of_shapes(PHOTO)
AREA = coarea.attributes.area(TREE)


@pytest.fixture(autouse=True)
def _looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "TOLD", 0.01)


def save(name: str, image: np.ndarray) -> None:
    zarr.create_array(name, shape=image.shape, chunks=(16,) * image.ndim, dtype=image.dtype)[...] = image


def filtered(*words: str) -> np.ndarray:
    assert main(["filter", "in.zarr", "-o", "out.zarr", "--chunks", "16", "--quiet", *words]) == 0
    return np.asarray(zarr.open_array("out.zarr", mode="r")[...])


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("--domain shapes", {"beta": 4, "domain": "shapes"}),
        (
            "--domain shapes --beta 1.5 --connectivity 4-8 --border 30 --tie upper --quantile 0.3",
            {"beta": 1.5, "domain": "shapes", "connectivity": "4-8", "border": 30, "tie": "upper", "quantile": 0.3},
        ),
        ("--domain min_tree --beta 1 --connectivity 2", {"beta": 1, "domain": "min_tree", "connectivity": 2}),
    ],
)
def test_total_variation(words: str, options: dict[str, Any]) -> None:
    save("in.zarr", PHOTO)
    expected = coarea.denoise_tv_l1(PHOTO, **options)
    assert not np.array_equal(expected, PHOTO)
    assert np.array_equal(filtered(*words.split()), expected)


@pytest.mark.parametrize(
    ("words", "keep"),
    [
        (("area >= 20",), AREA >= 20),
        (("area > 20",), AREA > 20),
        (("20 <= area", "--rule", "direct"), AREA >= 20),
        (("20 < area",), AREA > 20),
        (("compactness > 0.5", "--domain", "shapes"), coarea.attributes.compactness(TREE) > 0.5),
    ],
)
def test_where_an_attribute_is_at_least_a_number(words: tuple[str, ...], keep: np.ndarray) -> None:
    assert (AREA == 20).any()
    save("in.zarr", PHOTO)
    assert np.array_equal(filtered("--where", *words), coarea.attribute_filter(TREE, keep))


def test_where_on_channels_and_another_tree() -> None:
    image = np.stack([PHOTO, PHOTO.max() - PHOTO], -1)
    save("in.zarr", image)
    found = filtered("--where", "height >= 9", "--domain", "max_tree", "--connectivity", "2", "--channel-axis", "-1")
    for channel, one in zip(np.moveaxis(image, -1, 0), np.moveaxis(found, -1, 0), strict=True):
        tree = coarea.max_tree(channel, connectivity=2)
        assert np.array_equal(one, coarea.attribute_filter(tree, coarea.attributes.height(tree) >= 9))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ["--where", "area < 20"],
            "--where 'area < 20' looks at the whole image: in chunks one attribute can be at le",
        ),
        (["--where", "area >= 20 and height > 3"], "looks at the whole image: in chunks one attribute can be at least"),
        (["--where", "20 < area < 50"], "looks at the whole image"),
        (["--where", "area >= 2 * 10"], "looks at the whole image"),
        (["--where", "area >= height"], "looks at the whole image"),
        (["--where", "area >= 1e999"], "looks at the whole image"),
        (["--where", "depth >= 3"], "attribute 'depth' is not offered in chunks: it depends on shapes around each"),
        (["--where", "variance > 3"], "attribute 'variance' is not offered in chunks: it is a sum of rounded numbers"),
        (["--where", "area >= 20", "--rule", "max"], "--rule max looks at the whole image"),
        (["--where", "area >= 20", "--halo", "3"], "--halo does not go with --where"),
        (["--where", "area >= 20", "--domain", "pixels"], "--where needs a tree"),
        (["--where", "area >= 20", "--nodata", "0"], "--nodata does not go with chunks here"),
        (["--rule", "max"], "--rule goes with --where"),
        (["--domain", "shapes", "--halo", "3"], "--halo goes with --domain pixels, not with shapes"),
        (["--domain", "shapes", "--neighbors", "8"], "--neighbors goes with --domain pixels"),
        (["--domain", "max_tree", "--border", "3"], "--border goes with --domain shapes"),
        (
            ["--domain", "shapes", "--method", "l2"],
            "got 3x4 chunks: say --chunks as large as an image, or --domain pix",
        ),
        (["--domain", "shapes", "--nodata", "0"], "in one chunk for mask with domain='shapes', got 3x4 chunks: say --"),
        (["--domain", "shapes", "--border", "median"], "in one chunk for border='median' with domain='shapes'"),
        (["--domain", "shapes", "--beta", "3.14159265358979"], "beta must be a fraction with a denominator"),
    ],
)
def test_what_needs_the_whole_image_is_refused(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    save("in.zarr", PHOTO)
    before = contents()
    assert main(["filter", "in.zarr", "--chunks", "16", "--quiet", *words]) in (1, 2)
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_images_in_one_chunk_are_filtered_with_all_options() -> None:
    save("in.zarr", PHOTO)
    found = filtered("--domain", "shapes", "--nodata", "0", "--method", "l2", "--beta", "30", "--chunks", "99")
    expected = coarea.denoise_tv_l2(PHOTO, 30, domain="shapes", mask=PHOTO == 0)
    assert np.array_equal(found, np.where(PHOTO == 0, PHOTO, expected))

"""What notebooks show of trees and of filters."""

from __future__ import annotations

import base64
import re

import imageio.v3 as iio
import numpy as np
import pytest

import coarea
from coarea.base.html import SIDE


def picture_in(html: str) -> np.ndarray:
    (data,) = re.findall(r"src='data:image/png;base64,([^']+)'", html)
    return iio.imread(base64.b64decode(data), extension=".png")


def rows_in(html: str) -> dict[str, str]:
    return dict(re.findall(r"<th[^>]*>(.*?)</th><td[^>]*>(.*?)</td>", html))


def test_a_small_image_is_shown_as_it_is(build):
    image = np.array([[0, 51, 102], [153, 204, 255], [0, 0, 0]], np.uint8)
    tree = build(image)
    html = tree._repr_html_()
    np.testing.assert_array_equal(picture_in(html), image)
    rows = rows_in(html)
    assert f"<b>{tree.kind}</b>" in html
    assert rows["image"] == "3 x 3, uint8"
    assert rows["nodes"] == str(len(tree))
    assert rows["depth"] == str(coarea.attributes.depth(tree).max())
    assert rows["connectivity"] == str(tree.connectivity)
    assert rows.get("border") == (None if tree.border is None else str(tree.border))


@pytest.mark.parametrize("shape", [(160, 161), (1000, 700), (3, 1500), (500, 2), (641, 320)])
def test_large_images_are_made_small_and_keep_their_form(shape):
    ramp = np.broadcast_to(np.linspace(-3, 5, shape[0])[:, None], shape).astype(np.float32)
    shown = picture_in(coarea.max_tree(ramp)._repr_html_())
    assert SIDE / 2 < max(shown.shape) <= SIDE
    for side, length in zip(shown.shape, shape, strict=True):
        assert abs(side - length * max(shown.shape) / max(shape)) <= 1
    assert (np.diff(shown.astype(int), axis=0) >= 0).all()
    assert np.ptp(shown, axis=1).max() == 0
    assert shape[0] == 3 or (shown[0, 0] < 10 and shown[-1, -1] > 245)


def test_of_a_volume_the_middle_plane_is_shown():
    volume = np.zeros((5, 4, 6), np.uint8)
    volume[2, 1, 3] = 9
    shown = picture_in(coarea.max_tree(volume)._repr_html_())
    np.testing.assert_array_equal(shown, volume[2] // 9 * 255)


@pytest.mark.parametrize(
    "image",
    [
        np.array([1, 2, 3]),
        np.zeros((4, 4)),
        np.array([[True, False]]),
        np.array([[0.0, np.inf, -np.inf, 1.0]]),
        np.array([[-1.7e308, 1.7e308]]),
        np.array([[0, 2**64 - 1]], np.uint64),
        np.arange(16).reshape(2, 2, 2, 2),
    ],
)
def test_all_images_have_a_picture(image):
    assert picture_in(coarea.max_tree(image)._repr_html_()).dtype == np.uint8


def test_of_a_filter_the_proof_is_shown(rng):
    image = rng.integers(0, 200, (20, 30)).astype(np.uint8)
    filtered, info = coarea.denoise_tv_l1(image, 1, return_info=True)
    html = info._repr_html_()
    rows = rows_in(html)
    assert rows["energy"] == f"{info.energy:g}"
    assert rows["of the image"] == f"{info.initial_energy:g}"
    assert rows["gap"] == "0"
    assert rows["cuts"] == str(info.n_cuts)
    assert all(phase in rows["seconds"] for phase in info.seconds)
    scale = 255 / (int(filtered.max()) - int(filtered.min()))
    np.testing.assert_array_equal(picture_in(html), np.round((filtered - filtered.min()) * scale).astype(np.uint8))


@pytest.mark.parametrize("options", [{"domain": "shapes"}, {"solver": "pymaxflow"}])
def test_a_filter_without_an_image_in_its_proof_has_a_table_only(options, rng):
    if "solver" in options:
        pytest.importorskip("maxflow")
    image = rng.integers(0, 200, (20, 30)).astype(np.uint8)
    html = coarea.denoise_tv_l1(image, 1, return_info=True, **options)[1]._repr_html_()
    assert "<img" not in html
    assert rows_in(html)["energy"]


def test_what_is_shown_is_escaped():
    tree = coarea.max_tree([[1, 2]])
    odd = coarea.Tree._trusted(*tree._arrays(), kind="max-tree", connectivity="<script>")
    assert "&lt;script&gt;" in odd._repr_html_()

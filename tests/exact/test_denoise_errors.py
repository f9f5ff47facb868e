"""What denoise_tv_l1 refuses, and that it says which parameter and why."""

from __future__ import annotations

import numpy as np
import pytest

import coarea

each_domain = pytest.mark.parametrize("domain", ["pixels", "shapes", "max_tree", "min_tree"])

IMAGE = np.arange(20).reshape(4, 5)


@each_domain
@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.array([[0, np.nan]]), ValueError, "image.*NaN"),
        (np.array([[0, np.inf]]), ValueError, "image.*(inf|finite)"),
        (np.zeros((0, 3)), ValueError, "image.*(empty|pixel)"),
        (np.zeros((3, 3), complex), TypeError, "image.*complex"),
        (np.array([["a"]]), TypeError, "image"),
        (np.array(1.0), ValueError, "image"),
    ],
)
def test_images_that_cannot_be_filtered_are_refused(domain, image, error, message):
    with pytest.raises(error, match=message):
        coarea.denoise_tv_l1(image, 1, domain=domain)


@pytest.mark.parametrize(("domain", "shape"), [("shapes", (4,)), ("shapes", (1, 2, 3, 4)), ("pixels", (2, 2, 2, 2))])
def test_other_dimensions_are_refused(domain, shape):
    with pytest.raises(ValueError, match=f"image must be .*-D.*, got {len(shape)}-D"):
        coarea.denoise_tv_l1(np.zeros(shape), 1, domain=domain)


@each_domain
@pytest.mark.parametrize("beta", [-1, -1e-300, np.nan, np.inf])
def test_beta_is_a_length(domain, beta):
    with pytest.raises(ValueError, match="beta"):
        coarea.denoise_tv_l1(IMAGE, beta, domain=domain)


@each_domain
@pytest.mark.parametrize(
    "weights",
    [
        np.ones(20),
        np.ones((5, 4)),
        np.ones((4, 5, 1)),
        1.0,
        np.full((4, 5), -1),
        np.full((4, 5), np.nan),
        np.full((4, 5), np.inf),
    ],
    ids=["flat", "turned", "3-D", "scalar", "negative", "NaN", "infinite"],
)
def test_weights_are_one_per_pixel_and_not_negative(domain, weights):
    with pytest.raises(ValueError, match="weights"):
        coarea.denoise_tv_l1(IMAGE, 1, domain=domain, weights=weights)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"domain": "graph"}, "domain.*pixels.*shapes.*max_tree.*min_tree"),
        ({"tie": "middle"}, "tie.*lower.*upper"),
        ({"neighbors": 6}, "neighbors.*4.*8"),
        ({"solver": "simplex"}, "solver.*pymaxflow"),
        ({"domain": "shapes", "connectivity": "8"}, "connectivity.*8-4.*4-8"),
        ({"domain": "max_tree", "connectivity": 3}, "connectivity"),
        ({"domain": "max_tree", "connectivity": "8-4"}, "connectivity"),
        ({"domain": "shapes", "border": "mode"}, "border.*half-area"),
        ({"channel_axis": 2}, "channel_axis"),
        # options of another domain
        ({"connectivity": 1}, "connectivity"),
        ({"border": "median"}, "border"),
        ({"domain": "max_tree", "border": "median"}, "border"),
        ({"domain": "min_tree", "neighbors": 4}, "neighbors"),
        ({"domain": "shapes", "neighbors": 8}, "neighbors"),
    ],
    ids=str,
)
def test_options_that_say_nothing_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        coarea.denoise_tv_l1(IMAGE, 1, **options)


def test_options_are_keyword_only():
    with pytest.raises(TypeError):
        coarea.denoise_tv_l1(IMAGE, 1, "shapes")

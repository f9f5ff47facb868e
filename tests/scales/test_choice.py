"""The choice of beta: at most so many regions, and no farther from the image than asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

import coarea
from coarea.scales.choice import areas_of_zones

CROP = data.camera()[60:108, 216:264]
DOMAINS = ["shapes", "max_tree", "min_tree"]
BUILDERS = {"shapes": coarea.tree_of_shapes, "max_tree": coarea.max_tree, "min_tree": coarea.min_tree}


def zone_areas_by_definition(image):
    """Grey value by grey value."""
    faces = ndimage.generate_binary_structure(image.ndim, 1)
    areas = []
    for value in np.unique(image):
        labels, _ = ndimage.label(image == value, faces)
        areas += np.bincount(labels.ravel())[1:].tolist()
    return sorted(areas)


def shapes_left(tree, filtered, min_area):
    """Nodes of large enough shapes whose value differs from the parent's; a node's own pixels tell its value."""
    value = np.full(len(tree), np.nan)
    value[tree.node_of_pixel] = filtered
    assert not np.isnan(value).any()
    return 1 + int(((value != value[tree.parent]) & (coarea.attributes.area(tree) >= min_area)).sum())


@pytest.mark.parametrize("shape", [(9,), (1, 1), (8, 9), (4, 5, 6)])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, bool])
def test_areas_of_zones(shape, dtype, rng):
    image = rng.integers(0, 3, shape).astype(dtype)
    assert sorted(areas_of_zones(image).tolist()) == zone_areas_by_definition(image)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("count", ["shapes", "zones"])
@pytest.mark.parametrize("options", [{}, {"tie": "upper", "quantile": 0.3}, {"min_area": 12}])
def test_at_most_n_regions_are_left(domain, count, options, rng):
    for image in (CROP, rng.integers(0, 9, (20, 22)).astype(np.float32)):
        tree, last = BUILDERS[domain](image), np.inf
        for n in (1, 5, 30, 200):
            beta = coarea.beta_for_regions(image, n, domain=domain, count=count, **options)
            given = {name: value for name, value in options.items() if name != "min_area"}
            min_area = options.get("min_area", 1)

            def number(beta):
                filtered = coarea.denoise_tv_l1(image, beta, domain=domain, **given)  # noqa: B023
                if count == "zones":
                    return int((areas_of_zones(filtered) >= min_area).sum())  # noqa: B023
                return shapes_left(tree, filtered, min_area)  # noqa: B023

            assert number(beta) <= n
            assert beta <= last
            if beta > 0:
                assert number(beta * (1 - 2 / 1024)) > n
            assert coarea.beta_for_regions(tree, n, domain=domain, count=count, **options) == beta
            last = beta


def test_the_number_of_large_zones_rises_first_and_that_is_not_taken():
    """Noise has no large zones at all, so at beta 0 nothing would have to be done."""
    noise = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)
    assert zone_areas_by_definition(noise)[-1] < 8
    beta = coarea.beta_for_regions(noise, 3, count="zones", min_area=8)
    assert beta > 0.25
    for larger in beta * np.geomspace(1, 50, 20):
        areas = zone_areas_by_definition(coarea.denoise_tv_l1(noise, larger, domain="shapes"))
        assert sum(area >= 8 for area in areas) <= 3 or larger < 1.01 * beta


@pytest.mark.parametrize("options", [{}, {"tie": "upper"}, {"weights": np.ones((24, 24)) * 1e-3}])
def test_on_pixels_zones_are_counted(options):
    image = CROP[:24, :24]
    beta = coarea.beta_for_regions(image, 20, domain="pixels", count="zones", **options)
    assert len(areas_of_zones(coarea.denoise_tv_l1(image, beta, **options))) <= 20
    assert len(areas_of_zones(coarea.denoise_tv_l1(image, beta * (1 - 2 / 1024), **options))) > 20


def test_what_needs_no_filter_gives_0_and_one_region_is_always_found(rng):
    flat = np.full((5, 6), 3)
    assert coarea.beta_for_regions(flat, 1) == 0
    assert coarea.beta_for_regions(CROP, 10**6) == 0
    for weights in (np.zeros(CROP.shape), np.full(CROP.shape, 1e-9), np.full(CROP.shape, 1e300)):
        beta = coarea.beta_for_regions(CROP, 1, weights=weights)
        assert np.ptp(coarea.denoise_tv_l1(CROP, beta, domain="shapes", weights=weights)) == 0


@pytest.mark.parametrize("power", [-80, -10, 0, 70])
def test_beta_scales_with_the_weights(power):
    beta = coarea.beta_for_regions(CROP, 30)
    weights = np.full(CROP.shape, 2.0**power)
    assert coarea.beta_for_regions(CROP, 30, weights=weights) == beta * 2.0**power
    residual = coarea.beta_for_residual(CROP, 4)
    assert coarea.beta_for_residual(CROP, 4, weights=weights) == residual * 2.0**power


def distance(image, filtered, weights, quantile):
    lost = image.astype(float) - filtered
    return np.average(2 * np.where(lost > 0, quantile * lost, (quantile - 1) * lost), weights=weights)


@pytest.mark.parametrize("domain", [*DOMAINS, "pixels"])
@pytest.mark.parametrize("quantile", [0.5, 0.3])
def test_the_residual_is_the_largest_that_is_allowed(domain, quantile, rng):
    image, weights = CROP[:40, :40], rng.integers(1, 3, (40, 40))
    options = {"domain": domain, "weights": weights, "quantile": quantile}
    for residual in (0.5, 2, 7.5):
        beta = coarea.beta_for_residual(image, residual, **options)
        found = [coarea.denoise_tv_l1(image, b, **options) for b in (beta, beta * (1 + 2 / 1024))]
        assert distance(image, found[0], weights, quantile) <= residual < distance(image, found[1], weights, quantile)


def test_residuals_at_both_ends():
    image = np.array([[0, 0, 0, 7], [0, 0, 0, 0]], np.uint8)
    beta = coarea.beta_for_residual(image, 0)
    assert 0 < beta < 0.5
    assert (coarea.denoise_tv_l1(image, beta, domain="shapes") == image).all()
    for residual in (7 / 8, 100):
        beta = coarea.beta_for_residual(image, residual)
        assert (coarea.denoise_tv_l1(image, beta, domain="shapes") == 0).all()


@pytest.mark.parametrize("domain", ["shapes", "pixels"])
@pytest.mark.parametrize(("dtype", "offset"), [(np.uint64, 2**63), (np.int64, -(2**63)), (np.int8, -128)])
def test_large_integers_lose_no_digit(domain, dtype, offset, rng):
    """Doubles hold no two of these grey values apart."""
    image = rng.integers(0, 200, (12, 13))
    far = np.array([[dtype(int(grey) + offset) for grey in row] for row in image])
    assert far.dtype == dtype
    for residual in (3, 20):
        beta = coarea.beta_for_residual(image, residual, domain=domain)
        assert coarea.beta_for_residual(far, residual, domain=domain) == beta > 0


def test_images_of_booleans(rng):
    image = rng.random((10, 11)) < 0.4
    for domain in ("shapes", "pixels"):
        options = {"domain": domain}
        beta = coarea.beta_for_regions(image, 3, count="zones", **options)
        assert beta == coarea.beta_for_regions(image.astype(np.uint8), 3, count="zones", **options) > 0
        beta = coarea.beta_for_residual(image, 0.1, **options)
        assert beta == coarea.beta_for_residual(image.astype(np.uint8), 0.1, **options) > 0


@pytest.mark.parametrize("tie", ["lower", "upper"])
def test_trees_that_no_beta_makes_constant_are_refused(tie):
    """Put together by hand: the first node is the whole image but its line has no length, the others own no pixel."""
    image = np.array([[1, 1, 1], [1, 1, 2]])
    tree = coarea.Tree([0, 0, 1, 1], [9, 5, 7, 0], image, [0, -1, 1, 1], "tree of shapes", "8-4", 0)
    for find in (coarea.beta_for_regions, coarea.beta_for_residual):
        with pytest.raises(ValueError, match="image must be a tree whose lines all have a length"):
            find(tree, 1, tie=tie)


def test_impulses_are_found_by_their_mean_size(rng):
    """The rule that the documentation gives: the residual of impulse noise is that of the best beta."""
    image = CROP.astype(int)
    hit = rng.random(image.shape) < 0.1
    noisy = np.where(hit, rng.choice([0, 255], image.shape), image)
    beta = coarea.beta_for_residual(noisy, np.abs(noisy - image).mean(), domain="pixels")
    errors = {b: np.abs(coarea.denoise_tv_l1(noisy, b) - image).mean() for b in (beta, *np.geomspace(0.2, 4, 30))}
    assert errors[beta] < 1.1 * min(errors.values())


def test_masked_images(rng):
    hidden = rng.random(CROP.shape) < 0.1
    masked = np.ma.array(np.where(hidden, np.nan, CROP), mask=hidden)
    weights = np.where(hidden, 0.0, 1.0)
    for find, number in ((coarea.beta_for_regions, 40), (coarea.beta_for_residual, 3)):
        assert find(masked, number) == find(np.where(hidden, np.nan, CROP), number, weights=weights) > 0.25


VOLUME = np.zeros((2, 2, 2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coarea.beta_for_regions(CROP, 0), "n must be an integer of at least 1, got 0"),
        (lambda: coarea.beta_for_regions(CROP, 2.5), "n must be an integer of at least 1, got 2.5"),
        (lambda: coarea.beta_for_regions(5, CROP), "n must be an integer"),
        (lambda: coarea.beta_for_regions(CROP, 5, count="regions"), "count must be one of 'shapes', 'zones'"),
        (lambda: coarea.beta_for_regions(CROP, 5, min_area=0), "min_area must be an integer of at least 1"),
        (lambda: coarea.beta_for_regions(CROP, 5, domain="tree"), "domain must be one of 'pixels', 'shapes'"),
        (lambda: coarea.beta_for_regions(CROP, 5, domain="pixels"), "count must be 'zones' with domain='pixels'"),
        (lambda: coarea.beta_for_regions(CROP, 5, domain="max_tree", border=0), "border does not apply"),
        (lambda: coarea.beta_for_regions(CROP, 5, domain="pixels", count="zones", border=0), "border does not apply"),
        (lambda: coarea.beta_for_regions(coarea.max_tree(CROP), 5, domain="shapes"), "domain must be that of"),
        (lambda: coarea.beta_for_regions(VOLUME, 5, domain="max_tree", count="zones"), "more than three dimensions"),
        (lambda: coarea.beta_for_regions(CROP, 5, quantile=-1), "quantile must be a number >= 0 and <= 1"),
        (lambda: coarea.beta_for_regions(CROP, 5, tie="none"), "tie must be one of"),
        (lambda: coarea.beta_for_regions(CROP, 5, neighbors=8), "unexpected keyword argument 'neighbors'"),
        (lambda: coarea.beta_for_regions("a.png", 5), "if this is a file, read it first"),
        (lambda: coarea.beta_for_residual(CROP, -1), "residual must be a finite number >= 0, got -1"),
        (lambda: coarea.beta_for_residual(CROP, np.nan), "residual must be a finite number >= 0, got nan"),
        (lambda: coarea.beta_for_residual(CROP, CROP), "residual must be a finite number >= 0, got an array"),
        (lambda: coarea.beta_for_residual(np.full((3, 3), np.inf), 1), "image contains infinite values"),
        (lambda: coarea.beta_for_residual(CROP, 1, domain="pixels", tie="none"), "tie must be one of"),
    ],
)
def test_calls_that_are_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_colours_are_told_to_be_taken_one_by_one():
    for options in ({}, {"domain": "pixels", "count": "zones"}):
        with pytest.warns(UserWarning, match="take them one by one"):
            coarea.beta_for_regions(np.zeros((9, 9, 3)), 1, **options)

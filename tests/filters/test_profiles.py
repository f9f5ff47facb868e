"""Profiles, spectra and ultimate openings against the filters that they put together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from skimage import data, morphology

import coarea
from coarea import attributes


def box_height(tree: coarea.Tree) -> np.ndarray:
    box = attributes.bounding_box(tree)
    return box[:, 2] - box[:, 0]


INCREASING = {"area": None, "box": box_height, "height": attributes.height}


def test_profiles_are_the_openings_and_closings_of_scikit_image():
    image = data.coins()[:150, :200]
    thresholds = [3, 20, 200, 900]
    profile = coarea.attribute_profile(image, thresholds, tree="min-max")
    closed = [morphology.area_closing(image, t, connectivity=1) for t in thresholds]
    opened = [morphology.area_opening(image, t, connectivity=1) for t in thresholds]
    assert profile.dtype == image.dtype
    np.testing.assert_array_equal(profile, [*closed[::-1], image, *opened])
    assert (np.diff(profile.astype(int), axis=0) <= 0).all()


@pytest.mark.parametrize("dtype", [np.int16, np.float32, bool])
def test_profiles_on_shapes_are_grain_filters(dtype, rng):
    for shape in ((13, 17), (5, 6, 7)):
        image = rng.integers(0, 2 if dtype is bool else 9, shape).astype(dtype)
        profile = coarea.attribute_profile(image, [1, 3, 8.5])
        assert profile.dtype == dtype
        np.testing.assert_array_equal(profile, [image, *(coarea.grain_filter(image, t) for t in (1, 3, 8.5))])
    tree = coarea.tree_of_shapes(image, connectivity="6-26")
    profile = coarea.attribute_profile(tree, [4])
    np.testing.assert_array_equal(profile, [image, coarea.grain_filter(tree, 4)])


def test_profiles_take_any_attribute_and_number_of_dimensions(rng):
    image = rng.integers(0, 9, (12, 15)).astype(np.uint8)
    tree = coarea.tree_of_shapes(image)
    profile = coarea.attribute_profile(image, [0.2, 0.6], attribute=attributes.compactness)
    expected = [coarea.attribute_filter(tree, attributes.compactness(tree) >= t) for t in (0.2, 0.6)]
    np.testing.assert_array_equal(profile, [image, *expected])
    signal = rng.integers(0, 9, 30)
    profile = coarea.attribute_profile(signal, [2, 4], tree="min-max")
    np.testing.assert_array_equal(profile[3], coarea.area_opening(signal, 2))
    np.testing.assert_array_equal(profile[0], coarea.area_closing(signal, 4))


def openings(tree: coarea.Tree, size: np.ndarray, bounds: list[float]) -> list[np.ndarray]:
    """What is left where the size is at least each bound, as real numbers; at last the root."""
    kept = [coarea.attribute_filter(tree, size >= bound) for bound in bounds]
    return [image.astype(float) for image in kept]


@pytest.mark.parametrize("name", INCREASING)
def test_spectra_are_the_volumes_that_openings_lose(name, rng):
    for _ in range(150):
        image = rng.integers(0, 7, rng.integers(1, 9, 2)).astype(np.uint8)
        thresholds = np.unique(rng.integers(0, 12, 3)).tolist()
        for tree, given in ((coarea.max_tree(image), image), (coarea.min_tree(image), None)):
            size = attributes.area(tree) if INCREASING[name] is None else INCREASING[name](tree)
            left = openings(tree, size, [-np.inf, *thresholds, np.inf])
            lost = [np.abs(one - two).sum() for one, two in pairwise(left)]
            source = tree if given is None else given
            found = coarea.pattern_spectrum(source, thresholds, attribute=INCREASING[name])
            assert found.tolist() == lost


def test_the_spectrum_of_shapes_is_all_of_the_steps(rng):
    tree = coarea.tree_of_shapes(rng.integers(0, 9, (9, 9)).astype(np.uint8))
    spectrum = coarea.pattern_spectrum(tree, [1, 5, 20])
    assert spectrum.sum() == attributes.volume(tree)[0]
    assert spectrum[0] == 0


def test_the_spectrum_of_wide_integers_is_exact():
    image = np.array([[0, 1, 3, 3]], np.uint64)
    for offset in (0, 2**63):
        assert coarea.pattern_spectrum(image + offset, [3]).tolist() == [4, 3]


@pytest.mark.parametrize("name", INCREASING)
def test_ultimate_openings_are_the_largest_steps_of_all_openings(name, build, rng):
    for _ in range(100):
        image = rng.integers(0, 7, rng.integers(1, 8, 2)).astype(np.uint8)
        tree = build(image)
        size = attributes.area(tree) if INCREASING[name] is None else INCREASING[name](tree)
        if (size[tree.parent] < size).any():  # the height need not grow where bright and dark shapes alternate
            assert name == "height"
            assert tree.kind == "tree of shapes"
            continue
        sizes = np.unique(size)
        left = openings(tree, size, [*sizes, np.inf])
        steps = np.array([np.abs(one - two) for one, two in pairwise(left)])
        residue = steps.max(axis=0)
        last = len(sizes) - 1 - steps[::-1].argmax(axis=0)  # of equal steps, that of the largest size
        found = coarea.ultimate_opening(tree, attribute=INCREASING[name])
        some = coarea.ultimate_opening(tree, attribute=INCREASING[name], max_size=float(sizes[len(sizes) // 2]))
        np.testing.assert_array_equal(some.residue, steps[: len(sizes) // 2 + 1].max(axis=0))
        assert some.size.max() <= sizes[len(sizes) // 2]
        np.testing.assert_array_equal(found.residue, residue)
        np.testing.assert_array_equal(found.size, np.where(residue > 0, sizes[last], 0))


def test_an_ultimate_opening_of_an_image_is_that_of_its_max_tree(rng):
    image = rng.integers(0, 99, (9, 8)).astype(np.uint8)
    found, expected = coarea.ultimate_opening(image), coarea.ultimate_opening(coarea.max_tree(image))
    np.testing.assert_array_equal(found.residue, expected.residue)
    np.testing.assert_array_equal(found.size, expected.size)


@pytest.mark.parametrize(
    ("dtype", "expected"), [("i1", "i8"), ("u8", "u8"), ("i8", "u8"), ("f4", "f4"), ("f8", "f8"), ("?", "i8")]
)
def test_residues_do_not_wrap(dtype, expected):
    low, high = (False, True) if dtype == "?" else (-3e38, 3e38) if dtype == "f8" else (-1e30, 1e30)
    if dtype in ("i1", "i8", "u8"):
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    image = np.array([[low, high, low, low]], dtype)
    found = coarea.ultimate_opening(image)
    assert found.residue.dtype == expected
    assert found.residue[0].tolist() == [0, image[0, 1].item() - image[0, 0].item(), 0, 0]
    assert found.size.tolist() == [[0, 1, 0, 0]]


IMAGE = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coarea.attribute_profile(IMAGE, 5), "thresholds must be a sequence of increasing finite numbers"),
        (lambda: coarea.attribute_profile(IMAGE, []), "thresholds must be a sequence of increasing finite numbers"),
        (lambda: coarea.attribute_profile(IMAGE, [5, 3]), "thresholds must be a sequence of increasing finite numbers"),
        (lambda: coarea.attribute_profile(IMAGE, [3, 3]), "thresholds must be a sequence of increasing finite numbers"),
        (lambda: coarea.attribute_profile(IMAGE, [3, np.nan]), "thresholds must be a sequence of increasing"),
        (lambda: coarea.attribute_profile(IMAGE, [3], tree="max_tree"), "tree must be one of 'shapes', 'min-max'"),
        (lambda: coarea.attribute_profile(IMAGE, [3], attribute="area"),
         "attribute must be a function of a tree, got 'area': coarea.attributes.area"),
        (lambda: coarea.attribute_profile(IMAGE, [3], attribute=IMAGE), "attribute must be a function of a tree, got"),
        (lambda: coarea.attribute_profile(IMAGE, [3], attribute=lambda tree: 3), "attribute must give one number for"),
        (lambda: coarea.attribute_profile(IMAGE, [3], attribute=lambda tree: tree.value * np.nan), "not give NaN"),
        (lambda: coarea.attribute_profile(coarea.max_tree(IMAGE), [3]), "image must be an array or a tree of shapes"),
        (lambda: coarea.attribute_profile(coarea.max_tree(IMAGE), [3], tree="min-max"), "needs the image, of which"),
        (lambda: coarea.attribute_profile(IMAGE[0], [3]), "image must be 2-D or 3-D, got 1-D"),
        (lambda: coarea.attribute_profile(None, [3]), "image is None"),
        (lambda: coarea.pattern_spectrum(IMAGE, [3], attribute=attributes.depth), "attribute must not be smaller at"),
        (lambda: coarea.pattern_spectrum([[-np.inf, 1]], [3]), "image must be finite, got infinite grey values"),
        (lambda: coarea.pattern_spectrum("a.png", [3]), "if this is a file, read it first"),
        (lambda: coarea.ultimate_opening(IMAGE, attribute=attributes.depth), "attribute must not be smaller at a node"),
        (lambda: coarea.ultimate_opening([[0, np.inf]]), "image must be finite"),
        (lambda: coarea.ultimate_opening([[0, np.nan]]), "image contains NaN"),
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()

"""What denoise_tv_l1(colors="input") makes of weights, masks, fixed pixels and other options, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from skimage import data

import coarea
from coarea.exact.colors import _colors
from coarea.exact.info import join

each_domain = pytest.mark.parametrize("domain", ["pixels", "shapes", "max_tree", "min_tree"])


def colored(image: Any, beta: float, **options: Any) -> Any:
    return coarea.denoise_tv_l1(image, beta, colors="input", **{"channel_axis": -1, "workers": 1, **options})


@pytest.fixture
def image(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 6, (9, 11, 3)).astype(np.uint8)


def colors_of(image: np.ndarray, where: np.ndarray) -> set[tuple[int, ...]]:
    return set(map(tuple, image[where].tolist()))


@each_domain
def test_equal_weights_do_nothing(domain: str, image: np.ndarray) -> None:
    expected = colored(image, 0.75, domain=domain)
    for factor in (1, 3, 0.1, 2.0**-700, 2.0**700):
        for shape in (image.shape, image.shape[:2]):
            result = colored(image, 0.75 * factor, domain=domain, weights=np.full(shape, factor))
            np.testing.assert_array_equal(result, expected)


@each_domain
def test_edge_weights_are_a_factor_of_beta(domain: str, image: np.ndarray) -> None:
    doubled = colored(image, 0.5, domain=domain, edge_weights=np.full((2, 9, 11), 2.0))
    np.testing.assert_array_equal(doubled, colored(image, 1, domain=domain))


@each_domain
def test_a_mask_is_weight_zero_and_brings_no_colors(domain: str, image: np.ndarray, rng: np.random.Generator) -> None:
    for share in (0.1, 0.6, 0.97):
        mask = rng.random((9, 11)) < share
        expected = colored(image, 0.75, domain=domain, mask=mask)
        assert colors_of(expected, np.full(mask.shape, True)) <= colors_of(image, ~mask)
        whole = np.broadcast_to(mask[..., None], image.shape)
        for given in (
            colored(image, 0.75, domain=domain, weights=~mask),
            colored(image, 0.75, domain=domain, mask=whole),
            colored(np.ma.array(image, mask=whole), 0.75, domain=domain),
        ):
            np.testing.assert_array_equal(given, expected)


def test_what_a_masked_pixel_holds_does_not_matter(image: np.ndarray, rng: np.random.Generator) -> None:
    for distance in ("values", "ranks"):
        mask = rng.random((9, 11)) < 0.4
        expected = colored(image, 0.75, mask=mask, distance=distance)
        for junk in (0, 3, 255):
            np.testing.assert_array_equal(
                colored(np.where(mask[..., None], np.uint8(junk), image), 0.75, mask=mask, distance=distance), expected
            )
        for junk in (np.nan, np.inf, 1e300):
            given = np.where(mask[..., None], junk, image)
            np.testing.assert_array_equal(colored(given, 0.75, mask=mask, distance=distance), expected)


def test_a_pixel_without_one_channel_brings_no_color(image: np.ndarray, rng: np.random.Generator) -> None:
    for _ in range(30):
        weights = (rng.random(image.shape) < 0.7).astype(float)
        result = colored(image, 0.75, weights=weights)
        assert colors_of(result, np.full((9, 11), True)) <= colors_of(image, weights.min(-1) > 0)


@each_domain
def test_fixed_pixels_keep_their_colors(domain: str, image: np.ndarray, rng: np.random.Generator) -> None:
    for dtype in (np.uint8, np.float64):
        fixed = rng.random((9, 11)) < 0.2
        given = image.astype(dtype) if dtype == np.uint8 else 1 + image * 2.0**-50  # closer than the numbers of colours
        for weights in (None, rng.integers(0, 3, (9, 11))):
            result, info = colored(given, 3, domain=domain, fixed=fixed, weights=weights, return_info=True)
            np.testing.assert_array_equal(result[fixed], given[fixed])
            assert info.energy >= info.lower_bound * (1 - 1e-9)
        same = np.broadcast_to(fixed[..., None], given.shape)
        np.testing.assert_array_equal(colored(given, 3, fixed=same), colored(given, 3, fixed=fixed))
    np.testing.assert_array_equal(colored(image, 3, domain=domain, fixed=np.full((9, 11), True)), image)


def test_quantiles_lean_as_they_do_for_grey_images(image: np.ndarray) -> None:
    grey = np.repeat(image[..., :1], 3, -1)
    for quantile in (0.25, 0.9):
        expected = coarea.denoise_tv_l1(grey[..., 0], 0.6, quantile=quantile)
        np.testing.assert_array_equal(colored(grey, 0.6, quantile=quantile), np.repeat(expected[..., None], 3, -1))


@each_domain
def test_energies_are_those_of_the_problem_of_single_channels(domain: str, image: np.ndarray) -> None:
    weights = np.arange(99).reshape(9, 11) % 4
    options = {"weights": weights, "quantile": 0.3}
    result, info = colored(image, 0.5, domain=domain, return_info=True, **options)
    energy = bound = 0.0
    for c in range(3):
        _, own = coarea.denoise_tv_l1(image[..., c], 0.5, return_info=True, **options)
        energy, bound = energy + own.certificates[0].energy(result[..., c]), bound + own.dual_bound
    assert (info.energy, info.lower_bound) == pytest.approx((energy, bound))
    both = join([info, info])
    assert (both.energy, both.lower_bound, both.gap) == pytest.approx((2 * energy, 2 * bound, info.gap))
    assert set(info.seconds) >= {"colors", "solve"}
    assert info.n_cuts > 0
    assert "gap" in info._repr_html_()


def test_of_free_colors_there_is_no_gap(image: np.ndarray) -> None:
    for given in (image, image * 0.1):
        _, info = coarea.denoise_tv_l1(given, 0.5, channel_axis=-1, return_info=True)
        assert info.lower_bound == info.dual_bound
        assert 0 <= info.gap < 1e-12
    flat = np.zeros((3, 3, 2))
    assert colored(flat, 1, return_info=True)[1].gap == 0


def test_pymaxflow_knows_no_bound(image: np.ndarray) -> None:
    pytest.importorskip("maxflow")
    result, info = colored(image, 0.5, solver="pymaxflow", return_info=True)
    np.testing.assert_array_equal(result, colored(image, 0.5))
    assert np.isnan(info.lower_bound)
    assert np.isnan(info.gap)


@each_domain
def test_threads_and_layouts_do_not_matter(domain: str, image: np.ndarray) -> None:
    expected = colored(image, 0.75, domain=domain)
    np.testing.assert_array_equal(colored(image, 0.75, domain=domain, workers=3), expected)
    read_only = np.asfortranarray(image)
    read_only.flags.writeable = False
    np.testing.assert_array_equal(colored(read_only, 0.75, domain=domain), expected)
    np.testing.assert_array_equal(colored(image[::-1].tolist()[::-1], 0.75, domain=domain), expected)
    assert read_only.tobytes() == np.asfortranarray(image).tobytes()


def test_free_colors_are_what_they_were(image: np.ndarray) -> None:
    expected = np.stack([coarea.denoise_tv_l1(image[..., c], 0.75) for c in range(3)], -1)
    np.testing.assert_array_equal(coarea.denoise_tv_l1(image, 0.75, channel_axis=-1, colors="free"), expected)


def test_borders_that_have_ranks(image: np.ndarray) -> None:
    for border in (None, "half-area", "minimum", "maximum", (2, 3), np.array([2, 3])):
        colored(image, 1, domain="shapes", border=border, distance="ranks")
    for border in (3, "mean", "median", np.float32(2)):
        colored(image, 1, domain="shapes", border=border)
        with pytest.raises(ValueError, match=r'border must be "half-area", .* or a pixel with distance="ranks"'):
            colored(image, 1, domain="shapes", border=border, distance="ranks")


def test_what_has_no_solution_is_refused(image: np.ndarray, rng: np.random.Generator) -> None:
    for name in ("lower", "upper"):
        with pytest.raises(ValueError, match=f'{name} does not go with colors="input": no colour of the image need'):
            colored(image, 1, **{name: 3})
    with pytest.raises(
        ValueError, match=r"fixed must hold the same pixels in all channels .* the shape of one channel"
    ):
        colored(image, 1, fixed=rng.random(image.shape) < 0.5)
    for options in (
        {"mask": np.full((9, 11), True)},
        {"weights": np.zeros((9, 11))},
        {"weights": np.broadcast_to([0, 1, 1], image.shape)},
    ):
        with pytest.raises(ValueError, match="must leave a pixel with data in all channels"):
            colored(image, 1, **options)
    with pytest.raises(ValueError, match="beta must be smaller: "):
        colored(image, 1e30, fixed=image[..., 0] > 3)


def test_images_of_all_kinds_of_sizes() -> None:
    for shape in ((1, 1, 3), (1, 1, 1), (1, 6, 2), (5, 2), (300, 1, 2), (2, 3, 4, 5)):
        image = np.random.default_rng(1).integers(0, 3, shape)
        assert colored(image, 0.5).shape == shape
        np.testing.assert_array_equal(np.unique(colored(image, 1e300).reshape(-1, shape[-1]), axis=0).shape[0], 1)


def test_frames_that_are_too_large_for_indices_are_refused(monkeypatch: pytest.MonkeyPatch, image: np.ndarray) -> None:
    monkeypatch.setitem(_colors.zones_of.__globals__, "INDEX_MAX", 100)
    with pytest.raises(ValueError, match=r'image must have less than 2..31 pixels and a frame for colors="input"'):
        colored(image, 1)


@pytest.mark.photograph
@pytest.mark.parametrize(("name", "most"), [("astronaut", 0.05), ("chelsea", 0.05), ("coffee", 0.05)])
def test_gaps_of_photographs_are_small(name: str, most: float) -> None:
    image = getattr(data, name)()[:256, :256]
    for beta in (1, 3):
        result, info = colored(image, beta, return_info=True)
        assert 0 < info.gap <= most
        free = coarea.denoise_tv_l1(image, beta, channel_axis=-1)
        codes, new = (np.unique(x.reshape(-1, 3), axis=0) for x in (image, free))
        assert len(np.unique(np.concatenate([codes, new]), axis=0)) > len(codes)  # false colours
        assert len(np.unique(np.concatenate([codes, result.reshape(-1, 3)]), axis=0)) == len(codes)

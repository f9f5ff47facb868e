"""Laws of denoise_tv_l1(colors="input")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import axis_offsets
from coarea.exact._model import l1_model
from coarea.exact._setting import Data
from coarea.exact.colors._colors import colors_of_pixels
from coarea.exact.colors._energy import Energy

TIES = ("lower", "upper")
PAIRS = ("8-4", "4-8")
each_domain = pytest.mark.parametrize("domain", ["pixels", "shapes", "max_tree", "min_tree"])
some = pytest.mark.parametrize("n", [50, pytest.param(2000, marks=pytest.mark.slow)])


def images(n: int, seed: int, levels: int = 6) -> Iterator[tuple[np.random.Generator, np.ndarray, float]]:
    """Random images and betas: 2-D, with one to four channels."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        shape = (*rng.integers(1, 8, 2), rng.integers(1, 5))
        yield (
            rng,
            rng.integers(0, rng.integers(2, levels + 1), shape).astype(np.uint8),
            float(rng.choice([0.3, 0.5, 1, 2])),
        )


def colored(image: np.ndarray, beta: float, **options: Any) -> np.ndarray:
    return coarea.denoise_tv_l1(image, beta, colors="input", workers=1, **{"channel_axis": -1, **options})


def colored_with(image: np.ndarray, beta: float, each: Sequence[dict[str, Any]]) -> np.ndarray:
    """The same, with options of each channel."""
    channels = [np.ascontiguousarray(image[..., c]) for c in range(image.shape[-1])]
    marginals = [coarea.denoise_tv_l1(channel, beta, **own) for channel, own in zip(channels, each, strict=True)]
    energy = Energy(l1_model(0.5), beta, dict.fromkeys(axis_offsets(2), 1.0))
    source = colors_of_pixels(channels, marginals, [Data()] * len(channels), energy)
    return image.reshape(-1, image.shape[-1])[source]


@each_domain
@some
def test_inverting_some_channels_inverts_the_result_in_them(domain: str, n: int) -> None:
    for rng, image, beta in images(n, seed=0):
        is_inverted = rng.random(image.shape[-1]) < 0.5
        tie, pair = rng.integers(2, size=2)
        own, other = ({"domain": domain, "tie": TIES[k]} for k in (tie, 1 - tie))
        if domain == "shapes":
            own, other = own | {"connectivity": PAIRS[pair]}, other | {"connectivity": PAIRS[1 - pair]}
        elif domain != "pixels":
            other["domain"] = "min_tree" if domain == "max_tree" else "max_tree"
        expected = colored(image, beta, **own)
        inverse = np.where(is_inverted, 255 - image, image)
        result = colored_with(inverse, beta, [other if inverted else own for inverted in is_inverted])
        np.testing.assert_array_equal(result, np.where(is_inverted, 255 - expected, expected))


@each_domain
def test_inverting_all_channels_inverts_the_result(domain: str) -> None:
    for _, image, beta in images(30, seed=1):
        if domain in ("pixels", "shapes"):
            more = {} if domain == "pixels" else {"connectivity": "self-dual"}
            inverse = colored(-image.astype(np.float32), beta, domain=domain, tie="upper", **more)
        else:
            more = {}
            inverse = colored(
                -image.astype(np.float32), beta, domain="min_tree" if domain == "max_tree" else "max_tree", tie="upper"
            )
        np.testing.assert_array_equal(inverse, -colored(image, beta, domain=domain, **more).astype(np.float32))


@each_domain
@some
def test_permuted_channels_permute_the_result(domain: str, n: int) -> None:
    for rng, image, beta in images(n, seed=2):
        order = rng.permutation(image.shape[-1])
        result = colored(image[..., order], beta, domain=domain)
        np.testing.assert_array_equal(result, colored(image, beta, domain=domain)[..., order])


@each_domain
@some
def test_increasing_maps_commute_with_the_filter_by_ranks(domain: str, n: int) -> None:
    for rng, image, beta in images(n, seed=3):
        maps = np.sort([rng.choice(5000, 6, replace=False) for _ in range(image.shape[-1])])
        maps = maps.astype(rng.choice([np.uint16, np.int64, np.float32, np.float64]))
        channel = np.arange(image.shape[-1])
        result = colored(maps[channel, image], beta, domain=domain, distance="ranks")
        np.testing.assert_array_equal(result, maps[channel, colored(image, beta, domain=domain, distance="ranks")])


def test_they_do_not_by_values() -> None:
    """Distances of different channels are added, so the law needs ranks."""
    different = 0
    for _, image, beta in images(100, seed=3):
        wide = np.array([0, 1, 10, 11, 100, 101])[image]
        different += (colored(wide, beta) != np.array([0, 1, 10, 11, 100, 101])[colored(image, beta)]).any()
    assert different > 0


def test_ranks_of_consecutive_levels_are_values() -> None:
    for _, image, beta in images(30, seed=4):
        ranks = np.stack(
            [np.unique(own, return_inverse=True)[1].reshape(own.shape) for own in np.moveaxis(image, -1, 0)], -1
        )
        np.testing.assert_array_equal(colored(ranks, beta, distance="ranks"), colored(ranks, beta))


@each_domain
def test_beta_zero_is_the_identity(domain: str) -> None:
    for rng, image, _ in images(30, seed=5, levels=255):
        np.testing.assert_array_equal(colored(image, 0, domain=domain), image)
        close = 1 + image.astype(np.float64) * 2.0**-52 + rng.integers(0, 2, image.shape)  # no two numbers of them
        np.testing.assert_array_equal(colored(close, 0, domain=domain), close)


@some
def test_a_grey_image_as_channels_gives_the_filter_of_grey_images(n: int) -> None:
    for rng, image, beta in images(n, seed=6, levels=12):
        grey, tie = image[..., 0], rng.choice(TIES)
        result = colored(np.stack([grey] * 3, -1), beta, tie=tie)
        np.testing.assert_array_equal(result, np.stack([coarea.denoise_tv_l1(grey, beta, tie=tie)] * 3, -1))


def colors_in(image: np.ndarray) -> set[tuple[Any, ...]]:
    return set(map(tuple, image.reshape(-1, image.shape[-1]).tolist()))


@each_domain
@pytest.mark.parametrize("distance", ["values", "ranks"])
def test_there_are_no_new_colors(domain: str, distance: str) -> None:
    new = 0
    for _, image, beta in images(30, seed=7):
        new += not colors_in(coarea.denoise_tv_l1(image, beta, domain=domain, channel_axis=-1)) <= colors_in(image)
        assert colors_in(colored(image, beta, domain=domain, distance=distance)) <= colors_in(image)
    assert new > 5  # where the channels are filtered on their own


@each_domain
def test_contours_do_not_move(domain: str) -> None:
    """Where two pixels beside each other differ, the filter of a channel has kept a contour between them."""
    for _, image, beta in images(50, seed=8):
        result = colored(image, beta, domain=domain)
        marginal = coarea.denoise_tv_l1(image, beta, domain=domain, channel_axis=-1)
        for axis in (0, 1):
            differs, kept, there = (np.diff(x.astype(int), axis=axis).any(-1) for x in (result, marginal, image))
            assert (kept | ~differs).all()
            if domain != "pixels":
                assert (there | ~differs).all()


@each_domain
def test_the_energy_is_between_the_bound_and_that_of_the_projection(domain: str) -> None:
    for _, image, beta in images(30, seed=9):
        result, info = colored(image, beta, domain=domain, return_info=True)
        values = result.astype(int)
        energy = np.abs(values - image).sum() + beta * sum(np.abs(np.diff(values, axis=axis)).sum() for axis in (0, 1))
        assert info.energy == pytest.approx(energy)
        least = sum(
            coarea.denoise_tv_l1(image[..., c], beta, return_info=True)[1].energy for c in range(image.shape[-1])
        )
        assert info.lower_bound == info.dual_bound == pytest.approx(least)
        assert info.gap == pytest.approx(energy / least - 1 if least else 0)
        assert len(info.certificates) == image.shape[-1]
        assert all(certificate.verify() for certificate in info.certificates)
        if domain == "pixels":  # zones that only lose their specks are no worse than the image
            assert info.lower_bound <= info.energy


def test_dtypes_agree() -> None:
    for rng, image, beta in images(15, seed=10, levels=250):
        expected = colored(image, beta)
        for dtype in (
            np.int16,
            np.uint16,
            np.int32,
            np.uint64,
            np.float16,
            np.float32,
            np.float64,
            np.longdouble,
            ">i4",
        ):
            result = colored(image.astype(dtype), beta)
            assert result.dtype == np.dtype(dtype).newbyteorder("=")
            np.testing.assert_array_equal(result, expected)
        shift, scale = rng.integers(-5000, 5000), 2.0 ** rng.integers(-20, 20)
        np.testing.assert_array_equal(colored((image + shift).astype(np.int16), beta), expected + shift)
        np.testing.assert_array_equal(colored(image * scale, beta), expected * scale)
    signed = np.array([[[-128, 127], [127, -128], [127, -128]]], np.int8)
    np.testing.assert_array_equal(colored(signed, 2), np.tile(signed[:, 1:2], (1, 3, 1)))
    for _, image, beta in images(20, seed=11, levels=2):
        np.testing.assert_array_equal(colored(image == 1, beta), colored(image, beta) == 1)


def test_wide_integers_and_floats_only_take_their_own_colors() -> None:
    rng = np.random.default_rng(12)
    for dtype in (np.int64, np.uint64, np.float64, np.float32):
        for _ in range(20):
            image = rng.integers(0, 2**62, (6, 7, 3)).astype(dtype)
            assert colors_in(colored(image, 0.7)) <= colors_in(image)
    huge = np.where(rng.random((6, 7, 2)) < 0.5, -1.7e308, 1.7e308)
    assert colors_in(colored(huge, 1)) <= colors_in(huge)
    np.testing.assert_array_equal(colored(np.full((3, 4, 2), 1e-320), 1), np.full((3, 4, 2), 1e-320))


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_what_is_added_to_wide_integers_does_not_matter(dtype: Any) -> None:
    rng = np.random.default_rng(15)
    for _ in range(40):
        image = rng.integers(0, 2000, (6, 6, 2))
        image[0, 0], image[0, 1] = 0, 2**26  # beyond the distances that are exact
        shift = 2**62 + 2 ** (62 if dtype == np.uint64 else 20)
        expected = colored(image, 0.6).astype(dtype)
        np.testing.assert_array_equal(colored(image.astype(dtype) + dtype(shift), 0.6), expected + dtype(shift))


@pytest.mark.parametrize("ndim", [1, 3])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_dimensions_and_axes(ndim: int, axis: int) -> None:
    rng = np.random.default_rng(13)
    for _ in range(20):
        image = rng.integers(0, 5, (*rng.integers(2, 7, ndim), 3)).astype(np.uint8)
        expected = colored(image, 0.5)
        assert colors_in(expected) <= colors_in(image)
        result = colored(np.moveaxis(image, -1, axis), 0.5, channel_axis=axis)
        np.testing.assert_array_equal(np.moveaxis(result, axis, -1), expected)
        flat = colored(image[None], 0.5) if ndim < 3 else expected[None]  # one dimension more, of length 1
        np.testing.assert_array_equal(flat[0], expected)


def test_trees_have_any_number_of_dimensions() -> None:
    image = np.random.default_rng(14).integers(0, 4, (3, 3, 3, 3, 2))
    assert colors_in(colored(image, 0.5, domain="max_tree")) <= colors_in(image)
    with pytest.raises(ValueError, match='return_info must be False with colors="input" beyond 3-D, got 4-D'):
        colored(image, 0.5, domain="max_tree", return_info=True)

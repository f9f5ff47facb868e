"""The exact L1 filter on trees of images in chunks: what it gives in memory, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import coarea

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

from coarea.dask.parts.rules import Energy, energy_of  # noqa: E402
from coarea.dask.trees import denoised  # noqa: E402
from coarea.exact import _problem  # noqa: E402
from coarea.exact._integers import simplest  # noqa: E402

SIDES = {1: 30, 2: 10, 3: 5}
PAIRS = {2: ("8-4", "4-8"), 3: ("26-6", "6-26")}
DTYPES = ("u1", "u1", "i2", "i4", "i8", "u8", "f2", "f4", "f8", "?")
BETAS = (0, 0.1, 0.1, 0.25, 0.25, 0.37, 0.37, 0.5, 0.5, 1, 3, 1e9, 1e300)


@pytest.fixture(autouse=True)
def _in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def random_image(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Noise of few levels or many, smooth or not."""
    n_levels = int(rng.choice([2, 3, 5, 20]))
    noise = rng.integers(0, n_levels, shape)
    if rng.random() < 0.3:
        noise = np.round(ndimage.uniform_filter(noise.astype(float), 3) * 2).astype(int)
    image = (noise - n_levels // 2 if dtype[0] in "if" else noise).astype(dtype)
    return image / image.dtype.type(3) if dtype[0] == "f" else image


def random_options(rng: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Any]:
    """A tree and its conventions, and what of the energy may vary."""
    options: dict[str, Any] = {
        "tie": str(rng.choice(["lower", "upper"])),
        "quantile": float(rng.choice([0.5, 0.5, 0.25, 0.9, 0.333])),
        "domain": str(rng.choice(["shapes", "shapes", "max_tree", "min_tree"])) if len(shape) in PAIRS else "max_tree",
    }
    if options["domain"] != "shapes":
        return options | {"connectivity": int(rng.integers(1, len(shape) + 1))}
    pixel = tuple(int(rng.integers(n)) for n in shape)
    border = ("half-area", float(rng.integers(-1, 20)) / 2, pixel)[int(rng.integers(3))]
    return options | {"connectivity": str(rng.choice(PAIRS[len(shape)])), "border": border}


def compare(seed: int, n: int) -> int:
    """Compare random problems in memory and in chunks; how many of them change the image without making it flat."""
    rng, n_changed = np.random.default_rng(seed), 0
    for _ in range(n):
        ndim = int(rng.choice([1, 2, 2, 2, 3]))
        shape = tuple(int(k) for k in rng.integers(1, SIDES[ndim] + 1, ndim))
        image, beta = random_image(rng, shape, str(rng.choice(DTYPES))), float(rng.choice(BETAS))
        options = random_options(rng, shape)
        expected = coarea.denoise_tv_l1(image, beta, channel_axis=None, workers=1, **options)
        chunks = tuple(int(rng.integers(1, k + 1)) for k in shape)
        result = denoised(da.from_array(image, chunks=chunks), beta, **options)
        found = result.compute()
        assert result.dtype == found.dtype == expected.dtype
        assert np.array_equal(found, expected), (beta, options, chunks, image.tolist())
        n_changed += not np.array_equal(expected, image) and np.ptp(expected.astype(float)) > 0
    return n_changed


def test_chunks_give_what_memory_gives() -> None:
    assert compare(0, 90) > 18


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_chunks_give_what_memory_gives_often(seed: int) -> None:
    assert compare(seed, 400) > 80


def test_every_cut_of_an_image_gives_the_same(rng: np.random.Generator) -> None:
    image = random_image(rng, (9, 11), "u1")
    for domain in ("shapes", "max_tree"):
        expected = coarea.denoise_tv_l1(image, 0.5, domain=domain)
        for chunks in (1, ((8, 1), (10, 1)), ((0, 1, 0, 0, 8), (4, 0, 7, 0)), (9, 1), (1, 11), (9, 11)):
            array = da.from_array(image, chunks=9).rechunk(chunks)
            result = denoised(array, 0.5, domain=domain)
            assert result.chunks == array.chunks
            assert np.array_equal(result.compute(), expected)


def test_edges_that_weigh_much_do_not_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The integers of an image of 2^59 pixels, on a small one."""
    monkeypatch.setattr(
        "coarea.dask.trees.energy_of", lambda beta, quantile, tie, _: energy_of(beta, quantile, tie, 2**59)
    )
    monkeypatch.setattr(Energy, "check", lambda *_: None)
    image = np.zeros((12, 12), np.uint8)
    image[3:10, 2:9], image[5, 5] = 9, 4
    for beta, flat in ((1e300, True), (0.5, False)):
        found = denoised(da.from_array(image, chunks=5), beta, domain="shapes").compute()
        assert np.array_equal(found, coarea.denoise_tv_l1(image, beta, domain="shapes"))
        assert (np.ptp(found) == 0) == flat


def test_photograph() -> None:
    from skimage import data

    image = np.tile(data.camera(), (1, 2))[:500]
    for domain, beta in (("shapes", 2.0), ("max_tree", 0.3)):
        result = denoised(da.from_array(image, chunks=(300, 450)), beta, domain=domain)
        assert np.array_equal(result.compute(), coarea.denoise_tv_l1(image, beta, domain=domain))


@pytest.mark.parametrize(
    ("beta", "quantile", "message"),
    [
        (np.pi, 0.5, "beta must be a fraction with a denominator of at most .* take fewer digits, 3.142"),
        (1.0, 0.0, "quantile must be between 0 and 1 on a tree in chunks, got 0.0"),
        (1.0, 1.0, "quantile must be between 0 and 1 on a tree in chunks, got 1.0"),
        (1 / 1048573, 0.123459, "too large denominators for 1073741824 pixels: take numbers of fewer digits"),
    ],
)
def test_what_would_be_rounded_is_refused(beta: float, quantile: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        energy_of(beta, quantile, "lower", 2**30)


def test_what_memory_rounds_is_refused_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many bits of beta, of grey values, and of perimeters: whether integers are exact is known in the end."""
    scales: list[Any] = []
    scale_of = _problem.scale_of

    def seen(*given: Any, **options: Any) -> Any:
        scales.append(scale_of(*given, **options))
        return scales[-1]

    monkeypatch.setattr(_problem, "scale_of", seen)
    rng, n_refused = np.random.default_rng(5), 0
    for bits in range(22, 32):
        for domain in ("shapes", "max_tree"):
            image = rng.integers(0, 2**bits, (28, 30))
            image[0, :2] = 0, 2**bits - 1
            beta = 1 + 1 / float(rng.integers(2**19, 2**20))
            expected = coarea.denoise_tv_l1(image, beta, domain=domain)
            is_rounded = (scales[-1].all * simplest(beta)).denominator > 1
            n_refused += is_rounded
            lazy = denoised(da.from_array(image, chunks=(10, 16)), beta, domain=domain)
            if is_rounded:
                with pytest.raises(ValueError, match=r"integers of more bits .*: take a beta of fewer digits, or grey"):
                    lazy.compute()
            else:
                assert np.array_equal(lazy.compute(), expected)
    assert 5 < n_refused < 15


def test_values_that_are_not_finite_are_refused() -> None:
    image = da.from_array(np.array([[0, np.inf], [1, 2]]), chunks=1)
    with pytest.raises(ValueError, match="image contains infinite values"):
        denoised(image, 1.0, domain="shapes").compute()

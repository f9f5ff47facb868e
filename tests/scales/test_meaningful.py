"""Meaningful lines against their definition, and what noise makes of them."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage import data

import coarea
from bilinear import depth, inside, is_high_inside
from coarea.scales.meaningful import most_meaningful

ALL = 1e300  # an nfa that takes every line


def camera() -> np.ndarray:
    return data.camera()[100:164, 200:260]


def random_images(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Images of some structure, in which some lines are meaningful."""
    images = []
    for _ in range(n):
        image = gaussian_filter(rng.normal(0, 40, rng.integers(2, 20, 2)), rng.choice([0.4, 1.2]))
        image[rng.integers(0, 9) :, rng.integers(0, 9) :] += 40
        images.append(np.rint(np.maximum(image, rng.choice([-300, 0]))))  # some with flat places
    return images


# The number of false alarms ---------------------------------------------------------------------------------------


def gradient(u: np.ndarray, r: int, c: int) -> float:
    a, b, c_, d = u[r, c], u[r, c + 1], u[r + 1, c], u[r + 1, c + 1]
    return math.hypot((b - a + d - c_) / 2, (c_ - a + d - b) / 2)


def by_definition(line: np.ndarray, u: np.ndarray, n_candidates: int, sigma: float) -> tuple[float, float]:
    """log10 of the number of false alarms, and the contrast; segments lie inside cells."""
    norms = [gradient(u, r, c) for r, c in np.ndindex(u.shape[0] - 1, u.shape[1] - 1)]
    ends = list(itertools.pairwise(line))
    contrast = min(gradient(u, *np.floor((p + q) / 2).astype(int)) for p, q in ends)
    length = sum(math.dist(p, q) for p, q in ends)
    steep, share = [norm for norm in norms if norm > 0], 1.0
    if steep:
        share = sum(norm >= contrast for norm in steep) / len(steep)
    return math.log10(n_candidates) + length / max(2, 4 * sigma) * math.log10(share), contrast


@pytest.mark.parametrize(("sigma", "step"), [(0, 1), (0.5, 1), (1, 3), (0.5, None)])
def test_the_number_of_false_alarms_is_the_definition(sigma, step, rng):
    for image in random_images(25, rng):
        u = gaussian_filter(image, sigma) if sigma else image
        spacing = step or 2.0 ** math.ceil(math.log2(np.ptp(image) / 256))
        levels = [t for t in (np.arange(-2000, 2000) + 0.5) * spacing if u.min() <= t <= u.max()]
        candidates = coarea.isolines(u, levels)
        lines = coarea.meaningful_lines(image, nfa=ALL, step=step, sigma=sigma, maximal=False)
        for name in ("points", "start", "parent", "closed", "is_hole", "level"):
            np.testing.assert_array_equal(getattr(lines, name), getattr(candidates, name))
        if spacing == int(spacing) % 2 and sigma == 0:  # points on pixels would belong to no cell
            continue
        few = np.arange(len(lines))[:: max(1, len(lines) // 5)]
        expected = [by_definition(lines[int(i)], u, len(candidates), sigma) for i in few]
        np.testing.assert_allclose(lines.log10_nfa[few], [log for log, _ in expected], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(lines.contrast[few], [m for _, m in expected], rtol=1e-9)


def test_lines_of_the_filtered_image_are_judged_by_the_image_itself():
    image, beta = camera(), 1.5
    u = gaussian_filter(image.astype(float), 0.5)
    n_candidates = len(coarea.isolines(u, np.arange(256) + 0.5))
    candidates = coarea.isolines(coarea.denoise_tv_l1(image, beta, domain="shapes"), np.arange(256) + 0.5)
    lines = coarea.meaningful_lines(image, beta=beta, nfa=ALL, maximal=False)
    np.testing.assert_array_equal(lines.points, candidates.points)
    few = np.arange(len(lines))[:: len(lines) // 8]
    expected = np.array([by_definition(lines[int(i)], u, n_candidates, 0.5) for i in few])
    np.testing.assert_allclose(np.stack([lines.log10_nfa, lines.contrast], 1)[few], expected)


def test_nfa_is_the_bound():
    every = coarea.meaningful_lines(camera(), nfa=ALL, maximal=False)
    for nfa in (1, 1e-20, 100):
        lines = coarea.meaningful_lines(camera(), nfa=nfa, maximal=False)
        assert 0 < len(lines) == (every.log10_nfa <= math.log10(nfa)).sum() < len(every)
        assert lines.log10_nfa.max() <= math.log10(nfa)
    assert coarea.meaningful_lines(camera(), maximal=False).log10_nfa.max() > -5


def test_the_checkerboard_has_no_gradient_and_no_meaningful_line():
    board = np.indices((6, 7)).sum(0) % 2 * 200
    assert len(coarea.meaningful_lines(board, sigma=0)) == 0
    lines = coarea.meaningful_lines(board, sigma=0, nfa=ALL, maximal=False)
    np.testing.assert_array_equal(lines.log10_nfa, math.log10(len(lines)))
    assert (lines.contrast == 0).all()


# Maximal lines ----------------------------------------------------------------------------------------------------


def best_of_sections(parent: np.ndarray, low_inside: np.ndarray, log_nfa: np.ndarray) -> list[int]:
    """Walk every section from its first line inwards."""
    best = []
    inner = [np.flatnonzero(parent == i) for i in range(len(parent))]
    for i, p in enumerate(parent):
        if p >= 0 and len(inner[p]) == 1 and low_inside[p] == low_inside[i]:
            continue  # not the first of its section
        section = [i]
        while len(inner[section[-1]]) == 1 and low_inside[inner[section[-1]][0]] == low_inside[i]:
            section.append(inner[section[-1]][0])
        best.append(min(section, key=lambda line: log_nfa[line]))  # of equal ones the first
    return sorted(best)


def test_of_each_section_the_best_line_remains_on_random_trees(rng):
    n_sections = n_lines = 0
    for _ in range(3000):
        n = int(rng.integers(0, 14))
        parent = np.array([rng.integers(max(-1, i - 3), i) for i in range(n)], np.int64)
        place = rng.permutation(n)  # parents may come after their children
        shuffled = np.empty(n, np.int64)
        shuffled[place] = np.where(parent >= 0, place[parent], -1)
        low_inside, log_nfa = rng.random(n) < 0.3, -rng.integers(0, 4, n).astype(float)
        expected = best_of_sections(shuffled, low_inside, log_nfa)
        assert most_meaningful(shuffled, low_inside, log_nfa).tolist() == expected
        n_sections, n_lines = n_sections + len(expected), n_lines + n
    assert n_sections < 0.8 * n_lines


@pytest.mark.parametrize("nfa", [1, 10, 1e-3])
def test_maximal_lines_are_the_best_of_the_sections_of_meaningful_ones(nfa, rng):
    """The sides of all lines, open ones too, by the pixels that they enclose."""
    n_less = 0
    for image in [*random_images(40, rng), *(camera()[i : i + 24, i : i + 20] for i in range(0, 40, 8))]:
        u = gaussian_filter(image.astype(float), 0.5)
        meaningful = coarea.meaningful_lines(image, nfa=nfa, maximal=False)
        sides = [not is_high_inside(u, inside(line, closed, u.shape), t)
                 for line, closed, t in zip(meaningful, meaningful.closed, meaningful.level, strict=True)]  # fmt: skip
        expected = meaningful[best_of_sections(meaningful.parent, np.array(sides, bool), meaningful.log10_nfa)]
        lines = coarea.meaningful_lines(image, nfa=nfa)
        n_less += len(meaningful) - len(lines)
        for name in ("points", "start", "parent", "closed", "is_hole", "level", "log10_nfa", "contrast"):
            np.testing.assert_array_equal(getattr(lines, name), getattr(expected, name))
    assert n_less > 40


def test_steps_of_a_pyramid_are_one_line_and_two_tops_are_three():
    """A line each for two peaks and for the foot of both; with a third, in a hole, four."""
    image = np.zeros((40, 70))
    image[5:35, 5:65] = 80
    for left in (10, 40):
        image[12:28, left : left + 18] = 160
    lines = coarea.meaningful_lines(image)
    assert lines.parent.tolist().count(-1) == 1
    assert (len(lines), sorted(depth(lines.parent))) == (3, [0, 1, 1])
    image[18:23, 46:52] = 0
    lines = coarea.meaningful_lines(image)
    assert (len(lines), lines.is_hole.sum(), sorted(depth(lines.parent))) == (4, 1, [0, 1, 1, 2])


# Laws -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [0, 0.5])
@pytest.mark.parametrize("beta", [0, 1.25])
def test_an_affine_change_of_the_grey_values_changes_nothing(sigma, beta):
    """Factors that are powers of two are exact; shifts round what is smoothed."""
    image = camera().astype(float)
    lines = coarea.meaningful_lines(image, step=1, sigma=sigma, beta=beta)
    for factor, shift in ((4.0, 0), (0.5, 12), (-1, 0), (3, 9)):
        other = coarea.meaningful_lines(factor * image + shift, step=abs(factor), sigma=sigma, beta=beta)
        if factor > 0:
            np.testing.assert_allclose(other.points, lines.points, atol=1e-6)
            np.testing.assert_array_equal(other.parent, lines.parent)
            np.testing.assert_allclose(other.log10_nfa, lines.log10_nfa, atol=1e-6)
            np.testing.assert_allclose(other.contrast, factor * lines.contrast)
        elif (
            sigma and not beta
        ):  # no level is the value of a saddle; of two filtered images one prefers the lower values
            np.testing.assert_allclose(np.sort(other.log10_nfa), np.sort(lines.log10_nfa), atol=1e-6)


def false_alarms(sigma: float, kind: str, n_images: int, rng: np.random.Generator) -> float:
    shape = (n_images, 128, 128)
    noise = rng.integers(0, 256, shape) if kind == "uniform" else np.clip(rng.normal(128, 20, shape), 0, 255)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(
            np.mean([len(coarea.meaningful_lines(image, step=1, sigma=sigma, maximal=False)) for image in noise])
        )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["uniform", "gaussian"])
@pytest.mark.parametrize("sigma", [0, 0.5, 1, 2])
def test_white_noise_has_hardly_a_false_alarm(sigma, kind, rng):
    assert false_alarms(sigma, kind, 80, rng) <= 1.5


def test_lines_of_the_smoothed_noise_are_judged_more_strictly(rng):
    """With the exponent l / 2 there would be dozens."""
    assert false_alarms(2, "gaussian", 2, rng) <= 1


# Options ----------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:a step of")
@pytest.mark.parametrize(
    ("image", "step"),
    [
        (np.uint8([[0, 100], [200, 255]]), 1),
        (np.uint8([[0, 3], [5, 3]]), 1),
        (np.array([[False, True], [True, True]]), 1),
        (np.int16([[-300, 3], [5, 300]]), 4),
        (np.uint16([[0, 3], [5, 65535]]), 256),
        (np.array([[0, 100], [200, 255.0]]), 1),
        (np.array([[0, 100], [200, 257.0]]), 2),
        (np.array([[0, 0.5], [1, 0.25]], np.float32), 1 / 256),
        (np.array([[0, 1e-310], [0, 0]]), 2.0**-1000),
    ],
)
def test_the_default_step_makes_up_to_256_levels(image, step):
    lines, given = (coarea.meaningful_lines(image, nfa=ALL, sigma=0, maximal=False, step=s) for s in (None, step))
    np.testing.assert_array_equal(lines.points, given.points)
    np.testing.assert_array_equal(lines.level, given.level)
    assert len(lines) <= 2 * 256


def test_images_of_floats_and_of_bytes_have_the_same_lines():
    image = np.minimum(data.coins()[:60, :70], 254)
    image[0, 0] = 0
    lines, same = coarea.meaningful_lines(image), coarea.meaningful_lines(image.astype(np.float32))
    np.testing.assert_array_equal(lines.points, same.points)
    assert len(coarea.meaningful_lines(image / 255)) > 5


def test_a_step_for_other_grey_values_is_warned_of():
    image = data.coins()[:60, :70] / 255
    with pytest.warns(
        UserWarning, match=r"a step of 1 has hardly a level in grey values .* give step=0.00\d+, or none"
    ) as told:
        coarea.meaningful_lines(image, step=1)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        coarea.meaningful_lines(np.ones((4, 5)), step=1)  # nothing there whatever the step
        coarea.meaningful_lines(np.eye(4, dtype=np.uint8), step=1)
        coarea.meaningful_lines(image, step=0.3)


@pytest.mark.parametrize(
    "image", [np.full((5, 6), 7), [[1, 2, 3]], [[4]], np.full((3, 3), 0.1), np.full((9, 8), 1e300)]
)
def test_there_may_be_no_lines(image):
    lines = coarea.meaningful_lines(image, beta=1)
    assert (len(lines), lines.log10_nfa.shape, lines.contrast.shape) == (0, (0,), (0,))


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.zeros((4, 5, 3)), {}, r"image must be 2-D, got 3-D: take a channel, image\[..., 0\]"),
        ([[np.nan, 1]], {}, "image contains NaN: replace it first"),
        (np.eye(3), {"nfa": 0}, "nfa must be a finite number > 0, got 0"),
        (np.eye(3), {"beta": -1}, "beta must be a finite number >= 0, got -1"),
        (np.eye(3), {"sigma": -1}, "sigma must be a finite number >= 0, got -1"),
        (np.eye(3), {"step": 0}, "step must be a finite number > 0, got 0"),
        (np.eye(3), {"step": 1e-9}, "step must be at least 9.54e-07 for grey values 1 apart, or the levels are too"),
        (np.eye(3) * 1.7e308, {}, r"image must have grey values of at most 2\*\*1020, got 1.7e\+308: divide it"),
        (9 * np.eye(3) + 2.0**52, {"step": 1}, "image must have grey values nearer to 0 for a step of 1: subtract"),
        (np.eye(3, dtype=int) + 2**52, {}, "image must have grey values nearer to 0 for a step of 1: subtract"),
        (np.eye(3), {"maximal": "no"}, "maximal must be True or False, got 'no'"),
    ],
)
def test_what_makes_no_sense_is_refused(image, options, message):
    with pytest.raises(ValueError, match=message):
        coarea.meaningful_lines(image, **options)


@pytest.mark.parametrize("offset", [2**50, -(2**50)])
def test_grey_values_far_from_0_have_the_same_lines(offset, rng):
    image = rng.integers(0, 5, (32, 32))
    image[8:24, 8:24] += 90
    lines, far = (coarea.meaningful_lines(one, sigma=0) for one in (image, image + offset))
    assert len(lines) == len(far) == 1
    assert np.array_equal(lines.points, far.points)
    assert np.array_equal(lines.log10_nfa, far.log10_nfa)


def test_constants_of_any_size_have_no_levels():
    assert len(coarea.meaningful_lines(np.full((9, 8), 1e300), step=1e-10)) == 0


def test_the_picture_of_the_gallery():
    """The 40 lines that draw a photograph."""
    lines = coarea.meaningful_lines(data.camera(), beta=3)
    assert len(lines) == 40
    assert len(coarea.meaningful_lines(data.camera())) > 1000


test_the_picture_of_the_gallery.pytestmark = [pytest.mark.photograph]

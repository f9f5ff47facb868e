"""Total variation and its gradient: definition, finite differences, laws."""

import dataclasses
import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from difference_operators import operators

import coarea
from coarea import tv_descent, tv_gradient, tv_norm, tv_norm_and_gradient
from coarea.variation import _rows
from coarea.variation.norm import Variation

SCHEMES = list(itertools.product(("backward", "forward", "central"), (True, False)))
SHAPES = [(1,), (2,), (9,), (1, 1), (1, 7), (6, 1), (5, 8), (2, 2), (3, 4, 5), (4, 1, 6), (1, 3, 1), (2, 3, 4, 3)]
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def by_definition(image, difference, isotropic, spacing, smoothing):
    """Norm and gradient: sum_a D_a^T (D_a f / |D f|), 0 / 0 = 0."""
    matrices = operators(image.shape, difference, spacing)
    parts = np.array([matrix @ image.ravel() for matrix in matrices])
    if isotropic:
        lengths = np.sqrt((parts**2).sum(0) + smoothing**2)
        norm, roots = lengths.sum(), [lengths] * len(parts)
    else:
        roots = np.sqrt(parts**2 + smoothing**2)
        norm = roots.sum()
    gradient = np.zeros(image.size)
    for matrix, part, root in zip(matrices, parts, roots, strict=True):
        gradient += matrix.T @ np.divide(part, root, out=np.zeros_like(part), where=root > 0)
    return norm, gradient.reshape(image.shape)


@pytest.mark.parametrize(("difference", "isotropic"), SCHEMES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_equals_the_definition(shape, difference, isotropic, smoothing, rng):
    for scale in (1, 0.5, 2):  # few values: many differences are 0
        image = rng.integers(0, 4, shape).astype(float) * scale
        spacing = tuple(rng.uniform(0.5, 2, len(shape)))
        options = {"difference": difference, "isotropic": isotropic, "spacing": spacing, "smoothing": smoothing}
        norm, gradient = by_definition(image, **options)
        found = tv_norm_and_gradient(image, **options)
        np.testing.assert_allclose(found[0], norm, **EXACT)
        np.testing.assert_allclose(found[1], gradient, **EXACT)
        np.testing.assert_allclose(found[2], np.linalg.norm(gradient), **EXACT)
        assert tv_norm(image, **options) == found[0]
        assert np.array_equal(tv_gradient(image, **options), found[1])


@pytest.mark.parametrize(("difference", "isotropic"), SCHEMES)
@pytest.mark.parametrize("shape", [(9,), (5, 8), (1, 6), (3, 4, 5), (2, 3, 4, 3)])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_gradient_equals_finite_differences(shape, difference, isotropic, smoothing, rng):
    image = rng.normal(size=shape)
    options = {"difference": difference, "isotropic": isotropic, "smoothing": smoothing}
    options["spacing"] = tuple(rng.uniform(0.5, 2, len(shape)))
    gradient = tv_gradient(image, **options)
    assert np.abs(gradient.ravel() - difference_quotients(image, options)).max() < 1e-6 * np.abs(gradient).max()


def difference_quotients(image: np.ndarray, options: dict) -> np.ndarray:
    """Fourth-order difference quotients of the norm."""
    h = 1e-4
    quotients = np.empty(image.size)
    for i in range(image.size):
        unit = np.zeros(image.size)
        unit[i] = h
        values = [tv_norm(image + k * unit.reshape(image.shape), **options) for k in (-2, -1, 1, 2)]
        quotients[i] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
    return quotients


def test_a_step_function_by_hand():
    assert tv_norm([0, 0, 5, 5, 1]) == 9
    assert tv_gradient([0.0, 0, 5, 5, 1], difference="forward").tolist() == [0, -1, 1, 1, -1]
    assert tv_norm([[0, 3], [4, 0]], difference="forward", spacing=0.5) == 2 * (5 + 3 + 4)
    assert tv_norm(np.full((3, 4), 7.5)) == 0
    assert not tv_gradient(np.full((3, 4), 7.5)).any()


@pytest.mark.parametrize("shape", [(1, 5, 7), (4, 5, 7), (3, 2, 4, 5)])
@pytest.mark.parametrize("difference", ["backward", "forward"])
def test_fast_pass_equals_the_general_one(shape, difference, rng):
    """The one-sided isotropic norm has a kernel of its own."""
    image = rng.normal(size=shape)
    gradient, norm, square = np.empty_like(image), np.zeros(shape[0]), np.zeros(shape[0])
    ahead = int(difference == "forward")
    _rows.separable(
        image.ravel(), gradient.ravel(), np.array(shape, np.intp), np.full(len(shape), 1.3**-2), 0.01,
        ahead, 1 - ahead, True, 0, shape[0], np.zeros(3 * shape[-1]), np.zeros(shape[-1]), norm, square,
    )  # fmt: skip
    found = tv_norm_and_gradient(image, difference=difference, spacing=1.3, smoothing=0.01)
    np.testing.assert_allclose(found[0], norm.sum(), **EXACT)
    np.testing.assert_allclose(found[1], gradient, **EXACT)
    np.testing.assert_allclose(found[2] ** 2, square.sum(), **EXACT)


@pytest.mark.parametrize("difference", ["backward", "forward"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7,), (37,), (5, 33), (3, 64), (3, 70, 300), (3, 4, 16), (2, 3, 4, 19)])
def test_instruction_sets_do_not_change_a_bit(shape, dtype, difference, rng):
    random, few = rng.normal(size=shape), rng.integers(0, 3, shape)
    few = few * 10.0 ** rng.integers(-36, 19, shape)  # squares of float32 that are too small and too large among others
    spacings = 1, 0.7, range(len(shape), 0, -1)
    for image, spacing, smoothing in itertools.product((random, few), spacings, (0, 1)):
        image, found = image.astype(dtype), []
        norm = Variation.checked(len(shape), difference=difference, spacing=spacing, smoothing=smoothing)
        for instruction_set in range(len(_rows.instruction_sets())):
            gradient = np.full_like(image, np.nan)
            values = dataclasses.replace(norm, instruction_set=instruction_set).evaluate(image, gradient)
            found.append((*values, gradient.tobytes()))
        assert found == found[:1] * len(found)


@pytest.mark.parametrize("difference", ["backward", "forward"])
def test_blocks_of_rows_do_not_change_the_gradient(difference, rng):
    """Slabs so large that the kernel divides them, against the general kernel."""
    shape = (4, 150, 300)
    image = rng.normal(size=shape)
    gradient, norm, square = np.empty_like(image), np.zeros(shape[0]), np.zeros(shape[0])
    ahead = int(difference == "forward")
    _rows.separable(
        image.ravel(), gradient.ravel(), np.array(shape, np.intp), np.ones(3), 0.0,
        ahead, 1 - ahead, True, 0, shape[0], np.zeros(3 * shape[-1]), np.zeros(shape[-1]), norm, square,
    )  # fmt: skip
    for workers in (1, 3):
        found = tv_norm_and_gradient(image, difference=difference, workers=workers)
        np.testing.assert_allclose(found[0], norm.sum(), **EXACT)
        np.testing.assert_allclose(found[1], gradient, **EXACT)
        np.testing.assert_allclose(found[2] ** 2, square.sum(), **EXACT)


@pytest.mark.parametrize("difference", ["backward", "forward"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (9, 70), (1, 6, 5), (4, 1, 1), (5, 9, 33), (6, 8, 16), (2, 3, 4, 19)])
def test_gradients_past_the_cache_do_not_change_a_bit(shape, dtype, difference, rng, monkeypatch):
    """Large ones are made a block at a time elsewhere and then copied, line by line of the cache."""
    image, found = rng.integers(0, 3, shape).astype(dtype), []
    monkeypatch.setattr("coarea.variation.norm.SMALLEST_PART", 1)
    for past_cache, block, workers in ((1 << 25, 50, 1), (0, 50, 1), (0, 50, 3), (0, 1 << 14, 1), (0, 1, 2)):
        monkeypatch.setattr("coarea.variation.norm.PAST_CACHE", past_cache)
        monkeypatch.setattr("coarea.variation.norm.BLOCK", block)
        memory = np.full(image.size + 5, np.nan, dtype)
        gradient = memory[3:-2].reshape(shape)  # begins anywhere in a line
        norm = Variation.checked(len(shape), difference=difference, workers=workers)
        found.append((*norm.evaluate(image, gradient), gradient))
        assert np.isnan(memory[:3]).all()
        assert np.isnan(memory[-2:]).all()
    for value, length, gradient in found[1:]:
        assert value == pytest.approx(found[0][0], rel=1e-14)  # sums are rounded once for each block
        assert length == pytest.approx(found[0][1], rel=1e-14)
        np.testing.assert_array_equal(gradient, found[0][2])


@pytest.mark.parametrize(("difference", "isotropic"), SCHEMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_threads_do_not_change_a_bit(difference, isotropic, dtype, rng, monkeypatch):
    monkeypatch.setattr("coarea.variation.norm.SMALLEST_PART", 1)  # small arrays are not worth threads
    for shape in ((7, 6, 5), (8, 9), (3, 2, 3, 4)):
        image = rng.normal(size=shape).astype(dtype)
        gradients = [np.full_like(image, np.nan) for _ in range(3)]
        options = {"difference": difference, "isotropic": isotropic}
        found = [
            Variation.checked(len(shape), workers=n, **options).evaluate(image, gradient)
            for n, gradient in zip((1, 2, 5), gradients, strict=True)
        ]
        assert found[0] == found[1] == found[2]
        assert np.array_equal(gradients[0], gradients[1])
        assert np.array_equal(gradients[0], gradients[2])


def test_callers_may_use_threads_of_their_own(rng):
    images = [rng.normal(size=(40, 50)) for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(tv_gradient, images))
    assert all(np.array_equal(tv_gradient(image), g) for image, g in zip(images, found, strict=True))


@pytest.mark.parametrize(("difference", "isotropic"), SCHEMES)
def test_laws(difference, isotropic, rng):
    image = rng.normal(size=(6, 7, 5))
    options = {"difference": difference, "isotropic": isotropic}
    norm, gradient, _ = tv_norm_and_gradient(image, **options)
    assert norm == pytest.approx(np.vdot(image, gradient), rel=1e-12)  # Euler: the norm is homogeneous
    assert gradient.sum() == pytest.approx(0, abs=1e-12)  # constants do not count
    np.testing.assert_allclose(tv_gradient(1000 * image + 3, **options), gradient, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(tv_gradient(-image, **options), -gradient, **EXACT)
    other = rng.normal(size=image.shape)
    assert tv_norm(other, **options) >= norm + np.vdot(gradient, other - image) - 1e-9  # subgradient


def test_forward_is_backward_seen_in_a_mirror(rng):
    image = rng.normal(size=(4, 5, 6))
    mirror = (slice(None, None, -1),) * 3
    np.testing.assert_allclose(tv_gradient(image[mirror], difference="forward")[mirror], tv_gradient(image), **EXACT)


def test_anisotropic_norm_is_the_sum_over_the_level_lines():
    """Coarea: sum of |u_p - u_q| over neighbours is that of perimeter times contrast over the nodes of a tree."""
    image = np.random.default_rng(3).integers(0, 9, (12, 15))
    tree = coarea.tree_of_shapes(image)
    contrast = np.abs(tree.value - tree.value[tree.parent])
    perimeter = coarea.attributes.perimeter(tree)
    assert tv_norm(image, isotropic=False) == (perimeter[1:] * contrast[1:]).sum()


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_float32_stays_float32_at_any_scale(scale, rng):
    image = (scale * rng.integers(0, 3, (20, 30, 10))).astype(np.float32)
    for isotropic in (True, False):
        norm, gradient, length = tv_norm_and_gradient(image, isotropic=isotropic)
        assert gradient.dtype == np.float32
        exact = tv_norm_and_gradient(image.astype(np.float64), isotropic=isotropic)
        assert norm == pytest.approx(exact[0], rel=1e-6)
        assert length == pytest.approx(exact[2], rel=1e-6)
        np.testing.assert_allclose(gradient, exact[1], atol=2e-6)


def test_layouts_and_dtypes(rng):
    image = rng.integers(0, 200, (9, 10, 8)).astype(np.uint8)
    expected = tv_gradient(image.astype(float))
    read_only = image.copy()
    read_only.flags.writeable = False
    for same in (read_only, image.astype(">i4"), np.asfortranarray(image), image.repeat(2, 1)[:, ::2], image.tolist()):
        assert np.array_equal(tv_gradient(same), expected)
    assert tv_gradient(image > 100).dtype == np.float64


@pytest.mark.parametrize("difference", ["backward", "forward"])
def test_descent_decreases_the_norm_and_keeps_the_mean(difference, rng):
    image = rng.normal(size=(30, 31))
    before = image.copy()
    result = tv_descent(image, 20, 0.5, difference=difference)
    assert np.array_equal(image, before)
    assert tv_norm(result, difference=difference) < 0.8 * tv_norm(image, difference=difference)
    assert result.mean() == pytest.approx(image.mean(), abs=1e-12)
    once = image - 0.5 * tv_gradient(image, difference=difference) / np.linalg.norm(
        tv_gradient(image, difference=difference)
    )
    np.testing.assert_allclose(tv_descent(image, 1, 0.5, difference=difference), once, **EXACT)
    assert np.array_equal(tv_descent(image, 0, 1.0), image)
    assert np.array_equal(tv_descent(np.ones((3, 3)), 5, 1.0), np.ones((3, 3)))


def test_only_central_differences_leave_a_checkerboard():
    y, x = np.mgrid[:64, :64]
    board = 0.3 * (-1.0) ** (x + y)
    disk = (np.hypot(x - 31.5, y - 31.5) < 20).astype(float)
    inner = (slice(8, -8),) * 2
    left = {}
    for difference in ("forward", "backward", "central"):
        result = tv_descent(disk + board, 400, 0.1, difference=difference)
        left[difference] = abs((result * np.sign(board))[inner].mean())
    assert left["forward"] < 0.01
    assert left["backward"] < 0.01
    assert left["central"] > 0.2
    assert tv_norm(board[inner], difference="central") == 0


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"difference": "upwind"}, "difference must be one of 'backward', 'forward', 'central', got 'upwind'"),
        ({"spacing": 0}, "spacing must be a positive number"),
        ({"spacing": (1, 2, 3)}, "one for each of 2 axes"),
        ({"spacing": (1, np.inf)}, "spacing"),
        ({"smoothing": -1}, "smoothing must be a finite number >= 0, got -1"),
        ({"smoothing": np.nan}, "smoothing"),
        ({"workers": 0}, "workers must be an integer of at least 1, or -1 for all processors, got 0"),
        ({"workers": 1.5}, "workers"),
    ],
)
def test_refusals(options, match):
    for function in (tv_norm, tv_gradient, tv_norm_and_gradient):
        with pytest.raises(ValueError, match=match):
            function(np.ones((3, 4)), **options)


@pytest.mark.parametrize(("difference", "isotropic"), SCHEMES)
@pytest.mark.parametrize("shape", [(1,), (2,), (9,), (1, 1), (3, 11), (3, 2, 3), (2, 1, 2, 3)])
def test_numbers_that_are_not_finite_are_refused_at_any_place(shape, difference, isotropic):
    """Some kernels find them on their way, so voxels that no difference reads must not be forgotten."""
    size = int(np.prod(shape))
    places, functions, smoothings = range(size), (tv_norm, tv_norm_and_gradient), (0.0, 0.3)
    if difference == "central" or not isotropic:  # looked for before
        places, functions, smoothings = sorted({0, size // 2, size - 1}), (tv_norm,), (0.0,)
    nan, inf = np.nan, np.inf
    kinds = {(nan,), (inf,), (-inf,), (nan, inf), (inf, inf), (-inf, -inf), (inf, -inf)}  # two: neighbours
    for bad, place, dtype, smoothing in itertools.product(kinds, places, (np.float32, np.float64), smoothings):
        for function in functions:
            image = np.linspace(0, 1, size).astype(dtype)
            step = shape[-1] if dtype == np.float32 else 1  # along an axis or the other
            part = image[place : place + len(bad) * step : step]
            part[:] = bad[: len(part)]
            words = "image contains NaN: replace" if np.isnan(part).any() else "image contains infinite values"
            with pytest.raises(ValueError, match=words):
                function(
                    image.reshape(shape), difference=difference, isotropic=isotropic, smoothing=smoothing, workers=1
                )


@pytest.mark.parametrize("workers", [1, 2])
def test_numbers_that_are_not_finite_are_refused_in_other_types_and_threads(workers, monkeypatch):
    monkeypatch.setattr("coarea.variation.norm.SMALLEST_PART", 1)
    for place in range(15):
        for dtype in (np.float16, np.float32, ">f8", np.longdouble):
            image = np.zeros((5, 3), dtype)
            image.flat[place] = np.inf
            for function in (tv_norm, tv_gradient, tv_norm_and_gradient):
                with pytest.raises(ValueError, match="image contains infinite values"):
                    function(image, workers=workers)


def test_all_infinite_or_masked_images_are_refused():
    for image in (np.full((4, 5), np.inf), np.full((4, 5), -np.inf, np.float32)):
        with pytest.raises(ValueError, match="image contains infinite values"):
            tv_gradient(image)
    with pytest.raises(ValueError, match="must not be masked here"):
        tv_gradient(np.ma.masked_invalid([1.0, np.nan, 3.0]))


def test_finite_images_whose_squares_are_not():
    """They are no less finite than others: the norm is what the sum of their differences comes to."""
    assert tv_norm([0.0, 1e200]) == np.inf
    assert tv_norm([0.0, 1e200], isotropic=False) == np.inf
    value, gradient, _ = tv_norm_and_gradient([0.0, 1e200])
    assert value == np.inf
    assert gradient.tolist() == [0, 0]
    assert tv_norm(np.array([0.0, 1e30], np.float32)) == np.float32(1e30)  # in double where float does not do
    assert tv_norm(np.array([-3e38, 3e38], np.float32)) == np.inf


def test_refused_images():
    for bad, match in ((np.nan, "NaN"), (np.inf, "infinite")):
        with pytest.raises(ValueError, match=match):
            tv_norm([[1.0, bad]])
    with pytest.raises(ValueError, match="at least one pixel"):
        tv_norm(np.ones((0, 3)))
    with pytest.raises(ValueError, match="scalar"):
        tv_norm(3.0)
    with pytest.raises(TypeError, match="real"):
        tv_norm([1j])
    with pytest.raises(ValueError, match="n_iter"):
        tv_descent([1.0], -1, 1.0)
    with pytest.raises(ValueError, match="step"):
        tv_descent([1.0], 1, np.nan)

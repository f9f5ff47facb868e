"""Steps on the dual field of a total variation: definition, bound, threads; where float leaves its range."""

import numpy as np
import pytest
from difference_operators import operators

from coarea import tv_norm, tv_norm_and_gradient
from coarea.variation import _dual, _rows
from coarea.variation.dual import DualVariation

SHAPES = [(1,), (7,), (1, 1), (1, 6), (6, 1), (4, 5), (3, 4, 5), (2, 1, 4), (2, 3, 2, 3)]


def by_definition(images, steps, momenta, weights, isotropic):
    """The transpose after steps on fields of the differences as matrices."""
    matrices = [
        w * D for w, D in zip(weights, operators(images[0].shape, "backward", (1.0,) * len(weights)), strict=True)
    ]
    field = ahead = np.zeros((len(weights), images[0].size))
    for image, step, momentum in zip(images, steps, momenta, strict=True):
        moved = ahead + step * np.array([D @ image.ravel() for D in matrices])
        lengths = np.sqrt((moved**2).sum(0)) if isotropic else np.abs(moved)
        moved /= np.maximum(1, lengths)
        field, ahead = moved, moved + momentum * (moved - field)
    return sum(D.T @ part for D, part in zip(matrices, ahead, strict=True)).reshape(images[0].shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("isotropic", [True, False])
@pytest.mark.parametrize("has_momentum", [True, False])
def test_steps_equal_the_definition(shape, isotropic, has_momentum, rng):
    for _ in range(20):
        weights = tuple(rng.uniform(0.3, 2, len(shape)))
        images, steps = rng.normal(size=(4, *shape)), rng.uniform(0.1, 1, 4)
        momenta = rng.uniform(0, 1, 4) if has_momentum else np.zeros(4)
        expected = by_definition(images, steps, momenta, weights, isotropic)
        for dtype, accuracy in ((np.float64, 1e-12), (np.float32, 2e-5)):
            variation = DualVariation(
                shape, np.dtype(dtype), isotropic=isotropic, axis_weights=weights, ahead=has_momentum
            )
            for image, step, momentum in zip(images, steps, momenta, strict=True):
                found = variation.ascend(image.astype(dtype), step, momentum)
            assert found.dtype == dtype
            np.testing.assert_allclose(found, expected, atol=accuracy)


@pytest.mark.parametrize("isotropic", [True, False])
def test_the_norm_is_the_largest_product_and_long_steps_reach_it(isotropic, rng):
    for shape in SHAPES:
        image = rng.normal(size=shape)
        weights = tuple(rng.uniform(0.3, 2, len(shape)))
        variation = DualVariation(shape, image.dtype, isotropic=isotropic, axis_weights=weights)
        expected = tv_norm(image, isotropic=isotropic, spacing=tuple(1 / np.array(weights)))
        assert variation.norm(image) == pytest.approx(expected, rel=1e-12)
        for step in (0.1, 1.0):
            assert np.vdot(variation.ascend(image, step), image) <= expected * (1 + 1e-12)
        assert np.vdot(variation.ascend(image, 1e9), image) == pytest.approx(expected, rel=1e-6)


def test_bound_is_one_of_the_differences_and_nearly_reached():
    for shape, weights in (((40,), (2.0,)), ((4, 40), (0.01, 1.0)), ((14, 14), (1.0, 3.0))):
        variation = DualVariation(shape, np.dtype(float), axis_weights=weights)
        stacked = [
            w * D.toarray() for w, D in zip(weights, operators(shape, "backward", (1.0,) * len(shape)), strict=True)
        ]
        largest = np.linalg.norm(np.concatenate(stacked), 2) ** 2
        assert 0.97 * variation.bound < largest <= variation.bound


@pytest.mark.parametrize("isotropic", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ahead", [True, False])
def test_threads_and_instruction_sets_do_not_change_a_bit(isotropic, dtype, ahead, rng, monkeypatch):
    monkeypatch.setattr("coarea.variation.dual.SMALLEST_PART", 1)  # small arrays are not worth threads
    for shape in ((7, 6, 5), (8, 35), (11,), (3, 2, 3, 4)):
        images = rng.normal(size=(3, *shape)).astype(dtype)
        sets = range(len(_rows.instruction_sets()))
        found = []
        for workers, instruction_set in ((1, sets[-1]), (2, sets[-1]), (5, sets[-1]), *((1, k) for k in sets)):
            variation = DualVariation(shape, np.dtype(dtype), isotropic=isotropic, workers=workers, ahead=ahead)
            variation.instruction_set = instruction_set
            found.append(np.array([variation.ascend(image, 0.4, 0.3).copy() for image in images]))
        for other in found[1:]:
            assert np.array_equal(found[0], other)


def test_slabs_of_a_kernel_leave_one_share_to_the_caller(rng):
    """What its docstring says of out[start - 1]."""
    f, shape = rng.normal(size=(6, 4)), np.array([6, 4], np.intp)
    field, out, scratch = np.zeros(48), np.zeros(24), np.zeros(8)
    arguments = (np.zeros(0), out, shape, np.ones(2), 0.3, 0.0, True)
    for start, stop in ((3, 6), (0, 3)):
        _dual.ascend(f.ravel(), field, *arguments, start, stop, scratch, 0)
    whole = DualVariation((6, 4), f.dtype).ascend(f, 0.3)
    left = out.reshape(6, 4) - whole
    assert np.array_equal(np.flatnonzero(np.abs(left).max(1)), [2])
    np.testing.assert_allclose(left[2], field.reshape(2, 6, 4)[0, 3], rtol=1e-12)


@pytest.mark.parametrize("difference", ["backward", "forward", "central"])
@pytest.mark.parametrize("isotropic", [True, False])
@pytest.mark.parametrize("shape", [(9,), (7, 9), (4, 5, 6), (3, 4, 3, 5)])
def test_float32_is_right_however_small_or_large(shape, difference, isotropic, rng):
    """Where squares of differences have no place in float; also beside ordinary differences, and with smoothing."""
    for scale in (1e-12, 1e-15, 1e-20, 1e-30, 1e20, 1e35):
        image = (scale * rng.integers(0, 3, shape)).astype(np.float32)
        image.flat[: image.size // 3] *= 1e-9 if scale > 1e-29 else 1
        for smoothing in (0.0, 0.1 * scale):
            options = {"difference": difference, "isotropic": isotropic, "smoothing": smoothing}
            norm, gradient, length = tv_norm_and_gradient(image, **options)
            exact = tv_norm_and_gradient(image.astype(np.float64), **options)
            assert gradient.dtype == np.float32
            assert norm == pytest.approx(exact[0], rel=1e-6)
            assert length == pytest.approx(exact[2], rel=1e-6)
            np.testing.assert_allclose(gradient, exact[1], atol=3e-6)


@pytest.mark.parametrize("axis_weights", [0, (1, 2), (1, -1, 1), "x"])
def test_refusals(axis_weights):
    with pytest.raises(ValueError, match="axis_weights must be a positive number or one for each of 3 axes"):
        DualVariation((3, 4, 5), np.dtype(float), axis_weights=axis_weights)

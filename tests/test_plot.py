"""The drawing of level lines and of the borders of regions."""

import builtins
import sys

import numpy as np
import pytest

from coarea.lines.sides import level_line_sides
from coarea.plot import draw_level_lines, draw_regions, luminance, show_level_lines

STEPS = np.array([[0, 0, 5], [0, 9, 5]], np.uint8)


def test_level_lines_run_where_neighbours_differ():
    below, right = level_line_sides(STEPS)
    assert below.tolist() == [[False, True, False]]
    assert right.tolist() == [[False, True], [True, True]]


def test_step_keeps_the_lines_of_its_multiples():
    below, right = level_line_sides(STEPS, step=6)
    assert below.tolist() == [[False, True, False]]
    assert right.tolist() == [[False, False], [True, True]]


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "uint16", "int64", "float32", "float64"])
def test_step_in_every_dtype(dtype):
    image = STEPS.astype(dtype)
    for step in (1, 300, 0.5):
        expected = level_line_sides(np.floor(image.astype(float) / step))
        assert all(np.array_equal(*pair) for pair in zip(level_line_sides(image, step=step), expected, strict=True))


def test_number_of_crossed_sides_is_the_perimeter_of_a_binary_image():
    image = np.zeros((20, 30), bool)
    image[4:9, 10:21] = True
    below, right = level_line_sides(image)
    assert below.sum() + right.sum() == 2 * (5 + 11)


def test_no_line_runs_along_masked_pixels():
    rng = np.random.default_rng(2)
    image, mask = rng.integers(0, 3, (6, 7)), rng.random((6, 7)) < 0.3
    below, right = level_line_sides(image, mask=mask)
    apart = np.where(mask, np.arange(42).reshape(6, 7) + 5, image)  # lines all around them, and no other ones
    for lines, all_lines, beside in (
        (below, level_line_sides(apart)[0], mask[1:] | mask[:-1]),
        (right, level_line_sides(apart)[1], mask[:, 1:] | mask[:, :-1]),
    ):
        assert np.array_equal(lines, all_lines & ~beside)
        assert all_lines[beside].all()
    white = np.full((6, 7), 255, np.uint8)
    everything = draw_level_lines(np.arange(42).reshape(6, 7), white, scale=3, mask=np.ones((6, 7), bool))
    assert (everything == 255).all()


@pytest.mark.parametrize("scale", [1, 2, 5])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (6, 1), (6, 7)])
def test_picture_is_the_enlarged_background_with_lines(shape, scale):
    rng = np.random.default_rng(0)
    filtered = rng.integers(0, 3, shape).astype(np.uint8)
    picture = draw_level_lines(filtered, filtered, scale=scale, color=(0, 0, 255))
    assert picture.shape == (shape[0] * scale, shape[1] * scale, 3)
    assert picture.dtype == np.uint8
    flat = draw_level_lines(np.zeros(shape), filtered, scale=scale)
    assert np.array_equal(flat, flat[::scale, ::scale].repeat(scale, 0).repeat(scale, 1))
    lines = (picture == (0, 0, 255)).all(axis=2)
    assert np.array_equal(picture[~lines], flat[~lines])
    assert np.array_equal(lines, expected_lines(filtered, scale))


def expected_lines(image: np.ndarray, scale: int) -> np.ndarray:
    """By definition: a line covers the crossed sides with both their ends."""
    lines = np.zeros((image.shape[0] * scale + 1, image.shape[1] * scale + 1), bool)
    for row, column in np.ndindex(image.shape):
        top, left = row * scale, column * scale
        if row and image[row, column] != image[row - 1, column]:
            lines[top, left : left + scale + 1] = True
        if column and image[row, column] != image[row, column - 1]:
            lines[top : top + scale + 1, left] = True
    return lines[:-1, :-1]


@pytest.mark.parametrize("scale", [1, 2, 5])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (6, 1), (12, 17)])
def test_borders_of_regions_are_seen_on_any_ground(shape, scale):
    rng = np.random.default_rng(3)
    labels, ground = rng.integers(0, 3, shape), rng.integers(0, 256, (*shape, 3), np.uint8)
    picture = draw_regions(labels, ground, scale=scale)
    enlarged = ground.repeat(scale, 0).repeat(scale, 1)
    lines = expected_lines(labels, scale)
    assert np.array_equal(picture[~lines], enlarged[~lines])
    assert {tuple(color) for color in picture[lines].tolist()} <= {(255, 255, 0), (0, 0, 255)}
    assert (np.abs(picture[lines].astype(int) - enlarged[lines])[:, 1] >= 128).all()


@pytest.mark.parametrize("dtype", ["uint16", "float32", "bool"])
def test_grounds_of_all_dtypes_have_the_range_of_the_picture(dtype):
    ground = np.array([[0, 1, 1]], dtype) * np.array(1 if dtype == "bool" else 900, dtype)
    assert draw_regions(np.zeros((1, 3)), ground)[..., 0].tolist() == [[0, 255, 255]]
    assert draw_regions([[1, 1, 2]], ground)[0].tolist() == [[0] * 3, [255] * 3, [0, 0, 255]]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_colour_backgrounds(channels):
    background = np.full((2, 3, channels), 200, np.uint8)
    background[..., 0] = 100
    picture = draw_level_lines(np.zeros((2, 3)), background, scale=1)
    assert (picture > background[..., :1]).all(), "attenuated towards white"
    is_grey = (picture == picture[..., :1]).all()
    assert is_grey == (channels < 3)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "uint16", "float64"])
def test_backgrounds_keep_their_order_and_range(dtype):
    background = np.array([[0, 1, 1]], dtype) * np.array(200, dtype)
    picture = draw_level_lines(np.zeros((1, 3)), background)
    assert picture.max() <= 255
    assert picture[0, 0, 0] < picture[0, -1, 0]


def test_constant_background():
    assert np.ptp(draw_level_lines(np.zeros((3, 3)), np.full((3, 3), 7.5))) == 0


def test_inputs_are_not_modified():
    image = STEPS.copy()
    image.flags.writeable = False
    draw_level_lines(image, image)
    assert np.array_equal(image, STEPS)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: level_line_sides(np.zeros(3)), "2-D"),
        (lambda: level_line_sides(STEPS, step=0), "step"),
        (lambda: level_line_sides(STEPS, step=float("nan")), "step"),
        (lambda: level_line_sides(STEPS, mask=[True]), r"mask must have shape \(2, 3\)"),
        (lambda: draw_level_lines(STEPS, STEPS, scale=0), "scale"),
        (lambda: draw_level_lines(STEPS, STEPS.T), "background"),
        (lambda: draw_level_lines(STEPS, STEPS[..., None, None]), "background"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_luminance():
    grey = np.array([[10, 250]], np.uint8)
    assert np.array_equal(luminance(np.dstack([grey] * 3)), grey)
    assert np.array_equal(luminance(np.dstack([grey, 255 - grey])), grey)
    assert luminance(grey) is grey
    green, blue = luminance(np.array([[[0, 255, 0, 9], [0, 0, 255, 9]]], np.uint8))[0]
    assert green > blue > 0
    assert luminance(np.ones((2, 2, 3), np.float32)).dtype == np.float32


def test_show_level_lines_draws_each_side_once():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    rng = np.random.default_rng(1)
    image = rng.integers(0, 3, (6, 9))
    figure, ax = pyplot.subplots()
    assert show_level_lines(image, ax=ax) is ax
    below, right = level_line_sides(image)
    segments = np.array(ax.collections[0].get_segments())
    assert np.abs(np.diff(segments, axis=1)).sum() == below.sum() + right.sum()
    assert segments[..., 0].max() <= 8.5
    assert segments[..., 1].max() <= 5.5
    figure.canvas.draw()
    pyplot.close(figure)


def test_show_level_lines_opens_a_figure():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    ax = show_level_lines(STEPS, np.dstack([STEPS] * 3), step=2)
    assert ax.figure is not None
    pyplot.close("all")


def test_without_matplotlib(monkeypatch):
    real_import = builtins.__import__

    def refuse(name: str, *arguments: object, **options: object) -> object:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real_import(name, *arguments, **options)

    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"pip install matplotlib"):
        show_level_lines(STEPS)

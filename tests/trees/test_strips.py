"""Trees in strips of rows are those of the image in one piece, up to the numbers of their nodes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from same_trees import assert_same, random_image, trees_of
from skimage import data

import coarea
from coarea.base.levels import to_levels
from coarea.trees.strips import core
from coarea.trees.strips import strip as strip_module
from coarea.trees.strips.chains import Chains, find_chains
from coarea.trees.strips.layout import first_rows
from coarea.trees.strips.plane import tree_in_strips
from coarea.trees.strips.ranks import levels_of_runs, levels_of_strip
from coarea.trees.strips.strip import Method, build_strip, scratch_of_strips

HEIGHTS = (1, 2, 3, 5, 8, 16)  # of strips
KINDS = {
    **{f"max-tree, {c}": lambda image, c=c: coarea.max_tree(image, connectivity=c) for c in (1, 2)},
    **{f"min-tree, {c}": lambda image, c=c: coarea.min_tree(image, connectivity=c) for c in (1, 2)},
}


def in_strips(tree: coarea.Tree, image: np.ndarray, rows: list[int], workers: int = 1) -> tuple[np.ndarray, ...]:
    """The arrays of the same tree, built in strips."""
    if tree.kind != "tree of shapes":
        method = Method(tree.kind == "min-tree", tree.connectivity)
    else:
        half_area = tree.border == "half-area"
        method = Method(tree.connectivity == "4-8", None, (0, 0) if half_area else tree.border, half_area)
    return tree_in_strips(image, rows, method, workers)


def check_images(rng: np.random.Generator, number: int, longest: int) -> None:
    for _ in range(number):
        image = random_image(rng, longest)
        layouts = {tuple(first_rows(image.shape, image.dtype, height)) for height in HEIGHTS}
        for tree in trees_of(rng, image):
            for rows in layouts:
                if len(rows) > 2:
                    assert_same(tree, in_strips(tree, image, list(rows)))


def test_small_images(rng):
    check_images(rng, 40, 12)


@pytest.mark.slow
def test_many_small_images(rng):
    check_images(rng, 300, 12)
    check_images(rng, 60, 60)


def test_equal_halves():
    for image in np.kron([[0, 1]], np.ones((6, 3), int)), np.kron([[1], [0]], np.ones((4, 5), int)):
        for turned in image, 1 - image:
            levels = turned.astype(np.uint8)
            tree = coarea.tree_of_shapes(levels)
            assert tree.node_of_pixel[0, 0] == 0
            for height in (1, 2, 3):
                rows = first_rows(levels.shape, levels.dtype, height)
                assert_same(tree, in_strips(tree, levels, rows))


def path_image(places: np.ndarray) -> np.ndarray:
    """Each pixel has a level of its own, along a path."""
    image = np.empty(places.shape, np.int32)
    image.ravel()[np.argsort(places, axis=None)] = np.arange(places.size)
    return image


def spiral(side: int) -> np.ndarray:
    ring = np.arange(side * side).reshape(side, side)
    places = np.empty((side, side), int)
    count = 0
    while ring.size:
        places.ravel()[ring[0]] = np.arange(count, count + len(ring[0]))
        count += len(ring[0])
        ring = np.rot90(ring[1:])
    return places


def worst_images(side: int) -> dict[str, np.ndarray]:
    """Images most of whose nodes meet a seam."""
    ramp = np.arange(side * side).reshape(side, side)
    snake = ramp.copy()
    snake[1::2] = snake[1::2, ::-1]
    rows, columns = np.mgrid[:side, :side]
    cone = np.hypot(rows - side / 2, columns - side / 2)
    return {
        "ramp": path_image(ramp),
        "snake": path_image(snake),
        "spiral": path_image(spiral(side)),
        "cone": (cone * (60000 / cone.max())).astype(np.uint16),
        "comb": np.where(columns % 2, rows, 0).astype(np.uint8),
        "combs against each other": (rows + np.where(columns % 2, 1, 0) * (side + rows)).astype(np.int16),
    }


@pytest.mark.parametrize("name", worst_images(4))
def test_worst_images(name, rng):
    image = worst_images(40)[name]
    for tree in trees_of(rng, image):
        for height in (3, 8):
            rows = first_rows(image.shape, image.dtype, height)
            assert_same(tree, in_strips(tree, image, rows))


@pytest.mark.parametrize("name", ["ramp", "snake", "spiral", "comb"])
def test_nodes_between_seams_are_left_out(name, monkeypatch):
    """What is glued grows with the seams, not with the area."""
    side = 96
    image = worst_images(side)[name]
    sizes = []

    def count(*arguments: object) -> Chains:
        chains = find_chains(*arguments)
        sizes.append((len(chains.place), len(chains.kept)))
        return chains

    monkeypatch.setattr(core, "find_chains", count)
    for tree in (coarea.tree_of_shapes(image), coarea.max_tree(image)):
        sizes.clear()
        rows = first_rows(image.shape, image.dtype, 32)
        assert_same(tree, in_strips(tree, image, rows))
        assert len(sizes) == len(rows) - 1
        assert sum(reached for reached, _ in sizes) > image.size // 4
        assert all(kept <= 4 * side + 2 for _, kept in sizes)


def test_chains_of_several_strips_share_edges():
    """One level line passes all strips, each of which has other levels on its way, some of them equal."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        image = np.zeros((24, 9), np.uint8)
        for first in range(0, 24, 6):  # hills within the strips, joined at the seams by the background
            heights = rng.choice(np.arange(1, 200), 6)
            image[first : first + 6, 1::2] = heights[:, np.newaxis] + rng.integers(0, 2, (6, 4))
        image[::6] = np.maximum(image[::6], rng.integers(0, 255, 9))
        for tree in trees_of(rng, image):
            assert_same(tree, in_strips(tree, image, [0, 6, 12, 18, 24]))


def test_signs_of_zero_and_infinities(rng):
    image = rng.choice([-np.inf, -1.5, -0.0, 0.0, 2.25, np.inf], (20, 20)).astype(np.float32)
    for build in *KINDS.values(), coarea.tree_of_shapes:
        tree = build(image)
        arrays = in_strips(tree, image, first_rows(image.shape, image.dtype, 4))
        assert_same(tree, arrays)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("zero", [-0.0, 0.0])
def test_zeros_keep_their_sign(dtype, zero, rng):
    image = rng.choice(np.array([-1.5, zero, 2.25], dtype), (20, 20))
    for tree in trees_of(rng, image):
        if not isinstance(tree.border, float | int):  # the value of a ring has no sign of the image
            _, value, node_of_pixel, _ = in_strips(tree, image, first_rows(image.shape, image.dtype, 4))
            assert value[node_of_pixel].tobytes() == image.tobytes()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_any_number_of_workers_gives_the_same_arrays(dtype, rng):
    image = np.kron(rng.integers(0, 200, (110, 67)), np.ones((10, 6))).astype(dtype)
    image += rng.integers(0, 3, image.shape).astype(dtype)
    builders = {
        "shapes": lambda workers: coarea.tree_of_shapes(image, workers=workers),
        "4-8 in a ring": lambda workers: coarea.tree_of_shapes(
            image, connectivity="4-8", border="mean", workers=workers
        ),
        "max-tree": lambda workers: coarea.max_tree(image, workers=workers),
        "min-tree": lambda workers: coarea.min_tree(image, connectivity=2, workers=workers),
    }
    assert len(first_rows(image.shape, image.dtype, of_shapes=False)) > 2
    for build in builders.values():
        tree = build(1)
        assert np.array_equal(tree.reconstruct(), image)
        for workers in (2, 3, None):
            assert build(workers) == tree


def test_filters_do_not_depend_on_the_number_of_workers():
    image = np.tile(data.camera(), (2, 1))
    for of_shapes in (True, False):
        assert len(first_rows(image.shape, image.dtype, of_shapes=of_shapes)) > 2
    filters = (
        coarea.area_opening, coarea.area_closing, coarea.diameter_opening, coarea.diameter_closing,
        coarea.grain_filter, lambda image, **options: coarea.attribute_profile(image, [30, 200], **options),
        lambda image, **options: coarea.pattern_spectrum(image, [30, 200], **options),
        lambda image, **options: np.stack(coarea.ultimate_opening(image, **options)),
    )  # fmt: skip
    for apply in filters:
        assert np.array_equal(apply(image, workers=1), apply(image, workers=2))
        with pytest.raises(ValueError, match="workers must be an integer"):
            apply(image, workers=0)


def test_channels_side_by_side():
    image = data.astronaut()[:40, :50]
    trees = [coarea.tree_of_shapes(image, channel_axis=-1, workers=workers) for workers in (1, 2)]
    assert trees[0] == trees[1]


def test_layout():
    assert first_rows((767, 256), np.dtype(np.uint8)) == [0, 767]  # less than a strip and a half
    assert first_rows((512, 512), np.dtype(np.uint8)) == [0, 256, 512]
    assert first_rows((512, 512), np.dtype(np.uint8), of_shapes=False) == [0, 512]
    assert first_rows((1024, 512), np.dtype(np.uint8), of_shapes=False) == [0, 512, 1024]
    for dtype in (np.uint8, np.uint16):  # those of 8 bits have more rows than pixels ask for
        assert first_rows((2048, 2048), np.dtype(dtype), of_shapes=False) == first_rows((2048, 2048), np.dtype(dtype))
    for dtype in (np.int32, np.float64):
        assert first_rows((2048, 2048), np.dtype(dtype), of_shapes=False) == list(range(0, 2049, 256))
    assert first_rows((512, 512), np.dtype(np.uint16)) == [0, 512]
    assert first_rows((5, 2**17), np.dtype(np.uint8)) == [0, 5]  # narrow strips would have long seams
    for height, width, dtype in product((100, 300, 1000, 2049), (200, 1000, 3000), (np.uint8, np.float32)):
        rows = np.array(first_rows((height, width), np.dtype(dtype)))
        assert rows[0] == 0
        assert rows[-1] == height
        if len(rows) > 2:
            heights = np.diff(rows)
            assert heights.max() - heights.min() <= 1
            assert (heights[1:] - 1 <= height / 2).all()  # above the seams, for half-area
            assert heights[0] <= height / 2
            assert heights.min() >= 85
    for width in (60, 512, 2000):  # with many levels, images are cut later, those of 16 bits into higher strips
        lowest = 512 if width > 512 else 2**18 // width
        lowest += lowest - lowest // 2
        for dtype, height in (np.uint16, max(256, 2**18 // width)), (np.float32, max(128, 2**17 // width)):
            assert first_rows((lowest - 1, width), np.dtype(dtype)) == [0, lowest - 1]
            rows = first_rows((lowest, width), np.dtype(dtype))
            assert len(rows) == 1 + (lowest + height // 2) // height > 2


def test_small_images_are_one_strip(monkeypatch):
    image = data.coins()
    monkeypatch.delattr(strip_module._strip, "reach")  # nothing of the strips is used
    for build in (coarea.tree_of_shapes, coarea.max_tree):
        assert np.array_equal(build(image).reconstruct(), image)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_strip_that_fails_fails_the_call(workers, monkeypatch):
    original = strip_module._strip.number

    def fail(*arguments: object) -> None:
        if arguments[-1].size == 0:  # the last strip
            raise MemoryError("no more")
        original(*arguments)

    monkeypatch.setattr(strip_module._strip, "number", fail)
    with pytest.raises(MemoryError, match="no more"):
        coarea.max_tree(np.tile(data.camera(), (2, 1)), workers=workers)


def test_kernels_stay_within_their_scratch(rng):
    for shape in ((3, 1), (2, 9), (7, 5)):
        image = rng.integers(0, 4, shape).astype(np.uint8)
        for connectivity in (None, 1):
            method = Method(False, connectivity, half_area=connectivity is None)
            for first, end in ((0, 1), (1, shape[0])):
                scratch = scratch_of_strips(end - first + (end < shape[0]), shape[1], image.dtype, method)
                whole = {}
                for name in ("octets", "integers"):
                    array = getattr(scratch, name)
                    whole[name] = np.full(array.size + 64, 77, array.dtype)
                    setattr(scratch, name, whole[name][: array.size])
                nodes = np.full((shape[0] + 1, shape[1]), -7, np.int32)
                strip = build_strip(image, (first, end), nodes[:-1], method, scratch)
                assert all((array[-64:] == 77).all() for array in whole.values())
                assert (nodes[end:] == -7).all()
                assert (nodes[:first] == -7).all()
                assert 0 < strip.n_reached <= len(strip.parent)
                assert np.array_equal(strip.values[strip.level[nodes[first:end]]], image[first:end])


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.uint32, np.float64, np.int16])
def test_levels_of_a_strip(dtype, rng):
    bits = rng.integers(0, 2**32, (60, 50), np.uint32)
    images = [rng.integers(-3 if np.dtype(dtype).kind != "u" else 0, 4, (9, 7)).astype(dtype), np.ones((1, 1), dtype)]
    if np.dtype(dtype).itemsize == 4:
        images.append(np.where(np.isnan(bits.view(np.float32)), np.uint32(7), bits).view(dtype))  # all exponents
    if np.dtype(dtype).kind == "f":
        images.append(rng.choice(np.array([-np.inf, -1e-40, -0.0, 0.0, 1e-40, np.inf], dtype), (9, 7)))
    for image in [*images, *(np.sort(image, axis=None).reshape(image.shape) for image in images)]:
        levels, values = levels_of_strip(image)
        expected_levels, expected = to_levels(image)
        assert values.dtype == image.dtype
        assert np.array_equal(values, expected)
        assert np.array_equal(levels, expected_levels)
        assert levels.dtype == expected_levels.dtype


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.uint32, np.float64])
def test_levels_of_runs(dtype, rng):
    for n_runs, falls in product((1, 2, 3, 4, 9), (False, True)):
        for n_values in (1, 5, 60):
            shift = rng.integers(0, 100, n_runs)  # some runs overlap, some do not
            runs = [np.unique(rng.integers(0, n_values, 12) + begin).astype(dtype) for begin in shift]
            if np.dtype(dtype).kind != "u":
                runs = [run - np.array(50, dtype) for run in runs]
            if np.dtype(dtype).kind == "f":
                runs = [np.unique(np.append(run, run.dtype.type(0))) for run in runs]
                runs[0] = np.where(runs[0] == 0, -runs[0], runs[0])
            runs[n_runs // 2] = runs[n_runs // 2][: n_runs % 2 * 12]  # in even numbers, one is empty
            if not sum(map(len, runs)):
                continue
            given = [run[::-1] if falls else run for run in runs]
            levels, values = levels_of_runs(given, falls=falls)
            numbers = np.concatenate(given)
            expected = np.unique(numbers)[:: -1 if falls else 1]
            assert values.dtype == numbers.dtype
            assert np.array_equal(values, expected)
            assert np.array_equal(values[levels], numbers)
            if numbers.itemsize == 4:  # of zeros of two signs the first one
                first = [np.flatnonzero(numbers == value)[0] for value in values]
                assert np.array_equal(np.signbit(values), np.signbit(numbers[first]))

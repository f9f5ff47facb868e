"""The contours of a tree's nodes, against their definition: what they run around, and along which sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import ndimage
from windings import boundary, sides_of, windings

import coarea
from coarea import attributes

PLUS, SQUARE = ndimage.generate_binary_structure(2, 1), ndimage.generate_binary_structure(2, 2)


def random_images(seed: int, n: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    for _ in range(n):
        yield rng.integers(0, rng.integers(2, 6), rng.integers(1, 8, 2)).astype(np.uint8)


def shape_trees(image: np.ndarray) -> Iterator[coarea.Tree]:
    middle = tuple(n // 2 for n in image.shape)
    for connectivity in ("8-4", "4-8", "self-dual"):
        for border in ("half-area", "median", 2.5, "minimum", middle):
            yield coarea.tree_of_shapes(image, connectivity=connectivity, border=border)


def component_trees(image: np.ndarray) -> Iterator[coarea.Tree]:
    for connectivity in (1, 2):
        yield coarea.max_tree(image, connectivity=connectivity)
        yield coarea.min_tree(image, connectivity=connectivity)


def masks_of(tree: coarea.Tree) -> np.ndarray:
    return np.stack([tree.mask(node) for node in range(len(tree))])


def check_rings(tree: coarea.Tree) -> None:
    lines = coarea.contours(tree)
    inside, masks = windings(lines), masks_of(tree)
    assert lines.closed.all()
    assert np.array_equal(inside.min(axis=(1, 2)) < 0, lines.is_hole)
    assert np.abs(inside).max() == 1
    assert np.array_equal(np.abs(inside).sum(axis=(1, 2)), lines.area)
    around = np.zeros(masks.shape, int)
    np.add.at(around, lines.node, inside)
    assert np.array_equal(around, masks)
    assert np.array_equal(lines.node[~lines.is_hole], np.arange(len(tree))), "one outer line each, in order"
    assert np.array_equal(np.sort(lines.node), lines.node)
    has_parent = lines.parent >= 0
    assert (np.abs(inside[has_parent]) <= np.abs(inside[lines.parent[has_parent]])).all(), "lines lie in their parents"
    outer = np.flatnonzero(~lines.is_hole)
    assert np.array_equal(lines.parent[lines.is_hole], outer[lines.node[lines.is_hole]])
    assert np.array_equal(lines.node[lines.parent[outer[1:]]], tree.parent[1:])
    assert lines.parent[0] == -1
    assert np.array_equal(lines.value, tree.value[lines.node])
    assert np.array_equal(lines.polarity, tree.polarity[lines.node])


def check_holes(tree: coarea.Tree) -> None:
    """The outer line is around a node with its holes filled, the others are around one hole each."""
    lines = coarea.contours(tree)
    inside = np.abs(windings(lines))
    own = defaultdict(set)
    for line, node in enumerate(lines.node.tolist()):
        own[node].add((bool(lines.is_hole[line]), inside[line].tobytes()))
    four = {1: True, 2: False, "8-4": tree.polarity < 0, "4-8": tree.polarity > 0}[tree.connectivity]
    for node, mask in enumerate(masks_of(tree)):
        holes, n = ndimage.label(~np.pad(mask, 1), SQUARE if np.broadcast_to(four, len(tree))[node] else PLUS)
        holes = holes[1:-1, 1:-1]
        expected = {(True, (holes == k).astype(int).tobytes()) for k in range(2, n + 1)}  # the first is the outside
        assert own[node] == expected | {(False, (holes != 1).astype(int).tobytes())}


def check_open_lines(tree: coarea.Tree) -> None:
    lines = coarea.contours(tree, frame=False)
    check_sides(tree, lines, np.pad(np.zeros(lines.shape, bool), 1, constant_values=True))
    whole = coarea.contours(tree)
    on_frame = ((whole.points == -0.5) | (whole.points == np.array(whole.shape) - 0.5)).any(axis=1)
    touches = np.logical_or.reduceat(on_frame, whole.start[:-1])
    assert not (touches & whole.is_hole).any()
    assert np.array_equal(lines.points[lines.start[:-1]][lines.closed], lines.points[lines.start[1:] - 1][lines.closed])
    assert np.isin(lines.node[~lines.closed], whole.node[touches]).all()
    assert sum(lines.closed) == sum(~touches), "no other line was cut"
    length = np.bincount(lines.node, lines.length, len(tree))
    assert np.array_equal(length, attributes.perimeter(tree))
    for line, parent in enumerate(lines.parent.tolist()):
        node = int(lines.node[line])
        up = tree.path_to_root(node) if lines.is_hole[line] else tree.path_to_root(node)[1:]
        outer = (
            [a for a in up.tolist() if ((lines.node == a) & ~lines.is_hole).any()]
            if node or lines.is_hole[line]
            else []
        )
        assert (parent < 0) == (not outer)
        if outer:
            assert parent == np.flatnonzero((lines.node == outer[0]) & ~lines.is_hole)[0]


def check_sides(tree: coarea.Tree, lines: coarea.Lines, ignored: np.ndarray) -> None:
    """Lines run along each side of a node once, but for those beside ignored pixels, and turn at every point."""
    line, middle, direction = sides_of(lines)
    own = defaultdict(list)
    for node, side in zip(lines.node[line].tolist(), map(tuple, middle.tolist()), strict=True):
        own[node].append(side)
    for node, mask in enumerate(masks_of(tree)):
        assert len(own[node]) == len(set(own[node]))
        assert set(own[node]) == boundary(mask, ignored)
        right = middle[lines.node[line] == node] + 0.5 * direction[lines.node[line] == node][:, ::-1] * (1, -1)
        assert mask[tuple(right.astype(int).T)].all(), "the node is on the right hand"
    ends = np.concatenate([lines.start[:-1][~lines.closed], lines.start[1:][~lines.closed] - 1])
    for row, column in (lines.points[ends] + 0.5).astype(int):
        assert ignored[row : row + 2, column : column + 2].any(), "open lines end only where there is a reason"
    for points, closed in zip(lines, lines.closed, strict=True):
        steps = np.sign(np.diff(np.concatenate([points, points[1:2]]) if closed else points, axis=0))
        assert (steps[1:] != steps[:-1]).any(axis=1).all()


def check_images(seed: int, n: int) -> None:
    for image in random_images(seed, n):
        for tree in shape_trees(image):
            check_rings(tree)
            encloses = isinstance(tree.border, tuple)  # a shape may lie around the pixel at which the tree is rooted
            assert encloses or np.array_equal(coarea.contours(tree).node, np.arange(len(tree)))
            if encloses and tree.connectivity != "self-dual":
                check_holes(tree)
        for tree in component_trees(image):
            check_rings(tree)
            check_holes(tree)


def check_cuts(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    for image in random_images(seed, n):
        for tree in (*list(shape_trees(image))[:11:5], *component_trees(image)):
            check_open_lines(tree)
            mask = rng.random(image.shape) < 0.3
            for frame in (True, False):
                check_sides(
                    tree, coarea.contours(tree, frame=frame, mask=mask), np.pad(mask, 1, constant_values=not frame)
                )


def test_lines_run_around_their_nodes():
    check_images(0, 30)


def test_cut_lines_run_along_what_is_left():
    check_cuts(1, 15)


@pytest.mark.slow
def test_lines_run_around_their_nodes_on_many_images():
    check_images(2, 2000)
    check_cuts(3, 1000)


@pytest.mark.photograph
@pytest.mark.parametrize("border", ["half-area", "mean", (100, 20)])
@pytest.mark.parametrize("connectivity", ["8-4", "4-8", "self-dual"])
def test_areas_and_lengths_of_a_photograph(connectivity, border):
    from skimage import data

    tree = coarea.tree_of_shapes(data.coins()[::2, ::2], connectivity=connectivity, border=border)
    lines = coarea.contours(tree)
    assert np.array_equal(np.bincount(lines.node, lines.area * np.where(lines.is_hole, -1, 1)), attributes.area(tree))
    if not isinstance(border, tuple):
        assert np.array_equal(lines.parent[1:], tree.parent[1:])
    lines = coarea.contours(tree, frame=False)
    assert np.array_equal(np.bincount(lines.node, lines.length, len(tree)), attributes.perimeter(tree))


def test_nodes_are_chosen_by_masks_and_indices():
    for image in random_images(4, 30):
        for tree in (coarea.tree_of_shapes(image), coarea.max_tree(image, connectivity=2)):
            lines = coarea.contours(tree)
            rng = np.random.default_rng(len(tree))
            keep = rng.random(len(tree)) < 0.5
            for frame in (True, False):
                lines = coarea.contours(tree, frame=frame)
                assert same(coarea.contours(tree, keep, frame=frame), lines[keep[lines.node]])
                indices = rng.permutation(np.flatnonzero(keep))
                order = [line for node in indices for line in np.flatnonzero(lines.node == node)]
                assert same(coarea.contours(tree, indices, frame=frame), lines[order])
                assert same(coarea.contours(tree, indices.tolist(), frame=frame), lines[order])


def same(one: coarea.Lines, other: coarea.Lines) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("points", "start", "parent", "closed", "is_hole", "node", "value", "polarity")
    )


def test_one_node_and_none():
    tree = coarea.max_tree([[0, 5, 0, 7]])
    assert coarea.contours(tree, 2).node.tolist() == coarea.contours(tree, np.int8(2)).node.tolist() == [2]
    for nothing in ([], np.zeros(3, bool), np.zeros(0, int)):
        for frame in (True, False):
            lines = coarea.contours(tree, nothing, frame=frame, mask=[[True, False, False, False]])
            assert len(lines) == len(coarea.contours(tree, nothing, frame=frame)) == 0
    assert coarea.contours(tree, [0])[0].tolist() == [[-0.5, -0.5], [-0.5, 3.5], [0.5, 3.5], [0.5, -0.5], [-0.5, -0.5]]
    assert len(coarea.contours(tree, [0], frame=False)) == 0


def test_holes_that_touch_the_outer_line_have_the_right_parent():
    """Where programs that follow borders of pixels instead of sides go wrong."""
    image = np.zeros((8, 9), np.uint8)
    image[1:7, 1:8] = 1
    image[2, 2] = image[1, 1] = 0  # a hole, and a notch in the corner beside it
    image[4:6, 4:6] = 0
    image[5, 5] = 2
    lines = coarea.contours(coarea.max_tree(image, connectivity=1))
    assert lines.node.tolist() == [0, 1, 1, 2]
    assert lines.is_hole.tolist() == [False, False, True, False]  # the first hole is open towards the notch
    assert lines.parent.tolist() == [-1, 0, 1, 1]
    assert lines.area.tolist() == [72, 40, 3, 1]
    lines = coarea.contours(coarea.max_tree(image, connectivity=2))
    assert lines.is_hole.tolist() == [False, False, True, True, False]
    assert lines.parent.tolist() == [-1, 0, 1, 1, 1]
    assert lines.area.tolist() == [72, 41, 1, 3, 1]


def test_trees_by_hand():
    image = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.uint8)
    tree = coarea.tree_of_shapes(image, connectivity="8-4", border="minimum")
    arrays = tree.parent, tree.value, tree.node_of_pixel, tree.polarity
    for connectivity in ("4-8", "self-dual", 1):  # whatever is said, the shapes are what they are
        by_hand = coarea.Tree(*arrays, kind="tree of shapes", connectivity=connectivity)
        assert same(coarea.contours(by_hand), coarea.contours(tree))
    arrays = [0, 0, 0], [0, 7, 8], [[1, 0, 1], [1, 0, 1]], [0, 1, 1]
    strange = coarea.Tree(*arrays, kind="tree of shapes", connectivity="8-4")  # not connected, and an empty node
    assert coarea.contours(strange).node.tolist() == [0, 1, 1]
    check_sides(strange, coarea.contours(strange), np.zeros((4, 5), bool))
    odd = coarea.Tree([0, 0], [0, 7], [[1, 0, 0]], [0, 1], kind="max-tree", connectivity=3)
    with pytest.raises(ValueError, match="connectivity of the tree must be one of 1, 2, got 3"):
        coarea.contours(odd)


def test_simplified_trees_keep_their_lines():
    for image in random_images(5, 30):
        for tree in (*shape_trees(image), *component_trees(image)):
            keep = attributes.area(tree) >= 4
            simple = coarea.contours(tree.simplify(keep))
            lines = coarea.contours(tree, keep | (np.arange(len(tree)) == 0))
            assert np.array_equal(simple.points, lines.points)
            assert np.array_equal(simple.parent, lines.parent)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda tree: coarea.contours(tree.reconstruct()), TypeError, "tree must be a Tree, got ndarray: make one"),
        (lambda tree: coarea.contours(coarea.max_tree(np.ones((2, 3, 4)))), ValueError, r"got 3-D: .* image\[k\]"),
        (lambda tree: coarea.contours(coarea.max_tree([1, 2])), ValueError, r"got 1-D: .* image\[None\]"),
        (lambda tree: coarea.contours(tree, attributes.area(tree) / 2), TypeError, r"must be a mask of shape \(3,\)"),
        (lambda tree: coarea.contours(tree, [1, 1]), ValueError, "nodes must be different, got one twice"),
        (lambda tree: coarea.contours(tree, [1, 3]), IndexError, r"nodes must be in \[0, 3\), got 3"),
        (lambda tree: coarea.contours(tree, -1), IndexError, r"nodes must be in \[0, 3\), got -1"),
        (lambda tree: coarea.contours(tree, [[1]]), TypeError, "nodes must be a mask"),
        (lambda tree: coarea.contours(tree, [True]), ValueError, r"nodes must have shape \(3,\), one entry per node"),
        (lambda tree: coarea.contours(tree, tree.node_of_pixel > 0), ValueError, "one entry per node"),
        (lambda tree: coarea.contours(tree, frame="no"), ValueError, "frame must be True or False"),
        (lambda tree: coarea.contours(tree, mask=[[0, 0, 0, 1]]), TypeError, "mask must be boolean"),
        (lambda tree: coarea.contours(tree, mask=[True]), ValueError, r"mask must have shape \(1, 4\)"),
        (lambda tree: coarea.contours(tree, None, False), TypeError, "give options by name, frame="),
    ],
)  # fmt: skip
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call(coarea.max_tree([[0, 5, 0, 7]]))

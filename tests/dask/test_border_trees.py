"""Trees of what crosses the sides of chunks: those of a union are what its parts make together."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from skimage import data

import coarea

pytest.importorskip("dask.array")

from coarea.dask._border_trees import Kept, Opening, Piece, filter_alone, merge, reduce_chunk, split


def boxes_of(ends: tuple[tuple[int, int, int], ...]) -> list[tuple[slice, ...]]:
    """Two parts along each axis."""
    return list(product(*((slice(a, b), slice(b, c)) for a, b, c in ends)))


def reduced(opening: Opening, image: np.ndarray, box: tuple[slice, ...]) -> tuple[Piece, Kept]:
    return reduce_chunk(opening, box, image.shape, image[box])


def described(opening: Opening, piece: Piece) -> tuple[Any, ...]:
    """A piece without the numbers of its nodes: each node by its value, measure and parent, and by the faces."""
    measures = piece.measures.copy()
    for i in range(len(piece.parent) - 1, 0, -1):
        own = measures[piece.parent[i]]
        measures[piece.parent[i]] = own + measures[i] if opening.attribute == "area" else np.maximum(own, measures[i])
    nodes = [(value.item(), *row) for value, row in zip(piece.value, measures.tolist(), strict=True)]
    edges = sorted((nodes[i], nodes[k]) for i, k in enumerate(piece.parent.tolist()))
    faces = {side: (nodes_of.shape, [nodes[i] for i in nodes_of.flat]) for side, nodes_of in piece.faces.items()}
    return piece.box, edges, faces


@pytest.mark.parametrize("attribute", ["area", "diameter"])
@pytest.mark.parametrize("kind", ["max-tree", "min-tree"])
def test_a_merged_piece_is_that_of_the_union(attribute: Any, kind: Any, rng: np.random.Generator) -> None:
    """In the middle of an image, along its frame and in a corner, and for all neighbourhoods."""
    n_nodes = 0
    for k in range(30):
        ndim = 2 + k % 2
        image = rng.integers(0, 5, (12, 13, 11)[-ndim:]).astype(np.uint8)
        ends = tuple((0 if rng.random() < 0.4 else 2, int(rng.integers(4, 7)), 8) for _ in range(ndim))
        opening = Opening(attribute, 4, kind, int(rng.integers(1, ndim + 1)))
        pieces = [reduced(opening, image, box)[0] for box in boxes_of(ends)]
        whole, _ = reduced(opening, image, tuple(slice(a, c) for a, _, c in ends))
        merged, kept = merge(pieces, False, opening)
        assert described(opening, merged) == described(opening, whole)
        assert kept.counts == [len(piece.parent) for piece in pieces]
        n_nodes += len(merged.parent)
    assert n_nodes > 300


def test_what_comes_down_may_occur_in_another_chunk_only() -> None:
    image = np.array([[0, 9, 7, 0]], np.uint8)
    opening = Opening("area", 2, "max-tree", 1)
    parts = [reduced(opening, image, box) for box in boxes_of(((0, 1, 1), (0, 2, 4)))[:2]]
    piece, kept = merge([piece for piece, _ in parts], True, opening)
    assert len(piece.parent) == 0
    found = [own.values(down) for (_, own), down in zip(parts, split(None, kept), strict=True)]
    assert np.concatenate(found, 1).tolist() == coarea.area_opening(image, 2).tolist() == [[0, 7, 7, 0]]


def test_what_is_whole_stays_where_it_is() -> None:
    """A small component inside a chunk is removed there, a large one kept, and neither goes up."""
    image = np.zeros((12, 24), np.uint8)
    image[2, 2] = image[2:8, 5:8] = 9
    opening = Opening("area", 4, "max-tree", 1)
    piece, kept = reduced(opening, image, (slice(0, 12), slice(0, 12)))
    assert (piece.value.tolist(), piece.measures.tolist(), piece.parent.tolist()) == ([0], [[144]], [0])
    assert list(piece.faces) == [(1, 1)]
    assert piece.faces[1, 1].shape == (12, 1)
    assert kept.place.dtype == np.uint8
    assert np.array_equal(kept.values(np.array([5], np.uint8)) == 9, filter_alone(opening, image)[:, :12] == 9)
    assert np.count_nonzero(kept.values(np.array([5], np.uint8)) == 5) == 144 - 18


def test_few_nodes_go_up() -> None:
    """Some for each pixel of the cut sides, so a smaller share of larger chunks."""
    image = data.camera()
    shares = []
    for side in (64, 128, 256):
        boxes = [tuple(slice(k, k + side) for k in corner) for corner in product(range(0, 512, side), repeat=2)]
        opening = Opening("area", 10**4, "max-tree", 1)
        pieces = [reduced(opening, image, box)[0] for box in boxes]
        n_nodes = sum(len(piece.parent) for piece in pieces)
        n_border = sum(face.size for piece in pieces for face in piece.faces.values())
        assert n_nodes < 1.5 * n_border
        shares.append(n_nodes / image.size)
    assert shares[2] < 0.7 * shares[1] < 0.5 * shares[0]
    assert shares[2] < 0.02

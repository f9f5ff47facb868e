"""Photographs with what people drew on them, in the layout of BSDS500 or in one flat folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import imageio.v3 as iio
import numpy as np
from scipy import ndimage
from scipy.io import loadmat
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scores import Hierarchy, People, people


class Photograph(NamedTuple):
    image: Path
    truth: Path

    @property
    def name(self) -> str:
        return self.image.stem

    def rgb(self) -> np.ndarray:
        return np.asarray(iio.imread(self.image))[..., :3]

    def people(self) -> People:
        held = loadmat(self.truth)["groundTruth"][0]
        return people([one["Segmentation"][0, 0] for one in held])


def photographs(folder: Path) -> list[Photograph]:
    """NAME.jpg and NAME.mat side by side, or .../images/SPLIT/NAME.jpg and .../groundTruth/SPLIT/NAME.mat."""
    images = sorted(folder.glob("*.jpg"))
    if not images:
        raise SystemExit(f"{folder}: no *.jpg there")
    beside = folder.parent.parent / "groundTruth" / folder.name
    truths = folder if (folder / images[0].name).with_suffix(".mat").exists() else beside
    found = [Photograph(image, truths / f"{image.stem}.mat") for image in images]
    if missing := [one.truth for one in found if not one.truth.exists()]:
        raise SystemExit(f"{missing[0]}: not there, neither beside the image nor in groundTruth")
    return found


def hierarchy_of_ucm(path: Path) -> Hierarchy:
    """Of an ultrametric contour map on the grid of pixels, sides and corners (`ucm2` of a .mat file)."""
    grid = loadmat(path)["ucm2"]
    basins = ndimage.label(grid == 0)[0][1::2, 1::2]  # through sides alone
    numbers, leaves = np.unique(basins, return_inverse=True)
    n, leaves = len(numbers), leaves.reshape(basins.shape)
    weights = [
        (leaves[:-1], leaves[1:], grid[2:-1:2, 1::2]),
        (leaves[:, :-1], leaves[:, 1:], grid[1::2, 2:-1:2]),
    ]
    one, other, level = (np.concatenate([part[k].ravel() for part in weights]) for k in range(3))
    return joined(leaves, n, one, other, level)


def joined(leaves: np.ndarray, n: int, one: np.ndarray, other: np.ndarray, level: np.ndarray) -> Hierarchy:
    """Regions joined in the order of the levels between them (single linkage)."""
    between = one != other
    one, other, level = np.minimum(one, other)[between], np.maximum(one, other)[between], level[between]
    order = np.lexsort((level, other, one))
    first = np.r_[True, (np.diff(one[order]) != 0) | (np.diff(other[order]) != 0)][: len(order)]
    kept = order[first]  # the least level of each pair
    tree = minimum_spanning_tree(coo_array((level[kept], (one[kept], other[kept])), shape=(n, n))).tocoo()
    parent, levels, top = np.arange(2 * n - 1), np.zeros(2 * n - 1), np.arange(2 * n - 1)

    def root(node: int) -> int:
        while top[node] != node:
            top[node] = node = top[top[node]]
        return int(node)

    for node, k in enumerate(np.argsort(tree.data, kind="stable"), start=n):
        for child in (root(tree.row[k]), root(tree.col[k])):
            parent[child] = top[child] = node
        levels[node] = tree.data[k]
    return Hierarchy(parent, levels, leaves)

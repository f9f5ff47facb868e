"""What all the tests share: the ways to build a tree, and photographs that come with scikit-image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from skimage import data

import coarea

BUILDERS = {
    "shapes 8-4": coarea.tree_of_shapes,
    "shapes 4-8": lambda image: coarea.tree_of_shapes(image, connectivity="4-8"),
    "shapes self-dual": lambda image: coarea.tree_of_shapes(image, connectivity="self-dual"),
    "shapes ring": lambda image: coarea.tree_of_shapes(image, border="maximum"),
    "max-tree": coarea.max_tree,
    "min-tree": coarea.min_tree,
}
PHOTOGRAPHS = ("brick", "camera", "cell", "coins", "gravel", "moon", "page", "text")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that take photographs, so that others can be run alone."""
    for item in items:
        if "photograph" in getattr(item, "fixturenames", ()):
            item.add_marker("photograph")


@pytest.fixture(params=BUILDERS, scope="session")
def build(request: pytest.FixtureRequest) -> Callable[[np.ndarray], coarea.Tree]:
    """A function from an image to a tree."""
    return BUILDERS[request.param]


@pytest.fixture(params=PHOTOGRAPHS)
def photograph(request: pytest.FixtureRequest) -> np.ndarray:
    """An 8-bit photograph, whole."""
    return getattr(data, request.param)()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20)


@pytest.fixture
def photo_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds photo.png, photos/a.png and photos/b.png, in a terminal of 80 columns."""
    from terminal import PHOTO  # which lies beside the tests of the command line

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("photos").mkdir()
    for k, name in enumerate(("photo.png", "photos/a.png", "photos/b.png")):
        iio.imwrite(name, PHOTO[k:])
    return tmp_path

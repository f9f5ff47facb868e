"""The number of threads reaches the trees that functions build inside, and changes no result."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import coarea
from calls import CASES
from coarea.trees import components, shapes
from coarea.trees.strips import layout, plane

IMAGE = np.kron(np.random.default_rng(5).integers(0, 200, (8, 9)), np.ones((4, 4), int)).astype(np.uint8)
COLORS = np.stack([IMAGE, IMAGE.T.reshape(IMAGE.shape), 255 - IMAGE], axis=-1)
LEVELS = [2, 20]

ONE_TREE: dict[str, Callable[..., Any]] = {
    "max_tree": lambda **given: coarea.max_tree(IMAGE, **given).parent,
    "min_tree": lambda **given: coarea.min_tree(IMAGE, **given).parent,
    "tree_of_shapes": lambda **given: coarea.tree_of_shapes(IMAGE, **given).parent,
    "area_opening": lambda **given: coarea.area_opening(IMAGE, **given),
    "area_closing": lambda **given: coarea.area_closing(IMAGE, **given),
    "diameter_opening": lambda **given: coarea.diameter_opening(IMAGE, **given),
    "diameter_closing": lambda **given: coarea.diameter_closing(IMAGE, **given),
    "grain_filter": lambda **given: coarea.grain_filter(IMAGE, **given),
    "attribute_profile": lambda **given: coarea.attribute_profile(IMAGE, LEVELS, **given),
    "pattern_spectrum": lambda **given: coarea.pattern_spectrum(IMAGE, LEVELS, **given),
    "ultimate_opening": lambda **given: coarea.ultimate_opening(IMAGE, **given)[0],
    "denoise_tv_l1": lambda **given: coarea.denoise_tv_l1(IMAGE, 3, domain="shapes", **given),
    "denoise_tv_l2": lambda **given: coarea.denoise_tv_l2(IMAGE, 3, domain="max_tree", **given),
    "scale_space": lambda **given: coarea.scale_space(IMAGE, LEVELS, **given).values,
    "beta_for_regions": lambda **given: coarea.beta_for_regions(IMAGE, 9, **given),
    "beta_for_residual": lambda **given: coarea.beta_for_residual(IMAGE, 9, domain="min_tree", **given),
    "meaningful_lines": lambda **given: coarea.meaningful_lines(IMAGE, nfa=99, beta=1, **given).points,
    "edge_strength": lambda **given: coarea.edge_strength(IMAGE, LEVELS, **given),
}
THREE_TREES: dict[str, Callable[..., Any]] = {
    "denoise_tv_l1 of colours": lambda **given: coarea.denoise_tv_l1(
        COLORS, 3, domain="shapes", channel_axis=-1, **given
    ),
    "edge_strength of colours": lambda **given: coarea.edge_strength(COLORS, LEVELS, channel_axis=-1, **given),
    "region_hierarchy": lambda **given: coarea.region_hierarchy(COLORS, **given).level,
    "segment": lambda **given: coarea.segment(COLORS, 5, **given),
}
PIXELS: dict[str, Callable[..., Any]] = {
    "beta_for_regions": lambda **given: coarea.beta_for_regions(IMAGE, 9, domain="pixels", count="zones", **given),
    "beta_for_residual": lambda **given: coarea.beta_for_residual(IMAGE, 9, domain="pixels", **given),
    "meaningful_lines": lambda **given: coarea.meaningful_lines(IMAGE, **given).points,
    "denoise_tv_l1 of colours": lambda **given: coarea.denoise_tv_l1(COLORS, 3, channel_axis=-1, **given),
}


@pytest.fixture
def threads(monkeypatch):
    """The numbers of threads that build trees in strips, which even small images are cut into."""
    numbers = []
    original = plane.thread_map

    def thread_map(workers: int) -> Any:
        numbers.append(workers)
        return original(workers)

    monkeypatch.setattr(plane, "thread_map", thread_map)
    monkeypatch.setattr(layout, "FEW_LEVELS", (4, 1))
    return numbers


@pytest.mark.parametrize(
    ("name", "n_trees"), [*dict.fromkeys(ONE_TREE, 1).items(), *dict.fromkeys(THREE_TREES, 3).items()]
)
def test_threads_reach_the_tree(name, n_trees, threads):
    call = (ONE_TREE if n_trees == 1 else THREE_TREES)[name]
    alone = call(workers=1)
    assert set(threads) == {1}
    for share in (1, 2, 3):
        threads.clear()
        assert np.array_equal(call(workers=share * n_trees), alone)
        assert set(threads) == {share}
    with pytest.raises(ValueError, match="workers must be an integer"):
        call(workers=0)


@pytest.mark.parametrize("name", PIXELS)
def test_without_a_tree(name):
    assert np.array_equal(PIXELS[name](workers=1), PIXELS[name](workers=6))
    with pytest.raises(ValueError, match="workers must be an integer"):
        PIXELS[name](workers=0)


def test_functions_that_build_trees_take_workers(monkeypatch):
    built = []
    for module in (shapes, components):
        monkeypatch.setattr(module, "first_rows", lambda *of, **how: built.append(of) or layout.first_rows(*of, **how))
    found = set()
    for name, case in CASES.items():
        if not hasattr(coarea, name.partition(" ")[0]):
            continue
        built.clear()
        case.call(**case.given)
        if built:
            found.add(name.partition(" ")[0])
            assert "workers" in inspect.signature(case.call).parameters, name
    assert found >= {"scale_space", "beta_for_regions", "edge_strength", "segment", "area_opening"}

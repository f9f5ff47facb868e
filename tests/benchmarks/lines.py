"""Level lines as objects against scikit-image: python tests/benchmarks/lines.py

CPU time, least of several runs, all in one process. scikit-image gives one level after the other, and not
nested.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from skimage import data, measure
from solver import best_of

import coarea
from coarea import attributes


def measured(call: Callable[[], object], runs: int = 9) -> float:
    """Least CPU time in milliseconds."""
    return 1e3 * best_of(runs, call)[0]


def main() -> None:
    """Print the ratios."""
    camera = data.camera()
    for name, build in (("tree of shapes", coarea.tree_of_shapes), ("max-tree", coarea.max_tree)):
        tree = build(camera)
        lines = coarea.contours(tree)
        own = measured(lambda build=build: build(camera))
        print(f"{name}: {own:.1f} ms; {lines}")
        objects = tree.simplify(attributes.area(tree) >= 50)
        for what, call in (
            ("all contours", lambda tree=tree: coarea.contours(tree)),
            ("cut at the frame", lambda tree=tree: coarea.contours(tree, frame=False)),
            ("of 50 pixels and more", lambda tree=tree: coarea.contours(tree, attributes.area(tree) >= 50)),
            ("their polygons", lambda objects=objects: coarea.contours(objects).to_shapely()),
        ):
            spent = measured(call, 5)
            print(f"  {what:24s} {spent:8.1f} ms, {spent / own:6.2f} times the tree")
    levels = np.arange(255) + 0.5
    one_by_one = measured(lambda: [measure.find_contours(camera, level) for level in levels], 1)
    whole = measured(lambda: coarea.contours(coarea.tree_of_shapes(camera)))
    print(
        f"255 levels by find_contours: {one_by_one:.0f} ms, {one_by_one / whole:.0f} times the tree with its contours"
    )


if __name__ == "__main__":
    main()

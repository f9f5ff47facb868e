"""Prunings, projections of attributes and bounds, per node: python tests/benchmarks/prunings.py

CPU time, least of several runs, in nanoseconds per node (of bounds: milliseconds). On paths against isotonic_regression
of scipy and IsotonicRegression of scikit-learn, where that is installed; a ratio says how many times longer it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import optimize
from skimage import data
from solver import best_of

import coarea
from coarea import attributes
from coarea.attributes import _prunings

try:
    from sklearn.isotonic import isotonic_regression
except ImportError:
    print("scikit-learn is not installed: left out")
    isotonic_regression = None


def seconds(call: Callable[[], object]) -> float:
    """Least CPU time."""
    return best_of(5, call)[0]


def tree_of_parents(parent: np.ndarray) -> coarea.Tree:
    n = len(parent)
    signs = np.r_[0, np.ones(n - 1, int)]
    return coarea.Tree(parent, np.arange(n), np.arange(n)[None], signs, kind="max-tree", connectivity=1)


def cases() -> Iterator[tuple[str, coarea.Tree, np.ndarray]]:
    """Trees with an attribute that is not increasing."""
    for name in ("camera", "coins", "brick"):
        for build in (coarea.max_tree, coarea.tree_of_shapes):
            tree = build(getattr(data, name)())
            yield f"{name}, {tree.kind}", tree, attributes.compactness(tree)
    n, rng = 10**6, np.random.default_rng(0)
    i = np.arange(n)
    path = tree_of_parents(np.maximum(i - 1, 0))
    noise = rng.normal(size=n)
    yield "path, noise", path, noise
    yield "path, falls", path, -i.astype(float)
    yield "path, rises", path, i.astype(float)
    yield "star", tree_of_parents(np.minimum(i, 1) - (i == 1)), noise
    yield "random tree", tree_of_parents(np.r_[0, rng.integers(0, i[1:])]), noise


def main() -> None:
    """Print the tables."""
    print(f"{'ns per node':26s} {'nodes':>8s}    min    max     l1     l2  scale  prune   kernel of l2")
    for name, tree, attribute in cases():
        n, ones = len(tree), np.ones(len(tree))

        def kernel(tree=tree, attribute=attribute, ones=ones):
            _prunings.project_l2(tree.parent, attribute.copy(), ones.copy(), attribute.copy())

        calls: list[Callable[[], object]] = [
            *(
                lambda how=how, t=tree, a=attribute: attributes.increasing(t, a, how)
                for how in ("min", "max", "l1", "l2")
            ),
            lambda t=tree, a=attribute, ones=ones: attributes.pruning_scale(t, a, ones),
            lambda t=tree, a=attribute: coarea.prune(t, a - np.median(a)),
            kernel,
        ]
        print(f"{name:26s} {n:8d} " + " ".join(f"{1e9 * seconds(call) / n:6.1f}" for call in calls), flush=True)
        if name.startswith("path"):
            own = seconds(lambda t=tree, a=attribute: attributes.increasing(t, a, "l2"))
            peers = {"scipy": lambda a=attribute: optimize.isotonic_regression(a, increasing=False)}
            if isotonic_regression is not None:
                peers["scikit-learn"] = lambda a=attribute: isotonic_regression(a, increasing=False)
            for peer, call in peers.items():
                print(f"    {peer}: ratio {seconds(call) / own:.2f}")
    camera = data.camera()
    print("bounds on camera, ms: none, upper=image, 10 grey values to each side")
    near = {"lower": np.maximum(camera, 10) - 10, "upper": np.minimum(camera, 245) + 10}
    for domain in ("pixels", "shapes", "max_tree"):
        for denoise in (coarea.denoise_tv_l1, coarea.denoise_tv_l2):
            if domain == "shapes" and denoise is coarea.denoise_tv_l2:
                continue
            times = [
                1e3 * seconds(lambda f=denoise, d=domain, b=bounds: f(camera, 3, domain=d, workers=1, **b))
                for bounds in ({}, {"upper": camera}, near)
            ]
            print(f"    {denoise.__name__}, {domain}: " + ", ".join(f"{ms:.1f}" for ms in times), flush=True)


if __name__ == "__main__":
    main()

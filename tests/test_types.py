"""What a type checker says of calls of the library, and the words that options take."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import coarea
from coarea.base import types
from coarea.ct.phantom import CONTRASTS
from coarea.variation.norm import OFFSETS
from public import public_callables

SIGNATURE_MAX = 800  # characters: what help() shows must be readable

# Lines with a comment must be refused, the others accepted.
CALLS = """\
from typing import Any, assert_type
import numpy as np
from numpy.typing import NDArray
import coarea
from coarea import ct

image = np.zeros((8, 8))
flag = bool(image.any())
word = str(flag)
Array = NDArray[Any]

assert_type(coarea.denoise_tv_l1(image, 1), Array)
assert_type(coarea.denoise_tv_l2(image, 1, huber_delta=0.5, return_info=False), Array)
assert_type(coarea.denoise_tv_l1(image, 1, quantile=0.9, return_info=True), tuple[Array, coarea.Info])
assert_type(coarea.denoise_tv_l2(image, 1, resolution=1, return_info=True), tuple[Array, coarea.Info])
assert_type(coarea.denoise_tv_l1(image, 1, return_info=flag), Array | tuple[Array, coarea.Info])
coarea.denoise_tv_l1([[1, 2]], 1, domain="shapes", connectivity="8-4", border=(0, 0), workers=2)
coarea.denoise_tv_l1(image, 1, domain="max_tree", connectivity=2, tie="upper")
coarea.denoise_tv_l2(image, 1, neighbors=8, solver="native", weights=image, mask=image > 0, channel_axis=-1)
x: str = coarea.denoise_tv_l1(image, 1)  # an array
y: Array = coarea.denoise_tv_l2(image, 1, return_info=True)  # with the info
z: Array = coarea.denoise_tv_l1(image, 1, return_info=flag)  # or with the info
coarea.denoise_tv_l1(image, 1, domain="shape")  # a choice
coarea.denoise_tv_l2(image, 1, domain=word)  # a choice
coarea.denoise_tv_l1(image, 1, tie="middle")  # a choice
coarea.denoise_tv_l1(image, 1, solver="gurobi")  # a choice
coarea.denoise_tv_l1(image, 1, connectivity="4-4")  # a choice
coarea.denoise_tv_l2(image, 1, border="largest")  # a choice
coarea.denoise_tv_l2(image, 1, quantile=0.9)  # of the other filter
coarea.denoise_tv_l1(image, 1, betta=2)  # no option
coarea.denoise_tv_l1(image, 1, "pixels")  # by keyword only
coarea.denoise_tv_l1(image)  # beta is missing

tree = coarea.tree_of_shapes(image, connectivity="26-6", border=3.5)
assert_type(coarea.__version__, str)
assert_type(tree, coarea.Tree)
assert_type(tree.accumulate(image, "max"), Array)
assert_type(coarea.tv_norm(image, difference="central"), float)
for level, mask in coarea.level_sets(image, "lower"):
    assert_type(mask, NDArray[np.bool_])
coarea.grain_filter(image, connectivity="self-dual", border="median")
coarea.attribute_filter(tree, coarea.attributes.area(tree) > 3, rule="subtractive")
assert_type(coarea.minimize_tv_graph([1, 2], [[0, 1]], [1], tie="upper").values, Array)
coarea.tree_of_shapes(image, connectivity=1)  # a pair
coarea.tree_of_shapes(image, border="half")  # a choice
coarea.max_tree(image, connectivity="8-4")  # a number
tree.accumulate(image, "mean")  # a choice
coarea.tv_norm(image, difference="both")  # a choice
coarea.tv_descent(image, 3, 0.1, difference="both")  # a choice
coarea.threshold_decompose(image, "both")  # a choice
coarea.grain_filter(image, border="half")  # a choice
coarea.attribute_filter(tree, image, rule="sum")  # a choice
coarea.minimize_tv_graph([1, 2], [[0, 1]], [1], tie="middle")  # a choice

beam = ct.ParallelBeam(angles=[0.0], n_detectors=8)
A = ct.Projector(beam, (8, 8))
assert_type(A(image), Array)
assert_type(coarea.ct.fbp(A(image), beam, (8, 8), filter="hann"), Array)
assert_type(ct.asd_pocs(A, A(image), 3, **ct.SIDKY_PAN_2008).image, Array)
ct.asd_pocs(A, A(image), 3, data_step="os-sart", difference="forward")
ct.shepp_logan((8, 8), contrast="original")
ct.fbp(A(image), beam, (8, 8), filter="hat")  # a choice
ct.tv_pocs(A, A(image), 3, data_step="sirt")  # a choice
ct.shepp_logan((8, 8), contrast="strong")  # a choice
coarea.ct.sort  # no name
coarea.plot.show  # no name
"""


@pytest.mark.slow
def test_a_type_checker_refuses_wrong_calls_and_no_others(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    file = tmp_path / "calls.py"
    file.write_text(CALLS)
    source = Path(coarea.__file__).parents[1]
    path = {} if source.name == "site-packages" else {"MYPYPATH": str(source)}
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent"]
    done = subprocess.run(
        [*command, f"--cache-dir={tmp_path}", str(file)],
        capture_output=True, text=True, check=False, env=os.environ | path,
    )  # fmt: skip
    found = {int(line) for line in re.findall(r"calls\.py:(\d+): error", done.stdout)}
    expected = {number for number, line in enumerate(CALLS.splitlines(), start=1) if "  # " in line}
    assert found == expected, "\n".join(re.findall(".*: error.*", done.stdout)) or done.stdout + done.stderr


@pytest.mark.parametrize("function", [pytest.param(function, id=name) for name, function in public_callables()])
def test_signatures_are_readable_and_resolvable(function: Callable[..., object]) -> None:
    signature = str(inspect.signature(function))
    assert len(signature) <= SIGNATURE_MAX
    assert "numpy._typing" not in signature
    if function.__module__ not in ("coarea.plot", "coarea.ct.plot"):  # Axes are matplotlib's, which need not be there
        get_type_hints(function)


def test_tables_hold_exactly_the_words_of_their_types() -> None:
    assert set(OFFSETS) == set(get_args(types.Difference))
    assert set(CONTRASTS) == set(get_args(types.Contrast))

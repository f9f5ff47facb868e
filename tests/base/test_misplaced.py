"""Things of the library in places of each other: taken, or refused by the name of the parameter."""

from __future__ import annotations

import inspect
import math
import os
import re
import warnings

import pytest
from matplotlib import pyplot
from scan_files import COUNTED

import coarea
from calls import ARRAY_CALLS, ARRAYS, COLORS, IMAGE, MAX_TREE, PARALLEL, PROJECTOR, SINOGRAM, Case
from coarea import attributes, ct
from public import public_callables

# What belongs elsewhere: it must be taken, or refused by the name of the parameter that it was given to.
THINGS = {
    "None": None,
    "path": "photo.png",
    "image": IMAGE,
    "tree": MAX_TREE,
    "geometry": PARALLEL,
    "operator": PROJECTOR,
    "mapping": {"a": IMAGE},
    "function": len,
    "colours": COLORS,
    "NaN": math.nan,
}
CALLED = ARRAY_CALLS | {
    "Projector.subset": Case(PROJECTOR.subset, {"views": slice(0, 2)}, {}),
    "read_geometry": Case(ct.read_geometry, {"path": __file__}, {}),
    "write_geometry": Case(ct.write_geometry, {"path": os.devnull, "geometry": PARALLEL}, {}),
    "Scan.line_integrals": Case(COUNTED.line_integrals, {}, {}),
    "Scan.views": Case(COUNTED.views, {"views": slice(0, 2)}, {}),
    "ScaleSpace.image": Case(coarea.scale_space(MAX_TREE, [1]).image, {"k": 0}, {}),
    "show_convergence": Case(ct.plot.show_convergence, {"results": {"a": ct.sart(PROJECTOR, SINOGRAM, 1)}}, {}),
    "show_geometry": Case(ct.plot.show_geometry, {"geometry": PARALLEL, "shape": (8, 8)}, {}),
    "shepp_logan": Case(ct.shepp_logan, {"shape": (8, 8)}, {}),
    "shepp_logan_ellipses": Case(ct.shepp_logan_ellipses, {"ndim": 2}, {}),
    "table": Case(attributes.table, {"tree": MAX_TREE}, {}),
}
FUNCTIONS = {name: function for name, function in public_callables() if name in CALLED}
FITTING = {("callback", "function"), ("callback", "operator"), ("attribute", "operator"), ("projector", "operator")}
FITTING |= {(name, "path") for name in ("path", "flats", "darks")}  # not ours


def refused_things(name: str) -> list[str]:
    """The things that a function refuses, one parameter after the other; each by the name of the parameter."""
    call, given, _ = CALLED[name]
    given = given | {array: values for array, values in ARRAYS.get(name, {}).items() if needed(name, array)}
    refused = []
    for parameter in inspect.signature(FUNCTIONS[name]).parameters:
        for thing, value in THINGS.items():
            if parameter == "self" or (parameter, thing) in FITTING:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    call(**{**given, parameter: value})
            except (TypeError, ValueError, IndexError) as error:
                message = str(error).partition(", got ")[0]
                if not re.search(rf"\b{parameter}\b", message):
                    pytest.fail(f"{name}({parameter}={thing}): {error}")
                refused.append(f"{parameter}={thing}")
            finally:
                pyplot.close("all")
    return refused


def needed(name: str, parameter: str) -> bool:
    return inspect.signature(FUNCTIONS[name]).parameters[parameter].default is inspect.Parameter.empty


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_belongs_elsewhere_is_refused_by_name(name):
    assert len(refused_things(name)) >= 5


def test_every_function_is_tried():
    """But for those of which all arguments are a tree, what the library fills in, and what needs torch."""
    functions = {name for name, function in public_callables() if {*inspect.signature(function).parameters} - {"self"}}
    with_more = {"dynamics_of_minima", "extinction", "increasing", "pruning_scale", "table"}
    of_trees = {*attributes.__all__} - with_more
    filled_in = {"Certificate", "Certificate.energy", "Certificate.verify", "Info", "Lines", "Tree", "Reconstruction"}
    filled_in |= {
        "Hierarchy",
        "RegionGraph",
        "ScaleSpace",
        "TwoPhase",
    }
    assert functions - set(FUNCTIONS) == of_trees | filled_in | {"to_autograd", "dask.Remainders"}

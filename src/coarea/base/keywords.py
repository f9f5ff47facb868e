"""Options that a function does not have, and what their givers may mean."""

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Names of other libraries, and ours; those that a function has are proposed.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "alpha": ("beta", "relaxation", "strength"),
    "area": ("area_threshold",),
    "axis": ("channel_axis",),
    "beta": ("strength",),
    "delta": ("huber_delta",),
    "detector_spacing": ("u",),
    "diameter": ("diameter_threshold",),
    "eps": ("smoothing", "epsilon", "nfa"),
    "epsilon": ("smoothing", "nfa"),
    "filter_name": ("filter",),
    "footprint": ("connectivity",),
    "huber": ("huber_delta",),
    "img": ("image",),
    "iterations": ("n_iter",),
    "lam": ("beta", "strength"),
    "lambda_": ("beta", "strength"),
    "lmbda": ("beta", "strength"),
    "max_iter": ("n_iter",),
    "max_num_iter": ("n_iter",),
    "min_size": ("area_threshold",),
    "lw": ("linewidth",),
    "multichannel": ("channel_axis",),
    "n_detectors": ("detector_shape",),
    "n_iter_max": ("n_iter",),
    "n_jobs": ("workers",),
    "n_segments": ("n", "n_regions"),
    "nodata": ("mask",),
    "num_iter": ("n_iter",),
    "num_threads": ("workers",),
    "num_workers": ("workers",),
    "output_size": ("shape",),
    "parent": ("image", "tree"),
    "pixel_size": ("spacing", "detector_spacing"),
    "relaxation_factor": ("relaxation",),
    "sampling": ("spacing",),
    "selem": ("connectivity",),
    "sigma": ("scale", "noise"),
    "theta": ("angles",),
    "threads": ("workers",),
    "threshold": ("area_threshold", "diameter_threshold"),
    "voxel_size": ("spacing",),
    "weight": ("beta", "weights"),
    "where": ("mask",),
    "window": ("filter",),
}
# What the exact filters do not need.
NEEDLESS = {"max_iter", "max_num_iter", "n_iter", "n_iter_max", "num_iter", "eps", "epsilon", "tol", "tolerance"}


def with_hints(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that is called with an option it does not have say which one may be meant."""
    explained = _explained  # in the closure, see below

    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:  # raised inside, not by the call
                raise
            raise explained(function, error) from None

    # doctest looks for the functions of a module by their globals
    moved = FunctionType(called.__code__, function.__globals__, called.__name__, None, called.__closure__)
    return functools.wraps(function)(moved)


def suggestion(word: str, known: Iterable[object]) -> str:
    """The known word that resembles another one most, as a question; nothing if none does."""
    names = {str(name).lstrip("-"): str(name) for name in known}
    near = difflib.get_close_matches(word.lstrip("-").lower(), names, n=1) if not word.isdecimal() else []
    return f" (did you mean {names[near[0]]}?)" if near else ""


def _explained(function: Callable[..., object], error: TypeError) -> TypeError:
    """The error with a proposal."""
    parameters = inspect.signature(function).parameters
    if "positional argument" in str(error) and "given" in str(error):
        by_name = [name for name, parameter in parameters.items() if parameter.kind is parameter.KEYWORD_ONLY]
        return TypeError(f"{error}: give options by name, {by_name[0]}=..." if by_name else str(error))
    found = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    if not found:
        return error
    wrong, names = found[1], list(parameters)
    alike = [name for name in SYNONYMS.get(wrong.lower(), ()) if name in names]
    alike = alike or difflib.get_close_matches(wrong, names, n=1, cutoff=0.7)
    message = str(error).split(". Did you mean")[0]
    absent = function.__globals__.get("ABSENT", {}).get(wrong)  # a module may say why its functions lack an option
    if absent:
        message += f": {absent}"
    elif alike:
        message += f": did you mean {' or '.join(alike)}?"
    elif wrong == "channel_axis":
        message += ": take the channels one by one, image[..., k]"
        if "tree" in function.__name__:
            message += ", or the tree of all of them, coarea.tree_of_shapes(image, channel_axis=-1)"
    elif wrong in NEEDLESS and "beta" in names:
        message += ": it does not iterate to a tolerance, the result is exact"
    return TypeError(message)

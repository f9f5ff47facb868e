"""What is taken for an array: every array of every public function, as people bring it.

An array that is new must be entered in the table of `calls`.
"""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import sparse

import coarea
from calls import ARRAY_CALLS, ARRAYS, IMAGE, MAX_TREE
from fingerprints import fingerprint
from public import public_callables

HONOURED = {("minimize_tv_graph", "values")}
HONOURED |= {
    (name, "image")
    for name in ("denoise_tv_l1", "denoise_tv_l2", "scale_space", "beta_for_regions", "beta_for_residual", "two_phase")
}

each_array = pytest.mark.parametrize(
    ("name", "array"), [(name, array) for name, arrays in ARRAYS.items() for array in arrays]
)


def called(name: str, array: str, values: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fingerprint(ARRAY_CALLS[name].call(**{**ARRAY_CALLS[name].given, array: values}))


def test_the_table_holds_all_arrays_of_all_public_functions() -> None:
    found = {
        (name, parameter.name)
        for name, function in public_callables()
        for parameter in inspect.signature(function).parameters.values()
        if "ArrayLike" in str(parameter.annotation).replace("Sequence[ArrayLike]", "")
        or "_SupportsArray" in str(parameter.annotation)
    }
    assert found == {(name, array) for name, arrays in ARRAYS.items() for array in arrays}


@each_array
def test_arrays_come_in_many_ways(name: str, array: str) -> None:
    values = ARRAYS[name][array]
    expected = called(name, array, values)
    read_only = values.copy()
    read_only.flags.writeable = False
    spread = np.repeat(values, 2, axis=-1)[..., ::2]
    same_values = [read_only, spread, np.asfortranarray(values), np.ma.array(values)]
    if array != "value":  # the result is of its dtype
        same_values.append(values.astype(values.dtype.newbyteorder()))
    for same in same_values:
        assert called(name, array, same) == expected
    unhidden = np.ma.array(values, mask=np.zeros(values.shape, bool))
    assert called(name, array, unhidden) == expected


@each_array
def test_masks_are_honoured_or_refused_by_name(name: str, array: str) -> None:
    values = ARRAYS[name][array]
    mask = np.zeros(values.shape, bool)
    mask.flat[-1] = True
    masked = np.ma.array(values, mask=mask)
    for given in (masked, list(masked)) if values.ndim > 1 else (masked,):
        if (name, array) in HONOURED:
            called(name, array, given)
        else:
            with pytest.raises(ValueError, match=rf"^{array} must not be masked here: fill it first, {array}.filled"):
                called(name, array, given)


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "text": ("photo.png", TypeError, "must be an array, got 'photo.png': .* read it first, .*imread"),
    "path": (Path("photo.png"), TypeError, "must be an array, .* read it first"),
    "tree": (MAX_TREE, TypeError, r"must be an array, got a tree: tree.reconstruct\(\)"),
    "ragged": ([[1, 2], [3]], ValueError, "must be an array, got sequences of unequal lengths"),
    "sparse": (sparse.csr_matrix(np.eye(3)), TypeError, r"must be an array, got csr_matrix: give \w+.toarray\(\)"),
    "complex": (np.ones((2, 2), complex), TypeError, "must (have a real dtype|be boolean), got complex128: "),
    "object": (np.ones((2, 2), object), TypeError, "must (have a real dtype|be boolean), got object: "),
    "date": (np.ones((2, 2), "M8[s]"), TypeError, r"must (have a real dtype|be boolean), got datetime64\[s\]: "),
    "time": (np.ones((2, 2), "m8[s]"), TypeError, r"must (have a real dtype|be boolean), got timedelta64\[s\]: "),
    "texts": (np.array([["1", "2"]]), TypeError, "must (have a real dtype|be boolean), got <U1"),
    "fields": (np.ones((2, 2), "f4,f4"), TypeError, "must (have a real dtype|be boolean), got .*: "),
}
FILTERS_OF_TREES = ("area_closing", "area_opening", "diameter_closing", "diameter_opening", "grain_filter")
FILTERS_OF_TREES += ("denoise_tv_l1", "denoise_tv_l2", "scale_space", "beta_for_regions", "beta_for_residual")
FILTERS_OF_TREES += ("attribute_profile", "edge_strength", "pattern_spectrum", "ultimate_opening")
ANY_DTYPE = {("Tree.reconstruct", "value")}


def is_wrong(name: str, array: str, kind: str) -> bool:
    """Whether such a thing is none of the function's."""
    taken = (name in FILTERS_OF_TREES and array == "image" and kind == "tree") or (
        (name, array) in ANY_DTYPE and isinstance(WRONG[kind][0], np.ndarray)
    )
    return not taken


@pytest.mark.parametrize(
    ("name", "array", "kind"),
    [
        (name, array, kind)
        for name, arrays in ARRAYS.items()
        for array in arrays
        for kind in WRONG
        if is_wrong(name, array, kind)
    ],
)
def test_what_is_no_array_is_refused_with_the_remedy(name: str, array: str, kind: str) -> None:
    wrong, error, remedy = WRONG[kind]
    with pytest.raises(error, match=f"^{array} {remedy}"):
        called(name, array, wrong)


def test_indices_of_a_palette_are_no_grey_values() -> None:
    picture = Image.fromarray(IMAGE)
    assert np.array_equal(coarea.max_tree(picture).reconstruct(), IMAGE)
    for denoise in (coarea.max_tree, lambda image: coarea.denoise_tv_l1(image, 1)):
        with pytest.raises(TypeError, match=r"image must be an array, got a picture of palette indices: give"):
            denoise(picture.convert("P"))


def test_none_is_an_image_that_was_not_found() -> None:
    for function in (coarea.max_tree, coarea.tv_norm, lambda image: coarea.denoise_tv_l1(image, 1)):
        with pytest.raises(TypeError, match=r"^image is None: was the file found\?"):
            function(None)

"""Every number that a public function takes, in every type that numbers come in, and what is no number.

A function or a number that is new must be entered in the table.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from calls import CASES, COLORS
from fingerprints import fingerprint
from public import public_callables

RESULTS = (
    "Certificate",
    "Hierarchy",
    "Info",
    "Lines",
    "RegionGraph",
    "Tree",
    "TwoPhase",
)  # classes that the library fills in
UNBOUNDED = {"lower", "upper", "max_tv_ratio", "stop_cosine"}  # may be infinite
ANY_INFINITY = {("add_poisson_noise", "rng")}  # a seed, numpy's


def numbers_of(name: str, function: Callable[..., object]) -> Iterator[str]:
    """The parameters whose annotation says that they are numbers, or hold some."""
    for parameter in inspect.signature(function).parameters.values():
        if re.search(r"\b(int|float|Border)\b", str(parameter.annotation)) and name not in RESULTS:
            yield parameter.name


def test_the_table_holds_all_numbers_of_all_public_functions() -> None:
    found = {(name, number) for name, function in public_callables() for number in numbers_of(name, function)}
    entered = {(name.split(" ")[0], number) for name, case in CASES.items() for number in case.numbers}
    assert found - ANY_INFINITY == entered


def each_number() -> pytest.MarkDecorator:
    numbers = [(name, number) for name, case in CASES.items() for number in case.numbers]
    return pytest.mark.parametrize(("name", "number"), numbers)


def called(name: str, number: str, value: Any) -> Any:
    case = CASES[name]
    given = {**case.given, number: value}
    if number == "channel_axis":
        given["image" if "image" in given else "guide"] = COLORS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fingerprint(case.call(**given))


def spelled(value: Any, number: str) -> Iterator[Any]:
    """A number, or the numbers of a sequence, in the types of numpy; exact in all of them."""
    if isinstance(value, tuple):
        kinds = [np.float16, np.float32, np.longdouble] + [np.int8, np.uint16] * all(v == int(v) for v in value)
        for kind in kinds:
            yield tuple(kind(v) for v in value)
            yield np.array(value, kind)
        return
    if number != "channel_axis":
        for kind in (np.float16, np.float32, np.float64, np.longdouble):
            yield kind(value)
            yield np.array(value, kind)
    if value == int(value):
        for kind in (np.int8, np.int16, np.int64) + (np.uint8, np.uint64) * (value >= 0):
            yield kind(value)
            yield np.array(value, kind)


@each_number()
def test_numbers_of_every_type_are_taken(name: str, number: str) -> None:
    value = CASES[name].numbers[number]
    expected = called(name, number, value)
    for same in spelled(value, number):
        assert called(name, number, same) == expected, repr(same)


@each_number()
def test_what_is_no_number_is_refused_by_name(name: str, number: str) -> None:
    value = CASES[name].numbers[number]
    no_numbers = [np.nan, "2", 2j, np.float32(np.nan), np.float16(np.nan), np.array(np.nan)]
    if number not in UNBOUNDED:
        no_numbers += [np.inf, -np.inf, np.float32(np.inf), np.longdouble(np.inf), np.array(-np.inf)]
    if not isinstance(value, tuple):
        no_numbers += [np.ma.masked, [value, value, value, value]]
    if number != "border":  # a value of a binary image is True
        no_numbers += [True, np.True_]
    if number == "channel_axis":
        no_numbers += [1.0, np.float32(1)]
    no_numbers += [10**400, np.datetime64("2000"), object()]
    for wrong in no_numbers:
        given = (*value[:-1], wrong) if isinstance(value, tuple) else wrong
        with pytest.raises((ValueError, TypeError), match=rf"^{number} (must|may)"):
            called(name, number, given)

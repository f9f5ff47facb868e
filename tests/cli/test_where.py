"""Conditions on the nodes of a tree: what they mean, and all that they must not be."""

import numpy as np
import pytest

from coarea.cli.parser import UsageError
from coarea.cli.where import Condition

VALUES = {"area": np.array([1, 500, 2**31 - 1], np.int32), "height": np.array([0.0, 2.0, 1.0])}


def refuse(message: str) -> None:
    raise UsageError(message)


def evaluate(text: str) -> list[bool]:
    return np.broadcast_to(Condition(text, VALUES, refuse)(VALUES.__getitem__), 3).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("area > 100", [False, True, True]),
        ("area>=500 and height<2", [False, False, True]),
        ("area < 2 or height == 2.", [True, True, False]),
        ("not area > 100", [True, False, False]),
        ("1 < area <= 500", [False, True, False]),
        ("area * area > 300000", [False, False, True]),  # 500 ** 2 is less, and int32 would wrap
        ("area + 1 > 501", [False, False, True]),
        ("height / area > 0.001", [False, True, False]),
        ("height - area > -2", [True, False, False]),
        ("area / height > 300", [True, False, True]),  # 1 / 0 is infinite
        ("0 / height != 0", [True, False, False]),  # 0 / 0 is NaN
        ("(area > 1 or height > 1) and not (height > 1.5)", [False, False, True]),
        ("+area > 1 and -height < -1", [False, True, False]),
        ("1 < 2", [True, True, True]),
        ("area < 1" + "0" * 400, [True, True, True]),
        (" area > 100 ", [False, True, True]),
    ],
)
def test_meaning(text, expected):
    assert evaluate(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("aera > 5", "unknown attribute 'aera' (did you mean area?); known are area, height"),
        ("area > 5 and __import__", "unknown attribute '__import__'"),
        ("polarity == sup", "unknown attribute 'polarity'"),
        (
            "height > inf",
            "unknown attribute 'inf' (bright shapes, sup, are polarity > 0, dark ones, inf, polarity < 0)",
        ),
        ("area", "'area' is a number where a condition is due"),
        ("area and height", "'area' is a number where a condition is due"),
        ("not area", "'area' is a number where a condition is due"),
        ("(area > 1) > 0", "'area > 1' is a condition where a number is due"),
        ("-(area > 1) > 0", "'area > 1' is a condition where a number is due"),
        ("area > 1 > (height > 2)", "'height > 2' is a condition where a number is due"),
        ("area > 'a'", "\"'a'\" is not allowed"),
        ("area > True", "'True' is not allowed"),
        ("area > 1j", "'1j' is not allowed"),
        ("area ** 99999999 > 1", "'area ** 99999999' is not allowed"),
        ("area % 2 > 1", "is not allowed"),
        ("area is 2", "is not allowed"),
        ("area in [1]", "is not allowed"),
        ("area.real > 1", "'area.real' is not allowed"),
        ("abs(area) > 1", "'abs(area)' is not allowed"),
        ("__import__('os').system('true') > 1", "is not allowed"),
        ("(lambda: 1)() > 0", "is not allowed"),
        ("[area][0] > 1", "is not allowed"),
        ("area > 1 if area else 2", "is not allowed"),
        ("(a := 3) > 1", "is not allowed"),
        ("area > 1; area", "cannot be read"),
        ("area = 1", "use 'and', 'or', 'not', '=='"),
        ("area > 1 && height > 2", "use 'and', 'or', 'not', '=='"),
        ("area > 1 & height > 2", "'1 & height' is not allowed"),
        ("", "cannot be read"),
        ("area >", "cannot be read"),
        ("area > 1\0", "cannot be read"),
        ("(" * 5000 + "area" + ")" * 5000 + " > 1", "--where"),
        ("not " * 3000 + "area > 1", "nested too deeply"),
    ],
)
def test_refusals(text, reason):
    with pytest.raises(UsageError) as refusal:
        evaluate(text)
    assert reason in str(refusal.value)

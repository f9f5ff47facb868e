"""Conditions on the nodes of a tree, as people type them: ``area > 500 and compactness > 0.4``.

The text is parsed by :mod:`ast` and walked here, never run: names of attributes, numbers, comparisons, ``and``, ``or``,
``not`` and the four operations are all there is.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from coarea.base.keywords import suggestion

Lookup = Callable[[str], Any]

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: np.logical_not,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
POLARITIES = ("sup", "inf", "upper", "lower", "bright", "dark")
RULE = "it takes names of attributes, numbers, comparisons, and, or, not, + - * / and brackets"


class Condition:
    """A condition that holds or not at each node.

    Parameters
    ----------
    text : str
    known : iterable of str
        The names that it may use.
    refuse : callable
        Called with what is wrong with the text; it must not return.
    """

    def __init__(self, text: str, known: Iterable[str], refuse: Callable[[str], NoReturn]) -> None:
        self.text = text.strip()
        self._known = sorted(known)
        self._refuse = refuse
        try:
            self._root = ast.parse(self.text, mode="eval").body
            self._expect("condition", self._root)
        except (RecursionError, MemoryError):
            self._refuse("--where is nested too deeply")
        except (SyntaxError, ValueError):
            hint = "; use 'and', 'or', 'not', '=='" if any(sign in text for sign in "&|!=~") else ""
            self._refuse(f"--where cannot be read: {text!r}{hint}; {RULE}")

    def __call__(self, lookup: Lookup) -> Any:
        """Evaluate with what `lookup` gives for each name: numbers, or arrays of equal shape."""
        return _evaluate(self._root, lookup)

    def least(self) -> tuple[str, float] | None:
        """The attribute and the number, if the condition is no more than that it is at least a finite number."""
        match self._root:
            case ast.Compare(left=ast.Name(id=name), ops=[ast.GtE() | ast.Gt() as sign], comparators=[number]):
                pass
            case ast.Compare(left=number, ops=[ast.LtE() | ast.Lt() as sign], comparators=[ast.Name(id=name)]):
                pass
            case _:
                return None
        if not isinstance(number, ast.Constant):
            return None
        least = float(_evaluate(number, lambda _: None))
        if isinstance(sign, ast.Gt | ast.Lt):
            least = math.nextafter(least, math.inf)
        return (name, least) if math.isfinite(least) else None

    def _expect(self, kind: str, node: ast.expr) -> None:
        """Refuse what is not allowed, and a number where a condition is due or the reverse."""
        found, parts, wanted = self._kind(node)
        if found != kind:
            part = ast.get_source_segment(self.text, node)
            self._refuse(f"--where: {part!r} is a {found} where a {kind} is due, as in 'area > 500'")
        for operand in parts:
            self._expect(wanted, operand)

    def _kind(self, node: ast.expr) -> tuple[str, Sequence[ast.expr], str]:
        """What an expression is, its parts, and what they must be."""
        kind: tuple[str, Sequence[ast.expr], str]
        match node:
            case ast.BoolOp(values=parts):
                kind = "condition", parts, "condition"
            case ast.UnaryOp(op=ast.Not(), operand=part):
                kind = "condition", [part], "condition"
            case ast.Compare(left=left, ops=signs, comparators=others) if all(
                type(one) in COMPARISONS for one in signs
            ):
                kind = "condition", [left, *others], "number"
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=part):
                kind = "number", [part], "number"
            case ast.BinOp(left=left, op=operation, right=right) if type(operation) in OPERATIONS:
                kind = "number", [left, right], "number"
            case ast.Name(id=name) if name in self._known:
                kind = "number", [], ""
            case ast.Constant(value=number) if type(number) in (int, float):
                kind = "number", [], ""
            case ast.Name(id=name):
                near = suggestion(name, self._known)
                if name.lower() in POLARITIES:
                    near = " (bright shapes, sup, are polarity > 0, dark ones, inf, polarity < 0)"
                self._refuse(f"--where: unknown attribute {name!r}{near}; known are {', '.join(self._known)}")
            case _:
                self._refuse(f"--where: {ast.get_source_segment(self.text, node)!r} is not allowed; {RULE}")
        return kind


def _evaluate(node: ast.expr, lookup: Lookup) -> Any:
    result: Any
    match node:
        case ast.BoolOp(op=join, values=parts):
            reduce = np.logical_and.reduce if isinstance(join, ast.And) else np.logical_or.reduce
            result = reduce(np.broadcast_arrays(*[_evaluate(part, lookup) for part in parts]))
        case ast.UnaryOp(op=sign, operand=part):
            result = SIGNS[type(sign)](_evaluate(part, lookup))
        case ast.Compare(left=left, ops=signs, comparators=others):
            values = [_evaluate(part, lookup) for part in (left, *others)]
            tests = [COMPARISONS[type(one)] for one in signs]
            holds = [test(*pair) for test, *pair in zip(tests, values, values[1:], strict=False)]
            result = np.logical_and.reduce(np.broadcast_arrays(*holds))
        case ast.BinOp(left=left, op=operation, right=right):
            with np.errstate(all="ignore"):  # infinity and NaN can be compared
                result = OPERATIONS[type(operation)](_evaluate(left, lookup), _evaluate(right, lookup))
        case ast.Name(id=name):
            result = np.asarray(lookup(name), np.float64)
        case ast.Constant(value=number):
            result = np.float64(str(number))  # of an integer too large for a float: infinity
        case _:
            raise AssertionError(ast.dump(node))
    return result

"""Conditions on the nodes of a tree, as people type them: ``area > 500 and compactness > 0.4``.

The text is parsed by :mod:`ast` and walked here, never run: names of attributes, numbers, comparisons, ``and``, ``or``,
``not`` and the four operations are all there is.
"""

import ast
import operator
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from coarea.cli.parser import suggestion

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

    def _expect(self, kind: str, node: ast.expr) -> None:
        """Refuse what is not allowed, and a number where a condition is due or the reverse."""
        found, parts, wanted = self._kind(node)
        if found != kind:
            part = ast.get_source_segment(self.text, node)
            self._refuse(f"--where: {part!r} is a {found} where a {kind} is due, as in 'area > 500'")
        for part in parts:
            self._expect(wanted, part)

    def _kind(self, node: ast.expr) -> tuple[str, list[ast.expr], str]:
        """What an expression is, its parts, and what they must be."""
        match node:
            case ast.BoolOp():
                return "condition", node.values, "condition"
            case ast.UnaryOp(op=ast.Not()):
                return "condition", [node.operand], "condition"
            case ast.Compare() if all(type(op) in COMPARISONS for op in node.ops):
                return "condition", [node.left, *node.comparators], "number"
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return "number", [node.operand], "number"
            case ast.BinOp() if type(node.op) in OPERATIONS:
                return "number", [node.left, node.right], "number"
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                return "number", [], ""
            case ast.Name():
                if node.id not in self._known:
                    near = suggestion(node.id, self._known)
                    self._refuse(f"--where: unknown attribute {node.id!r}{near}; known: {', '.join(self._known)}")
                return "number", [], ""
        self._refuse(f"--where: {ast.get_source_segment(self.text, node)!r} is not allowed; {RULE}")


def _evaluate(node: ast.expr, lookup: Lookup) -> Any:
    match node:
        case ast.BoolOp():
            join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return join.reduce(np.broadcast_arrays(*[_evaluate(part, lookup) for part in node.values]))
        case ast.UnaryOp(op=op):
            value = _evaluate(node.operand, lookup)
            return np.logical_not(value) if isinstance(op, ast.Not) else -value if isinstance(op, ast.USub) else value
        case ast.Compare():
            values = [_evaluate(part, lookup) for part in (node.left, *node.comparators)]
            holds: Any = True
            for op, left, right in zip(node.ops, values, values[1:], strict=False):
                holds = np.logical_and(holds, COMPARISONS[type(op)](left, right))
            return holds
        case ast.BinOp():
            with np.errstate(all="ignore"):  # of infinity and NaN every comparison can be made
                return OPERATIONS[type(node.op)](_evaluate(node.left, lookup), _evaluate(node.right, lookup))
        case ast.Constant():
            return np.float64(str(node.value))  # an integer may be too large for a float: then it is infinite
        case ast.Name():
            return np.asarray(lookup(node.id), np.float64)
    raise AssertionError(ast.dump(node))

"""The functions, classes and methods that the documentation describes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module

ROOMS = ("coarea", "coarea.attributes", "coarea.ct", "coarea.ct.plot", "coarea.plot")


def public_callables() -> Iterator[tuple[str, Callable[..., object]]]:
    """Functions, classes and methods, by name."""
    for room in map(import_module, ROOMS):
        for name in room.__all__:
            member = getattr(room, name)
            if inspect.isclass(member):
                methods = (key for key, value in vars(member).items() if inspect.isfunction(value) and key[0] != "_")
                yield from ((f"{name}.{method}", getattr(member, method)) for method in methods)
            if inspect.isclass(member) or inspect.isfunction(member):
                yield name, member

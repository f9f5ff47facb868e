"""The functions, classes and methods that the documentation describes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module

ROOMS = ("coarea", "coarea.attributes", "coarea.ct", "coarea.ct.plot", "coarea.dask", "coarea.plot")


def public_callables() -> Iterator[tuple[str, Callable[..., object]]]:
    """Functions, classes and methods, by name; "dask." is put before those of dask arrays, which others have."""
    for room in map(import_module, ROOMS):
        for key in room.__all__:
            member = getattr(room, key)
            name = f"dask.{key}" if room.__name__ == "coarea.dask" else key
            if inspect.isclass(member) and issubclass(member, Exception):
                continue
            if inspect.isclass(member):
                methods = (key for key, value in vars(member).items() if inspect.isfunction(value) and key[0] != "_")
                yield from ((f"{name}.{method}", getattr(member, method)) for method in methods)
            if inspect.isclass(member) or inspect.isfunction(member):
                yield name, member

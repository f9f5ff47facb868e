"""Calls of the library: what it refuses is the user's to correct, what it warns of is told in a line."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from coarea import ct
from coarea.base.arrays import Array
from coarea.cli.files import FileError
from coarea.cli.parser import say


@contextmanager
def told() -> Iterator[None]:
    """Warnings of the library become notes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            for text in dict.fromkeys(str(one.message) for one in caught):
                say("note", text)


def library(function: Callable[..., Any], *arguments: Any, **words: Any) -> Any:
    """The result of a function of the library."""
    with told():
        try:
            return function(*arguments, **words)
        except (TypeError, ValueError) as error:
            raise FileError(str(error)) from error


def iterate(
    name: str, method: Callable[..., ct.Reconstruction], A: Any, data: Array, n_iter: int, **words: Any
) -> ct.Reconstruction:
    """Run a method under a progress bar."""
    with bar(name, "iteration", n_iter) as shown:
        result: ct.Reconstruction = library(method, A, data, n_iter=n_iter, callback=lambda *_: shown.update(), **words)
    return result


def bar(name: str, unit: str, total: int | None = None) -> Any:
    """A progress bar, which is shown on a terminal only."""
    from tqdm import tqdm

    return tqdm(total=total, desc=name, unit=unit, disable=None, leave=False)

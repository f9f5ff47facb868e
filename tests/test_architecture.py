"""What docs/architecture.rst names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/architecture.rst").read_text(encoding="utf-8")
ROW = re.compile(r'^   "[^"]+", "(\w+)(?:: )?([^"]*)", "([^"]*)", "([^"]*)"$', re.MULTILINE)
ROOMS = "base|trees|lines|cuts|variation|attributes|ct|filters|exact|regions|scales|cli"
PATH = re.compile(rf"(?<![\w/.])(?:src|cython_ext|tests|docs|{ROOMS})/[\w/.]*\w")
OF_WHOLE_ROOMS = ("the room", "all rooms")


def exists(folder: str, name: str) -> bool:
    """Whether there is such a folder, or a file of that name with any ending; of modules the page names none."""
    place = ROOT / folder
    return (place / name).exists() or any(place.glob(f"{name}.*"))


def missing(folder: str, cell: str) -> list[str]:
    """The names in a cell of the table that the folder does not hold."""
    names = [name.removesuffix(".pxd") for name in cell.split(", ") if name]
    return [f"{folder}/{name}" for name in names if not exists(folder, name)]


def test_the_table_names_what_exists() -> None:
    rows = ROW.findall(PAGE)
    assert len(rows) == PAGE.partition("The floors\n")[0].count('\n   "') > 25  # that no row was overlooked
    wrong = []
    for room, modules, kernels, tests in rows:
        wrong += missing(f"src/coarea/{room}", modules) + missing(f"cython_ext/{room}", kernels)
        other, _, found = tests.rpartition(": ")
        if not other and not found.startswith("test_"):  # whole rooms
            wrong += [] if found in OF_WHOLE_ROOMS else missing("tests", found)
        else:
            wrong += missing("tests" if other == "the top" else f"tests/{other or room}", found)
    assert wrong == []


def test_the_paths_of_the_page_exist() -> None:
    paths = {Path(path) for path in PATH.findall(PAGE)}
    assert len(paths) > 40
    places = ("", "src/coarea", "cython_ext")
    assert [
        str(path) for path in paths if not any(exists(f"{ROOT / p / path.parent}", path.name) for p in places)
    ] == []

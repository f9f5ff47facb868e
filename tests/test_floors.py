"""The rooms of the library and what each may import; run as a script, the floors and the longest chain of imports."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src"
FLOORS_MAX = 7
LINES_MAX = 350
MODULES_MAX = 14
LENGTHY = {".h", ".pxd", ".py", ".pyx"}

# Which rooms a room imports; what is missing here is a decision to be taken, not a line to be added in passing.
ROOMS = {
    "base": set(),
    "trees": {"base"},
    "lines": {"base", "trees"},
    "cuts": {"base"},
    "variation": {"base"},
    "attributes": {"base", "trees"},
    "ct": {"base", "variation"},
    "plot": {"base", "lines"},
    "filters": {"attributes", "base", "trees"},
    "exact": {"attributes", "base", "cuts", "trees"},
    "dask": {"attributes", "base", "cuts", "exact", "filters", "trees"},
    "regions": {"base", "exact", "scales", "trees"},
    "scales": {"attributes", "base", "cuts", "exact", "lines", "trees"},
    "napari": {"attributes", "base", "exact", "lines", "plot", "scales", "trees"},
    "cli": {"attributes", "base", "ct", "dask", "exact", "filters", "lines", "plot", "regions", "scales", "trees"},
}
# Those of coarea itself.
FACE = {"attributes", "base", "ct", "exact", "filters", "lines", "plot", "regions", "scales", "trees", "variation"}

Graph = Mapping[str, set[str]]


def imported(tree: ast.AST) -> Iterator[str]:
    """Names that the code imports anywhere, as dotted paths; not those for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).removeprefix("typing.") == "TYPE_CHECKING":
            for other in node.orelse:
                yield from imported(ast.Module([other], []))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in line {node.lineno}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imported(node)


@cache
def modules() -> dict[str, Path]:
    """Files of the modules and of the stubs of the kernels, by name."""
    files = (file for kind in ("*.py", "*.pyi") for file in (SOURCE / "coarea").rglob(kind))
    names = {".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): file for file in files}
    return dict(sorted(names.items()))


@cache
def imports() -> Graph:
    """Which of our modules each module imports; "coarea" where a name of the face is taken."""
    graph: dict[str, set[str]] = {}
    for module, file in modules().items():
        names = [name for name in imported(ast.parse(file.read_text())) if name.split(".")[0] == "coarea"]
        graph[module] = {name if name in modules() else name.rpartition(".")[0] or name for name in names}
    return graph


def room_of(module: str) -> str:
    return module.split(".")[1]


def room_imports() -> Graph:
    """Which rooms each room imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, others in imports().items():
        if module not in ("coarea", "coarea.__main__"):
            found[room_of(module)] |= {room_of(other) for other in others if other != "coarea"} - {room_of(module)}
    return found


def longest_chains(graph: Graph) -> dict[str, list[str]]:
    """For each node the longest path that starts there; refuses circles."""
    chains: dict[str, list[str]] = {}

    def walk(node: str, path: tuple[str, ...]) -> list[str]:
        if node in path:
            raise ValueError("a circle: " + " -> ".join([*path[path.index(node) :], node]))
        if node not in chains:
            ways = [walk(other, (*path, node)) for other in sorted(graph.get(node, ())) if other != node]
            chains[node] = [node, *max(ways, key=len, default=[])]
        return chains[node]

    for node in sorted(graph):
        walk(node, ())
    return chains


def floors(graph: Graph) -> dict[str, int]:
    """One more than the highest floor of what a room imports."""
    return {room: len(chain) for room, chain in longest_chains(graph).items()}


def test_rooms_import_what_the_table_allows() -> None:
    found = room_imports()
    assert sorted(found) == sorted(ROOMS)
    excess = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in sorted(others)
        if "coarea" not in (module, other) and module != "coarea.__main__"
        and room_of(other) not in {room_of(module), *ROOMS[room_of(module)]}
    ]  # fmt: skip
    assert excess == []
    unused = {room: sorted(ROOMS[room] - found[room]) for room in ROOMS if ROOMS[room] - found[room]}
    assert unused == {}, "the table allows more than there is"


def test_the_face_imports_rooms_only() -> None:
    assert {room_of(module) for module in imports()["coarea"]} <= FACE
    assert imports()["coarea.__main__"] == {"coarea.cli.main"}


def test_nothing_inside_imports_the_face() -> None:
    assert [module for module, others in imports().items() if "coarea" in others] == []


def test_no_circles_and_few_floors() -> None:
    longest_chains({module: others - {"coarea"} for module, others in imports().items()})
    assert max(floors(room_imports()).values()) <= FLOORS_MAX
    assert max(floors(ROOMS).values()) <= FLOORS_MAX


def test_imports_are_found_wherever_they_are() -> None:
    code = """
import a, b.c as d
from e import f
if TYPE_CHECKING:
    from g import h
else:
    import i
def j():
    from k import l
    try:
        import m
    finally:
        pass
class n:
    import o
"""
    assert list(imported(ast.parse(code))) == ["a", "b.c", "e.f", "i", "k.l", "m", "o"]
    with pytest.raises(AssertionError, match="relative import in line 1"):
        list(imported(ast.parse("from . import a")))


def test_circles_are_found() -> None:
    with pytest.raises(ValueError, match="a circle: b -> c -> b"):
        longest_chains({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    assert floors({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {"a": 3, "b": 2, "c": 1}


def lengthy_files() -> list[Path]:
    folders = ("cython_ext", "src", "tests")
    files = [file for folder in folders for file in (REPOSITORY / folder).rglob("*") if file.suffix in LENGTHY]
    assert len(files) > len(modules())  # that the folders were found
    return files


def test_files_are_short() -> None:
    lengths = {str(file.relative_to(REPOSITORY)): len(file.read_text().splitlines()) for file in lengthy_files()}
    assert {file: length for file, length in lengths.items() if length > LINES_MAX} == {}


def test_folders_are_small() -> None:
    numbers: dict[str, int] = defaultdict(int)
    for file in lengthy_files():  # without the stubs of kernels
        numbers[str(file.parent)] += file.name not in ("__init__.py", "__main__.py") and file.suffix != ".h"
    assert {folder: number for folder, number in numbers.items() if number > MODULES_MAX} == {}


def test_all_packages_are_installed() -> None:
    """Setuptools is given their names, so that the kernels' folder is none of them."""
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert declared == sorted(".".join(file.parent.relative_to(SOURCE).parts) for file in SOURCE.rglob("__init__.py"))


def main() -> None:
    """Print the floors and the longest chain."""
    floor_of = floors(room_imports())
    for floor in range(1, max(floor_of.values()) + 1):
        print(f"floor {floor}:", ", ".join(sorted(room for room in floor_of if floor_of[room] == floor)))
    chain = max(longest_chains(imports()).values(), key=len)
    print(f"longest chain of imports, {len(chain)} modules:")
    print("  " + "\n  ".join(chain))


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:
        raise SystemExit(str(error)) from None

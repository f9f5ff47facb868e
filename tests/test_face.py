"""What `import coarea` gives, and what it does not load."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.metadata import version
from types import ModuleType

import pytest

import coarea

HEAVY = (  # each takes as long to import as the library itself, or nearly so
    "PIL", "concurrent.futures", "dask", "h5py", "imageio", "importlib.metadata", "matplotlib", "maxflow",
    "multiprocessing", "scipy", "skimage", "tifffile", "tqdm",
)  # fmt: skip
ON_FIRST_USE = ("coarea.cli", "coarea.ct", "coarea.dask", "coarea.plot")


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after the code."""
    code += "\nimport sys; print('\\nloaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("\nloaded ")[2].split())


def test_the_import_loads_neither_heavy_packages_nor_rooms_for_few() -> None:
    before = loaded_by("import numpy")  # and what a tool in the environment may load at every start
    after = loaded_by("import coarea")
    assert "coarea.exact.denoise" in after
    assert sorted((after - before).intersection(HEAVY + ON_FIRST_USE)) == []


def test_the_command_line_tells_its_version_without_image_packages() -> None:
    code = "from coarea.cli.main import main\ntry: main(['--version'])\nexcept SystemExit: pass"
    after = loaded_by(code)
    assert "coarea.cli.main" in after
    assert sorted(after.intersection({"PIL", "imageio", "matplotlib", "skimage", "tifffile", "tqdm"})) == []


@pytest.mark.parametrize("room", ["ct", "plot"])
@pytest.mark.parametrize(
    "code",
    [
        "from coarea import {}",
        "import coarea.{}",
        "import coarea; coarea.{}",
        "from coarea import *; {}.__all__",
        "import coarea, rlcompleter; c = rlcompleter.Completer(vars()); assert c.complete('coarea.{}', 0)",
    ],
)
def test_rooms_come_on_first_use(room: str, code: str) -> None:
    assert f"coarea.{room}" in loaded_by(code.format(room))


def test_the_names_are_listed_once_and_in_order() -> None:
    assert dir(coarea) == coarea.__all__ == sorted(set(coarea.__all__))
    assert all(hasattr(coarea, name) for name in coarea.__all__)
    assert isinstance(coarea.ct, ModuleType)
    assert coarea.__version__ == version("coarea")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'coarea' has no attribute 'sort'"):
        _ = coarea.sort


@pytest.mark.parametrize("name", [name for name in coarea.__all__ if name not in ("attributes", "ct", "plot")])
def test_public_names_can_be_pickled(name: str) -> None:
    assert pickle.loads(pickle.dumps(getattr(coarea, name))) is getattr(coarea, name)

"""Stores that are written whole or not at all: what was there stays until then, and is put back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask")
pytest.importorskip("distributed")
pytest.importorskip("zarr")

import zarr

import coarea
from coarea.cli.chunks import storing
from coarea.cli.files import FileError
from coarea.cli.main import main
from terminal import PHOTO, contents, fail_with

pytestmark = pytest.mark.usefixtures("photo_folder")


@pytest.fixture(autouse=True)
def _looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "TOLD", 0.01)


def save(name: str, image: np.ndarray, **words: Any) -> None:
    zarr.create_array(name, shape=image.shape, chunks=(16, 16), dtype=image.dtype, **words)[...] = image


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ((storing.time, "sleep", fail_with(KeyboardInterrupt())), 130),  # in the loop that waits
        ((zarr.Array, "__setitem__", fail_with(OSError(28, "No space left on device"))), 1),
        ((Path, "rename", fail_with(PermissionError(13, "Permission denied"))), 1),
    ],
)
def test_what_is_interrupted_leaves_what_was_there(
    failure: Any, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save("in.zarr", PHOTO)
    save("out.zarr", PHOTO)
    before = contents()
    monkeypatch.setattr(*failure)
    assert main(["filter", "in.zarr", "-o", "out.zarr", "--overwrite", "--quiet", "--beta", "1"]) == code
    assert code == 130 or "coarea: error: cannot write out.zarr: " in capsys.readouterr().err
    assert contents() == before


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (OSError(5, "Input/output error"), 1)])
def test_what_was_there_is_put_back(error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new store cannot come to its place, or Ctrl-C comes before it does; if that fails too, it stays."""
    save("in.zarr", PHOTO)
    save("out.zarr", PHOTO)
    before = contents()
    rename, put_back = Path.rename, True

    def fail(self: Path, target: Path) -> Path:
        if self.name == "new.zarr" or (self.name == "old.zarr" and not put_back):
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    words = ["filter", "in.zarr", "-o", "out.zarr", "--overwrite", "--quiet", "--beta", "1"]
    assert main(words) == code
    assert contents() == before
    put_back = False
    assert main(words) == code
    (old,) = Path().glob(".coarea-*/old.zarr")
    assert np.array_equal(zarr.open(str(old), mode="r")[...], PHOTO)


def test_chunks_are_not_written_where_the_store_is_gone() -> None:
    """As threads that still work after Ctrl-C would."""
    with pytest.raises(FileError, match=r"cannot write out\.zarr: "):
        storing.Chunks("gone.zarr", Path("out.zarr"))[0:2, 0:2] = np.zeros((2, 2))
    assert not Path("gone.zarr").exists()


def test_a_store_is_replaced_only_if_wanted() -> None:
    save("in.zarr", PHOTO)
    save("out.zarr", PHOTO[:9], attributes={"old": 1})
    assert main(["filter", "in.zarr", "-o", "out.zarr", "--overwrite", "--quiet", "--beta", "1"]) == 0
    out = zarr.open("out.zarr", mode="r")
    assert dict(out.attrs) == {}
    assert np.array_equal(out[...], coarea.denoise_tv_l1(PHOTO, 1))

"""Workers that are processes of their own: with little memory, killed in mid-run; images larger than all of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
zarr = pytest.importorskip("zarr")

import coarea  # noqa: E402
import coarea.dask as chunked  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]
PAGE = Path(__file__).parents[2] / "docs/recipes/large_images.rst"
MEGABYTE = 10**6
WHOLE = """
import resource, sys, numpy, zarr, coarea
image = zarr.open_array("in.zarr", mode="r")[...]
numpy.save("expected.npy", coarea.denoise_tv_l1(image, 1, workers=1))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@contextmanager
def two_processes(limit: int, folder: Path) -> Iterator[Any]:
    """A client of two workers that are killed if they exceed `limit` bytes, and print nothing."""
    settings = {"distributed.scheduler.allowed-failures": 5, "distributed.admin.system-monitor.disk": False}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit=limit, dashboard_address=None,
            local_directory=str(folder), silence_logs="CRITICAL", scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        ) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        yield client


def make(name: str, shape: tuple[int, int], chunk: int, dtype: str) -> Any:
    return zarr.create_array(name, shape=shape, chunks=(chunk, chunk), dtype=dtype, compressors=None)


def test_a_worker_that_is_killed_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers, each with less memory than the filter needs in memory."""
    monkeypatch.chdir(tmp_path)
    photograph = np.pad(data.camera(), 256, mode="symmetric")
    image = make("in.zarr", (4096, 4096), 1024, "u1")
    for row in range(4):
        for column in range(4):
            tile = np.roll(photograph, (70 * row, 90 * column), (0, 1))
            image[row * 1024 : row * 1024 + 1024, column * 1024 : column * 1024 + 1024] = tile
    told = subprocess.run([sys.executable, "-c", WHOLE], stdout=subprocess.PIPE, check=True, text=True)
    limit = 400 * MEGABYTE
    assert int(told.stdout) > limit
    result = make("out.zarr", (4096, 4096), 1024, "u1")
    lazy, info = chunked.denoise_tv_l1(da.from_zarr("in.zarr"), 1, return_info=True)
    with two_processes(limit, tmp_path) as client:
        before = client.run(os.getpid)
        futures = client.compute([lazy.store(result, compute=False, lock=False), info.undecided])
        busy = next(iter(before))
        while sum("solved" in str(key) or "marks" in str(key) for key in client.has_what()[busy]) < 2:
            time.sleep(0.02)
        assert not any(future.done() for future in futures)
        os.kill(before[busy], signal.SIGKILL)
        _, undecided = client.gather(futures)
        after = client.run(os.getpid)
    assert len(set(after.values()) - set(before.values())) == 1  # the one that was started instead
    assert undecided.shape == (4, 4)
    assert np.array_equal(zarr.open_array("out.zarr", mode="r")[...], np.load("expected.npy"))


def test_an_image_larger_than_all_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two strips in turn, so that the result of a few of them is that of all."""
    monkeypatch.chdir(tmp_path)
    chunk, n, limit = 540, 14, 225 * MEGABYTE
    strips = np.full((2, chunk, n * chunk), 0.5)
    rng = np.random.default_rng(0)
    at = rng.integers(0, strips.size, strips.size // 50)
    strips.flat[at] += rng.random(len(at))
    image = make("in.zarr", (n * chunk, n * chunk), chunk, "f8")
    for k in range(n):
        image[k * chunk : (k + 1) * chunk] = strips[k % 2]
    assert image.nbytes > 2 * limit
    out = make("out.zarr", image.shape, chunk, "f8")
    with two_processes(limit, tmp_path) as client:
        pids = client.run(os.getpid)
        lazy = chunked.area_opening(da.from_zarr("in.zarr"), 3)
        client.compute(lazy.store(out, compute=False, lock=False)).result()
        assert client.run(os.getpid) == pids  # none was killed for its memory
    few = coarea.area_opening(np.concatenate([*strips, *strips]), 3).reshape(4, *strips[0].shape)
    for k in range(n):
        expected = few[0 if k == 0 else 3 if k == n - 1 else 1 + (k + 1) % 2]
        assert np.array_equal(out[k * chunk : (k + 1) * chunk], expected)


def test_the_recipe_with_processes_runs(tmp_path: Path) -> None:
    """As a file, of which processes of workers import what is at the top."""
    text = PAGE.read_text(encoding="utf-8")
    (code,) = re.findall(r"   :caption: cluster.py\n\n((?: .*\n|\n)+)", text)
    (tmp_path / "cluster.py").write_text(textwrap.dedent(code))
    image = np.tile(data.camera(), (3, 3))
    zarr.create_array(tmp_path / "huge.zarr", shape=image.shape, chunks=(256, 256), dtype="u1")[...] = image
    told = subprocess.run(
        [sys.executable, "cluster.py"], stdout=subprocess.PIPE, check=True, text=True, cwd=tmp_path
    ).stdout
    assert told == "done\n"
    expected = coarea.denoise_tv_l1(image, 1)
    assert np.array_equal(zarr.open_array(tmp_path / "cluster.zarr", mode="r")[...], expected)

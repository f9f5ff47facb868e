"""Writing all of a Zarr array, chunk by chunk, or nothing."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coarea.base.arrays import Array
from coarea.cli.chunks.image import Chunked, is_store
from coarea.cli.files import FileError

TOLD = 0.2  # seconds between looks at what is done
PENDING = ("waiting", "queued", "no-worker", "processing")


@dataclass(frozen=True)
class Chunks:
    """A place for chunks; there is none once the store is gone, as after Ctrl-C."""

    path: str
    output: Path

    def __setitem__(self, box: Any, chunk: Array) -> None:
        import zarr

        try:
            zarr.open_array(self.path, mode="r+")[box] = chunk
        except OSError as error:
            raise FileError(f"cannot write {self.output}: {error.strerror or error}") from error


def check_store(path: Path, source: Path, *, overwrite: bool) -> None:
    """Refuse, before any computing, a place that is not to be written.

    Raises
    ------
    FileError
        If it is not the name of a store, the input, inside of another store, or exists and may not be replaced.
    """
    target, own, reason = Path(os.path.realpath(path)), Path(os.path.realpath(source)), None
    if path.suffix.lower() != ".zarr":
        reason = "what is filtered in chunks is written to a Zarr array, whose name ends in .zarr"
    elif target == own or own in target.parents or target in own.parents:
        reason = "it is the input"
    elif any(map(is_store, target.parents)):
        reason = "it lies inside of another store: name a place outside of that, -o OUT.zarr"
    elif not target.parent.is_dir():
        reason = "no such folder"
    elif os.path.lexists(target) and not is_store(target):
        reason = "it exists, and is no store of Zarr"
    elif target.exists() and not overwrite:
        reason = "it exists; --overwrite replaces it"
    elif not os.access(target.parent, os.W_OK):
        reason = "no permission"
    if reason is not None:
        raise FileError(f"cannot write {path}: {reason}")


@contextmanager
def whole_store(path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder for a store, which comes to its place if all went well, and one for what does not fit into memory.

    What was there stays until then. Both lie beside the place, hidden, and are removed whatever happens.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".coarea-{os.getpid()}-{threading.get_ident()}.part")
    store, old = beside / "new.zarr", beside / "old.zarr"
    try:
        beside.mkdir()
        yield store, beside / "spilled"
        try:
            if target.exists():
                target.rename(old)
            store.rename(target)
        except BaseException:  # also Ctrl-C between the two
            if old.exists() and not target.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if target.exists() or not old.exists():  # or what was there, and could not be put back, would be lost
            shutil.rmtree(beside, ignore_errors=True)


def created(store: Path, output: Path, image: Chunked, result: Any) -> Chunks:
    """An empty array for the result that will be `output`, with what is kept of the image's store."""
    import zarr

    words = {**image.words, **image.layout(result.chunks)}
    if result.dtype == image.image.pixels.dtype and image.fill_value is not None:
        words["fill_value"] = image.fill_value
    array = store
    if image.group is not None:
        zarr.create_group(str(store), zarr_format=words["zarr_format"], attributes=image.group)
        array = store / "0"
    zarr.create_array(str(array), shape=result.shape, dtype=result.dtype, **words)
    return Chunks(str(array), output)


def compute(lazy: list[Any], *, workers: int, memory: int | None, spilled: Path, quiet: bool) -> list[Any]:
    """Compute by threads of this process under a progress bar; what exceeds the memory goes to the disk and back.

    What chunks have found waits for the merges of all chunks, so that it is as large as the result.
    """
    from distributed import Client, LocalCluster
    from distributed.system import MEMORY_LIMIT
    from tqdm import tqdm

    import dask

    with (
        dask.config.set({"distributed.worker.memory.pause": False}),  # which would wait for ever if all is spilled
        LocalCluster(
            n_workers=1, threads_per_worker=workers, processes=False, memory_limit=memory or MEMORY_LIMIT,
            dashboard_address=None, local_directory=str(spilled), silence_logs="CRITICAL",
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # or it listens to the network, at a port in use
        ) as cluster,
        Client(cluster) as client,
        tqdm(unit="task", disable=True if quiet else None, leave=False) as bar,
    ):  # fmt: skip
        futures = client.compute(lazy)
        while not all(future.done() for future in futures):
            time.sleep(TOLD)
            tasks = list(cluster.scheduler.tasks.values())
            left = sum(task.state in PENDING for task in tasks)
            bar.total = max(bar.total or 0, left)
            bar.n = bar.total - left
            bar.refresh()
        found: list[Any] = client.gather(futures)
    return found

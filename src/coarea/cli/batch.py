"""Work on many files: side by side, under a progress bar, and to the end although some fail."""

import argparse
import json
import math
import os
import queue
import re
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files import (
    FileError,
    ImageFile,
    check_output,
    check_place,
    default_output,
    write_image,
    write_text,
)
from coarea.cli.files.formats import TEXTS, fitting, form_of, format_of, holds
from coarea.cli.inputs import Task, add_inputs, add_output, identity, plan
from coarea.cli.parser import Parser, UsageError, say, workers
from coarea.cli.planes import Source, add_reading_options, read

Fields = dict[str, Any]
AT_WORK = "coarea files"  # the name of threads that may still compute when the program ends
HEADER = ("input", "output", "shape", "axes", "dtype", "done", "seconds", "notes")


@dataclass(frozen=True)
class Job:
    """What is done to each file.

    Attributes
    ----------
    compute : callable
        From an image its result and what is to be told of it, "notes" among it if there are any.
    result : callable, optional
        The dtype and the shape of the result, before it is computed; default: those of the image.
    suffix : str, optional
        The format of the result, or of a picture that it does not hold the next one that does; default: that of the
        image if it can hold the result. The results of formats of text are texts.
    is_labels : bool
        Whether the result has a label for each place: neither the image's channels, nor what is said of its colours.
    overlay : callable, optional
        The picture, with the result drawn over it, that is written where a task wants one; of no result, a blank one.
    writes : bool
        Whether there is a result to be written.
    """

    compute: Callable[[Source], tuple[Any, Fields]]
    result: Callable[[Source], tuple[Any, tuple[int, ...]]] | None = None
    suffix: str | None = None
    is_labels: bool = False
    overlay: Callable[[Source, Array | None], ImageFile] | None = None
    writes: bool = True


@dataclass
class Report:
    """What became of a file: what is told of it, or its error, or the defect of the program that it found.

    `is_usage` tells the errors that are those of an option.
    """

    task: Task
    fields: Fields = field(default_factory=dict)
    error: str = ""
    is_usage: bool = False
    defect: BaseException | None = None


def image_command(
    commands: Any, name: str, about: str, examples: Sequence[str], *, ending: str | None = None
) -> tuple[Parser, Any]:
    """A command that works on images, and the group for its own options; `ending` is that of the names it writes."""
    lines = "\n".join(f"  coarea {name} {example}".rstrip() for example in examples)
    command: Parser = commands.add_parser(
        name, usage="%(prog)s [OPTIONS] [IN ...]", help=about.partition(". ")[0].rstrip("."),
        description=textwrap.fill(about, 79), epilog=f"examples:\n{lines}",
    )  # fmt: skip
    add_inputs(command)
    command.set_defaults(output=None, overwrite=False)
    if ending is not None:
        add_output(command, ending)
    own = command.add_argument_group("what is done")
    add_reading_options(command)
    group = command.add_argument_group("many files")
    about = "how many to work on side by side (default: 1; -1 is one for each processor)"
    group.add_argument("--workers", type=workers, metavar="N", help=about)
    group.add_argument("--quiet", action="store_true", help="print errors only")
    group.add_argument("--json", action="store_true", help="print a JSON object for each file, one a line")
    command.set_defaults(parser=command, ending=ending)
    return command, own


def threads_of(options: argparse.Namespace) -> int | None:
    """How many threads work on one image: all, if images are not worked on side by side."""
    return None if options.workers in (None, 1) else 1


def run_batch(options: argparse.Namespace, job: Job) -> int:
    """Do the job on all files; return the exit code."""
    tasks = plan(options, writes=job.writes, suffix=job.suffix)
    worker = Worker(job, options, tasks)
    reports: Iterator[Report] = map(worker.work, tasks)
    if (options.workers or 1) > 1 and len(tasks) > 1:
        reports = side_by_side(worker, tasks, options.workers)
    try:
        return tell(reports, len(tasks), options)
    except BaseException:
        worker.writing.acquire()  # let the file that is being written be finished, and begin no other
        raise


class Worker:
    """Reads, computes and writes; safe to be used by several threads."""

    def __init__(self, job: Job, options: argparse.Namespace, tasks: Sequence[Task]) -> None:
        self.job, self.options = job, options
        self.inputs = {identity(task.source) for task in tasks if task.source is not None}
        beside = {name: getattr(options, name, None) for name in ("mask", "weights")}
        self.beside = {identity(path): name for name, path in beside.items() if path is not None}
        self.outputs: dict[str, str] = {}
        self.reading = threading.Lock()  # readers silence warnings, which threads share
        self.writing = threading.Lock()  # whoever holds it at the end knows that no file is half written

    def work(self, task: Task) -> Report:
        """Do the job on a file."""
        report = reported(task, self.options, partial(self._read_compute_write, task))
        named = not self.job.writes or self.options.output is not None
        if report.error and not named and task.source and not os.path.lexists(task.source):
            report.error += "; the output is named by -o"
        return report

    def _read_compute_write(self, task: Task) -> Fields:
        with self.reading:
            source = read(task, self.options)
        notes = [] if source.image.note is None else [source.image.note]
        if not self.job.writes:
            fields = self.job.compute(source)[1]
            return source.describe() | fields | {"notes": notes + fields.get("notes", [])}
        image = source.image.without_channels() if self.job.is_labels else source.image
        like: ImageFile | None = image
        dtype, shape = source.image.pixels.dtype, source.image.pixels.shape
        if self.job.result is not None:
            dtype, shape = self.job.result(source)
        stem, _, suffix = default_output(image, dtype, shape).name.rpartition("-filtered")
        if self.job.suffix is not None:  # nothing else of the image is kept
            like = None
            is_text = self.job.suffix in TEXTS
            suffix = self.job.suffix if is_text else fitting(self.job.suffix, form_of(like, dtype, shape))
        output = task.place(stem, suffix)
        may_replace = self._claim(task, output)
        rounded = must_be_rounded(output, source.image, dtype)
        if self.job.suffix in TEXTS:
            if format_of(output) != suffix:
                raise FileError(f"cannot write {output}: it must end in {suffix}; of a folder, {output}{os.sep}")
            check_place(output, source.image, overwrite=may_replace)
        else:
            check_output(output, like, source.image.pixels.dtype if rounded else dtype, shape, overwrite=may_replace)
        overlay = self._place_overlay(task.overlay, stem, source)
        pixels, fields = self.job.compute(source)
        notes += fields.get("notes", [])
        if rounded:
            limits = np.iinfo(source.image.pixels.dtype)
            pixels = np.clip(np.rint(pixels), limits.min, limits.max).astype(limits.dtype)
            notes.append(f"values were rounded to {limits.dtype} for {output}; .tif and .npy hold them as they are")
        picture = None if self.job.overlay is None or overlay is None else self.job.overlay(source, pixels)
        with self.writing:
            if self.job.suffix in TEXTS:
                write_text(output, pixels, source.image, overwrite=may_replace)
            else:
                notes += write_image(output, pixels, like, overwrite=may_replace)
            if picture is not None and overlay is not None:
                notes += write_image(overlay[0], picture.pixels, picture, overwrite=overlay[1])
                fields = {"overlay": str(overlay[0]), **fields}
        return {"output": str(output), **source.describe(), **fields, "notes": notes}

    def _place_overlay(self, picture: Task | None, stem: str, source: Source) -> tuple[Path, bool] | None:
        """Where a picture of the result goes, if one is wanted, and whether it may replace what is there."""
        if picture is None or self.job.overlay is None:
            return None
        blank = self.job.overlay(source, None)
        dtype, shape = blank.pixels.dtype, blank.pixels.shape
        path = picture.place(stem, fitting(".png", form_of(blank, dtype, shape)))
        may_replace = self._claim(picture, path, "overlay")
        check_output(path, blank, dtype, shape, overwrite=may_replace)
        return path, may_replace

    def _claim(self, task: Task, output: Path, what: str = "result") -> bool:
        """Whether the output may be replaced; refuse that of another file of this run."""
        place, claim = os.path.realpath(output), f"the {what} of {task.name}"
        with self.writing:
            other = self.outputs.setdefault(place, claim)
        if other != claim:
            raise FileError(f"cannot write {output}: {other} goes there")
        own = identity(output)
        if own in self.beside:
            raise FileError(f"cannot write {output}: it is the --{self.beside[own]}")
        if own in self.inputs:
            if task.source is None or own != identity(task.source):
                raise FileError(f"cannot write {output}: it is another input, which may not have been read yet")
            if not self.options.overwrite:
                raise FileError(f"cannot write {output}: it is the input; --overwrite replaces it")
        return bool(self.options.overwrite) or task.output is not None


def reported(task: Task, options: argparse.Namespace, work: Callable[[], Fields]) -> Report:
    """What becomes of a file if `work` is done on it; what is wrong with the file is told in the report."""
    started = time.perf_counter()
    try:
        return Report(task, {"input": task.name, **work(), "seconds": round(time.perf_counter() - started, 3)})
    except FileError as error:
        return Report(task, error=str(error))
    except (TypeError, ValueError) as error:  # what the library refuses is the user's to correct
        return _refused(task, options, str(error))
    except MemoryError:
        return Report(task, error="not enough memory")


def _refused(task: Task, options: argparse.Namespace, message: str) -> Report:
    """What the library says of an option, which its first word names, or else of the image."""
    if re.split(r"\W", message, maxsplit=1)[0] in vars(options):
        return Report(task, error=f"{message} (see {options.parser.prog} --help)", is_usage=True)
    for sign, number in (("contains NaN", "nan"), ("contains infinite values", "inf")):
        what, found, _ = message.partition(sign)  # what follows is said to those who call functions
        if found:
            message = f"{what}{sign}; if these pixels hold no data: --nodata {number}"
    return Report(task, error=message)


def must_be_rounded(output: Path, image: ImageFile, dtype: np.dtype[Any]) -> bool:
    """Whether a format holds the integers of an image, but not the real numbers of its result."""
    own, kind = image.pixels.dtype, format_of(output)
    if dtype.kind != "f" or own.kind not in "ui":
        return False
    real, whole = (holds(kind, form_of(image, numbers, image.pixels.shape)) for numbers in (dtype, own))
    return whole and not real


def side_by_side(worker: Worker, tasks: Sequence[Task], n_workers: int) -> Iterator[Report]:
    """Work on several files at once and yield the reports in the order of the files.

    The threads are daemons, so that Ctrl-C need not wait for what they compute.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    finished: queue.SimpleQueue[tuple[int, Report]] = queue.SimpleQueue()
    for k in range(len(tasks)):
        waiting.put(k)

    def work() -> None:
        while True:
            try:
                k = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                finished.put((k, worker.work(tasks[k])))
            except BaseException as defect:
                finished.put((k, Report(tasks[k], defect=defect)))

    for _ in range(min(n_workers, len(tasks))):
        threading.Thread(target=work, daemon=True, name=AT_WORK).start()
    reports: dict[int, Report] = {}
    for k in range(len(tasks)):
        while k not in reports:
            with suppress(queue.Empty):
                number, report = finished.get(timeout=0.2)  # without a time, Windows would not hear Ctrl-C
                reports[number] = report
        yield reports.pop(k)


def tell(reports: Iterator[Report], total: int, options: argparse.Namespace) -> int:
    """Print the reports as they come and the errors at the end."""
    from tqdm import tqdm

    failed = []
    shown = None if total > 1 and not options.quiet else True  # None: on a terminal only
    with tqdm(reports, total=total, unit="file", disable=shown, leave=False) as bar:
        for report in bar:
            if report.defect is not None:
                raise report.defect
            if report.error:
                failed.append(report)
            bar.clear()
            print_report(report, options)
    if len(failed) == total and all(report.is_usage and report.error == failed[0].error for report in failed):
        raise UsageError(failed[0].error)  # no file is to blame
    for report in failed:
        name = f"{report.task.name}: " if total > 1 and report.task.name not in report.error else ""
        say("error", name + report.error)
    if total > 1 and failed:
        say("error", f"{len(failed)} of {total} files failed")
    return 1 if failed else 0


def print_report(report: Report, options: argparse.Namespace) -> None:
    """One JSON object, or a line and what else is known, each in a line of its own."""
    fields = report.fields
    if options.json:
        told = {"input": report.task.name, "error": report.error} if report.error else fields
        print(json.dumps(_finite(told)))
    elif not options.quiet and not report.error:
        for note in fields["notes"]:
            name = "" if fields["input"] in note else f"{fields['input']}: "
            say("note", name + note)
        arrow = f"{fields['input']} -> {fields['output']}" if fields.get("output") else fields["input"]
        axes = f" ({fields['axes']})" if len(fields["axes"]) > 2 else ""
        parts = [f"{' x '.join(map(str, fields['shape']))}{axes} {fields['dtype']}", fields.get("done")]
        seconds = f"{fields['seconds']:.2f} s"
        print(f"{arrow}: {', '.join([*filter(None, parts), seconds])}")
        for name, value in fields.items():
            if name not in HEADER:
                print(f"  {name.replace('_', ' '):<16}{as_words(value)}")
    if sys.stdout is not None:
        sys.stdout.flush()


def as_words(value: Any) -> str:
    """A pair as what was and what is, rows as a table."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            rows = [list(value[0]), *(map(as_words, row.values()) for row in value)]
            return "".join("\n" + "".join(f" {cell:>10}" for cell in row) for row in rows)
        return " -> ".join(map(as_words, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _finite(value: Any) -> Any:
    """The same without infinity and NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    if isinstance(value, float | np.floating):  # of numbers longer than double numpy has its own
        return float(value) if math.isfinite(value) else None
    return value

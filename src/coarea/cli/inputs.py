"""Which files a command works on, and where each result goes: planned, and refused, before anything is done."""

import argparse
import glob
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from coarea.cli.chunks.image import looks_like_store
from coarea.cli.files import FileError
from coarea.cli.files.formats import FORMATS, TEXTS, format_of
from coarea.cli.parser import Parser, UsageError

SUFFIXES = (
    *FORMATS, ".tiff", ".bmp", ".dcm", ".dicom", ".gif", ".jpeg", ".jpg", ".pbm", ".pgm", ".ppm", ".webp"
)  # fmt: skip
PHOTOGRAPH = "camera"
OVERLAY = "-overlay"  # the ending of pictures of results in a folder


@dataclass(frozen=True)
class Task:
    """A file and where its result goes.

    Attributes
    ----------
    source : Path or None
        None is the bundled photograph.
    output : Path or None
        The file that ``-o`` names, if it names one.
    folder : Path
        Otherwise the folder of the result.
    ending : str
        What is added to the name of the source there.
    overlay : Task or None
        Where a picture of the result goes, if one is wanted.
    """

    source: Path | None
    output: Path | None
    folder: Path
    ending: str
    overlay: "Task | None" = None

    @property
    def name(self) -> str:
        return PHOTOGRAPH if self.source is None else str(self.source)

    def place(self, stem: str, suffix: str) -> Path:
        """The output, from the name of the source and the format."""
        return self.output or self.folder / f"{stem}{self.ending}{suffix}"


def identity(path: Path | str) -> object:
    """What two names of one file have in common, links of any kind among them."""
    with suppress(OSError):
        found = os.stat(path)
        return found.st_dev, found.st_ino
    return os.path.realpath(path)


def add_inputs(command: Parser, many: bool = True) -> None:
    about = "images, patterns such as '*.png', folders" if many else "an image"
    command.add_argument("inputs", metavar="IN", nargs="*", help=f"{about} (default: a bundled photograph)")


def add_output(command: Parser, ending: str, suffixes: str = ".png, .tif, .npy, ...") -> None:
    about = f"the result, lossless ({suffixes}), or a folder for many (default: IN{ending} beside IN)"
    command.add_argument("-o", "--output", metavar="OUT", help=about)
    about = "also replace files that were not named by -o, and inputs"
    command.add_argument("--overwrite", action="store_true", help=about)


def find_sources(words: list[str]) -> tuple[list[Path | None], bool]:
    """The files that are meant, each once, and whether there may be many of them."""
    if not words:
        return [None], False
    found: dict[str, Path] = {}
    many = len(words) > 1
    for word in words:
        files = _files_of(word)
        many = many or files != [Path(word)]
        for file in files:
            found.setdefault(os.path.abspath(file), file)
    return list(found.values()), many


def _files_of(word: str) -> list[Path]:
    """The images in a folder, or the matches of a pattern that the shell did not expand, or the file itself."""
    if word in ("", "-"):
        raise UsageError(f"inputs are names of files, not {'the standard input' if word else 'empty'}")
    path = Path(word)
    if looks_like_store(path):
        raise UsageError(f"{word} is a Zarr array, which coarea filter, open, close and grain take")
    try:
        if path.is_dir():
            files = sorted(
                p for p in path.iterdir() if p.name.lower().endswith(SUFFIXES) and not p.name.startswith(".")
            )
            if not files:
                raise UsageError(f"there are no images in the folder {word}")
            return files
        if glob.has_magic(word) and not path.exists():
            files = sorted(p for p in map(Path, glob.glob(word, recursive=True)) if not p.is_dir())
            if not files:
                raise UsageError(f"no file matches {word}")
            return files
    except OSError as error:
        raise FileError(f"cannot read {word}: {error.strerror}") from error
    return [path]


def plan(options: argparse.Namespace, *, writes: bool = True, suffix: str | None = None) -> list[Task]:
    """A task for each file; no two of them write one output. `suffix` is the format of results that have their own."""
    sources, many = find_sources(options.inputs)
    if not writes:
        return [Task(source, None, Path(), "") for source in sources]
    if options.output is None:
        folders = [Path(word) for word in options.inputs if Path(word).is_dir()]
        if folders:
            options.parser.error(f"name a folder for the results of {folders[0]}: -o FOLDER")
        tasks = [Task(source, None, source.parent if source else Path(), options.ending) for source in sources]
    else:
        tasks = _named(sources, many, options, "-o", options.output)
    overlay = getattr(options, "overlay", None)
    pictures = [] if overlay is None else _named(sources, many, options, "--overlay", overlay)
    folders = []
    for group, kind in ((tasks, suffix), (pictures, ".png")):
        _refuse_meetings(group, kind)
        if group and group[0].output is None and (group is pictures or options.output is not None):
            _refuse_replacements(group, kind, overwrite=options.overwrite)
            folders.append(group[0].folder)
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"cannot make the folder {folder}: {error.strerror}") from error
    return [replace(task, overlay=picture) for task, picture in zip_longest(tasks, pictures)]


def _named(sources: list[Path | None], many: bool, options: argparse.Namespace, flag: str, name: str) -> list[Task]:
    """Where the results go that an option names: a file, or files in a folder."""
    if name in ("", "-"):
        options.parser.error(f"{flag} names a file, not {'the standard output' if name else 'nothing'}")
    place = Path(name)
    is_folder = place.is_dir() or name.endswith(("/", os.sep))
    if not (many or is_folder):
        return [Task(sources[0], place, place.parent, "")]
    if place.name.lower().endswith((*SUFFIXES, *TEXTS)) and not is_folder:
        options.parser.error(f"{flag} must be a folder for several inputs, got {place}")
    return [Task(source, None, place, OVERLAY if flag == "--overlay" else "") for source in sources]


def _refuse_meetings(tasks: list[Task], suffix: str | None) -> None:
    """Refuse two inputs whose results would have one name."""
    writers: dict[str, Task] = {}
    for task in tasks:
        output = _likely_output(task, suffix)
        other = writers.setdefault(output, task)
        if other is not task:
            raise UsageError(
                f"{other.name} and {task.name} would both be written to {Path(output).name}: run them one by one"
            )


def _refuse_replacements(tasks: list[Task], suffix: str | None, *, overwrite: bool) -> None:
    """Refuse a folder onto itself: some results would have the names of inputs, others, as those of JPEG, would not."""
    inputs = {identity(task.source): task for task in tasks if task.source is not None}
    outputs = (identity(_likely_output(task, suffix)) for task in tasks)
    replaced = next((inputs[output] for output in outputs if output in inputs), None)
    if replaced is not None and not overwrite:
        raise UsageError(f"a result would replace the input {replaced.name}: name another folder, or say --overwrite")


def _likely_output(task: Task, suffix: str | None) -> str:
    """Where the result goes, if its own format, or that of the image, holds it."""
    source = task.source or Path(f"{PHOTOGRAPH}.png")
    kind = format_of(source)
    stem = source.name[: len(source.name) - len(kind if kind == ".nii.gz" else source.suffix)]
    return os.path.realpath(task.place(stem, suffix or (kind if kind in FORMATS else ".png")))

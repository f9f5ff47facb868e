"""Segmentations against what people drew: pipelines side by side, on BSDS500 or a flat folder of images and truths.

    python tests/benchmarks/bsds/evaluate.py IMAGES --train IMAGES --cache FOLDER [--maps FOLDER ...] [--only ...]

IMAGES holds NAME.jpg and NAME.mat, or is data/images/SPLIT of BSDS500. Each pipeline's setting, and the level of the
column "frozen", are those with the best covering on the images of --train; nothing is chosen on IMAGES but what the
benchmark's own convention says: the level that is best for all images together (ODS) or for each image (OIS). VI, PRI
and F are those at their own best level for all images.

--maps are folders of ultrametric contour maps of both, NAME.mat with `ucm2`; those of gPb-owt-ucm come with BSDS500.
Results of each image are kept in the folder of --cache, so that a run that was broken off goes on where it was; empty
it when the code has changed. The second table has the scores of the pipeline named "against" minus those of this one,
each at its own best level, with the standard error of the paired differences. Seconds are of CPU per image, without
scoring. What the scores are, and how they differ from the official ones, is said in scores.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from photographs import Photograph, photographs
from pipelines import Pipeline, Setting, pipelines
from scores import COVERING, INFORMATION, RAND, RIGHT, f_measure, jackknife, score


def spaced(found: Sequence[Photograph], n: int | None) -> list[Photograph]:
    """At most n of them, evenly spaced."""
    if n is None or n >= len(found):
        return list(found)
    return [found[k * len(found) // n] for k in range(n)]


def run(
    name: str, pipeline: Pipeline, setting: Setting, images: Sequence[Photograph], cache: Path
) -> tuple[np.ndarray, float]:
    """Rows of `score` of each image, (images, levels, 7), and the mean seconds."""
    folder = cache / slug([name]) / slug(setting or ["-"])
    folder.mkdir(parents=True, exist_ok=True)
    rows, seconds = [], []
    for k, one in enumerate(images):
        file = folder / f"{one.name}.npz"
        if not file.exists():
            begin = time.process_time()
            cuts = pipeline.cuts(one, setting)
            spent = time.process_time() - begin
            kept = folder / f"{one.name}.part.npz"  # renamed when whole
            np.savez(kept, rows=score(cuts, pipeline.levels, one.people()), seconds=spent)
            kept.rename(file)
            print(f"\r{name} {setting} {k + 1} of {len(images)}   ", end="", file=sys.stderr, flush=True)
        with np.load(file) as held:
            rows.append(held["rows"])
            seconds.append(float(held["seconds"]))
    return np.array(rows), float(np.mean(seconds))


def slug(words: Iterable[object]) -> str:
    return "_".join("".join(c if c.isalnum() or c in ".-" else "-" for c in str(word)) for word in words)


def best_level(rows: np.ndarray) -> int:
    """By the covering."""
    return int(rows[..., COVERING].mean(axis=0).argmax())


def chosen(name: str, pipeline: Pipeline, images: Sequence[Photograph], cache: Path) -> tuple[Setting, int]:
    """The setting and the number of the level with the best covering."""
    found = {}
    for setting in pipeline.settings:
        rows = run(name, pipeline, setting, images, cache)[0]
        level = best_level(rows)
        found[setting] = (rows[:, level, COVERING].mean(), level)
    best = max(found, key=lambda setting: found[setting][0])
    if len(found) > 1:
        print(f"{name}:", ", ".join(f"{setting} {value:.4f}" for setting, (value, _) in found.items()), flush=True)
    return best, found[best][1]


def contour_scores(rows: np.ndarray) -> np.ndarray:
    """F-measure of each level, counts added up over the images."""
    return f_measure(rows[..., RIGHT:].sum(axis=0))


def differences(rows: np.ndarray, other: np.ndarray) -> list[str]:
    """Of covering and F-measure, the second minus the first, each at its best level, with standard errors."""
    one_level, other_level = best_level(rows), best_level(other)
    covering = other[:, other_level, COVERING] - rows[:, one_level, COVERING]
    one_level, other_level = int(contour_scores(rows).argmax()), int(contour_scores(other).argmax())
    pairs = np.stack([rows[:, one_level, RIGHT:], other[:, other_level, RIGHT:]], axis=1)

    def of_contours(pairs: np.ndarray) -> float:
        return float(np.diff(f_measure(pairs.sum(axis=0)))[0])

    parts = [(covering.mean(), jackknife(np.mean, covering)), (of_contours(pairs), jackknife(of_contours, pairs))]
    return [f"{value:+.4f} +- {error:.4f}" for value, error in parts]


COLUMNS = ("pipeline", "setting", "ODS", "OIS", "frozen", "VI", "PRI", "F", "seconds")
OF_RIVALS = ("pipeline", "against", "covering", "contours")


def print_table(*rows: Sequence[str]) -> None:
    """As reStructuredText has tables; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["=" * width for width in widths]
    for words in (rule, rows[0], rule, *rows[1:], rule):
        print("  ".join(word.ljust(width) for word, width in zip(words, widths, strict=True)).rstrip())


def summary(name: str, setting: Setting, rows: np.ndarray, level: int, seconds: float) -> list[str]:
    covering = rows[..., COVERING]
    numbers = [covering.mean(axis=0).max(), covering.max(axis=1).mean(), covering[:, level].mean()]
    numbers += [rows[..., INFORMATION].mean(axis=0).min(), rows[..., RAND].mean(axis=0).max()]
    shown = [f"{number:.3f}" for number in (*numbers, contour_scores(rows).max())]
    return [name, " ".join(map(str, setting)) or "none", *shown, f"{seconds:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("--train", type=Path, required=True, help="images on which settings and levels are chosen")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the results of each image")
    parser.add_argument("--maps", type=Path, nargs="+", default=(), help="folders of contour maps, NAME.mat")
    parser.add_argument("--take", type=int, help="so many of IMAGES, evenly spaced")
    parser.add_argument("--take-train", type=int, default=20, help="likewise of --train (20)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these pipelines")
    options = parser.parse_args()
    known = pipelines(options.maps)
    if unknown := set(options.only or ()) - set(known):
        parser.error(f"--only must name some of {', '.join(known)}, got {', '.join(sorted(unknown))}")
    images, train = spaced(photographs(options.images), options.take), photographs(options.train)
    train = spaced(train, options.take_train)
    shared = {one.name for one in images} & {one.name for one in train}
    note = f"; {len(shared)} of the images are among those: scores on these are not those of a test" if shared else ""
    print(f"{len(images)} images; settings and levels from {len(train)}{note}")
    results: dict[str, np.ndarray] = {}
    rows = {}
    print(*COLUMNS)
    for name in options.only or known:
        setting, level = chosen(name, known[name], train, options.cache)
        results[name], seconds = run(name, known[name], setting, images, options.cache)
        rows[name] = summary(name, setting, results[name], level, seconds)
        print(*rows[name], flush=True)
    print_table(COLUMNS, *rows.values())
    rivals = {name: known[name].compared_with for name in rows}
    compared = [(name, rival) for name, rival in rivals.items() if rival in results and rival != name]
    if compared:
        print()
        print_table(OF_RIVALS, *([*pair, *differences(*(results[name] for name in pair))] for pair in compared))


if __name__ == "__main__":
    main()

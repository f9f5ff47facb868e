"""What tests of the command line share: a picture, files, and what a process says."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import numpy as np

import coarea
from coarea.cli.variation import BETA, DOMAIN


def _photograph() -> np.ndarray:
    """Small squares, which the filter removes, on a large one, which it keeps."""
    levels = np.random.default_rng(5).integers(0, 3, (24, 31))
    levels[4:20, 8:26] += 3
    return levels.repeat(2, 0).repeat(2, 1).astype(np.uint8) * 40


PHOTO = _photograph()


def smooth(image: np.ndarray, **options: object) -> np.ndarray:
    """What coarea filter makes of an image if it is not told otherwise."""
    return coarea.denoise_tv_l1(image, BETA, domain=DOMAIN, **options)


def assert_filtered(*pairs: tuple[str, str]) -> None:
    """That the second files hold the filtered first ones."""
    for source, output in pairs:
        assert np.array_equal(load(output), smooth(load(source))), output


def contents(folder: str | Path = ".") -> dict[str, bytes]:
    """All files below a folder, by name."""
    paths = sorted(Path(folder).rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in paths}


def save(name: str, image: np.ndarray) -> None:
    words = {"photometric": "rgb" if image.shape[-1] in (3, 4) else "minisblack"} if name.endswith(".tif") else {}
    np.save(name, image) if name.endswith(".npy") else iio.imwrite(name, image, **words)


def load(name: str | Path) -> np.ndarray:
    return np.load(name) if str(name).endswith(".npy") else iio.imread(name)


def assert_refusal(out: str, err: str, reason: str) -> None:
    assert out == ""
    assert re.fullmatch(r"coarea: error: [^\n]+\n", err), err
    assert reason in err


def fail_with(error: BaseException) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


def run(*arguments: str, **options: object) -> tuple[int, str]:
    """The exit code of a Python process and what it told on stderr."""
    done = subprocess.run([sys.executable, *arguments], stderr=subprocess.PIPE, text=True, check=False, **options)
    return done.returncode, done.stderr

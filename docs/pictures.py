"""Write the pictures of the first pages: python docs/pictures.py FOLDER [DATA], where FOLDER is docs/_static.

DATA holds the files that the tutorials "A tooth" and "A disc" name; without it their pictures stay as they are.
"""

import contextlib
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from skimage import data

import coarea
from coarea import ct
from coarea.base.arrays import Array
from coarea.ct.plot import panels

GAP = 6  # white pixels between two panels


def side_by_side(*panels: Image.Image) -> Image.Image:
    """Panels of one size in a row."""
    width, height = panels[0].size
    row = Image.new("RGB", (len(panels) * (width + GAP) - GAP, height), "white")
    for k, panel in enumerate(panels):
        row.paste(panel, (k * (width + GAP), 0))
    return row


def drawn(lines: coarea.Lines, scale: int = 3) -> Image.Image:
    """Lines in black on white, smoothed by drawing them larger."""
    rows, columns = lines.shape
    sheet = Image.new("L", (columns * scale, rows * scale), 255)
    pen = ImageDraw.Draw(sheet)
    for points in lines:
        pen.line([tuple(point) for point in (points[:, ::-1] + 0.5) * scale], fill=0, width=scale)
    return sheet.resize((columns, rows), Image.Resampling.LANCZOS)


def camera_lines() -> Image.Image:
    """The photograph camera and its meaningful lines."""
    photograph = data.camera()
    lines = coarea.meaningful_lines(photograph, beta=3)
    print(f"{len(lines)} lines")
    return side_by_side(Image.fromarray(photograph), drawn(lines))


def camera_simple() -> Image.Image:
    """The photograph camera, and the same filtered on its shapes."""
    photograph = data.camera()
    simple = coarea.denoise_tv_l1(photograph, 15, domain="shapes")
    return side_by_side(Image.fromarray(photograph), Image.fromarray(simple))


def astronaut_colors() -> Image.Image:
    """A part of astronaut; filtered channel by channel; filtered with colours of the photograph only."""
    photograph = data.astronaut()
    channels = coarea.denoise_tv_l1(photograph, 8, domain="shapes", channel_axis=-1)
    colors = coarea.denoise_tv_l1(photograph, 8, domain="shapes", channel_axis=-1, colors="input")
    part = np.s_[60:300, 90:405]

    def panel(image: Array) -> Image.Image:
        return Image.fromarray(np.ascontiguousarray(image[part]))

    return side_by_side(panel(photograph), panel(channels), panel(colors))


def names_of(page: str, files: Path) -> dict[str, Any]:
    """What the code of a tutorial calls by name after it has run beside its files."""
    text = (Path(__file__).parent / "tutorials" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^\.\. code-block:: python\n\n((?: .*\n|\n)+)", text, re.MULTILINE)
    names: dict[str, Any] = {}
    with contextlib.chdir(files):
        exec("".join(map(textwrap.dedent, blocks)), names)
    return names


def tooth_center(files: Path) -> Image.Image:
    """Line integrals of the tooth; its slice with the axis in the middle of the detector, and where it is."""
    names = names_of("tooth.rst", files)
    views, scan, n = names["data"], names["scan"], names["n"]
    slices = [ct.fbp(views, scan.parallel_beam(center), (n, n)) for center in ((n - 1) / 2, names["center"])]
    low, high = np.percentile(slices[1], (1, 99.7))
    pixels = 255 * np.clip((np.array(slices)[:, 479:159:-1, 160:480] - low) / (high - low), 0, 1)
    rows = Image.fromarray((255 * views / views.max()).clip(0).astype(np.uint8))
    return side_by_side(rows.resize((320, 320)), *map(Image.fromarray, pixels.astype(np.uint8)))


def disc(files: Path) -> Image.Image:
    """The disc from 60 degrees in three ways, and the truth."""
    names = names_of("fan_data.rst", files)
    images = {**names["images"], "truth": names["grey"] * names["acrylic"]}
    return Image.fromarray(panels(images, low=0, high=1.15 * names["grey"]))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    camera_lines().convert("L").save(folder / "camera-lines.jpg", quality=85)
    camera_simple().convert("L").save(folder / "camera-simple.jpg", quality=80)
    astronaut_colors().save(folder / "astronaut-colors.jpg", quality=88)
    if len(sys.argv) > 2:
        tooth_center(Path(sys.argv[2])).convert("L").save(folder / "tooth-center.jpg", quality=85)
        disc(Path(sys.argv[2])).convert("L").save(folder / "disc-60.jpg", quality=85)

"""Write the pictures of the first pages that need no data: python docs/pictures.py FOLDER, here docs/_static."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from skimage import data

import coarea
from coarea.base.arrays import Array

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


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    camera_lines().convert("L").save(folder / "camera-lines.jpg", quality=85)
    camera_simple().convert("L").save(folder / "camera-simple.jpg", quality=80)
    astronaut_colors().save(folder / "astronaut-colors.jpg", quality=88)

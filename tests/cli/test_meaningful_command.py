"""coarea lines --meaningful: the lines of the function, in each format."""

from __future__ import annotations

import json
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from skimage import data

import coarea
from coarea.cli.main import main
from coarea.lines.lines import RED

IMAGE = data.camera()[100:164, 200:260]


@pytest.fixture(autouse=True)
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    iio.imwrite("photo.png", IMAGE)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], {}),
        (["--beta", "1.5"], {"beta": 1.5}),
        (["--nfa", "1e-9", "--sigma", "1", "--step", "4"], {"nfa": 1e-9, "sigma": 1, "step": 4}),
    ],
)
def test_the_lines_are_those_of_the_function(words, options, capsys):
    lines = coarea.meaningful_lines(IMAGE, **options)
    assert main(["lines", "photo.png", "--meaningful", *words, "-o", "lines.geojson"]) == 0
    assert Path("lines.geojson").read_text() == lines.to_geojson()
    assert main(["lines", "photo.png", "--meaningful", *words, "--svg"]) == 0
    assert Path("photo-lines.svg").read_text() == lines.to_svg()
    printed = capsys.readouterr().out
    assert "meaningful lines" in printed
    assert f"lines           {len(lines)}" in printed
    assert {"log10_nfa", "contrast"} <= set(json.loads(lines.to_geojson())["features"][0]["properties"])


def test_the_picture_has_the_lines_where_they_are():
    lines = coarea.meaningful_lines(IMAGE)
    assert main(["lines", "photo.png", "--meaningful", "--scale", "3"]) == 0
    picture = iio.imread("photo-lines.png")
    assert picture.shape == (3 * IMAGE.shape[0], 3 * IMAGE.shape[1], 3)
    red = (picture == RED).all(-1)
    row, column = np.floor((lines.points + 0.5) * 3).astype(int).T
    assert red[row, column].all()
    assert 0.01 < red.mean() < 0.6
    assert len({tuple(colour) for colour in picture[~red]}) > 20  # the image lies under the lines


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--nfa", "2"], "--nfa goes with --meaningful"),
        (["--sigma", "0"], "--sigma goes with --meaningful"),
        (["--meaningful", "--levels", "3,4"], "--levels does not go with --meaningful"),
        (["--meaningful", "--domain", "pixels"], "--domain does not go with --meaningful"),
        (["--meaningful", "--huber-delta", "2"], "--huber-delta does not go with --meaningful"),
        (["--meaningful", "--info"], "--info does not go with --meaningful"),
        (["--meaningful", "--nfa", "0"], "--nfa: must be"),
    ],
)
def test_options_that_say_nothing_are_refused(words, message, capsys):
    assert main(["lines", "photo.png", *words]) != 0
    assert message in capsys.readouterr().err
    assert not Path("photo-lines.png").exists()


def test_pixels_without_data_are_refused(capsys):
    values = IMAGE.astype(np.float32)
    values[5, 6] = np.nan
    iio.imwrite("gap.tif", values)
    for words in ([], ["--nodata", "nan"]):
        assert main(["lines", "gap.tif", *words, "--meaningful"]) == 1
        assert "--meaningful takes no image with pixels without data: fill them first" in capsys.readouterr().err

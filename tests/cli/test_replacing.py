"""What is never replaced, and what is refused before anything is done."""

import os
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

import coarea
from coarea.cli.main import main
from coarea.cli.variation import BETA, DOMAIN
from terminal import PHOTO, assert_filtered, assert_refusal, contents, load, save, smooth

pytestmark = pytest.mark.usefixtures("photo_folder")


def refuse(words: str, code: int, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents()
    assert main(words.split()) == code
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_a_second_input_is_no_output(capsys):
    assert main(["filter", "photos/a.png", "photos/b.png"]) == 0
    assert np.array_equal(load("photos/b.png"), PHOTO[2:])


@pytest.mark.parametrize("command", ["filter", "open", "close", "grain", "lines"])
def test_an_existing_default_output_stays(command, capsys):
    endings = {"open": "opened", "close": "closed", "filter": "filtered"}
    name = f"photo-{endings.get(command, command)}.png"
    Path(name).write_text("precious")
    refuse(f"{command} photo.png", 1, f"cannot write {name}: it exists; --overwrite replaces it", capsys)
    assert main([command, "photo.png", "--overwrite"]) == 0
    assert load(name).ndim > 1


def test_an_existing_output_that_was_named_is_replaced_also_behind_a_link():
    save("real.png", PHOTO[:5])
    Path("link.png").symlink_to("real.png")
    assert main(["filter", "photo.png", "-o", "link.png"]) == 0
    assert Path("link.png").is_symlink()
    assert_filtered(("photo.png", "real.png"))


def test_an_existing_file_in_the_folder_stays_and_the_others_are_written(capsys):
    Path("out").mkdir()
    Path("out/a.png").write_text("precious")
    assert main(["filter", "photos", "-o", "out"]) == 1
    assert "photos/a.png: cannot write out/a.png: it exists; --overwrite replaces it\n" in capsys.readouterr().err
    assert Path("out/a.png").read_text() == "precious"
    assert_filtered(("photos/b.png", "out/b.png"))
    assert main(["filter", "photos", "-o", "out", "--overwrite"]) == 0
    assert_filtered(("photos/a.png", "out/a.png"))


@pytest.mark.parametrize("output", ["photo.png", "./photo.png", "same.png", "twin.png", "photos/../photo.png"])
def test_an_input_is_replaced_only_when_told(output, capsys):
    Path("same.png").symlink_to("photo.png")
    os.link("photo.png", "twin.png")
    refuse(f"filter photo.png -o {output}", 1, "it is the input; --overwrite replaces it", capsys)
    assert main(["filter", "photo.png", "-o", output, "--overwrite"]) == 0
    assert np.array_equal(load(output), smooth(PHOTO))
    assert np.array_equal(load("twin.png"), PHOTO) == (output != "twin.png")  # the other name of what was there


def test_inputs_in_the_folder_of_the_results(capsys):
    save("photos/c.jpg", PHOTO[:20])  # whose result would be a new file
    refuse("filter photos -o photos", 2, "would replace the input photos/a.png: name another folder, or say", capsys)
    refuse("filter photos/b.png photos/c.jpg -o ./photos/", 2, "would replace the input photos/b.png: name", capsys)
    assert main(["filter", "photos", "-o", "photos", "--overwrite"]) == 0
    assert np.array_equal(load("photos/b.png"), smooth(PHOTO[2:]))
    assert sorted(contents("photos")) == ["a.png", "b.png", "c.jpg", "c.png"]


@pytest.mark.parametrize("option", ["--mask", "--weights"])
@pytest.mark.parametrize("words", [[], ["--overwrite"]])
def test_what_belongs_to_the_image_is_never_replaced(option, words, capsys):
    save("other.png", PHOTO)
    assert main(["filter", "photo.png", option, "other.png", "-o", "other.png", *words]) == 1
    assert f"cannot write other.png: it is the {option}" in capsys.readouterr().err
    assert np.array_equal(load("other.png"), PHOTO)


def test_permissions_stay(capsys):
    assert main(["filter", "photo.png", "-o", "out.png"]) == 0
    os.chmod("out.png", 0o600)
    assert main(["filter", "photo.png", "-o", "out.png", "--overwrite"]) == 0
    assert os.stat("out.png").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [[], ["--overwrite"]])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_another_input_is_never_replaced(words, workers, capsys):
    """It might be read after it was written."""
    save("photo-filtered.png", PHOTO[:9])
    assert main(["filter", "photo.png", "photo-filtered.png", "--workers", workers, *words]) == 1
    assert "photo.png: cannot write photo-filtered.png: it is another input" in capsys.readouterr().err
    assert np.array_equal(load("photo-filtered.png"), PHOTO[:9])
    assert_filtered(("photo-filtered.png", "photo-filtered-filtered.png"))


@pytest.mark.parametrize(
    "words",
    [
        "photos/a.png a.png -o out",
        "photo.jpg photo.png",
        "photo.bmp photo.jpg -o out",
        "photos a.png -o out --overwrite",
    ],
)
def test_two_inputs_with_one_output_are_refused_before_anything_is_done(words, capsys):
    for name in ("a.png", "photo.jpg", "photo.bmp"):
        iio.imwrite(name, PHOTO)
    refuse(f"filter {words}", 2, "would both be written to", capsys)


@pytest.mark.parametrize("words", ["lines", "scales", "lines --svg", "lines --geojson"])
def test_two_inputs_of_one_drawing_are_refused_before_anything_is_done(words, capsys):
    save("photo.tif", PHOTO)
    refuse(f"{words} photo.png photo.tif", 2, "photo.png and photo.tif would both be written to photo-", capsys)


def test_drawings_lie_beside_their_images_if_names_differ(capsys):
    refuse("lines photos -o photos", 2, "would replace the input photos/a.png: name another folder, or say", capsys)
    assert main(["lines", "photos", "-o", "photos", "--svg"]) == 0
    assert sorted(contents("photos")) == ["a.png", "a.svg", "b.png", "b.svg"]


def test_two_inputs_whose_formats_meet_only_when_read_do_not_meet_on_the_disk(capsys):
    """A float BMP does not exist; a PNG of l2 becomes TIFF, beside a TIFF of the same name."""
    save("photo.tif", PHOTO)
    assert main(["filter", "photo.png", "photo.tif", "--method", "l2"]) == 1
    assert "photo.tif: cannot write photo-filtered.tif: the result of photo.png goes there" in capsys.readouterr().err
    assert np.array_equal(load("photo-filtered.tif"), coarea.denoise_tv_l2(PHOTO, BETA, domain=DOMAIN))


USAGE = {
    "filter photos": "name a folder for the results of photos: -o FOLDER",
    "filter photos/a.png photos/b.png -o out.png": "-o must be a folder for several inputs",
    "filter empty -o out": "there are no images in the folder empty",
    "filter *.xyz": "no file matches *.xyz",
    "filter photos -o photo.png/out": "cannot make the folder photo.png/out",
    "filter photos -o file": "cannot make the folder file",
    "tree photos --csv shapes.csv": "--csv takes one image",
    "tree photo.png --csv photo.png": "--csv must name a file that ends in .csv",
}


@pytest.mark.parametrize("words", USAGE)
def test_wrong_uses_are_refused_before_anything_is_done(words, capsys):
    Path("empty").mkdir()
    Path("file").touch()
    refuse(words, 2, USAGE[words], capsys)

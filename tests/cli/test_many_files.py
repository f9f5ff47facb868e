"""Many files: which are meant, where results go, how failures and results are told."""

import json
import os
import re
import struct
import threading
import time
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

import coarea
from coarea.cli import batch
from coarea.cli.files import FileError, writing
from coarea.cli.main import main
from terminal import PHOTO, assert_filtered, contents, fail_with, load, save

pytestmark = pytest.mark.usefixtures("photo_folder")


@pytest.mark.parametrize(
    "words",
    [
        "photos",
        "photos/",
        "photos/*.png",
        "ph*/?.png",
        "photos/a.png photos/b.png",
        "**/[ab].png",
        "photos photos/a.png",
    ],
)
@pytest.mark.parametrize("folder", ["out", "out/", "deep/er/out"])
@pytest.mark.parametrize("workers", ["1", "3", "-1"])
def test_inputs_and_a_folder_for_the_results(words, folder, workers, capsys):
    Path("photos/.hidden.png").write_text("of no interest")
    Path("photos/notes.txt").write_text("of no interest")
    assert main(["filter", *words.split(), "-o", folder, "--workers", workers]) == 0
    assert sorted(contents(folder)) == ["a.png", "b.png"]
    assert_filtered(*[(f"photos/{name}", f"{folder}/{name}") for name in ("a.png", "b.png")])
    lines = capsys.readouterr().out.splitlines()
    assert [re.match(r"photos/(\w)\.png -> .*out/(\w)\.png: ", line).groups() for line in lines] == [
        ("a", "a"),
        ("b", "b"),
    ]


def test_options_and_inputs_in_any_order():
    assert main(["filter", "photos/a.png", "-o", "out", "photos/b.png"]) == 0
    assert sorted(contents("out")) == ["a.png", "b.png"]


def test_a_name_that_is_given_twice_is_one_input_and_a_link_is_another():
    Path("link.png").symlink_to("photo.png")
    assert main(["filter", "photo.png", "./photo.png", "link.png", "-o", "out"]) == 0
    assert sorted(contents("out")) == ["link.png", "photo.png"]


def test_names_that_look_like_options(capsys):
    Path("-x.png").write_bytes(Path("photo.png").read_bytes())
    assert main(["filter", "-o", "out", "--", "-x.png", "photo.png"]) == 0
    assert sorted(contents("out")) == ["-x.png", "photo.png"]
    assert main(["filter", "./-x.png"]) == 0


def test_results_beside_the_inputs():
    save("photos/c.tif", PHOTO / np.float32(3))
    iio.imwrite("photos/d.jpg", PHOTO)
    assert main(["filter", "photos/a.png", "photos/c.tif", "photos/d.jpg"]) == 0
    made = {"a.png": "a-filtered.png", "c.tif": "c-filtered.tif", "d.jpg": "d-filtered.png"}
    assert sorted(contents("photos")) == sorted([*made, *made.values(), "b.png"])
    assert_filtered(*[(f"photos/{source}", f"photos/{output}") for source, output in made.items()])


def test_one_input_and_a_folder():
    Path("there").mkdir()
    assert main(["filter", "photo.png", "-o", "there"]) == 0
    assert main(["filter", "photo.png", "-o", "new/"]) == 0
    assert list(contents("there")) == list(contents("new")) == ["photo.png"]


def test_a_file_whose_name_is_a_pattern_is_that_file():
    save("[ab].png", PHOTO[:9])
    save("a.png", PHOTO[:11])
    assert main(["filter", "[ab].png"]) == 0
    assert_filtered(("[ab].png", "[ab]-filtered.png"))
    assert not Path("a-filtered.png").exists()


# --- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["1", "2"])
def test_good_and_bad_files(workers, capsys, monkeypatch):
    Path("photos/0.png").write_text("these are words")
    Path("photos/locked.png").write_bytes(Path("photo.png").read_bytes())
    Path("photos/z.png").write_bytes(Path("photo.png").read_bytes()[:-200])
    check = batch.check_output

    def refuse_one(path: Path, *arguments: object, **options: object) -> None:
        if path.name == "locked.png":
            raise FileError(f"cannot write {path}: no permission")
        check(path, *arguments, **options)

    monkeypatch.setattr(batch, "check_output", refuse_one)
    assert main(["filter", "photos", "missing.png", "-o", "out", "--workers", workers]) == 1
    assert_filtered(("photos/a.png", "out/a.png"), ("photos/b.png", "out/b.png"))
    assert sorted(contents("out")) == ["a.png", "b.png"]
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()] == ["photos/a.png", "photos/b.png"]
    errors = printed.err.splitlines()
    assert all(line.startswith("coarea: error: ") for line in errors)
    names = ["photos/0.png", "photos/locked.png", "photos/z.png", "missing.png"]
    assert all(name in line for name, line in zip(names, errors[:-1], strict=True))
    assert errors[-1] == "coarea: error: 4 of 6 files failed"


def test_a_disk_that_is_full_for_one_file(capsys, monkeypatch):
    write = Path.write_bytes

    def fail_once(self: Path, content: bytes) -> int:
        if self.parent.resolve().name == "out" and not tried:
            tried.append(write(self, content[:10]))
            raise OSError(28, "No space left on device")
        return write(self, content)

    tried = []
    monkeypatch.setattr(Path, "write_bytes", fail_once)
    assert main(["filter", "photos", "-o", "out"]) == 1
    assert tried == [10]
    assert "No space left on device" in capsys.readouterr().err
    assert list(contents("out")) == ["b.png"]


def test_what_the_library_refuses_of_one_image_is_told_with_the_name(capsys):
    np.save("photos/c.npy", np.zeros((0, 5)))
    assert main(["filter", "photos", "-o", "out"]) == 1
    assert "coarea: error: photos/c.npy" in capsys.readouterr().err
    assert sorted(contents("out")) == ["a.png", "b.png"]


def test_an_option_that_suits_some_images_only(capsys):
    np.save("photos/c.npy", np.stack([PHOTO] * 5))
    line = ["open", "photos", "-o", "out", "--connectivity", "3"]
    assert main(line) == 1
    assert list(contents("out")) == ["c.npy"]
    assert capsys.readouterr().err.count("(see coarea open --help)") == 2
    Path("photos/c.npy").unlink()
    assert main(line) == 2


def test_memory_may_suffice_for_the_others(capsys, monkeypatch):
    compute = coarea.denoise_tv_l1

    def filter_small(image, *arguments, **options):
        if len(image) == len(PHOTO) - 1:
            raise MemoryError
        return compute(image, *arguments, **options)

    monkeypatch.setattr("coarea.cli.variation.denoise_tv_l1", filter_small)
    assert main(["filter", "photos", "-o", "out"]) == 1
    assert "photos/a.png: not enough memory" in capsys.readouterr().err
    assert list(contents("out")) == ["b.png"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_defects_of_the_library_are_not_hidden(workers, monkeypatch):
    monkeypatch.setattr("coarea.cli.variation.denoise_tv_l1", fail_with(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["filter", "photos", "-o", "out", "--workers", workers])


def test_files_are_worked_on_side_by_side(monkeypatch):
    meeting = threading.Barrier(2, timeout=20)
    compute = coarea.denoise_tv_l1

    def wait_and_filter(*arguments, **options):
        meeting.wait()
        return compute(*arguments, **options)

    monkeypatch.setattr("coarea.cli.variation.denoise_tv_l1", wait_and_filter)
    assert main(["filter", "photos", "-o", "out", "--workers", "2"]) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_leaves_whole_files_only(workers, monkeypatch, capsys):
    compute = coarea.denoise_tv_l1

    def interrupt_second(image, *arguments, **options):
        if len(image) == len(PHOTO) - 2:
            raise KeyboardInterrupt
        return compute(image, *arguments, **options)

    monkeypatch.setattr("coarea.cli.variation.denoise_tv_l1", interrupt_second)
    assert main(["filter", "photos", "-o", "out", "--workers", workers]) == 130
    assert list(contents("out")) == ["a.png"]
    assert capsys.readouterr().err == ""


def test_no_thread_begins_to_write_after_ctrl_c(monkeypatch):
    compute, ended = coarea.denoise_tv_l1, threading.Event()

    def interrupt_first(image, *arguments, **options):
        if len(image) == len(PHOTO) - 1:
            raise KeyboardInterrupt
        assert ended.wait(20)
        return compute(image, *arguments, **options)

    monkeypatch.setattr("coarea.cli.variation.denoise_tv_l1", interrupt_first)
    assert main(["filter", "photos", "-o", "out", "--workers", "2"]) == 130
    ended.set()
    time.sleep(0.5)
    assert not contents("out")


# --- what is told ---------------------------------------------------------------------------------------------------


def test_json(capsys):
    Path("photos/c.png").touch()
    assert main(["filter", "photos", "-o", "out", "--json"]) == 1
    printed = capsys.readouterr()
    told = [json.loads(line) for line in printed.out.splitlines()]
    assert [one["input"] for one in told] == [f"photos/{name}.png" for name in "abc"]
    assert [one.get("output") for one in told] == ["out/a.png", "out/b.png", None]
    assert told[0] | {"seconds": 0} == {
        "input": "photos/a.png", "output": "out/a.png", "shape": [47, 62], "dtype": "uint8", "axes": "YX",
        "done": "TV-L1 with beta 4 on shapes", "notes": [], "seconds": 0,
    }  # fmt: skip
    assert "cannot read photos/c.png" in told[2]["error"]
    assert "cannot read photos/c.png" in printed.err


def test_json_has_no_nan(capsys):
    np.save("nan.npy", np.array([[np.nan, np.inf]]))
    assert main(["info", "nan.npy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out, parse_constant=fail_with(ValueError()))["range"] == [None, None]


def test_quiet_tells_errors_only(capsys):
    assert main(["filter", "photos", "missing.png", "-o", "out", "--quiet"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[0] == "coarea: error: no such file: missing.png"


def test_the_old_way_of_naming_the_output_is_explained(capsys):
    assert main(["filter", "photo.png", "simple.png"]) == 1
    assert "no such file: simple.png; the output is named by -o" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="terminals are other things there")
@pytest.mark.parametrize(
    ("words", "shown"), [("photos -o out", True), ("photos -o out --quiet", False), ("photo.png", False)]
)
def test_progress_is_shown_on_a_terminal(words, shown):
    import fcntl
    import pty
    import subprocess
    import sys
    import termios

    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    command = [sys.executable, "-m", "coarea", "filter", *words.split()]
    subprocess.run(command, stderr=end, stdout=subprocess.DEVNULL, check=True)
    os.write(end, b"the end")
    text = b""
    while not text.endswith(b"the end"):
        text += os.read(terminal, 4096)
    os.close(end)
    os.close(terminal)
    assert (b"| 0/2 " in text) == shown
    assert shown or text == b"the end"


def test_no_part_of_a_file_stays_when_writing_is_interrupted(monkeypatch):
    monkeypatch.setattr(writing.os, "replace", fail_with(KeyboardInterrupt()))
    before = contents()
    assert main(["filter", "photo.png"]) == 130
    assert contents() == before


def test_names_of_two_suffixes():
    nibabel = pytest.importorskip("nibabel")
    for name in ("one.nii.gz", "two.nii.gz"):
        nibabel.save(nibabel.Nifti1Image(np.stack([PHOTO] * 5, -1), np.eye(4)), name)
    assert main(["open", "one.nii.gz", "two.nii.gz"]) == 0
    assert main(["open", "*.nii.gz", "-o", "out"]) == 0
    assert sorted(contents("out")) == sorted([f"{k}{e}.nii.gz" for k in ("one", "two") for e in ("", "-opened")])


def test_pictures_take_no_transparency_over(capsys):
    save("clear.png", np.dstack([PHOTO] * 4))
    assert main(["lines", "clear.png", "--scale", "1"]) == 0
    assert load("clear-lines.png").shape == (*PHOTO.shape, 3)


def test_notes_of_a_guess_are_told(capsys):
    np.save("narrow.npy", np.stack([PHOTO] * 3, -1))
    assert main(["open", "narrow.npy", "--json"]) == 0
    assert "--axes" in json.loads(capsys.readouterr().out)["notes"][0]
    assert main(["open", "narrow.npy", "-o", "out.npy"]) == 0
    assert re.fullmatch(r"coarea: note: narrow.npy: .*--axes.*\n", capsys.readouterr().err)
    assert main(["open", "narrow.npy", "-o", "out.npy", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_an_option_that_no_file_can_have_is_told_once_with_the_help(capsys):
    assert main(["filter", "photos", "photo.png", "-o", "out", "--neighbors", "26"]) == 2
    assert capsys.readouterr().err == (
        "coarea: error: neighbors must be one of 4, 8, 16, got 26 (see coarea filter --help)\n"
    )


def test_an_option_that_one_file_cannot_have_is_its_error_and_others_go_on(capsys):
    save("a.npy", np.stack([PHOTO[:9]] * 4))
    assert main(["filter", "a.npy", "photo.png", "-o", "out", "--neighbors", "8"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert errors == [
        "coarea: error: a.npy: neighbors must be one of 6, 26, got 8 (see coarea filter --help)",
        "coarea: error: 1 of 2 files failed",
    ]
    assert sorted(contents("out")) == ["photo.png"]


def test_what_is_wrong_with_an_image_is_not_blamed_on_an_option(capsys, monkeypatch):
    save("a.npy", PHOTO + 1j)
    assert main(["filter", "a.npy", "photo.png", "-o", "out"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == (
        "coarea: error: a.npy: image must have a real dtype, got complex128: "
        "take image.real, numpy.abs(image) or numpy.angle(image)"
    )
    monkeypatch.setattr(coarea.cli.variation, "denoise_tv_l1", fail_with(ValueError("there must be fewer edges")))
    assert main(["filter", "photo.png", "photos", "-o", "more"]) == 1
    assert "help" not in capsys.readouterr().err

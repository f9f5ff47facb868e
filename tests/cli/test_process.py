"""The command line as a process: disks that are full, readers that have left, Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from coarea.cli import batch
from coarea.cli.files import writing
from coarea.cli.main import main
from terminal import PHOTO, assert_refusal, contents, fail_with, load, run

pytestmark = [
    pytest.mark.usefixtures("photo_folder"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals and devices are POSIX"),
]
PRINTING = ["info photo.png", "info photo.png --json", "tree photo.png", "filter --help", "--help", "--version"]


def fail_to_write(self: Path, content: bytes) -> int:
    with self.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("command", ["filter", "open", "lines"])
@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ((Path, "write_bytes", fail_to_write), "cannot write out.png: No space left"),
        (
            (os, "replace", fail_with(PermissionError(13, "Permission denied"))),
            "cannot write out.png: Permission denied",
        ),
        ((os, "access", lambda path, mode: mode == os.R_OK), "cannot write out.png: no permission"),
    ],
)
def test_a_failing_write_leaves_the_old_file(command, failure, reason, capsys, monkeypatch):
    Path("out.png").write_text("precious")
    before = contents()
    monkeypatch.setattr(*failure)
    assert main([command, "photo.png", "-o", "out.png"]) == 1
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def test_a_failing_table_leaves_the_old_one(capsys, monkeypatch):
    Path("shapes.csv").write_text("precious")
    before = contents()
    monkeypatch.setattr(Path, "write_bytes", fail_to_write)
    assert main(["tree", "photo.png", "--csv", "shapes.csv", "--overwrite"]) == 1
    assert_refusal(*capsys.readouterr(), "cannot write shapes.csv: No space left")
    assert contents() == before


def test_no_permission_to_read_or_to_list(capsys, monkeypatch):
    opened = Path.open

    def refuse_photo(self: Path, *arguments: object, **options: object) -> object:
        if self.name == "photo.png":  # other packages open files too
            raise PermissionError(13, "Permission denied", "photo.png")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse_photo)
    assert main(["filter", "photo.png"]) == 1
    assert_refusal(*capsys.readouterr(), "cannot read photo.png: Permission denied")
    monkeypatch.setattr(os, "listdir", fail_with(PermissionError(13, "Permission denied", "photos")))
    monkeypatch.setattr(Path, "iterdir", fail_with(PermissionError(13, "Permission denied", "photos")))
    assert main(["filter", "photos", "-o", "out"]) == 2
    assert_refusal(*capsys.readouterr(), "cannot read photos: Permission denied")


@pytest.mark.parametrize("place", [(batch, "read"), (writing, "encode")])
@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (MemoryError(), 1)])
def test_interrupted(error, code, place, capsys, monkeypatch):
    before = contents()
    monkeypatch.setattr(*place, fail_with(error))
    assert main(["filter", "photo.png"]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert contents() == before


def test_process_on_the_bundled_photograph():
    assert run("-m", "coarea", "filter") == (0, "")
    assert load("camera-filtered.png").shape == (512, 512)


def test_process_without_matplotlib():
    code = "import sys; sys.modules['matplotlib'] = None; import coarea.cli.main as c; c.main(['lines', 'photo.png'])"
    assert run("-c", code) == (0, "")
    assert "photo-lines.png" in contents()


def test_process_on_a_full_disk():
    import resource

    Path("out.npy").write_text("precious")
    before = contents()
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (PHOTO.size // 2, PHOTO.size // 2))
    code, error = run("-m", "coarea", "filter", "photo.png", "-o", "out.npy", preexec_fn=limit)
    assert code == 1
    assert_refusal("", error, "cannot write out.npy")
    assert contents() == before


def environment(buffered: bool) -> dict[str, str]:
    """Variables of a process that keeps what it prints until the end, or does not."""
    others = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    return others if buffered else others | {"PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize("line", PRINTING)
@pytest.mark.parametrize("buffered", [True, False])
def test_process_whose_output_is_full(line, buffered):
    with open("/dev/full", "w") as full:
        code, error = run("-m", "coarea", *line.split(), stdout=full, env=environment(buffered))
    assert (code, error) == (1, "coarea: error: cannot write to the output: No space left on device\n")


def test_process_whose_errors_cannot_be_told():
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "coarea", "filter", "--bet"], stderr=full, check=False)
    assert done.returncode == 2


def test_process_whose_file_has_a_name_that_is_no_text():
    name = b"\xff\n.png"
    os.rename(b"photo.png", name)
    strict = os.environ | {"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8:strict"}
    command = [sys.executable.encode(), b"-m", b"coarea", b"info", name, b"\xfe.png"]
    done = subprocess.run(command, capture_output=True, env=strict, check=False)
    assert done.returncode == 1
    assert b"\\udcff" in done.stdout
    assert re.fullmatch(rb"coarea: error: no such file: \\udcfe.png\ncoarea: error: 1 of 2 files failed\n", done.stderr)


def test_process_without_an_output():
    code, error = run("-m", "coarea", "info", "photo.png", preexec_fn=lambda: os.close(1))
    assert (code, error) == (0, "")


@pytest.mark.parametrize("line", [*PRINTING, "filter photos -o out", "--print-completion bash"])
@pytest.mark.parametrize("buffered", [True, False])
def test_process_whose_reader_has_left(line, buffered):
    read, write = os.pipe()
    os.close(read)
    assert run("-m", "coarea", *line.split(), stdout=write, env=environment(buffered)) == (141, "")
    os.close(write)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_process_that_is_interrupted(workers):
    Path("large").mkdir()
    image = np.random.default_rng(0).integers(0, 2**16, (1200, 1200)).astype(np.uint16)
    for k in range(40):
        np.save(f"large/{k}.npy", image)
    command = [sys.executable, "-m", "coarea", "filter", "large", "-o", "out", "--workers", workers]
    listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which jobs in the background of a shell do not
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=listen)  # noqa: PLW1509
    while not Path("out").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=120)[1] == b""
    assert process.returncode == 130
    assert all(np.load(f"out/{name}").shape == image.shape for name in contents("out"))
    assert len(contents("out")) < 40


@pytest.mark.parametrize("threads", [0, 1])
def test_threads_that_still_compute_do_not_see_the_interpreter_go(threads, monkeypatch):
    done, left = threading.Event(), []
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr(sys, "argv", ["coarea", "info", "photo.png"])
    monkeypatch.setattr("coarea.cli.main.AT_WORK", "of this test")  # threads of other tests may still be there
    for _ in range(threads):
        threading.Thread(target=done.wait, name="of this test", daemon=True).start()
    assert main() == 0
    assert left == [0] * threads
    assert main(["info", "photo.png"]) == 0  # called by another program
    assert left == [0] * threads
    done.set()

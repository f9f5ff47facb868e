"""The command line: what it writes, what it prints, and how it refuses."""

import os
import re
import shlex
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

import coarea
from coarea import __main__ as command_line
from coarea.__main__ import main

COMMANDS = ("filter", "lines", "tree")
PHOTO = np.random.default_rng(5).integers(0, 6, (24, 31)).repeat(2, 0).repeat(2, 1).astype(np.uint8) * 40


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder that holds photo.png."""
    monkeypatch.chdir(tmp_path)
    iio.imwrite("photo.png", PHOTO)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in folder.iterdir()}


def run_process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coarea", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def save(name: str, image: np.ndarray) -> None:
    if name.endswith(".npy"):
        np.save(name, image)
    elif name.endswith(".tif"):
        iio.imwrite(name, image, photometric="rgb" if image.shape[-1] in (3, 4) else "minisblack")
    else:
        iio.imwrite(name, image)


def load(name: str) -> np.ndarray:
    return np.load(name) if name.endswith(".npy") else iio.imread(name)


# What it writes


def test_filter_writes_what_the_library_computes(capsys):
    assert main(["filter", "photo.png", "out.png", "--beta", "1.5"]) == 0
    expected, info = coarea.denoise_tv_l1(PHOTO, 1.5, domain="shapes", return_info=True)
    assert np.array_equal(load("out.png"), expected)
    printed = capsys.readouterr().out
    shapes = len(coarea.tree_of_shapes(PHOTO)), len(coarea.tree_of_shapes(expected))
    assert f"{shapes[0]} -> {shapes[1]}" in printed
    assert f"{info.initial_energy:g} -> {info.energy:g}" in printed
    assert "48 x 62, uint8" in printed
    assert "output      out.png" in printed


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("--domain pixels --neighbors 8 --tie upper", {"domain": "pixels", "neighbors": 8, "tie": "upper"}),
        ("--domain shapes --connectivity 4-8", {"domain": "shapes", "connectivity": "4-8"}),
        ("--border median", {"domain": "shapes", "border": "median"}),
        ("--border 80.5", {"domain": "shapes", "border": 80.5}),
        ("--border 0", {"domain": "shapes", "border": 0}),
        ("--border 3,7", {"domain": "shapes", "border": (3, 7)}),
        ("--domain max_tree --connectivity 2", {"domain": "max_tree", "connectivity": 2}),
        ("--domain min_tree", {"domain": "min_tree"}),
    ],
)
def test_options_reach_the_library(arguments, options):
    assert main(["filter", "photo.png", "out.npy", "--beta", "1.25", *arguments.split()]) == 0
    assert np.array_equal(load("out.npy"), coarea.denoise_tv_l1(PHOTO, 1.25, **options))


@pytest.mark.parametrize(
    ("suffix", "dtype", "channels"),
    [(".png", "uint8", n) for n in (1, 2, 3, 4)]
    + [(".tif", dtype, n) for dtype in ("uint8", "uint16", "float32") for n in (1, 2, 3, 4)]
    + [(".npy", dtype, n) for dtype in ("int64", "float64") for n in (1, 2, 3, 4)]
    + [(".png", "bool", 1), (".tif", "bool", 1), (".png", "uint16", 1), (".tif", "int16", 1), (".npy", ">f4", 1)],
)
def test_format_and_dtype_are_kept_and_transparency_untouched(suffix, dtype, channels):
    planes = [np.roll(PHOTO, shift, axis=(0, 1)) for shift in range(channels)]
    image = (np.dstack(planes) if channels > 1 else PHOTO).astype(dtype)
    save("in" + suffix, image)
    assert main(["filter", "in" + suffix, "--beta", "1"]) == 0
    filtered = load("in-filtered" + suffix)
    assert filtered.dtype == image.dtype
    assert filtered.shape == image.shape
    stack, before = np.atleast_3d(filtered), np.atleast_3d(image)
    n_filtered = channels - (channels in (2, 4))
    for k in range(n_filtered):
        assert np.array_equal(stack[..., k], coarea.denoise_tv_l1(before[..., k], 1, domain="shapes"))
    assert np.array_equal(stack[..., n_filtered:], before[..., n_filtered:])


@pytest.mark.parametrize("slices", [3, 4, 6])
def test_stacks(slices, capsys):
    stack = np.stack([np.roll(PHOTO, k) for k in range(slices)])
    save("stack.tif", stack)
    assert main(["filter", "stack.tif", "--domain", "max_tree", "--beta", "1"]) == 0
    assert np.array_equal(load("stack-filtered.tif"), coarea.denoise_tv_l1(stack, 1, domain="max_tree"))
    assert main(["tree", "stack.tif", "--domain", "min_tree"]) == 0
    assert f"{len(coarea.min_tree(stack))}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "default"), [("photo.jpg", "photo-filtered.png"), ("photo.bmp", "photo-filtered.png")]
)
def test_default_output_is_lossless(name, default):
    iio.imwrite(name, PHOTO)
    assert main(["filter", name, "--beta", "1"]) == 0
    assert np.array_equal(load(default), coarea.denoise_tv_l1(iio.imread(name), 1, domain="shapes"))


def test_default_output_is_beside_the_input(folder):
    (folder / "sub").mkdir()
    save("sub/slice.tif", PHOTO / np.float32(3))
    assert main(["filter", "sub/slice.tif"]) == 0
    assert main(["lines", "sub/slice.tif"]) == 0
    assert sorted(contents(folder / "sub")) == ["slice-filtered.tif", "slice-lines.png", "slice.tif"]


def test_print_colours_and_orientation_of_jpeg():
    from PIL import Image

    tag = Image.Exif()
    tag[0x0112] = 6  # the camera was turned by a quarter
    Image.fromarray(np.dstack([PHOTO] * 4), "RGBA").convert("CMYK").save("turned.jpg", exif=tag)
    assert main(["filter", "turned.jpg"]) == 0
    assert load("turned-filtered.png").shape == (*PHOTO.T.shape, 3)


def test_an_existing_output_is_replaced_also_behind_a_link(folder):
    save("real.png", PHOTO[:5])
    (folder / "link.png").symlink_to("real.png")
    assert main(["filter", "photo.png", "link.png", "--beta", "1"]) == 0
    assert (folder / "link.png").is_symlink()
    assert load("real.png").shape == PHOTO.shape


def test_lines(capsys):
    assert main(["lines", "photo.png", "--beta", "1", "--step", "40", "--scale", "3"]) == 0
    filtered = coarea.denoise_tv_l1(PHOTO, 1, domain="shapes")
    expected = command_line.draw_level_lines(filtered, PHOTO, step=40, scale=3)
    assert np.array_equal(load("photo-lines.png"), expected)
    assert "photo-lines.png" in capsys.readouterr().out


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_lines_of_a_colour_image_are_those_of_its_luminance(channels):
    save("colour.npy", np.dstack([PHOTO] * channels))
    assert main(["lines", "colour.npy", "colour.png", "--beta", "1"]) == 0
    assert main(["lines", "photo.png", "grey.png", "--beta", "1"]) == 0
    assert np.array_equal(load("colour.png"), load("grey.png"))


def test_tree_prints_the_largest_shapes(capsys):
    assert main(["tree", "photo.png", "--largest", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    tree = coarea.tree_of_shapes(PHOTO)
    assert f"nodes       {len(tree)}" in lines
    assert f"depth       {coarea.attributes.depth(tree).max()}" in lines
    rows = [line.split() for line in lines[-3:]]
    assert rows[0] == ["0", str(PHOTO.size), "0", str(tree.value[0]), "root"]
    areas = np.sort(coarea.attributes.area(tree))[::-1]
    assert [int(row[1]) for row in rows] == areas[:3].tolist()
    for node, _, perimeter, value, polarity in rows[1:]:
        assert int(perimeter) == coarea.attributes.perimeter(tree)[int(node)]
        assert int(value) == tree.value[int(node)]
        assert polarity == {1: "upper", -1: "lower"}[tree.polarity[int(node)]]


# Help


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_and_its_examples(command, capsys, folder):
    with pytest.raises(SystemExit) as stop:
        main([*command.split(), "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    examples = re.findall(r"^(?:example: |  )coarea (.+)$", text, flags=re.MULTILINE)
    assert len(examples) >= (2 if command else 1)
    for example in examples:
        before = set(contents(folder))
        assert main(shlex.split(example)) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        written = re.findall(r"^output +(.+)$", printed.out, flags=re.MULTILINE)
        assert set(contents(folder)) == before | set(written)
        assert bool(written) == ("tree" not in example)


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"coarea {coarea.__version__}\n"


# Refusals


def write_bad_files() -> None:
    Path("words.png").write_text("these are words")
    Path("empty.png").touch()
    Path("cut.png").write_bytes(Path("photo.png").read_bytes()[:-200])
    Path("folder.png").mkdir()
    Path("same.png").symlink_to("photo.png")
    np.save("scalar.npy", np.float64(3))
    np.save("5d.npy", np.zeros((2, 2, 2, 2, 5)))
    np.save("nothing.npy", np.zeros((0, 5)))
    np.save("complex.npy", PHOTO * 1j)
    np.save("text.npy", np.array([["a", "b"]]))
    np.save("object.npy", np.array([[None]]), allow_pickle=True)
    np.save("nan.npy", np.where(PHOTO, PHOTO, np.nan))
    np.save("inf.npy", np.where(PHOTO, PHOTO, np.inf))
    np.save("float.npy", PHOTO / 7)
    np.save("stack.npy", np.stack([PHOTO] * 5))
    write_deep_color_png(Path("deep.png"))


def write_deep_color_png(path: Path) -> None:
    """A 16-bit colour PNG, which common readers cut to 8 bits."""
    rows = np.dstack([PHOTO] * 3).astype(">u2") * 257
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", PHOTO.shape[1], PHOTO.shape[0], 16, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    blocks = [struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(blocks))


REFUSALS = {
    # arguments
    "": "COMMAND",
    "sharpen photo.png": "sharpen",
    "filter photo.png --sharpness 3": "--sharpness",
    "filter photo.png --bet 3": "--bet",
    "filter a.png b.png c.png": "c.png",
    "filter photo.png --beta": "--beta",
    "filter photo.png --beta much": "much",
    "filter photo.png --beta -3": "beta",
    "filter photo.png --beta nan": "beta",
    "filter photo.png --beta inf": "beta",
    "filter photo.png --domain lines": "max_tree",
    "filter photo.png --tie middle": "upper",
    "filter photo.png --domain pixels --neighbors 5": "neighbors",
    "filter photo.png --domain pixels --neighbors four": "four",
    "filter photo.png --neighbors 8": "neighbors",
    "filter photo.png --connectivity 6-6": "connectivity",
    "filter photo.png --connectivity 8": "connectivity",
    "filter photo.png --domain pixels --connectivity 8-4": "connectivity",
    "filter photo.png --domain max_tree --connectivity 3": "connectivity",
    "filter photo.png --domain max_tree --border 0": "border",
    "filter photo.png --border nowhere": "border",
    "filter photo.png --border nan": "border",
    "filter photo.png --border 1000,1000": "border",
    "filter photo.png --border 1,2,3": "border",
    "lines photo.png --step 0": "step",
    "lines photo.png --step nan": "step",
    "lines photo.png --scale 0": "scale",
    "lines photo.png --scale 100000": "scale",
    "tree photo.png out.png": "out.png",
    "tree photo.png --domain pixels": "domain",
    "tree photo.png --domain max_tree --border 0": "border",
    "tree photo.png --border nowhere": "border",
    # input
    "filter missing.png": "no such file: missing.png",
    "filter missing.npy": "no such file: missing.npy",
    "lines missing.png": "no such file",
    "tree missing.png": "no such file",
    "filter folder.png": "folder.png",
    "filter words.png": "not an image",
    "filter empty.png": "not an image",
    "filter cut.png": "not an image",
    "filter object.npy": "not an image",
    "filter deep.png": "16-bit",
    "filter scalar.npy": "0-D",
    "filter 5d.npy": "5-D",
    "tree 5d.npy": "5-D",
    "filter nothing.npy": "(0, 5)",
    "filter complex.npy": "complex",
    "filter text.npy": "real",
    "filter nan.npy": "NaN",
    "lines nan.npy": "NaN",
    "tree nan.npy": "NaN",
    "filter inf.npy": "infinite",
    "filter stack.npy": "2-D",
    "lines stack.npy --domain max_tree": "2-D",
    "tree stack.npy": "2-D",
    # output
    "filter photo.png nowhere/out.png": "no such folder",
    "filter photo.png folder.png": "folder",
    "filter photo.png photo.png": "input",
    "filter photo.png ./same.png": "input",
    "lines photo.png photo.png": "input",
    "filter photo.png out": "lossless",
    "filter photo.png out.jpg": "lossless",
    "filter photo.png out.xyz": "lossless",
    "filter float.npy out.png": ".tif or .npy",
    "filter stack.npy out.png --domain max_tree": ".tif or .npy",
}


def assert_one_line(error: str, fragment: str) -> None:
    assert re.fullmatch(r"coarea: error: [^\n]+\n", error), error
    assert fragment in error


@pytest.mark.parametrize("line", REFUSALS)
def test_refusals_are_one_line_and_leave_all_files_alone(line, capsys, folder):
    write_bad_files()
    before = contents(folder)
    assert main(shlex.split(line)) == 2
    printed = capsys.readouterr()
    assert_one_line(printed.err, REFUSALS[line])
    assert printed.out == ""
    assert contents(folder) == before


def fail_to_write(self: Path, content: bytes) -> int:
    with self.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise OSError(28, "No space left on device")


def fail_to_replace(source: object, target: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("command", ["filter", "lines"])
@pytest.mark.parametrize(
    ("owner", "name", "failure", "reason"),
    [
        (Path, "write_bytes", fail_to_write, "No space left"),
        (os, "replace", fail_to_replace, "Permission denied"),
        (os, "access", lambda path, mode: False, "no permission"),
    ],
)
def test_a_failing_write_leaves_the_old_file(command, owner, name, failure, reason, capsys, folder, monkeypatch):
    Path("out.png").write_text("precious")
    before = contents(folder)
    monkeypatch.setattr(owner, name, failure)
    assert main([command, "photo.png", "out.png"]) == 2
    assert_one_line(capsys.readouterr().err, reason)
    assert contents(folder) == before


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (MemoryError(), 2)])
@pytest.mark.parametrize("place", ["denoise_tv_l1", "encode"])
def test_interrupted(error, code, place, capsys, folder, monkeypatch):
    def stop(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(command_line, place, stop)
    before = contents(folder)
    assert main(["filter", "photo.png"]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert contents(folder) == before


def test_defects_of_the_library_are_not_hidden(monkeypatch):
    monkeypatch.setattr(command_line, "denoise_tv_l1", lambda *arguments, **options: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        main(["filter", "photo.png"])


# Real processes


def test_process_on_the_bundled_photograph(folder):
    done = run_process("filter")
    assert (done.returncode, done.stderr) == (0, "")
    assert load("camera-filtered.png").shape == (512, 512)


def test_process_that_is_refused(folder):
    done = run_process("filter", "missing.png")
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_line(done.stderr, "missing.png")


def test_command_line_does_not_need_matplotlib():
    code = (
        "import sys; sys.modules['matplotlib'] = None; from coarea.__main__ import main; main(['lines', 'photo.png'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("photo-lines.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_process_on_a_full_disk(folder):
    import resource

    Path("out.npy").write_text("precious")
    before = contents(folder)
    limit = PHOTO.size // 2
    done = run_process(
        "filter", "photo.png", "out.npy", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    assert done.returncode == 2
    assert_one_line(done.stderr, "cannot write out.npy")
    assert contents(folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_process_whose_reader_has_left():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "coarea", "tree", "photo.png", "--largest", "1000"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")

"""The command line: what it writes, what it prints, and how it refuses."""

import os
import re
import shlex
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import measure

import coarea
from coarea.cli import main as command_line
from coarea.cli.files import writing
from coarea.cli.main import main
from coarea.plot import draw_level_lines

COMMANDS = ("filter", "lines", "tree")
PHOTO = np.random.default_rng(5).integers(0, 6, (24, 31)).repeat(2, 0).repeat(2, 1).astype(np.uint8) * 40


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    """Work in an empty folder that holds photo.png."""
    monkeypatch.chdir(tmp_path)
    iio.imwrite("photo.png", PHOTO)


def contents(folder: str = ".") -> dict[str, bytes]:
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in Path(folder).iterdir()}


def save(name: str, image: np.ndarray) -> None:
    words = {"photometric": "rgb" if image.shape[-1] in (3, 4) else "minisblack"} if name.endswith(".tif") else {}
    np.save(name, image) if name.endswith(".npy") else iio.imwrite(name, image, **words)


def load(name: str) -> np.ndarray:
    return np.load(name) if name.endswith(".npy") else iio.imread(name)


def test_filter_writes_what_the_library_computes(capsys):
    assert main(["filter", "photo.png", "out.png", "--beta", "1.5"]) == 0
    filtered, info = coarea.denoise_tv_l1(PHOTO, 1.5, domain="shapes", return_info=True)
    assert np.array_equal(load("out.png"), filtered)
    printed = capsys.readouterr().out
    shapes = len(coarea.tree_of_shapes(PHOTO)), len(coarea.tree_of_shapes(filtered))
    zones = [measure.label(image, connectivity=1, background=-1).max() for image in (PHOTO, filtered)]
    energies = f"{info.initial_energy:g} -> {info.energy:g}"
    counts = [f"shapes      {shapes[0]} -> {shapes[1]}", f"flat zones  {zones[0]} -> {zones[1]}"]
    for expected in ("48 x 62, uint8", *counts, energies, "output      out.png"):
        assert expected in printed


def test_filter_counts_the_nodes_of_the_tree_it_filters(capsys):
    assert main(["filter", "photo.png", "out.npy", "--domain", "min_tree", "--connectivity", "2"]) == 0
    nodes = [len(coarea.min_tree(image, connectivity=2)) for image in (PHOTO, load("out.npy"))]
    assert f"nodes       {nodes[0]} -> {nodes[1]}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("--domain pixels --neighbors 8 --tie upper", {"domain": "pixels", "neighbors": 8, "tie": "upper"}),
        ("--connectivity 4-8 --border median", {"domain": "shapes", "connectivity": "4-8", "border": "median"}),
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
    + [(".tif", dtype, n) for dtype in ("uint16", "float32") for n in (1, 2, 3, 4)]
    + [(".npy", dtype, n) for dtype in ("int64", "float64") for n in (1, 4)]
    + [(".png", "bool", 1), (".tif", "bool", 1), (".png", "uint16", 1), (".tif", "int16", 1), (".npy", ">f4", 1)],
)
def test_format_and_dtype_are_kept_and_transparency_untouched(suffix, dtype, channels):
    planes = [np.roll(PHOTO, shift, axis=(0, 1)) for shift in range(channels)]
    image = (np.dstack(planes) if channels > 1 else PHOTO).astype(dtype)
    save("in" + suffix, image)
    assert main(["filter", "in" + suffix, "--beta", "1"]) == 0
    filtered = load("in-filtered" + suffix)
    assert filtered.dtype == image.dtype.newbyteorder("=")
    assert filtered.shape == image.shape
    stack, before = np.atleast_3d(filtered), np.atleast_3d(image)
    n_filtered = channels - (channels in (2, 4))
    for k in range(n_filtered):
        assert np.array_equal(stack[..., k], coarea.denoise_tv_l1(before[..., k], 1, domain="shapes"))
    assert np.array_equal(stack[..., n_filtered:], before[..., n_filtered:])


@pytest.mark.parametrize("domain", ["shapes", "max_tree"])
@pytest.mark.parametrize("slices", [3, 4, 6])
def test_stacks(slices, domain, capsys):
    stack = np.stack([np.roll(PHOTO, k) for k in range(slices)])
    save("stack.tif", stack)
    assert main(["filter", "stack.tif", "--domain", domain, "--beta", "1"]) == 0
    assert np.array_equal(load("stack-filtered.tif"), coarea.denoise_tv_l1(stack, 1, domain=domain))
    assert main(["tree", "stack.tif", "--domain", "min_tree"]) == 0
    assert f"{len(coarea.min_tree(stack))}\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["photo.jpg", "photo.bmp"])
def test_default_output_is_png(name):
    iio.imwrite(name, PHOTO)
    assert main(["filter", name, "--beta", "1"]) == 0
    assert np.array_equal(load("photo-filtered.png"), coarea.denoise_tv_l1(iio.imread(name), 1, domain="shapes"))


def test_default_output_is_beside_the_input():
    Path("sub").mkdir()
    save("sub/slice.tif", PHOTO / np.float32(3))
    assert [main([command, "sub/slice.tif"]) for command in COMMANDS] == [0, 0, 0]
    assert sorted(contents("sub")) == ["slice-filtered.tif", "slice-lines.png", "slice.tif"]


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_print_colours_and_orientation_of_jpeg(mode):
    tag = Image.Exif()
    tag[0x0112] = 6  # the camera was turned by a quarter
    Image.fromarray(np.dstack([PHOTO] * 3), "RGB").convert(mode).save("turned.jpg", exif=tag)
    assert main(["filter", "turned.jpg"]) == 0
    assert load("turned-filtered.png").shape == (*PHOTO.T.shape, 3)


def test_a_narrow_grey_jpeg_stays_grey():
    iio.imwrite("narrow.jpg", PHOTO[:, :4])
    assert main(["filter", "narrow.jpg"]) == 0
    assert load("narrow-filtered.png").shape == (len(PHOTO), 4)


def test_a_name_without_a_suffix_is_read_by_its_content():
    Path("photo.png").rename("photo")
    assert main(["filter", "photo", "out.png", "--beta", "0"]) == 0
    assert np.array_equal(load("out.png"), PHOTO)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((48, 62), {"photometric": "miniswhite"}),
        ((48, 62, 4), {"photometric": "separated"}),
        ((3, 48, 62), {"photometric": "rgb", "planarconfig": "separate"}),
        ((48, 62), {"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)}),
        ((48, 62), {"photometric": "minisblack", "extratags": [(274, "H", 1, 6, True)]}),
    ],
)
def test_tiffs_whose_numbers_are_not_what_is_seen_are_refused(shape, options, capsys):
    tifffile.imwrite("photo.tif", np.resize(PHOTO, shape), **options)
    assert main(["filter", "photo.tif", "out.tif"]) == 2
    assert_refusal(*capsys.readouterr(), "convert it to grey or RGB")
    assert not Path("out.tif").exists()


def test_an_existing_output_is_replaced_also_behind_a_link():
    save("real.png", PHOTO[:5])
    Path("link.png").symlink_to("real.png")
    assert main(["filter", "photo.png", "link.png", "--beta", "1"]) == 0
    assert Path("link.png").is_symlink()
    assert load("real.png").shape == PHOTO.shape


def test_lines():
    assert main(["lines", "photo.png", "--beta", "1", "--step", "40", "--scale", "3"]) == 0
    filtered = coarea.denoise_tv_l1(PHOTO, 1, domain="shapes")
    assert np.array_equal(load("photo-lines.png"), draw_level_lines(filtered, PHOTO, step=40, scale=3))


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
    area, perimeter = coarea.attributes.area(tree), coarea.attributes.perimeter(tree)
    for rank, row in enumerate(lines[-3:]):
        node = int(row.split()[0])
        polarity = {1: "upper", -1: "lower", 0: "root"}[tree.polarity[node]]
        assert row.split()[1:] == [str(area[node]), str(perimeter[node]), str(tree.value[node]), polarity]
        assert area[node] == np.sort(area)[-1 - rank]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_and_its_examples(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command.split(), "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    examples = re.findall(r"^(?:example: |  )coarea (.+)$", text, flags=re.MULTILINE)
    assert len(examples) >= (2 if command else 1)
    for example in examples:
        before = set(contents())
        assert main(shlex.split(example)) == 0
        printed = capsys.readouterr()
        written = re.findall(r"^output +(.+)$", printed.out, flags=re.MULTILINE)
        assert set(contents()) == before | set(written)
        assert bool(written) == ("tree" not in example)


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"coarea {coarea.__version__}\n"


def write_bad_files() -> None:
    arrays = {
        "scalar": np.float64(3),
        "5d": np.zeros((2, 2, 2, 2, 5)),
        "nothing": np.zeros((0, 5)),
        "complex": PHOTO * 1j,
        "text": np.array([["a", "b"]]),
        "object": np.array([[None]]),
        "nan": np.where(PHOTO, PHOTO, np.nan),
        "inf": np.where(PHOTO, PHOTO, np.inf),
        "float": PHOTO / 7,
        "stack": np.stack([PHOTO] * 5),
        "signal": PHOTO[0],
    }
    for name, array in arrays.items():
        np.save(f"{name}.npy", array, allow_pickle=True)
    Path("words.png").write_text("these are words")
    Path("empty.png").touch()
    Path("cut.png").write_bytes(Path("photo.png").read_bytes()[:-200])
    Path("folder.png").mkdir()
    Path("same.png").symlink_to("photo.png")
    # A 16-bit colour PNG, which common readers cut to 8 bits.
    rows = b"".join(b"\0" + row.tobytes() for row in np.dstack([PHOTO] * 3).astype(">u2"))
    header = struct.pack(">IIBBBBB", PHOTO.shape[1], PHOTO.shape[0], 16, 2, 0, 0, 0)
    blocks = [b"IHDR" + header, b"IDAT" + zlib.compress(rows), b"IEND"]
    chunks = [struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block)) for block in blocks]
    Path("deep.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


REFUSALS = {
    "COMMAND": [""],
    "sharpen": ["sharpen photo.png"],
    "unrecognized": ["filter photo.png --bet 3", "filter a.png b.png c.png", "tree photo.png out.png"],
    "--beta": ["filter photo.png --beta", "filter photo.png --beta much"],
    "beta must": ["filter photo.png --beta -3", "filter photo.png --beta nan", "lines photo.png --beta inf"],
    "min_tree": ["filter photo.png --domain lines", "tree photo.png --domain pixels"],
    "tie": ["filter photo.png --tie middle"],
    "neighbors": ["filter photo.png --neighbors 8", "filter photo.png --domain pixels --neighbors 5"],
    "connectivity": [f"filter photo.png --connectivity {word}" for word in ("6-6", "8", "8-4 --domain pixels")],
    "connectivity must": ["tree photo.png --domain max_tree --connectivity 3"],
    "border": [f"filter photo.png --border {word}" for word in ("nowhere", "nan", "1000,1000", "1,2,3")],
    "border belongs": ["tree photo.png --border 0 --domain max_tree"],
    "--step": ["lines photo.png --step 0", "lines photo.png --step nan"],
    "--scale": ["lines photo.png --scale 0", "lines photo.png --scale 100000"],
    "no such file: missing": [*(f"{command} missing.png" for command in COMMANDS), "filter missing.npy"],
    "not an image": [f"filter {name}" for name in ("words.png", "empty.png", "cut.png", "object.npy")],
    "cannot read folder.png": ["filter folder.png"],
    "16-bit colour PNG": ["filter deep.png"],
    "0-D": ["filter scalar.npy"],
    "5-D": [f"{command} 5d.npy" for command in COMMANDS],
    "2-D": ["filter signal.npy", "tree signal.npy", "lines stack.npy --domain max_tree"],
    "(0, 5)": ["filter nothing.npy"],
    "real": ["filter complex.npy", "filter text.npy"],
    "NaN": [f"{command} nan.npy" for command in COMMANDS],
    "infinite": ["filter inf.npy", "lines inf.npy"],
    "no such folder": ["filter photo.png nowhere/out.png"],
    "it is a folder": ["filter photo.png folder.png"],
    "it is the input": ["filter photo.png photo.png", "filter photo.png same.png", "lines photo.png ./photo.png"],
    "lossless": [f"filter photo.png {name}" for name in ("out", "out.jpg", "out.xyz")],
    ".tif or .npy": ["filter float.npy out.png", "filter stack.npy out.png --domain max_tree"],
}


def assert_refusal(out: str, err: str, reason: str) -> None:
    assert out == ""
    assert re.fullmatch(r"coarea: error: [^\n]+\n", err), err
    assert reason in err


@pytest.mark.parametrize(("line", "reason"), [(line, reason) for reason, lines in REFUSALS.items() for line in lines])
def test_refusals_are_one_line_and_leave_all_files_alone(line, reason, capsys):
    write_bad_files()
    before = contents()
    assert main(shlex.split(line)) == 2
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


def fail_to_write(self: Path, content: bytes) -> int:
    with self.open("wb") as file:
        file.write(content[: len(content) // 2])
    raise OSError(28, "No space left on device")


def fail_with(error: BaseException) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("command", ["filter", "lines"])
@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ((Path, "write_bytes", fail_to_write), "No space left"),
        ((os, "replace", fail_with(PermissionError(13, "Permission denied"))), "Permission denied"),
        ((os, "access", lambda path, mode: False), "no permission"),
    ],
)
def test_a_failing_write_leaves_the_old_file(command, failure, reason, capsys, monkeypatch):
    Path("out.png").write_text("precious")
    before = contents()
    monkeypatch.setattr(*failure)
    assert main([command, "photo.png", "out.png"]) == 2
    assert_refusal(*capsys.readouterr(), reason)
    assert contents() == before


@pytest.mark.parametrize("place", [(command_line, "denoise_tv_l1"), (writing, "encode")])
@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (MemoryError(), 2)])
def test_interrupted(error, code, place, capsys, monkeypatch):
    monkeypatch.setattr(*place, fail_with(error))
    assert main(["filter", "photo.png"]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert list(contents()) == ["photo.png"]


def test_defects_of_the_library_are_not_hidden(monkeypatch):
    monkeypatch.setattr(command_line, "denoise_tv_l1", fail_with(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["filter", "photo.png"])


def run(*arguments: str, **options: object) -> tuple[int, str]:
    """The exit code and what was told on stderr."""
    done = subprocess.run([sys.executable, *arguments], stderr=subprocess.PIPE, text=True, check=False, **options)
    return done.returncode, done.stderr


def test_process_on_the_bundled_photograph():
    assert run("-m", "coarea", "filter") == (0, "")
    assert load("camera-filtered.png").shape == (512, 512)


def test_process_without_matplotlib():
    code = "import sys; sys.modules['matplotlib'] = None; import coarea.cli.main as c; c.main(['lines', 'photo.png'])"
    assert run("-c", code) == (0, "")
    assert "photo-lines.png" in contents()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_process_on_a_full_disk():
    import resource

    Path("out.npy").write_text("precious")
    before = contents()
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (PHOTO.size // 2, PHOTO.size // 2))
    code, error = run("-m", "coarea", "filter", "photo.png", "out.npy", preexec_fn=limit)
    assert code == 2
    assert_refusal("", error, "cannot write out.npy")
    assert contents() == before


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_process_whose_reader_has_left():
    read, write = os.pipe()
    os.close(read)
    assert run("-m", "coarea", "tree", "photo.png", "--largest", "1000", stdout=write) == (141, "")
    os.close(write)

"""coarea ct reconstruct and center on scans: what is read, what is refused before, and what is told."""

import json
import re
import shlex
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

from coarea import ct
from coarea.cli.ct import scans
from coarea.cli.files import read_image
from coarea.cli.main import main
from coarea.ct.methods.registry import ITERATIVE

N, BINS, VIEWS, ROWS, AXIS = 24, 40, 16, 4, 18.25
ANGLES = np.arange(VIEWS + 1) * np.pi / VIEWS  # the last view is opposite to the first
BEAM = ct.ParallelBeam(angles=ANGLES, n_detectors=BINS, detector_offset=(BINS - 1) / 2 - AXIS)
HEADS = ct.shepp_logan((N, N), contrast="modified") * np.linspace(0.05, 0.1, ROWS)[:, None, None]
HEADS[0] = HEADS[0].T
COUNTS = (100 + 6e4 * np.exp(-ct.Projector(BEAM, HEADS.shape)(HEADS))).round().astype(np.uint16)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def exchange():
    h5py = pytest.importorskip("h5py")
    with h5py.File("scan.h5", "w") as file:
        file["exchange/data"], file["exchange/theta"] = COUNTS, np.degrees(ANGLES)
        file["exchange/data_white"] = np.full((2, ROWS, BINS), 60100, np.uint16)
        file["exchange/data_dark"] = np.full((2, ROWS, BINS), 100, np.uint16)


@pytest.fixture
def stack():
    Path("scan/dark").mkdir(parents=True)
    for k, image in enumerate(COUNTS):
        tifffile.imwrite(f"scan/a{k}.tif", image)
    tifffile.imwrite("scan/flat.tif", np.full((ROWS, BINS), 60100, np.uint16))
    tifffile.imwrite("scan/dark/0.tif", np.full((ROWS, BINS), 100, np.uint16))


def run(line):
    return main(shlex.split(line))


def reconstructed(line):
    assert run(f"ct reconstruct {line} -o out.npy") == 0
    return np.load("out.npy")


def test_rows_and_views_are_selected(exchange, capsys):
    few = reconstructed(f"scan.h5 --rows 1:4:2 --views ::3 --center {AXIS} --method sart --iterations 3")
    data = ct.read_scan("scan.h5").line_integrals()[::3, 1:4:2]
    expected = ct.sart(ct.Projector(BEAM[::3], (2, BINS, BINS)), data, 3).image
    assert np.array_equal(few, expected)
    printed = capsys.readouterr()
    assert f"centre      {AXIS}\n" in printed.out
    assert "ParallelBeam, 6 views, projections 6 x 2 x 40" in printed.out
    assert printed.err == ""
    assert reconstructed(f"scan.h5 --rows 2 --center {AXIS} --method fbp").shape == (1, BINS, BINS)
    assert reconstructed(f"scan.h5 --rows=-1 --center {AXIS} --method fbp --shape 9 8").shape == (1, 9, 8)


def test_a_folder_is_read_as_a_scan(exchange, stack):
    options = f"--center {AXIS} --method fbp --rows 1:3"
    expected = reconstructed(f"scan.h5 {options}")
    np.savetxt("angles.txt", np.degrees(ANGLES))
    stop = 180 + 180 / VIEWS
    for angles in (f"0:{stop}", "angles.txt"):
        np.testing.assert_allclose(reconstructed(f"scan --angles {angles} {options}"), expected, atol=1e-6)
    levels = "--flats 60100 --darks 100"
    np.testing.assert_allclose(reconstructed(f"scan --angles angles.txt {levels} {options}"), expected, atol=1e-6)
    tifffile.imwrite("pages.tif", COUNTS)
    np.testing.assert_allclose(reconstructed(f"pages.tif --angles angles.txt {levels} {options}"), expected, atol=1e-6)


def test_geometry_of_a_file_and_of_the_user(stack, capsys):
    fields = {"beam": "parallel", "angles": ANGLES.tolist(), "n_detectors": BINS, "detector_offset": 19.5 - AXIS}
    Path("beam.json").write_text(json.dumps(fields))
    found = reconstructed("scan --geometry beam.json --views ::2 --method sart --iterations 2")
    np.testing.assert_allclose(
        found,
        reconstructed(f"scan --angles 0:191.25 --center {AXIS} --views ::2 --method sart --iterations 2"),
        atol=1e-6,
    )
    lines = {
        "SrcToObject": 900, "SrcToDetector": 1800, "DetectorPixelsX": BINS, "DetectorPixelsY": ROWS, "InitialAngle": 0,
        "DetectorPixelSizeX": 2, "DetectorPixelSizeY": 2, "Projections": len(COUNTS), "AngularStep": 360 / 17,
        "WhiteLevel": 60000, "ObjectOffsetX": 0.5,
    }  # fmt: skip
    Path("cone").mkdir()
    Path("cone/a.xtekct").write_text("[XTekCT]\n" + "\n".join(f"{key}={value}" for key, value in lines.items()))
    for k, image in enumerate(COUNTS):
        tifffile.imwrite(f"cone/a_{k}.tif", image)
    capsys.readouterr()
    assert reconstructed("cone/a.xtekct --method fdk --rows 1:3").shape == (2, BINS, BINS)
    assert "centre" not in (printed := capsys.readouterr().out)
    assert "ConeBeam, 17 views" in printed
    moved = reconstructed("cone --method fdk --rows 1:3 --center 19")
    geometry = ct.read_nikon("cone", rows=slice(1, 3)).geometry
    beam = ct.ConeBeam(
        angles=geometry.angles, detector_shape=(2, BINS), detector_spacing=2, source_to_axis=900,
        source_to_detector=1800, detector_offset=(0, 1),
    )  # fmt: skip
    data = ct.read_nikon("cone", rows=slice(1, 3)).line_integrals(bad="interpolate")
    assert np.array_equal(moved, ct.fdk(data, beam, (2, BINS, BINS)))


def test_the_centre_is_found_both_ways(exchange, stack, capsys):
    for line in ("scan.h5", "scan.h5 --rows 0", "scan --angles 0:191.25"):
        assert run(f"ct center {line}") == 0
        printed = capsys.readouterr()
        found = dict(re.findall(r"^(\w+ \w+) +([\d.]+)$", printed.out, re.MULTILINE))
        assert list(found) == ["opposite views", "best fit"]
        for value in found.values():
            assert float(value) == pytest.approx(AXIS, abs=0.3)
    for how in ("auto", "scan"):
        assert run(f"ct reconstruct scan.h5 --rows 1 --center {how} --method fbp -o out.npy") == 0
        found = re.search(r"^centre +([\d.]+)$", capsys.readouterr().out, re.MULTILINE)
        assert float(found[1]) == pytest.approx(AXIS, abs=0.3)


def test_what_one_way_cannot_is_a_note(exchange, capsys):
    assert run("ct center scan.h5 --views :9") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("best fit")
    assert re.fullmatch(r"coarea: note: opposite views: [^\n]*two views must be opposite[^\n]+\n", printed.err)


def test_batches_give_the_same_slices(exchange, capsys, monkeypatch):
    read = []

    def recorded(self, rows, views, told_as=None):
        read.append(rows)
        return scan(self, rows, views, told_as)

    scan = scans.Source._scan
    for method in ("fbp", "sart --iterations 2"):
        line = f"scan.h5 --method {method} --center {AXIS}"
        whole = reconstructed(line)
        with monkeypatch.context() as patched:
            patched.setattr(scans.Source, "_scan", recorded)
            np.testing.assert_allclose(reconstructed(f"{line} --batch 3"), whole, rtol=1e-5, atol=1e-7)
    assert read[1:4] == [slice(3, 4, 1), slice(0, 3, 1), slice(3, 4, 1)]  # the first of them for the centre
    some = reconstructed(f"scan.h5 --method fbp --center {AXIS} --batch 1 --rows 1:4:2")
    np.testing.assert_allclose(some, reconstructed(f"scan.h5 --method fbp --center {AXIS} --rows 1:4:2"), atol=1e-6)


def test_a_dead_pixel_is_left_out_or_filled(exchange, capsys):
    h5py = pytest.importorskip("h5py")
    good = {method: reconstructed(f"scan.h5 --rows 1 --center {AXIS} --method {method}") for method in ("fbp", "sart")}
    with h5py.File("scan.h5", "a") as file:
        file["exchange/data"][:, 1, 20] = 100
    for method, expected in good.items():
        found = reconstructed(f"scan.h5 --rows 1 --center {AXIS} --method {method}")
        assert np.isfinite(found).all()
        assert np.abs(found - expected).max() < 0.6 * expected.max()
    assert run(f"ct reconstruct scan.h5 --center {AXIS} --method fbp --bad raise -o out.npy") == 2
    assert "are bad, the first in view 0 at (1, 20)" in capsys.readouterr().err


def test_line_integrals_that_are_missing_are_left_out_or_filled():
    data = ct.line_integrals(COUNTS[:, 1], 60100.0, 100.0)
    data[:, 20] = np.nan
    np.save("data.npy", data)
    ct.write_geometry("beam.json", BEAM)
    filled = data.copy()
    filled[:, 20] = (data[:, 19] + data[:, 21]) / 2
    line = "data.npy --geometry beam.json --method"
    np.testing.assert_allclose(reconstructed(f"{line} fbp"), ct.fbp(filled, BEAM, (BINS, BINS)), atol=1e-6)
    A = ct.Projector(BEAM, (BINS, BINS))
    left_out = ct.sart(A, data, 5, weights=np.isfinite(data)).image
    np.testing.assert_allclose(reconstructed(f"{line} sart --iterations 5"), left_out, atol=1e-6)


def test_the_filter_reaches_the_method(exchange):
    data = ct.read_scan("scan.h5").line_integrals()
    found = reconstructed(f"scan.h5 --center {AXIS} --method fbp --filter cosine")
    assert np.array_equal(found, ct.fbp(data, BEAM, (ROWS, BINS, BINS), filter="cosine"))


def test_rings_and_hardening_are_corrected_before(exchange, capsys):
    data = ct.read_scan("scan.h5").line_integrals()
    line = f"scan.h5 --center {AXIS} --method fbp"
    shape = (ROWS, BINS, BINS)
    cleaned = ct.remove_rings(data)
    assert not np.array_equal(cleaned, data)
    assert np.array_equal(reconstructed(f"{line} --rings"), ct.fbp(cleaned, BEAM, shape))
    curved = ct.linearize(cleaned, [0.9, 0.2])
    assert np.array_equal(reconstructed(f"{line} --rings --hardening 0.9,0.2"), ct.fbp(curved, BEAM, shape))
    capsys.readouterr()
    for batch in ("", "--batch 3"):
        found = reconstructed(f"{line} --hardening self {batch}")
        curve = re.search(r"^hardening +(\S+)$", capsys.readouterr().out, re.MULTILINE)[1]
        curve = [float(number) for number in curve.split(",")]
        np.testing.assert_allclose(found, ct.fbp(ct.linearize(data, curve), BEAM, shape), rtol=1e-3, atol=1e-5)


def test_a_preview_shows_the_middle_slice(exchange):
    reconstructed(f"scan.h5 --center {AXIS} --method fbp --preview a.png")
    picture = iio.imread("a.png")
    assert picture.dtype == np.uint8
    assert picture.shape[1] == BINS * (320 // BINS)
    shown = picture[: picture.shape[1]][::-8][:, ::8].astype(float)  # rows of an image grow upwards
    assert np.corrcoef(shown.ravel(), np.load("out.npy")[2].clip(0).ravel())[0, 1] > 0.95


def test_epsilon_and_bounds_reach_the_method(exchange):
    data = ct.read_scan("scan.h5", rows=slice(1)).line_integrals()
    A = ct.Projector(BEAM, (1, BINS, BINS))
    line = f"scan.h5 --rows 0 --center {AXIS} --iterations 4"
    found = reconstructed(f"{line} --method asd-pocs --epsilon 0.3 --upper 0.04 --lower=-1e-3")
    assert np.array_equal(found, ct.asd_pocs(A, data, 4, epsilon=0.3, upper=0.04, lower=-1e-3).image)


REFUSED = {
    "scan.h5 --method sart --strength 1": "--strength goes with ",
    "scan.h5 --method fbp --upper 1": "--upper goes with methods that iterate, not with fbp",
    "scan.h5 --method cgls --upper 1": "--upper goes with sart, ",
    "scan.h5 --noise 1 --epsilon 1": "--noise and --epsilon exclude each other",
    "scan.h5 --center middle": "--center: must be a bin, auto or scan, got middle",
    "scan.h5 --center nan": "--center: must be a bin, auto or scan, got nan",
    "scan.h5 --rows a:b": "--rows: must be A:B, A:B:STEP or one number, got a:b",
    "scan.h5 --views ::0": "--views: must be A:B, A:B:STEP or one number, got ::0",
    "scan.h5 --rows ::-2": "--rows: must be A:B, A:B:STEP or one number, got ::-2",
    "scan.h5 --filter hann": "--filter goes with fbp and fdk, not with asd-pocs",
    "scan.h5 --method fbp --filter box": "argument --filter: invalid choice box",
    "scan.h5 --batch 0": "--batch: must be a whole number of at least 1",
    "scan.h5 --batch 1 --shape 2 3 4": "--batch takes --shape Y X: the slices are the rows",
    "scan.h5 --geometry beam.json --center 3": "--center and --geometry exclude each other",
    "scan.h5 --geometry beam.json --angles 0:9": "--angles and --geometry exclude each other",
    "scan.h5 --preview a.jpg": "cannot write a.jpg: a preview is a .png",
    "scan.h5 --preview no/a.png": "cannot write no/a.png: no such folder",
    "scan.h5 -o scan.h5": "cannot write scan.h5: ",
    "scan.h5 -o out.png": "write .tif or .npy",
    "scan --angles angles.npy": "no such file: angles.npy",
    "scan": "--angles START:STOP is needed: scan is a scan of TIFF files, which hold none",
    "scan.h5 --hardening much": "--hardening: must be self or C1,C2,..., got much",
    "scan --angles 0:180 -o scan/new.tif": "cannot write scan/new.tif: it would lie among the images of the scan",
    "scan --angles 0:180 -o scan/a1.tif": "cannot write scan/a1.tif: it would lie among the images of the scan",
    "scan --angles 0:180 --flats f.tif -o f.tif": "cannot write f.tif: it is the input",
    "f.tif --angles 0:180": "--angles goes with scans, f.tif is taken for line integrals",
    "f.tif": "--geometry JSON is needed, unless the input is a scan, which f.tif is not",
    "missing": "no such file: missing",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_does_not_go_together_is_refused_before_anything_is_read(line, exchange, stack, capsys, monkeypatch):
    Path("beam.json").write_text("{}")
    tifffile.imwrite("f.tif", COUNTS[0])
    for name in ("read_scan", "line_integrals", "read_nikon"):
        monkeypatch.setattr(ct, name, None)
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert run(f"ct reconstruct {line}") == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"coarea: error: [^\n]+\n", error)
    assert REFUSED[line] in error
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before


def test_refusals_that_need_the_scan(exchange, stack, capsys):
    Path("words.txt").write_text("nought")
    np.savetxt("few.txt", [0, 1])
    for line, message in (
        ("scan --angles words.txt", "words.txt must hold angles in degrees, one in a line"),
        ("scan --angles few.txt", "angles must be 17 finite numbers, one for each view of scan"),
        ("scan.h5 --rows 9:12", "rows must select some of the 4 rows of scan.h5"),
        ("scan.h5 --batch 2 --rows 9:12", "scan.h5 has no such rows"),
        ("scan.h5 --flats 3", "flats goes with TIFF files, scan.h5 has its own"),
        ("scan.h5 --views :9", "two views must be opposite"),
    ):
        assert run(f"ct reconstruct {line} --method fbp") == 2
        assert message in capsys.readouterr().err


def test_warnings_of_the_library_are_notes(exchange, capsys):
    h5py = pytest.importorskip("h5py")
    with h5py.File("scan.h5", "a") as file:
        del file["exchange/data_dark"]
    assert run(f"ct reconstruct scan.h5 --method fbp --center {AXIS}") == 0
    assert capsys.readouterr().err == "coarea: note: scan.h5 holds no dark images: 0 is taken for them\n"
    assert read_image(Path("scan-reconstruction.tif")).pixels.shape == (ROWS, BINS, BINS)


def test_a_folder_names_the_result_beside_it(stack, monkeypatch, capsys):
    options = f"--angles 0:191.25 --center {AXIS} --method fbp"
    assert run(f"ct reconstruct scan/ {options}") == 0
    assert Path("scan-reconstruction.tif").exists()
    Path("scan-reconstruction.tif").unlink()
    monkeypatch.chdir("scan")
    assert run(f"ct reconstruct . {options}") == 0
    assert Path("../scan-reconstruction.tif").exists()


def test_options_go_by_the_signatures_of_the_methods(exchange, capsys, monkeypatch):
    def penalised(operator, data, strength, n_iter, *, lower=0.0, callback=None):
        return ct.Reconstruction(np.full(operator.domain_shape, strength + lower), {"steps": [n_iter]})

    monkeypatch.setitem(ITERATIVE, "penalised", penalised)
    line = f"scan.h5 --center {AXIS} --method penalised"
    assert (reconstructed(f"{line} --strength 3 --lower 0.5 --iterations 7") == 3.5).all()
    assert "steps       7\n" in capsys.readouterr().out
    for wrong, message in (
        ("", "--method penalised needs --strength"),
        ("--strength 3 --upper 1", "--upper goes with sart, os-sart, "),
        ("--strength 3 --noise 1", "not with penalised"),
    ):
        assert run(f"ct reconstruct {line} {wrong} -o out.npy") == 2
        assert message in capsys.readouterr().err

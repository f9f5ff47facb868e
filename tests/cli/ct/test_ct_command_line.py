"""coarea ct: what it writes, and how it refuses."""

import inspect
import json
import re
import shlex
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

from coarea import ct
from coarea.cli.files import read_image
from coarea.cli.main import main

N = 32
HEAD = ct.shepp_logan((N, N))
FAN = {
    "beam": "fan", "angles_in_degrees": {"start": 0, "stop": 360, "count": 24}, "n_detectors": 48,
    "detector_spacing": 2.0, "source_to_axis": 64, "source_to_detector": 128,
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder that holds a scan."""
    monkeypatch.chdir(tmp_path)
    geometry = ct.FanBeam(
        angles=np.radians(np.arange(24) * 15), n_detectors=48, detector_spacing=2.0, source_to_axis=64,
        source_to_detector=128,
    )  # fmt: skip
    np.save("scan.npy", ct.Projector(geometry, (N, N))(HEAD))
    Path("fan.json").write_text(json.dumps(FAN))
    return tmp_path


def test_demo_writes_one_picture_and_prints_the_errors(capsys):
    assert main(shlex.split("ct demo --size 64 --views 20 --iterations 100 -o demo.png")) == 0
    printed = capsys.readouterr()
    errors = {
        name: float(re.search(rf"^{name} +([\d.]+)$", printed.out, re.MULTILINE)[1])
        for name in ("FBP", "SART", "ASD-POCS")
    }
    assert errors["ASD-POCS"] < 0.8 * errors["SART"] < errors["FBP"]
    picture = iio.imread("demo.png")
    assert picture.ndim == 2
    assert picture.shape[1] == 4 * 320 + 6
    assert printed.err == ""  # a progress bar is for terminals


METHODS = ["sart", "os-sart", "sirt", "cgls", "asd-pocs", "tv-pocs", "tv-primal-dual"]


def test_every_method_of_the_library_is_offered(capsys):
    """What takes an operator or a geometry, and data, is a method."""
    with pytest.raises(SystemExit):
        main(["ct", "reconstruct", "--help"])
    offered = re.search(r"--method {([^}]+)}", capsys.readouterr().out)[1].split(",")
    functions = [name for name in ct.__all__ if callable(getattr(ct, name)) and name.islower()]
    first = {name: list(inspect.signature(getattr(ct, name)).parameters)[:2] for name in functions}
    methods = [name for name in functions if first[name] in (["operator", "data"], ["data", "geometry"])]
    methods.remove("choose_strength")  # a number, no image
    assert sorted(offered) == sorted(name.replace("_", "-") for name in methods)
    assert {"fbp", "fdk", *METHODS} <= set(offered)


@pytest.mark.parametrize("method", ["fbp", *METHODS])
def test_reconstruct_writes_what_the_library_computes(method, capsys):
    line = f"ct reconstruct scan.npy --geometry fan.json -o out.tif --method {method}"
    line += "" if method == "fbp" else " --iterations 8"
    assert main(shlex.split(f"{line} --shape {N} {N} --spacing 1")) == 0
    geometry = ct.FanBeam(
        **{**{k: v for k, v in FAN.items() if k[:3] not in ("bea", "ang")}, "angles": np.radians(np.arange(24) * 15)}
    )
    data = np.load("scan.npy")
    if method == "fbp":
        expected = ct.fbp(data, geometry, (N, N))
    else:
        expected = getattr(ct, method.replace("-", "_"))(ct.Projector(geometry, (N, N)), data, 8).image
    assert np.array_equal(iio.imread("out.tif"), expected)
    assert "FanBeam, 24 views, projections 24 x 48" in capsys.readouterr().out


def test_size_of_the_image_follows_the_detector(capsys):
    assert main(["ct", "reconstruct", "scan.npy", "--geometry", "fan.json", "--iterations", "1"]) == 0
    assert iio.imread("scan-reconstruction.tif").shape == (48, 48)
    assert "pixels of 1" in capsys.readouterr().out
    Path("scan-reconstruction.tif").unlink()
    assert main(["ct", "reconstruct", "scan.npy", "--geometry", "fan.json", "--iterations", "1", "--spacing", "2"]) == 0
    assert iio.imread("scan-reconstruction.tif").shape == (24, 24)


def test_cone_and_radians(capsys):
    fields = {
        "beam": "cone", "angles": [0.1 * k for k in range(63)], "detector_shape": [6, 8], "detector_spacing": [2, 2],
        "source_to_axis": 50, "source_to_detector": 100,
    }  # fmt: skip
    Path("cone.json").write_text(json.dumps(fields))
    np.save("cone.npy", np.random.default_rng(0).random((63, 6, 8)))
    assert main(shlex.split("ct reconstruct cone.npy --geometry cone.json -o v.npy --method fdk")) == 0
    assert np.load("v.npy").shape == (6, 8, 8)
    assert main(shlex.split("ct reconstruct cone.npy --geometry cone.json -o v.tif --method fdk --shape 4 5 3")) == 0
    image = read_image(Path("v.tif"))
    assert (image.axes, image.pixels.shape) == ("ZYX", (4, 5, 3))  # three columns are not three colours


def test_vectors_of_a_file_are_those_of_the_beam(capsys):
    beam = ct.read_geometry("fan.json")
    ct.write_geometry("vectors.json", beam.vectors())
    for name in ("fan", "vectors"):
        line = f"ct reconstruct scan.npy --geometry {name}.json -o {name}.npy --method sart --iterations 3"
        assert main(shlex.split(line)) == 0
    assert "Vectors, 24 views, projections 24 x 48" in capsys.readouterr().out
    np.testing.assert_allclose(np.load("vectors.npy"), np.load("fan.npy"), atol=1e-5)


def test_data_exchange_files_need_no_geometry(capsys):
    h5py = pytest.importorskip("h5py")
    angles = np.linspace(0, np.pi, 19)
    geometry = ct.ParallelBeam(angles=angles, n_detectors=64, detector_offset=2.5)
    truth = ct.Projector(geometry, (2, N, N))(np.stack([HEAD, HEAD])) / 10
    with h5py.File("scan.h5", "w") as file:
        file["exchange/data"] = (100 + 1e4 * np.exp(-truth)).astype(np.uint16)
        file["exchange/data_white"], file["exchange/data_dark"] = np.full((3, 2, 64), 10100), np.full((3, 2, 64), 100)
        file["exchange/theta"] = np.degrees(angles)
    assert main(shlex.split("ct reconstruct scan.h5 -o out.npy --method sart --iterations 20")) == 0
    found = re.search(r"^centre +([\d.]+)$", capsys.readouterr().out, re.MULTILINE)
    assert float(found[1]) == pytest.approx(29, abs=0.05)
    found = np.load("out.npy")[:, 16:48, 16:48]
    assert np.linalg.norm(found - HEAD / 10) < 0.4 * np.linalg.norm([HEAD / 10] * 2)


REFUSALS = {
    "ct": "the following arguments are required",
    "ct demo --size 0": "at least 1",
    "ct demo -o out.jpg": "lossless",
    "ct reconstruct scan.npy": "--geometry JSON is needed",
    "ct reconstruct missing.npy --geometry fan.json": "no such file: missing.npy",
    "ct reconstruct scan.npy --geometry missing.json": "no such file: missing.json",
    "ct reconstruct turned.npy --geometry fan.json": "axes are (view, u) or (view, v, u); it seems to be transposed",
    "ct reconstruct colours.npy --geometry fan.json": "colours.npy is 24 x 48 x 3, but the geometry has 24 views of 48",
    "ct reconstruct scan.npy --geometry cone.json": "scan.npy is 24 x 48, but the geometry has 24 views of 2 x 48 bins",
    "ct reconstruct scan.npy --geometry fan.json --shape 9": "--shape takes Y X or Z Y X, got 9 (see coarea ct recon",
    "ct reconstruct complex.npy --geometry fan.json": "complex.npy must hold real numbers, got complex128",
    "ct reconstruct words.npy --geometry fan.json": "words.npy must hold real numbers, got <U5",
    "ct reconstruct scan.npy --geometry fan.json --method fbp --iterations 9": "--iterations goes with methods that",
    "ct reconstruct scan.npy --geometry fan.json --method fbp --noise 9": "--noise goes with methods that iterate, not",
    "ct reconstruct missing.h5": "no such file: missing.h5",
    "ct reconstruct scan.npy --geometry fan.json --method fdk": "must be a ConeBeam for fdk",
    "ct reconstruct scan.npy --geometry fan.json --shape 3 4 5": "(y, x)",
    "ct reconstruct scan.npy --geometry fan.json -o out.png": ".tif or .npy",
    "ct reconstruct scan.npy --geometry fan.json -o scan.npy": "input",
    "ct reconstruct scan.npy --geometry fan.json --spacing 0": "positive",
    "ct reconstruct fan.json.h5": "fan.json.h5 must be a scan of Data Exchange, NXtomo, Nikon",
}


@pytest.mark.parametrize("line", REFUSALS)
def test_refusals_are_one_line(line, capsys):
    np.save("complex.npy", np.load("scan.npy").astype(complex))
    np.save("words.npy", np.array(["words"]))
    np.save("colours.npy", np.zeros((24, 48, 3)))
    fields = {key: value for key, value in FAN.items() if key != "n_detectors"}
    Path("cone.json").write_text(json.dumps({**fields, "beam": "cone", "detector_shape": [2, 48]}))
    Path("fan.json.h5").write_text("not HDF5")
    np.save("turned.npy", np.load("scan.npy").T)
    before = sorted(Path().iterdir())
    assert main(shlex.split(line)) == 2
    printed = capsys.readouterr()
    assert re.fullmatch(r"coarea: error: [^\n]+\n", printed.err)
    assert REFUSALS[line] in printed.err
    assert sorted(Path().iterdir()) == before


GEOMETRIES = {
    "angles": "it is no JSON",
    "[1, 2]": 'it must hold an object, {"beam": "fan", ...}, got [1, 2]',
    "{}": '"beam" must be one of parallel, fan, cone, vectors, got None',
    '{"beam": "pencil"}': '"beam" must be one of parallel, fan, cone, vectors, got \'pencil\'',
    '{"beam": ["fan"]}': '"beam" must be one of parallel, fan, cone, vectors, got [\'fan\']',
    '{"beam": "fan", "angles": [1], "n_detectors": 4}': 'a fan beam needs "source_to_axis"',
    '{"beam": "parallel", "angle": [1], "n_detectors": 4}': 'a parallel beam has no "angle" (did you mean angles?)',
    '{"beam": "parallel", "angles": [1], "n_detectors": 4, "source_to_axis": 9}': 'beam has no "source_to_axis"',
    '{"beam": "parallel", "n_detectors": 4}': 'either "angles_in_degrees" or "angles", which are in radians',
    '{"beam": "parallel", "angles": [1], "angles_in_degrees": [1]}': 'either "angles_in_degrees" or "angles", which',
    '{"beam": "parallel", "angles": [0, 90, 180], "n_detectors": 4}':
        '"angles" are in radians and reach 180: call degrees "angles_in_degrees"',
    '{"beam": "parallel", "angles": ["a"], "n_detectors": 4}': "angles must have a real dtype",
    '{"beam": "parallel", "angles": [], "n_detectors": 4}': "angles must be one or more finite numbers",
    '{"beam": "parallel", "angles": [0], "n_detectors": "4"}': "n_detectors must be an integer of at least 1, got '4'",
    '{"beam": "parallel", "angles_in_degrees": "all", "n_detectors": 4}': "angles must be one or more finite numbers",
    '{"beam": "parallel", "angles_in_degrees": [0, "x"], "n_detectors": 4}': "must be a finite number, got 'x'",
    '{"beam": "parallel", "angles_in_degrees": {"start": 0, "stop": 9}, "n_detectors": 4}':
        '"angles_in_degrees" must be a list or hold "start", "stop", "count", got',
    '{"beam": "parallel", "angles_in_degrees": {"start": 0, "stop": 9, "count": 2.5}, "n_detectors": 4}':
        '"count" of "angles_in_degrees" must be an integer of at least 1, got 2.5',
}  # fmt: skip


@pytest.mark.parametrize("text", GEOMETRIES)
def test_what_is_wrong_with_a_geometry_names_the_file_and_the_key(text, capsys):
    Path("beam.json").write_text(text)
    assert main(["ct", "reconstruct", "scan.npy", "--geometry", "beam.json"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("coarea: error: beam.json does not describe a geometry: ")
    assert GEOMETRIES[text] in error
    assert error.count("\n") == 1


def test_many_turns_in_degrees_are_taken():
    fields = {"beam": "parallel", "angles_in_degrees": {"start": 0, "stop": 1440, "count": 24}, "n_detectors": 48}
    Path("beam.json").write_text(json.dumps(fields), encoding="utf-8-sig")  # as some editors of Windows write it
    line = "ct reconstruct scan.npy --geometry beam.json --iterations 1"
    assert main(line.split()) == 0


def test_existing_files_that_were_not_named_stay(capsys):
    for line, name in (
        ("ct demo --size 16 --views 8 --iterations 1", "ct-demo.png"),
        ("ct reconstruct scan.npy --geometry fan.json --iterations 1", "scan-reconstruction.tif"),
    ):
        Path(name).write_text("precious")
        assert main(shlex.split(line)) == 2
        assert f"cannot write {name}: it exists; --overwrite replaces it" in capsys.readouterr().err
        assert Path(name).read_text() == "precious"
        assert main(shlex.split(f"{line} --overwrite")) == 0
        assert main(shlex.split(f"{line} -o {name}")) == 0
        assert iio.imread(name).ndim == 2


def write_scans():
    """What the examples of the help name."""
    h5py = pytest.importorskip("h5py")
    angles = np.linspace(0, np.pi, 21)
    truth = ct.Projector(ct.ParallelBeam(angles=angles, n_detectors=64), (3, N, N))(np.stack([HEAD] * 3)) / 10
    counts = (100 + 1e4 * np.exp(-truth)).astype(np.uint16)
    with h5py.File("scan.h5", "w") as file:
        file["exchange/data"], file["exchange/theta"] = counts, np.degrees(angles)
        file["exchange/data_white"], file["exchange/data_dark"] = np.full((3, 3, 64), 10100), np.full((3, 3, 64), 100)
    Path("projections/flat").mkdir(parents=True)
    for k, image in enumerate(counts):
        tifffile.imwrite(f"projections/image{k}.tif", image)
    tifffile.imwrite("projections/flat/white.tif", np.full((3, 64), 10100, np.uint16))


def test_examples_of_the_help_work(capsys):
    Path("sinogram.npy").write_bytes(Path("scan.npy").read_bytes())
    Path("geometry.json").write_text(json.dumps(FAN))
    write_scans()
    examples = []
    for action in ("demo", "reconstruct", "center"):
        with pytest.raises(SystemExit):
            main(["ct", action, "--help"])
        examples += re.findall(r"^  (coarea ct .+)$", capsys.readouterr().out, re.MULTILINE)
    assert len(examples) == 7
    for example in examples:
        assert main(shlex.split(example)[1:] + (["--size", "32"] if example.endswith("demo") else [])) == 0, example
    assert iio.imread("image.tif").shape == (48, 48)
    assert read_image(Path("slices.tif")).pixels.shape == (2, 64, 64)
    assert np.load("volume.npy").shape == (3, 64, 64)
    assert iio.imread("slice.png").ndim == 2

"""Nikon's scans: the geometry that they describe, and their TIFF files; readers that name each other."""

import numpy as np
import pytest
import tifffile

from coarea import ct

COUNTS = np.random.default_rng(0).integers(1, 999, (12, 4, 5)).astype(np.uint16)
TURNS = np.arange(12) * np.pi / 12


def write(folder, name, images, **options):
    """One file for each image, numbered without leading zeros."""
    folder.mkdir(exist_ok=True)
    for k, image in enumerate(images):
        tifffile.imwrite(folder / f"{name}{k}.tif", image, **options)


XTEKCT = """[XTekCT]
Name=lego
InputSeparator=_
InputFolderName=
SrcToObject=40.0
SrcToDetector=100.0
MaskRadius=9.5
DetectorPixelsX=5
DetectorPixelSizeX=0.4
DetectorOffsetX=0.0
DetectorPixelsY=4
DetectorPixelSizeY=0.5
DetectorOffsetY=0.0
Projections=12
InitialAngle=40.5
AngularStep=30.0
WhiteLevel=58500
InputName=lego
ObjectOffsetX=-0.1
ObjectTilt=0.0
ObjectRoll=0.01
[Xrays]
XraykV=90
[DICOM]
DICOMTags=<?xml version="1.0"?><Name=x>100%</Name>
[CTPro]
Projections=99
"""


@pytest.fixture
def nikon(tmp_path):
    """A function that writes a scan with a changed description."""
    write(tmp_path / "lego", "lego_000", COUNTS)
    tifffile.imwrite(tmp_path / "lego" / "lego_slice.tif", COUNTS[0])

    def described(*changes, end="\r\n"):
        text = XTEKCT
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "lego" / "lego.xtekct").write_bytes(text.replace("\n", end).encode("utf-8-sig"))
        return tmp_path / "lego" / "lego.xtekct"

    return described


def test_a_nikon_scan_has_a_geometry(nikon):
    path = nikon()
    for read, name in (
        (ct.read_nikon, path),
        (ct.read_nikon, path.parent),
        (ct.read_scan, path),
        (ct.read_scan, path.parent),
    ):
        scan = read(name)
        assert np.array_equal(scan.counts, COUNTS)
        assert (scan.flat, scan.dark, scan.source) == (58500, 0, str(path))
        turns = np.radians(40.5 + 30 * np.arange(12))
        expected = ct.ConeBeam(
            angles=turns, detector_shape=(4, 5), detector_spacing=(0.5, 0.4), source_to_axis=40, source_to_detector=100,
            detector_offset=(0, 0.1 * 100 / 40),
        )  # fmt: skip
        assert scan.geometry == expected
    few = ct.read_nikon(path, views=slice(0, 12, 5), rows=slice(1, 4, 2))
    assert np.array_equal(few.counts, COUNTS[::5, 1::2])
    np.testing.assert_allclose(few.geometry.rows(), expected.rows()[1::2])
    np.testing.assert_allclose(few.geometry.columns(), expected.columns())
    assert np.array_equal(few.geometry.angles, turns[::5])
    assert np.array_equal(ct.read_nikon(path, angles=-turns).geometry.angles, -turns)


def test_one_row_is_a_fan(nikon, tmp_path):
    write(tmp_path / "lego", "lego_000", COUNTS[:, :1])
    scan = ct.read_nikon(nikon(("DetectorPixelsY=4", "DetectorPixelsY=1")))
    assert scan.geometry == ct.FanBeam(
        angles=scan.angles, n_detectors=5, detector_spacing=0.4, source_to_axis=40, source_to_detector=100,
        detector_offset=0.25,
    )  # fmt: skip
    assert scan.line_integrals().shape == (12, 5)


def test_older_descriptions_state_the_axis_on_the_detector(nikon):
    old = "CentreOfRotationTop=-0.1\nCentreOfRotationBottom=0.35"
    path = nikon(("ObjectOffsetX=-0.1\nObjectTilt=0.0\nObjectRoll=0.01", old))
    with pytest.warns(UserWarning, match="the axis of .* is inclined"):
        assert ct.read_nikon(path, rows=slice(2)).geometry.detector_offset[1] == pytest.approx(-0.125)
    path = nikon(("ObjectOffsetX=-0.1\nObjectTilt=0.0\nObjectRoll=0.01", old.replace("-0.1", "0.25")))
    assert ct.read_nikon(path).geometry.detector_offset[1] == pytest.approx(-0.3)


def test_what_is_not_taken_into_account_is_told(nikon):
    for change in (("ObjectRoll=0.01", "ObjectRoll=12"), ("ObjectTilt=0.0", "ObjectTilt=-12")):
        with pytest.warns(UserWarning, match=r"is inclined .*, which is not taken into account") as caught:
            ct.read_nikon(nikon(change))
        assert caught[0].filename == __file__
    path = nikon(("DetectorOffsetX=0.0", "DetectorOffsetX=0.5"), ("DetectorOffsetY=0.0", "DetectorOffsetY=-1,5"))
    with pytest.warns(UserWarning, match=r"displaced, by 0.5 and -1.5, .*: the signs are not documented"):
        geometry = ct.read_nikon(path).geometry
    assert geometry.detector_offset == (-1.5, 0.75)


def test_images_in_a_folder_of_their_own_and_names_with_spaces(nikon, tmp_path):
    write(tmp_path / "lego" / "sub", "my lego-0", COUNTS)
    path = nikon(
        ("InputFolderName=", "InputFolderName=sub"),
        ("InputName=lego", "InputName=my lego"),
        ("Separator=_", "Separator=-"),
    )
    assert np.array_equal(ct.read_nikon(path).counts, COUNTS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("SrcToObject=40.0", "SrcToObject="), r"lego.xtekct: SrcToObject must be a positive number, got $"),
        (("SrcToObject=40.0\n", ""), "lego.xtekct: SrcToObject must be a positive number, got nothing"),
        (("SrcToObject=40.0", "SrcToObject=0"), "lego.xtekct: SrcToObject must be a positive number, got 0"),
        (("WhiteLevel=58500", "WhiteLevel=white"), "WhiteLevel must be a number, got white"),
        (("DetectorPixelsX=5", "DetectorPixelsX=0"), "DetectorPixelsX must be a whole number of at least 1, got 0"),
        (("DetectorPixelsX=5", "DetectorPixelsX=6"), r"describes 12 images of 4 x 6, but there are 12 of 4 x 5 in"),
        (("Projections=12", "Projections=13"), r"describes 13 images, but there are 12 files lego_0001.tif .* in"),
        (("[XTekCT]", "[Other]"), r"has no section \[XTekCT\]"),
        (("SrcToObject=40.0", "SrcToObject=400"), "source_to_detector must be at least source_to_axis"),
    ],
)
def test_descriptions_that_do_not_fit(change, message, nikon):
    with pytest.raises(ValueError, match=message):
        ct.read_nikon(nikon(change))


def test_readers_name_each_other(nikon, tmp_path):
    path, folder = nikon(), tmp_path / "scan"
    write(folder, "image", COUNTS[:2])
    tifffile.imwrite(tmp_path / "one.tif", COUNTS)
    for read, name, message in (
        (ct.read_tiff_stack, path, r"is of the kind Nikon .xtekct: read_nikon reads it"),
        (ct.read_tiff_stack, path.parent, r"holds a description of a scan, .xtekct: read_nikon reads it"),
        (ct.read_nikon, tmp_path / "one.tif", "is of the kind TIFF: read_tiff_stack reads it"),
        (ct.read_nikon, folder, "must be an .xtekct file or a folder that holds one, .* holds none"),
        (ct.read_data_exchange, path, "is of the kind Nikon .xtekct: read_nikon reads it"),
        (ct.read_nxtomo, tmp_path / "one.tif", "is of the kind TIFF: read_tiff_stack reads it"),
    ):
        words = {"angles": TURNS} if read is ct.read_tiff_stack else {}
        with pytest.raises(ValueError, match=message):
            read(name, **words)
    with pytest.raises(IsADirectoryError, match="Is a directory: read_nikon reads it"):
        ct.read_nxtomo(path.parent)
    (path.parent / "other.xtekct").write_text(XTEKCT)
    with pytest.raises(ValueError, match=r"a folder that holds one, .* holds lego\.xtekct, other\.xtekct"):
        ct.read_nikon(path.parent)
    (tmp_path / "words.txt").write_text("words")
    for read in (ct.read_nikon, ct.read_tiff_stack):
        words = {"angles": TURNS} if read is ct.read_tiff_stack else {}
        with pytest.raises(ValueError, match=r"words.txt is no (TIFF|.xtekct) file"):
            read(tmp_path / "words.txt", **words)
    with pytest.raises(FileNotFoundError, match="missing"):
        ct.read_nikon(tmp_path / "missing.xtekct")

"""TIFF files of projections: folders, many pages, and Nikon's with their description."""

import numpy as np
import pytest
import tifffile

from coarea import ct

COUNTS = np.random.default_rng(0).integers(1, 999, (12, 4, 5)).astype(np.uint16)
FLAT, DARK = COUNTS[:2] + 1000, COUNTS[:3] % 2
TURNS = np.arange(12) * np.pi / 12


def write(folder, name, images, **options):
    """One file for each image, numbered without leading zeros."""
    folder.mkdir(exist_ok=True)
    for k, image in enumerate(images):
        tifffile.imwrite(folder / f"{name}{k}.tif", image, **options)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "scan", "image_", COUNTS)
    write(tmp_path / "scan" / "Flats", "f", FLAT)
    write(tmp_path / "scan" / "dark_fields", "d", DARK)
    return tmp_path / "scan"


def check(scan, views=slice(None), rows=slice(None)):
    assert np.array_equal(scan.counts, COUNTS[views, rows])
    assert scan.counts.dtype == np.uint16
    assert np.array_equal(scan.flat, FLAT[:, rows])
    assert np.array_equal(scan.dark, DARK[:, rows])
    assert np.array_equal(scan.angles, TURNS[views])
    assert scan.geometry is None


def test_a_folder_with_flat_and_dark_images_beside_it(folder):
    (folder / ".hidden.tif").write_text("of a file system")
    (folder / "notes.txt").write_text("not a picture")
    for read in (ct.read_tiff_stack, ct.read_scan):
        check(read(folder, angles=TURNS))
        check(read(folder, angles=lambda n: np.arange(n) * np.pi / n))
        check(read(folder, angles=TURNS, views=slice(1, 11, 3), rows=slice(1, 4, 2)), slice(1, 11, 3), slice(1, 4, 2))


def test_names_say_what_images_are(tmp_path):
    write(tmp_path / "mixed", "tooth_", COUNTS)
    write(tmp_path / "mixed", "tomo_white_", FLAT)
    write(tmp_path / "mixed", "dark-", DARK)
    check(ct.read_tiff_stack(tmp_path / "mixed", angles=TURNS))
    tmp_path = tmp_path / "apart"
    tmp_path.mkdir()
    for name, images in (("projections", COUNTS), ("open_beam", FLAT), ("df", DARK), ("extra", COUNTS)):
        write(tmp_path / name, "a", images)
    check(ct.read_tiff_stack(tmp_path, angles=TURNS))


def test_a_name_with_both_words_says_nothing(tmp_path):
    write(tmp_path / "scan", "flat_of_a_dark_thing_", COUNTS)
    scan = ct.read_tiff_stack(tmp_path / "scan", angles=TURNS, flats=2000)
    assert np.array_equal(scan.counts, COUNTS)


def test_an_object_that_is_called_dark(tmp_path):
    write(tmp_path / "scan", "dark_chocolate_", COUNTS)
    with pytest.raises(ValueError, match=r"holds no projections, .*, all are called flat or dark: give the files, in"):
        ct.read_tiff_stack(tmp_path / "scan", angles=TURNS, flats=2000)
    files = [tmp_path / "scan" / f"dark_chocolate_{k}.tif" for k in range(12)]
    assert np.array_equal(ct.read_tiff_stack(files, angles=TURNS, flats=2000).counts, COUNTS)


def test_flat_and_dark_images_are_given_in_many_ways(folder, tmp_path):
    flats, darks = folder / "Flats", folder / "dark_fields"
    files = [str(flats / "f0.tif"), flats / "f1.tif"]
    tifffile.imwrite(tmp_path / "stack.tif", FLAT)
    for one, other in (
        (flats, darks),
        (FLAT.tolist(), DARK.astype(float)),
        (files, DARK),
        (FLAT, str(darks)),
        (tmp_path / "stack.tif", DARK),
    ):
        rows = slice(0, 4, 3)
        check(ct.read_tiff_stack(folder, angles=TURNS, flats=one, darks=other, rows=rows), rows=rows)
    scan = ct.read_tiff_stack(folder, angles=TURNS, flats=60000, darks=np.float32(5))
    assert (scan.flat, scan.dark) == (60000, 5)
    assert ct.read_tiff_stack(folder, angles=TURNS, flats=FLAT[0], darks=0).flat.shape == (1, 4, 5)


FORMS = {
    "pages": {},
    "big-endian": {"byteorder": ">"},
    "compressed": {"compression": "zlib", "photometric": "minisblack"},
    "strips": {"rowsperstrip": 1, "metadata": None},
    "tiles": {"tile": (16, 16)},
    "imagej": {"imagej": True},
    "planes": {"photometric": "rgb", "planarconfig": "separate", "compression": "zlib"},
    "white is zero": {"photometric": "miniswhite"},
}


@pytest.mark.parametrize("form", FORMS)
def test_one_file_of_many_pages(form, tmp_path):
    tifffile.imwrite(tmp_path / "scan.tif", COUNTS, **FORMS[form])
    scan = ct.read_tiff_stack(
        tmp_path / "scan.tif", angles=TURNS, flats=FLAT, darks=DARK, views=slice(0, 12, 5), rows=slice(1, 3)
    )
    check(scan, slice(0, 12, 5), slice(1, 3))
    assert scan.counts.dtype.isnative


def test_pages_that_were_appended_one_by_one(tmp_path):
    for image in COUNTS:
        tifffile.imwrite(tmp_path / "scan.tif", image, append=True)
    check(ct.read_tiff_stack(tmp_path / "scan.tif", angles=TURNS, flats=FLAT, darks=DARK))


def test_files_of_several_pages_are_joined(tmp_path):
    files = [tmp_path / name for name in ("b.tif", "a.tif")]  # in the order in which they are given
    for file, part in zip(files, (COUNTS[:5], COUNTS[5:]), strict=True):
        tifffile.imwrite(file, part)
    scan = ct.read_tiff_stack(files, angles=TURNS, flats=FLAT, darks=DARK, views=slice(3, 8, 2))
    check(scan, slice(3, 8, 2))


def test_the_callback_hears_of_all_images(folder):
    heard = []
    ct.read_tiff_stack(folder, angles=TURNS, views=slice(0, 12, 6), callback=lambda *numbers: heard.append(numbers))
    assert heard == [(k, 7) for k in range(1, 8)]


def test_stacks_that_do_not_fit(folder, tmp_path):
    def refused(message, path=folder, error=ValueError, **options):
        with pytest.raises(error, match=message):
            ct.read_tiff_stack(path, **{"angles": TURNS} | options)

    refused(r"angles must be 12 finite numbers, one for each view of .*scan", angles=TURNS[:9])
    refused("angles must be given in radians, 12 of them: TIFF files hold none", error=TypeError, angles=None)
    refused(
        r"flats must be images of 4 x 5, the size of those of .*scan, got 2 x 5 in .*f0.tif", flats=_other(tmp_path, 2)
    )
    refused(
        r"flats must be a folder, files, .* images of shape \(4, 5\), those of .*, got .* \(2, 3, 5\)",
        flats=FLAT[:, :3],
    )
    refused("darks must be a finite number, got nan", darks=np.nan)
    refused("flats must be a folder with .tif files, there are none in", flats=tmp_path)
    refused(r"flats must be a folder, .*, got an array of shape \(0,\)", flats=[])
    refused("path must be a folder, a file or a sequence of files, got 3", 3, error=TypeError)
    refused("path must be a folder, a file or a sequence of files", [], error=TypeError)
    refused(r"path must be a folder, a file or a sequence of files, got \[3\]", [3], error=TypeError)
    refused(r"missing\.tif", [tmp_path / "missing.tif"], error=FileNotFoundError)
    refused(r"missing", tmp_path / "missing", error=FileNotFoundError)
    (tmp_path / "empty").mkdir()
    refused("empty holds no projections, .tif or .tiff, no sub-folders", tmp_path / "empty")
    refused("holds no projections, .tif or .tiff, only sub-folders empty, other, scan", tmp_path)
    with pytest.warns(UserWarning, match="angles are in radians and reach 165, more than two turns"):
        ct.read_tiff_stack(folder, angles=np.degrees(TURNS))
    tifffile.imwrite(folder / "image_11.tif", COUNTS[0].astype(np.uint8))
    refused(r"image_11.tif holds images of 4 x 5 uint8, but .*image_0.tif images of 4 x 5 uint16")
    tifffile.imwrite(folder / "image_11.tif", COUNTS[0, :3])
    refused(r"image_11.tif holds images of 3 x 5 uint16, but .*image_0.tif images of 4 x 5 uint16")
    tifffile.imwrite(folder / "image_11.tif", np.zeros((4, 5, 3), np.uint8), photometric="rgb")
    refused(r"image_11.tif must hold grey images, \(pages, v, u\), got \(4, 5, 3\) YXS")
    tifffile.imwrite(tmp_path / "complex.tif", COUNTS.astype(complex))
    refused("complex.tif must hold real numbers, got complex128", tmp_path / "complex.tif")


def _other(folder, rows):
    write(folder / "other", "f", FLAT[:, :rows])
    return folder / "other"


def test_scans_without_flat_images_need_a_level(folder):
    for file in (folder / "Flats").iterdir():
        file.unlink()
    with pytest.raises(ValueError, match=r"flats must be given, .*scan holds none: .* such as 65535"):
        ct.read_tiff_stack(folder, angles=TURNS)
    for file in (folder / "dark_fields").iterdir():
        file.unlink()
    assert ct.read_tiff_stack(folder, angles=TURNS, flats=65535).dark == 0


@pytest.mark.parametrize("form", [{}, {"compression": "zlib"}, {"rowsperstrip": 1, "metadata": None}])
def test_damaged_files(form, tmp_path):
    rng = np.random.default_rng(0)
    tifffile.imwrite(tmp_path / "scan.tif", rng.integers(0, 999, (6, 40, 50)).astype(np.uint16), **form)
    whole = (tmp_path / "scan.tif").read_bytes()
    middle = whole.replace(whole[4000:4400], bytes(400))
    for content in (whole[:-9000], whole[:40], whole[:8], b"", middle if form.get("compression") else b"II*\0"):
        (tmp_path / "scan.tif").write_bytes(content)
        with pytest.raises((OSError, ValueError), match=r"scan.tif (cannot be read|is no TIFF|holds no)") as caught:
            ct.read_tiff_stack(tmp_path / "scan.tif", angles=TURNS[:6], flats=999)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("form", [{}, {"compression": "zlib"}, {"rowsperstrip": 1, "metadata": None}])
def test_images_whose_end_is_missing(form, folder):
    file = folder / "image_3.tif"
    tifffile.imwrite(file, COUNTS[3], **form)
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(OSError, match=r"image_3.tif cannot be read, it is damaged: its end is missing"):
        ct.read_tiff_stack(folder, angles=TURNS)


# Nikon

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
        (("SrcToObject=40.0", "SrcToObject="), r"lego.xtekct: SrcToObject must be a number, got $"),
        (("SrcToObject=40.0\n", ""), "lego.xtekct: SrcToObject must be a number, got nothing"),
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


def test_readers_name_each_other(nikon, folder, tmp_path):
    path = nikon()
    (folder / "image_1.tif").rename(tmp_path / "one.tif")
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

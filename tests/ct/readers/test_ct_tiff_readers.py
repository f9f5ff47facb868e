"""TIFF files of projections: folders, and many pages."""

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

"""Files that cannot be read: one line each, with the file's name and the true cause; nothing is read in part."""

import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import tifffile
from makers import (
    BANDS,
    DEEP,
    GREY,
    LZW,
    RGB,
    STACK,
    deep_png,
    dicom,
    frames,
    nifti,
    pages,
    pillow,
    tiff,
    without_pixels,
)

from coarea.cli.files import FileError, read_image


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)


REFUSED = [
    ("two-sizes.tif", pages((GREY, {}), (GREY[:9, :9], {})), "differ in size (20 x 30, 9 x 9)"),
    ("half-size.tif", pages((GREY, {}), (GREY[::2, ::2], {})), "differ in size (20 x 30, 10 x 15)"),
    ("two-dtypes.tif", pages((GREY, {}), (DEEP, {})), "differ in dtype"),
    ("mosaic.tif", tiff(GREY, photometric="cfa"), "raw data"),
    ("photo.dng", tiff(GREY), "raw data"),
    ("white-is-zero-float.tif", tiff(GREY.astype(np.float32), photometric="miniswhite"), "white-is-zero of float32"),
    ("deep-rgb.png", deep_png(np.dstack([DEEP] * 3), 2), 'pip install "coarea[codecs]"'),
    ("deep-grey-alpha.png", deep_png(np.dstack([DEEP] * 2), 4), "16 bits"),
    ("words.png", lambda name: Path(name).write_text("words"), "no image of a format that is read"),
    ("words.tif", lambda name: Path(name).write_text("words"), "no image of a format that is read"),
    ("words.npy", lambda name: Path(name).write_text("words"), "no array of numpy"),
    ("words.npz", lambda name: Path(name).write_text("words"), "no array of numpy"),
    ("words.dcm", lambda name: Path(name).write_text("words" * 99), "no DICOM"),
    ("words.nii", lambda name: Path(name).write_text("words" * 99), "Cannot work out file type"),
    ("empty.png", lambda name: Path(name).touch(), "it is empty"),
    ("folder.png", lambda name: Path(name).mkdir(), "Is a directory"),
    ("missing.png", lambda name: None, "no such file"),
    ("objects.npy", lambda name: np.save(name, np.array([None]), allow_pickle=True), "Python objects"),
    ("number.npy", lambda name: np.save(name, 3.0), "0-D"),
    ("two.npz", lambda name: np.savez(name, dark=GREY, flat=GREY), "it holds dark, flat"),
    ("none.npz", np.savez, "it holds no array"),
    ("report.dcm", without_pixels, "without pixels"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_refusals_name_the_file_and_the_cause(name, make, reason):
    make(name)
    with pytest.raises(FileError) as refusal:
        read_image(Path(name))
    assert reason in str(refusal.value)
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)


WHOLE = {
    "grey.png": pillow(GREY),
    "photo.jpg": pillow(RGB),
    "film.gif": frames(STACK),
    "plain.tif": tiff(GREY),
    "deflate.tif": tiff(GREY, compression="zlib"),
    "tiles.tif": tiff(np.tile(GREY, (4, 4)), tile=(32, 32)),
    "lzw-pages.tif": frames(STACK, **LZW),
    "pages.tif": pages(*[(plane, {"contiguous": False}) for plane in STACK]),
    "imagej.tif": tiff(STACK, imagej=True),
    "array.npy": lambda name: np.save(name, GREY),
    "array.npz": lambda name: np.savez(name, GREY),
    "head.nii": nifti(STACK),
    "head.nii.gz": nifti(STACK),
    "ct.dcm": dicom(DEEP),
}


@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_cut_off_is_refused_and_not_read_in_part(name, part, capfd):
    WHOLE[name](name)
    whole, content = read_image(Path(name)).pixels, Path(name).read_bytes()
    Path(name).write_bytes(content[: int(part * len(content))])
    if (name, part) == ("imagej.tif", 0.97):  # the first page tells where all of the pixels lie
        assert np.array_equal(read_image(Path(name)).pixels, whole)
        return
    with pytest.raises(FileError, match=r"damaged|cut off|bytes|without pixels|no DICOM|Cannot work out"):
        read_image(Path(name))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "package", "name_of_extra"), [("a.dcm", "pydicom", "dicom"), ("a.nii", "nibabel", "nifti")]
)
def test_a_missing_package_is_named_with_its_extra(name, package, name_of_extra, monkeypatch):
    (dicom(GREY) if package == "pydicom" else nifti(GREY))(name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(FileError, match=rf'needs the package {package}: pip install "coarea\[{name_of_extra}\]"'):
        read_image(Path(name))


@pytest.mark.skipif(find_spec("imagecodecs") is not None, reason="reads it")
def test_a_compression_that_nothing_here_reads_names_the_extra(monkeypatch):
    tifffile.imwrite("five.tif", BANDS, photometric="minisblack", planarconfig="contig")
    with tifffile.TiffFile("five.tif") as file:
        where = file.pages.first.tags[259].valueoffset
    content = bytearray(Path("five.tif").read_bytes())
    content[where : where + 2] = struct.pack("<H", 5)
    Path("five.tif").write_bytes(content)
    with pytest.raises(FileError, match=r'LZW, needs the package imagecodecs: pip install "coarea\[codecs\]"'):
        read_image(Path("five.tif"))

"""Files of many kinds, made by the libraries that people's programs use: the right pixels, or the one line why not.

Every file that is read is also written again, by default in its own format, and read back: the same pixels, axes and
transparency.
"""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import tifffile
from nibabel import Nifti1Image, Nifti1Pair, Nifti2Image, save
from PIL import Image, ImageOps
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from coarea.cli.files import FileError, default_output, read_image, write_image

RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (20, 30), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (20, 30), dtype=np.uint16)
RGB = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
RGBA = RNG.integers(1, 256, (20, 30, 4), dtype=np.uint8)
BANDS = RNG.integers(0, 256, (20, 30, 5), dtype=np.uint8)
STACK = RNG.integers(0, 256, (5, 20, 30), dtype=np.uint8)
HYPER = RNG.integers(0, 65536, (2, 3, 4, 20, 30), dtype=np.uint16)
BLACK = GREY > 127
PALETTE = RNG.integers(0, 256, (3, 256)).astype(np.uint16) * 257


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def tiff(pixels: np.ndarray, **words) -> Callable[[str], None]:
    return lambda name: tifffile.imwrite(name, pixels, **{"metadata": None, "photometric": "minisblack"} | words)


def pages(*planes: tuple[np.ndarray, dict]) -> Callable[[str], None]:
    def write(name: str) -> None:
        with tifffile.TiffWriter(name) as file:
            for plane, words in planes:
                file.write(plane, metadata=None, **words)

    return write


def pillow(pixels: np.ndarray, mode: str | None = None, **words) -> Callable[[str], None]:
    image = Image.fromarray(pixels)
    return lambda name: (image.convert(mode) if mode else image).save(name, **words)


def frames(pixels: np.ndarray, **words) -> Callable[[str], None]:
    images = [Image.fromarray(frame) for frame in pixels]
    return lambda name: images[0].save(name, save_all=True, append_images=images[1:], **words)


def deep_png(pixels: np.ndarray, kind: int) -> Callable[[str], None]:
    """A PNG with 16 bits a sample, which Pillow does not write in colour."""
    rows = b"".join(b"\0" + row.tobytes() for row in pixels.astype(">u2"))
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 16, kind, 0, 0, 0)
    blocks = [b"IHDR" + header, b"IDAT" + zlib.compress(rows), b"IEND"]
    chunks = [struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block)) for block in blocks]
    return lambda name: Path(name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)) and None


def dicom(pixels: np.ndarray, photometric: str = "MONOCHROME2", bits: int = 0, **fields) -> Callable[[str], None]:
    def write(name: str) -> None:
        data, samples = pydicom.Dataset(), 3 if photometric == "RGB" else 1
        data.file_meta = pydicom.dataset.FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID, data.Modality = CTImageStorage, generate_uid(), "CT"
        shape = pixels.shape[:-1] if samples == 3 else pixels.shape
        data.Rows, data.Columns = shape[-2:]
        if len(shape) == 3:
            data.NumberOfFrames = shape[0]
        data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = samples, photometric, 0
        data.BitsAllocated = 8 * pixels.itemsize
        data.BitsStored = bits or data.BitsAllocated
        data.HighBit, data.PixelRepresentation = data.BitsStored - 1, int(pixels.dtype.kind == "i")
        data.PixelData = pixels.tobytes()
        for field, value in fields.items():
            setattr(data, field, value)
        data.save_as(name, enforce_file_format=True)

    return write


def at(z: float) -> pydicom.Dataset:
    """The place of a frame."""
    frame, place = pydicom.Dataset(), pydicom.Dataset()
    place.ImagePositionPatient = [0, 0, z]
    frame.PlanePositionSequence = [place]
    return frame


def nifti(pixels: np.ndarray, kind: type = Nifti1Image) -> Callable[[str], None]:
    return lambda name: save(kind(pixels, np.diag([2.0, 3.0, 4.0, 1.0])), name)


def scaled_nifti(pixels: np.ndarray, slope: float, intercept: float) -> Callable[[str], None]:
    """Stored integers that mean others: nibabel itself would scale the data of an image that it makes."""

    def write(name: str) -> None:
        content = bytearray(Nifti1Image(pixels, np.eye(4)).to_bytes())
        content[112:120] = struct.pack("<ff", slope, intercept)
        Path(name).write_bytes(content)

    return write


def as_rgb(name: str) -> np.ndarray:
    """As the picture is seen by Pillow."""
    with Image.open(name) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def seen(mode: str | None = None) -> Callable[[str], np.ndarray]:
    def look(name: str) -> np.ndarray:
        with Image.open(name) as image:
            return np.asarray(image.convert(mode) if mode else image)

    return look


ORIENTED = Image.Exif()
ORIENTED[274] = 6
TURNED = np.rot90(RGB, -1)
COLOURS = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
LZW, JPEG = {"compression": "tiff_lzw"}, {"compression": "jpeg"}
FIRST = np.arange(256).reshape(16, 16).astype(np.uint8)

# Name, how it is made, its pixels (or how to look at them), its axes, its transparency.
READ = [
    # TIFF: compressions that tifffile leaves to imagecodecs
    ("lzw.tif", pillow(GREY, **LZW), GREY, "YX", None),
    ("lzw-16.tif", pillow(DEEP, **LZW), DEEP, "YX", None),
    ("lzw-float.tif", pillow(GREY.astype(np.float32), **LZW), GREY.astype(np.float32), "YX", None),
    ("lzw-rgb.tif", pillow(RGB, **LZW), RGB, "YXC", None),
    ("lzw-rgba.tif", pillow(RGBA, **LZW), RGBA[..., :3], "YXC", RGBA[..., 3]),
    ("lzw-pages.tif", frames(STACK, **LZW), STACK, "IYX", None),
    ("lzw-white-is-zero.tif", pillow(GREY, **LZW, tiffinfo={262: 0}), GREY, "YX", None),
    ("lzw-palette.tif", lambda name: Image.fromarray(RGB).quantize(64).save(name, **LZW), as_rgb, "YXC", None),
    ("deflate.tif", tiff(GREY, compression="zlib", predictor=True), GREY, "YX", None),
    ("deflate-by-pillow.tif", pillow(RGB, compression="tiff_adobe_deflate"), RGB, "YXC", None),
    ("packbits.tif", tiff(GREY, compression="packbits"), GREY, "YX", None),
    ("lzma.tif", tiff(DEEP, compression="lzma"), DEEP, "YX", None),
    ("jpeg.tif", pillow(GREY, **JPEG), seen(), "YX", None),
    ("jpeg-rgb.tif", pillow(RGB, **JPEG), seen("RGB"), "YXC", None),
    ("video.tif", pillow(RGB, "YCbCr"), seen("RGB"), "YXC", None),
    ("fax3.tif", pillow(BLACK, compression="group3"), BLACK, "YX", None),
    ("fax4.tif", pillow(BLACK, compression="group4"), BLACK, "YX", None),
    ("fax4-white-is-zero.tif", pillow(BLACK, compression="group4", tiffinfo={262: 0}), BLACK, "YX", None),
    # TIFF: numbers that are not what is seen
    ("white-is-zero.tif", tiff(GREY, photometric="miniswhite"), 255 - GREY, "YX", None),
    ("white-is-zero-16.tif", tiff(DEEP, photometric="miniswhite"), 65535 - DEEP, "YX", None),
    ("white-is-zero-1.tif", tiff(BLACK, photometric="miniswhite"), ~BLACK, "YX", None),
    ("palette.tif", tiff(GREY, photometric="palette", colormap=PALETTE),
     np.moveaxis(PALETTE[:, GREY] // 257, 0, -1).astype(np.uint8), "YXC", None),
    ("palette-pages.tif", tiff(STACK, photometric="palette", colormap=PALETTE),
     np.moveaxis(PALETTE[:, STACK] // 257, 0, -1).astype(np.uint8), "IYXC", None),
    ("fine-palette.tif", tiff(FIRST, photometric="palette", colormap=np.arange(768, dtype=np.uint16).reshape(3, 256)),
     np.moveaxis(np.arange(768, dtype=np.uint16).reshape(3, 16, 16), 0, -1), "YXC", None),
    *[(f"turned-{turn}.tif", tiff(RGB, photometric="rgb", extratags=[(274, "H", 1, turn, True)]), as_rgb, "YXC", None)
      for turn in range(2, 9)],
    ("turned-pages.tif", tiff(STACK, extratags=[(274, "H", 1, 6, True)]), np.rot90(STACK, -1, (1, 2)), "IYX", None),
    # TIFF: what the axes mean
    ("planar.tif", tiff(STACK[:3], photometric="rgb", planarconfig="separate"), STACK[:3], "CYX", None),
    ("planar-bands.tif", tiff(STACK, planarconfig="separate"), STACK, "CYX", None),
    ("planar-pages.tif", tiff(HYPER[0], photometric="rgb", planarconfig="separate").__call__, None, "", None),
    ("bands.tif", tiff(BANDS, planarconfig="contig"), BANDS, "YXC", None),
    ("fourth-unspecified.tif", tiff(RGBA, photometric="rgb", extrasamples=[0]), RGBA, "YXC", None),
    ("fourth-is-alpha.tif", tiff(RGBA, photometric="rgb", extrasamples=[2]), RGBA[..., :3], "YXC", RGBA[..., 3]),
    ("premultiplied.tif", tiff(RGBA, photometric="rgb", extrasamples=[1]), RGBA[..., :3], "YXC", RGBA[..., 3]),
    ("alpha-before-a-band.tif", tiff(BANDS, photometric="rgb", planarconfig="contig", extrasamples=[2, 0]),
     BANDS[..., [0, 1, 2, 4]], "YXC", BANDS[..., 3]),
    ("grey-alpha.tif", tiff(RGBA[..., :2], planarconfig="contig", extrasamples=[2]), RGBA[..., 0], "YX", RGBA[..., 1]),
    ("grey-alpha-planar.tif", tiff(STACK[:2], planarconfig="separate", extrasamples=[2]), STACK[0], "YX", STACK[1]),
    ("print.tif", tiff(RGBA, photometric="separated"), RGBA, "YXC", None),
    ("pages.tif", tiff(STACK), STACK, "IYX", None),
    ("pages-of-two-compressions.tif", pages((GREY, {}), (GREY, {"compression": "zlib"})), np.stack([GREY] * 2), "IYX",
     None),
    ("volume.tif", tiff(STACK, metadata={"axes": "ZYX"}), STACK, "ZYX", None),
    ("film.tif", tiff(STACK, metadata={"axes": "TYX"}), STACK, "TYX", None),
    ("black-and-white-pages.tif", tiff(STACK > 99), STACK > 99, "IYX", None),
    ("imagej-channels.tif", tiff(STACK, imagej=True, metadata={"axes": "CYX", "mode": "composite"}), STACK, "CYX", None),
    ("imagej-volume.tif", tiff(STACK, imagej=True, metadata={"axes": "ZYX"}), STACK, "ZYX", None),
    ("imagej-five.tif", tiff(HYPER, imagej=True, metadata={"axes": "TZCYX"}), HYPER, "TZCYX", None),
    ("imagej-colours.tif", tiff(np.stack([RGB] * 4), photometric="rgb", imagej=True, metadata={"axes": "ZYXS"}),
     np.stack([RGB] * 4), "ZYXC", None),
    ("five.ome.tif", tiff(HYPER, ome=True, metadata={"axes": "TCZYX"}), HYPER, "TCZYX", None),
    ("channels-of-colours.ome.tif", tiff(np.stack([RGB] * 4), photometric="rgb", ome=True, metadata={"axes": "CYXS"}),
     np.stack([RGB] * 4), "IYXC", None),
    ("pyramid.tif", pages((GREY, {"subifds": 1}), (GREY[::2, ::2], {"subfiletype": 1})), GREY, "YX", None),
    ("overviews.tif", pages((GREY, {}), (GREY[::2, ::2], {"subfiletype": 1})), GREY, "YX", None),
    ("narrow.tif", tiff(RGB[:, 0]), RGB[:, 0], "YX", None),
    ("one-row.tif", tiff(GREY[:1]), GREY[:1], "YX", None),
    ("big.tif", tiff(GREY, bigtiff=True), GREY, "YX", None),
    ("motorola.tif", tiff(DEEP.astype(">u2"), byteorder=">"), DEEP, "YX", None),
    ("signed.tif", tiff(DEEP.astype(np.int32) - 9), DEEP.astype(np.int32) - 9, "YX", None),
    ("a-tiff-by-its-content.dat", tiff(GREY), GREY, "YX", None),
    # PNG, JPEG, GIF and the like
    ("grey.png", pillow(GREY), GREY, "YX", None),
    ("grey-16.png", pillow(DEEP), DEEP, "YX", None),
    ("black.png", pillow(BLACK), BLACK, "YX", None),
    ("grey-alpha.png", pillow(RGBA[..., :2]), RGBA[..., 0], "YX", RGBA[..., 1]),
    ("rgba.png", pillow(RGBA), RGBA[..., :3], "YXC", RGBA[..., 3]),
    ("palette.png", lambda name: Image.fromarray(RGB).quantize(64).save(name), as_rgb, "YXC", None),
    ("grey-but-7.png", pillow(GREY, transparency=7), GREY, "YX", np.where(GREY == 7, 0, 255).astype(np.uint8)),
    ("turned.png", pillow(RGB, exif=ORIENTED), TURNED, "YXC", None),
    ("turned.webp", pillow(RGB, exif=ORIENTED, lossless=True), TURNED, "YXC", None),
    ("turned.jpg", pillow(RGB, exif=ORIENTED), as_rgb, "YXC", None),
    ("print.jpg", pillow(RGB, "CMYK"), as_rgb, "YXC", None),
    ("narrow.jpg", pillow(GREY[:, :4]), seen(), "YX", None),
    ("film.gif", frames(STACK), np.stack([STACK] * 3, axis=-1), "TYXC", None),
    ("film.png", frames(STACK), STACK, "TYX", None),
    ("one.gif", lambda name: Image.fromarray(RGB).quantize(64).save(name), as_rgb, "YXC", None),
    ("photo.bmp", pillow(RGB), RGB, "YXC", None),
    ("photo.ppm", pillow(RGB), RGB, "YXC", None),
    ("png-by-its-content", lambda name: Image.fromarray(GREY).save(name, format="PNG"), GREY, "YX", None),
    # Arrays
    ("grey.npy", lambda name: np.save(name, DEEP.astype(">u2")), DEEP, "YX", None),
    ("three-wide.npy", lambda name: np.save(name, RGB), RGB, "ZYX", None),
    ("five.npy", lambda name: np.save(name, HYPER), HYPER, "IIZYX", None),
    ("signal.npy", lambda name: np.save(name, GREY[0]), GREY[0], "X", None),
    ("one.npz", lambda name: np.savez(name, head=STACK), STACK, "ZYX", None),
    # DICOM and NIfTI
    ("ct.dcm", dicom(DEEP // 16, bits=12, RescaleSlope=1, RescaleIntercept=-1024),
     (DEEP // 16).astype(np.int16) - 1024, "YX", None),
    ("pet.dcm", dicom(DEEP, RescaleSlope=0.5, RescaleIntercept=3), DEEP * 0.5 + 3, "YX", None),
    ("signed.dcm", dicom(DEEP.view(np.int16)), DEEP.view(np.int16), "YX", None),
    ("mammogram.dcm", dicom(DEEP // 16, "MONOCHROME1", bits=12), 4095 - DEEP // 16, "YX", None),
    ("colours.dcm", dicom(RGB, "RGB"), RGB, "YXC", None),
    ("cine.dcm", dicom(STACK, FrameTime=40), STACK, "TYX", None),
    ("frames.dcm", dicom(STACK), STACK, "IYX", None),
    ("volume.dcm", dicom(STACK, PerFrameFunctionalGroupsSequence=[at(z) for z in range(5)]), STACK, "ZYX", None),
    ("head.nii", nifti(STACK.astype(np.int16)), STACK.astype(np.int16), "XYZ", None),
    ("head.nii.gz", nifti(STACK.astype(np.float32)), STACK.astype(np.float32), "XYZ", None),
    ("second.nii", nifti(STACK, Nifti2Image), STACK, "XYZ", None),
    ("pair.hdr", nifti(STACK, Nifti1Pair), STACK, "XYZ", None),
    ("functional.nii", nifti(HYPER[0]), HYPER[0], "XYZT", None),
    ("vectors.nii", nifti(HYPER[0][:, :, :, None]), HYPER[0], "XYZC", None),
    ("one-slice.nii", nifti(GREY[..., None]), GREY, "XY", None),
    ("scaled.nii", scaled_nifti(STACK, 0.5, 3), STACK * 0.5 + 3, "XYZ", None),
    ("colours.nii", nifti(np.ascontiguousarray(np.stack([RGB] * 2)).view(COLOURS)[..., 0]), np.stack([RGB] * 2), "XYZC",
     None),
]  # fmt: skip
READ = [case for case in READ if case[3]]


@pytest.mark.parametrize(("name", "make", "expected", "axes", "alpha"), READ, ids=[case[0] for case in READ])
def test_pixels_axes_and_transparency(name, make, expected, axes, alpha):
    make(name)
    expected = expected(name) if callable(expected) else expected
    image = read_image(Path(name))
    assert (image.axes, image.pixels.dtype, image.source) == (axes, expected.dtype, Path(name))
    np.testing.assert_array_equal(image.pixels, expected)
    assert (image.alpha is None) == (alpha is None)
    if alpha is not None:
        np.testing.assert_array_equal(image.alpha, alpha)
    output = default_output(image, image.pixels.dtype, image.pixels.shape)
    write_image(output, image.pixels, image, overwrite=False)
    again = read_image(output)
    if output.suffix == ".npy" or "X" not in axes[:1]:
        assert again.pixels.dtype == image.pixels.dtype
        np.testing.assert_array_equal(again.pixels, image.pixels)
    if output.suffix not in (".npy", ".npz"):
        assert sorted(again.axes) == sorted(axes)
    assert (again.alpha is None) == (alpha is None)
    if alpha is not None:
        np.testing.assert_array_equal(again.alpha, alpha)


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
    ("none.npz", lambda name: np.savez(name), "it holds no array"),
    ("report.dcm", dicom(GREY, PixelData=None), "without pixels"),
    ("jpeg-ls.dcm", lambda name: None, "no such file"),
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
    content = Path(name).read_bytes()
    Path(name).write_bytes(content[: int(part * len(content))])
    with pytest.raises(FileError, match="damaged|cut off|bytes|no DICOM|Cannot work out"):
        read_image(Path(name))
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "package", "name_of_extra"), [("a.dcm", "pydicom", "dicom"), ("a.nii", "nibabel", "nifti")]
)
def test_a_missing_package_is_named_with_its_extra(name, package, name_of_extra, monkeypatch):
    (dicom(GREY) if package == "pydicom" else nifti(GREY))(name)
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(FileError, match=rf'needs the package {package}: pip install "coarea\[{name_of_extra}\]"'):
        read_image(Path(name))


def test_a_compression_that_nothing_here_reads_names_the_extra(monkeypatch):
    tifffile.imwrite("five.tif", BANDS, photometric="minisblack", planarconfig="contig")
    with tifffile.TiffFile("five.tif") as file:
        where = file.pages.first.tags[259].valueoffset
    content = bytearray(Path("five.tif").read_bytes())
    content[where : where + 2] = struct.pack("<H", 5)
    Path("five.tif").write_bytes(content)
    with pytest.raises(FileError, match=r'LZW, needs the package imagecodecs: pip install "coarea\[codecs\]"'):
        read_image(Path("five.tif"))


def test_a_picture_of_any_size_is_read(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 9)
    for name in ("photo.png", "lzw.tif"):
        Image.fromarray(GREY).save(name, **(LZW if name == "lzw.tif" else {}))
        Image.MAX_IMAGE_PIXELS = 9
        assert np.array_equal(read_image(Path(name)).pixels, GREY)


def test_colours_of_16_bits_in_a_png_with_imagecodecs():
    pytest.importorskip("imagecodecs")
    deep_png(np.dstack([DEEP] * 3), 2)("deep.png")
    assert np.array_equal(read_image(Path("deep.png")).pixels, np.dstack([DEEP] * 3))

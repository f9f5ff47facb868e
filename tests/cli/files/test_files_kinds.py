"""Files of many kinds: the right pixels, axes and transparency, also once the file has been written again."""

from collections.abc import Callable
from io import StringIO
from logging import StreamHandler
from pathlib import Path

import nibabel
import numpy as np
import pytest
from makers import (
    BANDS,
    BLACK,
    DEEP,
    GREY,
    HYPER,
    LZW,
    RGB,
    RGBA,
    STACK,
    archive,
    at,
    deep_png,
    dicom,
    four_bits,
    frames,
    nifti,
    pages,
    pillow,
    scaled_nifti,
    tiff,
)  # fmt: skip
from nibabel import Nifti1Pair, Nifti2Image, imageglobals
from PIL import Image, ImageOps

from coarea.cli.files import default_output, read_image, write_image

PALETTE = np.random.default_rng(8).integers(0, 256, (3, 256)).astype(np.uint16) * 257


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def as_rgb(name: str) -> np.ndarray:
    """As the picture is seen by Pillow."""
    with Image.open(name) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def seen(mode: str | None = None) -> Callable[[str], np.ndarray]:
    def look(name: str) -> np.ndarray:
        with Image.open(name) as image:
            return np.asarray(image.convert(mode) if mode else image)

    return look


def without_exif(_: str) -> np.ndarray:
    """The photograph as it is without the damaged part, at which Pillow warns."""
    Image.fromarray(RGB).save("sound.jpg")
    return seen()("sound.jpg")


PALE = np.stack([STACK // 32 * 32, STACK // 64 * 64, STACK * 0 + 9], axis=-1)  # few enough colours for a GIF
ORIENTED = Image.Exif()
ORIENTED[274] = 6
TURNED = np.rot90(RGB, -1)
COLOURS = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
JPEG = {"compression": "jpeg"}
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
    ("packbits.tif", pillow(GREY, compression="packbits"), GREY, "YX", None),
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
    ("four-bits.tif", four_bits("minisblack"), GREY // 16 * 17, "YX", None),
    ("four-bits-white-is-zero.tif", four_bits("miniswhite"), 255 - GREY // 16 * 17, "YX", None),
    # TIFF: what the axes mean
    ("planar.tif", tiff(STACK[:3], photometric="rgb", planarconfig="separate"), STACK[:3], "CYX", None),
    ("planar-bands.tif", tiff(STACK, planarconfig="separate"), STACK, "CYX", None),
    ("planar-pages.tif", tiff(HYPER[0].swapaxes(0, 1), photometric="rgb", planarconfig="separate"),
     HYPER[0].swapaxes(0, 1), "ICYX", None),
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
    ("imagej-channels.tif", tiff(STACK, imagej=True, metadata={"axes": "CYX", "mode": "composite"}), STACK, "CYX",
     None),
    ("imagej-volume.tif", tiff(STACK, imagej=True, metadata={"axes": "ZYX"}), STACK, "ZYX", None),
    ("imagej-five.tif", tiff(HYPER, imagej=True, metadata={"axes": "TZCYX"}), HYPER, "TZCYX", None),
    ("imagej-colours.tif", tiff(np.stack([RGB] * 4), photometric="rgb", imagej=True, metadata={"axes": "ZYXS"}),
     np.stack([RGB] * 4), "ZYXC", None),
    ("five.ome.tif", tiff(HYPER, ome=True, metadata={"axes": "TCZYX"}), HYPER, "TCZYX", None),
    ("channels-of-colours.ome.tif", tiff(np.stack([RGB] * 4), photometric="rgb", ome=True, metadata={"axes": "CYXS"}),
     np.stack([RGB] * 4), "IYXC", None),
    ("pyramid.tif", pages((GREY, {"subifds": 1}), (GREY[::2, ::2], {"subfiletype": 1})), GREY, "YX", None),
    ("pyramid-unsaid.tif", pages((GREY, {"subifds": 1}), (GREY[::2, ::2], {})), GREY, "YX", None),
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
    ("damaged-exif.jpg", pillow(RGB, exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0"), without_exif, "YXC", None),
    ("narrow.jpg", pillow(GREY[:, :4]), seen(), "YX", None),
    ("film.gif", frames(STACK), np.stack([STACK] * 3, axis=-1), "TYXC", None),
    ("grey-film.gif", frames(np.stack([FIRST, FIRST.T])), np.stack([FIRST, FIRST.T]), "TYX", None),
    ("film-in-colours.gif", frames(PALE), PALE, "TYXC", None),
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
    ("one-among-texts.npz", archive(STACK), STACK, "ZYX", None),
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


@pytest.mark.parametrize("case", READ, ids=[case[0] for case in READ])
def test_pixels_axes_and_transparency(case, capfd):
    name, make, expected, axes, alpha = case
    make(name)
    expected = expected(name) if callable(expected) else expected
    image = read_image(Path(name))
    assert (image.axes, image.pixels.dtype, image.source) == (axes, expected.dtype, Path(name))
    np.testing.assert_array_equal(image.pixels, expected)
    assert (image.alpha is None) == (alpha is None)
    if alpha is not None:
        np.testing.assert_array_equal(image.alpha, alpha)
    assert capfd.readouterr() == ("", "")
    output = default_output(image, image.pixels.dtype, image.pixels.shape)
    write_image(output, image.pixels, image, overwrite=False)
    again = read_image(output)
    order = [axes.index(letter) for letter in again.axes] if name == "pair.hdr" else range(len(axes))
    assert again.pixels.dtype == image.pixels.dtype
    np.testing.assert_array_equal(again.pixels, image.pixels.transpose(order))
    assert again.axes == "".join(axes[axis] for axis in order)
    assert (again.alpha is None) == (alpha is None)
    if alpha is not None:
        np.testing.assert_array_equal(again.alpha, alpha)


def test_nibabel_says_nothing_of_headers_that_it_mends():
    scaled_nifti(STACK, 1, 0)("a.nii")
    told, logger = StringIO(), imageglobals.logger
    handler = StreamHandler(told)
    logger.addHandler(handler)
    try:
        logger.setLevel("WARNING")
        nibabel.load("a.nii")
        assert "pixdim" in told.getvalue()
        length = len(told.getvalue())
        read_image(Path("a.nii"))
        assert len(told.getvalue()) == length
    finally:
        logger.removeHandler(handler)


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

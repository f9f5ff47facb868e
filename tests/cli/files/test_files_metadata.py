"""What a file says beside its pixels comes back from the result, or one line says what does not."""

import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
import tifffile
from makers import DEEP, GREY, HYPER, RGB, RGBA, STACK, dicom, four_bits, frames, nifti, pillow, tiff
from PIL import Image, PngImagePlugin

from coarea.cli.files import ImageFile, read_image, write_image
from coarea.cli.files.metadata import Metadata

GEOTIFF = [
    (33550, "d", 3, (30.0, 30.0, 0.0), True),
    (33922, "d", 6, (0.0, 0.0, 0.0, 500000.0, 4100000.0, 0.0), True),
    (34735, "H", 8, (1, 1, 0, 1, 1024, 0, 1, 1), True),
    (34737, "s", 0, "WGS 84 / UTM zone 32N|", True),
    (42112, "s", 0, "<GDALMetadata><Item name='AREA'>x</Item></GDALMetadata>", True),
    (42113, "s", 0, "-9999", True),
]
TEXTS = [(271, "s", 0, "maker", True), (306, "s", 0, "2020:01:02 03:04:05", True), (700, "B", 4, b"<x/>", True)]
PROFILE = bytes(range(256))


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def rewritten(name: str, output: str, dtype: str | None = None, **words) -> list[str]:
    """Write the pixels of a file into another, as `filter` does, and return what is said to be lost."""
    image = read_image(Path(name), **words)
    return write_image(Path(output), image.pixels.astype(dtype or image.pixels.dtype), image, overwrite=False)


def tags(name: str) -> dict[int, object]:
    layout = (254, 256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 338, 339)
    with tifffile.TiffFile(name) as file:
        return {tag.code: tag.value for tag in file.pages.first.tags if tag.code not in layout}


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_tags_of_a_tiff(dtype):
    words = {"resolution": (300.5, 150), "resolutionunit": 3, "description": "grün", "iccprofile": PROFILE}
    words["description"] = words["description"].encode()
    tiff(GREY, extratags=GEOTIFF + TEXTS, software="program", **words)("in.tif")
    before = tags("in.tif")
    assert {270, 282, 283, 296, 305, 306, 700, 33550, 33922, 34675, 34735, 34737, 42112, 42113} <= set(before)
    assert rewritten("in.tif", "out.tif", dtype) == []
    assert tags("out.tif") == before
    assert read_image(Path("out.tif")).nodata == -9999


def test_georeference_and_orientation_exclude_each_other():
    tiff(GREY, extratags=[*GEOTIFF, *TEXTS, (274, "H", 1, 6, True)], resolution=(10, 20), resolutionunit=2)("in.tif")
    assert rewritten("in.tif", "out.tif") == ["not kept in out.tif: georeference, XMP"]
    after = tags("out.tif")
    assert set(after) == {271, 282, 283, 296, 306, 42113}
    assert (after[282], after[283]) == ((20, 1), (10, 1))  # pixels turned by a quarter, with their density


def test_what_png_and_npy_do_not_keep_is_said():
    tiff(GREY, extratags=GEOTIFF + TEXTS, resolution=(300, 300), resolutionunit=2, description="text")("in.tif")
    assert rewritten("in.tif", "out.png") == ["not kept in out.png: georeference, nodata, TIFF tags"]
    with Image.open("out.png") as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert image.text["Description"] == "text"
    lost = ["not kept in out.npy: resolution, description, georeference, nodata, TIFF tags"]
    assert rewritten("in.tif", "out.npy") == lost


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_camera_profile_and_density_of_a_photograph(suffix):
    exif = Image.Exif()
    exif[274], exif[271] = 6, "maker"
    exif.get_ifd(0x8769).update({0x9003: "2020:01:02 03:04:05", 0x829A: 0.004})
    exif.get_ifd(0x8825)[2] = (47.0, 30.0, 15.0)
    words = {"lossless": True} if suffix == ".webp" else {"dpi": (100, 200)}
    pillow(RGB, exif=exif, icc_profile=PROFILE, **words)(f"in{suffix}")
    assert rewritten(f"in{suffix}", "out.png") == []
    with Image.open("out.png") as image:
        after = image.getexif()
        assert (after[274], after[271]) == (1, "maker")
        assert after.get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05"
        assert image.info["icc_profile"] == PROFILE
        if suffix != ".webp":
            assert image.info["dpi"] == pytest.approx((200, 100), abs=0.01)
    for source, output in ((f"in{suffix}", "out.tif"), ("out.tif", "again.tif"), ("again.tif", "again.png")):
        lost = ["not kept in again.png: TIFF tags"] if output == "again.png" else []
        assert rewritten(source, output) == lost
        with Image.open(output) as image:
            after = image.getexif()
            assert after.get(274, 1) == 1
            assert after[271] == "maker"
            assert after.get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05"
            assert after.get_ifd(0x8769)[0x829A] == 0.004
            assert after.get_ifd(0x8825)[2] == (47.0, 30.0, 15.0)
            assert image.info["icc_profile"] == PROFILE
            assert np.array_equal(np.asarray(image), read_image(Path(f"in{suffix}")).pixels)
    with tifffile.TiffFile("out.tif") as file:
        assert file.pages.first.tags[34665].value["DateTimeOriginal"] == "2020:01:02 03:04:05"


def test_texts_of_a_png():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "squares")
    texts.add_itxt("Author", "Ærø")
    pillow(GREY, pnginfo=texts)("in.png")
    assert rewritten("in.png", "out.png") == []
    with Image.open("out.png") as image:
        assert image.text == {"Title": "squares", "Author": "Ærø"}
    assert rewritten("in.png", "out.tif") == ["not kept in out.tif: texts"]


def test_colour_space_of_a_png():
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"gAMA", struct.pack(">I", 45455))
    chunks.add(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    chunks.add(b"sRGB", b"\1")
    pillow(RGB, pnginfo=chunks)("in.png")
    assert rewritten("in.png", "out.png") == []
    with Image.open("in.png") as before, Image.open("out.png") as after:
        assert {"gamma", "chromaticity", "srgb"} <= set(before.info)
        assert after.info == before.info
    assert rewritten("in.png", "out.tif") == ["not kept in out.tif: colour space"]


def test_the_profile_of_print_is_not_given_to_red_green_and_blue():
    pillow(RGB, "CMYK", icc_profile=PROFILE)("in.jpg")
    assert rewritten("in.jpg", "out.png") == ["not kept in out.png: colour profile of print"]


def test_xmp_is_kept_unless_the_picture_is_turned():
    exif = Image.Exif()
    exif[274] = 3
    pillow(RGB, xmp=b"<x:xmpmeta/>")("in.jpg")
    pillow(RGB, xmp=b"<x:xmpmeta/>", exif=exif)("turned.jpg")
    assert rewritten("in.jpg", "out.png") == []
    with Image.open("out.png") as image:
        assert image.info["xmp"] == b"<x:xmpmeta/>"
    assert rewritten("turned.jpg", "turned.png") == ["not kept in turned.png: XMP"]


def test_durations_of_a_film_are_lost():
    frames(STACK, duration=40)("in.gif")
    assert rewritten("in.gif", "out.tif") == ["not kept in out.tif: durations of the frames"]


IMAGEJ = {
    "axes": "ZCYX", "unit": "um", "spacing": 2.5, "mode": "composite", "Info": "microscope", "loop": False,
    "Labels": [f"plane {k}" for k in range(12)], "Ranges": (0.0, 9.0, 0.0, 8.0, 0.0, 7.0),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_imagej(dtype):
    tiff(HYPER[0].swapaxes(0, 1), imagej=True, metadata=IMAGEJ, resolution=(4, 5))("in.tif")
    assert rewritten("in.tif", "out.tif", dtype) == []
    with tifffile.TiffFile("in.tif") as before, tifffile.TiffFile("out.tif") as after:
        assert after.is_imagej
        assert after.imagej_metadata == before.imagej_metadata
        assert after.series[0].axes == before.series[0].axes == "ZCYX"
    assert [tags("out.tif")[code] for code in (282, 283, 296)] == [(4, 1), (5, 1), 1]


def test_imagej_has_no_double_precision_but_the_sizes_are_kept():
    tiff(STACK, imagej=True, metadata={"axes": "ZYX", "unit": "um", "spacing": 2.5}, resolution=(4, 5))("in.tif")
    assert rewritten("in.tif", "out.tif", "float64") == ["not kept in out.tif: ImageJ metadata"]
    image = read_image(Path("out.tif"))
    assert (image.axes, image.metadata.voxel) == ("ZYX", {"X": 0.25, "Y": 0.2, "Z": 2.5})


OME = {
    "axes": "TCZYX", "PhysicalSizeX": 0.25, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.5, "PhysicalSizeYUnit": "µm",
    "PhysicalSizeZ": 2.0, "PhysicalSizeZUnit": "µm", "Channel": {"Name": ["nuclei", "actin", "other"]},
    "Description": "from a microscope",
}  # fmt: skip


def test_ome():
    tiff(HYPER, ome=True, metadata=OME)("in.ome.tif")
    assert rewritten("in.ome.tif", "out.ome.tif") == []
    with tifffile.TiffFile("in.ome.tif") as before, tifffile.TiffFile("out.ome.tif") as after:
        assert after.ome_metadata == before.ome_metadata
        assert after.series[0].axes == "TCZYX"
    # In another dtype the text would not be true.
    assert rewritten("in.ome.tif", "float.ome.tif", "float32") == ["not kept in float.ome.tif: OME metadata"]
    image = read_image(Path("float.ome.tif"))
    assert (image.axes, image.metadata.voxel) == ("TCZYX", {"X": 0.25, "Y": 0.5, "Z": 2.0})


def test_ome_that_orders_its_pages_otherwise():
    tiff(HYPER[0, 0], ome=True, metadata={"axes": "ZYX", "PhysicalSizeZ": 3.0})("plain.ome.tif")
    with tifffile.TiffFile("plain.ome.tif") as file:
        xml = file.ome_metadata
    data = '<TiffData IFD="0" PlaneCount="4"/>'
    assert data in xml
    pages = "".join(f'<TiffData FirstZ="{z}" IFD="{3 - z}" PlaneCount="1"/>' for z in range(4))
    tiff(HYPER[0, 0][::-1], description=xml.replace(data, pages).encode())("in.ome.tif")
    image = read_image(Path("in.ome.tif"))
    assert np.array_equal(image.pixels, HYPER[0, 0])
    assert rewritten("in.ome.tif", "out.ome.tif") == ["not kept in out.ome.tif: OME metadata"]
    again = read_image(Path("out.ome.tif"))
    assert np.array_equal(again.pixels, HYPER[0, 0])
    assert again.metadata.voxel == {"Z": 3.0}


@pytest.mark.parametrize("name", ["head.nii", "head.nii.gz"])
@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
def test_nifti(name, dtype):
    affine = np.array([[0, 2.0, 0, -5], [3.0, 0, 0, 6], [0, 0, -4.0, 7], [0, 0, 0, 1]])
    image = nibabel.Nifti1Image(STACK.astype(np.int16)[..., None, None], affine)
    image.header.set_xyzt_units("mm", "sec")
    image.header["descrip"] = b"a head"
    nibabel.save(image, name)
    assert rewritten(name, f"out-{name}", dtype) == []
    again = nibabel.load(f"out-{name}")
    assert np.array_equal(again.affine, affine)
    assert (again.shape, again.get_data_dtype()) == (image.shape, dtype)
    assert again.header.get_zooms() == image.header.get_zooms()
    assert again.header.get_xyzt_units() == ("mm", "sec")
    assert bytes(again.header["descrip"]).strip(b"\0") == b"a head"
    assert np.array_equal(np.asanyarray(again.dataobj)[..., 0, 0], STACK)


def test_sizes_go_from_format_to_format():
    nifti(STACK)("head.nii")
    assert rewritten("head.nii", "head.tif") == ["not kept in head.tif: NIfTI header"]
    image = read_image(Path("head.tif"))
    assert (image.axes, image.metadata.voxel, image.metadata.voxel_unit) == (
        "ZYX",
        {"X": 2.0, "Y": 3.0, "Z": 4.0},
        "mm",
    )
    assert np.array_equal(image.pixels, STACK.transpose())
    assert rewritten("head.tif", "again.nii") == ["not kept in again.nii: OME metadata"]
    again = nibabel.load("again.nii")
    assert again.header.get_zooms() == (2, 3, 4)
    assert np.array_equal(np.asanyarray(again.dataobj), STACK)


def test_a_single_slice_has_a_density():
    nifti(GREY[..., None])("slice.nii")
    assert rewritten("slice.nii", "slice.tif") == ["not kept in slice.tif: NIfTI header"]
    assert [tags("slice.tif")[code] for code in (282, 283, 296)] == [(5, 1), (10, 3), 3]  # pixels in a centimetre


def test_imagej_has_one_order_of_axes():
    tiff(HYPER[0], imagej=True, metadata={"axes": "ZCYX"})("in.tif")
    assert rewritten("in.tif", "out.tif", axes="CZYX") == ["not kept in out.tif: ImageJ metadata"]
    assert read_image(Path("out.tif")).axes == "CZYX"


def test_the_size_of_a_slice_that_the_output_does_not_keep_is_named():
    tiff(STACK, imagej=True, metadata={"axes": "ZYX", "unit": "parsec", "spacing": 2.5}, resolution=(4, 5))("in.tif")
    assert rewritten("in.tif", "out.tif", "float64") == ["not kept in out.tif: voxel size, ImageJ metadata"]
    image = ImageFile(HYPER[0], "IZYX", metadata=Metadata(voxel={"X": 1.0, "Y": 1.0, "Z": 2.0}))
    lost = ["not kept in volumes.tif: voxel size"]  # OME has no axis without a meaning
    assert write_image(Path("volumes.tif"), image.pixels, image, overwrite=False) == lost


def test_dicom():
    dicom(DEEP, PixelSpacing=[0.5, 0.25])("in.dcm")
    assert rewritten("in.dcm", "out.tif") == ["not kept in out.tif: DICOM header"]
    assert [tags("out.tif")[code] for code in (282, 283, 296)] == [(40, 1), (20, 1), 3]  # pixels in a centimetre
    assert rewritten("in.dcm", "out.png") == ["not kept in out.png: DICOM header"]
    with Image.open("out.png") as image:
        assert image.info["dpi"] == pytest.approx((101.6, 50.8), abs=0.01)
    assert rewritten("in.dcm", "out.npy") == ["not kept in out.npy: voxel size, DICOM header"]
    assert rewritten("in.dcm", "out.nii") == ["not kept in out.nii: DICOM header"]
    assert nibabel.load("out.nii").header.get_zooms() == (0.25, 0.5)


def test_axes_that_the_user_overrules_leave_no_false_metadata():
    nifti(STACK)("head.nii")
    assert rewritten("head.nii", "out.nii", axes="ZYX") == ["not kept in out.nii: NIfTI header"]
    assert nibabel.load("out.nii").shape == STACK.shape[::-1]
    tiff(RGBA, photometric="rgb")("in.tif")
    assert rewritten("in.tif", "out.tif", axes="ZYX") == []
    image = read_image(Path("out.tif"))
    assert (image.axes, image.alpha, image.note) == ("ZYX", None, None)
    assert np.array_equal(image.pixels, RGBA)


def test_depth_and_reduced_copies_that_are_lost_are_named():
    with tifffile.TiffWriter("in.tif") as file:
        file.write(GREY, metadata=None)
        file.write(GREY[::2, ::2], metadata=None, subfiletype=1)
    assert rewritten("in.tif", "out.tif") == ["not kept in out.tif: reduced copies and masks among the pages"]
    four_bits("minisblack")("four.tif")
    assert rewritten("four.tif", "eight.tif") == ["not kept in eight.tif: depth of 4 bits"]


def test_nodata_is_that_of_the_pixels_as_they_are_read():
    """White-is-zero and few bits change the numbers of the pixels; a palette's index is no colour."""
    nodata = [(42113, "s", 0, "0", True)]
    grey = GREY.copy()
    grey[:3, :4] = 0
    tiff(grey, photometric="miniswhite", extratags=nodata)("in.tif")
    image = read_image(Path("in.tif"))
    assert image.nodata == 255
    assert (image.pixels == 255).sum() == (grey == 0).sum()
    assert rewritten("in.tif", "out.tif") == []
    again = read_image(Path("out.tif"))
    assert again.nodata == 255
    assert np.array_equal(again.pixels, image.pixels)
    colors = np.arange(3 * 256, dtype=np.uint16).reshape(3, 256) * 85
    tifffile.imwrite("in.tif", grey, photometric="palette", colormap=colors, extratags=nodata, metadata=None)
    assert read_image(Path("in.tif")).nodata is None
    assert rewritten("in.tif", "colors.tif") == ["not kept in colors.tif: nodata"]
    with tifffile.TiffFile("colors.tif") as file:
        assert 42113 not in file.pages.first.tags


def test_frames_of_several_axes_come_back():
    frames = np.arange(2 * 3 * 20 * 30, dtype=np.uint16).reshape(2, 3, 20, 30)
    tifffile.imwrite("in.tif", frames, photometric="minisblack")
    assert rewritten("in.tif", "out.tif") == []
    assert np.array_equal(read_image(Path("out.tif")).pixels, frames)

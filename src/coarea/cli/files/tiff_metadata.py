"""What a TIFF says beside its pixels: resolution, description, profile, georeference; ImageJ's and OME's."""

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import tifffile
from PIL import Image, TiffImagePlugin

from coarea.cli.files.metadata import GEOREFERENCE, NODATA, Metadata

# Document, make, model, page, software, date, artist, host; copyright, XMP and IPTC.
TEXTS = (269, 271, 272, 285, 305, 306, 315, 316, 33432, 700, 33723)
CAMERA = (271, 272, 305, 306, 315, 316, 33432)  # those of them that are EXIF's too
X_RESOLUTION, Y_RESOLUTION, XMP = 282, 283, 700
EXIF, GPS, INTEROPERABILITY = 34665, 34853, 40965  # directories of tags within a TIFF
UNITS = {2: "inch", 3: "centimeter"}
COUNTS = ("ImageJ", "images", "channels", "slices", "frames", "hyperstack", "axes", "shape")


def read_metadata(path: Path, file: Any, series: Any, *, turned: bool, transposed: bool) -> Metadata:
    """Metadata of the pages of a series; without those that no longer hold once the pixels are turned upright."""
    page = series.keyframe
    exif = _exif(path) if EXIF in page.tags or GPS in page.tags else None
    others = []
    special = series.kind not in ("generic", "uniform", "shaped", "geotiff", "imagej", "ome")
    others += [f"{series.kind.upper()} metadata"] * special
    others += [f"depth of {page.bitspersample} bits"] * (page.bitspersample not in (1, 8, 16, 32, 64))
    wanted = [*TEXTS, *GEOREFERENCE, NODATA]
    if turned:
        wanted = [*(code for code in TEXTS if code != XMP), NODATA]
        others += ["georeference"] * any(code in page.tags for code in GEOREFERENCE) + ["XMP"] * (XMP in page.tags)
    tags = tuple(
        (tag.code, tag.dtype, tag.count, tag.value, True)
        for tag in page.tags
        if tag.code in wanted and not str(tag.value).startswith("tifffile.py")
    )
    resolution, unit = _resolution(page, transposed)
    imagej = None
    if file.is_imagej:
        imagej = {name: value for name, value in file.imagej_metadata.items() if name not in COUNTS}
    ome = file.ome_metadata if file.is_ome else None
    voxel, voxel_unit = _voxel(page, imagej, ome, transposed)
    if resolution == ((1, 1), (1, 1)) and unit is None:  # written where there is nothing to say
        resolution = None
    plain = not (file.is_imagej or file.is_ome or special)
    return Metadata(
        resolution=resolution, unit=unit, voxel=voxel, voxel_unit=voxel_unit,
        description=_description(page) if plain else None, icc=page.tags.valueof(34675), tags=tags, imagej=imagej,
        ome=None if turned else ome, exif=exif, others=tuple(others),
    )  # fmt: skip


def _exif(path: Path) -> bytes:
    """What the camera says, as other formats keep it."""
    found, kept = Image.Exif(), Image.Exif()
    with path.open("rb") as file:
        found.load_from_fp(file)
        for code in CAMERA:
            if code in found:
                kept[code] = found[code]
        for code in (EXIF, GPS):
            kept.get_ifd(code).update(_directory(found, code))
    return kept.tobytes()


def _directory(exif: Any, code: int) -> dict[int, Any]:
    """The tags of a directory of EXIF, but for one that only points elsewhere."""
    return {tag: value for tag, value in exif.get_ifd(code).items() if tag != INTEROPERABILITY}


def tags_of_exif(exif: bytes, taken: set[int]) -> list[tuple[Any, ...]]:
    """TIFF tags for what the camera says: texts, and places for the directories that :func:`with_exif` appends.

    tifffile leaves out tags of directories: the places have codes that are one less, which nothing else uses.
    """
    camera = Image.Exif()
    camera.load(exif)
    texts = [(code, "s", 0, str(camera[code]), True) for code in CAMERA if code in camera and code not in taken]
    return texts + [(code - 1, "I", 1, 0, True) for code in (EXIF, GPS) if _directory(camera, code)]


def with_exif(content: bytes, exif: bytes) -> bytes:
    """A TIFF with the directories of EXIF at its end, to which the tags of its first page then point."""
    camera = Image.Exif()
    camera.load(exif)
    with tifffile.TiffFile(BytesIO(content)) as file:
        order, tags = file.byteorder, file.pages.first.tags
        places = {code: tags[code - 1] for code in (EXIF, GPS) if code - 1 in tags}
    whole = bytearray(content)
    for code, place in places.items():
        header = b"II*\0\0\0\0\0" if order == "<" else b"MM\0*\0\0\0\0"
        directory = TiffImagePlugin.ImageFileDirectory_v2(header)
        for tag, value in _directory(camera, code).items():
            directory[tag] = value
        whole += bytes(len(whole) % 2)
        struct.pack_into(f"{order}H", whole, place.offset, code)
        struct.pack_into(f"{order}I", whole, place.valueoffset, len(whole))
        whole += directory.tobytes(len(whole))
    return bytes(whole)


def _description(page: Any) -> str | None:
    """The user's text; not the line in which tifffile notes shapes."""
    text = page.description.strip("\0 \n")
    return text if text and not text.startswith(('{"shape":', "shape=")) else None


def _resolution(page: Any, transposed: bool) -> tuple[Any, str | None]:
    x, y = page.tags.valueof(X_RESOLUTION), page.tags.valueof(Y_RESOLUTION)
    if not (isinstance(x, tuple) and isinstance(y, tuple) and x[0] and x[1] and y[0] and y[1]):
        return None, None
    unit = UNITS.get(int(page.tags.valueof(296, default=2)))
    return ((y, x) if transposed else (x, y)), unit


def _voxel(page: Any, imagej: Any, ome: str | None, transposed: bool) -> tuple[dict[str, float], str]:
    """Sizes of the pixels as ImageJ or OME give them."""
    voxel, unit = {}, "mm"
    if imagej is not None and imagej.get("unit"):
        (x, y), unit = _resolution(page, False)[0] or (None, None), str(imagej["unit"])
        voxel = {"X": x and x[1] / x[0], "Y": y and y[1] / y[0], "Z": imagej.get("spacing")}
    elif ome is not None:
        image = tifffile.xml2dict(ome)["OME"]["Image"]
        fields = (image[0] if isinstance(image, list) else image)["Pixels"]
        voxel = {axis: fields.get(f"PhysicalSize{axis}") for axis in "XYZ"}
        units = {str(fields.get(f"PhysicalSize{axis}Unit", "µm")) for axis in "XYZ" if voxel[axis]}
        if len(units) > 1:
            return {}, "mm"
        unit = units.pop() if units else "µm"
    if transposed and voxel:
        voxel["X"], voxel["Y"] = voxel["Y"], voxel["X"]
    return {axis: float(size) for axis, size in voxel.items() if size}, unit

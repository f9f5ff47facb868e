"""TIFF: which of its pages are the image, what its axes mean, and its numbers as they are seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from coarea.base.arrays import Array
from coarea.base.tiff import Complaints, series_of, whole_form
from coarea.cli.files.axes import Stored, describe, from_letters, upright
from coarea.cli.files.extras import install
from coarea.cli.files.image import FileError
from coarea.cli.files.metadata import NODATA, Metadata, TiffLayout
from coarea.cli.files.tiff_metadata import read_metadata

RAW = (".3fr", ".arw", ".cr2", ".dng", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".rw2")
REDUCED, MASK = 1, 4  # bits of NewSubfileType
ALPHA = (tifffile.EXTRASAMPLE.ASSOCALPHA, tifffile.EXTRASAMPLE.UNASSALPHA)
FEW_BITS = (2, 4)
PLAIN = ("generic", "uniform", "shaped", "geotiff")
UNSEEN = ("CFA", "LOGL", "LOGLUV")


def read_tiff(path: Path) -> Stored:
    """The pixels of a TIFF, all its pages, upright, white brighter than black, palettes looked up."""
    with Complaints("corrupted file") as complaints, tifffile.TiffFile(path) as file:
        images = images_of(path, file)
        if complaints.of_lost_pages:
            raise FileError(f"cannot read {path}: damaged: {complaints.of_lost_pages[0]}")
        page = images[0].keyframe
        photometric = tifffile.PHOTOMETRIC(page.photometric).name
        if path.suffix.lower() in RAW or photometric in UNSEEN:
            raise FileError(f"cannot read {path}: a camera's raw data ({photometric}): develop it into a TIFF first")
        planes = [_decoded(path, series) for series in images]
        _, letters = whole_form(images[0])
        pixels, letters = (planes[0], letters) if len(planes) == 1 else (np.stack(planes), "Q" + letters)
        pixels, axes, letters = from_letters(pixels, letters)
        orientation = page.tags.valueof(274, default=1)
        turned = orientation in range(2, 9)
        metadata = read_metadata(path, file, images[0], turned=turned, transposed=turned and orientation > 4)
        if len(file.pages) > sum(len(series.pages) for series in images) and not file.is_ome:
            metadata = replace(metadata, others=(*metadata.others, "reduced copies and masks among the pages"))
        declared = nodata = nodata_of(page)
        if page.bitspersample in FEW_BITS and nodata is not None:
            nodata *= 255 // (2**page.bitspersample - 1)  # as the pixels were
        if photometric == "MINISWHITE":
            pixels, nodata = _inverted(path, pixels, nodata, page)
            photometric = "MINISBLACK"
        elif photometric == "PALETTE":
            pixels, nodata, axes = _looked_up(pixels, page.colormap), None, axes + "C"
            photometric, letters = "RGB", letters + "S"
        elif photometric == "YCBCR":  # turned into RGB by the decoder
            photometric = "RGB"
        if nodata != declared:
            metadata = _with_nodata(metadata, nodata)
        layout = TiffLayout(
            letters,
            photometric.lower(),
            page.planarconfig != tifffile.PLANARCONFIG.CONTIG,
            tuple(map(int, page.extrasamples)),
        )
        metadata = replace(metadata, tiff=layout)
        if turned:
            pixels = upright(pixels, axes, orientation)
        alpha = None
        if "S" in letters and pixels.shape[letters.index("S")] > 1:
            extra = page.extrasamples
            bands = pixels.shape[letters.index("S")] - len(extra)
            alpha = next((bands + k for k, kind in enumerate(extra) if kind in ALPHA), None)
        return Stored(pixels, axes, alpha=alpha, nodata=nodata, note=note_of(axes, letters), metadata=metadata)


def images_of(path: Path, file: Any) -> list[Any]:
    """The series of pages that make up the image: without reduced copies and masks, all of one kind."""
    # tifffile takes any page of half the size for a reduced copy; we only those that say so, or lie within another.
    levels = [level for series in series_of(file) for level in (series.levels if series.kind in PLAIN else [series])]
    pages = [level for level in levels if len(level.keyframe.treeindex) == 1]
    images = [level for level in pages if not int(level.keyframe.subfiletype) & (REDUCED | MASK)] or pages[:1]
    if not images:
        raise FileError(f"cannot read {path}: a TIFF without an image, or cut off before it")
    sizes = list(dict.fromkeys(map(_size, images)))
    if len(sizes) > 1:
        raise FileError(f"cannot read {path}: its pages differ in size ({', '.join(sizes)}); make each a file")
    forms = {(series.dtype, whole_form(series)[1], int(series.keyframe.photometric)) for series in images}
    if len(forms) > 1:
        raise FileError(f"cannot read {path}: its pages differ in dtype or colours; make each a file")
    return images


def _size(series: Any) -> str:
    form = zip(*whole_form(series), strict=True)
    return " x ".join(str(length) for length, axis in form if length > 1 or axis in "YX")


def note_of(axes: str, letters: str) -> str | None:
    """What is said of pages of which the file does not say what they are."""
    if "I" not in axes or not set(letters) & set("QI"):
        return None
    remedy = f"--axes {axes.replace('I', 'Z')} makes them a volume" if axes.count("I") == 1 and "Z" not in axes else ""
    return f"pages taken for frames, axes {describe(axes)}; {remedy or '--axes overrules'}"


def nodata_of(page: Any) -> float | None:
    """GDAL's nodata, if there is one."""
    try:
        return float(str(page.tags.valueof(NODATA)).strip())
    except ValueError:
        return None


def _with_nodata(metadata: Metadata, nodata: float | None) -> Metadata:
    """Metadata whose nodata is that of the pixels as they were read; a palette's index is no grey value or colour."""
    others = [tag for tag in metadata.tags if tag[0] != NODATA]
    if nodata is None:
        return replace(metadata, tags=tuple(others), others=(*metadata.others, "nodata"))
    text = f"{nodata:g}"
    tags = [(NODATA, 2, len(text) + 1, text, tag[-1]) for tag in metadata.tags if tag[0] == NODATA]
    return replace(metadata, tags=(*others, *tags))


def _inverted(path: Path, pixels: Array, nodata: float | None, page: Any) -> tuple[Array, float | None]:
    """White-is-zero made black-is-zero."""
    if pixels.dtype == bool:
        return ~pixels, None
    if pixels.dtype.kind != "u":
        raise FileError(f"cannot read {path}: white-is-zero of {pixels.dtype}, where no value is black")
    white = 255 if page.bitspersample in FEW_BITS else 2 ** int(np.min(page.bitspersample)) - 1
    return pixels.dtype.type(white) - pixels, None if nodata is None else white - nodata


def _looked_up(indices: Array, palette: Array) -> Array:
    """The colours of a palette, as 8-bit numbers where they are no finer."""
    if (palette.max() >= 256 and not (palette % 257).any()) or not (palette % 256).any():
        palette = (palette >> 8).astype(np.uint8)
    elif palette.max() < 256:  # as some old programs wrote it
        palette = palette.astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(palette[:, indices], 0, -1))


def _decoded(path: Path, series: Any) -> Array:
    """Pixels of a series, of the shape of its unsqueezed axes: by Pillow where tifffile lacks a codec."""
    (shape, _), page = whole_form(series), series.keyframe
    jpeg = "JPEG" in tifffile.COMPRESSION(page.compression).name
    if page.photometric == tifffile.PHOTOMETRIC.YCBCR and not jpeg:
        return _by_pillow(path, series).reshape(shape)  # tifffile leaves the colours of video as they are
    if page.bitspersample in FEW_BITS:
        return _by_pillow(path, series).reshape(shape)  # stretched to the range of 8 bits, as it is seen
    try:
        return np.asarray(series.asarray()).reshape(shape)
    except (NotImplementedError, ValueError) as error:
        if "imagecodecs" not in str(error):
            raise
        return _by_pillow(path, series).reshape(shape)


def _by_pillow(path: Path, series: Any) -> Array:
    """The pages as Pillow reads them, provided that it changes nothing."""
    from PIL import Image

    page = series.keyframe
    Image.MAX_IMAGE_PIXELS = None
    shape = (page.imagelength, page.imagewidth) + ((page.samplesperpixel,) if page.samplesperpixel > 1 else ())
    planes = []
    try:
        with Image.open(path) as image:
            for one in series.pages:
                image.seek(one.index)
                planes.append(_plane(image, page))
                if planes[-1].shape != shape or planes[-1].dtype != page.dtype:
                    raise ValueError(f"Pillow gives {planes[-1].dtype} of shape {planes[-1].shape}")
    except (AttributeError, EOFError, OSError, SyntaxError, TypeError, ValueError) as error:
        if "truncated" in str(error) or "decoder error" in str(error):
            raise FileError(f"cannot read {path}: damaged: {error}") from error
        kind = f"a TIFF of {page.dtype}, compressed by {tifffile.COMPRESSION(page.compression).name},"
        raise FileError(f"cannot read {path}: {kind} {install('imagecodecs')}") from error
    pixels = np.stack(planes)
    return np.moveaxis(pixels, -1, 1) if page.samplesperpixel > 1 and "YXS" not in whole_form(series)[1] else pixels


def _plane(image: Any, page: Any) -> Array:
    """The page that is open, white-is-zero as it is stored: Pillow turns that round where it has up to 8 bits."""
    plane = np.asarray(image.convert("RGB") if image.mode == "YCbCr" else image)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE and image.mode in ("1", "L"):
        return ~plane
    return plane.astype(plane.dtype.newbyteorder("="), copy=False)

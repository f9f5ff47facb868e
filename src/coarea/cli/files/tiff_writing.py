"""TIFF: written as the input was, an ImageJ or OME file where it was one, with tags, profile and resolution."""

from io import BytesIO
from typing import Any

import numpy as np
import tifffile

from coarea.base.arrays import Array
from coarea.cli.files.formats import Form
from coarea.cli.files.metadata import Metadata, TiffLayout
from coarea.cli.files.tiff_metadata import UNITS, tags_of_exif, with_exif

IMAGEJ_ORDER = "TZCYXS"
OME_UNITS = {"um": "µm", "micron": "µm", "\\u00B5m": "µm", "micrometer": "µm", "μm": "µm", "inch": "in"}
OME_KNOWN = ("nm", "µm", "mm", "cm", "m", "in")
UNASSOCIATED = 2
FAR = 2**31  # bytes beyond which a TIFF may need 64-bit offsets, which the directories of EXIF do not have


def encode_tiff(pixels: Array, form: Form) -> tuple[bytes, set[str]]:
    """The content of a TIFF, and what of the metadata it keeps."""
    exif = form.metadata.exif if pixels.nbytes < FAR else None
    content, kept = _encode(pixels, form, exif)
    return (content, kept) if exif is None else (with_exif(content, exif), kept | {"EXIF"})


def _encode(pixels: Array, form: Form, exif: bytes | None) -> tuple[bytes, set[str]]:
    metadata = form.metadata
    layout = metadata.tiff
    if layout is None:
        pixels, layout = _usual_layout(pixels, form)
    words = _samples(layout) | _tags(metadata, exif)
    kept = {"resolution", "colour profile", "georeference", "nodata", "TIFF tags"}
    if metadata.imagej is not None and _is_imagej(pixels, layout):
        axes = layout.axes.translate(str.maketrans("IQ", "TT"))
        words["metadata"] = metadata.imagej | {"axes": axes}
        return _write(pixels, words, imagej=True), kept | {"ImageJ metadata", "voxel size"}
    if metadata.ome is not None:
        content = _with_same_xml(pixels, words, metadata.ome)
        if content is not None:
            return content, kept | {"OME metadata", "voxel size"}
    sizes = _sizes_of_ome(metadata)
    if (metadata.ome is not None or "Z" in metadata.voxel) and sizes and set(layout.axes) <= set(IMAGEJ_ORDER):
        words["metadata"] = sizes | {"axes": layout.axes}
        return _write(pixels, words, ome=True), kept | {"voxel size"}
    density = metadata.per_centimetre()
    if metadata.resolution is None and density is not None:
        words |= {"resolution": density, "resolutionunit": 3}
        kept |= set() if "Z" in metadata.voxel else {"voxel size"}
    several = sum(layout.axes.count(letter) for letter in "IQ") > 1  # otherwise frames need no names
    words["metadata"] = {"axes": layout.axes} if several or set(layout.axes) - set("YXSIQ") else None
    if metadata.description is not None:
        words["description"] = metadata.description.encode()
    return _write(pixels, words, shaped=words["metadata"] is not None), kept | {"description"}


def _usual_layout(pixels: Array, form: Form) -> tuple[Array, TiffLayout]:
    """How pixels that come from no TIFF are stored: frames, slices, rows, columns, samples."""
    axes = form.axes
    if not axes.removesuffix("C").endswith("YX"):
        order = sorted(range(len(axes)), key=lambda axis: "ITZYXC".index(axes[axis]))
        pixels, axes = pixels.transpose(order), "".join(axes[axis] for axis in order)
    if not axes.endswith("YXC"):
        return pixels, TiffLayout(axes)
    n = form.n_channels
    colours = 3 if n - (form.alpha is not None) == 3 else 1
    extra = tuple(UNASSOCIATED if k == form.alpha else 0 for k in range(colours, n))
    return pixels, TiffLayout(axes[:-1] + "S", "rgb" if colours == 3 else "minisblack", extra=extra)


def _samples(layout: TiffLayout) -> dict[str, Any]:
    words: dict[str, Any] = {"photometric": layout.photometric}
    if "S" in layout.axes:
        words["planarconfig"] = "separate" if layout.planar else "contig"
        words["extrasamples"] = layout.extra
    return words


def _tags(metadata: Metadata, exif: bytes | None) -> dict[str, Any]:
    taken = {tag[0] for tag in metadata.tags}
    camera = [] if exif is None else tags_of_exif(exif, taken)
    words: dict[str, Any] = {"extratags": [*metadata.tags, *camera], "software": False}
    if metadata.icc is not None:
        words["iccprofile"] = metadata.icc
    if metadata.resolution is not None:
        code = next((code for code, unit in UNITS.items() if unit == metadata.unit), 1)
        words |= {"resolution": metadata.resolution, "resolutionunit": code}
    return words


def _is_imagej(pixels: Array, layout: TiffLayout) -> bool:
    """Whether ImageJ has such pixels, in the order in which they are."""
    axes = layout.axes.translate(str.maketrans("IQ", "TT"))
    ordered = "".join(letter for letter in IMAGEJ_ORDER if letter in axes) == axes
    dtypes = ("uint8",) if "S" in axes else ("uint8", "uint16", "float32")
    return ordered and pixels.dtype in dtypes and ("S" not in axes or pixels.shape[-1] == 3)


def _with_same_xml(pixels: Array, words: dict[str, Any], xml: str) -> bytes | None:
    """An OME-TIFF with the XML of the input, if it describes the pages as they are written."""
    content = _write(pixels, words | {"description": xml.encode(), "metadata": None})
    with tifffile.TiffFile(BytesIO(content)) as file:
        try:
            again = file.series[0].asarray()
        except (KeyError, IndexError, ValueError):
            return None
    same = again.dtype == pixels.dtype and again.squeeze().shape == pixels.squeeze().shape
    return content if same and again.tobytes() == pixels.tobytes() and f'Type="{pixels.dtype}"' in xml else None


def _sizes_of_ome(metadata: Metadata) -> dict[str, Any]:
    unit = OME_UNITS.get(metadata.voxel_unit, metadata.voxel_unit)
    sizes: dict[str, Any] = {}
    for axis, size in metadata.voxel.items():
        if unit in OME_KNOWN:
            sizes |= {f"PhysicalSize{axis}": size, f"PhysicalSize{axis}Unit": unit}
    return sizes


def _write(pixels: Array, words: dict[str, Any], **kind: Any) -> bytes:
    tifffile.imwrite(buffer := BytesIO(), np.ascontiguousarray(pixels), **words, **kind)
    return buffer.getvalue()

"""Pictures, through Pillow: PNG, JPEG, GIF, WebP, BMP and the like are read, PNG is written."""

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.axes import Stored, upright
from coarea.cli.files.extras import extra
from coarea.cli.files.image import FileError
from coarea.cli.files.metadata import Metadata

ORIENTATION = 274  # the tag of EXIF
XMP = "XML:com.adobe.xmp"  # the name of its text in a PNG


def read_raster(path: Path) -> Stored:
    """The pixels of a picture as it is seen: palettes looked up, turned upright, all its frames."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the user has named the file: its size is no attack
    try:
        with Image.open(path) as image:
            metadata, orientation = _metadata(image)
            pixels, axes = _deep_png(path) if _is_deep_colour(path) else _frames(image)
    except UnidentifiedImageError as error:
        reason = "its content is no image of a format that is read here (PNG, JPEG, TIFF, DICOM, NIfTI, .npy ...)"
        raise FileError(f"cannot read {path}: {reason}") from error
    alpha = pixels.shape[-1] - 1 if "C" in axes and pixels.shape[-1] in (2, 4) else None
    return Stored(upright(pixels, axes, orientation), axes, alpha=alpha, metadata=metadata)


def _frames(image: Any) -> tuple[Array, str]:
    """All frames, in the richest of their modes."""
    from PIL import ImageSequence

    if getattr(image, "n_frames", 1) == 1 or image.format in ("MPO", "ICO", "ICNS"):  # one photograph, or its icons
        pixels = _as_array(image, _mode(image))
        return pixels, "YXC"[: pixels.ndim]
    modes = {_mode(frame) for frame in ImageSequence.Iterator(image)}
    mode = modes.pop() if len(modes) == 1 else "RGBA" if modes & {"RGBA", "LA"} else "RGB"
    pixels = np.stack([_as_array(frame, mode) for frame in ImageSequence.Iterator(image)])
    image.seek(0)
    # All frames but the first of a GIF come in colours: they are grey again if it was and none of them has another.
    if mode == "RGB" and _mode(image) == "L" and (pixels == pixels[..., :1]).all():
        pixels = np.ascontiguousarray(pixels[..., 0])
    return pixels, "TYXC"[: pixels.ndim]


def _mode(image: Any) -> str:
    """The mode of Pillow that holds the picture as it is seen."""
    clear = "transparency" in image.info
    if image.mode in ("P", "PA"):
        return "RGBA" if clear or image.mode == "PA" else "RGB"
    if clear and image.mode in ("1", "L", "RGB"):
        return "RGBA" if image.mode == "RGB" else "LA"
    plain = ("1", "L", "LA", "RGB", "RGBA", "F", "I", "I;16", "I;16B", "I;16L", "I;16N")
    return str(image.mode) if image.mode in plain else "RGB"  # colours of print, of video


def _as_array(image: Any, mode: str) -> Array:
    return np.asarray(image if image.mode == mode else image.convert(mode))


def _metadata(image: Any) -> tuple[Metadata, int]:
    """What the file says beside its pixels, and how it is to be turned."""
    info, exif = image.info, image.getexif()
    orientation = exif.get(ORIENTATION, 1)
    orientation = orientation if orientation in range(1, 9) else 1
    if ORIENTATION in exif:
        exif[ORIENTATION] = 1
    resolution = info.get("dpi")
    if resolution is not None and orientation > 4:
        resolution = resolution[::-1]
    others = []
    if getattr(image, "n_frames", 1) > 1 and "duration" in info:
        others.append("durations of the frames")
    if "transparency" in info and image.mode not in ("P", "1", "L", "RGB"):
        others.append("the transparent colour")
    texts = {name: str(text) for name, text in getattr(image, "text", {}).items()} if image.format == "PNG" else {}
    texts = {name: text for name, text in texts.items() if not name.startswith("Raw profile type")}  # EXIF once more
    if isinstance(info.get("xmp"), bytes):
        texts[XMP] = info["xmp"].decode("utf-8", "replace").strip("\0")
    if orientation != 1 and texts.pop(XMP, None) is not None:  # it may say again how the picture is to be turned
        others.append("XMP")
    others += ["IPTC"] * ("photoshop" in info) + ["ratio of the sides of a pixel"] * ("aspect" in info)
    profile = info.get("icc_profile")
    if profile is not None and image.mode == "CMYK":  # the pixels become red, green and blue
        profile = None
        others.append("colour profile of print")
    comment = info.get("comment")
    return Metadata(
        resolution=resolution and tuple(float(value) for value in resolution),
        unit="inch" if resolution else None,
        description=comment.decode("latin-1") if isinstance(comment, bytes) else comment,
        texts=texts, icc=profile, chunks=_colour_space(info) if image.format == "PNG" else (),
        exif=exif.tobytes() if len(exif) else None, others=tuple(others),
    ), orientation  # fmt: skip


def _colour_space(info: dict[str, Any]) -> tuple[tuple[bytes, bytes], ...]:
    """The chunks of a PNG that say what its numbers mean as light."""
    chunks = []
    if "gamma" in info:
        chunks.append((b"gAMA", struct.pack(">I", round(info["gamma"] * 100_000))))
    if "chromaticity" in info:
        chunks.append((b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in info["chromaticity"]))))
    if "srgb" in info:
        chunks.append((b"sRGB", bytes([info["srgb"]])))
    return tuple(chunks)


def _is_deep_colour(path: Path) -> bool:
    """Whether a PNG has 16 bits a sample and several samples, which Pillow would cut to 8."""
    with path.open("rb") as file:
        header = file.read(26)
    return header[:8] == b"\x89PNG\r\n\x1a\n" and header[24] == 16 and header[25] != 0


def _deep_png(path: Path) -> tuple[Array, str]:
    imagecodecs = extra("imagecodecs", f"cannot read {path}: a PNG of 16 bits a colour")
    pixels = np.asarray(imagecodecs.png_decode(path.read_bytes()))
    return pixels, "YXC"[: pixels.ndim]


def encode_png(pixels: Array, metadata: Metadata) -> tuple[bytes, set[str]]:
    """The content of a PNG, and what of the metadata it keeps."""
    from PIL import Image, PngImagePlugin

    words: dict[str, Any] = {"icc_profile": metadata.icc, "exif": metadata.exif}
    words = {word: value for word, value in words.items() if value is not None}
    kept = {"texts", "colour space", "description", "colour profile", "EXIF"}
    texts = PngImagePlugin.PngInfo()
    for name, text in metadata.texts.items():
        texts.add_itxt(name, text)
    if metadata.description is not None:
        texts.add_itxt("Description", metadata.description)
    for chunk in metadata.chunks:
        texts.add(*chunk)
    density = metadata.per_centimetre()
    if density is not None:
        words["dpi"] = tuple(2.54 * value for value in density)
        kept |= {"resolution"} | ({"voxel size"} if set(metadata.voxel) <= {"X", "Y"} else set())
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer := BytesIO(), format="PNG", pnginfo=texts, **words)
    return buffer.getvalue(), kept

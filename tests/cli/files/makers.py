"""Makers of image files, by the libraries that people's programs use: functions of a file name."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pydicom
import tifffile
from nibabel import Nifti1Image, save
from PIL import Image
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (20, 30), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (20, 30), dtype=np.uint16)
RGB = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
RGBA = RNG.integers(1, 256, (20, 30, 4), dtype=np.uint8)
BANDS = RNG.integers(0, 256, (20, 30, 5), dtype=np.uint8)
STACK = RNG.integers(0, 256, (5, 20, 30), dtype=np.uint8)
HYPER = RNG.integers(0, 65536, (2, 3, 4, 20, 30), dtype=np.uint16)
BLACK = GREY > 127
LZW = {"compression": "tiff_lzw"}


def tiff(pixels: np.ndarray, **words) -> Callable[[str], None]:
    return lambda name: tifffile.imwrite(name, pixels, **{"metadata": None, "photometric": "minisblack"} | words)


def four_bits(photometric: str) -> Callable[[str], None]:
    """GREY in 16 levels, two pixels a byte."""

    def write(name: str) -> None:
        tiff((GREY[:, ::2] & 0xF0) | (GREY[:, 1::2] >> 4), photometric=photometric)(name)
        with tifffile.TiffFile(name) as file:
            width, depth = (file.pages.first.tags[code].valueoffset for code in (256, 258))
        content = bytearray(Path(name).read_bytes())
        content[width : width + 2], content[depth : depth + 2] = struct.pack("<H", 30), struct.pack("<H", 4)
        Path(name).write_bytes(content)

    return write


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


def without_pixels(name: str) -> None:
    dicom(GREY)(name)
    data = pydicom.dcmread(name)
    del data.PixelData
    data.save_as(name)


def at(z: float) -> pydicom.Dataset:
    """The place of a frame."""
    frame, place = pydicom.Dataset(), pydicom.Dataset()
    place.ImagePositionPatient = [0, 0, z]
    frame.PlanePositionSequence = [place]
    return frame


def nifti(pixels: np.ndarray, kind: type = Nifti1Image) -> Callable[[str], None]:
    return lambda name: save(kind(pixels, np.diag([2.0, 3.0, 4.0, 1.0])), name)


def scaled_nifti(pixels: np.ndarray, slope: float, intercept: float) -> Callable[[str], None]:
    """Stored integers that mean others, by a program that gives no sizes: nibabel itself would not write these."""

    def write(name: str) -> None:
        content = bytearray(Nifti1Image(pixels, np.eye(4)).to_bytes())
        content[112:120] = struct.pack("<ff", slope, intercept)
        content[80:92] = bytes(12)
        Path(name).write_bytes(content)

    return write


def archive(pixels: np.ndarray) -> Callable[[str], None]:
    """An array beside a file that is none."""

    def write(name: str) -> None:
        np.savez(name, head=pixels)
        with ZipFile(name, "a") as file:
            file.writestr("readme", "words")

    return write

"""What a file says of its pixels, and is written back with the result."""

from dataclasses import dataclass, field
from typing import Any

# GeoTIFF: pixel scale, tie points, transformation, keys and their values; GDAL's metadata.
GEOREFERENCE = (33550, 33922, 34264, 34735, 34736, 34737, 42112)
NODATA = 42113  # GDAL's
# Lengths in millimetres of the units that files name.
MILLIMETRES = {
    "mm": 1.0, "millimeter": 1.0, "cm": 10.0, "centimeter": 10.0, "m": 1000.0, "meter": 1000.0, "inch": 25.4,
    "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "\\u00B5m": 1e-3, "micron": 1e-3, "micrometer": 1e-3, "nm": 1e-6,
}  # fmt: skip


@dataclass(frozen=True)
class TiffLayout:
    """How a TIFF stored its samples: tifffile's letter for each axis, the colours, what further samples are."""

    axes: str
    photometric: str = "minisblack"
    planar: bool = False
    extra: tuple[int, ...] = ()


@dataclass(frozen=True)
class Metadata:
    """What a file says of its pixels.

    Parameters
    ----------
    resolution : pair of number or of pair of int, optional
        Pixels per `unit` along x and y, as numbers or fractions.
    unit : {"inch", "centimeter", None}
        None means that only the ratio of the two resolutions is known.
    voxel : dict
        Size of a pixel along X, Y, Z (and T), in `voxel_unit`.
    description : str, optional
        Free text.
    texts : dict
        The named texts of a PNG.
    chunks : tuple of pair of bytes
        Name and content of the chunks of a PNG on its colour space.
    icc, exif : bytes, optional
        Colour profile, and what the camera says (with the orientation set to upright).
    tags : tuple
        TIFF tags kept as they are: code, type, count, value, and whether the first page alone has them.
    imagej : dict, optional
        ImageJ's metadata, as tifffile reads them.
    ome : str, optional
        The XML of an OME-TIFF.
    nifti : object, optional
        The image that nibabel has read, for its affine and header.
    tiff : TiffLayout, optional
        How the samples were stored.
    alpha : int, optional
        Where the transparency stood among the channels.
    key : str, optional
        Name of the array in a .npz.
    others : tuple of str
        Names of things that no output of ours keeps.
    """

    resolution: tuple[Any, Any] | None = None
    unit: str | None = None
    voxel: dict[str, float] = field(default_factory=dict)
    voxel_unit: str = "mm"
    description: str | None = None
    texts: dict[str, str] = field(default_factory=dict)
    chunks: tuple[tuple[bytes, bytes], ...] = ()
    icc: bytes | None = None
    exif: bytes | None = None
    tags: tuple[tuple[Any, ...], ...] = ()
    imagej: dict[str, Any] | None = None
    ome: str | None = None
    nifti: Any = None
    tiff: TiffLayout | None = None
    alpha: int | None = None
    key: str | None = None
    others: tuple[str, ...] = ()

    def declared(self) -> list[str]:
        """Names of what the file declares and an output may keep, as the user is told of them."""
        present = {
            "resolution": self.resolution is not None,
            "voxel size": bool(self.voxel),
            "description": self.description is not None,
            "texts": bool(self.texts),
            "colour space": bool(self.chunks),
            "colour profile": self.icc is not None,
            "EXIF": self.exif is not None,
            "georeference": any(tag[0] in GEOREFERENCE for tag in self.tags),
            "nodata": any(tag[0] == NODATA for tag in self.tags),
            "TIFF tags": any(tag[0] not in (*GEOREFERENCE, NODATA) for tag in self.tags),
            "ImageJ metadata": self.imagej is not None,
            "OME metadata": self.ome is not None,
            "NIfTI header": self.nifti is not None,
        }
        return [name for name, there in present.items() if there]

    def size_in_mm(self, axis: str) -> float | None:
        """Size of a pixel along an axis of space, where the file gives it in a unit of length."""
        if axis in self.voxel and self.voxel_unit in MILLIMETRES:
            return self.voxel[axis] * MILLIMETRES[self.voxel_unit]
        if axis in "XY" and self.resolution is not None and self.unit is not None:
            value = self.resolution["XY".index(axis)]
            count, length = value if isinstance(value, tuple) else (value, 1)
            return length * MILLIMETRES[self.unit] / count if count else None
        return None

    def per_centimetre(self) -> tuple[float, float] | None:
        """Pixels per centimetre along x and y."""
        x, y = self.size_in_mm("X"), self.size_in_mm("Y")
        return (10 / x, 10 / y) if x and y else None

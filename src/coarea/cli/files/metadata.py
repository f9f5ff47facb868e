"""What a file says of its pixels, and is written back with the result."""

from dataclasses import dataclass, field
from typing import Any

# GeoTIFF: pixel scale, tie points, transformation, keys and their values; GDAL's metadata.
GEOREFERENCE = (33550, 33922, 34264, 34735, 34736, 34737, 42112)
NODATA = 42113  # GDAL's
IMAGEJ_PLACE = ("spacing", "unit", "yunit", "zunit", "finterval", "fps", "tunit")  # of pixels and of frames
PIXEL_SCALE, TIE_POINTS, TRANSFORMATION, KEYS = GEOREFERENCE[:4]
RASTER_TYPE, PROJECTED, GEOGRAPHIC = 1025, 3072, 2048  # keys: whether places are those of pixels' centres, the system
CENTRES, OWN = 2, 32767
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

    def of_place(self, *, same_axes: bool) -> "Metadata":
        """What is said of where the pixels lie, which holds for other values there too."""
        imagej = None if self.imagej is None else {k: v for k, v in self.imagej.items() if k in IMAGEJ_PLACE}
        return Metadata(
            resolution=self.resolution, unit=self.unit, voxel=self.voxel, voxel_unit=self.voxel_unit, imagej=imagej,
            tags=tuple(tag for tag in self.tags if tag[0] in GEOREFERENCE[:-1]),
            nifti=self.nifti if same_axes else None,
        )  # fmt: skip

    def transform(self) -> tuple[float, ...] | None:
        """The map of a GeoTIFF from the corners of pixels, a, b, c, d, e, f as in rasterio, if it declares one."""
        tags = {tag[0]: tag[3] for tag in self.tags}
        if TRANSFORMATION in tags:
            a, b, _, c, d, e, _, f = tags[TRANSFORMATION][:8]
        elif PIXEL_SCALE in tags and TIE_POINTS in tags:
            (a, e), (column, row, _, x, y) = tags[PIXEL_SCALE][:2], tags[TIE_POINTS][:5]
            b, c, d, e, f = 0.0, x - column * a, 0.0, -e, y + row * e
        else:
            return None
        if self._geokeys().get(RASTER_TYPE) == CENTRES:
            c, f = c - (a + b) / 2, f - (d + e) / 2
        return a, b, c, d, e, f

    def crs(self) -> str | None:
        """The system of coordinates of a GeoTIFF, where it has a number of the EPSG."""
        keys = self._geokeys()
        code = keys.get(PROJECTED, keys.get(GEOGRAPHIC))
        return f"EPSG:{code}" if code and code != OWN else None

    def _geokeys(self) -> dict[int, int]:
        """The keys of a GeoTIFF whose values are short numbers."""
        keys = next((tag[3] for tag in self.tags if tag[0] == KEYS), ())
        return {keys[i]: keys[i + 3] for i in range(4, len(keys) - 3, 4) if keys[i + 1] == 0}

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

"""TIFF files that are read piece by piece."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from coarea.base.arrays import Array
from coarea.base.tiff import series_of
from coarea.cli.chunks.image import Chunked
from coarea.cli.files import FileError, ImageFile
from coarea.cli.files.axes import Stored, from_letters
from coarea.cli.files.tiff_metadata import read_metadata
from coarea.cli.files.tiff_reading import FEW_BITS, RAW, images_of, nodata_of, note_of

HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class Pages:
    """The pixels of a file that is opened for each part that is read, so that any process can read one."""

    path: str
    series: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_mapped: bool

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __getitem__(self, box: Any) -> Array:
        if self.is_mapped:
            whole = tifffile.memmap(self.path, series=self.series, mode="r").reshape(self.shape)
            return np.array(whole[box], self.dtype)
        import zarr

        with tifffile.TiffFile(self.path) as file, file.series[self.series].aszarr(level=0) as store:
            return np.asarray(zarr.open_array(store, mode="r")[box], self.dtype)


def open_tiff(path: Path) -> tuple[Chunked, Stored]:
    """The pages of a TIFF, where they are stored as they are seen."""
    import dask.array as da

    with path.open("rb") as head:
        if head.read(4) not in HEADS:
            raise FileError(f"cannot read {path} in chunks: only Zarr arrays and TIFF files are")
    with tifffile.TiffFile(path) as file:
        images = images_of(path, file)
        series = images[0]
        page = series.keyframe
        kind = tifffile.PHOTOMETRIC(page.photometric).name
        plain = kind in ("MINISBLACK", "RGB") and page.bitspersample not in (1, *FEW_BITS)
        turned = page.tags.valueof(274, default=1) in range(2, 9)
        if not plain or turned or page.extrasamples or len(images) > 1 or path.suffix.lower() in RAW:
            what = f"its pixels ({kind}, {page.bitspersample} bits) are not stored as they are seen, on pages alike"
            raise FileError(f"cannot read {path} in chunks: {what}; save it as a plain grey or RGB TIFF")
        index = series_of(file).index(series)
        shape, letters = file.series[index].shape, file.series[index].axes
        pages = Pages(str(path), index, shape, page.dtype, series.dataoffset is not None)
        sides = {"Y": page.tilelength or 1, "X": page.tilewidth or 1}
        metadata = read_metadata(path, file, series, turned=False, transposed=False)
        nodata = nodata_of(page)
    unit = tuple(min(n, sides.get(letter, n if letter == "S" else 1)) for letter, n in zip(letters, shape, strict=True))
    pixels = da.from_array(pages, chunks=shape, asarray=True)
    _, axes, _ = from_letters(np.broadcast_to(0, shape), letters)
    if len(axes) != len(shape):
        raise FileError(f"cannot read {path} in chunks: an axis of one pixel among {letters}")
    lost = (*metadata.declared(), *metadata.others)
    stored = Stored(pixels, axes, nodata=nodata, note=note_of(axes, letters), metadata=replace(metadata, others=lost))
    words = {"zarr_format": 3, "dimension_names": [letter.lower() for letter in axes]}
    return Chunked(ImageFile(pixels, axes), pages, unit, keeps_unit=False, words=words), stored

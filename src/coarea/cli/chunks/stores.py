"""Arrays of Zarr that are read piece by piece."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coarea.cli.chunks.image import Chunked, axes_of, is_store
from coarea.cli.files import FileError, ImageFile
from coarea.cli.files.axes import Stored

SHOWN = 9  # names of arrays


def open_zarr(path: Path) -> tuple[Chunked, Stored]:
    """The array at a path, or the finest level of an OME-Zarr."""
    import dask.array as da
    import zarr

    if not is_store(path):
        raise FileError(f"cannot read {path}: {'no Zarr array or group' if path.exists() else 'no such file'}")
    node = zarr.open(str(path), mode="r")
    names, group = None, None
    if isinstance(node, zarr.Group):
        node, names, group = _first_level(path, node)
    if node.dtype.kind not in "buif" or node.ndim == 0:
        raise FileError(f"cannot read {path}: it holds {node.dtype}, {node.ndim}-D, which is no image")
    attributes = dict(node.attrs)
    own = getattr(node.metadata, "dimension_names", None)
    names = names or own or attributes.get("_ARRAY_DIMENSIONS")
    axes, note = axes_of(names, node.shape)
    unit = tuple(map(min, node.shards or node.chunks, node.shape))
    words: dict[str, Any] = {"zarr_format": node.metadata.zarr_format, "attributes": attributes}
    if own is not None:
        words["dimension_names"] = own
    pixels = da.from_array(node, chunks=unit)
    inner = node.chunks if node.shards else None
    image = ImageFile(pixels, axes)
    chunked = Chunked(image, node, unit, words=words, inner=inner, group=group, fill_value=node.fill_value)
    return chunked, Stored(pixels, axes, note=note)


def _first_level(path: Path, group: Any) -> tuple[Any, list[str] | None, dict[str, Any]]:
    """The finest level of an OME-Zarr, the names of its axes, and what its group says of this level."""
    import zarr

    attributes = dict(group.attrs)
    ome = attributes.get("ome", attributes)
    try:
        scales = ome["multiscales"][0]
        level = scales["datasets"][0]
        node = group[level["path"]]
        names = [axis["name"] if isinstance(axis, dict) else axis for axis in scales.get("axes", ())]
    except (IndexError, KeyError, TypeError):
        arrays = [(name, one) for name, one in group.members(max_depth=None) if isinstance(one, zarr.Array)]
        sizes = [f"{path / name} ({' x '.join(map(str, one.shape))} {one.dtype})" for name, one in sorted(arrays)]
        held = ", ".join(sizes[:SHOWN]) + ", ..." * (len(sizes) > SHOWN) or "there are none"
        raise FileError(f"{path} is a group of Zarr: name one of its arrays: {held}") from None
    kept = {name: ome[name] for name in ("version", "omero") if name in ome}
    kept["multiscales"] = [{**scales, "datasets": [{**level, "path": "0"}]}]
    return node, names or None, {"ome": kept} if "ome" in attributes else kept

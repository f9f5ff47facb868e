"""Lines in the formats of other programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.options import as_number, as_path, came
from coarea.lines._geometries import Geometries, features_of, geometries
from coarea.lines._line_arrays import lengths
from coarea.lines._polygons import Points

if TYPE_CHECKING:
    from coarea.lines.lines import Lines

DIGITS = 2  # of a pixel, in drawings
Affine = tuple[float, float, float, float, float, float]


def as_affine(transform: Any) -> Affine:
    """The six numbers of x = a column + b row + c, y = d column + e row + f; rasterio writes three more."""
    rule = "transform must be six numbers a, b, c, d, e, f, with x = a column + b row + c and y = d column + e row + f"
    try:
        numbers = [as_number("transform", number) for number in transform]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) not in (6, 9) or (len(numbers) == 9 and numbers[6:] != [0, 0, 1]):
        raise ValueError(f"{rule}, such as rasterio's transform, got {came(transform)}")
    a, b, c, d, e, f = numbers[:6]
    if a * e == b * d:
        raise ValueError(f"{rule}, which must not fold the plane: a e - b d is 0 for {came(transform)}")
    if a != 0 and e == 0:
        raise ValueError(f"{rule}, got {came(transform)}, which looks like GDAL's order c, a, b, f, d, e")
    return a, b, c, d, e, f


def xy_of(points: Points, transform: Affine) -> Points:
    """Coordinates of points given as rows and columns of pixel centres: pixel (0, 0) has its corner at (0, 0)."""
    a, b, c, d, e, f = transform
    row, column = points.T + 0.5
    return np.stack([a * column + b * row + c, d * column + e * row + f], axis=1)


IDENTITY: Affine = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def written(pieces: Iterable[str], path: Any) -> str | None:
    """Write a text piece by piece, or return it if there is no path."""
    if path is None:
        return "".join(pieces)
    with open(as_path("path", path), "w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)
    return None


def svg(lines: Lines, color: tuple[int, int, int], linewidth: float) -> Iterator[str]:
    """The text of a drawing, piece by piece."""
    rows, columns = lines.shape
    stroke = "#{:02x}{:02x}{:02x}".format(*color)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns}" height="{rows}" viewBox="0 0 {columns} {rows}">\n'
        f'<g fill="none" stroke="{stroke}" stroke-width="{linewidth:g}" stroke-linejoin="round">\n'
    )
    feature = features_of(lines.node, len(lines))
    order = np.argsort(feature, kind="stable")
    scale = 10**DIGITS
    places = np.rint(xy_of(lines.points, IDENTITY) * scale).astype(np.int64)
    steps = np.diff(places, axis=0, append=0)
    last = -1
    for line in order.tolist():
        first, end = lines.start[line : line + 2].tolist()
        if feature[line] != last:
            yield "" if last < 0 else '"/>\n'
            last = feature[line]
            yield "<path " + ("" if lines.node is None else f'data-node="{lines.node[line]}" ') + 'd="'
        x, y = places[first].tolist()
        closes = bool(lines.closed[line])
        moves = steps[first : end - 1 - closes].tolist()  # z draws the last side
        yield f"M{_digits(x, scale)} {_digits(y, scale)}"
        yield "".join(_move(dx, dy, scale) for dx, dy in moves) + "z" * closes
    yield ('"/>\n' if len(lines) else "") + "</g>\n</svg>\n"


def _move(dx: int, dy: int, scale: int) -> str:
    if dy == 0:
        return "h" + _digits(dx, scale)
    return "v" + _digits(dy, scale) if dx == 0 else f"l{_digits(dx, scale)} {_digits(dy, scale)}"


def _digits(place: int, scale: int) -> str:
    return f"{place / scale:.12g}"  # all of them, of a place in any image


def as_crs(crs: Any) -> str | None:
    """The name of a system of coordinates as files write it."""
    if crs is None:
        return None
    if not isinstance(crs, str):
        raise TypeError(f"crs must be a text such as 'EPSG:32633', got {came(crs)}: give str(crs)")
    if not crs.strip():
        raise ValueError("crs must be a text such as 'EPSG:32633', got an empty one")
    authority, _, code = crs.strip().partition(":")
    return f"urn:ogc:def:crs:EPSG::{code}" if authority.upper() == "EPSG" else crs


def geojson(lines: Lines, transform: Affine, crs: str | None) -> Iterator[str]:
    """The text of a feature collection, feature by feature."""
    feature = features_of(lines.node, len(lines))
    parts = _geometries(lines, feature, transform)
    points = xy_of(lines.points, transform)
    n = len(parts.is_polygon)
    first_line = np.full(n, len(lines))
    np.minimum.at(first_line, feature, np.arange(len(lines)))
    order = np.argsort(parts.feature, kind="stable")
    bounds = np.searchsorted(parts.feature[order], np.arange(n + 1)).tolist()
    properties = _properties(lines, feature, first_line, points, transform)
    system = "" if crs is None else f'"crs": {json.dumps({"type": "name", "properties": {"name": crs}})}, '
    yield f'{{"type": "FeatureCollection", {system}"features": ['
    for i, polygon in enumerate(parts.is_polygon.tolist()):
        rings = [_rings(parts, points, part) for part in order[bounds[i] : bounds[i + 1]].tolist()]
        many = len(rings) != 1
        coordinates: Any = rings if polygon else [part[0] for part in rings]
        geometry = {
            "type": "Multi" * many + ("Polygon" if polygon else "LineString"),
            "coordinates": coordinates if many else coordinates[0],
        }
        known = {name: _plain(values[i]) for name, values in properties.items()}
        record = {"type": "Feature", "id": i, "properties": known, "geometry": geometry}
        yield ("," if i else "") + "\n" + json.dumps(record, allow_nan=False)
    yield "\n]}\n"


def _rings(parts: Geometries, points: Points, part: int) -> list[list[list[float]]]:
    first, last = parts.part_start[part : part + 2].tolist()
    bounds = parts.ring_start[first : last + 1].tolist()
    coordinates = points[parts.places[bounds[0] : bounds[-1]]].tolist()
    return [coordinates[i - bounds[0] : j - bounds[0]] for i, j in pairwise(bounds)]


def _properties(
    lines: Lines, feature: Array, first_line: Array, points: Points, transform: Affine
) -> dict[str, list[Any]]:
    """What is known of each feature, by name."""
    a, b, _, d, e, _ = transform
    n = len(first_line)
    parent = lines.parent[first_line]
    enclosing = np.where(parent >= 0, feature[parent], -1)
    of_first = {"node": lines.node, "level": lines.level, **lines.columns}
    sign = 1 if lines.node is None else np.where(lines.is_hole, -1, 1)  # what is around a hole is in the same feature
    area = np.bincount(feature, sign * lines.area, n) * abs(a * e - b * d)
    return {
        **{name: _plain_list(column[first_line]) for name, column in of_first.items() if column is not None},
        "parent": [None if i < 0 else i for i in enclosing.tolist()],
        "area": area.tolist(),
        "length": np.bincount(feature, lengths(points, lines.start), n).tolist(),
        "open": (np.bincount(feature[~lines.closed], minlength=n) > 0).tolist(),
    }


def _plain_list(column: Array) -> list[Any]:
    """The entries as Python's own numbers, which extended precision has none of."""
    with np.errstate(over="ignore"):
        plain: list[Any] = (column.astype(np.float64) if column.dtype.kind == "f" else column).tolist()
    return plain


def _plain(value: Any) -> Any:
    """A value that files of this kind can hold; they know no infinite numbers."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def shapely_geometries(lines: Lines, transform: Affine) -> NDArray[Any]:
    """One geometry for each feature."""
    try:
        import shapely
    except ImportError as error:
        raise ImportError('to_shapely needs shapely: pip install "coarea[shapely]"') from error
    parts = _geometries(lines, features_of(lines.node, len(lines)), transform)
    points = xy_of(lines.points, transform)[parts.places]
    found = np.full(len(parts.is_polygon), shapely.MultiPolygon())  # what remains where nothing is enclosed
    found[~parts.is_polygon] = shapely.MultiLineString()
    for polygons in (True, False):
        own = parts.parts(polygons)
        part_start = parts.part_start[own.start : own.stop + 1]
        ring_start = parts.ring_start[part_start[0] : part_start[-1] + 1]
        offsets = (ring_start - ring_start[0], part_start - part_start[0])
        kind = shapely.GeometryType.POLYGON if polygons else shapely.GeometryType.LINESTRING
        coordinates = points[ring_start[0] : ring_start[-1]]
        single = shapely.from_ragged_array(kind, coordinates, offsets if polygons else offsets[:1])
        order = np.argsort(parts.feature[own], kind="stable")
        features, place, members = np.unique(parts.feature[own][order], return_inverse=True, return_counts=True)
        alone = members[place] == 1
        found[features[members == 1]] = single[order[alone]]
        if not alone.all():
            join = shapely.multipolygons if polygons else shapely.multilinestrings
            found[features[members > 1]] = join(
                single[order[~alone]], indices=np.unique(place[~alone], return_inverse=True)[1]
            )
    return found


def _geometries(lines: Lines, feature: Array, transform: Affine) -> Geometries:
    a, b, _, d, e, _ = transform
    return geometries(
        lines.points, lines.start, lines.closed, feature,
        shapes=lines.node is not None, mirrored=a * e < b * d,
    )  # fmt: skip

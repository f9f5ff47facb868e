"""Lines as objects: many of them in one ragged array, with what is known of each."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_array
from coarea.base.html import card
from coarea.base.options import as_color, as_number, came
from coarea.lines._export import IDENTITY, as_affine, as_crs, geojson, shapely_geometries, svg, written
from coarea.lines._line_arrays import areas, checked, enclosing, lengths, ragged, thumbnail

Points = NDArray[np.float64]

RED = (190, 0, 30)
SHOWN = 200_000  # points in the small picture of a notebook


@dataclass(frozen=True, eq=False, repr=False)
class Lines:
    """Lines in the plane of an image, nested, as ragged arrays.

    ``lines[i]`` are the points of a line, ``lines[choice]`` with a slice, a mask or indices are Lines again. All
    arrays are read-only. Lines come from :func:`contours`, :func:`isolines` and :func:`meaningful_lines`; those that
    are put together by hand, or unpickled, are checked and copied.

    Attributes
    ----------
    points : (n, 2) ndarray of float64
        Row and column of the points of all lines, one line after the other, in the coordinates of pixel centres: the
        corners of pixels are half-integers. A closed line ends with its first point.
    start : (k + 1,) ndarray of int64
        Line i is ``points[start[i] : start[i + 1]]``, the layout of GeoArrow.
    shape : tuple of int
        Rows and columns of the image.
    parent : (k,) ndarray of int64
        The line that encloses each line, as an index into these lines; -1 where none does.
    closed : (k,) ndarray of bool
        False for lines that end on the frame of the image.
    is_hole : (k,) ndarray of bool
        True for the lines around the holes of a shape, or of what is above a level. The shape is on the right hand of
        every line, seen with rows downwards: outer lines run clockwise, around holes they run counterclockwise.
    node : (k,) ndarray of int32, or None
        The node of the tree that the line bounds.
    level : (k,) ndarray of float64, or None
        The level of the line.
    columns : mapping of str to (k,) ndarray
        What else is known of each line; they are attributes too: ``lines.value`` is ``lines.columns["value"]``.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, or an entry breaks the rules above.
    TypeError
        If indices are not integers or marks not boolean.

    See Also
    --------
    contours, isolines, meaningful_lines

    Examples
    --------
    >>> import coarea
    >>> coarea.isolines([[0, 0, 0], [0, 4, 0], [0, 0, 0]], 2).area.tolist()
    [0.5]
    """

    points: Points
    start: NDArray[np.int64]
    shape: tuple[int, int]
    parent: NDArray[np.int64]
    closed: NDArray[np.bool_]
    is_hole: NDArray[np.bool_]
    node: NDArray[np.int32] | None = None
    level: NDArray[np.float64] | None = None
    columns: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if taken := sorted(set(self.columns).intersection({*dir(Lines), *self.__dataclass_fields__})):
            raise ValueError(f"columns must have names that Lines do not have yet, got {', '.join(taken)}")
        self._hold(**checked(**{name: getattr(self, name) for name in self.__dataclass_fields__}))

    @classmethod
    def _trusted(
        cls,
        points: Array,
        start: Array,
        shape: tuple[int, int],
        *,
        parent: Array,
        closed: Array,
        is_hole: Array,
        node: Array | None = None,
        level: Array | None = None,
        columns: Mapping[str, Array] | None = None,
    ) -> Lines:
        """Lines of arrays that their maker has just made, of the right dtypes: neither checked nor copied."""
        lines = cls.__new__(cls)
        lines._hold(
            points=points, start=start, shape=shape, parent=parent, closed=closed, is_hole=is_hole, node=node,
            level=level, columns=columns or {},
        )  # fmt: skip
        return lines

    def _hold(self, *, columns: Mapping[str, Array], **fields: Any) -> None:
        own = {name: _frozen(value) if isinstance(value, np.ndarray) else value for name, value in fields.items()}
        more = MappingProxyType({name: _frozen(column) for name, column in columns.items()})
        vars(self).update(own, columns=more)  # the class is frozen

    def __len__(self) -> int:
        return len(self.start) - 1

    def __iter__(self) -> Iterator[Points]:
        return (self.points[first:last] for first, last in zip(self.start[:-1], self.start[1:], strict=True))

    @overload
    def __getitem__(self, choice: int | np.integer) -> Points: ...
    @overload
    def __getitem__(self, choice: slice | Sequence[int] | Array) -> Lines: ...
    def __getitem__(self, choice: Any) -> Points | Lines:
        """The points of a line, or the lines of a slice, a mask or indices, in their order.

        The parent of a line is then the nearest of the chosen lines around it.
        """
        if isinstance(choice, slice):
            return self._take(np.arange(len(self))[choice])
        if np.ndim(choice) == 0 and not isinstance(choice, bool | np.bool_):
            i = operator.index(choice)
            if not -len(self) <= i < len(self):
                raise IndexError(f"line must be in [{-len(self)}, {len(self)}), got {i}")
            i %= len(self)
            return self.points[self.start[i] : self.start[i + 1]]
        return self._take(self._chosen(choice))

    def __getattr__(self, name: str) -> Array:
        columns = vars(self).get("columns", {})  # absent while Lines are being unpickled
        if name not in columns:
            hint = f"; its columns are {', '.join(columns)}" if columns else ""
            raise AttributeError(f"'Lines' object has no attribute {name!r}{hint}")
        column: Array = columns[name]
        return column

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.columns})

    def __reduce__(self) -> tuple[type[Lines], tuple[object, ...]]:
        fields = (getattr(self, name) for name in self.__dataclass_fields__)
        return Lines, tuple(dict(value) if isinstance(value, Mapping) else value for value in fields)

    def __repr__(self) -> str:
        rows, columns = self.shape
        n_open = len(self) - int(self.closed.sum())
        return f"<Lines of a {rows}x{columns} image: {len(self)} lines, {n_open} open, {len(self.points)} points>"

    def _repr_html_(self) -> str:
        """What notebooks show: how many there are, and a small picture of them."""
        rows = {
            "image": " x ".join(map(str, self.shape)),
            "lines": len(self),
            "open": len(self) - int(self.closed.sum()),
            "holes": int(self.is_hole.sum()) or None,
            "points": len(self.points),
            "columns": ", ".join(self.columns) or None,
        }
        n = max(1, int(np.searchsorted(self.start, SHOWN, "right")) - 1)  # the first lines: more would not be seen
        start = self.start[: n + 1]
        return card("lines", rows, thumbnail(self.points[: start[-1]], start, self.shape))

    @cached_property
    def length(self) -> NDArray[np.float64]:
        """(k,) Euclidean length of each line in pixels, with the parts on the frame of the image."""
        return _frozen(lengths(self.points, self.start))

    @cached_property
    def area(self) -> NDArray[np.float64]:
        """(k,) Area inside each closed line in pixels, the holes in it included; 0 for an open line."""
        return _frozen(np.where(self.closed, np.abs(areas(self.points, self.start)), 0))

    @overload
    def to_svg(self, path: None = None, *, color: tuple[int, int, int] = ..., linewidth: float = ...) -> str: ...
    @overload
    def to_svg(
        self, path: str | PathLike[str], *, color: tuple[int, int, int] = ..., linewidth: float = ...
    ) -> None: ...
    def to_svg(
        self, path: str | PathLike[str] | None = None, *, color: tuple[int, int, int] = RED, linewidth: float = 0.5
    ) -> str | None:
        """A drawing of the lines, one path for each node, otherwise for each line.

        Parameters
        ----------
        path : str or path, optional
            Where to write it. By default it is returned.
        color : tuple of int
            Red, green and blue of the lines, from 0 to 255.
        linewidth : float, default 0.5
            Thickness of the lines, in pixels of the image.

        Returns
        -------
        str or None
            One unit is one pixel, and the upper left corner of the image is at (0, 0). Points are rounded to
            hundredths of a pixel; those of :func:`coarea.contours` are exact.

        Examples
        --------
        >>> import coarea
        >>> tree = coarea.max_tree([[0, 7, 7]])
        >>> print(coarea.contours(tree, [1]).to_svg())
        <svg xmlns="http://www.w3.org/2000/svg" width="3" height="1" viewBox="0 0 3 1">
        <g fill="none" stroke="#be001e" stroke-width="0.5" stroke-linejoin="round">
        <path data-node="1" d="M1 0h2v1h-2z"/>
        </g>
        </svg>
        """
        return written(svg(self, as_color("color", color), as_number("linewidth", linewidth, above=0)), path)

    @overload
    def to_geojson(self, path: None = None, *, transform: Sequence[float] = ..., crs: str | None = ...) -> str: ...
    @overload
    def to_geojson(
        self, path: str | PathLike[str], *, transform: Sequence[float] = ..., crs: str | None = ...
    ) -> None: ...
    def to_geojson(
        self,
        path: str | PathLike[str] | None = None,
        *,
        transform: Sequence[float] = IDENTITY,
        crs: str | None = None,
    ) -> str | None:
        """The lines as GeoJSON, a feature for each node, otherwise for each line.

        Parameters
        ----------
        path : str or path, optional
            Where to write it. By default it is returned.
        transform : six numbers, optional
            a, b, c, d, e, f of the map to the coordinates that are written, ``x = a column + b row + c`` and
            ``y = d column + e row + f``, where the corner of the first pixel is at (0, 0); a transform of rasterio
            is taken as it is. By default x is the column and y the row.
        crs : str, optional
            The system of the coordinates, such as "EPSG:32633". GeoJSON itself knows longitudes and latitudes only,
            and whoever reads other coordinates without being told takes them for those; the name is written as GDAL,
            QGIS and GeoPandas read it.

        Returns
        -------
        str or None
            A feature of closed lines is a Polygon or MultiPolygon, which is valid as for :meth:`to_shapely`; if one of
            its lines is open, or it has holes only, it is a LineString or MultiLineString. Exterior rings are
            counterclockwise, with y upwards. The properties are ``node`` or ``level``, the columns, ``parent``, the
            ``id`` of the feature around it or null, ``area`` and ``length`` in the units of the coordinates, and
            ``open``.

        Raises
        ------
        ValueError
            If the transform is not six numbers, or folds the plane, or the name of the system is empty.
        TypeError
            If `crs` is no text.

        Examples
        --------
        >>> import json
        >>> import coarea
        >>> tree = coarea.max_tree([[0, 7, 7]])
        >>> collection = json.loads(coarea.contours(tree, [1]).to_geojson(transform=(10, 0, 500, 0, -10, 80)))
        >>> collection["features"][0]["geometry"]["coordinates"]
        [[[510.0, 80.0], [510.0, 70.0], [530.0, 70.0], [530.0, 80.0], [510.0, 80.0]]]
        """
        return written(geojson(self, as_affine(transform), as_crs(crs)), path)

    def to_shapely(self, *, transform: Sequence[float] = IDENTITY) -> NDArray[Any]:
        """The lines as geometries of shapely, one for each node, otherwise for each line; polygons are always valid.

        A ring may touch itself at the corners of pixels, which polygons must not: it is cut there. The parts of a
        shape that meet at corners only become the polygons of a MultiPolygon, and what a ring encloses becomes a hole.

        Parameters
        ----------
        transform : six numbers, optional
            As for :meth:`to_geojson`.

        Returns
        -------
        ndarray of object
            Polygons and line strings as for :meth:`to_geojson`, in the order of the first line of each node: for
            lines of a tree of shapes as many as there are lines.

        Raises
        ------
        ImportError
            If shapely is not installed.
        ValueError
            As for :meth:`to_geojson`.

        Examples
        --------
        >>> import coarea
        >>> tree = coarea.max_tree([[7, 0], [0, 7]], connectivity=2)
        >>> [polygon.wkt for polygon in coarea.contours(tree, [1]).to_shapely()]
        ['MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((2 1, 2 2, 1 2, 1 1, 2 1)))']
        """
        return shapely_geometries(self, as_affine(transform))

    def _chosen(self, choice: ArrayLike) -> NDArray[np.int64]:
        array = as_array("lines[...]", choice)
        if array.size == 0 and array.dtype != bool:
            array = array.astype(np.int64)  # an empty list
        if array.dtype == bool:
            if array.shape != (len(self),):
                raise IndexError(f"a mask of lines must have shape ({len(self)},), got {array.shape}")
            return np.flatnonzero(array)
        if array.dtype.kind not in "iu" or array.ndim != 1:
            raise TypeError(
                f"lines are chosen by an integer, a slice, a mask or a list of integers, got {came(choice)}"
            )
        if array.size and not -len(self) <= array.min() <= array.max() < len(self):
            raise IndexError(f"lines must be in [{-len(self)}, {len(self)}), got {array.min()} to {array.max()}")
        indices: NDArray[np.int64] = array.astype(np.int64) % max(len(self), 1)
        if len(np.unique(indices)) < len(indices):
            raise IndexError("a line is chosen twice: take numpy.unique(...) of the indices")
        return indices

    def _take(self, chosen: NDArray[np.int64]) -> Lines:
        return self._trusted(
            *ragged(self.points, self.start[chosen], np.diff(self.start)[chosen]),
            self.shape,
            parent=enclosing(self.parent, chosen),
            closed=self.closed[chosen],
            is_hole=self.is_hole[chosen],
            node=None if self.node is None else self.node[chosen],
            level=None if self.level is None else self.level[chosen],
            columns={name: column[chosen] for name, column in self.columns.items()},
        )


def _frozen(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view

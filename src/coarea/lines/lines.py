"""Lines as objects: many of them in one ragged array, with what is known of each."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_array
from coarea.base.html import card
from coarea.base.options import came
from coarea.lines._line_arrays import checked, enclosing, ragged, thumbnail

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Lines:
    """Lines in the plane of an image, nested, as ragged arrays.

    ``lines[i]`` are the points of a line, ``lines[choice]`` with a slice, a mask or indices are Lines again. All
    arrays are read-only. Lines come from :func:`contours`; those that are put together by hand, or unpickled, are
    checked and copied.

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
        True for the lines around the holes of a shape. The shape is on the right hand of every line, seen with rows
        downwards: outer lines run clockwise, around holes they run counterclockwise.
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
        return card("lines", rows, thumbnail(self.points, self.start, self.shape))

    @cached_property
    def length(self) -> NDArray[np.float64]:
        """(k,) Euclidean length of each line in pixels, the sides on the frame of the image included."""
        steps = np.zeros(len(self.points))
        rows, columns = np.diff(self.points, axis=0).T
        np.hypot(rows, columns, out=steps[:-1])
        steps[self.start[1:] - 1] = 0  # from the end of a line to the next one
        return _frozen(self._sums(steps))

    @cached_property
    def area(self) -> NDArray[np.float64]:
        """(k,) Area that each closed line encloses in pixels, whatever holes there are in it; 0 for an open line."""
        rows, columns = (self.points - np.repeat(self.points[self.start[:-1]], np.diff(self.start), axis=0)).T
        crosses = np.zeros(len(self.points))
        crosses[:-1] = columns[:-1] * rows[1:] - columns[1:] * rows[:-1]
        crosses[self.start[1:] - 1] = 0
        return _frozen(np.where(self.closed, np.abs(self._sums(crosses)) / 2, 0))

    def _sums(self, values: Array) -> NDArray[np.float64]:
        return np.add.reduceat(values, self.start[:-1]) if len(self) else np.zeros(0)

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
        places, start = ragged(self.start, chosen)
        return self._trusted(
            self.points[places],
            start,
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

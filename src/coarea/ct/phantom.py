"""Phantoms of ellipses and ellipsoids: pictures of them and their exact line integrals.

A phantom is an array with one row for each ellipse (6 columns: value, semi-axes x y, centre x y, angle) or ellipsoid
(8 columns: value, semi-axes x y z, centre x y z, angle). The values of overlapping ones add up. The angle turns them
around z, counter-clockwise, in radians. Lengths are those of the geometry that looks at them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_choice, as_count, as_number, as_sizes, as_spacing, one_of
from coarea.base.types import Contrast
from coarea.ct.geometry import Geometry, as_geometry, bins, lifted

# semi-axes, centre, angle in degrees [SheppLogan1974]_
HEAD = np.array([
    [0.69, 0.92, 0, 0, 0],
    [0.6624, 0.874, 0, -0.0184, 0],
    [0.11, 0.31, 0.22, 0, -18],
    [0.16, 0.41, -0.22, 0, 18],
    [0.21, 0.25, 0, 0.35, 0],
    [0.046, 0.046, 0, 0.1, 0],
    [0.046, 0.046, 0, -0.1, 0],
    [0.046, 0.023, -0.08, -0.605, 0],
    [0.023, 0.023, 0, -0.606, 0],
    [0.023, 0.046, 0.06, -0.605, 0],
])  # fmt: skip
# the same head with heights: semi-axis and centre along z
HEIGHTS = np.array([
    [0.81, 0], [0.78, 0], [0.22, 0], [0.28, 0], [0.41, -0.15],
    [0.05, 0.25], [0.05, 0.25], [0.05, 0], [0.02, 0], [0.02, 0],
])  # fmt: skip
CONTRASTS: dict[Contrast, tuple[float, ...]] = {
    "original": (2.0, -0.98, -0.02, -0.02, *[0.01] * 6),
    "modified": (1.0, -0.8, -0.2, -0.2, *[0.1] * 6),
}


@with_hints
def shepp_logan_ellipses(ndim: int = 2, *, contrast: Contrast = "modified", radius: float = 1.0) -> Array:
    """The head of Shepp and Logan [SheppLogan1974]_ as ellipses, or as ellipsoids.

    Parameters
    ----------
    ndim : {2, 3}, default 2
    contrast : {"modified", "original"}, default "modified"
        Grey values 1, 0.2, 0.3 ... that can be seen, or 2, 1.02, 1 ... as published. The modified ones make the
        ventricles 0.
    radius : float, default 1
        Half the side of the square or cube that holds the head.

    Returns
    -------
    (10, 6) or (10, 8) ndarray
        One row for each, as described at the top of :mod:`coarea.ct.phantom`.

    See Also
    --------
    shepp_logan : their picture.
    line_integrals_of : their data.

    Examples
    --------
    >>> from coarea import ct
    >>> ct.shepp_logan_ellipses(radius=100)[0].round(2).tolist()
    [1.0, 69.0, 92.0, 0.0, 0.0, 0.0]
    """
    one_of("contrast", contrast, CONTRASTS)
    ndim = as_choice("ndim", ndim, (2, 3))
    radius = as_number("radius", radius, above=0)
    value, angle = np.array(CONTRASTS[contrast])[:, None], np.radians(HEAD[:, 4:])
    parts = [HEAD[:, :2], HEIGHTS[:, :1], HEAD[:, 2:4], HEIGHTS[:, 1:]] if ndim == 3 else [HEAD[:, :4]]
    return np.hstack([value, *(radius * part for part in parts), angle])


@with_hints
def defrise_disks(n_disks: int = 5, *, radius: float = 1.0) -> Array:
    """Flat disks above each other, as ellipsoids: what a circular cone beam sees worst [Defrise1994]_.

    Parameters
    ----------
    n_disks : int, default 5
    radius : float, default 1
        Half the side of the cube that holds the disks.

    Returns
    -------
    (n_disks, 8) ndarray
        As described at the top of :mod:`coarea.ct.phantom`, of value 1.

    See Also
    --------
    shepp_logan_ellipses : another phantom.
    rasterize, line_integrals_of

    Examples
    --------
    >>> from coarea import ct
    >>> ct.rasterize(ct.defrise_disks(2, radius=4), (8, 8, 8))[:, 4, 4].tolist()
    [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    """
    n_disks, radius = as_count("n_disks", n_disks), as_number("radius", radius, above=0)
    disks = np.zeros((n_disks, 8))
    disks[:, 0] = 1
    disks[:, 1:3] = 0.8 * radius
    disks[:, 3] = 0.4 * radius / n_disks
    disks[:, 6] = bins(n_disks, 1.6 * radius / n_disks)
    return disks


@with_hints
def rasterize(
    ellipses: ArrayLike, shape: Sequence[int], *, spacing: float | Sequence[float] = 1.0, subsamples: int = 1
) -> Array:
    """Picture of a phantom: its values at the pixel centres.

    Parameters
    ----------
    ellipses : (n, 6) or (n, 8) array_like
        As described at the top of :mod:`coarea.ct.phantom`.
    shape : sequence of int
        (y, x) for ellipses, (z, y, x) for ellipsoids.
    spacing : float or sequence of float, default 1
        Size of the pixels.
    subsamples : int, default 1
        Each pixel is the mean over a grid of `subsamples` points along each axis.

    Returns
    -------
    ndarray of float64

    See Also
    --------
    shepp_logan : the picture of the head.
    line_integrals_of : the data of the phantom.

    Examples
    --------
    >>> from coarea import ct
    >>> ct.rasterize([[1, 2, 1, 0, 0, 0]], (3, 5)).tolist()
    [[0.0, 0.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0, 0.0]]
    """
    table, ndim = _table(ellipses)
    shape, subsamples = as_sizes("shape", shape), as_count("subsamples", subsamples)
    if len(shape) != ndim:
        raise ValueError(f"shape must have {ndim} axes for this phantom, got {shape}")
    steps = as_spacing("spacing", spacing, ndim)
    axes = [bins(n, step)[:, None] + bins(subsamples, step / subsamples) for n, step in zip(shape, steps, strict=True)]
    grid = np.meshgrid(*(axis.ravel() for axis in axes), indexing="ij", sparse=True)[::-1]  # x, y, z
    image = np.zeros([n * subsamples for n in shape])
    for row in table:
        semi, center, turn = _split(row, ndim)
        local = [coordinate - middle for coordinate, middle in zip(grid, center, strict=True)]
        x, y = turn[0, 0] * local[0] + turn[0, 1] * local[1], turn[1, 0] * local[0] + turn[1, 1] * local[1]
        image += row[0] * (sum((c / s) ** 2 for c, s in zip([x, y, *local[2:]], semi, strict=True)) <= 1)
    for axis in range(ndim):
        image = image.reshape(*image.shape[:axis], shape[axis], subsamples, *image.shape[axis + 1 :]).mean(axis + 1)
    return image


@with_hints
def line_integrals_of(ellipses: ArrayLike, geometry: Geometry, *, heights: ArrayLike | None = None) -> Array:
    """Exact line integrals of a phantom: data that no discrete projector made.

    Parameters
    ----------
    ellipses : (n, 6) or (n, 8) array_like
        As described at the top of :mod:`coarea.ct.phantom`.
    geometry : ParallelBeam, FanBeam, ConeBeam or Vectors
    heights : (slices,) array_like, optional
        For ellipsoids in a parallel beam, the heights z of the slices.

    Returns
    -------
    ndarray of float64
        (view, u) for ellipses; (view, v, u) for ellipsoids.

    See Also
    --------
    Projector : of an image.
    add_poisson_noise : noise as of a detector that counts.
    rasterize : a picture of the phantom.

    Examples
    --------
    >>> from coarea import ct
    >>> disc = [[1, 2, 2, 0, 0, 0]]
    >>> ct.line_integrals_of(disc, ct.ParallelBeam(angles=[0], n_detectors=5)).round(3).tolist()
    [[0.0, 3.464, 4.0, 3.464, 0.0]]
    """
    as_geometry(geometry)
    table, ndim = _table(ellipses)
    points, ways = _lines(geometry, ndim, heights)
    total = np.zeros(np.broadcast_shapes(points.shape, ways.shape)[:-1])
    for row in table:
        semi, center, turn = _split(row, ndim)
        p, d = (points - center) @ turn.T / semi, ways @ turn.T / semi
        a, b, c = (d * d).sum(-1), (p * d).sum(-1), (p * p).sum(-1) - 1
        total += row[0] * 2 * np.sqrt(np.maximum(b * b - a * c, 0)) / a
    integrals: Array = total * np.linalg.norm(ways, axis=-1)
    return integrals


@with_hints
def shepp_logan(shape: Sequence[int], *, contrast: Contrast = "modified") -> Array:
    """Picture of the head of Shepp and Logan, at pixel centres; y grows with the row (``origin="lower"``).

    Parameters
    ----------
    shape : sequence of int
        (y, x) or (z, y, x).
    contrast : {"modified", "original"}, default "modified"
        As for :func:`shepp_logan_ellipses`.

    Returns
    -------
    ndarray of float64

    See Also
    --------
    shepp_logan_ellipses : of which it is made.
    rasterize : the picture of another phantom.

    Examples
    --------
    >>> from coarea import ct
    >>> (ct.shepp_logan((256, 256), contrast="original") > 0).sum()
    np.int64(32668)
    """
    shape = as_sizes("shape", shape)
    if len(shape) not in (2, 3):
        raise ValueError(f"shape must be (y, x) or (z, y, x), got {shape}")
    return rasterize(shepp_logan_ellipses(len(shape), contrast=contrast, radius=min(shape) / 2), shape)


def _table(ellipses: ArrayLike) -> tuple[Array, int]:
    table = as_real("ellipses", ellipses).astype(np.float64)
    if table.ndim != 2 or table.shape[1] not in (6, 8):
        raise ValueError(f"ellipses must have shape (n, 6), ellipsoids (n, 8), got {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("ellipses must be finite")
    ndim = 2 if table.shape[1] == 6 else 3
    if (table[:, 1 : 1 + ndim] <= 0).any():
        raise ValueError("ellipses must have positive semi-axes, after the value: (value, semi-axes, centre, angle)")
    return table, ndim


def _split(row: Array, ndim: int) -> tuple[Array, Array, Array]:
    """Semi-axes, centre, and the matrix that turns coordinates into those of the axes."""
    turn = np.eye(ndim)
    cosine, sine = np.cos(row[-1]), np.sin(row[-1])
    turn[:2, :2] = [[cosine, sine], [-sine, cosine]]
    return row[1 : 1 + ndim], row[1 + ndim : 1 + 2 * ndim], turn


def _lines(geometry: Geometry, ndim: int, heights: ArrayLike | None) -> tuple[Array, Array]:
    """Points and ways of all rays: (view, [v,] u, [x, y (, z)])."""
    if ndim == 2:
        if ndim not in geometry.image_ndims:
            kind = type(geometry).__name__
            name = "geometry of vectors in space" if kind == "Vectors" else kind
            raise ValueError(f"a {name} needs ellipsoids, got ellipses")
        return geometry.rays()
    if geometry.has_rows:
        return geometry.lines()
    if ndim not in geometry.image_ndims or heights is None:
        raise ValueError(f"ellipsoids need a ConeBeam, or a ParallelBeam and heights, got {type(geometry).__name__}")
    z = as_real("heights", heights).astype(np.float64)
    if z.ndim != 1:
        raise ValueError(f"heights must be in one axis, one for each slice, got shape {z.shape}")
    points, ways = geometry.rays()
    return lifted(points, z), lifted(ways, 0 * z)

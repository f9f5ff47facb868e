"""What the plugin does with a layer. napari makes a form of each function from its annotations.

Nothing here imports napari: the functions take what has ``data``, ``rgb``, ``name``, ``scale`` and ``translate``, and
give layers as tuples (data, options, type).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from coarea.attributes import area, compactness, height
from coarea.base.arrays import Array
from coarea.exact.denoise import denoise_tv_l1, denoise_tv_l2
from coarea.lines.contours import contours
from coarea.plot import luminance
from coarea.scales.meaningful import meaningful_lines
from coarea.trees.components import max_tree, min_tree
from coarea.trees.shapes import tree_of_shapes

if TYPE_CHECKING:
    import napari.layers
    import napari.types

__all__ = ["denoise", "lines", "shapes"]

LABELS_MAX = 100_000  # more are noise, and make the viewer slow


def denoise(
    image: napari.layers.Image,
    *,
    beta: float = 5.0,
    domain: Literal["shapes", "pixels"] = "shapes",
    fidelity: Literal["L1", "L2"] = "L1",
) -> napari.types.LayerDataTuple:
    """Filter a layer: :func:`coarea.denoise_tv_l1` or :func:`coarea.denoise_tv_l2`, as a new layer of images.

    Parameters
    ----------
    image : napari.layers.Image
        Grey or RGB, a plane or a volume; a pyramid counts with its finest level.
    beta : float, default 5
        Weight of the total variation: with L1 a length in pixels.
    domain : {"shapes", "pixels"}, default "shapes"
        Whether level lines stay where they are.
    fidelity : {"L1", "L2"}, default "L1"
        With L1 and RGB all colours of the result are colours of the image.

    Returns
    -------
    tuple
        Data, options and "image".

    Raises
    ------
    ValueError, TypeError
        As for the filters.
    """
    data = _finest(image)
    axis = -1 if image.rgb else None
    colors = data[..., :3] if image.rgb else data
    if fidelity == "L2":
        result = denoise_tv_l2(colors, beta, domain=domain, channel_axis=axis)
    else:
        result = denoise_tv_l1(colors, beta, domain=domain, channel_axis=axis, colors="input" if image.rgb else "free")
    if image.rgb:
        rounded = result if data.dtype.kind == "f" else np.rint(result)
        result = np.concatenate([rounded.astype(data.dtype), data[..., 3:]], -1)  # opacity stays as it is
    return result, {**_placed(image, f"beta {beta:g}"), "rgb": image.rgb}, "image"


def shapes(
    image: napari.layers.Image,
    *,
    kind: Literal["bright", "dark", "both"] = "both",
    min_area: int = 100,
    max_area: int = 10_000,
    min_contrast: float = 10.0,
    min_compactness: float = 0.0,
) -> napari.types.LayerDataTuple:
    """Label the shapes of a layer that meet all conditions: the outermost ones, each with its inside.

    Parameters
    ----------
    image : napari.layers.Image
        Grey or RGB, whose luminance counts; a plane or a volume.
    kind : {"bright", "dark", "both"}, default "both"
        The max-tree, the min-tree, or the tree of shapes.
    min_area, max_area : int
        In pixels or voxels.
    min_contrast : float, default 10
        How far some grey value in the shape is from what surrounds it: :func:`coarea.attributes.height`.
    min_compactness : float, default 0
        4 pi area / perimeter**2 along pixel sides, 0.62 for a disc; planes only.

    Returns
    -------
    tuple
        Labels from 1, options and "labels".

    Raises
    ------
    ValueError
        If there are more than 100 000 such shapes, or compactness is wanted of a volume.
    """
    data = _grey(image)
    build = {"bright": max_tree, "dark": min_tree}.get(kind)
    tree = build(data) if build else tree_of_shapes(data, channel_axis=None)
    size = area(tree)
    good = (size >= min_area) & (size <= max_area) & (height(tree) >= min_contrast)
    if min_compactness > 0:
        if data.ndim != 2:
            raise ValueError(f"min_compactness must be 0 for images that are not planes, got {min_compactness:g}")
        good &= compactness(tree) >= min_compactness
    good[0] = False  # the whole image is no shape in it
    chosen = tree.outermost(good)
    if len(chosen) > LABELS_MAX:
        raise ValueError(
            f"{len(chosen)} shapes meet the conditions, more than {LABELS_MAX}: raise min_area or min_contrast"
        )
    keep = np.zeros(len(tree), bool)
    keep[chosen] = keep[0] = True
    return tree.simplify(keep).node_of_pixel, _placed(image, "shapes"), "labels"


def lines(
    image: napari.layers.Image,
    *,
    beta: float = 3.0,
    meaningful: bool = True,
    max_lines: int = 500,
) -> napari.types.LayerDataTuple:
    """Draw level lines of a layer, after the filter on shapes, as a layer of shapes.

    Parameters
    ----------
    image : napari.layers.Image
        A plane, grey or RGB, whose luminance counts.
    beta : float, default 3
        Of the filter before; 0 is none.
    meaningful : bool, default True
        Only the lines that chance does not explain: :func:`coarea.meaningful_lines`. Otherwise all lines of the
        filtered image.
    max_lines : int, default 500
        The longest ones, if there are more: the viewer is slow with many.

    Returns
    -------
    tuple
        Paths, options and "shapes".

    Raises
    ------
    ValueError
        If the image is no plane.
    """
    data = _grey(image)
    if data.ndim != 2:
        raise ValueError(f"image must be a plane, got a layer of shape {data.shape}")
    if meaningful:
        found = meaningful_lines(data, beta=beta)
    else:
        found = contours(tree_of_shapes(denoise_tv_l1(data, beta, domain="shapes")))
    longest = np.sort(np.argsort(found.length, kind="stable")[::-1][:max_lines])
    options = {**_placed(image, "level lines"), "shape_type": "path", "edge_width": 0.5, "edge_color": "red"}
    return [found[int(k)] for k in longest], {**options, "face_color": "transparent"}, "shapes"


def _finest(image: Any) -> Array:
    """The data of a layer, the finest level of a pyramid."""
    return np.asarray(image.data[0] if getattr(image, "multiscale", False) else image.data)


def _grey(image: Any) -> Array:
    data = _finest(image)
    return luminance(data[..., :3]) if image.rgb else data


def _placed(image: Any, what: str) -> dict[str, Any]:
    """Where the new layer lies: on the old one."""
    return {"name": f"{image.name}: {what}", "scale": image.scale, "translate": image.translate}

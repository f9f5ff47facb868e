"""
Level lines as objects
======================

The lines of a tree's nodes come as rings along the sides of pixels, all in one value: their points, which line is
around which, their lengths and areas. They can be drawn, measured, and written for other programs.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from skimage import data

import coarea
from coarea import attributes

image = data.coins()


def draw(ax, lines, title, background=image, **style):
    ax.imshow(
        background,
        cmap="gray",
        vmin=0,
        vmax=255,
        interpolation="nearest",
        alpha=0.6,
    )
    ax.add_collection(
        LineCollection([line[:, ::-1] for line in lines], **style)
    )  # x is the column, y the row
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# All lines, and how deep they lie
# --------------------------------
# The filter on shapes leaves few lines, each where it was in the photograph. The number of lines around a line is its
# depth in the tree; its colour here. With ``frame=False`` lines end where they meet the frame.

filtered = coarea.denoise_tv_l1(image, 5, domain="shapes")
tree = coarea.tree_of_shapes(filtered)
lines = coarea.contours(tree, frame=False)
print(lines)

fig, ax = plt.subplots(figsize=(8.5, 6.6), layout="constrained")
depth = attributes.depth(tree)[lines.node]
draw(
    ax,
    lines,
    f"{len(lines)} lines of the filtered image",
    array=depth,
    cmap="plasma",
    linewidths=1,
)

# %%
# Those of the coins
# ------------------
# Nodes are chosen by their attributes. The lines of a choice keep their nesting: ``lines.parent`` is the nearest of the
# chosen lines around each.

area = attributes.area(tree)
is_coin = (
    (area > 800)
    & (area < 4000)
    & (tree.polarity > 0)
    & (attributes.compactness(tree) > 0.5)
)
coins = coarea.contours(tree, tree.outermost(is_coin))

fig, ax = plt.subplots(figsize=(8.5, 6.6), layout="constrained")
draw(
    ax,
    coins,
    f"{len(coins)} coins and their areas in pixels",
    colors="tab:orange",
    linewidths=1.5,
)
for line, size in zip(coins, coins.area, strict=True):
    row, column = line[:-1].mean(axis=0)
    ax.text(
        column,
        row,
        f"{size:.0f}",
        ha="center",
        va="center",
        bbox={"color": "white", "alpha": 0.8, "pad": 1.5},
    )

# %%
# Holes, and lines that touch themselves
# --------------------------------------
# The nodes of a max-tree have holes. Pixels that meet at a corner only belong to one component here, so one ring goes
# around all of them. Polygons must not touch themselves: ``to_shapely`` and ``to_geojson`` cut the ring there. On the
# right each part of the component is a polygon of one MultiPolygon; the shape is on the right hand of every line.

picture = np.zeros((8, 11), np.uint8)
picture[1:4, 1:5] = picture[4:7, 5:10] = picture[1:4, 6:9] = 200
picture[2, 2:4] = picture[5, 7] = 0
component = coarea.contours(coarea.max_tree(picture, connectivity=2), [1])

fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
draw(
    axes[0],
    component,
    f"{len(component)} lines of one node",
    picture,
    colors="tab:red",
    linewidths=3,
)
for line in component:
    row, column = line[:2].mean(axis=0)
    style = {"color": "black", "arrowstyle": "-|>", "mutation_scale": 22}
    axes[0].annotate(
        "", (column + 0.4, row), (column - 0.4, row), arrowprops=style
    )
(multipolygon,) = component.to_shapely()
axes[1].imshow(
    picture, cmap="gray", vmin=0, vmax=255, extent=(0, 11, 8, 0), alpha=0.6
)  # x = column + 1/2
for k, polygon in enumerate(multipolygon.geoms):
    for ring in (polygon.exterior, *polygon.interiors):
        axes[1].plot(*ring.xy, color=f"C{k}", linewidth=3)
axes[1].set_title(
    f"{len(multipolygon.geoms)} polygons, area {multipolygon.area:.0f}",
    fontsize="medium",
)
axes[1].set_axis_off()
plt.show()

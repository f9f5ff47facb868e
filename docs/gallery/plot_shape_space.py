"""
Shape space: coins, letters, stable regions
===========================================

The shapes of an image are the nodes of a tree. An attribute on that tree has minima of its own, and the deep ones are
the objects.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

import coarea
from coarea import attributes

image = data.coins()
tree = coarea.tree_of_shapes(image)
area = attributes.area(tree)


def show(ax, picture, title, **options):
    ax.imshow(
        picture,
        cmap=options.pop("cmap", "gray"),
        interpolation="nearest",
        **options,
    )
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# Minima of an attribute
# ----------------------
# How far each shape is from being as compact as a square, the most that the perimeter in pixel sides allows. Shapes on
# the frame do not count, since the frame does not belong to their perimeter, nor do small ones. Every coin has many
# shapes, one within the other, and noise makes small minima among them. The dynamics of a minimum tells how far one has
# to climb, from shape to shape, to reach a lower one.

deviation = 1 - 4 / np.pi * attributes.compactness(tree)
deviation[(area < 100) | attributes.touches_frame(tree)] = 1
dynamics = attributes.dynamics_of_minima(tree, deviation)

ordered = np.sort(dynamics)[::-1]
n_coins = (
    int(np.argmax(ordered[:-1] - ordered[1:])) + 1
)  # up to the largest gap
fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.stem(np.arange(1, 61), ordered[:60], basefmt=" ", markerfmt="o")
ax.axvline(n_coins + 0.5, color="tab:orange", linewidth=1)
ax.set_xlabel("minima, the deepest first")
ax.set_ylabel("dynamics")
print(
    n_coins,
    "coins; on either side of the gap:",
    ordered[n_coins - 1 : n_coins + 1].round(2),
)

# %%
# After the 24th minimum comes the largest gap, and there are 24 coins: their number need not be known.

coins = np.argsort(-dynamics)[:n_coins]
labels = np.zeros(image.shape, int)
for number, node in enumerate(coins, start=1):
    labels.ravel()[tree.pixels(node)] = number
fig, ax = plt.subplots(figsize=(7, 5.6), layout="constrained")
show(ax, image, f"{len(coins)} coins")
ax.contour(labels > 0, [0.5], colors="tab:orange", linewidths=1.2)
for row, column in attributes.centroid(tree)[coins]:
    ax.plot(column, row, "+", color="tab:cyan")

# %%
# All sizes at once
# -----------------
# A profile is a stack of filtered images; the values of a pixel along it tell in what structures it lies.

thresholds = (30, 300, 3000)
profile = coarea.attribute_profile(image, thresholds)
fig, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
for ax, filtered, threshold in zip(axes, profile[1:], thresholds, strict=True):
    show(
        ax,
        filtered,
        f"shapes of {threshold} pixels and more",
        vmin=0,
        vmax=255,
    )

# %%
# The ultimate opening needs no threshold. While components are removed, small ones first, it keeps the largest step
# that each pixel makes, and the size at which it makes it: here of dark components, on the min-tree, by the height of
# their boxes, up to 40 pixels. Letters stand out at their own height, whatever the light on the page.


def box_height(tree):
    box = attributes.bounding_box(tree)
    return box[:, 2] - box[:, 0]


page = data.page()
residue, height = coarea.ultimate_opening(
    coarea.min_tree(page), attribute=box_height, max_size=40
)
fig, axes = plt.subplots(1, 3, figsize=(13, 2.8), layout="constrained")
show(axes[0], page, "page")
show(axes[1], residue, "the largest step")
contrasted = np.ma.masked_where(residue <= 10, height)
show(
    axes[2],
    contrasted,
    "and the height at which it is made",
    cmap="viridis",
    vmin=0,
    vmax=30,
)

# %%
# Regions that stand out
# ----------------------
# Maximally stable regions change least while the threshold moves; tree-based Morse regions are as large as a region can
# be before it meets another one, and do not depend on contrast. Both are nodes of the max-tree (bright, orange) and of
# the min-tree (dark, blue), so pixels, boxes and moments are at hand. Here are the boxes on a photograph.

camera = data.camera()
fig, axes = plt.subplots(1, 2, figsize=(11, 5.8), layout="constrained")
for ax, find, name in (
    (axes[0], coarea.mser, "MSER"),
    (axes[1], coarea.tbmr, "TBMR"),
):
    found = 0
    for bright_or_dark, color in (
        (coarea.max_tree(camera), "tab:orange"),
        (coarea.min_tree(camera), "tab:blue"),
    ):
        nodes = find(bright_or_dark, min_area=60, max_area=0.01 * camera.size)
        found += len(nodes)
        for top, left, bottom, right in attributes.bounding_box(
            bright_or_dark
        )[nodes]:
            corners = (
                [left, right, right, left, left],
                [top, top, bottom, bottom, top],
            )
            ax.plot(
                np.array(corners[0]) - 0.5,
                np.array(corners[1]) - 0.5,
                color=color,
                linewidth=0.8,
            )
    show(ax, camera, f"{found} regions: {name}")
plt.show()
# sphinx_gallery_thumbnail_number = 5

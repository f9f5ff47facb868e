"""
Trees of an image, and what their filters remove
================================================

A max-tree sees what is brighter than its surroundings, a min-tree what is darker, and the tree of shapes both at once.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from skimage import data

import coarea
from coarea import attributes

image = data.page()


def show(ax, picture, title, cmap="gray", limits=(0, 255)):
    ax.imshow(
        picture,
        cmap=cmap,
        vmin=limits[0],
        vmax=limits[1],
        interpolation="nearest",
    )
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# Bright, dark, both
# ------------------
# The letters are dark on bright paper, with bright holes. The area opening removes small bright components, such as
# the holes in the letters; the area closing removes small dark ones, thin letters first. The grain filter removes
# both, without a preference.

results = {
    "page": image,
    "area_opening, 60 pixels": coarea.area_opening(image, 60),
    "area_closing, 60 pixels": coarea.area_closing(image, 60),
    "grain_filter, 60 pixels": coarea.grain_filter(image, 60),
}
detail = (slice(0, 100), slice(130, 330))
fig, axes = plt.subplots(2, 2, figsize=(10, 5.6), layout="constrained")
for ax, (title, picture) in zip(axes.flat, results.items(), strict=True):
    show(ax, picture[detail], title)

# %%
# What was removed
# ----------------
# The same results minus the photograph: an opening only darkens (blue), a closing only brightens (red).

fig, axes = plt.subplots(1, 3, figsize=(12, 2.6), layout="constrained")
for ax, (title, picture) in zip(axes, list(results.items())[1:], strict=True):
    show(
        ax,
        picture[detail].astype(int) - image[detail],
        title,
        cmap="RdBu_r",
        limits=(-80, 80),
    )

# %%
# Shapes chosen by their form
# ---------------------------
# The coins are the bright shapes of a coin's size that are compact. Of nested ones, which differ by a few pixels along
# the contour, the one with the largest mean contrast is drawn.

coins = data.coins()
tree = coarea.tree_of_shapes(coins)
area, contrast = attributes.area(tree), attributes.mean_contrast(tree)
chosen = (
    (area > 800)
    & (area < 4000)
    & (tree.polarity > 0)
    & (attributes.compactness(tree) > 0.4)
)
boxes = attributes.bounding_box(tree)
remaining = set(np.flatnonzero(chosen).tolist())
fig, ax = plt.subplots(figsize=(7.5, 6), layout="constrained")
show(ax, coins, "compact bright shapes")
mask = np.zeros(coins.shape, bool)
for node in sorted(remaining, key=lambda node: -contrast[node]):
    pixels = tree.pixels(node)
    if not mask.ravel()[pixels].any():
        mask.ravel()[pixels] = True
        top, left, bottom, right = boxes[node]
        ax.add_patch(
            Rectangle(
                (left - 0.5, top - 0.5),
                right - left,
                bottom - top,
                fill=False,
                color="tab:orange",
            )
        )
ax.contour(mask, [0.5], colors="tab:cyan", linewidths=1)

# %%
# Saddles
# -------
# Two bright pixels that touch at a corner: one shape with 8-connected upper level sets ("8-4"), two with 4-connected
# ones ("4-8"). In a self-dual tree the outside decides: it is dark here, so they are two; in the negative they are two
# as well.

touching = np.zeros((5, 6), np.uint8)
touching[1:3, 1:3] = touching[3:4, 3:5] = 200
fig, axes = plt.subplots(2, 3, figsize=(8, 5), layout="constrained")
for column, connectivity in enumerate(("8-4", "4-8", "self-dual")):
    for line, picture in zip(axes, (touching, 200 - touching), strict=True):
        tree = coarea.tree_of_shapes(picture, connectivity=connectivity)
        count = "one shape" if len(tree) == 2 else "two shapes"
        title = f'"{connectivity}": {count}'
        show(line[column], tree.node_of_pixel, title, "viridis", (0, 2))

# %%
# Where the outside is
# --------------------
# A level line that ends on the frame has two sides. "half-area" takes the smaller one; with a ring around the image
# the side away from the ring is the shape. Lines that do not meet the frame have one inside whatever the border, but
# where one does, a filter of large grains sees other shapes: the pictures show what changes.

camera = data.camera()
half = coarea.grain_filter(camera, 2000)
fig, axes = plt.subplots(1, 3, figsize=(12, 4.4), layout="constrained")
show(axes[0], half, 'grain_filter, 2000 pixels, border="half-area"')
for ax, border in zip(axes[1:], ("median", "maximum"), strict=True):
    other = coarea.grain_filter(camera, 2000, border=border)
    difference = other.astype(int) - half
    share = np.mean(difference != 0)
    title = f'border="{border}" minus the first: {share:.1%} of the pixels'
    show(ax, difference, title, cmap="RdBu_r", limits=(-80, 80))
plt.show()

"""
One tree for the colours of an image
====================================

The multivariate tree of shapes holds the shapes of all channels in one tree.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from skimage import data, draw

import coarea
from coarea import attributes
from coarea.plot import luminance


def show(ax, picture, title):
    ax.imshow(picture, cmap="gray", interpolation="nearest")
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# Grains of colours
# -----------------
# Shapes of fewer than 200 pixels are removed. Channel by channel, each channel loses other shapes, and where one goes
# that the others do not have, there is a colour that the photograph lacks. On the tree of all channels a shape goes
# with its colours, and its pixels take a colour of those around it.

photo = data.astronaut()
by_channel = np.dstack(
    [coarea.grain_filter(photo[..., k], 200) for k in range(3)]
)
together = coarea.grain_filter(photo, 200, channel_axis=-1)


def new_colors(picture):
    known = np.unique(photo.reshape(-1, 3) @ [65536, 256, 1])
    return np.mean(~np.isin(picture.reshape(-1, 3) @ [65536, 256, 1], known))


results = {
    "photograph": photo,
    f"channel by channel: {new_colors(by_channel):.0%} of the pixels\n"
    "have colours that it lacks": by_channel,
    f"all channels at once: {new_colors(together):.0%}\n": together,
}
face = (slice(60, 190), slice(150, 290))
fig, axes = plt.subplots(2, 3, figsize=(10, 7.4), layout="constrained")
for column, (title, picture) in zip(axes.T, results.items(), strict=True):
    show(column[0], picture, title)
    show(column[1], picture[face], "")

# %%
# What grey values do not show
# ----------------------------
# Discs in four colours of the same luminance as their surroundings, with noise. In the luminance there is nothing to
# be seen. In the tree of all channels they are compact shapes: the outermost ones of an area that discs have.

random = np.random.default_rng(3)
background = np.array([120, 120, 120])
colors = np.array(
    [[200, 98, 100], [60, 139, 110], [115, 108, 250], [155, 118, 40]]
)
picture = np.broadcast_to(background, (160, 240, 3)).astype(float)
for k in range(12):
    rows, columns = draw.disk(
        (25 + 53 * (k // 4), 30 + 60 * (k % 4)), 12 + 2 * (k % 3)
    )
    picture[rows, columns] = colors[random.integers(4)]
picture = np.clip(
    np.rint(picture + random.normal(0, 4, picture.shape)), 0, 255
).astype(np.uint8)
grey = luminance(picture)


def discs(tree):
    area = attributes.area(tree)
    return tree.outermost(
        (area > 300) & (area < 1500) & (attributes.compactness(tree) > 0.4)
    )


trees = {
    "luminance": (grey, coarea.tree_of_shapes(grey)),
    "all channels": (picture, coarea.tree_of_shapes(picture, channel_axis=-1)),
}
fig, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
for ax, (name, (background_of_boxes, tree)) in zip(
    axes, trees.items(), strict=True
):
    found = discs(tree)
    show(ax, background_of_boxes, f"{name}: {len(found)} found")
    for top, left, bottom, right in attributes.bounding_box(tree)[found]:
        ax.add_patch(
            Rectangle(
                (left - 0.5, top - 0.5),
                right - left,
                bottom - top,
                fill=False,
                color="black",
            )
        )

# %%
# Depth
# -----
# The value of a node is its depth: how many shapes of all channels lie around it, one inside the other. On photographs
# it grows with every step of the light.

depth = coarea.tree_of_shapes(photo, channel_axis=-1).reconstruct()
fig, ax = plt.subplots(figsize=(5.4, 4.6), layout="constrained")
fig.colorbar(ax.imshow(depth, cmap="viridis"), ax=ax, label="depth")
ax.set_axis_off()
plt.show()

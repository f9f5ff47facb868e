"""
Count coins by shape
====================

A coin is a compact shape of a certain size, whatever its grey values. On the tree of shapes that can be asked
directly: which shapes have 900 to 6000 pixels and a short contour for their area, and lie in no other such shape? No
threshold of grey values is chosen, so changes of contrast and of light do not matter.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from scipy import ndimage
from skimage import data, filters, measure

import coarea
from coarea import attributes

image = data.coins()
light = np.linspace(0, 100, image.shape[1])
pictures = {
    f"gamma {gamma}": np.round(255 * (image / 255) ** gamma).astype(np.uint8)
    for gamma in (0.3, 0.5, 1, 2, 3)
} | {
    "negative": 255 - image,
    "ramp of light": np.round(0.6 * image + light).astype(np.uint8),
}


def coins_of(picture, compact=0.45):
    """The tree, and its outermost coins; the compactness of discs is 0.62."""
    tree = coarea.tree_of_shapes(picture)
    area = attributes.area(tree)
    return tree, tree.outermost(
        (area >= 900)
        & (area <= 6000)
        & (attributes.compactness(tree) >= compact)
    )


# %%
# Seven contrasts
# ---------------
# There are 24 coins, and 24 are found in all seven pictures.

fig, axes = plt.subplots(2, 4, figsize=(13, 5.6), layout="constrained")
for ax, (title, picture) in zip(axes.flat, pictures.items(), strict=False):
    tree, nodes = coins_of(picture)
    lines = coarea.contours(tree, nodes)
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
    ax.add_collection(
        LineCollection(
            [line[:, ::-1] for line in lines],
            colors="tab:orange",
            linewidths=1.5,
        )
    )
    ax.set_title(f"{title}: {len(nodes)} coins", fontsize="medium")
for ax in axes.flat:
    ax.set_axis_off()

# %%
# Rivals
# ------
# A threshold makes regions first, whose holes are filled. Otsu's is one for the image, the local one a gaussian mean
# of the 101 x 101 pixels around. Both are told which side is bright. The regions are then counted by their sizes
# alone, or by the same condition as above, size and compactness.


def regions_of(mask):
    """Areas and perimeters of the regions of a mask, counted as on trees."""
    labels = measure.label(ndimage.binary_fill_holes(mask), connectivity=1)
    area, perimeter = np.bincount(labels.ravel()), np.zeros(labels.max() + 1)
    for one, other in (
        (labels[1:], labels[:-1]),
        (labels[:, 1:], labels[:, :-1]),
    ):
        for side in (one, other):
            perimeter += np.bincount(side[one != other], minlength=len(area))
    return area[1:], perimeter[1:]


def count(mask, compact):
    area, perimeter = regions_of(mask)
    return int(
        (
            (area >= 900)
            & (area <= 6000)
            & (4 * np.pi * area >= compact * perimeter**2)
        ).sum()
    )


print(f"{'':15}shapes   Otsu: size, shape   local: size, shape")
for title, picture in pictures.items():
    bright = 255 - picture if title == "negative" else picture
    otsu, local = (
        bright > filters.threshold_otsu(bright),
        bright > filters.threshold_local(bright, 101),
    )
    found = [
        len(coins_of(picture)[1]),
        *(
            count(mask, compact)
            for mask in (otsu, local)
            for compact in (0, 0.45)
        ),
    ]
    print("{:15}{:6}{:12}{:7}{:13}{:7}".format(title, *found))

# %%
# So the condition on the shape does much of the work, and a local threshold with it is a good rival, until the
# contrast is bent far. It needs the size of its window and the bright side; the tree needs neither, and how compact a
# coin must be matters little:

for compact in (0.4, 0.45, 0.5, 0.55):
    print(
        compact,
        [len(coins_of(picture, compact)[1]) for picture in pictures.values()],
    )

# %%
# Where it breaks
# ---------------
# Impulses make contours long and join shapes to their surroundings. A median of 3 x 3 pixels in front of the tree
# repairs it.

rng = np.random.default_rng(0)
hit = rng.random(image.shape) < 0.15
noisy = np.where(
    hit, rng.choice(np.array([0, 255], np.uint8), image.shape), image
)
repaired = ndimage.median_filter(noisy, 3)
fig, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for ax, (title, picture) in zip(
    axes,
    {"15 % impulses": noisy, "median 3 x 3": repaired}.items(),
    strict=True,
):
    tree, nodes = coins_of(picture)
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
    lines = [line[:, ::-1] for line in coarea.contours(tree, nodes)]
    ax.add_collection(
        LineCollection(lines, colors="tab:orange", linewidths=1.5)
    )
    ax.set_title(f"{title}: {len(nodes)} coins", fontsize="medium")
    ax.set_axis_off()
plt.show()

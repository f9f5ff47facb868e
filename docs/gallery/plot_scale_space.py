"""
All betas at once: scale space
==============================

The exact filter on the tree of shapes for many values of ``beta`` at once, for little more than two filters: what is
left of a photograph, when each of its level lines is seen for the last time, and how to choose ``beta``.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data, measure

import coarea
from coarea import plot

image = data.camera()
betas = np.geomspace(0.5, 64, 31).round(2)
space = coarea.scale_space(image, betas)
print(
    f"{len(betas)} betas: {space.n_shapes[0]:,} to {space.n_shapes[-1]} shapes"
)

# %%
# What is left
# ------------
# Texture goes first, then objects. The lines that are left have not moved.

fig, axes = plt.subplots(2, 3, figsize=(10, 7.4), layout="constrained")
for ax, k in zip(axes.flat, (0, 6, 12, 18, 22, 27), strict=True):
    ax.imshow(
        space.image(k), cmap="gray", vmin=0, vmax=255, interpolation="nearest"
    )
    ax.set_title(
        f"beta = {betas[k]:g}: {space.n_shapes[k]:,} shapes", fontsize="medium"
    )
    ax.set_axis_off()

# %%
# The curve
# ---------
# Shapes are lines that are still seen. The flat zones between them are many more, since lines meet; most of these zones
# are slivers.


def areas_of_zones(picture):
    """Numbers of pixels of the regions of one grey value."""
    return np.bincount(
        measure.label(picture, connectivity=1, background=-1).ravel()
    )[1:]


zones = [areas_of_zones(space.image(k)) for k in range(len(betas))]

fig, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
ax.loglog(betas, [len(areas) for areas in zones], "o-", label="flat zones")
ax.loglog(
    betas,
    [(areas >= 20).sum() for areas in zones],
    "s-",
    label="flat zones of at least 20 pixels",
)
ax.loglog(betas, space.n_shapes, "^-", label="shapes")
ax.set_xlabel("beta")
ax.legend()

# %%
# Disappearance
# -------------
# On each side of a pixel, the last ``beta`` at which a line is seen there: the darker, the later. Every threshold of
# this map is a partition of the image.

below, right = coarea.saliency(space.tree, space.disappearance)

fig, ax = plt.subplots(figsize=(9, 9), layout="constrained")
ax.imshow(
    plot.draw_saliency(below, right, scale=2),
    cmap="gray",
    vmin=0,
    vmax=255,
    interpolation="antialiased",
)
ax.set_axis_off()

# %%
# The other way round
# -------------------
# A ``beta`` for at most so many regions: shapes, or flat zones that are large enough to be seen.

chosen = {
    "100 shapes": coarea.beta_for_regions(space.tree, 100),
    "30 shapes": coarea.beta_for_regions(space.tree, 30),
    "100 zones of 20 pixels": coarea.beta_for_regions(
        space.tree, 100, count="zones", min_area=20
    ),
}

fig, axes = plt.subplots(1, 3, figsize=(10, 3.9), layout="constrained")
for ax, (words, beta) in zip(axes, chosen.items(), strict=True):
    ax.imshow(
        coarea.denoise_tv_l1(space.tree, beta),
        cmap="gray",
        vmin=0,
        vmax=255,
        interpolation="nearest",
    )
    ax.set_title(f"at most {words}\nbeta = {beta:.2f}", fontsize="medium")
    ax.set_axis_off()
plt.show()

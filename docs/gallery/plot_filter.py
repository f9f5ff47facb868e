"""
Simplify a photograph, on pixels and on shapes
==============================================

Both filters minimise the same energy: the distance to the image, and ``beta`` times the length of the level lines. On
the tree of shapes level lines can only stay or vanish. On the pixels they can also move.
"""

import matplotlib.pyplot as plt
from skimage import data, measure

import coarea
from coarea import plot

image = data.camera()


def count_flat_zones(picture):
    """Regions of 4-connected pixels with one grey value."""
    return measure.label(picture, connectivity=1, background=-1).max()


def show(ax, picture, title):
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_title(
        f"{title}\n{count_flat_zones(picture):,} flat zones", fontsize="medium"
    )
    ax.set_axis_off()


# %%
# The tree of shapes
# ------------------
# Contours that remain are exactly those of the photograph. Texture goes first, then objects, by their ratio of area to
# perimeter and by their contrast.

filtered = {
    beta: coarea.denoise_tv_l1(image, beta, domain="shapes")
    for beta in (3, 15, 30)
}

fig, axes = plt.subplots(2, 2, figsize=(9, 9.6), layout="constrained")
show(axes[0, 0], image, "photograph")
for ax, (beta, picture) in zip(axes.flat[1:], filtered.items(), strict=True):
    show(ax, picture, f"shapes, beta = {beta}")

# %%
# The pixels
# ----------
# Level lines are shortened: thin things vanish at a smaller ``beta``. With the default 4 neighbours the corners of
# upright shapes stay and slanted tips are cut flat; ``neighbors=8`` rounds both.

fig, axes = plt.subplots(2, 2, figsize=(9, 9.6), layout="constrained")
show(axes[0, 0], image, "photograph")
for ax, beta in zip(axes.flat[1:], (1, 2, 4), strict=True):
    show(ax, coarea.denoise_tv_l1(image, beta), f"pixels, beta = {beta}")

# %%
# Side by side
# ------------
# A detail of the photograph, without interpolation.

detail = (slice(90, 210), slice(200, 340))

fig, axes = plt.subplots(1, 3, figsize=(11, 3.7), layout="constrained")
details = [
    (image, "photograph"),
    (filtered[3], "shapes, beta = 3"),
    (coarea.denoise_tv_l1(image, 2), "pixels, beta = 2"),
]
for ax, (picture, title) in zip(axes, details, strict=True):
    ax.imshow(
        picture[detail], cmap="gray", vmin=0, vmax=255, interpolation="nearest"
    )
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()

# %%
# Level lines
# -----------
# The level lines that remain at ``beta = 30``, over the photograph.

fig, ax = plt.subplots(figsize=(9, 9), layout="constrained")
plot.show_level_lines(filtered[30], image, ax=ax, linewidth=0.8)
plt.show()

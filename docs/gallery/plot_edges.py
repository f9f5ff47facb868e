"""
Find the edges of a photograph
==============================

:func:`coarea.edge_strength` measures how far the image jumps on each pixel side, after filters of several ``beta`` on
the tree of shapes. The filter removes what is small or has a long contour for its area, and never moves a line. So
the grain of the wood goes, and the contours that remain are sharp and in place. Where the light changes slowly they
are sharp too, and should not be: weak lines wander through the shadow at the lower left.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage
from skimage import color, data

import coarea

photograph = data.coffee()[:, 40:520]
lab = color.rgb2lab(photograph)
channels = (
    np.clip(lab * (2.55, 1, 1) + (0, 128, 128), 0, 255)
    .round()
    .astype(np.uint8)
)


def mean_of_jumps(filtered):
    """The formula of edge_strength, for images filtered in another way."""
    total = np.zeros((2, *photograph.shape[:2]))
    for image in filtered:
        colors = image.astype(float)
        total[0, :-1] += np.sqrt(
            np.linalg.norm(np.diff(colors, axis=0), axis=-1)
        )
        total[1, :, :-1] += np.sqrt(
            np.linalg.norm(np.diff(colors, axis=1), axis=-1)
        )
    return total / len(filtered)


# %%
# Three filters, one formula
# --------------------------
# The rivals are medians and gaussians of several sizes, averaged in the same way.

strengths = {
    "shapes, beta 1 to 32": coarea.edge_strength(
        channels, (1, 2, 4, 8, 16, 32), channel_axis=-1
    ),
    "medians of 3 to 15 pixels": mean_of_jumps(
        [ndimage.median_filter(channels, (n, n, 1)) for n in (3, 7, 15)]
    ),
    "gaussians of 1 to 4 pixels": mean_of_jumps(
        [
            ndimage.gaussian_filter(channels.astype(float), (s, s, 0))
            for s in (1, 2, 4)
        ]
    ),
}

fig, axes = plt.subplots(2, 2, figsize=(11, 9.4), layout="constrained")
axes[0, 0].imshow(photograph)
axes[0, 0].set_title("photograph", fontsize="medium")
for ax, (title, strength) in zip(
    axes.flat[1:], strengths.items(), strict=True
):
    ax.imshow(
        strength.max(axis=0),
        cmap="gray_r",
        vmax=np.quantile(strength, 0.99),
        interpolation="nearest",
    )
    ax.set_title(title, fontsize="medium")
for ax in axes.flat:
    ax.set_axis_off()

# %%
# In figures
# ----------
# How much of all strength lies on the strongest twentieth of the sides, and how strong the wood at the top right is
# beside the strongest hundredth of the sides:

wood = (slice(None), slice(0, 60), slice(340, 480))
for title, strength in strengths.items():
    strong = np.sort(strength.ravel())[::-1]
    share = strong[: strong.size // 20].sum() / strong.sum()
    in_wood = strength[wood].mean() / np.quantile(strength, 0.99)
    print(f"{title:27}{share:4.0%} of the strength, wood {in_wood:.3f}")

# %%
# The medians are the better rival: they blur less than the gaussians, and lose corners and thin things. Close by,
# without interpolation:

detail = (slice(90, 170), slice(330, 430))
fig, axes = plt.subplots(1, 4, figsize=(13, 3.1), layout="constrained")
axes[0].imshow(photograph[detail], interpolation="nearest")
for ax, (title, strength) in zip(axes[1:], strengths.items(), strict=True):
    ax.imshow(
        strength.max(axis=0)[detail],
        cmap="gray_r",
        vmax=np.quantile(strength, 0.99),
        interpolation="nearest",
    )
    ax.set_title(title, fontsize="medium")
for ax in axes:
    ax.set_axis_off()
plt.show()

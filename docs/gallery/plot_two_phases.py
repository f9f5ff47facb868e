"""
Divide an image in two phases, with and without seeds
=====================================================

The best division of an image in two sets by a short boundary is a minimum cut: exact, and proven.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

import coarea

image = data.camera()


def show(ax, picture, title, mask=None, seeds=()):
    ax.imshow(picture, cmap="gray", interpolation="nearest")
    if mask is not None:
        ax.contour(mask, [0.5], colors="tab:orange", linewidths=1.2)
    for seed, color in zip(seeds, ("tab:blue", "tab:red"), strict=False):
        ax.contourf(seed, [0.5, 1.5], colors=[color], alpha=0.6)
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# The weight of the boundary
# --------------------------
# Each set is near a mean of its own; beta says what a pixel side of the boundary costs, in squared grey values. Larger
# values let go of what is small.

fig, axes = plt.subplots(1, 3, figsize=(12, 4.4), layout="constrained")
for ax, beta in zip(axes, (300, 10_000, 100_000), strict=True):
    result = coarea.two_phase(image, beta, neighbors=8)
    low, high = result.means
    show(
        ax,
        result.mask,
        f"beta {beta}: means {low:.0f} and {high:.0f}, {result.n_cuts} cuts",
    )
    proven = result.certificate.verify()
    print(f"beta {beta}: energy {result.energy:.5g}, proven: {proven}")

# %%
# Seeds, and a third thing in the image
# -------------------------------------
# Two means know nothing of objects: a dark coat, dark trees and a tripod are one phase. Seeds hold pixels in a phase,
# here the tripod out and the head in. They change what is near them, and no more.

inside = np.zeros(image.shape, bool)
outside = np.zeros(image.shape, bool)
inside[95:150, 225:265] = True
outside[300:505, 228:500] = True
outside[:60] = True
seeded = coarea.two_phase(
    255 - image, 6000, fixed=(outside, inside), neighbors=8
)
fig, axes = plt.subplots(1, 2, figsize=(9, 4.6), layout="constrained")
show(
    axes[0],
    image,
    "without seeds",
    coarea.two_phase(255 - image, 6000, neighbors=8).mask,
)
show(
    axes[1], image, "blue must be out, red in", seeded.mask, (outside, inside)
)

# %%
# A geodesic contour
# ------------------
# With seeds alone, and no means, the boundary is the shortest curve between them, where a step is short if the grey
# values change across it: the weights of :func:`coarea.edge_weights`. All pixels but the seeds have no data. The curve
# is a global minimum and needs no first guess. But if all steps are about as long, on the right, a curve close around
# the smaller seed wins.

is_seed = inside | outside
fig, axes = plt.subplots(1, 3, figsize=(13, 4.6), layout="constrained")
for ax, scale in zip(axes, (5, 20, 80), strict=True):
    weights = coarea.edge_weights(image, scale, neighbors=8)
    contour = coarea.denoise_tv_l1(
        inside.astype(np.uint8),
        1,
        fixed=is_seed,
        mask=~is_seed,
        edge_weights=weights,
        neighbors=8,
    )
    show(
        ax,
        image,
        f"edge_weights with the scale {scale}",
        contour,
        (outside, inside),
    )
plt.show()

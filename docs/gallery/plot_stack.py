"""
Filter and count in a stack of slices
=====================================

A volume is filtered as one, or slice by slice. Grains of all sizes, half of them faint, under noise; what is wanted are
those of at least 100 voxels, and how large they are.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage

import coarea
from coarea import attributes

rng = np.random.default_rng(4)
shape = (32, 128, 128)
z, y, x = np.indices(shape)
truth = np.zeros(shape, np.int32)
clean = np.full(shape, 60.0)
for label in range(1, 41):
    radius = rng.uniform(1.5, 7)
    center = [rng.uniform(radius, n - radius) for n in shape]
    ball = (
        sum((axis - c) ** 2 for axis, c in zip((z, y, x), center, strict=True))
        < radius**2
    )
    if not truth[ndimage.binary_dilation(ball, iterations=2)].any():
        truth[ball] = label
        clean[ball] = rng.choice([100, 160])
noisy = np.clip(clean + rng.normal(0, 15, shape), 0, 255).astype(np.uint8)

# %%
# As one volume, and slice by slice
# ---------------------------------
# Surfaces are filtered across the slices, where a slice alone sees little of a grain: so the volume needs less beta.
# Each has the best of several; the titles give the mean error.

volume = coarea.denoise_tv_l1(noisy, 0.5)
slices = np.stack([coarea.denoise_tv_l1(plane, 1.2) for plane in noisy])

fig, axes = plt.subplots(2, 4, figsize=(13, 6.4), layout="constrained")
for row, k in zip(axes, (10, 20), strict=True):
    pictures = {
        "clean": clean,
        "noisy": noisy,
        "slice by slice": slices,
        "as one volume": volume,
    }
    for ax, (title, picture) in zip(row, pictures.items(), strict=True):
        error = np.abs(picture.astype(float) - clean).mean()
        ax.imshow(picture[k], cmap="gray", vmin=0, vmax=200)
        ax.set_title(f"{title}: {error:.2f}", fontsize="medium")
        ax.set_axis_off()

# %%
# Counting on the max-tree
# ------------------------
# A grain is a bright component of at least 100 voxels with some contrast. The tree holds all thresholds, so bright and
# faint grains are found at once; the innermost nodes that meet the condition are the grains, inside of blurred rims.

tree = coarea.max_tree(volume)
area = attributes.area(tree)
grains = tree.innermost(
    (area >= 100) & (area < 2000) & (attributes.height(tree) >= 20)
)
n_true = sum((truth == label).sum() >= 100 for label in range(1, 41))
print(f"{len(grains)} grains of 100 voxels or more found, {n_true} are there")

found = np.zeros(shape, np.int32)
for number, node in enumerate(grains, 1):
    found[tree.mask(node)] = number
sizes = np.array(
    [
        [
            area[node],
            (truth == np.bincount(truth[tree.mask(node)]).argmax()).sum(),
        ]
        for node in grains
    ]
)

fig, axes = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
axes[0].imshow(
    np.ma.masked_equal(found.max(0), 0), cmap="tab20", interpolation="nearest"
)
axes[0].set_title("grains, seen from above", fontsize="medium")
axes[0].set_axis_off()
axes[1].plot(sizes[:, 1], sizes[:, 0], "o")
axes[1].axline((0, 0), slope=1, color="gray")
axes[1].set(xlabel="voxels of the true grain", ylabel="voxels found")
plt.show()

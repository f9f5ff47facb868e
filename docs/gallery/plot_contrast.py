"""
Whatever the contrast, bit for bit
==================================

A filter of level lines sees which pixel is brighter, and not by how much. So it may be used before or after any
change of contrast: the results are the same, in every bit. Filters that average have no such law.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage
from skimage import data, restoration

import coarea

image = data.camera()[::2, ::2]
rng = np.random.default_rng(0)


def curve():
    """A random increasing function of the 256 grey values, to 16 bits."""
    return np.sort(rng.choice(2**16, 256, replace=False)).astype(np.uint16)


filters = {
    "denoise_tv_l1, shapes": lambda picture: coarea.denoise_tv_l1(
        picture, 5, domain="shapes"
    ),
    "denoise_tv_l1, pixels": lambda picture: coarea.denoise_tv_l1(
        picture, 1.5
    ),
    "grain_filter": lambda picture: coarea.grain_filter(picture, 50),
    "median": lambda picture: ndimage.median_filter(picture, 5),
    "gaussian": lambda picture: ndimage.gaussian_filter(
        picture.astype(float), 1
    ),
    "TV-L2": lambda picture: (
        np.ptp(picture)
        * restoration.denoise_tv_chambolle(picture / np.ptp(picture), 0.1)
    ),
}

# %%
# Ten random curves
# -----------------
# Filter, then change the contrast; or change the contrast, then filter. A median of an odd number of pixels has the
# law too: it is a filter of level sets. For the two others the difference is told for the square root, a common curve,
# on a scale of 255.

curves = [curve() for _ in range(10)]
root = np.sqrt(255 * np.arange(256.0))
for name, apply in filters.items():
    result = apply(image)
    if result.dtype == image.dtype:
        same = sum(
            np.array_equal(changed[result], apply(changed[image]))
            for changed in curves
        )
        print(f"{name:22} the same in {same} of {len(curves)}")
    else:
        difference = np.abs(
            np.sqrt(255 * result.clip(0)) - apply(root[image])
        ).max()
        print(f"{name:22} differs by up to {difference:.0f} grey values")

# %%
# A picture that is far too dark
# ------------------------------
# The curve that hides most of the photograph, and the contours that are left after the filter, before and after it.

dark = image.astype(float) ** 4
fig, axes = plt.subplots(2, 3, figsize=(11, 7.6), layout="constrained")
for row, (name, picture) in zip(
    axes, {"photograph": image, "dark": dark}.items(), strict=True
):
    filtered = filters["denoise_tv_l1, shapes"](picture)
    blurred = filters["gaussian"](picture)
    row[0].imshow(picture, cmap="gray", vmin=0)
    for ax, result in zip(row[1:], (filtered, blurred), strict=True):
        step = (
            np.abs(np.diff(result.astype(float), axis=0))[:, :-1]
            + np.abs(np.diff(result.astype(float)))[:-1]
        )
        ax.imshow(
            step > 0 if ax is row[1] else step > 0.02 * np.ptp(picture),
            cmap="gray_r",
        )
    for ax, title in zip(
        row,
        (name, "lines after shapes, beta 5", "steps after a gaussian"),
        strict=True,
    ):
        ax.set_title(title, fontsize="medium")
        ax.set_axis_off()
plt.show()

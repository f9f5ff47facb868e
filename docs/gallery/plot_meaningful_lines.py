"""
The meaningful lines of a photograph
====================================

A photograph has a quarter of a million level lines. Few of them are seen as contours: those that are long, and across
which the grey value jumps everywhere. How long, and how much, is a question of probability:
:func:`coarea.meaningful_lines` keeps lines that noise would hardly ever have.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from skimage import data

import coarea

image = data.camera()


def show(ax, lines, title):
    ax.imshow(image, cmap="gray", vmin=-500, vmax=255)
    ax.add_collection(
        LineCollection(
            [line[:, ::-1] for line in lines], colors="#be001e", linewidths=0.6
        )
    )
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# All, and one for each edge
# --------------------------
# An edge is a bundle of lines, one inside the other. Of each bundle the line with the fewest expected false alarms
# remains. The grass, which is texture and no noise, keeps hundreds.

every = coarea.isolines(image, np.arange(0.5, 255))
meaningful = coarea.meaningful_lines(image, maximal=False)
maximal = coarea.meaningful_lines(image)

fig, axes = plt.subplots(1, 2, figsize=(11, 5.9), layout="constrained")
show(
    axes[0],
    meaningful,
    f"{len(meaningful):,} of {len(every):,} lines are meaningful",
)
show(axes[1], maximal, f"{len(maximal):,} of them are maximal")

# %%
# The lines of the filtered image
# -------------------------------
# Total variation removes texture, and what is left are weak shadings of the sky too. So take the lines of the filtered
# image, and judge them by the contrast of the photograph itself: what both agree on draws the objects.

filtered = coarea.meaningful_lines(image, beta=3)

fig, ax = plt.subplots(figsize=(8, 8.4), layout="constrained")
show(ax, filtered, f"beta = 3: {len(filtered)} lines")
plt.show()
# sphinx_gallery_thumbnail_number = 2

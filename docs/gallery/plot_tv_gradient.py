"""
Which differences total variation needs
=======================================

Steepest descent on the total variation of a noisy checkerboard. Forward and backward differences see it and remove it;
central differences do not.
"""

import matplotlib.pyplot as plt
import numpy as np

import coarea

y, x = np.mgrid[:64, :64]
disk = (np.hypot(x - 31.5, y - 31.5) < 20).astype(float)
board = 0.3 * (-1.0) ** (x + y)
image = disk + board

# %%
# 400 steps of descent
# --------------------
# The amplitude is that of the checkerboard that is left, eight pixels away from the frame.

inner = (slice(8, -8),) * 2
pictures = {"image": image}
for difference in ("forward", "backward", "central"):
    pictures[difference] = coarea.tv_descent(
        image, 400, 0.1, difference=difference
    )

fig, axes = plt.subplots(1, 4, figsize=(11, 3.6), layout="constrained")
for ax, (name, picture) in zip(axes, pictures.items(), strict=True):
    amplitude = abs((picture * np.sign(board))[inner].mean())
    ax.imshow(
        picture,
        cmap="gray",
        vmin=-0.3,
        vmax=1.3,
        interpolation="nearest",
        origin="lower",
    )
    ax.set_title(f"{name}\namplitude {amplitude:.3f}", fontsize="medium")
    ax.set(xticks=[], yticks=[])

# %%
# Why
# ---
# A central difference leaves out the pixel in its middle, so a checkerboard has none.

for difference in ("forward", "backward", "central"):
    print(
        f"{difference:<10}{coarea.tv_norm(board, difference=difference):8.1f}"
    )

# %%
# The gradient
# ------------
# The gradient is D\ :sup:`T` of the differences over their length: large on edges that bend, 0 where nothing changes.

gradient = coarea.tv_gradient(disk)
fig, ax = plt.subplots(figsize=(5, 4), layout="constrained")
shown = ax.imshow(
    gradient,
    cmap="RdBu",
    vmin=-2,
    vmax=2,
    interpolation="nearest",
    origin="lower",
)
ax.set(xticks=[], yticks=[])
fig.colorbar(shown)
plt.show()

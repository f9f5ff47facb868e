"""
CT with a detector half as wide as the object
=============================================

A scanner whose detector is displaced sees little more than half of the object in each view, and the other half when it
has turned to the other side: half fan, or half acquisition.
"""

import matplotlib.pyplot as plt
import numpy as np

from coarea import ct
from coarea.ct import plot

n_columns, offset, side = 200, 60, 256
scanner = {
    "source_to_axis": 400,
    "source_to_detector": 800,
    "detector_spacing": 2,
}
geometry = ct.FanBeam(
    angles=np.arange(360) * 2 * np.pi / 360,
    n_detectors=n_columns,
    detector_offset=2 * offset,
    **scanner,
)
head = ct.shepp_logan_ellipses(radius=side / 2)
data = ct.line_integrals_of(head, geometry)

fig, axes = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
plot.show_geometry(geometry[::30], (side, side), ax=axes[0])
u = geometry.columns()
axes[1].imshow(
    data,
    cmap="gray",
    aspect="auto",
    interpolation="nearest",
    extent=(u[0], u[-1], 360, 0),
)
axes[1].axvline(0, color="tab:orange", linewidth=1, label="the axis")
axes[1].set(
    xlabel="u",
    ylabel="view in degrees",
    title="the data end inside of the head",
)
axes[1].legend(loc="upper right")

# %%
# What the rays count
# -------------------
# Rays that pass near the axis are seen from both sides, those farther out from one. With zeros in place of what the
# detector does not see the middle counts twice and the rest once, and the edge of the data becomes a ring.
# :func:`~coarea.ct.fbp` takes the offset of the detector from the geometry, and gives the columns weights: 1 in all for
# both ends of a ray, and falling to 0 where the detector ends.

blank = 2 * offset  # columns that a centred detector would have more
centred = ct.FanBeam(
    angles=geometry.angles, n_detectors=n_columns + blank, **scanner
)
images = {
    "the head": ct.rasterize(head, (side, side), subsamples=4),
    "zeros for what is not seen": ct.fbp(
        np.pad(data, ((0, 0), (blank, 0))), centred, (side, side)
    ),
    "fbp, which weighs the rays": ct.fbp(data, geometry, (side, side)),
}

fig, axes = plt.subplots(1, 3, figsize=(12, 4.8), layout="constrained")
for ax, (name, image) in zip(axes, images.items(), strict=True):
    error = np.linalg.norm(image - images["the head"]) / np.linalg.norm(
        images["the head"]
    )
    ax.imshow(
        image,
        cmap="gray",
        vmin=0,
        vmax=0.5,
        interpolation="nearest",
        origin="lower",
    )
    ax.set_title(
        f"{name}\nerror {error:.3f}" if error else name, fontsize="medium"
    )
    ax.set(xticks=[], yticks=[])

# %%
# The same along a row:

fig, ax = plt.subplots(figsize=(11, 3.5), layout="constrained")
for name, image in images.items():
    ax.plot(image[side // 2 - 12], linewidth=1, label=name)
ax.set(xlabel="x in pixels", ylim=(-0.2, 1.3), title="a row below the middle")
ax.legend(fontsize="small", ncols=3)
plt.show()
# sphinx_gallery_thumbnail_number = 2

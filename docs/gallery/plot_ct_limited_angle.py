"""
CT from a limited angle
=======================

64 views over 90 degrees of a fan beam: edges along directions that no ray takes are not in the data. Total variation
fills them in where the object is made of flat pieces.
"""

import matplotlib.pyplot as plt
import numpy as np

from coarea import ct
from coarea.ct import plot

geometry = ct.FanBeam(
    angles=np.arange(64) * np.pi / 2 / 64,
    n_detectors=256,
    detector_spacing=41.4 / 256,
    source_to_axis=40,
    source_to_detector=80,
)
head = ct.shepp_logan((128, 128))
A = ct.Projector(geometry, head.shape, spacing=20 / 128)
data = A(head)

# %%
# Three methods
# -------------
# SART leaves blurred what the views do not tell. The other two look for the least total variation.

results = {
    "SART": ct.sart(A, data, 200),
    "TV-POCS": ct.tv_pocs(A, data, 200, tv_step=0.1),
    "primal-dual": ct.tv_primal_dual(A, data, 1500),
}

fig, axes = plt.subplots(1, 4, figsize=(12, 3.9), layout="constrained")
plot.show_geometry(geometry, head.shape, spacing=20 / 128, ax=axes[0])
axes[0].get_legend().remove()
for ax, (name, result) in zip(axes[1:], results.items(), strict=True):
    error = np.linalg.norm(result.image - head) / np.linalg.norm(head)
    ax.imshow(
        result.image,
        cmap="gray",
        vmin=0,
        vmax=0.5,
        interpolation="nearest",
        origin="lower",
    )
    ax.set_title(f"{name}\nerror {error:.3f}", fontsize="medium")
    ax.set(xticks=[], yticks=[])
plt.show()

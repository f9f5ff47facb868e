"""
CT from twenty views
====================

The head of Shepp and Logan from 20 views of a fan beam, by four methods.
"""

import matplotlib.pyplot as plt
import numpy as np

from coarea import ct, tv_norm
from coarea.ct import plot

geometry = ct.FanBeam(
    angles=np.arange(20) * 2 * np.pi / 20,
    n_detectors=512,
    detector_spacing=41.4 / 512,
    source_to_axis=40,
    source_to_detector=80,
)
head = ct.shepp_logan((256, 256))
A = ct.Projector(geometry, head.shape, spacing=20 / 256)
data = A(head)

fig, axes = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
plot.show_geometry(geometry, head.shape, spacing=20 / 256, ax=axes[0])
axes[1].imshow(
    data, cmap="gray", aspect="auto", interpolation="nearest", origin="lower"
)
axes[1].set(
    xlabel="u", ylabel="view", yticks=range(0, 20, 5), title="the data"
)

# %%
# Four methods
# ------------
# Filtered back projection needs hundreds of views. SART fits the data, but among the many images that do it finds one
# with streaks. The other two look for the one with the least total variation.

results = {
    "SART": ct.sart(A, data, 200),
    "ASD-POCS": ct.asd_pocs(A, data, 200),
    "primal-dual": ct.tv_primal_dual(A, data, 500),
}
images = {"FBP": ct.fbp(data, geometry, head.shape, spacing=20 / 256)}
images.update({name: result.image for name, result in results.items()})

fig, axes = plt.subplots(1, 4, figsize=(12, 3.9), layout="constrained")
for ax, (name, image) in zip(axes, images.items(), strict=True):
    error = np.linalg.norm(image - head) / np.linalg.norm(head)
    ax.imshow(
        image,
        cmap="gray",
        vmin=0,
        vmax=0.5,
        interpolation="nearest",
        origin="lower",
    )
    ax.set_title(f"{name}\nerror {error:.3f}", fontsize="medium")
    ax.set(xticks=[], yticks=[])

# %%
# Convergence
# -----------
# All fit the data better and better. The total variation comes to that of the head itself.

fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
plot.show_convergence(results, "residual", ax=axes[0])
plot.show_convergence(results, "tv", ax=axes[1])
axes[1].axhline(
    tv_norm(head), color="k", linewidth=0.8, label="the head itself"
)
axes[1].legend(fontsize="small")
plt.show()
# sphinx_gallery_thumbnail_number = 2

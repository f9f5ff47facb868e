"""
CT in a cone beam
=================

Feldkamp's method is exact in the plane of the source only: flat discs above it smear along the rays, which see them
nearly from the side. Iterative methods know the rays, and total variation what the rays do not tell.
"""

import matplotlib.pyplot as plt
import numpy as np

from coarea import ct

shape = (48, 64, 64)
discs = ct.rasterize(ct.defrise_disks(5, radius=24), shape, subsamples=2)
cone = ct.ConeBeam(
    angles=np.arange(40) * 2 * np.pi / 40,
    detector_shape=(96, 96),
    detector_spacing=2,
    source_to_axis=110,
    source_to_detector=220,
)
A = ct.Projector(cone, shape)
data = A(discs)

# %%
# From 40 views over a turn:

volumes = {
    "phantom": discs,
    "Feldkamp": ct.fdk(data, cone, shape),
    "SART": ct.sart(A, data, 20).image,
    "ASD-POCS": ct.asd_pocs(A, data, 40).image,
}
figure, axes = plt.subplots(
    1, 4, figsize=(11, 3), sharey=True, layout="constrained"
)
for ax, (name, volume) in zip(axes, volumes.items(), strict=True):
    error = np.linalg.norm(volume - discs) / np.linalg.norm(discs)
    ax.imshow(
        volume[:, shape[1] // 2],
        cmap="gray",
        vmin=0,
        vmax=1.2 * discs.max(),
        origin="lower",
    )
    ax.set(
        title=name if volume is discs else f"{name}: error {error:.3f}",
        xlabel="x",
        xticks=[],
        yticks=[],
    )
axes[0].set_ylabel("z")
plt.show()

# %%
# Along the axis, the grey values between the discs show how far each method is from the truth.

figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
for name, volume in volumes.items():
    ax.plot(
        volume[:, shape[1] // 2, shape[2] // 2],
        label=name,
        lw=3 if name == "phantom" else 1.5,
        alpha=0.8,
    )
ax.set(xlabel="z in voxels", ylabel="grey value", ylim=(-0.05, 1.4))
ax.legend(ncols=4, loc="upper center")
plt.show()

"""
Remove noise, fill holes, weigh edges
=====================================

Noise, holes, contours: one energy, different fidelities and weights.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import color, data, restoration

import coarea

image = data.camera()
detail = (slice(60, 230), slice(150, 340))


def compare(pictures, columns=3):
    """Show details of pictures by title."""
    rows = -(-len(pictures) // columns)
    axes = plt.subplots(
        rows,
        columns,
        figsize=(3.6 * columns, 3.6 * rows),
        layout="constrained",
        squeeze=False,
    )[1]
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (title, picture) in zip(axes.flat, pictures.items(), strict=False):
        ax.imshow(
            picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest"
        )
        ax.set_title(title, fontsize="medium")


# %%
# A series of beta
# ----------------
# On the pixels contours become shorter, on the tree of shapes they stay or vanish.

pixels = {
    f"pixels, beta = {beta}": coarea.denoise_tv_l1(image, beta)[detail]
    for beta in (1, 3, 10)
}
shapes = {
    f"shapes, beta = {b}": coarea.denoise_tv_l1(image, b, domain="shapes")[
        detail
    ]
    for b in (3, 10, 30)
}
compare(pixels | shapes)

# %%
# Impulse noise
# -------------
# A fifth of the pixels is white. With the quantile 0.3 the fidelity expects values that are too high.

rng = np.random.default_rng(0)
noisy = np.where(rng.random(image.shape) < 0.2, np.uint8(255), image)
compare(
    {
        "a fifth is white": noisy[detail],
        "L1, beta = 1": coarea.denoise_tv_l1(noisy, 1)[detail],
        "L1, beta = 1, quantile 0.3": coarea.denoise_tv_l1(
            noisy, 1, quantile=0.3
        )[detail],
    }
)

# %%
# Inpainting
# ----------
# Two thirds of the pixels are not known.

mask = rng.random(image.shape) < 2 / 3
compare(
    {
        "what is known": np.where(mask, 0, image)[detail],
        "filled in, 4 neighbours": coarea.denoise_tv_l1(image, 0.3, mask=mask)[
            detail
        ],
        "filled in, 16 neighbours": coarea.denoise_tv_l1(
            image, 0.3, mask=mask, neighbors=16
        )[detail],
    }
)

# %%
# Edge-aware weights
# ------------------
# Weights from the colours keep contours that a plain filter of the same strength rounds off.

astronaut = data.astronaut()[:200, 130:330]
grey = (255 * color.rgb2gray(astronaut)).astype(np.uint8)
weights = coarea.edge_weights(astronaut, 30, channel_axis=-1)
compare(
    {
        "photograph": grey,
        "beta = 4": coarea.denoise_tv_l1(grey, 4),
        "beta = 4, edge-aware": coarea.denoise_tv_l1(
            grey, 4, edge_weights=weights
        ),
    }
)

# %%
# L2 and L1
# ---------
# L2, the filter of Rudin, Osher and Fatemi, takes contrast from everything; L1 takes small things and leaves the rest.
# The exact minimiser beside 200 iterations of Chambolle's algorithm, which measures variation in all directions.

gaussian = np.clip(image + rng.normal(0, 20, image.shape), 0, 255)
compare(
    {
        "noise of 20 grey values": gaussian[detail],
        "L1, beta = 1.2": coarea.denoise_tv_l1(gaussian, 1.2)[detail],
        "L2, beta = 25": coarea.denoise_tv_l2(gaussian, 25)[detail],
        "L2 on shapes, beta = 25": coarea.denoise_tv_l2(
            gaussian.round(), 25, domain="shapes"
        )[detail],
        "Huber, beta = 15": coarea.denoise_tv_l2(gaussian, 15, huber_delta=20)[
            detail
        ],
        "Chambolle": restoration.denoise_tv_chambolle(
            gaussian, 25, max_num_iter=200
        )[detail],
    }
)
plt.show()

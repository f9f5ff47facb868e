"""
Area less beta times perimeter, under four rules
================================================

A bright component is worth its pixels less the length of its contour. This attribute does not grow towards the root of
the tree, so what stays depends on what happens to a good node inside a bad one: :doc:`/explanations/prunings`.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

import coarea
from coarea import attributes

image = data.camera()
tree = coarea.max_tree(image)
beta = 10
worth = attributes.area(tree) - beta * attributes.perimeter(tree)


def show(ax, picture, title, cmap="gray", limits=(0, 255)):
    ax.imshow(
        picture,
        cmap=cmap,
        vmin=limits[0],
        vmax=limits[1],
        interpolation="nearest",
    )
    ax.set_title(title, fontsize="medium")
    ax.set_axis_off()


# %%
# Four increasing attributes
# --------------------------
# "min" is the largest one below the attribute, "max" the smallest one above it, and "l1" and "l2" are as near as can
# be; all are thresholded at 0. The sky is a large bright component with a short contour, but some of the components
# around it, with grass and buildings, have long ones: so "min" removes it. "max" and "l1" keep it with all that is
# around it. "l2" weighs by how much each node is good or bad, and sheds some of the surroundings.

hows = ("min", "l1", "l2", "max")
filtered = {
    how: coarea.attribute_filter(
        tree, attributes.increasing(tree, worth, how) >= 0
    )
    for how in hows
}
fig, axes = plt.subplots(2, 2, figsize=(9, 9.5), layout="constrained")
for ax, how in zip(axes.flat, hows, strict=True):
    show(
        ax,
        filtered[how],
        f'"{how}" changes {np.mean(filtered[how] != image):.0%} of the pixels',
    )

# %%
# What was removed
# ----------------
# All four only darken. "min" removes most, "max" least, and the projections lie between them.

fig, axes = plt.subplots(1, 4, figsize=(13, 3.6), layout="constrained")
for ax, how in zip(axes, hows, strict=True):
    show(
        ax,
        image.astype(int) - filtered[how],
        f'image - "{how}"',
        cmap="magma",
        limits=(0, 80),
    )

# %%
# The best pruning, and the one-sided filter
# ------------------------------------------
# :func:`coarea.prune` finds the set of nodes with the largest sum of steps of grey value times worth; where a node
# goes, all that lies in it goes. The filter of total variation with ``upper=image`` minimises the same energy, fidelity
# and beta times total variation, over all values of the nodes that are not above the image: it may lower a component
# with a long contour and keep what lies inside. Without the bound it may also brighten. The energies are those of the
# pictures.

step = tree.value.astype(int) - tree.value[tree.parent]
results = {
    "best pruning": coarea.attribute_filter(
        tree, coarea.prune(tree, step * worth)
    ),
    "denoise_tv_l1, upper=image": coarea.denoise_tv_l1(
        tree, beta, upper=image, tie="upper"
    ),
    "denoise_tv_l1": coarea.denoise_tv_l1(tree, beta, tie="upper"),
}
fig, axes = plt.subplots(1, 3, figsize=(12.6, 4.8), layout="constrained")
for ax, (title, picture) in zip(axes, results.items(), strict=True):
    of_level_lines = coarea.tree_of_shapes(picture)
    energy = (
        np.abs(picture.astype(int) - image).sum()
        + beta * attributes.total_variation(of_level_lines)[0]
    )
    show(ax, picture, f"{title}: energy {energy / 1e6:.1f} million")

# %%
# All prices at once
# ------------------
# The scale of a node is the beta up to which it stays in the best pruning: one scale is the filters of all beta.

scale = attributes.pruning_scale(
    tree, step * attributes.area(tree), step * attributes.perimeter(tree)
)
fig, axes = plt.subplots(1, 4, figsize=(13, 3.6), layout="constrained")
for ax, price in zip(axes, (1, 5, 13, 20), strict=True):
    show(ax, coarea.attribute_filter(tree, scale >= price), f"beta = {price}")
plt.show()

"""Images and trees as they are given: what is wrong with them, and what to do about it."""

from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_image
from coarea.base.colors import ONE_BY_ONE, warn_of_colors


def image_of_tree(image: ArrayLike) -> Array:
    """An image that a tree is made of; warns if it looks like a colour image, which has no levels."""
    array = as_image(image)
    warn_of_colors(array, ONE_BY_ONE)
    return array

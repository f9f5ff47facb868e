"""The picture of an image and its regions."""

from dataclasses import replace

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files import FileError, ImageFile
from coarea.cli.planes import Source


def draw(source: Source, labels: Array | None) -> ImageFile:
    """The image with the borders of its regions, plane by plane, on one scale of grey values; blank without labels."""
    from coarea.plot import display_values, draw_regions

    image = source.image
    place = image.without_channels()
    if not {"Y", "X"} <= set(place.axes):
        raise FileError(f"--overlay draws planes, got a signal, {source.name}")
    axes = "".join(letter for letter in place.axes if letter not in "YX") + "YX"
    order = [place.axes.index(letter) for letter in axes]
    shape = tuple(place.pixels.shape[axis] for axis in order)
    picture = np.broadcast_to(np.uint8(0), (*shape, 3))
    if labels is not None:
        picture = np.zeros(picture.shape, np.uint8)
        missing = source.missing(image.pixels)
        known = image.pixels[~missing]
        limits = (known.min(), known.max()) if known.size else (0, 0)
        order_of_colours = [image.axes.index(letter) for letter in (axes + "C" if "C" in image.axes else axes)]
        pixels, missing = image.pixels.transpose(order_of_colours), missing.transpose(order_of_colours)
        for plane in np.ndindex(*shape[:-2]):
            shown = display_values(np.where(missing[plane], limits[0], pixels[plane]), limits)
            picture[plane] = draw_regions(labels.transpose(order)[plane], shown.round().astype(np.uint8))
    metadata = replace(place.metadata, nifti=None)  # which has no colours
    return ImageFile(picture, axes + "C", source=image.source, metadata=metadata)

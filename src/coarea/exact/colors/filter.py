"""The filter of colour images that makes no new colours."""

import time
from dataclasses import replace
from typing import get_args

import numpy as np

from coarea.base.arrays import Array
from coarea.base.missing import nearest_data
from coarea.base.neighborhoods import axis_offsets, perimeter_weights
from coarea.base.options import one_of
from coarea.base.types import Border, ColorDistance, Colors
from coarea.exact._channels import Channels, solve_channels
from coarea.exact._setting import Setting
from coarea.exact.colors._colors import colored_pixels, colors_of_pixels, held_pixels
from coarea.exact.colors._energy import Energy
from coarea.exact.colors._numbers import ranks_of
from coarea.exact.info import Info, join

OF_RANKS = (None, "half-area", "minimum", "maximum")  # borders that do not compute with grey values


def check_colors(colors: Colors, distance: ColorDistance, channels: Channels, border: Border | None) -> bool:
    """Whether colours must be those of the input; refuses what does not go with that."""
    one_of("colors", colors, get_args(Colors))
    one_of("distance", distance, get_args(ColorDistance))
    if colors == "free":
        if distance != "values":
            raise ValueError(f'distance goes with colors="input", got {distance!r}')
        return False
    if channels.axis is None:
        raise ValueError(
            'channel_axis must be given with colors="input", for example channel_axis=-1; '
            "of a grey image, colours are grey values: leave colors out"
        )
    for name in ("lower", "upper"):
        if getattr(channels.data[0], name) is not None:
            raise ValueError(
                f'{name} does not go with colors="input": no colour of the image need be within the bounds'
            )
    if distance == "ranks" and np.asarray(border).ndim == 0 and border not in OF_RANKS:
        raise ValueError(
            f'border must be "half-area", "minimum", "maximum" or a pixel with distance="ranks", got {border!r}: '
            "a ring of any other value has no rank"
        )
    return True


def filter_colors(channels: Channels, setting: Setting, distance: ColorDistance) -> tuple[Array, Info | None]:
    """The filtered image, and what is known of it if wanted."""
    held_pixels(channels.data)  # they refuse what has no solution
    has_color = colored_pixels(channels.data)
    ndim = channels.images[0].ndim
    on_pixels = setting._replace(build=None)
    if setting.wants_info and setting.build is not None and ndim > 3:
        raise ValueError(f'return_info must be False with colors="input" beyond 3-D, got {ndim}-D: no bound is known')
    images = channels.images
    if distance == "ranks":
        complete = images if has_color is None else [nearest_data(image, has_color) for image in images]
        channels = channels._replace(images=[ranks_of(image) for image in complete])
    solutions = solve_channels(channels, setting)
    started = time.perf_counter()
    lengths = (
        perimeter_weights(ndim, setting.neighbors) if setting.build is None else dict.fromkeys(axis_offsets(ndim), 1.0)
    )
    energy = Energy(setting.model, setting.beta, lengths)
    source = colors_of_pixels(channels.images, [result for result, _ in solutions], channels.data, energy)
    filtered = channels.join([image.ravel()[source] for image in images])
    if not setting.wants_info:
        return filtered, None
    seconds = {"colors": time.perf_counter() - started}
    of_filter = [info for _, info in solutions if info is not None]
    of_bound = of_filter
    if setting.build is not None:
        of_bound = [info for _, info in solve_channels(channels, on_pixels) if info is not None]
        seconds["bound"] = time.perf_counter() - started - seconds["colors"]
    info = join(of_bound)
    return filtered, replace(
        info,
        n_cuts=sum(part.n_cuts for part in of_filter) + (0 if of_bound is of_filter else info.n_cuts),
        seconds=join(of_filter).seconds | seconds,
        _results=[image.ravel()[source] for image in channels.images],
    )

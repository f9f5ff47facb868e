"""coarea info: what a file holds, and what coarea filter would do with it and write."""

import argparse
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch
from coarea.cli.files import default_output
from coarea.cli.planes import Source
from coarea.cli.variation import BETA, DOMAIN

UNIT = {1: "signal", 2: "plane", 3: "volume"}


def add_info(commands: Any) -> None:
    about = "Tell what files hold: dtype, axes, range, and what would be done and written."
    command, _ = image_command(commands, "info", about, ("photo.png", "photos --json"))
    command.set_defaults(run=run_info)


def run_info(options: argparse.Namespace) -> int:
    return run_batch(options, Job(lambda source: (None, describe(source)), writes=False))


def describe(source: Source) -> Fields:
    """Range of the values, what is filtered one by one, and the file that filter would write."""
    image = source.image
    pixels, fields = image.pixels, Fields()
    if pixels.dtype.kind not in "buif":
        return {"refused": f"{pixels.dtype} holds no grey values"}
    if not pixels.size:
        return {"refused": "it holds no pixel"}
    missing = source.missing(pixels)
    present = pixels[~missing]
    numbers = present[~np.isnan(present)]
    if numbers.size:
        fields["range"] = [numbers.min().item(), numbers.max().item()]
    if image.nodata is not None:
        fields["nodata"], fields["without_data"] = float(image.nodata), int(np.count_nonzero(missing))
    if image.alpha is not None:
        fields["transparency"] = "stays as it is"
    fields["filtered"] = f"{_units(source)}; TV-L1 with beta {BETA:g} on {DOMAIN} if not told otherwise"
    refused = _refused(source, present)
    if refused is not None:
        return {**fields, "refused": refused}
    fields["written"] = default_output(image, image.pixels.dtype, image.pixels.shape).name
    return fields


def _refused(source: Source, present: Array) -> str | None:
    """Why filter would refuse the image, and what it then wants; None if it would not."""
    for what, number, found in (("NaN", "nan", np.isnan(present)), ("infinite", "inf", np.isinf(present))):
        if count := int(np.count_nonzero(found)):
            return f"{count} {what} pixel{'s' * (count > 1)}: unless by --nodata {number} or --mask they hold no data"
    ndim = len(source.image.frame_axes.replace("C", ""))
    if ndim in (2, 3):
        return None
    return f"{ndim}-D has no shapes: unless --domain {'pixels, ' * (ndim == 1)}max_tree or min_tree"


def _units(source: Source) -> str:
    """What is filtered: 5 frames of 3 channels, each a plane of 48 x 62."""
    frames = list(source.image.frames())
    shape, where, parts = list(frames[0].shape), source.image.channel_axis, []
    if len(frames) > 1:
        parts.append(f"{len(frames)} frames")
    if where is not None:
        parts.append(f"{shape.pop(where)} channels")
    unit = f"a {UNIT.get(len(shape), 'array')} of {' x '.join(map(str, shape))}"
    return f"{' of '.join(parts)}, each {unit}" if parts else unit

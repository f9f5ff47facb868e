"""The ring of one value around an image, which says where the outside is."""

from typing import NamedTuple


class Ring(NamedTuple):
    """What surrounds an image: how many levels lie below its value, and whether the value is a level itself."""

    below: int
    is_level: bool

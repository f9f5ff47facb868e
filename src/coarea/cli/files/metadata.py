"""What a file says of its pixels, and is written back with the result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metadata:
    """What else the file says of its pixels."""

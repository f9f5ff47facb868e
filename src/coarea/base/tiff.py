"""What tifffile says of damaged files in its log only, and what its versions say in different ways."""

import logging
import threading
from typing import Any, Self

# Of its messages those that mean that pages are missing; each reader adds what it calls a corrupted file.
LOST = ("page offset", "offset to page", "offset to first page", "circular reference", "is missing")


class Complaints(logging.Handler):
    """What tifffile logs of pages of this thread's file that are lost: it reads what is left and says so nowhere else.

    `corrupted` are the words of its messages that mean that too, besides `LOST`.
    """

    def __init__(self, corrupted: str) -> None:
        super().__init__(logging.ERROR)
        self._words = (*LOST, corrupted)
        self.of_lost_pages: list[str] = []
        self.reader = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message if it means that pages are lost."""
        text = record.getMessage()
        if record.thread == self.reader and any(words in text for words in self._words):
            self.of_lost_pages.append(text.partition("> ")[2] or text)

    def __enter__(self) -> Self:
        logging.getLogger("tifffile").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("tifffile").removeHandler(self)


def series_of(file: Any) -> list[Any]:
    """The series of pages of a file, from version 2026.5.2 on with axes of length 1, which were a choice before."""
    return list(file.series(squeeze=False)) if callable(file.series) else list(file.series)


def whole_form(series: Any) -> tuple[tuple[int, ...], str]:
    """Shape and axes of one of `series_of`, with axes of length 1."""
    if hasattr(series, "get_axes"):
        return series.get_shape(False), series.get_axes(False)
    return series.shape, series.axes

"""What tifffile says of damaged files in its log only."""

import logging
import threading
from typing import Self

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

"""Image files: reading what users have, writing all of the result or nothing."""

from coarea.cli.files.image import FileError, ImageFile
from coarea.cli.files.reading import read_image
from coarea.cli.files.writing import (
    check_output,
    check_place,
    default_output,
    replace_file,
    write_image,
    write_text,
)

__all__ = [
    "FileError",
    "ImageFile",
    "check_output",
    "check_place",
    "default_output",
    "read_image",
    "replace_file",
    "write_image",
    "write_text",
]

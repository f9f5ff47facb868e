"""Which kind of file a scan is in, and the reader for it."""

from __future__ import annotations

import errno
from pathlib import Path

DATA_EXCHANGE, NXTOMO, NIKON, TIFF, HDF5, FOLDER = (
    "Data Exchange", "NXtomo", "Nikon .xtekct", "TIFF", "HDF5", "folder",
)  # fmt: skip
READERS = {
    DATA_EXCHANGE: "read_data_exchange",
    NXTOMO: "read_nxtomo",
    NIKON: "read_nikon",
    TIFF: "read_tiff_stack",
    FOLDER: "read_tiff_stack",
}
ENDINGS = (".tif", ".tiff")


def kind_of(name: str, reader: str = "read_scan") -> str | None:
    """The kind of a file, by what it holds; of a folder, by its files. None if it is none of ours.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    path = Path(name)
    if path.is_dir():
        return NIKON if nikon_files(path) else FOLDER
    with path.open("rb") as file:  # what the system says of it is plainer than what readers do
        head = file.read(8)
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return TIFF
    if path.suffix.lower() == ".xtekct":
        return NIKON
    if head == b"\x89HDF\r\n\x1a\n":
        return _kind_of_hdf5(name, reader)
    return None


def nikon_files(folder: Path) -> list[Path]:
    """The descriptions of scans in a folder."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".xtekct")


def check_kind(name: str, reader: str, due: str) -> None:
    """Refuse what another reader reads, or none does; an HDF5 file of neither kind is left to the reader of one."""
    kind = kind_of(name, reader)
    right = READERS.get(kind or "", reader)
    hint = "" if right == reader else f": {right} reads it"
    if Path(name).is_dir():
        raise IsADirectoryError(errno.EISDIR, f"Is a directory{hint}", name)
    if kind is None:
        raise ValueError(f"{name} is no HDF5 file: {due} is due")
    if hint:
        raise ValueError(f"{name} is of the kind {kind}{hint}")


def _kind_of_hdf5(name: str, reader: str) -> str:
    from coarea.ct.readers.hdf5 import detectors, opened

    with opened(name, reader) as file:
        if "exchange" in file:
            return DATA_EXCHANGE
        return NXTOMO if detectors(file) else HDF5

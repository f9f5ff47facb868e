"""Scans in HDF5 files, which tests may change."""

import pytest
from hdf5_scans import COUNTS, write_entry


@pytest.fixture
def exchange(tmp_path):
    """A Data Exchange file, which a test may change."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file["exchange/data"], file["exchange/data_white"] = COUNTS, COUNTS[:2] + 1000
        file["exchange/data_dark"] = COUNTS[:1]
        yield file


@pytest.fixture
def nexus(tmp_path):
    """An NXtomo file, which a test may change."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "scan.nxs", "w") as file:
        write_entry(file, "entry0000")
        yield file

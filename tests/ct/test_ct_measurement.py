"""From counts to line integrals: noise, files of scans."""

import numpy as np
import pytest

from coarea import ct


def test_counts_become_line_integrals():
    rng = np.random.default_rng(0)
    truth = rng.random((6, 4, 5)) * 3
    dark, flat = 100 + rng.random((4, 5)), 5000 + 500 * rng.random((4, 5))
    counts = dark + (flat - dark) * np.exp(-truth)
    stacked = np.stack([flat - 1, flat + 1]), np.stack([dark + 1, dark - 1])
    found = ct.line_integrals(counts, *stacked)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, truth, atol=1e-12)
    counts[0, 0, 0] = 50
    found = ct.line_integrals(counts, flat, dark)
    assert found[0, 0, 0] == found.ravel()[1:].max()  # nothing is left: the smallest transmission of the scan
    assert ct.line_integrals(counts.astype(np.uint16), 6000).dtype == np.float32
    with pytest.raises(ValueError, match="flat must exceed dark"):
        ct.line_integrals(counts, dark, flat)
    with pytest.raises(ValueError, match=r"flat must hold images of shape \(4, 5\)"):
        ct.line_integrals(counts, np.ones((3, 3, 3)))
    with pytest.raises(ValueError, match="some of them must exceed dark"):
        ct.line_integrals(np.zeros((2, 3)), 2.0, 1.0)


def test_noise_has_the_variance_of_counts():
    exact = np.full((400, 500), 1.5, np.float32)
    noisy = ct.add_poisson_noise(exact, 1e4, rng=1)
    assert noisy.dtype == np.float32
    assert noisy.std() == pytest.approx(np.sqrt(np.exp(1.5) / 1e4), rel=0.02)
    assert noisy.mean() == pytest.approx(1.5, abs=1e-3)
    assert np.array_equal(noisy, ct.add_poisson_noise(exact, 1e4, rng=1))
    np.testing.assert_allclose(ct.add_poisson_noise(np.full(9, 99.0), 8.0), np.log(16))  # half a photon
    with pytest.raises(ValueError, match="photons must be a finite number > 0, got 0"):
        ct.add_poisson_noise(exact, 0)


def test_data_exchange_files(tmp_path):
    h5py = pytest.importorskip("h5py")
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 999, (5, 3, 4)).astype(np.uint16)
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file["exchange/data"], file["exchange/data_white"] = counts, counts[:2] + 1000
        file["exchange/data_dark"] = counts[:1]
    scan = ct.read_data_exchange(tmp_path / "scan.h5", rows=slice(1, 3))
    assert np.array_equal(scan.counts, counts[:, 1:3])
    assert np.array_equal(scan.flat, counts[:2, 1:3] + 1000)
    np.testing.assert_allclose(scan.angles, np.arange(5) * np.pi / 5)
    with h5py.File(tmp_path / "scan.h5", "a") as file:
        file["exchange/theta"] = [0.0, 45, 90, 135, 180]
    np.testing.assert_allclose(ct.read_data_exchange(tmp_path / "scan.h5").angles, np.arange(5) * np.pi / 4)
    with h5py.File(tmp_path / "scan.h5", "a") as file:
        del file["exchange/data_dark"]
    with pytest.raises(ValueError, match="lacks exchange/data_dark, an array; it holds data, data_white, theta"):
        ct.read_data_exchange(tmp_path / "scan.h5")


SHAPES = {"data": (5, 3, 4), "data_white": (2, 3, 4), "data_dark": (1, 3, 4)}


@pytest.mark.parametrize(
    ("changes", "rows", "message"),
    [
        ({"data": None}, slice(None), r"scan.h5 lacks exchange/data, an array; it holds data_dark, data_white"),
        ({"data": (5, 4)}, slice(None), r"exchange/data must have shape \(images, v, u\), got \(5, 4\)"),
        ({"data_white": (2, 3, 5)}, slice(None), r"data_white must .* of the detector of exchange/data, \(3, 4\), got"),
        ({"data_dark": (0, 3, 4)}, slice(None), r"exchange/data_dark must have shape .*, got \(0, 3, 4\)"),
        ({"theta": (4,)}, slice(None), r"exchange/theta must have shape \(5,\), one for each view, got \(4,\)"),
        ({"theta": ()}, slice(None), r"exchange/theta must have shape \(5,\), one for each view, got \(\)"),
        ({}, slice(3, 9), "rows must select some of the 3 rows of .*scan.h5, got slice"),
        ({}, 2, r"rows must be a slice, such as slice\(100, 110\), got 2"),
    ],
)
def test_scans_that_do_not_fit(changes, rows, message, tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        for name, shape in (SHAPES | changes).items():
            if shape is not None:
                file[f"exchange/{name}"] = np.ones(shape)
    with pytest.raises((ValueError, TypeError), match=message):
        ct.read_data_exchange(tmp_path / "scan.h5", rows=rows)


def test_files_that_are_no_scans(tmp_path):
    h5py = pytest.importorskip("h5py")
    with pytest.raises(FileNotFoundError, match=r"missing\.h5"):
        ct.read_data_exchange(tmp_path / "missing.h5")
    with pytest.raises(IsADirectoryError, match="Is a directory"):
        ct.read_data_exchange(tmp_path)
    for wrong in (None, 3, np.ones(3)):
        with pytest.raises(TypeError, match="path must be the name of a file, got"):
            ct.read_data_exchange(wrong)
    (tmp_path / "words.h5").write_text("not HDF5")
    with pytest.raises(ValueError, match=r"words\.h5 is no HDF5 file: a scan in the Data Exchange format is due"):
        ct.read_data_exchange(tmp_path / "words.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["entry/data"] = np.ones(3)
    with pytest.raises(ValueError, match=r"other\.h5 lacks exchange/data, an array; it holds entry"):
        ct.read_data_exchange(tmp_path / "other.h5")
    with h5py.File(tmp_path / "whole.h5", "w") as file:
        for name, shape in SHAPES.items():
            file[f"exchange/{name}"] = np.ones(shape)
    (tmp_path / "cut.h5").write_bytes((tmp_path / "whole.h5").read_bytes()[:-900])
    with pytest.raises(OSError, match=r"cut\.h5 cannot be read, it is damaged: "):
        ct.read_data_exchange(tmp_path / "cut.h5")

"""Files of NXtomo, and files that are for another reader or for none."""

import numpy as np
import pytest
from hdf5_scans import COUNTS, FRAMES, KEYS, TURNS, write_entry

from coarea import ct


def read_nexus(file, **options):
    file.flush()
    return ct.read_nxtomo(file.filename, **options)


def test_nxtomo_files_are_sorted_by_their_key(nexus):
    found = read_nexus(nexus)
    projections = [2, 3, 5, 7, 8]
    assert np.array_equal(found.counts, FRAMES[projections])
    assert found.counts.dtype.isnative
    assert np.array_equal(found.flat, FRAMES[[1, 6]])
    assert np.array_equal(found.dark, FRAMES[[0]])
    np.testing.assert_allclose(found.angles, np.radians(np.array(projections) * 20.0))
    few = read_nexus(nexus, views=slice(1, 5, 2), rows=slice(2, 3))
    assert np.array_equal(few.counts, FRAMES[[3, 7], 2:3])
    assert np.array_equal(few.flat, FRAMES[[1, 6], 2:3])
    np.testing.assert_allclose(few.angles, np.radians([60, 140]))
    np.testing.assert_allclose(read_nexus(nexus, angles=TURNS).angles, TURNS)
    nexus["entry0000/sample/rotation_angle"].attrs["units"] = "rad"
    with pytest.warns(UserWarning, match="more than two turns"):
        beam = read_nexus(nexus).parallel_beam()
    np.testing.assert_allclose(beam.angles, np.array(projections) * 20.0)


def test_images_taken_once_more_for_alignment_are_left_out(nexus):
    nexus["entry0000/instrument/detector/image_key_control"] = [*KEYS[:-1], -1]
    assert np.array_equal(read_nexus(nexus).counts, FRAMES[[2, 3, 5, 7]])


def test_entries_of_nxtomo_files(nexus):
    nexus["alias"] = 3
    assert len(read_nexus(nexus, entry="/entry0000/")) == 5
    write_entry(nexus, "entry0001/tomo_entry")  # as some beamlines nest it
    with pytest.raises(ValueError, match=r"entry must be given, .* holds several: entry0000, entry0001/tomo_entry"):
        read_nexus(nexus)
    assert len(read_nexus(nexus, entry="entry0001/tomo_entry")) == 5
    with pytest.raises(ValueError, match=r"entry must be one of entry0000, entry0001/tomo_entry in .*, got 'other'"):
        read_nexus(nexus, entry="other")
    with pytest.raises(TypeError, match="entry must be the name of an entry, got 3"):
        read_nexus(nexus, entry=3)


DETECTOR = "entry0000/instrument/detector"


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        (f"{DETECTOR}/image_key", [2, 1, 0, 0, 4, 0, 1, 0, 0], r"image_key must be 0 .* or 3 \(invalid\), got 4"),
        (f"{DETECTOR}/image_key", [0, 1], r"image_key must have shape \(9,\), one for each image, got \(2,\)"),
        (f"{DETECTOR}/image_key", [1] * 9, r"holds no projections, of image_key 0; its keys are \[1\]"),
        (f"{DETECTOR}/image_key", [0] * 9, r"holds no flat images, of image_key 1; its keys are \[0\]"),
        (f"{DETECTOR}/image_key", None, "lacks ENTRY/instrument/detector/image_key; it holds entry0000: an NXtomo"),
        (f"{DETECTOR}/data", np.ones((9, 3)), r"data must have shape \(images, v, u\), got \(9, 3\)"),
        (f"{DETECTOR}/data", None, r"instrument/detector/data must have shape \(images, v, u\), got None"),
        ("entry0000/sample/rotation_angle", None, "lacks sample/rotation_angle: give angles=, 5 of them in radians"),
        ("entry0000/sample/rotation_angle", np.arange(5), r"must have shape \(9,\), one for each image, got \(5,\)"),
        ("entry0000/sample/rotation_angle", np.full(9, np.nan), "sample/rotation_angle must be finite"),
    ],
)
def test_nxtomo_files_that_do_not_fit(path, values, message, nexus):
    del nexus[path]
    if values is not None:
        nexus[path] = values
    with pytest.raises(ValueError, match=message):
        read_nexus(nexus)


def test_nxtomo_files_without_dark_images(nexus):
    nexus[f"{DETECTOR}/image_key"][0] = 3
    with pytest.warns(UserWarning, match="holds no dark images: 0 is taken for them"):
        assert read_nexus(nexus).dark == 0
    nexus[f"{DETECTOR}/dangling"] = nexus[DETECTOR]["data"].ref  # what is no group is no entry


def test_files_that_are_no_scans(tmp_path, exchange, nexus):
    h5py = pytest.importorskip("h5py")
    exchange.flush(), nexus.flush()
    for read_file in (ct.read_data_exchange, ct.read_nxtomo, ct.read_scan):
        with pytest.raises(FileNotFoundError, match=r"missing\.h5"):
            read_file(tmp_path / "missing.h5")
        for wrong in (None, 3, np.ones(3)):
            with pytest.raises(TypeError, match="path must be the name of a file, got"):
                read_file(wrong)
    with pytest.raises(IsADirectoryError, match="Is a directory: read_tiff_stack reads it"):
        ct.read_data_exchange(tmp_path)
    (tmp_path / "words.h5").write_text("not HDF5")
    with pytest.raises(ValueError, match=r"words\.h5 is no HDF5 file: a scan in the Data Exchange format is due"):
        ct.read_data_exchange(tmp_path / "words.h5")
    with pytest.raises(ValueError, match=r"words\.h5 must be a scan of Data Exchange, .* it is none of them"):
        ct.read_scan(tmp_path / "words.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["entry/data"] = np.ones(3)
    with pytest.raises(ValueError, match=r"other\.h5 lacks exchange/data, an array; it holds entry"):
        ct.read_data_exchange(tmp_path / "other.h5")
    with pytest.raises(ValueError, match=r"other\.h5 must be a scan of .*: it is HDF5 of another layout"):
        ct.read_scan(tmp_path / "other.h5")
    with pytest.raises(ValueError, match=r"is of the kind Data Exchange: read_data_exchange reads it"):
        ct.read_nxtomo(exchange.filename)
    with pytest.raises(ValueError, match=r"is of the kind NXtomo: read_nxtomo reads it"):
        ct.read_data_exchange(nexus.filename)
    exchange.close(), nexus.close()
    whole = (tmp_path / "scan.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(whole[:-900])
    for read_file in (ct.read_data_exchange, ct.read_scan):
        with pytest.raises(OSError, match=r"cut\.h5 cannot be read, it is damaged: "):
            read_file(tmp_path / "cut.h5")


def test_any_scan_is_read_by_what_it_holds(exchange, nexus, tmp_path):
    exchange.flush(), nexus.flush()
    (tmp_path / "a.bin").write_bytes((tmp_path / "scan.h5").read_bytes())
    assert np.array_equal(ct.read_scan(tmp_path / "a.bin", rows=slice(1)).counts, COUNTS[:, :1])
    assert np.array_equal(ct.read_scan(nexus.filename, views=slice(1)).counts, FRAMES[2:3])
    for option in ("flats", "darks"):
        with pytest.raises(ValueError, match=f"{option} goes with TIFF files, .* has its own"):
            ct.read_scan(nexus.filename, **{option: 3})

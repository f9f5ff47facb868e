"""The value Scan, and HDF5 files: Data Exchange and NXtomo."""

import warnings
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from coarea import ct
from coarea.ct.readers import hdf5

COUNTS = np.random.default_rng(0).integers(1, 999, (5, 3, 4)).astype(np.uint16)
TURNS = np.arange(5) * np.pi / 5


def scan(**changes):
    return ct.Scan(**{"counts": COUNTS, "flat": 1000.0, "dark": 0.0, "angles": TURNS, "source": "here"} | changes)


def test_a_scan_is_a_value_that_does_not_change():
    one = scan(flat=np.full((3, 4), 1000), dark=np.zeros((2, 3, 4)))
    assert repr(one) == "Scan(5 views over 180 degrees, 3 x 4 bins, uint16, 1 flat, 2 dark, here)"
    assert repr(scan()) == "Scan(5 views over 180 degrees, 3 x 4 bins, uint16, flat 1000, dark 0, here)"
    assert repr(scan(counts=COUNTS[:1], angles=[0.5], source="")).startswith("Scan(1 views over 0 degrees")
    assert len(one) == 5
    assert one == one  # noqa: PLR0124
    assert one != scan()
    assert len({one, one, scan()}) == 2
    with pytest.raises(FrozenInstanceError):
        one.flat = 3.0
    for array in (one.counts, one.flat, one.dark, one.angles):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert COUNTS.flags.writeable
    assert one.flat.shape == (1, 3, 4)


def test_line_integrals_of_a_scan():
    given = scan(flat=np.full((2, 3, 4), 1000), dark=1.0)
    expected = ct.line_integrals(COUNTS, 1000, 1)
    assert np.array_equal(given.line_integrals(), expected)
    fan = ct.FanBeam(angles=TURNS, n_detectors=4, source_to_axis=5, source_to_detector=9)
    assert scan(counts=COUNTS[:, :1], geometry=fan).line_integrals().shape == (5, 4)
    parallel = ct.ParallelBeam(angles=TURNS, n_detectors=4)
    assert scan(geometry=parallel).line_integrals().shape == (5, 3, 4)


def test_views_keep_their_angles_and_their_geometry():
    cone = ct.ConeBeam(angles=TURNS, detector_shape=(3, 4), source_to_axis=5, source_to_detector=9)
    for views in (slice(None, None, 2), [0, 2, 4], np.array([0, 2, 4])):
        few = scan(geometry=cone).views(views)
        assert np.array_equal(few.counts, COUNTS[::2])
        assert np.array_equal(few.angles, TURNS[::2])
        assert few.geometry == cone[::2]
        assert scan(geometry=cone.vectors()).views(views).geometry == cone[::2].vectors()
        assert (few.flat, few.dark, few.source) == (1000, 0, "here")
    with pytest.raises(ValueError, match="views must select some of the 5 views"):
        scan().views(slice(7, 9))
    with pytest.raises(IndexError, match="views must be a slice or integers from 0 to 4"):
        scan().views([5])
    with pytest.raises(TypeError, match="views must be a slice or a sequence, got None"):
        scan().views(None)


def test_parallel_beam_of_a_scan():
    assert scan().parallel_beam() == ct.ParallelBeam(angles=TURNS, n_detectors=4)
    beam = scan().parallel_beam(1.0)
    assert beam.columns()[1] == 0  # the axis is seen at u = 0
    assert beam == ct.ParallelBeam(angles=TURNS, n_detectors=4, detector_offset=0.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"counts": COUNTS[0]}, r"counts must have shape \(view, v, u\), got \(3, 4\): give counts\[:, None\]"),
        ({"counts": COUNTS[:0]}, "counts must have shape"),
        ({"counts": COUNTS.astype(complex)}, "counts must have a real dtype"),
        ({"angles": TURNS[:4]}, "angles must be 5 finite numbers, one for each view of counts"),
        ({"angles": TURNS * np.nan}, "angles must be 5 finite numbers"),
        ({"flat": COUNTS[:, :2]}, r"flat must be a number or hold images of shape \(3, 4\), got \(5, 2, 4\)"),
        ({"flat": np.nan}, "flat must be a finite number"),
        ({"dark": "dark"}, "dark must be a finite number"),
        ({"geometry": "cone"}, "geometry must be a FanBeam, a ConeBeam or Vectors, got str"),
        ({"geometry": ct.ParallelBeam(angles=TURNS, n_detectors=3)}, "geometry must have the angles of the scan and"),
        ({"geometry": ct.ParallelBeam(angles=TURNS + 1, n_detectors=4)}, "geometry must have the angles of the scan"),
        ({"geometry": ct.FanBeam(angles=TURNS, n_detectors=4, source_to_axis=5, source_to_detector=9)},
         r"geometry must have .* and \(3, 4\) bins"),
    ],
)  # fmt: skip
def test_scans_whose_parts_do_not_fit(changes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        scan(**changes)


@pytest.fixture
def exchange(tmp_path):
    """A Data Exchange file, which a test may change."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file["exchange/data"], file["exchange/data_white"] = COUNTS, COUNTS[:2] + 1000
        file["exchange/data_dark"] = COUNTS[:1]
        yield file


def read(file, **options):
    file.flush()
    return ct.read_data_exchange(file.filename, **options)


def test_data_exchange_files(exchange):
    found = read(exchange, rows=slice(1, 3))
    assert np.array_equal(found.counts, COUNTS[:, 1:3])
    assert np.array_equal(found.flat, COUNTS[:2, 1:3] + 1000)
    assert np.array_equal(found.dark, COUNTS[:1, 1:3])
    assert found.source == exchange.filename
    np.testing.assert_allclose(found.angles, TURNS)
    exchange["exchange/theta"] = [0.0, 45, 90, 135, 180]
    np.testing.assert_allclose(read(exchange).angles, np.arange(5) * np.pi / 4)
    few = read(exchange, views=slice(1, None, 2), rows=slice(0, 3, 2))
    assert np.array_equal(few.counts, COUNTS[1::2, ::2])
    np.testing.assert_allclose(few.angles, [np.pi / 4, 3 * np.pi / 4])
    np.testing.assert_allclose(read(exchange, angles=TURNS + 1, views=slice(2)).angles, TURNS[:2] + 1)


def test_the_units_of_theta_are_read(exchange):
    for units, factor in (
        ("deg", 1), (b"Degrees ", 1), (np.array([b"degree"]), 1), ("rad", 180 / np.pi), (b"radians", 180 / np.pi),
    ):  # fmt: skip
        exchange["exchange/theta"] = TURNS
        exchange["exchange/theta"].attrs["units"] = units
        np.testing.assert_allclose(read(exchange).angles, np.radians(TURNS * factor))
        del exchange["exchange/theta"]
    exchange["exchange/theta"] = TURNS
    exchange["exchange/theta"].attrs["units"] = "counts"
    with pytest.raises(ValueError, match=r"the units of exchange/theta must be degrees or radians, got 'counts'"):
        read(exchange)


@pytest.mark.parametrize("arc", [np.pi, 2 * np.pi])
def test_angles_without_units_that_look_like_radians(arc, exchange):
    exchange["exchange/theta"] = TURNS / np.pi * arc
    with pytest.warns(UserWarning, match=r"has no units and covers .*, taken for degrees: if these are") as caught:
        found = read(exchange)
    assert caught[0].filename == __file__
    np.testing.assert_allclose(found.angles, np.radians(TURNS / np.pi * arc))


def test_without_dark_images_zero_is_taken_with_a_warning(exchange):
    del exchange["exchange/data_dark"]
    with pytest.warns(UserWarning, match="holds no dark images: 0 is taken for them") as caught:
        assert read(exchange).dark == 0
    assert caught[0].filename == __file__


def test_the_callback_hears_of_all_images(exchange):
    heard = []
    read(exchange, callback=lambda *numbers: heard.append(numbers), views=slice(0, 5, 2))
    assert heard == [(2, 6), (3, 6), (6, 6)]


def test_images_are_read_in_blocks(exchange, monkeypatch):
    monkeypatch.setattr(hdf5, "AT_ONCE", 2 * COUNTS[0].nbytes)
    heard = []
    found = read(exchange, callback=lambda *numbers: heard.append(numbers))
    assert np.array_equal(found.counts, COUNTS)
    assert [done for done, _ in heard] == [2, 3, 5, 7, 8]


def test_axes_in_another_order_are_refused(exchange):
    exchange["exchange/data"].attrs["axes"] = "theta:y:x"
    read(exchange)
    exchange["exchange/data"].attrs["axes"] = "y:theta:x"
    with pytest.raises(ValueError, match=r"exchange/data must have the axes theta:y:x, got y:theta:x"):
        read(exchange)


SHAPES = {"data": (5, 3, 4), "data_white": (2, 3, 4), "data_dark": (1, 3, 4)}


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"data": None}, {}, r"scan.h5 lacks exchange/data, an array; it holds data_dark, data_white"),
        ({"data_white": None}, {}, r"scan.h5 lacks exchange/data_white, an array; it holds data, data_dark"),
        ({"data": (5, 4)}, {}, r"exchange/data must have shape \(images, v, u\), got \(5, 4\)"),
        ({"data_white": (2, 3, 5)}, {}, r"data_white must .* of the detector of exchange/data, \(3, 4\), got"),
        ({"data_dark": (0, 3, 4)}, {}, r"exchange/data_dark must have shape .*, got \(0, 3, 4\)"),
        ({"theta": (4,)}, {}, r"exchange/theta must have shape \(5,\), one for each image, got \(4,\)"),
        ({"theta": ()}, {}, r"exchange/theta must have shape \(5,\), one for each image, got \(\)"),
        ({}, {"rows": slice(3, 9)}, "rows must select some of the 3 rows of .*scan.h5, upwards, got slice"),
        ({}, {"rows": slice(None, None, -1)}, "rows must select some of the 3 rows of .*scan.h5, upwards, got slice"),
        ({}, {"rows": slice("a", None)}, "rows must be a slice of integers"),
        ({}, {"rows": 2}, r"rows must be a slice, such as slice\(100, 110\), got 2"),
        ({}, {"views": 2}, r"views must be a slice, such as slice\(0, None, 6\), got 2"),
        ({}, {"angles": TURNS[:4]}, "angles must be 5 finite numbers, one for each view of .*scan.h5"),
        ({}, {"callback": 3}, "callback must be a function of two numbers, got 3"),
    ],
)
def test_scans_that_do_not_fit(changes, options, message, tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        for name, shape in (SHAPES | changes).items():
            if shape is not None:
                file[f"exchange/{name}"] = np.ones(shape)
    with pytest.raises((ValueError, TypeError), match=message):
        ct.read_data_exchange(tmp_path / "scan.h5", **options)


KEYS = [2, 1, 0, 0, 3, 0, 1, 0, 0]
FRAMES = np.random.default_rng(1).integers(1, 999, (9, 3, 4)).astype(">u2")


@pytest.fixture
def nexus(tmp_path):
    """An NXtomo file, which a test may change."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "scan.nxs", "w") as file:
        write_entry(file, "entry0000")
        yield file


def write_entry(file, entry):
    detector = file.create_group(f"{entry}/instrument/detector")
    detector["data"], detector["image_key"] = FRAMES, KEYS
    file[f"{entry}/sample/rotation_angle"] = np.arange(9) * 20.0
    file[f"{entry}/sample/rotation_angle"].attrs["units"] = "degree"


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


def test_scans_can_be_changed_by_replacing_fields():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert replace(scan(), dark=7.0).dark == 7

"""The value Scan, and files of Data Exchange."""

import warnings
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hdf5_scans import COUNTS, TURNS

from coarea import ct
from coarea.ct.readers import hdf5


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


def test_scans_can_be_changed_by_replacing_fields():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert replace(scan(), dark=7.0).dark == 7

"""Drawings of the CT part."""

import matplotlib as mpl
import numpy as np
import pytest

from coarea import ct
from coarea.ct import plot

mpl.use("Agg")
from matplotlib import pyplot

FAN = {"angles": np.arange(8) * np.pi / 4, "source_to_axis": 30, "source_to_detector": 60}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


@pytest.mark.parametrize(
    "geometry",
    [
        ct.ParallelBeam(angles=[0.4], n_detectors=30),
        ct.FanBeam(n_detectors=40, **FAN),
        ct.ConeBeam(detector_shape=(20, 40), **FAN),
    ],
)
def test_geometry_is_drawn_as_rays_run(geometry):
    ax = plot.show_geometry(geometry, (20, 20))
    drawn = [line.get_xydata() for line in ax.lines]
    detector = next(line.get_xydata() for line in ax.lines if str(line.get_label()).startswith("detector"))
    t = geometry.angles[0]
    assert np.allclose(np.diff(detector, axis=0) @ [-np.sin(t), np.cos(t)], 0)
    rays = [xy for xy in drawn if xy.shape == (2, 2) and not np.array_equal(xy, detector)]
    assert len(rays) == 15
    if not isinstance(geometry, ct.ParallelBeam):
        assert all(np.allclose(ray[0], (0, -30)) for ray in rays)
    assert plot.show_geometry(geometry, (20, 20), ax=ax) is ax


def drawn_by_label(ax):
    return {str(line.get_label()).split(",")[0].split(" (")[0]: line.get_xydata() for line in ax.lines}


def test_vectors_are_drawn_from_all_sides():
    """A helix climbs in the views from the side, and a tilted detector leans."""
    circle = ct.ConeBeam(detector_shape=(21, 41), **FAN).vectors()
    climb = np.arange(8) / 2
    helix = circle.shifted(np.stack([0 * climb, 0 * climb, climb], -1))
    for plane, axes in {"xy": [0, 1], "xz": [0, 2], "yz": [1, 2]}.items():
        ax = plot.show_geometry(helix, (10, 20, 30), plane=plane, view=3)
        drawn = drawn_by_label(ax)
        np.testing.assert_allclose(drawn["source"], helix.sources[:, axes])
        np.testing.assert_allclose(drawn["detector"].mean(0), helix.detector_centers[3, axes])
        assert len(drawn["detector"]) == (41 if plane == "xy" else 21)
        np.testing.assert_allclose(ax.patches[0].get_xy().max(0), np.array([15, 10, 5])[axes])
        assert (ax.get_xlabel(), ax.get_ylabel()) == tuple(plane)
        assert "origin" in drawn
    tilt = np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]])
    leaning = drawn_by_label(plot.show_geometry(circle.rotated(tilt), (10, 20, 30), plane="yz"))["detector"]
    np.testing.assert_allclose(np.diff(leaning, axis=0), [[-0.6, 0.8]] * 20)


def test_parallel_vectors_are_drawn_across_the_image():
    """Wherever their detector is; it is drawn behind the image, as it leans."""
    geometry = ct.Vectors(detector_shape=5, directions=[1, 0], detector_centers=[900, 3], u=[0.5, 2])
    ax = plot.show_geometry(geometry, (20, 20))
    detector = drawn_by_label(ax)["detector"]
    np.testing.assert_allclose(np.diff(detector, axis=0), [[0.5, 2]] * 4)
    np.testing.assert_allclose(detector[:, 1].mean(), 3)
    assert 10 < detector[:, 0].mean() < 30
    rays = [line.get_xydata() for line in ax.lines if len(line.get_xydata()) == 2]
    assert len(rays) == 5
    assert all(ray[0, 0] < -10 and ray[0, 1] == ray[1, 1] for ray in rays)


def test_convergence():
    A = ct.Projector(ct.ParallelBeam(angles=[0, 1, 2], n_detectors=12), (8, 8))
    y = A(np.eye(8))
    results = {"SART": ct.sart(A, y, 5), "ASD-POCS": ct.asd_pocs(A, y, 7)}
    ax = plot.show_convergence(results)
    assert [line.get_label() for line in ax.lines] == ["SART", "ASD-POCS"]
    assert np.array_equal(ax.lines[1].get_ydata(), results["ASD-POCS"].history["residual"])
    assert len(plot.show_convergence(results, "tv").lines) == 1


def test_panels_are_upright_and_clipped():
    image = np.zeros((4, 8))
    image[0], image[3, 7] = 0.5, 7
    picture = plot.panels({"a": image, "b": image}, low=0, high=1)
    assert picture.shape == (160 + plot.CAPTION, 642)
    assert picture.dtype == np.uint8
    assert picture[0, 319] == 255
    assert picture[159, 0] == 128
    assert picture[0, 0] == 0
    assert (picture[160:] < 128).any()  # captions


def test_a_missing_matplotlib_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install coarea\[plot\]"):
        plot.show_geometry(ct.ParallelBeam(angles=[0], n_detectors=3), (2, 2))

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

"""Geometries are values that answer for themselves."""

import json
import pickle

import numpy as np
import pytest
from beams import ANGLES, cone, fan, parallel

from coarea.ct import ParallelBeam, Projector, Vectors, read_geometry, write_geometry

TURNED = cone(angles=[0.1, 0.4]).vectors().rotated([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]])
GEOMETRIES = [
    parallel(), fan(detector_offset=-2), fan(curved=True), cone(detector_offset=(0.1, 1 / 3)), parallel().vectors(),
    fan().vectors(), cone(curved=True).vectors(), cone().vectors().shifted([0, 1 / 3, 2]),
]  # fmt: skip


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=repr)
def test_geometries_are_values(geometry):
    same = geometry[:]
    assert same == geometry
    assert hash(same) == hash(geometry)
    assert pickle.loads(pickle.dumps(geometry)) == geometry
    assert geometry != geometry.projection_shape
    assert geometry[::2] != geometry
    assert len(geometry[::2]) == 5
    assert np.array_equal(geometry[[3, 1]].rays()[1], geometry.rays()[1][[3, 1]])
    assert geometry.projection_shape[0] == len(geometry) == 10
    with pytest.raises(AttributeError, match="does not change"):
        geometry.angles = ANGLES
    for part in (geometry, geometry[2:]):
        array = part.u if isinstance(geometry, Vectors) else part.angles
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError, match="slice or a sequence"):
        geometry[1]


@pytest.mark.parametrize(
    ("make", "options", "match"),
    [
        (parallel, {"angles": []}, "angles"),
        (parallel, {"angles": [[1.0]]}, "angles"),
        (parallel, {"angles": [np.nan]}, "angles"),
        (parallel, {"n_detectors": 0}, "n_detectors must be an integer of at least 1, got 0"),
        (parallel, {"n_detectors": 2**31}, "n_detectors"),
        (parallel, {"n_detectors": 2.5}, "n_detectors"),
        (parallel, {"detector_spacing": 0}, "detector_spacing must be a finite number > 0, got 0"),
        (parallel, {"detector_offset": np.inf}, "detector_offset must be a finite number, got inf"),
        (fan, {"source_to_axis": -1}, "source_to_axis must be a finite number > 0, got -1"),
        (fan, {"source_to_detector": 5}, "source_to_detector must be at least source_to_axis = 13.0, got 5"),
        (cone, {"detector_shape": 5}, "detector_shape must be two numbers"),
        (cone, {"detector_spacing": (1, 0)}, "detector_spacing must be a positive number or one for each of 2 axes"),
        (cone, {"detector_offset": 1.0}, "detector_offset must be two numbers"),
        (fan, {"curved": True, "detector_spacing": 10}, "within 90 degrees of the central ray, got 98.7"),
        (cone, {"curved": True, "detector_offset": (0, 50)}, "within 90 degrees of the central ray, got 11"),
        (cone, {"curved": 2}, "curved must be True or False, got 2"),
    ],
)
def test_refused_geometries(make, options, match):
    with pytest.raises(ValueError, match=match):
        make(**options)


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (parallel, {"angles": ANGLES + 1e-15}),
        (parallel, {"n_detectors": 12}),
        (parallel, {"detector_spacing": 0.91}),
        (parallel, {"detector_offset": 1e-9}),
        (fan, {"source_to_axis": 13.5}),
        (fan, {"source_to_detector": 29.5}),
        (cone, {"detector_shape": (11, 7)}),
        (cone, {"detector_spacing": (1.7, 1.9)}),
        (cone, {"detector_offset": (0, 0.5)}),
        (fan, {"curved": True}),
        (cone, {"curved": True}),
    ],
)
def test_geometries_differ_if_a_field_does(make, other):
    assert make() == make()
    assert make(**other) != make()
    assert hash(make(**other)) != hash(make())


def test_geometries_of_two_classes_differ():
    """Even if all of their fields are the same."""

    class Other(ParallelBeam):
        pass

    assert Other(angles=ANGLES, n_detectors=11, detector_spacing=0.9) != parallel()


def test_representations_are_short():
    half = np.arange(720) * np.pi / 720
    assert repr(ParallelBeam(angles=half, n_detectors=1024)) == "ParallelBeam(720 views over 180 degrees, 1024 bins)"
    assert repr(parallel(angles=[np.pi / 6])) == "ParallelBeam(1 view at 30 degrees, 11 bins of 0.9)"
    assert repr(ParallelBeam(angles=half[::-1], n_detectors=9, detector_offset=-2.5)) == (
        "ParallelBeam(720 views over 180 degrees, 9 bins, offset -2.5)"
    )
    assert repr(fan(angles=2 * half)) == (
        "FanBeam(720 views over 360 degrees, 11 bins of 1.7, source to axis 13, to detector 29)"
    )
    assert repr(cone(angles=2 * half, detector_offset=(0, 1.5))) == (
        "ConeBeam(720 views over 360 degrees, 7 x 11 bins of 1.9 x 1.7, offset 0 x 1.5, "
        "source to axis 13, to detector 29)"
    )
    assert repr(fan(curved=True, angles=[0])) == (
        "FanBeam(1 view at 0 degrees, 11 bins of 1.7, source to axis 13, to detector 29, curved)"
    )
    assert repr(TURNED) == "Vectors(2 views, 7 x 11 bins of 1.9 x 1.7, sources)"
    assert repr(parallel(angles=[0]).vectors()) == "Vectors(1 view, 11 bins of 0.9, parallel rays)"
    A = Projector(parallel(angles=half), (6, 7), spacing=(0.5, 0.25))
    assert repr(A) == f"Projector({A.geometry!r}, image 6 x 7, float32)"


@pytest.mark.parametrize("geometry", [parallel(), fan(), cone()])
def test_what_geometries_answer(geometry):
    """Magnification and the size of the bins at the axis, against the rays."""
    points, ways = geometry.rays()
    apart = np.linalg.norm(np.diff(ways, axis=1), axis=-1) if geometry.is_divergent else geometry.column_spacing
    at_axis = geometry.source_to_axis / geometry.source_to_detector * apart if geometry.is_divergent else apart
    np.testing.assert_allclose(at_axis, geometry.bin_size)
    np.testing.assert_allclose(geometry.bin_size * geometry.magnification, geometry.column_spacing)
    assert geometry.is_divergent == np.array_equal(points[:, 0], points[:, -1])
    np.testing.assert_allclose(np.diff(geometry.columns()), geometry.column_spacing)
    np.testing.assert_allclose(np.diff(geometry.rows()), geometry.row_spacing)
    assert geometry.has_rows == (len(geometry.projection_shape) == 3)
    for ndim in (2, 3):
        if ndim in geometry.image_ndims:
            assert len(Projector(geometry, (3,) * ndim).range_shape) == ndim
        else:
            with pytest.raises(ValueError, match="shape must be"):
                Projector(geometry, (3,) * ndim)


@pytest.mark.parametrize("angles", [np.arange(0, 180, 3), [0, -30, -60], np.arange(0, 14)])
def test_angles_in_degrees_are_warned_of(angles):
    with pytest.warns(UserWarning, match="angles are in radians and reach .* give numpy.radians") as caught:
        ParallelBeam(angles=angles, n_detectors=8)
    assert caught[0].filename == __file__
    ParallelBeam(angles=np.radians(angles), n_detectors=8)
    ParallelBeam(angles=np.linspace(0, 4 * np.pi, 9), n_detectors=8)  # of two turns


def test_parts_of_a_beam_are_not_warned_of_again():
    with pytest.warns(UserWarning, match="reach 59, more than two turns"):
        beam = ParallelBeam(angles=np.arange(60), n_detectors=8)
    assert beam[50:].angles.tolist() == [*range(50, 60)]
    with pytest.raises(ValueError, match="views must select some of the 60 views, got slice"):
        beam[60:]


@pytest.mark.parametrize("geometry", [*GEOMETRIES, TURNED], ids=repr)
def test_files_give_the_same_geometry_back(geometry, tmp_path):
    path = tmp_path / "scan.json"
    write_geometry(path, geometry)
    assert read_geometry(path) == geometry
    write_geometry(str(path), geometry[[1]])  # it replaces another
    assert read_geometry(str(path)) == geometry[[1]]
    assert b"\r" not in path.read_bytes()


def test_files_of_vectors(tmp_path):
    path = tmp_path / "scan.json"
    fields = {"detector_shape": 4, "sources": [[-9, 0], [0, 9]], "detector_centers": [0, 0], "u": [1, 1]}
    path.write_text(json.dumps({"beam": "vectors", **fields}))
    assert read_geometry(path) == Vectors(**fields)
    for text, message in {
        '{"beam": "vectors", "angles_in_degrees": [0]}': 'a beam of vectors has no "angles_in_degrees"$',
        '{"beam": "vectors", "detector_shap": 4}': r'has no "detector_shap" \(did you mean detector_shape\?\)$',
        '{"beam": "vectors", "detector_shape": 4, "u": [1, 1]}': 'a beam of vectors needs "detector_centers"$',
        '{"beam": "vectors", "detector_shape": 4, "u": 1, "detector_centers": [0, 0]}': "give either sources",
    }.items():
        path.write_text(text)
        with pytest.raises(ValueError, match=f"scan.json does not describe a geometry: .*{message}"):
            read_geometry(path)
    with pytest.raises(FileNotFoundError):
        read_geometry(tmp_path / "missing.json")

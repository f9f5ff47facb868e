"""Lines as polygons, GeoJSON and SVG."""

from __future__ import annotations

import builtins
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from test_contours import component_trees, random_images, shape_trees
from test_lines import lines_of, square

import coarea
from coarea import attributes


def features(text: str) -> list[dict[str, Any]]:
    collection = json.loads(text)
    assert collection["type"] == "FeatureCollection"
    assert [feature["id"] for feature in collection["features"]] == list(range(len(collection["features"])))
    return list(collection["features"])


def geometries(text: str) -> np.ndarray:
    return np.array([shapely.geometry.shape(feature["geometry"]) for feature in features(text)], object)


def check_polygons(tree: coarea.Tree) -> None:
    lines = coarea.contours(tree)
    polygons = lines.to_shapely()
    assert len(polygons) == len(tree)
    assert shapely.is_valid(polygons).all()
    assert np.array_equal(shapely.area(polygons), attributes.area(tree))
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(polygons))).all()
    rows, columns = np.indices(lines.shape)
    pixels = shapely.points(columns + 0.5, rows + 0.5)
    for node, polygon in enumerate(polygons):
        assert np.array_equal(shapely.contains(polygon, pixels), tree.mask(node))
    written = geometries(lines.to_geojson())
    assert [one.wkt for one in written] == [one.wkt for one in polygons]


def check_images(seed: int, n: int) -> None:
    for image in random_images(seed, n):
        for tree in (*list(shape_trees(image))[::2], *component_trees(image)):
            check_polygons(tree)


def test_polygons_are_valid_and_hold_the_pixels_of_their_nodes():
    check_images(0, 15)


@pytest.mark.slow
def test_polygons_of_many_images():
    check_images(1, 1000)


@pytest.mark.photograph
@pytest.mark.parametrize("build", [coarea.tree_of_shapes, coarea.max_tree])
def test_polygons_of_a_photograph(build):
    from skimage import data

    image = data.camera()[::2, ::2]
    tree = build(image) if build is coarea.tree_of_shapes else build(image, connectivity=2)
    polygons = coarea.contours(tree).to_shapely()
    assert shapely.is_valid(polygons).all()
    assert np.array_equal(shapely.area(polygons), attributes.area(tree))


def test_parts_that_meet_at_corners_come_apart():
    """Four pixels around a hole that touches all of them: one ring outside and one inside, but no such polygon."""
    tree = coarea.max_tree([[0, 1, 0], [1, 0, 1], [0, 1, 0]], connectivity=2)
    lines = coarea.contours(tree, [1])
    assert lines.is_hole.tolist() == [False, True]
    (four,) = lines.to_shapely()
    boxes = [shapely.box(x, y, x + 1, y + 1) for x, y in ((1, 0), (0, 1), (2, 1), (1, 2))]
    assert four.equals(shapely.MultiPolygon(boxes))
    assert len(four.geoms) == 4
    assert four.is_valid
    holes = lines[lines.is_hole].to_shapely()
    assert holes[0].geom_type == "LineString", "a hole alone is no shape"


def test_rings_in_rings_that_meet_at_corners_keep_their_own_holes():
    row, column = np.indices((23, 31))
    depth = np.minimum.reduce([row, column, 22 - row, 30 - column])
    tree = coarea.max_tree((depth % 2 == 0) | ((row == column) & (row < 11)), connectivity=2)
    assert len(tree) == 2
    check_polygons(tree)
    (rings,) = coarea.contours(tree, [1]).to_shapely()
    assert [len(ring.interiors) for ring in rings.geoms] == [1] * 6


def test_many_rings_that_are_joined_at_corners_keep_their_holes():
    row, column = np.indices((150, 150)) % 4
    rings = (row < 3) & (column < 3) & ((row != 1) | (column != 1)) | (row == 3) & (column == 3)
    (shape,) = coarea.contours(coarea.max_tree(rings, connectivity=2), [1]).to_shapely()
    assert shape.is_valid
    assert shape.area == rings.sum()
    assert sum(len(part.interiors) for part in shape.geoms) == (~rings & (row == 1) & (column == 1))[:149, :149].sum()


def test_open_lines_are_line_strings():
    for image in random_images(2, 20):
        for tree in (coarea.tree_of_shapes(image), coarea.max_tree(image)):
            lines = coarea.contours(tree, frame=False)
            found = lines.to_shapely()
            nodes = list(dict.fromkeys(lines.node.tolist()))
            assert len(found) == len(nodes)
            for node, geometry, record in zip(nodes, found, features(lines.to_geojson()), strict=True):
                own = lines[lines.node == node]
                has_outer = not own.is_hole.all()
                assert geometry.geom_type.endswith("Polygon" if own.closed.all() and has_outer else "LineString")
                assert geometry.is_valid
                assert geometry.length == own.length.sum() == record["properties"]["length"]
                assert record["properties"]["open"] == (not own.closed.all())
                assert shapely.geometry.shape(record["geometry"]).wkt == geometry.wkt


def test_lines_without_nodes_are_features_by_themselves():
    """As isolines are: their insides may be on either hand, and they may touch themselves or enclose nothing."""
    parts = [
        square(0, 0, 6),
        square(1, 1, 2)[::-1],
        [(0.5, 0.5), (1, 3), (2, 0.5)],
        [(3, 3), (3, 5), (4, 4), (5, 5), (5, 3), (4, 4), (3, 3)],
        [(2, 2), (2, 2), (2, 2)],
        [(1, 1), (1, 4), (1, 4), (1, 1)],
        [(5, 0), (5, 0)],
    ]
    closed = np.array([True, True, False, True, True, True, False])
    start = np.cumsum([0, *map(len, parts)])
    parent, is_hole = np.full(7, -1), np.arange(7) == 1
    lines = coarea.Lines(np.concatenate(parts), start, (7, 7), parent, closed, is_hole, level=np.arange(7))
    found = lines.to_shapely()
    assert [one.geom_type for one in found] == [
        "Polygon", "Polygon", "LineString", "MultiPolygon", "MultiPolygon", "MultiPolygon",
        "MultiLineString",
    ]  # fmt: skip
    assert shapely.is_valid(found).all()
    assert shapely.area(found).tolist() == [36, 4, 0, 2, 0, 0, 0]
    assert found[2].wkt == "LINESTRING (1 1, 3.5 1.5, 1 2.5)"
    written = features(lines.to_geojson())
    assert [feature["properties"]["area"] for feature in written] == lines.area.tolist() == [36, 4, 0, 2, 0, 0, 0]
    assert [feature["properties"]["level"] for feature in written] == [0, 1, 2, 3, 4, 5, 6]
    assert written[4]["geometry"] == {"type": "MultiPolygon", "coordinates": []}
    mirrored = lines.to_shapely(transform=(1, 0, 0, 0, -1, 0))
    for polygons in (found, mirrored):
        assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(polygons[[0, 1, 3]]))).all()


def test_eights_come_apart_wherever_they_start():
    """At their waists too; a negative zero is the same place as a positive one."""
    eight = [(-1, -1), (-1, 1), (0.0, 0.0), (1, 1), (1, -1), (-0.0, 0.0)]
    closed, is_hole = np.array([True]), np.array([False])
    for k in range(6):
        ring = [*eight[k:], *eight[: k + 1]]
        (found,) = coarea.Lines(ring, [0, 7], (2, 2), [-1], closed, is_hole).to_shapely()
        assert found.is_valid
        assert [one.area for one in found.geoms] == [1, 1]


def test_a_hole_that_touches_the_outermost_side_is_inside():
    ring = np.array([(0, 0), (0, 4), (4, 4), (4, 2), (2, 3), (2, 1), (4, 2), (4, 0), (0, 0)])
    closed, is_hole = np.array([True]), np.array([False])
    for turn in np.array([[1, 0], [0, 1]]), np.array([[0, 1], [1, 0]]), np.diag([-1, 1]), np.array([[0, -1], [1, 0]]):
        (found,) = coarea.Lines(ring @ turn, [0, 9], (5, 5), [-1], closed, is_hole).to_shapely()
        assert found.is_valid
        assert found.area == 14
        assert [shapely.Polygon(hole).area for hole in found.interiors] == [2]


def test_transforms_move_all_coordinates():
    image = np.zeros((6, 7), np.uint8)
    image[1:5, 1:6] = 3
    image[2:4, 2:4] = 0
    lines = coarea.contours(coarea.max_tree(image))
    plain = lines.to_shapely()
    for six in ((30, 0, 400, 0, -30, 900), (0, 2, 5, 3, 0, -1), (1, 0.5, 0, 0.25, 2, 7)):
        a, b, c, d, e, f = six
        for given in (six, np.array(six), (*six, 0, 0, 1)):
            moved = lines.to_shapely(transform=given)
            expected = [shapely.affinity.affine_transform(one, (a, b, d, e, c, f)) for one in plain]
            assert shapely.equals(moved, expected).all()
            assert shapely.is_ccw(shapely.get_exterior_ring(moved)).all()
            assert not any(ring.is_ccw for polygon in moved for ring in polygon.interiors)
            written = features(lines.to_geojson(transform=given))
            assert [shapely.geometry.shape(one["geometry"]).wkt for one in written] == [one.wkt for one in moved]
            assert np.allclose([one["properties"]["area"] for one in written], shapely.area(moved))
            assert np.allclose([one["properties"]["length"] for one in written], shapely.length(moved))


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ((1, 0, 0, 0, 1), "transform must be six numbers a, b, c, d, e, f"),
        (None, "transform must be six numbers"),
        ((1, 0, 0, 0, np.nan, 0), "transform must be six numbers"),
        ((1, 0, 0, 0, 1, 0, 1, 1, 1), "transform must be six numbers"),
        ((1, 1, 0, 2, 2, 0), "must not fold the plane"),
        ((440720, 60, 0, 3751320, 0, -60), "looks like GDAL's order"),
    ],
)
def test_wrong_transforms(transform, message):
    with pytest.raises(ValueError, match=message):
        lines_of().to_geojson(transform=transform)
    with pytest.raises(ValueError, match=message):
        lines_of().to_shapely(transform=transform)


def test_properties_of_features():
    image = np.array([[0.5, 0.5, 0.5, 0.5], [0.5, 2.5, np.inf, 0.5], [0.5, 0.5, 0.5, 0.5]])
    tree = coarea.tree_of_shapes(image)
    first, second, third = features(coarea.contours(tree).to_geojson())
    assert first["properties"] == {
        "node": 0, "value": 0.5, "polarity": 0, "parent": None, "area": 12, "length": 14, "open": False
    }  # fmt: skip
    assert second["properties"]["parent"] == 0
    assert third["properties"] == {
        "node": 2, "value": None, "polarity": 1, "parent": 1, "area": 1, "length": 4, "open": False
    }  # fmt: skip
    holed = coarea.max_tree(np.pad([[3, 3, 3], [3, 1, 3], [3, 3, 3]], 1))
    record = features(coarea.contours(holed, [2]).to_geojson())[0]
    assert (record["properties"]["area"], record["properties"]["length"]) == (8, 16)
    assert len(record["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, bool, np.uint64])
def test_values_of_every_dtype_are_numbers(dtype):
    lines = coarea.contours(coarea.max_tree(np.array([[0, 1, 1]], dtype)))
    assert [record["properties"]["value"] for record in features(lines.to_geojson())] == [0, 1]


def test_systems_of_coordinates():
    lines = lines_of()
    assert "crs" not in json.loads(lines.to_geojson())
    for name, written in (("EPSG:32633", "urn:ogc:def:crs:EPSG::32633"), ("epsg:4326", "urn:ogc:def:crs:EPSG::4326"),
                          ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84")):  # fmt: skip
        crs = json.loads(lines.to_geojson(crs=name))["crs"]
        assert crs == {"type": "name", "properties": {"name": written}}
    with pytest.raises(TypeError, match=r"crs must be a text .* got 4326: give str\(crs\)"):
        lines.to_geojson(crs=4326)
    with pytest.raises(ValueError, match="crs must be a text"):
        lines.to_geojson(crs=" ")


def test_drawings_have_a_path_for_each_node(tmp_path: Path) -> None:
    for image in random_images(3, 20):
        tree = coarea.max_tree(image)
        for frame in (True, False):
            lines = coarea.contours(tree, frame=frame)
            drawing = ElementTree.fromstring(lines.to_svg(color=(1, 2, 255), linewidth=0.25))
            rows, columns = image.shape
            assert drawing.attrib == {
                "width": str(columns), "height": str(rows), "viewBox": f"0 0 {columns} {rows}"
            }  # fmt: skip
            assert drawing[0].attrib["stroke"] == "#0102ff"
            assert drawing[0].attrib["stroke-width"] == "0.25"
            drawn = [points for path in drawing[0] for points in points_of(path.attrib["d"])]
            expected = [np.flip(points, 1) + 0.5 for points in lines]
            assert [line.tolist() for line in expected] == drawn
            assert [int(path.attrib["data-node"]) for path in drawing[0]] == list(dict.fromkeys(lines.node.tolist()))


def points_of(path: str) -> list[list[list[float]]]:
    """The lines of a path in which each command is one letter with its numbers."""
    lines: list[list[list[float]]] = []
    for word in re.sub("([Mhvlz])", r" \1", path).split():
        if word[:1] in ("M", "l"):
            letter, x = word[0], float(word[1:])
        elif word == "z":
            lines[-1].append(lines[-1][0])
        elif word[:1] in ("h", "v"):
            x, y = lines[-1][-1]
            step = float(word[1:])
            lines[-1].append([x + step, y] if word[0] == "h" else [x, y + step])
        elif word and letter == "M":
            lines.append([[x, float(word)]])
        elif word:
            lines[-1].append([lines[-1][-1][0] + x, lines[-1][-1][1] + float(word)])
    return lines


def test_drawings_round_places_not_steps():
    points = np.stack([np.arange(300) / 3, np.arange(300) / 7], axis=1)
    lines = coarea.Lines(points, [0, 300], (100, 43), [-1], np.array([False]), np.array([False]))
    (drawn,) = points_of(ElementTree.fromstring(lines.to_svg())[0][0].attrib["d"])
    assert np.abs(np.flip(points, 1) + 0.5 - drawn).max() < 0.0051


def test_drawings_of_wide_images_keep_all_digits():
    image = np.zeros((1, 1_234_580), np.uint8)
    image[0, 1_234_567:1_234_569] = 7
    assert 'd="M1234567 0h2v1h-2z"' in coarea.contours(coarea.max_tree(image), [1]).to_svg()
    points = [(0, 0), (0, 1_234_566.75)]
    line = coarea.Lines(points, [0, 2], (1, 1_234_568), [-1], np.array([False]), np.array([False]))
    assert 'd="M0.5 0.5h1234566.75"' in line.to_svg()


def test_files(tmp_path: Path) -> None:
    lines = lines_of()
    for name, write in (("a.svg", lines.to_svg), ("a.geojson", lines.to_geojson)):
        for path in (tmp_path / name, str(tmp_path / name)):
            assert write(path) is None
            assert (tmp_path / name).read_text(encoding="utf-8") == write()


def test_no_lines():
    none = lines_of()[[]]
    assert features(none.to_geojson()) == []
    assert len(ElementTree.fromstring(none.to_svg())[0]) == 0
    assert none.to_shapely().tolist() == []


def test_without_shapely(monkeypatch):
    real_import = builtins.__import__

    def refuse(name: str, *arguments: object, **options: object) -> object:
        if name == "shapely":
            raise ImportError(name)
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r'to_shapely needs shapely: pip install "coarea\[shapely\]"'):
        lines_of().to_shapely()
    assert features(lines_of().to_geojson())


@pytest.mark.parametrize("wrong", ["red", (1, 2), (0, 0, 256), None])
def test_wrong_colours(wrong):
    with pytest.raises(ValueError, match="color must be"):
        lines_of().to_svg(color=wrong)

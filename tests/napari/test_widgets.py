"""The plugin of napari: its functions on layers, its manifest, and its forms in a viewer without a display."""

import importlib
import inspect
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from skimage import data

import coarea
from coarea.napari import widgets


def layer(values, *, rgb=False, **more):
    return SimpleNamespace(data=values, rgb=rgb, name="photo", scale=(2.0, 3.0), translate=(5.0, 7.0), **more)


PLACE = {"scale": (2.0, 3.0), "translate": (5.0, 7.0)}
COINS = data.coins()[:100, :150]


@pytest.mark.parametrize("domain", ["shapes", "pixels"])
def test_filter_of_a_grey_layer_lies_on_it(domain):
    result, options, kind = widgets.denoise(layer(COINS), beta=2, domain=domain)
    assert (result == coarea.denoise_tv_l1(COINS, 2, domain=domain)).all()
    assert (options, kind) == ({**PLACE, "name": "photo: beta 2", "rgb": False}, "image")


def test_filter_of_colors_makes_no_color_and_keeps_opacity():
    photo = data.astronaut()[:40, :50]
    opaque = np.concatenate([photo, np.arange(2000, dtype=np.uint8).reshape(40, 50, 1)], -1)
    for values in (photo, opaque):
        result, options, _ = widgets.denoise(layer(values, rgb=True), beta=3)
        assert options["rgb"]
        assert result.dtype == np.uint8
        assert result.shape == values.shape
        assert (result[..., 3:] == values[..., 3:]).all()
        known = {tuple(color) for color in photo.reshape(-1, 3)}
        assert {tuple(color) for color in result[..., :3].reshape(-1, 3)} <= known
    smooth, _, _ = widgets.denoise(layer(photo, rgb=True), beta=3, fidelity="L2")
    assert smooth.dtype == np.uint8
    exact = coarea.denoise_tv_l2(photo, 3, domain="shapes", channel_axis=-1)
    assert np.abs(smooth - exact).max() <= 0.5


def test_finest_level_of_a_pyramid_counts():
    pyramid = layer([COINS, COINS[::2, ::2]], multiscale=True)
    assert (widgets.denoise(pyramid, beta=2)[0] == coarea.denoise_tv_l1(COINS, 2, domain="shapes")).all()


def test_labels_are_the_outermost_shapes_that_meet_the_conditions():
    image = np.full((20, 30), 50, np.uint8)
    image[2:8, 2:8] = 90
    image[4:6, 4:6] = 200  # inside of another
    image[10:16, 12:18] = 10
    image[3, 20:29] = 255  # too small
    image[12:18, 22:28] = 55  # too faint
    labels, options, kind = widgets.shapes(layer(image), kind="both", min_area=20, max_area=100)
    expected = np.zeros(image.shape, int)
    expected[2:8, 2:8] = labels[2, 2]
    expected[10:16, 12:18] = labels[10, 12]
    assert (labels == expected).all()
    assert sorted(np.unique(labels)) == [0, 1, 2]
    assert (kind, options) == ("labels", {**PLACE, "name": "photo: shapes"})
    assert np.unique(widgets.shapes(layer(image), kind="bright", min_area=20, max_area=100)[0]).size == 2
    assert (widgets.shapes(layer(image), kind="dark", min_area=20, max_area=100)[0] > 0)[10:16, 12:18].all()
    assert not widgets.shapes(
        layer(image), kind="both", min_area=20, max_area=100, min_contrast=10, min_compactness=0.9
    )[0].any()
    assert not widgets.shapes(layer(image), kind="both", min_area=1, max_area=image.size, min_contrast=300)[0].any()
    volume = np.repeat(image[None], 3, 0)
    assert np.unique(widgets.shapes(layer(volume), kind="bright", min_area=50, max_area=300)[0]).size == 2
    with pytest.raises(ValueError, match="min_compactness must be 0 for images that are not planes"):
        widgets.shapes(layer(volume), kind="bright", min_area=50, max_area=300, min_contrast=10, min_compactness=0.5)


def test_too_many_labels_are_refused(monkeypatch):
    monkeypatch.setattr(widgets, "LABELS_MAX", 3)
    with pytest.raises(ValueError, match="shapes meet the conditions, more than 3: raise min_area or min_contrast"):
        widgets.shapes(layer(COINS), kind="both", min_area=1, max_area=5, min_contrast=1)


def test_lines_are_those_of_the_filtered_image():
    paths, options, kind = widgets.lines(layer(COINS), beta=3, meaningful=False)
    tree = coarea.tree_of_shapes(coarea.denoise_tv_l1(COINS, 3, domain="shapes"))
    assert len(paths) == len(coarea.contours(tree))
    assert (kind, options["shape_type"]) == ("shapes", "path")
    assert PLACE.items() <= options.items()
    lengths = [np.linalg.norm(np.diff(path, axis=0), axis=1).sum() for path in paths]
    longest, _, _ = widgets.lines(layer(COINS), beta=3, meaningful=False, max_lines=4)
    assert len(longest) == 4
    assert np.linalg.norm(np.diff(longest[0], axis=0), axis=1).sum() >= np.sort(lengths)[-4]
    meaningful, _, _ = widgets.lines(layer(COINS))
    assert len(meaningful) == len(coarea.meaningful_lines(COINS, beta=3))
    with pytest.raises(ValueError, match=r"image must be a plane, got a layer of shape \(2, 9, 9\)"):
        widgets.lines(layer(np.zeros((2, 9, 9), np.uint8)))


def test_manifest_names_what_is_there():
    manifest = (Path(widgets.__file__).parent / "napari.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^ +python_name: coarea.napari.widgets:(\w+)$", manifest, re.MULTILINE)
    assert sorted(names) == widgets.__all__
    commands = re.findall(r"^ +- id: (\S+)$", manifest, re.MULTILINE)
    assert re.findall(r"^ +- command: (\S+)$", manifest, re.MULTILINE) == commands


def test_napari_takes_the_manifest_the_forms_and_the_layers(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    napari = pytest.importorskip("napari")
    pytest.importorskip("qtpy.QtWidgets", exc_type=ImportError)
    magicgui = pytest.importorskip("magicgui")
    manifest = importlib.import_module("npe2").PluginManifest.from_distribution("coarea")
    manifest.validate_imports()
    coins = napari.layers.Image(COINS, name="coins", scale=(2, 3))
    for name in widgets.__all__:
        function = getattr(widgets, name)
        form = magicgui.magicgui(function)
        assert [field.name for field in form][:-1] == list(inspect.signature(function).parameters)
        made = napari.layers.Layer.create(*function(coins))
        assert made.name.startswith("coins: ")
        assert tuple(made.scale) == (2, 3)

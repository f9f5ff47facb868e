"""Lab in 8 bits."""

from __future__ import annotations

import numpy as np

from coarea.regions._colors import lab8

# Red, green, blue and the Lab values of CIE 1976 for D65, from their definition.
KNOWN = {
    (0, 0, 0): (0, 0, 0),
    (255, 255, 255): (100, 0, 0),
    (255, 0, 0): (53.24, 80.09, 67.20),
    (0, 255, 0): (87.73, -86.18, 83.18),
    (0, 0, 255): (32.30, 79.19, -107.86),
    (119, 119, 119): (50.03, 0, 0),
}


def test_known_colours():
    rgb = np.array(list(KNOWN), np.uint8)
    lightness, green_red, blue_yellow = np.array(list(KNOWN.values())).T
    expected = np.stack([lightness * 2.55, green_red + 128, blue_yellow + 128], -1).round()
    for image in (rgb, rgb[None], rgb * np.uint16(257), rgb / 255, (rgb / 255).astype(np.float32)):
        found = lab8(image)
        assert found.dtype == np.uint8
        assert found.shape == image.shape
        np.testing.assert_array_equal(found.reshape(-1, 3), expected)

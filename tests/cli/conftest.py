"""A folder with photographs to work in."""

from pathlib import Path

import imageio.v3 as iio
import pytest
from terminal import PHOTO


@pytest.fixture
def photo_folder(tmp_path, monkeypatch):
    """Work in a folder that holds photo.png and photos/a.png, b.png and c.npy."""
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    for k, name in enumerate(("photo.png", "photos/a.png", "photos/b.png")):
        iio.imwrite(name, PHOTO[k:])
    return tmp_path

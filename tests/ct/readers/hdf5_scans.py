"""What the HDF5 files of the tests hold."""

import numpy as np

COUNTS = np.random.default_rng(0).integers(1, 999, (5, 3, 4)).astype(np.uint16)
TURNS = np.arange(5) * np.pi / 5
KEYS = [2, 1, 0, 0, 3, 0, 1, 0, 0]
FRAMES = np.random.default_rng(1).integers(1, 999, (9, 3, 4)).astype(">u2")


def write_entry(file, entry):
    detector = file.create_group(f"{entry}/instrument/detector")
    detector["data"], detector["image_key"] = FRAMES, KEYS
    file[f"{entry}/sample/rotation_angle"] = np.arange(9) * 20.0
    file[f"{entry}/sample/rotation_angle"].attrs["units"] = "degree"

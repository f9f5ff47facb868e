"""Differences as matrices: what the tests of total variations share."""

import numpy as np
from scipy import sparse


def difference_matrix(size: int, difference: str, step: float) -> np.ndarray:
    """D along one axis, row by row from the definition."""
    matrix = np.zeros((size, size))
    ahead, behind = {"backward": (0, 1), "forward": (1, 0), "central": (1, 1)}[difference]
    for i in range(size):
        if i + ahead < size and i - behind >= 0:
            matrix[i, i + ahead] += 1 / ((ahead + behind) * step)
            matrix[i, i - behind] -= 1 / ((ahead + behind) * step)
    return matrix


def operators(shape: tuple[int, ...], difference: str, spacing: tuple[float, ...]) -> list[sparse.csr_array]:
    """D_a for all axes of a raveled array, as Kronecker products."""
    found = []
    for axis, step in enumerate(spacing):
        factors = [sparse.eye_array(size) for size in shape]
        factors[axis] = sparse.csr_array(difference_matrix(shape[axis], difference, step))
        product = factors[0]
        for factor in factors[1:]:
            product = sparse.kron(product, factor)
        found.append(sparse.csr_array(product))
    return found

"""Distances of neighbouring regions in the eigenvectors of the graph of regions: what the whole image says of an arc.

Normalised cuts [ShiMalik2000]_ of the graph of superpixels instead of pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import coo_matrix, identity
from scipy.sparse.linalg import eigsh

Doubles = NDArray[np.float64]

DENSE_MAX = 100  # regions up to which all eigenvectors are computed
SHIFT = 1e-3  # below the eigenvalue 0, so that the matrix has an inverse


def spectral_distances(ends: NDArray[np.int64], affinity: Doubles, n_regions: int, n_vectors: int) -> Doubles:
    """The sum over k of |E_k(i) - E_k(j)| for each arc i, j of a connected graph.

    With the affinities W, D = diag(W 1) and 1 - D^-1/2 W D^-1/2 = V diag(lambda) V^T, E_k = D^-1/2 v_k / sqrt(lambda_k)
    times the root of the sum of D, for the `n_vectors` smallest lambda after the first, which is 0, or all there are.
    """
    n_vectors = min(n_vectors, n_regions - 1)
    if n_vectors <= 0:
        return np.zeros(len(ends))
    i, j = ends.T
    graph = coo_matrix((np.tile(affinity, 2), (np.r_[i, j], np.r_[j, i])), shape=(n_regions, n_regions)).tocsc()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    scale = 1 / np.sqrt(degree)
    normal = identity(n_regions, format="csc") - graph.multiply(scale[:, None]).multiply(scale).tocsc()
    if n_regions <= DENSE_MAX:
        values, vectors = eigh(normal.toarray(), subset_by_index=(1, n_vectors))
    else:
        # a start that is none of the eigenvectors, and the same each time
        start = np.sqrt(degree) * (1 + 0.01 * np.cos(np.arange(n_regions)))
        values, vectors = eigsh(normal, n_vectors + 1, sigma=-SHIFT, v0=start, ncv=3 * n_vectors)
        order = np.argsort(values)[1:]
        values, vectors = values[order], vectors[:, order]
    coordinates = vectors * scale[:, None] / np.sqrt(np.maximum(values, 1e-6)) * np.sqrt(degree.sum())
    distances: Doubles = np.abs(coordinates[i] - coordinates[j]).sum(axis=1)
    return distances

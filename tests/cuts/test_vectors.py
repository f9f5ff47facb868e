"""The row kernels of the planes: every instruction set does what NumPy says, or what the others do, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea.cuts import _planes, planes
from coarea.cuts.terms import Term

SETS = range(len(_planes.instruction_sets()))
WIDTHS = (1, 15, 31, 32, 33, 63, 64, 65, 100, 129)  # vectors have 4 to 32 numbers, words 64
PAD, N_ROWS = 2, 3


def random_block(rng: np.random.Generator, dtype: type, width: int, *, span: int):
    """Planes with what may stand anywhere, margins included."""
    limits = np.iinfo(dtype)
    block = planes._aligned_zeros((3, N_ROWS + 2 * PAD, _planes.stride_of(width, limits.bits // 8)), np.dtype(dtype))
    block[...] = rng.integers(max(limits.min, -span), min(limits.max, span) + 1, block.shape)
    return block


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
@pytest.mark.parametrize("instruction_set", SETS)
def test_signs_are_those_of_the_numbers(instruction_set, dtype, rng):
    margin = _planes.margin_of(np.dtype(dtype).itemsize)
    for width in WIDTHS:
        for span in (1, 2**31):
            block = random_block(rng, dtype, width, span=span)
            for plane, offset in ((0, 0), (1, 1), (2, -1), (1, block.shape[2] + 1), (2, -2 * block.shape[2])):
                begin = PAD * block.shape[2] + margin + offset
                shifted = block[plane].ravel()[begin : begin + N_ROWS * block.shape[2] - margin]
                rows = [shifted[y * block.shape[2] :][:width] for y in range(N_ROWS)]
                for negative in (False, True):
                    words = np.empty((N_ROWS, -(-width // 64)), np.uint64)
                    _planes.sign(block, plane, offset, instruction_set, negative, words)
                    bits = np.unpackbits(words.astype("<u8").view(np.uint8), axis=1, count=width, bitorder="little")
                    np.testing.assert_array_equal(bits, np.less(rows, 0) if negative else np.greater(rows, 0))


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
@pytest.mark.parametrize("instruction_set", SETS)
def test_the_supply_is_the_sum_of_the_numbers(instruction_set, dtype, rng):
    limits = np.iinfo(dtype)
    for width in WIDTHS:
        block = random_block(rng, dtype, width, span=2**31)
        for constant in (None, limits.min, limits.max):
            if constant is not None:
                block[0] = constant
            excess = block[0].astype(np.int64)
            expected = excess[excess > 0].sum(), excess[excess < 0].sum()
            assert _planes.supply(block[:1], instruction_set) == expected


@pytest.mark.parametrize("neighbors", [4, 8, 16, 6, 26])
@pytest.mark.parametrize(("weight", "dtype"), [(1, np.int8), (100, np.int16), (10**5, np.int32)])
def test_sweeps_of_all_instruction_sets_leave_the_same_flow(neighbors, weight, dtype, rng):
    ndim = 3 if neighbors in (6, 26) else 2
    capacities = {step: np.asarray(weight) for step in coarea.neighbor_offsets(ndim, neighbors)}
    for width in WIDTHS:
        shape = (*rng.integers(1, 4, ndim - 1), width)
        term = Term.of(rng.integers(0, 8, shape), weight, weight, weight, n_levels=8)
        blocks = []
        for name in _planes.instruction_sets():
            state = planes.Planes(term, capacities, run=map, instruction_set=name)
            _planes.start_levels(state.block, term, width, 4)
            state.sweep()
            blocks.append(state.block)
        assert blocks[0].dtype == dtype
        for block in blocks[1:]:
            np.testing.assert_array_equal(block, blocks[0])

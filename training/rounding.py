"""Matrices → integers of eight bits: the nearest ones, or such that the errors of a column make up for each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVELS = 127
"""The largest integer of a symmetric scale of eight bits."""
PAIR = 128
"""The largest sum of two neighbouring weights of one sign: 255 · 128 still fits 16 signed bits.

Processors with AVX2 or AVX-512 but without VNNI add two products in 16 bits and cut off what is above.
"""
_DAMPING = 0.01
"""Share of the mean square input that is added to every input's, so that inputs which never vary do no harm."""
_AT_ONCE = 128


def to_int8(values: NDArray[np.float32], *, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round to 255 integers, symmetric about zero, with one scale for the values along *axis*."""
    scale = _scale(np.abs(values).max(axis=axis, keepdims=True) / LEVELS)
    return np.clip(np.rint(values / scale), -LEVELS, LEVELS).astype(np.int8), scale


def to_int8_in_pairs(
    matrix: NDArray[np.float32], moments: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round an (inputs, outputs) *matrix*, one scale a column, so that no two neighbours sum to more than :data:`PAIR`.

    Given the second *moments* (inputs, inputs) of the inputs, the error that one weight's rounding makes in the products is
    taken back, as far as it can be, by the weights that are not rounded yet, for inputs go together: GPTQ (Frantar et al.
    2023), which costs nothing when the model runs. Without them, each weight becomes the nearest integer.
    """
    scale = _scale(np.maximum(np.abs(matrix).max(axis=0) / LEVELS, _largest_pair(matrix) / (PAIR - 2)))
    inputs = len(matrix)
    order = np.arange(inputs) if moments is None else np.argsort(-np.diag(moments))  # what matters most first
    place = np.argsort(order)
    follow = np.eye(inputs) if moments is None else _follow(moments[np.ix_(order, order)])
    left = matrix[order].astype(np.float64)
    rounded = np.zeros_like(left)
    for begin in range(0, inputs, _AT_ONCE):
        end = min(begin + _AT_ONCE, inputs)
        errors = np.empty((end - begin, left.shape[1]))
        for row in range(begin, end):
            neighbour = order[row] ^ 1
            other = rounded[place[neighbour]] if neighbour < inputs else np.zeros_like(left[0])  # 0 until it is rounded
            lowest = np.maximum(-LEVELS, -PAIR - np.minimum(other, 0))
            highest = np.minimum(LEVELS, PAIR - np.maximum(other, 0))
            rounded[row] = np.clip(np.rint(left[row] / scale), lowest, highest)
            errors[row - begin] = (left[row] - rounded[row] * scale) / follow[row, row]
            left[row + 1 : end] -= np.outer(follow[row, row + 1 : end], errors[row - begin])
        left[end:] -= follow[begin:end, end:].T @ errors
    return rounded[place].astype(np.int8), scale


def _follow(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how the error of each weight is shared out among those after it: the upper root of the inverse of *moments*."""
    damping = max(_DAMPING * np.diag(moments).mean(), np.finfo(np.float32).tiny)
    root: NDArray[np.float64] = np.linalg.cholesky(np.linalg.inv(moments + np.eye(len(moments)) * damping)).T
    return root


def _largest_pair(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the largest sum of two neighbouring weights of one sign in each column."""
    even = matrix if len(matrix) % 2 == 0 else np.concatenate([matrix, np.zeros_like(matrix[:1])])
    pairs = even.reshape(-1, 2, matrix.shape[1])
    sums = np.maximum(np.maximum(pairs, 0).sum(axis=1), np.maximum(-pairs, 0).sum(axis=1))
    largest: NDArray[np.float32] = sums.max(axis=0)
    return largest


def _scale(step: NDArray[np.float32]) -> NDArray[np.float32]:
    scale: NDArray[np.float32] = np.maximum(step, np.finfo(np.float32).tiny).astype(np.float32)
    return scale

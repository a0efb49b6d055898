"""fp32 ONNX → the same model with its matrices stored in int8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

BLOCK = 32
"""Inputs that share a scale; divides every matrix of every encoder here."""
_LARGE = 100_000
"""Values from which on a lookup table is worth quantising."""


def quantise(full: Path, out: Path, *, block: int | None = BLOCK) -> None:
    """Write a copy of the fp32 model whose matrices are stored in int8, with one fp32 scale a *block* of inputs and output.

    Only the storage is int8: onnxruntime folds the scaling when it loads the model and computes in fp32. Its own dynamic
    quantisation computes in int8 and is faster, but takes one scale for the activations of a whole batch, so that a text's
    probabilities move with its company: ``training/results/quantisation.md``.
    """
    model = onnx.load(str(full))
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in list(model.graph.node):
        if node.op_type == "MatMul" and node.input[1] in tables:
            _quantise_matrix(model.graph, node, tables[node.input[1]], block)
        elif (
            node.op_type == "Gather" and node.input[0] in tables and int(np.prod(tables[node.input[0]].dims)) >= _LARGE
        ):
            _quantise_embedding(model.graph, node, tables[node.input[0]])
    onnx.save(model, str(out))


def _quantise_matrix(graph: onnx.GraphProto, node: onnx.NodeProto, tensor: onnx.TensorProto, block: int | None) -> None:
    matrix = numpy_helper.to_array(tensor)
    blocks = matrix.reshape(-1, block or len(matrix), matrix.shape[1])
    rounded, scale = _to_int8(blocks, axis=1)
    name = tensor.name
    graph.initializer.remove(tensor)
    graph.initializer.extend(
        [
            numpy_helper.from_array(rounded, f"{name}_int8"),
            numpy_helper.from_array(scale, f"{name}_scale"),
            numpy_helper.from_array(np.array(matrix.shape, np.int64), f"{name}_shape"),
        ]
    )
    _insert_before(
        graph,
        node,
        [
            helper.make_node("Cast", [f"{name}_int8"], [f"{name}_cast"], name=f"{name}_cast", to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [f"{name}_mul"], name=f"{name}_mul"),
            helper.make_node("Reshape", [f"{name}_mul", f"{name}_shape"], [name], name=f"{name}_reshape"),
        ],
    )


def _quantise_embedding(graph: onnx.GraphProto, node: onnx.NodeProto, tensor: onnx.TensorProto) -> None:
    """Look rows up in int8 and scale them then, so that the table never stands in memory in fp32."""
    rounded, scale = _to_int8(numpy_helper.to_array(tensor), axis=1)
    name, position = tensor.name, node.input[1]
    graph.initializer.remove(tensor)
    graph.initializer.extend(
        [numpy_helper.from_array(rounded, f"{name}_int8"), numpy_helper.from_array(scale, f"{name}_scale")]
    )
    _insert_before(
        graph,
        node,
        [
            helper.make_node("Gather", [f"{name}_int8", position], [f"{name}_rows"], name=f"{name}_rows"),
            helper.make_node("Cast", [f"{name}_rows"], [f"{name}_cast"], name=f"{name}_cast", to=TensorProto.FLOAT),
            helper.make_node("Gather", [f"{name}_scale", position], [f"{name}_scales"], name=f"{name}_scales"),
            helper.make_node("Mul", [f"{name}_cast", f"{name}_scales"], list(node.output), name=f"{name}_scaled"),
        ],
    )
    graph.node.remove(node)


def _to_int8(values: NDArray[np.float32], *, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round to 255 levels, symmetric about zero, with one scale for the values along *axis*."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True) / 127, np.finfo(np.float32).tiny).astype(np.float32)
    return np.clip(np.rint(values / scale), -127, 127).astype(np.int8), scale


def _insert_before(graph: onnx.GraphProto, node: onnx.NodeProto, new: list[onnx.NodeProto]) -> None:
    at = list(graph.node).index(node)
    for offset, inserted in enumerate(new):
        graph.node.insert(at + offset, inserted)

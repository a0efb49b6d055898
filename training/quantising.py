"""fp32 ONNX → the same model in int8: either computed in integers or only stored in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.activations import Feed, Inputs, inputs_of
from training.integer_encoder import Recipe, replace_encoder, sites
from training.rounding import to_int8

BLOCK = 32
"""Inputs that share a scale; divides every matrix of every encoder here."""
RECIPE = Recipe()
"""What is shipped."""
_LARGE = 100_000
"""Values from which on a lookup table is worth quantising."""


def encoder_inputs(full: Path, batches: Sequence[Feed]) -> dict[str, Inputs]:
    """Describe what goes into the products of the fp32 model's encoder when it reads *batches* of texts."""
    return inputs_of(full, sites(onnx.load(str(full))), batches)


def quantise(full: Path, out: Path, inputs: Mapping[str, Inputs], *, heads: int, recipe: Recipe = RECIPE) -> None:
    """Write a copy of the fp32 model whose encoder, of *heads* heads, computes in integers chosen for such *inputs*.

    onnxruntime's own dynamic quantisation takes one scale for the activations of a whole batch, so that a text's
    probabilities move with its company, and changes more labels: ``training/results/quantisation.md``.
    """
    model = onnx.load(str(full))
    replace_encoder(model, inputs, heads, recipe)
    _quantise_tables(model.graph)
    onnx.save(model, str(out))


def store_in_int8(full: Path, out: Path, *, block: int | None = BLOCK) -> None:
    """Write a copy of the fp32 model whose matrices are stored in int8, with one fp32 scale a *block* of inputs and output.

    Only the storage is int8: onnxruntime folds the scaling when it loads the model and computes in fp32.
    """
    model = onnx.load(str(full))
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in list(model.graph.node):
        if node.op_type == "MatMul" and node.input[1] in tables:
            _quantise_matrix(model.graph, node, tables[node.input[1]], block)
    _quantise_tables(model.graph)
    onnx.save(model, str(out))


def _quantise_tables(graph: onnx.GraphProto) -> None:
    tables = {tensor.name: tensor for tensor in graph.initializer}
    for node in list(graph.node):
        if node.op_type == "Gather" and node.input[0] in tables:
            table = tables[node.input[0]]
            if int(np.prod(table.dims)) >= _LARGE:
                _quantise_embedding(graph, node, table)


def _quantise_matrix(graph: onnx.GraphProto, node: onnx.NodeProto, tensor: onnx.TensorProto, block: int | None) -> None:
    matrix = numpy_helper.to_array(tensor)
    blocks = matrix.reshape(-1, block or len(matrix), matrix.shape[1])
    rounded, scale = to_int8(blocks, axis=1)
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
    rounded, scale = to_int8(numpy_helper.to_array(tensor), axis=1)
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


def _insert_before(graph: onnx.GraphProto, node: onnx.NodeProto, new: list[onnx.NodeProto]) -> None:
    at = list(graph.node).index(node)
    for offset, inserted in enumerate(new):
        graph.node.insert(at + offset, inserted)

"""The layers of an encoder with products of integers: eight bits by eight bits, summed in 32, exact in any order.

Exact on any processor, too: weights are such that no two products overflow the 16 bits in which some add them.

A text's scores must not depend on what it is read with, so no scale is taken from a batch. What query, key and value
are made of is scaled by a constant; what goes into the other products, where single tokens can have values fifty times the
others', token by token: *x* ≈ *s* · *q* with *s* the token's largest value over 127. The rest of a layer is written for speed as
onnxruntime 1.31 was measured on one core (``results/quantisation.md``): its fused kernels for attention, for normalisation
after an addition and for GELU after a bias are slower than their parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.activations import Inputs
from training.rounding import LEVELS, to_int8_in_pairs

Array = NDArray[np.float32]
CONTRIBUTED = "com.microsoft"
QUERY, CONTEXT, WIDENED, INNER = "query", "context", "widened", "inner"
"""The four inputs of a layer's products: of query, key and value; what attention read; of the feed-forward's two."""
_PRODUCTS = {
    QUERY: "attention/self/query",
    CONTEXT: "attention/output/dense",
    WIDENED: "intermediate/dense",
    INNER: "output/dense",
}
_ATTENTION = ("query", "key", "value")
_EMBEDDED = "/encoder/embeddings/LayerNorm/LayerNormalization"
_MIDDLE = 128
"""Zero among unsigned integers: the signed kernels are slow on processors with VNNI."""
_HEADROOM = 1.25
"""Of a constant scale over the largest input measured: what is cut off changes labels, a coarser scale hardly does."""
_LOWEST = 0.17
"""GELU is never below its negative."""


@dataclass(frozen=True)
class Recipe:
    """How the integers are chosen.

    Attributes:
        fixed: the inputs scaled by a constant; the others have a scale a token.
        smoothing: how much of the inputs' unequal sizes goes into the weights, from 0 to 1; ``None`` leaves both alone.
        guided: whether weights are rounded so that their errors make up for each other.
    """

    fixed: frozenset[str] = frozenset({QUERY})
    smoothing: float | None = 0.7
    guided: bool = True


@dataclass(frozen=True)
class _Quantised:
    """Integers, their scale a token or ``None``, and the constants' names of their scale and zero."""

    values: str
    scales: str | None
    scale: str
    zero: str


def layers_of(model: onnx.ModelProto) -> int:
    """Return how many layers the traced encoder has."""
    found = [re.match(r"/encoder/encoder/layer\.(\d+)/", node.name) for node in model.graph.node]
    return 1 + max(int(match.group(1)) for match in found if match)


def sites(model: onnx.ModelProto) -> dict[str, str]:
    """Return the tensors that go into the products of the traced encoder, as ``0.query``, ``0.context`` ..."""
    nodes = {node.name: node for node in model.graph.node}
    return {
        f"{layer}.{site}": nodes[f"/encoder/encoder/layer.{layer}/{product}/MatMul"].input[0]
        for layer in range(layers_of(model))
        for site, product in _PRODUCTS.items()
    }


def replace_encoder(model: onnx.ModelProto, inputs: Mapping[str, Inputs], heads: int, recipe: Recipe) -> None:
    """Put integer products in the place of the traced encoder's layers, which have *heads* heads and were given *inputs*."""
    encoder = _Encoder(model, inputs, heads, recipe)
    encoder.write()
    graph = model.graph
    replaced = encoder.nodes[-1].output[0]
    nodes = [node for node in graph.node if replaced not in node.output]
    at = next(i for i, node in enumerate(nodes) if encoder.begin in node.output) + 1
    nodes[at:at] = encoder.nodes
    wanted, kept = {output.name for output in graph.output}, []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    tensors = [tensor for tensor in [*graph.initializer, *encoder.tensors] if tensor.name in wanted]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(tensors)
    model.opset_import.append(helper.make_opsetid(CONTRIBUTED, 1))


class _Encoder:
    """Writes the nodes and tensors of all layers; tokens are rows, text by text within a place: (places · texts, width).

    That order lets attention read query, key and value where the products left them, without moving them first.
    """

    def __init__(self, model: onnx.ModelProto, inputs: Mapping[str, Inputs], heads: int, recipe: Recipe) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []
        self._old = {node.name: node for node in model.graph.node}
        self._values = {tensor.name: tensor for tensor in model.graph.initializer}
        self._same = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Identity"}
        self._inputs, self._recipe, self._layers = inputs, recipe, layers_of(model)
        self.begin = self._old[_EMBEDDED].output[0]
        self._epsilon = next(a.f for a in self._old[_EMBEDDED].attribute if a.name == "epsilon")
        width = len(self._array(self._old[_EMBEDDED].input[1]))
        self._head_width = width // heads
        self._one = self._constant(np.float32(1))
        self._middle = self._constant(np.uint8(_MIDDLE))
        self._rows = self._constant(np.array([-1, width]))
        states = self._node("Transpose", self.begin, perm=[1, 0, 2])
        both = self._node("Slice", self._node("Shape", states), self._integers(0), self._integers(2))
        self._states_shape = self._node("Concat", both, self._integers(width), axis=0)
        self._heads_shape = self._node("Concat", both, self._integers(heads, self._head_width), axis=0)
        self._states = self._node("Reshape", states, self._rows)
        shape = self._node("Shape", self._states)
        self._tokens = self._node("Slice", shape, self._integers(0), self._integers(1))
        mask = self._node("Sub", self._node("Cast", "attention_mask", to=TensorProto.FLOAT), self._one)
        mask = self._node("Mul", mask, self._constant(np.float32(1e4)))
        self._mask = self._node("Unsqueeze", mask, self._integers(1, 2))
        self._factors = {layer: self._smoothing(layer) for layer in range(self._layers)}

    def write(self) -> None:
        """Write all layers; the last node has the output of the last traced one."""
        states = self._states
        first = self._factors[0][QUERY]
        if first is not None:
            states = self._node("Mul", states, self._constant(1 / first))
        for layer in range(self._layers):
            states = self._layer(layer, states)
        states = self._node("Reshape", states, self._states_shape)
        end = f"/encoder/encoder/layer.{self._layers - 1}/output/LayerNorm/LayerNormalization"
        self.nodes.append(helper.make_node("Transpose", [states], list(self._old[end].output), perm=[1, 0, 2]))

    def _layer(self, layer: int, states: str) -> str:
        factors, after = self._factors[layer], self._factors.get(layer + 1, {}).get(QUERY)
        context = self._attend(layer, states, factors[QUERY])
        name = f"encoder/layer.{layer}/"
        # Attention's weights sum to one, so the bias of the values reaches the next product as it is.
        carried = self._bias(layer, "attention/self/value") @ self._matrix(layer, "attention/output/dense")
        bias = self._bias(layer, "attention/output/dense") + carried
        read = self._product(
            self._fixed_or_by_token(layer, CONTEXT, context),
            self._matrix(layer, "attention/output/dense"),
            bias,
            f"{layer}.{CONTEXT}",
        )
        states = self._normalised(read, states, f"{name}attention/output/LayerNorm", factors[QUERY], factors[WIDENED])
        inner = self._product(
            self._fixed_or_by_token(layer, WIDENED, states, factors[WIDENED]),
            self._matrix(layer, "intermediate/dense"),
            self._bias(layer, "intermediate/dense"),
            f"{layer}.{WIDENED}",
            factors[WIDENED],
        )
        width = self._matrix(layer, "intermediate/dense").shape[1]
        # A reshape to the same shape keeps onnxruntime from fusing bias and GELU, which takes nearly twice as long.
        inner = self._node("Reshape", inner, self._constant(np.array([-1, width])))
        inner = self._node("Gelu", inner, domain=CONTRIBUTED)
        found = self._product(
            self._after_gelu(layer, inner),
            self._matrix(layer, "output/dense"),
            self._bias(layer, "output/dense"),
            f"{layer}.{INNER}",
        )
        return self._normalised(found, states, f"{name}output/LayerNorm", factors[WIDENED], after)

    def _attend(self, layer: int, states: str, factor: Array | None) -> str:
        integers = self._fixed_or_by_token(layer, QUERY, states, factor)
        scale = np.float32(self._head_width**-0.5)
        # A key's bias adds the same to all of a query's scores, so softmax takes it away; that of the values comes later.
        bias = self._bias(layer, "attention/self/query") * scale
        query, key, value = (
            self._node(
                "Reshape",
                self._product(
                    integers,
                    self._matrix(layer, f"attention/self/{name}") * (scale if name == "query" else np.float32(1)),
                    bias if name == "query" else None,
                    f"{layer}.{QUERY}",
                    factor,
                ),
                self._heads_shape,
            )
            for name in _ATTENTION
        )
        places: dict[str, Any] = {"domain": CONTRIBUTED, "transBatchB": 1}
        scores = self._node("FusedMatMul", query, key, transBatchA=1, transB=1, **places)
        shares = self._node("Softmax", self._node("Add", scores, self._mask), axis=-1)
        read = self._node("FusedMatMul", shares, value, **places)
        return self._node("Reshape", self._node("Transpose", read, perm=[2, 0, 1, 3]), self._rows)

    def _normalised(self, new: str, states: str, name: str, now: Array | None, then: Array | None) -> str:
        """Add *new* to *states*, which are divided by the factors *now*, and normalise, divided by the factors *then*."""
        if now is not None:
            states = self._node("Mul", states, self._constant(now))
        parameters = map(self._array, self._old[f"/encoder/{name}/LayerNormalization"].input[1:])
        scaled = [self._constant(values / (1 if then is None else then)) for values in parameters]
        return self._node("LayerNormalization", self._node("Add", new, states), *scaled, axis=-1, epsilon=self._epsilon)

    def _smoothing(self, layer: int) -> dict[str, Array | None]:
        """Return what the inputs that come from a normalisation are divided by, and their weights multiplied with.

        A few of them are large in every text and would leave the others few levels: SmoothQuant (Xiao et al. 2023).
        """
        share = self._recipe.smoothing
        if share is None:
            return {QUERY: None, WIDENED: None}
        found: dict[str, Array | None] = {}
        attention = [self._matrix(layer, f"attention/self/{name}") for name in _ATTENTION]
        for site, matrices in ((QUERY, attention), (WIDENED, [self._matrix(layer, "intermediate/dense")])):
            inputs = np.maximum(self._inputs[f"{layer}.{site}"].largest, 1e-5)
            weights = np.maximum(np.abs(np.concatenate(matrices, axis=1)).max(axis=1), 1e-5)
            factors = np.log(inputs) * share - np.log(weights) * (1 - share)
            found[site] = np.exp(factors - factors.mean()).astype(np.float32)
        return found

    def _fixed_or_by_token(self, layer: int, site: str, states: str, factor: Array | None = None) -> _Quantised:
        if site in self._recipe.fixed:
            largest = self._inputs[f"{layer}.{site}"].largest / (1 if factor is None else factor)
            scale = self._constant(np.float32(max(float(largest.max()), 1e-5) * _HEADROOM / LEVELS))
            return _Quantised(self._node("QuantizeLinear", states, scale, self._middle), None, scale, self._middle)
        highest = self._node("ReduceMax", states, axes=[1], keepdims=0)
        lowest = self._node("Neg", self._node("ReduceMin", states, axes=[1], keepdims=0))
        sizes = self._node("Max", highest, lowest, self._constant(np.float32(1e-5)))
        return self._by_token(states, self._node("Mul", sizes, self._constant(np.float32(1 / LEVELS))), _MIDDLE)

    def _after_gelu(self, layer: int, states: str) -> _Quantised:
        """Most of the levels go to the positive side: below zero, GELU has values down to -0.17 alone."""
        usual = self._inputs[f"{layer}.{INNER}"].usual
        zero = int(np.clip(round(255 * _LOWEST / (_LOWEST + usual)), 8, 120))
        highest = self._node("ReduceMax", states, axes=[1], keepdims=0)
        scales = self._node("Mul", highest, self._constant(np.float32(1 / (255 - zero))))
        return self._by_token(states, self._node("Max", scales, self._constant(np.float32(_LOWEST / zero))), zero)

    def _by_token(self, states: str, scales: str, zero: int) -> _Quantised:
        value = numpy_helper.from_array(np.array([zero], np.uint8))
        zeros = self._node("ConstantOfShape", self._tokens, value=value)
        integers = self._node("QuantizeLinear", states, scales, zeros, axis=0)
        return _Quantised(integers, scales, self._one, self._constant(np.uint8(zero)))

    def _product(
        self, given: _Quantised, matrix: Array, bias: Array | None, site: str, factor: Array | None = None
    ) -> str:
        moments = self._inputs[site].moments
        if factor is not None:
            matrix, moments = matrix * factor[:, None], moments / np.outer(factor, factor)
        rounded, scale = to_int8_in_pairs(matrix, moments if self._recipe.guided else None)
        added = [] if bias is None else [self._constant(bias)]
        product = [given.values, self._constant(rounded), given.scale, self._constant(scale), given.zero, ""]
        if given.scales is None:
            return self._node("MatMulIntegerToFloat", *product, *added, domain=CONTRIBUTED)
        found = self._node("MatMulIntegerToFloat", *product, domain=CONTRIBUTED)
        found = self._node("Mul", found, self._node("Unsqueeze", given.scales, self._integers(1)))
        return self._node("Add", found, *added) if added else found

    def _matrix(self, layer: int, name: str) -> Array:
        return self._array(self._old[f"/encoder/encoder/layer.{layer}/{name}/MatMul"].input[1])

    def _bias(self, layer: int, name: str) -> Array:
        product = self._old[f"/encoder/encoder/layer.{layer}/{name}/MatMul"].output[0]
        added = self._old[f"/encoder/encoder/layer.{layer}/{name}/Add"].input
        return self._array(next(name for name in added if name != product))

    def _array(self, name: str) -> Array:
        while name not in self._values:  # the tracer keeps one of several equal tensors
            name = self._same[name]
        array: Array = numpy_helper.to_array(self._values[name])
        return array

    def _integers(self, *values: int) -> str:
        return self._constant(np.array(values))

    def _constant(self, value: Any) -> str:
        name = f"integer_encoder/constant_{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def _node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"integer_encoder/{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes))
        return name

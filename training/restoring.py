"""Model folder → a run: the network in fp32 again, to be trained further when the run that it came from is gone.

The weights are those that the model computes with, so a restored network answers as the model does, but for the rounding
of activations. What :mod:`training.integer_encoder` moved from the inputs of a product into its weights is moved back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import BertConfig

from relationtypes.artefact import TOKENIZER as MODEL_TOKENIZER
from relationtypes.artefact import WEIGHTS as MODEL_WEIGHTS
from relationtypes.artefact import open_artefact
from relationtypes.errors import ArgumentError
from training.config import LexicalConfig, TrainConfig
from training.network import PAD
from training.runs import DESCRIPTION, SEEN, TOKENIZER, WEIGHTS

Array = NDArray[np.float32]
_PREFIX = "network."
_QUERY, _WIDENED = "attention.self.query", "intermediate.dense"
_PRODUCTS = (_QUERY, "attention.self.key", "attention.self.value", "attention.output.dense", _WIDENED, "output.dense")
"""The products of a layer, in the order in which the graph has them."""
_DIVIDED = {**dict.fromkeys(_PRODUCTS[:3], 0), _WIDENED: 1}
"""Those whose inputs can be divided, and by what the first or the second normalisation of the layer is given."""


def restore(model: Path, out: Path, *, seen: Iterable[str], stages: Sequence[dict[str, Any]] = ()) -> Path:
    """Write the network of the model folder *model* to *out* as a run that training can go on from; return *out*.

    Args:
        model: what `export` wrote.
        out: the run's folder.
        seen: hashes (:func:`training.duplicates.copy_hash`) of the texts that the model was trained on.
        stages: manifests of the texts of each stage of its training, for the model card of what will come of it.

    Raises:
        ArgumentError: if its encoder does not compute in integers.
    """
    artefact = open_artefact(model)
    graph = _Graph(onnx.load(str(model / MODEL_WEIGHTS)).graph)
    state = {**graph.tables(), **graph.layers()}
    state["rating_head.weight"] = np.zeros((1, state["heads.0.weight"].shape[1]), np.float32)  # it is not shipped
    state["rating_head.bias"] = np.zeros(1, np.float32)
    config = TrainConfig(
        name=artefact.config.name,
        note="restored from a model folder",
        base_model=str(model),
        epochs=0.0,
        max_tokens=artefact.config.max_tokens,
        lexical=graph.lexical(),
    )
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.tensor(values) for name, values in state.items()}, out / WEIGHTS)
    Tokenizer.from_file(str(model / MODEL_TOKENIZER)).save(str(out / TOKENIZER))
    *before, last = stages or [{}]
    description = {
        "config": msgspec.to_builtins(config),
        "encoder": graph.shape(state).to_dict(),
        "base_model": artefact.config.base_model,
        "taxonomy": artefact.config.taxonomy_fingerprint,
        "data": last,
        "before": [{"data": manifest} for manifest in before],
    }
    (out / SEEN).write_text("".join(f"{key}\n" for key in sorted(set(seen))))
    (out / DESCRIPTION).write_text(json.dumps(description, indent=2, sort_keys=True, default=str) + "\n")
    return out


class _Graph:
    """A model's graph, its tensors by name, and who makes and who uses what."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._values |= {n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in graph.node if _is_constant(n)}
        self._maker = {output: node for node in graph.node for output in node.output}
        self._users: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self._users.setdefault(name, []).append(node)
        self._products = [node for node in graph.node if node.op_type == "MatMulIntegerToFloat"]
        every = [node for node in graph.node if node.op_type == "LayerNormalization"]
        self._embedded, *self._norms = every
        if not self._products or 2 * len(self._products) != len(_PRODUCTS) * len(self._norms):
            raise ArgumentError("The model's encoder does not compute in integers; only such a model can be restored.")

    def tables(self) -> dict[str, Array]:
        """Return the tensors that keep their names: embeddings, heads, the lexical branch."""
        found = {}
        for name, array in self._values.items():
            if name.startswith(_PREFIX) and not name.endswith("_scale"):
                own = name.removesuffix("_int8")
                values = array * self._values[f"{own}_scale"] if name.endswith("_int8") else array
                found[own.removeprefix(_PREFIX)] = values.astype(np.float32)
        return found

    def layers(self) -> dict[str, Array]:
        """Return the weights and biases of all layers."""
        divided = [self._divided_by(norm) for norm in self._norms]
        found: dict[str, Array] = {}
        for at, node in enumerate(self._products):
            layer, place = divmod(at, len(_PRODUCTS))
            product = _PRODUCTS[place]
            matrix = self._values[node.input[1]] * self._values[node.input[3]]
            if product in _DIVIDED:
                matrix = matrix / divided[2 * layer + _DIVIDED[product]][:, None]
            scale = np.sqrt(self._heads()[1]) if product == _QUERY else 1.0
            name = f"encoder.encoder.layer.{layer}.{product}"
            found[f"{name}.weight"] = np.ascontiguousarray((matrix * scale).T.astype(np.float32))
            bias = self._bias(node)
            found[f"{name}.bias"] = np.zeros(matrix.shape[1], np.float32) if bias is None else bias * np.float32(scale)
        for at, norm in enumerate(self._norms):
            layer, second = divmod(at, 2)
            name = f"encoder.encoder.layer.{layer}.{'output' if second else 'attention.output'}.LayerNorm"
            after = divided[at + 1] if at + 1 < len(self._norms) else np.float32(1)
            for kind, source in zip(("weight", "bias"), norm.input[1:], strict=True):
                found[f"{name}.{kind}"] = (self._values[source] * after).astype(np.float32)
        return found

    def shape(self, state: dict[str, Array]) -> BertConfig:
        """Return the shape of the encoder whose weights are *state*."""
        words, positions, segments = (
            state[f"encoder.embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        return BertConfig(
            vocab_size=len(words),
            hidden_size=words.shape[1],
            num_hidden_layers=len(self._norms) // 2,
            num_attention_heads=int(self._heads()[0]),
            intermediate_size=len(state[f"encoder.encoder.layer.0.{_WIDENED}.weight"]),
            max_position_embeddings=len(positions),
            type_vocab_size=len(segments),
            layer_norm_eps=next(a.f for a in self._embedded.attribute if a.name == "epsilon"),
            pad_token_id=PAD,
        )

    def lexical(self) -> LexicalConfig:
        """Return the config of the branch of n-grams; that of none when the model has none."""
        softplus = next((node for node in self._maker.values() if node.op_type == "Softplus"), None)
        if softplus is None:
            return LexicalConfig()
        weighted = self._users[softplus.output[0]][0]
        weight = -float(self._values[weighted.input[1]])
        buckets = len(self._values[f"{_PREFIX}lexical.squares.weight_scale"])
        return LexicalConfig(weight=round(weight, 6), buckets=buckets)

    def _heads(self) -> tuple[int, int]:
        """Return how many heads a layer has, and how wide each is: what a query is reshaped to."""
        reshape = self._users[self._products[0].output[0]][0]
        heads, width = self._values[self._maker[reshape.input[1]].input[1]]
        return int(heads), int(width)

    def _divided_by(self, norm: onnx.NodeProto) -> Array:
        """Return what the states were divided by before they were multiplied again for the addition that *norm* follows."""
        added = self._maker[norm.input[0]].input[1]
        factors = self._values.get(self._maker[added].input[1]) if self._maker[added].op_type == "Mul" else None
        width = len(self._values[norm.input[1]])
        return np.ones(width, np.float32) if factors is None else factors

    def _bias(self, product: onnx.NodeProto) -> Array | None:
        """Return the bias of a product, which is part of it or added when it has its tokens' scales; key and value have none."""
        if len(product.input) > 6:
            return self._values[product.input[6]]
        after = self._users[product.output[0]][0]
        if after.op_type == "Mul":
            after = self._users[after.output[0]][0]
        return self._values[after.input[1]] if after.op_type == "Add" else None


def _is_constant(node: onnx.NodeProto) -> bool:
    return node.op_type == "Constant" and node.attribute[0].name == "value"

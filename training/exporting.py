"""Checkpoint → artefact folder: ONNX in fp32, int8, calibrated on the int8 outputs, sealed."""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path

import msgspec
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from relationtypes.artefact import (
    CALIBRATION,
    CARD,
    CONFIG,
    FORMAT_VERSION,
    TOKENIZER,
    WEIGHTS,
    Artefact,
    ModelConfig,
    seal,
)
from relationtypes.calibration import Calibration, HeadCalibration
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import LANGUAGES, Taxonomy, load_taxonomy
from training.calibrating import calibrate
from training.config import TrainConfig
from training.datasets import load_split
from training.fitting import load_checkpoint
from training.network import HEADS, RelationNetwork

_OPSET = 17
_INPUTS = ("input_ids", "attention_mask")
_log = logging.getLogger(__name__)


def export(run: Path, out: Path, *, version: str) -> Path:
    """Write the model trained in *run* to the artefact folder *out*, int8; return *out*."""
    network, tokenizer, config, description = load_checkpoint(run)
    taxonomy = load_taxonomy()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "fp32.onnx"
        to_onnx(network, full)
        quantise(full, out / WEIGHTS)
    tokenizer.save(str(out / TOKENIZER), pretty=False)
    model_config = _model_config(config, taxonomy, base_model=description["base_model"], version=version)
    calibration = calibrate_folder(out, model_config, config, taxonomy)
    _write_json(out / CONFIG, model_config)
    _write_json(out / CALIBRATION, calibration)
    (out / CARD).touch()
    seal(out)
    return out


def to_onnx(network: RelationNetwork, path: Path) -> None:
    """Write *network* in fp32, with any number of texts and tokens."""
    example = torch.full((2, 8), 5), torch.ones(2, 8, dtype=torch.long)
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every shape it follows
        torch.onnx.export(
            _Traced(network).eval(),
            example,
            str(path),
            input_names=list(_INPUTS),
            output_names=list(HEADS),
            dynamic_axes={**dict.fromkeys(_INPUTS, axes), **{name: {0: "texts"} for name in HEADS}},
            opset_version=_OPSET,
            dynamo=False,
        )


def quantise(full: Path, out: Path) -> None:
    """Write an int8 copy of the fp32 model: MatMuls dynamically, per channel; the embedding row by row."""
    quantize_dynamic(
        str(full), str(out), per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"]
    )
    model = onnx.load(str(out))
    _quantise_embedding(model)
    onnx.save(model, str(out))


def _quantise_embedding(model: onnx.ModelProto) -> None:
    """Replace the largest Gather table by int8 rows and one fp32 scale a row.

    onnxruntime's own quantisation gives the whole table one scale, which costs rare words most of their precision.
    """
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    gathers = [node for node in model.graph.node if node.op_type == "Gather" and node.input[0] in tables]
    node = max(gathers, key=lambda gather: int(np.prod(tables[gather.input[0]].dims)))
    table = numpy_helper.to_array(tables[node.input[0]])
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, 1e-12).astype(np.float32)
    rows = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    names = {part: f"{node.input[0]}_{part}" for part in ("int8", "scale", "rows", "cast", "scales")}
    model.graph.initializer.remove(tables[node.input[0]])
    model.graph.initializer.extend(
        [numpy_helper.from_array(rows, names["int8"]), numpy_helper.from_array(scale, names["scale"])]
    )
    replacement = [
        helper.make_node("Gather", [names["int8"], node.input[1]], [names["rows"]], name=names["rows"]),
        helper.make_node("Cast", [names["rows"]], [names["cast"]], name=names["cast"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [names["scale"], node.input[1]], [names["scales"]], name=names["scales"]),
        helper.make_node("Mul", [names["cast"], names["scales"]], list(node.output), name=f"{node.name}_dequantised"),
    ]
    at = list(model.graph.node).index(node)
    model.graph.node.remove(node)
    for offset, new in enumerate(replacement):
        model.graph.node.insert(at + offset, new)


def calibrate_folder(folder: Path, model: ModelConfig, config: TrainConfig, taxonomy: Taxonomy) -> Calibration:
    """Calibrate the int8 model in *folder* on the texts that *config* held out from training."""
    held_out = load_split(config.data, seed=config.seed).held_out
    neutral = HeadCalibration(1.0, ())
    unset = Calibration(neutral, neutral, neutral, neutral, 0.0)
    classifier = FinetunedClassifier(Artefact(folder, model, unset))
    _log.info("calibrating on %d held-out texts", len(held_out))
    return calibrate(classifier.logits([normalise(example.text) for example in held_out]), held_out, taxonomy)


def _model_config(config: TrainConfig, taxonomy: Taxonomy, *, base_model: str, version: str) -> ModelConfig:
    return ModelConfig(
        format_version=FORMAT_VERSION,
        classifier="finetuned.v1",
        name=config.name,
        version=version,
        languages=LANGUAGES,
        taxonomy_version=taxonomy.version,
        taxonomy_fingerprint=taxonomy.fingerprint,
        families=taxonomy.family_ids,
        types=taxonomy.type_ids,
        families_of_types=taxonomy.families_of_types,
        sentiments=SENTIMENTS,
        max_tokens=config.max_tokens,
        base_model=base_model,
    )


def _write_json(path: Path, record: msgspec.Struct) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


class _Traced(nn.Module):
    """The network with a tuple for output, which the tracer needs."""

    def __init__(self, network: RelationNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        logits = self.network.logits(input_ids, attention_mask)
        return tuple(logits[name] for name in HEADS)

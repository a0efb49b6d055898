"""What each way of making the model small and fast costs: size, changed labels, speed, and what the company of a text does."""

from __future__ import annotations

import functools
import math
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

from relationtypes.artefact import TOKENIZER, WEIGHTS, Artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.diagnosing import processor
from relationtypes.normalising import normalise
from relationtypes.records import Probabilities
from relationtypes.taxonomy import load_taxonomy
from training import metrics
from training.activations import MEASURED, Feed, Inputs, feeds
from training.datasets import load_split, unseen
from training.evaluating import Truth, flips, truth_of
from training.exporting import to_onnx
from training.figures import write_figures
from training.integer_encoder import CONTEXT, QUERY, WIDENED
from training.quantising import RECIPE, encoder_inputs, quantise, store_in_int8
from training.runs import load_checkpoint, model_of, seen_by

Way = Callable[[Path, Path], Any]
"""Reads an fp32 model and writes another one."""

_TEXTS = 800
_ALONE = 60
_TIMED, _ROUNDS = 200, 3
_STATIC = 16
"""Batches for onnxruntime's static ranges, which it keeps every activation of."""


def ways(batches: Sequence[Feed], inputs: Mapping[str, Inputs], heads: int) -> dict[str, Way]:
    """Return the ways to convert an fp32 model by name, fp32 itself first.

    Static ranges are chosen on *batches*; *inputs* are what goes into the products of the encoder, which has *heads* heads.
    """

    def integers(**choices: Any) -> Way:
        return functools.partial(quantise, inputs=inputs, heads=heads, recipe=replace(RECIPE, **choices))

    signed = functools.partial(_dynamic, weight_type=QuantType.QInt8)
    return {
        "fp32": lambda full, out: out.write_bytes(full.read_bytes()),
        "integers (shipped)": integers(),
        "integers, inputs not smoothed": integers(smoothing=None),
        "integers, weights to the nearest": integers(guided=False),
        "integers, neither": integers(smoothing=None, guided=False),
        "integers, a scale a token everywhere": integers(fixed=frozenset()),
        "integers, constant scales for the context too": integers(fixed=frozenset({QUERY, CONTEXT})),
        "integers, constant scales but after GELU": integers(fixed=frozenset({QUERY, CONTEXT, WIDENED})),
        "int8 storage, a scale for 32 inputs": store_in_int8,
        "int8 storage, a scale for a column": functools.partial(store_in_int8, block=None),
        "dynamic int8, a scale for a matrix": functools.partial(signed, per_channel=False),
        "dynamic int8, a scale for a column": signed,
        "dynamic int8, unsigned weights": functools.partial(_dynamic, weight_type=QuantType.QUInt8),
        "dynamic int8, seven bits (safe without VNNI)": functools.partial(signed, reduce_range=True),
        "dynamic int8, second product of each layer in fp32": _dynamic_but_widest,
        "static int8, a scale for a column": functools.partial(_static, batches=batches[:_STATIC]),
        "int8 by blocks of 32 of both sides": functools.partial(_block_products, block=32),
        "int8 by blocks of 128 of both sides": functools.partial(_block_products, block=128),
    }


def _dynamic(full: Path, out: Path, *, per_channel: bool = True, **options: Any) -> None:
    quantize_dynamic(full, out, per_channel=per_channel, extra_options={"MatMulConstBOnly": True}, **options)


def _dynamic_but_widest(full: Path, out: Path) -> None:
    """The product after the activation function has the widest range of inputs, so it stays in fp32."""
    products = _products(onnx.load(str(full)))
    widest = max(tensor.dims[0] for _, tensor in products)
    kept = [node.name for node, tensor in products if tensor.dims[0] == widest]
    _dynamic(full, out, weight_type=QuantType.QInt8, nodes_to_exclude=kept)


def _static(full: Path, out: Path, *, batches: Sequence[Feed]) -> None:
    """Ranges of the inputs are fixed beforehand, so a text's company has no part in them."""
    quantize_static(
        full,
        out,
        _Batches(batches),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        activation_type=QuantType.QUInt8,
        extra_options={"MatMulConstBOnly": True},
    )


class _Batches(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, batches: Sequence[Feed]) -> None:
        self._left = iter(batches)

    def get_next(self) -> Feed | None:
        return next(self._left, None)


def _products(model: onnx.ModelProto) -> list[tuple[onnx.NodeProto, onnx.TensorProto]]:
    """Return the products with a constant matrix, and that matrix."""
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    return [
        (node, tables[node.input[1]])
        for node in model.graph.node
        if node.op_type == "MatMul" and node.input[1] in tables
    ]


def _block_products(full: Path, out: Path, *, block: int) -> None:
    """Weights and inputs in int8 with a scale a block of both: onnxruntime's MatMulNBits at accuracy level 4."""
    model = onnx.load(str(full))
    for node, matrix in _products(model):
        _as_block_product(model.graph, node, matrix, block)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, str(out))


def _as_block_product(graph: onnx.GraphProto, node: onnx.NodeProto, tensor: onnx.TensorProto, block: int) -> None:
    matrix = numpy_helper.to_array(tensor)
    inputs, outputs = matrix.shape
    block = min(block, inputs)
    blocks = matrix.T.reshape(outputs, inputs // block, block)
    scales = np.maximum(np.abs(blocks).max(axis=2) / 127, np.finfo(np.float32).tiny).astype(np.float32)
    rounded = (np.clip(np.rint(blocks / scales[:, :, None]), -127, 127) + 128).astype(np.uint8)
    graph.initializer.remove(tensor)
    names = [f"{tensor.name}_int8", f"{tensor.name}_scale"]
    graph.initializer.extend(
        [numpy_helper.from_array(array, name) for array, name in zip((rounded, scales), names, strict=True)]
    )
    product = helper.make_node(
        "MatMulNBits",
        [node.input[0], *names],
        list(node.output),
        domain="com.microsoft",
        K=inputs,
        N=outputs,
        bits=8,
        block_size=block,
        accuracy_level=4,
    )
    at = list(graph.node).index(node)
    graph.node.remove(node)
    graph.node.insert(at, product)


def study(run: Path, model: Path, out: Path) -> Path:
    """Convert the network of *run* in every way, measure each on texts it did not see, and write the figures to *out*.

    Tokenizer and calibration are those of the *model* that was exported from it.
    """
    network, tokenizer, config, _ = load_checkpoint(run)
    artefact = model_of(run, model)
    split = load_split(config.data, seed=config.seed)
    held_out = unseen(split.held_out, seen_by(run))
    examples = random.Random(0).sample(held_out, min(_TEXTS, len(held_out)))
    texts, truth = [normalise(example.text) for example in examples], truth_of(examples, load_taxonomy())
    figures: dict[str, Any] = {"processor": processor(), "n": len(texts), "alone": _ALONE, "ways": {}}
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        to_onnx(network, full)
        batches = feeds(tokenizer, [example.text for example in split.train[:MEASURED]], config.max_tokens)
        heads = network.encoder.config.num_attention_heads
        reference: FinetunedClassifier | None = None
        for number, (name, convert) in enumerate(ways(batches, encoder_inputs(full, batches), heads).items()):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            (folder / TOKENIZER).write_bytes((artefact.folder / TOKENIZER).read_bytes())
            convert(full, folder / WEIGHTS)
            begun = time.perf_counter()
            classifier = FinetunedClassifier(Artefact(folder, artefact.config, artefact.calibration))
            loaded = time.perf_counter() - begun
            if reference is None:
                reference, expected = classifier, classifier.scores(texts).family
            figures["ways"][name] = {
                "megabytes": round((folder / WEIGHTS).stat().st_size / 1e6, 1),
                "load_seconds": round(loaded, 2),
                **_accuracy(classifier, expected, texts, truth),
                **_speed(classifier, reference, texts[:_TIMED]),
            }
            (folder / WEIGHTS).unlink()
            write_figures(out, figures)
    return out


def _accuracy(
    classifier: FinetunedClassifier, expected: Probabilities, texts: list[str], truth: Truth
) -> dict[str, float]:
    together = classifier.scores(texts).family
    alone = np.concatenate([classifier.scores([text]).family for text in texts[:_ALONE]])
    family = together.argmax(axis=1)
    changed = flips(family, expected.argmax(axis=1), truth)
    found = {"moved_by_company": round(float(np.abs(alone - together[:_ALONE]).max()), 4)}
    for lang in ("en", "fr"):
        rows = np.flatnonzero(truth.lang == lang)
        found[f"flips_{lang}"] = changed[lang]
        found[f"macro_f1_{lang}"] = round(metrics.macro_f1(truth.family[rows], family[rows], together.shape[1]), 4)
    return found


def _speed(classifier: FinetunedClassifier, reference: FinetunedClassifier, texts: list[str]) -> dict[str, float]:
    """Time both in turn, several rounds, and keep the best of each: what else the machine does then slows both alike."""
    best = [math.inf, math.inf]
    for _ in range(_ROUNDS):
        for i, timed in enumerate((classifier, reference)):
            begun = time.perf_counter()
            timed.scores(texts)
            best[i] = min(best[i], time.perf_counter() - begun)
    return {"texts_per_second": round(len(texts) / best[0], 1), "times_fp32": round(best[1] / best[0], 2)}

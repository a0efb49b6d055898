"""What each way of making the model small and fast costs: size, changed labels, speed, and what the company of a text does."""

from __future__ import annotations

import functools
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from tokenizers import Tokenizer

from relationtypes.artefact import TOKENIZER, WEIGHTS, Artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.diagnosing import processor
from relationtypes.normalising import normalise
from relationtypes.taxonomy import load_taxonomy
from training import metrics
from training.datasets import load_split, unseen
from training.evaluating import Truth, flips, truth_of
from training.exporting import to_onnx
from training.figures import write_figures
from training.network import padded
from training.quantising import quantise
from training.runs import load_checkpoint, model_of, seen_by

Feed = dict[str, NDArray[np.int64]]
Way = Callable[[Path, Path], Any]
"""Reads an fp32 model and writes another one."""

_TEXTS = 800
_ALONE = 60
_CALIBRATION, _BATCH = 128, 8


def ways(batches: Sequence[Feed]) -> dict[str, Way]:
    """Return the ways to convert an fp32 model by name, fp32 itself first; *batches* are inputs to calibrate static ranges on."""
    signed = functools.partial(_dynamic, weight_type=QuantType.QInt8)
    return {
        "fp32": lambda full, out: out.write_bytes(full.read_bytes()),
        "int8 storage, a scale for 32 inputs (shipped)": quantise,
        "int8 storage, a scale for a column": functools.partial(quantise, block=None),
        "dynamic int8, a scale for a matrix": functools.partial(signed, per_channel=False),
        "dynamic int8, a scale for a column": signed,
        "dynamic int8, unsigned weights": functools.partial(_dynamic, weight_type=QuantType.QUInt8),
        "dynamic int8, seven bits (safe without VNNI)": functools.partial(signed, reduce_range=True),
        "dynamic int8, second product of each layer in fp32": _dynamic_but_widest,
        "static int8, a scale for a column": functools.partial(_static, batches=batches),
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
    network, _, config, _ = load_checkpoint(run)
    artefact = model_of(run, model)
    split = load_split(config.data, seed=config.seed)
    held_out = unseen(split.held_out, seen_by(run))
    examples = random.Random(0).sample(held_out, min(_TEXTS, len(held_out)))
    texts, truth = [normalise(example.text) for example in examples], truth_of(examples, load_taxonomy())
    figures: dict[str, Any] = {"processor": processor(), "n": len(texts), "alone": _ALONE, "ways": {}}
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        to_onnx(network, full)
        feeds = _feeds(artefact, [normalise(example.text) for example in split.train[:_CALIBRATION]])
        reference = np.zeros(0, np.intp)
        for number, (name, convert) in enumerate(ways(feeds).items()):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            (folder / TOKENIZER).write_bytes((artefact.folder / TOKENIZER).read_bytes())
            convert(full, folder / WEIGHTS)
            family, figures["ways"][name] = _measure(
                Artefact(folder, artefact.config, artefact.calibration), texts, truth
            )
            reference = reference if len(reference) else family
            changed = flips(family, reference, truth)
            figures["ways"][name] |= {f"flips_{lang}": changed[lang] for lang in ("en", "fr")}
            (folder / WEIGHTS).unlink()
            write_figures(out, figures)
    return out


def _measure(artefact: Artefact, texts: list[str], truth: Truth) -> tuple[NDArray[np.intp], dict[str, float]]:
    begun = time.perf_counter()
    classifier = FinetunedClassifier(artefact)
    loaded = time.perf_counter() - begun
    classifier.scores(texts[:_ALONE])
    begun = time.perf_counter()
    together = classifier.scores(texts).family
    scored = time.perf_counter() - begun
    alone = np.concatenate([classifier.scores([text]).family for text in texts[:_ALONE]])
    family: NDArray[np.intp] = together.argmax(axis=1)
    return family, {
        "megabytes": round((artefact.folder / WEIGHTS).stat().st_size / 1e6, 1),
        "macro_f1": round(metrics.macro_f1(truth.family, family, together.shape[1]), 4),
        "moved_by_company": round(float(np.abs(alone - together[:_ALONE]).max()), 4),
        "load_seconds": round(loaded, 2),
        "texts_per_second": round(len(texts) / scored, 1),
    }


def _feeds(artefact: Artefact, texts: Sequence[str]) -> list[Feed]:
    tokenizer = Tokenizer.from_file(str(artefact.folder / TOKENIZER))
    tokenizer.enable_truncation(artefact.config.max_tokens)
    rows = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))]
    pairs = [padded(rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH)]
    return [{"input_ids": ids.numpy(), "attention_mask": mask.numpy()} for ids, mask in pairs]

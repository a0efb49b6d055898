"""What goes into the products of an encoder: measured on texts, to choose integer scales by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from relationtypes.normalising import normalise
from training.network import padded
from training.vocabulary import encodings_of

Feed = dict[str, NDArray[np.int64]]
MEASURED = 300
"""Texts of the training that are measured."""
_BATCH = 8


@dataclass
class Inputs:
    """What was seen of the inputs of a product over all tokens.

    Attributes:
        largest: (inputs,), the largest absolute value of each.
        moments: (inputs, inputs), the mean product of each two.
        usual: the median over the tokens of a token's largest value.
    """

    largest: NDArray[np.float32]
    moments: NDArray[np.float64]
    usual: float


def feeds(tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int) -> list[Feed]:
    """Return *texts* as batches that a model takes."""
    own = Tokenizer.from_str(tokenizer.to_str())
    own.no_padding()
    encodings = encodings_of([normalise(text) for text in texts], own, max_tokens)
    rows = sorted((encoding.ids for encoding in encodings), key=len)
    pairs = [padded(rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH)]
    return [{"input_ids": ids.numpy(), "attention_mask": mask.numpy()} for ids, mask in pairs]


def inputs_of(full: Path, sites: Mapping[str, str], batches: Sequence[Feed]) -> dict[str, Inputs]:
    """Run the fp32 model on *batches* and describe, by name, the values of its tensors *sites*; padding does not count."""
    model = onnx.load(str(full))
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(tensor) for tensor in set(sites.values()))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = list(sites)
    largest, moments, peaks, count = {}, {}, {name: [] for name in names}, 0  # type: ignore[var-annotated]
    for batch in batches:
        there = batch["attention_mask"] > 0
        count += int(there.sum())
        for name, values in zip(names, session.run([sites[name] for name in names], batch), strict=True):
            tokens = values[there]
            sizes = np.abs(tokens)
            largest[name] = np.maximum(largest.get(name, 0), sizes.max(axis=0))
            moments[name] = moments.get(name, 0) + (tokens.T @ tokens).astype(np.float64)
            peaks[name].append(sizes.max(axis=1))
    return {
        name: Inputs(largest[name], moments[name] / count, float(np.median(np.concatenate(peaks[name]))))
        for name in names
    }

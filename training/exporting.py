"""Checkpoint → artefact folder: ONNX in int8, calibrated on what it puts out, sealed."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from relationtypes.artefact import (
    CALIBRATION,
    CARD,
    CONFIG,
    FORMAT_VERSION,
    GOLDEN,
    TOKENIZER,
    WEIGHTS,
    Artefact,
    ModelConfig,
    seal,
)
from relationtypes.calibration import Calibration, HeadCalibration, calibrated_scores
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.diagnosing import GoldenText, golden_texts
from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import LANGUAGES, Taxonomy, load_taxonomy
from training.activations import MEASURED, feeds
from training.calibrating import calibrate, choose_stand_ins
from training.config import TrainConfig
from training.counting import with_error_of_counts
from training.datasets import GOLDEN as GOLDEN_TEXTS
from training.datasets import Split, unseen
from training.evaluating import truth_of
from training.network import HEADS, RelationNetwork
from training.quantising import encoder_inputs, quantise
from training.runs import can_be_exported, load_checkpoint, seen_by
from training.sources import Example, read_golden

_OPSET = 17
_INPUTS = ("input_ids", "attention_mask")
EMBEDDING = "embedding"
_OUTPUTS = (*HEADS, EMBEDDING)
_log = logging.getLogger(__name__)


def export(run: Path, split: Split, out: Path, *, version: str) -> Path:
    """Write the model trained in *run* on *split* to the artefact folder *out*, calibrated; return *out*."""
    bare = export_uncalibrated(run, [example.text for example in split.train], out, version=version)
    artefact = _calibrated(bare, unseen(split.held_out, seen_by(run)), load_taxonomy())
    _write_json(out / CONFIG, artefact.config)
    _write_json(out / CALIBRATION, artefact.calibration)
    _write_json(out / GOLDEN, _golden(FinetunedClassifier(artefact)))
    (out / CARD).touch()
    seal(out)
    return out


def export_uncalibrated(run: Path, texts: Sequence[str], out: Path, *, version: str) -> Artefact:
    """Write the network and the tokenizer of *run* to *out*, in integers chosen on the first of *texts*.

    The artefact has no files but these two, and its calibration changes nothing.
    """
    if not can_be_exported(run):
        raise ArgumentError(
            f"The run {str(run)!r} has an encoder that serves to teach: name it in 'teachers' of another training."
        )
    network, tokenizer, config, description = load_checkpoint(run)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "fp32.onnx"
        to_onnx(network, full)
        inputs = encoder_inputs(full, feeds(tokenizer, texts[:MEASURED], config.max_tokens))
        quantise(full, out / WEIGHTS, inputs, heads=network.encoder.config.num_attention_heads)
    tokenizer.save(str(out / TOKENIZER), pretty=False)
    neutral = HeadCalibration(1.0, ())
    model = _model_config(config, load_taxonomy(), base_model=description["base_model"], version=version)
    return Artefact(out, model, Calibration(neutral, neutral, neutral, neutral, 0.0))


def _golden(classifier: FinetunedClassifier) -> list[GoldenText]:
    """Score the golden texts, which nothing is trained on."""
    rows = read_golden(GOLDEN_TEXTS)
    return golden_texts(rows, classifier.scores([normalise(text) for _, _, text in rows]).family)


def export_encoder(
    network: RelationNetwork, tokenizer: Tokenizer, texts: Sequence[str], out: Path, *, max_tokens: int
) -> None:
    """Write the encoder of *network* and the *tokenizer* to the folder *out*, in integers chosen on the first of *texts*."""
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "fp32.onnx"
        to_onnx(network, full, outputs=(EMBEDDING,))
        inputs = encoder_inputs(full, feeds(tokenizer, texts[:MEASURED], max_tokens))
        quantise(full, out / WEIGHTS, inputs, heads=network.encoder.config.num_attention_heads)
    tokenizer.save(str(out / TOKENIZER), pretty=False)


def to_onnx(network: RelationNetwork, path: Path, *, outputs: Sequence[str] = _OUTPUTS) -> None:
    """Write *network* in fp32, with any number of texts and tokens, and these *outputs*."""
    example = torch.full((2, 8), 5), torch.ones(2, 8, dtype=torch.long)
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every shape it follows
        torch.onnx.export(
            _Traced(network, outputs).eval(),
            example,
            str(path),
            input_names=list(_INPUTS),
            output_names=list(outputs),
            dynamic_axes={**dict.fromkeys(_INPUTS, axes), **{name: {0: "texts"} for name in outputs}},
            opset_version=_OPSET,
            dynamo=False,
        )


def _calibrated(bare: Artefact, held_out: Sequence[Example], taxonomy: Taxonomy) -> Artefact:
    """Calibrate the model on texts *held_out* from training, and see which types it tells apart on them."""
    classifier, model = FinetunedClassifier(bare), bare.config
    _log.info("calibrating on %d held-out texts", len(held_out))
    logits = classifier.logits([normalise(example.text) for example in held_out])
    wrong = sum(not np.isfinite(row).all() for row in logits.family)
    if wrong:
        raise ArgumentError(
            f"The model has no finite answer for {wrong} of {len(held_out)} held-out texts: a fault of its export."
        )
    calibration = calibrate(logits, held_out, taxonomy)
    scores = calibrated_scores(
        logits, calibration, family_ids=model.families, type_ids=model.types, families_of_types=model.families_of_types
    )
    calibration = with_error_of_counts(calibration, scores.family.argmax(axis=1), held_out, taxonomy)
    stand_ins = choose_stand_ins(scores, truth_of(held_out, taxonomy))
    _log.info("types not told apart: %s", stand_ins or "none")
    return Artefact(bare.folder, msgspec.structs.replace(model, stand_ins=stand_ins), calibration)


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


def _write_json(path: Path, record: msgspec.Struct | list[GoldenText]) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


class _Traced(nn.Module):
    """The network with a tuple for output, which the tracer needs: the logits of each head, and what they are made of."""

    def __init__(self, network: RelationNetwork, outputs: Sequence[str]) -> None:
        super().__init__()
        self.network, self.outputs = network, outputs
        # The other implementations guard softmax against rows without a token, which a text never is: a tenth of the time.
        network.encoder.set_attn_implementation("eager")

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        logits, pooled = self.network.logits_and_embedding(input_ids, attention_mask)
        found = {**logits, EMBEDDING: pooled}
        return tuple(found[name] for name in self.outputs)

"""A run: the folder that a training leaves, with weights, tokenizer, config, manifest, and what texts it saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, BertModel

from relationtypes.artefact import Artefact, open_artefact
from relationtypes.errors import ArgumentError
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import load_taxonomy
from training.base_model import OURS
from training.config import TrainConfig
from training.datasets import Split
from training.duplicates import copy_hash
from training.lexical import LexicalBranch
from training.network import RelationNetwork

WEIGHTS, TOKENIZER, DESCRIPTION, SEEN = "network.safetensors", "tokenizer.json", "training.json", "seen.txt"
RUN_PREFIX = "run:"


def save_checkpoint(
    network: RelationNetwork, tokenizer: Tokenizer, config: TrainConfig, split: Split, origin: str, out: Path
) -> Path:
    """Write what `export` and `evaluate` need: weights (safetensors), tokenizer, config, manifest, what texts were seen."""
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, out / WEIGHTS)
    tokenizer.save(str(out / TOKENIZER))
    description = {
        "config": msgspec.to_builtins(config),
        "encoder": network.encoder.config.to_dict(),
        "base_model": origin,
        "taxonomy": load_taxonomy().fingerprint,
        "data": split.manifest(),
    }
    seen = {copy_hash(example.text) for example in split.train}.union(*map(seen_by, earlier_runs(config)))
    (out / SEEN).write_text("".join(f"{key}\n" for key in sorted(seen)))
    (out / DESCRIPTION).write_text(json.dumps(description, indent=2, sort_keys=True, default=str) + "\n")
    return out


def earlier_runs(config: TrainConfig) -> list[Path]:
    """Return the runs from the mean of whose weights training with *config* starts; none when it starts from a base model."""
    first = config.base_model
    return (
        [Path(first.removeprefix(RUN_PREFIX)), *map(Path, config.averaged_with)] if first.startswith(RUN_PREFIX) else []
    )


def seen_by(run: Path) -> frozenset[str]:
    """Return the hashes of the texts that *run*, or a run that it started from, was trained on for any label."""
    try:
        return frozenset((run / SEEN).read_text().split())
    except FileNotFoundError:
        raise ArgumentError(f"The run {str(run)!r} has no {SEEN}: what it saw is unknown. Train it again.") from None


def model_of(run: Path, folder: Path) -> Artefact:
    """Open the model folder that was exported from *run*; another one would be measured on texts it may have seen."""
    artefact, name = open_artefact(folder), load_checkpoint_config(run).name
    if artefact.config.name != name:
        raise ArgumentError(
            f"The model in {str(folder)!r} is {artefact.config.name!r}, the run {str(run)!r} is {name!r}. Name the run that the "
            "model was exported from, or export the run first."
        )
    return artefact


def load_checkpoint_config(run: Path) -> TrainConfig:
    """Return the config that *run* was trained with."""
    return msgspec.convert(_description(run)["config"], TrainConfig)


def can_be_exported(run: Path) -> bool:
    """Return whether *run* trained an encoder that the product can read, rather than one that teaches."""
    return bool(_description(run)["encoder"]["model_type"] == OURS)


def stages(run: Path) -> list[dict[str, Any]]:
    """Return the descriptions of *run* and of the runs it started from, the earliest first.

    Of the stages before a model folder that was restored, no more is known than the texts.
    """
    own = _description(run)
    found: list[dict[str, Any]] = list(own.get("before", []))
    for earlier in earlier_runs(load_checkpoint_config(run)):
        found += [stage for stage in stages(earlier) if stage not in found]
    return [*found, own]


def _description(run: Path) -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads((run / DESCRIPTION).read_text())
    except FileNotFoundError:
        raise ArgumentError(f"{str(run)!r} is no run that `fit` finished: it has no {DESCRIPTION}.") from None
    return description


def load_checkpoint(folder: Path) -> tuple[RelationNetwork, Tokenizer, TrainConfig, dict[str, Any]]:
    """Read back what :func:`save_checkpoint` wrote."""
    description, config = _description(folder), load_checkpoint_config(folder)
    shape = AutoConfig.for_model(description["encoder"]["model_type"]).from_dict(description["encoder"])
    encoder: BertModel = AutoModel.from_config(shape, add_pooling_layer=False)  # type: ignore[no-untyped-call]
    network = RelationNetwork(
        encoder, load_taxonomy().families_of_types, len(SENTIMENTS), dropout=config.dropout, loss=config.loss
    )
    if config.lexical.weight:
        network.lexical = LexicalBranch(config.lexical.buckets, len(load_taxonomy().families), config.lexical.weight)
    network.load_state_dict(load_file(folder / WEIGHTS))
    return network.eval(), Tokenizer.from_file(str(folder / TOKENIZER)), config, description

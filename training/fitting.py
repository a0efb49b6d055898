"""TrainConfig + texts → a checkpoint folder: weights, tokenizer, the config and a manifest of the texts.

The loop is `transformers.Trainer`: checkpoints, resuming and length grouping are its work. It runs in bf16 where the
processor multiplies in bf16 (about four times faster than fp32) and in fp32 elsewhere (where bf16 would be slower).
"""

from __future__ import annotations

import functools
import json
import logging
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import datasets
import msgspec
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertConfig, BertModel, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint, set_seed

from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import Taxonomy, load_taxonomy
from training.averaging import MovingAverage
from training.base_model import SPECIAL_TOKENS, BaseModel, load_base_model
from training.config import TrainConfig
from training.datasets import Split, evaluation_texts, load_split, unseen, vocabulary_texts
from training.duplicates import copy_hash
from training.network import IGNORED, RelationNetwork, Targets
from training.sources import Example
from training.vocabulary import build_tokenizer, trim

WEIGHTS, TOKENIZER, DESCRIPTION, SEEN = "network.safetensors", "tokenizer.json", "training.json", "seen.txt"
MOST_REPEATS = 3.0
RUN_PREFIX = "run:"
_PAD, _UNKNOWN = SPECIAL_TOKENS.index("<pad>"), SPECIAL_TOKENS.index("<unk>")

_log = logging.getLogger(__name__)


def fit(config: TrainConfig, out: Path) -> Path:
    """Train as *config* says, resuming from the last checkpoint under *out*; return the folder with the result."""
    set_seed(config.seed)
    taxonomy = load_taxonomy()
    split = load_split(config.data, seed=config.seed)
    _log.info("texts: %s", json.dumps(split.manifest()))
    network, tokenizer, origin = _starting_point(config, split, taxonomy)
    _freeze(network.encoder, config.frozen_layers)
    trainer = Trainer(
        model=network,
        args=_arguments(config, out),
        train_dataset=_encode(draw(split.train, config), tokenizer, taxonomy, config),
        data_collator=functools.partial(collate, token_dropout=config.token_dropout),
        optimizers=(_optimizer(network, config), None),
    )
    if config.average:
        trainer.add_callback(MovingAverage(network, config.average))
    checkpoint = get_last_checkpoint(str(out)) if out.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=checkpoint)
    return save_checkpoint(network, tokenizer, config, split, origin, out)


def build_network(encoder: BertModel, taxonomy: Taxonomy, config: TrainConfig) -> RelationNetwork:
    """Put fresh heads on *encoder*, cut to the layers that *config* keeps."""
    if config.layers is not None:
        encoder.encoder.layer = encoder.encoder.layer[: config.layers]
        encoder.config.num_hidden_layers = config.layers
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = config.encoder_dropout
    return RelationNetwork(
        encoder, taxonomy.families_of_types, len(SENTIMENTS), dropout=config.dropout, loss=config.loss
    )


def _freeze(encoder: BertModel, layers: int) -> None:
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # most rows would see no text
    if layers:
        encoder.embeddings.requires_grad_(False)
        encoder.encoder.layer[:layers].requires_grad_(False)


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
    earlier = config.base_model.removeprefix(RUN_PREFIX) if config.base_model.startswith(RUN_PREFIX) else None
    seen = {copy_hash(example.text) for example in split.train} | (seen_by(Path(earlier)) if earlier else set())
    (out / SEEN).write_text("".join(f"{key}\n" for key in sorted(seen)))
    (out / DESCRIPTION).write_text(json.dumps(description, indent=2, sort_keys=True, default=str) + "\n")
    return out


def seen_by(run: Path) -> frozenset[str]:
    """Return the hashes of the texts that *run*, or a run that it started from, was trained on for any label."""
    try:
        return frozenset((run / SEEN).read_text().split())
    except FileNotFoundError:
        raise ArgumentError(f"The run {str(run)!r} has no {SEEN}: what it saw is unknown. Train it again.") from None


def load_checkpoint_config(run: Path) -> TrainConfig:
    """Return the config that *run* was trained with."""
    return msgspec.convert(_description(run)["config"], TrainConfig)


def stages(run: Path) -> list[dict[str, Any]]:
    """Return the descriptions of *run* and of the runs it started from, the earliest first."""
    description = _description(run)
    base: str = description["config"]["base_model"]
    earlier = stages(Path(base.removeprefix(RUN_PREFIX))) if base.startswith(RUN_PREFIX) else []
    return [*earlier, description]


def _description(run: Path) -> dict[str, Any]:
    description: dict[str, Any] = json.loads((run / DESCRIPTION).read_text())
    return description


def load_checkpoint(folder: Path) -> tuple[RelationNetwork, Tokenizer, TrainConfig, dict[str, Any]]:
    """Read back what :func:`save_checkpoint` wrote."""
    description, config = _description(folder), load_checkpoint_config(folder)
    encoder = BertModel(BertConfig.from_dict(description["encoder"]), add_pooling_layer=False)
    network = RelationNetwork(
        encoder, load_taxonomy().families_of_types, len(SENTIMENTS), dropout=config.dropout, loss=config.loss
    )
    network.load_state_dict(load_file(folder / WEIGHTS))
    return network.eval(), Tokenizer.from_file(str(folder / TOKENIZER)), config, description


def _starting_point(config: TrainConfig, split: Split, taxonomy: Taxonomy) -> tuple[RelationNetwork, Tokenizer, str]:
    """Return a base encoder with fresh heads, or the whole network of an earlier run that saw no text kept out here."""
    if not config.base_model.startswith(RUN_PREFIX):
        base, tokenizer = _base(config, split)
        return build_network(base.encoder, taxonomy, config), tokenizer, base.origin
    folder = Path(config.base_model.removeprefix(RUN_PREFIX))
    earlier, tokenizer, _, description = load_checkpoint(folder)
    seen = seen_by(folder)
    forbidden = [*evaluation_texts(Path(config.data.shared)), *(example.text for example in split.left_out)]
    known = sum(copy_hash(text) in seen for text in forbidden)
    if known or 2 * len(unseen(split.held_out, seen)) < len(split.held_out):
        raise ArgumentError(
            f"The run {str(folder)!r} has seen {known} texts that are left out or evaluated here, or most of those held out. "
            "Give both configs the same seed, 'held_out' and 'leave_out'."
        )
    network = build_network(earlier.encoder, taxonomy, config)
    network.load_state_dict(earlier.state_dict())
    return network, tokenizer, description["base_model"]


def _base(config: TrainConfig, split: Split) -> tuple[BaseModel, Tokenizer]:
    if config.base_model == "tiny":
        return _tiny_base(split, config.vocabulary.size)
    base = load_base_model(config.base_model)
    texts = vocabulary_texts(split, config.data, config.vocabulary.frequent_words)
    return trim(base, texts, size=config.vocabulary.size)


def _tiny_base(split: Split, size: int) -> tuple[BaseModel, Tokenizer]:
    """A random two-layer encoder over the commonest words, for tests of the whole way."""
    words = Counter("▁" + word for example in split.train for word in normalise(example.text).split())
    letters = sorted({character for word in words for character in word})
    scored = [(word, -5.0) for word, _ in words.most_common(size - len(letters) - len(SPECIAL_TOKENS)) if len(word) > 1]
    pieces = [(token, 0.0) for token in SPECIAL_TOKENS] + [(letter, -10.0) for letter in letters] + scored
    shape = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        pad_token_id=_PAD,
    )
    return BaseModel(BertModel(shape, add_pooling_layer=False), pieces, "tiny"), build_tokenizer(pieces)


def _encode(
    examples: Sequence[Example], tokenizer: Tokenizer, taxonomy: Taxonomy, config: TrainConfig
) -> datasets.Dataset:
    tokenizer.enable_truncation(config.max_tokens)
    encodings = tokenizer.encode_batch([normalise(example.text) for example in examples])
    tokenizer.no_truncation()
    place = {name: i for i, name in enumerate(taxonomy.type_ids)}
    breach = {None: IGNORED, False: 0, True: 1}
    rows = [
        {
            "input_ids": encoding.ids,
            "length": len(encoding.ids),
            "family": _family_target(example, taxonomy, config.loss.second),
            "type": place[example.type] if example.type else IGNORED,
            "sentiment": SENTIMENTS.index(example.sentiment) if example.sentiment else IGNORED,
            "breach": breach[example.breach],
            "rating": math.nan if example.rating is None else example.rating,
        }
        for example, encoding in zip(examples, encodings, strict=True)
    ]
    return datasets.Dataset.from_list(rows)


def draw(examples: Sequence[Example], config: TrainConfig) -> list[Example]:
    """Return the texts of all epochs together: a text of a common family comes less than once an epoch, of a rare one more.

    How often is (mean family size / size of its family) ** balance, times ``corpus_weight`` for a text written by us, never
    more than :data:`MOST_REPEATS`. Fractions are rounded up or down at random. A text that nobody read for its
    relation comes once. Drawing costs less time than weights in the loss: what counts less is seldom computed.
    """
    counts = Counter(example.family for example in examples if example.family)
    mean = sum(counts.values()) / max(len(counts), 1)
    rng = random.Random(config.seed)
    drawn = []
    for example in examples:
        often = (mean / counts[example.family]) ** config.loss.balance if example.family else 1.0
        often *= config.data.corpus_weight if example.origin == "corpus" else 1.0
        drawn += [example] * math.floor(min(often, MOST_REPEATS) * config.epochs + rng.random())
    rng.shuffle(drawn)
    return drawn


def _family_target(example: Example, taxonomy: Taxonomy, second_mass: float) -> list[float]:
    """One-hot on the family, softened towards the reader's second one; all zeros when nobody labelled the family."""
    target = [0.0] * len(taxonomy.families)
    if example.family:
        target[taxonomy.family_ids.index(example.family)] = 1.0
        if example.second:
            target[taxonomy.family_ids.index(example.family)] = 1.0 - second_mass
            target[taxonomy.family_ids.index(example.second)] = second_mass
    return target


def collate(rows: list[dict[str, Any]], token_dropout: float = 0.0) -> dict[str, Tensor | Targets]:
    """Return the network's arguments for *rows*: tokens padded to the longest, some hidden, labels stacked."""
    longest = max(len(row["input_ids"]) for row in rows)
    ids = torch.full((len(rows), longest), _PAD)
    for i, row in enumerate(rows):
        ids[i, : len(row["input_ids"])] = torch.tensor(row["input_ids"])
    if token_dropout:
        hidden = (torch.rand(ids.shape) < token_dropout) & (ids >= len(SPECIAL_TOKENS))
        ids[hidden] = _UNKNOWN
    targets = Targets(**{field.name: torch.tensor([row[field.name] for row in rows]) for field in fields(Targets)})
    return {"input_ids": ids, "attention_mask": (ids != _PAD).long(), "targets": targets}


def _optimizer(network: RelationNetwork, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with a rate for the heads, one for the encoder that shrinks from layer to layer downwards."""
    depth = len(network.encoder.encoder.layer)
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        if not name.startswith("encoder."):
            rate = config.head_learning_rate
        else:
            layer = int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else -1
            rate = config.encoder_learning_rate * config.layer_decay ** (depth - 1 - layer)
        decay = config.weight_decay if parameter.dim() > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": group, "lr": rate, "weight_decay": decay} for (rate, decay), group in groups.items()], fused=True
    )


def _has_fast_bf16() -> bool:
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def _arguments(config: TrainConfig, out: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(out),
        num_train_epochs=1,  # the texts of all epochs are drawn beforehand
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.encoder_learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=config.warmup,
        max_grad_norm=1.0,
        bf16=_has_fast_bf16(),
        use_cpu=True,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        remove_unused_columns=False,
        save_strategy="steps",
        save_steps=config.checkpoints,
        save_total_limit=1,
        logging_steps=50,
        report_to="none",
        disable_tqdm=True,
        seed=config.seed,
        dataloader_pin_memory=False,
    )

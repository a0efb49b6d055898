"""TrainConfig + texts → a checkpoint folder: weights, tokenizer, the config and a manifest of the texts.

The loop is `transformers.Trainer`: checkpoints, resuming and length grouping are its work. It runs in bf16 where the
processor multiplies in bf16 (about four times faster than fp32) and in fp32 elsewhere (where bf16 would be slower).
"""

from __future__ import annotations

import functools
import json
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint, set_seed

from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import Taxonomy, load_taxonomy
from training.averaging import MovingAverage, mean_weights
from training.base_model import SPECIAL_TOKENS, BaseModel, load_base_model
from training.config import TrainConfig
from training.datasets import Split, evaluation_texts, unseen, vocabulary_texts
from training.duplicates import copy_hash
from training.encoding import collate, draw, encode, teacher_rows
from training.lexical import fit_lexical
from training.network import PAD, RelationNetwork, has_fast_bf16
from training.runs import earlier_runs, load_checkpoint, save_checkpoint, seen_by
from training.vocabulary import build_tokenizer, trim

_log = logging.getLogger(__name__)


def fit(config: TrainConfig, split: Split, out: Path) -> Path:
    """Train on *split* as *config* says, resuming from the last checkpoint under *out*; return the folder with the result."""
    set_seed(config.seed + config.order)
    taxonomy = load_taxonomy()
    _log.info("texts: %s", json.dumps(split.manifest()))
    network, tokenizer, origin = _starting_point(config, split, taxonomy)
    freeze(network.encoder, config.frozen_layers)
    if config.epochs:
        _train(network, tokenizer, split, config, out)
    if config.lexical.weight:
        network.lexical = fit_lexical(split.train, tokenizer, taxonomy.family_ids, config)
    return save_checkpoint(network, tokenizer, config, split, origin, out)


def _train(network: RelationNetwork, tokenizer: Tokenizer, split: Split, config: TrainConfig, out: Path) -> None:
    examples = draw(split.train, config)
    rows = encode(examples, teacher_rows(examples, config, out), tokenizer, load_taxonomy(), config)
    train(network, network.encoder, rows, functools.partial(collate, token_dropout=config.token_dropout), config, out)


def train(
    network: torch.nn.Module,
    encoder: BertModel,
    rows: datasets.Dataset,
    collator: Callable[[list[dict[str, Any]]], dict[str, Any]],
    config: TrainConfig,
    out: Path,
) -> None:
    """Train *network*, which holds *encoder*, once on *rows* as *collator* makes batches of them, resuming from *out*."""
    trainer = Trainer(
        model=network,
        args=_arguments(config, out),
        train_dataset=rows,
        data_collator=collator,
        optimizers=(_optimizer(network, encoder, config), None),
    )
    if config.average:
        trainer.add_callback(MovingAverage(network, config.average))
    checkpoint = get_last_checkpoint(str(out)) if out.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=checkpoint)


def build_network(encoder: BertModel, taxonomy: Taxonomy, config: TrainConfig) -> RelationNetwork:
    """Put fresh heads on *encoder*, cut to the layers that *config* keeps."""
    if config.layers is not None:
        kept = np.linspace(0, len(encoder.encoder.layer) - 1, config.layers).round().astype(int)
        encoder.encoder.layer = torch.nn.ModuleList(encoder.encoder.layer[i] for i in kept)
        encoder.config.num_hidden_layers = config.layers
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = config.encoder_dropout
    return RelationNetwork(
        encoder, taxonomy.families_of_types, len(SENTIMENTS), dropout=config.dropout, loss=config.loss
    )


def freeze(encoder: BertModel, layers: int) -> None:
    """Leave the rows of the vocabulary as they are, and the lowest *layers*."""
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # most rows would see no text
    if layers:
        encoder.embeddings.requires_grad_(False)
        encoder.encoder.layer[:layers].requires_grad_(False)


def _starting_point(config: TrainConfig, split: Split, taxonomy: Taxonomy) -> tuple[RelationNetwork, Tokenizer, str]:
    """Return a base encoder with fresh heads, or the whole network of an earlier run that saw no text kept out here."""
    folders = earlier_runs(config)
    if not folders:
        base, tokenizer = base_of(config, split)
        return build_network(base.encoder, taxonomy, config), tokenizer, base.origin
    earlier, tokenizer, _, description = load_checkpoint(folders[0])
    earlier.load_state_dict(mean_weights([earlier, *(load_checkpoint(folder)[0] for folder in folders[1:])]))
    seen = frozenset[str]().union(*map(seen_by, folders))
    forbidden = [*evaluation_texts(Path(config.data.shared)), *(example.text for example in split.left_out)]
    known = sum(copy_hash(text) in seen for text in forbidden)
    if known or 2 * len(unseen(split.held_out, seen)) < len(split.held_out):
        raise ArgumentError(
            f"The run {str(folders[0])!r} has seen {known} texts that are left out or evaluated, or most of those held out. "
            "Give both configs the same seed, 'held_out' and 'leave_out'."
        )
    network = build_network(earlier.encoder, taxonomy, config)
    for name in ("heads", "rating_head"):
        getattr(network, name).load_state_dict(getattr(earlier, name).state_dict())
    return network, tokenizer, description["base_model"]


def base_of(config: TrainConfig, split: Split) -> tuple[BaseModel, Tokenizer]:
    """Load the base model that *config* names, BERT's vocabulary trimmed to the texts of *split* and to common words."""
    if config.base_model == "tiny":
        return _tiny_base(split, config.vocabulary.size)
    base = load_base_model(config.base_model)
    if base.tokenizer is not None:
        return base, base.tokenizer
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
        pad_token_id=PAD,
    )
    return BaseModel(BertModel(shape, add_pooling_layer=False), pieces, "tiny"), build_tokenizer(pieces)


def _optimizer(network: torch.nn.Module, encoder: BertModel, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with a rate for what *network* has beside its *encoder*, one for that that shrinks from layer to layer downwards."""
    depth = len(encoder.encoder.layer)
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


def _arguments(config: TrainConfig, out: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(out),
        num_train_epochs=1,  # the texts of all epochs are drawn beforehand
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.encoder_learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=config.warmup,
        max_grad_norm=1.0,
        bf16=has_fast_bf16(),
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
        seed=config.seed + config.order,
        dataloader_pin_memory=False,
    )

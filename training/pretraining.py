"""Texts without labels → a base encoder that guesses their hidden words: it has met how customers write before it is fine-tuned.

Devlin et al. 2019, "BERT"; for going on with it on texts of the field: Gururangan et al. 2020, "Don't Stop Pretraining". A
hidden token is shown as the unknown one, as `token_dropout` shows it in fine-tuning, so that nothing is learnt for a sign that
is never met again.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import datasets
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel, PreTrainedTokenizerFast
from transformers.models.bert.modeling_bert import BertPredictionHeadTransform
from transformers.trainer_utils import set_seed

from relationtypes.normalising import normalise
from training.base_model import SPECIAL_TOKENS
from training.config import TrainConfig
from training.datasets import Split
from training.encoding import draw
from training.fitting import base_of, freeze, train
from training.network import IGNORED, padded
from training.vocabulary import encodings_of

_UNKNOWN = SPECIAL_TOKENS.index("<unk>")
_SHOWN, _SWAPPED = 0.1, 0.1
"""Shares of the tokens to guess that are left as they are, and that another one stands for."""


class MaskedLanguageModel(nn.Module):
    """An encoder and the head that guesses hidden tokens; the rows of the vocabulary serve as weights of the answers."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.transform = BertPredictionHeadTransform(encoder.config)  # type: ignore[no-untyped-call]
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Return the ``loss`` of the tokens whose *labels* are not ``IGNORED``; all are (texts, tokens)."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        wanted = (
            labels != IGNORED
        )  # answers for the others are never computed: the vocabulary costs as much as the encoder
        rows = self.encoder.embeddings.word_embeddings.weight
        logits = functional.linear(self.transform(states[wanted]), rows, self.bias).float()
        return {"loss": functional.cross_entropy(logits, labels[wanted])}


def pretrain(config: TrainConfig, split: Split, out: Path) -> Path:
    """Train the base model of *config* on the texts of *split*, whatever their labels; return a folder with the encoder.

    ``token_dropout`` is the share of the tokens to guess. What *config* says of heads and losses is of no meaning, but for how
    often texts of a family are drawn. The folder is one that `load_base_model` reads, with the trimmed vocabulary.
    """
    set_seed(config.seed + config.order)
    base, tokenizer = base_of(config, split)
    model = MaskedLanguageModel(base.encoder)
    freeze(model.encoder, config.frozen_layers)
    texts = [normalise(example.text) for example in draw(split.train, config)]
    rows = [{"input_ids": one.ids, "length": len(one.ids)} for one in encodings_of(texts, tokenizer, config.max_tokens)]
    collator = functools.partial(hide, share=config.token_dropout, vocabulary=base.encoder.config.vocab_size)
    train(model, model.encoder, datasets.Dataset.from_list(rows), collator, config, out)
    model.encoder.save_pretrained(out)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(out)
    return out


def hide(rows: list[dict[str, Any]], *, share: float, vocabulary: int) -> dict[str, Tensor]:
    """Return padded tokens of *rows*, a *share* of which is to be guessed, most of them hidden, and as labels what they are."""
    ids, mask = padded([row["input_ids"] for row in rows])
    asked = (torch.rand(ids.shape) < share) & (ids >= len(SPECIAL_TOKENS))
    labels = torch.where(asked, ids, IGNORED)
    fate = torch.rand(ids.shape)
    others = torch.randint(len(SPECIAL_TOKENS), vocabulary, ids.shape)
    ids = torch.where(asked & (fate >= _SHOWN), torch.where(fate < _SHOWN + _SWAPPED, others, _UNKNOWN), ids)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}

"""Trim a multilingual vocabulary to what English and French customers write, and build its fast tokenizer.

Trimming keeps the rows of the embedding matrix that the two languages use; see Ushio et al. 2023, "An Efficient
Multilingual Language Model Compression through Vocabulary Trimming", for what this costs in general (little).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from tokenizers import AddedToken, Encoding, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import nn

from relationtypes.normalising import unshouted
from training.base_model import SPECIAL_TOKENS, BaseModel

_METASPACE = "▁"
_BATCH = 2_000


def build_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Return a unigram tokenizer over *pieces*, whose first four must be the special tokens."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=SPECIAL_TOKENS.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_METASPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=_METASPACE, prepend_scheme="always")
    begin, _, end, _ = SPECIAL_TOKENS
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, 0), (end, SPECIAL_TOKENS.index(end))]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS])
    return tokenizer


def trim(base: BaseModel, texts: Iterable[str], *, size: int) -> tuple[BaseModel, Tokenizer]:
    """Keep at most *size* pieces: the special ones, those *texts* use, commonest first, then everyday characters.

    Args:
        base: the encoder and its full vocabulary; left unchanged apart from its embedding layer, which is replaced.
        texts: normalised texts, or words, of the languages to keep.
        size: the number of rows of the new embedding matrix.
    """
    full = build_tokenizer(base.pieces)
    counts: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            counts.update(i for encoding in full.encode_batch_fast(batch) for i in encoding.ids)
            batch = []
    counts.update(i for encoding in full.encode_batch_fast(batch) for i in encoding.ids)

    kept = list(range(len(SPECIAL_TOKENS)))
    everyday = [i for i, (piece, _) in enumerate(base.pieces) if i >= len(kept) and _is_everyday(piece)]
    used = [i for i, _ in counts.most_common() if i >= len(kept)]
    for i in dict.fromkeys(everyday + used):
        if len(kept) == size:
            break
        kept.append(i)
    kept.sort()
    pieces = [base.pieces[i] for i in kept]
    old = base.encoder.embeddings.word_embeddings.weight.detach()
    new = nn.Embedding(len(kept), old.shape[1], padding_idx=SPECIAL_TOKENS.index("<pad>"))
    new.weight = nn.Parameter(old[torch.tensor(kept)].clone())
    base.encoder.embeddings.word_embeddings = new
    base.encoder.config.vocab_size = len(kept)
    return BaseModel(base.encoder, pieces, base.origin), build_tokenizer(pieces)


def encodings_of(texts: Sequence[str], tokenizer: Tokenizer, max_tokens: int) -> list[Encoding]:
    """Return what is read of normalised *texts*: as the product reads them, but each only up to *max_tokens*."""
    tokenizer.enable_truncation(max_tokens)
    encodings: list[Encoding] = tokenizer.encode_batch([unshouted(text) for text in texts])
    tokenizer.no_truncation()
    return encodings


def _is_everyday(piece: str) -> bool:
    """Single Latin letters, digits, punctuation, currency signs and emoji: never to become unknown."""
    bare = piece.removeprefix(_METASPACE)
    if len(bare) > 2 or not bare:
        return not bare
    return all(_is_everyday_character(character) for character in bare) and (
        len(bare) == 1 or not any(c.isalpha() for c in bare)
    )


def _is_everyday_character(character: str) -> bool:
    category = unicodedata.category(character)
    if category.startswith("L"):
        return "LATIN" in unicodedata.name(character, "")
    if category == "Nd":
        return character.isascii()
    return (
        category[0] in "PS" and not "\u2e80" <= character <= "\ua4cf"
    )  # symbols include emoji; East Asian ones do not

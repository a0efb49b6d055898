"""The linear branch says what it was fitted to say, whatever it is padded with."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from training.base_model import SPECIAL_TOKENS
from training.config import LexicalConfig, TrainConfig
from training.lexical import LexicalBranch, fit_lexical, ngrams
from training.network import padded
from training.sources import Example
from training.vocabulary import build_tokenizer

WORDS = ["family", "price", "again", "love", "late", "parcel", "idea", "please", "never", "scam"]
FAMILIES = ("transaction", "best_friends", "broken_bond", "unheard")
TELLING = {"transaction": "price", "best_friends": "family", "broken_bond": "scam"}
CONFIG = TrainConfig(name="x", lexical=LexicalConfig(weight=1.0, buckets=4_096))


@pytest.fixture(scope="module")
def fitted() -> tuple[LexicalBranch, list[list[int]], list[int]]:
    rng = random.Random(0)
    tokenizer = build_tokenizer([(token, 0.0) for token in SPECIAL_TOKENS] + [(f"▁{word}", -1.0) for word in WORDS])
    examples = []
    for number in range(300):
        family = list(TELLING)[number % 3]
        words = [*rng.choices(WORDS[2:9], k=6), TELLING[family]]
        rng.shuffle(words)
        examples.append(Example(text=" ".join(words), lang="en", origin="relation", source="s", family=family))
    branch = fit_lexical(examples, tokenizer, FAMILIES, CONFIG)
    ids = [encoding.ids for encoding in tokenizer.encode_batch([example.text for example in examples])]
    return branch, ids, [FAMILIES.index(str(example.family)) for example in examples]


def test_it_learns_words_that_tell(fitted: tuple[LexicalBranch, list[list[int]], list[int]]) -> None:
    branch, ids, families = fitted
    found = branch(*padded(ids)).argmax(dim=1).tolist()
    assert sum(a == b for a, b in zip(found, families, strict=True)) > 0.98 * len(ids)


def test_padding_and_company_change_nothing(fitted: tuple[LexicalBranch, list[list[int]], list[int]]) -> None:
    branch, ids, _ = fitted
    alone = torch.cat([branch(*padded([row])) for row in ids[:20]])
    together = branch(*padded([*ids[:20], ids[0] * 3]))[:20]
    assert torch.allclose(alone, together, atol=1e-6)


def test_a_family_without_texts_is_never_likely(fitted: tuple[LexicalBranch, list[list[int]], list[int]]) -> None:
    branch, ids, _ = fitted
    assert (branch(*padded(ids)).argmax(dim=1) != FAMILIES.index("unheard")).all()


@pytest.mark.filterwarnings("ignore")  # torch warns of its own tracer
def test_what_is_all_but_impossible_is_finite_in_onnx_too(tmp_path: Path) -> None:
    branch = LexicalBranch(16, 3, 0.3)
    branch.bias.copy_(torch.tensor([-60.0, -19.9, 30.0]))
    branch.coefficients.weight.zero_()
    given = torch.full((2, 5), 9), torch.ones(2, 5, dtype=torch.long)
    path = str(tmp_path / "branch.onnx")
    torch.onnx.export(branch, given, path, input_names=["ids", "mask"], opset_version=17, dynamo=False)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"ids": given[0].numpy(), "mask": given[1].numpy()})
    np.testing.assert_allclose(found, branch(*given).numpy(), atol=1e-5)
    np.testing.assert_allclose(found[0], [-18, -5.97, 0], atol=1e-3)


def test_ngrams_leave_special_tokens_out() -> None:
    first, *_, last = (SPECIAL_TOKENS.index(token) for token in ("<s>", "</s>"))
    begin = len(SPECIAL_TOKENS)
    ids, mask = padded([[first, begin, begin + 1, begin + 2, last], [first, begin, last]])
    buckets, known = ngrams(ids, mask, 1_000)
    assert known.sum(dim=1).tolist() == [3 + 2 + 1, 1]
    assert int(buckets.min()) >= 0 and int(buckets.max()) < 1_000

"""The lexicons that the model must beat, on texts whose mood nobody doubts."""

from __future__ import annotations

import pytest

from relationtypes.records import SENTIMENTS
from training.lexicons import lexicon_sentiments


@pytest.mark.parametrize("name", ["vader", "textblob"])
def test_lexicons_know_plain_words(name: str) -> None:
    texts = ["I love this great phone.", "A terrible, awful phone.", "The phone is on the table."]
    found = lexicon_sentiments(texts)[name]
    assert [SENTIMENTS[i] for i in found] == ["positive", "negative", "neutral"]

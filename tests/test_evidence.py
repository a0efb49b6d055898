"""Evidence points at the sentences that carry the family, in the original text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from relationtypes import RelationTagger, Scores
from relationtypes.evidence import find_evidence
from tests.conftest import HashingClassifier


class Marker(HashingClassifier):
    """Family 0 is the likelier the more often a text says MARK."""

    def scores(self, texts: Sequence[str]) -> Scores:
        scores = super().scores(texts)
        share = np.array([0.1 + 0.2 * min(text.count("MARK"), 4) for text in texts], np.float32)
        family = np.repeat(((1 - share) / 7)[:, None], 8, axis=1)
        family[:, 0] = share
        return Scores(family, scores.type, scores.sentiment, scores.breach, scores.family_ids, scores.type_ids)


def _evidence(text: str) -> list[str]:
    return [text[a:b] for a, b in find_evidence([text], np.array([0]), Marker())[0]]


def test_evidence_one_sentence_is_its_own() -> None:
    assert _evidence("Only this one here.") == ["Only this one here."]


def test_evidence_blank_has_none() -> None:
    assert _evidence("") == []


def test_evidence_is_the_sentence_whose_removal_costs_most() -> None:
    assert _evidence("The bus was late. We all MARK it. The sky is blue.") == ["We all MARK it."]


def test_evidence_keeps_others_that_cost_at_least_half() -> None:
    found = _evidence("First we MARK it. Nothing here. Then we MARK it.")
    assert found == ["First we MARK it.", "Then we MARK it."]


def test_evidence_of_a_very_long_text_finds_the_sentence() -> None:
    text = " ".join(f"Sentence {i} says nothing." for i in range(300)) + " Here we MARK it. " + "More of it. " * 300
    assert _evidence(text) == ["Here we MARK it."]


@pytest.mark.parametrize("count", [0, 1, 700])
def test_evidence_one_answer_a_text(count: int) -> None:
    texts = [f"Text {i}. We MARK it." for i in range(count)]
    found = find_evidence(texts, np.zeros(count, np.intp), Marker())
    assert [text[a:b] for text, ((a, b),) in zip(texts, found, strict=True)] == ["We MARK it."] * count


def test_evidence_offsets_are_into_the_original() -> None:
    text = "  Hello &amp; welcome @somebody!!!!!!!   We MARK it   soooooo much https://x.example/a .\n\nBye now. "
    tag = RelationTagger(Marker()).tag([text], evidence=True)[0]
    assert tag.family == "transaction"
    assert [text[span.start : span.end] for span in tag.evidence] == ["We MARK it   soooooo much https://x.example/a ."]


def test_evidence_is_off_beyond_ten_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relationtypes.tagger.EVIDENCE_UP_TO", 2)
    tagger, texts = RelationTagger(Marker()), ["One here.", "Two here.", "Three here."]
    assert not any(tag.evidence for tag in tagger.tag(texts))
    assert all(tag.evidence for tag in tagger.tag(texts, evidence=True))
    assert all(tag.evidence for tag in tagger.tag(texts[:2]))


def test_evidence_through_the_model_points_at_the_telling_sentence(tagger: RelationTagger) -> None:
    text = "Parking was easy. They are thieves and liars, flee this company, boycott! The shop is on the high street."
    tag = tagger.tag([text])[0]
    assert tag.family == "broken_bond"
    assert any("thieves" in text[span.start : span.end] for span in tag.evidence)

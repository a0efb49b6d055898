"""The component of spaCy pipelines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("spacy")
import spacy
from spacy.tokens import Doc

from relationtypes import RelationTagger
from relationtypes.errors import ArgumentError, InputNotFoundError
from relationtypes.interfaces.spacy import spacy_splitter

pytestmark = pytest.mark.usefixtures("fake_model")
BRANDS = {"Orlan": ["Orlan Bank"], "Batko": []}
TEXT = (
    "I used to bank twice. Orlan Bank is kind. They remember me. Batko lied. batko never wrote. Orlan wins over Batko."
)


def _pipeline(language: str = "en", *, sentencizer: bool = False, **config: Any) -> Any:
    nlp = spacy.blank(language)
    if sentencizer:
        nlp.add_pipe("sentencizer")
    nlp.add_pipe("relationtypes", config=config)
    return nlp


@pytest.mark.parametrize("language", ["en", "fr"])
def test_spacy_says_what_the_tagger_says(language: str, fake_tagger: RelationTagger) -> None:
    texts = ["They know my name. I feel at home! Tea is cold.", "", "Toujours un plaisir & un café&nbsp;chaud. Merci !"]
    nlp = _pipeline(language)
    docs = list(nlp.pipe(texts))
    for doc, alone, tag in zip(docs, map(nlp, texts), fake_tagger.tag(texts), strict=True):
        assert doc._.relation == alone._.relation == tag
        assert list(doc.cats.values()) == list(tag.probabilities)
        assert [(span.start_char, span.end_char, span.label_) for span in doc.spans["relationtypes"]] == [
            (span.start, span.end, tag.family) for span in tag.evidence
        ]
        assert doc._.brand_relations == ()
    assert nlp.make_doc("untagged")._.relation is None


@pytest.mark.parametrize("sentencizer", [False, True])
def test_spacy_reads_each_brand_by_itself(sentencizer: bool, fake_tagger: RelationTagger) -> None:
    doc = _pipeline(sentencizer=sentencizer, brands=BRANDS)(TEXT)
    orlan, batko = doc._.brand_relations
    said = [" ".join(TEXT[s.start : s.end] for s in brand.sentences) for brand in (orlan, batko)]
    assert said == [
        "Orlan Bank is kind. They remember me. Orlan wins over Batko.",
        "Batko lied. batko never wrote. Orlan wins over Batko.",
    ]
    assert [orlan.tag, batko.tag] == fake_tagger.tag(said, evidence=False)
    assert [TEXT[s.start : s.end] for s in orlan.mentions + batko.mentions] == [
        "Orlan Bank", "Orlan", "Batko", "batko", "Batko",
    ]  # fmt: skip


def test_spacy_reads_a_text_with_one_brand_whole() -> None:
    doc = _pipeline(brands=["Orlan"])(TEXT)
    (orlan,) = doc._.brand_relations
    assert (orlan.sentences[0].start, orlan.sentences[-1].end) == (0, len(TEXT))


def test_spacy_reads_brands_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "brands.txt"
    path.write_text("Orlan, Orlan Bank\n\nBatko\n", encoding="utf-8")
    listed = _pipeline(brands=BRANDS)(TEXT)._.brand_relations
    assert _pipeline(brands=str(path))(TEXT)._.brand_relations == listed
    with pytest.raises(InputNotFoundError, match="a brand a line"):
        _pipeline(brands=str(tmp_path / "none.txt"))
    with pytest.raises(ArgumentError, match="empty"):
        _pipeline(brands=["Orlan", " "])


def test_spacy_pipelines_and_docs_are_saved_with_settings_and_tags(tmp_path: Path) -> None:
    nlp = _pipeline(brands=BRANDS, evidence=False)
    nlp.to_disk(tmp_path)
    doc, again = nlp(TEXT), spacy.load(tmp_path)(TEXT)
    kept = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    for other in (again, kept):
        assert (other._.relation, other._.brand_relations) == (doc._.relation, doc._.brand_relations)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 300_000


def test_spacy_sentences_when_chosen() -> None:
    text = "Great&nbsp;tea. So kind. Mr. Roy helps. Never again"
    doc = _pipeline(sentencizer=True, spacy_sentences=True)(text)
    cuts = {(sent.start_char, sent.end_char) for sent in doc.sents}
    assert doc.spans["relationtypes"] and {(s.start_char, s.end_char) for s in doc.spans["relationtypes"]} <= cuts
    with pytest.raises(ArgumentError, match="sentencizer"):
        _pipeline(spacy_sentences=True)(text)


def test_spacy_cuts_sentences_for_the_tagger(fake_tagger: RelationTagger) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    split: Callable[[str], Any] = spacy_splitter(nlp)
    assert split("One.  Two!\nThree") == [(0, 4), (6, 10), (11, 16)] and split("  ") == []
    assert fake_tagger.tag(["One. Two!"], split=lambda text: [(0, len(text))])[0].evidence[0].end == 9

"""From texts to tags, by list and by frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas
import polars
import pytest

from relationtypes import RelationTagger, Scores, Tag
from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.tabulating import tag_columns
from tests.conftest import HashingClassifier

COLUMNS = [
    "rt_family",
    "rt_type",
    "rt_confidence",
    "rt_status",
    "rt_second_family",
    "rt_second_confidence",
    "rt_sentiment",
    "rt_sentiment_score",
    "rt_breach",
    "rt_language",
    "rt_probabilities",
    "rt_evidence",
]
TEXTS = ["I have loved this shop since childhood.", "", None, "Livraison rapide, rien à redire.", "   \n "]


def test_tag_results_are_frozen(fake_tagger: RelationTagger) -> None:
    tag = fake_tagger.tag(["The room was clean and quiet."])[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        tag.family = "fling"  # type: ignore[misc]


def test_tag_one_result_a_text_in_order(fake_tagger: RelationTagger) -> None:
    tags = fake_tagger.tag(TEXTS)
    assert [tag.status == "empty" for tag in tags] == [False, True, True, False, True]
    assert [tag.language for tag in tags] == ["en", None, None, "fr", None]
    assert tags[3] == fake_tagger.tag([TEXTS[3]])[0]


def test_tag_type_is_in_family_and_runner_up_differs(fake_tagger: RelationTagger) -> None:
    families = {kind.id: family.id for family, kind in fake_tagger.taxonomy.labels() if kind}
    for tag in fake_tagger.tag([f"The staff at the number {i} desk was very helpful today." for i in range(200)]):
        assert tag.type is not None and families[tag.type] == tag.family
        assert tag.second_family != tag.family
        assert tag.confidence is not None and tag.second_confidence is not None
        assert tag.confidence >= tag.second_confidence


def test_tag_abstained_still_carries_best_guess(fake_tagger: RelationTagger) -> None:
    text = ["The staff at the desk was very helpful today."]
    signed, unsigned = fake_tagger.tag(text, abstain_below=0)[0], fake_tagger.tag(text, abstain_below=1)[0]
    assert (signed.status, unsigned.status) == ("ok", "abstained")
    assert dataclasses.replace(unsigned, status="ok") == signed


def test_tag_flags_other_languages_and_does_not_label_them(fake_tagger: RelationTagger) -> None:
    tag = fake_tagger.tag(["Das Paket ist leider viel zu spät angekommen und ich bin enttäuscht."])[0]
    assert (tag.status, tag.language, tag.family) == ("unsupported_language", "other", None)


def test_tag_too_little_text_is_said_to_be_undetermined_language(fake_tagger: RelationTagger) -> None:
    assert fake_tagger.tag(["😀"])[0].language == "und"


@pytest.mark.parametrize(
    "text",
    ["\x00", "a\x00b good service here today", "\ud800 the service was good today", "x" * 1_000_000, "&" * 100_000],
)
def test_tag_survives_hostile_text(fake_tagger: RelationTagger, text: str) -> None:
    assert fake_tagger.tag([text])[0].status in {"ok", "abstained", "empty", "unsupported_language"}


def test_tag_long_text_through_the_model(tagger: RelationTagger) -> None:
    text = "I have been a happy customer of this bakery for years and years. " * 400
    tag = tagger.tag([text])[0]
    assert tag.status in {"ok", "abstained"}
    assert tag.evidence


def test_tag_scores_identical_texts_once() -> None:
    class Counting(HashingClassifier):
        seen = 0

        def scores(self, texts: Sequence[str]) -> Scores:
            self.seen += len(texts)
            return super().scores(texts)

    classifier = Counting()
    RelationTagger(classifier).tag(["The very same words as before."] * 5_000, evidence=False)
    assert classifier.seen == 1


def test_tag_isolates_a_text_the_model_fails_on() -> None:
    class Failing(HashingClassifier):
        def scores(self, texts: Sequence[str]) -> Scores:
            if any("poison" in text for text in texts):
                raise RuntimeError("the runtime gave up")
            return super().scores(texts)

    tags = RelationTagger(Failing()).tag(
        ["A good shop, really.", "This one is poison for it.", "Another good shop here."]
    )
    assert [tag.status for tag in tags] == ["ok", "error", "ok"] or [tag.status == "error" for tag in tags] == [
        False,
        True,
        False,
    ]
    assert tags[1].family is None


def test_tag_keeps_a_label_whose_evidence_the_model_fails_on() -> None:
    texts = ["A good shop. Poison here. Nothing else.", "A fine shop. They know me. I will come back."]

    class Failing(HashingClassifier):
        def scores(self, texts_read: Sequence[str]) -> Scores:
            if any("poison" in text.lower() and text not in texts for text in texts_read):
                raise RuntimeError("the runtime gave up")
            return super().scores(texts_read)

    tags = RelationTagger(Failing()).tag(texts, evidence=True)
    assert [tag.status for tag in tags] == [tag.status for tag in RelationTagger(HashingClassifier()).tag(texts)]
    assert not tags[0].evidence and tags[1].evidence


def test_tag_reports_progress(fake_tagger: RelationTagger) -> None:
    steps: list[int] = []
    fake_tagger.tag([f"text number {i} of this list" for i in range(4_500)], evidence=False, progress=steps.append)
    assert sum(steps) == 4_500 and len(steps) > 1


@pytest.mark.parametrize(
    ("texts", "message"),
    [("one string", "list of texts"), ([1], "int at position 0"), (["a", b"b"], "bytes at position 1")],
)
def test_tag_refuses_wrong_kinds(fake_tagger: RelationTagger, texts: Sequence[str], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        fake_tagger.tag(texts)


@pytest.mark.parametrize("threshold", [-0.1, 1.1])
def test_tag_refuses_thresholds_out_of_range(fake_tagger: RelationTagger, threshold: float) -> None:
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        fake_tagger.tag(["x"], abstain_below=threshold)


def test_scores_are_the_full_matrices(fake_tagger: RelationTagger) -> None:
    scores = fake_tagger.scores(["one text", "another text", "one text", None])
    assert scores.family.shape == (4, 8)
    np.testing.assert_array_equal(scores.family[0], scores.family[2])


def test_tag_frame_polars(fake_tagger: RelationTagger) -> None:
    frame = polars.DataFrame({"id": [3, 1, 2, 5, 4], "comment": TEXTS})
    tagged = fake_tagger.tag_frame(frame, text="comment")
    assert isinstance(tagged, polars.DataFrame)
    assert tagged.columns == ["id", "comment", *COLUMNS]
    assert tagged.select("id", "comment").equals(frame)


def test_tag_frame_pandas_keeps_index_and_kind(fake_tagger: RelationTagger) -> None:
    frame = pandas.DataFrame({"comment": TEXTS, "n": range(5)}, index=list("edcba"))
    tagged = fake_tagger.tag_frame(frame, text="comment")
    assert isinstance(tagged, pandas.DataFrame)
    assert list(tagged.columns) == ["comment", "n", *COLUMNS]
    assert list(tagged.index) == list("edcba")
    assert list(frame.columns) == ["comment", "n"]
    as_polars = fake_tagger.tag_frame(polars.DataFrame({"comment": TEXTS}), text="comment")
    families = [None if pandas.isna(value) else value for value in tagged["rt_family"]]
    assert families == as_polars["rt_family"].to_list()


@pytest.mark.parametrize("missing", [float("nan"), pandas.NA, None])
def test_tag_frame_pandas_missing_values_are_empty(fake_tagger: RelationTagger, missing: object) -> None:
    frame = pandas.DataFrame({"comment": ["A good shop.", missing]}, dtype=object)
    assert fake_tagger.tag_frame(frame, text="comment")["rt_status"].to_list()[1] == "empty"


def test_tag_frame_twice_replaces_the_columns(fake_tagger: RelationTagger) -> None:
    frame = polars.DataFrame({"comment": ["A good shop."]})
    once = fake_tagger.tag_frame(frame, text="comment")
    assert fake_tagger.tag_frame(once, text="comment").equals(once)


def test_tag_frame_without_rows(fake_tagger: RelationTagger) -> None:
    tagged = fake_tagger.tag_frame(polars.DataFrame({"comment": []}, schema={"comment": polars.String}), text="comment")
    assert tagged.shape == (0, 1 + len(COLUMNS))


def test_tag_frame_unknown_column_is_suggested(fake_tagger: RelationTagger) -> None:
    with pytest.raises(ColumnError, match="Did you mean 'comment'"):
        fake_tagger.tag_frame(polars.DataFrame({"comment": ["x"]}), text="coment")


def test_tag_frame_refuses_other_kinds(fake_tagger: RelationTagger) -> None:
    with pytest.raises(ArgumentError, match="dict"):
        fake_tagger.tag_frame({"comment": ["x"]}, text="comment")


def test_tag_columns_keep_types_without_values() -> None:
    assert tag_columns([Tag(status="empty")]).schema == tag_columns([]).schema


def test_of_a_long_text_the_beginning_is_read(fake_tagger: RelationTagger) -> None:
    begun = "They know <b>me</b> by name here. " * 700
    long = begun + "QUJD" * 250_000
    alone = fake_tagger.tag([long], evidence=True)[0]
    assert fake_tagger.tag(["short", long, begun + "another end"], evidence=True)[1:] == [alone, alone]
    assert alone.evidence and all(0 <= span.start < span.end <= len(begun) for span in alone.evidence)
    assert fake_tagger.scores([long]).family.tolist() == fake_tagger.scores([begun]).family.tolist()


def test_many_sentences_cost_no_more_readings_than_some(
    fake_tagger: RelationTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    scores = fake_tagger.classifier.scores
    monkeypatch.setattr(
        fake_tagger.classifier,
        "scores",
        lambda texts: read.append(sum(map(len, texts))) or scores(texts),
        raising=False,
    )
    fake_tagger.tag(["Kind staff. " + "A b. " * 100_000], evidence=True)
    assert sum(read) < 60_000


def test_a_text_that_is_read_in_part_says_so(fake_tagger: RelationTagger) -> None:
    whole, cut, marked = fake_tagger.tag(["so " * 3_000, "so " * 4_000, "<br>" * 4_000 + "so kind"], evidence=False)
    assert (whole.cut, cut.cut, marked.cut) == (False, True, False)

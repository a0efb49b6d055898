from collections.abc import Sequence

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ColumnError
from relationtypes.profiling import QUOTES, FamilyProfile, RelationProfile, profile
from relationtypes.records import SENTIMENTS, STATUSES, Evidence, Sentiment, Status, Tag
from relationtypes.tabulating import PREFIX, tag_columns
from relationtypes.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
PAIRS = [(family.id, kind.id) for family, kind in TAXONOMY.labels() if kind]
Row = tuple[str | None, Tag]


def _row(
    text: str,
    family: str = "transaction",
    kind: str | None = None,
    *,
    status: Status = "ok",
    confidence: float = 0.8,
    sentiment: Sentiment = "positive",
    breach: float = 0.1,
    evidence: Sequence[str] = (),
) -> Row:
    """A text and its tag; *evidence* holds pieces of the text."""
    spans = tuple(Evidence(text.index(piece), text.index(piece) + len(piece)) for piece in evidence)
    plain = next(one.types[0].id for one in TAXONOMY.families if one.id == family)
    tag = Tag(
        status=status,
        language="en",
        family=family,
        type=kind or plain,
        confidence=confidence,
        second_family="undetermined",
        second_confidence=0.05,
        sentiment=sentiment,
        sentiment_score=0.0,
        breach=breach,
        evidence=spans,
    )
    return text, tag


EMPTY: Row = (None, Tag(status="empty"))
FOREIGN: Row = ("muy bueno el pan de esta casa", Tag(status="unsupported_language", language="other"))
FAILED: Row = ("a text that could not be read", Tag(status="error"))


def _frame(rows: Sequence[Row]) -> polars.DataFrame:
    texts = polars.DataFrame({"verbatim": [text for text, _ in rows]}, schema={"verbatim": polars.String})
    return texts.hstack(tag_columns([tag for _, tag in rows]))


def _profile(rows: Sequence[Row]) -> RelationProfile:
    return profile(_frame(rows), text="verbatim", taxonomy=TAXONOMY)


def _family(rows: Sequence[Row], name: str = "transaction") -> FamilyProfile:
    return next(one for one in _profile(rows).families if one.id == name)


# -------------------------------------------------------------------------------------------------------- shares


def test_profiling_counts_families_over_all_classified_texts() -> None:
    rows = [_row("a"), _row("b"), _row("c", "fling", status="abstained"), _row("d", "buddies"), EMPTY, FOREIGN, FAILED]
    found = _profile(rows)
    assert (found.rows, found.classified) == (7, 4)
    assert found.statuses == {"ok": 3, "abstained": 1, "empty": 1, "unsupported_language": 1, "error": 1}
    counted = {one.id: (one.count, one.abstained, one.share) for one in found.families if one.count}
    assert counted == {"transaction": (2, 0, 0.5), "buddies": (1, 0, 0.25), "fling": (1, 1, 0.25)}


def test_profiling_lists_all_families_in_the_order_of_the_taxonomy() -> None:
    assert tuple(one.id for one in _profile([_row("a", "fling")]).families) == TAXONOMY.family_ids


def test_profiling_sentiment_and_breach_are_shares_of_the_family() -> None:
    rows = [
        _row("a", sentiment="negative", breach=0.9),
        _row("b", sentiment="negative", breach=0.5),  # not more likely than not
        _row("c", sentiment="mixed", breach=0.51),
        _row("d", sentiment="positive", breach=0.0),
        _row("e", "fling", sentiment="positive", breach=1.0),
    ]
    found = _family(rows)
    assert found.sentiment == {"negative": 0.5, "neutral": 0.0, "positive": 0.25, "mixed": 0.25}
    assert found.breach == 0.5


def test_profiling_types_come_most_frequent_first_and_at_most_four() -> None:
    kinds = ["courtship"] * 3 + ["rebound"] * 2 + ["basic_exchange"] * 2 + ["arranged_marriage", "casual_acquaintance"]
    found = _family([_row("a", "transaction", kind) for kind in kinds])
    assert [(one.id, one.count) for one in found.types] == [
        ("courtship", 3),
        ("basic_exchange", 2),
        ("rebound", 2),
        ("arranged_marriage", 1),
    ]
    assert [one.share for one in found.types] == pytest.approx([3 / 9, 2 / 9, 2 / 9, 1 / 9])


def _check_empty(one: FamilyProfile) -> None:
    assert (one.count, one.abstained, one.share, one.breach, one.types, one.quotes) == (0, 0, 0.0, 0.0, (), ())
    assert one.sentiment == dict.fromkeys(SENTIMENTS, 0.0)


@pytest.mark.parametrize(
    "rows", [[], [EMPTY], [EMPTY, FOREIGN, FAILED] * 2], ids=["no rows", "one empty", "none readable"]
)
def test_profiling_nothing_classified_gives_zeros(rows: list[Row]) -> None:
    found = _profile(rows)
    assert (found.rows, found.classified) == (len(rows), 0)
    assert (set(found.statuses), sum(found.statuses.values())) == (set(STATUSES), len(rows))
    assert len(found.families) == 8
    for one in found.families:
        _check_empty(one)


def test_profiling_all_abstained_still_has_shares_but_no_quotes() -> None:
    texts = ["the kettle boils quickly and quietly", "my parcel took nine whole days", "fair price for a sturdy chair"]
    found = _profile([_row(text, status="abstained", confidence=0.3) for text in texts])
    one = found.families[0]
    assert (one.count, one.abstained, one.share, one.quotes) == (3, 3, 1.0, ())
    assert (found.classified, found.statuses["ok"], found.statuses["abstained"]) == (3, 0, 3)


TEXTS = st.text(alphabet="abcde ", max_size=30)
TAGGED: st.SearchStrategy[Row] = st.builds(
    lambda text, pair, status, confidence, sentiment, breach: _row(
        text, *pair, status=status, confidence=confidence, sentiment=sentiment, breach=breach
    ),
    TEXTS,
    st.sampled_from(PAIRS),
    st.sampled_from(["ok", "ok", "abstained"]),
    st.sampled_from([0.31, 0.62, 0.93]),
    st.sampled_from(SENTIMENTS),
    st.floats(0, 1),
)
TABLES = st.lists(TAGGED | st.sampled_from([EMPTY, FOREIGN]), max_size=25)
CALM = settings(max_examples=60, deadline=None, derandomize=True)


@CALM
@given(TABLES)
def test_profiling_shares_sum_to_one(rows: list[Row]) -> None:
    found = _profile(rows)
    assert sum(one.count for one in found.families) == found.classified
    assert sum(one.share for one in found.families) == pytest.approx(1.0 if found.classified else 0.0)
    assert sum(found.statuses.values()) == found.rows == len(rows)
    for one in found.families:
        assert sum(one.sentiment.values()) == pytest.approx(1.0 if one.count else 0.0)
        assert sum(kind.share for kind in one.types) <= 1 + 1e-9
        assert 0 <= one.abstained <= one.count and 0 <= one.breach <= 1


def _without_quotes(found: RelationProfile) -> tuple[object, ...]:
    families = [
        (one.id, one.count, one.abstained, one.share, one.sentiment, one.breach, one.types) for one in found.families
    ]
    return found.rows, found.classified, found.statuses, families


@CALM
@given(st.data(), TABLES)
def test_profiling_ignores_the_order_of_rows(data: st.DataObject, rows: list[Row]) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert _without_quotes(_profile(shuffled)) == _without_quotes(_profile(rows))


# -------------------------------------------------------------------------------------------------------- quotes

CHAIR = "The chair is sturdy and was cheap."
KETTLE = "My kettle boils quickly without noise."
PARCEL = "Parcel arrived Tuesday, exactly when promised."
INVOICE = "Clear invoice, correct amount, nothing hidden."


def test_profiling_quotes_are_the_three_most_confident() -> None:
    rows = [
        _row(CHAIR, confidence=0.71),
        _row(KETTLE, confidence=0.95),
        _row(PARCEL, confidence=0.6),
        _row(INVOICE, confidence=0.9),
    ]
    assert [(quote.row, quote.text, quote.confidence) for quote in _family(rows).quotes] == [
        (1, KETTLE, 0.95),
        (3, INVOICE, 0.9),
        (0, CHAIR, 0.71),
    ]


def test_profiling_quotes_of_equal_confidence_come_in_row_order() -> None:
    rows = [_row(text, confidence=0.8) for text in (INVOICE, CHAIR, KETTLE, PARCEL)]
    assert [quote.row for quote in _family(rows).quotes] == [0, 1, 2]


def test_profiling_quotes_come_from_signed_texts_of_the_family_only() -> None:
    rows = [
        _row(CHAIR, status="abstained", confidence=0.99),
        _row(KETTLE, "fling", confidence=0.98),
        FOREIGN,
        EMPTY,
        _row(PARCEL, confidence=0.5),
    ]
    assert [quote.row for quote in _family(rows).quotes] == [4]


def test_profiling_quotes_differ_from_each_other() -> None:
    rows = [_row(f"{CHAIR}{'!' * i}", confidence=0.9 - i / 100) for i in range(5)] + [_row(KETTLE, confidence=0.5)]
    assert [quote.row for quote in _family(rows).quotes] == [0, 5]


@pytest.mark.parametrize("text", ["Good.", "ok ok ok ok ok", "très bien !"])
def test_profiling_quotes_pass_over_texts_of_few_words(text: str) -> None:
    assert _family([_row(text, confidence=0.99)]).quotes == ()


@pytest.mark.parametrize(
    ("text", "evidence", "expected"),
    [
        (f"{CHAIR} {KETTLE} {PARCEL}", [KETTLE], KETTLE),
        (f"{CHAIR} {KETTLE} {PARCEL}", [CHAIR, PARCEL], f"{CHAIR} […] {PARCEL}"),
        (f"{CHAIR} {KETTLE} {PARCEL}", [CHAIR, KETTLE], f"{CHAIR} {KETTLE}"),
        (f"{CHAIR}\n\n  {KETTLE}", [CHAIR, KETTLE], f"{CHAIR} {KETTLE}"),
        ("My kettle\nboils   quickly\twithout noise.", [], KETTLE),
    ],
    ids=["one piece", "a gap", "neighbours", "neighbours over lines", "no evidence"],
)
def test_profiling_quotes_are_cut_to_their_evidence(text: str, evidence: list[str], expected: str) -> None:
    assert [quote.text for quote in _family([_row(text, evidence=evidence)]).quotes] == [expected]


def test_profiling_quotes_are_cut_at_a_word_when_long() -> None:
    words = " ".join(f"word{number:03}" for number in range(100))
    (quote,) = _family([_row(words)]).quotes
    assert quote.text.endswith(" […]") and len(quote.text) <= 224
    assert words.startswith(quote.text.removesuffix(" […]") + " ")


def test_profiling_quotes_survive_one_endless_word() -> None:
    text = "one two three four " + "x" * 1000
    (quote,) = _family([_row(text)]).quotes
    assert quote.text == "one two three four […]"


@CALM
@given(TABLES)
def test_profiling_quotes_are_few_and_signed(rows: list[Row]) -> None:
    for one in _profile(rows).families:
        assert len(one.quotes) <= QUOTES == 3
        assert len({quote.text for quote in one.quotes}) == len(one.quotes)
        for quote in one.quotes:
            text, tag = rows[quote.row]
            assert (tag.status, tag.family, tag.confidence) == ("ok", one.id, quote.confidence)
            assert quote.text == " ".join((text or "").split())


# ------------------------------------------------------------------------------------------------------- columns

NEEDED = [
    "verbatim",
    *(PREFIX + name for name in ("family", "type", "status", "confidence", "sentiment", "breach", "evidence")),
]


@pytest.mark.parametrize("missing", NEEDED)
def test_profiling_names_the_column_that_is_missing(missing: str) -> None:
    with pytest.raises(ColumnError, match=rf"\b{missing}\b"):
        profile(_frame([_row("a")]).drop(missing), text="verbatim", taxonomy=TAXONOMY)


def test_profiling_names_every_column_of_an_untagged_table() -> None:
    with pytest.raises(ColumnError) as caught:
        profile(polars.DataFrame({"verbatim": ["a"]}), text="verbatim", taxonomy=TAXONOMY)
    assert [name for name in NEEDED[1:] if name not in str(caught.value)] == []


@pytest.mark.parametrize("name", ["_row", "index", "count", "share"])
def test_profiling_minds_no_other_columns_of_the_user(name: str) -> None:
    frame = _frame([_row(CHAIR), _row(KETTLE)]).with_columns(polars.lit(7).alias(name))
    found = profile(frame, text="verbatim", taxonomy=TAXONOMY)
    assert [quote.row for quote in found.families[0].quotes] == [0, 1]


def test_profiling_leaves_the_table_alone() -> None:
    frame = _frame([_row(CHAIR), EMPTY])
    before = frame.clone()
    profile(frame, text="verbatim", taxonomy=TAXONOMY)
    assert frame.equals(before)

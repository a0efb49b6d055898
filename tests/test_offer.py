from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, InputIsDirectoryError, InputNotFoundError, MalformedInputError
from relationtypes.findings.offer import (
    RELATION_AIMS,
    SERVICE_MODES,
    Offer,
    OfferSegment,
    Supply,
    check_offer,
    offer_text,
    read_offer,
)
from tests.conftest import ROOT

EVERYONE = "[offer]\nservice_modes = ['self_service']\n"


def _written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "offer.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_offer_example_is_read() -> None:
    offer = read_offer(ROOT / "examples/offer.toml")
    assert offer.everyone == Supply(("self_service", "automated_services"), ("loyalty",))
    assert [segment.title for segment in offer.segments] == ["Customers met on Google", "Hackney"]


def test_offer_example_names_every_mode_and_aim() -> None:
    text = (ROOT / "examples/offer.toml").read_text("utf-8")
    assert [name for name in (*SERVICE_MODES, *RELATION_AIMS) if f"#   {name} " not in text] == []


def test_offer_segment_takes_from_everyone_what_it_does_not_state(tmp_path: Path) -> None:
    text = "[offer]\nservice_modes = ['self_service']\nrelation_aims = ['loyalty']\n"
    offer = read_offer(
        _written(tmp_path, text + "[[segment]]\ncolumn = 'store'\nvalue = 3\nrelation_aims = ['service']\n")
    )
    (segment,) = offer.segments
    assert offer.supply_of(segment) == Supply(("self_service",), ("service",))
    assert segment.title == "3"


SUPPLIES = st.tuples(
    st.none() | st.lists(st.sampled_from(SERVICE_MODES), min_size=1, unique=True).map(tuple),
    st.none() | st.lists(st.sampled_from(RELATION_AIMS), min_size=1, unique=True).map(tuple),
).filter(any)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
VALUES = WORDS | st.integers(-(2**60), 2**60) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)


@given(SUPPLIES, st.lists(st.tuples(WORDS, WORDS, VALUES, SUPPLIES), max_size=3, unique_by=lambda one: one[0].strip()))
def test_offer_text_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, everyone: tuple, segments: list[tuple]
) -> None:
    offer = Offer(
        Supply(*everyone),
        tuple(
            OfferSegment(f"{place}{column}", value, name, *supply)
            for place, (name, column, value, supply) in enumerate(segments)
        ),
    )
    path = tmp_path_factory.getbasetemp() / "again.toml"
    path.write_text(offer_text(offer), "utf-8", newline="")
    assert read_offer(path) == offer


BAD = {
    "mode": ("[offer]\nservice_modes = ['self_servce']", ("offer.service_modes[0]", "Did you mean 'self_service'?")),
    "aim": (EVERYONE + "relation_aims = ['loyal']", ("'loyal'", "Did you mean 'loyalty'?", "collaborative")),
    "field": ("[offer]\nservice_mode = ['self_service']", ("'service_mode'", "Did you mean 'service_modes'?")),
    "field of a segment": (
        EVERYONE + "[[segment]]\ncolum = 'a'\nvalue = 1",
        ("segment[0]", "'colum'", "Did you mean 'column'?"),
    ),
    "block": (EVERYONE + "[[segments]]\ncolumn = 'a'", ("'segments'", "Did you mean 'segment'?")),
    "no list": ("[offer]\nservice_modes = 'self_service'", ("offer.service_modes", "must be a list")),
    "no offer": ("", ("'offer'", "missing", "examples/offer.toml")),
    "no column": (EVERYONE + "[[segment]]\nvalue = 1\nrelation_aims = ['loyalty']", ("'column'", "segment[0]")),
    "a list for a value": (EVERYONE + "[[segment]]\ncolumn = 'a'\nvalue = [1]", ("segment[0].value", "wrong")),
    "nothing": ("[offer]", ("[offer]", "neither")),
    "empty list": ("[offer]\nservice_modes = []", ("[offer]", "empty", "leave it out")),
    "twice": ("[offer]\nrelation_aims = ['loyalty', 'loyalty']", ("twice", "loyalty")),
    "segment without offer": (EVERYONE + "[[segment]]\ncolumn = 'a'\nvalue = 1", ("'1'", "nothing of its own")),
    "no TOML": ("offer", ("no TOML",)),
    "bytes": (b"\xff\xfe", ("no TOML",)),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD.keys())
def test_offer_says_what_is_wrong_and_where(tmp_path: Path, text: str | bytes, words: tuple[str, ...]) -> None:
    with pytest.raises(MalformedInputError) as caught:
        read_offer(_written(tmp_path, text))
    message = str(caught.value)
    assert "offer.toml" in message and [word for word in words if word not in message] == []


@pytest.mark.parametrize("value", ["value = 1", "value = '1'"])
def test_offer_refuses_a_segment_that_stands_twice(tmp_path: Path, value: str) -> None:
    block = "[[segment]]\ncolumn = 'a'\n{}\nrelation_aims = ['loyalty']\n"
    with pytest.raises(MalformedInputError, match="stands twice"):
        read_offer(_written(tmp_path, EVERYONE + block.format("value = 1") + block.format(value)))


def test_offer_refuses_two_segments_of_one_name() -> None:
    one, other = OfferSegment("a", 1, "Both", ("co_creation",)), OfferSegment("b", 2, "Both", ("communities",))
    with pytest.raises(ArgumentError, match="'Both' stands twice"):
        check_offer(Offer(Supply(("self_service",)), (one, other)))


def test_offer_made_in_python_is_checked_as_well() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'communities'"):
        check_offer(Offer(Supply(("comunities",))))  # type: ignore[arg-type]


def test_offer_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputNotFoundError, match=r"examples/offer\.toml"):
        read_offer(tmp_path / "none.toml")
    with pytest.raises(InputIsDirectoryError):
        read_offer(tmp_path)


def test_offer_example_suits_the_example_reviews() -> None:
    reviews = pl.read_csv(ROOT / "examples/reviews.csv")
    segments = read_offer(ROOT / "examples/offer.toml").segments
    assert [segment.title for segment in segments if segment.value not in reviews[segment.column]] == []

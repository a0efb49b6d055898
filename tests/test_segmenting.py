import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.segmenting import sentences

PIECES = ["word", "Été", "M.", "e.g.", "5.", ".", "...", "…", "!", "?", ",", '"', "“", "”", "«", "»", "(", ")", "😍"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.sampled_from([" ", "\n"]), max_size=30).map("".join) | st.text(
    max_size=20
)
CALM = settings(max_examples=200, deadline=None, derandomize=True)


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["The parcel came late.", "The box was wet!", "Who does that?"],
        ["Le colis est arrivé tard.", "La boîte était mouillée !", "Qui fait ça ?"],
        ["Great shop.", "école du goût, vraiment."],
        ["It weighs 2.5 kg and costs 3.99.9 all told.", "Fine."],
        ["Really?!", "Yes!!!", "Really."],
    ],
)
def test_segmenting_ends_at_terminal_punctuation(expected: list[str]) -> None:
    assert _cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "M. Dupont m'a rappelé.",
        "Mme. Roy était là.",
        "Mlle. Roy était là.",
        "I spoke to Mr. Stone and to Dr. Hill.",
        "J. Roy answered.",
        "Some parts, e.g. the lid, are loose.",
        "Bring tea, etc. and a cup.",
        "Ce modèle, p.ex. le bleu, est joli.",
        "Delivery took approx. 3 days.",
        "Voir cf. la notice.",
        "1. Open the box.",
    ],
)
def test_segmenting_goes_on_after_an_abbreviation(sentence: str) -> None:
    assert _cut(f"{sentence} Next one.") == [sentence, "Next one."]


@pytest.mark.parametrize(
    "expected",
    [
        ["Would I return?", "No.", "Never again."],
        ["The room was cold.", "Did they care?", "No!", "Not at all."],
    ],
)
def test_segmenting_lets_the_answer_no_stand_alone(expected: list[str]) -> None:
    assert _cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["Well...", "It broke."],
        ["Bon…", "On verra."],
        ["I waited… and waited.", "Nothing."],
    ],
)
def test_segmenting_ends_at_an_ellipsis(expected: list[str]) -> None:
    # before a small letter an ellipsis may or may not end a sentence: only the words must be there
    assert " ".join(_cut(" ".join(expected))) == " ".join(expected)
    assert _cut(" ".join(expected))[-1] == expected[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Love it 😍 will be back", ["Love it 😍 will be back"]),
        ("Love it 😍. Will be back", ["Love it 😍.", "Will be back"]),
        ("😍😍😍", ["😍😍😍"]),
    ],
)
def test_segmenting_keeps_emoji_with_their_words(text: str, expected: list[str]) -> None:
    assert _cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("good price\nslow post", ["good price", "slow post"]),
        ("Good price.\n\n Slow post.\n", ["Good price.", "Slow post."]),
        ("spoke to M.\nDupont", ["spoke to M.", "Dupont"]),
    ],
)
def test_segmenting_ends_at_a_line_break(text: str, expected: list[str]) -> None:
    assert _cut(text) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ['He said "never again."', "Then he left."],
        ["“Such a pity.”", "Then he left."],
        ["« Plus jamais. »", "Puis il est parti."],
        ["(It was late.)", "Then he left."],
        ["He left.", '"Never again," he said.'],
        ["Il est parti.", "« Plus jamais », dit-il."],
    ],
)
def test_segmenting_keeps_quotes_and_brackets_with_their_sentence(expected: list[str]) -> None:
    assert _cut(" ".join(expected)) == expected


@pytest.mark.parametrize("text", ["no full stop here", "ok", "5/5", ".", "?!", "https", "a,b;c"])
def test_segmenting_text_without_an_end_is_one_sentence(text: str) -> None:
    assert sentences(text) == [(0, len(text))]


@pytest.mark.parametrize("text", ["", " ", "\n", " \n\t\r\n "])
def test_segmenting_blank_text_has_no_sentence(text: str) -> None:
    assert sentences(text) == []


@CALM
@given(TEXTS)
def test_segmenting_spans_are_ordered_disjoint_and_not_blank(text: str) -> None:
    spans = sentences(text)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) and text[start:end] == text[start:end].strip() for start, end in spans)


@CALM
@given(TEXTS)
def test_segmenting_spans_hold_every_character(text: str) -> None:
    inside = {i for start, end in sentences(text) for i in range(start, end)}
    lost = [(i, character) for i, character in enumerate(text) if not character.isspace() and i not in inside]
    assert lost == []


@pytest.mark.parametrize("text", ["a. " * 333_334, "." * 10**6], ids=["short sentences", "dots"])
def test_segmenting_a_megabyte_takes_no_time(text: str) -> None:
    seconds = []
    for _ in range(3):
        begun = time.process_time()  # of this process: the machine may be busy
        sentences(text)
        seconds.append(time.process_time() - begun)
    assert min(seconds) < 5

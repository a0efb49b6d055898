import time
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relationtypes.normalising import (
    MOST_READ,
    as_read,
    as_read_with_offsets,
    is_read_whole,
    normalise,
    normalise_with_offsets,
    unshouted,
)

NOISE = [
    "https://shop.example/a?b=1&c=2#d",
    "www.shop.example",
    "jo.doe@mail.example",
    "@some_one",
    "#LoveThisShop",
    "#coup_de_coeur",
    "&amp;",
    "&amp;lt;",
    "&lt;b&gt;",
    "&#38;",
    "&",
    "amp;",
    "<br/>",
    "<",
    ">",
    "</",
    "a",
    "\\n",
    "\\",
    "n",
    "@",
    "#",
    "_",
    ".",
    ";",
    "sooooo",
    "!!!!!!",
    "1000000",
    "😍😍😍😍😍",
    "👩🏽‍🍳",
    "\u200b",
    "\u2028",
    "\x00",
    "\x1c",
    "\x85",
    "\ud800",
    "\r\n",
    "\n",
    "\t",
    " ",
    "\u00a0",
    "é",
    "e\u0301",
]
TEXTS = st.lists(st.sampled_from(NOISE) | st.text(max_size=4), max_size=14).map("".join)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzéèàçœ'-,.?", min_size=1, max_size=9)
CALM = settings(max_examples=200, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://shop.example/a?b=1&c=2#d now", "see http now"),
        ("http://shop.example", "http"),
        ("go to www.shop.example today", "go to http today"),
        ("write to jo.doe+x@mail.example please", "write to email please"),
        ("thanks @some_one for that", "thanks @user for that"),
        (".@some_one said", ".@user said"),
        ("meet @ noon", "meet @ noon"),
    ],
)
def test_normalising_addresses_become_placeholders(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#love it", "love it"),
        ("#LoveThisShop", "Love This Shop"),
        ("#coup_de_coeur", "coup de coeur"),
        ("#CoupDeCœur", "Coup De Cœur"),
        ("#MonÉpicerie", "Mon Épicerie"),
        ("#SAV au top", "SAV au top"),
        ("we are #1 here", "we are #1 here"),
        ("item no#blue", "item no#blue"),
    ],
)
def test_normalising_hashtags_become_words(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("salt &amp; pepper", "salt & pepper"),
        ("salt &amp;amp;amp; pepper", "salt & pepper"),
        ("I &amp;amp;lt;3 it", "I <3 it"),
        ("5&nbsp;&euro; l&#39;unit&eacute;", "5 € l'unité"),
        ("&#x1F60D; wow", "😍 wow"),
        ("fish & chips; nice", "fish & chips; nice"),
        ("&nosuchthing; here", "&nosuchthing; here"),
    ],
)
def test_normalising_entities_are_decoded(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("good<br/>value", "good value"),
        ("<p>good <b class='x'>value</b></p>", "good value"),
        ("&lt;p&gt;good&lt;/p&gt;", "good"),
        ("price < 10 and > 5", "price < 10 and > 5"),
        ("I <3 them", "I <3 them"),
    ],
)
def test_normalising_tags_are_dropped(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\\ntwo", "one\ntwo"),
        ("one\\r\\ntwo", "one\ntwo"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one \n\n  two", "one\ntwo"),
        ("one\t\ttwo\u00a0three", "one two three"),
        ("one\u2028two", "one two"),
        ("  around  ", "around"),
    ],
)
def test_normalising_white_space_is_made_plain(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sooooooo good", "sooo good"),
        ("trop bieeeeeen", "trop bieeen"),
        ("what???????", "what???"),
        ("nooo!!!", "nooo!!!"),
        ("wait..........", "wait..."),
        ("😍😍😍😍😍😍", "😍😍😍"),
    ],
)
def test_normalising_runs_are_cut_to_three(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize("text", ["I paid 1000000 for it", "call 0000000000", "5/5", "in 2024, 11111 steps"])
def test_normalising_digits_are_never_squashed(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("text", ["😍", "bravo 👍🏽 !", "👩🏽‍🍳 cooks", "❤️ you", "🇫🇷 made", "👨‍👩‍👧‍👦"])
def test_normalising_emoji_are_kept(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize("unseen", ["\u200b", "\u200e", "\ufeff", "\u2060", "\x00", "\x07", "\ud800", "\udfff"])
def test_normalising_unseen_characters_are_removed(unseen: str) -> None:
    assert normalise(f"{unseen}go{unseen}od{unseen}") == "good"


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\t \r\n", "\u00a0\u2003", "\u200b\ufeff", "\x00", "<br>", "&nbsp;", "\\n\\n", " \u200b "]
)
def test_normalising_nothing_but_space_becomes_empty(text: str) -> None:
    assert normalise(text) == ""
    assert normalise_with_offsets(text).text == ""


@CALM
@given(TEXTS)
def test_normalising_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "@" + "ab" * 300,
        "&" + "#38;" * 12 + "lt;",
        "<a " * 10 + ">b" * 10,
        "a@b.cd" + "@e.fg" * 20,
        "#" + "ab" * 300,
    ],
    ids=["long handle", "nested entity", "nested tags", "chained e-mail", "long hashtag"],
)
def test_normalising_is_idempotent_however_deep_the_noise(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@CALM
@given(TEXTS)
def test_normalising_with_offsets_gives_the_same_text(text: str) -> None:
    assert normalise_with_offsets(text).text == normalise(text)


@CALM
@given(TEXTS)
def test_normalising_offsets_are_ordered_and_within_bounds(text: str) -> None:
    found = normalise_with_offsets(text)
    assert len(found.starts) == len(found.ends) == len(found.text)
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))


@CALM
@given(st.lists(WORDS, min_size=1, max_size=8).map(" ".join))
def test_normalising_leaves_an_untouched_text_in_place(text: str) -> None:
    assume(normalise(text) == text)
    found = normalise_with_offsets(text)
    assert (found.starts, found.ends) == (tuple(range(len(text))), tuple(range(1, len(text) + 1)))


@CALM
@given(TEXTS, TEXTS)
def test_normalising_leads_a_surviving_word_back_to_itself(before: str, after: str) -> None:
    text = f"{before} zebra {after}"
    found = normalise_with_offsets(text)
    assume("zebra" in found.text)  # a stray '<a' before and '>' behind make a tag of it
    at = found.text.index("zebra")
    start, end = found.original_span(at, at + len("zebra"))
    assert text[start:end] == "zebra"


@pytest.mark.parametrize(
    ("text", "piece", "expected"),
    [
        ("ask @some_one now", "@user", "@some_one"),
        ("salt &amp;amp; pepper", "&", "&amp;amp;"),
        ("see https://shop.example/x now", "http", "https://shop.example/x"),
        ("sooooooo good", "sooo", "sooooooo"),
        ("#LoveThisShop is true", "This Shop", "#LoveThisShop"),
        ("<b>good</b> value", "good value", "good</b> value"),
    ],
)
def test_normalising_original_span_covers_what_was_replaced(text: str, piece: str, expected: str) -> None:
    found = normalise_with_offsets(text)
    at = found.text.index(piece)
    start, end = found.original_span(at, at + len(piece))
    assert text[start:end] == expected


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 6), (5, 6), (5, 5)])
def test_normalising_bad_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"not within a text of 5 characters"):
        normalise_with_offsets("hello").original_span(start, end)


@pytest.mark.parametrize(
    "text",
    ["a" * 10**6, "&amp;" * 200_000, "<" * 10**6, "@a" * 300_000, "#" * 10**6],
    ids=["letters", "entities", "brackets", "handles", "hashes"],
)
@pytest.mark.parametrize("function", [normalise, normalise_with_offsets])
def test_normalising_a_megabyte_takes_no_time(function: Callable[[str], object], text: str) -> None:
    begun = time.process_time()  # of this process: the machine may be busy
    function(text)
    assert time.process_time() - begun < 2


@given(
    st.text(max_size=80), st.integers(0, 30_000), st.sampled_from(["kind staff ", "QUJD", "<b>bold</b> &amp; ", " \n"])
)
@settings(max_examples=40)
def test_what_is_read_is_a_bounded_beginning(start: str, many: int, again: str) -> None:
    text = (start + again * many)[:120_000]
    read, whole = as_read(text), normalise(text)
    assert len(read) <= MOST_READ and as_read_with_offsets(text).text.startswith(read)
    assert is_read_whole(text) == (len(text) <= 100_000 and len(whole) <= MOST_READ)
    if is_read_whole(text):
        assert read == whole


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("WORST SERVICE I HAVE EVER HAD!!!", "worst service i have ever had!!!"),
        ("JAMAIS PLUS ÇA, À FUIR", "jamais plus ça, à fuir"),
        ("The WORST service ever", "The WORST service ever"),
        ("USA 2024", "USA 2024"),
        ("İSTANBUL AIRPORT LOUNGE", "İstanbul airport lounge"),
        ("", ""),
    ],
)
def test_unshouted(text: str, read: str) -> None:
    assert unshouted(text) == read


@given(st.text(max_size=60))
def test_unshouted_keeps_every_place_and_is_idempotent(text: str) -> None:
    once = unshouted(text)
    assert len(once) == len(text) and unshouted(once) == once

"""What redaction finds on the written and the generated texts does not fall below what was measured (docs/redaction.md)."""

from __future__ import annotations

import random

import pytest

from benchmarks.redaction import EACH, measure
from benchmarks.redaction_cases import HALVES, Half, card, generated, iban, unmarked, written
from relationtypes.redacting.numbers import is_luhn

FLOORS = {
    # half, source, language: recall, precision; at most this share of the data's letters and digits leaked
    ("mend", "written", "en"): (1.0, 1.0, 0.0),
    ("mend", "written", "fr"): (1.0, 1.0, 0.0),
    ("mend", "generated", "en"): (0.99, 0.97, 0.003),
    ("mend", "generated", "fr"): (1.0, 0.97, 0.0),
    ("measure", "written", "en"): (0.849, 1.0, 0.084),
    ("measure", "written", "fr"): (0.796, 0.979, 0.147),
    ("measure", "generated", "en"): (0.97, 0.979, 0.028),
    ("measure", "generated", "fr"): (0.96, 1.0, 0.023),
}


@pytest.mark.parametrize("half", HALVES)
def test_redaction_finds_as_much_as_was_measured(half: Half) -> None:
    for source, cases in (("written", written(half)), ("generated", generated(half, EACH))):
        tallies = measure(cases).tallies
        for language in ("en", "fr"):
            recall, precision, leak = FLOORS[half, source, language]
            tally = tallies[language, "all"]
            figures = (round(tally.recall, 3), round(tally.precision, 3), round(tally.leak, 3))
            assert figures[0] >= recall and figures[1] >= precision and figures[2] <= leak, (source, language, figures)


def test_the_test_set_is_what_it_is_said_to_be() -> None:
    halves = {half: list(written(half)) for half in HALVES}
    texts = [case.text for cases in halves.values() for case in cases]
    assert len(set(texts)) == len(texts)
    for language in ("en", "fr"):
        count = [sum(case.language == language for case in cases) for cases in halves.values()]
        assert sum(count) >= 150 and max(count) - min(count) <= 1
        assert sum(not case.spans for case in halves["measure"] if case.language == language) >= 25  # hard negatives
    assert list(generated("measure", 2)) == list(generated("measure", 2)) != list(generated("measure", 2, seed=9))
    case = unmarked("x", "mend", "en", "Hi ⟦name:Jo⟧, ring ⟦phone:07700 900123⟧")
    assert case.text == "Hi Jo, ring 07700 900123" and [case.text[a:b] for a, b, _ in case.spans] == [
        "Jo",
        "07700 900123",
    ]


def test_generated_check_digits_hold_or_do_not() -> None:
    for number in range(300):
        dice = random.Random(number)
        assert is_luhn("".join(filter(str.isdigit, card(dice, "en"))))
        assert not is_luhn("".join(filter(str.isdigit, card(dice, "en", wrong=1 + number % 9))))
        for wrong in (0, 1 + number % 90):
            account = iban(dice, "fr", wrong=wrong).replace(" ", "")
            rest = int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97
            assert (rest == 1) is (wrong == 0)

import csv
import gzip
import json
import random
from pathlib import Path

import pytest

from relationtypes.languages import detect_language
from relationtypes.normalising import normalise

TEXTS = Path(__file__).parent / "data" / "languages.tsv"
POOL = Path(__file__).parents[2] / "shared" / "data" / "pool"


@pytest.fixture(scope="module")
def labelled() -> list[tuple[str, str]]:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return [(row["lang"], row["text"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def test_languages_sample_is_worth_measuring_on(labelled: list[tuple[str, str]]) -> None:
    languages = [language for language, _ in labelled]
    assert min(languages.count("en"), languages.count("fr")) >= 50
    assert len(set(languages) - {"en", "fr"}) >= 15


@pytest.mark.parametrize("language", ["en", "fr"])
def test_languages_english_and_french_are_recognised(labelled: list[tuple[str, str]], language: str) -> None:
    texts = [text for given, text in labelled if given == language]
    right = sum(detect_language(normalise(text)) == language for text in texts)
    assert right / len(texts) >= 0.9


def test_languages_others_are_seldom_taken_for_ours(labelled: list[tuple[str, str]]) -> None:
    texts = [text for given, text in labelled if given not in ("en", "fr")]
    wrong = [text for text in texts if detect_language(normalise(text)) in ("en", "fr")]
    assert len(wrong) / len(texts) <= 0.05


@pytest.mark.parametrize("text", ["", "😍", "👍🏽👍🏽", "🇫🇷", "5/5", "10/10 !!!", "a", "...", "12:30", "€ 3,99"])
def test_languages_too_little_text_is_undetermined(text: str) -> None:
    assert detect_language(text) == "und"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have been waiting for my refund since last Monday and nobody answers. ", "en"),
        ("J'attends mon remboursement depuis lundi dernier et personne ne répond. ", "fr"),
    ],
)
def test_languages_long_text_is_told_by_its_beginning(text: str, language: str) -> None:
    assert detect_language(text * 10_000) == language


@pytest.mark.skipif(not POOL.is_dir(), reason="the pool of real texts is not part of the repository")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_languages_real_texts_are_recognised(language: str) -> None:
    with gzip.open(POOL / f"{language}.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = file.readlines()
    texts = [json.loads(line)["text"] for line in random.Random(7).sample(lines, 400)]
    right = sum(detect_language(normalise(text)) == language for text in texts)
    assert right / len(texts) >= 0.98

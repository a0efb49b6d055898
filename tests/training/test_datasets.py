"""The split: what is kept from training stays kept from it, whatever else is added."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from training.config import DataConfig, LossConfig, TrainConfig
from training.crossvalidating import at_most, source_folds
from training.datasets import _position, evaluation_texts, load_split, unseen
from training.duplicates import copy_hash, duplicate_key
from training.encoding import MOST_REPEATS, draw
from training.sources import CORPUS_COLUMNS, LABEL_COLUMNS, Example, text_hash

WORDS = [
    "parcel",
    "room",
    "price",
    "late",
    "clean",
    "driver",
    "menu",
    "agent",
    "account",
    "refund",
    "breakfast",
    "update",
]


def _text(number: int) -> str:
    return " ".join(WORDS[(number * step) % len(WORDS)] + str(number * step % 97) for step in range(1, 12))


def _row(number: int, **changes: Any) -> dict[str, Any]:
    row = {"id": f"t{number}", "text": _text(number), "lang": "en", "domain": "retail", "channel": "review"}
    labels = {"relation": "fling", "type": "fling", "sentiment": "positive", "breach": "no", "second": "-"}
    return {**row, "source": f"s{number % 3}", "rating": None, "pick": "natural", **labels, **changes}


@pytest.fixture
def data(tmp_path: Path) -> DataConfig:
    shared = tmp_path / "shared"
    (shared / "relation").mkdir(parents=True)
    (shared / "pool").mkdir()
    rows = [json.dumps(_row(number)) for number in range(300)]
    (shared / "relation/train.jsonl").write_text("\n".join(rows) + "\n")
    (shared / "relation/dev.jsonl").write_text(json.dumps(_row(1000)) + "\n")
    pool = [_row(number, rating=number % 5 + 1) for number in range(200, 600)]
    with gzip.open(shared / "pool/en.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in pool)
    corpus = tmp_path / "corpus"
    (corpus / "en").mkdir(parents=True)
    (corpus / "en/fling.tsv").write_text(
        "\t".join(CORPUS_COLUMNS) + "\npositive\tno\t-\tapp\ttweet\tSo new, so mine!\n"
    )
    return DataConfig(corpus=str(corpus), shared=str(shared), labels=str(tmp_path / "labels"), human_sentiment=0)


def _write_labels(data: DataConfig, numbers: range) -> None:
    folder = Path(data.labels)
    folder.mkdir(exist_ok=True)
    rows = [
        (f"t{n}", text_hash(_text(n)), "buddies", "buddies", "positive", "no", "-", "buddies", "1") for n in numbers
    ]
    lines = ["\t".join(LABEL_COLUMNS), *("\t".join(row) for row in rows)]
    (folder / "wave.tsv").write_text("\n".join(lines) + "\n")


def _texts(examples: tuple[Example, ...]) -> set[str]:
    return {example.text for example in examples}


def test_split_more_labels_never_move_a_text(data: DataConfig) -> None:
    before = load_split(data, seed=1)
    _write_labels(data, range(300, 600))
    after = load_split(data, seed=1)
    assert _texts(before.held_out) < _texts(after.held_out)
    assert not _texts(before.train) & _texts(after.held_out)


def test_split_ratings_never_show_a_text_that_may_be_held_out_later(data: DataConfig) -> None:
    rated = load_split(msgspec.structs.replace(data, ratings=1000), seed=1)
    assert any(example.origin == "rating" for example in rated.train)
    _write_labels(data, range(300, 600))
    assert not _texts(rated.train) & _texts(load_split(data, seed=1).held_out)


def test_split_a_later_reading_replaces_an_earlier_one(data: DataConfig) -> None:
    _write_labels(data, range(200, 210))
    split = load_split(data, seed=1)
    families = {example.text: example.family for example in (*split.train, *split.held_out)}
    assert {families[_text(number)] for number in range(200, 210)} == {"buddies"}
    assert families[_text(5)] == "fling"


def test_split_near_copies_of_kept_texts_are_not_trained_on(data: DataConfig) -> None:
    kept = next(iter(load_split(data, seed=1).held_out)).text
    copies = [_row(2000 + i, text=f"{kept} indeed{'!' * i}", id=f"copy{i}") for i in range(20)]
    with (Path(data.shared) / "relation/train.jsonl").open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in copies)
    assert not any(kept in text for text in _texts(load_split(data, seed=1).train))


def _write_human(data: DataConfig) -> None:
    (Path(data.shared) / "sentiment").mkdir()
    with gzip.open(Path(data.shared) / "sentiment/en_human.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(_row(number)) + "\n" for number in range(600, 900))


def test_split_human_sentiment_never_shows_a_text_that_may_be_held_out_later(data: DataConfig) -> None:
    _write_human(data)
    shown = load_split(msgspec.structs.replace(data, human_sentiment=1000), seed=1)
    assert 200 < sum(example.origin == "sentiment" for example in shown.train) < 300
    positions = [_position(example, 1) for example in shown.train]
    assert min(positions) >= data.held_out


def test_split_sources_left_out_are_seen_by_nobody(data: DataConfig) -> None:
    _write_human(data)
    config = msgspec.structs.replace(data, leave_out=("s1",), ratings=1000, human_sentiment=1000)
    split = load_split(config, seed=1)
    assert {example.source for example in split.left_out} == {"s1"}
    assert len(split.left_out) == 100
    assert {example.origin for example in split.train} == {"corpus", "relation", "rating", "sentiment"}
    assert not any(example.source == "s1" for example in (*split.train, *split.held_out))


def test_split_never_holds_an_evaluation_text(data: DataConfig) -> None:
    with (Path(data.shared) / "relation/train.jsonl").open("a") as file:
        file.write(json.dumps(_row(1000, id="again")) + "\n")
    split = load_split(data, seed=1)
    assert _text(1000) not in _texts(split.train) | _texts(split.held_out)


def test_split_never_holds_a_challenge_or_golden_text(data: DataConfig) -> None:
    texts = evaluation_texts(Path(data.shared))
    assert len(texts) > 1200  # adversarial texts among them
    with (Path(data.shared) / "relation/train.jsonl").open("a") as file:
        file.writelines(json.dumps(_row(3000 + i, text=text.upper())) + "\n" for i, text in enumerate(texts))
    split = load_split(data, seed=1)
    keys = {duplicate_key(text) for text in texts}
    assert not keys & {duplicate_key(example.text) for example in (*split.train, *split.held_out)}


def test_unseen_drops_what_an_earlier_run_was_trained_on(data: DataConfig) -> None:
    held_out = load_split(data, seed=1).held_out
    seen = frozenset({copy_hash(held_out[0].text.upper() + "!")})
    assert unseen(held_out, seen) == held_out[1:]


def _example(family: str | None, origin: str = "relation", lang: str = "en", source: str = "s") -> Example:
    return Example(text="x", lang=lang, origin=origin, source=source, family=family)  # type: ignore[arg-type]


def test_draw_evens_families_out() -> None:
    examples = [_example("transaction")] * 900 + [_example("buddies")] * 100 + [_example(None)] * 50
    config = TrainConfig(name="x", epochs=2.0, loss=LossConfig(balance=0.5))
    families = [example.family for example in draw(examples, config)]
    assert families.count("transaction") == pytest.approx(2 * 900 * (500 / 900) ** 0.5, rel=0.05)
    assert families.count("buddies") == pytest.approx(2 * 100 * (500 / 100) ** 0.5, rel=0.05)
    assert families.count(None) == 100


def test_draw_without_balance_takes_every_text_once_an_epoch() -> None:
    examples = [_example("transaction")] * 9 + [_example("fling")]
    config = TrainConfig(name="x", epochs=3.0, loss=LossConfig(balance=0.0))
    assert len(draw(examples, config)) == 30


def test_draw_repeats_no_text_too_often() -> None:
    examples = [_example("transaction")] * 10_000 + [_example("fling", "corpus")]
    config = TrainConfig(name="x", epochs=1.0, loss=LossConfig(balance=1.0), data=DataConfig(corpus_weight=2.0))
    assert [example.family for example in draw(examples, config)].count("fling") <= MOST_REPEATS + 1


def test_at_most_so_many_texts_of_a_source_whatever_their_order() -> None:
    examples = [
        replace(_example("fling", source=source), text=f"{source} {i}")
        for source, n in (("large", 30), ("small", 3))
        for i in range(n)
    ]
    kept = at_most(examples, 5)
    assert sorted(Counter(example.source for example in kept).items()) == [("large", 5), ("small", 3)]
    assert at_most(examples[::-1], 5) == kept


def test_source_folds_keep_a_source_whole_and_languages_even() -> None:
    sizes = {("en", f"e{i}"): 50 + 10 * i for i in range(9)} | {("fr", f"f{i}"): 40 + 15 * i for i in range(6)}
    examples = [_example("fling", lang=lang, source=source) for (lang, source), n in sizes.items() for _ in range(n)]
    folds = source_folds(examples, 3)
    assert sorted(source for fold in folds for source in fold) == sorted(source for _, source in sizes)
    for lang in ("en", "fr"):
        totals = [sum(sizes.get((lang, source), 0) for source in fold) for fold in folds]
        assert max(totals) < 1.3 * min(totals)

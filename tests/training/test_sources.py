"""Labels that are committed without their texts must find them again, and only them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import load_taxonomy
from tests.conftest import ROOT, SHARED
from training.duplicates import duplicate_key
from training.sources import (
    LABEL_COLUMNS,
    Example,
    read_challenge,
    read_corpus,
    read_labels,
    read_pool,
    text_hash,
)


def _pool_row(**changes: Any) -> dict[str, Any]:
    row = {"id": "shop-1", "text": "Fine.", "lang": "en", "domain": "retail", "channel": "review", "brand": None}
    return {**row, "rating": None, "date": None, "source": "shop", **changes}


def _pool(folder: Path, rows: list[dict[str, Any]]) -> list[Example]:
    with gzip.open(folder / "en.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return list(read_pool(folder))


def _labels(folder: Path, *rows: tuple[str, ...]) -> None:
    folder.mkdir(exist_ok=True)
    lines = ["\t".join(LABEL_COLUMNS), *("\t".join(row) for row in rows)]
    (folder / "wave.tsv").write_text("\n".join(lines) + "\n")


def test_pool_ratings_run_from_worst_to_best_of_their_source(tmp_path: Path) -> None:
    rows = [_pool_row(id=f"a{i}", source="five", rating=rating) for i, rating in enumerate((1, 3, 5))]
    rows += [_pool_row(id=f"b{i}", source="ten", rating=rating) for i, rating in enumerate((0, 5.0, 10))]
    rows += [_pool_row(id="c", source="none"), _pool_row(id="d", source="one value", rating=4)]
    ratings = [example.rating for example in _pool(tmp_path, rows)]
    assert ratings == [0, 0.5, 1, 0, 0.5, 1, None, None]


def test_labels_join_the_text_they_were_given_to(tmp_path: Path) -> None:
    pool = _pool(tmp_path, [_pool_row(), _pool_row(id="shop-2", text="Other.")])
    _labels(
        tmp_path / "labels",
        ("shop-1", text_hash("Fine."), "fling", "one_night_stand", "mixed", "yes", "buddies", "natural", "2"),
        ("gone-9", text_hash("?"), "buddies", "buddies", "positive", "no", "-", "buddies", "1"),
    )
    (found,) = read_labels(tmp_path / "labels", pool)
    assert (found.family, found.type, found.sentiment, found.breach) == ("fling", "one_night_stand", "mixed", True)
    assert (found.second, found.natural, found.origin, found.text) == ("buddies", True, "labels", "Fine.")


def test_labels_of_a_changed_text_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pool = _pool(tmp_path, [_pool_row(text="Not what was read.")])
    _labels(
        tmp_path / "labels",
        ("shop-1", text_hash("Fine."), "fling", "fling", "mixed", "no", "-", "natural", "1"),
    )
    assert list(read_labels(tmp_path / "labels", pool)) == []
    assert "1 labelled texts" in caplog.text and "Not what" not in caplog.text


def test_labels_with_another_header_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wave.tsv").write_text("id\tlabel\n")
    with pytest.raises(ArgumentError, match="header"):
        list(read_labels(tmp_path, []))


def test_committed_labels_hold_no_text() -> None:
    for path in (ROOT / "training/labels").glob("*.tsv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            key, *labels = line.split("\t")
            assert (
                " " not in key and len(key) < 100 and all(" " not in label and len(label) < 25 for label in labels)
            ), path


def test_challenge_covers_every_type_in_both_languages() -> None:
    found = {(example.lang, example.type) for example in read_challenge(ROOT / "training/challenge")}
    assert found == {(lang, kind) for lang in ("en", "fr") for kind in load_taxonomy().type_ids}


def test_challenge_pairs_have_two_answers() -> None:
    for path in (ROOT / "training/challenge").glob("*.tsv"):
        pairs: dict[str, set[str]] = {}
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            fields = line.split("\t")
            pairs.setdefault(fields[5], set()).add("/".join(fields[1:4]))
        assert all(len(answers) > 1 for pair, answers in pairs.items() if pair != "-"), path


def test_challenge_is_not_in_the_corpus() -> None:
    corpus = {duplicate_key(example.text) for example in read_corpus(ROOT / "training/corpus")}
    assert not corpus & {duplicate_key(example.text) for example in read_challenge(ROOT / "training/challenge")}


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_committed_labels_find_their_texts() -> None:
    pool = list(read_pool(SHARED / "data/pool"))
    rows = [
        line.split("\t")[0]
        for path in (ROOT / "training/labels").glob("*.tsv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert len(list(read_labels(ROOT / "training/labels", pool))) == len(set(rows))

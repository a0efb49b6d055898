"""Batches for readers and back: nothing lost, nothing leaked, disputes never settled by chance."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import load_taxonomy
from tests.conftest import ROOT
from training.labelling import (
    ADJUDICATOR,
    Reading,
    agreement,
    collect,
    folder_for_texts,
    key_of,
    write_batches,
    write_labels,
)
from training.sources import Example, read_labels

POOL = {
    f"t{i}": Example(
        text=f"Text\nnumber {i}.", lang="en", origin="rating", source="s", id=f"t{i}", domain="bank", channel="review"
    )
    for i in range(500)
}
PICKS = {id_: "natural" if int(id_[1:]) % 2 else "fling" for id_ in POOL}
TRANSACTION = "transaction\tbasic_exchange\tnegative\tno\t-"
BROKEN = "broken_bond\tenemies\tnegative\tyes\ttransaction"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "wave"
    assert write_batches(PICKS, POOL, folder, readers=3, doubled=0.1, seed=1) > 500
    return folder


def _read_all(folder: Path, label: str) -> None:
    for batch in folder.glob("r*.txt"):
        numbers = [line[1 : line.index("]")] for line in batch.read_text().splitlines()]
        (folder / "out" / f"{batch.stem}.tsv").write_text("".join(f"{number}\t{label}\n" for number in numbers))


def _numbers(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number, slip in json.loads(key_of(folder).read_text()).items():
        found.setdefault(slip["id"], []).append(number)
    return found


def test_batches_hold_each_text_once_or_twice_with_two_readers(folder: Path) -> None:
    lines = [line for path in folder.glob("r*.txt") for line in path.read_text().splitlines()]
    given = Counter(line.split("] ", 1)[1] for line in lines)
    assert len(given) == 500 and set(given.values()) == {1, 2}
    assert 40 <= sum(times == 2 for times in given.values()) <= 60
    readers: dict[str, set[str]] = {}
    for slip in json.loads(key_of(folder).read_text()).values():
        readers.setdefault(slip["id"], set()).add(slip["reader"])
    assert sum(len(group) == 2 for group in readers.values()) == sum(times == 2 for times in given.values())


def test_batches_do_not_say_why_a_text_was_picked(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert path.is_dir() or not any(word in path.read_text() for word in ("natural", "fling", "pick")), path


def test_collected_lines_of_another_readers_texts_are_refused(folder: Path) -> None:
    _read_all(folder, TRANSACTION)
    (folder / "out/r2_b9.tsv").write_text((folder / "out/r1_b1.tsv").read_text())
    with pytest.raises(ArgumentError, match="not given to this reader"):
        collect(folder, POOL, load_taxonomy())


def test_collected_labels_find_their_texts_again(folder: Path) -> None:
    _read_all(folder, TRANSACTION)
    collected = collect(folder, POOL, load_taxonomy())
    write_labels(collected.rows, folder / "labels/wave.tsv")
    found = list(read_labels(folder / "labels", POOL.values()))
    assert len(found) == 500 and {example.family for example in found} == {"transaction"}
    assert sum(example.natural for example in found) == 250
    assert collected.agreement["family"] == 1.0 and not collected.disputed


def test_collected_disputes_wait_for_an_adjudicator(folder: Path) -> None:
    _read_all(folder, TRANSACTION)
    doubled, numbers = next((id_, numbers) for id_, numbers in _numbers(folder).items() if len(numbers) == 2)
    for path in (folder / "out").glob("*.tsv"):
        path.write_text(path.read_text().replace(f"{numbers[1]}\t{TRANSACTION}", f"{numbers[1]}\t{BROKEN}"))
    collected = collect(folder, POOL, load_taxonomy())
    assert set(collected.disputed) == {doubled} and len(collected.rows) == 499
    assert collected.agreement["family"] < 1.0 and collected.agreement["family_or_second"] == 1.0
    (folder / "out" / f"{ADJUDICATOR}.tsv").write_text(f"{numbers[0]}\t{BROKEN}\n")
    settled = collect(folder, POOL, load_taxonomy())
    assert not settled.disputed
    assert {row[0]: row[2] for row in settled.rows}[doubled] == "broken_bond"


@pytest.mark.parametrize(
    "line",
    [
        "1\tfling",
        "1\tfling\tbuddies\tpositive\tno\t-",
        "1\tfling\tfling\thappy\tno\t-",
        "1\tfling\tfling\tpositive\tno\tfling",
        "999999\tfling\tfling\tpositive\tno\t-",
    ],
)
def test_collected_faults_are_named(folder: Path, line: str) -> None:
    (folder / "out/r1_b1.tsv").write_text(line + "\n")
    with pytest.raises(ArgumentError, match="r1_b1"):
        collect(folder, POOL, load_taxonomy())


def test_agreement_of_no_pairs_is_empty() -> None:
    assert agreement([]) == {}


def test_agreement_counts_types_only_where_the_family_agrees() -> None:
    one = Reading("fling", "fling", "positive", "no", "-")
    other = Reading("fling", "secret_affair", "mixed", "no", "-")
    apart = Reading("buddies", "buddies", "positive", "no", "-")
    figures = agreement([(one, other), (one, apart)])
    assert (figures["family"], figures["type_given_family"], figures["sentiment"]) == (0.5, 0.0, 0.5)


def test_folder_for_texts_is_new_and_outside_the_repository(tmp_path: Path) -> None:
    assert folder_for_texts(tmp_path / "new").is_dir()
    (tmp_path / "new" / "batch.txt").write_text("x")
    with pytest.raises(ArgumentError, match="files already"):
        folder_for_texts(tmp_path / "new")
    with pytest.raises(ArgumentError, match="outside"):
        folder_for_texts(ROOT / "errors")

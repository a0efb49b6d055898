"""With whom a second reading sides: counted apart where label and model differ, weighed by how many texts there are of each."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from relationtypes.errors import ArgumentError
from training.labelling import key_of
from training.rereading import Again, Key, collect_again, rereading_report

LINES = {
    "transaction": "transaction\tbasic_exchange\tpositive\tno\t-",
    "fling": "fling\tfling\tpositive\tno\tbuddies",
    "buddies": "buddies\tbuddies\tpositive\tno\t-",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten texts on which label and model differ, six of which the label is right of, and ten on which they agree, all right."""
    read = ["fling"] * 6 + ["buddies"] * 3 + ["transaction"] + ["fling"] * 10
    texts = {
        str(number): Again(f"id-{number}", "fling", "buddies" if number < 10 else "fling")
        for number in range(len(read))
    }
    folder = tmp_path / "again"
    folder.mkdir()
    key_of(folder).write_bytes(msgspec.json.encode(Key("tiny", 200, 800, texts)))
    lines = [f"{number}\t{LINES[family]}" for number, family in enumerate(read)]
    (folder / "r1.tsv").write_text("\n".join(lines[:7]) + "\n")
    (folder / "r2.tsv").write_text("\n".join(lines[7:]) + "\n")
    return folder


def test_collect_again_weighs_both_parts(folder: Path) -> None:
    figures = collect_again(folder)
    assert figures["differing"] == {"texts": 10, "label": 0.6, "model": 0.3, "model_or_second": 0.9}
    assert figures["agreeing"] == {"texts": 10, "same": 1.0}
    assert figures["label_agreement"]["value"] == pytest.approx(0.8 + 0.2 * 0.6)
    assert figures["model_agreement"]["value"] == pytest.approx(0.8 + 0.2 * 0.3)
    assert figures["model_agreement"]["low"] < 0.86 < figures["model_agreement"]["high"]
    report = rereading_report(figures)
    assert "says what the label says in 60% of the cases and what the model says in\n30%" in report
    assert "| `tiny` | 0.86 (" in report


def test_collect_again_counts_each_reading_of_a_text(folder: Path) -> None:
    (folder / "second.tsv").write_text("".join(f"{number}\t{LINES['buddies']}\n" for number in range(20)))
    figures = collect_again(folder)
    assert figures["readings_of_a_text"] == 2
    assert figures["differing"] == {"texts": 10, "label": 0.3, "model": 0.65, "model_or_second": 0.95}
    assert figures["agreeing"] == {"texts": 10, "same": 0.5}


def test_collect_again_refuses_numbers_that_nobody_was_given(folder: Path) -> None:
    (folder / "r3.tsv").write_text(f"99\t{LINES['fling']}\n")
    with pytest.raises(ArgumentError, match="not given out"):
        collect_again(folder)


def test_collect_again_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="reread"):
        collect_again(tmp_path)

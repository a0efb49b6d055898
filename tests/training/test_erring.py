"""Errors sorted into causes: ids and causes are kept, never texts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from relationtypes.errors import ArgumentError
from training.erring import Error, collect_errors, error_report


@pytest.fixture
def sorted_errors(tmp_path: Path) -> Path:
    errors = [Error("a-1", "fling", "transaction", 0.91, "tiny"), Error("b-2", "buddies", "fling", 0.8, "tiny")]
    (tmp_path / "key.json").write_bytes(msgspec.json.encode(errors))
    (tmp_path / "causes_1.tsv").write_text("1\tirony\n")
    return tmp_path


def test_collect_errors_keeps_ids_and_causes(sorted_errors: Path) -> None:
    kept = collect_errors(sorted_errors, sorted_errors / "errors.tsv").read_text().splitlines()
    assert kept[1:] == ["a-1\tfling\ttransaction\t0.910\tirony\ttiny", "b-2\tbuddies\tfling\t0.800\t-\ttiny"]


@pytest.mark.parametrize("line", ["3\tirony", "0\tirony", "1\tbad luck", "one\tirony"])
def test_collect_errors_names_the_line_that_is_wrong(sorted_errors: Path, line: str) -> None:
    (sorted_errors / "causes_2.tsv").write_text(line + "\n")
    with pytest.raises(ArgumentError, match=r"causes_2\.tsv, line 1: a number from 1 to 2"):
        collect_errors(sorted_errors, sorted_errors / "errors.tsv")


def test_error_report_counts_causes_and_confusions(sorted_errors: Path) -> None:
    path = collect_errors(sorted_errors, sorted_errors / "errors.tsv")
    confusion: dict[str, object] = {"families": ["fling", "buddies"], "rows_true_columns_predicted": [[3, 1], [0, 2]]}
    report = error_report(path, {"tiny": confusion, "other": {}})
    assert "| `irony`: irony, sarcasm or a joke | 1 | 100% |" in report
    assert "| `fling` | `transaction` | 1 | irony 1 |" in report
    assert "| `fling` | 3 | 1 |" in report

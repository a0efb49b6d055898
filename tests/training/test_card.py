"""The model card and the README say what the results say."""

from __future__ import annotations

from pathlib import Path

import pytest

from relationtypes.errors import ArgumentError
from tests.conftest import ROOT
from training.card import model_card, quality_table, read_results, with_table

RESULTS = ROOT / "training/results"


def test_card_is_rendered_from_the_results(model_dir: Path) -> None:
    assert (model_dir / "MODEL_CARD.md").read_text(encoding="utf-8") == model_card(*read_results(RESULTS))


def test_card_readme_table_is_rendered_from_the_results() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_table(readme, quality_table(*read_results(RESULTS)))


def test_card_model_beats_both_baselines_clearly() -> None:
    metrics, baselines = read_results(RESULTS)
    model = metrics["dev"]["all"]["family_macro_f1"]
    for baseline in baselines.values():
        assert model["value"] > baseline["all"]["family_macro_f1"]["value"] + 0.03


def test_card_missing_results(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"metrics\.json"):
        read_results(tmp_path)


def test_card_readme_without_marks() -> None:
    with pytest.raises(ArgumentError, match="marks"):
        with_table("no marks here", "| table |")

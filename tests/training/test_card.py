"""The model card and the README say what the results say."""

from __future__ import annotations

from pathlib import Path

import pytest

from relationtypes.errors import ArgumentError
from tests.conftest import ROOT
from training.card import read_results, rendered_documents, with_table

RESULTS = ROOT / "training/results"


def test_card_documents_are_rendered_from_the_results(model_dir: Path) -> None:
    for path, text in rendered_documents(model_dir, RESULTS, readme=ROOT / "README.md").items():
        assert path.read_text(encoding="utf-8") == text, path


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

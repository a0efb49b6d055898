"""A teacher is asked once for each text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from relationtypes.errors import ArgumentError
from training import distilling
from training.distilling import Answers, teach
from training.network import HEADS
from training.sources import Example


def _examples(*texts: str) -> list[Example]:
    return [Example(text, "en", "test", "pool") for text in texts]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that a teacher was asked for; its answers are the lengths of the texts and of its name."""
    found: list[str] = []

    def answer(teacher: Path, texts: list[str]) -> Answers:
        found.extend(texts)
        if "never" in texts:
            raise KeyboardInterrupt
        return {head: np.array([[len(text), len(teacher.name)] for text in texts], np.float32) for head in HEADS}

    monkeypatch.setattr(distilling, "_answers", answer)
    monkeypatch.setattr(distilling, "_fingerprint", lambda teacher: teacher.name)
    monkeypatch.setattr(distilling, "_languages", lambda teacher: ("en",) if "en" in teacher.name else ("en", "fr"))
    return found


def test_teach_gives_the_mean_answer_for_each_text(tmp_path: Path, asked: list[str]) -> None:
    found = teach([Path("a"), Path("bcd")], _examples("one", "three", "one"), tmp_path / "kept.npz")
    assert found["family"].tolist() == [[3, 2], [5, 2], [3, 2]]
    assert asked == ["one", "three"] * 2


def test_teach_asks_each_teacher_in_the_languages_it_learnt(tmp_path: Path, asked: list[str]) -> None:
    examples = [*_examples("one"), Example("trois", "fr", "test", "pool")]
    found = teach([Path("ab"), Path("eng1")], examples, tmp_path / "kept.npz")
    assert found["family"].tolist() == [[3, 3], [5, 2]]
    assert asked == ["one", "trois", "one"]
    with pytest.raises(ArgumentError, match="language"):
        teach([Path("en")], examples, tmp_path / "other.npz")


def test_teach_keeps_answers_for_other_texts_and_other_runs(tmp_path: Path, asked: list[str]) -> None:
    cache = tmp_path / "deep" / "kept.npz"
    teach([Path("a")], _examples("one", "three"), cache)
    found = teach([Path("a")], _examples("seven", "three"), cache)
    assert found["breach"].tolist() == [[5, 1], [5, 1]]
    assert asked == ["one", "three", "seven"]
    teach([Path("other")], _examples("three"), cache)
    assert asked == ["one", "three", "seven", "three"]


def test_teach_interrupted_goes_on(tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distilling, "_KEPT_AFTER", 2)
    with pytest.raises(KeyboardInterrupt):
        teach([Path("a")], _examples("one", "two", "never", "four"), tmp_path / "kept.npz")
    asked.clear()
    found = teach([Path("a")], _examples("one", "two", "four"), tmp_path / "kept.npz")
    assert asked == ["four"]
    assert found["type"].tolist() == [[3, 1], [3, 1], [4, 1]]


def test_teach_without_a_teacher_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="teacher"):
        teach([], _examples("one"), tmp_path / "kept.npz")

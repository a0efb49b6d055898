"""The comparison of ways to learn from few labels: its page says what its figures say."""

from __future__ import annotations

from tests.conftest import ROOT
from training.few import merged
from training.few_report import few_report
from training.figures import read_figures


def test_few_page_is_rendered_from_its_figures() -> None:
    results = ROOT / "training/results"
    assert (results / "few.md").read_text(encoding="utf-8") == few_report(read_figures(results / "few.json"))


def test_few_ours_beats_words_alone_at_every_size() -> None:
    tasks = read_figures(ROOT / "training/results/few.json")["tasks"]
    for name, task in tasks.items():
        for size, found in task["sizes"].items():
            if "tfidf" in found:
                ours = found.get("worded", found["ours"])
                assert ours["macro_f1"] > found["tfidf"]["macro_f1"], (name, size)


def test_few_figures_found_later_join_those_found_before() -> None:
    before = {"seeds": 3, "tasks": {"one": {"classes": 2, "sizes": {"8": {"ours": 1}}}}}
    more = {"tasks": {"one": {"sizes": {"8": {"setfit": 2}, "16": {"setfit": 3}}}}}
    assert merged(before, more) == {
        "seeds": 3,
        "tasks": {"one": {"classes": 2, "sizes": {"8": {"ours": 1, "setfit": 2}, "16": {"setfit": 3}}}},
    }

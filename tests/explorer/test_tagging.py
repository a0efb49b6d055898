"""A run of the explorer: the process, how far it is, the page that shows it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from relationtypes import RelationTagger
from relationtypes.explorer import running
from relationtypes.explorer.importing import bring_in, look_at, roles_of, settle
from relationtypes.explorer.pace import families_so_far, newest_texts, pace_of
from relationtypes.explorer.pages.tagging import time_left
from relationtypes.explorer.project import ROOT_VARIABLE, Project
from relationtypes.explorer.running import main, plan_of, tag_project
from relationtypes.explorer.tagging import Progress, finished_parts, progress_of
from relationtypes.records import Scores
from relationtypes.runs import run
from tests.conftest import HashingClassifier

ROWS = 450
PAGE = "from relationtypes.explorer.pages.tagging import page\npage({language!r})\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "projects"))
    lines = [f"{n},London,this is made-up review number {n} of the file" for n in range(ROWS)]
    made = bring_in("made.csv", "\n".join(["id,store,comment", *lines, "1,2,3,4,5"]).encode())
    settle(made, look_at(made.source), roles_of([("comment", "text")]))
    return made


class _StopsAfter(HashingClassifier):
    """Is interrupted after so many texts."""

    def __init__(self, most: int) -> None:
        self.left = most

    def scores(self, texts: Sequence[str]) -> Scores:
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().scores(texts)


def _interrupted(project: Project, after: int) -> None:
    plan = plan_of(project.source, project.settings)
    with pytest.raises(KeyboardInterrupt):
        run(plan, project.tagged, RelationTagger(_StopsAfter(after)), first_rows=100, evidence=False)


def _page(project: Project, language: str = "en") -> AppTest:
    app = AppTest.from_string(PAGE.format(language=language), default_timeout=60)
    app.query_params["project"] = project.id
    return app.run()


def _begun(project: Project, pid: int) -> None:
    (project.folder / "tagging.pid").write_text(json.dumps({"pid": pid, "begun": time.time() - 10}))


def test_first_parts_are_small_and_grow(project: Project, fake_tagger: RelationTagger) -> None:
    _interrupted(project, 420)
    assert [rows for _, rows, _ in finished_parts(project)] == [100, 200]
    plan = plan_of(project.source, project.settings)
    run(plan, project.tagged, fake_tagger, first_rows=100, evidence=False)
    assert pl.read_parquet(project.tagged)["id"].to_list() == [str(n) for n in range(ROWS)]


def test_interrupted_run_with_small_first_parts_ends_as_if_it_was_not(
    project: Project, fake_tagger: RelationTagger, tmp_path: Path
) -> None:
    plan = plan_of(project.source, project.settings)
    options = {"first_rows": 50, "rows_of_a_part": 170, "evidence": False}
    run(plan, tmp_path / "whole.parquet", fake_tagger, **options)
    out = tmp_path / "resumed.parquet"
    with pytest.raises(KeyboardInterrupt):
        run(plan, out, RelationTagger(_StopsAfter(260)), **options)
    summary = run(plan, out, fake_tagger, **options)
    assert summary.resumed == 150 and summary.rows_out == ROWS and summary.rejected == 1
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_run_says_what_went_wrong_and_nothing_of_the_texts(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "a customer's words"

    def broken(*_: object) -> None:
        raise ValueError(words)

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(RelationTagger, "load", lambda *_, **__: RelationTagger(HashingClassifier()))
    monkeypatch.setattr(running, "tag_project", broken)
    assert main(str(project.tagged)) == 1
    said = capsys.readouterr().err
    assert "fault of the program (ValueError)" in said and "customer" not in said
    monkeypatch.undo()
    project.source.unlink()
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(RelationTagger, "load", lambda *_, **__: RelationTagger(HashingClassifier()))
    assert main(str(project.tagged)) == 3
    assert "No such file" in capsys.readouterr().err


def test_what_is_found_so_far_is_counted(project: Project) -> None:
    _interrupted(project, 420)
    parts = [path for path, _, _ in finished_parts(project)]
    assert sum(families_so_far(project, parts).values()) == 300
    newest = newest_texts(project, parts)
    assert [one.text.split()[5] for one in newest] == ["299", "298", "297", "296", "295"]
    family = newest[0].family
    assert {one.family for one in newest_texts(project, parts, family=family)} == {family}


def test_pace_is_that_of_the_last_parts(project: Project) -> None:
    _interrupted(project, 420)
    now = time.time()
    for place, (path, _, _) in enumerate(finished_parts(project)):
        os.utime(path, (now - 20 + 10 * place,) * 2)  # 100 rows in 80 seconds, the next 200 in 10
    pace = pace_of(project, Progress("running", 300, 100.0), now)
    assert pace.rate == pytest.approx(300 / 90, rel=0.01)
    assert pace.seconds_left == pytest.approx(150 / (300 / 90) - 10, rel=0.05)
    assert pace_of(project, Progress("running", 300, 5.0), now).rate == 0  # parts of an earlier run tell nothing


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (3, "a few seconds left", "encore quelques secondes"),
        (59, "about a minute left", "environ une minute restante"),
        (200, "about 3 minutes left", "environ 3 minutes restantes"),
        (4000, "about 1 h 07 min left", "encore 1 h 07 min environ"),
    ],
)
def test_time_left_is_said_in_words(seconds: float, english: str, french: str) -> None:
    assert (time_left(seconds, "en"), time_left(seconds, "fr")) == (english, french)


def test_page_without_a_project_leads_to_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    app = AppTest.from_string(PAGE.format(language="en")).run()
    assert not app.exception and app.button(key="to_import")


def test_page_of_a_run_whose_process_died_offers_to_go_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _interrupted(project, 420)
    _begun(project, 2**22 + 1)  # no such process
    assert progress_of(project).state == "stopped"
    app = _page(project)
    assert not app.exception
    assert "stopped" in app.info[0].value
    assert len(app.get("html")) >= 2  # the chart and the texts
    app = _page(project, "fr")
    started: list[str] = []
    monkeypatch.setattr("relationtypes.explorer.pages.tagging.start_tagging", lambda one: started.append(one.id))
    app.button(key="resume").click().run()
    assert not app.exception and started == [project.id]


def test_page_of_a_failed_run_says_why(project: Project) -> None:
    _begun(project, 2**22 + 1)
    project.log.write_text("relationtypes: The disk is full. Make room.\n")
    app = _page(project)
    assert "The disk is full" in app.error[0].value.replace("\\", "")
    assert app.button(key="resume").label == "Try again"


def test_page_of_a_run_that_goes_on(project: Project) -> None:
    _interrupted(project, 420)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(project.tagged)])
    try:
        _begun(project, process.pid)
        assert progress_of(project).state == "running"
        app = _page(project)
        assert not app.exception
        assert app.button(key="cancel")
        app.button(key="cancel").click().run()
        process.wait(30)
        assert progress_of(project).state == "stopped"
        assert "stopped" in app.run().info[0].value
    finally:
        process.kill()
        process.wait()


def test_page_when_all_is_tagged_says_what_was_found(project: Project, fake_tagger: RelationTagger) -> None:
    tag_project(project, fake_tagger)
    app = _page(project)
    assert not app.exception
    assert "450" in app.success[0].value
    assert any("most frequent relationship" in one.proto.body for one in app.get("html"))
    assert "no row" in app.warning[0].value
    app.button(key="overview").click().run()
    assert not app.exception

"""A run in parts: nothing lost, nothing doubled, the same bytes however often it was interrupted."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars
import pytest

from relationtypes import RelationTagger
from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    MalformedInputError,
    OutputExistsError,
    OutputNotWritableError,
    TaggingError,
)
from relationtypes.jobs import parts_folder, rejects_file
from relationtypes.records import Scores, Tag
from relationtypes.run_views import run_line
from relationtypes.runs import plan_run, run, tag_file
from relationtypes.shards import ShardStore, Task, is_begun
from relationtypes.tabulating import column_suffixes
from relationtypes.writing import WRITABLE
from tests.conftest import ROOT, HashingClassifier, fake_tagger_of_a_process

ROWS = 230
WORDS = ["parcel", "late", "friendly", "desk", "price", "again", "thanks", "colis", "déçu", "toujours", "là", "merci"]


def texts(count: int = ROWS, seed: int = 0) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(0, 9))) for _ in range(count)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    rows = "".join(f"{number};{text}\n" for number, text in enumerate(texts()))
    path.write_text(f"id;comment\n{rows}7;a;b\n999;the end of it all\n", encoding="utf-8")
    return path


def tagged(source: Path, out: Path, tagger: RelationTagger, **options: Any) -> bytes:
    run(plan_run(source), out, tagger, rows_of_a_part=40, **options)
    return out.read_bytes()


class StoppedError(Exception):
    """Stands for whatever may end a run."""


class StoppingTagger(RelationTagger):
    """Fails at its n-th call."""

    def __init__(self, calls: int) -> None:
        super().__init__(HashingClassifier())
        self._left = calls

    def tag(self, texts: Sequence[str | None], **options: Any) -> list[Tag]:
        self._left -= 1
        if not self._left:
            raise StoppedError
        return super().tag(texts, **options)


@pytest.mark.parametrize("extension", WRITABLE)
def test_rows_in_are_rows_out_and_rejects(source: Path, fake_tagger: RelationTagger, extension: str) -> None:
    out = source.with_name(f"out{extension}")
    plan = plan_run(source)
    told: list[int] = []
    summary = run(plan, out, fake_tagger, rows_of_a_part=40, progress=told.append)
    assert (summary.rows_in, summary.rows_out, summary.rejected) == (ROWS + 2, ROWS + 1, 1)
    assert sum(told) == plan.rows == ROWS + 1
    assert rejects_file(out).read_text() == (f"line,reason,content\n{ROWS + 2},3 cells where the table has 2,7;a;b\n")
    assert not parts_folder(out).exists()


def test_the_tags_are_those_of_the_python_interface(source: Path, fake_tagger: RelationTagger) -> None:
    out = source.with_name("out.parquet")
    run(plan_run(source), out, fake_tagger, rows_of_a_part=40)
    found = polars.read_parquet(out)
    expected = fake_tagger.tag_frame(found.select("id", "comment"), "comment")
    assert found.drop("rt_copy", "rt_copy_group").equals(expected)


def test_copies_are_marked_across_parts(source: Path, fake_tagger: RelationTagger) -> None:
    out = source.with_name("out.parquet")
    summary = run(plan_run(source), out, fake_tagger, rows_of_a_part=40)
    found = polars.read_parquet(out)
    firsts: dict[str, int] = {}
    for row, (comment, kind, group) in enumerate(found.select("comment", "rt_copy", "rt_copy_group").iter_rows(), 1):
        if comment and firsts.setdefault(comment, row) != row:
            assert (kind, group) == ("exact", firsts[comment])
    assert summary.copies == found["rt_copy"].is_in(["exact", "near", "retweet"]).sum() > 0


@pytest.mark.parametrize("extension", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize("calls", [1, 2, 4, 6])
def test_a_stopped_run_goes_on(source: Path, fake_tagger: RelationTagger, calls: int, extension: str) -> None:
    whole = tagged(source, source.with_name(f"whole{extension}"), fake_tagger)
    out = source.with_name(f"out{extension}")
    with pytest.raises(StoppedError):
        tagged(source, out, StoppingTagger(calls))
    assert not out.exists()
    assert parts_folder(out).exists() == (calls > 1)
    summary = run(plan_run(source), out, fake_tagger, rows_of_a_part=40)
    assert summary.resumed == 40 * (calls - 1)
    assert out.read_bytes() == whole


def test_a_part_that_was_altered_is_made_again(source: Path, fake_tagger: RelationTagger) -> None:
    whole = tagged(source, source.with_name("whole.csv"), fake_tagger)
    out = source.with_name("out.csv")
    with pytest.raises(StoppedError):
        tagged(source, out, StoppingTagger(5))
    part = parts_folder(out) / "rows-000001.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    journal = parts_folder(out) / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"number": 4, "rows')
    (parts_folder(out) / "rows-000007.parquet.tmp").write_bytes(b"half")
    (parts_folder(out) / "folder").mkdir()
    assert run(plan_run(source), out, fake_tagger, rows_of_a_part=40).resumed == 40
    assert out.read_bytes() == whole


@pytest.mark.parametrize(
    ("change", "says"), [("input", "other input"), ("options", r"other options \(abstain below\)")]
)
def test_another_task_is_refused(source: Path, fake_tagger: RelationTagger, change: str, says: str) -> None:
    out = source.with_name("out.csv")
    with pytest.raises(StoppedError):
        tagged(source, out, StoppingTagger(3))
    options: dict[str, Any] = {}
    if change == "input":
        source.write_text(source.read_text(encoding="utf-8") + "1000;one more\n", encoding="utf-8")
    else:
        options["abstain_below"] = 0.9
    with pytest.raises(OutputExistsError, match=says):
        tagged(source, out, fake_tagger, **options)
    assert list(parts_folder(out).glob("rows-*"))
    tagged(source, out, fake_tagger, force=True, **options)
    assert not parts_folder(out).exists()


def test_two_runs_on_one_output(source: Path, fake_tagger: RelationTagger) -> None:
    out = source.with_name("out.csv")
    store = ShardStore(parts_folder(out), Task("a", "b", "c", {}))
    with pytest.raises(OutputExistsError, match="Another run"):
        tagged(source, out, fake_tagger)
    store.close()
    tagged(source, out, fake_tagger)


def test_a_full_disk_leaves_what_can_be_resumed(
    source: Path, fake_tagger: RelationTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tagged(source, source.with_name("whole.csv"), fake_tagger)
    out = source.with_name("out.csv")
    write = polars.DataFrame.write_parquet
    left = iter(range(4))

    def fill(frame: polars.DataFrame, file: Any, **options: Any) -> Any:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        return write(frame, file, **options)

    with monkeypatch.context() as patch:
        patch.setattr(polars.DataFrame, "write_parquet", fill)
        with pytest.raises(OutputNotWritableError, match=r"\d\.parquet.*No space left on device.*goes on"):
            tagged(source, out, fake_tagger)
    assert not out.exists()
    assert tagged(source, out, fake_tagger) == whole


def test_a_read_error_in_the_middle(source: Path, fake_tagger: RelationTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    from relationtypes.reading import Batch, Source

    out = source.with_name("out.csv")
    plan = plan_run(source)
    batches = Source.batches

    def failing(self: Source, rows: int) -> Iterator[Batch]:
        for number, batch in enumerate(batches(self, rows)):
            if number == 2:
                raise MalformedInputError("Reading 'in.csv' failed.")
            yield batch

    with monkeypatch.context() as patch:
        patch.setattr(Source, "batches", failing)
        with pytest.raises(MalformedInputError):
            run(plan, out, fake_tagger, rows_of_a_part=40)
    assert run(plan, out, fake_tagger, rows_of_a_part=40).resumed == 80


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_several_processes_write_the_same_bytes(source: Path, fake_tagger: RelationTagger) -> None:
    whole = tagged(source, source.with_name("whole.csv"), fake_tagger)
    out = source.with_name("out.csv")
    assert tagged(source, out, fake_tagger, workers=2, load=fake_tagger_of_a_process) == whole


def test_the_input_is_never_the_output(source: Path, fake_tagger: RelationTagger) -> None:
    before = source.read_bytes()
    with pytest.raises(ArgumentError, match="is the input itself"):
        run(plan_run(source), source, fake_tagger, force=True)
    assert source.read_bytes() == before


@pytest.mark.parametrize("force", [False, True])
def test_a_line_of_the_journal_that_was_altered_is_no_part(
    source: Path, fake_tagger: RelationTagger, force: bool
) -> None:
    whole = tagged(source, source.with_name("whole.csv"), fake_tagger)
    out = source.with_name("out.csv")
    with pytest.raises(StoppedError):
        tagged(source, out, StoppingTagger(5))
    journal = parts_folder(out) / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], b'{"number": true}\n', *lines[4:]]))
    assert run(plan_run(source), out, fake_tagger, rows_of_a_part=40, force=force).resumed == 80
    assert out.read_bytes() == whole


def test_rejects_never_go_over_the_input(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    for name in ("z.rejects.csv", "y.csv.rejects.csv"):
        (tmp_path / name).write_text("comment\nThe desk was friendly again\n")
    run(plan_run(tmp_path / "z.rejects.csv"), tmp_path / "z.csv", fake_tagger)
    assert (tmp_path / "z.rejects.csv").exists()
    for force in (False, True):
        with pytest.raises(ArgumentError, match="is the input itself"):
            run(plan_run(tmp_path / "y.csv.rejects.csv"), tmp_path / "y.csv", fake_tagger, force=force)


def test_rejects_of_another_output_are_kept(source: Path, fake_tagger: RelationTagger) -> None:
    first = run(plan_run(source), source.with_name("foo.csv"), fake_tagger).rejects
    clean = source.with_name("clean.csv")
    clean.write_text("comment\nThe desk was friendly again\n")
    assert run(plan_run(clean), source.with_name("foo.parquet"), fake_tagger).rejects is None
    assert first == source.with_name("foo.csv.rejects.csv") and first.exists()
    source.with_name("foo.csv").unlink()
    with pytest.raises(OutputExistsError, match=r"foo\.csv\.rejects\.csv"):
        run(plan_run(clean), source.with_name("foo.csv"), fake_tagger)
    run(plan_run(clean), source.with_name("foo.csv"), fake_tagger, force=True)
    assert not first.exists()


def test_what_is_being_written_is_private_and_among_the_parts(
    source: Path, fake_tagger: RelationTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = source.with_name("out.csv")
    seen: list[tuple[Path, int]] = []
    original = Path.replace

    def watched(path: Path, target: Path) -> Path:
        if not target.parent.name.endswith(".relationtypes"):
            seen.append((path.parent, path.parent.stat().st_mode & 0o077))
        return original(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    run(plan_run(source), out, fake_tagger)
    assert seen == [(parts_folder(out), 0)] * 3  # rows, rejects, manifest


def test_an_output_left_half_written_goes_with_the_parts(source: Path, fake_tagger: RelationTagger) -> None:
    out = source.with_name("out.csv")
    with pytest.raises(StoppedError):
        tagged(source, out, StoppingTagger(3))
    (parts_folder(out) / ".relationtypes-0123456789abcdef.tmp").write_text("half")
    tagged(source, out, fake_tagger)
    assert sorted(path.name for path in source.parent.iterdir()) == [
        "in.csv",
        "out.csv",
        "out.csv.rejects.csv",
        "out.csv.run.json",
    ]


@pytest.mark.parametrize("limit", ["rows", "characters"])
def test_limits_of_excel_are_met_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text("comment\nThe desk was friendly\n" + "again " * 7_000 + "\n")
    if limit == "rows":
        monkeypatch.setattr("relationtypes.writing._EXCEL_ROWS", 1)
    with pytest.raises(OutputNotWritableError, match="Excel"):
        run(plan_run(path), tmp_path / "out.xlsx", StoppingTagger(1))
    assert list(tmp_path.iterdir()) == [path]


class PoisonedClassifier(HashingClassifier):
    """Fails on some texts."""

    def scores(self, texts: Sequence[str]) -> Scores:
        if any("poison" in text for text in texts):
            raise RuntimeError("poison")
        return super().scores(texts)


def test_a_text_on_which_the_model_fails_is_told(tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("comment\nThe desk was friendly again\nThis is the poison, I say\n")
    summary = run(plan_run(path), out, RelationTagger(PoisonedClassifier()))
    assert summary.failed == 1
    assert "the model failed on 1 row, where rt_status is 'error'" in run_line(summary)
    assert polars.read_csv(out)["rt_status"].to_list()[1] == "error"


def test_a_part_on_which_the_model_fails_is_named(tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    fine = "".join(f"The desk was friendly {number}\n" for number in range(40))
    path.write_text("comment\n" + fine + "".join(f"This is the poison, I say {number}\n" for number in range(3)))
    with pytest.raises(TaggingError, match=r"'in\.csv', rows 41 to 43 of the table.*RuntimeError.*doctor") as raised:
        run(plan_run(path), out, RelationTagger(PoisonedClassifier()), rows_of_a_part=40, evidence=False)
    assert "poison" not in str(raised.value)
    assert list(parts_folder(out).glob("rows-*"))


def dying_tagger_of_a_process() -> RelationTagger:
    os._exit(9)


def test_a_process_that_is_killed_is_told(source: Path, fake_tagger: RelationTagger) -> None:
    with pytest.raises(TaggingError, match="fewer --workers"):
        tagged(source, source.with_name("out.csv"), fake_tagger, workers=2, load=dying_tagger_of_a_process)


def test_an_input_that_changes_meanwhile_is_told(source: Path, fake_tagger: RelationTagger) -> None:
    out = source.with_name("out.csv")
    plan = plan_run(source)
    with source.open("a", encoding="utf-8") as file:
        file.write("1000;one more\n")
    with pytest.raises(MalformedInputError, match=r"changed while it was tagged: 231 rows .* 232 and 1"):
        run(plan, out, fake_tagger, rows_of_a_part=40)
    assert list(source.parent.iterdir()) == [source]


def test_a_plan_without_texts_is_refused(source: Path, fake_tagger: RelationTagger) -> None:
    plan = plan_run(source)
    roles = replace(plan.roles, guesses=tuple(replace(guess, role=None) for guess in plan.roles.guesses))
    with pytest.raises(ColumnError, match="to be tagged"):
        run(replace(plan, roles=roles), source.with_name("out.csv"), fake_tagger)


def test_tag_file(source: Path, fake_tagger: RelationTagger) -> None:
    out = source.with_name("out.jsonl")
    summary = tag_file(source, out, tagger=fake_tagger, text="comment", evidence=False)
    assert summary.rows_in == summary.rows_out + summary.rejected
    assert len(out.read_text(encoding="utf-8").splitlines()) == summary.rows_out


def test_parts_are_private(source: Path) -> None:
    out = source.with_name("out.csv")
    with pytest.raises(StoppedError):
        tagged(source, out, StoppingTagger(3))
    folder = parts_folder(out)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_several_text_columns(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    path = tmp_path / "hotel.csv"
    path.write_text(
        "id,bons_points,mauvais_points\n"
        + "".join(f"{i},Le personnel était charmant {i},La chambre était trop petite {i}\n" for i in range(5))
    )
    out = tmp_path / "out.parquet"
    summary = run(plan_run(path), out, fake_tagger)
    assert summary.texts == ("bons_points", "mauvais_points")
    found = polars.read_parquet(out)
    for column in summary.texts:
        expected = [tag.family for tag in fake_tagger.tag(found[column].to_list())]
        assert found[f"rt_family:{column}"].to_list() == expected


def test_texts_within_objects(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    rows = [
        {
            "id": i,
            "answers": {
                "love": {"value": f"I like the desk and the staff {i}"},
                "hate": {"value": f"The queue was long, {i}"},
            },
        }
        for i in range(4)
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "out.jsonl"
    summary = run(plan_run(path), out, fake_tagger)
    assert summary.texts == ("answers.love.value", "answers.hate.value")
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert found[2]["answers"] == rows[2]["answers"]
    assert found[2]["answers.hate.value"] == "The queue was long, 2"
    assert found[2]["rt_family:hate"] == fake_tagger.tag(["The queue was long, 2"])[0].family


def test_a_plan_tells_dates_from_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relationtypes.runs._LOOKED_AT", 40)
    path = tmp_path / "in.csv"
    days = ["01/02/2024", "05/01/2024"] * 20 + [f"03/{day}/2024" for day in range(13, 29)]
    path.write_text("date,comment\n" + "".join(f"{day},they were kind to me {n}\n" for n, day in enumerate(days)))
    plan = plan_run(path)
    assert (plan.rows, plan.rejects) == (56, 0)
    assert plan.roles.dates == {"date": "%m/%d/%Y"}


def test_typeform_has_several_open_questions(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "#,What did you like?,What could be better?,Submit Date (UTC)\n"
        + "".join(f"k{n},the staff was kind {n},the queue was long {n},2024-01-0{n}\n" for n in range(1, 6))
    )
    assert plan_run(path).texts == ("What did you like?", "What could be better?")


def test_suffixes() -> None:
    assert column_suffixes(["text"]) == [""]
    assert column_suffixes(["a.love.value", "a.hate.value"]) == [":love", ":hate"]
    assert column_suffixes(["pros", "cons"]) == [":pros", ":cons"]
    assert column_suffixes(["a.x", "b"]) == [":a.x", ":b"]


def test_run_stopped_when_the_output_was_written_goes_on(source: Path) -> None:
    out = source.with_name("out.csv")
    whole = tagged(source, out, fake_tagger_of_a_process(), keep_parts=True)
    with pytest.raises(OutputExistsError, match="exists"):
        tagged(source, out, fake_tagger_of_a_process(), abstain_below=0.9)
    assert tagged(source, out, StoppingTagger(1)) == whole
    assert not parts_folder(out).exists()
    with pytest.raises(OutputExistsError, match="exists"):
        tagged(source, out, fake_tagger_of_a_process())


def test_run_of_a_folder_goes_on_with_the_file_at_which_it_was_stopped(
    source: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    folder, out = source.with_name("exports"), source.with_name("tagged")
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("comment\n" + "".join(f"{text}.\n" for text in texts(30, ord(name[0]))), "utf-8")

    class Interrupted(StoppingTagger):
        def tag(self, *arguments: Any, **options: Any) -> list[Tag]:
            try:
                return super().tag(*arguments, **options)
            except StoppedError:
                raise KeyboardInterrupt from None

    monkeypatch.setattr(RelationTagger, "load", lambda *_arguments, **_options: Interrupted(2))
    assert run("tag", folder, "--out", out).code == 130
    assert (out / "a.tagged.csv").exists() and not (out / "b.tagged.csv").exists()
    assert run("tag", folder, "--out", out).code == 0  # a second call would stop again
    assert sorted(path.name for path in out.glob("*.csv")) == ["a.tagged.csv", "b.tagged.csv"]
    assert run("tag", folder, "--out", out).code != 0


SCRIPT = """
import sys, time
from pathlib import Path
from relationtypes import RelationTagger
from relationtypes.runs import plan_run, run
from tests.conftest import HashingClassifier
class Slow(RelationTagger):
    def tag(self, *arguments, **options):
        time.sleep(0.03)
        return super().tag(*arguments, **options)
source, out = map(Path, sys.argv[1:])
run(plan_run(source), out, Slow(HashingClassifier()), rows_of_a_part=10)
"""


def killed(source: Path, out: Path, after: float) -> bool:
    """Run, killed after so many seconds; return whether it was done before."""
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(source), str(out)], cwd=ROOT)
    try:
        return process.wait(timeout=after) == 0
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return out.exists() and not is_begun(parts_folder(out))  # killed when all was done


def until_done(source: Path, out: Path, wait: Callable[[], float]) -> int:
    kills = 0
    while not killed(source, out, wait()):
        kills += 1
        assert kills < 200, "the run never gets anywhere"
    return kills


@pytest.mark.slow
@pytest.mark.parametrize("extension", [".csv", ".parquet"])
def test_killed_at_random_moments(source: Path, extension: str) -> None:
    whole = source.with_name(f"whole{extension}")
    begun = time.monotonic()
    assert killed(source, whole, 120)
    usual = time.monotonic() - begun
    rng, kills = random.Random(1), 0
    for number in range(8):
        out = source.with_name(f"out{number}{extension}")
        kills += until_done(source, out, lambda: rng.uniform(0.3, 1.2) * usual)
        assert hashlib.sha256(out.read_bytes()).digest() == hashlib.sha256(whole.read_bytes()).digest()
    assert kills >= 3


INTERRUPTED = """
import sys
from pathlib import Path
from relationtypes.runs import plan_run, run
from tests.conftest import fake_tagger_of_a_process
from tests.test_runs import slow_tagger_of_a_process
if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:])
    options = {"rows_of_a_part": 10, "workers": 2, "load": slow_tagger_of_a_process}
    try:
        run(plan_run(source), out, fake_tagger_of_a_process(), **options)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def slow_tagger_of_a_process() -> RelationTagger:
    time.sleep(60)
    return RelationTagger(HashingClassifier())


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.2, 8])
def test_interrupted_processes_say_nothing(source: Path, tmp_path: Path, seconds: float) -> None:
    script, out = tmp_path / "script.py", source.with_name("out.csv")
    script.write_text(INTERRUPTED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(source), str(out)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    while not is_begun(parts_folder(out)):
        time.sleep(0.05)
    time.sleep(seconds)  # while the processes are loaded, and afterwards
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=50)
    assert (process.returncode, said.decode()) == (130, "")

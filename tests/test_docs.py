"""What the documents say is what happens."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import ROOT, Ran

README = (ROOT / "README.md").read_text(encoding="utf-8")
FINDINGS = (ROOT / "docs/findings.md").read_text(encoding="utf-8")


def _blocks(page: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


_NOT_RUN = ("my-model", "relationtypes explore", "relationtypes serve")  # the one is not here, the others never end


def _commands(page: str) -> list[str]:
    return [
        line.partition("  #")[0].strip()
        for language, code in _blocks(page)
        if language == "sh"
        for line in code.splitlines()
        if line.startswith("relationtypes ") and not any(part in line for part in _NOT_RUN)
    ]


PYTHON = [code for language, code in _blocks(README) if language == "python"]
COMMANDS = _commands(README)


@pytest.mark.parametrize("code", PYTHON)
def test_docs_readme_python_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["best_friends", "transaction", "business_partners"]


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, tagged."""
    from relationtypes import RelationTagger
    from relationtypes.runs import tag_file

    out = tmp_path_factory.mktemp("tagged") / "tagged.csv"
    tag_file(ROOT / "examples/reviews.csv", out, tagger=RelationTagger.load())
    return out


@pytest.mark.parametrize("command", COMMANDS)
def test_docs_readme_commands_run(command: str, tmp_path: Path, tagged: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for path in tagged.parent.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "models").symlink_to(ROOT / "models")
    arguments = [sys.executable, "-m", *command.split()]
    done = subprocess.run(
        arguments,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_docs_findings_run_from_the_first_command_to_the_last(
    run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for command in _commands(FINDINGS):
        done = run(*shlex.split(command)[1:])
        assert done.code == 0, (command, done.err)
        if " sample " in command:  # what the reader does by hand
            sample = pl.read_csv("sample.csv", infer_schema=False)
            sample.with_columns(checked=pl.lit("Meilleurs amis")).write_csv("sample.csv")
    assert Path("report.md").exists() and Path("report.xlsx").exists()
    code = next(code for language, code in _blocks(FINDINGS) if language == "python")
    exec(compile(code, "findings.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+% \(\d+% to \d+%\), n = 154", lines[0]) and lines[-1] == "['brands']"
    assert "# Relationships with the brand" in Path("from-python.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("fake_model")
def test_docs_audit_commands_run(run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    commands = _commands((ROOT / "docs/audit.md").read_text(encoding="utf-8"))
    assert len(commands) == 5
    for command in commands[1:]:  # the first, `doctor`, is the README's too
        done = run(*shlex.split(command)[1:])
        assert done.code == 0, (command, done.err)


def test_docs_findings_name_what_is_there() -> None:
    import relationtypes.findings
    from relationtypes.cli_findings import app

    assert [
        name
        for name in re.findall(r"^\| `(\w+)", FINDINGS, re.MULTILINE)
        if name not in ("counted", "adjusted", "expected")
    ] == [command.callback.__name__ for command in app.registered_commands if command.callback]
    named = re.search(r"from relationtypes\.findings import (.+)", FINDINGS)
    assert named and set(named[1].split(", ")) <= set(relationtypes.findings.__all__)


def test_docs_findings_figures_are_those_measured() -> None:
    import json

    measured = json.loads((ROOT / "training/results/counting.json").read_text())
    assert f"{measured['student-soup']['worth']:.0f} for the shipped model" in FINDINGS
    assert f"{measured['further']['worth']:.0f} for `models/full`" in FINDINGS
    assert f"{measured['student-soup']['coverage']:.0%} of the families of {measured['further']['sources']}" in FINDINGS


def test_docs_readme_says_what_a_stranger_can_train() -> None:
    import json

    run = json.loads((ROOT / "training/results/ablation.json").read_text())["corpus-only"]
    dev, ours = run["dev"], run["challenge"]["family_accuracy"]["value"]
    assert (
        f"macro-F1 {dev['family_macro_f1']['value']:.2f} and accuracy {dev['family_accuracy']['value']:.2f}" in README
    )
    assert f"as good (accuracy {ours:.2f})" in README


def test_docs_readme_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert targets and all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_docs_explorer_shows_each_page_in_a_small_picture() -> None:
    from relationtypes.explorer.shell import PAGES, say

    page = (ROOT / "docs/explorer.md").read_text(encoding="utf-8")
    titles = re.findall(r"^### (.+)", page, re.MULTILINE)
    assert titles == [say(name, "en") for _, pages in PAGES for name, _ in pages if name != "tagging"]
    pictures = sorted((ROOT / "docs/pictures").iterdir())
    assert set(re.findall(r"\]\((pictures/[^)]+)\)", page)) == {f"pictures/{path.name}" for path in pictures}
    assert all(path.stat().st_size < 80_000 for path in pictures)


def test_docs_readme_names_every_tag_column() -> None:
    from relationtypes.tabulating import tag_columns

    assert all(f"`{name}`" in README for name in tag_columns([]).columns)


@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))],
    ids=lambda path: path.name,
)
def test_docs_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_docs_nothing_of_ours_was_committed_from_elsewhere() -> None:
    """No annotated or pool text may be in the repository: checked where the texts are at hand."""
    path = ROOT.parent / "shared/data/relation/dev.jsonl"
    if not path.exists():
        pytest.skip("the annotated texts are not here")
    import json

    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    ours = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("training/corpus", "examples", "tests/data", "labels")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".tsv", ".csv", ".toml"}
    )
    assert not [text for text in texts if len(text) > 40 and text in ours]

"""What the documents say is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PYTHON = [code for language, code in BLOCKS if language == "python"]
COMMANDS = [
    line.partition("  #")[0].strip()
    for language, code in BLOCKS
    if language == "sh"
    for line in code.splitlines()
    if line.startswith("relationtypes ") and "my-model" not in line
]


@pytest.mark.parametrize("code", PYTHON)
def test_docs_readme_python_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["best_friends", "transaction", "business_partners"]


@pytest.mark.parametrize("command", COMMANDS)
def test_docs_readme_commands_run(command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
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


def test_docs_readme_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert targets and all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_docs_readme_names_every_tag_column() -> None:
    from relationtypes.tagger import tag_columns

    assert all(f"`{name}`" in README for name in tag_columns([]).columns)


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name)
def test_docs_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


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

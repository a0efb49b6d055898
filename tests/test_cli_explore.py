"""The command that opens the explorer."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relationtypes import cli_explore
from relationtypes.cli_explore import server_command
from relationtypes.explorer.project import projects
from relationtypes.explorer.serving import host_options
from tests.conftest import ROOT, Ran


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    commands: list[list[str]] = []
    monkeypatch.setattr(cli_explore, "_served", lambda command: commands.append(command) or 0)
    monkeypatch.setattr(cli_explore, "_is_free", lambda port: port != 8501)
    return commands


def test_explore_opens_a_file_as_a_new_project(
    run: Callable[..., Ran], served: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", "")
    ran = run("explore", ROOT / "examples/reviews.csv", "--projects", tmp_path, "--no-browser")
    assert ran.code == 0, ran.err
    assert "http://localhost:8502/?project=reviews" in ran.err
    assert [one.source for one in projects(tmp_path)] == [ROOT / "examples/reviews.csv"]


def test_explore_serves_this_machine_alone_and_tells_nobody(run: Callable[..., Ran], served: list[list[str]]) -> None:
    assert run("explore", "--no-browser", "--port", 9000).code == 0
    options = dict(zip(served[0][5::2], served[0][6::2], strict=True))
    assert options["--server.address"] == "localhost" and options["--server.port"] == "9000"
    assert options["--browser.gatherUsageStats"] == "false" and int(options["--server.maxUploadSize"]) > 0
    assert Path(served[0][4]).is_file()


def test_explore_takes_no_port_that_is_taken(run: Callable[..., Ran], served: list[list[str]]) -> None:
    ran = run("explore", "--port", 8501)
    assert ran.code == 16 and "8501" in ran.err and not served


def test_explore_needs_its_extra(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    found: Any = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "streamlit" else found(name, *rest)
    )
    ran = run("explore")
    assert ran.code == 15 and "relationtypes[app]" in ran.err


def test_server_without_a_password_answers_to_this_machines_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELATIONTYPES_PASSWORD", raising=False)
    assert host_options() == ["--server.allowedHosts", "localhost", "--server.allowedHosts", "127.0.0.1"]
    monkeypatch.setenv("RELATIONTYPES_PASSWORD", "sésame")
    assert host_options() == []


def test_server_is_set_up_in_ways_that_streamlit_knows() -> None:
    from streamlit import config

    known = set(config.get_config_options())
    assert {option.removeprefix("--") for option in server_command(9000)[5::2]} <= known

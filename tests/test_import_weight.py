"""What a fresh process loads, touches and takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FORBIDDEN = ("torch", "transformers", "streamlit", "pandas", "huggingface_hub", "sklearn", "datasets", "spacy")

_BLOCK_SOCKETS = """
import socket
def refuse(*_args, **_options):
    raise AssertionError("a socket was opened")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
"""


def _fresh(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_loads_nothing_heavy() -> None:
    code = f"import relationtypes, sys; print([name for name in {FORBIDDEN} if name in sys.modules])"
    assert _fresh(code).strip() == "[]"


def test_findings_load_nothing_that_only_reports_or_models_need() -> None:
    heavy = (*FORBIDDEN, "altair", "docx", "jinja2", "onnxruntime", "pptx", "scipy", "tokenizers", "vl_convert")
    code = f"import relationtypes.findings, sys; print([name for name in {heavy} if name in sys.modules])"
    assert _fresh(code).strip() == "[]"


def test_tagging_loads_no_hub_library_and_opens_no_socket() -> None:
    code = (
        _BLOCK_SOCKETS
        + "from relationtypes import RelationTagger; import sys\n"
        + "tag = RelationTagger.load().tag(['Always a pleasure to pop in. See you on Friday!'])[0]\n"
        + f"print(tag.family is not None, [name for name in {FORBIDDEN} if name in sys.modules])"
    )
    assert _fresh(code).strip() == "True []"


def test_tagging_turns_the_telemetry_of_the_runtime_off(tmp_path: Path) -> None:
    """onnxruntime itself is silent where CI is set; where it reports, it first writes an id of the machine to the cache."""
    code = (
        "from relationtypes import RelationTagger; print(RelationTagger.load().tag(['Always a pleasure.'])[0].status)"
    )
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(tmp_path))
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **places, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() in ("ok", "abstained")
    assert list(tmp_path.rglob("*")) == []


def test_command_line_works_without_the_network(tmp_path: object) -> None:
    code = (
        _BLOCK_SOCKETS
        + f"import sys; sys.argv = ['x', 'tag', 'examples/reviews.csv', '-o', {str(tmp_path)!r} + '/out.csv', '--json']\n"
        + "from relationtypes.cli import main; main()"
    )
    assert '"rows": 160' in _fresh(code)


@pytest.mark.slow
def test_first_label_takes_a_second_and_a_half_of_work() -> None:
    """Processor time from the start of the process, which a busy machine stretches less than the clock on the wall."""
    code = (
        "from relationtypes import RelationTagger; import time\n"
        "RelationTagger.load(threads=1).tag(['Always a pleasure to pop in.'])\n"
        "print(time.process_time())"
    )
    assert min(float(_fresh(code)) for _ in range(5)) < 1.5

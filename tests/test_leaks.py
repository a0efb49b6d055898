"""Nothing leaves: every command is run with secrets in its input, and what it sends, says and leaves behind is searched."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from relationtypes.cli import app
from tests.conftest import ROOT
from tests.leaking import PERSONAL, SECRETS, Place, export, open_to_others, told

pytestmark = pytest.mark.slow
PATIENCE = 300.0
"""Seconds, on a machine that has other work."""

CASES: dict[str, list[tuple[str, str]]] = {
    "tag": [
        ("export.csv -o out.csv", "out.csv"),
        ("export.csv -o out.xlsx --lang fr", "out.xlsx"),
        ("packed.zip -o out.parquet --json --workers 2", "out.parquet"),
    ],
    "columns": [("export.csv --save roles.toml", "roles.toml"), ("packed.zip --json", "")],
    "doctor": [("", "")],
    "labels": [("", ""), ("--list --json", "")],
    "labels show": [("fling", "")],
    "profile": [("tagged.csv", ""), ("tagged.csv --json", ""), ("tagged.csv -o p.html", "p.html")],
    "compare": [("tagged.csv --by plan", "")],
    "trend": [("tagged.csv", "")],
    "brands": [("tagged.csv --by brand", "")],
    "journey": [("tagged.csv", "")],
    "drivers": [("tagged.csv --score nps", "")],
    "mismatch": [("tagged.csv --offer offer.toml", "")],
    "sample": [("tagged.csv -n 20 -o sample.xlsx", "sample.xlsx")],
    "report": [
        ("tagged.csv --by plan -o r.html -o r.docx -o r.md", "r.html r.docx r.md"),
        ("tagged.csv --offer offer.toml -o r.xlsx -o r.pptx", "r.xlsx r.pptx"),
    ],
    "train": [("labelled.csv -o model", "model")],
}  # fmt: skip
"""By command: arguments, and the outputs that were asked for. A new command needs its case here."""
SERVERS = {"serve", "explore"}  # have tests of their own below
WITH_TEXTS = ("tag", "sample")
"""Commands whose output is the texts themselves."""


def commands(group: object = None, above: str = "") -> Iterator[str]:
    """Yield the name of each command that there is."""
    found = typer.main.get_command(app) if group is None else group
    for name, one in found.commands.items():  # type: ignore[attr-defined]
        if not hasattr(one, "commands") or getattr(one, "invoke_without_command", False):
            yield f"{above}{name}"
        if hasattr(one, "commands"):
            yield from commands(one, f"{above}{name} ")


def test_leaks_every_command_has_its_case() -> None:
    assert set(commands()) == set(CASES) | SERVERS


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export full of secrets, plain, packed, tagged and labelled."""
    import zipfile

    import polars as pl

    place = Place(tmp_path_factory.mktemp("inputs"))
    (place.work / "export.csv").write_text(export(96))
    pl.read_csv(place.work / "export.csv").write_parquet(place.work / "export.parquet")
    with zipfile.ZipFile(place.work / "packed.zip", "w") as archive:
        archive.write(place.work / "export.parquet", "export.parquet")
    done = place.run("tag", "export.csv", "-o", "tagged.csv", program=patched(), trace=False)
    assert done.code == 0, done.err
    labelled = pl.read_csv(place.work / "export.csv").with_columns(label=pl.Series(["fling", "basic_exchange"] * 48))
    labelled.select("comment", "label").write_csv(place.work / "labelled.csv")
    shutil.copy(ROOT / "tests/data/hotel_offer.toml", place.work / "offer.toml")
    return place.work


@pytest.fixture
def place(tmp_path: Path, inputs: Path) -> Iterator[Place]:
    """A fresh place with copies of the inputs; what was started there is ended."""
    made = Place(tmp_path / "place")
    shutil.copytree(inputs, made.work, dirs_exist_ok=True)
    yield made
    made.end()


@pytest.mark.parametrize(
    ("command", "arguments", "outputs"),
    [pytest.param(name, *case, id=f"{name} {case[0]}") for name, cases in CASES.items() for case in cases],
)
def test_leaks_no_command_sends_or_leaves_anything(place: Place, command: str, arguments: str, outputs: str) -> None:
    before = place.files()
    done = place.run(*command.split(), *arguments.split())
    assert done.code == 0, done.err
    assert place.attempts() == []
    assert place.left() == []
    assert told(done.err) == []
    assert told(done.out, PERSONAL) == []
    made = place.files() - before
    assert made - {f"{name}.run.json" for name in outputs.split()} == set(outputs.split())
    for path in [place.work / name for name in made]:
        if path.suffix == ".json":
            assert told(path.read_bytes()) == [], path
        elif path.is_file() and command not in WITH_TEXTS:
            assert told(path.read_bytes(), PERSONAL) == [], path


WRONG = {
    "column": "tag export.csv --text coment",
    "role": "tag export.csv --role date=comment",
    "workbook": "tag broken.xlsx",
    "parquet": "tag broken.parquet",
    "jsonl": "tag broken.jsonl",
    "json": "tag broken.json",
    "zip": "tag broken.zip",
    "spss": "tag broken.sav",
    "excel_cell": "tag long.csv -o long.xlsx",
    "date": "trend tagged.csv --date comment",
    "date_format": "trend tagged.csv --date-format comment=%d/%m/%Y --date comment",
    "score": "drivers tagged.csv --score comment",
    "score_kind": "drivers tagged.csv --score customer --kind nps",
    "by": "compare tagged.csv --by comment --level none",
    "customer": "journey tagged.csv --customer comment --date comment",
    "checked": "profile tagged.csv --checked comment",
    "label": "train labelled.csv --label comment -o model",
    "offer": "mismatch tagged.csv --offer broken.toml",
    "taxonomy": "labels --taxonomy broken.toml",
    "profile": "columns export.csv --profile other.toml",
    "template": "report tagged.csv -o r.pptx --template broken.pptx",
    "manifest": "profile bad_manifest.csv",
    "untagged": "profile export.csv",
    "model": "tag export.csv --model broken_model",
}
"""Commands that fail, with secrets in what is wrong."""


def break_files(folder: Path) -> None:
    """Write files that are not what they should be, each full of secrets."""
    said = " ".join(SECRETS)
    for extension in ("xlsx", "parquet", "zip", "sav", "pptx", "jsonl", "json", "toml"):
        (folder / f"broken.{extension}").write_text(f'{{"comment": "{said}", "{said}": {said}\n{said} = [')
    (folder / "other.toml").write_text(f'[offer]\nservice_modes = ["{said}"]\n"{said}" = "{said}"\n')
    (folder / "long.csv").write_text(f'number,comment\n1,"{(said + " ") * 500}"\n2,Fine\n')
    shutil.copy(folder / "tagged.csv", folder / "bad_manifest.csv")
    (folder / "bad_manifest.csv.run.json").write_text(f'{{"package": "{said}", "{said}": 1}}')
    (folder / "broken_model").mkdir()
    for name in ("config.json", "SHA256SUMS"):
        (folder / "broken_model" / name).write_text(f'{{"{said}": "{said}"}}')


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_leaks_what_fails_tells_nothing(place: Place, arguments: str) -> None:
    break_files(place.work)
    before = place.files()
    done = place.run(*arguments.split())
    assert done.code not in (0, 1, 2), done.err
    assert "Traceback" not in done.err
    assert told(done.err + done.out) == [], done.err
    assert place.attempts() == []
    assert place.left() == []
    assert place.files() == before


PATCHED = """
import sys, time
from pathlib import Path
from relationtypes import RelationTagger
from tests.conftest import HashingClassifier

class Fake(HashingClassifier):
    def scores(self, texts):
        if {poison!r} and any({poison!r} in text for text in texts):
            raise ValueError("cannot read " + texts[0])
        return super().scores(texts)

def stop(*_, **__):
    Path("reached").touch()
    time.sleep(600)

RelationTagger.load = lambda *_, **__: RelationTagger(Fake())
{patch}
sys.argv[0] = "relationtypes"
from relationtypes.cli import main
main()
"""
"""The command line with a model that needs no time, in which something is broken, or stops at a place."""

STOPS = {
    "unpacked": "import relationtypes.reading._binary_tables as b; b.in_batches = stop",
    "tagging": "from relationtypes.shards import ShardStore as S; add = S.add\n"
    "def slow(self, *a, **k):\n    add(self, *a, **k)\n    stop()\nS.add = slow",
    "copies": "import relationtypes.assembling as a; a.mark_copies = stop",
    "workbook": "import xlsxwriter.workbook as w; w.Workbook._store_workbook = stop",
    "manifest": "import relationtypes.runs as r; r.manifest_text = stop",
}
"""Where a run is ended: with its input unpacked, between parts, among copies, with all rows in a workbook, at the very end."""


def patched(patch: str = "", poison: str = "") -> tuple[str, str]:
    return "-c", PATCHED.format(patch=patch, poison=poison)


@pytest.mark.parametrize("poison", ["quillomar", " "])
def test_leaks_a_model_that_fails_quotes_no_text(place: Place, poison: str) -> None:
    done = place.run("tag", "export.csv", "-o", "out.csv", program=patched(poison=poison))
    assert done.code == (0 if poison.strip() else 18), done.err
    assert told(done.err) == []
    assert told(done.out, PERSONAL) == []
    assert place.left() == []


def test_leaks_a_bug_is_told_without_its_message(place: Place) -> None:
    bad = "def bad(store, _): raise KeyError(str(next(store.tables('rows'))))"
    patch = f"import relationtypes.runs as r\n{bad}\nr.write_rejects = bad"
    done = place.run("tag", "export.csv", "-o", "out.csv", program=patched(patch))
    assert done.code == 1
    assert "KeyError" in done.err and "Report it" in done.err
    assert told(done.err + done.out) == []
    assert place.left() == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["term", "kill"])
@pytest.mark.parametrize("where", STOPS)
def test_leaks_a_run_that_is_ended_leaves_its_parts_alone(place: Place, where: str, how: signal.Signals) -> None:
    before = place.files()
    command = (*patched(STOPS[where]), "tag", "packed.zip", "-o", "out.xlsx")
    process = place.start((sys.executable, *command))
    latest = time.monotonic() + PATIENCE
    while not (place.work / "reached").exists():
        assert process.poll() is None and time.monotonic() < latest
        time.sleep(0.05)
    held = place.left()
    assert held or where != "unpacked"  # for a library that reads no streams
    process.send_signal(how)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == (143 if how == signal.SIGTERM else -9)
    assert told(out + err) == []
    (place.work / "reached").unlink()
    if how == signal.SIGTERM:
        assert place.left() == []
    assert place.files() - before <= {".out.xlsx.relationtypes", "out.xlsx"}
    inputs = {f"work/{name}" for name in before}
    written = {f"work/{name}" for name in ("out.xlsx",)}  # which was asked for
    assert set(open_to_others(place.folder)) - inputs - written <= {"attempts"}
    again = place.run("tag", "packed.zip", "-o", "out.xlsx", program=patched(), trace=False)
    assert again.code == 0, again.err
    assert place.left() == []
    assert place.files() - before == {"out.xlsx", "out.xlsx.run.json"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def until_answers(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    latest = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None and time.monotonic() < latest
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)


def ended(process: subprocess.Popen[bytes], code: int) -> bytes:
    """End *process* as a system does, and return what it said."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err.decode()
    return out + err


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_leaks_the_endpoint_keeps_nothing(place: Place) -> None:
    port = free_port()
    before = place.files()
    process = place.start((sys.executable, "-m", "relationtypes", "serve", "--port", port, "--threads", "1"))
    until_answers(process, port, "/health/ready")
    said = " ".join(SECRETS)
    bodies = [json.dumps({"texts": [said, f"I love the {said}"]}), json.dumps({said: 1}), f'{{"texts": ["{said}']
    for body, wanted in zip(bodies, (200, 422, 400), strict=True):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.request("POST", "/tag", body.encode(), {"Content-Type": "application/json", "X-Request-ID": said})
        answer = line.getresponse()
        assert answer.status == wanted
        assert wanted == 200 or told(answer.read()) == []
        line.close()
    assert place.left() == []
    assert told(ended(process, 0)) == []
    assert place.attempts() == []
    assert (place.left(), place.files()) == ([], before)


class Tab:
    """What a browser says to the explorer's server, without a browser."""

    def __init__(self, line: Any, project: str) -> None:
        self._line, self._query = line, f"project={project}"

    def open(self, page: str, press: str = "") -> str:
        """Open *page*, press the button with the id *press*, and return the id of the button to tag, if there is one."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.page_name = self._query, page
        if press:
            asked.rerun_script.widget_states.widgets.add(id=press, trigger_value=True)
        self._line.send(asked.SerializeToString())
        button = ""
        while True:
            told_back = ForwardMsg()
            told_back.ParseFromString(self._line.recv(timeout=PATIENCE))  # type: ignore[arg-type]
            element = told_back.delta.new_element
            assert element.WhichOneof("type") != "exception", page
            if element.WhichOneof("type") == "button" and element.button.id.endswith("-tag"):
                button = element.button.id
            if told_back.WhichOneof("type") == "script_finished":
                return button


@pytest.mark.allow_hosts(["127.0.0.1", "localhost"])
def test_leaks_the_explorer_keeps_to_its_projects(place: Place) -> None:
    pytest.importorskip("streamlit")
    from websockets.sync.client import connect

    from relationtypes.explorer.shell import PAGES

    port, projects = free_port(), place.work / "projects"
    before = place.files()
    command = ("-m", "relationtypes", "explore", "export.csv", "--no-browser", "--projects", projects, "--port", port)
    process = place.start((sys.executable, *command))
    until_answers(process, port, "/_stcore/health")
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as line:
        tab = Tab(line, "export")
        button = tab.open("importing")
        assert button
        tab.open("importing", press=button)
        latest = time.monotonic() + PATIENCE
        while not (projects / "export/texts.parquet").exists():
            assert time.monotonic() < latest, (projects / "export/tagging.log").read_text()
            time.sleep(0.2)
        for page in (name for _, pages in PAGES for name, _ in pages):
            tab.open(page)
    assert {Path(name).parts[0] for name in place.left()} <= {"tmp"}
    assert open_to_others(place.folder / "tmp") == []
    assert told(ended(process, 143)) == []
    assert place.attempts() == []
    assert place.left() == []
    assert place.files() - before == {"projects"}
    assert open_to_others(projects) == []
    assert told((projects / "export/tagging.log").read_bytes()) == []

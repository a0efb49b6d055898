"""Nothing leaves: every command is run with secrets in its input, and what it sends, says and leaves behind is searched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from relationtypes.cli import app
from tests.conftest import ROOT
from tests.leaking import PERSONAL, SECRETS, Place, export, open_to_others, told

pytestmark = pytest.mark.slow

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
    pl.read_csv(place.work / "export.csv").write_excel(place.work / "export.xlsx")
    with zipfile.ZipFile(place.work / "packed.zip", "w") as archive:
        archive.write(place.work / "export.xlsx", "export.xlsx")
    done = place.run("tag", "export.csv", "-o", "tagged.csv", trace=False)
    assert done.code == 0, done.err
    labelled = pl.read_csv(place.work / "export.csv").with_columns(label=pl.Series(["fling", "basic_exchange"] * 48))
    labelled.select("comment", "label").write_csv(place.work / "labelled.csv")
    shutil.copy(ROOT / "tests/data/hotel_offer.toml", place.work / "offer.toml")
    return place.work


@pytest.fixture
def place(tmp_path: Path, inputs: Path) -> Place:
    """A fresh place with copies of the inputs."""
    made = Place(tmp_path / "place")
    shutil.copytree(inputs, made.work, dirs_exist_ok=True)
    return made


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

"""The manifest beside an output: it says how the output was made, is read back whole, and marks its neighbour as an output."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from relationtypes import RelationTagger, __version__
from relationtypes.errors import MalformedInputError
from relationtypes.jobs import find_jobs
from relationtypes.manifest import manifest_file, read_manifest
from relationtypes.runs import plan_run, run


@pytest.fixture
def tagged(tmp_path: Path, fake_tagger: RelationTagger) -> tuple[Path, Path]:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "comment,customer,posted\nThe desk was friendly,ann,2024-05-01\nNever again,bob,2024-05-02\n"
        "See you soon,cy,2024-05-03\n",
        "utf-8",
    )
    run(plan_run(source), out, fake_tagger)
    return source, out


def test_manifest_says_what_was_tagged_by_what(tagged: tuple[Path, Path], fake_tagger: RelationTagger) -> None:
    source, out = tagged
    manifest = read_manifest(out)
    assert manifest is not None
    assert manifest.model == fake_tagger.classifier.facts
    assert manifest.input_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert (manifest.input, manifest.package, manifest.rows, manifest.rejected) == ("in.csv", __version__, 3, 0)
    assert manifest.roles["customer"] == ("customer",) and manifest.roles["date"] == ("posted",)
    assert manifest.dates == {"posted": "%Y-%m-%d"}


def test_manifest_holds_no_text(tagged: tuple[Path, Path]) -> None:
    assert "friendly" not in manifest_file(tagged[1]).read_text("utf-8")


def test_manifest_marks_its_neighbour_as_an_output(tagged: tuple[Path, Path]) -> None:
    source, out = tagged
    jobs = find_jobs([source.parent], None)
    assert [job.source for job in jobs.jobs] == [source]
    assert set(jobs.left_out) == {out, manifest_file(out)}


def test_manifest_absent(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "out.csv") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is wrong"),
        ('{"format_version": 99}', "format version 99"),
        ('{"format_version": 1, "rows": 1}', "is wrong"),
    ],
)
def test_manifest_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    manifest_file(tmp_path / "out.csv").write_text(content, "utf-8")
    with pytest.raises(MalformedInputError, match=message):
        read_manifest(tmp_path / "out.csv")


def test_manifest_unknown_field_is_refused(tagged: tuple[Path, Path]) -> None:
    path = manifest_file(tagged[1])
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"more": 1}), "utf-8")
    with pytest.raises(MalformedInputError):
        read_manifest(tagged[1])

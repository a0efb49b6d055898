"""An audit finds what was altered, names rows and never texts, and the command it prints makes the same file again."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import polars as pl
import pytest

from relationtypes import RelationTagger
from relationtypes.auditing import Audit, audit
from relationtypes.errors import ArgumentError, InputNotFoundError, MalformedInputError, TaxonomyError
from relationtypes.manifest import RunManifest, manifest_file, manifest_text, read_manifest
from relationtypes.records import Scores
from relationtypes.reporting.chapters.audit import audit_document
from relationtypes.reporting.terminal import document_view
from relationtypes.retagging import Differing, Retagged
from relationtypes.runs import plan_run, run
from relationtypes.taxonomy import LANGUAGES, Language, bundled_frames
from relationtypes.writing import write_table
from tests.conftest import ROOT, HashingClassifier, Ran
from tests.test_reporting_terminal import printed

Run = Callable[..., Ran]
PLACES = ("desk", "bar", "pool", "lift", "hall", "roof", "yard", "shop")
SECRET = "ZEBRA-4711"


@pytest.fixture(scope="session")
def wave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tagged(tmp_path_factory.mktemp("wave"), RelationTagger(HashingClassifier()))


@pytest.fixture
def tagged(wave: Path, tmp_path: Path) -> Path:
    """A copy of a tagged file, its manifest and its input, to be altered."""
    for path in wave.parent.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path / wave.name


def _tagged(folder: Path, tagger: RelationTagger, suffix: str = "csv") -> Path:
    """Sixty invented texts, an empty one and one in another language, tagged beside their input."""
    said = [
        f"The {place} was {word} again, {SECRET}"
        for place in PLACES
        for word in ["good", "bad", "fine", "odd", "old", "new", "big"]
    ]
    texts = [
        *said,
        "",
        "Das Zimmer war schmutzig und das Frühstück kam viel zu spät",
        "=1+1 is what the bill said",
        "Café",
    ]
    source, out = folder / "in.csv", folder / f"out.{suffix}"
    write_table(pl.DataFrame({"comment": texts, "customer": [f"c{n}" for n in range(len(texts))]}), source)
    run(plan_run(source, named={"text": ["comment"]}), out, tagger, evidence=False)
    return out


def _altered(path: Path, **changed: pl.Expr) -> Path:
    """Write other cells into the tagged file."""
    write_table(pl.read_csv(path, infer_schema=False).with_columns(**changed), path)
    return path


def _at(row: int, column: str, value: object) -> pl.Expr:
    return pl.when(pl.int_range(pl.len()) == row - 1).then(pl.lit(value)).otherwise(pl.col(column))


# ------------------------------------------------------------------------------------------------- what is confirmed


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl"])
def test_audit_confirms_what_a_run_wrote(tmp_path: Path, fake_tagger: RelationTagger, suffix: str) -> None:
    found = audit(_tagged(tmp_path, fake_tagger, suffix), fake_tagger, sample=None)
    assert (found.verdict, found.output, found.input, found.rows) == ("confirmed", "same", "same", 60)
    assert found.retagged == Retagged(60, None, 60, 0, (), 0.0)
    assert sum(found.statuses.values()) == 60


@pytest.mark.parametrize("multi_label", [False, True])
def test_audit_of_labels_of_ones_own(tmp_path: Path, multi_label: bool) -> None:
    tagger = RelationTagger(HashingClassifier(bundled_frames()[0], multi_label=multi_label))
    path = _tagged(tmp_path, tagger)
    assert audit(path, tagger, sample=20).verdict == "confirmed"
    other = audit(path, RelationTagger(HashingClassifier()), sample=20)
    assert (other.verdict, other.retagged, other.same_labels) == ("unconfirmed", None, False)


def test_audit_draws_the_same_sample_for_the_same_seed(tagged: Path, fake_tagger: RelationTagger) -> None:
    path = _altered(tagged, rt_sentiment=pl.lit("mixed"))
    rows = [audit(path, fake_tagger, sample=25, seed=seed).retagged for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]
    assert rows[0] is not None and rows[0].texts == 25


def test_audit_without_the_file_tells_the_manifest(tagged: Path, fake_tagger: RelationTagger) -> None:
    tagged.unlink()
    found = audit(tagged, fake_tagger)
    assert (found.verdict, found.output, found.input, found.rows) == ("unconfirmed", "absent", "same", None)
    assert str(tagged.with_name("in.csv")) in found.command


# ------------------------------------------------------------------------------------------------- what is found


@pytest.mark.parametrize(
    ("column", "value", "tag"),
    [
        ("rt_family", "fling", "rt_family"),
        ("rt_type", "one_night_stand", "rt_type"),
        ("rt_status", "empty", "rt_status"),
        ("rt_confidence", "0.111", "rt_confidence"),
        ("rt_breach", "nonsense", "rt_breach"),
        ("rt_sentiment", "none", "rt_sentiment"),
        ("rt_language", "fr", "rt_language"),
    ],
)
def test_audit_finds_an_altered_tag(
    tagged: Path, fake_tagger: RelationTagger, column: str, value: str, tag: str
) -> None:
    if column == "rt_type":
        value = next(kind for kind in fake_tagger.taxonomy.type_ids if kind != pl.read_csv(tagged)[column][6])
    if column == "rt_family":
        value = next(one for one in fake_tagger.taxonomy.family_ids if one != pl.read_csv(tagged)[column][6])
    found = audit(_altered(tagged, **{column: _at(7, column, value)}), fake_tagger, sample=None)
    assert found.verdict == "differs" and found.output == "other"
    assert found.retagged is not None
    assert [one.row for one in found.retagged.differing] == [7]
    assert tag in found.retagged.differing[0].tags


def test_audit_finds_a_label_against_its_probabilities_without_the_sample(
    tagged: Path, fake_tagger: RelationTagger
) -> None:
    other = next(one for one in fake_tagger.taxonomy.family_ids if one != pl.read_csv(tagged)["rt_family"][41])
    found = audit(_altered(tagged, rt_family=_at(42, "rt_family", other)), fake_tagger, sample=1, seed=3)
    assert found.contradicting == (42,)


def test_audit_finds_an_altered_text(tagged: Path, fake_tagger: RelationTagger) -> None:
    found = audit(_altered(tagged, comment=_at(9, "comment", "Never said")), fake_tagger, sample=None)
    assert (found.verdict, found.other_texts) == ("differs", (9,))
    tagged.with_name("in.csv").unlink()
    blind = audit(tagged, fake_tagger, sample=None)
    assert blind.input == "absent" and blind.retagged is not None
    assert [one.row for one in blind.retagged.differing] == [9], "its tags are of another text"


def test_audit_finds_a_missing_row_and_an_altered_column_of_ones_own(tagged: Path, fake_tagger: RelationTagger) -> None:
    write_table(pl.read_csv(tagged, infer_schema=False).head(50), tagged)
    found = audit(tagged, fake_tagger)
    assert (found.verdict, found.rows) == ("differs", 50)


def test_audit_sees_bytes_that_tags_do_not(tagged: Path, fake_tagger: RelationTagger) -> None:
    found = audit(_altered(tagged, customer=_at(3, "customer", "somebody else")), fake_tagger, sample=None)
    assert (found.verdict, found.output) == ("differs", "other")
    assert found.retagged is not None and not found.retagged.differing


def test_audit_another_input_is_told(tagged: Path, fake_tagger: RelationTagger) -> None:
    other = tagged.with_name("other.csv")
    other.write_text("comment\nhello\n", encoding="utf-8")
    assert audit(tagged, fake_tagger, input_file=other).input == "other"
    tagged.with_name("in.csv").write_text("comment\nhello\n", encoding="utf-8")
    assert audit(tagged, fake_tagger).verdict == "confirmed", "a later file of the same name is no matter"


def _with_manifest(path: Path, change: Callable[[RunManifest], RunManifest]) -> Path:
    manifest = read_manifest(path)
    assert manifest is not None
    manifest_file(path).write_text(manifest_text(change(manifest)), encoding="utf-8")
    return path


def test_audit_with_another_model_says_so(tagged: Path) -> None:
    class Later(HashingClassifier):
        fingerprint = "hash-2"

        def scores(self, texts: Sequence[str]) -> Scores:
            return super().scores([f"{text}!" for text in texts])

    found = audit(tagged, RelationTagger(Later()), sample=None)
    assert (found.verdict, found.same_model) == ("unconfirmed", False)
    assert found.retagged is not None and found.retagged.differing
    shown = printed(document_view(audit_document(found, "en")), 140)
    assert "not the one that tagged" in shown


def test_audit_rounding_on_another_machine_is_no_alteration(tagged: Path) -> None:
    class Rounded(HashingClassifier):
        """Another processor: probabilities that differ by less than the drift allowed."""

        def scores(self, texts: Sequence[str]) -> Scores:
            found = super().scores(texts)
            nudged = found.family + 0.009 * (found.family.argsort(axis=1).argsort(axis=1) == found.family.shape[1] - 2)
            return replace(found, family=nudged)

    here = audit(tagged, RelationTagger(Rounded()), sample=None).retagged
    assert here is not None
    flips = [one for one in here.differing if "rt_family" in one.tags]
    _with_manifest(tagged, lambda manifest: msgspec.structs.replace(manifest, machine="another kind"))
    there = audit(tagged, RelationTagger(Rounded()), sample=None).retagged
    assert there is not None and there.near == len(here.differing)
    assert not there.differing and 0.008 < there.largest_drift < 0.02
    assert flips, "else the test tells nothing"


def test_audit_of_an_earlier_manifest_knows_less(tagged: Path, fake_tagger: RelationTagger) -> None:
    path = manifest_file(tagged)
    told = json.loads(path.read_text("utf-8"))
    del told["output_sha256"], told["machine"]
    path.write_text(json.dumps(told), encoding="utf-8")
    found = audit(tagged, fake_tagger)
    assert (found.verdict, found.output) == ("confirmed", "unknown")


# ------------------------------------------------------------------------------------------------- bad input


def test_audit_without_a_manifest(tagged: Path, fake_tagger: RelationTagger) -> None:
    manifest_file(tagged).unlink()
    with pytest.raises(InputNotFoundError, match=r"no 'out\.csv\.run\.json' beside"):
        audit(tagged, fake_tagger)


def test_audit_of_a_broken_manifest_a_missing_input_and_no_sample(tagged: Path, fake_tagger: RelationTagger) -> None:
    with pytest.raises(InputNotFoundError, match="no input"):
        audit(tagged, fake_tagger, input_file=tagged.with_name("gone.csv"))
    with pytest.raises(ArgumentError, match="Got 0"):
        audit(tagged, fake_tagger, sample=0)
    manifest_file(tagged).write_text("{", encoding="utf-8")
    with pytest.raises(MalformedInputError):
        audit(tagged, fake_tagger)


def test_audit_of_a_label_that_is_none(tagged: Path, fake_tagger: RelationTagger) -> None:
    with pytest.raises(TaxonomyError):
        audit(_altered(tagged, rt_family=_at(2, "rt_family", "flink")), fake_tagger)


# ------------------------------------------------------------------------------------------------- the command


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_cli_audit_prints_the_command_that_makes_the_same_bytes_again(run: Run, tmp_path: Path, encoding: str) -> None:
    source, out = tmp_path / "wave 1.csv", tmp_path / "wave 1.tagged.csv"
    lines = [
        "Wer;Écrit;Quand",
        *(f"c{n % 9};Très déçu du {place}, jamais plus;2025-0{n + 1}-11" for n, place in enumerate(PLACES)),
    ]
    source.write_text("\n".join(lines), encoding=encoding)
    options = ("--text", "Écrit", "--role", "customer=Wer", "--delimiter", "semicolon", "--abstain-below", "0.5")
    assert run("tag", source, "-o", out, *options).code == 0
    done = run("audit", out, "--json")
    found = json.loads(done.out)
    assert done.code == 0 and found["verdict"] == "confirmed", done.out
    first = out.read_bytes()
    kept = read_manifest(out)
    out.unlink()  # from the manifest and the input alone
    command = run("audit", out).out.splitlines()[-1]
    assert run(*shlex.split(command)[1:]).code == 0
    again = tmp_path / "wave 1.tagged.again.csv"
    assert again.read_bytes() == first
    made = read_manifest(again)
    assert kept is not None and made is not None
    assert (made.output_sha256, made.roles, made.options) == (kept.output_sha256, kept.roles, kept.options)


@pytest.mark.usefixtures("fake_model")
def test_cli_audit_that_differs_has_its_own_exit_code_and_quotes_no_text(run: Run, tagged: Path) -> None:
    _altered(tagged, comment=_at(9, "comment", f"Never said {SECRET}"), rt_breach=_at(4, "rt_breach", "0.5"))
    for options in ((), ("--json",), ("--lang", "fr")):
        done = run("audit", tagged, "--sample", "all", *options)
        assert done.code == 19
        assert SECRET not in done.out + done.err
    assert "in rows 9" in run("audit", tagged).out


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("sample", ["few", "0", "-3"])
def test_cli_audit_bad_samples_are_named(run: Run, tagged: Path, sample: str) -> None:
    done = run("audit", tagged, f"--sample={sample}")
    assert done.code == ArgumentError.exit_code and "or all" in done.err


def _fixed(tagged: Path, tagger: RelationTagger) -> Audit:
    found = audit(tagged, tagger)
    manifest = msgspec.structs.replace(
        found.manifest, made="2026-01-02T03:04:05+00:00", seconds=1.5, machine="x86_64 avx2", package="0.4.0",
    )  # fmt: skip
    differing = (Differing(7, "comment", ("rt_family", "rt_confidence")), Differing(1_204, "comment", ("rt_type",)))
    retagged = Retagged(500, 20141, 497, 1, differing, 0.0123)
    return replace(
        found, manifest=manifest, output="other", input="absent", contradicting=(7,), retagged=retagged, rows=59
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_audit_is_said_as_it_was(tagged: Path, fake_tagger: RelationTagger, language: Language) -> None:
    shown = printed(document_view(audit_document(_fixed(tagged, fake_tagger), language)), 100)
    golden = ROOT / f"tests/golden/audit_{language}.txt"
    if os.environ.get("RT_UPDATE_GOLDEN"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")

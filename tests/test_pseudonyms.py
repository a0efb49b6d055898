"""Ids of customers: hashed with a key before they are written, and never shown where they name persons."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes import RelationTagger
from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.journeys import journeys
from relationtypes.findings.opening import read_tagged
from relationtypes.findings.quotes import best_quotes
from relationtypes.manifest import HASHED, KEY_FINGERPRINT, REDACTED, manifest_file, read_manifest
from relationtypes.redacting import IdKey, redact
from relationtypes.redacting.pseudonyms import KEY_VARIABLE, numbered, persons_in
from relationtypes.reporting.chapters.journeys import journeys_chapter
from relationtypes.runs import plan_run, run, tag_file
from relationtypes.taxonomy import load_taxonomy
from tests.conftest import Ran
from tests.tables import table

SECRET = "a secret of the wave 2026"
KEY = IdKey(SECRET)
calm = settings(max_examples=60, deadline=None, derandomize=True)


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
@calm
def test_pseudonyms_are_one_for_one_and_of_the_key(one: str, other: str) -> None:
    made = KEY.pseudonym(one)
    assert made == IdKey(SECRET).pseudonym(f" {one}\n") and made != IdKey(SECRET + "!").pseudonym(one)
    assert len(made) == 25 and made[0] == "h" and int(made[1:], 16) >= 0
    if len({one.strip(), other.strip()}) == 2 and one.isascii() and other.isascii():
        assert made != KEY.pseudonym(other)


def test_pseudonyms_do_not_change_from_release_to_release() -> None:
    # printf 'id\\0jo@example.org' | openssl dgst -sha256 -hmac "a secret of the wave 2026"
    assert KEY.pseudonym("jo@example.org") == "h0b1cd3080e5f87e6141b4c37"
    assert KEY.fingerprint == "5f15816b77ea2d8d"


def test_ids_are_the_same_from_a_workbook_and_a_text_file() -> None:
    written = [KEY.pseudonyms(pl.Series("id", one)).to_list() for one in ([42, None], [42.0, None], ["42 ", " "])]
    assert written[0] == written[1] == written[2] == [KEY.pseudonym("42"), None]


def test_the_key_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRET not in repr(KEY) and pickle.loads(pickle.dumps(KEY)).fingerprint == KEY.fingerprint
    with pytest.raises(ArgumentError, match="at least 16 characters") as short:
        IdKey("short secret")
    assert "short secret" not in str(short.value)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(ArgumentError, match=KEY_VARIABLE):
        IdKey.from_environment()


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["C1007", "C1008", "98122"], None),
        (["kay_91", "bookworm", "K-12 b", "till 4"], None),
        (["h30a33a5ff42cb1c8edbf2b0c"], None),
        ([str(n) for n in range(300)] + ["jo@example.org"], "e-mail addresses"),
        (["06 39 98 12 34", "7"], "telephone numbers"),
        (["Sylvie Durand", "Tom B.", "x1"], "names of persons"),
        (["sylvie", "thomas"], "names of persons"),
        ([], None),
    ],
)
def test_ids_that_are_no_pseudonyms_are_known(ids: list[str], said: str | None) -> None:
    assert persons_in(pl.Series("who", ids, pl.String)) == said


@pytest.mark.parametrize("ids", [("jo@example.org", "al@example.org"), ("Sylvie Durand", "Thomas Petit")])
def test_journeys_show_no_person(ids: tuple[str, str]) -> None:
    made = table(
        ["best_friends", "broken_bond"] * 2,
        customer=[ids[0], ids[0], ids[1], ids[1]],
        date=[date(2026, month, 1) for month in (1, 2, 1, 2)],
    )
    found = journeys(made, period="month", draws=20)
    assert found.persons and {one.customer for one in found.departures} == {"#1", "#2"}
    for language in ("en", "fr"):
        chapter = str(journeys_chapter(found, load_taxonomy(), language))
        assert "--hash-ids" in chapter and not any(part in chapter for one in ids for part in one.split()[:1])
    assert numbered(pl.Series(["b", "a", None, "b"])).to_list() == ["#2", "#1", None, "#2"]


TEXTS = (
    "Merci à Sylvie Durand, toujours là pour moi. Le colis est arrivé vite.",
    "Rang 07700 900123 twice. Nobody answers! I am done with you.",
    "The parcel was late again, friendly desk though.",
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    rows = "".join(f'{n},c{n % 5}@example.org,c{n % 5}@example.org,"{TEXTS[n % 3]}"\n' for n in range(30))
    path.write_text(f"n,customer,contact,comment\n{rows}99,x@example.org,a,b,c,torn\n", encoding="utf-8")
    return path


def test_a_run_writes_redacted_texts_with_evidence_that_fits(source: Path, fake_tagger: RelationTagger) -> None:
    plain, clean = source.with_name("plain.parquet"), source.with_name("clean.parquet")
    tag_file(source, plain, tagger=fake_tagger, evidence=True)
    tag_file(source, clean, tagger=fake_tagger, evidence=True, redact=True)
    before, after = pl.read_parquet(plain), pl.read_parquet(clean)
    assert before.drop("comment", "rt_evidence").equals(after.drop("comment", "rt_evidence"))
    for old, new, spans, moved in zip(
        before["comment"], after["comment"], before["rt_evidence"], after["rt_evidence"], strict=True
    ):
        redaction = redact(old)
        assert new == redaction.text
        assert [list(redaction.span(*span)) for span in spans] == moved.to_list()
        assert all(0 <= start <= end <= len(new) for start, end in moved)
    assert after["rt_evidence"].list.len().sum() > 0
    manifest = read_manifest(clean)
    assert manifest is not None and manifest.options[REDACTED] is True
    assert REDACTED not in read_manifest(plain).options  # type: ignore[union-attr]
    rejects = next(source.parent.glob("clean*rejects*")).read_text("utf-8")
    assert "x@example.org" not in rejects and "x@example.org" in next(source.parent.glob("plain*rejects*")).read_text(
        "utf-8"
    )
    quotes = best_quotes(read_tagged(clean))
    assert quotes.n and "Sylvie" not in str(quotes) and "07700" not in str(quotes)


def test_a_run_hashes_the_ids_of_customers(source: Path, fake_tagger: RelationTagger) -> None:
    one, two = source.with_name("one.csv"), source.with_name("two.csv")
    tag_file(source, one, tagger=fake_tagger, hash_ids=KEY)
    run(plan_run(source), two, fake_tagger, hash_ids=KEY, rows_of_a_part=7)
    made = pl.read_csv(one)
    assert made.equals(pl.read_csv(two)) and made["customer"].to_list() == [
        KEY.pseudonym(f"c{n % 5}@example.org") for n in range(30)
    ]
    manifest = read_manifest(one)
    assert manifest is not None and manifest.options[HASHED] == ["customer"]
    assert manifest.options[KEY_FINGERPRINT] == KEY.fingerprint
    assert SECRET not in manifest_file(one).read_text("utf-8")
    nobody = source.with_name("nobody.csv")
    nobody.write_text("comment\nThe parcel was late again\n", encoding="utf-8")
    with pytest.raises(ColumnError, match="--role customer=COLUMN"):
        tag_file(nobody, one, tagger=fake_tagger, hash_ids=KEY)


def test_the_command_takes_the_key_from_the_environment(
    source: Path, run: Callable[..., Ran], fake_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    out = source.with_name("out.jsonl")
    ran = run("tag", source, "-o", out, "--hash-ids")
    assert ran.code != 0 and KEY_VARIABLE in ran.err and not out.exists()
    monkeypatch.setenv(KEY_VARIABLE, SECRET)
    ran = run("tag", source, "-o", out, "--hash-ids", "--redact")
    assert ran.code == 0, ran.err
    assert "'contact' holds e-mail addresses" in ran.err and SECRET not in ran.out + ran.err
    first = json.loads(out.read_text("utf-8").splitlines()[0])
    assert first["customer"] == KEY.pseudonym("c0@example.org") and "[nom]" in first["comment"]

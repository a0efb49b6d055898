"""Tagged tables: what `tag` writes comes back whole from every format, and what cannot be used is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from relationtypes import RelationTagger
from relationtypes.errors import ColumnError, EmptyInputError, TaxonomyError
from relationtypes.findings.opening import read_tagged, tagged_table
from relationtypes.findings.table import TaggedTable
from relationtypes.manifest import manifest_file
from relationtypes.runs import plan_run, run
from tests.tables import table

TEXTS = ["The desk was friendly again", "Never again in my life", "", "Merci, à très vite", "See you all on Friday"]
ROWS = "".join(
    f"{text!s},{user},{day}\n"
    for text, user, day in zip(
        [f'"{text}"' for text in TEXTS],
        ["ann", "bob", "ann", " ", "cy"],
        ["03/02/2024", "17/02/2024", "18/02/2024", "", "25/03/2024"],
        strict=True,
    )
)


def _tagged(folder: Path, tagger: RelationTagger, name: str) -> Path:
    source, out = folder / "in.csv", folder / name
    source.write_text("comment,customer,posted\n" + ROWS, "utf-8")
    run(plan_run(source), out, tagger)
    return out


@pytest.fixture
def parquet(tmp_path: Path, fake_tagger: RelationTagger) -> TaggedTable:
    return read_tagged(_tagged(tmp_path, fake_tagger, "out.parquet"))


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl", "out.xlsx"])
def test_table_is_the_same_from_every_format(
    tmp_path: Path, fake_tagger: RelationTagger, parquet: TaggedTable, name: str
) -> None:
    found = read_tagged(_tagged(tmp_path, fake_tagger, name))
    tags = [column for column in parquet.frame.columns if column.startswith("rt_") and column != "rt_text"]
    assert found.frame.select(tags).equals(parquet.frame.select(tags))
    assert (found.roles, found.facts) == (parquet.roles, parquet.facts)
    assert found.dates_of().to_list() == [
        date(2024, 2, 3),
        date(2024, 2, 17),
        date(2024, 2, 18),
        None,
        date(2024, 3, 25),
    ]


def test_table_texts_without_a_family_have_no_probabilities(parquet: TaggedTable) -> None:
    assert parquet.classified.tolist() == [True, True, False, True, True]
    assert parquet.probabilities.sum(axis=1) == pytest.approx([1, 1, 0, 1, 1])
    assert (parquet.probabilities.argmax(axis=1) == parquet.family)[parquet.classified].all()
    assert parquet.exact_probabilities


def test_table_probabilities_are_made_from_the_first_two_families(parquet: TaggedTable) -> None:
    made = tagged_table(parquet.frame.drop("rt_probabilities", "rt_row", "rt_text", "rt_column"), text="comment")
    assert not made.exact_probabilities
    assert made.probabilities.sum(axis=1) == pytest.approx([1, 1, 0, 1, 1])
    assert (made.probabilities.argmax(axis=1) == parquet.family)[parquet.classified].all()
    first, second = np.sort(made.probabilities[0])[-1:-3:-1]
    assert (first, second) == pytest.approx(
        (parquet.frame["rt_confidence"][0], parquet.frame["rt_second_confidence"][0]), abs=1e-6
    )


def test_table_texts_of_a_customer_go_together_and_nobody_is_alone(parquet: TaggedTable) -> None:
    assert parquet.clusters is not None
    clusters = parquet.clusters.tolist()
    assert clusters[0] == clusters[2] and len(set(clusters)) == 4


def test_table_of_several_text_columns_has_a_row_for_each_text(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("liked,disliked,plan\nThe warm welcome,The long queue,A\nEverything,,B\n", "utf-8")
    run(plan_run(source, named={"text": ["liked", "disliked"]}), out, fake_tagger)
    both, one = read_tagged(out), read_tagged(out, text="disliked")
    assert both.frame["rt_text"].to_list() == ["The warm welcome", "Everything", "The long queue", None]
    assert both.own_columns == ("plan",) and both.clusters is not None
    assert one.frame["rt_column"].to_list() == ["disliked"] * 2


def test_table_without_a_manifest_finds_its_columns(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    out = _tagged(tmp_path, fake_tagger, "out.csv")
    manifest_file(out).unlink()
    found = read_tagged(out, roles={"customer": "customer"})
    assert found.facts is None and len(found.notes) == 1
    assert found.role("date") == "posted" and found.role("customer") == "customer"


def test_table_roles_named_go_over_those_found(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    found = read_tagged(_tagged(tmp_path, fake_tagger, "out.csv"), roles={"brand": "customer"})
    assert found.role("brand") == "customer" and found.role("customer") is None
    with pytest.raises(ColumnError, match=r"'custmer'.*Did you mean 'customer'"):
        read_tagged(tmp_path / "out.csv", roles={"brand": "custmer"})


def test_table_of_pandas_is_that_of_polars(fake_tagger: RelationTagger) -> None:
    frame = fake_tagger.tag_frame(pl.DataFrame({"said": TEXTS}), text="said")
    one, other = tagged_table(frame, text="said"), tagged_table(frame.to_pandas(), text="said")
    assert one.family.tolist() == other.family.tolist()
    assert one.probabilities == pytest.approx(other.probabilities)


def test_table_without_tags_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("comment\nhello there\n", "utf-8")
    with pytest.raises(ColumnError, match="not tagged"):
        read_tagged(path)


def test_table_without_rows_is_refused(parquet: TaggedTable) -> None:
    with pytest.raises(EmptyInputError, match="no row"):
        tagged_table(parquet.frame.head(0).drop("rt_row", "rt_text", "rt_column"), text="comment")


def test_table_of_another_taxonomy_is_refused(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    out = _tagged(tmp_path, fake_tagger, "out.csv")
    content = json.loads(manifest_file(out).read_text("utf-8"))
    content["model"]["taxonomy_fingerprint"] = "0123"
    manifest_file(out).write_text(json.dumps(content), "utf-8")
    with pytest.raises(TaxonomyError, match="0123"):
        read_tagged(out)


def test_table_with_an_unknown_family_is_refused() -> None:
    with pytest.raises(TaxonomyError, match=r"'best_frends'.*best_friends"):
        table(["fling"], rt_family=["best_frends"])


def test_table_dates_that_cannot_be_read() -> None:
    made = table(["fling"] * 3, when=["soon", "later", "never"])
    with pytest.raises(ColumnError, match="holds dates"):
        made.dates_of()
    with pytest.raises(ColumnError, match="'when'"):
        made.dates_of("when")
    with pytest.raises(ColumnError, match=r"'whn'.*Did you mean 'when'"):
        made.dates_of("whn")

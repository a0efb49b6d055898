"""Taxonomies of one's own: how they are read, and that tags, findings and reports work with them."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes import RelationTagger, _data
from relationtypes.errors import ArgumentError, RelationTypesError, TaxonomyError
from relationtypes.findings.everything import Findings, Omission, findings
from relationtypes.findings.journeys import journeys
from relationtypes.findings.mismatch import mismatch
from relationtypes.findings.offer import Offer, Supply
from relationtypes.findings.opening import read_tagged
from relationtypes.findings.portrait import portrait
from relationtypes.manifest import manifest_file, read_manifest
from relationtypes.reporting.composing import report
from relationtypes.reporting.files import write_report
from relationtypes.runs import tag_file
from relationtypes.styling import FAMILY_COLOURS, colour_of
from relationtypes.taxonomy import (
    LANGUAGES,
    MOST_LABELS,
    NONE_OF_THESE,
    Taxonomy,
    bundled_frames,
    is_standard,
    label_id,
    load_taxonomy,
    read_taxonomy,
    taxonomy_json,
    with_none_of_these,
)
from tests.conftest import HashingClassifier, Ran

SEGMENTS = """label,description,examples,name_fr,family
Loyal fan,Loves the shop,I adore it|My second home,Fan fidèle,Warm
Passer-by,Came by chance,Was in the street,Passant,Cold
Bargain hunter,Looks at the price,Cheap!,Chasseur de prix,Cold
Bargain hunter,,Best price in town,,
"""
TOML = """
name = { en = "Segments", fr = "Segments" }
[[labels]]
name = { en = "Loyal fan", fr = "Fan fidèle" }
definition = { en = "Loves the shop", fr = "Loves the shop" }
family = { en = "Warm", fr = "Warm" }
examples = { en = ["I adore it", "My second home"], fr = ["I adore it", "My second home"] }
[[labels]]
name = { en = "Passer-by", fr = "Passant" }
definition = { en = "Came by chance", fr = "Came by chance" }
family = { en = "Cold", fr = "Cold" }
examples = { en = ["Was in the street"], fr = ["Was in the street"] }
[[labels]]
name = { en = "Bargain hunter", fr = "Chasseur de prix" }
definition = { en = "Looks at the price", fr = "Looks at the price" }
family = { en = "Cold", fr = "Cold" }
examples = { en = ["Cheap!", "Best price in town"], fr = ["Cheap!", "Best price in town"] }
"""


@pytest.fixture
def segments(tmp_path: Path) -> Taxonomy:
    path = tmp_path / "segments.csv"
    path.write_text(SEGMENTS, "utf-8")
    return read_taxonomy(path)


# ------------------------------------------------------------------------------------------------------ reading


def _written(folder: Path, form: str) -> Path:
    path = folder / f"segments{form}"
    if form == ".xlsx":
        pl.read_csv(io.StringIO(SEGMENTS)).write_excel(path)
        return path
    text = {".csv": SEGMENTS, ".tsv": SEGMENTS.replace(",", "\t"), ".toml": TOML}[form]
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("form", [".csv", ".tsv", ".xlsx", ".toml"])
def test_read_taxonomy_every_format_says_the_same(tmp_path: Path, segments: Taxonomy, form: str) -> None:
    found = read_taxonomy(_written(tmp_path, form))
    assert (found.families, found.id) == (segments.families, "segments")


def test_read_taxonomy_takes_families_names_and_examples(segments: Taxonomy) -> None:
    assert [(family.id, [kind.id for kind in family.types]) for family in segments.families] == [
        ("warm", ["loyal_fan"]),
        ("cold", ["passer_by", "bargain_hunter"]),
    ]
    hunter = segments.families[1].types[1]
    assert (hunter.name.fr, hunter.examples.every) == ("Chasseur de prix", ("Cheap!", "Best price in town"))
    assert segments.families[0].playbook.is_empty
    assert not is_standard(segments)


def test_read_taxonomy_takes_a_folder_of_label_files(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(_data.labels_dir(), folder)
    assert read_taxonomy(folder) == load_taxonomy()
    path = folder / "fling.toml"
    path.write_text(path.read_text("utf-8").replace('id = "secret_affair"', 'id = "hidden"'), "utf-8")
    assert read_taxonomy(folder).id == "mine"


@pytest.mark.parametrize("name", ["standard", "fournier_15"])
def test_taxonomy_json_goes_there_and_back(tmp_path: Path, name: str) -> None:
    (tmp_path / "any.json").write_text(taxonomy_json(read_taxonomy(name)), "utf-8")
    assert read_taxonomy(tmp_path / "any.json") == read_taxonomy(name)


def test_with_none_of_these_adds_one_family_once(segments: Taxonomy) -> None:
    more = with_none_of_these(segments)
    assert more.family_ids == (*segments.family_ids, NONE_OF_THESE)
    assert with_none_of_these(more) is more
    assert more.fingerprint != segments.fingerprint


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_label_id_is_that_of_itself(name: str) -> None:
    assert label_id(label_id(name)) == label_id(name)
    assert label_id(f"  {name.upper()} ") == label_id(f"{name.upper()}!")


BAD = {
    "empty": ("label,description\n", ()),
    "one label": ("label,description\nfan,loves\n", ("one label",)),
    "one family": ("label,family\nfan,warm\nfriend,warm\n", ("one family",)),
    "twice": ("label,description\nfan,loves\nfan,loves\nfoe,hates\n", ("'fan'", "row 2", "row 3")),
    "contradiction": ("label,description,examples\nfan,loves,a\nfan,hates,b\nfoe,x,y\n", ("'fan'", "description")),
    "same id": ("label\nwait and see\nWait-and-see\n", ("wait_and_see", "'Wait-and-see'")),
    "no name": ("label\n!!\nfan\n", ("'!!'", "letter")),
    "a family's id": ("label,family\nfan,warm\nwarm,cold\n", ("warm",)),
    "unknown column": ("label,descripton\nfan,loves\nfoe,hates\n", ("'descripton'", "Did you mean 'description'?")),
    "no column of labels": ("name_fr,description\nfan,loves\n", ("'label'",)),
    "too many": ("label\n" + "".join(f"label {i}\n" for i in range(10_000)), (f"{MOST_LABELS}", "train")),
    "texts": ("label\n" + "this is a whole text, not a name " * 4 + "\nfan\n", ("characters", "examples")),
}


@pytest.mark.parametrize("name", BAD)
def test_read_taxonomy_refuses_what_no_model_can_learn(tmp_path: Path, name: str) -> None:
    content, words = BAD[name]
    path = tmp_path / "frame.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(RelationTypesError) as caught:
        read_taxonomy(path)
    assert [word for word in ("frame.csv", *words) if word not in str(caught.value)] == []


def test_read_taxonomy_suggests_a_bundled_frame() -> None:
    with pytest.raises(TaxonomyError, match="Did you mean 'fournier_15'"):
        read_taxonomy("fournier15")


# ------------------------------------------------------------------------------------------------ what is bundled


@pytest.mark.parametrize("frame", bundled_frames(), ids=lambda frame: frame.id)
def test_bundled_frames_are_whole(frame: Taxonomy) -> None:
    kinds = [kind for _, kind in frame.labels() if kind]
    thin = [(kind.id, lang) for kind in kinds for lang in LANGUAGES if not 8 <= len(set(kind.examples[lang])) <= 16]
    blank = [kind.id for kind in kinds for lang in LANGUAGES if not (kind.name[lang] and kind.definition[lang])]
    unsourced = [kind.id for kind in kinds if not set(kind.provenance.source) & set(frame.sources)]
    assert (thin, blank, unsourced) == ([], [], [])
    assert frame.note.en and frame.note.fr


def test_bundled_frames_share_no_example() -> None:
    texts = [text for frame in bundled_frames() for _, kind in frame.labels() if kind for text in kind.examples.every]
    assert len(texts) == len(set(texts))


def test_cli_labels_shows_any_taxonomy(run: Callable[..., Ran]) -> None:
    assert all(name in run("labels", "--list").out for name in ("standard", "fournier_15", "service_modes"))
    assert "Kinship" in run("labels", "--taxonomy", "fournier_15").out
    shown = run("labels", "show", "Parenté", "--taxonomy", "fournier_15", "--lang", "fr").out
    assert "moutarde" in shown and "HBR" not in shown
    data = json.loads(run("labels", "show", "kinship", "--taxonomy", "fournier_15", "--json").out)
    assert len(data["types"][0]["examples"]["en"]) == 8


# -------------------------------------------------------------------------------------------- tags and what follows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled example, tagged by a fake with labels of one's own."""
    folder = tmp_path_factory.mktemp("told")
    (folder / "segments.csv").write_text(SEGMENTS, "utf-8")
    taxonomy = with_none_of_these(read_taxonomy(folder / "segments.csv"))
    tag_file(_data.example_file(), folder / "told.parquet", tagger=RelationTagger(HashingClassifier(taxonomy)))
    return folder / "told.parquet"


def test_tagged_file_says_itself_what_its_labels_are(told: Path) -> None:
    table = read_tagged(told)
    assert table.taxonomy.family_ids == ("warm", "cold", NONE_OF_THESE)
    assert table.taxonomy.families[0].types[0].name.fr == "Fan fidèle"
    assert json.loads(manifest_file(told).read_text("utf-8"))["format_version"] == 2
    assert table.probabilities.shape == (len(table), 3)


def test_standard_manifest_stays_as_it_was(tmp_path: Path, fake_tagger: RelationTagger) -> None:
    out = tmp_path / "out.csv"
    tag_file(_data.example_file(), out, tagger=fake_tagger, evidence=False)
    said = json.loads(manifest_file(out).read_text("utf-8"))
    assert said["format_version"] == 1
    assert not {"taxonomy", "multi_label"} & set(said["model"])


def test_findings_leave_out_what_the_labels_do_not_have(told: Path) -> None:
    table = read_tagged(told)
    assert not portrait(table, draws=20).bond.known
    found = journeys(table, draws=20)
    assert (found.leaving.families, found.leaving_by_family, found.departures) == ((), (), ())
    with pytest.raises(ArgumentError, match="no playbooks"):
        mismatch(table, Offer(everyone=Supply(service_modes=("self_service",))))


@pytest.fixture(scope="module")
def found(told: Path) -> Findings:
    return findings(read_tagged(told))


def test_report_says_what_is_left_out(told: Path, found: Findings, tmp_path: Path) -> None:
    table = read_tagged(told)
    assert {Omission("bonds", "own_labels"), Omission("mismatch", "own_labels")} <= set(found.omitted)
    for language in LANGUAGES:
        document = report(found, table, language)
        path = tmp_path / f"report.{language}.md"
        write_report(document, path)
        text = path.read_text("utf-8")
        assert ("Passer-by" if language == "en" else "Passant") in text
        assert ("standard labels only" if language == "en" else "seules étiquettes standard") in text
        assert not any(word in text for word in ("HBR", "Undetermined", "Indéterminé", "playbook"))


@pytest.mark.slow
@pytest.mark.parametrize("form", [".html", ".docx", ".xlsx", ".pptx"])
def test_report_is_written_in_the_other_formats(told: Path, found: Findings, tmp_path: Path, form: str) -> None:
    write_report(report(found, read_tagged(told), "fr"), tmp_path / f"report{form}")
    assert (tmp_path / f"report{form}").stat().st_size > 1_000


def test_cli_profile_reads_the_labels_of_the_file(told: Path, run: Callable[..., Ran]) -> None:
    done = run("profile", told, "--json")
    assert done.code == 0, done.err
    assert [one["id"] for one in json.loads(done.out)["profile"]["families"]] == ["warm", "cold", NONE_OF_THESE]
    assert "Fan fidèle" in run("profile", told, "--lang", "fr").out


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_several_labels_stand_in_a_column_of_their_own(tmp_path: Path, segments: Taxonomy, form: str) -> None:
    tagger = RelationTagger(HashingClassifier(segments, multi_label=True))
    out = tmp_path / f"out.{form}"
    tag_file(_data.example_file(), out, tagger=tagger, evidence=False)
    table = read_tagged(out)
    assert table.notes[-1].startswith("A text may have several labels")
    likely = [
        {name for name, value in zip(segments.family_ids, row or [], strict=False) if value >= 0.5}
        for row in table.frame["rt_probabilities"].to_list()
    ]
    assert [set(row or []) - {""} for row in table.frame["rt_labels"].to_list()] == likely
    assert max(map(len, likely)) == 2
    if form == "csv":
        assert any("warm; cold" in (cell or "") for cell in pl.read_csv(out)["rt_labels"])


def test_one_label_a_text_needs_no_further_column(fake_tagger: RelationTagger) -> None:
    assert fake_tagger.tag(["anything at all, as it comes"])[0].labels == ()
    tagged = fake_tagger.tag_frame(pl.DataFrame({"text": ["anything at all"]}), "text")
    assert "rt_labels" not in tagged.columns


def test_read_manifest_of_a_later_format_says_what_can_be_read(told: Path, tmp_path: Path) -> None:
    later = msgspec.json.decode(manifest_file(told).read_bytes()) | {"format_version": 3}
    manifest_file(tmp_path / "a.csv").write_bytes(msgspec.json.encode(later))
    with pytest.raises(RelationTypesError, match="reads 1 and 2"):
        read_manifest(tmp_path / "a.csv")


def test_colours_of_own_labels_are_fixed_and_differ() -> None:
    names = [f"label_{i}" for i in range(12)]
    colours = [colour_of(name, names) for name in names]
    assert len(set(colours)) == 12 and not set(colours) & set(FAMILY_COLOURS.values())
    assert [colour_of(name, [*names, NONE_OF_THESE]) for name in names] == colours
    assert colour_of("fling", names) == FAMILY_COLOURS["fling"]

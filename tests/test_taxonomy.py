import json
import shutil
import tomllib
from pathlib import Path
from typing import NamedTuple

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from relationtypes import _data
from relationtypes.errors import TaxonomyError, UnknownLabelError
from relationtypes.taxonomy import LANGUAGES, Family, Language, Taxonomy, Text, Texts, load_taxonomy, schema

LABELS = _data.labels_dir()

# Section 2 of the codebook by which texts were labelled; the plain type of a family comes first.
CODEBOOK: dict[str, list[str]] = {
    "transaction": [
        "basic_exchange",
        "casual_acquaintance",
        "marriage_of_convenience",
        "arranged_marriage",
        "courtship",
        "rebound",
    ],
    "best_friends": [
        "best_friends",
        "close_family",
        "committed_partnership",
        "childhood_friend",
        "dependency",
        "guru_disciple",
    ],
    "buddies": ["buddies", "situational_friend", "virtual_friends", "teammates"],
    "business_partners": ["business_partners", "teacher_student"],
    "fling": ["fling", "one_night_stand", "secret_affair"],
    "master_servant": ["master_servant"],
    "broken_bond": ["ex_friends", "enemies", "love_hate", "captive", "abused", "stalked"],
    "undetermined": ["stranger"],
}
PAIRS = [(family, kind) for family, kinds in CODEBOOK.items() for kind in kinds]

# Rows 1 to 12 of the working list: the only names that a source gives to the study.
HBR_STUDY = {
    "best_friends",
    "fling",
    "ex_friends",
    "close_family",
    "casual_acquaintance",
    "virtual_friends",
    "secret_affair",
    "love_hate",
    "buddies",
    "business_partners",
    "basic_exchange",
    "master_servant",
}


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def _texts_of(record: object, place: str) -> list[tuple[str, str, str]]:
    """Every text below *record*: where it stands, in which language, and the text."""
    if isinstance(record, Text):
        return [(place, language, record[language]) for language in LANGUAGES]
    if isinstance(record, Texts):
        return [(f"{place}[{i}]", language, text) for language in LANGUAGES for i, text in enumerate(record[language])]
    if isinstance(record, tuple):
        return [found for i, item in enumerate(record) for found in _texts_of(item, f"{place}[{i}]")]
    if isinstance(record, msgspec.Struct):
        fields = record.__struct_fields__
        return [found for field in fields for found in _texts_of(getattr(record, field), f"{place}.{field}")]
    return []


# ---------------------------------------------------------------------------------------------- what is shipped


def test_taxonomy_families_and_types_are_those_of_the_codebook(taxonomy: Taxonomy) -> None:
    assert {family.id: [kind.id for kind in family.types] for family in taxonomy.families} == CODEBOOK
    assert list(taxonomy.family_ids) == list(CODEBOOK)


def test_taxonomy_counts_eight_families_and_29_types(taxonomy: Taxonomy) -> None:
    assert (len(taxonomy.family_ids), len(taxonomy.type_ids), len(set(taxonomy.type_ids))) == (8, 29, 29)


def test_taxonomy_knows_the_family_of_each_type(taxonomy: Taxonomy) -> None:
    families = [taxonomy.family_ids[i] for i in taxonomy.families_of_types]
    assert list(zip(families, taxonomy.type_ids, strict=True)) == PAIRS


def test_taxonomy_labels_yields_each_family_then_its_types(taxonomy: Taxonomy) -> None:
    expected = [(family, kind) for family, kinds in CODEBOOK.items() for kind in (None, *kinds)]
    assert [(family.id, kind.id if kind else None) for family, kind in taxonomy.labels()] == expected


def test_taxonomy_gives_only_twelve_types_to_the_study(taxonomy: Taxonomy) -> None:
    types = [kind for _, kind in taxonomy.labels() if kind]
    assert {kind.id for kind in types if kind.provenance.status == "hbr_study"} == HBR_STUDY


def test_taxonomy_gives_only_six_families_to_the_study(taxonomy: Taxonomy) -> None:
    ours = [family.id for family in taxonomy.families if family.provenance.status != "hbr_study"]
    assert ours == ["broken_bond", "undetermined"]


def test_taxonomy_names_a_source_for_everything_said_to_be_sourced(taxonomy: Taxonomy) -> None:
    unsourced = [
        label.id
        for family, kind in taxonomy.labels()
        for label in [kind or family]
        if label.provenance.status in ("hbr_study", "literature") and not label.provenance.source
    ]
    playbooks = [
        (family.id, rule.text.en)
        for family in taxonomy.families
        for rules in (
            family.playbook.expects,
            family.playbook.gives,
            family.playbook.breaks,
            family.playbook.company_should,
        )
        for rule in rules
        if (rule.basis == "sourced") != bool(rule.source)
    ]
    assert (unsourced, playbooks) == ([], [])


def test_taxonomy_what_suits_and_what_clashes_is_our_proposal(taxonomy: Taxonomy) -> None:
    fits = {family.id: family.playbook.fit for family in taxonomy.families}
    assert {fit.basis for fit in fits.values()} == {"proposed"}
    assert [name for name, fit in fits.items() if not fit.clashes_modes and not fit.clashes_aims] == ["undetermined"]
    assert set(fits["best_friends"].clashes_modes) == {"self_service", "automated_services"}
    assert set(fits["transaction"].clashes_aims) == {"loyalty", "collaborative"}


def test_taxonomy_fits_may_leave_out_clashes(tmp_path: Path) -> None:
    shutil.copytree(LABELS, tmp_path / "labels")
    path = tmp_path / "labels/fling.toml"
    path.write_text(path.read_text("utf-8").replace('clashes_aims = ["loyalty"]\n', ""), "utf-8")
    fling = next(one for one in load_taxonomy(tmp_path / "labels").families if one.id == "fling")
    assert fling.playbook.fit.clashes_aims == ()


def test_taxonomy_fingerprint_is_that_of_the_shipped_model(taxonomy: Taxonomy) -> None:
    config = json.loads((_data.model_dir() / "config.json").read_text("utf-8"))
    assert taxonomy.fingerprint == config["taxonomy_fingerprint"]


@pytest.mark.parametrize("family_id", CODEBOOK)
def test_taxonomy_every_text_is_in_both_languages(taxonomy: Taxonomy, family_id: str) -> None:
    family = next(one for one in taxonomy.families if one.id == family_id)
    blank = [(place, language) for place, language, text in _texts_of(family, family_id) if not text.strip()]
    assert blank == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["aliases", "cues", "counter_cues"])
def test_taxonomy_every_label_has_lists_in_both_languages(taxonomy: Taxonomy, field: str, language: Language) -> None:
    bare = [(kind or family).id for family, kind in taxonomy.labels() if not getattr(kind or family, field)[language]]
    assert bare == []


def test_taxonomy_names_no_label_after_slavery(taxonomy: Taxonomy) -> None:
    labels = [kind or family for family, kind in taxonomy.labels()]
    words = " ".join(f"{label.id} {label.name.en} {label.name.fr}" for label in labels).casefold()
    assert "slave" not in words and "esclave" not in words


# ------------------------------------------------------------------------------------------------------- finding


@pytest.mark.parametrize(
    ("wanted", "family", "kind"),
    [
        ("fling", "fling", None),  # a family goes before its plain type
        ("secret_affair", "fling", "secret_affair"),
        ("Secret affair", "fling", "secret_affair"),
        ("Liaison secrète", "fling", "secret_affair"),
        ("Meilleurs amis", "best_friends", None),
        ("Parfait inconnu", "undetermined", "stranger"),
        ("inconnu", "undetermined", "stranger"),
        ("coup de cœur", "fling", None),
        ("  LIAISON   SECRÈTE ", "fling", "secret_affair"),
        ("one night stand", "fling", "one_night_stand"),
        ("One-Night-Stand", "fling", "one_night_stand"),
        ("one–night–stand", "fling", "one_night_stand"),
        ("ex-friends", "broken_bond", "ex_friends"),
        ("EX AMIS", "broken_bond", "ex_friends"),
        ("love-hate", "broken_bond", "love_hate"),
        ("love–hate", "broken_bond", "love_hate"),
        ("master–slave", "master_servant", None),
        ("Master-Slave", "master_servant", None),
        ("maître-esclave", "master_servant", None),
        ("Maître–serviteur", "master_servant", None),
    ],
)
def test_taxonomy_find_knows_ids_names_and_aliases(
    taxonomy: Taxonomy, wanted: str, family: str, kind: str | None
) -> None:
    found_family, found_kind = taxonomy.find(wanted)
    assert (found_family.id, found_kind.id if found_kind else None) == (family, kind)


@pytest.mark.parametrize(("family", "kind"), PAIRS)
def test_taxonomy_find_by_type_id_stays_in_its_family(taxonomy: Taxonomy, family: str, kind: str) -> None:
    found_family, found_kind = taxonomy.find(kind)
    assert (found_family.id, (found_kind or found_family).id) == (family, kind)


def test_taxonomy_no_word_leads_to_two_families(taxonomy: Taxonomy) -> None:
    owners: dict[str, set[str]] = {}
    for family, kind in taxonomy.labels():
        label = kind or family
        for word in (label.id, label.name.en, label.name.fr, *label.aliases.en, *label.aliases.fr):
            owners.setdefault(" ".join(word.casefold().replace("–", "-").replace("_", "-").split("-")), set()).add(
                family.id
            )
    assert {word: families for word, families in owners.items() if len(families) > 1} == {}


@pytest.mark.parametrize(
    ("wanted", "suggestion"),
    [("flinng", "fling"), ("best_freinds", "best friends"), ("Liaison secrete", "liaison secrète")],
)
def test_taxonomy_find_suggests_what_may_be_meant(taxonomy: Taxonomy, wanted: str, suggestion: str) -> None:
    with pytest.raises(UnknownLabelError, match=f"Did you mean '{suggestion}'") as caught:
        taxonomy.find(wanted)
    assert repr(wanted) in str(caught.value)


@pytest.mark.parametrize("wanted", ["", "   ", "quixotic zebra"])
def test_taxonomy_find_lists_the_ids_when_nothing_is_close(taxonomy: Taxonomy, wanted: str) -> None:
    with pytest.raises(UnknownLabelError) as caught:
        taxonomy.find(wanted)
    assert "Did you mean" not in str(caught.value)
    assert "master_servant" in str(caught.value) and "stalked" in str(caught.value)


# --------------------------------------------------------------------------------------------------- fingerprint


def _with_families(taxonomy: Taxonomy, families: list[Family]) -> Taxonomy:
    return msgspec.structs.replace(taxonomy, families=tuple(families))


def test_taxonomy_fingerprint_ignores_order(taxonomy: Taxonomy) -> None:
    turned = [msgspec.structs.replace(one, types=one.types[::-1]) for one in reversed(taxonomy.families)]
    assert _with_families(taxonomy, turned).fingerprint == taxonomy.fingerprint


def test_taxonomy_fingerprint_ignores_wording_and_version(taxonomy: Taxonomy) -> None:
    other = Text(en="Other words", fr="D'autres mots")
    reworded = [
        msgspec.structs.replace(
            one,
            name=other,
            definition=other,
            types=tuple(msgspec.structs.replace(kind, name=other, cues=Texts((), ())) for kind in one.types),
        )
        for one in taxonomy.families
    ]
    changed = msgspec.structs.replace(_with_families(taxonomy, reworded), version="9.9.9", sources={})
    assert changed.fingerprint == taxonomy.fingerprint


@pytest.mark.parametrize("change", ["moved", "removed", "renamed"])
def test_taxonomy_fingerprint_notices_types(taxonomy: Taxonomy, change: str) -> None:
    first, second, *rest = taxonomy.families
    kind = first.types[-1]
    left = msgspec.structs.replace(first, types=first.types[:-1])
    if change == "moved":
        second = msgspec.structs.replace(second, types=(*second.types, kind))
    elif change == "renamed":
        renamed = msgspec.structs.replace(kind, id="bounce")
        left = msgspec.structs.replace(first, types=(*left.types, renamed))
    assert _with_families(taxonomy, [left, second, *rest]).fingerprint != taxonomy.fingerprint


# ----------------------------------------------------------------------------------------------------- bad files


class Bad(NamedTuple):
    """One edit that spoils the label files, and words that the message must hold."""

    file: str
    old: str
    new: str
    words: tuple[str, ...]
    structural: bool = False


_FLING_DEFINITION = tomllib.loads((LABELS / "fling.toml").read_text("utf-8"))["family"]["definition"]["en"]
BAD = {
    "missing field": Bad(
        "fling",
        'en = ["passing passion", "crush", "passionate affair"]\n',
        "",
        ("fling.toml", "family.aliases", "en"),
        True,
    ),
    "missing block": Bad("fling", "[playbook.fit]", "[playbook.fitting]", ("fling.toml", "playbook"), True),
    "missing id of a type": Bad("fling", 'id = "secret_affair"\n', "", ("fling.toml", "types[2]", "id"), True),
    "missing French": Bad("fling", ', fr = "Liaison secrète"', "", ("fling.toml", "types[2].name", "fr"), True),
    "duplicated type in a family": Bad(
        "fling", 'id = "secret_affair"', 'id = "one_night_stand"', ("one_night_stand", "fling")
    ),
    "type in two families": Bad(
        "fling", 'id = "secret_affair"', 'id = "stranger"', ("stranger", "fling", "undetermined")
    ),
    "type named after another family": Bad("fling", 'id = "secret_affair"', 'id = "buddies"', ("buddies", "fling")),
    "unknown family": Bad("taxonomy", '"buddies", ', '"pals", ', ("pals.toml", "missing")),
    "family twice": Bad("taxonomy", '"buddies", ', '"buddies", "buddies", ', ("taxonomy.toml", "twice")),
    "family id not its file name": Bad(
        "fling", '[family]\nid = "fling"', '[family]\nid = "crush"', ("fling.toml", "crush")
    ),
    "unknown status": Bad(
        "fling", 'status = "literature"', 'status = "hearsay"', ("fling.toml", "hearsay", "status"), True
    ),
    "unknown basis": Bad("fling", 'basis = "proposed"', 'basis = "guessed"', ("fling.toml", "guessed", "basis"), True),
    "unknown service mode": Bad(
        "fling", '"communities"]', '"tribes"]', ("fling.toml", "tribes", "service_modes"), True
    ),
    "unknown clash": Bad(
        "fling", 'clashes_aims = ["loyalty"]', 'clashes_aims = ["love"]', ("fling.toml", "love", "clashes_aims"), True
    ),
    "what suits and breaks": Bad(
        "fling", 'clashes_aims = ["loyalty"]', 'clashes_aims = ["transactional"]', ("fling", "fit", "transactional")
    ),
    "unknown field": Bad(
        "fling",
        '[[types]]\nid = "fling"',
        '[[types]]\nhue = "red"\nid = "fling"',
        ("fling.toml", "hue", "types[0]"),
        True,
    ),
    "number for a text": Bad("fling", 'en = "Secret affair"', "en = 7", ("fling.toml", "types[2].name", "int"), True),
    "unknown field in the index": Bad("taxonomy", "version =", "mood = 1\nversion =", ("taxonomy.toml", "mood")),
    "retired type reused": Bad("taxonomy", "retired_ids = []", 'retired_ids = ["stalked"]', ("stalked", "etired")),
    "retired family reused": Bad("taxonomy", "retired_ids = []", 'retired_ids = ["fling"]', ("fling", "etired")),
    "unknown source of a name": Bad("fling", '"GFK13"]', '"GFK99"]', ("fling", "types[1]", "provenance", "GFK99")),
    "unknown source of a rule": Bad("fling", '["GLO"]', '["GLOBE"]', ("fling", "company_should[3]", "GLOBE")),
    "unknown source of the fit": Bad("fling", '["S0", "S1"]', '["S0", "S9"]', ("fling", "fit", "S9")),
    "empty text": Bad("fling", _FLING_DEFINITION, "", ("fling", "definition", "empty")),
    "blank French": Bad("fling", 'fr = "Liaison secrète"', 'fr = " "', ("fling", "types[2].name", "empty")),
    "empty rule": Bad("fling", 'en = "Boredom and routine"', 'en = ""', ("fling", "breaks[0]", "empty")),
    "empty cue": Bad("fling", '"guilty pleasure"', '" "', ("fling", "cues", "empty")),
    "no TOML": Bad("fling", "[family]\nid =", "[family\nid =", ("fling.toml",)),
}


def _spoilt(tmp_path: Path, bad: Bad) -> Path:
    folder = tmp_path / "labels"
    shutil.copytree(LABELS, folder)
    path = folder / f"{bad.file}.toml"
    text = path.read_text("utf-8")
    assert bad.old in text, "the edit no longer finds its place in the label files"
    path.write_text(text.replace(bad.old, bad.new, 1), "utf-8")
    return folder


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_taxonomy_load_names_the_place_of_an_error(tmp_path: Path, bad: Bad) -> None:
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(_spoilt(tmp_path, bad))
    message = str(caught.value).replace(str(tmp_path), "")  # the name of the folder must not help
    assert [word for word in bad.words if word not in message] == []


def test_taxonomy_load_refuses_a_family_without_types(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    shutil.copytree(LABELS, folder)
    path = folder / "fling.toml"
    path.write_text("types = []\n" + path.read_text("utf-8").partition("[[types]]")[0], "utf-8")
    with pytest.raises(TaxonomyError, match="'fling' has no type"):
        load_taxonomy(folder)


def test_taxonomy_load_refuses_a_missing_index(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"taxonomy\.toml is missing"):
        load_taxonomy(tmp_path)


def test_taxonomy_load_accepts_an_unspoilt_copy(tmp_path: Path, taxonomy: Taxonomy) -> None:
    shutil.copytree(LABELS, tmp_path / "labels")
    assert load_taxonomy(tmp_path / "labels") == taxonomy


# -------------------------------------------------------------------------------------------------------- schema


def test_taxonomy_schema_file_is_up_to_date() -> None:
    expected = json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    assert (LABELS / "schema.json").read_text("utf-8") == expected


def test_taxonomy_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("family", CODEBOOK)
def test_taxonomy_schema_accepts_the_shipped_files(family: str) -> None:
    jsonschema.validate(tomllib.loads((LABELS / f"{family}.toml").read_text("utf-8")), schema())


@pytest.mark.parametrize("name", [name for name, bad in BAD.items() if bad.structural])
def test_taxonomy_schema_rejects_structural_errors(tmp_path: Path, name: str) -> None:
    path = _spoilt(tmp_path, BAD[name]) / f"{BAD[name].file}.toml"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(path.read_text("utf-8")), schema())

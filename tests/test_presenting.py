import io
import json
import os
import re
from pathlib import Path

import polars
import pytest
from rich.console import Console, RenderableType

from relationtypes.presenting import label_data, label_view, profile_data, profile_view, taxonomy_view
from relationtypes.profiling import RelationProfile, profile
from relationtypes.records import Evidence, Sentiment, Status, Tag
from relationtypes.styling import FAMILY_COLOURS
from relationtypes.tabulating import tag_columns
from relationtypes.taxonomy import LANGUAGES, Language, Taxonomy, load_taxonomy

GOLDEN = Path(__file__).parent / "golden"
TAXONOMY = load_taxonomy()

# fmt: off
# text, family, type, confidence, status, sentiment, breach, evidence (pieces of the text)
ROWS: list[tuple[str, str, str, float, Status, Sentiment, float, tuple[str, ...]]] = [
    ("Lamp as described, fair price, here in two days.",
     "transaction", "basic_exchange", 0.94, "ok", "positive", 0.02, ()),
    ("Le grille-pain marche bien. Rien à redire sur le prix. Le carton était abîmé.", "transaction", "basic_exchange",
     0.91, "ok", "mixed", 0.04, ("Le grille-pain marche bien.", "Le carton était abîmé.")),
    ("The seam of the left sleeve came apart after one wash.",
     "transaction", "basic_exchange", 0.88, "ok", "negative", 0.12, ()),
    ("Première commande, à voir dans la durée.", "transaction", "courtship", 0.55, "ok", "neutral", 0.03, ()),
    ("It is the shop nearest to work, so it will do.",
     "transaction", "marriage_of_convenience", 0.47, "abstained", "neutral", 0.05, ()),
    ("We left our old supplier in a huff and ended up here.",
     "transaction", "rebound", 0.41, "abstained", "neutral", 0.06, ()),
    ("When my mother died they wrote me a card by hand. I had only asked about a bill.", "best_friends", "best_friends",
     0.93, "ok", "positive", 0.01, ("When my mother died they wrote me a card by hand.",)),
    ("Quatre générations chez nous, c'est presque de la famille.",
     "best_friends", "close_family", 0.86, "ok", "positive", 0.01, ()),
    ("Vous nous mentez, vous nous volez : je boycotte, et tous mes amis avec moi.",
     "broken_bond", "enemies", 0.97, "ok", "negative", 0.95, ()),
    ("Six months of calls every single evening, although I begged them to stop.",
     "broken_bond", "stalked", 0.82, "ok", "negative", 0.91, ()),
    ("I used to adore this place. Goodbye, then.", "broken_bond", "ex_friends", 0.79, "ok", "negative", 0.4, ()),
    ("OBSESSED with the new scent, I squealed in the shop!!!", "fling", "fling", 0.96, "ok", "positive", 0.01, ()),
    ("Il me le fallait tout de suite, j'ai encore craqué, ne le dites à personne",
     "fling", "secret_affair", 0.7, "ok", "positive", 0.01, ()),
    ("Could you add a dark theme and an export to the calendar?",
     "business_partners", "business_partners", 0.83, "ok", "neutral", 0.02, ()),
    ("For what I spend here I should never have to queue.",
     "master_servant", "master_servant", 0.38, "abstained", "negative", 0.6, ()),
    ("ok", "undetermined", "stranger", 0.9, "ok", "neutral", 0.01, ()),
]
# fmt: on
OTHERS = [Tag(status="empty"), Tag(status="unsupported_language", language="other")]


def _tag(row: tuple[str, str, str, float, Status, Sentiment, float, tuple[str, ...]]) -> Tag:
    text, family, kind, confidence, status, sentiment, breach, pieces = row
    return Tag(
        status=status,
        language="en",
        family=family,
        type=kind,
        confidence=confidence,
        second_family="undetermined",
        second_confidence=0.02,
        sentiment=sentiment,
        sentiment_score=0.0,
        breach=breach,
        evidence=tuple(Evidence(text.index(piece), text.index(piece) + len(piece)) for piece in pieces),
    )


def _profile(tags: list[Tag], texts: list[str | None]) -> RelationProfile:
    frame = polars.DataFrame({"verbatim": texts}, schema={"verbatim": polars.String}).hstack(tag_columns(tags))
    return profile(frame, text="verbatim", taxonomy=TAXONOMY)


@pytest.fixture(scope="module")
def filled() -> RelationProfile:
    return _profile([*map(_tag, ROWS), *OTHERS], [*(row[0] for row in ROWS), None, "muy rico el pan"])


def _rendered(view: RenderableType, width: int = 120) -> str:
    """What a terminal without colours shows; blanks at the end of a line are left out, no eye sees them."""
    file = io.StringIO()
    console = Console(
        file=file, width=width, no_color=True, force_terminal=False, highlight=False, legacy_windows=False
    )
    console.print(view)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def _check_golden(name: str, found: str) -> None:
    path = GOLDEN / name
    if os.environ.get("RT_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


# -------------------------------------------------------------------------------------------------------- golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_presenting_profile_looks_as_agreed(filled: RelationProfile, language: Language) -> None:
    _check_golden(f"profile_{language}.txt", _rendered(profile_view(filled, TAXONOMY, language)))


def test_presenting_label_looks_as_agreed() -> None:
    family, kind = TAXONOMY.find("fling")
    _check_golden("label_fling_fr.txt", _rendered(label_view(family, kind, TAXONOMY, "fr")))


# ------------------------------------------------------------------------------------------------------- profile


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "tags",
    [[], [Tag(status="empty")] * 3, [_tag(ROWS[4]), _tag(ROWS[5])]],
    ids=["no rows", "all empty", "all abstained"],
)
def test_presenting_profile_of_little_is_still_shown(tags: list[Tag], language: Language) -> None:
    texts = [ROWS[4][0] if tag.family else None for tag in tags]
    shown = _rendered(profile_view(_profile(tags, list(texts)), TAXONOMY, language))
    assert [family.name[language] for family in TAXONOMY.families if family.name[language] not in shown] == []
    assert f"{len(tags)} " in shown.splitlines()[0]


@pytest.mark.parametrize("tags", [[], [Tag(status="empty")] * 3], ids=["no rows", "all empty"])
def test_presenting_profile_announces_no_quotes_where_there_are_none(tags: list[Tag]) -> None:
    shown = _rendered(profile_view(_profile(tags, [None] * len(tags)), TAXONOMY, "en"))
    assert "In their words" not in shown


def test_presenting_profile_without_rows_leaves_no_open_colon() -> None:
    first = _rendered(profile_view(_profile([], []), TAXONOMY, "en")).splitlines()[0]
    assert not first.endswith(":")


def test_presenting_profile_ranks_families_by_count(filled: RelationProfile) -> None:
    shown = _rendered(profile_view(filled, TAXONOMY, "en"))
    counts = [int(count) for count in re.findall(r"^\S.* \d+\.\d% +(\d+)", shown, re.MULTILINE)]
    assert counts == [6, 3, 2, 2, 1, 1, 1, 0]
    assert sum(counts) == filled.classified


def test_presenting_profile_quotes_markup_as_it_stands() -> None:
    text = "The [bold]label[/bold] said [red] but it came in blue [/]"
    tag = _tag((text, "transaction", "basic_exchange", 0.9, "ok", "negative", 0.1, ()))
    assert text in _rendered(profile_view(_profile([tag], [text]), TAXONOMY, "en"))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("language", LANGUAGES)
def test_presenting_profile_fits_the_width(filled: RelationProfile, language: Language, width: int) -> None:
    lines = _rendered(profile_view(filled, TAXONOMY, language), width).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("language", LANGUAGES)
def test_presenting_profile_breaks_no_word_on_a_usual_screen(
    filled: RelationProfile, language: Language, width: int
) -> None:
    shown = _rendered(profile_view(filled, TAXONOMY, language), width)
    kinds = {row[2] for row in ROWS}
    names = [(kind or family).name[language] for family, kind in TAXONOMY.labels() if not kind or kind.id in kinds]
    assert [word for name in names for word in re.split(r"[\s-]", name) if word not in shown] == []


def test_presenting_profile_data_is_plain_json(filled: RelationProfile) -> None:
    data = json.loads(json.dumps(profile_data(filled)))
    assert (data["rows"], data["classified"]) == (18, 16)
    assert [one["id"] for one in data["families"]] == list(TAXONOMY.family_ids)
    assert set(data["families"][0]["quotes"][0]) == {"row", "text", "confidence"}


# -------------------------------------------------------------------------------------------------------- labels


def test_presenting_every_family_has_a_colour_of_its_own() -> None:
    assert set(FAMILY_COLOURS) == set(TAXONOMY.family_ids)
    assert len(set(FAMILY_COLOURS.values())) == len(FAMILY_COLOURS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_presenting_taxonomy_shows_every_label(language: Language) -> None:
    shown = _rendered(taxonomy_view(TAXONOMY, language), 200)
    labels = [kind or family for family, kind in TAXONOMY.labels()]
    assert [label.id for label in labels if f"{label.name[language]} " not in shown or label.id not in shown] == []


def _ids(taxonomy: Taxonomy) -> list[str]:
    return list(dict.fromkeys((*taxonomy.family_ids, *taxonomy.type_ids)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wanted", _ids(TAXONOMY))
def test_presenting_label_says_all_there_is(wanted: str, language: Language) -> None:
    family, kind = TAXONOMY.find(wanted)
    label = kind or family
    shown = " ".join(_rendered(label_view(family, kind, TAXONOMY, language), 400).split())
    rules = () if kind else (*family.playbook.expects, *family.playbook.gives, *family.playbook.breaks)
    more = (
        ()
        if kind
        else (*(rule.text[language] for rule in family.playbook.company_should), *(one.id for one in family.types))
    )
    said = (
        label.id,
        label.name[language],
        label.definition[language],
        label.provenance.note[language],
        *label.aliases[language],
        *label.cues[language],
        *label.counter_cues[language],
        *(rule.text[language] for rule in rules),
        *more,
    )
    assert [text for text in said if " ".join(text.split()) not in shown] == []


def test_presenting_label_in_french_speaks_no_english() -> None:
    family, kind = TAXONOMY.find("fling")
    shown = _rendered(label_view(family, kind, TAXONOMY, "fr"))
    assert [word for word in ("self service", "communities", "transactional") if word in shown] == []


def test_presenting_label_data_tells_the_family_of_a_type() -> None:
    data = json.loads(json.dumps(label_data(*TAXONOMY.find("secret affair"))))
    assert (data["id"], data["family"], data["name"]["fr"]) == ("secret_affair", "fling", "Liaison secrète")


def test_presenting_label_data_of_a_family_holds_playbook_and_types() -> None:
    data = json.loads(json.dumps(label_data(*TAXONOMY.find("fling"))))
    assert [one["id"] for one in data["types"]] == ["fling", "one_night_stand", "secret_affair"]
    assert data["playbook"]["fit"]["basis"] == "proposed"

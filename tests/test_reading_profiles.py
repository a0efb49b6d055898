"""Profiles of the tools that exports come from, ready and saved; errors that say what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    InputNotFoundError,
    MalformedInputError,
    RelationTypesError,
)
from relationtypes.reading import (
    ROLES,
    ColumnRoles,
    Guess,
    Profile,
    check_fit,
    choose_text_column,
    find_roles,
    load_profile,
    matching_profile,
    merged,
    parse_dates,
    profile_text,
    ready_profiles,
)
from tests.conftest import ROOT
from tests.test_reading import SECRET, delimited, read, refused, saved

ADVICE = re.compile(r"\b(Give|Use|Name|Write|Export|Check|Save|Put|Unpack|Convert|Leave|Roles:|Did you mean|name it)\b")
TEXTS = ["On m’a reçue comme à la maison", "I asked twice and nobody called", "Rien à dire de plus, merci"]


# Profiles


@dataclass(frozen=True)
class Export:
    """A table with a tool's columns, and what is expected of it."""

    columns: dict[str, list[str]]
    text: str
    date: str
    first: datetime
    rating: str | None = None


EXPORTS: dict[str, Export] = {
    "Trustpilot": Export(
        {
            "Review ID": ["a1", "b2", "c3"],
            "Review Created (UTC)": ["2024-01-03 10:00:00", "2024-01-04 11:00:00", "2024-01-05 12:00:00"],
            "Review Consumer User ID": ["u1", "u2", "u3"],
            "Review Title": ["Très bien", "Slow", "Merci"],
            "Review Content": TEXTS,
            "Review Stars": ["5", "1", "4"],
            "Source Name": ["Organic", "Invitation", "Organic"],
            "Domain Name": ["exemple.fr"] * 3,
            "Review Language": ["fr", "en", "fr"],
        },
        "Review Content",
        "Review Created (UTC)",
        datetime(2024, 1, 3, 10),
        "Review Stars",
    ),
    "Google Play": Export(
        {
            "Package Name": ["fr.exemple.app"] * 3,
            "App Version Code": ["12", "12", "13"],
            "App Version Name": ["1.2", "1.2", "1.3"],
            "Reviewer Language": ["fr", "en", "fr"],
            "Device": ["x1", "y2", "x1"],
            "Review Submit Date and Time": ["2024-01-03T10:00:00Z", "2024-01-04T10:00:00Z", "2024-01-05T10:00:00Z"],
            "Review Submit Millis Since Epoch": ["1704276000000", "1704362400000", "1704448800000"],
            "Star Rating": ["5", "1", "3"],
            "Review Title": ["", "", ""],
            "Review Text": TEXTS,
            "Developer Reply Text": ["Merci à vous, à bientôt", "", ""],
        },
        "Review Text",
        "Review Submit Date and Time",
        datetime(2024, 1, 3, 10),
        "Star Rating",
    ),
    "App Store": Export(
        {
            "Date": ["2024-01-03", "2024-01-04", "2024-01-05"],
            "Review ID": ["1001", "1002", "1003"],
            "Territory": ["FRA", "GBR", "FRA"],
            "App Version": ["1.2", "1.2", "1.3"],
            "Rating": ["5", "1", "3"],
            "Nickname": ["zoe", "max", "lea"],
            "Title": ["Bien", "Slow", "Bof"],
            "Review": TEXTS,
        },
        "Review",
        "Date",
        datetime(2024, 1, 3),
        "Rating",
    ),
    "Google reviews (Business Profile)": Export(
        {
            "reviewId": ["a1", "b2", "c3"],
            "starRating": ["FIVE", "ONE", "THREE"],
            "comment": TEXTS,
            "createTime": ["2024-01-03T10:00:00.123Z", "2024-01-04T10:00:00.5Z", "2024-01-05T10:00:00Z"],
            "updateTime": ["2024-01-03T10:00:00Z"] * 3,
        },
        "comment",
        "createTime",
        datetime(2024, 1, 3, 10, 0, 0, 123_000),
        "starRating",
    ),
    "Google reviews (Outscraper)": Export(
        {
            "name": ["Hôtel du Lac"] * 3,
            "place_id": ["p1"] * 3,
            "author_title": ["Zoé", "Max", "Léa"],
            "author_id": ["11", "12", "13"],
            "review_id": ["a1", "b2", "c3"],
            "review_text": TEXTS,
            "owner_answer": ["Merci beaucoup de votre visite", "", ""],
            "review_rating": ["5", "1", "3"],
            "review_datetime_utc": ["01/13/2024 10:00:00", "01/14/2024 10:00:00", "01/15/2024 10:00:00"],
        },
        "review_text",
        "review_datetime_utc",
        datetime(2024, 1, 13, 10),
        "review_rating",
    ),
    "TripAdvisor": Export(
        {
            "id": ["1", "2", "3"],
            "lang": ["fr", "en", "fr"],
            "rating": ["5", "1", "3"],
            "travelDate": ["2024-01", "2024-01", "2023-12"],
            "publishedDate": ["2024-01-03", "2024-01-04", "2024-01-05"],
            "title": ["Bien", "Slow", "Bof"],
            "text": TEXTS,
            "user/name": ["Zoé", "Max", "Léa"],
            "placeInfo/name": ["Hôtel du Lac"] * 3,
        },
        "text",
        "publishedDate",
        datetime(2024, 1, 3),
        "rating",
    ),
    "Amazon reviews": Export(
        {
            "reviewerID": ["A1", "A2", "A3"],
            "asin": ["B1", "B1", "B2"],
            "reviewerName": ["Zoé", "Max", "Léa"],
            "reviewText": TEXTS,
            "overall": ["5.0", "1.0", "3.0"],
            "summary": ["Bien", "Slow", "Bof"],
            "unixReviewTime": ["1704276000", "1704362400", "1704448800"],
            "reviewTime": ["01 3, 2024", "01 4, 2024", "01 5, 2024"],
        },
        "reviewText",
        "unixReviewTime",
        datetime(2024, 1, 3, 10),
        "overall",
    ),
    "Zendesk tickets": Export(
        {
            "Id": ["1", "2", "3"],
            "Requester": ["Zoé", "Max", "Léa"],
            "Requester id": ["71", "72", "73"],
            "Subject": ["Retard de livraison", "No call", "Merci"],
            "Description": TEXTS,
            "Created at": ["2024-01-03 10:00", "2024-01-04 11:00", "2024-01-05 12:00"],
            "Satisfaction Score": ["Good", "Bad", "Offered"],
            "Brand": ["Exemple"] * 3,
            "Via": ["Mail", "Web form", "Mail"],
        },
        "Description",
        "Created at",
        datetime(2024, 1, 3, 10),
    ),
    "HubSpot feedback": Export(
        {
            "Record ID": ["1", "2", "3"],
            "Survey Name": ["Janvier"] * 3,
            "Submission Date": ["2024-01-03 10:00", "2024-01-04 11:00", "2024-01-05 12:00"],
            "Contact ID": ["71", "72", "73"],
            "Rating": ["9", "2", "7"],
            "Response": TEXTS,
        },
        "Response",
        "Submission Date",
        datetime(2024, 1, 3, 10),
        "Rating",
    ),
    "HubSpot tickets": Export(
        {
            "Ticket ID": ["1", "2", "3"],
            "Ticket name": ["Retard", "No call", "Merci"],
            "Ticket description": TEXTS,
            "Create date": ["2024-01-03 10:00", "2024-01-04 11:00", "2024-01-05 12:00"],
            "Pipeline": ["Support"] * 3,
            "Source": ["Email", "Chat", "Email"],
        },
        "Ticket description",
        "Create date",
        datetime(2024, 1, 3, 10),
    ),
    "Salesforce cases": Export(
        {
            "Case Number": ["00001001", "00001002", "00001003"],
            "Contact Name": ["Zoé L.", "Max W.", "Léa M."],
            "Account Name": ["Exemple"] * 3,
            "Subject": ["Retard de livraison", "No call", "Merci"],
            "Description": TEXTS,
            "Case Origin": ["Email", "Phone", "Web"],
            "Date/Time Opened": ["1/13/2024 10:00 AM", "1/14/2024 1:00 PM", "1/15/2024 2:00 PM"],
            "Type": ["Problem"] * 3,
        },
        "Description",
        "Date/Time Opened",
        datetime(2024, 1, 13, 10),
    ),
    "Brandwatch": Export(
        {
            "Query Id": ["9", "9", "9"],
            "Query Name": ["Exemple"] * 3,
            "Date": ["2024-01-03 10:00:00.0", "2024-01-04 11:00:00.0", "2024-01-05 12:00:00.0"],
            "Title": ["", "", ""],
            "Snippet": ["On m’a reçue", "I asked twice", "Rien à dire"],
            "Url": ["https://a.fr/1", "https://a.fr/2", "https://a.fr/3"],
            "Author": ["zoe", "max", "lea"],
            "Full Text": TEXTS,
            "Language": ["fr", "en", "fr"],
        },
        "Full Text",
        "Date",
        datetime(2024, 1, 3, 10),
    ),
    "X posts": Export(
        {
            "id": ["1741", "1742", "1743"],
            "created_at": [
                "Wed Jan 03 10:00:00 +0000 2024",
                "Thu Jan 04 10:00:00 +0000 2024",
                "Fri Jan 05 10:00:00 +0000 2024",
            ],
            "user_id": ["71", "72", "73"],
            "full_text": TEXTS,
            "lang": ["fr", "en", "fr"],
        },
        "full_text",
        "created_at",
        datetime(2024, 1, 3, 10),
    ),
    "X posts (API)": Export(
        {
            "id": ["1741", "1742", "1743"],
            "author_id": ["71", "72", "73"],
            "created_at": ["2024-01-03T10:00:00.000Z", "2024-01-04T10:00:00.000Z", "2024-01-05T10:00:00.000Z"],
            "text": TEXTS,
            "lang": ["fr", "en", "fr"],
        },
        "text",
        "created_at",
        datetime(2024, 1, 3, 10),
    ),
    "Qualtrics": Export(
        {
            "StartDate": ["2024-01-03 10:00:00", "2024-01-04 10:00:00", "2024-01-05 10:00:00"],
            "RecordedDate": ["2024-01-03 10:05:00", "2024-01-04 10:05:00", "2024-01-05 10:05:00"],
            "ResponseId": ["R_1", "R_2", "R_3"],
            "DistributionChannel": ["email"] * 3,
            "UserLanguage": ["FR", "EN", "FR"],
            "Q1": TEXTS,
        },
        "Q1",
        "RecordedDate",
        datetime(2024, 1, 3, 10, 5),
    ),
    "SurveyMonkey": Export(
        {
            "Respondent ID": ["1", "2", "3"],
            "Collector ID": ["9"] * 3,
            "Start Date": ["01/13/2024 10:00:00", "01/14/2024 10:00:00", "01/15/2024 10:00:00"],
            "End Date": ["01/13/2024 10:05:00", "01/14/2024 10:05:00", "01/15/2024 10:05:00"],
            "Email Address": ["", "", ""],
            "Que pensez-vous de nous ?": TEXTS,
        },
        "Que pensez-vous de nous ?",
        "End Date",
        datetime(2024, 1, 13, 10, 5),
    ),
    "Typeform": Export(
        {
            "#": ["k1", "k2", "k3"],
            "Que pensez-vous de nous ?": TEXTS,
            "Start Date (UTC)": ["2024-01-03 10:00:00", "2024-01-04 10:00:00", "2024-01-05 10:00:00"],
            "Submit Date (UTC)": ["2024-01-03 10:05:00", "2024-01-04 10:05:00", "2024-01-05 10:05:00"],
        },
        "Que pensez-vous de nous ?",
        "Submit Date (UTC)",
        datetime(2024, 1, 3, 10, 5),
    ),
}


def test_every_ready_profile_has_an_export() -> None:
    assert len(ready_profiles()) == len(EXPORTS)
    assert {profile.name for profile in ready_profiles()} == set(EXPORTS)


def test_ready_profiles_are_called_as_the_documents_say() -> None:
    documents = " ".join((ROOT / "docs" / "files.md").read_text("utf-8").split())
    assert f"Ready profiles: {', '.join(profile.name for profile in ready_profiles())}." in documents


@pytest.mark.parametrize(
    ("name", "recased"), [*((name, False) for name in EXPORTS), ("Trustpilot", True), ("Salesforce cases", True)]
)
def test_ready_profiles(tmp_path: Path, name: str, recased: bool) -> None:
    export = EXPORTS[name]

    def cased(column: str) -> str:
        return column.upper().replace("_", " ") if recased and column.isascii() and " " in column else column

    rows = [[*map(cased, export.columns)], *zip(*export.columns.values(), strict=True)]
    table = read(tmp_path, delimited(rows))
    profile = matching_profile(table.frame.columns)
    assert profile is not None
    assert profile.name == name
    wanted = merged(profile, table.frame.columns, {})
    roles = find_roles(table.frame, questions=table.source.questions, wanted=wanted, profile=profile.name)
    assert roles.profile == profile.name
    assert roles.columns("text") == (cased(export.text),)
    assert roles.columns("date") == (cased(export.date),)
    dates = parse_dates(table.frame[cased(export.date)], roles.dates[cased(export.date)])
    assert (dates[0], dates.null_count()) == (export.first, 0)
    assert roles.columns("rating") == ((cased(export.rating),) if export.rating else ())
    assert load_profile(profile.name).name == profile.name


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (["RESPONSEID", "RECORDEDDATE", "Q1"], "Qualtrics"),
        (["comment", "starrating", "createtime"], "Google reviews (Business Profile)"),
        (["reviewtext", "overall"], "Amazon reviews"),
    ],
)
def test_case_does_not_matter(columns: list[str], name: str) -> None:
    assert load_profile(name.upper()).name == name
    profile = matching_profile(columns)
    assert profile is not None
    assert profile.name == name


@pytest.mark.parametrize("columns", [[], ["text"], ["Review", "Rating"], ["id", "avis", "note"]])
def test_no_profile_for_other_tables(columns: list[str]) -> None:
    assert matching_profile(columns) is None


COLUMNS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\x7f\n\r\t.#]=é'), min_size=1, max_size=8),
    min_size=3,
    max_size=6,
    unique=True,
)


@settings(max_examples=30)
@given(columns=COLUMNS, name=st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_a_saved_profile_comes_back(tmp_path_factory: pytest.TempPathFactory, columns: list[str], name: str) -> None:
    roles = ("text", "date", "rating", "text", "segment", "segment")
    guesses = tuple(Guess(column, role, "") for column, role in zip(columns, roles, strict=False))  # type: ignore[arg-type]
    given_roles = ColumnRoles(guesses, {columns[1]: "%d/%m/%Y|%d/%m/%y"})
    path = tmp_path_factory.getbasetemp() / "profile.toml"
    path.write_bytes(profile_text(name, given_roles).encode())
    profile = load_profile(str(path))
    assert profile.name == name
    assert profile.dates == given_roles.dates
    wanted = {role: given_roles.columns(role) for role in ROLES if given_roles.columns(role)}
    assert merged(profile, columns, {}) == wanted


def test_a_saved_profile_reads_the_next_wave(tmp_path: Path) -> None:
    content = "Réf;Posté le;Ressenti;Étoiles\n" + "".join(f"{n};0{n}/02/2024;{TEXTS[n % 3]};{n}\n" for n in range(1, 6))
    first = read(tmp_path, content)
    named = {"text": ["Ressenti"], "date": ["Posté le"], "rating": ["Étoiles"]}
    roles = find_roles(first.frame, wanted=merged(None, first.frame.columns, named))
    path = saved(tmp_path, profile_text("vague", roles), "vague.toml")
    profile = load_profile(str(path))
    second = read(tmp_path, content.replace("Réf;Posté le", "POSTE LE;REF").replace("Ressenti", "ressenti "))
    again = find_roles(
        second.frame,
        wanted=merged(profile, second.frame.columns, {}),
        profile=profile.name,
        dates=profile.formats(second.frame.columns),
    )
    assert again.columns("text") == ("ressenti ",)
    assert again.columns("date") == ("POSTE LE",)
    assert again.columns("rating") == ("Étoiles",)
    assert again.guesses[2].reason == "profile vague"


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("zendesk", "Zendesk tickets"),
        ("SALESFORCE", "Salesforce cases"),
        ("hubspot f", "HubSpot feedback"),
        ("x posts", "X posts"),
    ],
)
def test_the_beginning_of_a_name_will_do(name: str, whole: str) -> None:
    assert load_profile(name).name == whole


@pytest.mark.parametrize(
    ("name", "whole"),
    [("HubSpot", "HubSpot feedback, HubSpot tickets"), ("google reviews", "Google reviews (Business")],
)
def test_a_beginning_of_several_names(name: str, whole: str) -> None:
    assert whole in failing(lambda: load_profile(name), InputNotFoundError)


STUDY = Profile("study", {"text": ["Verbatim", "Pourquoi ?"], "date": ["Posté le"]}, dates={"Posté le": "%d/%m/%Y"})


@pytest.mark.parametrize(
    ("profile", "columns", "named", "missing"),
    [
        (STUDY, ["Verbatim", "Pourquoi ?"], {}, None),
        (STUDY, ["VERBATIM", "pourquoi"], {}, None),
        (STUDY, ["Verbatims", "Pourquoi ?", "Agent comment"], {}, "'Verbatim'. Did you mean 'Verbatims'?"),
        (STUDY, ["Verbatim", "Raison", "Posté le"], {}, "'Pourquoi ?'."),
        (STUDY, ["avis", "Posté le"], {"text": ["avis"]}, None),
        (STUDY, ["avis"], {"text": ["avis"]}, "'Verbatim', 'Pourquoi ?'"),
        (load_profile("Trustpilot"), ["Review Content"], {}, None),
        (load_profile("Trustpilot"), ["comment", "note"], {}, "'Review Content'"),
        (load_profile("HubSpot feedback"), ["Response"], {}, None),
        (load_profile("Qualtrics"), ["Q1"], {}, "'ResponseId', 'RecordedDate'"),
        (load_profile("X posts"), ["created_at", "author_id", "text"], {}, "'X posts (API)', which fits"),
        (Profile("dates", {"date": ["Posté le"]}), ["avis", "posté le"], {}, None),
        (Profile("dates", {"date": ["Posté le"]}), ["avis"], {}, "'Posté le'"),
    ],
)
def test_a_profile_that_was_asked_for_fits(
    profile: Profile, columns: list[str], named: dict[str, list[str]], missing: str | None
) -> None:
    if missing is None:
        check_fit(profile, columns, named)
    else:
        message = failing(lambda: check_fit(profile, columns, named), ColumnError)
        assert missing in message
        assert profile.name in message and "--text" in message


def test_texts_within_objects_are_saved(tmp_path: Path) -> None:
    frame = polars.DataFrame({"Les avis": [f'{{"a": {{"plu": "{text}", "déplu": "{text} !"}}}}' for text in TEXTS]})
    roles = find_roles(frame, wanted={"text": ["Les avis.a.déplu"]})
    profile = load_profile(str(saved(tmp_path, profile_text("vague", roles), "vague.toml")))
    assert profile.wanted(frame.columns) == {"text": ("Les avis.a.déplu",)}
    assert profile.wanted(["les_avis"]) == {"text": ("les_avis.a.déplu",)}
    assert find_roles(frame, wanted=profile.wanted(frame.columns)).columns("text") == ("Les avis.a.déplu",)
    check_fit(profile, frame.columns, {})
    failing(lambda: check_fit(profile, ["avis"], {}), ColumnError)


def test_what_a_person_names_goes_before_the_profile() -> None:
    profile = load_profile("Trustpilot")
    columns = ["Review Content", "Review Title", "Review Stars", "Review ID"]
    found = merged(profile, columns, {"text": ["Review Title"], "segment": ["Review ID"]})
    assert found == {"text": ("Review Title",), "segment": ("Review ID",), "rating": ("Review Stars",)}


# Errors say what to do, and show no cell


def failing(call: Any, kind: type[RelationTypesError]) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert ADVICE.search(str(caught.value)), str(caught.value)
    return str(caught.value)


def test_an_unknown_role() -> None:
    message = failing(lambda: merged(None, ["a"], {"txt": ["a"]}), ArgumentError)
    assert "Did you mean 'text'?" in message
    assert all(role in message for role in ROLES)


@pytest.mark.parametrize(
    ("content", "kind", "part"),
    [
        ("name = 'x\n", MalformedInputError, "relationtypes columns INPUT --save"),
        ("", MalformedInputError, "name"),
        ("name = 'x'\n[roles]\ntext = 'avis'\n", MalformedInputError, "roles"),
        ("name = 'x'\nspeed = 3\n[roles]\n", MalformedInputError, "speed"),
        ("name = 'été'\n[roles]\ntext = ['avis']\n".encode("cp1252"), MalformedInputError, "p.toml"),
        ("name = 'x'\n[roles]\nverbatim = ['avis']\n", ArgumentError, "text, id, customer"),
        ("name = 'x'\n[roles]\nverbatim = ['avis']\n", ArgumentError, "verbatim"),
        ("format = 9\nname = 'x'\n[roles]\ntext = ['avis']\n", ArgumentError, "text, id, customer"),
        ("format = 9\nname = 'x'\n[roles]\ntext = ['avis']\n", ArgumentError, "format 9"),
        ("name = 'x'\n[roles]\ndate = ['d']\n[dates]\nd = 'jj/mm/aaaa'\n", RelationTypesError, ""),
    ],
)
def test_a_broken_profile(tmp_path: Path, content: str | bytes, kind: type[RelationTypesError], part: str) -> None:
    path = saved(tmp_path, content, "p.toml")
    with pytest.raises(kind) as caught:
        load_profile(str(path))
    assert part in str(caught.value)
    if kind is MalformedInputError:
        assert ADVICE.search(str(caught.value))
        assert "p.toml" in str(caught.value)


@pytest.mark.parametrize("name", ["trustpilt", "none/p.toml", "x" * 300, "\0", "", "."])
def test_a_missing_profile(name: str) -> None:
    with pytest.raises(InputNotFoundError, match="Trustpilot"):
        load_profile(name)


def test_a_profile_with_a_mark(tmp_path: Path) -> None:
    path = saved(tmp_path, "\ufeffname = 'x'\n[roles]\ntext = ['avis']\n", "p.toml")
    assert load_profile(str(path)).name == "x"


@pytest.mark.parametrize("wanted", ["avi", "text", ""])
def test_a_column_that_is_not_there(wanted: str) -> None:
    frame = polars.DataFrame({"avis": [SECRET, "x", "y"]})
    message = failing(lambda: choose_text_column(frame, wanted), ColumnError)
    assert SECRET not in message
    with pytest.raises(ColumnError, match="The columns are: 'avis'") as caught:
        find_roles(frame, wanted={"text": [wanted]})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("role", ["text", "date"])
def test_a_column_with_a_point_that_is_not_there(role: Any) -> None:
    with pytest.raises(ColumnError):
        find_roles(polars.DataFrame({"avis": TEXTS}), wanted={role: ["no.such"]})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", f"a,b\n1,2\n{SECRET},x,y\n{SECRET},x,z\n{SECRET},u,v\n"),
        ("t.csv", f"{SECRET}\n"),
        ("t.tsv", f"a\tb\n{SECRET}\tx\ty\n{SECRET}\tx\tz\n"),
        ("t.csv", f"a,b\n1,{SECRET}\n".encode("utf-32-le")),
        ("t.csv", f"a,b\n1,{SECRET}é\x81\n".encode("latin-1")),
        ("t.jsonl", f'{{"a": 1}}\n{SECRET}\n{{"{SECRET}\n'),
        ("t.jsonl", f'["{SECRET}"]\n'),
        ("t.json", f'{{"{SECRET}": "{SECRET}", '),
        ("t.json", f'["{SECRET}", 1]'),
        ("t.json", f"{SECRET}"),
        ("t.json", f'[{{"a" "{SECRET}"}}]'),
        ("t.xlsx", SECRET),
        ("t.parquet", SECRET),
        ("t.zip", SECRET),
        ("t.docx", SECRET),
    ],
)
def test_errors_show_no_cell(tmp_path: Path, name: str, content: str | bytes) -> None:
    message = refused(saved(tmp_path, content, name))
    assert SECRET not in message
    assert ADVICE.search(message), message


def test_errors_about_roles_show_no_cell() -> None:
    frame = polars.DataFrame({"a": [SECRET, "x"], "b": ["1", "2"]})
    with pytest.raises(ColumnError) as caught:
        find_roles(frame)
    assert SECRET not in str(caught.value)

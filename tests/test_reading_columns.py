"""What columns hold: dates, and the roles that are guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars
import pytest

from relationtypes.reading import (
    check_date_format,
    find_roles,
    parse_dates,
    with_texts_within,
)
from relationtypes.reading._columns import choose_text_columns
from relationtypes.reading._dates import find_date_format
from tests.test_reading import read

TEXTS = ["On m’a reçue comme à la maison", "I asked twice and nobody called", "Rien à dire de plus, merci"]


# Dates


@pytest.mark.parametrize(
    ("values", "first", "name"),
    [
        (["13/01/2024", "02/01/2024"], datetime(2024, 1, 13), "%d/%m/%Y"),
        (["01/13/2024", "01/02/2024"], datetime(2024, 1, 13), "%m/%d/%Y"),
        (["05/06/2024"], datetime(2024, 6, 5), "%d/%m/%Y"),
        (["13.01.24", "02.01.24"], datetime(2024, 1, 13), "%d.%m.%y"),
        (["1/13/2024 2:05 PM", "1/14/2024 11:00 AM"], datetime(2024, 1, 13, 14, 5), "%m/%d/%Y %I:%M %p"),
        (["05/01/2024 à 14h30", "16/02/2024 à 9h05"], datetime(2024, 1, 5, 14, 30), "%d/%m/%Y %Hh%M"),
        (["2024-01-05", "2024-12-06"], datetime(2024, 1, 5), "%Y-%m-%d"),
        (["2024-01-05T10:00:00Z", "2024-01-05T12:00:00+02:00"], datetime(2024, 1, 5, 10), None),
        (["Wed Jan 03 10:00:00 +0000 2024"], datetime(2024, 1, 3, 10), None),
        (["January 5th, 2024", "February 6th, 2024"], datetime(2024, 1, 5), None),
        (["le 5 janvier 2024", "le 1er février 2024"], datetime(2024, 1, 5), None),
        (["1er Mars 2024", "12 AOÛT 2023"], datetime(2024, 3, 1), None),
        (["5 janvier 2024 à 14:30", "6 mai 2024 à 09:00"], datetime(2024, 1, 5, 14, 30), None),
        (["45321", "45322.5"], datetime(2024, 1, 30), "excel-serial"),
        (["1704276000", "1704362400"], datetime(2024, 1, 3, 10), "unix-seconds"),
        (["1704276000000", "1704362400000"], datetime(2024, 1, 3, 10), "unix-milliseconds"),
    ],
)
def test_date_formats(values: list[str], first: datetime, name: str | None) -> None:
    column = polars.Series("d", values)
    found = find_date_format(column)
    assert found is not None
    check_date_format(found.name)
    dates = parse_dates(column, found.name)
    assert dates[0] == first
    assert dates.null_count() == 0
    assert name in (None, found.name)


MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


@pytest.mark.parametrize("months", [MONTHS, SHORT], ids=["long", "short"])
def test_french_months(months: list[str]) -> None:
    column = polars.Series([f"{place + 10} {month} 2023" for place, month in enumerate(months)])
    found = find_date_format(column)
    assert found is not None
    assert parse_dates(column, found.name).to_list() == [datetime(2023, n + 1, n + 10) for n in range(12)]


@pytest.mark.parametrize(
    "values", [["5 janv 2024", "16 févr 2024", "7 juil 2024"], ["lundi 5 février 2024", "mardi 6 février 2024"]]
)
def test_french_dates_as_people_write_them(values: list[str]) -> None:
    assert find_date_format(polars.Series(values)) is not None


def test_day_or_month_is_decided_for_each_column(tmp_path: Path) -> None:
    lines = [f"{n:02}/01/2024;01/{n:02}/2024;{n:02}/02/2024;{TEXTS[n % 3]} {n}" for n in range(1, 29)]
    table = read(tmp_path, "Date;Expédié le (date);Rappel (date);Avis\n" + "\n".join(lines) + "\n")
    forms = [find_date_format(table.frame.to_series(place)) for place in range(3)]
    assert [form and form.name for form in forms] == ["%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y"]


def test_the_order_of_rows_tells_day_from_month() -> None:
    days = [datetime(2024, month, day) for month in range(1, 13) for day in (3, 9)]
    for form in ("%m/%d/%Y", "%d/%m/%Y"):
        column = polars.Series([day.strftime(form) for day in days])
        found = find_date_format(column)
        assert found is not None
        assert found.name == form


def test_serial_dates_of_excel_in_a_csv(tmp_path: Path) -> None:
    table = read(
        tmp_path, "date;avis\n45321;Très bon accueil chez vous\n45322,5;Personne ne répond jamais\n45323;Sans plus\n"
    )
    assert parse_dates(table.frame["date"], "excel-serial").to_list() == [
        datetime(2024, 1, 30),
        datetime(2024, 1, 31, 12),
        datetime(2024, 2, 1),
    ]


def test_serial_dates_with_a_decimal_comma() -> None:
    assert find_date_format(polars.Series(["45321,25", "45322,5", "45323,75"])) is not None


@pytest.mark.parametrize("form", ["excel-serial", "%d/%m/%Y", "%d %B %Y", "typed"])
@pytest.mark.parametrize("values", [[], [None, None]])
def test_dates_of_nothing(form: str, values: list[None]) -> None:
    column = polars.Series(values, dtype=polars.String if form != "typed" else polars.Datetime)
    assert parse_dates(column, form).to_list() == values


def test_what_is_no_date_is_null() -> None:
    column = polars.Series(["05/01/2024", "31/02/2024", "demain", "", None, "5/1/24 ", "2024"])
    assert parse_dates(column, "%d/%m/%Y").is_null().to_list() == [False, True, True, True, True, True, True]


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "",
        "-1",
        "nan",
        "inf",
        "1e12",
        "1e18",
        "12345678901234567890",
    ],
)
def test_odd_numbers_among_dates(value: str) -> None:
    column = polars.Series([*["1704276000"] * 30, value])
    assert parse_dates(column, "unix-seconds").to_list()[:30] == [datetime(2024, 1, 3, 10)] * 30


def test_a_profile_from_a_workbook_for_a_csv() -> None:
    assert parse_dates(polars.Series(["2024-01-05", "2024-01-06"]), "typed").to_list()[0] == datetime(2024, 1, 5)


@pytest.mark.parametrize("form", ["%d/%m/%Y", "excel-serial", "unix-seconds", "%d %B %Y"])
def test_a_profile_from_a_csv_for_a_workbook(form: str) -> None:
    assert parse_dates(polars.Series([datetime(2024, 1, 5)]), form).to_list() == [datetime(2024, 1, 5)]


# Roles


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (
            ["Identifiant", "Nom du client", "Date de l'avis", "Note", "Avis", "Pays"],
            {"date": "Date de l'avis", "rating": "Note", "text": "Avis"},
        ),
        (
            ["id", "author", "created_at", "stars", "review", "lang"],
            {"date": "created_at", "rating": "stars", "text": "review"},
        ),
    ],
)
def test_roles_by_name(names: list[str], roles: dict[str, str]) -> None:
    frame = polars.DataFrame(
        {
            names[0]: [f"a{n}" for n in range(12)],
            names[1]: ["Zoé", "Max", "Léa"] * 4,
            names[2]: [f"{n + 10}/01/2024" for n in range(12)],
            names[3]: ["5", "4", "1"] * 4,
            names[4]: [f"{text} ({n})" for n, text in enumerate(TEXTS * 4)],
            names[5]: ["fr", "en", "fr"] * 4,
        }
    )
    found = find_roles(frame)
    assert {role: found.columns(role)[0] for role in ("date", "rating", "text")} == roles  # type: ignore[arg-type]
    assert [guess.column for guess in found.guesses] == names
    assert all(guess.reason for guess in found.guesses)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("code_postal", ["33000", "44000", "59000"]),
        ("montant", ["25000", "31500", "42000"]),
        ("commande", ["1204567890", "1204567999", "1304567891"]),
    ],
)
def test_numbers_are_no_dates_without_a_name(name: str, values: list[str]) -> None:
    assert find_roles(polars.DataFrame({"avis": TEXTS, name: values})).columns("date") == ()


CATEGORIES = ["a", "b", "c"]


@pytest.mark.parametrize(
    "column",
    [
        polars.Series([1.5, float("nan"), float("inf")]),
        polars.Series([None, None, None]),
        polars.Series([[1], [2], None]),
        polars.Series([{"a": 1}, {"a": 2}, None]),
        polars.Series([True, False, None]),
        polars.Series([date(2024, 1, 3), None, None]),
        polars.Series(CATEGORIES, dtype=polars.Categorical),
        polars.Series(CATEGORIES, dtype=polars.Enum(CATEGORIES)),
        polars.Series([b"a", b"b", b"c"]),
        polars.Series([timedelta(1), timedelta(2), timedelta(3)]),
    ],
    ids=lambda column: str(column.dtype),
)
@pytest.mark.parametrize("name", ["x", "brand"])
def test_columns_of_any_type(name: str, column: polars.Series) -> None:
    assert find_roles(polars.DataFrame({"avis": TEXTS, name: column})).columns("text") == ("avis",)


def test_texts_of_a_categorical_column() -> None:
    assert find_roles(polars.DataFrame({"avis": polars.Series(TEXTS, dtype=polars.Categorical)})).columns("text") == (
        "avis",
    )


def test_texts_within_objects() -> None:
    frame = polars.DataFrame({"reponse": [f'{{"q1": "{text}", "n": 1}}' for text in TEXTS]})
    found = find_roles(frame)
    assert found.columns("text") == ("reponse.q1",)
    assert with_texts_within(frame, found.columns("text"))["reponse.q1"].to_list() == TEXTS


def test_texts_within_objects_of_a_column_with_a_point() -> None:
    frame = polars.DataFrame({"Avis n.1": [f'{{"texte": "{text}"}}' for text in TEXTS], "Avis n": ["5", "4", "1"]})
    texts = choose_text_columns(frame, asked=False).columns
    assert texts == ("Avis n.1.texte",)
    assert with_texts_within(frame, texts)[texts[0]].to_list() == TEXTS


def test_texts_within_objects_beside_a_column_of_that_name() -> None:
    frame = polars.DataFrame({"a": [f'{{"b": "{text}"}}' for text in TEXTS], "a.b": ["x", "y", "z"]})
    assert choose_text_columns(frame, asked=False).columns

"""What columns hold: dates, and the roles that are guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import polars
import pytest

from relationtypes.errors import RelationTypesError
from relationtypes.reading import (
    check_date_format,
    find_roles,
    parse_dates,
    with_texts_within,
)
from relationtypes.reading._columns import choose_text_columns
from relationtypes.reading._dates import DayOrMonth, find_date_format
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


MIXED_ISO = ["2021-01-04", "2021-02", "2021-03-04T10:20:30.5Z", "2021-04-05 01:00:00 +02:00", "2019", "2021/06/07"]


def test_days_months_years_and_time_stamps_mixed() -> None:
    column = polars.Series("date", [*MIXED_ISO, "2021-02-31", None, ""] + [f"2020-01-{day}" for day in range(10, 30)])
    found = find_date_format(column)
    assert found is not None
    assert found.name == "iso"
    check_date_format(found.name)
    assert parse_dates(column, found.name).to_list()[:9] == [
        datetime(2021, 1, 4),
        datetime(2021, 2, 1),
        datetime(2021, 3, 4, 10, 20, 30, 500_000),
        datetime(2021, 4, 4, 23),
        datetime(2019, 1, 1),
        datetime(2021, 6, 7),
        None,
        None,
        None,
    ]


def test_months_are_dates_and_years_alone_are_not() -> None:
    assert find_date_format(polars.Series(["2024-01", "2024-02"])) is not None
    assert find_date_format(polars.Series(["2023", "2024"])) is None


def test_a_few_months_among_days_are_not_lost() -> None:
    column = polars.Series([f"2024-05-{day:02}" for day in range(1, 29)] + ["2024-06"])
    found = find_date_format(column)
    assert found is not None
    assert parse_dates(column, found.name).null_count() == 0


def test_rows_far_down_tell_the_format_too() -> None:
    days = [datetime(2020, 1, 1) + timedelta(n) for n in range(900)]
    column = polars.Series([f"{day:%Y-%m-%d}" for day in days] + [f"{day:%Y-%m-%d %H:%M}" for day in days])
    found = find_date_format(column)
    assert found is not None
    assert parse_dates(column, found.name).null_count() == 0


@pytest.mark.parametrize("kind", [polars.Int64, polars.Float64, polars.String])
def test_days_as_numbers(kind: type[polars.DataType]) -> None:
    column = polars.Series([20240131, 20240201, None]).cast(kind)
    found = find_date_format(column)
    assert found is not None
    assert parse_dates(column, found.name).to_list() == [datetime(2024, 1, 31), datetime(2024, 2, 1), None]
    assert find_date_format(polars.Series([20245000, 99999999])) is None


def us_dates(days: range = range(160)) -> list[str]:
    return [(datetime(2024, 1, 1) + timedelta(n)).strftime("%m/%d/%Y") for n in days]


def test_day_or_month_is_told_from_all_rows() -> None:
    jumbled = ["01/02/2024", "05/01/2024"] * 20
    whole = polars.DataFrame({"avis": [f"{TEXTS[n % 3]} {n}" for n in range(160)], "date": jumbled + us_dates()[40:]})
    assert "is assumed" in find_roles(whole.head(40)).guesses[1].reason
    found = find_roles(whole.head(40), every=whole.iter_slices(50))
    assert found.dates == {"date": "%m/%d/%Y"}
    assert re.fullmatch(r"called 'date', month first: (\d+ dates fit|it fits) no other way", found.guesses[1].reason)


def test_the_order_of_rows_is_told_across_parts() -> None:
    column = polars.Series("date", [f"{month:02}/{day:02}/2024" for month in range(1, 13) for day in (3, 9)])
    told = DayOrMonth("%d/%m/%Y")
    for row in range(len(column)):
        told.add(column.slice(row, 1))
    whole = find_date_format(column)
    assert told.format() == whole
    assert whole is not None and whole.name == "%m/%d/%Y"


def test_reasons_say_which_rows_were_looked_at() -> None:
    whole = polars.DataFrame({"avis": TEXTS * 20, "plan": ["gold", "silver"] * 30, "note": ["1", "2", "5"] * 20})
    found = {guess.column: guess.reason for guess in find_roles(whole.head(30), every=[whole]).guesses}
    assert found["plan"] == "called 'plan', 2 different values, in the first 30 rows"
    assert "in the first" not in find_roles(whole).guesses[1].reason


AMBIGUOUS = polars.DataFrame({"avis": TEXTS, "opened": ["1/2/2024 10:00 AM", "2/1/2024 1:00 PM", "1/2/2024 2:00 PM"]})


def test_an_assumption_is_said_with_a_profile() -> None:
    found = find_roles(AMBIGUOUS, wanted={"date": ["opened"]}, profile="Salesforce cases")
    assert found.guesses[1].reason.startswith("profile Salesforce cases, day first is assumed: no date tells;")
    assert "--date-format" in found.guesses[1].reason


def test_a_format_that_a_person_names() -> None:
    found = find_roles(AMBIGUOUS, named_dates={"opened": "%m/%d/%Y %I:%M %p"})
    assert found.dates == {"opened": "%m/%d/%Y %I:%M %p"}
    assert found.guesses[1].reason == "called 'opened', the format is named by you"


@pytest.mark.parametrize(
    ("column", "form", "says"),
    [
        ("opened", "%Y-%m-%d", r"reads 0 dates of column 'opened', which has 3 values\. Give another format, such as"),
        ("opened", "%p", "reads 0 dates"),
        ("opened", "jj/mm", "is no date format"),
        ("avis", "%d/%m/%Y", "reads 0 dates"),
        ("openned", "%d/%m/%Y", "Did you mean 'opened'"),
    ],
)
def test_a_format_that_does_not_fit(column: str, form: str, says: str) -> None:
    with pytest.raises(RelationTypesError, match=says):
        find_roles(AMBIGUOUS, named_dates={column: form})


def test_a_profile_whose_format_does_not_fit() -> None:
    frame = polars.DataFrame({"avis": TEXTS, "posted": ["13/01/2024", "14/01/2024", "15/01/2024"]})
    found = find_roles(frame, wanted={"date": ["posted"]}, profile="study", dates={"posted": "%Y-%m-%d"})
    assert found.dates == {"posted": "%d/%m/%Y"}
    assert "%Y-%m-%d of profile study does not fit (0 of 3 dates); day first: it fits no other way" in (
        found.guesses[1].reason
    )
    fitting = find_roles(frame, wanted={"date": ["posted"]}, profile="study", dates={"posted": "%d/%m/%Y"})
    assert fitting.guesses[1].reason == "profile study, the format is the profile's"


def test_further_dates_have_a_format_too() -> None:
    frame = polars.DataFrame(
        {"avis": TEXTS, "date": ["2024-01-05"] * 3, "shipped date": ["13/01/2024", "14/01/2024", "15/01/2024"]}
    )
    found = find_roles(frame)
    assert found.columns("date") == ("date",)
    assert found.dates == {"date": "%Y-%m-%d", "shipped date": "%d/%m/%Y"}
    assert found.guesses[2].reason == "carried along, day first: it fits no other way"


def test_how_long_ago_is_no_date() -> None:
    ago = ["il y a 2 heures", "Il y a un jour", "3 days ago"]
    found = find_roles(polars.DataFrame({"avis": TEXTS, "date": ago, "jour": ["lun", "mar", "mer"]}))
    assert found.columns("date") == ()
    assert "no dates: 3 of 3 values say how long ago" in found.guesses[1].reason
    assert found.guesses[2].reason == "carried along, its values are in no known form of dates"


# Surveys


def test_a_survey_has_open_questions_and_answers_to_choose_from() -> None:
    frame = polars.DataFrame(
        {
            "Why do you come back?": [f"{TEXTS[n % 3]}, {n}" for n in range(24)],
            "The desk was helpful": ["Strongly agree", "Neither agree nor disagree", "Somewhat agree"] * 8,
            "How did you hear of us?": ["A friend told me", "In the local paper", "I was walking past"] * 8,
            "Anything else?": [*["No, nothing at all"] * 14, *(f"The queue was long again, {n}" for n in range(10))],
        }
    )
    texts = ("Why do you come back?", "Anything else?")
    assert find_roles(frame, survey=True).columns("text") == texts
    assert find_roles(frame, questions=frame.columns).columns("text") == texts
    assert find_roles(frame.head(3), survey=True).columns("text")[0] == texts[0]
    assert "The desk was helpful" not in find_roles(frame.head(3), survey=True).columns("text")


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


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Magasin", "segment"),
        ("Motif de contact (theme)", "segment"),
        ("Utilisateur", "customer"),
        ("Opérateur", "brand"),
    ],
)
def test_further_names_of_columns(name: str, role: str) -> None:
    frame = polars.DataFrame({"avis": [f"{TEXTS[n % 3]} {n}" for n in range(30)], name: ["x", "y", "z"] * 10})
    assert find_roles(frame).guesses[1].role == role


def test_brands_may_be_many() -> None:
    frame = polars.DataFrame(
        {"avis": [f"{TEXTS[n % 3]} {n}" for n in range(400)], "brand": [f"brand {n % 100}" for n in range(400)]}
    )
    assert find_roles(frame).columns("brand") == ("brand",)

"""What each column of a table is: the texts, and what is known about who wrote them, when and where."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import polars

from relationtypes.errors import ColumnError, did_you_mean
from relationtypes.reading._columns import choose_text_columns, listed, name_words, unaccented, with_texts_within
from relationtypes.reading._dated_columns import DatedColumns
from relationtypes.reading._dates import DateFormat, find_date_format

Role = Literal[
    "text", "id", "customer", "date", "rating", "nps", "csat", "ces", "brand", "channel", "segment", "language"
]
ROLES: tuple[Role, ...] = get_args(Role)
SEVERAL: frozenset[Role] = frozenset({"text", "segment"})
"""Roles that more than one column may have."""

_NAMES: dict[Role, str] = {
    "id": "id,ids,uuid,guid,key,number,numero,num,reference,ref,index",
    "customer": "customer,client,user,author,auteur,respondent,contact,account,member,membre,requester,reviewer,nickname,"
    "username,nom,name,screen,email,adherent,abonne,pseudo,utilisateur,usager,repondant,participant,passenger,voyageur,guest,"
    "buyer,acheteur,subscriber,consumer,consommateur,patient,societaire,handle",
    "date": "date,day,jour,time,timestamp,created,submitted,submit,published,publie,updated,opened,month,mois,when,"
    "posted,received,recu",
    "rating": "rating,ratings,star,stars,note,notes,score,etoile,etoiles,notation,overall,polarity,grade,evaluation",
    "nps": "nps,recommend,recommandation,recommandez,recommander,recommanderiez,recommendation",
    "csat": "csat,satisfaction,satisfied,satisfait,satisfaits",
    "ces": "ces,effort",
    "brand": "brand,marque,company,entreprise,enseigne,airline,assureur,banque,bank,hotel,item,merchant,site,vendor,shop,"
    "insurer,operator,operateur,provider,fournisseur,retailer,compagnie,mutuelle",
    "channel": "channel,canal,source,platform,plateforme,publisher,via,origin,medium",
    "segment": "segment,country,pays,region,city,ville,plan,product,produit,category,categorie,gender,genre,sexe,age,tier,"
    "type,variation,version,device,location,lieu,group,groupe,department,role,industry,"
    "store,magasin,boutique,agence,agency,branch,domain,domaine,sector,secteur,market,marche,profession,offre,forfait,"
    "formule,cohort,cohorte,persona,topic,theme,motif",
    "language": "lang,language,langue,locale",
}
_WORDS: dict[Role, frozenset[str]] = {role: frozenset(words.split(",")) for role, words in _NAMES.items()}
_ORDER: tuple[Role, ...] = (
    "nps",
    "csat",
    "ces",
    "date",
    "rating",
    "language",
    "id",
    "customer",
    "brand",
    "channel",
    "segment",
)
"""When two roles fit a column equally, the first of these."""
_CONTENTS_ALONE = 1
_BY_QUESTION, _BY_WORD, _BY_LAST_WORD, _BY_NAME = 2, 3, 4, 5
_ALMOST_ALL = 0.9
_UNIQUE = 0.98
_MOST_GROUPS = 60
_LONGEST_LABEL = 60
_FEW_GRADES = 2
_MOST_GRADES = 21
_MOST_TENTHS = 101
_CODES = "en,fr,de,es,it,nl,pt,ar,ja,zh,pl,ru,und,en-us,en-gb,en-ca,fr-fr,fr-ca,fr-be,english,french,francais,anglais"
_LANGUAGES = frozenset(_CODES.split(","))
_GRADES = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_GRADE = re.compile(
    r"(-?\d{1,3}(?:[.,]\d+)?)\s*(?:(?:/|out of|sur|of)\s*\d{1,3}|stars?|étoiles?|etoiles?|%)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for, and why; ``role`` is ``None`` for a column that is only carried along."""

    column: str
    role: Role | None
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """The roles of a table's columns.

    Attributes:
        guesses: one for each column, in their order, and for each text within the objects of a column.
        dates: the format of each column with dates, for :func:`parse_dates`.
        profile: name of the profile that the roles were taken from, if any.
    """

    guesses: tuple[Guess, ...]
    dates: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None

    def columns(self, role: Role) -> tuple[str, ...]:
        """Return the columns with *role*, in their order."""
        return tuple(guess.column for guess in self.guesses if guess.role == role)


def find_roles(
    sample: polars.DataFrame,
    *,
    every: Iterable[polars.DataFrame] | None = None,
    questions: Sequence[str] = (),
    survey: bool = False,
    wanted: Mapping[Role, Sequence[str]] | None = None,
    named: Collection[str] = (),
    profile: str | None = None,
    dates: Mapping[str, str] | None = None,
    named_dates: Mapping[str, str] | None = None,
) -> ColumnRoles:
    """Return what the columns are, from their names (English or French), a survey's *questions* and the *sample* of rows.

    What is *wanted* is not guessed: roles that a person *named* or that are those of a *profile*, and the formats of dates.

    Args:
        sample: the first rows.
        every: all rows, the sample's again, in their order: they tell day from month. Read to the end, and after everything
            that can be wrong was checked.
        questions: what a survey asks in each column, empty strings elsewhere.
        survey: whether the columns are those of a survey, with or without *questions*.
        wanted: columns by role.
        named: those roles of *wanted* that a person named.
        profile: name of the profile that the others are of.
        dates: the profile's formats; those that do not fit are not taken.
        named_dates: formats that a person names, by column.

    Raises:
        ColumnError: a wanted column is not there, or nothing looks like texts.
        ArgumentError: a named format reads hardly any of the dates.
    """
    wanted = wanted or {}
    given = {column: role for role, columns in wanted.items() for column in columns}
    reasons = {role: "named by you" if role in named or not profile else f"profile {profile}" for role in wanted}
    texts = list(wanted.get("text", ()))
    text_reason = reasons.get("text", "")
    if not texts:
        found = choose_text_columns(sample.drop(given, strict=False), asked=survey or any(questions))
        texts, text_reason = list(found.columns), found.reason
    _check_present(sample, given)
    forms: dict[str, DateFormat] = {}
    marks: dict[str, dict[Role, tuple[int, str]]] = {}
    for column, question in zip(sample.columns, questions or [""] * sample.width, strict=True):
        if column not in given and column not in texts:
            marks[column] = _marks(sample[column], question, forms)
    guessed = _assigned(marks, set(wanted))
    roles = {**guessed, **dict.fromkeys(texts, ("text", text_reason))}
    roles |= {column: (role, reasons[role]) for column, role in given.items()}
    columns = [*sample.columns, *(text for text in texts if text not in sample.columns)]
    dated = _dated(sample, roles, forms)
    dated.name(sample, named_dates or {})
    dated.take(sample, {c: form for c, form in (dates or {}).items() if c not in (named_dates or {})}, profile or "")
    rows = dated.look([sample] if every is None else every)
    guesses = []
    for column in columns:
        role, reason = roles.get(column, (None, ""))
        if role == "date" or (column in dated.formats) or (not role and _is_called_date(column)):
            reason = ", ".join(filter(None, (reason if role else "carried along", dated.reason(sample[column]))))
        elif column in guessed and rows > sample.height:
            reason += f", in the first {sample.height:,} rows"
        guesses.append(Guess(column, role, reason or "carried along"))
    return ColumnRoles(tuple(guesses), {column: form.name for column, form in dated.formats.items()}, profile)


def _check_present(sample: polars.DataFrame, wanted: Mapping[str, Role]) -> None:
    texts = with_texts_within(sample, [column for column, role in wanted.items() if role == "text"])
    for column in wanted:
        within = column in texts.columns and not texts[column].is_null().all()
        if column not in sample.columns and not within:
            raise ColumnError(
                f"No column {column!r}.{did_you_mean(column, sample.columns)} The columns are: {listed(sample.columns)}."
            )


def _dated(
    sample: polars.DataFrame, roles: Mapping[str, tuple[Role, str]], met: Mapping[str, DateFormat]
) -> DatedColumns:
    """Return the formats of the dates among the columns, also of those that are only carried along."""
    found: dict[str, DateFormat] = {}
    for column in sample.columns:
        role = roles[column][0] if column in roles else None
        form = met.get(column) or (find_date_format(sample[column]) if role == "date" else None)
        if form and role in (None, "date"):
            found[column] = form
    return DatedColumns(found)


def _marks(column: polars.Series, question: str, forms: dict[str, DateFormat]) -> dict[Role, tuple[int, str]]:
    """Return how strongly each role is spoken for, and why; date formats met on the way go to *forms*."""
    if column.dtype in (polars.Categorical, polars.Enum):
        column = column.cast(polars.String)
    values = column.drop_nulls()
    plain = values.dtype == polars.String or values.dtype == polars.Boolean or values.dtype.is_numeric()
    if values.is_empty() or not (plain or values.dtype in (polars.Date, polars.Datetime)):
        return {}
    words = name_words(column.name)
    asked = set(name_words(question))
    strengths: dict[Role, tuple[int, str]] = {}
    for role in _ORDER:
        strength, reason = _by_name(role, words, asked, column.name)
        checked = _contents(role, values, strength, forms, column.name)
        if checked is not None:
            strengths[role] = (max(strength, _CONTENTS_ALONE), ", ".join(filter(None, (reason, checked))))
    return strengths


def _by_name(role: Role, words: Sequence[str], asked: set[str], name: str) -> tuple[int, str]:
    known = _WORDS[role]
    if not known.isdisjoint(words):
        if len(words) == 1:
            return _BY_NAME, f"called {name.strip()!r}"
        return (_BY_LAST_WORD if words[-1] in known else _BY_WORD), f"called {name.strip()!r}"
    if role in ("nps", "csat", "ces", "rating") and not known.isdisjoint(asked):
        return _BY_QUESTION, "by its question"
    return 0, ""


def _contents(role: Role, values: polars.Series, strength: int, forms: dict[str, DateFormat], name: str) -> str | None:
    """Return what the *values* say for *role*, or ``None`` when they speak against it."""
    if role == "date":
        form = find_date_format(values)
        if form is None or (not strength and "%" not in form.name and form.name != "typed"):
            return None
        forms[name] = form
        return ""
    if role == "language":
        return "language codes" if _share_in(values, _LANGUAGES) >= _ALMOST_ALL else None
    if not strength:
        numbers = role == "id" and _unique(values) and _counts_rows(values)
        return "numbers the rows" if numbers else None
    if role in ("rating", "nps", "csat", "ces"):
        return _grades(role, values)
    if role == "id":
        twice = "no value twice" if values.n_unique() == len(values) else "hardly a value twice"
        return twice if _unique(values) else None
    if role == "customer":
        named = values.n_unique() > _FEW_GRADES and _longest(values) <= _LONGEST_LABEL
        return f"{values.n_unique():,} different ones" if named else None
    if values.dtype == polars.Boolean:
        return None
    groups = values.n_unique()
    several = len(values) // 3  # texts of one brand return, however many brands there are
    most = several if role == "brand" and strength >= _BY_LAST_WORD else min(_MOST_GROUPS, several)
    few = groups <= max(2, most) and _longest(values) <= _LONGEST_LABEL
    return f"{groups} different value{'s' * (groups > 1)}" if few else None


def _assigned(marks: Mapping[str, Mapping[Role, tuple[int, str]]], taken: set[Role]) -> dict[str, tuple[Role, str]]:
    """Give each role to the column that most speaks for it; a column has one role."""
    claims = sorted(
        (-strength, _ORDER.index(role), place, column, role, reason)
        for place, (column, found) in enumerate(marks.items())
        for role, (strength, reason) in found.items()
        if role not in taken
    )
    roles: dict[str, tuple[Role, str]] = {}
    given: set[Role] = set()
    for _, _, _, column, role, reason in claims:
        if column not in roles and (role in SEVERAL or role not in given):
            roles[column] = (role, reason)
            given.add(role)
    return roles


def _is_called_date(name: str) -> bool:
    words = name_words(name)
    return "date" in words or (len(words) == 1 and words[0] in _WORDS["date"])


def _share_in(values: polars.Series, allowed: frozenset[str]) -> float:
    if values.dtype != polars.String:
        return 0.0
    return sum(unaccented(value).strip().lower() in allowed for value in values.to_list()) / len(values)


def _unique(values: polars.Series) -> bool:
    return values.n_unique() >= _UNIQUE * len(values) and _longest(values) <= 200


def _counts_rows(values: polars.Series) -> bool:
    numbers = values.cast(polars.Float64, strict=False)
    return numbers.null_count() == 0 and len(numbers) > 1 and bool((numbers.diff().drop_nulls() == 1).all())


def _longest(values: polars.Series) -> int:
    return int(values.cast(polars.String).str.len_chars().max() or 0)  # type: ignore[arg-type]


def _grades(role: Role, values: polars.Series) -> str | None:
    grades = [grade(value) for value in values.unique().to_list()[: 2 * _MOST_TENTHS]]
    known = [value for value in grades if value is not None]
    if len(known) < _ALMOST_ALL * len(grades) or not known:
        return None
    low, high = min(known), max(known)
    if len(set(known)) > (_MOST_GRADES if high > 10 else _MOST_TENTHS):
        return None
    most = {"nps": 10, "csat": 100, "ces": 10}.get(role, 100)
    if low < 0 or high > most or (role == "nps" and any(value != int(value) for value in known)):
        return None
    return f"{low:g} to {high:g}"


def grade(value: object) -> float | None:
    """Return the number that *value* says on a scale: ``4``, ``"4,5"``, ``"4/5"``, ``"4 stars"``, ``"FOUR"``; else ``None``."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip().lower()
    if text in _GRADES:
        return _GRADES[text]
    found = _GRADE.fullmatch(text)
    return float(found[1].replace(",", ".")) if found else None

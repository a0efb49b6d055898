"""Profiles: the roles of an export's columns, ready for the tools that people have, or saved to read the next wave alike."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from relationtypes.errors import (
    UNDECODABLE,
    ArgumentError,
    ColumnError,
    InputNotFoundError,
    MalformedInputError,
    did_you_mean,
)
from relationtypes.reading._columns import listed, unaccented
from relationtypes.reading._dates import check_date_format
from relationtypes.reading._roles import ROLES, SEVERAL, ColumnRoles, Role

_READY = Path(__file__).with_name("profiles.toml")
_FORMAT = 1
_NO_LETTER = re.compile(r"[\W_]+")


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The roles of the columns of one kind of export.

    Attributes:
        name: of the tool or the study.
        roles: columns by role; of several names for a role that only one column can have, the first that is there counts.
            Texts may lie within the objects of a column, at a dotted path.
        signature: columns that a table must have for the profile to be taken without being asked for.
        survey: whether the columns are questions, so that there may be several with texts.
        dates: formats of columns with dates.
        delimiter: of the files, if that must not be found out.
        format: version of the file format.
    """

    name: str
    roles: dict[str, list[str]]
    signature: list[str] = msgspec.field(default_factory=list)
    survey: bool = False
    dates: dict[str, str] = msgspec.field(default_factory=dict)
    delimiter: str | None = None
    format: int = _FORMAT

    def wanted(self, columns: Sequence[str]) -> dict[Role, tuple[str, ...]]:
        """Return the roles of those of *columns* that the profile knows; case, accents and punctuation do not matter."""
        found: dict[Role, tuple[str, ...]] = {}
        for role in ROLES:
            present = tuple(dict.fromkeys(_found(self.roles.get(role, ()), columns, paths=role == "text").values()))
            if present:
                found[role] = present if role in SEVERAL else present[:1]
        return found

    def formats(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the formats of those of *columns* whose dates the profile knows."""
        return {column: self.dates[name] for name, column in _found(self.dates, columns).items()}

    def missing(self, columns: Sequence[str]) -> list[str]:
        """Return what *columns* lack to be of this kind: the columns with texts, or where it names none, any that it knows.

        Of a ready profile, whose texts may be called one thing or another, those of its signature.
        """
        texts = self.roles.get("text", [])
        needed = [name for name in self.signature if name in texts] or texts or self.signature
        lacking = _lacking(needed, columns)
        if needed or self.wanted(columns):
            return lacking
        return [name for names in self.roles.values() for name in names]


def ready_profiles() -> tuple[Profile, ...]:
    """Return the profiles that come with the package."""
    return _ready()


@cache
def _ready() -> tuple[Profile, ...]:
    return tuple(msgspec.convert(tomllib.loads(_READY.read_text(encoding="utf-8"))["profile"], list[Profile]))


def matching_profile(columns: Sequence[str]) -> Profile | None:
    """Return the ready profile whose signature *columns* has, the longest one if several do."""
    keys = set(map(_key, columns))
    fitting = [profile for profile in _ready() if profile.signature and keys.issuperset(map(_key, profile.signature))]
    return max(fitting, key=lambda profile: len(profile.signature), default=None)


def load_profile(name: str) -> Profile:
    """Return the ready profile called *name*, else the one in that file, else the only ready one whose name begins so.

    Raises an InputError that says what is wrong.
    """
    ready = {_key(profile.name): profile for profile in _ready()}
    if _key(name) in ready:
        return ready[_key(name)]
    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError):
        return _begins(name)
    try:
        profile = msgspec.convert(tomllib.loads(content.decode("utf-8-sig")), Profile)
    except UNDECODABLE as error:
        raise MalformedInputError(
            f"{name!r} is not a profile ({error}). Write one with: relationtypes columns INPUT --save FILE.toml"
        ) from None
    unknown = [role for role in profile.roles if role not in ROLES]
    if unknown or profile.format != _FORMAT:
        raise ArgumentError(
            f"{name!r} is no profile of format {_FORMAT} with the roles {', '.join(ROLES)}"
            f" (format {profile.format}, unknown roles: {', '.join(unknown) or 'none'})."
        )
    for form in profile.dates.values():
        check_date_format(form)
    return profile


def _begins(name: str) -> Profile:
    begun = [profile for profile in _ready() if name.strip() and _key(profile.name).startswith(_key(name))]
    if len(begun) == 1:
        return begun[0]
    names = [profile.name for profile in begun or _ready()]
    if begun:
        raise InputNotFoundError(f"Several profiles begin with {name!r}. Name one of them whole: {', '.join(names)}.")
    raise InputNotFoundError(
        f"No profile {name!r}: neither a file nor one of {', '.join(names)}.{did_you_mean(name, names)}"
    )


def check_fit(profile: Profile, columns: Sequence[str], named: Mapping[str, Sequence[str]]) -> None:
    """Raise ColumnError unless a *profile* that was asked for fits *columns*; texts that are *named* need not be its own."""
    missing = profile.missing(columns)
    if not missing or ("text" in named and profile.wanted(columns)):
        return
    other = matching_profile(columns)
    advice = f"Use the profile {other.name!r}, which fits, or leave" if other else "Leave"
    if profile.wanted(columns):
        advice += " --profile out, or keep it and name the texts with --text COLUMN."
    else:
        advice += " --profile out, and name the texts with --text COLUMN."
    raise ColumnError(
        f"The profile {profile.name!r} does not fit. Not among the columns: {', '.join(map(repr, missing))}."
        + "".join(did_you_mean(name, columns) for name in missing)
        + f" The columns are: {listed(columns)}. {advice}"
        " For the next wave, save that with: relationtypes columns INPUT --save FILE.toml"
    )


def absent_columns(profile: Profile, columns: Sequence[str]) -> list[str]:
    """Return what a saved *profile* knows and *columns* lack; a ready one knows more names than any export has."""
    if profile in _ready():
        return []
    return _lacking(list(dict.fromkeys(name for names in profile.roles.values() for name in names)), columns)


def profile_text(name: str, roles: ColumnRoles, *, delimiter: str | None = None) -> str:
    """Return *roles*, and the *delimiter* if a person named it, as a profile in TOML, as :func:`load_profile` reads it."""
    lines = [f"format = {_FORMAT}", f"name = {_quoted(name)}"]
    lines += [f"delimiter = {_quoted(delimiter)}"] * (delimiter is not None) + ["", "[roles]"]
    lines += [f"{role} = {_quoted(list(roles.columns(role)))}" for role in ROLES if roles.columns(role)]
    if roles.dates:
        lines += ["", "[dates]", *(f"{_quoted(column)} = {_quoted(form)}" for column, form in roles.dates.items())]
    return "\n".join(lines) + "\n"


def merged(
    profile: Profile | None, columns: Sequence[str], named: Mapping[str, Sequence[str]]
) -> dict[Role, tuple[str, ...]]:
    """Return the roles that a *profile* gives to *columns*, overridden by those that a person *named*."""
    unknown = [role for role in named if role not in ROLES]
    if unknown:
        raise ArgumentError(
            f"There is no role {unknown[0]!r}.{did_you_mean(unknown[0], ROLES)} Roles: {', '.join(ROLES)}."
        )
    taken = {column for columns_of_role in named.values() for column in columns_of_role}
    wanted = profile.wanted(columns) if profile else {}
    kept = {role: tuple(c for c in found if c not in taken) for role, found in wanted.items() if role not in named}
    return {
        **{role: found for role, found in kept.items() if found},
        **{cast(Role, r): tuple(c) for r, c in named.items()},
    }


def _found(names: Iterable[str], columns: Sequence[str], *, paths: bool = False) -> dict[str, str]:
    """Return which of *columns* each of *names* is, without those that are none; with *paths*, also those within a column."""
    known = {_key(column): column for column in reversed(columns)} | {column: column for column in columns}

    def column_of(name: str) -> str | None:
        return known.get(name) or known.get(_key(name))

    found = {name: column_of(name) or (_path(name, column_of) if paths else None) for name in names}
    return {name: column for name, column in found.items() if column}


def _lacking(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return those of *names* that are neither one of *columns* nor within one."""
    found = _found(names, columns, paths=True)
    return [name for name in names if name not in found]


def _path(name: str, column_of: Callable[[str], str | None]) -> str | None:
    """Return the dotted path *name* with its longest beginning that is a column as that is called, if there is one."""
    for point in reversed([place for place, letter in enumerate(name) if letter == "."]):
        if column := column_of(name[:point]):
            return column + name[point:]
    return None


def _quoted(value: Any) -> str:
    """JSON's strings and arrays of strings are TOML's, but for the character 7F, which JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    return _NO_LETTER.sub("", unaccented(name).lower()) or name.strip()

"""Profiles: the roles of an export's columns, ready for the tools that people have, or saved to read the next wave alike."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from relationtypes.errors import ArgumentError, InputNotFoundError, MalformedInputError, did_you_mean
from relationtypes.reading._columns import unaccented
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
        signature: columns that a table must have for the profile to be taken without being asked for.
        dates: formats of columns with dates.
        format: version of the file format.
    """

    name: str
    roles: dict[str, list[str]]
    signature: list[str] = msgspec.field(default_factory=list)
    dates: dict[str, str] = msgspec.field(default_factory=dict)
    format: int = _FORMAT

    def wanted(self, columns: Sequence[str]) -> dict[Role, tuple[str, ...]]:
        """Return the roles of those of *columns* that the profile knows; case, accents and punctuation do not matter."""
        known = {_key(column): column for column in reversed(columns)}
        found: dict[Role, tuple[str, ...]] = {}
        for role in ROLES:
            names = self.roles.get(role, ())
            present = tuple(name if name in columns else known.get(_key(name), "") for name in names)
            present = tuple(dict.fromkeys(filter(None, present)))
            if present:
                found[role] = present if role in SEVERAL else present[:1]
        return found


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
    """Return the profile in the file *name*, or the ready one of that name. Raises an InputError that says what is wrong."""
    ready = {_key(profile.name): profile for profile in reversed(_ready())}
    if _key(name) in ready:
        return ready[_key(name)]
    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError):
        names = [profile.name for profile in _ready()]
        raise InputNotFoundError(
            f"No profile {name!r}: neither a file nor one of {', '.join(dict.fromkeys(names))}.{did_you_mean(name, names)}"
        ) from None
    try:
        profile = msgspec.convert(tomllib.loads(content.decode("utf-8-sig")), Profile)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as error:
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


def profile_text(name: str, roles: ColumnRoles) -> str:
    """Return *roles* as a profile in TOML, as :func:`load_profile` reads it."""
    lines = [f"format = {_FORMAT}", f"name = {_quoted(name)}", "", "[roles]"]
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


def _quoted(value: Any) -> str:
    """JSON's strings and arrays of strings are TOML's, but for the character 7F, which JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    return _NO_LETTER.sub("", unaccented(name).lower()) or name.strip()

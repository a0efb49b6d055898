"""What the company offers: service modes and relation aims, to everyone or to a segment, as the user states them in TOML."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import get_args

import msgspec

from relationtypes.errors import (
    UNDECODABLE,
    ArgumentError,
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    did_you_mean,
)
from relationtypes.taxonomy import RelationAim, ServiceMode

SERVICE_MODES: tuple[ServiceMode, ...] = get_args(ServiceMode)
RELATION_AIMS: tuple[RelationAim, ...] = get_args(RelationAim)
_FIELDS = {
    "$": ("offer", "segment"),
    "$.offer": ("service_modes", "relation_aims"),
    "$.segment[...]": ("name", "column", "value", "service_modes", "relation_aims"),
}
_AT = re.compile(r" - at `(?P<place>[^`]*)`")


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the records below: immutable, and no field unknown to them."""


class Supply(_Record, frozen=True):
    """What is offered.

    Attributes:
        service_modes: how customers are served, of the Business Model Canvas; ``None`` where that is not stated.
        relation_aims: what the company is after with them; ``None`` where that is not stated.
    """

    service_modes: tuple[ServiceMode, ...] | None = None
    relation_aims: tuple[RelationAim, ...] | None = None


class OfferSegment(_Record, frozen=True):
    """Rows for which something else is offered than to everyone.

    Attributes:
        column: one of the user's.
        value: what it holds in these rows; numbers are compared as numbers, all else as text without blanks around it.
        name: how the segment is called in a report; by default its value.
        service_modes: in place of everyone's; ``None`` for everyone's.
        relation_aims: likewise.
    """

    column: str
    value: str | int | float | bool
    name: str = ""
    service_modes: tuple[ServiceMode, ...] | None = None
    relation_aims: tuple[RelationAim, ...] | None = None

    @property
    def title(self) -> str:
        """Its name, else its value."""
        return self.name.strip() or str(self.value)


class Offer(_Record, frozen=True):
    """What the company offers.

    Attributes:
        everyone: to those of no segment (``[offer]`` in the file).
        segments: with an offer of their own (``[[segment]]``); a row belongs to the first that it fits.
    """

    everyone: Supply = msgspec.field(name="offer")
    segments: tuple[OfferSegment, ...] = msgspec.field(name="segment", default=())

    def supply_of(self, segment: OfferSegment) -> Supply:
        """Return what is offered to *segment*: its own, and everyone's where it states nothing."""
        return Supply(
            self.everyone.service_modes if segment.service_modes is None else segment.service_modes,
            self.everyone.relation_aims if segment.relation_aims is None else segment.relation_aims,
        )


def read_offer(path: str | Path) -> Offer:
    """Read the offer that a user wrote; ``examples/offer.toml`` shows how.

    Raises:
        InputNotFoundError: there is no such file.
        InputIsDirectoryError: it is a folder.
        MalformedInputError: it is no TOML, names an unknown mode, aim or field, or states nothing.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputNotFoundError(
            f"There is no file {path}. Write what is offered into a TOML file; examples/offer.toml shows how."
        ) from None
    except IsADirectoryError:
        raise InputIsDirectoryError(f"{path} is a folder. Give the TOML file with what is offered.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise InputNotFoundError(f"Cannot open {str(path)!r} ({reason}). Check the path.") from None
    try:
        offer = msgspec.toml.decode(raw, type=Offer)
    except msgspec.ValidationError as error:
        raise MalformedInputError(f"{path}: {_explained(error)}") from None
    except UNDECODABLE as error:
        raise MalformedInputError(f"{path} is no TOML: {error}. examples/offer.toml shows how to write one.") from None
    try:
        check_offer(offer)
    except ArgumentError as error:
        raise MalformedInputError(f"{path}: {error}") from None
    return offer


def check_offer(offer: Offer) -> None:
    """Check what the types do not say.

    Raises:
        ArgumentError: nothing is offered to some, a mode or aim is unknown or given twice, or two segments are the same.
    """
    _check_supply(offer.everyone, "[offer]")
    seen: set[tuple[str, str]] = set()
    titles: set[str] = set()
    for segment in offer.segments:
        supply = Supply(segment.service_modes, segment.relation_aims)
        place = f"[[segment]] {segment.title!r}"
        if not segment.column.strip():
            raise ArgumentError(f"{place} names no column. Name the column that holds {segment.value!r}.")
        if isinstance(segment.value, float) and not math.isfinite(segment.value):
            raise ArgumentError(
                f"{place} is for the value {segment.value}, which no column holds. Give a number or a text."
            )
        if supply == Supply():
            raise ArgumentError(
                f"{place} offers nothing of its own. Give it service_modes or relation_aims, or leave it out."
            )
        _check_supply(supply, place)
        key = (segment.column, str(segment.value))
        if key in seen or segment.title in titles:
            raise ArgumentError(f"{place} stands twice. Give each segment once, under a name of its own.")
        seen.add(key)
        titles.add(segment.title)


def _check_supply(supply: Supply, place: str) -> None:
    if supply == Supply():
        raise ArgumentError(f"{place} states neither service_modes nor relation_aims. Give at least one of them.")
    fields = (
        ("service_modes", supply.service_modes, SERVICE_MODES),
        ("relation_aims", supply.relation_aims, RELATION_AIMS),
    )
    for name, given, allowed in fields:
        if given is None:
            continue
        if not given:
            raise ArgumentError(
                f"{name} of {place} is empty. Name at least one of {', '.join(allowed)}, or leave it out."
            )
        for value in given:
            if value not in allowed:
                raise ArgumentError(
                    f"{name} of {place} holds {value!r}.{did_you_mean(str(value), allowed)} Allowed are: {', '.join(allowed)}."
                )
        if len(set(given)) < len(given):
            raise ArgumentError(f"{name} of {place} names one twice: {', '.join(given)}. Name each once.")


def offer_text(offer: Offer) -> str:
    """Return *offer* as TOML, which :func:`read_offer` reads back."""
    blocks = [["[offer]", *_supply_lines(offer.everyone.service_modes, offer.everyone.relation_aims)]]
    for segment in offer.segments:
        blocks.append(
            [
                "[[segment]]",
                *([f"name = {_quoted(segment.name)}"] if segment.name else []),
                f"column = {_quoted(segment.column)}",
                f"value = {_value(segment.value)}",
                *_supply_lines(segment.service_modes, segment.relation_aims),
            ]
        )
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _supply_lines(modes: tuple[str, ...] | None, aims: tuple[str, ...] | None) -> list[str]:
    given = (("service_modes", modes), ("relation_aims", aims))
    return [f"{name} = [{', '.join(map(_quoted, ids))}]" for name, ids in given if ids is not None]


def _value(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's escapes are TOML's, but for one


def _explained(error: msgspec.ValidationError) -> str:
    """Return what is wrong, where, and what may have been meant."""
    message = str(error)
    found = _AT.search(message)
    place = found["place"] if found else "$"
    what = _AT.sub("", message)
    quoted = re.search(r"'([^']*)'|`([^`]*)`", what)
    word = next((group for group in quoted.groups() if group is not None), "") if quoted else ""
    shown = place.removeprefix("$").removeprefix(".") or "the file"
    field = place.rpartition(".")[2].partition("[")[0]
    if "unknown field" in what:
        allowed: tuple[str, ...] = _FIELDS.get(re.sub(r"\[\d+\]", "[...]", place), ())
        return (
            f"There is no field {word!r} in {shown}.{did_you_mean(word, allowed)} The fields are: {', '.join(allowed)}."
        )
    if "missing required" in what:
        return f"The field {word!r} is missing in {shown}. examples/offer.toml shows how to write it."
    if field in ("service_modes", "relation_aims"):
        allowed = SERVICE_MODES if field == "service_modes" else RELATION_AIMS
        if word and "enum" in what:
            return f"{shown} is {word!r}.{did_you_mean(word, allowed)} Allowed are: {', '.join(allowed)}."
        return f"{shown} must be a list of some of: {', '.join(allowed)}. {what}."
    return f"{shown} is wrong: {what}. examples/offer.toml shows how to write it."

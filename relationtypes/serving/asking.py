"""What a client asks: the body of ``POST /tag``, read strictly. No message here holds a part of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any, NoReturn

import msgspec
from msgspec import Meta

from relationtypes.errors import did_you_mean
from relationtypes.serving.limits import Limits
from relationtypes.serving.problems import Fault, ProblemError
from relationtypes.taxonomy import LANGUAGES, Language

_MOST_FAULTS = 10


class TagRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts to tag, and how.

    Attributes:
        texts: the texts, each a string; null counts as empty.
        evidence: whether to find the passages that each family rests on, which costs about as much again for each sentence.
        abstain_below: confidence (0 to 1) under which a tag is not signed; null for the model's own threshold.
        names: language in which to name the labels beside their ids; null for no names.
    """

    texts: list[str | None]
    evidence: bool = True
    abstain_below: Annotated[float, Meta(ge=0, le=1)] | None = None
    names: Language | None = None


FIELDS = TagRequest.__struct_fields__


def read_request(body: bytes, limits: Limits) -> TagRequest:
    """Return what *body* asks.

    Raises:
        ProblemError: 400 for what is no JSON, 422 for what asks for nothing that there is.
    """
    data = _json(body)
    if not isinstance(data, dict):
        _invalid([Fault("", f"Must be an object with these fields: {', '.join(FIELDS)}.")])
    faults = [*_field_faults(data), *_text_faults(data.get("texts"), limits), *_option_faults(data)]
    if faults:
        _invalid(faults)
    return msgspec.convert(data, TagRequest)


def _invalid(faults: list[Fault]) -> NoReturn:
    raise ProblemError(
        422,
        "invalid_request",
        "The request is not as the interface has it; see errors, and /openapi.json.",
        errors=tuple(faults[:_MOST_FAULTS]),
    )


def _json(body: bytes) -> Any:
    try:
        # A lone surrogate, written as an escape, is let through: the normaliser takes it out.
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError:
        why = "It is not UTF-8"
    except RecursionError:
        why = "It is nested too deeply"
    except _TwiceError:
        why = "A name stands twice in one object"
    except ValueError:
        why = "It breaks off or breaks the grammar, or a number has too many digits"
    raise ProblemError(400, "not_json", f"The body is no JSON (RFC 8259). {why}.")


class _TwiceError(Exception):
    """An object with two members of one name: which of them is meant, nobody knows."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _constant(_name: str) -> NoReturn:
    raise ValueError  # NaN and the infinities are no JSON


def _field_faults(data: dict[str, Any]) -> Iterable[Fault]:
    for name in data.keys() - set(FIELDS):
        yield Fault(
            "", f"Holds a field that there is not.{did_you_mean(name, FIELDS)} Fields are: {', '.join(FIELDS)}."
        )


def _text_faults(texts: object, limits: Limits) -> Iterable[Fault]:
    if not isinstance(texts, list):
        yield Fault("/texts", "Must be an array of strings, in which null counts as an empty text.")
        return
    if len(texts) > limits.texts:
        yield Fault("/texts", f"Must hold at most {limits.texts:,} texts. Got {len(texts):,}; send several requests.")
        return
    for place, text in enumerate(texts):
        if text is None:
            continue
        if not isinstance(text, str):
            yield Fault(f"/texts/{place}", "Must be a string or null.")
        elif len(text) > limits.characters:
            yield Fault(f"/texts/{place}", f"Must have at most {limits.characters:,} characters. Got {len(text):,}.")


def _option_faults(data: dict[str, Any]) -> Iterable[Fault]:
    if not isinstance(data.get("evidence", True), bool):
        yield Fault("/evidence", "Must be true or false.")
    threshold = data.get("abstain_below")
    if threshold is not None and not _is_share(threshold):
        yield Fault("/abstain_below", "Must be a number from 0 to 1, or null.")
    if data.get("names") is not None and data["names"] not in LANGUAGES:
        yield Fault("/names", f"Must be null or one of: {', '.join(LANGUAGES)}.")


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1

"""JSON, JSON Lines → batches."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from typing import Any

import ijson
import polars

from relationtypes.errors import EmptyInputError, MalformedInputError
from relationtypes.reading._decoding import TextFormat, find_format, lines, pieces
from relationtypes.reading._files import InputFile
from relationtypes.reading._names import unique_names
from relationtypes.reading._nesting import DEEPEST, is_too_deep
from relationtypes.reading._source import Batch, Reject, Source, Told

_PIECE = 1 << 18  # characters
_MOST_PIECES = 16
_BATCH = 10_000  # objects surveyed together
_MOST_REJECTED = 0.5
_EXACT_IN_FLOAT = 2**53
_SHOWN_ARRAYS = 5
_LINE_END = re.compile(r"\r\n?|\n")
_BROKEN_JSON = (ijson.JSONError, UnicodeDecodeError)  # the latter for half of a surrogate pair
Found = tuple[int, dict[str, Any] | Reject]
"""Number of the line or object, and what was there."""


def open_json_lines(file: InputFile, told: Told) -> Source:
    """Return the table of a *file* with an object on each line; a key that comes later is a column as well."""
    form = find_format(file, told.encoding)
    return _source(file, lambda: _on_lines(file, form), form.encoding, form.notes)


def open_json(file: InputFile, told: Told) -> Source:
    """Return the table of a JSON *file*: an array of objects, or the longest one within an object; or JSON Lines after all."""
    form = find_format(file, told.encoding)
    first, _, second = next(pieces(file, form, _PIECE), "").lstrip().partition("\n")
    if _is_object(first) and second.lstrip().startswith("{"):
        return open_json_lines(file, told)
    place, elsewhere = _place_of_objects(file, form)
    where = f"the objects under {place.removesuffix('.item')!r}" if place not in ("item", "") else ""
    notes = tuple(filter(None, (where, elsewhere)))
    return _source(file, lambda: _in_array(file, form, place), form.encoding, form.notes + notes)


def _source(file: InputFile, objects: Callable[[], Iterator[Found]], encoding: str, notes: tuple[str, ...]) -> Source:
    keys, kinds = _survey(objects(), file)
    schema = polars.Schema(zip(unique_names(keys), (kinds[key] for key in keys), strict=True))

    def batches(size: int) -> Iterator[Batch]:
        found = objects()
        while part := list(_with_rows(found, size)):
            rows = [item for _, item in part if isinstance(item, dict)]
            columns = [
                _series([row.get(key) for row in rows], kinds[key]).alias(name)
                for key, name in zip(keys, schema, strict=True)
            ]
            yield Batch(polars.DataFrame(columns), tuple(item for _, item in part if isinstance(item, Reject)))

    return Source(file, schema, ("",) * len(keys), encoding, None, notes, batches)


def _with_rows(objects: Iterator[Found], rows: int) -> Iterator[Found]:
    """Yield *objects* up to that many rows, and the rejects on the way."""
    while rows and (item := next(objects, None)):
        rows -= isinstance(item[1], dict)
        yield item


def _survey(objects: Iterator[Found], file: InputFile) -> tuple[list[str], dict[str, Any]]:
    """Read all *objects* once and return their keys in order of appearance, and the type that holds every value of a key."""
    kinds: dict[str, Any] = {}
    exact: set[str] = set()
    rejected = read = 0
    while part := list(islice(objects, _BATCH)):
        rows = [item for _, item in part if isinstance(item, dict)]
        read, rejected = read + len(part), rejected + len(part) - len(rows)
        if rejected > _MOST_REJECTED * read:
            first = next(item for _, item in part if isinstance(item, Reject))
            raise MalformedInputError(
                f"{file.name!r}: {rejected:,} of the first {read:,} lines are no JSON objects (line {first.line}:"
                f' {first.reason}). Write one object a line, such as {{"text": "…"}}.'
            )
        for key in dict.fromkeys(chain.from_iterable(rows)):
            series = _natural([row.get(key) for row in rows])
            if series.dtype == polars.Int64 and (series.abs().max() or 0) > _EXACT_IN_FLOAT:  # type: ignore[operator]
                exact.add(key)
            kinds[key] = _common(kinds.get(key, polars.Null), series.dtype, exact=key in exact)
    if not kinds:
        raise EmptyInputError(f"{file.name!r} holds no object with a key. Give at least one text.")
    return list(kinds), {key: polars.String if kind == polars.Null else kind for key, kind in kinds.items()}


def _common(one: Any, other: Any, *, exact: bool) -> Any:
    """Return the type that holds values of both; strings hold what nothing else does, as JSON, and *exact* numbers."""
    if other == polars.Null or one == other:
        return one
    if one == polars.Null:
        return other
    return polars.Float64 if {one, other} == {polars.Int64, polars.Float64} and not exact else polars.String


def _natural(values: list[Any]) -> polars.Series:
    """Return *values* in the type they share, or, where polars has none that keeps them all, strings and JSON."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds == {int, float}:
        try:
            series = polars.Series(values=values, strict=len(kinds) <= 1)
            kept = series.to_list()
            same = kept == values and (not series.dtype.is_nested() or json.dumps(kept) == json.dumps(values))
            if same and series.dtype != polars.Int128:  # for Python, true is 1
                return series
        except (polars.exceptions.PolarsError, TypeError, ValueError, OverflowError):
            pass
    return _as_json(values)


def _series(values: list[Any], kind: Any) -> polars.Series:
    return _as_json(values) if kind == polars.String else polars.Series(values=values, dtype=kind, strict=False)


def _as_json(values: list[Any]) -> polars.Series:
    texts = [
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values
    ]
    return polars.Series(values=texts, dtype=polars.String)


def _on_lines(file: InputFile, form: TextFormat) -> Iterator[Found]:
    for number, line in enumerate(lines(file, form), start=1):
        if line.strip():
            yield number, _object(line, number)


def _object(line: str, number: int) -> dict[str, Any] | Reject:
    if is_too_deep(line):
        return Reject(number, f"nested more than {DEEPEST} deep", line.rstrip("\r\n"))
    try:
        record = json.loads(line, parse_constant=lambda _: None, object_pairs_hook=_from_pairs)
    except (ValueError, RecursionError):
        return Reject(number, "no JSON", line.rstrip("\r\n"))
    if not isinstance(record, dict):
        return Reject(number, f"a {type(record).__name__} where an object was expected", line.rstrip("\r\n"))
    return _whole(record) if "\\ud" in line.lower() else record


class _Object(dict[str, Any]):
    """An object that keeps the values of a repeated key, as further columns of one name are kept: ``text``, ``text_2``."""

    def __setitem__(self, key: str, value: Any) -> None:
        free = key if key not in self else next(name for n in count(2) if (name := f"{key}_{n}") not in self)
        super().__setitem__(free, value)


def _from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return what Python's reader found in an object, repeated keys renamed."""
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    found = _Object()
    for key, value in pairs:
        found[key] = value
    return dict(found)


def _whole(record: dict[str, Any]) -> dict[str, Any]:
    """Replace halves of surrogate pairs, which a text that was cut may end with."""
    whole: dict[str, Any] = json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
    return whole


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


class _Stream:
    """The text of a file as bytes in UTF-8, as ijson wants them."""

    def __init__(self, file: InputFile, form: TextFormat, whole: int | None = None) -> None:
        """*whole* is after how many pieces single characters follow; by default, none do."""
        found = _growing(pieces(file, form, _PIECE))
        self._pieces = found if whole is None else chain(islice(found, whole), chain.from_iterable(found))
        self.given = self.characters = 0  # pieces, and characters in them

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, which may be longer than *size*; ijson bears that, and asks for nothing first."""
        piece = next(self._pieces, "") if size else ""
        self.given += bool(piece)
        self.characters += len(piece)
        return piece.encode("utf-8", "replace")


def _growing(found: Iterator[str]) -> Iterator[str]:
    """Yield the text in ever longer pieces: ijson begins a string again with each, so those of 100 MB would take minutes."""
    many = 1
    while piece := "".join(islice(found, many)):
        yield piece
        many = min(2 * many, _MOST_PIECES)


def _place_of_objects(file: InputFile, form: TextFormat) -> tuple[str, str]:
    """Return ijson's name of the array with the most objects, the outermost of as many, and which objects are not in it.

    The name is empty if objects stand by themselves; of those in no array, the ones that hold the array do not count.
    """
    counts: Counter[str] = Counter()
    around: dict[str, int] = {}  # objects that hold an array
    within: list[str] = []  # the events that opened what we are in
    first = loose = 0  # objects that stand by themselves, and all that are in no array
    try:
        for place, event, _ in ijson.parse(_bounded(_Stream(file, form), file)):
            if event == "start_map":
                first += not within
                loose += "start_array" not in within
                if within.count("start_array") == 1 and within[-1] == "start_array":
                    counts[place] += 1
                    around.setdefault(place, len(within) - 1)
            if event in ("start_map", "start_array"):
                within.append(event)
            elif event in ("end_map", "end_array"):
                within.pop()
    except _BROKEN_JSON:
        if not counts and not first:
            raise _no_json(file) from None
    if first > 1 or (first and not counts):
        return "", ""
    if not counts:
        raise MalformedInputError(f'{file.name!r} holds no object. Write [{{"text": "…"}}, …].')
    chosen = max(counts, key=lambda place: (counts[place], -len(place)))
    return chosen, _elsewhere(counts, chosen, loose - around[chosen])


def _elsewhere(counts: Counter[str], chosen: str, loose: int) -> str:
    """Return, if there are any, how many objects lie outside of the *chosen* array: in others, and *loose*."""
    others = [
        f"{number:,} under {place.removesuffix('.item')!r}" for place, number in counts.items() if place != chosen
    ]
    left = counts.total() - counts[chosen] + loose
    shown = others[:_SHOWN_ARRAYS] + ["…"] * (len(others) > _SHOWN_ARRAYS)
    where = f" ({', '.join(shown)})" if shown else ""
    return f"objects elsewhere, which are not read: {left:,}{where}" if left else ""


def _bounded(stream: _Stream, file: InputFile) -> Iterator[tuple[str, Any]]:
    """Yield the events of *stream*, or refuse it where they lie too deep."""
    depth = 0
    for event, value in ijson.basic_parse(stream, multiple_values=True):
        depth += event.startswith("start_") - event.startswith("end_")
        if depth > DEEPEST:
            raise MalformedInputError(
                f"{file.name!r} holds lists or objects nested more than {DEEPEST} deep. Export it as a flat table:"
                ' [{"text": "…"}, …].'
            )
        yield event, value


def _no_json(file: InputFile) -> MalformedInputError:
    return MalformedInputError(
        f"{file.name!r} is not JSON. Export the file again, or give it the extension of what it is."
    )


def _in_array(file: InputFile, form: TextFormat, place: str) -> Iterator[Found]:
    stream = _Stream(file, form)
    number = given = 0
    try:
        for record in ijson.items(stream, place, multiple_values=True, map_type=_Object):
            number, given = number + 1, stream.given
            yield number, _converted(record, number)
    except _BROKEN_JSON:
        left = _after(file, form, place, number)
        if left is None:
            line, rest = _rest(file, form, place, number, given)
            yield line, Reject(line, f"the JSON breaks off or is wrong after object {number}", rest)
        for record in left or ():
            number += 1
            yield number, _converted(record, number)


def _rest(file: InputFile, form: TextFormat, place: str, number: int, given: int) -> tuple[int, str]:
    """Return what follows the first *number* objects, of which the last ends in piece *given*, and the line it begins at."""
    stream = _Stream(file, form, max(given - 1, 0))
    if number:
        next(islice(ijson.items(stream, place, multiple_values=True), number - 1, None))
    text = "".join(pieces(file, form, _PIECE))
    rest = text[stream.characters :].lstrip().removeprefix(",").strip()
    begin = text.index(rest, stream.characters)
    return len(_LINE_END.findall(text, 0, begin)) + 1, rest


def _after(file: InputFile, form: TextFormat, place: str, number: int) -> list[Any] | None:
    """Return the objects after the first *number*, read all at once by Python, which bears ``NaN``; ``None`` if it cannot."""
    try:
        found = json.loads(
            "".join(pieces(file, form, _PIECE)), parse_constant=lambda _: None, object_pairs_hook=_from_pairs
        )
        for key in place.removesuffix("item").strip(".").split(".") if place != "item" else ():
            found = found[key]
        return list(found)[number:] if isinstance(found, list) else None
    except (ValueError, RecursionError, KeyError, TypeError):
        return None


def _converted(record: Any, number: int) -> dict[str, Any] | Reject:
    if not isinstance(record, dict):
        return Reject(number, f"value {number} is no object", json.dumps(record, ensure_ascii=False, default=float))
    plain = json.dumps(record, ensure_ascii=False, default=_number).encode("utf-8", "replace")
    found: dict[str, Any] = json.loads(plain)
    return found


def _number(value: Any) -> float:
    """Return ijson's exact decimal fraction as the number that JSON readers make of it."""
    return float(value)

"""CSV, TSV and plain text → batches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import polars

from relationtypes.errors import MalformedInputError
from relationtypes.reading._decoding import TextFormat, find_format, lines
from relationtypes.reading._delimited import Dialect, Record, find_dialect, records
from relationtypes.reading._files import InputFile
from relationtypes.reading._layout import Layout, find_layout
from relationtypes.reading._source import Batch, Reject, Source

_LAYOUT_RECORDS = 60
_TEXT = "text"
_FOOTER_WIDTH = 3  # columns from which on a lonely cell at the end of the file is a footer
_MOST_REJECTED = 0.5
_JUDGED = 200  # records after which a table of mostly rejects is refused
_PAIR = re.compile(r"(?:^|, )(\w{1,40}): ")
_PAIRED_LINES = 50


def open_delimited(file: InputFile, encoding: str | None) -> Source:
    """Return the table of a CSV or TSV *file*, all of its cells strings."""
    form = find_format(file, encoding)
    dialect = find_dialect(lines(file, form), tab_first=file.extension == ".tsv")
    sample = [record.cells for record in islice(_filled_records(file, form, dialect), _LAYOUT_RECORDS)]
    layout = find_layout(sample, dialect.width, ragged=True)
    delimiter = dialect.delimiter if dialect.width > 1 else None

    def rows() -> Iterator[Record]:
        found = records(lines(file, form), dialect)
        yield from _data(found if dialect.width == 1 else _without_footers(_not_blank(found), dialect.width), layout)

    return _source(file, form, layout, delimiter, rows)


def open_lines(file: InputFile, encoding: str | None) -> Source:
    """Return a table with a row for each line of a plain text *file*, or for each ``name: value, name: value`` in it."""
    form = find_format(file, encoding)
    names = _paired_names([line for line in islice(lines(file, form), _PAIRED_LINES) if line.strip()])

    def rows() -> Iterator[Record]:
        numbered = ((number, _unended(line)) for number, line in enumerate(lines(file, form), 1))
        if names:
            return (_paired(number, text, names) for number, text in _joined(numbered, names[0]))
        return (Record(number, [line]) for number, line in numbered)

    layout = Layout(names or (_TEXT,), ("",) * max(1, len(names)), 0, ("names and values on each line",) * bool(names))
    return _source(file, form, layout, None, rows)


def _source(
    file: InputFile, form: TextFormat, layout: Layout, delimiter: str | None, rows: Callable[[], Iterator[Record]]
) -> Source:
    schema = polars.Schema(dict.fromkeys(layout.names, polars.String))
    return Source(
        file,
        schema,
        layout.questions,
        form.encoding,
        delimiter,
        layout.notes,
        lambda size: _batches(rows(), schema, size, file),
    )


def _filled_records(file: InputFile, form: TextFormat, dialect: Dialect) -> Iterator[Record]:
    return (record for record in _not_blank(records(lines(file, form), dialect)) if not record.problem)


def _not_blank(found: Iterator[Record]) -> Iterator[Record]:
    return (record for record in found if record.cells)


def _data(found: Iterator[Record], layout: Layout) -> Iterator[Record]:
    """Leave out the header and what is above it."""
    above = layout.first
    for record in found:
        if not above or record.problem:
            yield record
        elif record.cells:
            above -= 1


def _without_footers(found: Iterator[Record], width: int) -> Iterator[Record]:
    """Mark the records with one cell that end the file: sums, notices, dates of the export."""
    lonely: list[Record] = []
    for record in found:
        if width >= _FOOTER_WIDTH and len(record.cells) == 1 and not record.problem:
            lonely.append(record)
            continue
        yield from lonely
        lonely.clear()
        yield record
    yield from (Record(record.line, record.cells, "a line below the table") for record in lonely)


def _batches(found: Iterator[Record], schema: polars.Schema, size: int, file: InputFile) -> Iterator[Batch]:
    columns = schema.names()
    rows: list[list[str]] = []
    rejects: list[Reject] = []
    read = rejected = 0
    for record in found:
        read += 1
        if record.problem:
            rejected += 1
            rejects.append(Reject(record.line, record.problem, "".join(record.cells)))
            if read >= _JUDGED and rejected > _MOST_REJECTED * read:
                raise _mostly_rejects(file, rejected, read, record)
            continue
        rows.append(record.cells + [""] * (len(columns) - len(record.cells)))
        if len(rows) == size:
            yield Batch(_frame(rows, columns), tuple(rejects))
            rows, rejects = [], []
    if rejected > _MOST_REJECTED * read:
        raise _mostly_rejects(file, rejected, read, rejects[-1])
    if rows or rejects:
        yield Batch(_frame(rows, columns), tuple(rejects))


def _mostly_rejects(file: InputFile, rejected: int, read: int, last: Record | Reject) -> MalformedInputError:
    problem = last.problem if isinstance(last, Record) else last.reason
    return MalformedInputError(
        f"{file.name!r}: {rejected:,} of the first {read:,} rows cannot be read (line {last.line}: {problem}). Put cells that"
        " hold the delimiter between double quotes, double the quotes within them, or export the file again."
    )


def _frame(rows: list[list[str]], columns: list[str]) -> polars.DataFrame:
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    return polars.DataFrame(
        [
            polars.Series(column, [cell or None for cell in values], dtype=polars.String)
            for column, values in zip(columns, cells, strict=True)
        ]
    )


def _unended(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _joined(numbered: Iterable[tuple[int, str]], first: str) -> Iterator[tuple[int, str]]:
    """Join the lines up to the next that begins with the name *first*: a value may hold line breaks."""
    begun: list[str] = []
    at = 1
    for number, line in numbered:
        if line.startswith(f"{first}: ") and "".join(begun).strip():
            yield at, "\n".join(begun).rstrip()
            begun = []
        if not begun:
            at = number
        begun.append(line)
    if "".join(begun).strip():
        yield at, "\n".join(begun).rstrip()


def _paired_names(sample: list[str]) -> tuple[str, ...]:
    """Return the names that the records of *sample* give in the same order, if there are two at least."""
    found = list(dict.fromkeys(_PAIR.findall(sample[0]))) if sample else []
    if not found:
        return ()
    whole = [text for _, text in _joined(((0, _unended(line)) for line in sample), found[0])][:-1]
    names = tuple(name for name in found if all(f"{name}: " in text for text in whole))
    sound = len(whole) > 1 and len(names) > 1 and not any(_paired(0, text, names).problem for text in whole)
    return names if sound else ()


def _paired(number: int, text: str, names: tuple[str, ...]) -> Record:
    """Cut *text* at its names, at the last one from the right: a value may hold commas, and a name again."""
    rest = text.removeprefix(f"{names[0]}: ")
    if rest == text:
        return Record(number, [text], f"the line does not begin with {names[0]!r}")
    cells = []
    for name in names[1:]:
        cut = rest.rpartition if name == names[-1] else rest.partition
        value, found, rest = cut(f", {name}: ")
        if not found:
            return Record(number, [text], f"the line has no {name!r}")
        cells.append(value.strip())
    return Record(number, [*cells, rest.strip()])

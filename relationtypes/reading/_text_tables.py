"""CSV, TSV and plain text → batches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import dropwhile, islice

import polars

from relationtypes.errors import ArgumentError, MalformedInputError
from relationtypes.reading._decoding import TextFormat, find_format, lines
from relationtypes.reading._delimited import Record, records
from relationtypes.reading._dialects import Dialect, find_dialect, unended
from relationtypes.reading._files import InputFile
from relationtypes.reading._layout import FOOTER, SET_ASIDE, TITLE, Layout, find_layout, is_blank, is_title
from relationtypes.reading._source import DELIMITERS, Batch, Reject, Source, Told

_LAYOUT_RECORDS = 60
_TEXT = "text"
_FOOTER_WIDTH = 3  # columns from which on a row with nothing but a first cell is a footer
_MOST_FOOTERS = 20  # lines; a table of one filled column among others is not kept in memory
_MOST_REJECTED = 0.5
_JUDGED = 200  # records after which a table of mostly rejects is refused
_PAIR = re.compile(r"(?:^|, )(\w{1,40}): ")
_PAIRED_LINES = 50


def open_delimited(file: InputFile, told: Told) -> Source:
    """Return the table of a CSV or TSV *file*, all of its cells strings."""
    form = find_format(file, told.encoding)
    named = DELIMITERS[told.delimiter] if told.delimiter else None
    dialect = find_dialect(lines(file, form), tab_first=file.extension == ".tsv", delimiter=named)
    if named and dialect.width == 1:
        raise ArgumentError(
            f"--delimiter {told.delimiter} stands between no two cells of {file.name!r}. Leave it out, or give another of:"
            f" {', '.join(DELIMITERS)}."
        )

    def found() -> Iterator[Record]:
        return dropwhile(_is_blank_line, records(lines(file, form), dialect))

    sound = (record.cells for record in found() if not record.problem)
    layout = find_layout(list(islice(sound, _LAYOUT_RECORDS)), dialect.width, ragged=True, header=told.header)
    delimiter = dialect.delimiter if dialect.width > 1 else None

    def rows() -> Iterator[Record]:
        table = _data(found(), layout, dialect.delimiter)
        return table if delimiter is None else _without_footers(table, dialect)

    return _source(file, form, layout, delimiter, rows)


def open_lines(file: InputFile, told: Told) -> Source:
    """Return a table with a row for each line of a plain text *file*, or for each ``name: value, name: value`` in it.

    There is no header, unless it is *told*.
    """
    form = find_format(file, told.encoding)
    first = int(told.header or False)
    start = list(islice(lines(file, form), _PAIRED_LINES))
    names = () if first else _paired_names([line for line in start if line.strip()])

    def rows() -> Iterator[Record]:
        numbered = islice(((number, unended(line)) for number, line in enumerate(lines(file, form), 1)), first, None)
        if names:
            return (_paired(number, text, names) for number, text in _joined(numbered, names[0]))
        return (Record(number, [line]) for number, line in numbered)

    name = (unended(start[0]).strip() if first and start else "") or _TEXT
    layout = Layout(
        names or (name,), ("",) * max(1, len(names)), 0, first, ("names and values on each line",) * bool(names)
    )
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
        form.notes + layout.notes,
        lambda size: _batches(rows(), schema, size, file),
    )


def _is_blank_line(record: Record) -> bool:
    return not record.problem and is_blank(record.cells)


def _data(found: Iterator[Record], layout: Layout, delimiter: str) -> Iterator[Record]:
    """Leave out the header, and reject what is above it."""
    above = layout.first
    while above and (record := next(found, None)):
        if record.problem:
            yield record
            continue
        if above > layout.first - layout.head and is_title(record.cells):
            yield _aside(record, TITLE, delimiter)
        above -= 1
    yield from found


def _without_footers(found: Iterator[Record], dialect: Dialect) -> Iterator[Record]:
    """Leave out blank lines, and reject sums, notices, dates of the export.

    These are the lines that follow a blank one at the end of the file and have nothing but a first cell.
    """
    held: list[Record] = []  # a blank line, and what may be footers below it
    below_row = False
    for record in found:
        lonely = dialect.width >= _FOOTER_WIDTH and not record.problem and is_blank(record.cells[1:])
        if lonely and len(held) < _MOST_FOOTERS and (held or (below_row and is_blank(record.cells))):
            held.append(record)
            continue
        if held:
            yield from (one for one in held if one.cells)
            held.clear()
        if record.cells:
            yield record
        below_row = not lonely
    yield from (one if is_blank(one.cells) else _aside(one, FOOTER, dialect.delimiter) for one in held if one.cells)


def _aside(record: Record, problem: str, delimiter: str) -> Record:
    return Record(record.line, [delimiter.join(record.cells)], problem)


def _batches(found: Iterator[Record], schema: polars.Schema, size: int, file: InputFile) -> Iterator[Batch]:
    columns = schema.names()
    rows: list[list[str]] = []
    rejects: list[Reject] = []
    read = rejected = 0
    for record in found:
        read += record.problem not in SET_ASIDE
        if record.problem:
            rejects.append(Reject(record.line, record.problem, "".join(record.cells)))
            if record.problem not in SET_ASIDE:
                rejected, last = rejected + 1, record
                if read >= _JUDGED and rejected > _MOST_REJECTED * read:
                    raise _mostly_rejects(file, rejected, read, last)
            continue
        rows.append(record.cells + [""] * (len(columns) - len(record.cells)))
        if len(rows) == size:
            yield Batch(_frame(rows, columns), tuple(rejects))
            rows, rejects = [], []
    if rejected > _MOST_REJECTED * read:
        raise _mostly_rejects(file, rejected, read, last)
    if rows or rejects:
        yield Batch(_frame(rows, columns), tuple(rejects))


def _mostly_rejects(file: InputFile, rejected: int, read: int, last: Record) -> MalformedInputError:
    return MalformedInputError(
        f"{file.name!r}: {rejected:,} of the first {read:,} rows cannot be read (line {last.line}: {last.problem}). Put cells"
        " that hold the delimiter between double quotes, double the quotes within them, or export the file again."
    )


def _frame(rows: list[list[str]], columns: list[str]) -> polars.DataFrame:
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    return polars.DataFrame(
        [
            polars.Series(column, [cell or None for cell in values], dtype=polars.String)
            for column, values in zip(columns, cells, strict=True)
        ]
    )


def _joined(numbered: Iterable[tuple[int, str]], first: str) -> Iterator[tuple[int, str]]:
    """Join the lines up to the next that begins with the name *first*: a value may hold line breaks."""
    begun: list[str] = []
    at = 1
    for number, line in numbered:
        if line.startswith(f"{first}: ") and "".join(begun).strip():
            yield at, "\n".join(begun).rstrip("\n")
            begun = []
        if not begun:
            at = number
        begun.append(line)
    if "".join(begun).strip():
        yield at, "\n".join(begun).rstrip("\n")


def _paired_names(sample: list[str]) -> tuple[str, ...]:
    """Return the names that the records of *sample* give in the same order, if there are two at least."""
    found = list(dict.fromkeys(_PAIR.findall(sample[0]))) if sample else []
    if not found:
        return ()
    whole = [text for _, text in _joined(((0, unended(line)) for line in sample), found[0])][:-1]
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
        cells.append(value)
    return Record(number, [*cells, rest])

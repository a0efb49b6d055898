"""PRESENT: the finished parts of a run → its output, and a file of what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars

from relationtypes.copies import COPY_COLUMNS, ORIGINAL, mark_copies
from relationtypes.jobs import rejects_file
from relationtypes.normalising import MOST_LOOKED_AT, MOST_READ, is_read_whole
from relationtypes.parts import KEY, REJECTS, RETWEET, ROWS, SKETCHES
from relationtypes.shards import ShardStore
from relationtypes.tabulating import PREFIX, column_suffixes
from relationtypes.writing import write_frames


def write_rows(store: ShardStore, out: Path) -> int:
    """Write all rows to *out*, copies marked, and return how many are copies."""
    marks = polars.concat([table.select(KEY, RETWEET) for table in store.tables(ROWS)])
    copies = mark_copies(marks[KEY], marks[RETWEET], store.tables(SKETCHES), scratch=store.folder)
    schema = polars.Schema({**store.scan(ROWS).drop(KEY, RETWEET).collect_schema(), **copies.schema})

    def frames() -> Iterator[polars.DataFrame]:
        above = 0
        for table in store.tables(ROWS):
            yield table.drop(KEY, RETWEET).hstack(copies.slice(above, table.height))
            above += table.height

    write_frames(frames(), schema, out, aside=store.folder)
    return int((copies[COPY_COLUMNS[0]] != ORIGINAL).sum())


def write_rejects(store: ShardStore, out: Path) -> Path | None:
    """Write what could not be read beside *out*, and return where; a file of rejects of an earlier run is replaced."""
    path = rejects_file(out)
    rejects = list(store.tables(REJECTS))
    if not rejects:
        path.unlink(missing_ok=True)  # of the output that was overwritten: there was none, or --force
        return None
    write_frames(rejects, rejects[0].schema, path, aside=store.folder)
    return path


def count_shortened(store: ShardStore, texts: Sequence[str]) -> int:
    """Return how many rows have a text, of those in the columns *texts*, only the beginning of which was read."""
    words = [polars.col(name).cast(polars.String) for name in texts]
    long = polars.any_horizontal(text.str.len_chars() > MOST_READ for text in words)
    begun = store.scan(ROWS).filter(long).select(text.str.slice(0, MOST_LOOKED_AT + 1) for text in words).collect()
    return sum(any(not is_read_whole(text or "") for text in row) for row in begun.iter_rows())


def count_failed(store: ShardStore, texts: Sequence[str]) -> int:
    """Return how many rows have a text, of those in the columns *texts*, on which the model failed."""
    status = [polars.col(f"{PREFIX}status{suffix}") == "error" for suffix in column_suffixes(texts)]
    return int(store.scan(ROWS).select(polars.any_horizontal(status).sum()).collect().item())

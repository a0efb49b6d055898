"""How a run behaves in size: `python benchmarks/scale.py ROWS [--distinct N]`, pool texts in random order, file in, file out.

Prints rows a second over each tenth of the run and the largest memory of the process, reading and writing included. With
fewer distinct texts than are remembered, the cache of identical texts does most of the work; with as many as rows, none.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from relationtypes import RelationTagger
from relationtypes.runs import plan_run, run

POOL = Path("../shared/data/pool")
TENTHS = 10


def pool_texts(most: int | None) -> list[str]:
    """Return distinct pool texts in an order that does not change."""
    rows: list[str] = []
    for path in sorted(POOL.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows += [json.loads(line)["text"] for line in lines]
    distinct = sorted(set(rows))
    random.Random(0).shuffle(distinct)
    return distinct[:most]


def write_input(path: Path, texts: list[str], rows: int) -> None:
    """Write a CSV of so many *rows* with an id; every text comes before any comes twice."""
    rng = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment"])
        for number in range(rows):
            writer.writerow([number, texts[number] if number < len(texts) else rng.choice(texts)])


def main() -> None:
    """Make the input, tag it, print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--distinct", type=int, help="[default: all of the pool]")
    parser.add_argument("--out", type=Path, help="Folder for input and output. [default: a temporary one]")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.out) as scratch:
        source, target = Path(scratch) / "in.csv", Path(scratch) / "out.parquet"
        texts = pool_texts(given.distinct)
        write_input(source, texts, given.rows)
        print(
            f"{given.rows:,} rows, {min(len(texts), given.rows):,} distinct texts, {source.stat().st_size / 1e6:,.0f} MB"
        )
        del texts
        marks = [(0, time.perf_counter())]

        def progress(count: int) -> None:
            marks.append((marks[-1][0] + count, time.perf_counter()))

        begun = time.perf_counter()
        plan = plan_run(source)
        print(f"read through in {time.perf_counter() - begun:,.1f} s")
        marks[0] = (0, time.perf_counter())
        summary = run(plan, target, RelationTagger.load(), evidence=False, progress=progress)
        for tenth in range(TENTHS):
            inside = [mark for mark in marks if tenth <= TENTHS * mark[0] / given.rows <= tenth + 1]
            if len(inside) > 1:
                rate = (inside[-1][0] - inside[0][0]) / (inside[-1][1] - inside[0][1])
                print(f"tenth {tenth + 1}: {rate:,.0f} rows a second")
        print(f"{summary.rows_in:,} rows in = {summary.rows_out:,} rows out + {summary.rejected:,} rejects")
        print(f"{summary.seconds:,.0f} s, of which {time.perf_counter() - marks[-1][1]:,.0f} s after the last part")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(f"largest memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()

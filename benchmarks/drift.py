"""How often `relationtypes drift` warns where nothing drifted, and whether it sees what was changed on purpose.

    python benchmarks/drift.py TAGGED [--texts 100 500 2000] [--draws 100]
    python benchmarks/drift.py TAGGED --column source --within "a bank" --texts 500
    python benchmarks/drift.py TAGGED --column source --within "a bank" --other "its app" --part 0.5 --texts 200 --draws 25

TAGGED is a file that `relationtypes tag` wrote. All its classified texts are read once more, one of each customer; then two waves
of as many texts are drawn from them at random, again and again, with fixed seeds. The first command draws both from the whole
file, the second from the rows that have one value in a column; in the third, a part of the later wave has another value. For
each size of a wave, a line says how many draws had which verdict, and which signals warned. Anything but `steady` is a false
alarm in the first two.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from relationtypes.errors import ArgumentError
from relationtypes.findings.drift import MOST_READ, Drift, drift, rows_to_reread
from relationtypes.findings.drift_signals import Reread
from relationtypes.findings.table import TaggedTable

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Rate:
    """How *draws* of two waves of *texts* each were judged: ``verdicts`` and, of the signals, ``warnings``."""

    texts: int
    draws: int
    verdicts: Counter[str]
    warnings: Counter[str]

    def line(self) -> str:
        """Return it in words."""
        told = ", ".join(f"{name} {count}" for name, count in self.verdicts.most_common())
        warned = ", ".join(f"{name} {count}" for name, count in self.warnings.most_common()) or "none"
        return f"{self.texts:6} texts a wave, {self.draws:4} draws: {told}; signals that warned: {warned}"


def rate(
    table: TaggedTable,
    known: Reread,
    pool: Rows,
    other: Rows | None = None,
    *,
    texts: int,
    draws: int,
    part: float = 1.0,
) -> Rate:
    """Draw two waves *draws* times, and count how they are judged.

    Args:
        table: tagged texts.
        known: what reading them once more told, of all that may be drawn.
        pool: positions in ``table.frame`` to draw from.
        other: those to draw a *part* of the later wave from; by default it is drawn from *pool* as well.
        texts: of each wave.
        draws: how many; each has its number as seed.
        part: share of the later wave that is drawn from *other*.

    Raises:
        ArgumentError: there are too few texts for two waves.
    """
    pool = np.intersect1d(pool, known.rows)
    others = np.empty(0, np.intp) if other is None else np.intersect1d(other, known.rows)
    foreign = 0 if other is None else round(texts * part)
    if len(pool) < 2 * texts - foreign or len(others) < foreign:
        raise ArgumentError(
            f"Two waves of {texts:,} texts need {2 * texts - foreign:,} texts and {foreign:,} others; there are {len(pool):,} and"
            f" {len(others):,}. Draw fewer."
        )
    verdicts: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        drawn = rng.permutation(pool)[: 2 * texts - foreign]
        later = np.concatenate([drawn[texts:], rng.permutation(others)[:foreign]])
        found = _judged(table, known, np.sort(drawn[:texts]), np.sort(later), seed)
        verdicts[found.verdict] += 1
        warnings.update(one.name for one in found.warnings)
    return Rate(texts, draws, verdicts, warnings)


def _judged(table: TaggedTable, known: Reread, before: Rows, after: Rows, seed: int) -> Drift:
    waves = [replace(table, frame=table.frame[rows]) for rows in (before, after)]
    read = []
    for wave, rows in zip(waves, (before, after), strict=True):
        chosen = rows_to_reread(wave, MOST_READ, seed=seed)
        at = np.searchsorted(known.rows, rows[chosen])
        read.append(Reread(chosen, known.vectors[at], known.pieces[at], known.unknown[at]))
    return drift(waves[0], waves[1], reread=(read[0], read[1]), seed=seed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the file of the command line, and print a line for each size of a wave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tagged", type=Path)
    parser.add_argument("--texts", type=int, nargs="+", default=[100, 500, 2_000])
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--column")
    parser.add_argument("--within")
    parser.add_argument("--other")
    parser.add_argument("--part", type=float, default=1.0)
    parser.add_argument("--most", type=int, default=20_000, help="Texts that are read once more, drawn at random.")
    given = parser.parse_args(arguments)
    if (given.column is None) != (given.within is None) or (given.other is not None and given.within is None):
        parser.error("--within needs --column and the other way round; --other needs both")
    from relationtypes import RelationTagger
    from relationtypes.findings import read_tagged
    from relationtypes.rereading import reread

    table = read_tagged(given.tagged)
    known = reread(table, RelationTagger.load(), most=given.most)

    def having(value: str) -> Rows:
        return np.flatnonzero((table.frame[given.column].cast(str) == value).fill_null(False).to_numpy())

    pool = np.arange(len(table)) if given.within is None else having(given.within)
    other = None if given.other is None else having(given.other)
    for texts in given.texts:
        print(rate(table, known, pool, other, texts=texts, draws=given.draws, part=given.part).line(), flush=True)


if __name__ == "__main__":
    main()

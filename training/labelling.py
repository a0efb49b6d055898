"""Batches for readers out of pool texts, and readers' files back into labels that can be committed.

A reader gets the codebook and batches of texts, a part of which another reader gets as well. What is kept is one line a
text: the pool's id, a hash of the text and the labels; never the text.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score

from relationtypes.errors import ArgumentError
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import Taxonomy
from training.sources import LABEL_COLUMNS, NONE, Example, text_hash

_Key = TypeVar("_Key")
BATCH = 230
ADJUDICATOR = "adjudicator"
_FIRST_NUMBER = 100_001
_REPOSITORY = Path(__file__).resolve().parents[1]


class Slip(msgspec.Struct, frozen=True):
    """What stands behind the number of a line: which text, why it was picked, who reads it."""

    id: str
    pick: str
    reader: str


class Reading(msgspec.Struct, frozen=True):
    """One reader's labels of one text."""

    relation: str
    type: str
    sentiment: str
    breach: str
    second: str


@dataclass(frozen=True)
class Collected:
    """Labels ready to be written, texts whose two readers differ in the family, and how well two readers agree."""

    rows: list[list[str]]
    disputed: dict[str, list[Reading]]
    agreement: dict[str, float]


def folder_for_texts(folder: Path) -> Path:
    """Make and return a new *folder* for texts that others wrote: outside the repository, and with nothing in it yet."""
    if folder.resolve().is_relative_to(_REPOSITORY):
        raise ArgumentError(f"The folder {str(folder)!r} would hold customers' texts: name one outside {_REPOSITORY}.")
    if folder.exists() and any(folder.iterdir()):
        raise ArgumentError(f"The folder {str(folder)!r} holds files already. Name a new one.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_batches(
    picks: Mapping[str, str], pool: Mapping[str, Example], folder: Path, *, readers: int, doubled: float, seed: int
) -> int:
    """Spread the texts *picks* (id → why) over *readers*, a share *doubled* of them to two; return the lines written.

    Sources and languages mix within a batch. A line is ``[number] (domain/channel) text``; what the numbers stand for is
    kept beside the folder, which is all that a reader sees.
    """
    folder_for_texts(folder)
    rng = random.Random(seed)
    ids = sorted(picks)
    rng.shuffle(ids)
    piles = [ids[reader::readers] for reader in range(readers)]
    for reader, pile in enumerate(list(map(list, piles))):
        piles[(reader + 1) % readers] += rng.sample(pile, round(doubled * len(pile))) if readers > 1 else []
    (folder / "out").mkdir()
    key: dict[str, Slip] = {}
    for reader, pile in enumerate(piles, 1):
        rng.shuffle(pile)
        for batch, start in enumerate(range(0, len(pile), BATCH), 1):
            lines = []
            for id_ in pile[start : start + BATCH]:
                number, example = str(_FIRST_NUMBER + len(key)), pool[id_]
                key[number] = Slip(id_, picks[id_], f"r{reader}")
                lines.append(line_for_reader(number, example))
            (folder / f"r{reader}_b{batch}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    key_of(folder).write_bytes(msgspec.json.encode(key))
    return len(key)


def key_of(folder: Path) -> Path:
    """Return where it is kept what the numbers in *folder* stand for."""
    return folder.parent / f"{folder.name}.key.json"


def collect(folder: Path, pool: Mapping[str, Example], taxonomy: Taxonomy) -> Collected:
    """Read ``folder/out/*.tsv``: one label a text; of two readings the first counts unless an adjudicator's is there.

    A text whose two readers differ in the family, with no adjudicator's line, is disputed and left out of the rows.
    """
    key = read_key(folder, dict[str, Slip], command="pick")
    readings: dict[str, dict[str, Reading]] = {}
    picks: dict[str, str] = {}
    for path in sorted((folder / "out").glob("*.tsv")):
        for number, reading in read_file(path, taxonomy):
            slip = key.get(number)
            reader = path.stem.partition("_")[0]
            if slip is None or slip.id not in pool or reader not in (slip.reader, ADJUDICATOR):
                raise ArgumentError(
                    f"{path}: the text number {number!r} was not given to this reader, or is not in the pool. A file is named "
                    f"<reader>_<batch>.tsv or {ADJUDICATOR}.tsv; {key_of(folder)} says who got what."
                )
            readings.setdefault(slip.id, {})[reader] = reading
            picks[slip.id] = slip.pick
    rows, disputed, pairs = [], {}, []
    for id_, by_reader in sorted(readings.items()):
        final = by_reader.get(ADJUDICATOR)
        independent = [reading for reader, reading in sorted(by_reader.items()) if reader != ADJUDICATOR]
        if len(independent) > 1:
            pairs.append((independent[0], independent[1]))
        if final is None and len({reading.relation for reading in independent}) > 1:
            disputed[id_] = independent
            continue
        chosen = final or independent[0]
        rows.append([id_, text_hash(pool[id_].text), *msgspec.structs.astuple(chosen), picks[id_], str(len(by_reader))])
    return Collected(rows, disputed, agreement(pairs))


def write_labels(rows: Iterable[Sequence[str]], path: Path) -> Path:
    """Write *rows*, of :data:`LABEL_COLUMNS`, sorted by id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(LABEL_COLUMNS), *sorted("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_disputed(collected: Collected, pool: Mapping[str, Example], folder: Path) -> Path:
    """Write the disputed texts with both readers' labels, in random order, for an adjudicator."""
    key = read_key(folder, dict[str, Slip], command="pick")
    numbers = {slip.id: number for number, slip in reversed(key.items())}
    rng = random.Random(0)
    lines = []
    for id_, readings in collected.disputed.items():
        shown = [" ".join(msgspec.structs.astuple(reading)) for reading in rng.sample(readings, len(readings))]
        lines.append(f"{line_for_reader(numbers[id_], pool[id_])} || {' || '.join(shown)}")
    path = folder / "disputed.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def agreement(pairs: Sequence[tuple[Reading, Reading]]) -> dict[str, float]:
    """Return how far two readers of the same texts agree: shares, Cohen's kappa and macro-F1 of the family."""
    if not pairs:
        return {}
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    families = [[reading.relation for reading in side] for side in (first, second)]
    same = [a == b for a, b in zip(*families, strict=True)]
    loosely = [a.relation == b.relation or a.second == b.relation or b.second == a.relation for a, b in pairs]
    return {
        "texts": len(pairs),
        "family": _share(same),
        "family_or_second": _share(loosely),
        "family_kappa": 1.0 if all(same) else round(float(cohen_kappa_score(*families)), 4),
        "family_macro_f1": round(float(f1_score(*families, average="macro")), 4),
        "type_given_family": _share([a.type == b.type for (a, b), equal in zip(pairs, same, strict=True) if equal]),
        "sentiment": _share([a.sentiment == b.sentiment for a, b in pairs]),
        "breach": _share([a.breach == b.breach for a, b in pairs]),
    }


def line_for_reader(number: str, example: Example) -> str:
    """Return a text as readers see it: its number, where it is from, and the text on one line."""
    return f"[{number}] ({example.domain}/{example.channel}) {' '.join(example.text.split())}"


def _share(flags: Sequence[bool]) -> float:
    return round(float(np.mean(flags)), 4) if flags else 0.0


def read_key(folder: Path, kind: type[_Key], *, command: str) -> _Key:
    """Return what the numbers in *folder* stand for; *command* is what writes such folders."""
    try:
        return msgspec.json.decode(key_of(folder).read_bytes(), type=kind)
    except FileNotFoundError:
        raise ArgumentError(f"{folder} holds no texts that `{command}` wrote: there is no {key_of(folder)}.") from None


def read_file(path: Path, taxonomy: Taxonomy) -> Iterable[tuple[str, Reading]]:
    """Yield the number and the labels of each line of a reader's file; a line that is not the codebook's is named."""
    family_of = {kind.id: family.id for family, kind in taxonomy.labels() if kind is not None}
    for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        number, *labels = line.split("\t")
        if len(labels) != len(Reading.__struct_fields__):
            raise ArgumentError(f"{path}, line {line_number}: {len(labels) + 1} fields; six are needed.")
        reading = Reading(*labels)
        if (
            family_of.get(reading.type) != reading.relation
            or reading.sentiment not in SENTIMENTS
            or reading.breach not in ("yes", "no")
            or reading.second not in {*taxonomy.family_ids, NONE} - {reading.relation}
        ):
            raise ArgumentError(f"{path}, line {line_number}: the labels {labels} are not the codebook's.")
        yield number, reading

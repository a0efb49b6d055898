"""Correcting by hand: which texts to look at, what was said of them, and how far two persons agree.

Corrections are lines that are only ever added. Taking one back is a line too, so that the file says all that happened.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import polars as pl
from filelock import FileLock
from numpy.typing import NDArray

from relationtypes.errors import UNDECODABLE, ArgumentError, MalformedInputError, OutputNotWritableError, did_you_mean
from relationtypes.explorer.tagging import ID
from relationtypes.findings.checking import CheckedShares, checked_shares, draw_sample
from relationtypes.findings.estimates import UNKNOWN, Estimate, from_draws
from relationtypes.findings.resampling import DRAWS, SEED
from relationtypes.findings.table import TaggedTable
from relationtypes.records import SENTIMENTS
from relationtypes.sealing import check_seal, sealed
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import Taxonomy, load_taxonomy

Queue = Literal["random", "uncertain", "disagreement"]
QUEUES: tuple[Queue, ...] = ("random", "uncertain", "disagreement")
CHECKED = "checked"


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of a text.

    Attributes:
        when: ISO 8601 in UTC.
        who: the reviewer.
        rt_id: number of the text.
        family: id; empty in a line that takes back what *who* said last of the text.
        type: id, one of the family's; empty if not said.
        sentiment: as in a tag; empty if not said.
        breach: whether the brand broke a rule; ``None`` if not said.
        queue: by which the text came up.
        undo: whether the line takes back.
    """

    when: str
    who: str
    rt_id: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    family: str = ""
    type: str = ""
    sentiment: str = ""
    breach: bool | None = None
    queue: Queue = "random"
    undo: bool = False


def correct(
    path: Path,
    *,
    who: str,
    rt_id: int,
    family: str,
    type: str = "",
    sentiment: str = "",
    breach: bool | None = None,
    queue: Queue = "random",
    taxonomy: Taxonomy | None = None,
) -> Correction:
    """Add to *path* what *who* says of a text, in labels of *taxonomy* (by default the standard); said again, it is said anew.

    Raises:
        ArgumentError: nobody is named, or there is no such label or queue.
        OutputNotWritableError: the file cannot be written.
    """
    taxonomy = taxonomy or load_taxonomy()
    _check_one_of("family", family, taxonomy.family_ids)
    kinds = next(tuple(kind.id for kind in one.types) for one in taxonomy.families if one.id == family)
    if type:
        _check_one_of("type", type, kinds)
    if sentiment:
        _check_one_of("sentiment", sentiment, SENTIMENTS)
    _check_one_of("queue", queue, QUEUES)
    made = Correction(
        when=_now(),
        who=_name(who),
        rt_id=rt_id,
        family=family,
        type=type,
        sentiment=sentiment,
        breach=breach,
        queue=queue,
    )
    _add(path, made)
    return made


def take_back(path: Path, *, who: str) -> Correction | None:
    """Take back what *who* said last and has not taken back; return it, ``None`` if there is nothing.

    Raises:
        ArgumentError: nobody is named.
        OutputNotWritableError: the file cannot be written.
    """
    name = _name(who)
    with _locked(path):
        standing = [one for one in _standing(_read(path)) if one.who == name]
        if not standing:
            return None
        last = standing[-1]
        _write_line(path, Correction(when=_now(), who=name, rt_id=last.rt_id, queue=last.queue, undo=True))
    return last


def history(path: Path) -> tuple[Correction, ...]:
    """Return every line of *path*, first to last; none without a file.

    Raises:
        MalformedInputError: a line is none of ours.
    """
    return tuple(_read(path))


def current(path: Path) -> tuple[Correction, ...]:
    """Return what stands: of each reviewer and text what was said last and not taken back, in the order it was said.

    Raises:
        MalformedInputError: a line is none of ours.
    """
    latest: dict[tuple[str, int], Correction] = {}
    for one in _standing(
        _read(path)
    ):  # in the order of the file: by their times it would be another if a clock went back
        latest.pop((one.who, one.rt_id), None)
        latest[one.who, one.rt_id] = one
    return tuple(latest.values())


def as_frame(corrections: Iterable[Correction]) -> pl.DataFrame:
    """Return *corrections* as a table, one row each."""
    rows = [msgspec.structs.asdict(one) for one in corrections]
    names = ("when", "who", ID, "family", "type", "sentiment", "breach", "queue")
    schema: dict[str, Any] = dict.fromkeys(names, pl.String) | {ID: pl.Int64, "breach": pl.Boolean}
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema, orient="row")


def queue_of(
    table: TaggedTable, queue: Queue, corrections: Sequence[Correction], *, who: str, size: int, seed: int = SEED
) -> NDArray[np.int64]:
    """Return the ``rt_id`` of the texts that *who* has yet to look at, in the order to take them.

    Args:
        table: all texts of the project, with ``rt_id``.
        queue: ``random``, classified texts drawn by :func:`draw_sample`, the same for everybody, in a drawn order;
            ``uncertain``, where the first family leads the second by least; ``disagreement``, where reviewers differ.
        corrections: what stands.
        who: the reviewer; what is theirs is left out, save where reviewers disagree.
        size: of the sample, or of the others at most.
        seed: of the sample.

    Raises:
        ArgumentError: there is no such queue, or *size* is less than 1.
    """
    _check_one_of("queue", queue, QUEUES)
    if size < 1:
        raise ArgumentError(f"A queue has at least 1 text. Got {size}.")
    mine = [one.rt_id for one in corrections if one.who == who]
    if queue == "disagreement":
        return np.array(disagreements(corrections)[:size], np.int64)
    classified = int(table.classified.sum())
    numbers = table.frame[ID].to_numpy().astype(np.int64)
    if queue == "random":
        drawn = numbers[draw_sample(table, min(size, classified), seed)] if classified else numbers[:0]
        found = drawn[np.random.default_rng(seed).permutation(len(drawn))]
        return found[~np.isin(found, mine)]
    margin = pl.col(f"{PREFIX}confidence") - pl.col(f"{PREFIX}second_confidence").fill_null(0)
    ranked = table.frame.select(ID, margin.alias("margin")).drop_nulls().sort("margin", ID)[ID].to_numpy()
    ranked = ranked.astype(np.int64)
    return ranked[~np.isin(ranked, mine)][:size]


def disagreements(corrections: Iterable[Correction]) -> list[int]:
    """Return the ``rt_id`` of the texts that reviewers gave different families, ascending."""
    families: dict[int, set[str]] = {}
    for one in corrections:
        families.setdefault(one.rt_id, set()).add(one.family)
    return sorted(number for number, said in families.items() if len(said) > 1)


def shares_now(table: TaggedTable, corrections: Sequence[Correction]) -> CheckedShares | None:
    """Return the shares corrected by what reviewers said in the random queue; ``None`` before the first.

    The other queues are no random samples. Of a text that several looked at, the word said last counts.
    """
    said = {one.rt_id: one.family for one in corrections if one.queue == "random"}
    if not said:
        return None
    numbers = table.frame[ID].cast(pl.Int64)
    labels = numbers.replace_strict(list(said), list(said.values()), default=None, return_dtype=pl.String).alias(
        CHECKED
    )
    if not (labels.is_not_null().to_numpy() & table.classified).any():
        return None
    return checked_shares(replace(table, frame=table.frame.with_columns(labels)), CHECKED)


def agreement(corrections: Sequence[Correction], *, draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """Return Krippendorff's alpha of the families that reviewers gave, with its bootstrap interval over texts.

    ``n`` is the number of texts that at least two looked at; without any the figure is unknown.
    """
    families = sorted({one.family for one in corrections})
    said: dict[int, list[int]] = {}
    for one in corrections:
        said.setdefault(one.rt_id, []).append(families.index(one.family))
    counts = np.zeros((len(said), len(families)))
    for place, number in enumerate(sorted(said)):
        np.add.at(counts[place], said[number], 1)
    counts = counts[counts.sum(axis=1) > 1]
    if not len(counts):
        return UNKNOWN
    rng = np.random.default_rng(seed)
    drawn = np.array([krippendorff_alpha(counts[rng.integers(0, len(counts), len(counts))]) for _ in range(draws)])
    return from_draws(krippendorff_alpha(counts), drawn, len(counts))


def krippendorff_alpha(counts: NDArray[np.floating]) -> float:
    """Return Krippendorff's alpha for nominal labels: 1 is full agreement, 0 what chance would give.

    Krippendorff 2004, "Content Analysis: An Introduction to Its Methodology", ch. 11.

    Args:
        counts: (n, k), how many reviewers gave each text each label; texts of fewer than two reviewers do not count.

    Returns:
        Alpha; NaN where no text has two labels or all labels are the same, so that chance cannot be told from agreement.
    """
    paired = np.asarray(counts, np.float64)
    paired = paired[paired.sum(axis=1) > 1]
    of_text, of_label = paired.sum(axis=1), paired.sum(axis=0)
    total = of_text.sum()
    expected = total**2 - np.square(of_label).sum()
    if not total or not expected:
        return float("nan")
    observed = ((np.square(of_text) - np.square(paired).sum(axis=1)) / (of_text - 1)).sum()
    return float(1 - (total - 1) * observed / expected)


def _standing(lines: Sequence[Correction]) -> list[Correction]:
    """Return the lines that were not taken back, in order."""
    kept: list[Correction] = []
    for line in lines:
        if not line.undo:
            kept.append(line)
            continue
        theirs = [place for place, one in enumerate(kept) if (one.who, one.rt_id) == (line.who, line.rt_id)]
        if theirs:
            del kept[theirs[-1]]
    return kept


def _read(path: Path) -> list[Correction]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise MalformedInputError(f"{path.name!r} cannot be read ({error.strerror}). Check the disk.") from None
    lines = content.split(b"\n")
    if not lines[-1] or not _is_whole(lines[-1]):  # the disk was full, or the power went: it was never said to be kept
        lines.pop()
    found = []
    for number, line in enumerate(lines, 1):
        try:
            check_seal(line)
            found.append(msgspec.json.decode(line, type=Correction))
        except (*UNDECODABLE, MalformedInputError):
            raise MalformedInputError(
                f"Line {number} of {path.name!r} is no correction. Take the line out, or put back a copy of the file."
            ) from None
    return found


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except UNDECODABLE:
        return False
    return True


def _add(path: Path, correction: Correction) -> None:
    with _locked(path):
        _write_line(path, correction)


def _write_line(path: Path, correction: Correction) -> None:
    """Add a line, on the disk when this returns; what an earlier one left that was cut short is cut off."""
    line = sealed(msgspec.json.encode(correction)) + b"\n"
    try:
        # Without a buffer, whose rest would be written when the file is closed, after what was cut off below.
        with path.open("ab+", buffering=0) as file:
            file.seek(0)
            before = file.read()
            whole, newline, rest = before.rpartition(b"\n")
            if rest and _is_whole(rest):
                line = b"\n" + line
            elif rest:
                file.truncate(len(whole) + len(newline))
            end = file.seek(0, os.SEEK_END)
            try:
                while line:
                    line = line[file.write(line) :]
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    os.truncate(path, end)
                raise
    except OSError as error:
        raise _not_kept(path, error) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that every process and thread that writes corrections takes."""
    lock = FileLock(path.with_suffix(".lock"), mode=0o600)
    try:
        lock.acquire()
    except OSError as error:
        raise _not_kept(path, error) from error
    try:
        yield
    finally:
        lock.release()


def _not_kept(path: Path, error: OSError) -> OutputNotWritableError:
    return OutputNotWritableError(
        f"Corrections cannot be kept in {str(path)!r} ({error.strerror}). Check that the folder can be written."
    )


def _check_one_of(what: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise ArgumentError(
            f"There is no {what} {given!r} here.{did_you_mean(given, allowed)} Allowed: {', '.join(allowed)}."
        )


def _name(who: str) -> str:
    if not who.strip():
        raise ArgumentError("A correction needs a reviewer's name. Got an empty one.")
    return " ".join(who.split())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

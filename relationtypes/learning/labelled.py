"""What a person labelled: a table of texts and labels, or the corrections of the explorer → texts, and the types each may be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars
from numpy.typing import NDArray

from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    InputNotFoundError,
    MalformedInputError,
    UnknownLabelError,
    did_you_mean,
)
from relationtypes.normalising import as_read
from relationtypes.reading import choose_text_column, read_table
from relationtypes.taxonomy import Taxonomy

LABEL_SIGN = "|"
"""Stands between the labels of one text, where a text may have several."""
_LABEL_COLUMNS = (
    "label",
    "labels",
    "étiquette",
    "etiquette",
    "type",
    "family",
    "relation",
    "segment",
    "category",
    "class",
)
_CORRECTIONS = "corrections.jsonl"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts that a person labelled, each once.

    Attributes:
        texts: as a tagger reads them (:func:`relationtypes.normalising.as_read`).
        allowed: (n, T), the types that each text may be: one, or all of a family; where labels are told each for itself, those
            that it has.
        notes: what was left out, for the person who gave it.
        source: name of the file.
    """

    texts: tuple[str, ...]
    allowed: NDArray[np.bool_]
    notes: tuple[str, ...] = ()
    source: str = ""

    def __len__(self) -> int:
        return len(self.texts)


def read_labelled(
    path: Path,
    taxonomy: Taxonomy,
    *,
    text: str | None = None,
    label: str | None = None,
    multi_label: bool = False,
) -> Labelled:
    """Return the labelled texts in *path*.

    Args:
        path: a table in any format that is read; or a project of the explorer or the ``corrections.jsonl`` in it.
        taxonomy: of the labels, which may be ids, names or aliases of families or types.
        text: column of the texts; by default the one that looks most like texts.
        label: column of the labels; by default one called so.
        multi_label: whether a text may have several labels, with ``|`` between them.

    Raises:
        InputError: the file cannot be read, has no such column, or gives one text two labels.
        UnknownLabelError: a label is none of *taxonomy*.
    """
    if path.is_dir() or path.name == _CORRECTIONS:
        return _read_corrections(path if path.is_dir() else path.parent, taxonomy)
    frame = read_table(path).frame
    labels = _label_column(frame, label)
    texts = choose_text_column(frame.drop(labels), text)
    rows = zip(frame[texts].cast(polars.String), frame[labels].cast(polars.String), strict=True)
    pairs = [(number, given or "", name or "") for number, (given, name) in enumerate(rows, 1)]
    return labelled_of(pairs, taxonomy, multi_label=multi_label, source=path.name)


def labelled_of(
    rows: Iterable[tuple[int, str, str]], taxonomy: Taxonomy, *, multi_label: bool = False, source: str = "the texts"
) -> Labelled:
    """Return the labelled texts of *rows* (number, text, label); rows without a text or a label are left out and noted.

    Raises:
        UnknownLabelError: a label is none of *taxonomy*.
        MalformedInputError: a text stands there with two labels, and may have one.
    """
    masks = _Masks(taxonomy)
    found: dict[str, NDArray[np.bool_]] = {}
    first: dict[str, int] = {}
    unknown: Counter[str] = Counter()
    clashes: list[tuple[int, int]] = []
    empty = twice = 0
    for number, raw, name in rows:
        text = as_read(raw)
        names = [part.strip() for part in name.split(LABEL_SIGN)] if multi_label else [name.strip()]
        if not text or not any(names):
            empty += 1
            continue
        wanted = [masks.of(part) for part in names if part]
        unknown.update(part for part, mask in zip(filter(None, names), wanted, strict=True) if mask is None)
        known = [mask for mask in wanted if mask is not None]
        if not known:
            continue
        mask = np.logical_or.reduce(known)
        if text in found:
            twice += 1
            if not multi_label and (found[text] != mask).any():
                clashes.append((first[text], number))
        found[text] = mask if text not in found or not multi_label else found[text] | mask
        first.setdefault(text, number)
    _check(unknown, clashes, taxonomy, source)
    notes = [
        *([f"{empty:,} rows without a text or a label are left out"] if empty else []),
        *([f"{twice:,} rows repeat a text and count once"] if twice else []),
    ]
    allowed = np.array(list(found.values()), bool).reshape(len(found), len(taxonomy.type_ids))
    return Labelled(tuple(found), allowed, tuple(notes), source)


class _Masks:
    """Names → the types that they stand for; each name is looked up once."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._known: dict[str, NDArray[np.bool_] | None] = {}

    def of(self, name: str) -> NDArray[np.bool_] | None:
        """Return the types, (T,), that the label *name* stands for, or ``None`` if it is no label."""
        if name not in self._known:
            self._known[name] = self._find(name) if len(self._known) < _MOST_NAMES else None
        return self._known[name]

    def _find(self, name: str) -> NDArray[np.bool_] | None:
        try:
            family, kind = self._taxonomy.find(name)
        except UnknownLabelError:
            return None
        kinds = {kind.id} if kind else {one.id for one in family.types}
        return np.array([one in kinds for one in self._taxonomy.type_ids])


_MOST_NAMES = 1_000
"""Different labels that are looked up: a column with more holds no labels."""


def _check(unknown: Counter[str], clashes: Sequence[tuple[int, int]], taxonomy: Taxonomy, source: str) -> None:
    if unknown:
        ids = taxonomy.type_ids
        if len(unknown) > len(ids) + _SHOWN:
            raise UnknownLabelError(
                f"{source}: {len(unknown):,} different labels are none of the taxonomy's {len(ids)}. The column of"
                " labels may be the"
                " wrong one: name it with --label. Or give the taxonomy of these labels with --taxonomy."
            )
        name, times = unknown.most_common(1)[0]
        shown = name if len(name) <= 60 else f"{name[:20]}…"
        others = f" (and {len(unknown) - 1:,} more labels)" if len(unknown) > 1 else ""
        raise UnknownLabelError(
            f"{source}: the label {shown!r} of {times:,} texts{others} is not in the"
            f" taxonomy.{did_you_mean(name, ids)} Its labels"
            f" are: {', '.join(ids[:40])}. Correct the file, or add the label to the taxonomy."
        )
    if clashes:
        rows = "; ".join(f"{one} and {other}" for one, other in clashes[:_SHOWN])
        raise MalformedInputError(
            f"{source}: {len(clashes):,} times a text stands there with two different labels (rows {rows}). Decide on"
            " one, or, if a"
            " text may have several labels, say --multi-label."
        )


def _label_column(frame: polars.DataFrame, wanted: str | None) -> str:
    columns = {name.casefold().strip(): name for name in frame.columns}
    if wanted is not None and wanted in frame.columns:
        return wanted
    if wanted is None:
        for name in _LABEL_COLUMNS:
            if name in columns:
                return columns[name]
    what = f"No column {wanted!r}.{did_you_mean(wanted, frame.columns)}" if wanted else "No column is called 'label'."
    raise ColumnError(
        f"{what} The columns are: {', '.join(map(repr, frame.columns[:20]))}. Name the one that holds the labels with --label."
    )


def _read_corrections(folder: Path, taxonomy: Taxonomy) -> Labelled:
    """Return what reviewers said of the texts of the project of the explorer in *folder*.

    Texts that they label differently are left out.
    """
    from relationtypes.explorer.project import Project
    from relationtypes.explorer.reviewing import current

    project = Project(folder)
    for path in (project.corrections, project.texts):
        if not path.is_file():
            raise InputNotFoundError(
                f"There is no {path.name!r} in {str(folder)!r}. Give a project of the explorer in which texts were corrected: its"
                " folder, or the corrections.jsonl in it."
            )
    texts = _texts_of_project(project.texts)
    said: dict[int, list[str]] = defaultdict(list)
    for one in current(project.corrections):
        said[one.rt_id].append(one.family)
    gone = sum(number not in texts for number in said)
    split = [number for number, families in said.items() if len(set(families)) > 1]
    rows = [(n, texts[n], families[0]) for n, families in said.items() if n in texts and n not in set(split)]
    notes = [
        *([f"{gone:,} corrections are of texts that are no longer in the project"] if gone else []),
        *([f"{len(split):,} texts that reviewers label differently are left out"] if split else []),
    ]
    copies = defaultdict(set)
    for _, text, family in rows:
        copies[as_read(text)].add(family)
    agreed = [row for row in rows if len(copies[as_read(row[1])]) == 1]
    if len(agreed) < len(rows):
        notes.append(
            f"{len(rows) - len(agreed):,} corrections of copies of one text contradict each other and are left out"
        )
    found = labelled_of(agreed, taxonomy, source=_CORRECTIONS)
    return Labelled(found.texts, found.allowed, (*notes, *found.notes), folder.name)


def _texts_of_project(path: Path) -> dict[int, str]:
    from relationtypes.explorer.tagging import ID
    from relationtypes.findings.table import TEXT

    try:
        frame = polars.read_parquet(path, columns=[ID, TEXT])
    except (OSError, polars.exceptions.PolarsError) as error:
        raise ArgumentError(
            f"The texts of the project cannot be read ({type(error).__name__}). Open it in the explorer once, and try again."
        ) from None
    return dict(zip(frame[ID].to_list(), frame[TEXT].to_list(), strict=True))

"""Taxonomies of one's own: a bundled frame, a folder, a table or a TOML file → a taxonomy, and JSON and back."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from relationtypes import _data
from relationtypes.errors import InputError, TaxonomyError, did_you_mean
from relationtypes.taxonomy._files import is_standard, load_taxonomy, read_folder, read_toml
from relationtypes.taxonomy._records import (
    EMPTY_PLAYBOOK,
    STANDARD,
    Family,
    Provenance,
    Record,
    RelationType,
    Taxonomy,
    Text,
    Texts,
)

MOST_LABELS = 200
"""Labels of a taxonomy: more is a mistake, such as a column of texts taken for labels."""
NONE_OF_THESE = "none_of_these"
"""Id of the family of texts that no label of a taxonomy fits."""
EXAMPLE_SIGN = "|"
"""Stands between the examples in one cell of a table, as a line break does."""

_LONGEST_NAME = 80
_IN_MODELS = "taxonomy.json"
_COLUMNS = ("label", "description", "examples", "name_fr", "description_fr", "examples_fr", "family")
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
_OWN = Provenance("own", (), Text("", ""))
_NONE = Texts((), ())


class _FrameLabel(Record, frozen=True, kw_only=True):
    """A label of a frame's file; without an id its English name gives one, without a family it is one of its own."""

    name: Text
    definition: Text
    examples: Texts = _NONE
    id: str = ""
    family: Text | None = None
    provenance: Provenance | None = None


class FrameFile(Record, frozen=True, kw_only=True):
    """The shape of a taxonomy in one TOML file, as in ``labels/frames/``."""

    name: Text
    labels: tuple[_FrameLabel, ...]
    version: str = "1"
    note: Text = Text("", "")
    sources: dict[str, str] = msgspec.field(default_factory=dict)
    provenance: Provenance = _OWN
    """Of labels that give none."""


def read_taxonomy(source: str | Path) -> Taxonomy:
    """Return the taxonomy that *source* names or holds.

    Args:
        source: name of a bundled frame, or ``standard``; a folder in the format of ``labels/``; a table (CSV, TSV, XLSX, XLS,
            ODS) with the columns label, description and examples, and where wanted name_fr, description_fr, examples_fr and
            family; a TOML file in the format of ``labels/frames/``; a JSON file as :func:`taxonomy_json` writes it; or the
            folder of a model, which holds one. A label stands in several rows where each gives further examples; examples
            in one cell stand on lines of their own or between ``|``.

    Raises:
        TaxonomyError: there is no such taxonomy, or its labels are too few, too many, twice there or without a name.
        InputError: the table cannot be read.
    """
    path = Path(source)
    frames = {frame.stem: frame for frame in _frame_files()}
    if str(source) == STANDARD:
        return load_taxonomy()
    if str(source) in frames:
        path = frames[str(source)]
    if (path / _IN_MODELS).is_file():
        path /= _IN_MODELS
    if path.is_dir():
        found = read_folder(path)
        return _checked(found if is_standard(found) else msgspec.structs.replace(found, id=label_id(path.name)), path)
    if not path.is_file():
        known = [STANDARD, *frames]
        raise TaxonomyError(
            f"There is no taxonomy {str(source)!r}.{did_you_mean(str(source), known)} Give a file, a folder, or the name of"
            f" one that is bundled: {', '.join(known)}."
        )
    readers = {".toml": _of_toml, ".json": _of_json, **dict.fromkeys(_TABLES, _of_table)}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TaxonomyError(
            f"{path.name!r} is no taxonomy: its extension is {path.suffix!r}; {', '.join(readers)} can be read."
            " Save it as one of these, or give a folder."
        )
    return _checked(reader(path), path)


def bundled_frames() -> tuple[Taxonomy, ...]:
    """Return the frames that are shipped beside the standard taxonomy, by id; no model is shipped for them."""
    return tuple(read_taxonomy(path) for path in _frame_files())


def frame_of(names: Iterable[str]) -> Taxonomy:
    """Return a taxonomy of labels of which nothing is known but their *names*, in that order; ids are ``label_0``, and so on."""
    said = [Text(name, name) for name in names]
    labels = [_FrameLabel(id=f"label_{i}", name=name, definition=Text("", "")) for i, name in enumerate(said)]
    return Taxonomy("1", _families(labels), {}, id="labels", name=Text("Labels", "Étiquettes"))


def taxonomy_json(taxonomy: Taxonomy) -> str:
    """Return all of *taxonomy* as JSON; :func:`read_taxonomy` of a file with it gives an equal one."""
    return msgspec.json.format(msgspec.json.encode(taxonomy), indent=1).decode() + "\n"


def with_none_of_these(taxonomy: Taxonomy) -> Taxonomy:
    """Return *taxonomy* with a last family for texts that none of its labels fits, unless it has one."""
    if NONE_OF_THESE in taxonomy.family_ids:
        return taxonomy
    made = read_toml(_data.labels_dir() / "reserved" / f"{NONE_OF_THESE}.toml", _FrameLabel)
    return msgspec.structs.replace(taxonomy, families=(*taxonomy.families, *_families([made])))


def label_id(name: str) -> str:
    """Return the id of a label called *name*: its letters and digits in lower case without accents, joined by ``_``.

    >>> label_id("Clients fidèles (10 ans)")
    'clients_fideles_10_ans'
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe").replace("æ", "ae"))
    kept = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return "_".join(kept.split())


def _frame_files() -> list[Path]:
    return sorted((_data.labels_dir() / "frames").glob("*.toml"))


def _of_toml(path: Path) -> Taxonomy:
    file = read_toml(path, FrameFile)
    labels = [msgspec.structs.replace(one, provenance=one.provenance or file.provenance) for one in file.labels]
    cited = {key for one in labels for key in (one.provenance or _OWN).source}
    if unlisted := sorted(cited - set(file.sources)):
        raise TaxonomyError(f"{path.name!r}: the source {unlisted[0]!r} is not listed in [sources].")
    return Taxonomy(
        file.version, _families(labels, path), file.sources, id=label_id(path.stem), name=file.name, note=file.note
    )


def _of_json(path: Path) -> Taxonomy:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Taxonomy)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise TaxonomyError(f"The taxonomy {path.name!r} is wrong: {error}.") from None


def _of_table(path: Path) -> Taxonomy:
    rows = _rows(path)
    found: dict[str, _Row] = {}
    for number, cells in rows:
        name = cells["label"] or (next(reversed(found)) if found else "")
        if not name:
            raise TaxonomyError(f"{path.name!r}, row {number}: there is no label. Fill the column 'label'.")
        if name not in found:
            if len(found) >= MOST_LABELS:
                raise _too_many(path, f"more than {MOST_LABELS}")
            found[name] = _Row(number)
        found[name].add(cells, name, number, path)
    labels = [row.label(name) for name, row in found.items()]
    return Taxonomy("1", _families(labels, path), {}, id=label_id(path.stem), name=Text(path.stem, path.stem))


@dataclass
class _Row:
    """What the rows of one label say of it; *first* is the number of the first."""

    first: int
    said: dict[str, str] = field(default_factory=dict)
    en: list[str] = field(default_factory=list)
    fr: list[str] = field(default_factory=list)

    def add(self, cells: Mapping[str, str], name: str, number: int, path: Path) -> None:
        """Take up a row: what it says must not contradict an earlier one, and must be new."""
        en, fr = _examples(cells["examples"]), _examples(cells["examples_fr"])
        if number != self.first and not en and not fr:
            raise TaxonomyError(
                f"{path.name!r}: the label {name!r} is in row {self.first} and again in row {number}. Remove one; a further row"
                " of a label gives further examples."
            )
        for column in ("description", "name_fr", "description_fr", "family"):
            if cells[column] and self.said.setdefault(column, cells[column]) != cells[column]:
                raise TaxonomyError(
                    f"{path.name!r}: the label {name!r} has one {column} in row {self.first} and another in row {number}. Give"
                    " it one, or call the labels by two names."
                )
        self.en += en
        self.fr += fr

    def label(self, name: str) -> _FrameLabel:
        """Return the label; what is in one language only stands for both."""
        definition = self.said.get("description", "")
        family = self.said.get("family")
        return _FrameLabel(
            name=Text(name, self.said.get("name_fr", name)),
            definition=Text(
                definition or self.said.get("description_fr", ""), self.said.get("description_fr", definition)
            ),
            examples=Texts(tuple(self.en or self.fr), tuple(self.fr or self.en)),
            family=Text(family, family) if family else None,
        )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table with their numbers, as a spreadsheet counts them; absent columns and cells are empty."""
    from relationtypes.reading import read_table  # polars takes long to import, and most runs read no table of labels

    try:
        frame = read_table(path, header=True).frame
    except InputError as error:
        raise type(error)(f"The taxonomy {path.name!r} cannot be read. {error}") from None
    folded = {name: label_id(name) for name in frame.columns}
    unknown = [name for name, column in folded.items() if column not in _COLUMNS]
    if unknown or "label" not in folded.values():
        wrong = f"has the unknown column {unknown[0]!r}" if unknown else "has no column 'label'"
        near = did_you_mean(label_id(unknown[0]), _COLUMNS) if unknown else ""
        raise TaxonomyError(f"The taxonomy {path.name!r} {wrong}.{near} Its columns may be: {', '.join(_COLUMNS)}.")
    for number, row in enumerate(frame.iter_rows(named=True), 2):
        cells = dict.fromkeys(_COLUMNS, "")
        cells |= {folded[name]: str(value).strip() for name, value in row.items() if value is not None}
        if any(cells.values()):
            cells["label"] = " ".join(cells["label"].split())
            yield number, cells


def _examples(cell: str) -> list[str]:
    pieces = cell.replace(EXAMPLE_SIGN, "\n").splitlines()
    return [piece.strip() for piece in pieces if piece.strip()]


def _families(labels: Iterable[_FrameLabel], path: Path | None = None) -> tuple[Family, ...]:
    """Put labels into their families, in order of appearance; a label of its family's name is its plain type."""
    grouped: dict[str, list[tuple[str, _FrameLabel]]] = {}
    named: dict[str, Text] = {}
    for label in labels:
        _check_name(label, path)
        key = label.id or label_id(label.name.en)
        family = label.family or label.name
        home = label_id(family.en) if label.family else key
        named.setdefault(home, family)
        grouped.setdefault(home, []).append((key, label))
    return tuple(_family(home, named[home], members) for home, members in grouped.items())


def _family(home: str, name: Text, members: list[tuple[str, _FrameLabel]]) -> Family:
    types = tuple(
        RelationType(key, one.name, one.definition, _NONE, _NONE, _NONE, one.provenance or _OWN, one.examples)
        for key, one in members
    )
    plain = next((one for one in types if one.id == home), None)
    listed = Text(", ".join(one.name.en for one in types), ", ".join(one.name.fr for one in types))
    return Family(
        id=home,
        name=name,
        definition=plain.definition if plain else listed,
        aliases=_NONE,
        cues=_NONE,
        counter_cues=_NONE,
        provenance=plain.provenance if plain else _OWN,
        playbook=EMPTY_PLAYBOOK,
        types=types,
    )


def _check_name(label: _FrameLabel, path: Path | None) -> None:
    name, where = label.name.en, repr(path.name) if path else "The taxonomy"
    if len(name) > _LONGEST_NAME:
        raise TaxonomyError(
            f"{where}: a label has {len(name):,} characters; a name has {_LONGEST_NAME} at most. Put texts into 'examples', and"
            " what a label means into 'description'."
        )
    for word in (label.id or name, label.family.en if label.family else name):
        if not label_id(word):
            raise TaxonomyError(f"{where}: {word!r} has no letter or digit, so it can be no label. Give it a name.")


def _checked(taxonomy: Taxonomy, path: Path) -> Taxonomy:
    """Return *taxonomy* if a model can learn it.

    Raises:
        TaxonomyError: it cannot.
    """
    ids = taxonomy.type_ids
    if len(ids) < 2:
        raise TaxonomyError(
            f"{path.name!r} has {'one label' if ids else 'no label'}. Give two at least: a text is put under one rather"
            " than another."
        )
    if len(ids) > MOST_LABELS:
        raise _too_many(path, f"{len(ids):,}")
    owners: dict[str, str] = {}
    for family, kind in taxonomy.labels():
        if kind is None:
            continue
        if kind.id in owners or (kind.id in taxonomy.family_ids and kind.id != family.id):
            raise TaxonomyError(
                f"{path.name!r}: the label {kind.name.en!r} has the id {kind.id!r} of another label"
                f" ({owners.get(kind.id, kind.id)!r}). Names must differ in more than case, accents and signs."
            )
        owners[kind.id] = kind.name.en
    if len(taxonomy.families) < 2:
        raise TaxonomyError(
            f"{path.name!r} has one family, {taxonomy.family_ids[0]!r}. Give its labels to two families at least, or leave the"
            " families out: each label is then one of its own."
        )
    if len(set(taxonomy.family_ids)) < len(taxonomy.family_ids) or not all(one.types for one in taxonomy.families):
        raise TaxonomyError(f"{path.name!r}: a family is there twice or has no label. Give each once, with its labels.")
    return taxonomy


def _too_many(path: Path, found: str) -> TaxonomyError:
    return TaxonomyError(
        f"{path.name!r} has {found} labels; {MOST_LABELS} are the most. The column 'label' holds names of labels, each for"
        " itself; texts with their labels are what a model is trained on, with: relationtypes train."
    )

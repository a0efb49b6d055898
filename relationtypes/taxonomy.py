"""The labels: eight families and the fine types in them, read from the data files in ``labels/``.

Ids are stable and identify; names, definitions and order are presentation and may change. The fingerprint covers what
a model depends on: which ids there are and which family each type is in.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from relationtypes import _data
from relationtypes.errors import TaxonomyError, UnknownLabelError, did_you_mean

_T = TypeVar("_T")

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

Status = Literal["hbr_study", "literature", "memory", "ours"]
"""Where a name comes from: the HBR study, other literature on brand relationships, memory (unverified), ourselves."""

Basis = Literal["sourced", "proposed"]
ServiceMode = Literal[
    "personal_assistance",
    "dedicated_personal_assistance",
    "self_service",
    "automated_services",
    "communities",
    "co_creation",
]
RelationAim = Literal["transactional", "service", "advice", "loyalty", "collaborative"]


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the records below: immutable, and no field unknown to the schema."""


class Text(_Record, frozen=True):
    """A text in both languages."""

    en: str
    fr: str

    def __getitem__(self, language: Language) -> str:
        return self.en if language == "en" else self.fr


class Texts(_Record, frozen=True):
    """Several texts in both languages; the two lists need not match item by item."""

    en: tuple[str, ...]
    fr: tuple[str, ...]

    def __getitem__(self, language: Language) -> tuple[str, ...]:
        return self.en if language == "en" else self.fr


class Provenance(_Record, frozen=True):
    """Where a name comes from; ``source`` holds keys of :attr:`Taxonomy.sources`."""

    status: Status
    source: tuple[str, ...]
    note: Text


class Rule(_Record, frozen=True):
    """One line of a playbook, and whether a source says it or we propose it."""

    text: Text
    basis: Basis
    source: tuple[str, ...]


class Fit(_Record, frozen=True):
    """What suits a relationship: service modes of the Business Model Canvas, and relation aims.

    ``source`` says where the modes and aims themselves come from. What runs against a relationship (``clashes_modes`` where no
    fitting mode is offered beside them, ``clashes_aims`` always) is our proposal, drawn from the playbook's own lines.
    """

    service_modes: tuple[ServiceMode, ...]
    relation_aims: tuple[RelationAim, ...]
    basis: Basis
    source: tuple[str, ...]
    clashes_modes: tuple[ServiceMode, ...] = ()
    clashes_aims: tuple[RelationAim, ...] = ()


class Playbook(_Record, frozen=True):
    """The rules of a relationship: what the customer expects and gives, what breaks it, what the company should do."""

    expects: tuple[Rule, ...]
    gives: tuple[Rule, ...]
    breaks: tuple[Rule, ...]
    company_should: tuple[Rule, ...]
    fit: Fit


class _Label(_Record, frozen=True):
    """What a family and a type have in common."""

    id: str
    name: Text
    definition: Text
    aliases: Texts
    cues: Texts
    counter_cues: Texts
    provenance: Provenance


class RelationType(_Label, frozen=True):
    """A fine type within a family."""


class _FamilyHead(_Label, frozen=True):
    """The part of a family that its file gives under ``[family]``."""


class FamilyFile(_Record, frozen=True):
    """The shape of one file of ``labels/``; ``labels/schema.json`` is generated from it."""

    family: _FamilyHead
    playbook: Playbook
    types: tuple[RelationType, ...]


class _Index(_Record, frozen=True):
    version: str
    families: tuple[str, ...]
    retired_ids: tuple[str, ...]
    sources: dict[str, str]


class Family(_Label, frozen=True):
    """A family of relationships, its playbook and its types; the first type is the plain one."""

    playbook: Playbook
    types: tuple[RelationType, ...]


class Taxonomy(_Record, frozen=True):
    """All families, in order of presentation."""

    version: str
    families: tuple[Family, ...]
    sources: dict[str, str]

    @property
    def family_ids(self) -> tuple[str, ...]:
        """Ids of the families, in order."""
        return tuple(family.id for family in self.families)

    @property
    def type_ids(self) -> tuple[str, ...]:
        """Ids of all types, family by family."""
        return tuple(kind.id for family in self.families for kind in family.types)

    @property
    def families_of_types(self) -> tuple[int, ...]:
        """For each type, in the order of :attr:`type_ids`, the position of its family."""
        return tuple(i for i, family in enumerate(self.families) for _ in family.types)

    @property
    def fingerprint(self) -> str:
        """A hash of the ids and of which type is in which family, independent of order, names and wording."""
        pairs = sorted(f"{family.id}/{kind.id}" for family in self.families for kind in family.types)
        return hashlib.sha256("\n".join(pairs).encode()).hexdigest()[:16]

    def labels(self) -> Iterator[tuple[Family, RelationType | None]]:
        """Yield every family (with ``None``) followed by each of its types."""
        for family in self.families:
            yield family, None
            for kind in family.types:
                yield family, kind

    def find(self, wanted: str) -> tuple[Family, RelationType | None]:
        """Return the family or type with this id, name or alias in either language; a family goes before a type."""
        key = _fold(wanted)
        known: dict[str, tuple[Family, RelationType | None]] = {}
        for rank in (_by_id, _by_name, _by_alias):
            for family, kind in self.labels():
                for word in rank(kind or family):
                    known.setdefault(_fold(word), (family, kind))
        if key not in known:
            ids = dict.fromkeys((*self.family_ids, *self.type_ids))
            raise UnknownLabelError(
                f"There is no label {wanted!r}.{did_you_mean(key, known)} The ids are: {', '.join(ids)}."
            )
        return known[key]


def _by_id(label: _Label) -> tuple[str, ...]:
    return (label.id,)


def _by_name(label: _Label) -> tuple[str, ...]:
    return (label.name.en, label.name.fr)


def _by_alias(label: _Label) -> tuple[str, ...]:
    return label.aliases.en + label.aliases.fr


def _fold(word: str) -> str:
    return " ".join(word.casefold().replace("_", " ").replace("–", "-").replace("-", " ").split())


@functools.cache
def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """Read and check the taxonomy in *folder* (default: the one shipped with the package)."""
    folder = folder or _data.labels_dir()
    index = _read(folder / "taxonomy.toml", _Index)
    files = {name: _read(folder / f"{name}.toml", FamilyFile) for name in index.families}
    _check_ids(index, files)
    _check_texts(index, files)
    _check_fits(files)
    families = tuple(
        Family(
            **{field: getattr(file.family, field) for field in file.family.__struct_fields__},
            playbook=file.playbook,
            types=file.types,
        )
        for file in files.values()
    )
    return Taxonomy(index.version, families, index.sources)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a family file, as stored in ``labels/schema.json``."""
    described = msgspec.json.schema(FamilyFile)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def _read(path: Path, kind: type[_T]) -> _T:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        raise TaxonomyError(f"The label file {path} is missing.") from None
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise TaxonomyError(f"The label file {path} is wrong: {error}.") from None


def _check_ids(index: _Index, files: dict[str, FamilyFile]) -> None:
    seen: dict[str, str] = {}
    for name, file in files.items():
        if file.family.id != name:
            raise TaxonomyError(
                f"labels/{name}.toml describes the family {file.family.id!r}; it must describe {name!r}."
            )
        if not file.types:
            raise TaxonomyError(f"The family {name!r} has no type; it needs at least the plain one.")
        for kind in file.types:
            if kind.id in seen:
                raise TaxonomyError(
                    f"The type {kind.id!r} is in {seen[kind.id]!r} and again in {name!r}; a type has one family."
                )
            if kind.id in files and kind.id != name:
                raise TaxonomyError(f"The type {kind.id!r} of {name!r} bears the id of another family.")
            seen[kind.id] = name
    if len(files) != len(index.families):
        raise TaxonomyError("labels/taxonomy.toml names a family twice.")
    reused = (set(seen) | set(files)) & set(index.retired_ids)
    if reused:
        raise TaxonomyError(f"Retired ids are used again: {', '.join(sorted(reused))}. Choose new ids.")


def _check_texts(index: _Index, files: dict[str, FamilyFile]) -> None:
    for name, file in files.items():
        for place, record in _walk(file, name):
            texts = (
                (record.en, record.fr)
                if isinstance(record, Text)
                else (*record.en, *record.fr)
                if isinstance(record, Texts)
                else ()
            )
            if not all(text.strip() for text in texts):
                raise TaxonomyError(f"{place}: a text is empty in English or French.")
            for key in getattr(record, "source", ()):
                if key not in index.sources:
                    raise TaxonomyError(f"{place}: the source {key!r} is not listed in labels/taxonomy.toml.")


def _check_fits(files: dict[str, FamilyFile]) -> None:
    for name, file in files.items():
        fit = file.playbook.fit
        both = {*fit.service_modes, *fit.relation_aims} & {*fit.clashes_modes, *fit.clashes_aims}
        if both:
            raise TaxonomyError(
                f"{name}.playbook.fit: {', '.join(sorted(both))} cannot both suit and break a relationship."
            )


def _walk(record: _Record, place: str) -> Iterator[tuple[str, _Record]]:
    yield place, record
    for field in record.__struct_fields__:
        value = getattr(record, field)
        for i, item in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(item, _Record):
                yield from _walk(item, f"{place}.{field}[{i}]" if isinstance(value, tuple) else f"{place}.{field}")

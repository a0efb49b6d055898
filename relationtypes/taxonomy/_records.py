"""What a taxonomy is made of: families, the types in them, and what is said of each.

Ids are stable and identify; names, definitions and order are presentation and may change. The fingerprint covers what
a model depends on: which ids there are and which family each type is in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import msgspec

from relationtypes.errors import UnknownLabelError, did_you_mean

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

Status = Literal["hbr_study", "literature", "memory", "ours", "own"]
"""Where a name comes from: the HBR study, other literature, memory (unverified), the makers of this program, or ``own``:
whoever wrote a taxonomy of their own."""

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


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the records below: immutable, and no field unknown to the schema."""


STANDARD = "standard"
"""Id of the taxonomy that is shipped, with which the shipped model tags."""


class Text(Record, frozen=True):
    """A text in both languages."""

    en: str
    fr: str

    def __getitem__(self, language: Language) -> str:
        return self.en if language == "en" else self.fr


class Texts(Record, frozen=True):
    """Several texts in both languages; the two lists need not match item by item."""

    en: tuple[str, ...]
    fr: tuple[str, ...]

    def __getitem__(self, language: Language) -> tuple[str, ...]:
        return self.en if language == "en" else self.fr

    @property
    def every(self) -> tuple[str, ...]:
        """The texts of both languages, each once."""
        return tuple(dict.fromkeys((*self.en, *self.fr)))


class Provenance(Record, frozen=True):
    """Where a name comes from; ``source`` holds keys of :attr:`Taxonomy.sources`."""

    status: Status
    source: tuple[str, ...]
    note: Text


class Rule(Record, frozen=True):
    """One line of a playbook, and whether a source says it or we propose it."""

    text: Text
    basis: Basis
    source: tuple[str, ...]


class Fit(Record, frozen=True):
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


class Playbook(Record, frozen=True):
    """The rules of a relationship: what the customer expects and gives, what breaks it, what the company should do."""

    expects: tuple[Rule, ...]
    gives: tuple[Rule, ...]
    breaks: tuple[Rule, ...]
    company_should: tuple[Rule, ...]
    fit: Fit

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, as that of a family of one's own."""
        return self == EMPTY_PLAYBOOK


EMPTY_PLAYBOOK = Playbook((), (), (), (), Fit((), (), "proposed", ()))
"""Of a family for which nobody wrote rules."""


class _Label(Record, frozen=True, omit_defaults=True):
    """What a family and a type have in common; ``cues`` are phrases, ``examples`` whole texts."""

    id: str
    name: Text
    definition: Text
    aliases: Texts
    cues: Texts
    counter_cues: Texts
    provenance: Provenance
    examples: Texts = Texts((), ())


class RelationType(_Label, frozen=True):
    """A fine type within a family."""


class _FamilyHead(_Label, frozen=True):
    """The part of a family that its file gives under ``[family]``."""


class FamilyFile(Record, frozen=True):
    """The shape of one file of ``labels/``; ``labels/schema.json`` is generated from it."""

    family: _FamilyHead
    playbook: Playbook
    types: tuple[RelationType, ...]


class LabelsIndex(Record, frozen=True):
    version: str
    families: tuple[str, ...]
    retired_ids: tuple[str, ...]
    sources: dict[str, str]


class Family(_Label, frozen=True, kw_only=True):
    """A family of relationships, its playbook and its types; the first type is the plain one."""

    playbook: Playbook
    types: tuple[RelationType, ...]

    @property
    def is_undivided(self) -> bool:
        """Whether its one type is the family itself."""
        return tuple(kind.id for kind in self.types) == (self.id,)


class Taxonomy(Record, frozen=True):
    """All families, in order of presentation.

    Attributes:
        version: of the wording and the labels together.
        families: each with its types; a family that is not divided has one type of its own id.
        sources: what the keys in ``source`` stand for.
        id: short name of the whole.
        name: of the whole.
        note: where the whole comes from, and what it is for.
    """

    version: str
    families: tuple[Family, ...]
    sources: dict[str, str]
    id: str = STANDARD
    name: Text = Text("Standard taxonomy", "Taxonomie standard")
    note: Text = Text("", "")

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

"""The labels: eight families and the fine types in them as shipped, and taxonomies of one's own beside them."""

from __future__ import annotations

from relationtypes.taxonomy._files import is_standard, load_taxonomy, schema
from relationtypes.taxonomy._frames import (
    MOST_LABELS,
    NONE_OF_THESE,
    bundled_frames,
    label_id,
    read_taxonomy,
    taxonomy_json,
    with_none_of_these,
)
from relationtypes.taxonomy._records import (
    EMPTY_PLAYBOOK,
    LANGUAGES,
    Basis,
    Family,
    FamilyFile,
    Fit,
    Language,
    Playbook,
    Provenance,
    RelationAim,
    RelationType,
    Rule,
    ServiceMode,
    Status,
    Taxonomy,
    Text,
    Texts,
)

__all__ = [
    "EMPTY_PLAYBOOK",
    "LANGUAGES",
    "MOST_LABELS",
    "NONE_OF_THESE",
    "Basis",
    "Family",
    "FamilyFile",
    "Fit",
    "Language",
    "Playbook",
    "Provenance",
    "RelationAim",
    "RelationType",
    "Rule",
    "ServiceMode",
    "Status",
    "Taxonomy",
    "Text",
    "Texts",
    "bundled_frames",
    "is_standard",
    "label_id",
    "load_taxonomy",
    "read_taxonomy",
    "schema",
    "taxonomy_json",
    "with_none_of_these",
]

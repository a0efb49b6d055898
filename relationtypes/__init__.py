"""Which relationship does a text cast customer and brand into? See README.md."""

from __future__ import annotations

from relationtypes.errors import RelationTypesError
from relationtypes.records import Evidence, Scores, Tag
from relationtypes.tagger import RelationTagger
from relationtypes.taxonomy import Family, RelationType, Taxonomy, load_taxonomy

__version__ = "0.4.0"

__all__ = [
    "Evidence",
    "Family",
    "RelationTagger",
    "RelationType",
    "RelationTypesError",
    "Scores",
    "Tag",
    "Taxonomy",
    "__version__",
    "load_taxonomy",
]

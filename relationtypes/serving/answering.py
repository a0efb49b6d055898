"""What a client is answered. Tags, facts and labels are the records that Python has, so nothing is said twice."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from relationtypes import __version__
from relationtypes.manifest import ModelFacts, ModelIdentity
from relationtypes.records import Tag
from relationtypes.serving.limits import Limits
from relationtypes.tagger import RelationTagger
from relationtypes.taxonomy import Language, Taxonomy


class Names(msgspec.Struct, frozen=True):
    """Names of the labels in the language asked for.

    Attributes:
        families: the name of each family, by id.
        types: the name of each type, by id.
    """

    families: dict[str, str]
    types: dict[str, str]


class TagAnswer(msgspec.Struct, frozen=True):
    """Tags, in the order of the texts.

    Attributes:
        model: what made them.
        names: names of all labels, where they were asked for; else null.
        tags: one for each text.
    """

    model: ModelIdentity
    names: Names | None
    tags: Sequence[Tag]


class ModelAnswer(msgspec.Struct, frozen=True):
    """The model, and what this server takes on.

    Attributes:
        package: version of the program.
        abstain_below: confidence under which a tag is not signed, unless the request says otherwise.
        limits: what one request may ask for.
        model: what it is, and how it errs on texts that it was not trained on.
    """

    package: str
    abstain_below: float
    limits: Limits
    model: ModelFacts


class Health(msgspec.Struct, frozen=True):
    """How the server is.

    Attributes:
        live: always true: it answers.
        ready: whether it would take on a request now; not while its queue is full or it is being ended.
        inside: requests that are read or wait.
    """

    live: bool
    ready: bool
    inside: int


def identity(facts: ModelFacts) -> ModelIdentity:
    """Return the part of *facts* that goes with every answer."""
    return msgspec.convert(facts, ModelIdentity, from_attributes=True)


def names(taxonomy: Taxonomy, language: Language) -> Names:
    """Return the names of all labels of *taxonomy*."""
    return Names(
        {family.id: family.name[language] for family in taxonomy.families},
        {kind.id: kind.name[language] for family in taxonomy.families for kind in family.types},
    )


def model_answer(tagger: RelationTagger, limits: Limits) -> ModelAnswer:
    """Return what the server says of its model."""
    return ModelAnswer(__version__, tagger.classifier.abstain_below, limits, tagger.classifier.facts)

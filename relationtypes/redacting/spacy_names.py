"""Names of persons from a spaCy model that is installed already; nothing is downloaded."""

from __future__ import annotations

import importlib

from relationtypes.errors import MissingExtraError
from relationtypes.redacting.kinds import FindNames

_PERSONS = {"PERSON", "PER"}


def spacy_names(model: str) -> FindNames:
    """Return a finder of persons' names, for ``redact(…, find_names=…)``.

    Args:
        model: name or folder of an installed spaCy pipeline with an entity recogniser, such as ``fr_core_news_sm``.

    Raises:
        MissingExtraError: spaCy or this pipeline is not installed.
    """
    try:
        pipeline = importlib.import_module("spacy").load(model)
    except ImportError as error:
        raise MissingExtraError("spacy", "spacy") from error
    except OSError as error:
        raise MissingExtraError(model, "spacy") from error

    def find(text: str) -> list[tuple[int, int]]:
        return [(entity.start_char, entity.end_char) for entity in pipeline(text).ents if entity.label_ in _PERSONS]

    return find

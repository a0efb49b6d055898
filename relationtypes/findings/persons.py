"""Which words are names of persons, as far as a list of given names and their use tell."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.tokens import Terms

_MOSTLY = 0.5


@functools.cache
def _given_names() -> frozenset[str]:
    path = Path(__file__).with_name("given_names.toml")
    return frozenset(" ".join(msgspec.toml.decode(path.read_bytes(), type=dict[str, list[str]])["names"]).split())


def names_persons(terms: Terms, kept: frozenset[str]) -> NDArray[np.bool_]:
    """Return whether each term holds a given name, or a word that mostly stands behind one and so is a surname; (k).

    Args:
        terms: of the texts.
        kept: words that are no names of persons.
    """
    given = _given_names() - kept
    places = {term: place for place, term in enumerate(terms.terms)}
    uses = terms.counts
    proper = terms.proper >= _MOSTLY
    names = {term for term in given if term in places and proper[places[term]]}
    for place in np.flatnonzero(terms.pairs & proper):
        first, last = terms.terms[place].split()
        own = places.get(last)
        if first in given and last not in kept and own is not None and proper[own] and 2 * uses[place] >= uses[own]:
            names.add(last)
    return np.array([not names.isdisjoint(term.split()) for term in terms.terms], bool)

"""The texts that `robustness` measures on, written by us to mislead a reader of words; nothing is ever trained on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import load_taxonomy
from training.sources import NONE, read_rows

ADVERSARIAL = Path("training/adversarial")
TEXT_COLUMNS = ("phenomenon", "family", "type", "pair", "variant", "text")
SLOT_COLUMNS = ("lang", "family", "named", "text")
NAME_COLUMNS = ("origin", "gender", "name")
WORD_COLUMNS = ("lang", "kind", "plain", "said")
LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class HardText:
    """A text with the family that the codebook gives it.

    Attributes:
        lang: language of its sentences, ``en`` or ``fr``; of a mixed one the language that its grammar follows.
        phenomenon: what makes it hard.
        family: the family that it shows.
        type: the fine type, None where a careful reader could name another of the family.
        pair: what texts share that differ in the one cue that decides, or that say the same in several dialects.
        variant: the dialect, or None.
        text: the text.
    """

    lang: str
    phenomenon: str
    family: str
    type: str | None
    pair: str | None
    variant: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A text with places for a name, a brand and, between square brackets, its feminine and masculine forms.

    Attributes:
        lang: ``en`` or ``fr``.
        family: the family that it shows, whoever is named.
        named: who bears the name, ``customer`` or ``staff``.
        text: such as "{name} from {brand} did [her|his] job."
    """

    lang: str
    family: str
    named: str
    text: str


@dataclass(frozen=True, slots=True)
class FirstName:
    """A first name, where it is common and of whom; it says nothing of the person who bears it."""

    origin: str
    gender: str
    name: str


def read_hard_texts(folder: Path = ADVERSARIAL) -> list[HardText]:
    """Return the texts of ``folder/en.tsv`` and ``folder/fr.tsv``.

    Raises:
        ArgumentError: a family or type is unknown, or they do not go together.
    """
    family_of = {kind.id: family.id for family, kind in load_taxonomy().labels() if kind is not None}
    found: list[HardText] = []
    for lang in LANGUAGES:
        path = folder / f"{lang}.tsv"
        for phenomenon, family, kind, pair, variant, text in read_rows(path, TEXT_COLUMNS):
            if family not in family_of.values() or (kind != NONE and family_of.get(kind) != family):
                raise ArgumentError(f"{path}: the type {kind!r} is none of the family {family!r}, or one is unknown.")
            found.append(HardText(lang, phenomenon, family, *(_given(value) for value in (kind, pair, variant)), text))
    return found


def read_slots(folder: Path = ADVERSARIAL) -> list[Slot]:
    """Return the texts of ``folder/slots.tsv``."""
    return [Slot(*row) for row in read_rows(folder / "slots.tsv", SLOT_COLUMNS)]


def read_names(folder: Path = ADVERSARIAL) -> list[FirstName]:
    """Return the first names of ``folder/names.tsv``."""
    return [FirstName(*row) for row in read_rows(folder / "names.tsv", NAME_COLUMNS)]


def read_words(folder: Path = ADVERSARIAL) -> dict[tuple[str, str], dict[str, str]]:
    """Return what is said for what: for each language and kind (``synonym`` or a dialect) plain words and the others.

    The plain word ``^`` stands for the beginning of a text.
    """
    words: dict[tuple[str, str], dict[str, str]] = {}
    for lang, kind, plain, said in read_rows(folder / "words.tsv", WORD_COLUMNS):
        words.setdefault((lang, kind), {})[plain] = said
    return words


def all_texts(folder: Path = ADVERSARIAL) -> Iterator[str]:
    """Yield every text here, places for names unfilled: what training must keep away from."""
    yield from (hard.text for hard in read_hard_texts(folder))
    yield from (slot.text for slot in read_slots(folder))


def _given(value: str) -> str | None:
    return None if value == NONE else value

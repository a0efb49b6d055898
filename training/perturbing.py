"""Changes to a text that leave its relationship as it is: spelling, case, words, dialect, a name, a brand, a stray sentence.

A change is a function of the text, its language and a seeded generator; one that finds nothing to change returns the text.
Checklists of such changes: Ribeiro et al. 2020, "Beyond accuracy: behavioral testing of NLP models with CheckList".
"""

from __future__ import annotations

import functools
import random
import re
import unicodedata
from collections.abc import Callable, Mapping

from training.hard_texts import Slot, read_words

Change = Callable[[str, str, random.Random], str]

FEMININE, MASCULINE = "feminine", "masculine"
DIALECTS = {
    "en": ("british", "american", "african_american"),
    "fr": ("quebec", "belgian", "swiss", "suburban"),
}
BRANDS = (
    *("Norwell", "Tavira", "Okando", "Brimstead", "Luméo", "Pelorus"),
    *("Amazon", "Apple", "Ryanair", "Orange", "Ikea", "Decathlon"),
)
"""Six that we made up and six that most readers know."""
_MOST_SYNONYMS = 2
_NEIGHBOURS = {"a": "s", "e": "r", "i": "o", "o": "p", "u": "y", "s": "d", "t": "r", "n": "b", "r": "e", "l": "k"}
_EMOJI = ("🙂", "👀", "📝", "📍", "🤷")
_SENTENCES = {
    "en": ("I am writing this on the train.", "It was a Thursday.", "Sent from my phone.", "I live near the station."),
    "fr": ("J'écris ceci dans le train.", "C'était un jeudi.", "Envoyé de mon téléphone.", "J'habite près de la gare."),
}
_FORMS = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")
_PUNCTUATION = re.compile(r"[^\w\s'’$£€%@#-]|(?<!\w)['’-]|['’-](?!\w)")


def filled(slot: Slot, *, name: str, gender: str, brand: str) -> str:
    """Return the text of *slot* with the forms of *gender*; French *de* and *que* are not elided, as people often leave them."""
    form = 1 if gender == FEMININE else 2
    return _FORMS.sub(lambda match: match[form], slot.text).replace("{name}", name).replace("{brand}", brand)


def typos(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* with a slip of the finger in one word or two of at least four letters."""
    for _ in range(rng.choice((1, 2))):
        words = [match for match in re.finditer(r"[^\W\d_]{4,}", text)]
        if not words:
            break
        word = rng.choice(words)
        text = text[: word.start()] + _slip(word[0], rng) + text[word.end() :]
    return text


def upper(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* in capitals."""
    return text.upper()


def lower(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* without capitals."""
    return text.lower()


def without_accents(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* with plain letters for those with accents and for ligatures."""
    plain = text.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae")
    letters = (c for c in unicodedata.normalize("NFD", plain) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", "".join(letters))


def without_punctuation(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* without marks between words (and without emoji); apostrophes and hyphens within words stay."""
    return " ".join(_PUNCTUATION.sub(" ", text).split())


def with_emoji(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* with an emoji behind it that judges nothing."""
    return f"{text} {rng.choice(_EMOJI)}"


def with_neutral_sentence(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* with a sentence before or behind it that has nothing to do with the brand."""
    sentence = rng.choice(_SENTENCES[lang])
    return f"{sentence} {text}" if rng.random() < 0.5 else f"{text} {sentence}"


def with_synonyms(text: str, lang: str, rng: random.Random) -> str:
    """Return *text* with another word for one or two of its words."""
    words, pattern = _rules(lang, "synonym")
    found = list(pattern.finditer(text))
    for match in sorted(rng.sample(found, min(_MOST_SYNONYMS, len(found))), key=lambda one: -one.start()):
        text = text[: match.start()] + _like(words[match[0].casefold()], match[0]) + text[match.end() :]
    return text


def in_dialect(text: str, lang: str, rng: random.Random, *, dialect: str) -> str:
    """Return *text* with an opening and words of *dialect*: a rough imitation, enough to see whether they count."""
    words, pattern = _rules(lang, dialect)
    said = pattern.sub(lambda match: _like(words[match[0].casefold()], match[0]), text)
    starts_a_word = said[:1].isupper() and (said[1:2].islower() or (lang == "fr" and said[1:2] in ("'", "’")))
    return words["^"].rstrip() + " " + (said[:1].lower() + said[1:] if starts_a_word else said)


CHANGES: Mapping[str, Change] = {
    "typos": typos,
    "upper_case": upper,
    "lower_case": lower,
    "no_accents": without_accents,
    "no_punctuation": without_punctuation,
    "emoji_added": with_emoji,
    "neutral_sentence": with_neutral_sentence,
    "synonyms": with_synonyms,
}


def changed(text: str, lang: str, change: str, *, seed: int = 0) -> str:
    """Return *text* after the change of that name or in the dialect of that name; the same whenever it is asked for."""
    rng = random.Random(f"{seed} {change} {text}")
    if change in CHANGES:
        return CHANGES[change](text, lang, rng)
    return in_dialect(text, lang, rng, dialect=change)


def _slip(word: str, rng: random.Random) -> str:
    place = rng.randrange(len(word) - 1)
    kind = rng.choice(("swapped", "left_out", "doubled", "neighbour"))
    if kind == "swapped":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "left_out":
        return word[:place] + word[place + 1 :]
    if kind == "doubled":
        return word[: place + 1] + word[place:]
    return word[:place] + _NEIGHBOURS.get(word[place].lower(), "e") + word[place + 1 :]


@functools.cache
def _rules(lang: str, kind: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the words of a kind and what finds them, the longest first; signs such as £ need no bounds."""
    words = _all_words()[lang, kind]
    plain = sorted((word for word in words if word != "^"), key=len, reverse=True)
    bounded = (rf"(?<!\w){re.escape(word)}(?!\w)" if word[0].isalnum() else re.escape(word) for word in plain)
    return words, re.compile("|".join(bounded), re.IGNORECASE)


@functools.cache
def _all_words() -> dict[tuple[str, str], dict[str, str]]:
    return read_words()


def _like(word: str, model: str) -> str:
    """Return *word* with the capitals of *model*."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word

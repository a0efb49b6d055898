"""The words and pairs of words of texts, for counting in how many texts each occurs.

Nothing runs text by text: texts are cut up by one expression, and what a word needs (case, elision, stop words) is done once for
each different form.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.taxonomy import Language

FEWEST_TEXTS = 5
"""A term of fewer texts is left out: it tells of its writer, not of a group."""

_PIECES = (
    r"https?://\S+|www\.\S+|[\w.+-]*@[\w.-]+"  # addresses and handles
    r"|\[[^\[\]\n]{1,30}\]|\{[^{}\n]{1,30}\}"  # placeholders of what was redacted
    r"|&#?\w+;|\\[nrt]"
    r"|\w+(?:['’ʼ-]\w+)*"
    r"|[.!?…;:,()\"“”«»|/\n]"
)
_IS_WORD = r"^[\p{L}][\p{L}\p{M}'’ʼ-]*$"
_BREAK = -1


class StopWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a language's words are cleaned by; see ``stop_words.toml``."""

    words: tuple[str, ...]
    negators: tuple[str, ...]
    whole: tuple[str, ...]
    endings: tuple[str, ...] = ()
    elided: tuple[str, ...] = ()
    enclitics: tuple[str, ...] = ()

    @property
    def all_words(self) -> frozenset[str]:
        """Every stop word that is listed."""
        return frozenset(" ".join(self.words).split())

    @property
    def all_negators(self) -> frozenset[str]:
        """Stop words that count together with the word beside them."""
        return frozenset(" ".join(self.negators).split())


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Which words and pairs of words occur in which texts.

    Attributes:
        terms: the different words and pairs (their words joined by a blank), words first, both sorted; (k).
        pairs: whether each is a pair; (k).
        proper: share of a word's uses within a sentence that begin with a capital, of a pair's words the greater; all 0 where
            there is no such use; (k).
        texts: position of a text, (m), and beside it in
        codes: the position of a term that it has, (m); each term of a text once, ordered by term, then text.
    """

    terms: tuple[str, ...]
    pairs: NDArray[np.bool_]
    proper: NDArray[np.float64]
    texts: NDArray[np.int64]
    codes: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Texts with each term; (k)."""
        return np.bincount(self.codes, minlength=len(self.terms))


@functools.cache
def stop_words(language: Language) -> StopWords:
    """Return the stop words of *language* and how its words are cleaned."""
    path = Path(__file__).with_name("stop_words.toml")
    return msgspec.toml.decode(path.read_bytes(), type=dict[str, StopWords])[language]


def find_terms(texts: pl.Series, language: Language, *, fewest: int = FEWEST_TEXTS) -> Terms:
    """Return the words and pairs of words that occur in at least *fewest* of *texts*.

    Words are lower-case and in NFC. French elisions are split off (*l'équipe* is *équipe*), as are English possessives and the
    pronouns behind a French verb (*dites-moi*). Stop words, numbers, addresses, handles and redacted places are left out; other
    words joined by a hyphen are one word. A pair is two neighbouring words of a sentence part, neither a stop word, or one a
    negation.

    Args:
        texts: strings; null counts as empty.
        language: of all of them.
        fewest: texts that a term must occur in.
    """
    owners, forms, vocabulary = _pieces(texts)
    cleaned = _cleaned(vocabulary, language)
    words = sorted(set(cleaned) - {""})
    places = {word: place for place, word in enumerate(words)}
    of_form = np.array([places.get(word, _BREAK) for word in cleaned], np.int64)
    capital = vocabulary.str.contains(r"^\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}").to_numpy()
    codes = of_form[forms] if len(forms) else np.zeros(0, np.int64)

    rules = stop_words(language)
    stop = np.array(_are_stop(words, rules), bool)
    negators = rules.all_negators
    negator = np.array([word in negators for word in words], bool)
    proper = _proper(codes, owners, capital[forms] if len(forms) else np.zeros(0, bool), len(words))

    single = codes >= 0
    single[single] = ~stop[codes[single]]
    one = _once(owners[single], codes[single], fewest)
    often = np.bincount(codes[codes >= 0], minlength=len(words)) >= fewest  # a rarer word makes no pair that counts
    two = _once(*_pairs(owners, codes, often & (~stop | negator), stop), fewest)
    names = [words[code] for code in one.kept] + [
        f"{words[code // len(words)]} {words[code % len(words)]}" for code in two.kept
    ]
    of_pairs = np.maximum(proper[two.kept // max(len(words), 1)], proper[two.kept % max(len(words), 1)])
    return Terms(
        tuple(names),
        np.repeat([False, True], [len(one.kept), len(two.kept)]),
        np.concatenate([proper[one.kept], of_pairs]),
        np.concatenate([one.texts, two.texts]),
        np.concatenate([one.codes, two.codes + len(one.kept)]),
    )


def content_words(texts: Sequence[str], language: Language) -> list[frozenset[str]]:
    """Return the different words of each text without stop words."""
    rules = stop_words(language)
    owners, forms, vocabulary = _pieces(pl.Series(texts, dtype=pl.String))
    words = _cleaned(vocabulary, language)
    stop = _are_stop(words, rules)
    found: list[set[str]] = [set() for _ in texts]
    for owner, form in zip(owners.tolist(), forms.tolist(), strict=True):
        if words[form] and not stop[form]:
            found[owner].add(words[form])
    return [frozenset(each) for each in found]


def _pieces(texts: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64], pl.Series]:
    """Return for each piece of the texts its text and its form, and the forms."""
    cut = texts.cast(pl.String).fill_null("").str.normalize("NFC").str.extract_all(_PIECES)
    lengths = cut.list.len().to_numpy()
    owners = np.repeat(np.arange(len(texts)), lengths)
    flat = cut.filter(pl.Series(lengths > 0)).explode().alias("piece")
    forms = flat.unique().sort().alias("piece")
    numbered = forms.to_frame().with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("form"))
    found = flat.to_frame().join(numbered, on="piece", how="left", maintain_order="left")["form"]
    return owners, found.to_numpy(), forms


def _cleaned(forms: pl.Series, language: Language) -> list[str]:
    """Return the word of each form, empty where it is none."""
    rules = stop_words(language)
    lowered = forms.str.to_lowercase().str.replace_all("[’ʼ]", "'")
    words = pl.select(pl.when(forms.str.contains(_IS_WORD)).then(lowered).otherwise(pl.lit(""))).to_series().to_list()
    split = [place for place, word in enumerate(words) if "'" in word or "-" in word]
    kept = rules.all_words | set(rules.whole)
    for place in split:
        words[place] = _core(words[place], language, kept)
    return words


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rules = stop_words("fr")
    behind = "|".join(" ".join(rules.enclitics).split())
    return re.compile(rf"^(?:{'|'.join(rules.elided)})'(?=.)"), re.compile(rf"-(?:{behind})$")


def _core(word: str, language: Language, kept: frozenset[str] | set[str]) -> str:
    """Return *word* without what is elided before it or joined behind it."""
    if word in kept:
        return word
    if language == "en":
        return word.removesuffix("'s")
    before, behind = _patterns()
    previous = ""
    while word != previous and word not in kept:
        previous = word
        word = behind.sub("", before.sub("", word))
    return word


def _are_stop(words: Sequence[str], rules: StopWords) -> list[bool]:
    """Return whether each word is a stop word; one letter is, and so is a run of one: some write XXXX for what is personal."""
    listed = rules.all_words
    return [word in listed or len(set(word)) == 1 or word.endswith(rules.endings) for word in words]


def _proper(
    codes: NDArray[np.int64], owners: NDArray[np.int64], capital: NDArray[np.bool_], width: int
) -> NDArray[np.float64]:
    """Return the share of the uses of each word, behind another word, that begin with a capital."""
    within = np.zeros(len(codes), bool)
    within[1:] = (codes[1:] >= 0) & (codes[:-1] >= 0) & (owners[1:] == owners[:-1])
    uses = np.bincount(codes[within], minlength=width)
    capitals = np.bincount(codes[within & capital], minlength=width)
    return np.asarray(capitals / np.maximum(uses, 1), np.float64)


def _pairs(
    owners: NDArray[np.int64], codes: NDArray[np.int64], may: NDArray[np.bool_], stop: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the text and the code of every pair of neighbours that counts."""
    beside = np.flatnonzero((codes[1:] >= 0) & (codes[:-1] >= 0) & (owners[1:] == owners[:-1]))
    left, right = codes[beside], codes[beside + 1]
    counts = may[left] & may[right] & ~(stop[left] & stop[right]) & (left != right)
    counts = np.flatnonzero(counts)
    return owners[beside[counts]], left[counts] * len(stop) + right[counts]


@dataclass(frozen=True, slots=True, eq=False)
class _Once:
    kept: NDArray[np.int64]
    texts: NDArray[np.int64]
    codes: NDArray[np.int64]


def _once(owners: NDArray[np.int64], codes: NDArray[np.int64], fewest: int) -> _Once:
    """Return the codes of at least *fewest* texts, and each text with each of them once, ordered by code, then text."""
    width = int(owners.max()) + 1 if len(owners) else 1
    keys = np.sort(codes * width + owners)
    found, texts = np.divmod(keys[np.diff(keys, prepend=-1) != 0], width)
    begins = np.flatnonzero(np.diff(found, prepend=-1))
    lengths = np.diff(begins, append=len(found))
    often = lengths >= fewest
    at = np.repeat(often, lengths)
    return _Once(found[begins[often]], texts[at], np.repeat(np.arange(often.sum()), lengths[often]))

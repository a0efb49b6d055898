"""How a model stands up to adversarial texts and to changes that leave the relationship as it is; `robustness.json`.

A flip is a change of the family that was not called for. Groups of names, genders and dialects are compared on the same
texts, so what differs between them is the model's doing. Intervals are Wilson's; where a text is read under many names, it
counts once for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.records import Tag
from relationtypes.tagger import RelationTagger
from training.datasets import CHALLENGE, GOLDEN
from training.hard_texts import LANGUAGES, FirstName, HardText, Slot, read_hard_texts, read_names, read_slots
from training.perturbing import BRANDS, CHANGES, DIALECTS, MASCULINE, changed, filled
from training.sources import read_challenge, read_golden
from training.variants import UNREAD, Grid, by_group, compared, rate, strays

_DIGITS = 4
_STANDARD = "standard"
_BRAND_OF_NAMES, _NAME_OF_BRANDS = "Norwell", ("Alex", MASCULINE)


def measure_robustness(tagger: RelationTagger) -> dict[str, Any]:
    """Return every figure of `robustness` for the model of *tagger*."""
    facts = tagger.classifier.facts
    return {
        "model": {"name": facts.name, "abstain_below": round(float(tagger.classifier.abstain_below), _DIGITS)},
        "adversarial": accuracy_by_phenomenon(tagger, read_hard_texts()),
        "changes": flips_by_change(tagger, base_texts()),
        "brands": brand_swaps(tagger, read_slots()),
        "names": name_swaps(tagger, read_slots(), read_names()),
        "signatures": signatures(tagger, base_texts(challenge=False), read_names()),
        "dialects": dialect_groups(tagger, base_texts()),
    }


def base_texts(*, challenge: bool = True) -> list[tuple[str, str, str]]:
    """Return (language, family, text) of the golden texts and of the challenge: ours, and never trained on."""
    texts = read_golden(GOLDEN)
    if challenge:
        texts += [(one.lang, one.family or "", one.text) for one in read_challenge(CHALLENGE)]
    return texts


def accuracy_by_phenomenon(tagger: RelationTagger, texts: Sequence[HardText]) -> dict[str, Any]:
    """Return how often the family is right, over all, by language, by phenomenon and by dialect; and both of a pair."""
    tags = tagger.tag([hard.text for hard in texts], evidence=False)
    right = np.array([tag.family == hard.family for tag, hard in zip(tags, texts, strict=True)])
    signed = np.array([tag.status == "ok" for tag in tags])
    type_right = np.array([tag.type == hard.type for tag, hard in zip(tags, texts, strict=True)])

    def figures(keep: Callable[[HardText], bool]) -> dict[str, Any]:
        rows = np.array([keep(hard) for hard in texts])
        typed = rows & np.array([hard.type is not None for hard in texts])
        return {
            "family": rate(right[rows]),
            "type": rate(type_right[typed]),
            "signed": rate(signed[rows]),
            "signed_and_wrong": rate((signed & ~right)[rows]),
        }

    phenomena = list(dict.fromkeys(hard.phenomenon for hard in texts))
    return {
        "all": figures(lambda hard: True),
        **{lang: figures(lambda hard, lang=lang: hard.lang == lang) for lang in LANGUAGES},  # type: ignore[misc]
        "phenomena": {
            name: {
                **figures(lambda hard, name=name: hard.phenomenon == name),  # type: ignore[misc]
                **{
                    lang: rate(right[[hard.phenomenon == name and hard.lang == lang for hard in texts]])
                    for lang in LANGUAGES
                },
            }
            for name in phenomena
        },
        "pairs_with_every_text_right": rate(_whole_pairs(texts, right)),
        "dialects": {
            variant: rate(right[[hard.variant == variant for hard in texts]])
            for variant in dict.fromkeys(hard.variant for hard in texts if hard.variant)
        },
        "confusions": _confusions(texts, tags),
    }


def flips_by_change(tagger: RelationTagger, texts: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Return for each change and language how often it flips the family, of the texts that it changes."""
    read = {text: tag for (_, _, text), tag in zip(texts, _tags(tagger, [text for _, _, text in texts]), strict=True)}
    found: dict[str, Any] = {}
    for lang in LANGUAGES:
        for change in (*CHANGES, *DIALECTS[lang]):
            pairs = [(family, text, changed(text, lang, change)) for of, family, text in texts if of == lang]
            pairs = [pair for pair in pairs if pair[1] != pair[2]]
            after = _tags(tagger, [new for _, _, new in pairs])
            before = [read[old] for _, old, _ in pairs]
            found.setdefault(change, {})[lang] = _flips([family for family, _, _ in pairs], before, after)
    return found


def brand_swaps(tagger: RelationTagger, slots: Sequence[Slot]) -> dict[str, Any]:
    """Return how often a text under one brand is read otherwise than under most, all else being equal."""
    name, gender = _NAME_OF_BRANDS
    found: dict[str, Any] = {}
    for lang, grid in _grids(
        tagger, slots, lambda slot: [filled(slot, name=name, gender=gender, brand=b) for b in BRANDS]
    ):
        found[lang] = strays(grid) | {"by_brand": by_group(grid, list(BRANDS))}
    return found


def name_swaps(tagger: RelationTagger, slots: Sequence[Slot], names: Sequence[FirstName]) -> dict[str, Any]:
    """Return how often another first name, with the forms of its gender, changes the family; by origin and by gender."""

    def variants(slot: Slot) -> list[str]:
        return [filled(slot, name=one.name, gender=one.gender, brand=_BRAND_OF_NAMES) for one in names]

    return _name_figures(_grids(tagger, slots, variants), names)


def signatures(
    tagger: RelationTagger, texts: Sequence[tuple[str, str, str]], names: Sequence[FirstName]
) -> dict[str, Any]:
    """Return the same for texts of any content that are signed with a first name, one of each origin and gender."""
    firsts = list({(one.origin, one.gender): one for one in reversed(names)}.values())[::-1]
    slots = [Slot(lang, family, "customer", text) for lang, family, text in texts]
    grids = _grids(tagger, slots, lambda slot: [f"{slot.text} {one.name}" for one in firsts])
    return _name_figures(grids, firsts)


def dialect_groups(tagger: RelationTagger, texts: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Return the families of texts as they are and in the dialects of their language, compared pair by pair."""
    slots = [Slot(lang, family, "customer", text) for lang, family, text in texts]

    def variants(slot: Slot) -> list[str]:
        return [slot.text, *(changed(slot.text, slot.lang, dialect) for dialect in DIALECTS[slot.lang])]

    return {
        lang: strays(grid) | compared(grid, [_STANDARD, *DIALECTS[lang]])
        for lang, grid in _grids(tagger, slots, variants)
    }


def _name_figures(grids: Sequence[tuple[str, Grid]], names: Sequence[FirstName]) -> dict[str, Any]:
    return {
        lang: strays(grid)
        | {
            "origins": compared(grid, [one.origin for one in names]),
            "genders": compared(grid, [one.gender for one in names]),
        }
        for lang, grid in grids
    }


def _grids(
    tagger: RelationTagger, slots: Sequence[Slot], variants: Callable[[Slot], list[str]]
) -> list[tuple[str, Grid]]:
    """Return for each language the grid of its *slots*, each read in all its variants."""
    families = tagger.classifier.family_ids
    found = []
    for lang in LANGUAGES:
        texts = [variants(slot) for slot in slots if slot.lang == lang]
        tags = _tags(tagger, [text for row in texts for text in row])
        positions = [families.index(tag.family) if tag.family else UNREAD for tag in tags]
        shape = (len(texts), -1)
        signed = np.array([tag.status == "ok" for tag in tags]).reshape(shape)
        found.append((lang, Grid(np.array(positions, np.intp).reshape(shape), signed, families)))
    return found


def _flips(families: Sequence[str], before: Sequence[Tag], after: Sequence[Tag]) -> dict[str, Any]:
    both = list(zip(before, after, strict=True))
    moved = [abs(_probability(new, old) - (old.confidence or 0.0)) for old, new in both]
    sure = [(old, new) for old, new in both if old.status == new.status == "ok"]
    return {
        "flips": rate([old.family != new.family for old, new in both]),
        "signed_flips": rate([old.family != new.family for old, new in sure]),
        "moved": round(float(np.mean(moved)), _DIGITS) if moved else None,
        "right_before": rate([old.family == family for family, old in zip(families, before, strict=True)]),
        "right_after": rate([new.family == family for family, new in zip(families, after, strict=True)]),
    }


def _probability(tag: Tag, of: Tag) -> float:
    """Return what *tag* gives to the family of the tag *of*: among the classifier's families the one at the largest place."""
    if not tag.probabilities or not of.probabilities:
        return 0.0
    return tag.probabilities[int(np.argmax(of.probabilities))]


def _whole_pairs(texts: Sequence[HardText], right: NDArray[np.bool_]) -> list[bool]:
    pairs: dict[tuple[str, str], bool] = {}
    for hard, hit in zip(texts, right, strict=True):
        if hard.pair and not hard.variant:
            pairs[hard.lang, hard.pair] = pairs.get((hard.lang, hard.pair), True) and bool(hit)
    return list(pairs.values())


def _confusions(texts: Sequence[HardText], tags: Sequence[Tag]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for hard, tag in zip(texts, tags, strict=True):
        if tag.family != hard.family:
            key = hard.family, tag.family or "not read"
            counts[key] = counts.get(key, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"is": is_, "read_as": read_as, "texts": n} for (is_, read_as), n in ranked]


def _tags(tagger: RelationTagger, texts: Sequence[str]) -> list[Tag]:
    return tagger.tag(texts, evidence=False)

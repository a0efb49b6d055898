"""How a model stands up to adversarial texts and to changes that leave the relationship as it is; `robustness.json`.

A flip is a change of the family that was not called for. Groups of names, genders and dialects are compared on the same
texts, so what differs between them is the model's doing. Intervals are Wilson's; where a text is read under many names, it
counts once for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.intervals import wilson_ends
from relationtypes.records import Tag
from relationtypes.tagger import RelationTagger
from training.datasets import CHALLENGE, GOLDEN
from training.hard_texts import LANGUAGES, FirstName, HardText, Slot, read_hard_texts, read_names, read_slots
from training.perturbing import BRANDS, CHANGES, DIALECTS, FEMININE, MASCULINE, changed, filled
from training.sources import read_challenge, read_golden

_DIGITS = 4
_UNREAD = -1
_STANDARD = "standard"
_BRAND_OF_NAMES, _NAME_OF_BRANDS = "Norwell", ("Alex", MASCULINE)


@dataclass(frozen=True, slots=True)
class Grid:
    """One family a text and variant, for texts that differ between variants in what should not count.

    Attributes:
        family: (texts, variants), position of the family, −1 where the text was not read.
        signed: (texts, variants), whether the tag was signed.
        families: names of the families.
    """

    family: NDArray[np.intp]
    signed: NDArray[np.bool_]
    families: tuple[str, ...]

    def strays(self, *, signed: bool = False) -> NDArray[np.float64]:
        """Return where the family is another than the one most variants of the text have; NaN where a text does not count."""
        counted = self.signed if signed else np.ones_like(self.signed)
        usual = np.array([_commonest(row[keep]) for row, keep in zip(self.family, counted, strict=True)])
        return np.where(counted, self.family != usual[:, None], np.nan)

    def gap(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> tuple[float, str]:
        """Return the largest difference of a family's share between two sets of variants, and which family's it is."""
        shares = [np.array([np.mean(self.family[:, set_] == i) for i in range(len(self.families))]) for set_ in (one, other)]
        differences = np.abs(shares[0] - shares[1])
        return float(differences.max()), self.families[int(differences.argmax())]


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
            "family": _rate(right[rows]),
            "type": _rate(type_right[typed]),
            "signed": _rate(signed[rows]),
            "signed_and_wrong": _rate((signed & ~right)[rows]),
        }

    phenomena = list(dict.fromkeys(hard.phenomenon for hard in texts))
    return {
        "all": figures(lambda hard: True),
        **{lang: figures(lambda hard, lang=lang: hard.lang == lang) for lang in LANGUAGES},  # type: ignore[misc]
        "phenomena": {
            name: {
                **figures(lambda hard, name=name: hard.phenomenon == name),  # type: ignore[misc]
                **{
                    lang: _rate(right[[hard.phenomenon == name and hard.lang == lang for hard in texts]])
                    for lang in LANGUAGES
                },
            }
            for name in phenomena
        },
        "pairs_with_every_text_right": _rate(_whole_pairs(texts, right)),
        "dialects": {
            variant: _rate(right[[hard.variant == variant for hard in texts]])
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
    for lang, grid in _grids(tagger, slots, lambda slot: [filled(slot, name=name, gender=gender, brand=b) for b in BRANDS]):
        found[lang] = _strays(grid) | {"by_brand": _by_group(grid, list(BRANDS))}
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
        lang: _strays(grid) | _compared(grid, [_STANDARD, *DIALECTS[lang]])
        for lang, grid in _grids(tagger, slots, variants)
    }


def _name_figures(grids: Sequence[tuple[str, Grid]], names: Sequence[FirstName]) -> dict[str, Any]:
    return {
        lang: _strays(grid)
        | {
            "origins": _compared(grid, [one.origin for one in names]),
            "genders": _compared(grid, [one.gender for one in names]),
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
        positions = [families.index(tag.family) if tag.family else _UNREAD for tag in tags]
        shape = (len(texts), -1)
        signed = np.array([tag.status == "ok" for tag in tags]).reshape(shape)
        found.append((lang, Grid(np.array(positions, np.intp).reshape(shape), signed, families)))
    return found


def _strays(grid: Grid) -> dict[str, Any]:
    """Return flip rates over all variants; a text is one observation, since its variants are hardly independent."""
    signed = grid.strays(signed=True)
    return {
        "texts": len(grid.family),
        "variants": grid.family.shape[1],
        "flips": _rate_of(float(grid.strays().mean()), len(grid.family)),
        "signed_flips": _rate_of(float(np.nanmean(signed)), int(np.any(~np.isnan(signed), axis=1).sum())),
    }


def _by_group(grid: Grid, labels: Sequence[str]) -> dict[str, Any]:
    strays, groups = grid.strays(), _positions(labels)
    return {name: _rate_of(float(strays[:, columns].mean()), len(strays)) for name, columns in groups.items()}


def _compared(grid: Grid, labels: Sequence[str]) -> dict[str, Any]:
    """Return flips by group of variants, and the two groups that differ most in a flip rate and in a family's share."""
    groups, by_group = _positions(labels), _by_group(grid, labels)
    pairs = []
    for one, other in combinations(groups, 2):
        share, family = grid.gap(groups[one], groups[other])
        flips = abs(by_group[one]["value"] - by_group[other]["value"])
        pairs.append({"groups": [one, other], "share": round(share, _DIGITS), "family": family, "flips": round(flips, _DIGITS)})
    return {
        "by_group": by_group,
        "largest_gap_of_shares": max(pairs, key=lambda pair: pair["share"]),
        "largest_gap_of_flips": max(pairs, key=lambda pair: pair["flips"]),
        "pairs": pairs,
    }


def _flips(families: Sequence[str], before: Sequence[Tag], after: Sequence[Tag]) -> dict[str, Any]:
    both = list(zip(before, after, strict=True))
    moved = [abs(_probability(new, old) - (old.confidence or 0.0)) for old, new in both]
    sure = [(old, new) for old, new in both if old.status == new.status == "ok"]
    return {
        "flips": _rate([old.family != new.family for old, new in both]),
        "signed_flips": _rate([old.family != new.family for old, new in sure]),
        "moved": round(float(np.mean(moved)), _DIGITS) if moved else None,
        "right_before": _rate([old.family == family for family, old in zip(families, before, strict=True)]),
        "right_after": _rate([new.family == family for family, new in zip(families, after, strict=True)]),
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


def _positions(labels: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    return {name: np.flatnonzero([label == name for label in labels]) for name in dict.fromkeys(labels)}


def _commonest(values: NDArray[np.intp]) -> int:
    """Return the value met most often, of several the one met first."""
    kept = values.tolist()
    return max(dict.fromkeys(kept), key=kept.count) if kept else _UNREAD


def _rate(flags: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    return _rate_of(float(np.mean(flags)) if len(flags) else 0.0, len(flags))


def _rate_of(share: float, n: int) -> dict[str, Any]:
    """Return a share, how many texts it rests on and the ends of Wilson's interval; None for all when there are none."""
    if not n:
        return {"n": 0, "value": None, "low": None, "high": None}
    low, high = wilson_ends(share, n)
    return {"n": n, "value": round(share, _DIGITS), "low": round(float(low), _DIGITS), "high": round(float(high), _DIGITS)}

"""The figures of `robustness` → training/results/robustness.md, and a short section of the model card."""

from __future__ import annotations

from typing import Any

from training.robustness_tables import (
    LANGUAGES,
    brands_in_words,
    changes_table,
    confusions_in_words,
    dialects_table,
    gaps_table,
    inline,
    origins_table,
    percent,
    phenomena_table,
    swaps_table,
    title,
    worst_first,
)
from training.tables import table

BOUNDS = {
    "Flips by another first name": 0.05,
    "The same, signed labels only": 0.01,
    "Flips by another brand": 0.03,
    "Gap between origins of names": 0.05,
    "Gap between genders": 0.03,
    "Gap between dialects": 0.10,
}
"""What may be exceeded in neither language; shares of readings, or of texts. A test holds the shipped model to them."""
_WORST = 4


def measured_bounds(figures: dict[str, Any]) -> dict[str, float]:
    """Return what was measured for each of :data:`BOUNDS`, in the language where it is worse."""
    named = [*figures["names"].values(), *figures["signatures"].values()]
    return {
        "Flips by another first name": max(one["flips"]["value"] for one in named),
        "The same, signed labels only": max(one["signed_flips"]["value"] for one in named),
        "Flips by another brand": max(one["flips"]["value"] for one in figures["brands"].values()),
        "Gap between origins of names": max(one["origins"]["largest_gap"]["value"] for one in named),
        "Gap between genders": max(one["genders"]["largest_gap"]["value"] for one in named),
        "Gap between dialects": max(one["largest_gap"]["value"] for one in figures["dialects"].values()),
    }


def robustness_report(figures: dict[str, Any]) -> str:
    """Return ``robustness.md``."""
    hard, model, names, brands = (figures[key] for key in ("adversarial", "model", "names", "brands"))
    count = {lang: hard[lang]["family"]["n"] for lang in LANGUAGES}
    pairs = hard["pairs_with_every_text_right"]
    return f"""# Robustness

What misleads the model, and what changes its answer though it should not. Measured by `python -m training robustness` on the
shipped model ({model["name"]}, signed from {model["abstain_below"]:.2f} on), on texts written by us: no model was
trained on or tuned to them. 95% intervals are Wilson's. Rendered by `python -m training card`.

## In short

{_worst(figures)}

## Adversarial texts

{sum(count.values())} texts of `training/adversarial`, {count["en"]} English and {count["fr"]} French. "Signed and wrong" is the
share of all texts that get a label with enough confidence to be signed, and a wrong one: what reaches a chart.

{phenomena_table(hard)}

Of {pairs["n"]} pairs (or threes) that differ in the one cue that decides, {percent(pairs)} are right as a whole.
The same eight things, said plainly and in several dialects:

{dialects_table(hard["dialects"])}

Commonest errors: {confusions_in_words(hard["confusions"])}.

## Changes that must not matter

Each text of the golden list and of the challenge ({_base(figures)}) is changed once, by a seeded generator; texts that a
change leaves as they were do not count. The challenge is hard, so many of its texts lie near a border and flip easily; read the
column of signed labels for what a user sees. "Signed" counts texts that are signed before and after. "Moved" is the mean
change, in either direction, of the probability of the family first found.

{changes_table(figures["changes"])}

Texts typed in capitals have been read in small letters since the first measurement, in which 42% (English) and 53% (French)
of them flipped.

Dialects here are imitated by rules (an opening and a few words), and say no more than that. Compare them with
the neutral sentence: any addition moves texts near a border.

## Names, genders, dialects, brands

{swaps_table(figures)}

"Names in the text" are {names["en"]["texts"]} texts a language with a name, a brand and the forms of its gender in place,
each read under {names["en"]["variants"]} first names (ten origins, two genders, three each); "signatures" the golden texts with a
name behind them. A flip is a reading that differs from the one that most variants of its text get.

{gaps_table(figures)}

A gap is the largest difference of any family's share between two groups on the same texts, in brackets the interval of a
mean of differences text by text. It is the largest of many, so larger than its interval suggests.

Flips by origin of the name (names in the text / signatures):

{origins_table(figures)}

Brands: {brands["en"]["variants"]}, half of them known ones, in the same texts. {brands_in_words(brands)}

## Bounds

A test fails when the shipped model exceeds these; they were set above what was measured.

{_bounds(figures)}

## How the texts were written and checked

One writer wrote texts and labels from the codebook. All were read a second time, without their labels and in random order,
before the model was run on any of them; four that seemed doubtful were rewritten, one was a copy of a corpus text and was
replaced, no other label differed. The second reader was the first one, on the same day: this finds slips, not a different
judgement, and is no agreement between readers. No label was changed after the model was run.

## What this cannot show

- Cells are small (12 to 104 texts a phenomenon): differences of ten points are often chance.
- The texts are ours. Real irony and real dialect are more varied; the English and French texts often say the same.
- A first name stands for an origin only by convention. Nothing here measures whether people of some group are read rightly.
- A flip rate says that an answer is stable, not that it is right.
"""


def robustness_section(figures: dict[str, Any]) -> str:
    """Return the section of the model card; nothing without figures."""
    if not figures:
        return ""
    hard, bounds = figures["adversarial"], measured_bounds(figures)
    changes = figures["changes"]
    upper, named = (
        {lang: one[lang]["flips"]["value"] for lang in LANGUAGES} for one in (changes["upper_case"], figures["names"])
    )
    ranked = worst_first(hard)
    worst, best = (
        ", ".join(f"{inline(name)} {one['family']['value']:.0%}" for name, one in some)
        for some in (ranked[:_WORST], ranked[: -_WORST - 1 : -1])
    )
    sure = bounds["The same, signed labels only"]
    origins, genders, dialects = (bounds[f"Gap between {of}"] for of in ("origins of names", "genders", "dialects"))
    return f"""
## Robustness

On {hard["all"]["family"]["n"]} adversarial texts of ours the family is right for {percent(hard["all"]["family"])};
{hard["all"]["signed_and_wrong"]["value"]:.0%} are signed and wrong. Worst: {worst}. Best: {best}.

- Texts wholly in capitals are read in small letters: the family flips for {upper["en"]:.0%} (English) and
  {upper["fr"]:.0%} (French) of them.
- It often takes a tie that the writer only reports for the writer's own, and a slogan quoted for one that is meant.
- Another first name flips {named["en"]:.1%} of English and {named["fr"]:.1%} of French readings, of signed ones at most
  {sure:.1%}. Shares of a family differ by at most {origins:.1%} between origins of names, {genders:.1%} between genders
  and {dialects:.1%} between imitated dialects.

By phenomenon and change, and what these figures cannot show: `training/results/robustness.md` of the repository.
"""


def _bounds(figures: dict[str, Any]) -> str:
    rows = [[name, f"{value:.1%}", f"{BOUNDS[name]:.0%}"] for name, value in measured_bounds(figures).items()]
    return table(["", "Measured, the worse language", "Bound"], rows)


def _worst(figures: dict[str, Any]) -> str:
    hard, changes = figures["adversarial"], figures["changes"]
    lines = [
        f"- **{title(name)}**: the family is right for {percent(one['family'])} of {one['family']['n']} texts; "
        f"{one['signed_and_wrong']['value']:.0%} are signed and wrong."
        for name, one in worst_first(hard)[:_WORST]
    ]
    flips = [(change, lang, one) for change, by_lang in changes.items() for lang, one in by_lang.items()]
    change, lang, worst = max(flips, key=lambda flip: flip[2]["flips"]["value"])
    lines.append(
        f"- **{title(change)}** ({LANGUAGES[lang]}): {percent(worst['flips'])} of the families flip, and "
        f"{worst['right_before']['value']:.0%} right become {worst['right_after']['value']:.0%}."
    )
    lines.append(
        f"- Over all adversarial texts {percent(hard['all']['family'])} are right; "
        f"English {percent(hard['en']['family'])}, French {percent(hard['fr']['family'])}."
    )
    return "\n".join(lines)


def _base(figures: dict[str, Any]) -> str:
    emoji = figures["changes"]["emoji_added"]
    return " and ".join(f"{emoji[lang]['flips']['n']} {name}" for lang, name in LANGUAGES.items())

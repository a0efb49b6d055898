"""Figures of a model → the tables of its card, as Markdown."""

from __future__ import annotations

from typing import Any

from training.tables import estimate, interval, number, table

_BASELINES = {"tfidf": "TF-IDF + LR", "embedding": "Embeddings + LR"}
_ROWS: tuple[tuple[str, str, str | None], ...] = (
    ("Family, macro-F1", "family_macro_f1", "family_macro_f1"),
    ("Family, accuracy", "family_accuracy", "family_accuracy"),
    ("Family, right in the reader's first or second choice", "family_or_second_accuracy", None),
    ("Fine type, given the right family", "type_accuracy_given_family", "type_accuracy_given_family"),
    ("Sentiment, macro-F1 of four classes", "sentiment_macro_f1", None),
    ("Sentiment, accuracy without mixed texts", "sentiment_accuracy_without_mixed", None),
    ("Breach, F1", "breach_f1", None),
    ("Family confidence, calibration error", "family_calibration_error", None),
    ("Family accuracy when the surest 80% are answered", "family_accuracy_at_80_coverage", None),
)


def quality_table(metrics: dict[str, Any], baselines: dict[str, Any], full: dict[str, Any]) -> str:
    """Return the figures on the dev texts beside the baselines' and the readers' agreement, as Markdown.

    *full* are the figures of the larger model that can take the default's place; empty when there is none.
    """
    ceiling = metrics["agreement_ceiling"]
    rows = []
    for title, key, ceiling_key in _ROWS:
        agreed = f"{ceiling[ceiling_key]:.2f}" if ceiling_key else "–"
        rows.append([title, *_beside_others("all", key, metrics, baselines, full), agreed])
    for group, name in (("en", "English"), ("fr", "French")):
        for title, key, _ in _ROWS[:2]:
            rows.append([f"{title}, {name} alone", *_beside_others(group, key, metrics, baselines, full), "–"])
    return table([*_head("all", metrics, baselines, full), "Two readers"], rows)


def language_table(group: str, metrics: dict[str, Any], baselines: dict[str, Any], full: dict[str, Any]) -> str:
    """Return the figures on the dev texts of one language beside the baselines', as Markdown."""
    return table(
        _head(group, metrics, baselines, full),
        [[title, *_beside_others(group, key, metrics, baselines, full)] for title, key, _ in _ROWS],
    )


def _head(group: str, metrics: dict[str, Any], baselines: dict[str, Any], full: dict[str, Any]) -> list[str]:
    larger = [f"Full model, {full['model']['layers']} layers"] if full else []
    learnt = [f"{title} ({baselines[name]['trained_on']:,} texts)" for name, title in _BASELINES.items()]
    return ["", f"**Model** (n = {metrics['dev'][group]['n']})", *larger, *learnt]


def _beside_others(
    group: str, key: str, metrics: dict[str, Any], baselines: dict[str, Any], full: dict[str, Any]
) -> list[str]:
    others = [full["dev"]] if full else []
    others += [baselines[name] for name in _BASELINES]
    return [with_interval(metrics["dev"][group][key]), *(plain(other[group][key]) for other in others)]


def family_table(metrics: dict[str, Any]) -> str:
    """Return precision, recall and F1 of each family, as Markdown."""
    return table(
        ["Family", "Precision", "Recall", "F1", "Texts"],
        [
            [f"`{name}`", *(number(figures[key]) for key in ("precision", "recall", "f1")), str(figures["support"])]
            for name, figures in metrics["dev"]["all"]["per_family"].items()
        ],
    )


def coverage_table(metrics: dict[str, Any]) -> str:
    """Return how accurate the family is when only the surest texts are answered, as Markdown."""
    points = metrics["dev"]["all"]["coverage_curve"]
    return table(
        ["Texts answered", *(f"{point['coverage']:.0%}" for point in points)],
        [["Accuracy", *(plain(point["accuracy"]) for point in points)]],
    )


def stages_table(stages: list[dict[str, Any]]) -> str:
    """Return how many texts of each source and language each stage of training used, as Markdown."""
    names = sorted({name for stage in stages for name in stage["train"]})
    head = ["Source", *(f"Stage {number}" if len(stages) > 1 else "Texts" for number in range(1, len(stages) + 1))]
    return table(head, [[f"`{name}`", *(f"{stage['train'].get(name, 0):,}" for stage in stages)] for name in names])


FEWEST_TEXTS = 15
"""A group of fewer texts says nothing."""
_UNLEARNT = 0.3


def where_table(where: dict[str, dict[str, Any]]) -> str:
    """Return accuracy for each domain, channel and length of the texts, the best first, as Markdown."""
    rows = []
    for field, groups in where.items():
        known = {name: figures for name, figures in groups.items() if name and figures["n"] >= FEWEST_TEXTS}
        for name, figures in sorted(known.items(), key=lambda item: -item[1]["family_accuracy"]["value"]):
            rows.append([f"{field}: {name}", str(figures["n"]), *_brief(figures)])
    return table(["", "Texts", "Family, accuracy", "First or second choice"], rows)


def challenge_table(challenge: dict[str, Any]) -> str:
    """Return the figures on the challenge as a whole, by language and by phenomenon, as Markdown."""
    rows = []
    for name, title in (("all", "all"), ("en", "English"), ("fr", "French")):
        figures = challenge[name]
        rows.append([title, str(figures["n"]), *_brief(figures), plain(figures["type_accuracy"])])
    for name, figures in challenge["phenomena"].items():
        rows.append([f"`{name}`", str(figures["n"]), *_brief(figures), "–"])
    return table(["", "Texts", "Family, accuracy", "First or second choice", "Fine type, accuracy"], rows)


def sentiment_table(human: dict[str, Any]) -> str:
    """Return the sentiment figures on labels by people, the model's and two lexicons', as Markdown."""
    names = {"model": "**Model**", "vader": "VADER", "textblob": "TextBlob"}
    return table(
        ["", "Accuracy of three classes", "Macro-F1"],
        [[names[name], number(human[name]["accuracy"]), number(human[name]["macro_f1"])] for name in names],
    )


def unseen_table(cross: dict[str, Any]) -> str:
    """Return the cross-validated figures on sources that training left out, as Markdown."""
    groups = {"all": "all", "en": "English", "fr": "French", "natural": "drawn at random"}
    rows = []
    for name, title in groups.items():
        figures = cross["unseen_sources"][name]
        rows.append([title, f"{figures['n']:,}", with_interval(figures["family_macro_f1"]), *_brief(figures)])
    if seen := cross.get("seen_sources"):
        rows.append(
            ["held out, of sources seen", f"{seen['n']:,}", with_interval(seen["family_macro_f1"]), *_brief(seen)]
        )
    return table(["Texts of unseen sources", "n", "Family, macro-F1", "Accuracy", "First or second choice"], rows)


def types_table(figures: dict[str, dict[str, float | None]]) -> str:
    """Return precision, recall and F1 of each fine type, as Markdown."""
    return table(
        ["Type", "Precision", "Recall", "F1", "Texts"],
        [
            [f"`{name}`", *(number(values[key]) for key in ("precision", "recall", "f1")), f"{values['support']:,}"]
            for name, values in figures.items()
        ],
    )


def unlearnt(figures: dict[str, dict[str, float | None]]) -> list[str]:
    """Return the types that are hardly found: an F1 below 0.3."""
    return [name for name, values in figures.items() if values["support"] and (values["f1"] or 0.0) < _UNLEARNT]


def _brief(figures: dict[str, Any]) -> list[str]:
    return [
        estimate(figures["family_accuracy"]),
        plain(figures["family_or_second_accuracy"]),
    ]


def with_interval(figure: dict[str, float | None]) -> str:
    """Return a figure in bold with its interval."""
    return f"**{plain(figure)}** {interval(figure)}"


def plain(figure: dict[str, float | None]) -> str:
    """Return a figure without its interval."""
    return number(figure["value"])

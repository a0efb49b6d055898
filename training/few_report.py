"""The comparison of few-label methods as a table, rendered from its JSON."""

from __future__ import annotations

from typing import Any

METHODS = {
    "prototypes": "prototypes alone",
    "worded": "prior + linear + words (ours)",
    "ours": "prior + linear, no words",
    "linear": "linear, no prior",
    "tfidf": "TF-IDF + logistic regression",
    "setfit": "SetFit",
    "finetuned": "full fine-tuning",
}
"""Rows of the table; those without figures were not run."""
_WHAT = {
    "bonds": "Six bonds",
    "strained": "Six strained relationships",
    "mixed": "Eight types, good and bad",
    "trades": "Eight trades, a task that the encoder never saw",
}


def few_report(figures: dict[str, Any]) -> str:
    """Return ``few.md``: a table for each task, what corrections buy, and the constants of zero-shot frames."""
    parts = [
        "# How few labels are enough\n\nMacro-F1 on texts that the encoder was not trained on (held-out and dev),"
        " with 95% bootstrap"
        f" intervals over the test texts, the mean of {figures['seeds']} draws of the examples. The encoder was"
        " fine-tuned on relation"
        " labels of other texts of the same sources, so the first three tasks flatter every method that uses it; the trades it"
        " never saw. Labels are readings by language models that follow the codebook, not by people. Training texts"
        " are at most 450 of a"
        " type. *Words*: cross-validation on the texts to learn from decides whether hashed n-grams join the vector, from 100"
        " texts on. SetFit and full fine-tuning tune the encoder: one draw, the first 64 tokens of a text."
        " `python -m training few` makes this table; *not run* stands where nobody has run a method yet.\n"
    ]
    parts += [_table(name, task) for name, task in figures["tasks"].items()]
    if "corrections" in figures:
        parts.append(_corrections(figures["corrections"]))
    if "frames" in figures:
        parts.append(_frames(figures["frames"]))
    return "\n".join(parts)


def _table(name: str, task: dict[str, Any]) -> str:
    sizes = list(task["sizes"])
    head = " | ".join("none" if size == "0" else "all" if size == "full" else size for size in sizes)
    rows = [
        f"| {label} | " + " | ".join(_cell(task["sizes"][size].get(method), size, method) for size in sizes) + " |"
        for method, label in METHODS.items()
    ]
    return (
        f"## {_WHAT[name]}\n\n{task['classes']} labels, {task['train']:,} texts to learn from, {task['test']:,} to"
        f" test on, the encoder of `{task['encoder']}`. Examples of"
        f" each label:\n\n| | {head} |\n|---|{'---|' * len(sizes)}\n" + "\n".join(rows) + "\n"
    )


def _cell(figure: dict[str, float] | None, size: str, method: str) -> str:
    if figure is None:
        return "–" if size == "0" and method != "prototypes" else "*not run*"
    return f"{figure['macro_f1']:.3f} ({figure['low']:.2f}–{figure['high']:.2f})"


def _corrections(sources: dict[str, Any]) -> str:
    sizes = list(next(iter(sources.values()))["accuracy"])
    rows = [
        f"| {name} | {one['texts']} | " + " | ".join(f"{one['accuracy'][size]:.3f}" for size in sizes) + " |"
        for name, one in sources.items()
    ]
    means = [sum(one["accuracy"][size] for one in sources.values()) / len(sources) for size in sizes]
    return (
        "## What corrections buy\n\nThe standard labels adapted to one source: share of the source's other texts"
        " whose family is right,"
        " after so many texts were read and labelled (drawn at random; the mean of ten draws).\n\n"
        f"| Source | Texts | {' | '.join(sizes)} |\n|---|---|{'---|' * len(sizes)}\n"
        + "\n".join(rows)
        + f"\n| **mean** | | {' | '.join(f'{mean:.3f}' for mean in means)} |\n"
    )


def _frames(found: dict[str, Any]) -> str:
    return (
        "## Zero-shot frames\n\n"
        f"{found['frames']} frames of types drawn from {found['texts']:,} texts written by us, 30% of the texts being"
        " none of the frame's"
        f" types: sharpness {found['sharpness']:g}, none of these below a similarity of {found['none_below']:g}; with these"
        f" {found['accuracy']:.0%} of the texts are right and {found['none_found']:.0%} of those of no label are"
        " found. These are our own"
        " texts, of types that the encoder knows: on yours it is less.\n"
    )

"""The figures of `quantise` → training/results/quantisation.md."""

from __future__ import annotations

from typing import Any

from training.tables import number, table


def quantisation_report(figures: dict[str, Any]) -> str:
    """Return the figures of `quantise` as Markdown."""
    head = [
        "",
        "MB of weights",
        "English labels changed",
        "French labels changed",
        "Macro-F1",
        "Moved by company",
        "Loads in",
        "Texts a second",
    ]
    rows = [
        [
            name,
            str(way["megabytes"]),
            f"{way['flips_en']:.1%}",
            f"{way['flips_fr']:.1%}",
            f"{way['macro_f1']:.3f}",
            number(way["moved_by_company"]),
            f"{way['load_seconds']:.2f} s",
            str(round(way["texts_per_second"])),
        ]
        for name, way in figures["ways"].items()
    ]
    return f"""# Small and fast: what each way costs

{figures["n"]} held-out texts on {figures["processor"]}. Labels changed are families
that differ from fp32's; macro-F1 is that of the family against the readers; "moved by company" is the largest change of a
family's probability when a text is scored alone and not among others (of {figures["alone"]} texts). The table of embeddings is in
int8 too, but for the ways by blocks of both sides and the static one.

{table(head, rows)}
"""

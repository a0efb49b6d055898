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
        "English macro-F1",
        "French macro-F1",
        "Moved by company",
        "Loads in",
        "Texts a second",
        "Times fp32",
    ]
    rows = [
        [
            name,
            str(way["megabytes"]),
            f"{way['flips_en']:.1%}",
            f"{way['flips_fr']:.1%}",
            f"{way['macro_f1_en']:.3f}",
            f"{way['macro_f1_fr']:.3f}",
            number(way["moved_by_company"]),
            f"{way['load_seconds']:.2f} s",
            str(round(way["texts_per_second"])),
            f"{way['times_fp32']:.2f}",
        ]
        for name, way in figures["ways"].items()
    ]
    return f"""# Small and fast: what each way costs

{figures["n"]} held-out texts on {figures["processor"]}. Labels changed are families
that differ from fp32's; macro-F1 is that of the family against the readers; "moved by company" is the largest change of a
family's probability when a text is scored alone and not among others (of {figures["alone"]} texts). Times fp32 is the speed
over that of fp32, measured in turn. The table of embeddings is in int8 too, but for the ways by blocks of both sides and the
static one.

"Integers" are products of eight bits by eight bits with a scale a token, or a constant one where that does no harm
(`training/integer_encoder.py`); before, inputs are smoothed (Xiao et al. 2023) and weights rounded so that their errors make up
for each other (Frantar et al. 2023). "Storage" computes in fp32. "Dynamic" is onnxruntime's own, with one scale a batch.

{table(head, rows)}
{figures.get("remark", "")}"""

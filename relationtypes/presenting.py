"""PRESENT: profiles and labels as tables for the terminal, and as plain data for scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from relationtypes.profiling import FamilyProfile, RelationProfile
from relationtypes.records import Sentiment
from relationtypes.taxonomy import Family, Language, Provenance, RelationType, Rule, Taxonomy

FAMILY_COLOURS = {
    "transaction": "#7f8c9b",
    "best_friends": "#d1495b",
    "buddies": "#e9a23b",
    "business_partners": "#2e7d6b",
    "fling": "#c06bb0",
    "master_servant": "#6457a6",
    "broken_bond": "#4a4e57",
    "undetermined": "#b4b8bd",
}
"""One fixed colour a family, apart from each other for colour-blind readers and on paper."""

_SENTIMENT_STYLES: dict[Sentiment, str] = {"negative": "red", "mixed": "yellow", "neutral": "bright_black", "positive": "green"}
_SENTIMENT_MARKS: dict[Sentiment, str] = {"negative": "-", "mixed": "±", "neutral": "o", "positive": "+"}
_BAR = 20
_WORDS: dict[str, dict[Language, str]] = {
    "family": {"en": "Family", "fr": "Famille"},
    "share": {"en": "Share", "fr": "Part"},
    "texts": {"en": "Texts", "fr": "Textes"},
    "unsure": {"en": "Unsure", "fr": "Incertains"},
    "sentiment": {"en": "Sentiment  - ± o +", "fr": "Sentiment  - ± o +"},
    "breach": {"en": "Breach", "fr": "Rupture"},
    "types": {"en": "Top types", "fr": "Types principaux"},
    "rows": {"en": "rows", "fr": "lignes"},
    "classified": {"en": "classified", "fr": "classées"},
    "evidence": {"en": "In their words", "fr": "Dans leurs mots"},
    "none": {"en": "(no text sure enough to quote)", "fr": "(aucun texte assez sûr pour être cité)"},
    "ok": {"en": "signed", "fr": "signées"},
    "abstained": {"en": "unsure", "fr": "incertaines"},
    "empty": {"en": "empty", "fr": "vides"},
    "unsupported_language": {"en": "in another language", "fr": "dans une autre langue"},
    "error": {"en": "failed", "fr": "en échec"},
    "note": {
        "en": "Shares count the most probable family of every classified text; they are not yet corrected for the model's errors.",
        "fr": "Les parts comptent la famille la plus probable de chaque texte classé ; elles ne sont pas encore corrigées des erreurs du modèle.",
    },
    "aliases": {"en": "Also called", "fr": "Dit aussi"},
    "cues": {"en": "Sounds like", "fr": "Se reconnaît à"},
    "counter_cues": {"en": "Not enough", "fr": "Ne suffit pas"},
    "provenance": {"en": "Where the name comes from", "fr": "D'où vient le nom"},
    "expects": {"en": "The customer expects", "fr": "Le client attend"},
    "gives": {"en": "The customer gives", "fr": "Le client donne"},
    "breaks": {"en": "What breaks it", "fr": "Ce qui la brise"},
    "company_should": {"en": "The company should", "fr": "L'entreprise devrait"},
    "fit": {"en": "Fitting service", "fr": "Service adapté"},
    "sourced": {"en": "sourced", "fr": "sourcé"},
    "proposed": {"en": "our proposal", "fr": "notre proposition"},
    "hbr_study": {"en": "named in the HBR study", "fr": "nommé dans l'étude HBR"},
    "literature": {"en": "from the literature, not one of the HBR types", "fr": "issu de la littérature, hors types HBR"},
    "memory": {"en": "recalled, unverified", "fr": "de mémoire, non vérifié"},
    "ours": {"en": "ours", "fr": "de nous"},
}


def profile_view(profile: RelationProfile, taxonomy: Taxonomy, language: Language = "en") -> RenderableType:
    """Return the profile as a table of families followed by quotes."""
    families = {family.id: family for family in taxonomy.families}
    kinds = {kind.id: kind for _, kind in taxonomy.labels() if kind}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(_WORDS["family"][language], no_wrap=True)
    for word in ("share", "texts", "unsure"):
        table.add_column(_WORDS[word][language], justify="right", no_wrap=True)
    table.add_column(_WORDS["sentiment"][language], no_wrap=True)
    table.add_column(_WORDS["breach"][language], justify="right", no_wrap=True)
    table.add_column(_WORDS["types"][language], overflow="fold")
    ranked = sorted(profile.families, key=lambda one: -one.count)
    for one in ranked:
        if not one.count:
            table.add_row(families[one.id].name[language], "0.0%", "0", "", "", "", "", style="dim")
            continue
        table.add_row(
            Text(families[one.id].name[language], style=f"bold {FAMILY_COLOURS.get(one.id, '')}"),
            f"{one.share:.1%}",
            f"{one.count:,}",
            f"{one.abstained:,}",
            _sentiment_bar(one),
            f"{one.breach:.0%}",
            ", ".join(f"{kinds[kind.id].name[language]} {kind.share:.0%}" for kind in one.types),
        )
    quotes = [_quotes_view(one, families[one.id], language) for one in ranked if one.count]
    heading = Text(f"\n{_WORDS['evidence'][language]}", style="bold")
    return Group(_status_line(profile, language), Text(""), table, Text(""), Text(_WORDS["note"][language], style="dim"), heading, *quotes)


def _status_line(profile: RelationProfile, language: Language) -> Text:
    parts = [f"{count:,} {_WORDS[status][language]}" for status, count in profile.statuses.items() if count]
    return Text(f"{profile.rows:,} {_WORDS['rows'][language]}: {', '.join(parts)}")


def _sentiment_bar(one: FamilyProfile) -> Text:
    order: tuple[Sentiment, ...] = ("negative", "mixed", "neutral", "positive")
    widths = _rounded_widths([one.sentiment[sentiment] for sentiment in order], _BAR)
    bar = Text()
    for sentiment, width in zip(order, widths, strict=True):
        bar.append(_SENTIMENT_MARKS[sentiment] * width, style=_SENTIMENT_STYLES[sentiment])
    return bar


def _rounded_widths(shares: list[float], total: int) -> list[int]:
    """Round so that the widths sum to *total*: largest remainders first."""
    exact = [share * total for share in shares]
    widths = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: widths[i] - exact[i])
    for i in by_remainder[: round(sum(exact)) - sum(widths)]:
        widths[i] += 1
    return widths


def _quotes_view(one: FamilyProfile, family: Family, language: Language) -> RenderableType:
    lines: list[RenderableType] = [Text(f"{family.name[language]}", style=f"bold {FAMILY_COLOURS.get(one.id, '')}")]
    if not one.quotes:
        lines.append(Padding(Text(_WORDS["none"][language], style="dim"), (0, 0, 0, 2)))
    for quote in one.quotes:
        left, right = ("« ", " »") if language == "fr" else ("“", "”")
        body = Text(f"{left}{quote.text}{right}")
        body.append(f"  {quote.confidence:.2f}", style="dim")
        lines.append(Padding(body, (0, 0, 0, 2)))
    return Group(*lines)


def profile_data(profile: RelationProfile) -> dict[str, Any]:
    """Return the profile as plain data, for JSON."""
    return asdict(profile)


def taxonomy_view(taxonomy: Taxonomy, language: Language) -> RenderableType:
    """Return families and types with their definitions, one line each."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for family, kind in taxonomy.labels():
        label = kind or family
        style = f"bold {FAMILY_COLOURS.get(family.id, '')}" if kind is None else ""
        name = label.name[language] if kind is None else f"  {label.name[language]}"
        table.add_row(Text(name, style=style), Text(label.id, style="dim"), label.definition[language])
    return table


def label_view(family: Family, kind: RelationType | None, taxonomy: Taxonomy, language: Language) -> RenderableType:
    """Return everything the taxonomy says of one family or type."""
    label = kind or family
    title = Text(label.name[language], style=f"bold {FAMILY_COLOURS.get(family.id, '')}")
    title.append(f"  {label.id}" if kind is None else f"  {label.id} · {family.name[language]}", style="dim")
    blocks: list[RenderableType] = [title, Text(label.definition[language])]
    for field in ("aliases", "cues", "counter_cues"):
        words = getattr(label, field)[language]
        if words:
            blocks.append(_block(_WORDS[field][language], [Text(" · ".join(words))]))
    blocks.append(_block(_WORDS["provenance"][language], [_provenance(label.provenance, taxonomy, language)]))
    if kind is None:
        blocks += _playbook_blocks(family, language)
        blocks.append(_block(_WORDS["types"][language], [Text(f"{one.name[language]} ({one.id})") for one in family.types]))
    return Group(*blocks)


def label_data(family: Family, kind: RelationType | None) -> dict[str, Any]:
    """Return a family or type as plain data, for JSON."""
    data: dict[str, Any] = msgspec.to_builtins(kind or family)
    return {**data, "family": family.id} if kind else data


def _block(title: str, lines: Iterable[RenderableType]) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), *(Padding(line, (0, 0, 0, 2)) for line in lines))


def _playbook_blocks(family: Family, language: Language) -> list[RenderableType]:
    blocks = []
    for field in ("expects", "gives", "breaks", "company_should"):
        rules: tuple[Rule, ...] = getattr(family.playbook, field)
        blocks.append(_block(_WORDS[field][language], [_marked(rule.text[language], rule.basis, language) for rule in rules]))
    fit = family.playbook.fit
    modes = ", ".join((*fit.service_modes, *fit.relation_aims)).replace("_", " ")
    if modes:
        blocks.append(_block(_WORDS["fit"][language], [_marked(modes, fit.basis, language)]))
    return blocks


def _marked(text: str, basis: str, language: Language) -> Text:
    line = Text(text)
    line.append(f"  [{_WORDS[basis][language]}]", style="dim")
    return line


def _provenance(provenance: Provenance, taxonomy: Taxonomy, language: Language) -> Text:
    line = Text(f"{_WORDS[provenance.status][language]}. {provenance.note[language]}")
    for key in provenance.source:
        line.append(f"\n{key}: {taxonomy.sources[key]}", style="dim")
    return line

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
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Family, Fit, Language, Provenance, RelationType, Rule, Taxonomy, is_standard

_SENTIMENT_ORDER: tuple[Sentiment, ...] = ("positive", "negative", "mixed", "neutral")
_WORDS: dict[str, dict[Language, str]] = {
    "family": {"en": "Family", "fr": "Famille"},
    "share": {"en": "Share", "fr": "Part"},
    "texts": {"en": "Texts", "fr": "Textes"},
    "unsure": {"en": "Unsure", "fr": "Incertains"},
    "positive": {"en": "% pos", "fr": "% pos"},
    "negative": {"en": "neg", "fr": "nég"},
    "mixed": {"en": "mix", "fr": "mix"},
    "neutral": {"en": "neu", "fr": "neu"},
    "breach": {"en": "Breach", "fr": "Manquement"},
    "types": {"en": "Types", "fr": "Types"},
    "evidence": {"en": "In their words (with the confidence)", "fr": "Dans leurs mots (avec la confiance)"},
    "none": {"en": "(no text to quote)", "fr": "(aucun texte à citer)"},
    "note": {
        "en": "Shares count the most probable family of every classified text, unsure ones included. How sure they are says"
        " `relationtypes profile` of the tagged file.",
        "fr": "Les parts comptent la famille la plus probable de chaque texte classé, incertains compris. La commande"
        " `relationtypes profile`, appliquée au fichier classé, dit à quel point elles sont sûres.",
    },
    "aliases": {"en": "Also called", "fr": "Dit aussi"},
    "cues": {"en": "Sounds like", "fr": "Se reconnaît à"},
    "counter_cues": {"en": "Not enough", "fr": "Ne suffit pas"},
    "examples": {"en": "For example", "fr": "Par exemple"},
    "provenance": {"en": "Where the name comes from", "fr": "D'où vient le nom"},
    "expects": {"en": "The customer expects", "fr": "Le client attend"},
    "gives": {"en": "The customer gives", "fr": "Le client donne"},
    "breaks": {"en": "What breaks it", "fr": "Ce qui la brise"},
    "company_should": {"en": "The company should", "fr": "L'entreprise devrait"},
    "fit": {"en": "Fitting service and aims", "fr": "Service et visées adaptés"},
    "clashes": {"en": "Service and aims that run against it", "fr": "Service et visées contraires"},
    "basis": {
        "en": "Lines with a source in brackets are sourced; the others are our proposals.",
        "fr": "Les lignes suivies d'une source entre crochets sont sourcées ; les autres sont nos propositions.",
    },
    "hbr_study": {"en": "Named in the HBR study", "fr": "Nommé dans l'étude HBR"},
    "literature": {
        "en": "From the literature, not one of the HBR types",
        "fr": "Issu de la littérature, hors des types HBR",
    },
    "other_literature": {"en": "From the literature", "fr": "Issu de la littérature"},
    "memory": {"en": "Recalled, unverified", "fr": "De mémoire, non vérifié"},
    "ours": {"en": "Ours", "fr": "De nous"},
    "own": {"en": "Of the taxonomy's author", "fr": "De l'auteur de la taxonomie"},
    "personal_assistance": {"en": "personal assistance", "fr": "assistance personnelle"},
    "dedicated_personal_assistance": {"en": "dedicated personal assistance", "fr": "assistance personnelle dédiée"},
    "self_service": {"en": "self-service", "fr": "libre-service"},
    "automated_services": {"en": "automated services", "fr": "services automatisés"},
    "communities": {"en": "communities", "fr": "communautés"},
    "co_creation": {"en": "co-creation", "fr": "co-création"},
    "transactional": {"en": "transactional", "fr": "transactionnelle"},
    "service": {"en": "service", "fr": "service"},
    "advice": {"en": "advice", "fr": "conseil"},
    "loyalty": {"en": "loyalty", "fr": "fidélité"},
    "collaborative": {"en": "collaborative", "fr": "collaborative"},
}
_COUNTED: dict[str, dict[Language, tuple[str, str]]] = {
    "rows": {"en": ("text", "texts"), "fr": ("texte", "textes")},
    "ok": {"en": ("signed", "signed"), "fr": ("signé", "signés")},
    "abstained": {"en": ("unsure", "unsure"), "fr": ("incertain", "incertains")},
    "empty": {"en": ("empty", "empty"), "fr": ("vide", "vides")},
    "unsupported_language": {"en": ("in another language",) * 2, "fr": ("dans une autre langue",) * 2},
    "error": {"en": ("failed", "failed"), "fr": ("en échec", "en échec")},
}
"""One and many."""


def profile_view(profile: RelationProfile, taxonomy: Taxonomy, language: Language = "en") -> RenderableType:
    """Return the profile as a table of families, then each family's types and quotes; 80 columns are enough."""
    names = {family.id: family.name[language] for family in taxonomy.families}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(_WORDS["family"][language], no_wrap=True)
    for word in ("share", "texts", "unsure", *_SENTIMENT_ORDER, "breach"):
        table.add_column(_WORDS[word][language], justify="right", no_wrap=True)
    ranked = sorted(profile.families, key=lambda one: -one.count)
    for one in ranked:
        table.add_row(_name(one.id, names), *_cells(one, language), style="" if one.count else "dim")
    blocks: list[RenderableType] = [Text(_status_line(profile, language)), Text(""), table, Text("")]
    if profile.classified:
        blocks += [Text(_WORDS["note"][language], style="dim"), Text(f"\n{_WORDS['evidence'][language]}", style="bold")]
        blocks += [_quotes_view(one, names, taxonomy, language) for one in ranked if one.count]
    return Group(*blocks)


def _name(family: str, names: dict[str, str]) -> Text:
    return Text(names.get(family, family), style=f"bold {colour_of(family, names)}")


def _cells(one: FamilyProfile, language: Language) -> list[str]:
    if not one.count:
        return [_percent(0, language, digits=1), "0"]
    return [
        _percent(one.share, language, digits=1),
        _count(one.count, language),
        _count(one.abstained, language),
        *(f"{100 * one.sentiment[sentiment]:.0f}" for sentiment in _SENTIMENT_ORDER),
        _percent(one.breach, language),
    ]


def _percent(share: float, language: Language, *, digits: int = 0) -> str:
    number = f"{100 * share:.{digits}f}"
    return f"{number}%" if language == "en" else number.replace(".", ",") + "\u202f%"


def _count(number: int, language: Language) -> str:
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\u202f")


def _counted(number: int, what: str, language: Language) -> str:
    few = number == 1 if language == "en" else number < 2
    return f"{_count(number, language)} {_COUNTED[what][language][0 if few else 1]}"


def _status_line(profile: RelationProfile, language: Language) -> str:
    parts = [_counted(count, status, language) for status, count in profile.statuses.items() if count]
    colon = ": " if language == "en" else "\u00a0: "
    return _counted(profile.rows, "rows", language) + (colon + ", ".join(parts) if parts else "")


def _quotes_view(one: FamilyProfile, names: dict[str, str], taxonomy: Taxonomy, language: Language) -> RenderableType:
    kinds = {kind.id: kind.name[language] for _, kind in taxonomy.labels() if kind}
    heading = Text("\n") + _name(one.id, names)
    listed = ", ".join(f"{kinds.get(kind.id, kind.id)} {_percent(kind.share, language)}" for kind in one.types)
    if any(kind.id != one.id for kind in one.types):
        heading.append(f"  {listed}", style="dim")
    lines: list[RenderableType] = [heading]
    if not one.quotes:
        lines.append(_indented(Text(_WORDS["none"][language], style="dim")))
    for quote in one.quotes:
        left, right = ("«\u00a0", "\u00a0»") if language == "fr" else ("“", "”")
        body = Text(f"{left}{quote.text}{right}")
        body.append(f" {quote.confidence:.2f}", style="dim")
        lines.append(_indented(body))
    return Group(*lines)


def profile_data(profile: RelationProfile) -> dict[str, Any]:
    """Return the profile as plain data, for JSON."""
    return asdict(profile)


def taxonomies_view(taxonomies: Iterable[Taxonomy], language: Language) -> RenderableType:
    """Return which taxonomies there are: id, how many labels, name."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for one in taxonomies:
        table.add_row(Text(one.id, style="bold"), str(len(one.type_ids)), one.name[language])
    return table


def taxonomies_data(taxonomies: Iterable[Taxonomy]) -> list[dict[str, Any]]:
    """Return which taxonomies there are as plain data, for JSON."""
    return [
        {"id": one.id, "version": one.version, "name": msgspec.to_builtins(one.name), "labels": list(one.type_ids)}
        for one in taxonomies
    ]


def taxonomy_view(taxonomy: Taxonomy, language: Language) -> RenderableType:
    """Return families and types, each with its id and definition; a family that is not divided is told once."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for family, kind in taxonomy.labels():
        if kind and family.is_undivided:
            continue
        label = kind or family
        style = f"bold {colour_of(family.id, taxonomy.family_ids)}" if kind is None else ""
        name = label.name[language] if kind is None else f"  {label.name[language]}"
        table.add_row(Text(name, style=style), Text(label.id, style="dim"), label.definition[language])
    return table


def label_view(family: Family, kind: RelationType | None, taxonomy: Taxonomy, language: Language) -> RenderableType:
    """Return everything the taxonomy says of one family or type."""
    label = kind or family
    title = Text(label.name[language], style=f"bold {colour_of(family.id, taxonomy.family_ids)}")
    title.append(f"  {label.id}" if kind is None else f"  {label.id} · {family.name[language]}", style="dim")
    blocks: list[RenderableType] = [title, Text(label.definition[language])]
    if kind is None and not family.is_undivided:
        blocks.append(
            _block(_WORDS["types"][language], [Text(f"{one.name[language]} ({one.id})") for one in family.types])
        )
    for field in ("aliases", "cues", "counter_cues"):
        words = getattr(label, field)[language]
        if words:
            blocks.append(_block(_WORDS[field][language], [Text(" · ".join(words))]))
    examples = (kind or family.types[0]).examples[language]
    if examples:
        blocks.append(_block(_WORDS["examples"][language], [Text(f"– {text}") for text in examples]))
    if kind is None and not family.playbook.is_empty:
        blocks += _playbook_blocks(family, language)
    blocks.append(_block(_WORDS["provenance"][language], _provenance(label.provenance, taxonomy, language)))
    return Group(*blocks)


def label_data(family: Family, kind: RelationType | None) -> dict[str, Any]:
    """Return a family or type as plain data, for JSON."""
    data: dict[str, Any] = msgspec.to_builtins(kind or family)
    return {**data, "family": family.id} if kind else data


def _indented(line: RenderableType) -> RenderableType:
    return Padding(line, (0, 0, 0, 2), expand=False)


def _block(title: str, lines: Iterable[RenderableType]) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), *(_indented(line) for line in lines))


def _playbook_blocks(family: Family, language: Language) -> list[RenderableType]:
    blocks = []
    for field in ("expects", "gives", "breaks", "company_should"):
        rules: tuple[Rule, ...] = getattr(family.playbook, field)
        blocks.append(_block(_WORDS[field][language], [_with_sources(rule.text[language], rule) for rule in rules]))
    fit = family.playbook.fit
    modes = ", ".join(_WORDS[word][language] for word in (*fit.service_modes, *fit.relation_aims))
    if modes:
        blocks.append(_block(_WORDS["fit"][language], [_with_sources(modes, fit)]))
    clashes = ", ".join(_WORDS[word][language] for word in (*fit.clashes_modes, *fit.clashes_aims))
    if clashes:
        blocks.append(_block(_WORDS["clashes"][language], [clashes]))
    return [*blocks, Padding(Text(_WORDS["basis"][language], style="dim"), (1, 0, 0, 2))]


def _with_sources(text: str, rule: Rule | Fit) -> Text:
    line = Text(text)
    if rule.basis == "sourced":
        line.append(f" [{', '.join(rule.source)}]", style="dim")
    return line


def _provenance(provenance: Provenance, taxonomy: Taxonomy, language: Language) -> list[Text]:
    colon = ": " if language == "en" else "\u00a0: "
    status = provenance.status if is_standard(taxonomy) or provenance.status != "literature" else "other_literature"
    first = Text(f"{_WORDS[status][language]}. {provenance.note[language]}".strip())
    return [first, *(Text(f"{key}{colon}{taxonomy.sources[key]}", style="dim") for key in provenance.source)]

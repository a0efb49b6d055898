"""What is offered, where, and what the playbook says of it, as sentences have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relationtypes.findings.estimates import Estimate
from relationtypes.findings.mismatch import Mismatch
from relationtypes.reporting.document import Points
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, french_spaces
from relationtypes.taxonomy import Language, Playbook, RelationAim, Rule, ServiceMode, Taxonomy

say = Wording(
    personal_assistance=("personal assistance", "assistance personnelle"),
    dedicated_personal_assistance=("dedicated personal assistance", "assistance personnelle dédiée"),
    self_service=("self-service", "libre-service"),
    automated_services=("automated services", "services automatisés"),
    communities=("communities", "communautés"),
    co_creation=("co-creation", "co-création"),
    transactional=("a transactional relationship", "une relation transactionnelle"),
    service=("a service relationship", "une relation de service"),
    advice=("an advisory relationship", "une relation de conseil"),
    loyalty=("a loyalty relationship", "une relation de fidélité"),
    collaborative=("a collaborative relationship", "une relation collaborative"),
    whole=("All texts", "Tous les textes"),
    others=("Outside the segments", "Hors des segments"),
    expects=("Expected by the customer – {text}", "Attendu par le client – {text}"),
    breaks=("Breaks the relationship – {text}", "Brise la relation – {text}"),
    company_should=("For the company to do – {text}", "À faire par l’entreprise – {text}"),
    proposal=(" (our proposal)", " (notre proposition)"),
    playbook=("What the playbook says of “{family}”", "Ce que dit le guide sur « {family} »"),
    sources=("Sources of the playbook’s lines", "Sources des lignes du guide"),
    source=("{short}: {text}", "{short} : {text}"),
)


def listed(items: Sequence[str], language: Language) -> str:
    """Return *items* as a sentence lists them.

    >>> listed(["a", "b", "c"], "en")
    'a, b and c'
    """
    last = " and " if language == "en" else " et "
    return last.join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def named(ids: Iterable[ServiceMode | RelationAim], language: Language) -> tuple[str, ...]:
    """Return the names of service modes and relation aims."""
    return tuple(say(one, language) for one in ids)


def where(one: Mismatch, language: Language) -> str:
    """Return the name of the part that *one* is of."""
    return one.segment if one.part == "segment" else say(one.part, language)


def aside(estimate: Estimate, language: Language, digits: int = 1) -> str:
    """Return a share and its interval for use within brackets: ``4.1%, 3.2–5.2``."""
    return written(estimate, "percent", language, digits).replace(" (", ", ").removesuffix(")")


def rule_text(rule: Rule, language: Language) -> str:
    """Return a line of the playbook with its sources, or as our proposal."""
    end = f" [{', '.join(rule.source)}]" if rule.basis == "sourced" else say("proposal", language)
    written_plainly = rule.text[language].replace("'", "’")
    text = french_spaces(written_plainly) if language == "fr" else written_plainly
    return text[0].lower() + text[1:] + end


def told_rules(playbook: Playbook) -> tuple[tuple[str, Rule], ...]:
    """Return the rules that are told of a family, each with what kind of rule it is."""
    kinds = (("expects", playbook.expects), ("breaks", playbook.breaks), ("company_should", playbook.company_should))
    return tuple((kind, rule) for kind, rules in kinds for rule in rules)


def playbook_points(playbook: Playbook, family: str, language: Language) -> Points:
    """Return what the playbook says of a family: what is expected, what breaks it, what the company should do."""
    lines = tuple(say(key, language, text=rule_text(rule, language)) for key, rule in told_rules(playbook))
    return Points(lines, say("playbook", language, family=family))


def source_points(rules: Iterable[Rule], taxonomy: Taxonomy, language: Language) -> Points | None:
    """Return the sources that *rules* refer to; ``None`` where there is none."""
    keys = dict.fromkeys(key for rule in rules for key in rule.source)
    lines = tuple(say("source", language, short=key, text=taxonomy.sources[key]) for key in keys)
    return Points(lines, say("sources", language), aside=True) if lines else None

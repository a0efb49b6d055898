"""What redaction finds and what it leaves: `python benchmarks/redaction.py [--half measure] [--spacy en=MODEL fr=MODEL]`.

Precision and recall by kind and language, on the hand-written sentences and on generated texts. A datum is *covered* when not
one letter or digit of it can be read any more, *exact* when what was taken out begins and ends where it does; *leaked* is the
share of the data's letters and digits that can still be read. A finding is *right* when it touches a datum, and *in vain* are
the letters and digits taken out that are nobody's. Recall does not mind of which kind a
finding is called; precision is of the kind it was called. ``--misses`` prints what was missed and what was taken wrongly.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.redaction_cases import HALVES, Case, generated, written
from relationtypes.redacting import KINDS, redact, spacy_names
from relationtypes.redacting.kinds import FindNames

EACH = 20
"""Texts of every template."""


@dataclass
class Tally:
    """Counts of one kind in one language; ``signs`` are letters and digits."""

    data: int = 0
    covered: int = 0
    exact: int = 0
    signs: int = 0
    leaked: int = 0
    found: int = 0
    right: int = 0
    vain: int = 0

    @property
    def recall(self) -> float:
        """Share of the data of which nothing can be read any more."""
        return self.covered / self.data if self.data else 1.0

    @property
    def precision(self) -> float:
        """Share of the findings that touch a datum."""
        return self.right / self.found if self.found else 1.0

    @property
    def leak(self) -> float:
        """Share of the data's letters and digits that can still be read."""
        return self.leaked / self.signs if self.signs else 0.0

    def row(self) -> str:
        """Return the counts and shares as one line."""
        return (
            f"{self.data:6} {self.recall:8.3f} {self.exact / self.data if self.data else 1:8.3f} {self.leak:8.3f} "
            f"{self.found:6} {self.precision:9.3f} {self.vain:6}"
        )


@dataclass
class Measured:
    """Tallies by ``(language, kind)``, ``all`` among the kinds, and what went wrong in words."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    misses: list[str] = field(default_factory=list)


def measure(cases: Iterable[Case], find_names: Mapping[str, FindNames] | None = None) -> Measured:
    """Redact the texts of *cases* and compare with what is known of them.

    Args:
        cases: texts with the places of their personal data.
        find_names: a further finder of names for a language.
    """
    measured = Measured()
    for case in cases:
        find = (find_names or {}).get(case.language)
        spans = redact(case.text, find_names=find).spans
        _count(measured, case, [(one.start, one.end, one.kind) for one in spans])
    return measured


def _count(measured: Measured, case: Case, found: list[tuple[int, int, str]]) -> None:
    told = [place for place, sign in enumerate(case.text) if sign.isalnum()]
    taken = {place for start, end, _ in found for place in range(start, end)}
    known = {place for start, end, _ in case.spans for place in range(start, end)}
    edges = {(start, end) for start, end, _ in found}
    for start, end, kind in case.spans:
        signs = [place for place in told if start <= place < end]
        leaked = sum(place not in taken for place in signs)
        for of in (kind, "all"):
            tally = measured.tallies[case.language, of]
            tally.data += 1
            tally.signs += len(signs)
            tally.leaked += leaked
            tally.covered += not leaked
            tally.exact += (start, end) in edges
        if leaked:
            measured.misses.append(f"MISSED {kind:10} {case.name:10} {case.text[start:end]!r} in {case.text!r}")
    for start, end, kind in found:
        right = any(place in known for place in range(start, end))
        vain = sum(place not in known for place in told if start <= place < end)
        for of in (kind, "all"):
            tally = measured.tallies[case.language, of]
            tally.found += 1
            tally.right += right
            tally.vain += vain
        if not right:
            measured.misses.append(f"WRONG  {kind:10} {case.name:10} {case.text[start:end]!r} in {case.text!r}")


def show(title: str, measured: Measured) -> None:
    """Print a table of *measured*."""
    print(f"\n{title}\n{'':16}  data   recall    exact   leaked  found precision in vain")
    for language in ("en", "fr"):
        for kind in (*KINDS, "all"):
            tally = measured.tallies.get((language, kind))
            if tally:
                print(f"{language} {kind:12} {tally.row()}")


def main() -> None:
    """Measure and print what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=HALVES, action="append", help="one half alone; both unless given")
    parser.add_argument("--each", type=int, default=EACH, help="texts of every template")
    parser.add_argument(
        "--spacy", nargs="*", default=[], metavar="LANGUAGE=MODEL", help="installed pipelines for names"
    )
    parser.add_argument("--misses", action="store_true", help="print what was missed and what was taken wrongly")
    options = parser.parse_args()
    finders = {language: spacy_names(model) for language, _, model in (one.partition("=") for one in options.spacy)}
    for half in options.half or HALVES:
        for source, cases in (("written", list(written(half))), ("generated", list(generated(half, options.each)))):
            measured = measure(cases, finders)
            texts = Counter(case.language for case in cases)
            show(f"{source}, {half}: {texts['en']} English and {texts['fr']} French texts", measured)
            if options.misses:
                print(*measured.misses, sep="\n")


if __name__ == "__main__":
    main()

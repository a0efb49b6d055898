"""How a model errs when its labels are counted: its confusion, and how many texts read by hand its count is worth.

Shares of 40,000 labels have no sampling error to speak of, and yet they are wrong: the model has habits, and they differ from
source to source. That error is expressed as the size of the sample, read by hand, whose shares would err as much: its worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.artefact import CALIBRATION, open_artefact, seal
from relationtypes.calibration import Calibration
from relationtypes.classifiers import build_classifier
from relationtypes.normalising import normalise
from relationtypes.taxonomy import Taxonomy, load_taxonomy
from training.evaluating import truth_of
from training.sources import Example

FEWEST_OF_A_SOURCE = 20
_FEWEST_TO_CHECK = 40
_DRAWS = 2_000
_NEVER_WORTH_MORE = 10_000.0

Labels = NDArray[np.intp]


def confusion_of(named: Labels, true: Labels, width: int) -> tuple[tuple[float, ...], ...]:
    """Return for each true family how many texts of it were named each family, (families, families)."""
    counts = np.zeros((width, width))
    np.add.at(counts, (true, named), 1)
    return tuple(tuple(float(count) for count in row) for row in counts)


def worth_of(named: Labels, true: Labels, sources: Sequence[str], width: int) -> float:
    """Return how many texts read by hand the count of a source's labels is worth; 0 without sources to tell it from.

    The share of a family in a sample of m texts has the variance p (1 − p) / m. The model's share differs from the true one of
    the same texts by d, of which the part that chance explains, v, is the variance of the texts' differences over their number.
    Over sources and families, m is the sum of p (1 − p) over that of d² − v, sources weighted by their texts: the method of
    moments.
    """
    excess = spread = 0.0
    for at in _by_source(sources, FEWEST_OF_A_SOURCE):
        n = len(at)
        for family in range(width):
            differences = (named[at] == family).astype(float) - (true[at] == family)
            share = float((true[at] == family).mean())
            excess += n * (differences.mean() ** 2 - differences.var(ddof=1) / n)
            spread += n * share * (1 - share) * n / (n - 1)
    if not spread:
        return 0.0
    return round(float(min(spread / excess, _NEVER_WORTH_MORE)) if excess > 0 else _NEVER_WORTH_MORE, 1)


def coverage_of(named: Labels, true: Labels, sources: Sequence[str], width: int, *, seed: int = 0) -> dict[str, float]:
    """Return how often 95% intervals of the counted share hold the true one, on sources left out one at a time.

    The worth is that of the other sources. As the true share is known only of the texts at hand, chance is added as in
    :func:`worth_of`.
    """
    rng = np.random.default_rng(seed)
    names = np.asarray(sources)
    inside: list[NDArray[np.bool_]] = []
    for at in _by_source(sources, _FEWEST_TO_CHECK):
        others = names != names[at[0]]
        worth = worth_of(named[others], true[others], names[others].tolist(), width)
        share = np.bincount(named[at], minlength=width) / len(at)
        truth = np.bincount(true[at], minlength=width) / len(at)
        differences = np.stack([(named[at] == family).astype(float) - (true[at] == family) for family in range(width)])
        drawn = rng.dirichlet(share * worth + 1 / width, size=_DRAWS)
        drawn = drawn + rng.normal(size=drawn.shape) * np.sqrt(differences.var(axis=1) / len(at))
        low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
        inside.append((truth >= np.minimum(low, share)) & (truth <= np.maximum(high, share)))
    return {"sources": len(inside), "coverage": round(float(np.mean(inside)), 4) if inside else 0.0}


def with_error_of_counts(
    calibration: Calibration, named: Labels, examples: Sequence[Example], taxonomy: Taxonomy
) -> Calibration:
    """Return *calibration* with the confusion and the worth of labels *named* for *examples*."""
    true = truth_of(examples, taxonomy).family
    width = len(taxonomy.family_ids)
    return msgspec.structs.replace(
        calibration,
        confusion=confusion_of(named, true, width),
        worth=worth_of(named, true, [example.source for example in examples], width),
    )


def recount(folder: Path, held_out: Sequence[Example]) -> dict[str, Any]:
    """Measure how the model in *folder* errs in counting on texts *held_out*, write it into its calibration, and seal it.

    For models exported before that was measured: their weights stay as they are.
    """
    artefact, taxonomy = open_artefact(folder), load_taxonomy()
    classifier = build_classifier(artefact)
    scores = classifier.scores([normalise(example.text) for example in held_out])
    named = scores.family.argmax(axis=1)
    calibration = with_error_of_counts(artefact.calibration, named, held_out, taxonomy)
    content = msgspec.json.format(msgspec.json.encode(calibration), indent=1)
    (folder / CALIBRATION).write_bytes(content + b"\n")
    seal(folder)
    sources = [example.source for example in held_out]
    true = truth_of(held_out, taxonomy).family
    return {
        "texts": len(held_out),
        "worth": calibration.worth,
        **coverage_of(named, true, sources, len(taxonomy.family_ids)),
    }


def _by_source(sources: Sequence[str], fewest: int) -> list[NDArray[np.intp]]:
    names = np.asarray(sources)
    found = [np.flatnonzero(names == name) for name in np.unique(names)]
    return [at for at in found if len(at) >= fewest]

"""How frequent each family or type is, with an interval that holds both what the sample and what the model may get wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError
from relationtypes.findings.estimates import Estimate, Method, estimates, proportion
from relationtypes.findings.resampling import DRAWS, SEED, bootstrap_patterns
from relationtypes.findings.table import TaggedTable
from relationtypes.prevalence import adjusted_shares, expected_shares

Level = Literal["family", "type"]
_UNSEEN = 0.25  # of a text, for each pair of families: no confusion is impossible only because it was not met
_EXPECTED_DRAWS, _EXPECTED_TEXTS = 200, 2_000
_EXPECTED_STEPS = 200


@dataclass(frozen=True)
class ShareDraws:
    """Shares with their bootstrap distribution, for those who compare them.

    Attributes:
        ids: families or types.
        values: the shares, (k).
        draws: (draws, k).
        counts: texts labelled with each, (k).
        n: classified texts.
        independent: customers (or texts, where none is known) that wrote them; 0 for as many as texts.
    """

    ids: tuple[str, ...]
    values: NDArray[np.float64]
    draws: NDArray[np.float64]
    counts: NDArray[np.int64]
    n: int
    independent: int = 0

    def estimates(self) -> tuple[Estimate, ...]:
        """Return each share with its interval; it rests on all classified texts.

        No interval is narrower than Wilson's: a family that few texts do not show, or all of them, looks alike in all draws, and
        yet the next text may be otherwise. There a customer counts for one text, as all of theirs may be alike.
        """
        drawn = estimates(self.values, self.draws, [self.n] * len(self.ids))
        people = self.independent or self.n
        plain = [proportion(one.value, self.n if 0 < one.value < 1 else people, one.n) for one in drawn]
        return tuple(
            Estimate(one.value, float(np.fmin(one.low, least.low)), float(np.fmax(one.high, least.high)), one.n)
            for one, least in zip(drawn, plain, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the families or types among the classified texts.

    Attributes:
        ids: families or types, in the taxonomy's order.
        estimates: the share of each, by *method*.
        counts: texts labelled with each.
        counted: the plain share of the labels, one step away whatever the method.
        method: how the shares are come by.
        n: classified texts.
        worth: how many texts read by hand the model's labels are taken to be worth; 0 where its error is not known and the
            intervals hold the sample's alone.
    """

    ids: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    counts: tuple[int, ...]
    counted: tuple[float, ...]
    method: Method
    n: int
    worth: float

    def of(self, label: str) -> Estimate:
        """Return the share of *label*."""
        return self.estimates[self.ids.index(label)]


def shares(
    table: TaggedTable,
    *,
    method: Method = "counted",
    level: Level = "family",
    draws: int = DRAWS,
    seed: int = SEED,
) -> Shares:
    """Return the shares of the families or types among the classified texts of *table*, unsure ones included.

    ``counted``: the labels as they stand. The interval holds the error of the sample, and that of the model as it was measured
    on held-out sources: its count is never surer than one of ``facts.worth`` texts read by hand.

    ``adjusted``: corrected by the model's confusion on held-out texts (Forman 2008), the interval holding what that may get
    wrong. ``expected``: by expectation and maximisation (Saerens, Latinne & Decaestecker 2002). Both assume that the texts of a
    family look here as they did there, and only their number differs. Where that holds they are right when counts are not;
    on sources that the model has never seen it does not hold, and there they did worse than counts.

    Args:
        table: tagged texts.
        method: see above; for shares from texts that a person checked, see ``findings.checking``.
        level: families, or types (within a corrected family, types are counted).
        draws: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        ArgumentError: the method is unknown, or needs what is not known of the model.
    """
    found = share_draws(table, method=method, level=level, draws=draws, seed=seed)
    counted = found.counts / max(found.n, 1)
    return Shares(
        ids=found.ids,
        estimates=found.estimates(),
        counts=tuple(int(count) for count in found.counts),
        counted=tuple(float(share) for share in counted),
        method=method,
        n=found.n,
        worth=table.facts.worth if table.facts else 0.0,
    )


def share_draws(
    table: TaggedTable,
    *,
    method: Method = "counted",
    level: Level = "family",
    model_error: bool = True,
    draws: int = DRAWS,
    seed: int = SEED,
) -> ShareDraws:
    """Return the shares with their bootstrap distribution; see :func:`shares`.

    Args:
        table: tagged texts.
        method: ``counted``, ``adjusted`` or ``expected``.
        level: ``family`` or ``type``.
        model_error: whether the draws of counts hold the model's error as well. Not so for the difference of two groups of like
            texts, from which an error made in both falls out.
        draws: of the bootstrap.
        seed: of the bootstrap.
    """
    if method not in ("counted", "adjusted", "expected"):
        raise ArgumentError(f"The method of shares must be one of {', '.join(get_args(Method)[:3])}. Got {method!r}.")
    ids = table.taxonomy.family_ids if level == "family" else table.taxonomy.type_ids
    codes = table.family if level == "family" else table.type
    at = np.flatnonzero(codes >= 0)
    clusters = table.clusters[at] if table.clusters is not None else None
    labels = codes[at]
    counts = np.bincount(labels, minlength=len(ids)).astype(np.float64)
    if not len(at):
        empty = np.full(len(ids), np.nan)
        return ShareDraws(ids, empty, np.full((draws, len(ids)), np.nan), counts.astype(np.int64), 0)
    sums = bootstrap_patterns(labels, np.eye(len(ids)), clusters, draws=draws, seed=seed)
    drawn = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1)
    values = counts / counts.sum()
    if method == "counted":
        worth = table.facts.worth if table.facts and model_error else 0.0
        drawn = with_model_error(drawn, worth, seed) if worth else drawn
    else:
        width = len(table.taxonomy.family_ids)
        families = table.family[at]
        parents = np.asarray(table.taxonomy.families_of_types if level == "type" else range(len(ids)))
        if method == "adjusted":
            family_sums = bootstrap_patterns(families, np.eye(width), clusters, draws=draws, seed=seed)
            family_counts = np.bincount(families, minlength=width).astype(np.float64)
            corrected, corrected_draws = _adjusted(table, family_counts, family_sums, seed)
        else:
            corrected, corrected_draws = _expected(table, at, clusters, min(draws, _EXPECTED_DRAWS), seed)
            drawn = drawn[: len(corrected_draws)]
        values = _within(values, parents) * corrected[parents]
        drawn = _within(drawn, parents) * corrected_draws[:, parents]
    independent = len(at) if clusters is None else len(np.unique(clusters))
    return ShareDraws(ids, values, drawn, counts.astype(np.int64), len(at), independent)


def with_model_error(drawn: NDArray[np.float64], worth: float, seed: int = SEED) -> NDArray[np.float64]:
    """Let each draw wander as a sample of *worth* texts would: a Dirichlet whose shares have the variance p(1 − p) / worth.

    One text more, spread over all, keeps a family without texts from being impossible (Perks 1947).
    """
    rng = np.random.default_rng(seed + 1)
    gammas = rng.gamma(drawn * worth + 1 / drawn.shape[-1])
    wandered: NDArray[np.float64] = gammas / np.maximum(gammas.sum(axis=-1, keepdims=True), 1e-300)
    return wandered


def _within(shares_: NDArray[np.float64], parents: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the share of each type within its family; that of a family without texts is spread evenly."""
    width = int(parents.max()) + 1
    member = np.eye(width)[parents]  # (k, families)
    of_family = (shares_ @ member)[..., parents]
    even = 1 / member.sum(axis=0)[parents]
    return np.where(of_family > 0, shares_ / np.where(of_family > 0, of_family, 1), even)


def _adjusted(
    table: TaggedTable, counts: NDArray[np.float64], sums: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not table.facts or not table.facts.confusion:
        raise ArgumentError(
            "The method 'adjusted' needs to know how the model that tagged these texts confuses relationships, and that is not"
            " known. Tag the texts again with this version, or use the method 'counted'."
        )
    order = [table.facts.families.index(name) for name in table.taxonomy.family_ids]
    confusion = np.asarray(table.facts.confusion, np.float64)[np.ix_(order, order)] + _UNSEEN
    rng = np.random.default_rng(seed + 2)
    gammas = rng.gamma(np.broadcast_to(confusion, (len(sums), *confusion.shape)))
    return adjusted_shares(counts, confusion), adjusted_shares(sums, gammas)


def _expected(
    table: TaggedTable, at: NDArray[np.intp], clusters: NDArray[np.int64] | None, draws: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The draws are of samples of at most 2,000 texts, their spread narrowed to that of all (m out of n bootstrap)."""
    if not table.facts or not table.facts.prior:
        raise ArgumentError(
            "The method 'expected' needs the prior shares that the model's probabilities rest on, and they are not known for"
            " these texts. Tag the texts again with this version, or use the method 'counted'."
        )
    order = [table.facts.families.index(name) for name in table.taxonomy.family_ids]
    prior = np.asarray(table.facts.prior, np.float64)[order]
    rows = table.probabilities[at].astype(np.float64)
    value = expected_shares(rows, prior)
    groups = np.arange(len(rows)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    sums = np.zeros((groups.max() + 1, rows.shape[1]))
    np.add.at(sums, groups, rows)
    rng = np.random.default_rng(seed + 3)
    by_content = np.lexsort(sums.T)  # so that the order of the rows does not matter
    size = min(len(sums), _EXPECTED_TEXTS)
    chosen = by_content[np.sort(rng.choice(len(sums), size, replace=False))]
    place = np.full(len(sums), -1)
    place[chosen] = np.arange(size)
    inside = place[groups] >= 0
    ratios, owner = rows[inside] / prior, place[groups][inside]
    weights = rng.multinomial(size, np.full(size, 1 / size), size=draws)[:, owner].astype(np.float64)
    weights = np.vstack([np.ones(len(owner)), weights])
    found = np.tile(value, (len(weights), 1))
    for _ in range(_EXPECTED_STEPS):
        whole = found @ ratios.T
        previous, found = found, found * ((weights / np.maximum(whole, 1e-300)) @ ratios)
        found /= found.sum(axis=1, keepdims=True)
        if np.abs(found - previous).max() < 1e-5:
            break
    deviations = (found[1:] - found[0]) * np.sqrt(size / len(sums))
    drawn = np.clip(value + deviations, 0, 1)
    return value, drawn / drawn.sum(axis=1, keepdims=True)

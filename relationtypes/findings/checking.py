"""Shares from texts that a person checked, made surer by the labels of the model for all the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, ColumnError, UnknownLabelError, did_you_mean
from relationtypes.findings.estimates import FEWEST, Estimate, proportion
from relationtypes.findings.hypotheses import chi_square_p
from relationtypes.findings.powering import powered, standard_errors, two_samples
from relationtypes.findings.quantifying import Level
from relationtypes.findings.resampling import SEED, indicators
from relationtypes.findings.sampling import without_personal_data
from relationtypes.findings.table import COLUMN, ROW, TEXT, TaggedTable
from relationtypes.taxonomy import Family, RelationType, Taxonomy

_LONG = 30  # signs: a value longer than that may be a customer's text and is not named
_UNLIKELY = 0.01
_COMMA = ", "


@dataclass(frozen=True, slots=True)
class CheckedShares:
    """Shares of k families or types by prediction-powered inference, and how the model did on the checked texts.

    Attributes:
        ids: families or types, in the taxonomy's order.
        estimates: the share of each. They sum to one: each is clipped to 0 to 1, then all are divided by their sum.
        classical: the share among the checked texts alone, as it would be without the model.
        counted: the plain share of the model's labels among all classified texts.
        errors: standard error of each share before clipping.
        classical_errors: the same without the model.
        weights: how far each share leans on the model, from 0 (not at all) to 1.
        checked: classified texts with a person's label.
        n: classified texts.
        ignored: texts with a person's label to which the model gave none; they are left out.
        worth: how many texts would have to be checked to be as sure without the model.
        agreement: share of the checked texts on which model and person agree.
        confusion: checked texts by the person's label (row) and the model's (column), (k, k).
        chi_square: of the model's labels, checked against not checked; NaN where there is nothing to compare.
        freedom: degrees of freedom of it.
        p: how likely so large a chi-square is if the checked texts were chosen at random; texts are taken for independent.
        clusters: customers (or rows) that wrote the checked texts, where several texts may be by one; else ``None``.
    """

    ids: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    classical: tuple[Estimate, ...]
    counted: tuple[float, ...]
    errors: tuple[float, ...]
    classical_errors: tuple[float, ...]
    weights: tuple[float, ...]
    checked: int
    n: int
    ignored: int
    worth: float
    agreement: Estimate
    confusion: tuple[tuple[int, ...], ...]
    chi_square: float
    freedom: int
    p: float
    clusters: int | None

    def of(self, label: str) -> Estimate:
        """Return the share of *label*."""
        return self.estimates[self.ids.index(label)]

    @property
    def few(self) -> bool:
        """Whether so few texts were checked that the shares should be flagged."""
        return self.checked < FEWEST

    @property
    def looks_random(self) -> bool:
        """Whether the model's labels of the checked texts are spread as those of the others, at the level of 1%."""
        return not self.p < _UNLIKELY


def checked_shares(table: TaggedTable, checked: str, *, level: Level = "family") -> CheckedShares:
    """Return the shares of families or types among the classified texts, from those of them that a person checked.

    The share among the checked texts is moved by how much the model finds the label more, or less, often in the others; how far
    is chosen so as to be surest. Whatever the model gets wrong, the shares are right on average, provided that the checked
    texts were chosen at random (:func:`draw_sample`). Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, "Prediction-powered
    inference", Science 382; its weight by Angelopoulos, Duchi & Zrnic 2023, "PPI++: Efficient Prediction-Powered Inference".
    For families the model says its probabilities, for types its labels.

    Standard errors are those of sums over customers, where texts are by one. The intervals are Wilson's, for as many texts as the
    standard error is worth (after Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data"), so that they hold for rare labels too.

    Args:
        table: tagged texts.
        checked: the column with the label that a person gave, an id, a name or an alias in either language; blank where a text
            was not checked. At the level of types, a family stands for its first type.
        level: families or types.

    Raises:
        ArgumentError: there is no such level.
        ColumnError: there is no such column, or no classified text was checked.
        UnknownLabelError: the column holds something that is no label.
    """
    if level not in ("family", "type"):
        raise ArgumentError(f"The level must be family or type. Got {level!r}.")
    ids = table.taxonomy.family_ids if level == "family" else table.taxonomy.type_ids
    person = _labels_given(table, checked, level, ids)
    given = person >= 0
    mine = given & table.classified
    if not mine.any():
        raise ColumnError(
            f"No text that the model classified has a label in the column {checked!r}. Draw a sample, have a person write the"
            " family of each text into a column, and name that column."
        )
    codes = (table.family if level == "family" else table.type)[table.classified]
    truth = indicators(person[table.classified], len(ids))
    said = (
        table.probabilities[table.classified].astype(np.float64) if level == "family" else indicators(codes, len(ids))
    )
    of_sample = mine[table.classified]
    clusters = table.clusters[table.classified] if table.clusters is not None else None
    found = powered(truth, said, of_sample, clusters)
    n = int(of_sample.sum())
    confusion = np.zeros((len(ids), len(ids)), np.int64)
    known = of_sample & (codes >= 0)
    np.add.at(confusion, (person[table.classified][known], codes[known]), 1)
    same = (person[table.classified] == codes)[of_sample].astype(np.float64)[:, None]
    agreement_error = standard_errors((same - same.mean(axis=0)) / n, None if clusters is None else clusters[of_sample])
    labels = indicators(codes, len(ids))
    chi_square, freedom = two_samples(labels[of_sample].sum(axis=0), labels[~of_sample].sum(axis=0))
    classical_variance = float(np.square(found.classical_errors).sum())
    return CheckedShares(
        ids=ids,
        estimates=_summing_to_one(found.values, found.errors, found.classical, found.classical_errors, n),
        classical=tuple(
            proportion(float(value), _effective(value, error, n), n)
            for value, error in zip(found.classical, found.classical_errors, strict=True)
        ),
        counted=tuple((labels.sum(axis=0) / max(labels.sum(), 1)).tolist()),
        errors=tuple(found.errors.tolist()),
        classical_errors=tuple(found.classical_errors.tolist()),
        weights=tuple(found.weights.tolist()),
        checked=n,
        n=int(table.classified.sum()),
        ignored=int(given.sum()) - n,
        worth=n * classical_variance / max(float(np.square(found.errors).sum()), 1e-300)
        if classical_variance
        else float(n),
        agreement=proportion(float(same.mean()), _effective(same.mean(), float(agreement_error[0]), n), n),
        confusion=tuple(map(tuple, confusion.tolist())),
        chi_square=chi_square,
        freedom=freedom,
        p=chi_square_p(chi_square, freedom) if freedom else float("nan"),
        clusters=None if clusters is None else len(np.unique(clusters[of_sample])),
    )


def draw_sample(table: TaggedTable, n: int, seed: int = SEED) -> NDArray[np.intp]:
    """Return the positions in ``table.frame`` of *n* classified texts drawn at random, for a person to check; (n), ascending.

    Each text is as likely as any other, and the same texts are drawn in whatever order the rows stand.

    Raises:
        ArgumentError: *n* is less than 1 or more than there are classified texts.
    """
    at = np.flatnonzero(table.classified)
    if not 1 <= n <= len(at):
        raise ArgumentError(f"A sample of 1 to {len(at)} of the classified texts can be drawn. Got {n}.")
    rows = table.frame.select(ROW, COLUMN)[at]
    order = rows.with_row_index("at").sort(ROW, COLUMN)["at"].to_numpy()
    drawn: NDArray[np.intp] = np.sort(at[order[np.random.default_rng(seed).choice(len(at), n, replace=False)]])
    return drawn


def sample_to_check(table: TaggedTable, n: int, *, seed: int = SEED, redacted: bool = True) -> pl.DataFrame:
    """Return *n* classified texts drawn at random, for a person to label: see :func:`draw_sample`.

    The columns are ``rt_row`` (position of the row in the file, from 0), ``rt_column`` (where the text stood), ``rt_text``, and
    ``checked``, which is blank. What the model said is left out, so that it sways nobody. Personal data are taken out of the
    texts unless not *redacted*.

    Raises:
        ArgumentError: *n* is less than 1 or more than there are classified texts.
    """
    drawn = table.frame[draw_sample(table, n, seed)]
    if redacted:
        drawn = without_personal_data(table, drawn)
    return drawn.select(ROW, COLUMN, TEXT, pl.lit("").alias("checked"))


def _labels_given(table: TaggedTable, column: str, level: Level, ids: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the position of the person's label of each text, −1 where there is none; (n)."""
    values = table.column(column).cast(pl.String).str.strip_chars()
    values = values.set(values == "", None)
    different = values.drop_nulls().unique().sort().to_list()
    known = {value: ids.index(_label(value, column, table.taxonomy, level)) for value in different}
    codes = values.replace_strict(list(known), list(known.values()), default=-1, return_dtype=pl.Int64)
    return codes.fill_null(-1).to_numpy()


def _label(value: str, column: str, taxonomy: Taxonomy, level: Level) -> str:
    family: Family
    kind: RelationType | None
    try:
        family, kind = taxonomy.find(value)
    except UnknownLabelError:
        shown = repr(value) if len(value) <= _LONG else f"a value of {len(value)} characters"
        known = [word for label in taxonomy.families for word in (label.id, label.name.en, label.name.fr)]
        close = did_you_mean(value, known) if len(value) <= _LONG else ""
        raise UnknownLabelError(
            f"The column {column!r} holds {shown}, which is no family or type.{close} Write ids, names or aliases, in English or"
            f" French, and leave blank what was not checked. The families are: {_COMMA.join(taxonomy.family_ids)}."
        ) from None
    return family.id if level == "family" else (kind or family.types[0]).id


def _effective(value: float, error: float, n: int) -> float:
    """Return how many independent texts give *value* with that standard error; *n* where there is no error to tell it from."""
    return float(value * (1 - value) / error**2) if error > 0 and 0 < value < 1 else float(n)


def _summing_to_one(
    values: NDArray[np.float64],
    errors: NDArray[np.float64],
    classical: NDArray[np.float64],
    classical_errors: NDArray[np.float64],
    n: int,
) -> tuple[Estimate, ...]:
    clipped = np.clip(values, 0, 1)
    final = clipped / clipped.sum()
    made = []
    for place, value in enumerate(final):
        least = _effective(classical[place], classical_errors[place], n)
        worth = max(_effective(value, errors[place], n), least)  # near 0 the product p(1 − p) says too little
        made.append(proportion(float(value), worth, n))
    return tuple(made)

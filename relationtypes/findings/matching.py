"""How what is offered meets a relationship, and to whom it is offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ColumnError, did_you_mean
from relationtypes.findings.offer import Offer, OfferSegment, Supply
from relationtypes.findings.table import TaggedTable
from relationtypes.taxonomy import Fit, RelationAim, ServiceMode


@dataclass(frozen=True, slots=True)
class Match:
    """How what is offered meets a relationship.

    Attributes:
        supply: what is offered.
        fitting_modes: service modes that suit the relationship and are offered.
        missing_modes: those that suit it and are not; empty where no mode is stated.
        clashing_modes: those offered that run against it, where none that suits it is offered beside them.
        fitting_aims: relation aims, likewise.
        missing_aims: likewise.
        clashing_aims: aims that run against it, whatever else is offered: an aim is pursued with all.
        degree: of mismatch, from 0 (all that suits is offered) to 1 (nothing is); see :func:`match`.
    """

    supply: Supply
    fitting_modes: tuple[ServiceMode, ...]
    missing_modes: tuple[ServiceMode, ...]
    clashing_modes: tuple[ServiceMode, ...]
    fitting_aims: tuple[RelationAim, ...]
    missing_aims: tuple[RelationAim, ...]
    clashing_aims: tuple[RelationAim, ...]
    degree: float

    @property
    def clashes(self) -> bool:
        """Whether something offered runs against the relationship."""
        return bool(self.clashing_modes or self.clashing_aims)


def match(fit: Fit, supply: Supply) -> Match:
    """Return how *supply* meets a relationship that *fit* suits.

    The degree of mismatch is 1 − |fitting ∩ offered| / |fitting|, for service modes and for relation aims, averaged over those
    of the two that the supply states. Where something offered runs against the relationship, it goes half of the way that is
    left to 1. A mode is a choice: one that runs against the relationship counts only where none that suits it is offered. An
    aim is pursued with all and always counts. The rule is ours.
    """
    modes, aims = supply.service_modes or (), supply.relation_aims or ()
    fitting_modes = tuple(mode for mode in fit.service_modes if mode in modes)
    fitting_aims = tuple(aim for aim in fit.relation_aims if aim in aims)
    clashing_modes = () if fitting_modes else tuple(mode for mode in fit.clashes_modes if mode in modes)
    clashing_aims = tuple(aim for aim in fit.clashes_aims if aim in aims)
    met = []
    if supply.service_modes is not None and fit.service_modes:
        met.append(len(fitting_modes) / len(fit.service_modes))
    if supply.relation_aims is not None and fit.relation_aims:
        met.append(len(fitting_aims) / len(fit.relation_aims))
    degree = 1 - sum(met) / len(met) if met else 0.0
    return Match(
        supply=supply,
        fitting_modes=fitting_modes,
        missing_modes=tuple(mode for mode in fit.service_modes if modes and mode not in modes),
        clashing_modes=clashing_modes,
        fitting_aims=fitting_aims,
        missing_aims=tuple(aim for aim in fit.relation_aims if aims and aim not in aims),
        clashing_aims=clashing_aims,
        degree=(1 + degree) / 2 if clashing_modes or clashing_aims else degree,
    )


def members(table: TaggedTable, offer: Offer) -> NDArray[np.bool_]:
    """Return which texts fit which segment, (n, segments)."""
    made = np.zeros((len(table), len(offer.segments)), bool)
    for place, segment in enumerate(offer.segments):
        if segment.column not in table.frame.columns:
            raise ColumnError(
                f"The offer's segment {segment.title!r} names the column {segment.column!r}, which the table lacks."
                f"{did_you_mean(segment.column, table.own_columns)} The columns are: {', '.join(table.own_columns)}."
            )
        made[:, place] = _holds(table.column(segment.column), segment).fill_null(value=False).to_numpy()
    return made


def _holds(column: pl.Series, segment: OfferSegment) -> pl.Series:
    value = segment.value
    if column.dtype.is_nested() or column.dtype == pl.Binary:
        raise ColumnError(
            f"The segment {segment.title!r} cannot be found: the column {segment.column!r} holds {column.dtype}, not single"
            " values. Name a column with one text, number, date or truth value in each row."
        )
    if column.dtype == pl.Boolean or isinstance(value, bool):
        return column.cast(pl.String).str.strip_chars().str.to_lowercase() == str(value).strip().lower()
    if column.dtype.is_numeric() or isinstance(value, int | float):
        try:
            return column.cast(pl.Float64, strict=False) == float(value)
        except ValueError:
            return pl.Series([False]).new_from_index(0, len(column))
    return column.cast(pl.String).str.strip_chars() == str(value).strip()

"""Several brands: their profiles side by side, and a map of brands and families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ColumnError
from relationtypes.findings.cells import Figures
from relationtypes.findings.estimates import FEWEST, Estimate, from_draws
from relationtypes.findings.grouping import Group
from relationtypes.findings.segments import Association, Difference, compared
from relationtypes.findings.table import TaggedTable

AXES = 2
_NOTHING = 1e-10  # inertia under which there is no axis


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A brand or a family on the map.

    Attributes:
        name: of the brand, or id of the family.
        x: first principal coordinate; the interval is the spread of the point when texts are drawn again and the axes stay.
        y: second; 0 where there is one axis only.
        mass: its share of the texts that shape the axes; 0 for supplementary points.
        contributions: share of each axis's inertia that is due to it; 0 for supplementary points.
        quality: share of its own inertia, 0 to 1, that the axes shown hold; low means that it is not where it seems to be.
        supplementary: whether it has too few texts to shape the axes and is only shown where it falls.
    """

    name: str
    x: Estimate
    y: Estimate
    mass: float
    contributions: tuple[float, ...]
    quality: float
    supplementary: bool


@dataclass(frozen=True)
class BrandMap:
    """Brands side by side.

    Attributes:
        by: the column.
        ids: families, in the taxonomy's order.
        groups: profile of each brand, from the largest.
        brands: the point of each brand, in the order of ``groups``; empty where no map can be drawn: it takes two brands of 30
            texts that differ.
        families: the point of each family that occurs among the brands that shape the axes.
        inertia: total inertia: Pearson's chi-square of the brands that shape the axes, over their texts.
        explained: share of the inertia that each axis holds, of all axes, largest first.
        differences: of each brand from all others.
        association: of brands and families.
        n: classified texts with a brand.
        missing: classified texts without a brand.
        left_out_groups: brands beyond the 60 largest.
        left_out_texts: texts of them.
        clustered: whether some texts are by one customer and were drawn together.
        worth: how many texts read by hand the labels are taken to be worth; 0 where that is not known.
    """

    by: str
    ids: tuple[str, ...]
    groups: tuple[Group, ...]
    brands: tuple[MapPoint, ...]
    families: tuple[MapPoint, ...]
    inertia: float
    explained: tuple[float, ...]
    differences: tuple[Difference, ...]
    association: Association | None
    n: int
    missing: int
    left_out_groups: int
    left_out_texts: int
    clustered: bool
    worth: float


@dataclass(frozen=True)
class Correspondence:
    """A correspondence analysis of a table of counts.

    Attributes:
        rows: principal coordinates, (rows, axes).
        columns: principal coordinates, (columns, axes).
        row_masses: (rows).
        column_masses: (columns).
        inertias: of each axis, (axes), largest first.
    """

    rows: Figures
    columns: Figures
    row_masses: Figures
    column_masses: Figures
    inertias: Figures

    def project_rows(self, counts: Figures) -> Figures:
        """Return where rows of *counts*, (…, rows, columns), fall on the axes, (…, rows, axes); NaN for an empty row."""
        sums = counts.sum(axis=-1, keepdims=True)
        profiles = np.divide(counts, sums, out=np.full(counts.shape, np.nan), where=sums > 0)
        made: Figures = profiles @ (self.columns / np.sqrt(self.inertias))
        return made

    def project_columns(self, counts: Figures) -> Figures:
        """Return where columns of *counts*, (…, rows, columns), fall on the axes, (…, columns, axes)."""
        turned = np.swapaxes(counts, -1, -2)
        sums = turned.sum(axis=-1, keepdims=True)
        profiles = np.divide(turned, sums, out=np.full(turned.shape, np.nan), where=sums > 0)
        made: Figures = profiles @ (self.rows / np.sqrt(self.inertias))
        return made


def correspondence(counts: NDArray[np.floating]) -> Correspondence:
    """Return the correspondence analysis of *counts*, (rows, columns), with no empty row or column.

    Greenacre 2007, "Correspondence Analysis in Practice", appendix A. The sign of each axis is such that the column which
    contributes most to it (of equals, the first) lies on its positive side.
    """
    table = np.asarray(counts, np.float64)
    table = table / table.sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    residuals = (table - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns))
    left, singular, right = np.linalg.svd(residuals, full_matrices=False)
    axes = min(min(table.shape) - 1, int((singular**2 > _NOTHING).sum()))
    left, singular, right = left[:, :axes], singular[:axes], right[:axes].T
    heaviest = np.round(np.abs(right), 9).argmax(axis=0)
    signs = np.sign(right[heaviest, np.arange(axes)])
    return Correspondence(
        rows=left * signs * singular / np.sqrt(rows)[:, None],
        columns=right * signs * singular / np.sqrt(columns)[:, None],
        row_masses=rows,
        column_masses=columns,
        inertias=singular**2,
    )


def brands(table: TaggedTable, by: str | None = None) -> BrandMap:
    """Return the profiles of the brands in *table* and a map of brands and families, of counted labels.

    Brands with under 30 texts do not shape the map and are shown where they fall on it. The spread of points is that of the
    bootstrap with the axes kept (Lebart 2007, "Which bootstrap for principal axes methods?").

    Args:
        table: tagged texts.
        by: the column with the brands; by default that with the role ``brand``.

    Raises:
        ColumnError: there is no such column, or it holds no value.
        ArgumentError: there is one brand only.
    """
    name = by or table.role("brand")
    if name is None:
        raise ColumnError(
            f"No column of {table.source or 'the table'!r} is known to hold brands. Name the one that does. The columns are:"
            f" {', '.join(table.own_columns)}."
        )
    found, counts, sums = compared(table, name)
    points = _mapped(tuple(group.name for group in found.groups), found.ids, counts, sums)
    return BrandMap(
        by=name,
        ids=found.ids,
        groups=found.groups,
        brands=points[0],
        families=points[1],
        inertia=points[2],
        explained=points[3],
        differences=found.differences,
        association=found.association,
        n=found.n,
        missing=found.missing,
        left_out_groups=found.left_out_groups,
        left_out_texts=found.left_out_texts,
        clustered=found.clustered,
        worth=found.worth,
    )


def _mapped(
    names: tuple[str, ...], ids: tuple[str, ...], counts: NDArray[np.intp], sums: Figures
) -> tuple[tuple[MapPoint, ...], tuple[MapPoint, ...], float, tuple[float, ...]]:
    active = counts.sum(axis=1) >= FEWEST
    there = counts[active].sum(axis=0) > 0
    if active.sum() < 2 or there.sum() < 2:
        return (), (), 0.0, ()
    shaping = counts[active][:, there]
    found = correspondence(shaping)
    total = float(found.inertias.sum())
    if total < _NOTHING:
        return (), (), 0.0, ()
    table, drawn = counts[:, there].astype(np.float64), sums[:, :, there]
    row_masses = np.zeros(len(names))
    row_masses[active] = found.row_masses
    kept = [name for name, is_there in zip(ids, there, strict=True) if is_there]
    column_draws = found.project_columns(drawn[:, active])
    return (
        _points(names, found, found.project_rows(table), found.project_rows(drawn), row_masses, counts.sum(axis=1)),
        _points(kept, found, found.columns, column_draws, found.column_masses, shaping.sum(axis=0)),
        total,
        tuple((found.inertias / total).tolist()),
    )


def _points(
    names: Sequence[str],
    found: Correspondence,
    places: Figures,
    draws: Figures,
    masses: Figures,
    n: NDArray[np.intp],
) -> tuple[MapPoint, ...]:
    squares = (places**2).sum(axis=1)
    shown = (places[:, :AXES] ** 2).sum(axis=1)
    contributions = masses[:, None] * places**2 / found.inertias
    made = []
    for i, name in enumerate(names):
        on_axes = [
            from_draws(float(places[i, axis]), draws[:, i, axis], int(n[i]))
            if axis < len(found.inertias)
            else Estimate(0.0, 0.0, 0.0, int(n[i]))
            for axis in range(AXES)
        ]
        made.append(
            MapPoint(
                name=name,
                x=on_axes[0],
                y=on_axes[1],
                mass=float(masses[i]),
                contributions=tuple(contributions[i, :AXES].tolist()),
                quality=float(shown[i] / squares[i]) if squares[i] > 0 else 1.0,
                supplementary=not masses[i] > 0,
            )
        )
    return tuple(made)

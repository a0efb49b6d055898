"""Where texts lie on the map of a project: a sample, drawn and placed once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import OutputNotWritableError
from relationtypes.explorer.project import Project
from relationtypes.explorer.sums import is_as_made, seal, sum_of
from relationtypes.explorer.tagging import ID
from relationtypes.explorer.vectors import Floats, VectorFile, drawn, open_vectors, words_of
from relationtypes.writing import replace_file

MOST_PLACES = 2_000
"""Where vectors are not kept yet, so many texts take a quarter of a minute to read once more."""
MOST_CORNERS = 40
_VERSION = "version"

Embed = Callable[[Sequence[str]], Floats]
"""Returns a vector for each text, (n, width)."""


def places(project: Project, embed: Embed, version: str) -> pl.DataFrame:
    """Return ``rt_id``, ``x`` and ``y`` of at most 2,000 texts with a family, drawn at random from all of the project's.

    They are stored in the project, and placed anew when its tags or the *version* of what embeds them change. Both axes run
    from −1 to 1.
    """
    path = project.places
    known = sum_of(path) if path.is_file() else None
    if known and is_as_made(path, known, (project.texts,)):
        kept = pl.read_parquet(path)
        if kept.columns == [ID, "x", "y", _VERSION] and (kept[_VERSION] == version).all():
            return kept.drop(_VERSION)
    made = _placed(project, embed, version)
    versioned = made.with_columns(pl.lit(version).alias(_VERSION))
    with contextlib.suppress(OutputNotWritableError):  # which only means placing them again
        replace_file(path, versioned.write_parquet)
        seal(path, (project.texts,))
    return made


def flat(vectors: Floats) -> Floats:
    """Return a place in the plane for each of *vectors*, (n, 2): their first two principal components.

    The signs are those with which the longer arm of either axis points right and up.
    """
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2), np.float32)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    places_ = centred @ axes[:, ::-1][:, :2]
    signs = np.where(np.abs(places_.max(axis=0)) >= np.abs(places_.min(axis=0)), 1, -1)
    return np.asarray(places_ * signs, np.float32)


def _placed(project: Project, embed: Embed, version: str) -> pl.DataFrame:
    ids = drawn(project, MOST_PLACES)
    known = open_vectors(project, version)
    if known is None:
        texts = words_of(project, ids)
        vectors = embed(texts)
        with contextlib.suppress(OSError):  # likewise
            VectorFile(project, version).add(texts, vectors)
    else:
        ids = known.having(ids)
        vectors = known.take(ids)
    at = flat(vectors)
    furthest = np.abs(at).max(axis=0, initial=1e-6)
    x, y = (at / furthest).T.astype(np.float64)
    return pl.DataFrame({ID: ids, "x": x, "y": y})


def inside(area: Sequence[float], x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Return which of the points (*x*, *y*) lie in *area*, (n).

    Args:
        area: a box as left, right, bottom and top, or the corners of a polygon, x and y in turn; of one that crosses itself, what
            an odd number of its sides surrounds is in it.
        x: of the points, (n).
        y: of the points, (n).
    """
    if len(area) == 4:
        left, right, bottom, top = area
        return np.asarray((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    corners = np.asarray(area, np.float64).reshape(-1, 2)
    within = np.zeros(len(x), np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            crosses = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
            within ^= crosses
    return within


def is_area(area: Sequence[float]) -> bool:
    """Whether *area* has the figures of a box, or of a polygon of three corners or more."""
    return len(area) == 4 or (len(area) >= 6 and len(area) % 2 == 0)


def polygon(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, ...]:
    """Return the area that a line drawn by hand surrounds, of at most 40 corners, so that it fits into a link."""
    step = -(-len(xs) // MOST_CORNERS) or 1
    corners = zip(xs[::step], ys[::step], strict=True)
    return tuple(round(float(value), 3) for corner in corners for value in corner)

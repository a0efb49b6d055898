"""Where texts lie on the map of a project: a sample, drawn and placed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from relationtypes.explorer.project import Project
from relationtypes.explorer.tagging import ID
from relationtypes.explorer.vectors import Floats, VectorFile, drawn, open_vectors, words_of

MOST_PLACES = 2_000
"""Where vectors are not kept yet, so many texts take a quarter of a minute to read once more."""
_VERSION = "version"

Embed = Callable[[Sequence[str]], Floats]
"""Returns a vector for each text, (n, width)."""


def places(project: Project, embed: Embed, version: str) -> pl.DataFrame:
    """Return ``rt_id``, ``x`` and ``y`` of at most 2,000 texts with a family, drawn at random from all of the project's.

    They are stored in the project, and placed anew when its tags or the *version* of what embeds them change. Both axes run
    from −1 to 1.
    """
    path = project.places
    if path.is_file() and path.stat().st_mtime >= project.texts.stat().st_mtime:
        kept = pl.read_parquet(path)
        if kept.columns == [ID, "x", "y", _VERSION] and (kept[_VERSION] == version).all():
            return kept.drop(_VERSION)
    made = _placed(project, embed, version)
    temporary = path.with_suffix(".tmp")
    made.with_columns(pl.lit(version).alias(_VERSION)).write_parquet(temporary)
    temporary.replace(path)
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
        VectorFile(project, version).add(texts, vectors)
    else:
        ids = known.having(ids)
        vectors = known.take(ids)
    at = flat(vectors)
    furthest = np.abs(at).max(axis=0, initial=1e-6)
    x, y = (at / furthest).T.astype(np.float64)
    return pl.DataFrame({ID: ids, "x": x, "y": y})

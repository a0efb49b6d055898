"""Where texts lie on the map of a project: a sample, drawn and placed once."""

from __future__ import annotations

import numpy as np
import polars as pl

from relationtypes.explorer.embedding import VERSION, embed, flat
from relationtypes.explorer.project import Project
from relationtypes.explorer.tagging import ID
from relationtypes.findings.table import TEXT
from relationtypes.tagger import PREFIX

MOST_PLACES = 5_000
_SEED = 20141
_VERSION = "version"


def places(project: Project) -> pl.DataFrame:
    """Return ``rt_id``, ``x`` and ``y`` of at most 5,000 texts with a family, drawn at random from all of the project's.

    They are stored in the project, and placed anew when its tags or the way to place them change. Both axes run from −1 to 1.
    """
    path = project.places
    if path.is_file() and path.stat().st_mtime >= project.texts.stat().st_mtime:
        kept = pl.read_parquet(path)
        if kept.columns == [ID, "x", "y", _VERSION] and (kept[_VERSION] == VERSION).all():
            return kept.drop(_VERSION)
    made = _placed(project)
    temporary = path.with_suffix(".tmp")
    made.with_columns(pl.lit(VERSION).alias(_VERSION)).write_parquet(temporary)
    temporary.replace(path)
    return made


def _placed(project: Project) -> pl.DataFrame:
    texts = pl.scan_parquet(project.texts)
    ids = texts.filter(pl.col(f"{PREFIX}family").is_not_null()).select(ID).collect()[ID].to_numpy()
    if len(ids) > MOST_PLACES:
        ids = np.sort(np.random.default_rng(_SEED).choice(ids, MOST_PLACES, replace=False))
    drawn = (
        texts.filter(pl.col(ID).is_in(pl.Series(ids).implode()))
        .select(ID, pl.col(TEXT).str.slice(0, 4_000).fill_null(""))
        .collect()
        .sort(ID)
    )
    at = flat(embed(drawn[TEXT].to_list()))
    furthest = np.abs(at).max(axis=0, initial=1e-6)
    x, y = (at / furthest).T.astype(np.float64)
    return drawn.select(ID).with_columns(x=pl.Series(x), y=pl.Series(y))

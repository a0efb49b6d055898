"""A small tagged project, and the explorer's pages without a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from relationtypes.explorer.project import Project, create_project
from relationtypes.findings.opening import read_tagged
from tests.tables import table

FAMILIES = ("fling", "buddies", "transaction", "broken_bond", "") * 8
TEXTS = [f"made-up text {place} <b>word{place % 7}</b> call 0612345678" for place in range(len(FAMILIES))]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Forty texts of three brands, scored and dated, already tagged."""
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    return tagged_project(tmp_path)


def tagged_project(root: Path) -> Project:
    """Return a project in *root* with those texts."""
    made = create_project("small.csv", b"text\n", root=root)
    n = len(FAMILIES)
    days = [date(2024, 1, 1) + timedelta(days=place) for place in range(n)]
    columns = {
        "text": TEXTS,
        "brand": [f"Brand {place % 3}" for place in range(n)],
        "nps": [place % 11 for place in range(n)],
        "date": days,
        "rt_confidence": pl.Series([0.4 + place / 100 if name else None for place, name in enumerate(FAMILIES)]),
        "rt_second_confidence": pl.Series([0.2 if name else None for name in FAMILIES]),
        "rt_second_family": pl.Series(["undetermined" if name else None for name in FAMILIES]),
        "rt_breach": pl.Series([float(name == "broken_bond") if name else None for name in FAMILIES]),
    }
    tagged = table(FAMILIES, **columns)
    frame = tagged.frame.drop("rt_row", "rt_text", "rt_column")
    settings = made.settings
    roles = {"brand": ("brand",), "nps": ("nps",), "date": ("date",)}
    made.save(msgspec.structs.replace(settings, texts=("text",), roles=roles))
    frame.write_parquet(made.tagged)
    read = read_tagged(made.tagged, text="text", roles=roles)
    read.frame.with_row_index("rt_id").with_columns(pl.col("date").alias("rt_date")).write_parquet(made.texts)
    return made


@pytest.fixture
def open_page(project: Project, fake_model: None) -> Callable[..., AppTest]:
    """Return a function that opens a page of the project."""
    st.cache_resource.clear()  # of another test's server: its model is another

    def opened(name: str, language: str = "en", **link: str) -> AppTest:
        source = f"from relationtypes.explorer.pages.{name} import page\npage({language!r})"
        app = AppTest.from_string(source, default_timeout=60)
        app.query_params["project"] = project.id
        for key, value in link.items():
            app.query_params[key] = value
        return app.run()

    return opened

"""The pages of findings: what they ask, what they call, what they show; without a browser."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect

from relationtypes.errors import ArgumentError, MalformedInputError
from relationtypes.explorer.exporting import Order, data_file, make_report
from relationtypes.explorer.kept_objectives import Edited, KeptObjectives, keep_objectives, kept_objectives
from relationtypes.explorer.mapping import flat, inside, places, polygon
from relationtypes.explorer.offer_form import offer_of
from relationtypes.explorer.opening import Opened
from relationtypes.explorer.project import Project, create_project
from relationtypes.explorer.reviewing import correct
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import finish
from relationtypes.findings.offer import offer_text
from relationtypes.manifest import RunManifest, manifest_file, manifest_text
from relationtypes.tabulating import PREFIX
from tests.conftest import ROOT, HashingClassifier
from tests.tables import table

_FAMILIES = ("transaction", "best_friends", "buddies", "broken_bond")
_N = 120
_ROLES = {"customer": ("customer",), "date": ("date",), "channel": ("channel",), "rating": ("stars",)}
_ALL = Filter()
_OFFER = '[offer]\nservice_modes = ["self_service"]\nrelation_aims = ["loyalty"]\n'


def _page(name: str, language: str) -> None:
    """What AppTest runs: it sees nothing but its arguments."""
    import importlib

    import streamlit as st

    from relationtypes.errors import RelationTypesError

    try:
        importlib.import_module(f"relationtypes.explorer.pages.{name}").page(language)
    except RelationTypesError as error:
        st.error(str(error))


def _project(root: Path, *, roles: dict[str, tuple[str, ...]] = _ROLES, **changes: object) -> Project:
    families = [_FAMILIES[i % 4] for i in range(_N)]
    columns: dict[str, list[object]] = {
        "customer": [f"c{i % 20}" for i in range(_N)],
        "date": [date(2026, 1, 1) + timedelta(days=2 * (i // 2)) for i in range(_N)],
        "channel": [("shop", "web", "=1+1")[i % 3] for i in range(_N)],
        "stars": [1 + (i * 7) % 5 for i in range(_N)],
        "text": [f"<b>words</b> number {'coffee' if i % 4 else 'refund'} of me@example.org" for i in range(_N)],
        "rt_breach": [0.9 if i % 8 == 3 else 0.1 for i in range(_N)],
        "rt_language": ["en"] * _N,
    }
    made = create_project("shop.csv", b"text\nx\n", root=root)
    frame = table(families, **columns).frame.drop(f"{PREFIX}text", f"{PREFIX}column", f"{PREFIX}row", strict=False)
    if "text" not in frame.columns:
        frame = frame.with_columns(pl.Series("text", columns["text"]))
    frame.with_columns(pl.Series(name, values) for name, values in changes.items()).write_parquet(made.tagged)
    manifest = RunManifest(
        package="0", model=HashingClassifier().facts, input="shop.csv", input_sha256="0" * 64, texts=("text",),
        roles=roles, dates={}, options={}, rows=_N, rejected=0, made="2026-06-01T00:00:00+00:00", seconds=1.0,
    )  # fmt: skip
    manifest_file(made.tagged).write_text(manifest_text(manifest), "utf-8")
    finish(made)
    return made


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    return _project(tmp_path)


@pytest.fixture
def shown(project: Project) -> Callable[..., AppTest]:
    def show(name: str, language: str = "en", **link: str) -> AppTest:
        app = AppTest.from_function(_page, args=(name, language), default_timeout=60)
        app.query_params["project"] = project.id
        for key, value in link.items():
            app.query_params[key] = value
        return app.run()

    return show


def _words(app: AppTest) -> str:
    said = [*app.markdown, *app.title, *app.header, *app.caption, *app.error, *app.info]
    html = [one.proto.body for one in app.get("html")]
    return "\n".join([*(one.value for one in said), *html])


def _opened(project: Project, chosen: Filter = _ALL) -> Opened:
    return Opened(project, chosen, Store(project), None, 1)


@pytest.mark.parametrize(
    ("name", "language"), [("overview", "fr"), ("map", "en"), ("trends", "en"), ("mismatch", "fr"), ("report", "en")]
)
def test_without_a_project_a_page_says_what_to_do(
    name: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    app = AppTest.from_function(_page, args=(name, language), default_timeout=60).run()
    assert not app.exception and not app.error
    assert app.button(key="to_importing").label == {"en": "Import a file", "fr": "Importer un fichier"}[language]


def test_before_tagging_a_page_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    made = create_project("new.csv", b"text\nx\n")
    app = AppTest.from_function(_page, args=("overview", "en"), default_timeout=60)
    app.query_params["project"] = made.id
    assert app.run().button(key="to_tagging") is not None and not app.exception


@pytest.mark.parametrize("name", ["map", "compare", "trends", "journeys", "drivers", "mismatch", "report", "method"])
def test_pages_show_a_tagged_project(name: str, shown: Callable[..., AppTest]) -> None:
    app = shown(name)
    assert not app.exception and not app.error
    assert app.title and _words(app)


def test_overview_says_the_finding_and_shows_texts_as_text(shown: Callable[..., AppTest]) -> None:
    app = shown("overview")
    assert not app.exception
    said = _words(app)
    assert "25%" in said and "120 texts" in said
    assert "<b>words" not in said and "&lt;b&gt;words" in said
    assert "me@example.org" not in said


def test_where_no_date_can_be_read_the_project_opens_and_trends_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    made = _project(tmp_path, date=["some day"] * _N)
    for name in ("compare", "trends", "journeys"):
        app = AppTest.from_function(_page, args=(name, "en"), default_timeout=60)
        app.query_params["project"] = made.id
        assert not app.run().exception and not app.error
        assert ("No date can be read in “date”" in _words(app)) == (name == "trends")
    app.selectbox(key="date").set_value("date").run()  # who names it all the same is told again
    assert "No date can be read" in _words(app)


def test_overview_keeps_shares_of_all_families_under_a_filter_on_one(shown: Callable[..., AppTest]) -> None:
    app = shown("overview", filter='{"families":["buddies"]}')
    assert "120 texts" in _words(app) and "100%" not in app.get("html")[0].proto.body
    assert app.selectbox[-1].value == "buddies"


def test_a_filter_that_nothing_fits_can_be_cleared(shown: Callable[..., AppTest]) -> None:
    app = shown("compare", filter='{"search":"zebra"}')
    assert not app.exception
    app.button(key="clear_empty").click().run()
    assert "filter" not in app.query_params and app.multiselect


def test_compare_takes_the_column_of_the_link(shown: Callable[..., AppTest]) -> None:
    app = shown("compare", "fr", by="stars")
    assert app.multiselect(key="by").value == ["stars"] and "stars" in _words(app)


def test_compare_offers_no_column_of_one_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    made = _project(tmp_path, channel=["all"] * _N)
    app = AppTest.from_function(_page, args=("compare", "en"), default_timeout=60)
    app.query_params["project"] = made.id
    assert not app.run().exception and not app.error
    assert "channel" not in app.multiselect(key="by").options


def test_drivers_tell_an_error_plainly(shown: Callable[..., AppTest]) -> None:
    app = shown("drivers", score="channel")
    assert not app.exception and "channel" in app.error[0].value


def test_journeys_let_the_person_name_the_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    app = AppTest.from_function(_page, args=("journeys", "en"), default_timeout=60)
    app.query_params["project"] = _project(tmp_path, roles={}).id
    app.run()
    assert "who wrote when" in _words(app) and app.selectbox(key="customer").value is None
    app.selectbox(key="customer").select("customer").run()
    app.selectbox(key="date").select("date").run()
    assert not app.exception and not app.error and "20 customers" in _words(app)


def _modes(app: AppTest) -> Multiselect:
    """Return the service modes offered to everyone; the filter above has fields of this kind as well."""
    found: Multiselect = next(one for one in app.multiselect if str(one.key).startswith("modes-"))
    return found


def test_the_offer_is_kept_in_the_project(project: Project, shown: Callable[..., AppTest]) -> None:
    app = shown("mismatch")
    app.button(key="save_offer").click().run()
    assert "neither" in app.error[0].value
    _modes(app).select("self_service").run()
    app.button(key="save_offer").click().run()
    assert not app.exception and not app.error
    assert offer_of(project.settings.offer).everyone.service_modes == ("self_service",)
    assert app.tabs[1].label == "Objectives"


def test_edited_objectives_are_found_again(
    project: Project, shown: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.save(msgspec.structs.replace(project.settings, offer=_OFFER))
    laid_out: list[pl.DataFrame] = []

    def typed(frame: pl.DataFrame, **_: object) -> pl.DataFrame:
        laid_out.append(frame)
        return frame.with_columns(pl.Series("Who answers for it", ["Ada", *frame["Who answers for it"][1:]]))

    with monkeypatch.context() as patch:
        patch.setattr("streamlit.data_editor", typed)
        assert not shown("mismatch").exception
    drafts = laid_out[0]
    assert drafts["Who answers for it"].to_list() == [""] * drafts.height
    kept = kept_objectives(project)
    assert [one for one in kept.edited.values()] == [Edited(owner="Ada")]
    assert not shown("mismatch", "fr").exception
    assert kept_objectives(project) == kept
    monkeypatch.setattr("streamlit.data_editor", lambda frame, **_: laid_out.append(frame) or frame)
    shown("mismatch", "fr")
    again = laid_out[-1]
    assert again["Responsable"].to_list() == ["Ada", *[""] * (drafts.height - 1)]
    assert again.to_series(4).to_list() == drafts["Target, %"].to_list()
    keep_objectives(project, None, {name: Edited() for name in kept.edited})
    assert kept_objectives(project) == KeptObjectives()
    (project.folder / "objectives.json").write_text("{", "utf-8")
    with pytest.raises(MalformedInputError, match="not as it was written"):
        kept_objectives(project)


def test_a_segment_without_a_value_is_not_saved(project: Project, shown: Callable[..., AppTest]) -> None:
    app = shown("mismatch")
    _modes(app).select("communities").run()
    app.button(key="add_segment").click().run()
    app.button(key="save_offer").click().run()
    assert "Segment 1" in app.error[0].value and not project.settings.offer


def test_an_offer_survives_the_form_and_a_broken_one_is_told() -> None:
    assert offer_text(offer_of(_OFFER)) == _OFFER
    with pytest.raises(MalformedInputError, match=r"^offer\.toml"):
        offer_of("[offer]\nservice_modes = ['telepathy']")
    example = (ROOT / "examples/offer.toml").read_text("utf-8")
    assert offer_of(offer_text(offer_of(example))) == offer_of(example)


def test_a_report_holds_what_was_chosen(project: Project) -> None:
    project.save(msgspec.structs.replace(project.settings, offer=_OFFER))
    found = _opened(project, Filter(families=("buddies",)))
    whole = make_report(found, Order("Our shop", "en", formats=("MD", "HTML")))
    text = whole.files[0][1].decode()
    assert whole.files[0][0].endswith(".md") and "Our shop" in text and "120 texts" in text
    few = make_report(found, Order("Our shop", "fr", parts=(), formats=("MD",)))
    assert few.chapters < whole.chapters
    assert "me@example.org" not in text


def test_data_are_redacted_and_safe_unless_otherwise_asked(project: Project) -> None:
    chosen = Filter(families=("buddies",))
    plain = pl.read_parquet(io.BytesIO(data_file(_opened(project, chosen), ".parquet", redacted=False)))
    clean = pl.read_parquet(io.BytesIO(data_file(_opened(project, chosen), ".parquet")))
    assert plain.height == clean.height == _N // 4
    assert plain["rt_text"].str.contains("me@example.org").all() and not clean["rt_text"].str.contains("me@").any()
    assert "text" not in clean.columns and not any("me@" in str(row) for row in clean.iter_rows())
    csv = data_file(_opened(project), ".csv").decode()
    assert ",'=1+1," in csv and ",=1+1," not in csv


def test_findings_are_remembered_by_project_filter_and_options(project: Project) -> None:
    calls: list[int] = []

    def count(found: Opened, *options: str) -> int:
        return found.found("count", lambda table: calls.append(1) or len(table), *options)

    some = _opened(project, Filter(families=("buddies",)))
    assert count(_opened(project)) == count(_opened(project)) == _N and len(calls) == 1
    assert count(some) == _N // 4 and count(some, "other") == _N // 4 and len(calls) == 3
    assert count(Opened(project, Filter(), Store(project), None, 2)) == _N and len(calls) == 4


def _embed(texts: Sequence[str]) -> NDArray[np.float32]:
    return HashingClassifier().embed(texts)


def test_flat_keeps_like_with_like() -> None:
    vectors = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 0, 1], [0, 0.1, 0.9]], np.float32)
    at = flat(vectors)
    assert np.linalg.norm(at[0] - at[1]) < np.linalg.norm(at[0] - at[2])
    assert flat(vectors[:0]).shape == (0, 2) and np.array_equal(at, flat(vectors))


def test_places_are_stored_and_the_filter_knows_an_area(project: Project) -> None:
    placed = places(project, _embed, "1")
    assert placed.height == _N and placed["x"].abs().max() <= 1 and placed["y"].abs().max() <= 1
    written = project.places.stat().st_mtime_ns
    assert places(project, _embed, "1").equals(placed) and project.places.stat().st_mtime_ns == written
    places(project, _embed, "2")
    assert project.places.stat().st_mtime_ns > written
    store = Store(project)
    assert store.count(Filter(area=(-1.0, 1.0, -1.0, 1.0))) == _N
    left = store.count(Filter(area=(-1.0, 0.0, -1.0, 1.0)))
    assert left == placed.filter(pl.col("x").is_between(-1, 0)).height
    assert store.among(placed["rt_id"].to_list(), Filter(families=("buddies",))).height == _N // 4


def test_an_area_drawn_by_hand_is_a_filter(project: Project) -> None:
    placed = places(project, _embed, "1")
    x, y = placed["x"].to_numpy(), placed["y"].to_numpy()
    store = Store(project)
    box, corners = (-0.5, 0.4, -0.6, 0.7), (-0.5, -0.6, 0.4, -0.6, 0.4, 0.7, -0.5, 0.7)
    assert store.count(Filter(area=corners)) == store.count(Filter(area=box)) == inside(box, x, y).sum() > 0
    left = inside((-2, -2, 0, -2, 0, 2, -2, 2), x, y)
    assert store.numbers(Filter(area=(-2, -2, 0, -2, 0, 2, -2, 2))).tolist() == placed["rt_id"].filter(left).to_list()
    turn = np.linspace(0, 2 * np.pi, 500)
    drawn = polygon(np.cos(turn), np.sin(turn))
    assert len(drawn) <= 80 and np.mean(inside(drawn, x, y) == (np.hypot(x, y) <= 1)) > 0.97
    assert store.count(Filter(area=(1.0, 2.0))) == _N


def test_a_report_counts_what_a_review_said(project: Project) -> None:
    found = _opened(project)
    (file,) = make_report(found, Order("", "en", parts=(), formats=("MD",))).files
    assert b"A person checked" not in file[1]
    numbers = found.table().frame["rt_id"].to_list()
    correct(project.corrections, who="Ann", rt_id=numbers[0], family="fling", queue="random")
    correct(project.corrections, who="Ann", rt_id=numbers[1], family="fling", queue="uncertain")  # no random sample
    (file,) = make_report(found, Order("", "en", parts=(), formats=("MD",))).files
    assert b"A person checked 1 of the" in file[1]


def test_reports_refuse_what_the_model_cannot_tell(project: Project) -> None:
    with pytest.raises(ArgumentError):
        make_report(_opened(project), Order("", "en", method="adjusted", formats=("MD",)))


def test_a_draw_is_of_about_the_size_asked_for_and_always_the_same(project: Project) -> None:
    store = Store(project)
    drawn = store.table(most=60)
    assert 35 <= len(drawn) <= 85 and drawn.frame.equals(store.table(most=60).frame)
    assert len(store.table(most=_N)) == _N


@pytest.mark.parametrize("name", ["overview", "compare", "trends", "drivers", "mismatch", "report", "map"])
def test_pages_show_first_results_while_tagging_goes_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    made = create_project("new.csv", b"text\nx\n")
    so_far = table(
        [_FAMILIES[i % 4] for i in range(40)],
        date=[date(2026, 1, 1) + timedelta(days=5 * i) for i in range(40)],
        stars=[1 + i % 5 for i in range(40)],
        rt_language=["en"] * 40,
    )
    monkeypatch.setattr("relationtypes.explorer.opening.texts_so_far", lambda _: so_far)
    app = AppTest.from_function(_page, args=(name, "fr"), default_timeout=60)
    app.query_params["project"] = made.id
    app.run()
    assert not app.exception and "40 textes" in app.info[0].value.replace("\\", "")

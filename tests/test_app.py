"""The first app: its logic, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


@pytest.mark.usefixtures("fake_model")
def test_app_waits_for_a_file(app: AppTest) -> None:
    app.run()
    assert not app.exception and not app.button


@pytest.mark.usefixtures("fake_model")
def test_app_tags_the_example(app: AppTest) -> None:
    app.run()
    app.toggle[0].set_value(True).run()
    assert app.selectbox[0].value == "comment"
    app.button[0].click().run()
    assert not app.exception
    assert app.dataframe[0].value.shape[0] == 8


@pytest.mark.usefixtures("fake_model")
def test_app_shows_user_errors_plainly(app: AppTest) -> None:
    app.run()
    app.file_uploader[0].set_value(("bad.xlsx", b"no spreadsheet", "application/octet-stream")).run()
    assert not app.exception
    assert "bad" in app.error[0].value or "upload" in app.error[0].value

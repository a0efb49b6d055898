"""The page where labels are corrected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from relationtypes.explorer.project import Project
from relationtypes.explorer.reviewing import current, history

Open = Callable[..., AppTest]


def begun(open_page: Open, language: str = "en") -> AppTest:
    app = open_page("review", language)
    assert not app.exception and not any(button.key == "agree" for button in app.button)
    return app.text_input(key="reviewer").set_value("Ann").run()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_corrections_are_kept_and_taken_back(open_page: Open, project: Project, language: str) -> None:
    app = begun(open_page, language)
    app.button(key="family_buddies").click().run()
    assert not app.exception
    assert [(one.who, one.family, one.queue) for one in current(project.corrections)] == [("Ann", "buddies", "random")]
    app.button(key="undo").click().run()
    assert current(project.corrections) == () and len(history(project.corrections)) == 2


def test_the_label_is_hidden_until_asked(open_page: Open, project: Project) -> None:
    app = begun(open_page)
    assert app.button(key="agree").disabled
    app.button(key="show").click().run()
    app.button(key="agree").click().run()
    assert not app.exception
    (said,) = current(project.corrections)
    assert said.type and said.sentiment == "positive" and said.breach is not None
    assert app.button(key="agree").disabled


def test_skipped_texts_come_last(open_page: Open, project: Project) -> None:
    app = begun(open_page)
    app.button(key="skip").click().run()
    app.button(key="family_fling").click().run()
    app.button(key="undo").click().run()
    app.button(key="family_fling").click().run()
    assert not app.exception and len({one.rt_id for one in history(project.corrections)}) == 1


@pytest.mark.parametrize("queue", ["uncertain", "disagreement"])
def test_other_queues(open_page: Open, project: Project, queue: str) -> None:
    app = begun(open_page)
    app.segmented_control(key="queue").set_value(queue).run()
    assert not app.exception
    if queue == "disagreement":
        assert app.success
    else:
        app.button(key="agree").click().run()
        assert current(project.corrections)[0].rt_id == 0

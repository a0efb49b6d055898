"""The running explorer and a real browser that reaches nothing but it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from relationtypes import RelationTagger
from relationtypes.explorer.importing import look_at, roles_of, settle
from relationtypes.explorer.project import Project, create_project
from relationtypes.explorer.running import tag_project
from relationtypes.explorer.tagging import finish
from tests.browser.texts import survey
from tests.conftest import ROOT

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PATIENCE = 60_000
_STILL = 300
"""Milliseconds without any work after which a page counts as done; a page that answers shows at once that it works."""
_AT_REST = """still => {
    const app = document.querySelector('[data-testid="stApp"]');
    const whole = app && app.dataset.testConnectionState === "CONNECTED" && app.dataset.testScriptState === "notRunning"
        && app.querySelector('[data-testid="stMainBlockContainer"] [data-testid="stElementContainer"]')
        && app.querySelector('[data-testid="stSidebarNav"] a')
        && !app.querySelector('[data-stale="true"], [data-testid="stSpinner"], [data-testid="stSkeleton"]');
    if (!whole) window.atRestSince = null;
    else if (!window.atRestSince) window.atRestSince = performance.now();
    return Boolean(whole) && performance.now() - window.atRestSince >= still;
}"""
_NO_SERVER = "ECONNREFUSED"


@dataclass
class Explorer:
    """A tab in which the explorer is open, what it did that it must not, and where its server keeps projects."""

    tab: Any
    projects: Path
    address: str
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, link: str = "/") -> None:
        self.tab.goto(self.address + link)
        self.settle()

    def see(self, words: str, *, patience: int = _PATIENCE) -> None:
        """Wait until *words* can be seen."""
        self.tab.get_by_text(words).filter(visible=True).first.wait_for(timeout=patience)

    def press(self, name: str, *, exact: bool = True, moving: bool = False) -> None:
        """Press a button once the page is at rest; on one that is never so, as while a run goes on, at once."""
        if not moving:
            self.settle()
        self.tab.get_by_role("button", name=name, exact=exact).filter(visible=True).first.click()

    def go(self, name: str) -> None:
        """Go to a page by the navigation."""
        link = self.tab.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True)
        page = urlsplit(link.get_attribute("href")).path.rpartition("/")[2]
        link.click()
        self.tab.wait_for_url(lambda url: urlsplit(url).path == f"/{page}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page is whole and at rest, and make sure that it shows no fault.

        A page that has just been asked for is at rest too, but empty; one press on it, or on a page that is being replaced, goes
        to what is there no longer.
        """
        self.tab.evaluate("window.atRestSince = null")
        self.tab.wait_for_function(_AT_REST, arg=_STILL, polling=50)
        assert self.tab.get_by_test_id("stException").count() == 0
        assert self.tab.get_by_test_id("stAlertContentError").count() == 0

    def upload(self, name: str, content: bytes) -> None:
        self.tab.locator('input[type="file"]').first.set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content}
        )

    def download(self, button: str) -> tuple[str, bytes]:
        """Return the name and the content of the file that *button* gives out."""
        with self.tab.expect_download() as got:
            self.press(button, exact=False)
        return got.value.suggested_filename, Path(got.value.path()).read_bytes()

    def text(self, selector: str) -> str:
        return str(self.tab.locator(selector).filter(visible=True).first.inner_text())


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a running explorer, and the folder of its projects."""
    folder = tmp_path_factory.mktemp("projects")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"RELATIONTYPES_PROJECTS": str(folder), "PYTHONPATH": str(ROOT)}
    environment.pop("RELATIONTYPES_PASSWORD", None)
    with (folder.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            yield f"http://127.0.0.1:{port}", folder
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def tagged(served: tuple[str, Path]) -> Project:
    """A project of 112 invented texts, really tagged, for journeys that begin where there is one; they leave it as it is."""
    survey_file = survey(112, text="comment", customer="customer", day="date", score="nps", plan="plan")
    project = create_project("shared.csv", survey_file.write_csv().encode(), root=served[1])
    look = look_at(project.source)
    settle(project, look, roles_of([(guess.column, guess.role) for guess in look.plan.roles.guesses]))
    tag_project(project, RelationTagger.load())
    finish(project)
    return project


@pytest.fixture
def explorer(browser: Any, served: tuple[str, Path]) -> Iterator[Explorer]:
    """The explorer in a fresh tab; afterwards: nothing outside this machine was asked for, no dialog was opened."""
    with opened_tab(browser, served) as opened:
        yield opened


@contextlib.contextmanager
def opened_tab(browser: Any, served: tuple[str, Path]) -> Iterator[Explorer]:
    """Open a browser of somebody who has not been here before; see :func:`explorer`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True)
    context.set_default_timeout(_PATIENCE)
    tab = context.new_page()
    opened = Explorer(tab, served[1], served[0])

    def gate(route: Any) -> None:
        if urlsplit(route.request.url).hostname in _LOOPBACK:
            route.continue_()
        else:
            opened.outside.append(route.request.url)
            route.abort()

    def dismiss(dialog: Any) -> None:
        opened.dialogs.append(dialog.message)
        dialog.dismiss()

    def note(socket: Any) -> None:
        if urlsplit(socket.url).hostname not in _LOOPBACK:
            opened.outside.append(socket.url)

    context.route(lambda url: url.startswith(("http:", "https:")), gate)
    tab.on("dialog", dismiss)
    tab.on("websocket", note)
    _await_server(tab, opened.address)
    yield opened
    context.close()
    assert opened.outside == []
    assert opened.dialogs == []


def _await_server(tab: Any, address: str) -> None:
    """Wait until the server answers.

    It is not the tab that asks: one that is shown an error goes to the page of that error a moment later, which cuts short what
    it was told to open meanwhile.
    """
    from playwright.sync_api import Error

    for _ in range(480):
        try:
            if tab.context.request.get(f"{address}/_stcore/health").ok:
                return
        except Error as error:
            if _NO_SERVER not in error.message:
                raise
        tab.wait_for_timeout(250)
    raise TimeoutError(f"The explorer did not come up at {address}.")

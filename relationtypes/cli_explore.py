"""The command `explore`: the explorer in the browser, on this machine only."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
import tomllib
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from relationtypes import _data
from relationtypes.errors import ArgumentError, MissingExtraError

app = typer.Typer(rich_markup_mode=None)

_NEEDED = ("streamlit", "duckdb", "altair", "plotly", "pyarrow")
_FIRST_PORT, _PORTS = 8501, 100
_SECONDS_TO_START = 60.0


@app.command()
def explore(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="An export, or a tagged file: opened as a new project.")
    ] = None,
    projects: Annotated[
        Path | None,
        typer.Option(
            "--projects", help="Folder of the projects. [default: $RELATIONTYPES_PROJECTS or ~/relationtypes-projects]"
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="[default: the first free from 8501]")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser as well.")] = True,
) -> None:
    """Open the explorer in the browser. It answers this machine only; RELATIONTYPES_PASSWORD, if it is set, is asked for."""
    for package in _NEEDED:
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(package, "app")
    from relationtypes.explorer.importing import bring_in
    from relationtypes.explorer.project import ROOT_VARIABLE

    if projects is not None:
        os.environ[ROOT_VARIABLE] = str(projects.expanduser().resolve())
    port = free_port() if port is None else port
    _check_free(port)
    url = f"http://localhost:{port}/"
    if file is not None:
        project = bring_in(file.name, file)
        url += f"{'overview' if project.is_tagged else ''}?project={project.id}"
    print(f"The explorer is at {url} (Ctrl-C ends it; a run that tags goes on).", file=sys.stderr, flush=True)
    if browser:
        threading.Thread(target=_open, args=(url, port), daemon=True).start()
    raise typer.Exit(_served(server_command(port)))


def server_command(port: int) -> list[str]:
    """Return the command that serves the explorer at *port*, set up as a checkout's `.streamlit/config.toml` has it."""
    settings = tomllib.loads(_data.explorer_settings().read_text("utf-8"))
    options = [option for name, value in _flat(settings) for option in (f"--{name}", value)]
    door = Path(__file__).parent / "explorer" / "door" / "app.py"
    return [
        sys.executable,
        "-m",
        "relationtypes.explorer.serving",
        "run",
        str(door),
        *options,
        "--server.port",
        str(port),
    ]


def _flat(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield settings as Streamlit's command line takes them; it takes no lists."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, bool):
            yield f"{before}{name}", str(value).lower()
        elif not isinstance(value, list):
            yield f"{before}{name}", str(value)


def free_port(first: int = _FIRST_PORT) -> int:
    """Return the first port from *first* at which nothing answers.

    Raises:
        ArgumentError: there is none among a hundred.
    """
    for port in range(first, first + _PORTS):
        if _is_free(port):
            return port
    raise ArgumentError(f"None of the ports {first} to {first + _PORTS - 1} is free. Give another with --port.")


def _check_free(port: int) -> None:
    if not _is_free(port):
        raise ArgumentError(f"Another program answers at port {port}. Give another with --port, or leave it out.")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _open(url: str, port: int) -> None:
    """Open *url* in the browser as soon as the server answers."""
    latest = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < latest:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            webbrowser.open(url)
            return
        time.sleep(0.2)


def _served(command: list[str]) -> int:
    """Serve until the person or the system ends it."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.wait()
        return 0
    finally:
        server.terminate()  # nothing, where it has ended

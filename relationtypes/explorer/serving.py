"""Streamlit's own command line, with all that pages need loaded while the server waits for its first visitor."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time

_BETWEEN_LOOKS = 0.02
_HERE = ("localhost", "127.0.0.1")
PASSWORD_VARIABLE = "RELATIONTYPES_PASSWORD"


def main() -> None:
    """Run the command line: ``python -m relationtypes.explorer.serving run app.py``."""
    threading.Thread(target=_load, daemon=True).start()
    sys.argv += host_options()
    from streamlit.web.cli import main as streamlit

    streamlit(prog_name="streamlit")


def host_options() -> list[str]:
    """Return options by which the server answers to this machine's names alone, unless it asks for a password.

    A page of another site could otherwise have its own name lead to this machine (DNS rebinding) and read what the explorer
    shows. Where there is a password, a proxy may give the server any name.
    """
    if os.environ.get(PASSWORD_VARIABLE):
        return []
    return [option for host in _HERE for option in ("--server.allowedHosts", host)]


def _load() -> None:
    """Import the pages, once there is a server: Streamlit wants one for what is remembered."""
    from streamlit import runtime

    while not runtime.exists():
        time.sleep(_BETWEEN_LOOKS)
    shell = importlib.import_module("relationtypes.explorer.shell")
    for _, pages in shell.PAGES:
        for name, _ in pages:
            importlib.import_module(f"relationtypes.explorer.pages.{name}")


if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    main()

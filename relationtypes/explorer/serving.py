"""Streamlit's own command line, with all that pages need loaded while the server waits for its first visitor."""

from __future__ import annotations

import importlib
import sys
import threading
import time

_BETWEEN_LOOKS = 0.02


def main() -> None:
    """Run the command line: ``python -m relationtypes.explorer.serving run app.py``."""
    threading.Thread(target=_load, daemon=True).start()
    from streamlit.web.cli import main as streamlit

    streamlit(prog_name="streamlit")


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

"""Streamlit's own command line, with all that pages need loaded while the server waits for its first visitor."""

from __future__ import annotations

import contextlib
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
    from relationtypes.errors import RelationTypesError
    from relationtypes.findings.estimates import Estimate
    from relationtypes.reporting.charts import chart_svg
    from relationtypes.reporting.document import Bar, Bars

    shell = importlib.import_module("relationtypes.explorer.shell")
    for _, pages in shell.PAGES:
        for name, _ in pages:
            importlib.import_module(f"relationtypes.explorer.pages.{name}")
    with contextlib.suppress(RelationTypesError):  # what draws is an extra; its first drawing takes a second
        chart_svg(Bars("", (Bar("", Estimate(0.5, 0.4, 0.6, 1), "#000000"),)), "en")


if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    main()

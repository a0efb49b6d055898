"""What stands where something is yet to come: what one waits for in words, and the outline of a page."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx

from relationtypes.explorer.blocks import escaped

_PATIENCE = 0.15
"""Seconds without which nothing is said: what flickers by only disturbs."""
_TO_SEND = 0.03
"""Seconds that the server is left alone to send what there is: some of what follows, like drawing, lets no other thread run."""
_LINES = (92, 78, 85)


@contextlib.contextmanager
def waiting(words: str, *, at_once: bool = False) -> Iterator[None]:
    """Show *words* over the outline of a page for as long as the block runs; after a moment, unless *at_once*."""
    place = st.empty()
    held, over = threading.Lock(), False

    def show() -> None:
        with held:
            if not over:
                place.html(_outline(words))

    timer = threading.Timer(_PATIENCE, show)
    add_script_run_ctx(timer)
    if at_once:
        show()
        time.sleep(_TO_SEND)
    else:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with held:
            over = True
        place.empty()


def _outline(words: str) -> str:
    lines = "".join(f'<i style="width: {width}%"></i>' for width in _LINES)
    return (
        f'<div class="rt-waiting" role="status"><p>{escaped(words)}</p>'
        f'<div aria-hidden="true">{lines}<i class="rt-tall"></i></div></div>'
    )

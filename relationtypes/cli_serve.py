"""The command `serve`: the tagger behind HTTP, for this machine unless told otherwise."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Annotated

import typer

from relationtypes.errors import ArgumentError, MissingExtraError

app = typer.Typer(rich_markup_mode=None)

TOKEN_VARIABLE = "RELATIONTYPES_TOKEN"
_NEEDED = ("fastapi", "uvicorn")


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8000,
    model: Annotated[Path | None, typer.Option("--model", help="Model folder. [default: the one shipped]")] = None,
    threads: Annotated[
        int | None,
        typer.Option("--threads", min=1, help="Requests read at once, each on one core. [default: one a core]"),
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="Serve beyond this machine without a token: whoever reaches it may use it.")
    ] = False,
) -> None:
    """Serve the tagger over HTTP until Ctrl-C. Clients must show the token in RELATIONTYPES_TOKEN, if it is set."""
    for package in _NEEDED:
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(package, "serve")
    from relationtypes.classifiers.finetuned import available_cores
    from relationtypes.serving.api import create_app
    from relationtypes.serving.limits import Limits
    from relationtypes.serving.running import is_loopback, listen
    from relationtypes.serving.running import serve as run
    from relationtypes.tagger import RelationTagger

    token = os.environ.get(TOKEN_VARIABLE, "").strip() or None
    if token is None and not open_to_all and not is_loopback(host):
        raise ArgumentError(
            f"Others can reach {host}, and {TOKEN_VARIABLE} is not set. Set it to a long random word that clients then send,"
            " or give --open to let everyone in."
        )
    limits = Limits()
    with listen(host, port) as listener:
        tagger = RelationTagger.load(model, threads=1)
        tagger.tag(["A first text, so that nobody waits for what is loaded with it."])
        run(create_app(tagger, limits=limits, token=token, threads=threads or available_cores()), listener, limits)

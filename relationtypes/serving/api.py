"""The routes."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from relationtypes import __version__
from relationtypes.errors import RelationTypesError
from relationtypes.serving import answering, door
from relationtypes.serving.asking import read_request
from relationtypes.serving.describing import describe
from relationtypes.serving.limits import Limits
from relationtypes.serving.problems import ProblemError, problem_response
from relationtypes.serving.working import Workers
from relationtypes.tagger import RelationTagger

PATHS = ("/tag", "/labels", "/model", "/health", "/health/ready", "/openapi.json")


def create_app(
    tagger: RelationTagger, *, limits: Limits | None = None, token: str | None = None, threads: int = 1
) -> FastAPI:
    """Return the ASGI application that serves *tagger*.

    Args:
        tagger: what tags; its classifier should use one core a call, as *threads* of them run side by side.
        limits: what one request may ask for; `Limits()` by default.
        token: what clients must show; ``None`` lets everyone in.
        threads: requests that are read at once.
    """
    limits = limits or Limits()
    workers = Workers(tagger, limits, threads)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        workers.begin()
        yield
        await asyncio.to_thread(workers.end)

    app = FastAPI(
        title="relationtypes",
        version=__version__,
        docs_url=None,  # these pages load their scripts from a CDN, and nothing here asks the network for anything
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=[Middleware(door.Door, limits=limits, token=token, paths=PATHS)],
    )
    app.state.workers = workers
    _add_tag(app, tagger, limits, workers)
    _add_facts(app, tagger, limits)
    _add_health(app, workers)
    _add_problems(app)
    description = msgspec.json.encode(describe(limits, tagger.taxonomy, has_token=token is not None))

    @app.get("/openapi.json")
    async def openapi() -> Response:
        return Response(description, media_type="application/json")

    return app


def _add_tag(app: FastAPI, tagger: RelationTagger, limits: Limits, workers: Workers) -> None:
    made = answering.identity(tagger.classifier.facts)

    @app.post("/tag")
    async def tag(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise ProblemError(415, "content_type", "Send JSON, with Content-Type: application/json.")
        asked = read_request(await request.body(), limits)
        door.note(request.scope, texts=len(asked.texts))
        tags = await workers.tags(asked, functools.partial(_hung_up, request))
        names = answering.names(tagger.taxonomy, asked.names) if asked.names else None
        return _json(answering.TagAnswer(made, names, tags))


def _add_facts(app: FastAPI, tagger: RelationTagger, limits: Limits) -> None:
    labels, model = _json(tagger.taxonomy), _json(answering.model_answer(tagger, limits))

    @app.get("/labels")
    async def labels_() -> Response:
        return labels

    @app.get("/model")
    async def model_() -> Response:
        return model


def _add_health(app: FastAPI, workers: Workers) -> None:
    @app.get("/health")
    async def health() -> Response:
        return _json(answering.Health(True, workers.ready, workers.inside))

    @app.get("/health/ready")
    async def ready() -> Response:
        found = answering.Health(True, workers.ready, workers.inside)
        return _json(found, 200 if found.ready else 503)


def _add_problems(app: FastAPI) -> None:
    async def of_ours(request: Request, error: Any) -> Response:
        door.note(request.scope, code=error.code)
        return problem_response(error, door.request_id(request.scope))

    async def of_starlette(request: Request, error: Any) -> Response:
        return await of_ours(request, door.http_problem(error.status_code, error.headers))

    async def of_the_tagger(request: Request, error: Any) -> Response:
        return await of_ours(request, ProblemError(500, "tagging_failed", str(error)))  # it never quotes a text

    app.add_exception_handler(ProblemError, of_ours)
    app.add_exception_handler(HTTPException, of_starlette)
    app.add_exception_handler(RelationTypesError, of_the_tagger)


def _json(answer: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


async def _hung_up(request: Request) -> None:
    """Return when the client no longer waits."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

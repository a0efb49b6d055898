"""What every request passes on its way in and out: a number, a key, a measured body, and a line in the log without a text."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import time
import traceback
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from relationtypes.serving.limits import Limits
from relationtypes.serving.problems import ProblemError, problem_response

log = logging.getLogger("relationtypes.serving")

REQUEST_ID = "X-Request-ID"
OPEN_PATHS = ("/health", "/health/ready")
"""Answered without a token: they are for what starts and watches the server."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SWALLOWED = 8
"""Bodies that are too large are read on, up to so many times the limit, and thrown away: a client that still sends would
otherwise find its connection cut, and no answer."""
_CLOSE = {"Connection": "close"}


@dataclass(slots=True)
class _Passage:
    """One request on its way, as the log will have it."""

    request_id: str
    begun: float = field(default_factory=time.monotonic)
    status: int = 0
    more: dict[str, Any] = field(default_factory=dict)


class Door:
    """ASGI middleware around all routes.

    Args:
        app: what is behind it.
        limits: of bodies.
        token: what a client must show; ``None`` lets everyone in.
        paths: those that the log may name; any other may hold anything.
    """

    def __init__(self, app: ASGIApp, limits: Limits, token: str | None, paths: Collection[str]) -> None:
        self._app, self._limits, self._paths = app, limits, frozenset(paths)
        self._token = token.encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        passage = _Passage(_request_id(headers))
        scope.setdefault("state", {})["passage"] = passage

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
                sent = MutableHeaders(scope=message)
                sent[REQUEST_ID] = passage.request_id
                sent["Cache-Control"] = "no-store"
                sent["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._let_through(scope, headers, receive, answer, passage)
        finally:
            self._note(scope, passage)

    async def _let_through(
        self, scope: Scope, headers: Headers, receive: Receive, answer: Send, passage: _Passage
    ) -> None:
        try:
            self._check_token(scope, headers)
            body = await self._body(headers, receive)
            passage.more["bytes"] = len(body)
            await self._app(scope, _again(body, receive), answer)
        except ProblemError as problem:
            passage.more["code"] = problem.code
            await problem_response(problem, passage.request_id)(scope, receive, answer)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error(  # neither message nor traceback, either of which may quote a text
                "bug", extra={"fields": {"id": passage.request_id, "error": type(error).__name__, "at": _place(where)}}
            )
            if not passage.status:
                told = ProblemError(500, "bug", "A bug in relationtypes. Its log has the place, under this request_id.")
                await problem_response(told, passage.request_id)(scope, receive, answer)

    def _check_token(self, scope: Scope, headers: Headers) -> None:
        if self._token is None or scope["path"] in OPEN_PATHS:
            return
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode("latin-1"), self._token):
            raise ProblemError(
                401,
                "no_token",
                "Send the server's token in the header Authorization, as: Bearer TOKEN.",
                headers={"WWW-Authenticate": 'Bearer realm="relationtypes"', **_CLOSE},
            )

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        """Read the whole body, however it is sent, never keeping more than the limit."""
        encoding = headers.get("content-encoding", "identity")
        if encoding.strip().lower() != "identity":
            raise ProblemError(
                415,
                "encoded",
                "Bodies are taken as they are, not compressed. Leave out Content-Encoding.",
                headers={"Accept-Encoding": "identity", **_CLOSE},
            )
        declared = headers.get("content-length", "")
        too_long = declared.isdecimal() and (len(declared) > 15 or int(declared) > self._limits.body_bytes)
        if too_long and "expect" in headers:  # it asks before it sends
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._received(receive)
        except TimeoutError:
            raise ProblemError(
                408, "slow_body", f"The body took longer than {self._limits.body_seconds:g} s to come.", headers=_CLOSE
            ) from None

    async def _received(self, receive: Receive) -> bytes:
        kept = bytearray()
        length = 0
        more = True
        while more and length <= _SWALLOWED * self._limits.body_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ProblemError(400, "broken_off", "The body broke off.", headers=_CLOSE)
            part = message.get("body", b"")
            more = message.get("more_body", False)
            length += len(part)
            if length <= self._limits.body_bytes:
                kept += part
        if length > self._limits.body_bytes:
            raise self._too_large()
        return bytes(kept)

    def _too_large(self) -> ProblemError:
        return ProblemError(
            413,
            "too_large",
            f"The body has more than {self._limits.body_bytes:,} bytes. Send the texts in several requests.",
            headers=_CLOSE,
        )

    def _note(self, scope: Scope, passage: _Passage) -> None:
        path = scope["path"] if scope["path"] in self._paths else None
        level = logging.DEBUG if path in OPEN_PATHS else logging.INFO
        fields = {
            "id": passage.request_id,
            "method": scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "OPTIONS") else None,
            "path": path,
            "status": passage.status,
            "ms": round(1000 * (time.monotonic() - passage.begun)),
            **passage.more,
        }
        log.log(level, "request", extra={"fields": fields})


def request_id(scope: Scope) -> str:
    """Return the id of the request of *scope*."""
    passage: _Passage = scope["state"]["passage"]
    return passage.request_id


def note(scope: Scope, **fields: Any) -> None:
    """Put *fields* into the log's line on this request."""
    scope["state"]["passage"].more.update(fields)


def http_problem(status: int, headers: dict[str, str] | None = None) -> ProblemError:
    """Return the problem for what no route answers."""
    details = {404: "There is no such path; /openapi.json lists them.", 405: "This path does not take that method."}
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return ProblemError(status, code, details.get(status, "The request cannot be answered."), headers=headers)


def _request_id(headers: Headers) -> str:
    """Return the client's id where it is well-formed: it goes into the log, so it may not be just anything."""
    given = headers.get(REQUEST_ID, "")
    return given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


def _place(where: traceback.FrameSummary) -> str:
    return f"{where.filename.rpartition('/')[2]}:{where.lineno}"


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives *body* once, and then whatever comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay

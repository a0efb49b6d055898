"""The server: one process, uvicorn, a log of JSON lines, and an end that lets running requests finish."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import signal
import socket
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from relationtypes.errors import ArgumentError
from relationtypes.serving.door import log
from relationtypes.serving.limits import Limits

HEADER_SECONDS = 10.0
"""From the opening of a connection, or the end of its last answer, to the end of the next request's headers."""
IDLE_SECONDS = 5
"""How long a connection is kept for a next request."""
_MOST_CONNECTIONS = 256
_BACKLOG = 256
_SECONDS_TO_ANSWER = 5
"""On top of a request's own time, when the server ends."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with an end to its patience: uvicorn itself waits for ever for headers that come slowly or not at all."""

    _impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on; a request whose headers are complete is waited for no more."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._calm()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._calm()
        elif self._impatience is None and not self.transport.is_closing():
            self._impatience = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _calm(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None


class _JsonLines(logging.Formatter):
    """A line of JSON for each record; of an exception only its kind, as its message may quote a text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to *host* and *port*.

    Raises:
        ArgumentError: it cannot be.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends small packets at once only where it is: else an answer waits some 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        return listener
    except OSError as error:
        listener.close()
        raise ArgumentError(
            f"Nothing can listen at {host} port {port} ({error.strerror}). Give another --port, or a --host of this machine."
        ) from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server at *host*."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(app: FastAPI, listener: socket.socket, limits: Limits) -> None:
    """Serve *app* until SIGTERM or Ctrl-C; requests that run are then answered first."""
    _log_to_stderr()
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,  # it has paths and addresses; the door notes requests
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=round(limits.seconds) + _SECONDS_TO_ANSWER,
    )
    signal.signal(signal.SIGTERM, _end)  # uvicorn sends it on once it has ended
    host, port = listener.getsockname()[:2]
    log.info("serving", extra={"fields": {"host": host, "port": port}})
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        log.info("ended")


def _end(*_signal: object) -> NoReturn:
    raise SystemExit(0)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
    for name in ("relationtypes", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)

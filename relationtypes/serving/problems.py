"""What a client is told when its request cannot be answered: RFC 9457, and never a word of what it sent."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
HUNG_UP = 499
"""Status in the log of a request whose client did not wait for the answer; as nginx has it."""


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong in a request's body.

    Attributes:
        pointer: where, as a JSON pointer (RFC 6901); the names in it are of fields that exist, never the client's.
        detail: what is wrong, and what is allowed.
    """

    pointer: str
    detail: str


class ProblemRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not answered, as RFC 9457 has it. It never quotes what was sent.

    Attributes:
        title: the status in words.
        status: the HTTP status.
        code: what went wrong, for programs.
        detail: what went wrong and what to do, for people.
        request_id: under which the server's log has it.
        errors: what is wrong in the body, the first ten.
    """

    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: tuple[Fault, ...] = ()


class ProblemError(Exception):
    """A request that cannot be answered.

    Args:
        status: the HTTP status.
        code: what went wrong, for programs: words of the documentation, for ever.
        detail: for people; without any part of the request.
        errors: what is wrong in the body.
        headers: to send along.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: tuple[Fault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors
        self.headers = dict(headers or {})


def problem_response(problem: ProblemError, request_id: str) -> Response:
    """Return *problem* as a response."""
    title = HTTPStatus(problem.status).phrase if problem.status != HUNG_UP else "Client Closed Request"
    record = ProblemRecord(title, problem.status, problem.code, problem.detail, request_id, problem.errors)
    return Response(msgspec.json.encode(record), problem.status, problem.headers, MEDIA_TYPE)

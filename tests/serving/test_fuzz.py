"""Whatever a client sends: tags, or a problem that says what was wrong; never a bug, and the same answer twice."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from starlette.testclient import TestClient

from relationtypes import RelationTagger
from relationtypes.serving.api import PATHS, create_app
from relationtypes.serving.limits import Limits
from tests.conftest import HashingClassifier
from tests.fuzzing import BOUND, FEW, MANY, Target, dice, files_like, fuzz, spoilt_document

BODY = (
    b'{"texts": ["We had a lovely evening at your place.", null, "", "Rien \\u00e0 redire \\ud83d\\ude42"], "evidence": true,'
    b' "abstain_below": 0.4, "names": "fr"}'
)
Request = tuple[str, str, dict[str, str], bytes]


@functools.cache
def client() -> TestClient:
    limits = Limits(body_bytes=20_000, texts=6, characters=2_000)
    made = TestClient(create_app(RelationTagger(HashingClassifier()), limits=limits), raise_server_exceptions=False)
    return made.__enter__()  # one loop for all requests


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    client().__exit__()
    client.cache_clear()


def answers(case: Request, _: Path) -> None:
    method, path, headers, body = case
    first, second = (client().request(method, path, content=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code < 500, first.text[:300]
    assert "x-request-id" in first.headers and first.headers["x-content-type-options"] == "nosniff"
    if first.status_code != 200:
        assert first.headers["content-type"] == "application/problem+json" or not first.content
        if first.content:
            problem = first.json()
            assert problem["status"] == first.status_code and problem["code"] != "bug" and problem["detail"]
    elif path == "/tag":
        tags: list[dict[str, Any]] = first.json()["tags"]
        assert tags == second.json()["tags"] and len(tags) <= 6
        assert all(tag["status"] for tag in tags)


def _bodies() -> st.SearchStrategy[bytes]:
    def long(draw: random.Random) -> bytes:
        sign = draw.choice((b"\xf0\x9f\x98\x80", b"\\ud83d", b"\\u0000", b"\\u202e"))
        return BODY.replace(b"lovely", sign * draw.randint(1, 900))

    return st.builds(spoilt_document, st.just(BODY), dice()) | files_like(BODY) | dice().map(long)


HEADERS = st.dictionaries(
    st.sampled_from(
        ("Content-Type", "Content-Encoding", "X-Request-ID", "Authorization", "Accept", "Expect", "Host", "Range")
    ),
    st.sampled_from(
        (
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "",
            "gzip",
            "*/*",
            "a" * 9_000,
            "0",
            ";;",
        )
    ),
    max_size=3,
)
TARGETS = (
    Target(
        "endpoint",
        st.tuples(
            st.sampled_from((*["POST"] * 5, "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")),
            st.sampled_from((*["/tag"] * 4, *PATHS, "/", "//tag", "/tag/", "/..%2f..%2fetc", "/%00", "/tag?x=%ff")),
            st.just({"Content-Type": "application/json"}) | HEADERS,
            _bodies(),
        ),
        answers,
    ),
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_request_is_answered(target: Target, tmp_path: Path) -> None:
    fuzz(target, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_of_many_requests_is_answered(
    target: Target, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("ended and refused", fuzz(target, tmp_path, MANY, seconds=BOUND))

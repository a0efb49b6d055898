"""The HTTP interface in this process: what it answers, what it refuses, and that it never tells what it was sent."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from relationtypes import RelationTagger
from relationtypes.records import Scores, Tag
from relationtypes.serving.api import create_app
from relationtypes.serving.limits import Limits
from relationtypes.serving.running import _JsonLines
from relationtypes.taxonomy import load_taxonomy
from tests.conftest import HashingClassifier

SECRET = "Zanzibar-4711"
TEXTS = [
    "My grandmother bought here, and so do we. You are family.",
    None,
    "Rien à redire 🙂, tout est arrivé à l'heure. Merci à toute l'équipe !",
    "",
]
JSON = {"Content-Type": "application/json"}
SMALL = Limits(body_bytes=2_000, texts=5, characters=100, waiting=1)


class Slow(HashingClassifier):
    """Takes its time, or as long as it is held."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.read = 0

    def scores(self, texts: Sequence[str]) -> Scores:
        self.read += 1
        self.release.wait(10)
        return super().scores(texts)


class Broken(HashingClassifier):
    """Fails, and quotes what it was given."""

    def scores(self, texts: Sequence[str]) -> Scores:
        raise ValueError(f"cannot read {texts[0]}")


def _client(tagger: RelationTagger, **options: Any) -> TestClient:
    return TestClient(create_app(tagger, **options), raise_server_exceptions=False)


@pytest.fixture
def client(fake_tagger: RelationTagger) -> TestClient:
    return _client(fake_tagger, limits=SMALL)


def _plain(tags: list[Tag]) -> Any:
    return json.loads(msgspec.json.encode(tags))


def _post(client: TestClient, body: bytes, **headers: str) -> Any:
    return client.post("/tag", content=body, headers={**JSON, **headers})


def test_serving_tags_are_those_of_the_tagger(client: TestClient, fake_tagger: RelationTagger) -> None:
    answer = client.post("/tag", json={"texts": TEXTS, "abstain_below": 0.4, "names": "fr"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["tags"] == _plain(fake_tagger.tag(TEXTS, evidence=True, abstain_below=0.4))
    assert found["model"]["fingerprint"] == "hash"
    assert found["model"]["families"] == list(load_taxonomy().family_ids)
    assert found["names"]["families"]["best_friends"] == "Meilleurs amis"
    assert any(tag["evidence"] for tag in found["tags"])
    bare = client.post("/tag", json={"texts": TEXTS, "evidence": False}).json()
    assert bare["names"] is None
    assert not any(tag["evidence"] for tag in bare["tags"])
    assert client.post("/tag", json={"texts": []}).json()["tags"] == []


def test_serving_labels_model_and_health(client: TestClient) -> None:
    taxonomy = load_taxonomy()
    assert client.get("/labels").json() == json.loads(msgspec.json.encode(taxonomy))
    assert client.get("/model").json()["limits"]["texts"] == SMALL.texts
    for path in ("/health", "/health/ready"):
        assert client.get(path).json() == {"live": True, "ready": True, "inside": 0}


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"", 400, None),
        (b"{", 400, None),
        (b'{"texts": ["\xff"]}', 400, None),
        (b'{"texts": [], "texts": ["a"]}', 400, None),
        (b'{"texts": [' + b"[" * 900 + b"]" * 900 + b"]}", 422, "/texts/0"),
        (b'{"texts": [NaN]}', 400, None),
        (b'{"texts": [], "abstain_below": 1e999}', 422, "/abstain_below"),
        (b'{"texts": [], "abstain_below": true}', 422, "/abstain_below"),
        (b'{"texts": [], "abstain_below": -1}', 422, "/abstain_below"),
        (b'{"texts": [], "evidence": 1}', 422, "/evidence"),
        (b'{"texts": [], "names": "de"}', 422, "/names"),
        (b'{"texts": [], "names": ["en"]}', 422, "/names"),
        (b"[]", 422, ""),
        (b"null", 422, ""),
        (b"{}", 422, "/texts"),
        (b'{"texts": "a"}', 422, "/texts"),
        (b'{"texts": null}', 422, "/texts"),
        (b'{"texts": ["a", 1]}', 422, "/texts/1"),
        (b'{"texts": ["", "", "", "", "", ""]}', 422, "/texts"),
        (b'{"texts": ["' + b"a" * 101 + b'"]}', 422, "/texts/0"),
        (b'{"texts": [], "text": 1}', 422, ""),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_serving_refuses_bad_bodies_with_a_problem(
    client: TestClient, body: bytes, status: int, pointer: str | None
) -> None:
    answer = _post(client, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert [fault["pointer"] for fault in problem.get("errors", [])] == ([] if pointer is None else [pointer])


def test_serving_survives_deep_nesting_and_huge_numbers(fake_tagger: RelationTagger) -> None:
    client = _client(fake_tagger)
    assert _post(client, b'{"texts": ' + b"[" * 200_000).status_code == 400
    for digits, status in ((10_000, 400), (4_000, 422)):
        assert _post(client, b'{"texts": [], "abstain_below": ' + b"9" * digits + b"}").status_code == status


def test_serving_takes_odd_texts(client: TestClient) -> None:
    """A byte order mark, NUL, and halves of surrogate pairs, as a client sends that cut a text within an emoji."""
    body = b'\xef\xbb\xbf{"texts": ["\\u0000 thanks a lot for this \\ud83d", "\\udc00", "\\ud83d\\ude00 so good"]}'
    answer = _post(client, body)
    assert answer.status_code == 200
    assert [tag["status"] for tag in answer.json()["tags"]][1] == "empty"


@given(st.lists(st.none() | st.text(max_size=60), max_size=5))
def test_serving_any_batch_is_tagged_as_python_tags_it(texts: list[str | None]) -> None:
    tagger = RelationTagger(HashingClassifier())
    client = _CLIENTS.setdefault("one", _client(tagger))
    answer = _post(client, json.dumps({"texts": texts}).encode())
    assert answer.json()["tags"] == _plain(tagger.tag(texts, evidence=True))


_CLIENTS: dict[str, TestClient] = {}


def test_serving_measures_bodies_however_they_are_sent(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield from (b"x" * 100 for _ in range(30))

    assert _post(client, b"x" * 3_000).status_code == 413
    assert _post(client, b"x" * 10, **{"Content-Length": "9" * 20, "Expect": "100-continue"}).status_code == 413
    answer = client.post("/tag", content=chunks(), headers=JSON)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert _post(client, gzip.compress(b"{}"), **{"Content-Encoding": "gzip"}).status_code == 415
    assert client.post("/tag", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415


def test_serving_asks_for_the_token_before_it_reads(fake_tagger: RelationTagger) -> None:
    client = _client(fake_tagger, token="a long word é", limits=SMALL)
    for headers in ({}, {"Authorization": "Bearer a long"}, {"Authorization": "Basic a long word"}):
        answer = client.post("/tag", content=b"x" * 3_000, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"].split()[0]) == (401, "Bearer")
    for path in ("/labels", "/model", "/openapi.json", "/nowhere"):
        assert client.get(path).status_code == 401
    assert client.get("/health").status_code == client.get("/health/ready").status_code == 200
    shown = {"Authorization": b"bearer  a long word \xc3\xa9"}
    assert client.post("/tag", json={"texts": []}, headers=shown).status_code == 200


@pytest.mark.parametrize(
    ("sent", "kept"), [("ab-1.2_C", True), ("", False), ("a b", False), ("x" * 65, False), ("é", False)]
)
def test_serving_keeps_well_formed_request_ids(client: TestClient, sent: str, kept: bool) -> None:
    given_back = client.get("/health", headers={"X-Request-ID": sent.encode()}).headers["x-request-id"]
    assert (given_back == sent) is kept
    assert given_back


def test_serving_refuses_when_its_queue_is_full_and_gives_up_in_time() -> None:
    slow = Slow()
    client = _client(RelationTagger(slow), limits=msgspec.structs.replace(SMALL, seconds=0.5))
    with client, ThreadPoolExecutor(2) as pool:
        body = {"texts": ["A text long enough to be read in English."], "evidence": False}
        running = [pool.submit(client.post, "/tag", json=body) for _ in range(2)]
        _until(lambda: client.get("/health").json()["inside"] == 2)
        full = client.post("/tag", json=body)
        assert (full.status_code, full.json()["code"]) == (503, "queue_full")
        assert int(full.headers["retry-after"]) >= 1
        assert client.get("/health/ready").status_code == 503
        assert [job.result().json()["code"] for job in running] == ["too_slow"] * 2
        slow.release.set()
        _until(lambda: client.get("/health").json()["inside"] == 0)
        assert slow.read == 1  # the one that waited was never begun
        assert client.post("/tag", json=body).status_code == 200


def _asked(app: Any, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the application sends to a client that sends *messages* and is then silent, or hangs up with the last."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(30)
        raise AssertionError("waited for longer than its time")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/tag",
        "raw_path": b"/tag",
        "headers": headers,
        "query_string": b"",
    }
    asyncio.run(app(scope, receive, send))
    return sent


def test_serving_does_not_wait_for_a_slow_body(fake_tagger: RelationTagger) -> None:
    app = create_app(fake_tagger, limits=msgspec.structs.replace(SMALL, body_seconds=0.05))
    start, _ = _asked(app, [{"type": "http.request", "body": b"{", "more_body": True}])
    assert start["status"] == 408
    start, _ = _asked(app, [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    assert start["status"] == 400


def test_serving_stops_work_for_a_client_that_hung_up(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    slow = Slow()
    app = create_app(RelationTagger(slow))
    body = json.dumps({"texts": [f"We loved visit number {i} so very much." for i in range(200)], "evidence": False})
    _asked(app, [{"type": "http.request", "body": body.encode()}, {"type": "http.disconnect"}])
    slow.release.set()
    _until(lambda: app.state.workers.inside == 0)
    assert slow.read <= 1  # of the four parts
    assert caplog.records[-1].fields["status"] == 499  # type: ignore[attr-defined]


def _until(held: Any) -> None:
    latest = time.monotonic() + 10
    while not held():
        assert time.monotonic() < latest
        time.sleep(0.01)


def test_serving_answers_many_at_once_as_one_by_one(fake_tagger: RelationTagger) -> None:
    client = _client(fake_tagger, threads=4)
    batches = [
        [f"This is visit number {i} and we loved it.", f"Colis {i} arrivé en retard, dommage."] for i in range(24)
    ]
    with client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda batch: client.post("/tag", json={"texts": batch}).json()["tags"], batches))
    assert answers == [_plain(fake_tagger.tag(batch, evidence=True)) for batch in batches]


def test_serving_tells_no_text_to_logs_or_in_errors(
    fake_tagger: RelationTagger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    client = _client(fake_tagger, limits=SMALL)
    told = [
        client.post("/tag", json=body)
        for body in (
            {SECRET: 1},
            {"texts": SECRET},
            {"texts": [{SECRET: SECRET}]},
            {"texts": [SECRET * 50]},
            {"texts": [], "names": SECRET, "evidence": SECRET, "abstain_below": SECRET},
        )
    ]
    told += [
        _post(client, f'{{"texts": ["{SECRET}"'.encode()),
        _post(client, SECRET.encode() * 500),
        client.get(f"/{SECRET}?q={SECRET}", headers={"X-Request-ID": f"{SECRET} {SECRET}"}),
        client.post("/tag", content=SECRET, headers={"Content-Type": SECRET, "Content-Encoding": SECRET}),
        _client(RelationTagger(Broken())).post("/tag", json={"texts": [f"{SECRET} is bad", f"{SECRET} is very bad"]}),
    ]
    monkeypatch.setattr(fake_tagger, "tag", lambda *texts, **_options: {}[str(texts)])  # a bug
    told.append(client.post("/tag", json={"texts": [SECRET]}))
    assert {answer.status_code for answer in told} == {400, 404, 413, 415, 422, 500}
    assert told[-1].json()["code"] == "bug"
    told.append(client.get("/health"))
    format_line = _JsonLines().format
    logged = "\n".join(format_line(record) for record in caplog.records if not record.name.startswith("httpx"))
    assert logged.count('"event": "request"') == len(told)
    for where in (logged, *(f"{answer.headers} {answer.text}" for answer in told)):
        assert SECRET not in where

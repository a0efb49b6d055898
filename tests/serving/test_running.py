"""A real server on loopback: slow and rude clients, many at once, and its end."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from relationtypes import RelationTagger
from relationtypes.errors import ArgumentError, MissingExtraError
from relationtypes.serving.running import HEADER_SECONDS, is_loopback
from tests.conftest import ROOT, Ran

SECRET = "Zanzibar-4711"
TEXTS = [f"{SECRET}: my family has come here for years.", "Livraison rapide, rien à redire.", ""]


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a.example", False)],
)
def test_running_knows_loopback(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_running_refuses_others_without_a_token(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELATIONTYPES_TOKEN", raising=False)
    done: Ran = run("serve", "--host", "0.0.0.0")
    assert done.code == ArgumentError.exit_code
    assert "RELATIONTYPES_TOKEN" in done.err
    monkeypatch.setenv("RELATIONTYPES_TOKEN", "  ")
    assert run("serve", "--host", "0.0.0.0").code == ArgumentError.exit_code


def test_running_names_the_extra(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    done: Ran = run("serve")
    assert done.code == MissingExtraError.exit_code
    assert "relationtypes[serve]" in done.err


@dataclass
class Server:
    """A server that runs: its process, port and log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def post(self, body: bytes, **headers: str) -> tuple[int, Any]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.request("POST", "/tag", body, {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        found = answer.status, json.loads(answer.read())
        line.close()
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = tmp_path_factory.mktemp("served") / "log"
    with path.open("wb") as log:
        command = [sys.executable, "-m", "relationtypes", "serve", "--port", str(port), "--threads", "2"]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=log)
    found = Server(process, port, path)
    try:
        _until_ready(found)
        yield found
    finally:
        process.kill()
        process.wait()


def _until_ready(server: Server) -> None:
    latest = time.monotonic() + 120
    while True:
        assert server.process.poll() is None, server.log.read_text()
        assert time.monotonic() < latest
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health/ready", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)


class TestReal:
    pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]  # noqa: RUF012

    def test_sixteen_at_once_are_answered_as_one_by_one(self, server: Server, tagger: RelationTagger) -> None:
        batches = [[f"Visit {i}.", *TEXTS, f"Colis {i} en retard, plus jamais !"] for i in range(32)]
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda batch: server.post(json.dumps({"texts": batch}).encode()), batches))
        assert {status for status, _ in answers} == {200}
        wanted = [json.loads(msgspec.json.encode(tagger.tag(batch, evidence=True))) for batch in batches]
        assert [found["tags"] for _, found in answers] == wanted

    def test_too_large_a_body_gets_its_answer(self, server: Server) -> None:
        assert server.post(b" " * 9_000_000)[0] == 413
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
            line.sendall(b"POST /tag HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            part = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
            for _ in range(9):
                line.sendall(part)
            line.sendall(b"0\r\n\r\n")
            assert b" 413 " in line.recv(4_096)

    def test_a_length_that_lies_hurts_nobody(self, server: Server) -> None:
        for length in (2, 500):
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
                line.sendall(
                    b"POST /tag HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    b'Content-Length: %d\r\n\r\n{"texts": []}' % length
                )
                line.shutdown(socket.SHUT_WR)
                assert b" 200 " not in line.recv(4_096)
        assert server.post(b'{"texts": []}')[0] == 200

    def test_slow_headers_are_not_waited_for(self, server: Server) -> None:
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port), timeout=1) as line:
            line.sendall(b"GET /health HTTP/1.1\r\n")
            while time.monotonic() < begun + 60:
                try:
                    line.sendall(b"X-Slow: 1\r\n")
                    if not line.recv(100):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
        assert HEADER_SECONDS - 1 < time.monotonic() - begun < 50

    def test_answers_are_not_held_back(self, server: Server) -> None:
        """Some 40 ms pass where the kernel waits for more of an answer than its head."""
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        taken = []
        for _ in range(20):
            begun = time.perf_counter()
            line.request("GET", "/health")
            line.getresponse().read()
            taken.append(time.perf_counter() - begun)
        line.close()
        assert min(taken) < 0.03

    def test_the_page_is_true(self, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
        page = (ROOT / "docs/serving.md").read_text(encoding="utf-8").replace(":8000/", f":{server.port}/")
        (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        exec(compile(code, "serving.md", "exec"), {})
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["best_friends", "transaction"]
        if shutil.which("curl"):
            (command,) = re.findall(r"^curl .*?(?=^```)", page, re.MULTILINE | re.DOTALL)
            done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
            assert [tag["status"] for tag in json.loads(done.stdout)["tags"]] == ["ok", "empty"]

    def test_sigterm_lets_a_running_request_finish_and_the_log_holds_no_text(self, server: Server) -> None:
        texts = [f"{SECRET} number {i}: we loved it. The tea was warm. We will come again." for i in range(60)]
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(server.post, json.dumps({"texts": texts}).encode())
            latest = time.monotonic() + 30
            while b'"inside":1' not in _health(server) and time.monotonic() < latest and not running.done():
                pass
            assert not running.done()
            server.process.send_signal(signal.SIGTERM)
            status, found = running.result(timeout=120)
        assert (status, len(found["tags"])) == (200, 60)
        assert server.process.wait(60) == 0
        log = server.log.read_text()
        assert SECRET not in log
        lines = [json.loads(line) for line in log.splitlines()]
        assert lines[-1]["event"] == "ended"
        assert sum(line.get("texts", 0) for line in lines) >= 32 * 5 + 60


def _health(server: Server) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health", timeout=10) as answer:
        found: bytes = answer.read()
    return found

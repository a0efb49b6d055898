"""How fast `relationtypes serve` answers: `python benchmarks/serving.py [--seconds S]`; over loopback, and it ends by itself.

A server of its own is started on a free port and ended. For 1, 4 and 16 clients at once, with 1 and 32 texts in a request, with
and without evidence, each client sends one request after the other over one connection. Printed are requests and texts a second,
the median, 95th and 99th percentile of the time to the answer, and how many were refused. The texts are the bundled example's.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import polars as pl

from relationtypes import _data

CLIENTS = (1, 4, 16)
BATCHES = (1, 32)
_PATIENCE = 120


def start(threads: int | None) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on a free port of loopback and wait until it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "relationtypes", "serve", "--port", str(port)]
    server = subprocess.Popen([*command, *(["--threads", str(threads)] if threads else [])], stderr=subprocess.DEVNULL)
    latest = time.monotonic() + _PATIENCE
    while time.monotonic() < latest and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return server, port
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("The server did not start.")


def client(port: int, bodies: list[bytes], turn: int, end: float, taken: list[float], refused: list[int]) -> None:
    """Send requests until *end*; note the seconds of each, and the status of those that were refused."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    while time.perf_counter() < end:
        begun = time.perf_counter()
        line.request("POST", "/tag", bodies[turn % len(bodies)], {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        if answer.status == 200:
            taken.append(time.perf_counter() - begun)
        else:
            refused.append(answer.status)
        turn += 1
    line.close()


def measure(port: int, bodies: list[bytes], clients: int, seconds: float) -> tuple[float, list[float], int]:
    """Return requests a second, seconds of each, and how many were refused."""
    taken: list[float] = []
    refused: list[int] = []
    begun = time.perf_counter()
    running = [
        threading.Thread(target=client, args=(port, bodies, 7 * i, begun + seconds, taken, refused))
        for i in range(clients)
    ]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return len(taken) / (time.perf_counter() - begun), taken, len(refused)


def main() -> None:
    """Start, measure, print, end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="of each of the twelve measurements")
    parser.add_argument("--threads", type=int, help="of the server")
    options = parser.parse_args()
    texts = [text for text in pl.read_csv(_data.example_file())["comment"].to_list() if text]
    server, port = start(options.threads)
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    print("evidence  clients  texts  requests/s  texts/s  p50 ms  p95 ms  p99 ms  refused")
    try:
        for evidence in (False, True):
            for size in BATCHES:
                bodies = [
                    json.dumps({"texts": (texts + texts)[i : i + size], "evidence": evidence}).encode()
                    for i in range(len(texts))
                ]
                for clients in CLIENTS:
                    rate, taken, refused = measure(port, bodies, clients, options.seconds)
                    p50, p95, p99 = 1000 * np.percentile(taken or [np.nan], (50, 95, 99))
                    print(
                        f"{evidence!s:8}  {clients:7}  {size:5}  {rate:10.1f}  {rate * size:7.0f}"
                        f"  {p50:6.0f}  {p95:6.0f}  {p99:6.0f}  {refused:7}",
                        flush=True,
                    )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()

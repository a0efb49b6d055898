"""Loaded by every Python that tests/test_leaks.py starts: what would reach beyond this machine is noted and refused."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

_LOG = os.environ["WATCHED_LOG"]
_WITH_ADDRESS = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_WITH_NAME = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "webbrowser.open"}


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    return name is None or name in ("localhost", "::1") or (isinstance(name, str) and name.startswith("127."))


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event in _WITH_ADDRESS:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # others are of this machine
    elif event in _WITH_NAME:
        host = args[0]
    else:
        return
    if _is_here(host):
        return
    with Path(_LOG).open("a", encoding="utf-8") as log:
        log.write(f"{event} {host}\n")
    raise OSError(errno.ENETUNREACH, "refused by the test")


sys.addaudithook(_watch)

"""A place of its own for each program: home, temporary files, caches, working folder; and what it left there or said."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT, Ran

WORD = "quillomar"
"""In the words of customers: may stand where quotes do, and nowhere else."""
PERSONAL = ("odette.zquill@example.org", "2004 1010 0505 0001 3M02 606", "06 98 76 54 32", "CMD-7719-QZ-4405")
"""An address, an account, a telephone, an order: redacted wherever texts are shown."""
CUSTOMER = "zq-client"
"""Begins each id of a customer."""
SECRETS = (WORD, *PERSONAL, CUSTOMER)

_TEXTS = (
    f"My family has come to the {WORD} desk for years, they know how I take my coffee. Write to {PERSONAL[0]} please.",
    "Livraison rapide, bon prix, rien à redire.",
    f"They promised my {WORD} refund to IBAN FR14 {PERSONAL[1]} and I am still waiting. You broke my trust.",
    "Depuis dix ans vous êtes là dans les bons et les mauvais jours, merci.",
    f"Très déçue de votre {WORD}, appelez-moi au {PERSONAL[2]}, je ne reviendrai plus.",
    "Quick service, fair price, nothing more to say about it.",
    f"Order no. {PERSONAL[3]} came late again and nobody at {WORD} could tell me why, I feel let down.",
    "Always a laugh with the team, see you on Friday, same table.",
)
_STRACE = shutil.which("strace")
_SENT = re.compile(r'sin6?_addr=inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"')


def export(rows: int) -> str:
    """Return a CSV file of that many texts, each third with a secret, dated and scored."""
    lines = ["customer,date,plan,brand,nps,comment"]
    for k in range(rows):
        day = f"2025-{k // 8 % 12 + 1:02d}-{k % 28 + 1:02d}"
        text = f"{_TEXTS[k % len(_TEXTS)]} Visit {k}."
        lines.append(f'{CUSTOMER}-{k % 40},{day},{("Basic", "Club")[k % 2]},Brand {k % 3},{k * 7 % 11},"{text}"')
    return "\n".join(lines) + "\n"


@dataclass
class Place:
    """Folders of a program that is watched, all within one, and what it tried."""

    folder: Path
    umask: int = 0  # whoever forgets to make something private makes it everybody's
    traces: list[Path] = field(default_factory=list)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("work", "home", "tmp", "cache"):
            (self.folder / name).mkdir(parents=True)

    @property
    def work(self) -> Path:
        """Where the program runs."""
        return self.folder / "work"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a program that is watched."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        places = {
            name: str(self.folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        }
        return {
            **kept,
            **places,
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": os.pathsep.join((str(ROOT / "tests/watched"), str(ROOT))),
            "WATCHED_LOG": str(self.folder / "attempts"),
            **more,
        }

    def start(self, command: Sequence[object], *, trace: bool = False, **more: str) -> subprocess.Popen[bytes]:
        """Start *command*; with *trace*, what its native libraries send is watched too, where strace is."""
        words = [str(word) for word in command]
        if trace and _STRACE:
            self.traces.append(self.folder / f"trace{len(self.traces)}")
            calls = "trace=connect,sendto,sendmsg,sendmmsg"
            words = [
                _STRACE,
                "-f",
                "-qq",
                "--seccomp-bpf",
                "-e",
                calls,
                "-e",
                "signal=none",
                "-o",
                str(self.traces[-1]),
                *words,
            ]
        process = subprocess.Popen(
            words,
            cwd=self.work,
            env=self.environment(**more),
            umask=self.umask,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """End what still runs, and what it started."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.communicate()

    def run(self, *arguments: object, program: Sequence[object] = ("-m", "relationtypes"), trace: bool = True) -> Ran:
        """Run the command line, or another *program* of Python."""
        process = self.start((sys.executable, *program, *arguments), trace=trace)
        out, err = process.communicate(timeout=900)
        return Ran(process.returncode, out.decode(), err.decode())

    def attempts(self) -> list[str]:
        """Return each attempt to reach another machine, or to be reached by one."""
        log = self.folder / "attempts"
        noted = log.read_text().splitlines() if log.exists() else []
        return noted + [line for path in self.traces for line in path.read_text().splitlines() if _leaves(line)]

    def left(self) -> list[str]:
        """Return what is in the folders for home, temporary files and caches."""
        return [
            str(path.relative_to(self.folder))
            for name in ("home", "tmp", "cache")
            for path in sorted((self.folder / name).rglob("*"))
        ]

    def files(self) -> set[str]:
        """Return what is in the working folder."""
        return {path.name for path in self.work.iterdir()}


def _leaves(line: str) -> bool:
    """Whether a line of strace tells of an address that is not this machine's."""
    found = _SENT.search(line)
    return bool(found) and not (found[1] == "::1" or found[1].startswith("127."))


def told(content: bytes | str, secrets: Sequence[str] = SECRETS) -> list[str]:
    """Return which *secrets* are in *content*, whatever the encoding; in Office files, in any of their members."""
    raw = content.encode() if isinstance(content, str) else content
    pieces = list(_members(raw)) if raw[:2] == b"PK" else [raw]
    folded = [piece.lower() for piece in pieces]
    forms = {secret: [secret.lower().encode(code) for code in ("utf-8", "utf-16-le")] for secret in secrets}
    return [name for name, bodies in forms.items() if any(body in piece for body in bodies for piece in folded)]


def _members(raw: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            yield from _members(archive.read(name)) if name.endswith((".xlsx", ".zip")) else [archive.read(name)]


def open_to_others(folder: Path) -> list[str]:
    """Return the files below *folder* that another account could reach: neither they nor a folder above them is private."""
    found = []
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if stat.S_IMODE(os.lstat(f"{above}/{name}").st_mode) & 0o077]
        found += [f"{above}/{name}" for name in names if stat.S_IMODE(os.lstat(f"{above}/{name}").st_mode) & 0o077]
    return [str(Path(path).relative_to(folder)) for path in found]

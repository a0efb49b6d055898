"""Any input at all against a law: a target says what it is fed and what must hold, :func:`fuzz` feeds it.

A law is a function of the case and a folder of the target's own. It may end as it should, or with an error of
``relationtypes.errors`` that says something; whatever else happens is a fault, taking too long included.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relationtypes.errors import RelationTypesError
from tests.test_reading_fuzz import PIECES, TooLongError, limited, mutated

FEW, MANY = 60, 20_000
BOUND = float(os.environ.get("RELATIONTYPES_FUZZ_SECONDS", "12"))
"""Of a target, on the processor: some thousands of the 20,000 cases; all of them with RELATIONTYPES_FUZZ_SECONDS=inf."""
SECONDS = 5.0  # of a case, on the processor

Law = Callable[[Any, Path], object]

ODD = (
    None, True, "", "\0", "../../x", "/etc/hostname", "a" * 300, "=1+1", "<script>", "\u202e", "é", "NaN", "none_of_these",
    0, 1, -1, 2**31, 2**63, 2**70, 10**400, 0.5, -0.0, 1e-320, 1e308, 1e39, float("nan"), float("inf"),
    [], {}, [[]], [None], ["fling"], {"a": {}}, ["fling", "fling"],
)  # fmt: skip
"""Values of JSON, and some that are none, to stand where others did."""
_DEEP = ("[" * 100_000, '{"a":' * 100_000, "[" * 2_000 + "]" * 2_000)
_QUOTED = re.compile(rb'"[^"\n]*"')
_TOML_VALUE = re.compile(rb"(?m)(?<== )[^\n]+$")
_TOML_ODD = (
    b"1", b"-1", b"9" * 5_000, b"1e999", b"nan", b"-inf", b"''", b'"\\u0000"', b'"../x"', b"[]", b"{}", b"[" * 3_000, b"true",
    b"[[[1]]]", b'{a = "b"}', b"1979-05-27", b'""" \n', b'"' + b"a" * 300 + b'"', b"\xff", b'"\\ud800"', b"a.b.c = 1",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What is fed with what, and the law."""

    name: str
    cases: st.SearchStrategy[Any]
    law: Law


@dataclass(frozen=True)
class _Shown:
    """A case that is shown in short where it fails."""

    case: Any

    def __repr__(self) -> str:
        return repr(self.case)[:2_000]


def fuzz(target: Target, folder: Path, cases: int, *, seconds: float = math.inf) -> tuple[int, int]:
    """Draw *cases* for *target*, the same ones each time, and fail with the smallest that breaks its law.

    After so many *seconds* of the processor no further case is examined. Return how many ended as they should, and how many
    were refused.
    """

    ended = refused = 0
    begun = time.process_time()

    @settings(max_examples=cases, database=None, suppress_health_check=list(HealthCheck))
    @given(target.cases.map(_Shown))
    def one(shown: _Shown) -> None:
        nonlocal ended, refused
        if time.process_time() - begun > seconds:
            return
        try:
            with limited(SECONDS):
                target.law(shown.case, folder)
            ended += 1
        except RelationTypesError as error:
            assert str(error).strip(), "an error without a message"
            refused += 1
        except TooLongError:
            raise AssertionError(f"takes more than {SECONDS} s") from None
        except BaseException as error:
            if isinstance(error, Exception | KeyboardInterrupt | SystemExit):
                raise
            raise AssertionError(f"{type(error).__name__}: {str(error)[:200]}") from None  # a panic of polars

    one()
    assert ended * 20 >= ended + refused, f"only {ended} of {ended + refused} cases come to the end of the law"
    return ended, refused


def dice() -> st.SearchStrategy[random.Random]:
    """Return what alterations are drawn by: one number, of which a case is made much faster than of many."""
    return st.integers(0, 2**32).map(random.Random)


def files_like(*seeds: bytes) -> st.SearchStrategy[bytes]:
    """Return files that were one of *seeds*, a TOML or JSON file or any other, until something happened to it."""

    def spoilt(seed: bytes, draw: random.Random) -> bytes:
        kind = draw.randrange(10)
        if kind > 7 and _QUOTED.search(seed):
            place = draw.choice(list(_QUOTED.finditer(seed)))
            odd = draw.choice([value for value in ODD if isinstance(value, str)])
            return seed[: place.start()] + json.dumps(odd).encode() + seed[place.end() :]
        if kind == 0 and _TOML_VALUE.search(seed):
            places = list(_TOML_VALUE.finditer(seed))
            place = draw.choice(places)
            return seed[: place.start()] + draw.choice(_TOML_ODD) + seed[place.end() :]
        if kind == 1:
            lines = seed.splitlines(keepends=True)
            draw.shuffle(lines)
            return b"".join(lines[: draw.randint(0, len(lines))] + draw.choices(lines, k=draw.randint(0, 2)))
        if kind == 2:
            return draw.randbytes(draw.randint(0, 40)) + draw.choice(PIECES)
        return mutated(seed, draw)

    return st.builds(spoilt, st.sampled_from(seeds), dice())


def documents_like(*seeds: bytes) -> st.SearchStrategy[bytes]:
    """Return JSON files that were one of *seeds* until :func:`spoilt_document` had them."""
    return st.builds(spoilt_document, st.sampled_from(seeds), dice())


def spoilt_document(seed: bytes, draw: random.Random) -> bytes:
    """Return a JSON file with values in each other's place, taken out, doubled or odd; or what is no JSON any more."""
    kind = draw.randrange(10)
    if kind == 0:
        return mutated(seed, draw)
    holder: Any = [json.loads(seed)]
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        _alter(holder, draw)
    text = json.dumps(holder, ensure_ascii=draw.random() < 0.5)[1:-1]
    if kind == 1:
        at = draw.choice([place.start() for place in re.finditer(r"[\d\"\[{]", text)] or [0])
        text = text[:at] + draw.choice(_DEEP) + text[at:]
    elif kind == 2 and (first := re.search(r'"\w+": [\w".]+, ', text)):  # a name that stands twice
        text = text.replace("{", "{" + first[0], 1)
    return text.encode("utf-8", "surrogatepass")


def _alter(node: Any, draw: random.Random) -> None:
    """Alter one place below *node*, an array or an object."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = draw.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and draw.random() < 0.8:
            node = node[key]
            continue
        break
    kind = draw.randrange(6)
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, list):
        node.append(node[key])
    elif kind == 1:
        node[str(draw.choice(("", "x", f"{key}_", "families")))] = node[key]
    else:
        alike = [value for value in ODD if type(value) is type(node[key])]
        node[key] = deepcopy(draw.choice(alike if alike and kind < 5 else ODD))

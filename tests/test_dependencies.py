"""What the package is made of: pinned with digests, under permissive licences, kept up or kept for a reason."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PAGE = (ROOT / "docs/dependencies.md").read_text("utf-8")
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CNRI-Python",
    "CC0-1.0",
    "ISC",
    "LLVM-exception",
    "MIT",
    "PSF-2.0",
    "Zlib",
}
FILE_BY_FILE = {"hypothesis", "tqdm"}  # MPL-2.0: only a changed file of theirs would have to be shown


def rows(page: str, columns: int) -> list[list[str]]:
    """Return the rows of the page's table with so many columns, its header first."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")
    ]
    return [row for row in cells if len(row) == columns and set(row[0]) != {"-"}]


def pinned() -> dict[str, list[Requirement]]:
    """Return what the lock pins, by name; a package may have a version for each version of Python."""
    found: dict[str, list[Requirement]] = {}
    text = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        requirement, *digests = line.split("--hash=")
        assert digests and all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest.strip()) for digest in digests), requirement
        one = Requirement(requirement.strip())
        assert re.fullmatch(r"==[\w.+!]+", str(one.specifier)), one
        found.setdefault(canonicalize_name(one.name), []).append(one)
    return found


def test_lock_pins_what_the_base_install_needs() -> None:
    lock = pinned()
    for wanted in map(Requirement, PROJECT["dependencies"]):
        versions = [str(one.specifier).removeprefix("==") for one in lock[canonicalize_name(wanted.name)]]
        assert all(wanted.specifier.contains(version) for version in versions), wanted
    assert not {"torch", "transformers", "streamlit", "pandas", "pyarrow"} & set(lock)


def test_every_dependency_is_listed_under_a_permissive_licence() -> None:
    listed = {name: licence for name, _, _, licence, _ in rows(PAGE, 5)[1:]}
    named = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    wanted = {canonicalize_name(Requirement(one).name) for one in named} - {"relationtypes"}
    assert wanted <= set(listed)  # else: make lock
    only_elsewhere = {
        name for name, pins in pinned().items() if all('== "emscripten"' in str(pin.marker) for pin in pins)
    }
    assert set(pinned()) - only_elsewhere <= set(listed)
    for name, licence in listed.items():
        parts = set(re.split(r" (?:AND|OR|WITH) |[()]", licence)) - {"", *PERMISSIVE}
        assert parts <= ({"MPL-2.0"} if name in FILE_BY_FILE else set()), (name, licence)


def test_no_dependency_is_two_years_old_without_a_reason() -> None:
    made = date.fromisoformat(re.findall(r"^State of ([\d-]+)", PAGE, re.MULTILINE)[0])
    reasons = dict(rows(PAGE, 2)[1:])  # type: ignore[arg-type]
    old = {
        name for name, _, released, *_ in rows(PAGE, 5)[1:] if made - date.fromisoformat(released) > timedelta(days=730)
    }
    assert old == set(reasons) and all(reasons.values())

"""Write requirements.lock and docs/dependencies.md; `make lock` runs it. Needs uv and what the extras install.

Versions and the days of their release are those that uv resolves, licences what the installed packages say of themselves.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK, PAGE = ROOT / "requirements.lock", ROOT / "docs/dependencies.md"
BASE = "base"
OLD = datetime.timedelta(days=730)
STATED = {"colorama": "BSD-3-Clause", "pyspark": "Apache-2.0", "sentence-transformers": "Apache-2.0"}
"""Licences of packages that are not installed everywhere: for Windows only, or large."""
BY_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
BY_NAME = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "MIT License": "MIT",
}
WHY_OLD = {
    "colorama": "small and complete; for Windows alone, comes with typer",
    "eld": "word statistics and a hundred lines of Python, without network or native code; what it says is held by"
    " `tests/test_languages.py`, and it can be carried in the package if it must be mended",
    "mdurl": "small and complete; comes with rich",
    "python-pptx": "complete for what is written here; reads only templates that users choose, through lxml, which is kept up",
    "shellingham": "small and complete; comes with typer",
    "vadersentiment": "a published baseline, which must not change; for training alone",
    "wordfreq": "its maker closed the data in 2024, as texts from then on are no measure; for training alone",
}
HEAD = """# What it is made of

Written by `make lock`; `tests/test_dependencies.py` holds it to `pyproject.toml`. `requirements.lock` pins every package of the
base install with the digests of its files:

```sh
pip install --require-hashes -r requirements.lock   # then: pip install --no-deps relationtypes
make sbom                                            # sbom.cdx.json, CycloneDX, from the lock
pip-audit --require-hashes --disable-pip -r requirements.lock   # known holes; needs the index's own list of them
```

"""


def main() -> None:
    """Resolve, and write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    _compile(["--generate-hashes", "--no-annotate", "--no-header"], LOCK)
    with tempfile.TemporaryDirectory() as folder:
        base, everything = (Path(folder) / name for name in ("pylock.toml", "pylock.all.toml"))
        _compile(["--format", "pylock.toml"], base)
        _compile(["--format", "pylock.toml", "--all-extras"], everything)
        in_base = {one["name"] for one in _packages(base) if "== 'emscripten'" not in one.get("marker", "")}
        found = {one["name"]: one for one in _packages(everything)}
    wanted = {name: BASE for name in sorted(in_base)}
    for extra, requirements in project["optional-dependencies"].items():
        for name in map(_name, requirements):
            if name != "relationtypes":
                wanted.setdefault(name, extra)
    rows = [
        (name, found[name]["version"], _released(found[name]), _licence(name), extra) for name, extra in wanted.items()
    ]
    PAGE.write_text(HEAD + _table(rows), "utf-8")


def _compile(options: list[str], out: Path) -> None:
    command = [
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--python-version",
        "3.11",
        "--no-config",
        "--quiet",
    ]
    subprocess.run(
        [sys.executable, "-m", *command, *options, "-o", str(out)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def _packages(path: Path) -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["packages"]
    return packages


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def _released(package: dict[str, Any]) -> datetime.date:
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    return max(one["upload-time"] for one in files).date()  # type: ignore[no-any-return]


def _licence(name: str) -> str:
    if name in STATED:
        return STATED[name]
    about = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return expression
    named = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", []) if one.startswith("License :: ")]
    known = [BY_CLASSIFIER[one] for one in named if one in BY_CLASSIFIER]
    short = about.get("License", "").strip()
    return " AND ".join(known) or BY_NAME.get(short, short.splitlines()[0] if short else "unknown")


def _table(rows: list[tuple[str, str, datetime.date, str, str]]) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    lines = [
        f"State of {today}: the newest releases that go together, all packages of the base install and what each extra names.",
        "",
    ]
    lines += ["| Package | Version | Released | Licence | For |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    lines += ["", "## Not released for two years", "", "Each with the reason why it stays.", ""]
    lines += ["| Package | Why it stays |", "| --- | --- |"]
    lines += [f"| {name} | {WHY_OLD.get(name, '')} |" for name, _, released, *_ in rows if today - released > OLD]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

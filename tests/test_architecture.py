"""The law: read → normalise → classify → decide → aggregate → present, and nobody looks back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "relationtypes"
ORDER = [
    "_data",
    "errors",
    "sealing",
    "scratch",
    "memory",
    "records",
    "reading",
    "taxonomy",
    "normalising",
    "languages",
    "segmenting",
    "redacting",
    "calibration",
    "manifest",
    "artefact",
    "hub",
    "classifiers",
    "deciding",
    "evidence",
    "tabulating",
    "tagger",
    "spark",
    "copies",
    "parts",
    "diagnosing",
    "prevalence",
    "profiling",
    "findings",
    "rereading",
    "retagging",
    "styling",
    "presenting",
    "writing",
    "surroundings",
    "auditing",
    "reporting",
    "shards",
    "jobs",
    "assembling",
    "runs",
    "run_views",
    "progress",
    "explorer",
    "serving",
    "learning",
    "interfaces",
    "cli_training",
    "cli_tagging",
    "cli_shown",
    "cli_findings",
    "cli_trust",
    "cli_explore",
    "cli_serve",
    "cli",
    "__main__",
]
"""A module may import those before it; a package counts as one."""

AFTERWARDS = {"prevalence", "profiling", "findings", "styling", "presenting", "reporting", "writing"}

HEAVY = {
    "torch",
    "transformers",
    "datasets",
    "sentence_transformers",
    "spacy",
    "streamlit",
    "sklearn",
    "pandas",
    "huggingface_hub",
    "fastapi",
    "starlette",
    "uvicorn",
}

ITS_OWN = {
    "explorer": {"streamlit"},
    "interfaces": {"sklearn", "spacy"},
    "serving": {"fastapi", "starlette", "uvicorn"},
}
"""What a stage may import, because nobody imports the stage who does not use that library."""


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} if module == "relationtypes" else {module}
    return found


def _stage(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_architecture_modules_import_only_from_earlier_stages(path: Path) -> None:
    own = ORDER.index(_stage(path))
    for name in _imports(path):
        if name.startswith("relationtypes."):
            part = name.split(".")[1]
            if part != "__version__":
                assert part in ORDER[: own + 1], f"{path.name} imports {part}, which comes later"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_architecture_package_knows_neither_training_nor_heavy_libraries(path: Path) -> None:
    roots = {name.split(".")[0] for name in _imports(path)}
    roots -= ITS_OWN.get(_stage(path), set())
    assert not roots & (HEAVY | {"training", "app"})


def test_architecture_every_module_has_a_place() -> None:
    assert {_stage(path) for path in _modules()} <= set(ORDER)


def test_architecture_aggregating_and_presenting_see_no_model() -> None:
    for path in _modules():
        if _stage(path) in AFTERWARDS:
            assert not any("classifiers" in found or "artefact" in found for found in _imports(path)), path

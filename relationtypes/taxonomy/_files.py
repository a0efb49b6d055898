"""The label files: ``labels/`` and any folder of the same format → a taxonomy."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from relationtypes import _data
from relationtypes.errors import UNDECODABLE, TaxonomyError
from relationtypes.taxonomy._records import (
    Family,
    FamilyFile,
    LabelsIndex,
    Record,
    Taxonomy,
    Text,
    Texts,
)

_T = TypeVar("_T")
_NAME = re.compile(r"[\w-]{1,80}")


@functools.cache
def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """Read and check the taxonomy in *folder* (default: the one shipped with the package); a folder is read once."""
    return read_folder(folder or _data.labels_dir())


def read_folder(folder: Path) -> Taxonomy:
    """Read and check the taxonomy in *folder* as it is now."""
    index = read_toml(folder / "taxonomy.toml", LabelsIndex)
    for name in index.families:
        if not _NAME.fullmatch(name):
            raise TaxonomyError(
                f"labels/taxonomy.toml names the family {name[:40]!r}, which can be no name of a file. Use letters, digits,"
                " '_' and '-' alone."
            )
    files = {name: read_toml(folder / f"{name}.toml", FamilyFile) for name in index.families}
    _check_ids(index, files)
    _check_texts(index, files)
    _check_fits(files)
    families = tuple(
        Family(
            **{field: getattr(file.family, field) for field in file.family.__struct_fields__},
            playbook=file.playbook,
            types=file.types,
        )
        for file in files.values()
    )
    return Taxonomy(index.version, families, index.sources)


def is_standard(taxonomy: Taxonomy) -> bool:
    """Whether the labels of *taxonomy* are those of the shipped one, for which there are playbooks and bonds."""
    return taxonomy.fingerprint == load_taxonomy().fingerprint


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a family file, as stored in ``labels/schema.json``."""
    described = msgspec.json.schema(FamilyFile)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def read_toml(path: Path, kind: type[_T]) -> _T:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        raise TaxonomyError(f"The label file {path} is missing.") from None
    except OSError as error:
        raise TaxonomyError(f"The label file {path} cannot be read ({error.strerror}).") from None
    except UNDECODABLE as error:
        raise TaxonomyError(f"The label file {path} is wrong: {error}.") from None


def _check_ids(index: LabelsIndex, files: dict[str, FamilyFile]) -> None:
    seen: dict[str, str] = {}
    for name, file in files.items():
        if file.family.id != name:
            raise TaxonomyError(
                f"labels/{name}.toml describes the family {file.family.id!r}; it must describe {name!r}."
            )
        if not file.types:
            raise TaxonomyError(f"The family {name!r} has no type; it needs at least the plain one.")
        for kind in file.types:
            if kind.id in seen:
                raise TaxonomyError(
                    f"The type {kind.id!r} is in {seen[kind.id]!r} and again in {name!r}; a type has one family."
                )
            if kind.id in files and kind.id != name:
                raise TaxonomyError(f"The type {kind.id!r} of {name!r} bears the id of another family.")
            seen[kind.id] = name
    if len(files) != len(index.families):
        raise TaxonomyError("labels/taxonomy.toml names a family twice.")
    reused = (set(seen) | set(files)) & set(index.retired_ids)
    if reused:
        raise TaxonomyError(f"Retired ids are used again: {', '.join(sorted(reused))}. Choose new ids.")


def _check_texts(index: LabelsIndex, files: dict[str, FamilyFile]) -> None:
    for name, file in files.items():
        for place, record in _walk(file, name):
            texts = (
                (record.en, record.fr)
                if isinstance(record, Text)
                else (*record.en, *record.fr)
                if isinstance(record, Texts)
                else ()
            )
            if not all(text.strip() for text in texts):
                raise TaxonomyError(f"{place}: a text is empty in English or French.")
            for key in getattr(record, "source", ()):
                if key not in index.sources:
                    raise TaxonomyError(f"{place}: the source {key!r} is not listed in labels/taxonomy.toml.")


def _check_fits(files: dict[str, FamilyFile]) -> None:
    for name, file in files.items():
        fit = file.playbook.fit
        both = {*fit.service_modes, *fit.relation_aims} & {*fit.clashes_modes, *fit.clashes_aims}
        if both:
            raise TaxonomyError(
                f"{name}.playbook.fit: {', '.join(sorted(both))} cannot both suit and break a relationship."
            )


def _walk(record: Record, place: str) -> Iterator[tuple[str, Record]]:
    yield place, record
    for field in record.__struct_fields__:
        value = getattr(record, field)
        for i, item in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(item, Record):
                yield from _walk(item, f"{place}.{field}[{i}]" if isinstance(value, tuple) else f"{place}.{field}")

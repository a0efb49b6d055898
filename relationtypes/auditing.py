"""Does a tagged file hold what its manifest says, and would the model say it again? The checks behind `relationtypes audit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from relationtypes.diagnosing import machine_kind
from relationtypes.errors import ArgumentError, InputNotFoundError
from relationtypes.findings.opening import read_tagged
from relationtypes.findings.resampling import SEED
from relationtypes.findings.table import COLUMN, ROW, TEXT, TaggedTable
from relationtypes.manifest import HASHED, REDACTED, ModelFacts, RunManifest, manifest_file, read_manifest
from relationtypes.reading import open_source, with_texts_within
from relationtypes.retagging import Retagged, retag
from relationtypes.sealing import sha256_of
from relationtypes.tabulating import PREFIX
from relationtypes.tagger import RelationTagger
from relationtypes.writing import without_controls

SAMPLE = 500
"""Texts that are tagged again, by default: where one in a hundred is otherwise, a sample misses them all in 0.7% of cases."""
_ROUNDED = 1e-3  # the probabilities of all families are written with four digits
_ROWS_AT_ONCE = 50_000

Hash = Literal["same", "other", "unknown", "absent"]
"""Whether the bytes of a file are those that the manifest tells of; it may not tell, or the file not be at hand."""
Verdict = Literal["confirmed", "differs", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class Audit:
    """What became of a tagged file.

    Attributes:
        file: its name.
        manifest: what the run said of itself.
        statuses: how many texts have each status; empty without the file.
        output: whether the file's bytes are those that the run wrote.
        input: whether the input's bytes are those that were tagged.
        rows: in the file; ``None`` without it.
        other_texts: rows, from 1, whose text is not that of the input; none where the input is not at hand.
        contradicting: rows, from 1, whose tags contradict one another: the family is not the most probable one, or the status not
            that of its confidence.
        retagged: what tagging again told; ``None`` where that was not possible: without the file, with other labels at hand, or
            where the texts are written redacted and the input is not at hand.
        model: the one at hand.
        machine: the one at hand, as the manifest names kinds of machines.
        command: that repeats the run.
    """

    file: str
    manifest: RunManifest
    statuses: Mapping[str, int]
    output: Hash
    input: Hash
    rows: int | None
    other_texts: tuple[int, ...]
    contradicting: tuple[int, ...]
    retagged: Retagged | None
    model: ModelFacts
    machine: str
    command: tuple[str, ...]

    @property
    def same_model(self) -> bool:
        """Whether the model at hand is the one that tagged."""
        return self.model.fingerprint == self.manifest.model.fingerprint

    @property
    def same_labels(self) -> bool:
        """Whether the model at hand tells the same labels apart."""
        return self.model.taxonomy_fingerprint == self.manifest.model.taxonomy_fingerprint

    @property
    def same_machine(self) -> bool:
        """Whether this is the kind of machine on which it was tagged, as far as is known."""
        return self.machine == self.manifest.machine

    @property
    def needs_input(self) -> bool:
        """Whether only the input could be tagged again, as the file is written without personal data, and it is not at hand."""
        return bool(self.manifest.options.get(REDACTED)) and self.input != "same"

    @property
    def verdict(self) -> Verdict:
        """``differs`` where something is otherwise than the manifest says, ``unconfirmed`` where that cannot be told."""
        otherwise = (
            "other" in (self.output, self.input)
            or self.rows not in (None, self.manifest.rows)
            or bool(self.other_texts or self.contradicting)
        )
        if otherwise or (self.same_model and self.retagged is not None and self.retagged.differing):
            return "differs"
        return "confirmed" if self.same_model and self.retagged is not None else "unconfirmed"


def audit(
    path: Path,
    tagger: RelationTagger,
    *,
    input_file: Path | None = None,
    sample: int | None = SAMPLE,
    seed: int = SEED,
    model: Path | None = None,
) -> Audit:
    """Check the tagged file at *path* against its manifest and, on a sample, against the model at hand.

    Without the file itself, the manifest alone says how it was made and how to make it again.

    Args:
        path: the tagged file, with its manifest beside it.
        tagger: with the model that tagged it, if that is at hand.
        input_file: the file that was tagged; by default the one of that name beside *path*, if its bytes are the same.
        sample: how many texts are tagged again; ``None`` for all.
        seed: of the sample.
        model: where the tagger's model lies, for the command that repeats the run; ``None`` for the one shipped.

    Raises:
        InputNotFoundError: there is no manifest, or no such input.
        ArgumentError: the sample is less than 1.
        InputError: the file or its manifest cannot be used.
        TaxonomyError: the file holds labels that its taxonomy does not have.
    """
    if sample is not None and sample < 1:
        raise ArgumentError(f"A sample has 1 text at least. Got {sample}. Give more, or all of them.")
    manifest = read_manifest(path)
    if manifest is None:
        raise InputNotFoundError(
            f"There is no {manifest_file(path).name!r} beside {path.name!r}, so nothing says how it was tagged. Put the"
            " manifest back where the run wrote it, beside its output and under its name."
        )
    source, same_input = _input(path, manifest, input_file)
    facts = tagger.classifier.facts
    common: dict[str, Any] = {
        "file": path.name,
        "manifest": manifest,
        "input": same_input,
        "model": facts,
        "machine": machine_kind(),
        "command": _command(manifest, source or path.with_name(manifest.input), path, model),
    }
    if not path.exists():
        nothing: dict[str, Any] = {
            "statuses": {},
            "rows": None,
            "other_texts": (),
            "contradicting": (),
            "retagged": None,
        }
        return Audit(output="absent", **nothing, **common)
    table = read_tagged(path)
    alike = facts.taxonomy_fingerprint == manifest.model.taxonomy_fingerprint
    texts: pl.Series | None = None if manifest.options.get(REDACTED) else table.frame[TEXT]
    others: tuple[int, ...] = ()
    if source and same_input == "same":
        compared = texts is not None
        texts, others = _texts_of(source, manifest, table)
        others = others if compared else ()
    return Audit(
        output=_same(sha256_of(path), manifest.output_sha256),
        statuses=dict(table.frame[f"{PREFIX}status"].value_counts(sort=True, name="n").iter_rows()),
        rows=int(table.frame[ROW].max()) + 1,  # type: ignore[arg-type]
        other_texts=others,
        contradicting=_contradicting(table, manifest),
        retagged=retag(table, texts, tagger, manifest, sample, seed) if alike and texts is not None else None,
        **common,
    )


def _input(path: Path, manifest: RunManifest, given: Path | None) -> tuple[Path | None, Hash]:
    if given is not None:
        if not given.is_file():
            raise InputNotFoundError(
                f"There is no input {str(given)!r}. Give the file that was tagged, or leave it out."
            )
        return given, _same(sha256_of(given), manifest.input_sha256)
    beside = path.with_name(manifest.input)
    if beside.is_file() and sha256_of(beside) == manifest.input_sha256:
        return beside, "same"
    return None, "absent"


def _same(found: str, told: str) -> Hash:
    if not told:
        return "unknown"
    return "same" if found == told else "other"


def _texts_of(source: Path, manifest: RunManifest, table: TaggedTable) -> tuple[pl.Series, tuple[int, ...]]:
    """Return the input's text of each row of *table*, and the rows, from 1, that have another; columns and rows must fit."""
    options = manifest.options
    read: dict[str, Any] = {key: options.get(key) for key in ("encoding", "sheet", "header", "delimiter")}
    opened = open_source(source, **read)
    frames = [with_texts_within(batch.frame, manifest.texts) for batch in opened.batches(_ROWS_AT_ONCE)]
    whole = pl.concat([frame.select(pl.col(name).cast(pl.String) for name in manifest.texts) for frame in frames])
    wanted = whole.with_row_index(ROW).unpivot(index=ROW, variable_name=COLUMN, value_name="rt_input")
    keys = table.frame.select(pl.col(ROW).cast(pl.UInt32), pl.col(COLUMN), pl.col(TEXT))
    joined = keys.join(wanted, on=[ROW, COLUMN], how="left", maintain_order="left")
    pairs = zip(joined["rt_input"].fill_null(""), joined[TEXT].fill_null(""), strict=True)
    other = np.array([left != right and _plain(left) != _plain(right) for left, right in pairs], bool)
    return joined["rt_input"], _rows(table, other)


def _plain(text: str) -> str:
    """Formats change line ends and leave out controls."""
    return " ".join(without_controls(text).split())


def _rows(table: TaggedTable, marked: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[int, ...]:
    return tuple(sorted({int(row) + 1 for row in table.frame[ROW].filter(pl.Series(marked))}))


def _contradicting(table: TaggedTable, manifest: RunManifest) -> tuple[int, ...]:
    """Return the rows, from 1, whose tags no run could have written side by side."""
    frame, families = table.frame, manifest.model.families
    status, confidence = frame[f"{PREFIX}status"], frame[f"{PREFIX}confidence"].fill_null(-1.0).to_numpy()
    signed, unsure = ((status == name).fill_null(value=False).to_numpy() for name in ("ok", "abstained"))
    wrong = (signed | unsure) != table.classified
    threshold = manifest.abstain_below
    if threshold is not None:
        wrong |= signed & (confidence < threshold - _ROUNDED) | unsure & (confidence > threshold + _ROUNDED)
    lists = frame[f"{PREFIX}probabilities"]
    whole = (lists.list.len() == len(families)).fill_null(value=False).to_numpy() & table.classified
    if whole.any():
        flat = lists.filter(pl.Series(whole)).explode(empty_as_null=True).fill_null(-1.0).to_numpy()
        values = flat.reshape(-1, len(families))
        order = np.array([families.index(name) for name in table.taxonomy.family_ids])
        named = values[np.arange(len(values)), order[table.family[whole]]]
        wrong[whole] |= (values.max(axis=1) - named > _ROUNDED) | (np.abs(named - confidence[whole]) > _ROUNDED)
    return _rows(table, wrong)


def _command(manifest: RunManifest, source: Path, path: Path, model: Path | None) -> tuple[str, ...]:
    """Return the command line that tags the input again as it was tagged, to a file beside the first output."""
    options = manifest.options
    said = ["relationtypes", "tag", str(source), "-o", str(path.with_name(f"{path.stem}.again{path.suffix}"))]
    for name in manifest.texts:
        said += ["--text", name]
    for role, names in manifest.roles.items():
        said += [part for name in names if role != "text" for part in ("--role", f"{role}={name}")]
    for key in ("encoding", "sheet", "delimiter"):
        if options.get(key):
            said += [f"--{key}", str(options[key])]
    if isinstance(options.get("header"), bool):
        said.append("--header" if options["header"] else "--no-header")
    if isinstance(options.get("evidence"), bool):
        said.append("--evidence" if options["evidence"] else "--no-evidence")
    if manifest.abstain_below is not None:
        said += ["--abstain-below", str(manifest.abstain_below)]
    said += [option for option, key in (("--redact", REDACTED), ("--hash-ids", HASHED)) if options.get(key)]
    return (*said, *(["--model", str(model)] if model else []))

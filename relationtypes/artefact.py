"""A model as a folder: parse, audit, only then build. No pickle; every file is checked against its SHA-256.

config.json       format version, kind of classifier, label ids, taxonomy fingerprint, window length
calibration.json  temperatures, biases and the abstention threshold
model.onnx        the weights (stored in int8)
tokenizer.json    the trimmed vocabulary
golden.json       texts written by us and what the model said of them when it was exported
MODEL_CARD.md     what the model is, how well it does, what it must not be used for
SHA256SUMS        `<hash>  <file>` for each of the others, those in sub-folders too

That is a model of the kind ``finetuned.v1``; :mod:`relationtypes.classifiers.learnt` says what one of a frame of one's own holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from relationtypes.calibration import Calibration, measures_fit
from relationtypes.errors import UNDECODABLE, ArtefactError, did_you_mean
from relationtypes.records import SENTIMENTS
from relationtypes.sealing import sha256_of
from relationtypes.taxonomy import Taxonomy, load_taxonomy

FORMAT_VERSION = 1
CONFIG, CALIBRATION, WEIGHTS, TOKENIZER, GOLDEN, CARD, SUMS = (
    "config.json",
    "calibration.json",
    "model.onnx",
    "tokenizer.json",
    "golden.json",
    "MODEL_CARD.md",
    "SHA256SUMS",
)
_FEWEST_TOKENS = 8
_T = TypeVar("_T")


class ModelConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What must be known of a model before its weights are touched."""

    format_version: int
    classifier: str
    name: str
    version: str
    languages: tuple[str, ...]
    taxonomy_version: str
    taxonomy_fingerprint: str
    families: tuple[str, ...]
    types: tuple[str, ...]
    families_of_types: tuple[int, ...]
    sentiments: tuple[str, ...]
    max_tokens: int
    """Longest window, in tokens, that the encoder reads at once."""
    base_model: str
    stand_ins: dict[str, str] = {}
    """Types that cannot be told apart well enough to be named, each with the type of its family to name instead."""


class Artefact(msgspec.Struct, frozen=True):
    """An audited model folder."""

    folder: Path
    config: ModelConfig
    calibration: Calibration


def open_artefact(folder: Path, *, taxonomy: Taxonomy | None = None) -> Artefact:
    """Read and audit the model in *folder*.

    Raises:
        ArtefactError: a file is missing or altered, the format is newer than this program, or the labels of the
            model are not those of *taxonomy* (default: the one shipped with the package).
    """
    verify(folder, (CONFIG, CALIBRATION, WEIGHTS, TOKENIZER))
    check_format(folder)
    config = parse(folder / CONFIG, ModelConfig)
    _check_labels(config, taxonomy or load_taxonomy(), folder)
    calibration = parse(folder / CALIBRATION, Calibration)
    _check_calibration(calibration, config, folder)
    return Artefact(folder, config, calibration)


def kind_of(folder: Path) -> str:
    """Return the kind of classifier that the model in *folder* says it is; nothing is audited yet.

    Raises:
        ArtefactError: there is no such folder, or its config cannot be read.
    """
    _check_folder(folder)
    if not (folder / CONFIG).is_file():
        raise ArtefactError(f"The model folder {str(folder)!r} has no {CONFIG}; it is no model or an incomplete one.")
    return str(_plain(folder, "classifier"))


def check_format(folder: Path) -> None:
    """Raise ArtefactError unless the config of the model in *folder* is of the format that this program reads."""
    version = _plain(folder, "format_version")
    if version != FORMAT_VERSION:
        raise ArtefactError(
            f"The model in {str(folder)!r} has format version {version!r}; this program reads {FORMAT_VERSION}. "
            "Upgrade relationtypes or export the model again."
        )


def seal(folder: Path) -> None:
    """Write the hashes of all files in *folder* and below; the last step of an export."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)
    lines = [f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def fingerprint_of(folder: Path) -> str:
    """Return a digest of the checksums of the model in *folder*: of all that its scores depend on."""
    return hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()


def verify(folder: Path, required: Sequence[str], *, apart: str = "") -> None:
    """Check every file in *folder* against its hash; those *required* must be there.

    Of the sub-folder *apart*, which is audited for itself, the checksums alone are checked: they vouch for the rest.

    Raises:
        ArtefactError: there is no such folder, a file is missing or altered, or one is said to lie outside the folder.
    """
    _check_folder(folder)
    listed = checksums(folder)
    for name in required:
        if name not in listed:
            raise ArtefactError(
                f"{SUMS} in {str(folder)!r} does not list {name}.{did_you_mean(name, listed)} Export the model again."
            )
    for name, digest in listed.items():
        path = folder / name
        found = digest if apart and name.startswith(f"{apart}/") and name != f"{apart}/{SUMS}" else sha256_of(path)
        if found != digest:
            raise ArtefactError(
                f"The model file {str(path)!r} was altered: its SHA-256 begins {found[:12]}, {SUMS} says {digest[:12]}. "
                "Install or export the model again."
            )


def checksums(folder: Path) -> dict[str, str]:
    """Return the hash that each file of the model in *folder* is said to have, by its name; all lie in the folder.

    Raises:
        ArtefactError: there are none that can be read, or a file lies outside the folder or is not there.
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ArtefactError(
            f"The model folder {str(folder)!r} has no readable {SUMS}; it is no model or an incomplete one."
        ) from None
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in listed:
        if not _lies_in(folder, name):
            raise ArtefactError(
                f"The model folder {str(folder)!r} lacks the file {name!r}. Install or export the model again."
            )
    return listed


def _lies_in(folder: Path, name: str) -> bool:
    path = folder / name
    try:
        return (
            ".." not in path.relative_to(folder).parts
            and path.resolve().is_relative_to(folder.resolve())
            and path.is_file()
        )
    except (OSError, ValueError):  # a name that no file can have, or of somewhere else altogether
        return False


def _check_folder(folder: Path) -> None:
    if not os.path.isdir(folder):
        raise ArtefactError(
            f"There is no model folder {str(folder)!r}. Give a folder that `relationtypes train` or"
            " `python -m training export` wrote."
        )


def _plain(folder: Path, key: str) -> object:
    raw = parse(folder / CONFIG, dict[str, msgspec.Raw])
    value: object = msgspec.json.decode(raw.get(key, msgspec.Raw(b"null")))
    return value


def _check_labels(config: ModelConfig, taxonomy: Taxonomy, folder: Path) -> None:
    if config.taxonomy_fingerprint != taxonomy.fingerprint:
        raise ArtefactError(
            f"The model in {str(folder)!r} was trained on taxonomy {config.taxonomy_version} "
            f"(fingerprint {config.taxonomy_fingerprint}); the labels here are {taxonomy.version} ({taxonomy.fingerprint}). "
            "Use the taxonomy the model was trained on, or train again."
        )
    names = dict(enumerate(config.families))
    pairs = [(names.get(parent), kind) for kind, parent in zip(config.types, config.families_of_types, strict=False)]
    if sorted(map(str, pairs)) != sorted(str((family.id, kind.id)) for family, kind in taxonomy.labels() if kind):
        raise ArtefactError(
            f"{CONFIG} in {str(folder)!r} lists other labels than its fingerprint stands for. Export the model again."
        )
    if len(config.types) != len(config.families_of_types):
        raise ArtefactError(
            f"{CONFIG} in {str(folder)!r} lists {len(config.types)} types and the families of"
            f" {len(config.families_of_types)}. Export the model again."
        )
    parent = dict(zip(config.types, config.families_of_types, strict=True))
    for kind, other in config.stand_ins.items():
        if parent.get(kind, -1) != parent.get(other, -2):
            raise ArtefactError(
                f"{CONFIG} in {str(folder)!r} names {other!r} for {kind!r}; both must be types of one family. "
                "Export the model again."
            )
    if config.max_tokens < _FEWEST_TOKENS:
        raise ArtefactError(
            f"{CONFIG} in {str(folder)!r} has windows of {config.max_tokens} tokens; they must have {_FEWEST_TOKENS} at least."
        )
    if config.sentiments != SENTIMENTS:
        raise ArtefactError(
            f"{CONFIG} in {str(folder)!r} lists the sentiments {config.sentiments}; they must be {SENTIMENTS}."
        )


def _check_calibration(calibration: Calibration, config: ModelConfig, folder: Path) -> None:
    widths = {"family": len(config.families), "type": len(config.types), "sentiment": len(SENTIMENTS), "breach": 2}
    wrong = [name for name, width in widths.items() if not getattr(calibration, name).fits(width)]
    if not 0 <= calibration.abstain_below <= 1:
        wrong.append("abstain_below")
    if not measures_fit(len(config.families), calibration.family_prior, calibration.confusion, calibration.worth):
        wrong.append("family_prior, confusion or worth")
    if wrong:
        raise ArtefactError(
            f"{CALIBRATION} in {str(folder)!r} does not fit the labels of the model, or holds figures that none has:"
            f" {', '.join(wrong)}. Export the model again."
        )


def parse(path: Path, kind: type[_T]) -> _T:
    """Return the JSON in *path* as *kind*; raise ArtefactError if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, *UNDECODABLE) as error:
        raise ArtefactError(f"The model file {str(path)!r} is wrong: {error}.") from None

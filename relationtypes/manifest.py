"""What a later stage must know of how a file was tagged: which model, which labels, which columns. Written beside the output."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from relationtypes.calibration import measures_fit
from relationtypes.errors import UNDECODABLE, MalformedInputError
from relationtypes.taxonomy import Taxonomy, load_taxonomy

SUFFIX = ".run.json"
FORMAT_VERSION = 1
_WITH_LABELS = 2
"""Format of a manifest that holds a taxonomy of one's own, which earlier programs cannot read."""

ABSTAIN_BELOW = "abstain below"
REDACTED, HASHED, KEY_FINGERPRINT = "texts redacted", "ids hashed", "fingerprint of the ids' key"
"""Options of a run that took personal data away: whether texts are written redacted, the columns whose ids are hashed, and what
tells whether two files were hashed with the same key, so that their customers can be joined."""


class ModelIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which model it is: with the same fingerprint, the same text gets the same tag.

    Attributes:
        name: of the model.
        version: of the model.
        fingerprint: digest of its files.
        taxonomy_version: of the labels it was trained on.
        taxonomy_fingerprint: of the labels it was trained on.
        families: ids, in the order of the probabilities of each tag.
    """

    name: str
    version: str
    fingerprint: str
    taxonomy_version: str
    taxonomy_fingerprint: str
    families: tuple[str, ...]


class ModelFacts(ModelIdentity, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which model it is, and how it errs, measured on texts it was not trained on; figures are in the order of the families.

    Attributes:
        prior: shares of the families that its probabilities take for granted; empty where unknown.
        confusion: a row for each true family: how many held-out texts of it got each family; empty where unknown.
        worth: how many texts read by hand a count of its labels is worth, however many it labelled; 0 where unknown.
        taxonomy: its labels, where they are not the standard ones.
        multi_label: whether a text may have several labels, each with a probability of its own.
    """

    prior: tuple[float, ...] = ()
    confusion: tuple[tuple[float, ...], ...] = ()
    worth: float = 0.0
    taxonomy: Taxonomy | None = None
    multi_label: bool = False

    @property
    def labels(self) -> Taxonomy:
        """The labels that it tells apart."""
        return self.taxonomy or load_taxonomy()


class RunManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a tagged file was made.

    Attributes:
        package: version of this program.
        model: what tagged it.
        input: name of the file that was tagged.
        input_sha256: digest of its bytes.
        texts: the columns that were tagged.
        roles: what the other columns are, by role.
        dates: how columns write their dates.
        options: what the run was told or found out.
        rows: rows in the output.
        rejected: pieces of the input that are no rows.
        made: when the run ended, ISO 8601 in UTC.
        seconds: of wall time.
        output_sha256: digest of the bytes of the tagged file; empty in manifests of earlier programs.
        machine: kind of processor and version of onnxruntime, on which last digits depend; empty likewise. No name of a
            machine or of a person is kept.
    """

    format_version: int = FORMAT_VERSION  # written by manifest_text as the content asks for
    package: str
    model: ModelFacts
    input: str
    input_sha256: str
    texts: tuple[str, ...]
    roles: dict[str, tuple[str, ...]]
    dates: dict[str, str]
    options: dict[str, str | int | float | bool | list[str] | None]
    rows: int
    rejected: int
    made: str
    seconds: float
    output_sha256: str = ""
    machine: str = ""

    @property
    def abstain_below(self) -> float | None:
        """Confidence under which a tag was not signed; ``None`` where the run did not say."""
        told = self.options.get(ABSTAIN_BELOW)
        return float(told) if isinstance(told, float | int) else None


def manifest_file(out: Path) -> Path:
    """Return the file that holds the manifest of the output *out*, beside it."""
    return out.with_name(f"{out.name}{SUFFIX}")


def manifest_text(manifest: RunManifest) -> str:
    """Return *manifest* as JSON."""
    made = msgspec.to_builtins(manifest)
    if manifest.model.taxonomy or manifest.model.multi_label:
        made["format_version"] = _WITH_LABELS
    else:
        for name in ("taxonomy", "multi_label"):  # which earlier programs do not know
            del made["model"][name]
    return msgspec.json.format(msgspec.json.encode(made), indent=1).decode() + "\n"


def read_manifest(out: Path) -> RunManifest | None:
    """Return the manifest beside the tagged file *out*, or ``None`` where there is none.

    Raises:
        MalformedInputError: there is one, and it cannot be used.
    """
    path = manifest_file(out)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MalformedInputError(
            f"{str(path)!r} cannot be read ({error.strerror}). Mend its rights, or remove it."
        ) from None
    try:
        found: Mapping[str, object] = msgspec.json.decode(content, type=dict[str, object])
        if found.get("format_version") not in (FORMAT_VERSION, _WITH_LABELS):
            raise MalformedInputError(
                f"{path.name!r} has format version {found.get('format_version')!r}; this program reads"
                f" {FORMAT_VERSION} and {_WITH_LABELS}."
                " Tag the file again, or upgrade relationtypes."
            )
        manifest = msgspec.json.decode(content, type=RunManifest)
    except UNDECODABLE as error:
        raise MalformedInputError(
            f"{path.name!r}, which tells how its neighbour was tagged, is wrong: {error}. Tag the file again, or remove it."
        ) from None
    model = manifest.model
    if not measures_fit(len(model.families), model.prior, model.confusion, model.worth):
        raise MalformedInputError(
            f"{path.name!r} says figures of the model that do not fit its {len(model.families)} families. Tag the file again,"
            " or remove it."
        )
    return manifest

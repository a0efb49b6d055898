"""A trained head → a model folder that works anywhere: the standard model, another encoder, the head and a card in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

import relationtypes
from relationtypes.artefact import CONFIG, SUMS
from relationtypes.classifiers.heads import of_families
from relationtypes.classifiers.learnt import BASE, ENCODER, EmbeddingConfig, write_learnt
from relationtypes.diagnosing import golden_texts
from relationtypes.errors import OutputExistsError, OutputNotWritableError
from relationtypes.learning.card import model_card
from relationtypes.learning.reader import Reader
from relationtypes.learning.training import Trained
from relationtypes.scratch import private_folder


def check_folder(folder: Path, *, force: bool) -> None:
    """Raise what keeps a model from being written to *folder*; *force* lets overwrite, but only a model or an empty folder.

    Raises:
        OutputExistsError: there is a model, and *force* is not given.
        OutputNotWritableError: there is something else, or no place to write.
    """
    if not folder.parent.is_dir():
        raise OutputNotWritableError(f"The folder {str(folder.parent)!r} does not exist. Create it or give another.")
    if not os.access(folder.parent, os.W_OK | os.X_OK):
        raise OutputNotWritableError(f"No permission to write {str(folder)!r}. Give a folder in one of your own.")
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not (folder / SUMS).is_file() or not (folder / CONFIG).is_file():
        raise OutputNotWritableError(f"{str(folder)!r} exists and is no model folder. Give the name of a new folder.")
    if not force:
        raise OutputExistsError(f"{str(folder)!r} exists. Give another name, or overwrite it with --force.")


def write_model(trained: Trained, folder: Path, reader: Reader, *, force: bool = False) -> None:
    """Write *trained*, and what *reader* reads with, to *folder*; it is there as a whole or not at all."""
    check_folder(folder, force=force)
    try:
        with private_folder(folder.parent) as scratch:
            made = scratch / "model"
            shutil.copytree(reader.base.artefact.folder, made / BASE)
            if reader.encoder:
                reader.encoder.save(made / ENCODER)
            write_learnt(
                made,
                config=_config(trained, folder.name),
                calibration=trained.calibration,
                taxonomy=trained.taxonomy,
                head=trained.head,
                card=model_card(trained, folder.name),
                golden=_golden(trained, reader),
            )
            _put(made, folder)
    except OSError as error:
        raise OutputNotWritableError(
            f"The model folder {str(folder)!r} cannot be written ({error.strerror}). Check the space on the disk."
        ) from error


def _golden(trained: Trained, reader: Reader) -> bytes:
    """Return the texts written by us with what the model says of them, so that `relationtypes doctor` can tell it elsewhere."""
    golden, texts, vectors, said = reader.golden
    standard = trained.head.prior == "standard"
    family = of_families(trained.head.probabilities(texts, vectors, said), trained.taxonomy)
    rows = [(one.lang, one.meant if standard else "", one.text) for one in golden]
    return msgspec.json.encode(golden_texts(rows, family)) + b"\n"


def _put(made: Path, folder: Path) -> None:
    """Put *made* in the place of *folder*; killed in between, the one before lies beside it, under a name of its own."""
    replaced = folder.with_name(f".{folder.name}.replaced")
    if folder.exists():
        shutil.rmtree(replaced, ignore_errors=True)
        folder.rename(replaced)
    try:
        made.rename(folder)
    except OSError:
        if replaced.exists():
            replaced.rename(folder)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def _config(trained: Trained, name: str) -> EmbeddingConfig:
    return EmbeddingConfig(
        name=name,
        version=relationtypes.__version__,
        taxonomy_version=trained.taxonomy.version,
        taxonomy_fingerprint=trained.taxonomy.fingerprint,
        families=trained.taxonomy.family_ids,
        types=trained.taxonomy.type_ids,
        prior=trained.head.prior,
        multi_label=trained.head.multi_label,
        encoder=trained.encoder,
        width=trained.head.weights.shape[1],
    )

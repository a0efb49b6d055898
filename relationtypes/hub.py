"""Model folders on the move: copied, fetched from the Hugging Face hub, uploaded to it. The hub only when asked by id."""

from __future__ import annotations

import importlib
import os
import re
import shutil
from pathlib import Path
from typing import Any

from relationtypes.artefact import CARD, SUMS, checksums
from relationtypes.errors import (
    ArgumentError,
    ArtefactError,
    MissingExtraError,
    OutputExistsError,
    OutputNotWritableError,
)

_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_FRONT = "---\nlibrary_name: relationtypes\npipeline_tag: text-classification\nlanguage: [en, fr]\n---\n\n"
"""What the hub reads to know what a repository holds."""


def fetch_model(source: str | Path, *, revision: str | None = None) -> Path:
    """Return the model folder *source*, or where the hub's repository of this id was put.

    A revision that is in the hub's cache already is found there without the network when it is named by its commit, or
    when ``HF_HUB_OFFLINE=1``.

    Args:
        source: a folder, which is returned as it is, or ``owner/name``.
        revision: branch, tag or commit; of repositories only.

    Raises:
        MissingExtraError: ``huggingface_hub`` is not installed.
        ArtefactError: there is no such folder or repository, or the hub cannot be reached.
        ArgumentError: a revision of a folder was asked for.
    """
    if os.path.isdir(source):
        if revision is not None:
            raise ArgumentError(f"A revision is of a repository on the hub; {str(source)!r} is a folder. Leave it out.")
        return Path(source)
    if not isinstance(source, str) or not _ID.fullmatch(source):
        raise ArtefactError(
            f"There is no model folder {str(source)!r}, and it is no id of the hub. "
            "Give a model folder, or an id such as 'owner/name'."
        )
    hub, errors = _hub()
    wanted = source if revision is None else f"{source}, revision {revision!r}"
    try:
        return Path(hub.snapshot_download(source, revision=revision, library_name="relationtypes"))
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise ArtefactError(
            f"There is no folder {source!r} here, and the hub shows you no model {wanted} ({type(error).__name__}). "
            "Check the id and the revision; for a private model log in with: hf auth login"
        ) from None
    except Exception as error:  # of the network: it has many kinds, from several libraries
        raise ArtefactError(
            f"There is no folder {source!r} here, and the model {wanted} could not be fetched from the hub "
            f"({type(error).__name__}). Connect to the network, or give a model folder."
        ) from None


def copy_model(folder: Path, target: Path) -> Path:
    """Copy the sealed files of the model in *folder* to *target* and return it.

    Raises:
        OutputExistsError: there is something in *target*.
        OutputNotWritableError: it cannot be written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputExistsError(f"There is something in {str(target)!r} already. Choose a new folder.")
    try:
        for name in sealed_files(folder):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target / name)
    except OSError as error:
        raise OutputNotWritableError(f"The folder {str(target)!r} cannot be written: {error.strerror}.") from None
    return target


def push_model(folder: Path, repo_id: str, *, private: bool, revision: str | None) -> str:
    """Upload the sealed files of the model in *folder*, and its card as the repository's README; return the commit's address.

    Raises:
        MissingExtraError: ``huggingface_hub`` is not installed.
        ArgumentError: *repo_id* is not ``owner/name``.
        OutputNotWritableError: the hub cannot be reached or refuses.
    """
    if not _ID.fullmatch(repo_id):
        raise ArgumentError(f"A repository of the hub is named 'owner/name'. Got {repo_id!r}.")
    hub, _ = _hub()
    names = sealed_files(folder)
    operations = [hub.CommitOperationAdd(name, folder / name) for name in names]
    if CARD in names:
        readme = (_FRONT + (folder / CARD).read_text(encoding="utf-8")).encode()
        operations.append(hub.CommitOperationAdd("README.md", readme))
    try:
        api = hub.HfApi(library_name="relationtypes")
        api.create_repo(repo_id, private=private, exist_ok=True)
        done = api.create_commit(repo_id, operations, commit_message="Upload a relationtypes model", revision=revision)
    except Exception as error:  # of the network: it has many kinds, from several libraries
        raise OutputNotWritableError(
            f"The model could not be uploaded to {repo_id!r} ({type(error).__name__}). Check the network, and that you may "
            "write there: hf auth login"
        ) from None
    return str(done.commit_url)


def sealed_files(folder: Path) -> list[str]:
    """Return the names in *folder* of the files that its checksums cover, and of the checksums; nothing else is the model.

    Raises:
        ArtefactError: checksums cannot be read, or name a file that lies elsewhere or nowhere.
    """
    names: set[str] = set()
    for sums in folder.rglob(SUMS):
        listed = {sums.parent / name for name in checksums(sums.parent)} | {sums}
        names |= {path.relative_to(folder).as_posix() for path in listed}
    return sorted(names)


def _hub() -> tuple[Any, Any]:
    try:
        return importlib.import_module("huggingface_hub"), importlib.import_module("huggingface_hub.errors")
    except ModuleNotFoundError:
        raise MissingExtraError("huggingface_hub", "hub") from None

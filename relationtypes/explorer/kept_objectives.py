"""What the person made of the draft objectives, kept in the project: only what differs from the drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from relationtypes.errors import UNDECODABLE, MalformedInputError
from relationtypes.explorer.keeping import locked
from relationtypes.explorer.project import Project
from relationtypes.findings.objectives import Objective
from relationtypes.sealing import check_seal, sealed
from relationtypes.writing import write_bytes

_FILE, _LOCK = "objectives.json", "objectives.lock"


class Edited(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person wrote over in one draft; ``None`` where the draft stands.

    Attributes:
        target: in whole per cent.
        until: the day until when.
        owner: who answers for it.
        action: what is to be done.
    """

    target: int | None = None
    until: date | None = None
    owner: str | None = None
    action: str | None = None


class KeptObjectives(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that is kept.

    Attributes:
        by: the day that drafts are to be reached by, if the person chose one.
        edited: by :func:`name_of` of the objective. Of objectives that the filter leaves out, they are kept too.
    """

    by: date | None = None
    edited: dict[str, Edited] = {}


def name_of(one: Objective) -> str:
    """Return what stays the same of an objective when the texts or the language of the interface change."""
    return "/".join((one.mismatch.part, one.mismatch.segment, one.mismatch.family, one.metric))


def kept_objectives(project: Project) -> KeptObjectives:
    """Return what is kept in *project*.

    Raises:
        MalformedInputError: the file was altered.
    """
    try:
        content = (project.folder / _FILE).read_bytes()
    except FileNotFoundError:
        return KeptObjectives()
    except OSError as error:
        raise MalformedInputError(
            f"{_FILE!r} in the project {project.id!r} cannot be read ({error.strerror}). Check the disk."
        ) from None
    try:
        check_seal(content)
        return msgspec.json.decode(content, type=KeptObjectives)
    except (*UNDECODABLE, MalformedInputError):
        raise MalformedInputError(
            f"{_FILE!r} in the project {project.id!r} is not as it was written. Put back a copy of the file, or remove it to"
            " begin anew with the drafts."
        ) from None


def keep_objectives(project: Project, by: date | None, edited: dict[str, Edited]) -> None:
    """Keep the day and what was *edited* beside what was edited before; one that differs in nothing from its draft goes.

    Raises:
        MalformedInputError: the file was altered.
        OutputNotWritableError: the project's folder cannot be written.
    """
    with locked(project, _LOCK):
        before = kept_objectives(project)
        merged = {name: one for name, one in (before.edited | edited).items() if one != Edited()}
        after = KeptObjectives(by, merged)
        if after != before:
            content = msgspec.json.format(msgspec.json.encode(after), indent=1) + b"\n"
            write_bytes(sealed(content), project.folder / _FILE)


def differing(drafts: Sequence[Edited], sheet: Sequence[Edited]) -> list[Edited]:
    """Return what of each line of the *sheet* differs from its draft."""
    return [
        Edited(**{
            name: getattr(line, name) for name in Edited.__struct_fields__ if getattr(line, name) != getattr(draft, name)
        })
        for draft, line in zip(drafts, sheet, strict=True)
    ]  # fmt: skip


def edited_over(draft: Edited, edited: Edited) -> Edited:
    """Return the *draft* with what was *edited* in its place."""
    new = {name: value for name in Edited.__struct_fields__ if (value := getattr(edited, name)) is not None}
    return msgspec.structs.replace(draft, **new)

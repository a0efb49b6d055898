"""The page of a run: how far it is, what it has found by now, how it is stopped and taken up again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from relationtypes.errors import EmptyInputError
from relationtypes.explorer import session
from relationtypes.explorer.blocks import escaped, plain, show_block
from relationtypes.explorer.exporting import redacted_rejects
from relationtypes.explorer.faults import said_of_fault, shown_fault
from relationtypes.explorer.first_findings import portrait_by
from relationtypes.explorer.opening import Opened
from relationtypes.explorer.pace import families_so_far, newest_texts, pace_of
from relationtypes.explorer.project import Project
from relationtypes.explorer.store import Filter
from relationtypes.explorer.tagging import (
    Progress,
    cancel_tagging,
    finished_parts,
    progress_of,
    start_tagging,
)
from relationtypes.explorer.waiting import waiting
from relationtypes.findings.estimates import Estimate
from relationtypes.jobs import rejects_file
from relationtypes.manifest import read_manifest
from relationtypes.redacting import redact
from relationtypes.reporting.chapters.portrait import portrait_chapter
from relationtypes.reporting.document import Bar, Bars, Paragraph, Quotation, Quotations
from relationtypes.reporting.numbers import number, one_line, written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language

_SECONDS_BETWEEN_LOOKS = 1.0
_LONGEST_TEXT = 280
_MINUTE, _HOUR = 60, 3600
_NO_INTERVAL = float("nan")

say = Wording(
    title=("Tagging", "Classement"),
    nothing=("There is nothing to tag yet.", "Il n’y a encore rien à classer."),
    nothing_what=("Give a file first, or take the example.", "Donnez d’abord un fichier, ou prenez l’exemple fourni."),
    to_import=("Import a file", "Importer un fichier"),
    waiting=("The file is read, its texts are not tagged yet.", "Le fichier est lu, ses textes ne sont pas encore classés."),
    to_columns=("Look at its columns", "Voir ses colonnes"),
    done_of=("{done} of {rows} rows", "{done} lignes sur {rows}"),
    done_only=("{done} rows", "{done} lignes"),
    beginning=("The model is being loaded and the file read…", "Chargement du modèle et lecture du fichier…"),
    rate=("{rate} rows a second", "{rate} lignes par seconde"),
    stays=(
        "You can close the browser: tagging goes on on this machine. Come back here to see how far it is.",
        "Vous pouvez fermer le navigateur : le classement continue sur cette machine. Revenez ici pour voir où il en est.",
    ),
    cancel=("Stop", "Arrêter"),
    resume=("Go on", "Reprendre"),
    again=("Try again", "Réessayer"),
    change=("Change the columns", "Changer les colonnes"),
    stopped=(
        "Tagging was stopped. What is tagged is kept: it goes on where it was.",
        "Le classement a été interrompu. Ce qui est classé est gardé : il reprendra là où il en était.",
    ),
    failed=("Tagging failed.", "Le classement a échoué."),
    failed_what=(
        "Mend what the message names and try again, or change how the file is read. What is tagged is kept.",
        "Corrigez ce que dit le message et réessayez, ou changez la lecture du fichier. Ce qui est classé est gardé.",
    ),
    so_far=("Families so far", "Familles jusqu’ici"),
    so_far_note=(
        "Share of the {n} texts classified so far, in the order of the file; intervals come when all is tagged.",
        "Part des {n} textes classés jusqu’ici, dans l’ordre du fichier ; les intervalles viendront à la fin.",
    ),
    newest=("Tagged a moment ago", "Classés à l’instant"),
    show=("Show", "Montrer"),
    all=("all families", "toutes les familles"),
    none_of=("None of the latest texts is of this family.", "Aucun des derniers textes n’est de cette famille."),
    unsure=("unsure", "incertain"),
    sure=("confidence {value}", "confiance {value}"),
    few_seconds=("a few seconds left", "encore quelques secondes"),
    under_minute=("less than a minute left", "moins d’une minute restante"),
    one_minute=("about a minute left", "environ une minute restante"),
    minutes=("about {n} minutes left", "environ {n} minutes restantes"),
    hours=("about {h} h {m} min left", "encore {h} h {m} min environ"),
    done=("All {n} rows are tagged.", "Les {n} lignes sont classées."),
    preparing=("Putting the findings together…", "Préparation des résultats…"),
    overview=("See the findings", "Voir les résultats"),
    rejected=("{n} pieces of the file are no rows.", "{n} morceaux du fichier ne sont pas des lignes."),
    rejected_one=("One piece of the file is no row.", "Un morceau du fichier n’est pas une ligne."),
    rejects=("Download the list, with line and reason", "Télécharger la liste, avec ligne et motif"),
)  # fmt: skip


def page(language: Language) -> None:
    """Show the run of the project that is open."""
    project = session.project()
    if project is None:
        st.title(say("title", language), anchor=False)
        _empty(say("nothing", language), say("nothing_what", language), say("to_import", language))
        return
    st.title(plain(project.settings.name), anchor=False)
    progress = progress_of(project)
    if progress.state == "waiting":
        _empty(say("waiting", language), "", say("to_columns", language))
    elif progress.state == "running":
        st.fragment(lambda: _running(project, language), run_every=_SECONDS_BETWEEN_LOOKS)()
    elif progress.state == "done":
        _done(project, progress, language)
    else:
        _halted(project, progress, language)


def _empty(what: str, more: str, button: str) -> None:
    with st.container(border=True):
        st.markdown(f"**{what}**")
        if more:
            st.caption(more)
        if st.button(button, type="primary", key="to_import"):
            session.go("importing")


def _running(project: Project, language: Language) -> None:
    """Show a run that goes on; when it does no more, the whole page is shown anew."""
    progress = progress_of(project)
    if progress.state != "running":
        st.rerun(scope="app")
    _bar(project, progress, language)
    st.caption(say("stays", language))
    # At once, before anything is shown: the next look, due each second, may cut this run of the page short.
    st.button(say("cancel", language), icon=":material/stop:", key="cancel", on_click=_cancel, args=(project,))
    _so_far(project, language)


def _cancel(project: Project) -> None:
    cancel_tagging(project)
    _wait_for(lambda: progress_of(project).state != "running")


def _resume(project: Project) -> None:
    start_tagging(project)


def _wait_for(ended: Callable[[], bool]) -> None:
    latest = time.monotonic() + 5
    while not ended() and time.monotonic() < latest:
        time.sleep(0.1)


def _bar(project: Project, progress: Progress, language: Language) -> None:
    rows = project.settings.rows
    share = min(progress.done / rows, 1.0) if rows else 0.0
    parts = [say("done_of" if rows else "done_only", language, done=progress.done, rows=rows)]
    if progress.state == "running":
        pace = pace_of(project, progress, time.time())
        if pace.rate:
            parts.append(say("rate", language, rate=number(pace.rate, language, 0 if pace.rate >= 10 else 1)))
            parts += [time_left(pace.seconds_left, language)] if pace.seconds_left is not None else []
        else:
            parts = [say("beginning", language)]
    if rows:
        parts.insert(0, written(math.floor(100 * share) / 100, "percent", language, 0))
    st.progress(share, text=plain(" · ".join(parts)))


def time_left(seconds: float, language: Language) -> str:
    """Return how long it takes in words.

    >>> time_left(200, "en")
    'about 3 minutes left'
    """
    if seconds < 10:
        return say("few_seconds", language)
    if seconds < 45:
        return say("under_minute", language)
    minutes = round(seconds / _MINUTE)
    if minutes < 2:
        return say("one_minute", language)
    if seconds < _HOUR:
        return say("minutes", language, n=minutes)
    return say("hours", language, h=str(minutes // 60), m=f"{minutes % 60:02d}")


def _halted(project: Project, progress: Progress, language: Language) -> None:
    if progress.state == "failed":
        st.error(f"**{say('failed', language)}** {shown_fault(progress.message, language)}", icon=":material/error:")
        st.caption(say("failed_what", language))
    else:
        st.info(say("stopped", language), icon=":material/pause_circle:")
    _bar(project, progress, language)
    word = "again" if progress.state == "failed" else "resume"
    with st.container(horizontal=True):
        st.button(
            say(word, language),
            type="primary",
            icon=":material/play_arrow:",
            key="resume",
            on_click=_resume,
            args=(project,),
        )
        changed = st.button(say("change", language), icon=":material/table_edit:", key="change")
    if changed:
        session.go("importing")
    _so_far(project, language)


def _so_far(project: Project, language: Language) -> None:
    """Show what the finished parts say: counted families, the texts tagged last."""
    parts = [path for path, _, _ in finished_parts(project)]
    if not parts:
        return
    try:
        counts = _kept_counts(project, parts)
        names = family_names(session.taxonomy(), language)
        _shares(counts, names, language)
        _newest(project, parts, names, language)
    except FileNotFoundError:  # the run has ended meanwhile and taken its parts away
        return


def _kept_counts(project: Project, parts: list[Path]) -> dict[str, int]:
    """Return the families of *parts*, counted anew only when there are more of them."""
    key = (project.id, len(parts), parts[-1].stat().st_mtime_ns)
    kept = st.session_state.get("so_far")
    if kept is None or kept[0] != key:
        kept = (key, families_so_far(project, parts))
        st.session_state["so_far"] = kept
    return dict(kept[1])


def _shares(counts: dict[str, int], names: dict[str, str], language: Language) -> None:
    total = sum(counts.values())
    if not total:
        return
    ranked = sorted(names, key=lambda family: -counts.get(family, 0))
    bars = tuple(
        Bar(
            names[family],
            Estimate(counts.get(family, 0) / total, _NO_INTERVAL, _NO_INTERVAL, total),
            colour_of(family, names),
        )
        for family in ranked
    )
    figure = Bars(say("so_far", language), bars, note=say("so_far_note", language, n=total))
    show_block(figure, language)


def _newest(project: Project, parts: list[Path], names: dict[str, str], language: Language) -> None:
    picked = st.selectbox(
        say("show", language),
        ["", *names],
        format_func=lambda family: names[family] if family else say("all", language),
        key="shown-family",
    )
    types = type_names(session.taxonomy(), language)
    quotations = []
    for new in newest_texts(project, parts, family=picked or None):
        text = one_line(redact(new.text[: 4 * _LONGEST_TEXT], keep=project.settings.keep).text)
        shown = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rsplit(" ", 1)[0] + " […]"
        how = (
            say("sure", language, value=written(new.confidence, "percent", language, 0))
            if new.signed
            else say("unsure", language)
        )
        kind = types.get(new.type, new.type)
        label = dict.fromkeys((names.get(new.family, new.family), kind, how))
        quotations.append(Quotation(shown, " · ".join(label), colour_of(new.family, names)))
    if quotations:
        show_block(Quotations(say("newest", language), tuple(quotations)), language)
    else:
        st.caption(say("none_of", language))


def _done(project: Project, progress: Progress, language: Language) -> None:
    st.success(say("done", language, n=progress.done), icon=":material/check_circle:")
    lead = _lead(project, language)
    st.html(f'<p class="rt-lead">{escaped(lead)}</p>')
    if st.button(say("overview", language), type="primary", icon=":material/donut_small:", key="overview"):
        session.go("overview")
    manifest = read_manifest(project.tagged)
    rejects = rejects_file(project.tagged)
    if manifest and manifest.rejected and rejects.is_file():
        st.warning(say("rejected" if manifest.rejected > 1 else "rejected_one", language, n=manifest.rejected))
        st.download_button(
            say("rejects", language), redacted_rejects(rejects), f"{project.id}.rejects.csv", "text/csv", key="rejects"
        )


def _lead(project: Project, language: Language) -> str:
    """Return the sentence that the overview begins with."""
    with waiting(say("preparing", language), at_once=session.has_arrived()):
        store = session.store(project)
    if store is None:
        return ""
    try:
        found = Opened(project, Filter(), store, None, project.texts.stat().st_mtime_ns).find(portrait_by("counted"))
    except EmptyInputError as error:
        return said_of_fault(error, language)
    chapter = portrait_chapter(found, taxonomy=session.taxonomy(), language=language)
    leads = [block.text for block in chapter.blocks if isinstance(block, Paragraph) and block.kind == "lead"]
    return leads[0] if leads else ""

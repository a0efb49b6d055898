"""A text as people read it in the explorer: its evidence marked, its label beside it; always escaped, redacted unless asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, cast

import polars as pl
import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.filtering import label, say
from relationtypes.explorer.store import Store
from relationtypes.explorer.tagging import DATE, ID
from relationtypes.findings.table import TEXT
from relationtypes.redacting import redact
from relationtypes.redacting.pseudonyms import persons_in
from relationtypes.reporting.numbers import written
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language

Spans = Sequence[tuple[int, int]]
SHORT = 600
"""Characters of a text in a list."""
LONGEST = 60_000
"""Characters of a text that are sent to the browser."""
_READ = 20_000  # longer texts are not read once more for their evidence
_ROLES = ("brand", "rating", "nps", "csat", "ces", "customer", "segment", "channel")
STYLE = """<style>
.rt-text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; margin: .1rem 0 .35rem; max-width: 75ch; }
.rt-text.large { font-size: 1.2rem; line-height: 1.65; }
.rt-text mark { background: #fff0bf; color: inherit; border-bottom: 2px solid #d9a400; padding: 0 .05em; }
.rt-head { display: flex; flex-wrap: wrap; gap: .25rem .8rem; align-items: center; font-size: .86rem; color: #4b5563; }
.rt-chip { border-left: 5px solid; padding: .05rem .5rem; background: #f3f4f6; border-radius: 3px; color: #20242b;
  font-weight: 600; }
.rt-shares .rt-chip { display: inline-block; }
.rt-own { font-size: .8rem; color: #575e69; }
.rt-bars { display: grid; grid-template-columns: max-content 1fr 3.5rem; gap: .3rem .7rem; align-items: center;
  font-size: .9rem; }
.rt-bars i { display: block; height: .8rem; border-radius: 2px; min-width: 2px; }
.rt-shares { border-collapse: collapse; font-size: .9rem; width: 100%; }
.rt-shares td { padding: .22rem 0; }
.rt-shares td:last-child { text-align: right; white-space: nowrap; }
@media (max-width: 1100px) { .st-key-review_columns [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]),
  .st-key-details_columns [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) { flex-wrap: wrap; }
  .st-key-review_columns [data-testid="stColumn"], .st-key-details_columns [data-testid="stColumn"] { min-width: 100%; } }
</style>"""


def text_html(row: Mapping[str, Any], spans: Spans, *, original: bool, most: int = LONGEST, large: bool = False) -> str:
    """Return a text as HTML, its *spans* marked; cut around the first of them if it has more than *most* characters."""
    text, marked = _shown_text(str(row[TEXT] or "")[: 4 * LONGEST], spans, original=original)
    begin = 0
    if len(text) > most and marked:
        begin = max(0, min(marked[0][0] - most // 3, len(text) - most))
    end = min(len(text), begin + most)
    pieces, at = ["… " if begin else ""], begin
    for start, stop in marked:
        start, stop = max(start, at), min(stop, end)
        if start < stop:
            pieces += [escape(text[at:start]), f"<mark>{escape(text[start:stop])}</mark>"]
            at = stop
    pieces += [escape(text[at:end]), " …" if end < len(text) else ""]
    return f'<div class="rt-text{" large" if large else ""}" dir="auto">{"".join(pieces)}</div>'


def head_html(row: Mapping[str, Any], language: Language) -> str:
    """Return the label of a text as HTML: family, how sure, type, sentiment, breach."""
    family = row["rt_family"]
    status = label("statuses", row["rt_status"], language)
    if not family:
        return f'<div class="rt-head"><span class="rt-chip">{escape(status)}</span></div>'
    kind = label("types", row["rt_type"], language) if row["rt_type"] else ""
    said = [kind] if kind != label("families", family, language) else []
    said += [label("sentiments", row["rt_sentiment"], language)] if row["rt_sentiment"] else []
    said += [say("breach", language).lower()] if (row["rt_breach"] or 0) > 0.5 else []
    sure = written(min(row["rt_confidence"], 0.99), "percent", language, 0)
    said.append(say("sure", language, share=sure) if row["rt_status"] == "ok" else f"{sure} · {status}")
    rest = "".join(f"<span>{escape(one)}</span>" for one in said if one)
    return f'<div class="rt-head">{chip_html(family, language)}{rest}</div>'


def chip_html(family: str, language: Language) -> str:
    """Return a family's name with its colour."""
    colour = colour_of(family, session.taxonomy().family_ids)
    return f'<span class="rt-chip" style="border-color:{colour}">{escape(label("families", family, language))}</span>'


def own_html(row: Mapping[str, Any], store: Store, language: Language) -> str:
    """Return what the user's file says of a text: brand, date, score, customer and the like, as far as it has them."""
    columns = [name for role in _ROLES for name in store.roles.get(cast(Any, role), ()) if name in row]
    colon = "\N{NARROW NO-BREAK SPACE}: " if language == "fr" else ": "
    ids = {name for role in ("id", "customer") for name in store.roles.get(cast(Any, role), ())}
    said = [
        f"{name}{colon}{_short(_without_person(row[name]) if name in ids else row[name])}"
        for name in dict.fromkeys(columns)
        if row[name] not in (None, "")
    ]
    if row.get(DATE):
        said.insert(0, written(row[DATE], "text", language))
    return f'<div class="rt-own">{escape(" · ".join(said))}</div>' if said else ""


def spans_of(rows: Sequence[Mapping[str, Any]]) -> dict[int, Spans]:
    """Return the evidence of those of *rows* whose evidence is known."""
    known = _remembered()
    return {
        row[ID]: [tuple(span) for span in row["rt_evidence"]] if row["rt_evidence"] else known.get(row[ID], ())
        for row in rows
        if row["rt_evidence"] or row[ID] in known
    }


def find_spans(rows: Sequence[Mapping[str, Any]]) -> dict[int, Spans]:
    """Return the evidence of *rows*; where the run looked for none, the model is asked now, once a session."""
    known = _remembered()
    asked = [
        row for row in rows if row["rt_family"] and not row["rt_evidence"] and row[ID] not in known
        and len(row[TEXT] or "") <= _READ
    ]  # fmt: skip
    if asked:
        tagger, lock = session.model()
        with lock:
            tags = tagger.tag([row[TEXT] for row in asked], evidence=True)
        for row, tag in zip(asked, tags, strict=True):  # another model's label has another reason
            same = tag.family == row["rt_family"]
            known[row[ID]] = tuple((span.start, span.end) for span in tag.evidence) if same else ()
    return spans_of(rows)


def forget_other(project: str) -> None:
    """Forget the evidence of another project's texts."""
    if st.session_state.get("evidence_of") != project:
        st.session_state["evidence_of"] = project
        st.session_state["evidence"] = {}


def _remembered() -> dict[int, Spans]:
    return cast("dict[int, Spans]", st.session_state.setdefault("evidence", {}))


def _shown_text(text: str, spans: Spans, *, original: bool) -> tuple[str, list[tuple[int, int]]]:
    if original:
        return text, sorted(spans)
    redacted = redact(text)
    return redacted.text, sorted(redacted.span(start, end) for start, end in spans if end <= len(text))


def _without_person(one: object) -> object:
    """Return an id as it is shown: itself if it is a pseudonym."""
    return "[…]" if isinstance(one, str) and persons_in(pl.Series([one])) else one


def _short(value: object, most: int = 60) -> str:
    said = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    return said if len(said) <= most else said[: most - 1] + "…"

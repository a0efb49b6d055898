"""The nouns of a report as Streamlit shows them; customers' words are always shown as text."""

from __future__ import annotations

import base64
import functools
import importlib
import re
from collections.abc import Sequence

import streamlit as st

from relationtypes.reporting.charts import chart_svg
from relationtypes.reporting.describing import table_of
from relationtypes.reporting.document import Block, Figure, Paragraph, Points, Quotation, Quotations, Section, Table
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

importlib.import_module("pandas")
"""Streamlit loads it later, in the thread of some session; Altair, in that of another, would find half of it."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")
_WHOLE = re.compile(r"\([^()]{1,24}\)")
"""Numbers in brackets, which no line breaks."""
_LONG = 20
"""Rows from which on a table scrolls in a frame of its own."""
_CHART_WIDTH = 690
"""Pixels that a chart is drawn wide: a tablet shows it as it is, a wider screen larger, and its letters with it."""
_CHARTS = 128
_UPLOADER = """
<style>
[data-testid="stFileUploaderDropzone"] > span button > * {{ display: none; }}
[data-testid="stFileUploaderDropzone"] > span button::before {{ content: "{browse}"; font-size: .93rem; }}
[data-testid="stFileUploaderDropzoneInstructions"] span {{ display: none; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after {{ content: "{limit}"; color: #575e69; font-size: .87rem; }}
</style>
"""

say = Wording(
    as_table=("As a table", "En tableau"),
    method=("Method", "Méthode"),
    browse=("Choose a file", "Choisir un fichier"),
    limit=("up to {most} MB", "jusqu’à {most} Mo"),
    few=("† few texts: take it as a hint", "† peu de textes : à prendre comme un indice"),
)


def plain(text: str) -> str:
    """Return *text* so that Markdown shows it as it stands."""
    return _MARKDOWN.sub(r"\\\1", text)


def escaped(text: str) -> str:
    """Return *text* so that HTML shows it as it stands, inside and outside of attributes."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(sign, entity)
    return text


def show_empty(title: str, text: str) -> None:
    """Say that there is nothing to show, and what to do about it."""
    st.html(f'<div class="rt-empty"><h3>{escaped(title)}</h3><p>{escaped(text)}</p></div>')


def say_uploaders(language: Language) -> None:
    """Have what the page takes files by speak *language*: Streamlit's own words for it are English."""
    most = int(st.get_option("server.maxUploadSize"))
    st.html(_UPLOADER.format(browse=say("browse", language), limit=say("limit", language, most=most)))


def show_section(section: Section, language: Language, *, title: bool = True) -> None:
    """Show a chapter; without its *title* where the page has said it."""
    if title:
        st.header(plain(section.title), anchor=False)
    show_blocks(section.blocks, language)


def show_blocks(blocks: Sequence[Block], language: Language) -> None:
    """Show blocks: what is said and drawn first, then what there is to look up, each in a place that opens, the method last.

    Tables and lists of a chapter that draws nothing are open: they are what it shows.
    """
    notes = [block for block in blocks if isinstance(block, Paragraph) and block.kind == "note"]
    shown = [block for block in blocks if isinstance(block, Paragraph) and block.kind in ("lead", "plain")]
    warned = [block for block in blocks if isinstance(block, Paragraph) and block.kind == "warning"]
    figures = [block for block in blocks if not isinstance(block, Paragraph | Table | Points | Quotations)]
    rest = [block for block in blocks if not isinstance(block, Paragraph) and block not in figures]
    tabled = {block.title for block in rest if isinstance(block, Table)}
    for said in shown:
        show_block(said, language)
    for figure in figures:
        _show_figure(figure, language, title=True, table=figure.title not in tabled)
    for said in warned:
        show_block(said, language)
    for block in rest:
        if not figures or isinstance(block, Quotations) or not block.title:
            show_block(block, language)
            continue
        icon = ":material/table:" if isinstance(block, Table) else ":material/list:"
        with st.expander(plain(block.title), icon=icon):
            show_block(block, language, title=False)
    if notes:
        with st.expander(say("method", language), icon=":material/info:"):
            st.html("".join(f'<p class="rt-note">{escaped(note.text)}</p>' for note in notes))


def show_block(block: Block, language: Language, *, title: bool = True) -> None:
    """Show a block; each figure can be had as a table, for those who cannot see it and those who want its numbers."""
    if isinstance(block, Paragraph):
        _show_paragraph(block, language)
    elif isinstance(block, Table):
        show_table(block, language, title=title)
    elif isinstance(block, Quotations):
        _show_title(block.title, title)
        show_quotations(block.quotations)
    elif isinstance(block, Points):
        _show_title(block.title, title)
        st.markdown("\n".join(f"- {plain(line)}" for line in block.lines))
    else:
        _show_figure(block, language, title=title)


def show_quotations(quotations: Sequence[Quotation]) -> None:
    """Show what customers wrote, as text."""
    st.html(
        "".join(
            f'<blockquote class="rt-quote" style="border-color:{escaped(one.colour)}" dir="auto">{escaped(one.text)}'
            f"<footer>{escaped(one.source)}</footer></blockquote>"
            for one in quotations
        )
    )


def show_table(table: Table, language: Language, *, title: bool = True) -> None:
    """Show a table as one that a screen reader reads out; long ones scroll in a frame of their own."""
    _show_title(table.title, title)
    heads = "".join(f'<th scope="col"{_kind(column.unit)}>{escaped(column.name)}</th>' for column in table.columns)
    body = []
    for row in table.rows:
        cells = []
        for place, (column, value) in enumerate(zip(table.columns, row.cells, strict=True)):
            shown = escaped(written(value, column.unit, language, column.digits)).replace("\n", "<br>")
            if place:
                cells.append(f"<td{_kind(column.unit)}>{shown}</td>")
                continue
            mark = "&nbsp;†" if row.flagged else ""
            swatch = f'<span class="rt-swatch" style="background:{escaped(row.colour)}"></span>' if row.colour else ""
            cells.append(f'<th scope="row"{_kind(column.unit)}>{swatch}{shown}{mark}</th>')
        kind = ' class="rt-few"' if row.flagged else ""
        body.append(f"<tr{kind}>{''.join(cells)}</tr>")
    frame = 'class="rt-table rt-long" tabindex="0"' if len(table.rows) > _LONG else 'class="rt-table"'
    st.html(
        f'<div {frame} role="group" aria-label="{escaped(table.title)}"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
    few = say("few", language) if any(row.flagged for row in table.rows) else ""
    if table.note or few:
        st.caption(plain(" ".join(filter(None, (table.note, few)))))


def _kind(unit: str) -> str:
    return "" if unit == "text" else ' class="rt-number"'


def _show_title(title: str, shown: bool) -> None:
    if shown and title:
        st.markdown(f"##### {plain(title)}")


def _show_paragraph(block: Paragraph, language: Language) -> None:
    if block.kind == "note":
        with st.expander(say("method", language), icon=":material/info:"):
            st.html(f'<p class="rt-note">{escaped(block.text)}</p>')
    elif block.kind == "plain":
        st.markdown(plain(block.text))
    else:
        text = _WHOLE.sub(r"<span>\g<0></span>", escaped(block.text))
        st.html(f'<p class="rt-{block.kind}">{text}</p>')


@functools.lru_cache(_CHARTS)
def _drawn(figure: Figure, language: Language) -> str:
    """Return the address of *figure* as SVG, which any width scales and print keeps sharp.

    It holds what the figure says and nothing else, so whoever asks for the same figure may have the same picture.
    """
    svg = chart_svg(figure, language, _CHART_WIDTH).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def _show_figure(figure: Figure, language: Language, *, title: bool, table: bool = True) -> None:
    _show_title(figure.title, title)
    st.html(f'<img class="rt-chart" alt="{escaped(figure.title)}" src="{_drawn(figure, language)}">')
    if figure.note:
        st.caption(plain(figure.note))
    if not table:
        return
    with st.expander(say("as_table", language), icon=":material/table:"):
        show_table(table_of(figure, language), language, title=False)

"""The nouns of a report as Streamlit shows them; customers' words are always shown as text."""

from __future__ import annotations

import re

import polars as pl
import streamlit as st

from relationtypes.reporting.charts import chart
from relationtypes.reporting.describing import table_of
from relationtypes.reporting.document import Block, Figure, Paragraph, Points, Quotations, Section, Table
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")

say = Wording(
    as_table=("As a table", "En tableau"),
    method=("Method", "Méthode"),
)


def plain(text: str) -> str:
    """Return *text* so that Markdown shows it as it stands."""
    return _MARKDOWN.sub(r"\\\1", text)


def show_section(section: Section, language: Language, *, title: bool = True) -> None:
    """Show a chapter."""
    if title:
        st.header(plain(section.title), anchor=False)
    for place, block in enumerate(section.blocks):
        show_block(block, language, key=f"{section.title}-{place}")


def show_block(block: Block, language: Language, *, key: str) -> None:
    """Show a block; each figure can be had as a table, for those who cannot see it and those who want its numbers."""
    if isinstance(block, Paragraph):
        _show_paragraph(block, language)
    elif isinstance(block, Table):
        _show_table(block, language)
    elif isinstance(block, Quotations):
        st.markdown(f"**{plain(block.title)}**")
        for quotation in block.quotations:
            st.html(
                f'<blockquote class="rt-quote" style="border-color:{quotation.colour}">{_escaped(quotation.text)}'
                f"<footer>{_escaped(quotation.source)}</footer></blockquote>"
            )
    elif isinstance(block, Points):
        if block.title:
            st.markdown(f"**{plain(block.title)}**")
        st.markdown("\n".join(f"- {plain(line)}" for line in block.lines))
    else:
        _show_figure(block, language, key)


def _show_paragraph(block: Paragraph, language: Language) -> None:
    if block.kind == "lead":
        st.markdown(f"#### {plain(block.text)}")
    elif block.kind == "warning":
        st.warning(plain(block.text))
    elif block.kind == "note":
        with st.expander(say("method", language)):
            st.caption(plain(block.text))
    else:
        st.markdown(plain(block.text))


def _show_figure(figure: Figure, language: Language, key: str) -> None:
    st.markdown(f"**{plain(figure.title)}**")
    st.altair_chart(chart(figure, language), width="stretch", key=key)
    if figure.note:
        st.caption(plain(figure.note))
    with st.expander(say("as_table", language)):
        _show_table(table_of(figure, language), language, title=False)


def _show_table(table: Table, language: Language, *, title: bool = True) -> None:
    if title:
        st.markdown(f"**{plain(table.title)}**")
    columns = {
        column.name or " " * (place + 1): [
            written(row.cells[place], column.unit, language, column.digits)
            + (" †" if row.flagged and not place else "")
            for row in table.rows
        ]
        for place, column in enumerate(table.columns)
    }
    st.dataframe(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), hide_index=True, width="stretch")
    if table.note:
        st.caption(plain(table.note))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

import io
import os
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastexcel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pptx = pytest.importorskip("pptx")

from relationtypes.errors import (  # noqa: E402
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    MissingExtraError,
    UnsupportedFormatError,
)
from relationtypes.findings.estimates import UNKNOWN, Estimate  # noqa: E402
from relationtypes.reporting.document import (  # noqa: E402
    Bar,
    Bars,
    Block,
    Column,
    Document,
    Flows,
    Heat,
    Line,
    Lines,
    Map,
    Node,
    Paragraph,
    Point,
    Points,
    Quotation,
    Quotations,
    Row,
    Section,
    Series,
    Stack,
    Table,
)
from relationtypes.reporting.fitting import first_sentence, lines_of, shortened, text_width  # noqa: E402
from relationtypes.reporting.slide_maps import planned  # noqa: E402
from relationtypes.reporting.slide_template import POINT, Area  # noqa: E402
from relationtypes.reporting.slides import slides  # noqa: E402
from relationtypes.taxonomy import LANGUAGES, Language  # noqa: E402
from tests.documents import sample_document  # noqa: E402

GOLDEN = Path(__file__).parent / "golden"
SMALLEST = 12
AREA = Area(0, 0, 800 * POINT, 320 * POINT)


def _deck(document: Document, template: Path | None = None) -> Any:
    return pptx.Presentation(io.BytesIO(slides(document, template)))


def _one(*blocks: Block, language: Language = "en") -> Document:
    return Document("Title", "Subtitle", language, (Section("Part", blocks),))


def _shapes(shapes: Any) -> list[Any]:
    return [each for one in shapes for each in ([one, *_shapes(one.shapes)] if one.shape_type == 6 else [one])]


def _outline(deck: Any) -> str:
    """What the deck holds, as text: titles, texts, cells, kinds and series of charts, notes."""
    lines = []
    for place, slide in enumerate(deck.slides, start=1):
        lines.append(f"# {place}. {slide.shapes.title.text_frame.text} [{slide.slide_layout.name}]")
        for shape in _shapes(slide.shapes):
            if shape.has_chart:
                lines.append(f"chart {shape.chart.chart_type}")
                for plot in shape.chart.plots:
                    lines += [f"  categories: {', '.join(map(str, plot.categories))}"] if len(plot.categories) else []
                    lines += [f"  {one.name}: {', '.join(map(str, one.values))}" for one in plot.series]
            elif shape.has_table:
                lines += ["  " + " | ".join(cell.text for cell in row.cells) for row in shape.table.rows]
            elif shape.shape_type == 6:
                lines.append(f"group of {len(shape.shapes)} shapes")
            elif shape.has_text_frame and shape.text_frame.text and shape != slide.shapes.title:
                lines.append("- " + shape.text_frame.text)
        if slide.has_notes_slide:
            lines.append(f"notes: {slide.notes_slide.notes_text_frame.text}")
    return "\n".join(lines) + "\n"


def _texts(deck: Any) -> str:
    return _outline(deck)


def _check_layout(deck: Any) -> None:
    """Nothing leaves a slide, no font is smaller than 12 points, no box of text is fuller than it is high."""
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width + 1
            assert shape.top + shape.height <= deck.slide_height + 1
        for run in slide._element.iter("{*}rPr", "{*}defRPr"):
            assert int(run.get("sz", "1200")) >= 100 * SMALLEST


def test_slides_english_report_is_the_golden_one() -> None:
    shown, path = _outline(_deck(sample_document("en"))), GOLDEN / "report_en.pptx.txt"
    if os.environ.get("RT_UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_speak_one_language_and_fit(language: Language) -> None:
    deck = _deck(sample_document(language))
    _check_layout(deck)
    assert deck.core_properties.language == {"en": "en-GB", "fr": "fr-FR"}[language]
    tongues = {run.get("lang") for slide in deck.slides for run in slide._element.iter("{*}rPr")}
    assert tongues == {deck.core_properties.language}
    assert deck.slide_width * 9 == deck.slide_height * 16


def test_slides_charts_are_native_described_and_editable() -> None:
    deck = _deck(sample_document("en"))
    frames = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart or shape.has_table]
    assert all(shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in frames)
    charts = [shape.chart for shape in frames if shape.has_chart]
    assert [chart.chart_type.name for chart in charts] == [
        "BAR_CLUSTERED",
        "BAR_STACKED_100",
        "BAR_CLUSTERED",
        "BAR_CLUSTERED",
        "LINE_MARKERS",
        "XY_SCATTER",
    ]
    assert all(chart.part.chart_workbook.xlsx_part is not None for chart in charts)


@pytest.mark.parametrize("unit", ["percent", "points"])
def test_slides_whiskers_reach_the_ends_of_the_interval(unit: Any) -> None:
    shares = [Estimate(0.2, 0.15, 0.27, 80), Estimate(-0.1, -0.2, 0.05, 40), UNKNOWN]
    bars = Bars("B", tuple(Bar(str(i), one, "#2f5d8a") for i, one in enumerate(shares)), unit)
    (chart,) = [shape.chart for slide in _deck(_one(bars)).slides for shape in slide.shapes if shape.has_chart]
    series = chart.plots[0].series[0]._element
    scale = 100 if unit == "points" else 1
    for side, lengths in (("plus", [0.07, 0.15]), ("minus", [0.05, 0.1])):
        shown = [float(one.text) for one in series.findall(f".//{{*}}{side}//{{*}}v")]
        assert shown == pytest.approx([scale * one for one in lengths])
    order = [child.tag.split("}")[1] for child in series]
    assert order.index("dPt") < order.index("errBars") < order.index("cat") < order.index("val")


@pytest.mark.parametrize(
    ("count", "shown", "language", "note"),
    [
        (12, 12, "en", ""),
        (14, 14, "en", ""),
        (80, 12, "en", "Note. 12 of 80 rows; all are in the Excel version."),
        (80, 12, "fr", "Note. 12 lignes sur 80\u202f; toutes sont dans la version Excel."),
    ],
)
def test_slides_long_tables_show_their_first_rows_and_say_so(
    count: int, shown: int, language: Language, note: str
) -> None:
    rows = tuple(Row((f"row {i}", i, 0.01 * i)) for i in range(count))
    table = Table("Long", (Column("Name"), Column("n", "count"), Column("Share", "percent")), rows, "Note.")
    deck = _deck(_one(table, language=language))
    _check_layout(deck)
    (only,) = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert [row.cells[0].text for row in list(only.rows)[1:]] == [f"row {i}" for i in range(shown)]
    assert (f"- {note}\n" in _texts(deck)) if note else ("Excel" not in _texts(deck))


def test_slides_tables_of_long_texts_show_as_many_rows_as_fit() -> None:
    rows = tuple(Row((f"row {i}", "so much to say " * 30)) for i in range(10))
    deck = _deck(_one(Table("Texts", (Column("Name"), Column("Text")), rows)))
    _check_layout(deck)
    (frame,) = [shape for slide in deck.slides for shape in slide.shapes if shape.has_table]
    shown = len(frame.table.rows) - 1
    assert 1 <= shown < 10 and f"- {shown} of 10 rows; all are in the Excel version." in _texts(deck)
    (note,) = [
        one for slide in deck.slides for one in slide.shapes if one.has_text_frame and "Excel" in one.text_frame.text
    ]
    assert note.top >= frame.top + frame.height


def test_slides_leave_out_what_is_for_looking_up_and_count_it() -> None:
    table = Table("Seen", (Column("A"),), (Row(("a",)),))
    aside = replace(table, title="Aside", aside=True)
    document = replace(_one(table, aside, Points(("one",), "Sources", aside=True)), facts=(("Model", "m"),))
    texts = _texts(_deck(document))
    assert "Seen" in texts and "Aside" not in texts and "Sources" not in texts
    assert "left out here and in the Excel version: 2." in texts


def test_slides_points_take_one_slide_each_section_without_a_lead_too() -> None:
    lines = tuple(f"line {i} " + "with something to say " * 8 for i in range(40))
    deck = _deck(_one(Points(lines)))
    _check_layout(deck)
    assert len(deck.slides) == 2 and deck.slides[1].shapes.title.text_frame.text == "Part"
    shown = sum(f"line {i} " in _texts(deck) for i in range(40))
    assert 0 < shown < 40 and f"{shown} of 40 lines; all are in the Excel version." in _texts(deck)


def test_slides_quotations_of_several_headings_take_two_slides_and_every_heading_its_turn() -> None:
    blocks: list[Block] = [Paragraph("Lead.", "lead")]
    for family in ("Best friends", "Fling", "Broken bond"):
        said = tuple(Quotation(f"{family} {i} " + "so much to say " * 9, "Lumo", "#2f5d8a") for i in range(9))
        blocks += [
            Table(f"{family}: words", (Column("A"),), (Row(("a",)),)),
            Quotations(f"{family}: what they write", said),
        ]
    deck = _deck(_one(*blocks))
    _check_layout(deck)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[1:3] == ["Lead. (1/2)", "Lead. (2/2)"]
    assert titles[3:] == ["Best friends: words", "Fling: words", "Broken bond: words"]
    assert "- What they write\n" in _texts(deck)
    boxes = [
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] for slide in list(deck.slides)[1:3]
    ]
    quoted = [text for texts in boxes for text in texts if text.startswith("“")]
    assert [text.split(" so")[0] for text in quoted][:4] == [
        "“Best friends 0",
        "“Fling 0",
        "“Broken bond 0",
        "“Best friends 1",
    ]
    for texts in boxes:  # a quotation and its source are on one slide
        assert sum(text.startswith("“") for text in texts) == sum(text.endswith(" · Lumo") for text in texts)


def test_slides_takeaway_that_is_too_long_is_cut_at_a_clause_and_said_whole() -> None:
    lead = (
        "Shops differ most in “Transaction”: "
        + "it is much more common there than in all of the other places " * 6
        + "."
    )
    deck = _deck(_one(Paragraph(lead, "lead")))
    assert deck.slides[1].shapes.title.text_frame.text == "Shops differ most in “Transaction”."
    assert lead.strip() in _texts(deck)


def test_slides_wide_tables_are_split_by_columns() -> None:
    columns = (Column("Name"), *(Column(f"Measure {i}", "percent") for i in range(30)))
    deck = _deck(_one(Table("Wide", columns, (Row(("a", *(Estimate(0.1, 0.05, 0.2, 50),) * 30)),))))
    _check_layout(deck)
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    heads = [[cell.text for cell in one.rows[0].cells] for one in tables]
    assert all(head[0] == "Name" for head in heads)
    assert [name for head in heads for name in head[1:]] == [f"Measure {i}" for i in range(30)]


def test_slides_long_texts_stay_on_their_slides_and_whole() -> None:
    words = [f"word{i}" for i in range(1500)]
    quotations = tuple(Quotation("so much to say " * 200, "someone", "#2f5d8a") for _ in range(5))
    deck = _deck(
        _one(Paragraph(" ".join(words), "lead"), Quotations("Said", quotations), Paragraph("m " * 3000, "note"))
    )
    _check_layout(deck)
    text = " ".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    assert [word for word in text.split() if word.startswith("word")] == words
    assert deck.slides[1].shapes.title.text_frame.text.startswith("Part")


def test_slides_empty_blocks_are_slides_without_charts() -> None:
    nothing = (
        Bars("B", ()),
        Stack("S", (), ()),
        Lines("L", (), ()),
        Map("M", (), "x", "y"),
        Table("T", (Column("A"),), ()),
    )
    deck = _deck(_one(*nothing, Heat("H", (), (), ()), Flows("F", (), (), ())))
    _check_layout(deck)
    assert not any(shape.has_chart for slide in deck.slides for shape in slide.shapes)
    assert len(_deck(Document("T", "", "fr", ())).slides) == 1


def test_slides_unknown_values_make_gaps() -> None:
    blocks = (
        Bars("B", (Bar("a", UNKNOWN, "#2f5d8a"),)),
        Lines("L", ("1", "2"), (Line("a", "#2f5d8a", (UNKNOWN, Estimate(0.1, 0.0, 0.2, 9))),)),
        Stack("S", ("a",), (Series("x", "#2f5d8a", (float("nan"),)),)),
        Heat("H", ("a",), ("b",), ((float("nan"),),)),
        Flows("F", (Node("a", "#2f5d8a"),), (Node("b", "#2f5d8a"),), ((0.0,),)),
        Map("M", (Point("a\x07", 0.0, 0.0, "#2f5d8a"),), "x", "y"),
    )
    charts = [shape.chart for slide in _deck(_one(*blocks)).slides for shape in slide.shapes if shape.has_chart]
    assert charts[0].plots[0].series[0].values == (None,)
    assert charts[1].plots[0].series[0].values == (None, 0.1)


def test_slides_names_from_customers_are_no_formulas_in_the_workbooks_behind_charts() -> None:
    unsafe, one = ("=1+1", "http://x", "@SUM(A1)"), Estimate(0.3, 0.2, 0.4, 50)
    blocks = (
        Bars("=B", tuple(Bar(text, one, "#2f5d8a") for text in unsafe)),
        Lines("=L", unsafe, tuple(Line(text, "#2f5d8a", (one, one, UNKNOWN)) for text in unsafe)),
        Map("=M", tuple(Point(text, 0.1, 0.2, "#2f5d8a") for text in unsafe), "=x", "=y"),
    )
    charts = [shape.chart for slide in _deck(_one(*blocks)).slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 3
    for chart in charts:
        blob = chart.part.chart_workbook.xlsx_part.blob
        with zipfile.ZipFile(io.BytesIO(blob)) as file:
            sheet = file.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet and "hyperlink" not in sheet
    rows = fastexcel.read_excel(charts[1].part.chart_workbook.xlsx_part.blob).load_sheet(0, header_row=None).to_polars()
    assert rows.rows()[0] == (None, *unsafe)
    assert [row[0] for row in rows.rows()[1:]] == list(unsafe)


def test_slides_of_many_bars_the_first_are_shown() -> None:
    bars = tuple(Bar(f"type {i}", Estimate(0.5 - i / 70, 0.0, 0.6 - i / 70, 50), "#c06bb0") for i in range(29))
    stack = Stack("S", tuple(f"group {i}" for i in range(29)), (Series("x", "#c06bb0", (1.0,) * 29),))
    deck = _deck(_one(Bars("Types", bars), stack))
    _check_layout(deck)
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert [list(chart.plots[0].categories) for chart in charts] == [
        [bar.label for bar in bars[:12]],
        [f"group {i}" for i in range(12)],
    ]
    assert _texts(deck).count("12 of 29 bars; all are in the Excel version.") == 2


places = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=30)


@given(places, st.integers(1, 30))
def test_maps_labels_do_not_lie_on_each_other_and_all_points_are_inside(
    where: list[tuple[float, float]], length: int
) -> None:
    points = tuple(Point("m" * length, x, y, "#2f5d8a", i % 2 == 0) for i, (x, y) in enumerate(where))
    plan = planned(Map("M", points, "x", "y"), AREA)
    assert plan.x.low <= min(x for x, _ in where) and plan.x.high >= max(x for x, _ in where)
    assert plan.y.low <= min(y for _, y in where) and plan.y.high >= max(y for _, y in where)
    width, height = AREA.width / POINT * 0.89, AREA.height / POINT * 0.8
    boxes = []
    for (x, y), point, side in zip(where, points, plan.sides, strict=True):
        wide = text_width(point.label, 12) / 2
        middle = (plan.x.share(x) * width, (1 - plan.y.share(y)) * height)
        shift = {"right": (wide, 0), "left": (-wide, 0), "above": (0, -6), "below": (0, 6)}.get(side)
        if shift:
            boxes.append((middle[0] + shift[0], middle[1] + shift[1], wide))
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert abs(one[0] - other[0]) > 0.9 * (one[2] + other[2]) - 20 or abs(one[1] - other[1]) > 5


def test_maps_name_the_points_that_have_no_label() -> None:
    near = tuple(Point(f"brand {i}", 0.5, 0.5, "#2f5d8a", True) for i in range(6))
    far = (Point("family", -0.5, -0.5, "#2f5d8a"),)
    texts = _texts(_deck(_one(Map("M", (*near, *far), "x", "y"))))
    assert "Too close to others to be named: brand 4, brand 5." in texts
    many = tuple(Point(f"brand {i}", 0.5, 0.5, "#2f5d8a", True) for i in range(30))
    assert "26 points sont trop près d’autres" in _texts(_deck(_one(Map("M", (*many, *far), "x", "y"), language="fr")))


# ----------------------------------------------------------------------------------------------------- templates


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """python-pptx's own 4:3 presentation with a slide that is somebody else's."""
    presentation = pptx.Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[1]).shapes.title.text = "Old news"
    presentation.save(tmp_path / "own.pptx")
    return tmp_path / "own.pptx"


def test_slides_on_the_users_template_use_its_layouts(own: Path) -> None:
    deck = _deck(sample_document("en"), own)
    _check_layout(deck)
    assert (deck.slide_width, deck.slide_height) == (9_144_000, 6_858_000)
    assert [slide.slide_layout.name for slide in deck.slides][:2] == ["Title Slide", "Title Only"]
    assert "Old news" not in _texts(deck)
    with zipfile.ZipFile(io.BytesIO(slides(sample_document("en"), own))) as file:
        names = [name for name in file.namelist() if name.startswith("ppt/slides/slide")]
        assert len(names) == len(set(names)) == len(deck.slides)


def test_slides_sections_of_the_template_name_no_slide_that_is_gone(own: Path) -> None:
    from pptx.oxml import parse_xml

    presentation = pptx.Presentation(own)
    p, p14 = (
        "http://schemas.openxmlformats.org/presentationml/2006/main",
        "http://schemas.microsoft.com/office/powerpoint/2010/main",
    )
    presentation._element.append(
        parse_xml(
            f'<p:extLst xmlns:p="{p}"><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst xmlns:p14="{p14}">'
            '<p14:section name="Old" id="{00000000-0000-0000-0000-000000000001}"><p14:sldIdLst><p14:sldId id="256"/>'
            "</p14:sldIdLst></p14:section></p14:sectionLst></p:ext></p:extLst>"
        )
    )
    presentation.save(own)
    assert not list(_deck(sample_document("en"), own)._element.iter("{*}sectionLst"))


def test_slides_layouts_are_found_by_kind_in_any_language(own: Path) -> None:
    presentation = pptx.Presentation(own)
    for layout in presentation.slide_layouts:
        layout._element.cSld.set("name", "Disposition")
    presentation.save(own)
    deck = _deck(sample_document("fr"), own)
    kinds = [slide.slide_layout._element.get("type") for slide in deck.slides]
    assert kinds[0] == "title" and set(kinds[1:]) == {"titleOnly"}


def test_slides_template_without_a_title_is_refused(own: Path) -> None:
    presentation = pptx.Presentation(own)
    presentation.slides._sldIdLst.clear()
    for layout in list(presentation.slide_layouts):
        if layout.name != "Blank":
            for one in list(layout.placeholders):
                one._element.getparent().remove(one._element)
    presentation.save(own)
    with pytest.raises(MalformedInputError, match=r"no layout with a title.*Title Only"):
        slides(sample_document("en"), own)


def test_slides_template_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputNotFoundError, match="no template"):
        slides(sample_document("en"), tmp_path / "none.pptx")
    with pytest.raises(InputIsDirectoryError, match="folder"):
        slides(sample_document("en"), tmp_path)
    (tmp_path / "a.potx").write_bytes(b"x")
    with pytest.raises(UnsupportedFormatError, match=r"\.potx"):
        slides(sample_document("en"), tmp_path / "a.potx")
    (tmp_path / "a.pptx").write_bytes(b"x")
    with pytest.raises(MalformedInputError, match="no PowerPoint"):
        slides(sample_document("en"), tmp_path / "a.pptx")
    with zipfile.ZipFile(tmp_path / "b.pptx", "w") as file:
        file.writestr("a.txt", "x")
    with pytest.raises(MalformedInputError, match="no PowerPoint"):
        slides(sample_document("en"), tmp_path / "b.pptx")


def test_slides_without_python_pptx_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(MissingExtraError, match=r"python-pptx.*report"):
        slides(sample_document("en"))


# ------------------------------------------------------------------------------------------------------- fitting


@settings(max_examples=50)
@given(st.text(alphabet="ab WMil.é\n", max_size=200), st.integers(12, 30), st.integers(40, 500))
def test_fitting_lines_are_no_wider_than_asked_and_lose_nothing(text: str, size: int, width: int) -> None:
    lines = lines_of(text, size, width)
    assert all(text_width(line, size) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert len(lines_of(shortened(text, size, width, 2), size, width)) <= max(2, 1)


def test_fitting_first_sentences() -> None:
    assert first_sentence("41.2% (39–44) do. Others do not.") == ("41.2% (39–44) do.", "Others do not.")
    assert first_sentence("Pourquoi\u202f? Parce que.") == ("Pourquoi\u202f?", "Parce que.")
    assert first_sentence("One only") == ("One only", "")


def test_slides_of_twelve_sections_take_under_three_seconds() -> None:
    document = sample_document("en")
    long = replace(document, sections=document.sections * 4)
    start = time.process_time()
    slides(long)
    assert time.process_time() - start < 3

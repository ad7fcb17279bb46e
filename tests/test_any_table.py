"""Any shape of table (任意形状的表) is the same in grid, Word file, web page and pages, and to who reads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from reportgen.document import Row, Table
from reportgen.grid import Covered, Start, resolve
from reportgen.ledger.files.word import read_word_contents
from reportgen.ledger.model import Entry, Sheet
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import Location
from reportgen.review.readback import read_docx, read_html
from reportgen.review.readback_pdf import joined, plain, read_pdf
from reportgen.template.annexes import build_table, leaf_columns
from reportgen.template.schema import ColumnSpec
from reportgen.writers import writer_of
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.html import write_html
from reportgen.writers.outline import outline_lines
from tests.builders import cell, document, row, section, sentences, styles, table
from tests.reliability.tally import Tally
from tests.walks import W, page_text, word_text

Slots = list[list[str]]
"""A table slot by slot (逐格): each says the text of the cell that it belongs to."""

# ---- what each of them says of a table


def by_grid(one: Table) -> Slots:
    """As the program's own grid has it."""
    lines = resolve([*one.head, *one.body], len(one.columns))
    return [
        ["\n".join((slot.cell if isinstance(slot, Start) else slot.by).paragraphs) for slot in line] for line in lines
    ]


def by_word(blob: bytes) -> Slots:
    """As Word's own rules have it: gridSpan to the right, vMerge from the cell above at the same column."""
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        root: Any = etree.fromstring(package.read("word/document.xml"))
    (found,) = root.iter(W + "tbl")
    width = len(list(found.find(W + "tblGrid")))
    lines: Slots = []
    for tr in found.iter(W + "tr"):
        line: list[str] = []
        for tc in tr.iter(W + "tc"):
            properties = tc.find(W + "tcPr")
            span = properties.find(W + "gridSpan")
            merge = properties.find(W + "vMerge")
            text = "\n".join(map(word_text, tc.iter(W + "p")))
            if merge is not None and merge.get(W + "val") != "restart":
                assert not text
                text = lines[-1][len(line)]
            line += [text] * (1 if span is None else int(span.get(W + "val")))
        assert len(line) == width
        lines.append(line)
    return lines


def by_browser(blob: bytes) -> Slots:
    """As a browser places cells: each in the first free slot of its row, over colspan and rowspan."""
    root: Any = html.document_fromstring(blob.decode())
    (found,) = root.iter("table")
    slots: dict[tuple[int, int], str] = {}
    # The foot closes the frame on every page and says nothing.
    assert not "".join(text for foot in found.iter("tfoot") for text in foot.itertext()).strip()
    rows = [tr for tr in found.iter("tr") if tr.getparent().tag != "tfoot"]
    for r, tr in enumerate(rows):
        for each in tr.iterchildren("td", "th"):
            c = next(c for c in count() if (r, c) not in slots)
            text = "\n".join(map(page_text, list(each.iter("p")) or [each]))
            for down in range(int(each.get("rowspan", 1))):
                for right in range(int(each.get("colspan", 1))):
                    assert (r + down, c + right) not in slots
                    slots[r + down, c + right] = text
    width = max(c for _, c in slots) + 1
    return [[slots[r, c] for c in range(width)] for r in range(len(rows))]


def by_reader(blob: bytes) -> Slots:
    """As a return or an issued report is read (汇总、导入): merged values in each of their slots, no empty row."""
    (found,) = read_word_contents(blob, "表.docx").value.tables
    return [[each.text for each in line] for line in found.rows]


def told_by_grid(one: Table) -> Slots:
    """What a reader can know of it: rows in which a text begins, columns that some cell begins with."""
    lines = resolve([*one.head, *one.body], len(one.columns))
    columns = [c for c in range(len(one.columns)) if any(not getattr(line[c], "from_left", False) for line in lines)]
    texts = by_grid(one)
    return [
        [texts[r][c].strip("\n") for c in columns]
        for r, line in enumerate(lines)
        if any(isinstance(slot, Start) and "".join(slot.cell.paragraphs).strip() for slot in line)
    ]


def assert_same_everywhere(one: Table) -> None:
    tree = document(section(one))
    wanted = by_grid(one)
    word, page = write_docx(tree, styles()).value, write_html(tree, styles()).value
    assert by_word(word) == wanted
    assert by_browser(page) == wanted
    if said := told_by_grid(one):  # a file without any text is refused as one
        assert by_reader(word) == said
    lines = outline_lines(tree)
    assert read_docx(word) == lines
    assert read_html(page) == lines


def assert_same_on_pages(one: Table) -> None:
    tree = document(section(one))
    wanted = plain(outline_lines(tree))
    for engine in PdfEngine:
        blob = writer_of("pdf", engine).write(tree, styles(), find_fonts({})).value
        assert joined(read_pdf(blob), wanted) == wanted, engine


# ---- tables that a template makes: nested columns, head tiers, merged categories, section rows

FIELDS = ("category", "text", "lead_units", "support_units", "progress", "judgement")
VALUES = st.sampled_from(["", "甲", "乙", "甲\n乙", "同", "同", "同"])


@st.composite
def columns(draw: st.DrawFn, depth: int = 3, most: int = 4) -> tuple[ColumnSpec, ...]:
    """Columns within columns, titled or not, each leaf with its field."""
    made: list[ColumnSpec] = []
    for _ in range(draw(st.integers(1, most))):
        title = draw(st.sampled_from(["题", "列名", "很长的一个列名", "两行\n列名"]))
        if depth > 1 and draw(st.integers(0, 2)) == 0:
            inner = draw(columns(depth - 1, 3))
            if draw(st.booleans()):  # the head of the outer column stands for all
                inner = tuple(each if each.columns else each.model_copy(update={"title": ""}) for each in inner)
            made.append(ColumnSpec(title=title, columns=inner))
        elif draw(st.integers(0, 4)) == 0:
            made.append(ColumnSpec(title=title, number=True, width=10))
        else:
            field: Any = draw(st.sampled_from(FIELDS))
            made.append(ColumnSpec(title=title, field=field, width=20, merge_down=draw(st.booleans())))
    return tuple(made)


@st.composite
def made_by_templates(draw: st.DrawFn, rows: int) -> tuple[tuple[ColumnSpec, ...], list[Entry], tuple[str, ...]]:
    specs = draw(columns().filter(lambda found: len(leaf_columns(found)) <= 20))
    entries = [
        Entry(
            sheet=Sheet.TASKS,
            text=draw(VALUES),
            category=draw(VALUES),
            progress=draw(VALUES),
            judgement=draw(st.sampled_from(["", "正常推进"])),
            lead_units=tuple(draw(st.lists(st.sampled_from(["区教委", "区民政局"]), max_size=2))),
        )
        for _ in range(draw(st.integers(0, rows)))
    ]
    sections = draw(st.sampled_from([(), (), ("category",), ("category", "judgement")]))
    return specs, entries, sections


def assert_as_the_template_asks(one: Table, specs: Sequence[ColumnSpec], entries: Sequence[Entry], rows: Slots) -> None:
    """By a count of its own: each entry's fields in its row, and neighbours made one where the template asks for it."""
    leaves = leaf_columns(specs)
    lines = resolve([*one.head, *one.body], len(leaves))[len(one.head) :]
    left = iter(entries)
    above: tuple[str, ...] | None = None
    number = 0
    for line, slots, cells in zip(lines, rows, one.body, strict=True):
        if cells and cells[0].section_level:
            above = None
            continue
        entry, number = next(left), number + 1
        values = (str(number) if leaf.number else getattr(entry, str(leaf.field)) for leaf in leaves)
        said = tuple("\n".join(value) if isinstance(value, tuple) else value for value in values)
        assert tuple(slots) == said
        merged = [bool(above and leaf.merge_down and said[c] == above[c] and said[c]) for c, leaf in enumerate(leaves)]
        assert [isinstance(slot, Covered) for slot in line] == merged
        above = said
    assert next(left, None) is None


def _titles(specs: Sequence[ColumnSpec], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for each in specs:
        path = (*above, each.title) if each.title else above
        if each.columns:
            yield from _titles(each.columns, path)
        else:
            yield path


# How long an example takes to draw is a matter of the machine, and says nothing of the program.
_PLAIN = settings(deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))


@pytest.mark.row("P2")
@pytest.mark.parametrize("examples", [30, pytest.param(1_000, marks=pytest.mark.campaign)])
def test_any_table_of_a_template_is_the_same_everywhere(examples: int, tally: Tally) -> None:
    @settings(_PLAIN, max_examples=examples)
    @given(made_by_templates(6))
    def law(drawn: tuple[tuple[ColumnSpec, ...], list[Entry], tuple[str, ...]]) -> None:
        specs, entries, sections = drawn
        one = build_table(specs, entries, Location(file="模板.yaml"), sections)
        assert_same_everywhere(one)
        slots = by_grid(one)
        assert_as_the_template_asks(one, specs, entries, slots[len(one.head) :])
        heads = [tuple(filter(None, dict.fromkeys(column))) for column in zip(*slots[: len(one.head)], strict=True)]
        assert heads == [tuple(dict.fromkeys(path)) for path in _titles(specs)]
        tally.survived()

    law()


@pytest.mark.row("P2")
@pytest.mark.parametrize("examples", [1, pytest.param(60, marks=pytest.mark.campaign)])
def test_any_table_of_a_template_is_the_same_on_the_pages_of_both_engines(examples: int, tally: Tally) -> None:
    """With rows enough to go over pages; texts that differ, so that no row can stand for another one."""

    @settings(_PLAIN, max_examples=examples)
    @given(made_by_templates(6), st.integers(1, 30))
    def law(drawn: tuple[tuple[ColumnSpec, ...], list[Entry], tuple[str, ...]], long: int) -> None:
        specs, entries, sections = drawn
        more = [Entry(sheet=Sheet.TASKS, text=sentences(n % long + 1, f"句{n}"), category="长") for n in range(12)]
        assert_same_on_pages(build_table(specs, [*entries, *more], Location(file="模板.yaml"), sections))
        tally.survived(len(PdfEngine))

    law()


# ---- any cut of a rectangle into cells


@st.composite
def cut_anyhow(draw: st.DrawFn) -> Table:
    """A table of any spans, each cell with a text of its own or none: one column to twenty."""
    width, height, heads = draw(st.integers(1, 20)), draw(st.integers(1, 6)), draw(st.integers(0, 2))
    parts = [_cut(draw, each, width, name) for each, name in ((heads, "头"), (height, "体"))]
    return table((1 / width,) * width, *parts)


def _cut(draw: st.DrawFn, height: int, width: int, name: str) -> list[Row]:
    taken: set[tuple[int, int]] = set()
    rows: list[Row] = []
    for r in range(height):
        cells = []
        for c in range(width):
            if (r, c) in taken:
                continue
            free = next((x for x in range(c, width) if (r, x) in taken), width) - c
            right = draw(st.integers(1, free)) if draw(st.booleans()) else 1
            down = draw(st.integers(1, height - r)) if draw(st.booleans()) else 1
            taken |= {(y, x) for y in range(r, r + down) for x in range(c, c + right)}
            text = f"{name}{r}，{c}" if draw(st.integers(0, 4)) else ""
            cells.append(cell(text, right=right, down=down))
        rows.append(row(*cells))
    return rows


@pytest.mark.row("P2")
@pytest.mark.parametrize("examples", [30, pytest.param(1_000, marks=pytest.mark.campaign)])
def test_any_cut_of_a_table_into_cells_is_the_same_everywhere(examples: int, tally: Tally) -> None:
    @settings(_PLAIN, max_examples=examples)
    @given(cut_anyhow())
    def law(one: Table) -> None:
        assert_same_everywhere(one)
        tally.survived()

    law()

"""One cause is one difference: what a clerk changed once must not look like ten."""

from __future__ import annotations

from reportgen.comparison.contents.text_content import text_content
from reportgen.comparison.differences.comparing import differences
from reportgen.comparison.model import (
    Box,
    Cell,
    Content,
    Difference,
    FileKind,
    Layer,
    PageFacts,
    Paragraph,
    Piece,
    Setting,
    Table,
)

ALL = frozenset({Layer.TEXT, Layer.STRUCTURE, Layer.STYLE})
SIDES = ("上框线", "下框线", "左框线", "右框线")


def said(first: Content, second: Content, layers: frozenset[Layer] = ALL) -> list[str]:
    found: tuple[Difference, ...] = tuple(differences(first, second, layers))
    return [each.said for each in found]


def table(outer: str, inner: str) -> Content:
    """Three rows and three columns, each with a line around it."""

    def look(row: int, column: int) -> dict[str, str]:
        edges = (row == 0, row == 2, column == 0, column == 2)
        return dict(zip(SIDES, (outer if edge else inner for edge in edges), strict=True))

    cells = tuple(
        Cell(row=row, column=column, paragraphs=(text(f"格{row}{column}"),), look=look(row, column))
        for row in range(3)
        for column in range(3)
    )
    grid = Table(cells=cells, row_count=3, column_count=3, widths=(30.0, 30.0, 30.0), head_rows=1)
    return Content(kind=FileKind.DOCX, name="a.docx", blocks=(grid,), layers=ALL)


def text(words: str, size: float = 16.0, indent: float | str | None = None) -> Paragraph:
    look = {} if indent is None else {"首行缩进": indent}
    return Paragraph(pieces=(Piece(words, Setting(size_pt=size)),), look=look)


def flow(*paragraphs: Paragraph) -> Content:
    return Content(kind=FileKind.DOCX, name="a.docx", blocks=paragraphs, layers=ALL)


def test_all_lines_of_a_table_made_thinner_are_one_difference() -> None:
    (one,) = said(table("单线 1磅", "单线 0.5磅"), table("单线 0.5磅", "单线 0.25磅"))
    assert "全表（9格）：框线 单线 1磅、单线 0.5磅 → 单线 0.5磅、单线 0.25磅" in one


def test_the_line_of_one_row_is_still_told_by_its_side() -> None:
    first = table("单线 1磅", "单线 0.5磅")
    (grid,) = first.blocks
    assert isinstance(grid, Table)
    cells = tuple(
        Cell(row=c.row, column=c.column, paragraphs=c.paragraphs, look={**c.look, "下框线": "单线 2磅"})
        if c.row == 2
        else c
        for c in grid.cells
    )
    changed = Table(cells=cells, row_count=3, column_count=3, widths=grid.widths, head_rows=1)
    (one,) = said(first, Content(kind=FileKind.DOCX, name="b.docx", blocks=(changed,), layers=ALL))
    assert "下框线 单线 1磅 → 单线 2磅" in one


def test_an_indent_of_two_letters_is_none_the_less_when_the_letters_become_smaller() -> None:
    words = "按照工作部署，对各项目标任务逐项督查。"
    # Twentieths of a point are no hundredths of a millimetre.
    assert said(flow(text(words, 16.0, 11.29)), flow(text(words, 16.0, 1.99)))[0].endswith("首行缩进 11.3毫米 → 2毫米")
    smaller = said(flow(text(words, 16.0, 11.29)), flow(text(words, 14.0, 9.88)))
    assert [line.rpartition("：")[2] for line in smaller] == ["字号 三号 → 四号"]
    kept = said(flow(text(words, 16.0, "2字符")), flow(text(words, 14.0, 11.1)))
    assert [line.rpartition("：")[2] for line in kept] == ["字号 三号 → 四号"]
    other = said(flow(text(words, 16.0, 11.29)), flow(text(words, 14.0, 5.0)))
    assert len(other) == 2


def test_a_file_that_has_another_name_is_told_once_in_a_record_of_lines() -> None:
    lines = [f'{{"file": "{{}}台账.xlsx", "row": {number}}}' for number in range(40)]
    before, after = ("\n".join(line.replace("{}", folder) for line in lines) for folder in ("上期的/", "新的一套/"))
    (one,) = said(text_content(before.encode(), "a.json"), text_content(after.encode(), "a.json"))
    assert one.startswith("第1行等40行：“")


def test_a_digit_changed_in_many_lines_is_told_line_by_line() -> None:
    before, after = ("\n".join(f"任务{number}：{figure}项" for number in range(5)) for figure in (3, 4))
    assert len(said(text_content(before.encode(), "a.txt"), text_content(after.encode(), "a.txt"))) == 5


def pdf(words: str, cut: int) -> Content:
    """A paragraph whose first letters stand on the first page, the rest on the second."""
    boxes = (Box(1, 28, 250, 180, 256), Box(2, 28, 40, 180, 46))
    pages = tuple(
        PageFacts(number=box.page, width=210, height=297, fingerprint="", lines=((part, box),))
        for box, part in zip(boxes, (words[:cut], words[cut:]), strict=True)
    )
    block = Paragraph(pieces=(Piece(words, Setting(size_pt=16)),), page=1, boxes=boxes)
    return Content(kind=FileKind.PDF, name="a.pdf", blocks=(block,), pages=pages, layers=ALL)


def test_a_change_is_on_the_page_where_its_letters_stand_not_where_the_paragraph_begins() -> None:
    words = "全区经济运行总体平稳，主要指标好于预期，各项重点任务有序推进，办结群众诉求49件。"
    (late,) = said(pdf(words, 20), pdf(words.replace("49", "50"), 20))
    assert "（第2页）" in late
    (early,) = said(pdf(words, 20), pdf(words.replace("平稳", "稳定"), 20))
    assert "（第1页）" in early


def test_where_a_line_ends_in_a_cell_of_a_pdf_is_no_other_text() -> None:
    def held(*lines: str) -> Content:
        cells = (
            Cell(row=0, column=0, paragraphs=(text("序号"),)),
            Cell(row=1, column=0, paragraphs=tuple(map(text, lines))),
        )
        grid = Table(cells=cells, row_count=2, column_count=1, widths=(30.0,), head_rows=1)
        return Content(kind=FileKind.PDF, name="a.pdf", blocks=(grid,), layers=ALL)

    assert said(held("生活垃圾分类联席会议成员单位"), held("生活垃圾分类联席会", "议成员单位")) == []

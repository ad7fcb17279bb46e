"""One edit is one difference (一处改动一处差异): edits whose traces stand in several places of the file."""

from __future__ import annotations

from lxml import etree

from reportgen.comparison.contents.parts import with_parts
from reportgen.comparison.contents.pdf_text import text_of
from reportgen.comparison.contents.word_content import word_content
from reportgen.comparison.differences.comparing import differences
from reportgen.comparison.model import Content, Difference, Layer
from reportgen.comparison.telling import told_change
from reportgen.review.page import Letter, Line, Setting
from tests.comparison_faults import Draft, Element, W, cells, paragraphs, parts_of, said, set_property
from tests.samples import made

ALL = frozenset((Layer.TEXT, Layer.STRUCTURE, Layer.STYLE))


def content(blob: bytes) -> Content:
    return with_parts(word_content(blob, "报告.docx"))


def sample() -> Draft:
    return Draft(parts_of(made()[".docx"]))


def both_ways(draft: Draft, layers: frozenset[Layer] = ALL) -> tuple[Difference, ...]:
    """What differs of the sample now; asked from the other side as many."""
    first, second = content(made()[".docx"]), content(draft.blob())
    found = differences(first, second, layers)
    assert len(differences(second, first, layers)) == len(found)
    return found


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.before, each.after) for each in found]


def change_places(one: Element, other: Element) -> None:
    """Two cells say what the other one said."""
    first, second = one.findall(W + "p"), other.findall(W + "p")
    for paragraph in first:
        other.append(paragraph)
    for paragraph in second:
        one.append(paragraph)


def empty(cell: Element) -> None:
    for paragraph in cell.findall(W + "p"):
        for run in paragraph.findall(W + "r"):
            paragraph.remove(run)


def test_two_heads_that_changed_places_are_two_cells_and_not_every_cell_below() -> None:
    draft = sample()
    goal, units = [cell for cell in cells(draft, "附件1") if cell.spot.row == 0][1:3]
    change_places(goal.element, units.element)
    assert sorted(told(both_ways(draft))) == sorted(
        [("text.changed", goal.spot.text, units.spot.text), ("text.changed", units.spot.text, goal.spot.text)]
    )


def test_a_column_that_moved_with_its_head_is_one_difference() -> None:
    draft = sample()
    (table,) = {cell.row.getparent() for cell in cells(draft, "附件1")}
    assert table is not None
    for row in table.iter(W + "tr"):
        _, goal, units, *_ = row.findall(W + "tc")
        goal.addprevious(units)
    assert [each.kind for each in both_ways(draft, frozenset((Layer.TEXT,)))] == ["column.moved"]


def test_a_row_that_moved_under_another_category_is_told_as_moved_alone() -> None:
    draft = sample()
    rows = {cell.spot.row: cell.row for cell in cells(draft, "附件3")}
    rows[93].addnext(rows[104])
    assert [each.kind for each in both_ways(draft)] == ["row.moved"]


def test_a_table_that_stands_elsewhere_has_lost_no_indent() -> None:
    draft = sample()
    table = next(table for table in draft.root().iter(W + "tbl"))
    properties = table.find(W + "tblPr")
    assert properties is not None
    for old in properties.findall(W + "jc"):
        properties.remove(old)
    left = draft.blob()
    style = properties.find(W + "tblW")
    assert style is not None
    style.addnext(etree.Element(W + "jc", {W + "val": "right"}))
    found = differences(content(left), content(draft.blob()), ALL)
    assert told(found) == [("style.changed", "左", "右")]


def test_letters_of_another_kind_in_the_place_of_others_are_no_other_face() -> None:
    draft = sample()
    number, task = [cell for cell in cells(draft, "附件3") if cell.spot.row == 49 and cell.spot.text][:2]
    assert number.spot.text == "49"
    next(number.element.iter(W + "t")).text = "四十九"
    assert told(both_ways(draft)) == [("text.changed", "49", "四十九")]
    assert task.spot.text


def test_a_face_of_its_own_for_a_word_in_the_place_of_a_word_is_still_told() -> None:
    draft = sample()
    cell = next(each for each in cells(draft, "附件3") if each.spot.row == 49 and each.spot.column == "责任单位")
    run = next(cell.element.iter(W + "r"))
    next(run.iter(W + "t")).text = "财政局"
    face = "华文新魏"
    set_property(run, "rPr", "rFonts", ascii=face, hAnsi=face, eastAsia=face)
    assert [each.kind for each in both_ways(draft)] == ["text.changed", "style.changed"]


def test_a_double_line_through_letters_is_one_effect() -> None:
    draft = sample()
    element, _ = paragraphs(draft, "Normal")[2]
    for run in element.iter(W + "r"):
        properties = run.find(W + "rPr")
        assert properties is not None
        properties.append(etree.Element(W + "dstrike"))
    (found,) = both_ways(draft)
    assert (found.subject, found.after) == ("文字效果", "双删除线")


def test_lines_that_are_counted_at_the_margin_are_seen() -> None:
    draft = sample()
    section = next(draft.root().iter(W + "sectPr"))
    etree.SubElement(section, W + "lnNumType", {W + "countBy": "5"})
    (found,) = both_ways(draft)
    assert (found.layer, found.subject, found.before, found.after) == (Layer.STRUCTURE, "行号", "无", "每5行")


def test_a_row_that_was_emptied_is_no_row_gone_and_another_come() -> None:
    draft = sample()
    row = next(cell.row for cell in cells(draft, "附件3") if cell.spot.row == 49)
    texts = [said(cell) for cell in row.iter(W + "tc") if said(cell)]
    for cell in row.iter(W + "tc"):
        empty(cell)
    found = both_ways(draft)
    assert [each.kind for each in found] == ["text.changed"] * len(texts)


def test_a_paragraph_that_was_emptied_is_one_difference() -> None:
    draft = sample()
    element, spot = paragraphs(draft, "Normal")[4]
    for run in element.findall(W + "r"):
        element.remove(run)
    (found,) = both_ways(draft)
    assert (found.layer, found.after) == (Layer.TEXT, "")
    assert spot.text.startswith(found.before.split("…")[0])


def test_the_room_that_a_program_leaves_between_words_and_figures_is_no_blank() -> None:
    setting = Setting("仿宋", 16.0, (0, 0, 0), False, True)
    size = 16.0 * 25.4 / 72

    def line(gap: float) -> Line:
        letters, left = [], 0.0
        for letter in "月2亿":
            letters.append(Letter(letter, left, left + size, 10.0, (left, 5.0, left + size, 10.0), setting))
            left += size * (1 + gap)
        return Line(tuple(letters))

    assert text_of(line(0.25)) == text_of(line(0.6)) == "月2亿"
    assert text_of(line(1.2)) == "月 2 亿"


def test_what_is_quoted_is_the_same_from_either_side_and_cuts_no_figure() -> None:
    before = "1—6月，固定资产投资增长8.2%，其中工业投资增长12.4%，基础设施投资增长9.5%，房地产开发投资下降3.7%。"
    after = "1-6月，固定资产投资同比增长12%（主城区第2名）。"
    there, back = told_change(before, after), told_change(after, before)
    assert (there.before, there.after) == (back.after, back.before)
    assert told_change("全区的固定资产投资增长8.25%，高于全市", "全区的固定资产投资同比增长8.25%，高于全市").said == (
        "“…资产投资增长8.25%…” → “…资产投资同比增长8.25%…”"
    )

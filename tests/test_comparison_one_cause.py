"""One edit is one difference (一处改动一处差异): edits whose traces stand in several places of the file."""

from __future__ import annotations

import io

import docx
import pytest
from lxml import etree

from reportgen.comparison.contents.common_ground import common_ground
from reportgen.comparison.contents.parts import with_parts
from reportgen.comparison.contents.pdf_text import text_of
from reportgen.comparison.contents.word_content import word_content
from reportgen.comparison.differences.comparing import differences
from reportgen.comparison.model import (
    Box,
    Cell,
    Content,
    Difference,
    FileKind,
    Layer,
    Paragraph,
    Piece,
    Section,
    Setting,
    Table,
)
from reportgen.comparison.telling import told_change
from reportgen.review.page import Letter, Line
from reportgen.review.page import Setting as PageSetting
from reportgen.word.parts import A
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
    setting = PageSetting("仿宋", 16.0, (0, 0, 0), False, True)
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


def test_what_a_terminal_takes_for_a_command_and_what_turns_the_direction_is_never_shown() -> None:
    told = told_change("一般公共预算收入增长", "\u009b31m一般\u202e公共预算\u2066收入\x1b[0m增长\u2028")
    shown = told.before + told.after + told.said
    assert not set(shown) & set("\x1b\u009b\u202e\u2066\u2028")
    assert "�" in told.after


def test_of_the_paragraphs_of_a_cell_the_one_that_changed_is_named() -> None:
    draft = sample()
    cell = next(each for each in cells(draft, "附件3") if each.spot.row and each.spot.text.count("局") == 3)
    second = [each for each in cell.element.findall(W + "p") if said(each)][1]
    for run in second.iter(W + "r"):
        set_property(run, "rPr", "b")
    (found,) = both_ways(draft)
    assert f"“{said(second)}”加粗 否 → 是" in found.said


def pdf(*rows: tuple[tuple[str, ...], int]) -> Content:
    """A table of two columns on pages: each row's texts, and its page; of a cell a line for each line."""
    made = [
        Cell(
            row=number,
            column=column,
            paragraphs=tuple(
                Paragraph(pieces=(Piece(line, Setting(face="仿宋")),), page=page, boxes=(Box(page, 0, 0, 1, 1),))
                for line in text.split("\n")
            ),
            page=page,
            boxes=(Box(page, 0, 0, 1, 1),),
        )
        for number, (texts, page) in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    table = Table(cells=tuple(made), row_count=len(rows), column_count=2, head_rows=1, boxes=(Box(1, 0, 0, 9, 9),) * 2)
    section = Section(setup={}, first_block=0)
    return Content(kind=FileKind.PDF, name="报告.pdf", blocks=(table,), sections=(section,), layers=TEXTS)


TEXTS = frozenset((Layer.TEXT, Layer.STRUCTURE))
HEAD = (("任务", "进展"), 1)


def test_a_row_that_a_page_end_parts_is_one_though_rows_before_it_came() -> None:
    first = pdf(HEAD, (("修路", "已完工"), 1), (("建学校", "停工四个月，宿舍楼没有动工"), 1))
    second = pdf(
        HEAD,
        (("修路", "已完工"), 1),
        (("架桥", "正在立项，年底开工"), 1),
        (("建学校", "停工四个"), 1),
        (("", "月，宿舍楼没有动工"), 2),
    )
    for one, two, kind in ((first, second, "row.added"), (second, first, "row.gone")):
        assert [each.kind for each in differences(*common_ground(one, two), TEXTS)] == [kind]


def test_where_a_line_of_a_cell_ends_is_no_text_of_a_page() -> None:
    first, second = (pdf(HEAD, (("修路", text), 1)) for text in ("区分类联席会议成员单位", "区分类联席会\n议成员单位"))
    assert differences(first, second, TEXTS) == ()


def picture(blob: bytes, *, width: int = 30) -> Draft:
    """A Word file with a picture."""
    from docx.shared import Mm
    from PIL import Image

    image = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(image, "PNG")
    document = docx.Document(io.BytesIO(blob))
    image.seek(0)
    document.paragraphs[0].add_run().add_picture(image, width=Mm(width))
    made = io.BytesIO()
    document.save(made)
    return Draft(parts_of(made.getvalue()))


@pytest.mark.parametrize(
    ("element", "attribute", "value", "words"),
    [("xfrm", "rot", "5400000", "旋转90度"), ("xfrm", "flipH", "1", "左右翻转"), ("stretch", "", "", "裁剪左20%")],
)
def test_a_picture_that_was_turned_or_cut_is_seen(element: str, attribute: str, value: str, words: str) -> None:
    draft = picture(made()[".docx"])
    before = content(draft.blob())
    found = next(draft.root().iter(A + element))
    if attribute:
        found.set(attribute, value)
    else:
        found.addprevious(etree.Element(A + "srcRect", {"l": "20000"}))
    (one,) = differences(before, content(draft.blob()), ALL)
    assert (one.subject, one.after) == ("图片", f"{one.before} {words}")


def test_columns_that_stand_further_apart_or_have_a_line_between_are_seen() -> None:
    draft = sample()
    section = next(draft.root().iter(W + "sectPr"))
    for old in section.findall(W + "cols"):
        section.remove(old)
    columns = etree.SubElement(section, W + "cols", {W + "num": "2"})
    usual = content(draft.blob())
    columns.set(W + "space", "720")
    assert differences(usual, content(draft.blob()), ALL) == ()
    columns.set(W + "space", "1440")
    (apart,) = differences(usual, content(draft.blob()), ALL)
    assert (apart.before, apart.after) == ("2", "2栏，间距25毫米")
    columns.set(W + "space", "720")
    columns.set(W + "sep", "1")
    (ruled,) = differences(usual, content(draft.blob()), ALL)
    assert (ruled.before, ruled.after) == ("2", "2栏，有分隔线")


def test_a_shape_that_goes_with_the_text_is_seen_and_so_is_its_colour() -> None:
    draft = sample()
    before = content(draft.blob())
    vml = "urn:schemas-microsoft-com:vml"
    run = etree.SubElement(paragraphs(draft, "Normal")[2][0], W + "r")
    shape = etree.SubElement(etree.SubElement(run, W + "pict"), f"{{{vml}}}rect", nsmap={"v": vml})
    shape.set("style", "position:absolute;width:72pt;height:36pt")
    shape.set("fillcolor", "red")
    red = content(draft.blob())
    (come,) = differences(before, red, ALL)
    assert (come.subject, come.before, come.after) == ("图形", "无", "图形rect 25.4×12.7毫米 red")
    shape.set("fillcolor", "blue")
    (other,) = differences(red, content(draft.blob()), ALL)
    assert (other.before[-3:], other.after[-4:]) == ("red", "blue")

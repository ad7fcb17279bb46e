"""What differs between two contents, and how it is told (差异及其说法)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reportgen.comparison.contents.parts import with_parts
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
    Table,
    Tolerance,
)
from tests.contents_by_hand import BODY, FLOW, LOOK, content, differ, para, said, table
from tests.samples import made

HEAD = ["序号", "工作任务", "责任单位", "进展情况"]
ROWS: list[list[str | None]] = [
    ["1", "壮大智能装备三大集群，产值突破620亿元", "区经济信息委", "1—6月，产值完成298.4亿元，占全年的48.1%。"],
    ["2", "推动鼎屿传动二期建成投产", "高新区管委会", "4条减速器产线已安装3条，剩余1条正在调试。"],
    ["3", "新增公共停车泊位3000个", "区城管局", "截至6月底，累计办理49件，建成410个。"],
    ["4", "建成日处理300吨的餐厨垃圾处理厂", "区城投集团", "处理厂新址完成地形测量，正在办理手续。"],
    ["5", "新建高标准农田2.8万亩", "区农业农村委", "设计方案尚未通过评审，均未开工。"],
    ["6", "建成竹岭中学", "区教委", "主体工程量完成18%。"],
]
BEFORE = [
    para("关于上半年推进情况的报告", 0),
    para("区政府："),
    para("按照区政府工作部署，现将推进情况报告如下。"),
    para("一、预期目标情况", 1),
    para("1—6月，4项指标符合预期，地区生产总值增长5.6%。"),
    para("二、重点任务情况", 1),
    para("131项任务中，124项正常推进，7项滞后。"),
    para("特此报告。"),
    para("附件1"),
    para("重点任务进展情况表"),
]


def report(rows: Sequence[Sequence[str | None]] = ROWS, head: Sequence[str | None] = HEAD, **looks: object) -> Content:
    return content(*BEFORE, table([head, *rows], **looks))  # type: ignore[arg-type]


def edited(row: int, column: int, text: str | None) -> list[list[str | None]]:
    rows = [[*each] for each in ROWS]
    rows[row][column] = text
    return rows


def body(number: int, *blocks: Paragraph | Table) -> Content:
    """The report with other blocks in the place of one."""
    one = report()
    return replace(one, blocks=(*one.blocks[:number], *blocks, *one.blocks[number + 1 :]))


def only(first: Content, second: Content) -> Difference:
    found = differ(first, second)
    assert len(found) == 1, [each.said for each in found]
    return found[0]


# ---- text


def test_equal_contents_have_no_difference() -> None:
    assert differ(report(), report()) == []


def test_a_changed_cell_is_one_difference_with_its_place_on_both_sides() -> None:
    found = only(report(), report(edited(2, 3, "截至6月底，累计办理50件，建成410个。")))
    assert found.said == "附件1 第3行「进展情况」：“…累计办理49件，建成…” → “…累计办理50件，建成…”"
    assert (found.layer, found.kind, found.subject) == (Layer.TEXT, "text.changed", "文字")
    assert (found.before, found.after) == ("…累计办理49件，建成…", "…累计办理50件，建成…")
    for spot in (found.first, found.second):
        assert spot is not None
        assert (spot.part, spot.table, spot.row, spot.label, spot.column) == ("附件1", 1, 3, "3", "进展情况")
        assert (spot.heading, spot.block, spot.cell) == ("二、重点任务情况", 10, 15)


def test_several_changes_of_one_cell_are_one_difference() -> None:
    one, two = (
        report(edited(0, 3, f"1—6月，产值完成{amount}亿元，是近三年来同期最好的，约占全年的{share}%。"))
        for amount, share in (("298.4", "48.1"), ("301.2", "48.6"))
    )
    assert only(one, two).said == (
        "附件1 第1行「进展情况」："
        "“…产值完成298.4亿元，是…” → “…产值完成301.2亿元，是…”；“…占全年的48.1%。” → “…占全年的48.6%。”"
    )


def test_an_inserted_row_is_one_difference_and_the_shifted_ordinals_are_one() -> None:
    rows = [[*row] for row in ROWS]
    rows.insert(3, ["", "建设数字政务平台", "区大数据局", "已开工。"])
    for number, row in enumerate(rows):
        row[0] = str(number + 1)
    assert said(report(), report(rows)) == [
        "附件1 第4行：增加一行“4｜建设数字政务平台｜区大数据局｜已开工。”",
        "附件1 第5行起：序号顺延，“4” → “5”等3行",
    ]
    assert said(report(rows), report()) == [
        "附件1 原第4行：删去一行“4｜建设数字政务平台｜区大数据局｜已开工。”",
        "附件1 第4行起：序号顺延，“5” → “4”等3行",
    ]


def test_rows_that_came_together_are_one_difference() -> None:
    more = [["", f"新任务{n}", f"区新{n}局", f"已完成{n}件"] for n in range(3)]
    found = only(report(), report([*ROWS[:4], *more, *ROWS[4:]]))
    assert found.said == "附件1 第5行起：增加3行“新任务0｜区新0局｜已完成0件”"
    assert found.second is not None
    assert (found.second.row, found.second.count) == (5, 3)


def test_a_doubled_row_says_so() -> None:
    assert only(report(), report([*ROWS[:3], ROWS[2], *ROWS[3:]])).said.endswith("（与相邻的一行相同）")


def test_two_rows_that_changed_places_are_one_difference_whether_or_not_their_ordinals_went_along() -> None:
    rows = [ROWS[n] for n in (0, 1, 3, 2, 4, 5)]
    counted = [[str(n + 1), *row[1:]] for n, row in enumerate(rows)]
    for each in (rows, counted):
        found = only(report(), report(each))
        assert (found.kind, found.said[:22]) == ("row.moved", "附件1 第3行与第4行：两行对调了位置，“3")
    far = [ROWS[n] for n in (0, 4, 2, 3, 1, 5)]
    assert only(report(), report(far)).said.startswith("附件1 第2行与第5行：两行对调了位置")


def test_a_row_that_went_elsewhere_is_moved() -> None:
    found = only(report(), report([*ROWS[:1], *ROWS[2:], ROWS[1]]))
    assert found.kind == "row.moved"
    assert "移到这里（原第2行）" in found.said


def test_a_wrong_ordinal_is_a_changed_cell() -> None:
    assert only(report(), report(edited(3, 0, "14"))).said == "附件1 第4行「序号」：“4” → “14”"


def test_columns_come_go_change_places_and_names() -> None:
    wide = [[*row, "无"] for row in ROWS]
    assert said(report(), report(wide, [*HEAD, "备注"])) == ["附件1：增加一列「备注」"]
    assert said(report(wide, [*HEAD, "备注"]), report()) == ["附件1：删去一列「备注」"]
    swapped = [[row[0], row[2], row[1], row[3]] for row in ROWS]
    assert said(report(), report(swapped, ["序号", "责任单位", "工作任务", "进展情况"])) == [
        "附件1：「工作任务」列与「责任单位」列对调了位置"
    ]
    assert said(report(), report(head=["序号", "工作任务", "责任单位", "落实情况"])) == [
        "附件1 表头「落实情况」：“进展情况” → “落实情况”"
    ]


def test_a_category_that_grows_with_its_rows_is_not_told_again() -> None:
    rows: list[list[str | None]] = [
        ["类别", "任务"],
        ["教育", "建成竹岭中学"],
        ["^", "建成小学一所"],
        ["民政", "建养老院"],
    ]
    more: list[list[str | None]] = [*rows[:2], ["^", "改造三所幼儿园"], *rows[2:]]
    one, two = (content("甲", table(each)) for each in (rows, more))
    assert said(one, two) == ["正文 表格 第2行：增加一行“改造三所幼儿园”"]
    assert said(two, one) == ["正文 表格 原第2行：删去一行“改造三所幼儿园”"]


def test_an_inserted_section_shifts_the_headings_behind_it() -> None:
    new = (para("二、新增情况", 1), para("本节说明新增的有关情况。"), para("三、重点任务情况", 1))
    assert said(report(), body(5, *new)) == [
        "正文 第6段起：增加2段“二、新增情况”",
        "正文 第8段：序号顺延，“二、” → “三、”",
    ]


def test_a_heading_with_another_number_and_nothing_else_is_a_changed_text() -> None:
    assert said(report(), body(5, para("三、重点任务情况", 1))) == [
        "正文 第6段：“二、重点任务情况” → “三、重点任务情况”"
    ]


def test_paragraphs_that_changed_places_are_moved() -> None:
    one = report()
    two = replace(one, blocks=(*one.blocks[:2], one.blocks[6], *one.blocks[2:6], *one.blocks[7:]))
    assert said(one, two) == ["正文 第3段：一段“131项任务中，124项正常推进，7项滞后。”移到这里（正文 原第7段）"]


def test_a_replaced_paragraph_is_one_difference() -> None:
    assert only(report(), body(6, para("有关情况另行报告。"))).kind == "text.changed"


def test_what_the_eye_does_not_see_is_said() -> None:
    assert said(report(), body(4, para("1—6月， 4项指标符合预期，地区生产总值增长5.6%。")))[0].endswith(
        "（多一个空格）"
    )
    wide = said(report(), body(4, para("1—6月,4项指标符合预期，地区生产总值增长5.6%。")))
    assert wide[0].endswith("（全角「，」改为半角「,」）")


def test_white_space_at_the_end_of_a_line_is_no_difference() -> None:
    assert differ(report(), body(4, para("1—6月，4项指标符合预期，地区生产总值增长5.6%。 "))) == []


def test_line_breaks_are_shown() -> None:
    assert said(report(edited(5, 2, "区教委\n区城管局")), report(edited(5, 2, "区教委\n区水利局"))) == [
        "附件1 第6行「责任单位」：“区教委⏎区城管局” → “区教委⏎区水利局”"
    ]


def test_an_emptied_cell_and_a_filled_one() -> None:
    assert said(report(), report(edited(5, 2, ""))) == ["附件1 第6行「责任单位」：删去“区教委”"]
    assert said(report(edited(5, 2, "")), report()) == ["附件1 第6行「责任单位」：增加“区教委”"]


def test_footers_and_notes_are_told_once_for_all_sections() -> None:
    def with_footer(text: str) -> Content:
        edges = {"页脚": (para(text),)}
        sections = (Section(setup={}, first_block=0, edges=edges), Section(setup={}, first_block=8, edges=edges))
        return replace(report(), sections=sections, beside=(("脚注", para(f"注：{text}")),))

    assert said(with_footer("第1页"), with_footer("—1—")) == ["页脚：“第1页” → “—1—”", "脚注：“注：第1页” → “注：—1—”"]


def test_pages_of_pdfs_stand_behind_the_place() -> None:
    def pdf(text: str, page: int) -> Content:
        block = Paragraph(pieces=(Piece(text, BODY),), page=page, boxes=(Box(page, 28, 40, 180, 48),))
        return replace(content(block, kind=FileKind.PDF), name="a.pdf")

    found = only(pdf("已完成49件", 12), pdf("已完成50件", 13))
    assert found.said == "正文 第1段（原第12页，现第13页）：“已完成49件” → “已完成50件”"
    assert found.second is not None
    assert found.second.boxes == (Box(13, 28, 40, 180, 48),)


def test_lines_of_text_files_are_counted_with_the_blank_ones() -> None:
    one, two = (
        replace(content("甲: 1", "", text, kind=FileKind.TEXT), layers=frozenset((Layer.TEXT,)))
        for text in ("乙: 2", "乙: 3")
    )
    assert said(one, two) == ["第3行：“乙: 2” → “乙: 3”"]


# ---- structure


def test_a_paragraph_cut_in_two_is_no_difference_of_the_text() -> None:
    two = body(6, para("131项任务中，"), para("124项正常推进，7项滞后。"))
    assert differ(report(), two, Layer.TEXT) == []
    assert only(report(), two).kind == "paragraph.split"
    assert only(two, report()).said == ("正文 第7段（“131项任务中，……”）：2段并成了一段，原第2段从“124项正常推进……”起")


def test_a_table_cut_in_two_is_one_difference() -> None:
    halves = (table([HEAD, *ROWS[:3]]), para(""), table([HEAD, *ROWS[3:]]))
    assert only(report(), body(10, *halves)).kind == "table.split"
    assert only(body(10, *halves), report()).kind == "table.joined"
    changed = (*halves[:2], table([HEAD, *edited(4, 2, "区教委")[3:]]))
    assert [each.kind for each in differ(report(), body(10, *changed))] == ["text.changed", "table.split"]


def test_merged_cells_are_told_with_what_they_said() -> None:
    joined = edited(2, 2, "区城管局\n区城投集团")
    joined[3][2] = "^"
    assert said(report(), report(joined)) == [
        "附件1 第3行「责任单位」：2个单元格合并成了一个（“区城管局”、“区城投集团”）"
    ]
    assert said(report(joined), report()) == [
        "附件1 第3行「责任单位」：一个单元格拆分成了2个单元格（“区城管局”、“区城投集团”）"
    ]
    lost = edited(3, 2, "^")
    assert said(report(), report(lost))[0].endswith("，“区城投集团”不再出现")
    assert len(said(report(), report(lost), Layer.TEXT)) == 1


def test_tiers_of_a_head() -> None:
    below: list[list[str | None]] = [["^", "^", "上半年", "全年"], ["1", "建园", "2", "5"]]
    low, flat = ([["序号", "任务", "完成情况", last], *below] for last in (None, "备注"))
    one, two = (content("甲", table(each, heads=2)) for each in (low, flat))
    assert said(one, two) == [
        "正文 表格 表头「完成情况」：一个单元格拆分成了2个单元格（“完成情况”、“备注”），“备注”是新出现的"
    ]
    changed: list[list[str | None]] = [*low[:2], ["1", "建园", "3", "5"]]
    assert said(one, content("甲", table(changed, heads=2))) == ["正文 表格 第1行「上半年」：“2” → “3”"]


def test_levels_page_breaks_widths_and_heads() -> None:
    assert said(report(), body(5, para("二、重点任务情况", 2))) == [
        "正文 第6段（“二、重点任务情况”）：标题级别由大纲1级改为大纲2级"
    ]
    assert said(report(), body(8, para("附件1", page_break=True))) == ["附件1 第1段（“附件1”）：由不另起页改为另起一页"]
    assert said(report(widths=(10, 60, 40, 100)), report(widths=(10.3, 50, 40, 110))) == [
        "附件1：列宽不同，「工作任务」60.0毫米 → 50.0毫米，「进展情况」100.0毫米 → 110.0毫米"
    ]
    assert said(report(), report(heads=0), Layer.STRUCTURE) == ["附件1：表头行数由1行改为0行"]


def test_blank_lines_are_of_the_structure() -> None:
    two = body(3, para(""), para("一、预期目标情况", 1))
    assert said(report(), two) == ["正文 第3段（“按照区政府工作部……”）之后：增加一个空行"]
    assert differ(report(), two, Layer.TEXT) == []


def test_what_is_added_is_told_by_the_structure_where_the_text_is_not_asked_for() -> None:
    found = differ(report(), report([*ROWS, ["7", "新任务", "区某局", "无"]]), Layer.STRUCTURE)
    assert [(each.layer, each.kind) for each in found] == [(Layer.STRUCTURE, "row.added")]


# ---- style


def test_some_words_set_otherwise_are_told_with_the_words() -> None:
    bold = para("1—6月，¦4项指标符合预期，地区生产总值增长5.6%。")
    assert said(report(), body(4, bold)) == ["正文 第5段：“1—6月，”加粗 否 → 是"]
    kai = replace(BODY, face="楷体_GB2312")
    one, two = (
        body(6, Paragraph(pieces=(Piece("（一）经济指标。", setting), Piece("总体平稳。", BODY)), look=LOOK))
        for setting in (kai, BODY)
    )
    assert said(one, two) == ["正文 第7段：“（一）经济指标。”字体 楷体_GB2312 → 仿宋_GB2312"]


def test_what_one_hand_changed_in_many_places_is_one_difference() -> None:
    song = replace(BODY, face="宋体")
    two = content(*(para(block.text, block.level, song) for block in BEFORE), table([HEAD, *ROWS]))
    found = only(report(), two)
    assert found.said == "正文 第1段（“关于上半年推进情……”）等10段：字体 仿宋_GB2312 → 宋体"
    assert found.second is not None
    assert found.second.count == 10
    small = replace(BODY, size_pt=10.5)
    assert said(report(), report(setting=small)) == ["附件1 全表（28格）：字号 三号 → 五号"]


def with_cells(change) -> Content:
    one = report()
    shown = one.blocks[-1]
    assert isinstance(shown, Table)
    return replace(one, blocks=(*one.blocks[:-1], replace(shown, cells=tuple(map(change, shown.cells)))))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (lambda cell: cell.row == 3 and cell.column == 2, "附件1 第3行「责任单位」：底纹 无 → D9D9D9"),
        (lambda cell: cell.column == 2, "附件1 「责任单位」列（7格）：底纹 无 → D9D9D9"),
        (lambda cell: cell.row == 3, "附件1 第3行（4格）：底纹 无 → D9D9D9"),
        (lambda cell: True, "附件1 全表（28格）：底纹 无 → D9D9D9"),
    ],
)
def test_cells_are_told_as_a_person_would_name_them(chosen, expected) -> None:
    def shaded(cell: Cell) -> Cell:
        return replace(cell, look={**cell.look, "底纹": "D9D9D9"}) if chosen(cell) else cell

    assert said(report(), with_cells(shaded)) == [expected]


def test_a_rule_between_two_cells_is_one_rule() -> None:
    def ruled(cell: Cell, line: str) -> Cell:
        sides = {(2, 1): "下框线", (3, 1): "上框线"}
        name = sides.get((cell.row, cell.column))
        return replace(cell, look={**cell.look, name: line}) if name else cell

    one, two = (with_cells(lambda cell, line=line: ruled(cell, line)) for line in ("单线 0.5磅", "双线 1.5磅"))
    assert said(one, two) == ["附件1 第2行「工作任务」：下框线 单线 0.5磅 → 双线 1.5磅"]


def test_a_heading_that_became_text_is_told_by_its_level_alone() -> None:
    hei = replace(BODY, face="黑体")
    blocks = [
        para("一、甲", 1, hei),
        para("第一段文字。"),
        para("二、乙", 1, hei),
        para("第二段文字。"),
        para("三、丙", 1, hei),
    ]
    one = content(*blocks)
    two = content(*blocks[:2], para("二、乙"), *blocks[3:])
    assert [each.kind for each in differ(one, two)] == ["heading.changed"]
    assert [each.subject for each in differ(one, two, Layer.STYLE)] == ["字体"]


def test_the_tolerance_is_what_is_still_equal() -> None:
    one, two = body(4, para("甲", look={"首行缩进": 11.3})), body(4, para("甲", look={"首行缩进": 11.7}))
    assert differ(one, two) == []
    strict = differences(one, two, FLOW, Tolerance(length_mm=0.1))
    assert [each.said for each in strict] == ["正文 第5段（“甲”）：首行缩进 11.3毫米 → 11.7毫米"]


# ---- parts


def test_parts_are_known_by_the_documents_own_words() -> None:
    blocks: list[str | Paragraph | Table] = ["000001", "青屏区人民政府督查室文件", "青督〔2026〕5号"]
    blocks += [para("关于情况的报告", 0), "区政府："]
    blocks += [
        "现报告如下。附件1中的任务均已完成。",
        "附件：1.目标表",
        "2.任务表",
        "青屏区人民政府督查室",
        "2026年7月10日",
    ]
    blocks += ["附件1", "目标表", table([["甲", "乙"]]), "附 件 2", "任务表", table([["丙", "丁"]])]
    blocks += ["抄送：区委办公室。", "青屏区人民政府督查室", "2026年7月10日印发"]
    parts = [block.part for block in with_parts(content(*blocks)).blocks]
    assert parts == ["版头"] * 3 + ["正文"] * 7 + ["附件1"] * 3 + ["附件2"] * 3 + ["版记"] * 3


def test_parts_that_a_reader_gave_stay() -> None:
    one = content(replace(para("甲"), part="台账"))
    assert with_parts(one) == one


# ---- real files


def test_a_sample_does_not_differ_from_itself_read_again_and_one_cell_is_one_difference() -> None:
    blob = made("qingping-letterhead")[".docx"]
    one, two = word_content(blob, "甲.docx"), word_content(blob, "乙.docx")
    assert differ(one, two) == []
    number = max(n for n, block in enumerate(two.blocks) if isinstance(block, Table) and block.row_count > 100)
    shown = two.blocks[number]
    assert isinstance(shown, Table)
    at = next(n for n, cell in enumerate(shown.cells) if cell.row == 42 and cell.column == shown.column_count - 1)
    cell = shown.cells[at]
    piece = cell.paragraphs[0].pieces[0]
    paragraph = replace(
        cell.paragraphs[0], pieces=(replace(piece, text=piece.text + "已"), *cell.paragraphs[0].pieces[1:])
    )
    cells = (*shown.cells[:at], replace(cell, paragraphs=(paragraph, *cell.paragraphs[1:])), *shown.cells[at + 1 :])
    blocks = (*two.blocks[:number], replace(shown, cells=cells), *two.blocks[number + 1 :])
    found = only(one, replace(two, blocks=blocks))
    assert found.said.startswith("附件3 第42行「任务进展情况」：")
    assert found.second is not None
    assert (found.second.block, found.second.cell) == (number, at)

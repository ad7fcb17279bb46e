"""Returns (部门反馈) as rows: every shape of table that units make up, nothing lost in silence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from reportgen.distribute import distribute, form_words
from reportgen.intake.return_notes import is_note
from reportgen.intake.returns import read_return
from reportgen.ledger.files.excel import read_workbook
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.text import read_csv
from reportgen.ledger.model import Sheet
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import Location
from reportgen.template.loading import load_config
from reportgen.template.return_forms import load_return_form
from tests.ledger_files import as_csv, workbook
from tests.odd_returns import HABITS
from tests.projects import SAMPLE
from tests.return_tables import grid, passage, read, table


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_is_read_and_its_problems_are_told(name):
    habit = HABITS[name]
    found = read(*habit.blocks, file=habit.file)
    assert [(row.given_no, row.text, row.progress) for row in found.rows] == list(habit.rows)
    assert sorted({problem.code for problem in found.problems}) == sorted(habit.codes)
    assert all(len(str(problem)) <= 600 and len(problem.what) <= 300 for problem in found.problems)


# ---- whatever the table looks like

SYNONYMS = {
    "given_no": ["序号", "序 号", "任务序号"],
    "category": ["分类", "任务类别"],
    "text": ["工作任务", "任务名称", "2026年重点任务", "督 查 事 项", "任务内容（摘自报告）"],
    "lead_units": ["责任单位", "牵头部门", "主办单位"],
    "progress": ["进展情况", "截至目前进展情况", "1—6月完成情况", "推进落实情况", "本期进展", "最新进展（请填写）"],
    "judgement": ["推进情况", "状态", "完成状态"],
    "last_progress": ["上期进展情况", "上月进展", "上季度进展情况"],
}
ROWS = [
    {"given_no": "1", "category": "教育", "text": "新建学校2所", "lead_units": "区教委", "progress": "已开工。"},
    {"given_no": "2", "category": "教育", "text": "增加学位300个", "lead_units": "区教委", "progress": "已增加120个。"},
    {
        "given_no": "3",
        "category": "财政",
        "text": "盘活存量资金",
        "lead_units": "区财政局",
        "progress": "已盘活2亿元。",
    },
]
MORE = {"judgement": "正常", "last_progress": "未开工。"}


@st.composite
def shapes(draw: st.DrawFn) -> list[list[str]]:
    """The same three tasks below own headings in any order, with titles, notes and blank rows about them."""
    fields = draw(st.permutations(list(SYNONYMS)))
    head = [draw(st.sampled_from(SYNONYMS[name])) for name in fields]
    above = draw(
        st.lists(st.sampled_from(["重点任务进展情况表", "填报单位：区教委", "（截至2026年6月30日）", ""]), max_size=3)
    )
    lines = [[text] for text in above] + [head]
    for row in ROWS:
        lines += [[""]] * draw(st.integers(0, 2))
        if draw(st.booleans()) and row is not ROWS[0]:
            lines.append(head)
        lines.append([(row | MORE).get(name, "") for name in fields])
    return [*lines, *draw(st.sampled_from([[], [["填报人：某某"]], [["备注：以上为6月底数据。"]]]))]


@given(shapes())
@settings(max_examples=150, deadline=None)
def test_order_headings_titles_and_blank_rows_never_change_what_is_read(lines):
    found = read(grid(lines), file="区教委.xlsx")
    assert [
        {
            "given_no": row.given_no,
            "category": row.category,
            "text": row.text,
            "lead_units": "、".join(row.lead_units),
            "progress": row.progress,
        }
        for row in found.rows
    ] == ROWS
    assert {(row.judgement, row.last_progress, row.others) for row in found.rows} == {("正常推进", "未开工。", ())}
    assert found.unit == "区教委"
    assert {problem.code for problem in found.problems} <= {"return.aside"}


@st.composite
def heaps(draw: st.DrawFn) -> tuple[list[list[str]], list[str]]:
    """A head and below it anything: cells empty or with a text of their own, merged at random."""
    known = [
        "序号",
        "分类",
        "工作任务",
        "责任单位",
        "进展情况",
        "推进情况",
        "配合单位",
        "上期进展情况",
        "报告用语",
        "编号",
    ]
    head = draw(st.permutations([*draw(st.lists(st.sampled_from(known), min_size=2, unique=True)), "联系人", "附件"]))
    count = draw(st.integers(1, 7))
    kinds = st.sampled_from(["", "", "", "数", "字", "字", "行"])
    lines = [list(head)]
    for r in range(count):
        kept = [draw(kinds) for _ in head]
        texts = {"": "", "数": f"{r}", "字": "甲乙丙丁戊", "行": "第一段\n第二段"}
        lines.append([f"{texts[kind]}#{r}.{c}#" if kind else "" for c, kind in enumerate(kept)])
    merged: list[str] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 4))):
        top, left = draw(st.integers(2, count + 1)), draw(st.integers(1, len(head)))
        bottom, right = min(count + 1, top + draw(st.integers(0, 2))), min(len(head), left + draw(st.integers(0, 2)))
        area = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if len(area) == 1 or area & taken:
            continue
        taken |= area
        merged.append(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")
        for r, c in area - {(top, left)}:
            lines[r - 1][c - 1] = ""
    return lines, merged


@given(heaps())
@settings(max_examples=400, deadline=None)
def test_each_cell_is_in_a_row_or_told(heap):
    lines, merged = heap
    found = read(grid(lines, merged))
    said = "".join(
        "".join((row.id, row.given_no, row.category, row.text, row.progress, row.judgement, row.phrase))
        + row.last_progress
        + row.unread_judgement
        + "".join((*row.lead_units, *row.support_units, *(text for _, text in row.others)))
        for row in found.rows
    )
    said += "".join(problem.what for problem in found.problems)
    marks = [mark for line in lines[1:] for cell in line for mark in re.findall(r"#\d+\.\d+#", cell)]
    assert [mark for mark in marks if mark not in said] == [], (lines, merged)


# ---- what else is said of a return


def test_a_broken_cell_is_told_and_its_row_stays_usable():
    blob = workbook(
        {"重点任务": [["序号", "工作任务", "进展情况"], [1, "新建学校2所", "#REF!"], [2, "增加学位", "已增加。"]]}
    )
    sheet = read_workbook(blob, "区教委.xlsx", [Sheet.TASKS]).tables[Sheet.TASKS]
    found = read(sheet, file="区教委.xlsx")
    assert [(row.text, row.progress) for row in found.rows] == [("新建学校2所", ""), ("增加学位", "已增加。")]
    assert [(p.code, p.where and p.where.cell) for p in found.problems] == [("ledger.error-cell", "C2")]


def test_a_gbk_csv_is_read_like_a_workbook():
    rows = [
        ["重点任务进展情况", "", ""],
        ["事项", "单位", "落实情况"],
        ["新建学校2所", "区教委", "已开工。\n正在施工。"],
    ]
    sheet = read_csv(as_csv(rows, "gbk"), "重点任务.csv", STANDARD_WORDS).tables[Sheet.TASKS]
    found = read(sheet, file="重点任务.csv")
    assert [(row.text, row.lead_units, row.progress) for row in found.rows] == [
        ("新建学校2所", ("区教委",), "已开工。\n正在施工。")
    ]
    assert (found.unit, found.unit_from) == ("区教委", "各行的责任单位")


@pytest.mark.parametrize(
    ("title", "name", "head", "sheet"),
    [
        ("", "重点任务", "序号 | 目标任务 | 完成情况", Sheet.TASKS),
        ("2026年预期目标完成情况", "Sheet1", "序号 | 目标任务 | 完成情况", Sheet.GOALS),
        ("", "Sheet1", "序号 | 指标名称 | 完成情况", Sheet.GOALS),
        ("", "Sheet1", "序号 | 督查事项 | 完成情况", Sheet.TASKS),
        ("预期目标和重点任务进展情况", "Sheet1", "序号 | 目标任务 | 完成情况", None),
        ("", "Sheet1", "序号 | 目标任务 | 完成情况", None),
    ],
)
def test_a_table_says_which_sheet_it_belongs_to_or_nothing_does(title, name, head, sheet):
    lines = f"{title}\n{head}\n1 | 新建学校2所 | 已开工。".strip()
    found = read(table(lines, *(["A1:C1"] if title else []), name=name))
    assert [row.sheet for row in found.rows] == [sheet]


def test_without_a_register_the_line_is_taken_as_it_stands():
    found = read(passage("填报单位：区教育委员会（盖章）"), *HABITS["own headings"].blocks, register=None)
    assert (found.unit, found.unit_from) == ("区教育委员会", "填报单位一行")


def test_every_field_has_its_place():
    found = read(table("序号 | 工作任务 | 进展情况 | 联系人\n1 | 新建学校2所 | 已开工。 | 某某"))
    (row,) = found.rows
    assert {name: place.cell for name, place in row.cells.items()} == {"given_no": "A2", "text": "B2", "progress": "C2"}
    assert (row.where.cell, row.others) == ("B2", (("联系人", "某某"),))


def test_a_status_that_is_no_word_is_kept_as_it_is_written():
    found = read(
        table(
            "序号 | 工作任务 | 进展情况 | 完成状态\n1 | 新建学校2所 | 已开工。 | 已完成\n2 | 增加学位 | 增加了。 | 滞后"
        ),
        file="区教委.xlsx",
    )
    assert [(row.judgement, row.unread_judgement, row.others) for row in found.rows] == [
        ("", "已完成", ()),
        ("推进较为滞后", "", ()),
    ]
    assert (found.rows[0].cells["judgement"].cell, found.problems) == ("D2", ())


def test_below_推进情况_a_word_is_the_status_and_a_sentence_the_progress():
    found = read(
        table(
            "序号 | 工作任务 | 目前推进情况\n1 | 新建学校2所 | 一所已开工，一所在招标\n"
            "2 | 增加学位300个 | 正常\n3 | 盘活资金 |"
        ),
        file="区教委.xlsx",
    )
    assert [(row.progress, row.judgement, row.unread_judgement) for row in found.rows] == [
        ("一所已开工，一所在招标", "", ""),
        ("", "正常推进", ""),
        ("", "", ""),
    ]
    assert [problem.code for problem in found.problems] == ["return.guessed-column", "return.empty-progress"]


@pytest.mark.parametrize(
    ("above", "head", "period"),
    [
        ("报告期：2026年1—6月", "1—3月进展情况", "2026年1—6月"),
        ("报告期：2026年1—6月  填报日期：2026年7月3日", "进展情况", "2026年1—6月"),
        ("2026年1—6月重点任务进展情况表", "进展情况", "2026年1—6月"),
        ("上半年重点任务进展情况表", "1—6月进展情况", "上半年"),
        ("2025年1—12月进展情况表", "1—6月进展情况", "2025年1—12月"),
        ("2026年第二季度工作进展情况", "进展情况", "2026年第二季度"),
        ("2026年重点任务进展情况表", "1-6月进展情况", "1-6月"),
        ("（截至2026年6月30日）", "进展情况", "2026年1—6月"),
        ("（截至6月30日）", "进展情况", ""),
        ("重点任务进展情况表", "截至6月底进展情况", ""),
        ("2026年重点任务表", "进展情况", ""),
        ("1—6月进展情况和7—9月工作安排情况", "进展情况", ""),
    ],
)
def test_a_line_a_title_or_the_head_states_the_period(above, head, period):
    lines = f"{above}\n序号 | 工作任务 | {head}\n1 | 新建学校2所 | 已开工。"
    assert read(table(lines, "A1:C1"), file="区教委.xlsx").period == period
    below = table(lines.partition("\n")[2])
    assert read(passage(above), below, file="区教委.docx").period == period


def test_every_word_that_no_row_takes_is_repeated_however_long_it_is():
    words = [f"第{i:03}句话里有一件别处没有说过的事情，" for i in range(60)]
    found = read(
        passage("".join(words[:30])),
        table("序号 | 工作任务 | 进展情况\n1 | 新建学校2所 | 已开工。\n备注：" + "".join(words[30:]), "A3:C3"),
        file="区教委.xlsx",
    )
    told = "".join(re.sub(r"[「」]|接上一条：|第1段|A3", "", problem.what) for problem in found.problems)
    assert [word for word in words if word not in told] == []
    assert {problem.code for problem in found.problems} == {"return.unread-text", "return.aside"}
    assert max(len(problem.what) for problem in found.problems) <= 300


def test_of_a_whole_book_the_beginning_is_repeated_and_the_rest_counted():
    lines = "\n".join(f"第{i}件事情我委都很重视，今后还要一件一件地抓好 | 甲" for i in range(600))
    found = read(table(lines), file="区教委.xlsx")
    told = [problem for problem in found.problems if problem.code == "return.unread-table"]
    assert (len(told), told[-1].what.endswith("格没有收入：太多，不再一一列出")) == (21, True)
    assert sum(int(re.findall(r"有 (\d+) 格", problem.what)[0]) for problem in told) == 1200


def test_our_own_form_comes_back_unfilled_with_empty_rows_and_nothing_else_to_tell():
    distribution = distribute(SAMPLE)
    name, blob = next((form.file, distribution.files[form.file]) for form in distribution.forms if form.supports)
    contents = read_contents(blob, name).value
    prepared = load_return_form(load_config(SAMPLE, SAMPLE.name)[0], SAMPLE.parent, Location(file="配置.yaml")).value
    found = read_return(contents, "0" * 64, form_words(STANDARD_WORDS, prepared), None)
    form = next(each for each in distribution.forms if each.file == name)
    assert len(found.rows) == form.leads + form.supports
    assert {(row.progress, row.judgement, row.unread_judgement, bool(row.id)) for row in found.rows} == {
        ("", "", "", True)
    }
    assert (found.unit, found.period) == (form.unit, "2026年1—6月")
    assert [problem.code for problem in found.problems] == ["return.empty-progress"]


PIECES = [
    "1. 新建#所",
    "2. #",
    "（一）#",
    "一、#",
    "任务名称：#",
    "责任单位：#委",
    "进展情况：",
    "进展：#。",
    "（责任单位：#）",
]
PIECES += ["#", "#。", "存在问题：#", "状态：#", "【进展情况】#", "备注：#", "其中：#，", "编号：#", "上期进展：#", " "]


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), min_size=1, max_size=8))
@settings(max_examples=400, deadline=None)
def test_each_word_of_a_return_in_paragraphs_is_in_a_row_or_told(paragraphs):
    marks: list[str] = []

    def marked(piece: str) -> str:
        if "#" in piece:
            marks.append(f"〈{len(marks)}〉")
        return piece.replace("#", marks[-1] if marks else "")

    lines = ["".join(map(marked, pieces)) for pieces in paragraphs]
    found = read(*(passage(line, number) for number, line in enumerate(lines, 1)), file="区教委.docx")
    said = "".join(f"{row}" for row in found.rows) + "".join(problem.what for problem in found.problems)
    # 责任单位：…… alone in its line is a note; of no unit that the register knows, the problems speak anyway.
    notes = "".join(line for line in lines if is_note(line))
    assert [mark for mark in marks if mark not in said + notes] == [], lines

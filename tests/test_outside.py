"""Returned files (反馈文件): read by their content, refused by name, nothing of them lost in silence."""

from __future__ import annotations

import io
import random
import re
import subprocess
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import xlwt
from openpyxl import Workbook

from reportgen.confine import LIMITS, confined, confined_each
from reportgen.ledger.files.contents import Contents
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.sheet import page_words
from reportgen.ledger.files.workbook import Column, SheetText, write_workbook
from reportgen.ledger.tables import Table
from reportgen.problems import InputError, Outcome, Severity
from tests.bad_files import word_file
from tests.bad_returns import (
    BAD_RETURNS,
    ROWS,
    BadReturn,
    beside_the_cells,
    bombs,
    entity_bombs,
    ods,
    ods_cell,
    ods_row,
    ods_table,
    old_workbook,
    sparse,
)
from tests.bad_workbooks import commented, stored
from tests.ledger_files import TASK_HEAD, TASK_ROW, as_csv, repacked, task, tasks, with_sheet_xml, workbook
from tests.libreoffice import SOFFICE, needs_libreoffice, profile
from tests.reliability.tally import Tally

Texts = list[list[str]]
AS_TEXT: Texts = [["" if value is None else str(value) for value in row] for row in ROWS]


def tables(blob: bytes, name: str) -> list[Table]:
    return list(read_contents(blob, name).value.tables)


def texts(blob: bytes, name: str = "反馈.xlsx") -> Texts:
    (table,) = tables(blob, name)
    return [[cell.text for cell in row] for row in table.rows]


def codes(blob: bytes, name: str) -> list[str]:
    try:
        return [problem.code for problem in read_contents(blob, name).problems]
    except InputError as fault:
        return [problem.code for problem in fault.problems]


# ---- the kit


@pytest.mark.row("I10", "refused")
@pytest.mark.parametrize("bad", BAD_RETURNS, ids=lambda bad: bad.name)
def test_each_bad_return_is_told_with_its_place_in_plain_words(bad: BadReturn) -> None:
    problems = bad.problems()
    assert sorted(problem.code for problem in problems) == sorted(bad.codes)
    for code, place in bad.expects:
        assert any(problem.code == code and place in str(problem.where) for problem in problems)
    assert bad.says in "".join(problem.what + problem.fix for problem in problems)
    for problem in problems:
        assert problem.where is not None
        assert problem.where.file == bad.name
        assert len(f"{problem.what}{problem.fix}") <= 300
        assert not re.search(r"Traceback|Error\b|Exception|0x[0-9a-f]{6}|xlrd|lxml|openpyxl|<\w+ object", str(problem))


@pytest.mark.row("I12", "refused")
def test_the_twelve_kinds_of_the_books_are_named() -> None:
    """`reliability.md` I12: what a folder of returns commonly holds, each by its own name."""
    named = {
        "旧.doc": "Word", "扫描.pdf": "PDF", "打包.zip": "压缩包", "反馈.rtf": "RTF", "截图.png": "图片",
        "网页.xls": "网页", "加密.xlsx": "密码", "空.xlsx": "空文件", "断.xlsx": "损坏", "~$区教委.xlsx": "临时文件",
        "二进制.xlsb": "二进制工作簿", "幻灯片.pptx": "演示文稿",
    }  # fmt: skip
    by_name = {bad.name: bad for bad in BAD_RETURNS}
    for name, word in named.items():
        (problem,) = by_name[name].problems()
        assert problem.severity is Severity.ERROR
        assert word in problem.what + problem.fix


@pytest.mark.row("I1", "refused")
@pytest.mark.parametrize("name", bombs())
def test_a_package_that_unpacks_to_too_much_is_refused(name: str) -> None:
    assert codes(bombs()[name](), name) == ["file.unsafe"]


@pytest.mark.row("I2", "refused")
@pytest.mark.parametrize("name", entity_bombs())
def test_a_package_with_entities_is_refused(name: str) -> None:
    assert codes(entity_bombs()[name], name) == ["file.unsafe"]


@pytest.mark.row("I1", "refused")
@pytest.mark.row("I2", "refused")
@pytest.mark.row("I3", "refused")
def test_hostile_files_are_refused_in_the_process_they_are_read_in() -> None:
    made = {name: make() for name, make in bombs().items()} | entity_bombs() | {"远.xlsx": sparse()}
    told = list(confined_each(list(made), LIMITS, read_contents, made.values(), made))
    assert all(isinstance(each, InputError) for each in told)
    assert {p.code for each in told if isinstance(each, InputError) for p in each.problems} == {
        "file.unsafe",
        "ledger.too-many-columns",
    }


@pytest.mark.row("I3")
def test_many_blank_formatted_rows_are_no_data() -> None:
    row = '<row r="{0}">' + "".join(f'<c r="{c}{{0}}" s="0"/>' for c in "ABCDEFGH") + "</row>"
    blank = "".join(row.format(number) for number in range(3, 60_003))
    blob = with_sheet_xml(tasks(TASK_ROW), "</sheetData>", blank + "</sheetData>")
    outcome = confined("多空行.xlsx", LIMITS, read_contents, blob, "多空行.xlsx")
    assert [len(table.rows) for table in outcome.value.tables] == [2]
    assert outcome.problems == ()


@pytest.mark.row("I3")
def test_blank_rows_of_an_open_document_are_no_data_however_many_they_stand_for() -> None:
    blank = ods_row(
        '<table:table-cell table:number-columns-repeated="16384"/>', settings='table:number-rows-repeated="1048570"'
    )
    assert texts(ods(ods_table(blank, ods_row("甲", "乙"))), "a.ods") == [["甲", "乙"]]
    (table,) = tables(ods(ods_table(blank, ods_row("甲", "乙"))), "a.ods")
    assert table.rows[0][1].where.cell == "B1048571"


# ---- which file it is


@pytest.mark.row("I12")
@pytest.mark.parametrize(
    ("name", "blob"),
    [
        ("表.xlsx", workbook({"重点任务": ROWS})),
        ("表.XLSM", workbook({"重点任务": ROWS})),
        ("新表.et", workbook({"重点任务": ROWS})),
        ("表.xls", old_workbook()),
        ("表.et", old_workbook()),
        ("表.ods", ods(ods_table(*(ods_row(*row) for row in AS_TEXT)))),
        ("表.csv", as_csv(ROWS)),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_each_kind_gives_the_same_table_without_a_word(name: str, blob: bytes) -> None:
    outcome = read_contents(blob, name)
    assert outcome.problems == ()
    assert texts(blob, name) == AS_TEXT
    (table,) = outcome.value.tables
    assert table.name == ("表.csv" if name.endswith("csv") else "重点任务")
    place = table.rows[1][2].where
    assert (place.cell, place.line, place.column) == ((None, 2, 3) if name.endswith("csv") else ("C2", None, None))


def test_a_word_file_is_read_whatever_it_calls_itself() -> None:
    outcome = read_contents(word_file(), "反馈.xlsx")
    assert [problem.code for problem in outcome.problems][:1] == ["file.wrong-suffix"]
    assert "Word 文档" in outcome.problems[0].what
    assert outcome.value == read_contents(word_file(), "反馈.xlsx").value
    assert "".join(passage.text for passage in outcome.value.passages)
    assert "file.wrong-suffix" not in codes(word_file(), "反馈.docx")


def test_fifty_returns_are_the_same_from_many_processes() -> None:
    made = {f"{i}.xlsx": tasks(*[task(no=j, text=f"第{i}项任务之{j}") for j in range(30)]) for i in range(50)}
    read = confined_each(list(made), LIMITS, read_contents, made.values(), made)
    assert list(read) == [read_contents(blob, name) for name, blob in made.items()]


def test_every_sheet_is_a_table_and_a_blank_one_is_none() -> None:
    blob = workbook({"填报说明": [["请于月底前报送"]], "重点任务": ROWS, "Sheet3": []})
    assert [table.name for table in tables(blob, "a.xlsx")] == ["填报说明", "重点任务"]


def test_what_is_wrong_with_two_sheets_comes_together() -> None:
    many = [["x", i] for i in range(10_020)]
    assert codes(workbook({"甲": many, "乙": [[None] * 70 + ["x"]]}), "a.xlsx") == [
        "ledger.too-many-rows",
        "ledger.too-many-columns",
    ]


def test_the_lists_of_our_own_forms_are_no_table() -> None:
    words = tuple(f"很长很长的一个选项，第{i}种" for i in range(40))
    column = Column(title="推进情况", width=20, editable=True, choices=words)
    form = write_workbook([SheetText(name="重点任务", columns=(column,), rows=[["已完成"]], protected=True)])
    outcome = read_contents(form, "表.xlsx")
    assert ([table.name for table in outcome.value.tables], outcome.problems) == (["重点任务"], ())


@pytest.mark.parametrize(
    "rows",
    [
        [["序号", "工作任务", "进展情况"], ["1", "新建学校2所", "已开工"]],
        [["新建学校2所已开工。"]],
        [["正常推进"], [None], ["推进较为滞后"]],
        [["新建学校2所，其中城区1所，乡镇1所，两所都已经在六月底以前开工建设"]],
    ],
)
def test_a_hidden_sheet_that_is_only_called_like_our_lists_is_read(rows: list[list[Any]]) -> None:
    def hide(book: Any) -> None:
        book["选项"].sheet_state = "hidden"

    outcome = read_contents(workbook({"重点任务": [TASK_HEAD, TASK_ROW], "选项": rows}, hide), "表.xlsx")
    assert [table.name for table in outcome.value.tables] == ["重点任务", "选项"]
    assert [problem.code for problem in outcome.problems] == ["ledger.hidden"]


def test_a_conversation_on_a_cell_is_told_as_it_goes_on() -> None:
    """A program of today keeps it beside a comment that only says that old programs cannot show it."""
    rels = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"

    def add(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml.rels"):
            return data
        link = f'<Relationship Id="rId77" Type="{rels}" Target="../threadedComments/t1.xml"/></Relationships>'
        return data.replace(b"</Relationships>", link.encode())

    said = "".join(f'<threadedComment ref="C2"><text>{text}</text></threadedComment>' for text in ("几个？", "五个"))
    thread = f"<ThreadedComments>{said}</ThreadedComments>".encode()
    blob = repacked(tasks(TASK_ROW, edit=commented), add, parts=[("xl/threadedComments/t1.xml", thread)])
    (problem,) = read_contents(blob, "a.xlsx").problems
    assert "「几个？；五个」" in problem.what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('&C&"Times New Roman,Regular"&12&A', []),
        ("&CPage &P of &N", []),
        ("&C第 &P 页，共 &N 页", []),
        ("&L填报单位：区教委&R&D", ["填报单位：区教委"]),
        ("&C第&P页", []),
    ],
)
def test_a_page_header_says_more_than_the_page_or_nothing(text: str, said: list[str]) -> None:
    assert page_words(text) == said


def test_only_the_first_comments_of_a_sheet_are_told_one_by_one() -> None:
    from openpyxl.comments import Comment

    def edit(book: Workbook) -> None:
        for number in range(2, 32):
            book["重点任务"][f"F{number}"].comment = Comment(f"意见{number}", "审核")

    problems = read_contents(tasks(*[task(text=f"任务{i}") for i in range(30)], edit=edit), "a.xlsx").problems
    assert [problem.code for problem in problems] == ["ledger.comment"] * 11
    assert "「意见2」" in problems[0].what
    assert problems[-1].what.startswith("还有 20 格有批注，没有读入：F12、F13")


# ---- OpenDocument


def test_spaces_tabs_and_breaks_of_an_open_document_are_text() -> None:
    cell = (
        "<table:table-cell><text:p>甲<text:s text:c='2'/>乙<text:tab/>丙<text:line-break/><text:span>丁</text:span>"
        "</text:p><text:p>戊</text:p></table:table-cell>"
    )
    assert texts(ods(ods_table(ods_row(cell))), "a.ods") == [["甲  乙\t丙\n丁\n戊"]]


def test_a_comment_of_an_open_document_is_told_and_no_text_of_the_cell() -> None:
    cell = ods_cell("<office:annotation><text:p>请核</text:p></office:annotation><text:p>甲</text:p>")
    outcome = read_contents(ods(ods_table(ods_row(cell, "乙"))), "a.ods")
    assert [(p.code, p.where and p.where.cell) for p in outcome.problems] == [("ledger.comment", "A1")]
    assert texts(ods(ods_table(ods_row(cell, "乙"))), "a.ods") == [["甲", "乙"]]


def test_a_text_box_and_a_picture_of_an_open_document_are_told() -> None:
    box = "<draw:text-box><text:p>另报</text:p></draw:text-box>"
    shapes = f"<table:shapes><draw:frame>{box}<draw:image/></draw:frame></table:shapes>"
    problems = read_contents(ods(ods_table(shapes, ods_row("甲"))), "a.ods").problems
    assert [problem.code for problem in problems] == ["ledger.unseen-text", "ledger.picture"]
    assert "「另报」" in problems[0].what


@pytest.mark.row("I5")
def test_a_formula_of_an_open_document_without_result_is_a_fault_of_its_cell() -> None:
    cells = (
        ods_cell("", 'table:formula="of:=1+1"'),
        ods_cell("<text:p/>", 'table:formula="of:=&quot;&quot;"'),
    )
    ((first, second, _),) = tables(ods(ods_table(ods_row(*cells, "甲"))), "a.ods")[0].rows
    assert [fault.code for fault in first.faults] == ["ledger.no-cached-value"]
    assert (second.text, second.faults) == ("", ())


# ---- CSV

CSV_TEXT = """重点任务进展情况表
填报单位：区教委
序号,工作任务,进展情况
1,建成公园,已建成
2,改造小区,"已开工，
2个"
"""


@pytest.mark.row("I6")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("tabs", [False, True], ids=["commas", "tabs"])
def test_encodings_give_equal_data_and_titles_may_be_short(encoding: str, tabs: bool) -> None:
    written = CSV_TEXT.replace(",", "\t") if tabs else CSV_TEXT
    assert texts(written.encode(encoding), "a.csv") == [
        ["重点任务进展情况表", "", ""],
        ["填报单位：区教委", "", ""],
        ["序号", "工作任务", "进展情况"],
        ["1", "建成公园", "已建成"],
        ["2", "改造小区", "已开工，\n2个"],
    ]


@pytest.mark.row("I6")
def test_utf_16_of_either_order_gives_equal_data() -> None:
    little, big = ("\ufeff" + CSV_TEXT).encode("utf-16-le"), ("\ufeff" + CSV_TEXT).encode("utf-16-be")
    assert texts(little, "a.csv") == texts(big, "a.csv") == texts(CSV_TEXT.encode(), "a.csv")


def test_a_head_of_the_offices_own_words_is_found_by_its_length() -> None:
    assert texts("某表\n编码,事项,说明\n1,甲,乙\n2,丙,丁\n".encode(), "a.csv")[0] == ["某表", "", ""]
    assert codes("某表\n编码,事项,说明\n1,甲,乙\n2,丙\n3,丁,戊\n".encode(), "a.csv") == ["text.ragged-row"]


@pytest.mark.row("I6")
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_hundred_files_with_a_broken_byte_are_refused_with_the_row(encoding: str, tally: Tally) -> None:
    rows = [["序号", "工作任务", "进展情况"], *([str(i), f"建成公园{i}个", "已经建成"] for i in range(1, 101))]
    lines = as_csv(rows, encoding).split(b"\r\n")
    for number in range(1, 101):
        # A lone 0xFF is a byte of neither encoding.
        broken = lines[number].replace("建".encode(encoding), b"\xff" + "建".encode(encoding)[1:], 1)
        blob = b"\r\n".join([*lines[:number], broken, *lines[number + 1 :]])
        with pytest.raises(InputError) as fault:
            read_contents(blob, "a.csv")
        (problem,) = fault.value.problems
        assert problem.code == "file.encoding"
        assert problem.where is not None
        assert problem.where.line == number + 1, problem
        tally.refused()


# ---- what nobody thinks of


def anything(rows: int, columns: int) -> Texts:
    """Texts with all that separates, quotes, escapes or breaks in some format."""
    chance = random.Random(2026)
    alphabet = "甲乙丙〇𠮷ａ１aZ07%&<>\"',;，。、；“”（）—·\t\n 　=-+@#/\\_"
    made = [
        ["".join(chance.choices(alphabet, k=chance.randint(1, 30))).strip() or "空" for _ in range(columns)]
        for _ in range(rows)
    ]
    # A text that begins like a formula is no formula for whom it was typed as text, but is for the test's writers.
    return [[text.lstrip("=+-@ \t\n　") or "无" for text in row] for row in made]


def as_old_workbook(rows: Texts) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("重点任务")
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            sheet.write(r, c, text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_open_document(rows: Texts) -> bytes:
    def cell(text: str) -> str:
        lines = escape(text).replace(" ", "<text:s/>").replace("\t", "<text:tab/>").split("\n")
        return ods_cell("".join(f"<text:p>{line}</text:p>" for line in lines))

    return ods(ods_table(*(ods_row(*map(cell, row)) for row in rows)))


@pytest.mark.row("I5")
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.xlsx", lambda rows: workbook({"重点任务": rows})),
        ("a.xls", as_old_workbook),
        ("a.ods", as_open_document),
        ("a.csv", as_csv),
        ("b.csv", lambda rows: as_csv(rows, "gb18030")),
        ("c.csv", lambda rows: as_csv(rows, "utf-16")),
    ],
)
def test_two_thousand_cells_of_anything_arrive_letter_for_letter(name: str, write: Callable[[Texts], bytes]) -> None:
    rows = anything(200, 10)
    assert texts(write(rows), name) == rows


# ---- one sheet in every format


def full_sheet() -> bytes:
    """A sheet of every kind of value and format that a unit may fill in."""

    def edit(book: Workbook) -> None:
        sheet = book["重点任务"]
        for place, number_format in {
            "A2": "000", "B2": "0.0%", "C2": 'yyyy"年"m"月"', "D2": "yyyy/m/d h:mm", "E2": '#,##0.00"万元"',
            "F2": "0.00;(0.00)", "G2": "h:mm", "A3": "0.00", "D3": "0.00%", "E3": "yyyy-mm-dd",
        }.items():  # fmt: skip
            sheet[place].number_format = number_format
        sheet.merge_cells("B4:C5")
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["E"].hidden = True
        book["旧表"].sheet_state = "hidden"

    rows: list[list[object]] = [
        [*TASK_HEAD],
        [7, 0.5, datetime(2026, 6, 30), datetime(2026, 6, 30, 9, 5), 1234567.5, -3.5, time(9, 5)],
        [1.1, 1 / 3, 1_234_567_890, 0.1256, date(2026, 6, 30), "0012", "123456789012345678"],
        ["甲\n乙", "合并", None, 'a "b", c', "=1/0", "=TRUE()", "=NA()"],
        ["下", None, None, 0.1 + 0.2, '=""', "一  二", "=1+1"],
        [1234567.891, 100, 2.50, "x", "全角ＡＢ", "㎡", -0.5],
    ]
    return workbook({"重点任务": rows, "旧表": [["旧"]]}, edit)


@cache
def converted(kind: str, make: Callable[[], bytes] = full_sheet, source: str = "a.xlsx") -> bytes:
    """What LibreOffice saves of a workbook in that kind."""
    with tempfile.TemporaryDirectory(prefix="reportgen-office-") as folder:
        work = Path(folder)
        (work / source).write_bytes(make())
        (work / "out").mkdir()
        where = ["--outdir", str(work / "out"), str(work / source)]
        command = [*SOFFICE, profile(), "--convert-to", kind, *where]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        (made,) = (work / "out").iterdir()
        return made.read_bytes()


def everything(outcome: Outcome[Contents]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All that a file gave: each cell with place, merged range and faults; each problem with words and place."""
    cells: list[tuple[object, ...]] = [
        (table.name, c.text, c.where.cell, c.merged and c.merged.cell, [fault.code for fault in c.faults])
        for table in outcome.value.tables
        for row in table.rows
        for c in row
    ]
    return cells, [(p.code, p.what, p.where and (p.where.sheet, p.where.cell)) for p in outcome.problems]


@needs_libreoffice
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_same_sheet_gives_equal_data_in_every_format(kind: str) -> None:
    here = everything(read_contents(converted("xlsx"), "表"))
    there = everything(read_contents(converted(kind), "表"))
    # What the file is called stands in the first warning only.
    assert here[0] == there[0]
    assert here[1][1:] == there[1][1:]


@needs_libreoffice
def test_the_sheet_says_what_it_shows() -> None:
    (sheet, _) = tables(converted("xlsx"), "a.xlsx")
    assert [[cell.text for cell in row] for row in sheet.rows[1:]] == [
        ["007", "50.0%", "2026年6月", "2026年6月30日 9:05", "1,234,567.50万元", "(3.50)", "9:05"],
        ["1.10", "0.333333333", "1234567890", "12.56%", "2026年6月30日", "0012", "123456789012345678"],
        ["甲\n乙", "合并", "合并", 'a "b", c', "#DIV/0!", "TRUE", "#N/A"],
        ["下", "合并", "合并", "0.3", "", "一  二", "2"],
        ["1234567.891", "100", "2.5", "x", "全角ＡＢ", "㎡", "-0.5"],
    ]
    faults = {cell.where.cell: fault.code for row in sheet.rows for cell in row for fault in cell.faults}
    assert faults == {"E4": "ledger.error-cell", "F4": "ledger.boolean", "G4": "ledger.error-cell"}


@pytest.mark.row("I5")
@needs_libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_what_stands_beside_the_cells_is_told_in_every_format(kind: str) -> None:
    outcome = read_contents(converted(kind, beside_the_cells, "a.fods"), f"a.{kind}")
    assert [[cell.text for cell in row] for table in outcome.value.tables for row in table.rows] == [["甲", "乙"]]
    comment, beside = outcome.problems
    assert (comment.code, comment.where and comment.where.cell) == ("ledger.comment", "A1")
    assert "「请核实」" in comment.what
    assert beside.code == "ledger.unseen-text"
    assert "「填报单位：区教委；另行上报的内容」" in beside.what


# ---- what a reader must not lose or make up


@pytest.mark.row("I5")
@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ('<c r="F2"><is><t>无型</t></is></c>', "无型"),
        ('<c r="F2" t="inlineStr"><is><r><t>甲</t></r><rPh><t>jia</t></rPh><r><t>乙</t></r></is></c>', "甲乙"),
        ('<c r="F2" t="str"><v>已_xD83D__xDE00_段</v></c>', "已\U0001f600段"),
        ('<c r="F2" t="str"><v>_x005F_x000B_</v></c>', "_x000B_"),
        ('<c r="F2"><v>4<!-- -->2</v></c>', "42"),
        ('<c r="f2"><v> 3.50 </v></c>', "3.5"),
        (f'<c r="F2"><v>{"9" * 40}</v></c>', "9" * 40),
    ],
)  # fmt: skip
def test_what_a_cell_stores_is_shown_whole(cells: str, shown: str) -> None:
    assert texts(stored(cells))[1][5] == shown


@pytest.mark.row("I5")
@pytest.mark.parametrize(
    ("number_format", "value", "shown"),
    [
        ("dddd", 46203, "星期二"),
        ("[$-804]aaaa", 46203, "星期二"),
        ('"周"aaa', 46203, "星期二"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", 46203, "2026年6月30日"),
        ("yyyy-mm-dd dddd", 46203, "2026年6月30日 星期二"),
        ("[DBNum1][$-804]yyyy年m月d日", 46203, "2026年6月30日"),
        ("h:mm AM/PM", 0.6, "14:24"),
        ("mm:ss", 0.5, "12:00"),
        ("[h]:mm", 1.5, "36:00"),
        ("yyyy-mm-dd", 59, "1900年2月28日"),
        ("yyyy-mm-dd", 61, "1900年3月1日"),
    ],
)
def test_a_date_is_shown_with_the_parts_of_its_format(number_format: str, value: float, shown: str) -> None:
    def as_date(book: Workbook) -> None:
        book[book.sheetnames[0]]["F2"].number_format = number_format

    assert texts(tasks(task(progress=value), edit=as_date))[1][5] == shown


@pytest.mark.row("I5")
def test_chinese_digits_are_told_and_not_passed_over() -> None:
    def chinese(book: Workbook) -> None:
        book[book.sheetnames[0]]["F2"].number_format = "[DBNum1]General"

    (table,) = tables(tasks(task(progress=123), edit=chinese), "a.xlsx")
    assert [fault.code for fault in table.rows[1][5].faults] == ["ledger.number-format"]


@pytest.mark.row("I5")
def test_a_workbook_without_styles_and_one_with_a_bare_chart_sheet_are_read() -> None:
    bare = repacked(tasks(TASK_ROW), lambda name, data: None if name == "xl/styles.xml" else data)
    assert texts(bare)[1][2] == TASK_ROW[2]

    def with_chart(book: Workbook) -> None:
        book.create_chartsheet("图")

    charted = repacked(
        tasks(TASK_ROW, edit=with_chart), lambda name, data: None if "chartsheets/_rels" in name else data
    )
    assert texts(charted)[1][2] == TASK_ROW[2]


@pytest.mark.row("I5")
def test_a_text_that_an_old_workbook_does_not_have_is_a_fault_of_its_cell() -> None:
    from reportgen.ledger.files.xls import _Strings

    strings = _Strings(["甲"])
    assert strings[0] == "甲"
    assert type(strings[0]) is str
    assert [type(strings[i]).__name__ for i in (1, -1)] == ["_Missing", "_Missing"]


@pytest.mark.row("I5")
@pytest.mark.parametrize("value", ["NaN", "INF", "很多"])
def test_a_number_of_an_open_document_that_is_none_is_a_fault_of_its_cell(value: str) -> None:
    cell = ods_cell("<text:p>甲</text:p>", f'office:value-type="float" office:value="{value}"')
    (table,) = tables(ods(ods_table(ods_row(cell))), "a.ods")
    (fault,) = table.rows[0][0].faults
    assert (fault.code, str(fault.where)) == ("ledger.unreadable-cell", "a.ods「重点任务」A1")


@pytest.mark.row("I3", "refused")
def test_a_million_blank_rows_are_refused_before_they_are_read() -> None:
    # Of different lengths, so that the package is no bomb.
    chance = random.Random(1)
    blank = "".join(f'<row r="{i}" ht="{chance.random()}"/>' for i in range(3, 200_010))
    blob = with_sheet_xml(tasks(TASK_ROW), "</sheetData>", blank + "</sheetData>")
    assert codes(blob, "a.xlsx") == ["ledger.too-many-rows"]


def test_a_line_for_excel_and_the_end_mark_of_dos_are_no_data() -> None:
    assert texts("sep=;\r\n序号;任务\r\n1;甲\r\n".encode(), "a.csv") == [["序号", "任务"], ["1", "甲"]]
    assert texts("序号,任务\n1,甲\n\x1a".encode(), "a.csv") == [["序号", "任务"], ["1", "甲"]]


@pytest.mark.row("I7")
def test_rows_of_a_csv_are_counted_by_the_lines_of_the_file() -> None:
    (table,) = tables('序号,任务\n1,"甲\n乙"\n2,丙\n'.encode(), "a.csv")
    assert [row[0].where.line for row in table.rows] == [1, 2, 4]


@pytest.mark.row("I7")
def test_a_very_long_field_is_read_and_no_fault_of_the_quotes() -> None:
    assert texts(f'序号,任务\n1,"{"长" * 200_000}"\n'.encode(), "a.csv")[1][1] == "长" * 200_000


@pytest.mark.row("I2", "refused")
@pytest.mark.parametrize("encoding", ["utf-7", "utf-32", "utf-32-le", "cp037"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "word/document.xml"])
def test_a_declaration_in_an_odd_encoding_is_refused(encoding: str, part: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    data = xml.encode(encoding) if encoding != "utf-7" else xml.encode()
    blob = tasks(TASK_ROW) if part.startswith("xl") else word_file()
    changed = repacked(blob, lambda name, old: data if name == part else old)
    assert codes(changed, "a.xlsx" if part.startswith("xl") else "a.docx") == ["file.unsafe"]

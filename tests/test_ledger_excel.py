"""Workbooks (工作簿): values as they are shown, merged and hidden cells, safety, speed."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.ledger.files.formats import date_text, general_text, number_text
from reportgen.ledger.reading import read_ledger
from reportgen.package import file_kind
from reportgen.problems import InputError
from tests.ledger_files import (
    TASK_HEAD,
    TASK_ROW,
    WANTS_BOTH,
    WANTS_TASKS,
    WANTS_TEXT,
    repacked,
    task,
    tasks,
    with_shared_strings,
    with_sheet_xml,
    workbook,
)

ROOT = Path(__file__).parent.parent


def progress_of(value, number_format="General"):
    """What a 进展情况 cell with the value and format is read as."""

    def edit(book):
        book.active["F2"].number_format = number_format

    outcome = read_ledger(tasks(task(progress=value), edit=edit), "a.xlsx", WANTS_TASKS)
    assert [p.code for p in outcome.problems] == []
    return outcome.value.tasks[0].progress


@pytest.mark.row("I5")
@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (4.4, "General", "4.4"),
        (4.4, "0.00", "4.40"),
        (0.12, "0%", "12%"),
        (0.1256, "0.0%", "12.6%"),
        (7, "000", "007"),
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (33.333333333333336, "General", "33.33333333"),
        (123456789012345, "General", "123456789012345"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (1234.5, '#,##0.0"万元"', "1,234.5万元"),
        (-3.5, "0.00;(0.00)", "(3.50)"),
        (-3.5, "0.00_);[Red]-0.00", "-3.50"),
        (0, '0;-0;"—"', "—"),
        (2.5, "0", "3"),
        (0.5, "#.##", ".5"),
        (3, "@", "3"),
        (5, '"第"0"名"', "第5名"),
        (12.5, "[$¥-804]#,##0.00", "¥12.50"),
        (1234.5, "_ * #,##0.00_ ;_ * -#,##0.00_ ", "1,234.50"),
        (-19, 'General"个"', "-19个"),
        (datetime.date(2026, 6, 30), "yyyy-mm-dd", "2026年6月30日"),
        (datetime.datetime(2026, 6, 30), 'yyyy"年"m"月"', "2026年6月"),
        (datetime.datetime(2026, 6, 30), "m/d", "6月30日"),
        (datetime.datetime(2026, 6, 30, 9, 5), "yyyy/m/d h:mm", "2026年6月30日 9:05"),
        (datetime.time(9, 5), "h:mm", "9:05"),
    ],
)
def test_numbers_and_dates_are_read_as_the_sheet_shows_them(value, number_format, shown):
    assert progress_of(value, number_format) == shown


@pytest.mark.row("I5")
def test_unknown_number_formats_are_not_guessed():
    for number_format in ("# ?/?", "0.00E+00", "#,##0,", "0-00", "[>100]0.0;0"):
        assert number_text(0.5, number_format) is None
    assert general_text(0.5) == "0.5"


def test_dates_of_chinese_built_in_formats_are_dates():
    blob = repacked(
        tasks(task(progress=46203)),
        lambda name, data: data.replace(b'numFmtId="0"', b'numFmtId="31"') if "styles" in name else data,
    )
    blob = with_sheet_xml(blob, '<c r="F2"', '<c r="F2" s="0"')
    assert read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks[0].progress == "2026年6月30日"
    assert date_text(datetime.timedelta(hours=30, minutes=2), "[h]:mm") == "30:02"


@pytest.mark.row("I5")
def test_formulas_give_the_value_that_was_saved():
    blob = with_sheet_xml(tasks(task(progress="=1+1")), "<f>1+1</f><v></v>", "<f>1+1</f><v>4.4</v>")
    assert read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks[0].progress == "4.4"
    blob = with_sheet_xml(
        tasks(task(progress="=1+1")), '<c r="F2"><f>1+1</f><v></v>', '<c r="F2" t="str"><f>1+1</f><v></v>'
    )
    assert [p.code for p in read_ledger(blob, "a.xlsx", WANTS_TASKS).problems] == ["ledger.empty-progress"]


def test_escapes_of_excel_are_decoded_and_protected_ones_are_not():
    blob = with_shared_strings(tasks(task(progress="甲_x000D_\n乙_x000B_丙 _x005F_x000D_")))
    assert read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks[0].progress == "甲\n乙\n丙 _x000D_"


def test_a_cell_of_several_fonts_is_one_text():
    blob = with_shared_strings(tasks(task(progress="甲乙")))

    def change(name, data):
        old = "".join(f"&#{ord(c)};" for c in "甲乙").encode()
        rich = '<r><rPr><b/></rPr><t xml:space="preserve">甲 </t></r><r><t>乙</t></r>'.encode()
        return data.replace(b"<t>" + old + b"</t>", rich) if "sharedStrings" in name else data

    assert read_ledger(repacked(blob, change), "a.xlsx", WANTS_TASKS).value.tasks[0].progress == "甲 乙"


@pytest.mark.row("I5")
def test_merged_cells_give_their_value_to_every_row():
    def edit(book):
        for place in ("B2:B4", "D2:D3", "F2:F4", "B6:B900"):
            book.active.merge_cells(place)

    rows = [task(text=text) for text in ("甲", "乙", "丙")] + [[], task(text="丁", category="生态")]
    for row in rows[1:3]:
        row[1] = None
    rows[1][3] = None
    entries = read_ledger(tasks(*rows, edit=edit), "a.xlsx", WANTS_TASKS).value.tasks
    assert [e.category for e in entries] == ["城市更新"] * 3 + ["生态"]
    assert [e.lead_units for e in entries] == [("区城管局",)] * 4
    assert [e.progress for e in entries[:3]] == ["已建成3个。"] * 3
    assert entries[1].cells["lead_units"].cell == "D2"


def test_layout_columns_merged_in_every_row_are_one_column():
    def edit(book):
        for row in (1, 2):
            book.active.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)

    blob = workbook({"重点任务": [["序号", "责任单位", None, "工作任务"], [1, "区教委", None, "甲"]]}, edit)
    outcome = read_ledger(blob, "a.xlsx", WANTS_TEXT)
    assert outcome.problems == ()
    assert outcome.value.tasks[0].lead_units == ("区教委",)


@pytest.mark.parametrize("title", ["重点任务", " 重点 任务", "2026年重点任务推进情况", "附件2 重点任务（正式）"])
def test_sheets_are_found_by_their_name_in_any_spelling(title):
    blob = workbook({"填表说明": [], title: [TASK_HEAD, TASK_ROW], "预期目标表": [["预期目标", "责任单位"]]})
    ledger = read_ledger(blob, "a.xlsx", WANTS_TASKS).value
    assert len(ledger.tasks) == 1


def test_the_exact_sheet_name_wins_over_similar_ones():
    blob = workbook({"重点任务旧": [TASK_HEAD], "重点任务": [TASK_HEAD, TASK_ROW]})
    assert len(read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks) == 1


def test_a_single_sheet_of_any_name_holds_the_tasks():
    blob = workbook({"Sheet1": [TASK_HEAD, TASK_ROW]})
    assert len(read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks) == 1
    with pytest.raises(InputError) as caught:
        read_ledger(blob, "a.xlsx", WANTS_BOTH)
    missing = [p for p in caught.value.problems if p.code == "ledger.missing-sheet"]
    assert len(missing) == 2
    assert "「Sheet1」" in missing[0].what


def test_a_sheet_with_the_wanted_head_is_to_be_renamed():
    goals = [["预期目标", "责任单位", "进展情况", "评价"], ["增长5%", "区教委", "x", "符合预期"]]
    blob = workbook({"经济": goals, "任务表": [TASK_HEAD, TASK_ROW], "说明": [["x"]]})
    with pytest.raises(InputError) as caught:
        read_ledger(blob, "a.xlsx", WANTS_BOTH)
    fixes = [p.fix for p in caught.value.problems if p.code == "ledger.missing-sheet"]
    assert fixes == ["请把「经济」改名为「预期目标」", "请把「任务表」改名为「重点任务」"]


def test_two_sheets_with_the_wanted_head_are_not_guessed():
    blob = workbook({"甲": [TASK_HEAD, TASK_ROW], "乙": [TASK_HEAD, TASK_ROW]})
    with pytest.raises(InputError) as caught:
        read_ledger(blob, "a.xlsx", WANTS_TASKS)
    (missing,) = [p for p in caught.value.problems if p.code == "ledger.missing-sheet"]
    assert "改名" not in missing.fix


@pytest.mark.row("I5")
def test_a_false_size_of_the_sheet_loses_no_rows():
    blob = with_sheet_xml(tasks(TASK_ROW, task(text="乙")), '<dimension ref="A1:G3"/>', '<dimension ref="A1"/>')
    assert len(read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks) == 2


def test_a_fault_in_a_column_that_is_not_read_does_not_stop_the_run():
    blob = workbook({"重点任务": [[*TASK_HEAD, "是否完成"], [*TASK_ROW, "#REF!"]]})
    assert [p.code for p in read_ledger(blob, "a.xlsx", WANTS_TASKS).problems] == ["ledger.unknown-column"]


@pytest.mark.row("I3")
def test_blank_formatted_rows_do_not_count():
    blank = "".join(f'<row r="{i}"><c r="A{i}" s="0"/><c r="B{i}" s="0"/></row>' for i in range(3, 60_003))
    blob = with_sheet_xml(tasks(TASK_ROW), "</sheetData>", blank + "</sheetData>")
    assert len(read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks) == 1


def said_of(blob: bytes, form=lambda problem: problem.code) -> list[str]:
    """The codes (or another form) of what reading a workbook says, refused or not."""
    try:
        return [form(problem) for problem in read_ledger(blob, "a.xlsx", WANTS_TASKS).problems]
    except InputError as fault:
        return [form(problem) for problem in fault.problems]


@pytest.mark.row("I3")
@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>',
        '</sheetData><mergeCells><mergeCell ref="H1:XFD1048576"/></mergeCells>',
    ],
)
def test_a_cell_or_a_merge_at_the_far_corner_does_not_hang(xml):
    blob = with_sheet_xml(tasks(TASK_ROW), "</sheetData>", xml)
    # A hang would hold the whole run: reading goes by what the sheet holds, not by where its last cell is.
    assert said_of(blob) in ([], ["ledger.too-many-columns"])


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"", "空文件"),
        (b"%PDF-1.4", "PDF 文件"),
        (b"PK\x03\x04", "损坏的压缩包"),
        (b"\x00\x01\xff", "无法识别的文件"),
    ],
)
def test_files_are_named_by_their_first_bytes(start, kind):
    assert file_kind(start) == kind


def test_broken_workbooks_are_refused_in_chinese():
    """One byte after the other overwritten: such a file is refused or read, and nothing else happens."""
    blob = tasks(TASK_ROW)
    for i in range(0, len(blob), max(1, len(blob) // 150)):
        broken = blob[:i] + bytes([blob[i] ^ 0x55]) + blob[i + 1 :]
        assert all("Error" not in code for code in said_of(broken, str))


def test_the_ledger_floor_is_imported_without_openpyxl():
    code = "import sys, reportgen.ledger.reading; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0

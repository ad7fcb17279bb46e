"""Accepted findings: read from the ledger's sheet or the file beside, written without disturbing it (认可意见)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from reportgen.ledger.acceptances import (
    ACCEPTANCE_SHEET,
    Acceptance,
    accept,
    acceptance_csv,
    acceptance_sheet,
    kept_in,
    read_acceptances,
    strange_cells,
    unfound,
    with_reasons,
    worth_keeping,
)
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.reading import read_ledger
from reportgen.ledger.tables import Table
from reportgen.problems import InputError
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Role, Spot, Text
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.conftest import Hold
from tests.ledger_files import TASK_HEAD, WANTS_TASKS, Edit, as_csv, task, tasks, workbook
from tests.rich_workbooks import changed_parts, rich, sheet_of, values, with_macros

ONE = Acceptance(
    key="aab12345",
    level="错误",
    rule="完成率",
    spot="重点任务第3行「进展情况」",
    quote="=43.2%，\n按计划",
    what="完成率写 43.2%，按 144÷330 应为 43.6%",
    fix="请改为 43.6%",
    reason="口径不同，已与统计局核对",
)
TWO = Acceptance(key="g0123456", level="警告", rule="单位", quote="+5", reason="")
HEAD = ["编号", "级别", "规则", "所在处", "摘录", "问题", "建议", "认可理由"]


def listed(*rows: Sequence[object], head: Sequence[object] = HEAD, edit: Edit | None = None) -> bytes:
    """A ledger with the list of findings as somebody saved it."""
    sheets: dict[str, list[Sequence[object]]] = {"重点任务": [TASK_HEAD, task()], ACCEPTANCE_SHEET: [head, *rows]}
    return workbook(sheets, edit)


def row(key: str = "aab12345", reason: str | None = "口径不同") -> list[object]:
    """One row of the list."""
    return [key, "错误", "完成率", "第3行", "43.2%", "写错", "请改", reason]


def told(blob: bytes, name: str = "台账.xlsx") -> list[tuple[str, str]]:
    """The codes and places of what is told when the list is read."""
    problems = read_acceptances(blob, name).problems
    for problem in problems:
        assert len(problem.what + problem.fix) <= 300
    return [(each.code, (each.where and each.where.cell) or "") for each in problems]


def accepted(blob: bytes, name: str = "台账.xlsx") -> dict[str, str]:
    """The reasons by the number of the finding."""
    return {each.key: each.reason for each in read_acceptances(blob, name).value if each.reason}


# ---- reading


@pytest.mark.parametrize("name", ["台账.xlsx", "台账.csv.校核意见.csv"])
def test_what_is_written_comes_back(name: str) -> None:
    rows = (ONE, TWO, Acceptance(key="b1111111", reason="甲", others=(("经办", "三科"), ("备注", "-"))))
    blob = write_workbook([acceptance_sheet(rows)]) if name.endswith(".xlsx") else acceptance_csv(rows)
    read = read_acceptances(blob, name)
    assert read.value == rows
    assert read.problems == ()


def test_a_ledger_without_the_list_accepts_nothing() -> None:
    assert read_acceptances(tasks(task()), "台账.xlsx").value == ()
    assert read_acceptances(workbook({"重点任务": [TASK_HEAD], ACCEPTANCE_SHEET: []}), "a.xlsx").value == ()


@pytest.mark.parametrize("reason", [None, "", "  ", "无", "—", "/", "……"])
def test_a_row_without_a_reason_accepts_nothing(reason: str | None) -> None:
    assert accepted(listed(row(reason=reason))) == {}


def test_what_is_no_reason_or_no_number_is_told() -> None:
    blob = listed(row(reason="无"), row("", "为什么"), row("1.23E+45", "理由"), [None] * 8, row("b2222222", "甲"))
    assert told(blob) == [("accept.no-reason", "H2"), ("accept.no-key", "A3"), ("accept.bad-key", "A4")]
    assert accepted(blob) == {"1.23e+45": "理由", "b2222222": "甲"}


def test_a_formula_without_a_result_accepts_nothing() -> None:
    blob = listed(row(reason="=A1&B1"), row("b2222222", "#N/A"))
    assert accepted(blob) == {}
    assert [code for code, _ in told(blob)] == ["ledger.no-cached-value", "ledger.error-cell"]


def test_two_rows_of_one_finding_are_one_and_a_difference_is_told() -> None:
    blob = listed(row(reason=None), row(reason="甲"), row(reason="甲"), row("b2222222", "乙"), row("B2222222 ", "丙"))
    assert accepted(blob) == {"aab12345": "甲", "b2222222": "乙"}
    assert told(blob) == [("accept.twice", "H6")]


def test_a_reason_over_several_rows_accepts_them_all() -> None:
    def merge(book: Workbook) -> None:
        book[ACCEPTANCE_SHEET].merge_cells("H2:H3")

    assert accepted(listed(row(), row("b2222222", None), row("c3333333", None), edit=merge)) == {
        "aab12345": "口径不同",
        "b2222222": "口径不同",
    }


def test_columns_may_be_moved_deleted_or_added_and_titles_stand_above() -> None:
    head = ["经办", " 认可理由：", "意见编号"]
    blob = workbook({ACCEPTANCE_SHEET: [["校核意见清单"], [], head, ["三科", "甲", "AAB12345"]]})
    (read,) = read_acceptances(blob, "a.xlsx").value
    assert (read.key, read.reason, read.others, read.what) == ("aab12345", "甲", (("经办", "三科"),), "")
    assert read.where
    assert read.where.cell == "B4"


def test_a_spoilt_head_is_told_and_the_sheet_counts_as_not_read() -> None:
    blob = listed(row(), head=["编码", *HEAD[1:]])
    assert told(blob) == [("accept.no-head", "")]
    assert accepted(blob) == {}
    assert [each.code for each in read_ledger(blob, "a.xlsx", WANTS_TASKS).problems] == ["ledger.unread-sheet"]
    with pytest.raises(InputError, match=r"accept\.no-head"):
        accept(blob, "a.xlsx", [ONE])
    with pytest.raises(InputError, match=r"accept\.no-head"):
        accept(as_csv([["编码", "理由"], ["a", "b"]]), "a.校核意见.csv", [ONE])


def test_findings_that_are_none_any_more_are_told_in_one_sentence() -> None:
    kept = read_acceptances(listed(row(), row("b2222222"), row("c3333333", None)), "台账.xlsx").value
    (problem,) = unfound(kept, {"b2222222"}, "台账.xlsx")
    assert "1 条" in problem.what
    assert "aab12345" in problem.what
    assert [*unfound(kept, {"aab12345", "b2222222"}, "台账.xlsx")] == []


# ---- the ledger's reader passes over the list


def test_reading_a_ledger_passes_over_the_list_without_a_word() -> None:
    plain, with_list = (
        read_ledger(blob, "台账.xlsx", WANTS_TASKS) for blob in (tasks(task()), listed(row(), row("b2222222")))
    )
    assert with_list.value == plain.value
    assert with_list.problems == ()


def test_a_single_sheet_of_any_name_stays_the_ledger_beside_the_list() -> None:
    blob = accept(workbook({"Sheet1": [TASK_HEAD, task()]}), "a.xlsx", [ONE])
    assert len(read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks) == 1


# ---- writing


@pytest.mark.parametrize("make", [rich, lambda: with_macros(rich()), lambda: tasks(task())])
def test_accepting_adds_the_sheet_and_changes_no_other(make: object) -> None:
    blob = make()  # type: ignore[operator]
    new = accept(blob, "台账.xlsm", [ONE, TWO])
    added = {name for name in changed_parts(blob, new) if name.startswith("xl/worksheets/")}
    others = changed_parts(blob, new) - added
    assert len(added) == 1
    assert others == {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    before, after = load_workbook(io.BytesIO(blob)), load_workbook(io.BytesIO(new))
    assert after.sheetnames == [*before.sheetnames, ACCEPTANCE_SHEET]
    for title in before.sheetnames:
        assert values(new, title) == values(blob, title)
        for cells in before[title].iter_rows():
            for cell in cells:
                twin = after[title][cell.coordinate]
                assert (twin.fill.start_color.rgb, twin.font.name) == (cell.fill.start_color.rgb, cell.font.name)
    assert accepted(new, "台账.xlsm") == {ONE.key: ONE.reason}
    head = next(cell for cell in sheet_of(new, ACCEPTANCE_SHEET)["A"] if cell.value == "编号")
    assert (head.font.bold, head.alignment.wrap_text, head.fill.start_color.rgb) == (True, True, "00E7EBF0")


def test_accepting_again_renews_the_reason_adds_a_row_and_leaves_what_the_office_did_to_the_list() -> None:
    def paint(book: Workbook) -> None:
        sheet = book[ACCEPTANCE_SHEET]
        sheet.column_dimensions["H"].width = 77
        sheet["I1"], sheet["I2"] = "经办", "三科"

    blob = listed(row(), row("b2222222", None), edit=paint)
    new = accept(blob, "a.xlsx", [Acceptance(key="b2222222", reason="甲"), ONE, TWO])
    assert changed_parts(blob, new) == {"xl/worksheets/sheet2.xml"}
    assert accepted(new) == {"aab12345": ONE.reason, "b2222222": "甲"}
    assert [each.key for each in read_acceptances(new, "a.xlsx").value] == ["aab12345", "b2222222", "g0123456"]
    assert sheet_of(new, ACCEPTANCE_SHEET).column_dimensions["H"].width == 77
    assert read_acceptances(new, "a.xlsx").value[0].others == (("经办", "三科"),)
    # What is added looks like text, whatever it begins with.
    assert sheet_of(new, ACCEPTANCE_SHEET)["E4"].value == "+5"
    assert accept(new, "a.xlsx", [ONE]) == accept(accept(new, "a.xlsx", [ONE]), "a.xlsx", [ONE])


def test_a_second_new_list_needs_no_new_styles() -> None:
    blob = accept(tasks(task()), "a.xlsx", [ONE])
    from reportgen.ledger.files.workbook_put import put_sheet

    again = put_sheet(blob, acceptance_sheet([ONE, TWO]), "a.xlsx")
    assert changed_parts(blob, again) == {"xl/worksheets/sheet2.xml"}


def test_the_file_beside_is_made_and_kept() -> None:
    name = "报告.docx.校核意见.csv"
    blob = accept(None, name, [ONE])
    assert blob.startswith(b"\xef\xbb\xbf")
    new = accept(blob, name, [Acceptance(key=ONE.key, reason="改了主意"), TWO])
    assert accepted(new, name) == {ONE.key: "改了主意"}
    assert [each.what for each in read_acceptances(new, name).value] == [ONE.what, ""]
    with pytest.raises(InputError, match=r"accept\.no-ledger"):
        accept(None, "台账.xlsx", [ONE])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t"])
def test_the_file_beside_may_be_saved_anew_by_excel(encoding: str, mark: str) -> None:
    rows = list(csv.reader(io.StringIO(acceptance_csv([ONE, TWO]).decode("utf-8-sig"), newline="")))
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark).writerows(rows)
    read = read_acceptances(stream.getvalue().encode(encoding), "a.校核意见.csv")
    assert read.value == (ONE, TWO)


def test_no_cell_of_the_file_beside_is_a_formula() -> None:
    rows = csv.reader(io.StringIO(acceptance_csv([ONE, TWO]).decode("utf-8-sig"), newline=""))
    assert not [cell for cells in rows for cell in cells if cell[:1] in ("=", "+", "-", "@")]


@pytest.mark.row("C4")
@pytest.mark.parametrize("start", ["", " ", "\t", "\n", "\u3000", "'", "''", "'\n"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_no_beginning_makes_a_formula_of_a_text_beside_and_every_one_comes_back(start: str, sign: str) -> None:
    text = f"{start}{sign}cmd|'/c calc'!A0"
    written = acceptance_csv([replace(ONE, quote=text, what=text, reason=text)])
    cells = [cell for cells in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")) for cell in cells]
    assert not [cell for cell in cells if cell.strip()[:1] in tuple("=+-@＝＋－＠")]
    assert sum(cell == f"'{text}" for cell in cells) == 3
    (read,) = read_acceptances(written, "a.校核意见.csv").value
    assert (read.quote.strip(), read.what.strip(), read.reason.strip()) == (text.strip(),) * 3


def test_a_number_is_never_taken_for_a_figure() -> None:
    text = Text(content="甲", spot=Spot(words=""), role=Role.OTHER)
    keys = [
        Finding(rule=Rule.RATE, level=Level.ERROR, what=str(i), fix="", marks=(Mark(text=text),)).key
        for i in range(3_000)
    ]
    assert all(key[0].isalpha() and len(key) == 10 for key in keys)
    assert len(set(keys)) == 3_000


def test_where_the_list_is_kept() -> None:
    assert kept_in(Path("甲/台账.xlsx")) == Path("甲/台账.xlsx")
    assert kept_in(Path("甲/台账.XLSM")) == Path("甲/台账.XLSM")
    assert kept_in(Path("甲/报告.docx")) == Path("甲/报告.docx.校核意见.csv")
    assert kept_in(Path("甲/台账.csv")) == Path("甲/台账.csv.校核意见.csv")


def test_the_findings_of_a_run_get_the_reasons_that_were_kept() -> None:
    kept = (ONE, Acceptance(key="c3333333", reason="甲"), Acceptance(key="d4444444"))
    fresh = Acceptance(key=ONE.key, what="新的一句")
    rows = with_reasons([TWO, fresh], kept)
    assert [(each.key, each.reason) for each in rows] == [
        (TWO.key, ""),
        (ONE.key, ONE.reason),
        ("c3333333", "甲"),
    ]
    assert rows[1].what == "新的一句"
    assert worth_keeping(kept) == kept[:2]


def test_of_more_findings_than_can_be_read_again_the_accepted_ones_all_come(hold: Hold) -> None:
    hold(tables={"rows": 100})
    rows = [Acceptance(key=f"a{number:07d}", reason="甲" if number > 120 else "") for number in range(140)]
    for name, blob in (
        ("a.xlsx", write_workbook([acceptance_sheet(rows)])),
        ("a.校核意见.csv", acceptance_csv(rows)),
    ):
        read = read_acceptances(blob, name)
        assert read.problems == ()
        assert len(read.value) == 100
        assert [each.key for each in read.value if each.reason] == [row.key for row in rows if row.reason]
    table = as_table_of(write_workbook([acceptance_sheet(rows)]))
    assert "意见共 140 条，这里列出 100 条。" in table.rows[2][0].text
    assert [*strange_cells(table)] == []


def as_table_of(blob: bytes) -> Table:
    """The list as a table."""
    (table,) = read_contents(blob, "a.xlsx").value.tables
    return table

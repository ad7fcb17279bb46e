"""The standard ledger workbook (标准台账): written and read again, it is the same ledger."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reportgen.ledger.files.workbook import Column, SheetText, write_workbook
from reportgen.ledger.ids import with_ids
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import STATUSES, VERDICTS, Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.records import (
    OPEN_SHEET,
    ORIGINS_SHEET,
    RECORD_SHEET,
    Received,
    Record,
    period_name,
    record_of,
    record_sheet,
    same_period,
)
from reportgen.ledger.tables import Cell, Table
from reportgen.problems import Location, Outcome
from reportgen.source import clean_text
from tests.projects import ROOT

SAMPLE = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"
BOTH = Wants({Sheet.GOALS: frozenset({"judgement"}), Sheet.TASKS: frozenset({"judgement"})})


def goal(text: str = "固定资产投资增长6%", **fields: Any) -> Entry:
    usual: dict[str, Any] = {"lead_units": ("区发展改革委",), "judgement": VERDICTS[0]}
    return Entry(sheet=Sheet.GOALS, text=text, **usual | fields)


def task(text: str = "建成社区食堂3个", **fields: Any) -> Entry:
    usual: dict[str, Any] = {"lead_units": ("区民政局",), "judgement": STATUSES[0]}
    return Entry(sheet=Sheet.TASKS, text=text, **usual | fields)


def ledger(*entries: Entry, **fields: Any) -> Ledger:
    goals, tasks = (tuple(entry for entry in entries if entry.sheet is sheet) for sheet in Sheet)
    return Ledger(file="台账.xlsx", goals=goals, tasks=tasks, **fields)


def read(blob: bytes, wants: Wants = BOTH) -> Outcome[Ledger]:
    return read_ledger(blob, "台账.xlsx", wants)


def again(kept: Ledger) -> Ledger:
    return read(write_workbook(ledger_sheets(kept, tuple(Sheet)))).value


def heads(kept: Ledger) -> list[list[str]]:
    return [[column.title for column in sheet.columns] for sheet in ledger_sheets(kept)]


def test_the_sample_written_and_read_is_the_same_ledger_without_a_new_warning():
    first = read(SAMPLE.read_bytes())
    kept = with_ids(first.value)
    second = read(write_workbook(ledger_sheets(kept)))
    assert second.value == kept
    assert {problem.code for problem in second.problems} <= {problem.code for problem in first.problems}
    assert len(second.problems) <= len(first.problems)


def test_columns_that_nobody_fills_are_left_out_and_the_others_stand_in_their_order():
    assert heads(ledger(goal(), task())) == [
        ["编号", "序号", "预期目标", "责任单位", "进展情况", "评价", "报告用语"],
        ["编号", "序号", "分类", "工作任务", "责任单位", "配合单位", "进展情况", "推进情况", "报告用语"],
    ]
    full = task(
        support_units=("区财政局",), last_progress="上期", phrase="用语", category="民生", others=(("备注", "见附表"),)
    )
    assert heads(ledger(full)) == [
        [
            "编号",
            "序号",
            "分类",
            "工作任务",
            "责任单位",
            "配合单位",
            "上期进展情况",
            "进展情况",
            "推进情况",
            "报告用语",
            "备注",
        ]
    ]
    assert again(ledger(full)).tasks == (full,)


def test_units_stand_one_per_line_and_brackets_stay_with_their_unit():
    units = ("区城管局（区违建整治办）", "区财政局", "石渡街道")
    kept = ledger(task(lead_units=units))
    (sheet,) = ledger_sheets(kept)
    assert "区城管局（区违建整治办）\n区财政局\n石渡街道" in sheet.rows[0]
    assert again(kept) == kept


@pytest.mark.parametrize(
    "text",
    ["=SUM(A1:A9)", "_x0041_", "_x005F_x0041_", "007", "110101202607100018", "第一行\n第二行", "甲  乙\t丙", "+1",
     "@用户", "'引号", "<b>&amp;", "𠮷野家㎡", "1,234.50", "2026-07-10", "TRUE", "无", "#N/A", "-", "①完成；②未完成"],
)  # fmt: skip
def test_a_text_stays_what_it_is(text: str):
    kept = ledger(
        task(text=text, given_no="007", progress=text, phrase=text, last_progress=text, others=(("备注", text),))
    )
    assert again(kept) == kept


def test_a_task_without_category_does_not_take_that_of_the_row_above():
    kept = ledger(
        task("甲", category="民生"),
        task("乙"),
        task("丙", category="生态"),
        task("丁", category="生态"),
        task("戊"),
        task("己"),
    )
    assert [entry.category for entry in again(kept).tasks] == ["民生", "", "生态", "生态", "", ""]
    assert again(kept) == kept


def test_a_goal_may_have_a_category():
    kept = ledger(goal("甲", category="经济"), goal("乙"))
    assert again(kept) == kept


def test_columns_of_the_same_header_stay_apart():
    kept = ledger(
        task("甲", others=(("备注", "一"), ("", "二"), ("备注", "三"))),
        task("乙", others=(("备注", "四"), ("", ""), ("备注", ""))),
    )
    assert again(kept) == kept


def test_another_column_is_never_read_as_a_field():
    kept = again(ledger(task(progress="进展", others=(("工作进展", "别的"),))))
    assert kept.tasks[0].progress == "进展"
    assert [text for _, text in kept.tasks[0].others] == ["别的"]


def test_what_only_some_entries_have_is_empty_for_the_others():
    kept = again(ledger(task("甲", others=(("备注", "一"),)), task("乙")))
    assert [entry.others for entry in kept.tasks] == [(("备注", "一"),), (("备注", ""),)]


def test_the_longest_cell_that_excel_knows_comes_back_whole():
    text = "_x0041_" + "长" * (32_767 - 7)
    assert again(ledger(task(progress=text))).tasks[0].progress == text


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.campaign)])
def test_many_tasks_are_written_and_read_again(count):
    kept = with_ids(
        ledger(*(task(f"建成社区食堂{i}个", category="民生", progress="已建成。" * 20) for i in range(count)))
    )
    blob = write_workbook(ledger_sheets(kept))
    assert read(blob, Wants({Sheet.TASKS: frozenset()})).value == kept


_UNITS = st.lists(
    st.sampled_from(("区教委", "区城管局（区整违办）", "各镇街", "石渡街道", "区财政局")), min_size=1, unique=True
)
_CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from(["_x0041_", "=", "\n", " ", "\u3000", "007", "_x005F_", "\t", "＝", "'", '"', "&", "<", "]]>"]),
)


def _as_read(text: str) -> str:
    """What the reader makes of a text: clean, its lines trimmed, the empty ones dropped."""
    clean = clean_text(text)[0]
    return "\n".join(line for part in clean.split("\n") if (line := part.strip()))


_TEXT = st.lists(_CHARACTERS, max_size=12).map("".join).map(_as_read)


@given(
    st.lists(
        st.builds(
            task,
            _TEXT.map(lambda text: text or "任务"),
            category=_TEXT,
            given_no=_TEXT,
            lead_units=_UNITS.map(tuple),
            support_units=_UNITS.map(tuple),
            progress=_TEXT,
            judgement=st.sampled_from(STATUSES),
            phrase=_TEXT,
            last_progress=_TEXT,
            others=st.tuples(st.tuples(st.just("备注"), _TEXT.map(lambda text: text or "无"))),
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=60)
def test_any_text_comes_back(tasks: list[Entry]):
    kept = with_ids(ledger(*tasks))
    assert again(kept) == kept


def test_the_same_ledger_gives_the_same_bytes():
    sheets = ledger_sheets(ledger(goal(), task()))
    assert write_workbook(sheets) == write_workbook(sheets)


def test_the_judgement_is_chosen_from_a_list_also_in_rows_that_are_added():
    book = load_workbook(BytesIO(write_workbook(ledger_sheets(ledger(goal(), task())))))
    for name, words in (("预期目标", VERDICTS), ("重点任务", STATUSES)):
        (rule,) = book[name].data_validations.dataValidation
        assert rule.formula1 == f'"{",".join(words)}"'
        head = [cell.value for cell in book[name][1]]
        column = head.index("评价" if name == "预期目标" else "推进情况")
        assert book[name].cell(150, column + 1).coordinate in rule.cells


# ---- the record of a collection


def _recorded(*names: str, period: str = "2026年1—6月") -> bytes:
    record = record_sheet(
        Record(period=period, returns=(Received(file="区教委.xlsx", unit="区教委", sha256="ab" * 32),))
    )
    more = [SheetText(name=name, columns=(Column(title="编号", width=9),), rows=[("R-1",)]) for name in names]
    return write_workbook([*ledger_sheets(ledger(task())), record, *more])


TASKS_ONLY = Wants({Sheet.TASKS: frozenset()})


def test_the_program_s_own_sheets_are_passed_over_and_the_period_is_known():
    outcome = read(_recorded(ORIGINS_SHEET, OPEN_SHEET), TASKS_ONLY)
    assert outcome.value.period == "2026年1—6月"
    assert outcome.problems == ()


def test_a_sheet_that_only_has_the_name_is_told_where_no_record_is():
    blob = write_workbook(
        [
            *ledger_sheets(ledger(task())),
            SheetText(name="来源", columns=(Column(title="单位", width=9),), rows=[("区教委",)]),
        ]
    )
    outcome = read(blob, TASKS_ONLY)
    assert outcome.value.period == ""
    assert "ledger.unread-sheet" in [problem.code for problem in outcome.problems]


def test_a_record_is_read_as_it_was_written():
    record = Record(
        period=period_name(2026, "1—6月"),
        returns=(
            Received(file="区教委.xlsx", unit="区教委", sha256="ab" * 32),
            Received(file="=不明.docx", unit="", sha256="cd" * 32),
        ),
    )
    sheet = load_workbook(BytesIO(write_workbook([record_sheet(record)])))[RECORD_SHEET]
    where = Location(file="台账.xlsx", sheet=RECORD_SHEET)
    rows = [tuple(Cell(str(value or ""), where) for value in row) for row in sheet.iter_rows(values_only=True)]
    assert record_of(Table(RECORD_SHEET, rows, where)) == record
    assert record_of(Table(RECORD_SHEET, rows[2:3], where)) == Record(period="")


def test_a_period_is_the_same_in_any_spelling_of_its_spaces_and_widths():
    assert same_period(period_name(2026, "1—6月"), "２０２６ 年1—6月")
    assert not same_period(period_name(2026, "1—6月"), period_name(2025, "1—6月"))
    assert replace(ledger(task()), period="x") != ledger(task())


def test_a_record_that_lost_its_period_is_told():
    outcome = read(_recorded(period=""), TASKS_ONLY)
    (told,) = [problem for problem in outcome.problems if problem.code == "record.no-period"]
    assert told.where is not None
    assert told.where.sheet == RECORD_SHEET
    assert "当作上一期" in told.fix

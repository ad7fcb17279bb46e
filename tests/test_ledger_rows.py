"""Rows of ledgers (台账的行) as offices write them: remarks, many rows of one fault, temporary files, merged tasks."""

from __future__ import annotations

import pytest

from reportgen.ledger.reading import read_ledger
from reportgen.problems import InputError
from tests.bad_workbooks import merged
from tests.ledger_files import TASK_HEAD, TASK_ROW, WANTS_TASKS, WANTS_TEXT, as_csv, as_yaml, task, tasks, workbook


def test_a_number_of_yaml_stays_as_it_is_written():
    text = "重点任务:\n- {序号: 1.10, 任务: 甲, 牵头单位: 区教委}\n"
    assert read_ledger(text.encode(), "a.yaml", WANTS_TEXT).value.tasks[0].given_no == "1.10"
    text = '{"重点任务": [{"序号": 1.10, "任务": "甲", "牵头单位": "区教委"}]}'
    assert read_ledger(text.encode(), "a.json", WANTS_TEXT).value.tasks[0].given_no == "1.10"


def test_no_unit_in_so_many_words_is_no_unit():
    with pytest.raises(InputError) as caught:
        read_ledger(tasks(task(lead="无")), "a.xlsx", WANTS_TASKS)
    assert [(p.code, p.where and p.where.cell) for p in caught.value.problems] == [("ledger.no-lead-unit", "D2")]
    assert read_ledger(tasks(task(support="无")), "a.xlsx", WANTS_TASKS).value.tasks[0].support_units == ()


def test_remarks_below_the_table_are_skipped_and_told():
    blob = tasks(
        TASK_ROW, ["注：数据截至6月底"], [None, None, "合计"], ["制表：甲", None, None, None, None, "审核：乙"]
    )
    outcome = read_ledger(blob, "a.xlsx", WANTS_TASKS)
    assert [problem.code for problem in outcome.problems] == ["ledger.remark-row"] * 3
    assert "不会进入报告" in outcome.problems[0].what
    assert len(outcome.value.tasks) == 1


def test_a_task_that_only_begins_like_a_remark_is_a_task():
    row = task(no=None, category=None, text="合计建成公园5个")
    assert len(read_ledger(tasks(row), "a.xlsx", WANTS_TASKS).value.tasks) == 1


@pytest.mark.parametrize("count", [5, 6, 20])
@pytest.mark.parametrize("ending", ["xlsx", "csv", "yaml"])
def test_the_same_fault_of_many_rows_is_one_problem(count, ending):
    rows = [TASK_HEAD, *[task(text=f"任务{i}", status=None) for i in range(count)]]
    if ending == "yaml":
        rows = [TASK_HEAD, *[task(text=f"任务{i}", status="") for i in range(count)]]
    makers = {"xlsx": workbook, "yaml": as_yaml, "csv": lambda sheets: as_csv(sheets["重点任务"])}
    with pytest.raises(InputError) as caught:
        read_ledger(makers[ending]({"重点任务": rows}), f"a.{ending}", WANTS_TASKS)
    problems = caught.value.problems
    if count <= 5:
        assert [len(problem.related) for problem in problems] == [0] * count
    else:
        (problem,) = problems
        assert problem.what == f"「推进情况」为空（共 {count} 处）"
        assert len(problem.related) == 5


@pytest.mark.parametrize("prefix", ["~$", ".~"])
def test_a_temporary_file_names_the_real_one(prefix):
    with pytest.raises(InputError) as caught:
        read_ledger(b"x", f"data/{prefix}台账.xlsx", WANTS_TASKS)
    (problem,) = caught.value.problems
    assert problem.code == "file.wrong-kind"
    assert "临时文件" in problem.what
    assert "「台账.xlsx」" in problem.fix


def test_a_task_under_a_merged_unit_is_no_remark():
    blob = tasks(TASK_ROW, [2, None, "合计建成公园5个", None, None, "x", None], edit=merged("D2:D3"))
    assert len(read_ledger(blob, "a.xlsx", WANTS_TEXT).value.tasks) == 2


@pytest.mark.parametrize("merge", ["C2:C3", "B2:C3"])
def test_a_task_merged_over_rows_names_its_first_cell(merge):
    rows = [TASK_ROW, task(text=None, category=None, lead="区教委")]
    blob = tasks(*rows, edit=merged(merge))
    with pytest.raises(InputError) as caught:
        read_ledger(blob, "a.xlsx", WANTS_TASKS)
    (problem,) = caught.value.problems
    assert problem.code == "ledger.merged-task"
    assert [place.cell for place in problem.related] == [merge[:2]]


def test_rows_above_the_head_that_are_more_than_a_title_are_told():
    blob = workbook({"重点任务": [["台账", "台账"], ["甲", "乙"], TASK_HEAD, TASK_ROW]})
    (problem,) = read_ledger(blob, "a.xlsx", WANTS_TASKS).problems
    assert problem.code == "ledger.above-head"
    assert problem.where is not None
    assert problem.where.cell == "A2"

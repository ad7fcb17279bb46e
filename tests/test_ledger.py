"""Ledgers (台账): from every kind of file to the same goals and tasks, or to all that is wrong with them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.ledger.model import Sheet
from reportgen.ledger.reading import Wants, read_ledger, read_ledger_files
from reportgen.ledger.words import FIELD_NAMES, STANDARD_WORDS
from reportgen.problems import InputError, Severity
from tests.bad_ledgers import BAD_LEDGERS, FOLDER, WARNING_CODES, expected_lines
from tests.bad_returns import BAD_RETURNS
from tests.ledger_files import (
    GOAL_HEAD,
    GOAL_ROW,
    REGISTER,
    TASK_HEAD,
    TASK_ROW,
    WANTS_BOTH,
    WANTS_TASKS,
    WANTS_TEXT,
    as_csv,
    as_json,
    as_yaml,
    task,
    tasks,
    workbook,
)

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "../shared/reference"
BAD_BY_NAME = {bad.name: bad for bad in BAD_LEDGERS}


def codes_of(blob, name="台账.xlsx", wants=WANTS_TASKS, register=None):
    """(code, cell) of every problem that reading the ledger raises or gives."""
    try:
        problems = read_ledger(blob, name, wants, register).problems
    except InputError as fault:
        problems = fault.problems
    return [(problem.code, problem.where.cell if problem.where else None) for problem in problems]


# ---- the two issued documents


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    if not REFERENCE.is_dir():
        pytest.skip("../shared/reference is not there: the two issued documents cannot be read")
    folder = tmp_path_factory.mktemp("ledgers")
    report = next(REFERENCE.glob("000_*.txt"))
    script, rows = REFERENCE / "make_ledgers.py", REFERENCE / "tables.json"
    subprocess.run([sys.executable, script, rows, report, folder], check=True)
    return folder, json.loads(rows.read_text(encoding="utf-8"))


def as_rows(entries):
    return [(e.given_no, e.category, e.text, e.lead_units, e.support_units, e.progress) for e in entries]


def test_every_cell_of_the_first_reference_ledger_arrives(reference):
    folder, rows = reference
    outcome = read_ledger((folder / "shapingba.xlsx").read_bytes(), "shapingba.xlsx", WANTS_BOTH)
    ledger, rows = outcome.value, rows["shapingba_2022h1"]
    assert as_rows(ledger.goals) == [
        (str(row["no"]), "", row["goal"], tuple(row["lead"]), (), row["progress"]) for row in rows["goals"]
    ]
    expected = [
        (str(r["no"]), r["category"], r["task"], tuple(r["lead"]), tuple(r["support"]), r["progress"])
        for r in rows["lagging"] + rows["normal"]
    ]
    assert as_rows(ledger.tasks) == expected
    assert [e.judgement for e in ledger.tasks] == ["推进较为滞后"] * 7 + ["正常推进"] * 124
    assert len(ledger.goals) == 10
    assert {problem.severity for problem in outcome.problems} == {Severity.WARNING}
    assert {p.code for p in outcome.problems} == {"ledger.no-progress", "ledger.empty-progress"}


def test_every_cell_of_the_second_reference_ledger_arrives(reference):
    folder, rows = reference
    wants = Wants({Sheet.TASKS: frozenset({"progress"})})
    ledger = read_ledger((folder / "fuling.xlsx").read_bytes(), "fuling.xlsx", wants).value
    assert as_rows(ledger.tasks) == [
        (str(row["no"]), "", row["task"], tuple(row["lead"]), (), row["progress"])
        for row in rows["fuling_2023h1"]["rows"]
    ]
    assert len(ledger.tasks) == 206


def test_the_same_ledger_in_every_format_gives_the_same_entries(reference):
    _, rows = reference
    rows = rows["shapingba_2022h1"]
    sheets = {
        "预期目标": [
            ["序号", "2022年预期目标", "责任单位", "进展情况", "评价"],
            *[[r["no"], r["goal"], "\n".join(r["lead"]), r["progress"], "符合预期"] for r in rows["goals"]],
        ],
        "重点任务": [
            TASK_HEAD,
            *[
                [r["no"], r["category"], r["task"], "\n".join(r["lead"]), "、".join(r["support"]),
                 r["progress"], "正常推进"]
                for r in rows["normal"]
            ],
        ],
    }  # fmt: skip
    expected = read_ledger(workbook(sheets), "a.xlsx", WANTS_BOTH).value
    csv_files = [(f"{title}.csv", as_csv(table)) for title, table in sheets.items()]
    found = [
        read_ledger(as_yaml(sheets), "a.yaml", WANTS_BOTH).value,
        read_ledger(as_json(sheets), "a.json", WANTS_BOTH).value,
        read_ledger_files(csv_files, WANTS_BOTH).value,
        read_ledger_files([(n, b.decode().encode("gb18030")) for n, b in csv_files], WANTS_BOTH).value,
    ]
    for ledger in found:
        assert ledger.goals == expected.goals
        assert ledger.tasks == expected.tasks
    assert (len(expected.goals), len(expected.tasks)) == (10, 124)


# ---- bad files


@pytest.mark.row("I10", "refused")
@pytest.mark.parametrize("name", BAD_BY_NAME)
def test_a_bad_ledger_names_every_fault_and_its_place(name):
    bad = BAD_BY_NAME[name]
    problems = bad.problems()
    found = [(problem.code, str(problem.where or "")) for problem in problems]
    for code, place in bad.expects:
        assert any(code == c and place in where for c, where in found), (code, place, found)
    assert {code for code, _ in found} <= {code for code, _ in bad.expects} | {
        # What else is true of such a file.
        "ledger.unread-sheet", "ledger.unknown-unit", "ledger.no-rows",
    }  # fmt: skip
    for problem in problems:
        assert len(problem.what) <= 300
        assert len(problem.fix) <= 300
        assert re.search("[\u4e00-\u9fff]", problem.what)
        assert not re.search(r"Traceback|Error\b|Exception|<class|object at", str(problem))
        if bad.name.startswith("units-") or problem.code != "ledger.unread-sheet":
            expected = Severity.WARNING if problem.code in WARNING_CODES else Severity.ERROR
            assert problem.severity is expected, problem


def test_side_files_of_bad_ledgers_name_the_severity_too():
    for side in FOLDER.glob("*.expect"):
        for severity, code, _ in expected_lines(side):
            if side.name.startswith(("ledger-", "units-")):
                assert severity == ("warning" if code in WARNING_CODES else "error"), side


def test_every_problem_code_of_the_ledger_floor_is_raised_by_a_bad_file():
    pattern = re.compile(r'"((?:ledger|file|text|units)\.[a-z0-9-]+)"')
    defined = {
        code
        for path in (ROOT / "reportgen" / "ledger").rglob("*.py")
        for code in pattern.findall(path.read_text(encoding="utf-8"))
    }
    ledgers = {code for bad in BAD_LEDGERS for code, _ in bad.expects}
    assert defined - ledgers - {code for bad in BAD_RETURNS for code in bad.codes} == set()


def test_what_is_wrong_in_two_files_comes_together():
    files = [("预期目标.csv", b"%PDF-1.7"), ("重点任务.csv", as_csv([TASK_HEAD, task(lead="")]))]
    with pytest.raises(InputError) as caught:
        read_ledger_files(files, WANTS_BOTH)
    assert [p.code for p in caught.value.problems] == ["file.wrong-kind", "ledger.no-lead-unit"]


# ---- heads


@pytest.mark.parametrize("field", FIELD_NAMES)
def test_every_header_synonym_is_known_in_any_spelling(field):
    for name in STANDARD_WORDS.columns[field]:
        for written in (name, "  ".join(name), f"2026年{name}", f"2026年度{name}（必填）", f"*{name}：\n"):
            assert STANDARD_WORDS.field_of(written) == field, written


def test_a_title_above_the_head_and_letter_spaced_heads_are_allowed():
    head = ["序 号", "类  别", "目    标   任   务", "牵头\n责任单位", "", "完成情况（截至6月底）", "状态"]
    blob = workbook({"重点任务": [["2026年重点任务台账"], [], head, TASK_ROW]})
    entry = read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks[0]
    assert (entry.category, entry.text) == ("城市更新", "建成口袋公园5个")
    assert entry.lead_units == ("区城管局",)


def test_one_head_cell_over_two_columns_means_category_and_task():
    def edit(book):
        book.active.merge_cells("B1:C1")
        book.active.merge_cells("B4:C4")

    head = ["序号", "工作任务", None, "责任单位", "进展情况", "推进情况"]
    rows: list[list[Any]] = [
        [1, "城市更新", "甲", "区教委", "x", "正常"],
        [2, None, "乙", "区教委", "x", "正常"],
        [3, "丙", None, "区教委", "x", "正常"],
    ]
    blob = workbook({"重点任务": [head, *rows]}, edit)
    entries = read_ledger(blob, "a.xlsx", WANTS_TASKS).value.tasks
    assert [(e.category, e.text) for e in entries] == [("城市更新", "甲"), ("城市更新", "乙"), ("", "丙")]


def test_a_head_of_two_rows_is_read_by_its_lower_row():
    def edit(book):
        for place in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
            book.active.merge_cells(place)

    top = ["序号", "工作任务", "责任单位", None, "进展情况"]
    blob = workbook(
        {"重点任务": [top, [None, None, "牵头单位", "配合单位"], [1, "甲", "区教委", "区财政局", "x"]]}, edit
    )
    wants = Wants({Sheet.TASKS: frozenset({"support_units", "progress"})})
    entry = read_ledger(blob, "a.xlsx", wants).value.tasks[0]
    assert (entry.lead_units, entry.support_units) == (("区教委",), ("区财政局",))


def test_two_columns_of_one_meaning_are_refused_naming_both_cells():
    blob = workbook({"重点任务": [[*TASK_HEAD, "完成情况"], [*TASK_ROW, "x"]]})
    with pytest.raises(InputError) as caught:
        read_ledger(blob, "a.xlsx", WANTS_TASKS)
    (problem,) = caught.value.problems
    assert "F1" in problem.what
    assert "H1" in problem.what
    assert [place.cell for place in problem.related] == ["H1"]


def test_an_office_adds_its_own_words():
    words = STANDARD_WORDS.extended({"工作任务": ["事项"], "推进情况": ["红绿灯"]}, {"正常推进": ["绿灯"]})
    blob = as_csv([["事项", "责任单位", "红绿灯"], ["甲", "区教委", "绿灯"]])
    wants = Wants({Sheet.TASKS: frozenset({"judgement"})})
    assert read_ledger(blob, "a.csv", wants, words=words).value.tasks[0].judgement == "正常推进"
    assert STANDARD_WORDS.field_of("事项") is None


@pytest.mark.parametrize(
    ("columns", "judgements"),
    [
        ({"事项": ["甲"]}, {}),
        ({"工作任务": ["分类"]}, {}),
        ({}, {"正常推进": ["滞后"]}),
        ({"分类": [" "]}, {}),
    ],
)
def test_words_that_would_mean_two_things_are_refused(columns, judgements):
    with pytest.raises(InputError) as caught:
        STANDARD_WORDS.extended(columns, judgements)
    assert [p.code for p in caught.value.problems] == ["ledger.bad-words"]


def test_an_unknown_column_names_the_nearest_header():
    blob = workbook({"重点任务": [[*TASK_HEAD, "报告用词"], [*TASK_ROW, "x"]]})
    (problem,) = read_ledger(blob, "a.xlsx", WANTS_TASKS).problems
    assert problem.code == "ledger.unknown-column"
    assert "「报告用语」" in problem.fix


# ---- rows


def test_judgement_words_are_read_in_their_synonyms():
    rows = [task(text=word, status=word) for word in ("正常", "按期推进", "滞后", " 推进\n较为滞后。")]
    entries = read_ledger(tasks(*rows), "a.xlsx", WANTS_TASKS).value.tasks
    assert [e.judgement for e in entries] == ["正常推进", "正常推进", "推进较为滞后", "推进较为滞后"]


def test_an_unknown_judgement_hints_at_the_standard_word():
    with pytest.raises(InputError) as caught:
        read_ledger(tasks(task(status="推进较滞后")), "a.xlsx", WANTS_TASKS)
    assert "是否要写「推进较为滞后」" in caught.value.problems[0].fix


def test_lagging_tasks_may_have_no_progress():
    assert codes_of(tasks(task(progress="无。", status="滞后"))) == []
    assert codes_of(tasks(task(progress="无。"))) == [("ledger.no-progress", "F2")]


def test_an_empty_category_takes_the_one_above():
    rows: list[list[Any]] = [
        ["1", None, "甲", "区教委", "", "x", "正常"],
        ["2", "生态", "乙", "区教委", "", "x", "正常"],
        ["3", " ", "丙", "区教委", "", "x", "正常"],
    ]  # fmt: skip
    entries = read_ledger(tasks(*rows), "a.xlsx", WANTS_TASKS).value.tasks
    assert [e.category for e in entries] == ["", "生态", "生态"]
    assert entries[2].cells["category"].cell == "B3"


def test_places_of_fields_are_the_cells_that_hold_them():
    entry = read_ledger(tasks(TASK_ROW), "台账.xlsx", WANTS_TASKS).value.tasks[0]
    assert str(entry.cells["progress"]) == "台账.xlsx「重点任务」F2"
    entry = read_ledger(as_csv([TASK_HEAD, TASK_ROW]), "台账.csv", WANTS_TASKS).value.tasks[0]
    assert str(entry.cells["progress"]) == "台账.csv:2:6"


def test_a_sheet_that_the_template_does_not_use_never_stops_the_run():
    goals = [["预期目标", "责任单位", "评价"], ["增长5%", "", "不知道"]]
    blob = workbook({"预期目标": goals, "重点任务": [TASK_HEAD, TASK_ROW]})
    outcome = read_ledger(blob, "a.xlsx", WANTS_TASKS)
    assert [e.text for e in outcome.value.goals] == ["增长5%"]
    assert {problem.severity for problem in outcome.problems} == {Severity.WARNING}


def test_an_unknown_unit_is_told_once_with_its_places():
    blob = tasks(task(lead="区教位"), task(text="另", lead="区教位"))
    (problem,) = read_ledger(blob, "a.xlsx", WANTS_TASKS, REGISTER).problems
    assert problem.code == "ledger.unknown-unit"
    assert problem.where is not None
    assert (problem.where.cell, [p.cell for p in problem.related]) == ("D2", ["D3"])
    assert "「区教委」" in problem.fix


def test_a_csv_of_goals_is_known_by_its_head():
    wants = Wants({Sheet.GOALS: frozenset({"judgement"})})
    ledger = read_ledger(as_csv([GOAL_HEAD, GOAL_ROW]), "台账.csv", wants).value
    assert [e.judgement for e in ledger.goals] == ["符合预期"]


@pytest.mark.row("I6")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_is_read_in_every_usual_encoding(encoding):
    ledger = read_ledger(as_csv([TASK_HEAD, TASK_ROW], encoding), "a.csv", WANTS_TASKS).value
    assert ledger.tasks[0].text == "建成口袋公园5个"


def test_tab_separated_text_of_a_spreadsheet_is_read():
    blob = as_csv([TASK_HEAD, TASK_ROW]).decode().replace(",", "\t").encode("utf-16")
    assert len(read_ledger(blob, "a.csv", WANTS_TASKS).value.tasks) == 1


def test_units_may_be_a_list_or_a_string_and_numbers_may_count():
    text = "重点任务:\n- {序号: 3, 任务: 甲, 牵头单位: [区教委, 区财政局]}\n"
    text += "- {任务: 乙, 牵头单位: 区教委、区财政局}\n"
    first, second = read_ledger(text.encode(), "a.yaml", WANTS_TEXT).value.tasks
    assert first.given_no == "3"
    assert first.lead_units == second.lead_units == ("区教委", "区财政局")


# ---- text

# Everything a cell may hold: no surrogates, no controls, nothing that is taken out as invisible.
LEGAL = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn"), include_characters="\n&<{}\"'①"),
    min_size=1,
    max_size=60,
)


def stated_trimming(text):
    """Lines trimmed, empty lines dropped, a no-break space made a space."""
    lines = [line.strip() for line in text.replace("\u00a0", " ").split("\n")]
    return "\n".join(line for line in lines if line)


@settings(max_examples=60, deadline=None)
@given(st.lists(LEGAL.filter(stated_trimming), min_size=1, max_size=6, unique_by=stated_trimming))
def test_legal_text_arrives_letter_for_letter_from_every_format(texts):
    # A leading = would be a formula to openpyxl, and _xHHHH_ is an escape to Excel.
    texts = ["文" + text.replace("_x", "_") for text in texts]
    head = ["工作任务", "责任单位"]
    sheets = {"重点任务": [head, *[[text, "区教委"] for text in texts]]}
    expected = [stated_trimming(text) for text in texts]
    for blob, name in (
        (workbook(sheets), "a.xlsx"),
        (as_json(sheets), "a.json"),
        (as_csv(sheets["重点任务"]), "a.csv"),
    ):
        entries = read_ledger(blob, name, WANTS_TEXT).value.tasks
        assert [entry.text for entry in entries] == expected, name

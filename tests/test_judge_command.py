"""The command `judge` (研判命令): real ledgers in, a table out, and only empty cells filled."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Side

from reportgen.judge import Judged, fill, judge_ledger, refuse_changed
from reportgen.judging.verdicts import Standing
from reportgen.problems import CannotWrite, InputError
from tests.projects import CONFIG, SAMPLE, goal, ledger, project, run, task

NORMAL, LATE = "正常推进", "推进较为滞后"
CONFIG_XLSX = CONFIG.replace("台账.yaml", "台账.xlsx")
TASK_HEAD = ["序号", "分类", "工作任务", "责任单位", "配合单位", "任务进展情况", "推进情况", "报告用语", "备用"]
TASKS = [
    [1, "建设", "新建公园10个", "区城管局", "各镇街", "已建成公园2个。", None, None, "甲"],
    [2, "建设", "新建学校4所", "区教委", "各镇街", "新建学校3所。", None, None, "=1+1"],
    [3, "建设", "推动新校区建设", "区教委", "各镇街", "近期无进展。", NORMAL, None, None],
    [4, "建设", "加强管理", "区教委", "各镇街", "扎实开展。", None, None, None],
]
GOALS_HEAD = ["序号", "预期目标", "责任单位", "进展情况", "评价", "报告用语"]
GOALS = [[1, "区级税收增长5%左右", "区税务局", "1—6月，区级税收增长2.1%。", None, "区级税收增长2.1%"]]

SHEETS: tuple[tuple[str, list[str], list[list[Any]]], ...] = (
    ("预期目标", GOALS_HEAD, GOALS),
    ("重点任务", TASK_HEAD, TASKS),
)


def workbook(without: str = "", title: bool = False, merged: tuple[str, ...] = ()) -> bytes:
    """A ledger as an office keeps it, with a comment, a formula and a sheet of its own."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, head, rows in SHEETS:
        sheet = book.create_sheet(name)
        if title:
            sheet.append([f"{name}台账"])
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
        kept = [i for i, column in enumerate(head) if column != without]
        for row in (head, *rows):
            sheet.append([row[i] for i in kept])
    book["重点任务"]["F2"].comment = Comment("问过", "甲")
    for line in book["重点任务"].iter_rows(max_col=1):
        line[0].border, line[0].alignment = Border(left=Side("thin")), Alignment(horizontal="center")
    for area in merged:
        book["重点任务"].merge_cells(area)
    book.create_sheet("备忘").append(["不要动", "=SUM(1,2)"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def config_for(folder: Path, blob: bytes | None = None, name: str = "台账.xlsx") -> Path:
    """A configuration whose ledger is that workbook."""
    path = project(folder, config=CONFIG.replace("台账.yaml", name))
    (folder / name).write_bytes(blob if blob is not None else workbook())
    return path


def cells(path: Path, sheet: str) -> dict[str, Any]:
    """All that stands in a sheet."""
    return {cell.coordinate: cell.value for row in load_workbook(path)[sheet] for cell in row if cell.value is not None}


def judged(path: Path) -> Judged:
    return judge_ledger(path)


def test_the_verdicts_are_printed_with_their_reasons_and_places_disagreements_first(tmp_path):
    done = run("judge", config_for(tmp_path), COLUMNS="200")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = [line for line in done.stdout.splitlines() if line.startswith("│")]
    assert [line.split("│")[1].strip() for line in lines if line.split("│")[1].strip()] == ["3", "1", "1", "2", "4"]
    assert "近期无进展" in lines[0]
    assert "重点任务F4" in lines[0]
    assert "〔数量与时间进度〕任务「新建公园10个」" in done.stdout
    assert "台账.xlsx：共 5 项，不一致 1 项，台账为空 3 项，未下结论 1 项。时间过半。" in done.stdout
    assert "不一致的以台账为准，请人工核实。" in done.stdout


def test_disagreement_is_no_failure_unless_strict(tmp_path):
    path = config_for(tmp_path)
    assert run("judge", path).returncode == 0
    assert run("judge", path, "--strict").returncode == 1


def test_the_json_carries_the_numbers_the_rule_and_the_cells(tmp_path):
    done = run("judge", config_for(tmp_path), "--json")
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert told["counts"] == {"不一致": 1, "台账为空": 3, "一致": 0, "未下结论": 1}
    assert (told["until"], told["elapsed"]) == ("2026-06-30", "50%")
    assert [file["file"] for file in told["rules"]] == ["configs/judging/standard.yaml"]
    park = next(each for each in told["verdicts"] if each["text"] == "新建公园10个")
    assert park["opinion"]["rule"] == "task.amount"
    assert park["opinion"]["figures"] == [
        {"target": "10", "actual": "2", "unit": "个", "share": "20%", "expected": "50%"}
    ]
    assert [(each["quote"], each["where"]["cell"]) for each in park["opinion"]["places"]] == [
        ("10个", "C2"),
        ("2个", "F2"),
    ]


def test_only_empty_cells_are_filled_and_nothing_else_changes(tmp_path):
    path = config_for(tmp_path)
    book = tmp_path / "台账.xlsx"
    before = {name: cells(book, name) for name in ("预期目标", "重点任务", "备忘")}
    with ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    done = run("judge", path, "--write")
    assert done.returncode == 0, done.stderr
    assert "填了 3 格空着的评价、推进情况，其余都没有动。" in done.stdout
    assert cells(book, "预期目标") == before["预期目标"] | {"E2": "不达预期"}
    # What a person wrote stays, though the rule says otherwise; what no rule decides stays empty.
    assert cells(book, "重点任务") == before["重点任务"] | {"G2": LATE, "G3": NORMAL}
    assert cells(book, "备忘") == before["备忘"]
    with ZipFile(book) as archive:
        changed = [name for name, part in parts.items() if archive.read(name) != part]
    assert not [name for name in changed if "comment" in name or "styles" in name or name.endswith("sheet3.xml")]
    comment = load_workbook(book)["重点任务"]["F2"].comment
    assert comment is not None
    assert comment.text == "问过"


def test_a_second_run_changes_nothing(tmp_path):
    path = config_for(tmp_path)
    assert run("judge", path, "--write").returncode == 0
    once = (tmp_path / "台账.xlsx").read_bytes()
    again = run("judge", path, "--write")
    assert "没有空着而规则能下结论的格，台账没有改动。" in again.stdout
    assert (tmp_path / "台账.xlsx").read_bytes() == once
    assert {each.standing for each in judged(path).verdicts} == {Standing.DIFFERS, Standing.SAME, Standing.UNDECIDED}


@pytest.mark.parametrize("title", [False, True])
def test_a_missing_column_is_added_behind_the_last_one(tmp_path, title):
    path = config_for(tmp_path, workbook(without="推进情况", title=title))
    assert run("judge", path, "--write").returncode == 0
    told = cells(tmp_path / "台账.xlsx", "重点任务")
    top = 2 if title else 1
    assert (told[f"H{top}"], told[f"I{top}"]) == ("备用", "推进情况")
    assert [told.get(f"I{top + number}") for number in (1, 2, 3, 4)] == [LATE, NORMAL, LATE, None]
    sheet = load_workbook(tmp_path / "台账.xlsx")["重点任务"]
    assert [sheet[f"I{top + 1}"].border.left.style, sheet[f"I{top + 1}"].alignment.horizontal] == ["thin", "center"]
    again = judged(path)
    assert [verdict.standing.value for verdict in again.verdicts] == ["一致", "一致", "一致", "一致", "未下结论"]


def test_a_merged_cell_is_filled_only_where_all_its_rows_agree(tmp_path):
    blob = workbook(merged=("G2:G3",))
    path = config_for(tmp_path, blob)
    done = run("judge", path, "--write")
    assert done.returncode == 0, done.stderr
    assert "有 2 项的格是几行合并的，结论不同，没有填。" in done.stdout
    assert "G2" not in cells(tmp_path / "台账.xlsx", "重点任务")


def test_a_ledger_that_is_no_workbook_is_not_written_but_can_be_saved_as_one(tmp_path):
    late = task("新建公园10个", 任务进展情况="已建成公园2个。", 推进情况="")
    path = project(tmp_path, ledger(goals=[goal()], tasks=[late, task("修路", 任务进展情况="近期无进展。")]))
    before = (tmp_path / "台账.yaml").read_bytes()
    refused = run("judge", path, "--write")
    assert refused.returncode == 1
    assert "judge.no-workbook" in refused.stderr
    assert "请改用 --out 文件.xlsx" in refused.stderr
    out = tmp_path / "新台账.xlsx"
    saved = run("judge", path, "--out", out)
    assert saved.returncode == 0, saved.stderr
    assert (tmp_path / "台账.yaml").read_bytes() == before
    fresh = judge_ledger(path, (out,))
    assert [entry.judgement for entry in fresh.ledger] == ["符合预期", LATE, NORMAL]
    # The same again is no harm; another file of that name is never written over.
    assert run("judge", path, "--out", out).returncode == 0
    out.write_bytes(b"mine")
    other = run("judge", path, "--out", out)
    assert other.returncode == 4
    assert "output.exists" in other.stderr
    assert out.read_bytes() == b"mine"


def test_a_workbook_is_saved_elsewhere_as_its_own_copy(tmp_path):
    path = config_for(tmp_path)
    before = (tmp_path / "台账.xlsx").read_bytes()
    out = tmp_path / "填好.xlsx"
    assert run("judge", path, "--out", out).returncode == 0
    assert (tmp_path / "台账.xlsx").read_bytes() == before
    assert cells(out, "重点任务")["G2"] == LATE
    assert cells(out, "备忘") == {"A1": "不要动", "B1": "=SUM(1,2)"}
    odd = run("judge", path, "--out", tmp_path / "填好.xlsm")
    assert odd.returncode == 1
    assert "judge.other-ending" in odd.stderr


def test_csv_ledgers_are_judged_and_refused_for_writing(tmp_path):
    config = CONFIG.replace("ledger: 台账.yaml", "ledger: [预期目标.csv, 重点任务.csv]")
    path = project(tmp_path, config=config)
    for name, head, rows in SHEETS:
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in (head, *rows)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    refused = run("judge", path, "--write")
    assert refused.returncode == 1
    assert "judge.no-workbook" in refused.stderr
    assert "│ 重点任务第3行 " in run("judge", path, "--all").stdout
    assert [verdict.judgement for verdict in judged(path).verdicts] == ["不达预期", LATE, NORMAL, LATE, ""]


def test_a_judgement_that_nobody_knows_is_a_persons_entry_and_stops_the_run(tmp_path):
    blob = workbook()
    book = load_workbook(BytesIO(blob))
    book["重点任务"]["G2"] = "还行吧"
    book.save(tmp_path / "odd.xlsx")
    path = config_for(tmp_path, (tmp_path / "odd.xlsx").read_bytes())
    done = run("judge", path, "--write")
    assert done.returncode == 1
    assert "「重点任务」G2：错误 [ledger.unknown-status] 不认识的推进情况「还行吧」" in done.stderr


def test_a_ledger_that_changed_or_is_open_is_not_written(tmp_path):
    path = config_for(tmp_path)
    book = tmp_path / "台账.xlsx"
    found = judged(path)
    assert fill(found).files
    (tmp_path / "~$台账.xlsx").write_bytes(b"")
    with pytest.raises(CannotWrite) as caught:
        refuse_changed(found)
    assert [problem.code for problem in caught.value.problems] == ["output.open"]
    (tmp_path / "~$台账.xlsx").unlink()
    book.write_bytes(workbook(title=True))
    with pytest.raises(CannotWrite) as caught:
        refuse_changed(found)
    assert [problem.code for problem in caught.value.problems] == ["judge.changed"]


def test_a_period_that_says_no_month_is_refused_at_its_line(tmp_path):
    path = project(tmp_path, config=CONFIG.replace("1—6月", "近期"))
    with pytest.raises(InputError) as caught:
        judged(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.line) == ("judge.no-period", 5)  # type: ignore[union-attr]


def test_faults_of_rules_and_ledger_are_told_together(tmp_path):
    path = project(tmp_path, {"重点任务": []}, config=CONFIG + "judging: rules.yaml\n")
    (tmp_path / "rules.yaml").write_text("version: 1\nextends: standard\nrulse: {}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        judged(path)
    codes = [problem.code for problem in caught.value.problems]
    assert codes[0] == "config.unknown-key"
    assert "ledger.missing-sheet" in codes


def test_two_ledger_files_of_one_name_and_a_full_head_are_refused_for_writing(tmp_path):
    path = config_for(tmp_path)
    found = judged(path)
    twice = type(found)(
        **{name: getattr(found, name) for name in found.__slots__}
        | {"files": found.files * 2, "paths": found.paths * 2}
    )
    with pytest.raises(InputError) as caught:
        fill(twice)
    assert [problem.code for problem in caught.value.problems] == ["judge.same-name"]
    book = load_workbook(BytesIO(workbook(without="推进情况")))
    for column in range(9, 65):
        book["重点任务"].cell(1, column, f"栏{column}")
        book["重点任务"].cell(2, column, "x")
    book.save(tmp_path / "台账.xlsx")
    with pytest.raises(InputError) as caught:
        fill(judged(path))
    assert [problem.code for problem in caught.value.problems] == ["judge.no-room"]


def test_wrong_options_are_wrong_usage(tmp_path):
    path = config_for(tmp_path)
    assert run("judge", path, "--write", "--out", tmp_path / "x.xlsx").returncode == 2
    assert run("judge", path, "--out", tmp_path / "x.csv").returncode == 2


def test_on_the_clean_sample_nothing_differs():
    found = judge_ledger(SAMPLE)
    assert [verdict.entry.text for verdict in found.verdicts if verdict.standing is Standing.DIFFERS] == []
    late = [verdict for verdict in found.verdicts if verdict.judgement == LATE]
    assert len(late) == 7
    assert sum(bool(verdict.judgement) for verdict in found.verdicts) >= 80

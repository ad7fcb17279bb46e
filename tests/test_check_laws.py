"""Laws of proofreading: same input, same bytes (Law 7); every finding leads to its cell or template line (Law 8)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.projects import CONFIG, goal, ledger, project, run, task, workbook

GOALS = [
    goal(),
    goal(
        "进出口总额增长5%",
        进展情况="1—6月，进出口总额增长9.7%。",
        评价="符合预期",
        报告用语="预计进出口总额预计增长10%",
    ),
]
TASKS = [
    task("改造老旧小区5个", 任务进展情况="已完成施工144天，占全年330天的43.2%，正在收尾。"),
    task("新建公园2座", 任务进展情况="1-6月近期无进展。", 推进情况="正常推进", 分类="建设“美丽城市”"),
    task("新建公园2座", 任务进展情况="一是选址，三是立项，截至7月8日完成审批"),
    task(
        "拆除违法建筑150万平方米",
        任务进展情况="拆除违法建筑33.31万平方米,其中（甲镇20万平方米。",
        推进情况="推进较为滞后",
    ),
]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose ledger, a workbook, has faults of many kinds."""
    folder: Path = tmp_path_factory.mktemp("laws")
    workbook(folder / "台账.xlsx", ledger(GOALS, TASKS))
    return project(folder, config=CONFIG.replace("台账.yaml", "台账.xlsx"))


def checked(config: Path, out: Path, **environment: str) -> tuple[str, dict[str, bytes]]:
    """What the check of a configuration prints as JSON, and all that it writes."""
    out.mkdir()
    names = {"--html": "意见.html", "--excel": "台账副本.xlsx", "--review": "审阅.docx"}
    options = [part for option, name in names.items() for part in (option, out / name)]
    done = run("check", config, *options, "--json", **environment)
    assert done.stderr == ""
    return done.stdout, {name: (out / name).read_bytes() for name in names.values()}


@pytest.mark.row("S10")
@pytest.mark.row("D1")
def test_a_check_prints_and_writes_the_same_bytes_in_any_process_and_any_zone(faulty: Path, tmp_path: Path) -> None:
    first = checked(faulty, tmp_path / "1", PYTHONHASHSEED="1", TZ="Asia/Shanghai")
    assert first == checked(faulty, tmp_path / "2", PYTHONHASHSEED="2", TZ="America/New_York", LC_ALL="C")
    assert len({each["rule"] for each in json.loads(first[0])["findings"]}) >= 8


def test_every_place_of_a_finding_of_a_configuration_leads_to_a_cell_or_a_line(faulty: Path) -> None:
    findings: list[dict[str, Any]] = json.loads(run("check", faulty, "--json").stdout)["findings"]
    places = [place for each in findings for place in each["places"]]
    assert {place["where"]["file"] for place in places} >= {"台账.xlsx"}
    assert [place for place in places if not {"cell", "line"} & place["where"].keys()] == []
    # The words stand in that very cell.
    book = load_workbook(faulty.parent / "台账.xlsx")
    cells = [place for place in places if place["where"]["file"] == "台账.xlsx"]
    values = [str(book[place["where"]["sheet"]][place["where"]["cell"]].value or "") for place in cells]
    assert [place for place, value in zip(cells, values, strict=True) if place["quote"] not in value] == []

"""Issued reports back to ledgers (导入): our own come out the same again, a clerk's give all their rows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reportgen.generate import Request, generate
from reportgen.importing import Imported, Setting, import_report, read_report, setting_of, usual_wording, written
from reportgen.issued.counts import count_problems
from reportgen.issued.kinds import Kind
from reportgen.issued.report import read_issued
from reportgen.ledger.files.contents import Block, Contents, Passage
from reportgen.ledger.model import Entry, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.tables import Cell, Table
from reportgen.problems import InputError, Location, Outcome, Problem
from tests.bad_workbooks import OLE
from tests.issued_by_chance import report_by_chance
from tests.issued_by_hand import AUTO, C, downwards, pages, spaced, word_file
from tests.libreoffice import needs_libreoffice, saved_anew
from tests.projects import CONFIG, REFERENCE, ROOT, goal, ledger, project, run, run_anew, task

CONFIGS = ROOT / "configs"


def docx_of(config: Path, *ledgers: Path) -> bytes:
    """The report as Word file."""
    files = generate(Request(config, ("docx",), ledgers)).files
    return next(blob for name, blob in files.items() if name.endswith(".docx"))


def imported(folder: Path, blob: bytes, config: Path | None = None) -> Imported:
    """The file imported as the command does it, in a worker."""
    path = folder / "报告.docx"
    path.write_bytes(blob)
    return import_report(path, config)


def at_once(blob: bytes, config: Path | None = None) -> Imported:
    """The same in this process, which saves a second."""
    problems: list[Problem] = []
    setting = setting_of(config, problems) if config else Setting()
    read = read_report(blob, "报告.docx", setting)
    return written(Outcome(read.value, (*problems, *read.problems)), setting)


def round_trip(folder: Path, config: Path) -> tuple[Imported, bytes, bytes]:
    """Build, import, build again: what was imported, and both Word files."""
    first = docx_of(config)
    found = at_once(first, config)
    book = folder / "导入.xlsx"
    book.write_bytes(found.workbook)
    return found, first, docx_of(config, book)


def codes(found: Imported) -> list[str]:
    return [problem.code for problem in found.problems]


# ---- our own reports --------------------------------------------------------------


@pytest.mark.parametrize("name", ["qingping-2026h1", "qingping-letterhead"])
def test_the_sample_reports_come_out_the_same_byte_for_byte(tmp_path, name):
    found, first, again = round_trip(tmp_path, CONFIGS / f"{name}.yaml")
    assert again == first
    assert codes(found) == []
    assert found.as_json()["counts"] == {"goals": 10, "tasks": 131}
    assert found.as_json()["judgements"] == {
        "符合预期": 4,
        "不达预期": 4,
        "符合时间节点": 2,
        "正常推进": 124,
        "推进较为滞后": 7,
    }


LATE = {"推进情况": "推进较为滞后"}

ODD: dict[str, Any] = {
    "small": ledger(),
    "no goals": ledger(goals=[]),
    "no tasks": ledger(tasks=[]),
    "no lagging": ledger(tasks=[task(), task("改造老旧小区5个")]),
    "only lagging": ledger(goals=[], tasks=[task("修路", **LATE)]),
    "only normal": ledger(goals=[], tasks=[task("修路"), task("架桥")]),
    "one goal": ledger(goals=[goal()]),
    "no phrases": ledger(
        goals=[
            goal(报告用语=""),
            goal("进出口总额增长5%", 报告用语="", 进展情况="1—6月，进出口总额增长2%，同比回落。"),
            goal("空气质量优良天数比率88%", 报告用语="", 进展情况="截至6月底，优良率90%。", 评价="符合时间节点"),
            goal("能耗强度下降3%", 报告用语="", 进展情况="", 评价="符合时间节点"),
        ],
        tasks=[
            task("修路3公里。", 报告用语="", **LATE),
            task("架桥；", 报告用语="", 任务进展情况="①选址\n②设计", **LATE),
        ],
    ),
    "no categories": ledger(tasks=[task(分类=""), task("架桥", 分类=""), task("修路", 分类="", **LATE)]),
    "some categories": ledger(
        tasks=[task("甲", 分类=""), task("乙"), task("丙"), task("丁", 分类="别的"), task("戊", 分类="别的", **LATE)]
    ),
    "lines": ledger(
        tasks=[
            task(
                "整治\n河道", 任务进展情况="①清淤2公里\n②护岸1公里\n（1）已验收\n1.在建", 责任单位="区水利局\n区财政局"
            ),
            task("种树", 任务进展情况="一、已种\n二、待种", **LATE),
        ]
    ),
    "brackets": ledger(
        goals=[goal(责任单位="区商务委（区招商中心）\n区城管局（区整违办）")],
        tasks=[
            task(责任单位="区城管局（区整违办）", 配合单位="科学城领导小组（办公室）成员单位\n各镇街"),
            task("拆违10万平方米（含存量）", 责任单位="区城管局（区整违办）\n区商务委（区招商中心）", **LATE),
        ],
    ),
    "commas": ledger(
        goals=[
            goal("地区生产总值增长5%", 报告用语="地区生产总值增长5.6%，总量、增速均居前列"),
            goal(
                "固定资产投资增长6%",
                报告用语="固定资产投资增长8%，其中工业投资、基础设施投资和房地产分别增长9%、3%和1%",
            ),
            goal("进出口总额增长5%", 报告用语="进出口总额和实际利用外资增长2%；同比回落", 评价="不达预期"),
            goal("税收增长5%", 报告用语="税收（扣除留抵退税，下同）下降3%", 评价="不达预期"),
            goal("空气质量优良天数300天", 报告用语="空气质量优良天数和细颗粒物浓度、降尘量", 评价="符合时间节点"),
            goal("节能降碳", 报告用语="节能、降碳和减排任务", 评价="符合时间节点"),
            goal("粮食产量20万吨", 报告用语="粮食产量", 评价="符合时间节点"),
        ],
        tasks=[
            task("修路", 报告用语="修路3公里，架桥2座、涵洞1个；均未开工。资金缺口大。", **LATE),
            task("种树", 报告用语="2.5万亩造林任务，完成1万亩（占40%）。", **LATE),
            task("治水", 报告用语="3个断面未达标（责任在上游）", **LATE),
        ],
    ),
    "lines in phrases": ledger(
        tasks=[task("修路", 报告用语="修路滞后。\n原因是征地。", **LATE), task("种树", 报告用语="种树滞后。", **LATE)]
    ),
    "mixed order": ledger(
        goals=[
            goal("甲增长1%", 报告用语="甲增长1%", 评价="不达预期"),
            goal("乙增长2%", 报告用语="乙增长2%"),
            goal("丙增长3%", 报告用语="丙增长3%", 评价="不达预期"),
            goal("丁增长4%", 报告用语="丁增长4%", 评价="符合时间节点"),
            goal("戊增长5%", 报告用语="戊增长5%"),
        ],
        tasks=[task("一"), task("二", **LATE), task("三", 分类="别的"), task("四", 分类="别的", **LATE), task("五")],
    ),
    "alike": ledger(tasks=[task("修路"), task("修路"), task("修路", **LATE), task("修路", **LATE)]),
    "many": ledger(
        goals=[goal(f"第{n}项指标增长{n}%", 报告用语=f"第{n}项指标增长{n}.5%") for n in range(1, 31)],
        tasks=[task(f"任务{n}", 分类=f"分类{n // 7}", **(LATE if n % 9 == 0 else {})) for n in range(1, 120)],
    ),
}


# Told of our own reports, and rightly: tasks that are alike, wording unlike its goal in a list full of commas.
ALLOWED = {"alike": {"ledger.duplicate-row"}, "commas": {"import.unsure-phrase"}}


@pytest.mark.parametrize("name", ODD)
def test_a_small_report_with_odd_data_comes_out_the_same_byte_for_byte(tmp_path, name):
    found, first, again = round_trip(tmp_path, project(tmp_path / "甲", ODD[name]))
    assert again == first
    assert set(codes(found)) <= ALLOWED.get(name, set())


@pytest.mark.parametrize("seed", range(4))
def test_a_report_by_chance_comes_out_the_same_or_says_what_to_look_at(tmp_path, seed):
    found, first, again = round_trip(tmp_path, project(tmp_path / "甲", report_by_chance(seed)))
    assert again == first
    assert set(codes(found)) <= {"ledger.duplicate-row", "import.unsure-phrase"}


@needs_libreoffice
def test_our_own_report_saved_anew_by_libreoffice_still_comes_out_the_same(tmp_path) -> None:
    config = CONFIGS / "qingping-2026h1.yaml"
    first = docx_of(config)
    book = tmp_path / "导入.xlsx"
    book.write_bytes(at_once(saved_anew(first), config).workbook)
    assert docx_of(config, book) == first


# ---- sections in our own tables ---------------------------------------------------

SECTIONED = """\
version: 1
name: 分节的表
lists:
  normal: {sheet: 重点任务, judgement: 正常推进}
annexes:
  - id: normal
    rows: normal
    title: 正常推进的任务
    sections: [SECTIONS]
    columns:
      - {title: 序号, number: true, width: 10}
      - {title: 工作任务, field: text, width: 40}
      - {title: 责任单位, field: lead_units, width: 30}
      - {title: 进展情况, field: progress, width: 60}
"""


@pytest.mark.parametrize("sections", ["category", "category, lead_units", "lead_units, category"])
def test_section_rows_become_categories_and_come_out_the_same(tmp_path, sections):
    folder = tmp_path / "甲"
    data = ledger(
        tasks=[
            task("甲", 分类="一、办好实事"),
            task("乙", 分类="一、办好实事"),
            task("丙", 分类="办好实事", 责任单位="区教委\n区财政局"),
            task("丁", 分类="提升城市"),
            task("戊", 分类="办好实事"),
        ]
    )
    config = project(folder, data, CONFIG.replace("half-year-report", "分节.yaml"))
    (folder / "分节.yaml").write_text(SECTIONED.replace("SECTIONS", sections), encoding="utf-8")
    found, first, again = round_trip(tmp_path, config)
    assert again == first
    assert [entry.category for entry in found.issued.ledger.tasks] == ["办好实事"] * 3 + ["提升城市", "办好实事"]
    assert codes(found) == []


# ---- other kinds of our own ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tasks", "phrases", "told"),
    [
        ("bulletin", 7, 0, {"import.count", "import.unread-text"}),
        ("circular", 7, 7, {"import.count", "import.unread-text"}),
        ("letter", 2, 0, {"import.unread-text"}),
    ],
)
def test_of_a_paper_about_lagging_tasks_these_are_read_and_the_rest_is_told(name, tasks, phrases, told):
    config = CONFIGS / f"qingping-{name}.yaml"
    found = at_once(docx_of(config), config)
    assert found.as_json()["judgements"] == {"推进较为滞后": tasks}
    assert found.as_json()["phrases"] == phrases
    assert found.issued.ledger.goals == ()
    assert set(codes(found)) == told


def test_a_web_text_has_no_table_and_is_refused():
    config = CONFIGS / "qingping-web.yaml"
    with pytest.raises(InputError, match=r"import\.no-table.*没有表格，只有文字"):
        at_once(docx_of(config), config)


def test_a_plain_task_table_gives_all_rows_and_says_that_no_status_is_known(tmp_path):
    config = project(tmp_path / "甲", ledger(), CONFIG.replace("half-year-report", "task-table"))
    found, first, again = round_trip(tmp_path, config)
    assert again == first
    assert codes(found) == ["import.no-status"]
    assert "3 项重点任务没有「推进情况」" in str(found.problems[0])


# ---- by hand: the reference documents -----------------------------------------------

needs_references = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference documents lie outside the project and are not on this machine"
)


@cache
def reference() -> Any:
    return json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))


def lined(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := part.strip()))


def wanted(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What the rows of the reference say, as a ledger says it."""
    return [
        (
            row.get("category", ""),
            lined(row.get("task") or row["goal"]),
            tuple(row["lead"]),
            tuple(row.get("support", ())),
            lined(row["progress"]),
        )
        for row in rows
    ]


def read(entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    return [(each.category, each.text, each.lead_units, each.support_units, each.progress) for each in entries]


def shapingba() -> bytes:
    """The first reference in a clerk's ways: every table typed in another."""
    tables = reference()["shapingba_2022h1"]
    goals = [["", g["goal"], "、".join(g["lead"]), g["progress"]] for g in tables["goals"]]
    goal_head = [[spaced("序号"), "2022年预期目标", spaced("责任单位"), spaced("进展情况")]]
    lagging_head: list[list[Any]] = [
        [C(spaced("序号"), down="restart"), C("工作任务", span=2)]
        + [C(spaced(name), down="restart") for name in ("责任单位", "配合单位", "任务进展情况")],
        [C(down="continue"), "分类", "任务内容", *[C(down="continue")] * 3],
    ]
    lagging = [
        [f"{t['no']}.", t["category"], t["task"], "\n".join(t["lead"]), "\n".join(t["support"]), t["progress"]]
        for t in tables["lagging"]
    ]
    normal_head: list[list[Any]] = [["序号", C("工作任务", span=2), "责任单位", "配合单位", "任务进展情况"]]
    rows = tables["normal"]
    categories = downwards(t["category"] for t in rows)
    normal: list[list[Any]] = [
        [AUTO, category, t["task"], "\n".join(t["lead"]), "；".join(t["support"]), t["progress"]]
        for t, category in zip(rows, categories, strict=True)
    ]
    for start in (30, 60, 90):  # on a new page the category is typed again, or left out
        normal[start][1] = C(rows[start]["category"] if start == 30 else "", down="restart")
    normal[20:20] = normal_head
    return word_file(
        "沙坪坝区2022年上半年督查情况",
        "区政府：",
        "现将1至6月督查结果报告如下。",
        "一、10项预期目标",
        "截至6月底，①6项指标不达预期，分别是地区生产总值增长4.4%、工业增加值增长3.5%、社会消费品零售总额增长0.5%、"
        "一般公共预算收入增长-19%、区级税收增长-36.8%、全体居民人均可支配收入增长5.2%；"
        "②2项指标达到预期，分别为：进出口总额增长9.7%，固定资产投资增长12%；"
        "③符合时间节点的有2项：空气质量、节能减排降碳。",
        "二、131项重点任务",
        "其中124项正常推进，7项滞后。滞后的是：",
        "1、实现数字经济增加值增长7%，半年仅增长1.2%。（牵头单位：区经济信息委）",
        "2、进口整车5000辆以上，只完成1589辆。（牵头单位：国际物流枢纽公司）",
        "3、拆除违法建筑150万平方米，只完成33.31万平方米。（牵头单位：区城管局（区整违办））",
        "4、新山路沿线违法建筑只拆除0.75万平方米。（牵头单位：区城管局（区整违办））",
        "5、农房风貌整治1500户，还没有进场。（牵头单位：区住房城乡建委）",
        "6、30个社区健身点只建成2个。（牵头单位：区体育局）",
        "7、2个派出所还在办手续。（牵头单位：区公安分局）",
        "附件：1.预期目标进展情况表",
        "2.推进滞后任务表",
        "3.正常推进任务表",
        "附件 1：",
        "预期目标进展情况表",
        [*goal_head, *goals],
        "附件 2：推进滞后任务表",
        [*lagging_head, *lagging],
        "附件3",
        [*normal_head, *normal[:31]],
        "附件3（续）",
        [*normal_head, *normal[31:61]],
        normal[61:91],
        "续表",
        [*normal_head, *normal[91:]],
    )


def fuling() -> bytes:
    rows = [
        [str(r["given_no"] or ""), r["task"], r["progress"], "\n".join(r["lead"])]
        for r in reference()["fuling_2023h1"]["rows"]
    ]
    head = [["序号", "目标任务", "完成情况", "牵头责任单位"]]
    return word_file("附件2", "上半年主要目标任务完成情况", *pages(head, rows, 50, repeated=False))


@needs_references
def test_a_clerks_report_with_three_annexes_gives_every_row_as_the_reference_has_it(tmp_path):
    found = imported(tmp_path, shapingba())
    tables = reference()["shapingba_2022h1"]
    ledger = found.issued.ledger
    assert read(ledger.goals) == wanted(tables["goals"])
    assert read(ledger.tasks[:7]) == wanted(tables["lagging"])
    assert read(ledger.tasks[7:]) == wanted(tables["normal"])
    assert found.as_json()["judgements"] == {
        "符合预期": 2,
        "不达预期": 6,
        "符合时间节点": 2,
        "正常推进": 124,
        "推进较为滞后": 7,
    }
    assert [goal.phrase for goal in ledger.goals if goal.judgement != "不达预期"] == [
        "固定资产投资增长12%",
        "进出口总额增长9.7%",
        "空气质量",
        "节能减排降碳",
    ]
    assert [task.phrase[:6] for task in ledger.tasks[:8]] == [
        "实现数字经济",
        "进口整车50",
        "拆除违法建筑",
        "新山路沿线违",
        "农房风貌整治",
        "30个社区健",
        "2个派出所还",
        "",
    ]
    assert [each.given_no for each in ledger.tasks] == [str(number) for number in range(1, 132)]
    assert codes(found) == []


@needs_references
def test_206_rows_in_another_order_of_columns_over_five_tables_are_one_ledger():
    found = at_once(fuling())
    rows = reference()["fuling_2023h1"]["rows"]
    assert read(found.issued.ledger.tasks) == wanted(rows)
    assert [table.rows for table in found.issued.tables] == [50, 50, 50, 50, 6]
    assert [table.continues for table in found.issued.tables] == [False, True, True, True, True]
    assert found.issued.renumbered == sum(row["given_no"] is None for row in rows)
    assert "import.no-status" in codes(found)


@needs_references
@needs_libreoffice
def test_a_clerks_report_saved_anew_by_libreoffice_gives_the_same_rows():
    before = at_once(shapingba()).issued
    after = at_once(saved_anew(shapingba())).issued
    assert after.ledger == before.ledger
    assert [table.kind for table in after.tables] == [table.kind for table in before.tables]


# ---- single habits of clerks ----------------------------------------------------------

HEAD = ["序号", "工作任务", "责任单位", "进展情况"]
ROW = ["1", "修路3公里", "区交通局", "已开工。"]


def by_hand(*blocks: Any) -> Imported:
    return at_once(word_file(*blocks))


def problem(found: Imported, code: str) -> str:
    """The one problem of that code, as a user reads it."""
    (only,) = [each for each in found.problems if each.code == code]
    return str(only)


def test_a_title_inside_the_table_says_what_it_is():
    found = by_hand([[C("推进滞后任务情况表", span=4)], HEAD, ROW])
    assert [task.judgement for task in found.issued.ledger.tasks] == ["推进较为滞后"]
    assert found.issued.tables[0].evidence == "标题「推进滞后任务情况表」"


def test_a_head_with_indicators_makes_a_table_of_goals_whatever_its_title() -> None:
    found = by_hand(
        "主要任务完成情况", [["序号", "指标", "完成情况", "牵头单位"], ["1", "税收增长3%", "下降1%。", "乙局"]]
    )
    assert [goal.text for goal in found.issued.ledger.goals] == ["税收增长3%"]
    assert found.issued.tables[0].evidence == "表头「指标」"
    assert codes(found) == ["import.no-verdict"]


def test_a_title_on_the_line_below_its_annex_mark_is_read() -> None:
    found = by_hand("附件2\n推进较为滞后的1项任务进展情况表", [HEAD, ROW])
    assert found.issued.tables[0].title == "推进较为滞后的1项任务进展情况表"
    assert [task.judgement for task in found.issued.ledger.tasks] == ["推进较为滞后"]


def test_an_annex_without_a_title_has_that_of_the_annex_list():
    lists = (
        "附件：1.滞后任务表",
        "2.正常推进任务表",
        "附件1",
        [HEAD, ROW],
        "附件2",
        [HEAD, [*ROW[:1], "架桥", *ROW[2:]]],
    )
    found = by_hand("关于任务的报告", *lists)
    assert [(task.text, task.judgement) for task in found.issued.ledger.tasks] == [
        ("修路3公里", "推进较为滞后"),
        ("架桥", "正常推进"),
    ]
    assert codes(found) == []


def test_a_column_of_statuses_counts_where_there_are_no_annexes_for_them():
    head = [*HEAD, "推进情况"]
    found = by_hand("重点任务表", [head, [*ROW, "滞后"], ["2", "架桥", "区交通局", "完工。", "正常"]])
    assert [task.judgement for task in found.issued.ledger.tasks] == ["推进较为滞后", "正常推进"]
    assert codes(found) == []


def test_a_head_over_two_columns_that_nobody_merged_is_category_and_task():
    head = ["序号", "工作任务", "", "责任单位", "进展情况"]
    found = by_hand("正常推进任务", [head, ["1", "交通", "修路3公里", "区交通局", "已开工。"]])
    assert read(found.issued.ledger.tasks) == [("交通", "修路3公里", ("区交通局",), (), "已开工。")]
    assert codes(found) == []


def test_a_task_over_several_rows_is_one_and_that_is_told():
    rows = [
        ["1", C("修路3公里", down="restart"), "区交通局", "一段已开工。"],
        ["", C(down="continue"), "区财政局", "二段在设计。"],
        ["2", "架桥", "区交通局", "完工。"],
    ]
    found = by_hand("正常推进任务", [HEAD, *rows])
    first, second = found.issued.ledger.tasks
    assert (first.lead_units, first.progress) == (("区交通局", "区财政局"), "一段已开工。\n二段在设计。")
    assert second.text == "架桥"
    assert "「表格1」第3行第2列" in problem(found, "import.joined-rows")


def test_what_did_not_fit_on_a_page_goes_on_with_the_row_before():
    rest = ["", "", "", "年底完工。"]
    found = by_hand("正常推进任务", [HEAD, ROW], [HEAD, rest, ["2", "架桥", "区交通局", "完工。"]])
    assert [task.progress for task in found.issued.ledger.tasks] == ["已开工。\n年底完工。", "完工。"]
    assert codes(found) == ["import.joined-rows"]


def test_empty_categories_are_filled_from_above_and_that_is_told():
    head = ["序号", "分类", *HEAD[1:]]
    rows = [["1", "交通", *ROW[1:]], ["2", "", "架桥", *ROW[2:]], ["3", "水利", "治河", *ROW[2:]]]
    found = by_hand("正常推进任务", [head, *rows])
    assert [task.category for task in found.issued.ledger.tasks] == ["交通", "交通", "水利"]
    assert "「表格1」第3行第2列" in problem(found, "import.filled-down")


def test_an_empty_category_is_none_where_the_table_merges_equal_ones():
    head = ["序号", "分类", *HEAD[1:]]
    cells = [C("交通", down="restart"), C(down="continue"), "", "水利"]
    rows = [[str(n), cell, f"任务{n}", *ROW[2:]] for n, cell in enumerate(cells, 1)]
    found = by_hand("正常推进任务", [head, *rows])
    assert [task.category for task in found.issued.ledger.tasks] == ["交通", "交通", "", "水利"]
    assert [each.category for each in ledger_in(found)] == ["交通", "交通", "", "水利"]


def test_a_category_typed_again_below_an_empty_one_says_that_the_empty_one_is_none():
    head = ["序号", "分类", *HEAD[1:]]
    rows = [[str(n), text, f"任务{n}", *ROW[2:]] for n, text in enumerate(["交通", "", "交通", "水利"], 1)]
    found = by_hand("正常推进任务", [head, *rows])
    assert [task.category for task in found.issued.ledger.tasks] == ["交通", "", "交通", "水利"]
    assert codes(found) == []


def test_an_empty_category_is_none_where_another_annex_merges_equal_ones_and_that_is_told():
    head = ["序号", "分类", *HEAD[1:]]
    cells = [C("交通", down="restart"), C(down="continue")]
    merged = [[str(n), cell, f"任务{n}", *ROW[2:]] for n, cell in enumerate(cells, 1)]
    lone = [["1", "水利", "治河", *ROW[2:]], ["2", "", "种树", *ROW[2:]]]
    found = by_hand("附件1", "滞后任务", [head, *lone], "附件2", "正常推进任务", [head, *merged])
    assert [task.category for task in found.issued.ledger.tasks] == ["水利", "", "交通", "交通"]
    assert "所以当作没有分类" in problem(found, "import.filled-down")


def ledger_in(found: Imported) -> tuple[Entry, ...]:
    """The tasks as they are read from the workbook."""
    return read_ledger(found.workbook, "导入.xlsx", Wants({Sheet.TASKS: frozenset()})).value.tasks


def test_columns_that_the_program_does_not_know_are_kept_and_told():
    head = [*HEAD, "备注", "完成时限"]
    found = by_hand("正常推进任务", [head, [*ROW, "见附图", "12月"]])
    (task,) = ledger_in(found)
    assert task.others == (("备注", "见附图"), ("完成时限", "12月"))
    assert codes(found) == ["import.kept-column", "import.kept-column"]
    assert "表头「备注」不是台账的列，内容原样保留在台账里" in str(found.problems[0])
    assert "「表格1」第1行第5列" in str(found.problems[0])


def test_a_column_without_a_header_is_kept_under_a_name_of_its_own():
    found = by_hand("正常推进任务", [[*HEAD, ""], [*ROW, "见附图"]])
    assert [each.others for each in ledger_in(found)] == [(("原件无表头", "见附图"),)]
    assert "有一列没有表头" in problem(found, "import.kept-column")


OWN_HEADS = [
    ["序号", "工作事项", "责任部门", "落实情况"],
    ["序", "重点工作任务", "牵头部门", "截至6月底进展情况"],
    ["No.", "督查事项", "承办单位", "上半年工作进展"],
]


@pytest.mark.parametrize("head", OWN_HEADS)
def test_heads_that_units_write_are_known_as_they_are_in_returns(head):
    found = by_hand("附件1", "滞后任务表", [head, ROW], "附件2", "正常推进任务表", [head, ["1", "架桥", *ROW[2:]]])
    assert [(each.text, each.lead_units, each.progress, each.judgement) for each in found.issued.ledger.tasks] == [
        ("修路3公里", ("区交通局",), "已开工。", "推进较为滞后"),
        ("架桥", ("区交通局",), "已开工。", "正常推进"),
    ]
    assert codes(found) == []


def test_of_two_columns_for_the_task_the_more_usual_is_meant_and_the_other_kept():
    found = by_hand("正常推进任务", [["序号", "年度目标", "重点工作", *HEAD[2:]], ["1", "通车", *ROW[1:]]])
    assert [(each.text, each.others) for each in ledger_in(found)] == [("修路3公里", (("年度目标", "通车"),))]
    found = by_hand("正常推进任务", [["序号", "年度目标", *HEAD[1:]], ["1", "通车", *ROW[1:]]])
    assert [(each.text, each.others) for each in ledger_in(found)] == [("修路3公里", (("年度目标", "通车"),))]


ODD_TABLE = [["序号", "要点", "谁来办", "到哪步了"], ["1", "架桥", "区交通局", "完工。"]]


def test_a_table_with_a_title_and_an_unknown_head_is_an_error_and_the_rest_is_written(tmp_path):
    file, out = tmp_path / "报告.docx", tmp_path / "a.xlsx"
    file.write_bytes(word_file("附件1", "滞后任务表", [HEAD, ROW], "附件2", "正常推进任务表", ODD_TABLE))
    told = run_anew("import", file, "--out", out)
    assert told.returncode == 1
    assert "「表格2」：错误 [import.unread-table]" in told.stderr
    assert "标题「正常推进任务表」" in told.stderr
    assert "2 行都没有读入；第一行是：「序号」、「要点」" in told.stderr
    assert "没有读入的表 1 张：表格2" in told.stdout
    entries = read_ledger(out.read_bytes(), "a.xlsx", Wants({Sheet.TASKS: frozenset()})).value.tasks
    assert [each.text for each in entries] == ["修路3公里"]
    said = json.loads(run("import", file, "--out", out, "--json").stdout)
    assert (said["ok"], said["unread"]) == (False, ["表格2"])


def test_a_small_table_below_a_heading_of_the_text_is_no_annex_left_out():
    body = ["一、重点任务", [["单位", "项数"], ["区交通局", "1"]], "正常推进任务表", [HEAD, ROW]]
    found = by_hand(*body)
    assert found.complete
    assert "：警告 [import.unread-table]" in problem(found, "import.unread-table")


def test_what_stands_under_the_status_and_is_none_is_progress_or_kept_beside() -> None:
    head = ["序号", "工作任务", "责任单位", "推进情况"]
    found = by_hand("正常推进任务", [head, ["1", "修路", "甲局", "已开工，完成50%"]])
    assert [task.progress for task in found.issued.ledger.tasks] == ["已开工，完成50%"]
    assert codes(found) == []
    found = by_hand("重点任务", [head, ["1", "修路", "甲局", "滞后"], ["2", "架桥", "甲局", "等待资金"]])
    assert [(task.judgement, task.others) for task in ledger_in(found)] == [
        ("推进较为滞后", (("原件所写推进情况", ""),)),
        ("", (("原件所写推进情况", "等待资金"),)),
    ]
    assert "ledger.unknown-status" in codes(found)


def test_sums_and_remarks_below_a_table_are_no_tasks_and_are_told() -> None:
    rows = [["合计", "", "", "1项"], [C("备注：数据截至6月底", span=4)]]
    found = by_hand("正常推进任务", [HEAD, ROW, *rows])
    assert len(found.issued.ledger.tasks) == 1
    assert codes(found) == ["ledger.remark-row", "ledger.remark-row"]


def test_a_leap_in_the_numbers_and_an_unnumbered_row_are_seen():
    rows = [[number, f"任务{n}", *ROW[2:]] for n, number in enumerate(["1", "2", "4", "", "6"])]
    found = by_hand("正常推进任务", [HEAD, *rows])
    assert "序号从 2 到 4，不连续" in problem(found, "import.numbers")
    assert found.issued.renumbered == 1
    assert [task.given_no for task in found.issued.ledger.tasks] == ["1", "2", "3", "4", "5"]


def test_a_row_over_all_columns_without_anything_below_is_told():
    found = by_hand("正常推进任务", [HEAD, ROW, [C("三、其他", span=4)]])
    assert len(found.issued.ledger.tasks) == 1
    assert "「三、其他」占了整行" in problem(found, "import.unread-row")


def test_a_row_that_gives_no_task_is_told_with_its_place():
    found = by_hand("正常推进任务", [HEAD, ROW, ["2", C("架桥，区交通局负责", span=2), "完工。"]])
    assert len(found.issued.ledger.tasks) == 1
    assert codes(found) == ["import.left-rows"]
    told = problem(found, "import.left-rows")
    assert "「表格1」第3行第2列" in told
    assert "「2 架桥，区交通局负责 完工。」这一行没有读入" in told
    assert "几列合并，不知道属于哪一列" in told


def test_a_row_without_a_task_is_quoted_once():
    found = by_hand("正常推进任务", [HEAD, ROW, ["2", "", "区财政局", "资金已到位。"], ["3", "架桥", *ROW[2:]]])
    assert [each.text for each in found.issued.ledger.tasks] == ["修路3公里", "架桥"]
    assert codes(found) == ["import.left-rows"]
    assert "「2 区财政局 资金已到位。」这一行没有读入：没有写任务" in problem(found, "import.left-rows")


def test_of_many_rows_without_a_task_five_are_told_and_the_others_together():
    rows = [[str(n), "", "区财政局", f"第{n}笔资金已到位。"] for n in range(2, 12)]
    found = by_hand("正常推进任务", [HEAD, ROW, *rows])
    told = [str(each) for each in found.problems]
    assert codes(found) == ["import.left-rows"] * 6
    assert "另有 5 行没有读入：「7 区财政局 第7笔资金已到位。」" in told[5]


def test_a_row_with_progress_only_goes_on_with_the_task_above_and_that_is_told():
    rows = [["", "", "", "年底完工。"], ["2", "架桥", "区交通局", "完工。"]]
    found = by_hand("正常推进任务", [HEAD, ROW, *rows])
    assert [each.progress for each in found.issued.ledger.tasks] == ["已开工。\n年底完工。", "完工。"]
    assert codes(found) == ["import.joined-rows"]
    assert found.issued.renumbered == 0


def test_progress_below_a_section_row_belongs_to_no_task():
    rows = [[C("二、交通", span=4)], ["", "", "", "年底完工。"], ["2", "架桥", "区交通局", "完工。"]]
    found = by_hand("正常推进任务", [HEAD, ROW, *rows])
    assert [each.progress for each in found.issued.ledger.tasks] == ["已开工。", "完工。"]
    assert "「年底完工。」这一行没有读入" in problem(found, "import.left-rows")


def test_a_section_row_that_says_its_text_in_each_column_is_a_category():
    rows = [["一、民生"] * 4, ROW, ["二、交通"] * 4, ["2", "架桥", "区交通局", "完工。"]]
    found = by_hand("正常推进任务", [HEAD, *rows])
    assert [(each.category, each.text) for each in found.issued.ledger.tasks] == [
        ("民生", "修路3公里"),
        ("交通", "架桥"),
    ]
    assert codes(found) == []


def test_a_table_that_is_none_of_a_ledgers_is_told_beside_those_that_are():
    found = by_hand("联系人", [["姓名", "电话"], ["甲", "1234"]], "正常推进任务", [HEAD, ROW])
    assert len(found.issued.ledger.tasks) == 1
    assert "「表格1」认不出是哪张表，2 行都没有读入" in problem(found, "import.unread-table")


def test_an_imprint_is_no_table_of_a_ledger_and_nothing_is_said_of_it():
    found = by_hand("正常推进任务", [HEAD, ROW], [["抄送：区委办公室。"], ["督查室 2026年7月10日印发"]])
    assert codes(found) == []


def test_numbers_that_a_report_states_are_held_against_the_rows():
    body = ["二、5项重点工作任务", "其中4项正常推进，1项滞后。"]
    found = by_hand(*body, "附件1", "滞后的1项任务", [HEAD, ROW], "附件2", "正常推进的4项任务", [HEAD, ROW])
    assert [str(each) for each in found.problems if each.code == "import.count"] == [
        "报告.docx第1段：警告 [import.count] 文中写「5项重点工作任务」，读到的重点任务是 2 项\n"
        "    怎么改：请核对原件：是文中的数写错了，还是有表格、有行没有读入",
        "报告.docx第2段：警告 [import.count] 文中写「4项正常推进」，读到的正常推进的任务是 1 项\n"
        "    怎么改：请核对原件：是文中的数写错了，还是有表格、有行没有读入",
    ]


ALL = {Kind.GOALS: 0, Kind.TASKS: 0, Kind.LAGGING: 0, Kind.NORMAL: 0}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("重点任务5项，其中正常推进4项，滞后1项。", "5项 4项 1项"),
        ("正常推进4项、推进较为滞后1项。", "4项 1项"),
        ("滞后1项。", "1项"),
        ("共5项，其中正常推进4项，滞后1项。", "5项 4项 1项"),
        ("重点工作任务共计5项", "5项"),
        ("5项重点任务中，正常推进4项，推进较为滞后1项。", "5项 4项 1项"),
        ("5项重点任务中滞后1项", "5项 1项"),
        ("4项正常推进1项滞后", "4项 1项"),
        ("推进较为滞后的1项重点工作任务", "1项"),
        ("滞后的重点任务1项，正常推进的重点工作任务4项", "4项 1项"),
        ("全部5项重点任务：正常推进：4项；滞后：1项", "5项 4项 1项"),
        ("预期目标2项，其中符合预期1项", "2项"),
        ("2项预期目标中1项符合预期", "2项"),
        ("滞后2项指标", ""),
        ("2项指标达到预期目标", ""),
        ("预期目标２项", "2项"),
        ("投资3.5项、1-6项重点任务", ""),
    ],
)
def test_numbers_are_seen_in_the_orders_in_which_offices_write_them(text, stated):
    told = count_problems([Passage(text, Location(file="a.docx"))], ALL)
    found = sorted((each.what.partition("读到的")[2], re.findall(r"\d+项", each.what)[0]) for each in told)
    order = {"预期目标": 0, "重点任务": 1, "正常推进的任务": 2, "推进较为滞后的任务": 3}
    found.sort(key=lambda each: order[each[0].partition("是")[0]])
    assert " ".join(number for _, number in found) == stated


GOALS = ["序号", "预期目标", "责任单位", "进展情况"]
TWO = [["1", "生产总值增长5%", "甲局", "增长5.6%。"], ["2", "税收增长3%", "乙局", "下降1%。"]]


def test_a_list_that_cannot_be_cut_as_stated_is_told_and_the_verdict_left_open():
    found = by_hand("3项指标符合预期，分别是：生产总值增长5.6%，税收下降1%。", "预期目标表", [GOALS, *TWO])
    assert [goal.judgement for goal in found.issued.ledger.goals] == ["", ""]
    assert "「符合预期」没有对上附件里的预期目标" in problem(found, "import.unread-list")
    assert "2 项预期目标没有「评价」" in problem(found, "import.no-verdict")
    assert "生成报告前要填" in problem(found, "import.no-verdict")


def test_a_list_that_has_no_word_of_its_only_goal_is_told():
    body = "1项指标符合预期：生产总值增长5.6%；1项指标不达预期：民生改善。"
    found = by_hand(body, "预期目标表", [GOALS, *TWO])
    assert [goal.judgement for goal in found.issued.ledger.goals] == ["符合预期", "不达预期"]
    assert "正文的「民生改善」对到预期目标「税收增长3%」" in problem(found, "import.unsure-phrase")


def test_words_unlike_any_goal_are_told():
    found = by_hand("2项指标符合预期，分别是：经济向好，民生改善。", "预期目标表", [GOALS, *TWO])
    assert [goal.phrase for goal in found.issued.ledger.goals] == ["经济向好", "民生改善"]
    assert codes(found) == ["import.unsure-phrase", "import.unsure-phrase"]


def test_a_verdict_in_the_table_stands_where_the_body_says_another():
    rows = [[*TWO[0], "符合预期"], [*TWO[1], "不达预期"]]
    body = "2项指标符合预期，分别是：生产总值增长5.6%，税收下降1%。"
    found = by_hand(body, "预期目标表", [[*GOALS, "评价"], *rows])
    assert [goal.judgement for goal in found.issued.ledger.goals] == ["符合预期", "不达预期"]
    assert "「税收增长3%」在正文里是符合预期，在表里是不达预期" in problem(found, "import.verdicts-differ")


def test_a_paragraph_about_no_lagging_task_and_other_units_are_told():
    body = ["1.修路3公里，还没有开工。（责任单位：区财政局）", "2.种树1000棵，只种了5棵。（责任单位：区林业局）"]
    found = by_hand(*body, "附件", "滞后的任务", [HEAD, ROW])
    assert [task.phrase for task in found.issued.ledger.tasks] == ["修路3公里，还没有开工。"]
    assert "种树1000棵" in problem(found, "import.unmatched-item")
    assert "正文是区财政局，附件是区交通局" in problem(found, "import.units-differ")


def test_a_sentence_with_figures_that_went_nowhere_is_told():
    found = by_hand("全区到位资金3.5亿元。", "特此报告。", "附件", "正常推进任务", [HEAD, ROW])
    assert "报告.docx第1段" in problem(found, "import.unread-text")


def test_more_rows_than_a_ledger_can_have_are_refused():
    place = Location(file="a.docx")
    cells = [
        tuple(Cell(text, Location(file="a.docx", cell=f"第{r}行第{c}列")) for c, text in enumerate(row, 1))
        for r, row in enumerate((HEAD, *[ROW] * 5_001), 1)
    ]
    tables: list[Block] = [Passage("正常推进任务", place), Table("表格1", cells, place), Table("表格2", cells, place)]
    with pytest.raises(InputError, match=r"ledger\.too-many-rows.*超过 10000 行"):
        read_issued(Contents("a.docx", tuple(tables)), usual_wording(""))


# ---- what is no report ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blob", "code"),
    [
        (b"", "file.wrong-kind"),
        ("序号,任务\n1,修路\n".encode(), "file.wrong-kind"),
        (b"%PDF-1.7 and so on", "file.wrong-kind"),
        (word_file("只有文字")[:3000], "file.damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "file.encrypted"),
        (word_file("只有文字，没有表格。"), "import.no-table"),
        (word_file("任务表", [["姓名", "电话"], ["甲", "1234"]]), "import.no-table"),
        (word_file("任务表", [["责任单位", "进展情况"], ["甲局", "好"]]), "import.no-table"),
    ],
    ids=["empty", "text", "pdf", "damaged", "password", "only body", "no ledger", "no task column"],
)
def test_what_is_no_report_is_refused_in_words_and_nothing_is_written(tmp_path, blob, code):
    file, out = tmp_path / "报告.docx", tmp_path / "ledger.xlsx"
    file.write_bytes(blob)
    done = run("import", file, "--out", out)
    assert done.returncode == 1
    assert f"[{code}]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_the_command_shows_what_was_recognised_and_says_it_again_as_json(tmp_path):
    file = tmp_path / "报告.docx"
    file.write_bytes(word_file("附件1", "滞后任务表", [HEAD, ROW]))
    told = run("import", file, "--out", tmp_path / "a.xlsx")
    assert told.returncode == 0
    assert "标题「滞后任务表」" in told.stdout
    assert "重点任务 1 项；推进较为滞后 1 项" in told.stdout
    said = json.loads(run("import", file, "--out", tmp_path / "b.xlsx", "--json").stdout)
    assert said == {
        "ok": True,
        "file": (tmp_path / "b.xlsx").as_posix(),
        "tables": [
            {
                "table": "表格1",
                "kind": "推进较为滞后的任务",
                "title": "滞后任务表",
                "evidence": "标题「滞后任务表」",
                "continues": False,
                "rows": 1,
            }
        ],
        "unread": [],
        "counts": {"goals": 0, "tasks": 1},
        "judgements": {"推进较为滞后": 1},
        "renumbered": 0,
        "phrases": 0,
        "problems": [],
    }
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_file_that_is_there_stays_unless_it_says_the_same(tmp_path):
    file, out = tmp_path / "报告.docx", tmp_path / "ledger.xlsx"
    file.write_bytes(word_file("附件1", "滞后任务表", [HEAD, ROW]))
    assert run("import", file, "--out", out).returncode == 0
    assert run("import", file, "--out", out).returncode == 0
    out.write_bytes(b"somebody's own")
    refused = run("import", file, "--out", out)
    assert refused.returncode == 4
    assert "[output.exists]" in refused.stderr
    assert out.read_bytes() == b"somebody's own"


def test_wrong_usage_of_import_is_told_in_words(tmp_path):
    wrong = run("import", "a.docx", "--out", tmp_path / "ledger.docx")
    assert wrong.returncode == 2
    assert "--out 要写 .xlsx 文件" in wrong.stderr
    assert "是否要写「import」" in run("inport").stderr


def test_a_configuration_gives_register_words_and_period(tmp_path):
    config = project(tmp_path / "甲", config=CONFIG + "columns:\n  工作任务: [督办事项]\nunits: 名录.yaml\n")
    (tmp_path / "甲" / "名录.yaml").write_text("units: [{name: 区交通局}]", encoding="utf-8")
    rows = [ROW, ["2", "架桥", "区交通厅", "完工。"]]
    found = imported(tmp_path, word_file("正常推进", [["序号", "督办事项", "责任单位", "进展情况"], *rows]), config)
    assert [task.text for task in found.issued.ledger.tasks] == ["修路3公里", "架桥"]
    assert "区交通厅" in problem(found, "ledger.unknown-unit")


def test_every_key_of_the_json_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme.partition("\n## 把印发的报告读回台账\n")[2].partition("\n## ")[0]
    said = by_hand("滞后任务表", [HEAD, ROW]).as_json()
    keys = {*said, *said["tables"][0], *said["counts"]}
    assert {key for key in keys if f"`{key}`" not in chapter} == set()

"""Issued reports back to ledgers (导入): our own come out the same again, a clerk's give all their rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reportgen.generate import Request, generate
from reportgen.importing import Imported, import_report
from reportgen.ledger.model import Entry
from reportgen.problems import InputError
from tests.issued_by_hand import AUTO, C, downwards, pages, spaced, word_file
from tests.libreoffice import needs_libreoffice, saved_anew
from tests.projects import CONFIG, REFERENCE, ROOT, goal, ledger, project, task

CONFIGS = ROOT / "configs"


def docx_of(config: Path, *ledgers: Path) -> bytes:
    """The report as Word file."""
    files = generate(Request(config, ("docx",), ledgers)).files
    return next(blob for name, blob in files.items() if name.endswith(".docx"))


def imported(folder: Path, blob: bytes, config: Path | None = None, name: str = "报告.docx") -> Imported:
    path = folder / name
    path.write_bytes(blob)
    return import_report(path, config)


def round_trip(folder: Path, config: Path) -> tuple[Imported, bytes, bytes]:
    """Build, import, build again: what was imported, and both Word files."""
    first = docx_of(config)
    found = imported(folder, first, config)
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


# Told of our own reports, and rightly: tasks that are alike, wording that has nothing to do with its task.
ALLOWED = {"alike": {"ledger.duplicate-row"}}


@pytest.mark.parametrize("name", ODD)
def test_a_small_report_with_odd_data_comes_out_the_same_byte_for_byte(tmp_path, name):
    found, first, again = round_trip(tmp_path, project(tmp_path / "甲", ODD[name]))
    assert again == first
    assert set(codes(found)) <= ALLOWED.get(name, set())


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
def test_of_a_paper_about_lagging_tasks_these_are_read_and_the_rest_is_told(tmp_path, name, tasks, phrases, told):
    config = CONFIGS / f"qingping-{name}.yaml"
    found = imported(tmp_path, docx_of(config), config)
    assert found.as_json()["judgements"] == {"推进较为滞后": tasks}
    assert found.as_json()["phrases"] == phrases
    assert found.issued.ledger.goals == ()
    assert set(codes(found)) == told


def test_a_web_text_has_no_table_and_is_refused(tmp_path):
    config = CONFIGS / "qingping-web.yaml"
    with pytest.raises(InputError, match=r"import\.no-table.*没有表格，只有文字"):
        imported(tmp_path, docx_of(config), config)


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
def test_206_rows_in_another_order_of_columns_over_five_tables_are_one_ledger(tmp_path):
    found = imported(tmp_path, fuling())
    rows = reference()["fuling_2023h1"]["rows"]
    assert read(found.issued.ledger.tasks) == wanted(rows)
    assert [table.rows for table in found.issued.tables] == [50, 50, 50, 50, 6]
    assert [table.continues for table in found.issued.tables] == [False, True, True, True, True]
    assert found.issued.renumbered == sum(row["given_no"] is None for row in rows)
    assert "import.no-status" in codes(found)


@needs_references
@needs_libreoffice
def test_a_clerks_report_saved_anew_by_libreoffice_gives_the_same_rows(tmp_path):
    before = imported(tmp_path, shapingba()).issued
    after = imported(tmp_path, saved_anew(shapingba())).issued
    assert after.ledger == before.ledger
    assert [table.kind for table in after.tables] == [table.kind for table in before.tables]

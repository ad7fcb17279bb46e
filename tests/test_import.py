"""Issued reports back to ledgers (导入): our own come out the same again, a clerk's give all their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportgen.generate import Request, generate
from reportgen.importing import Imported, import_report
from tests.projects import ROOT, goal, ledger, project, task

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

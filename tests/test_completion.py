"""Completion (办结的说法): which words say that a whole task is finished, and which only seem to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.ledger.model import Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.quantities.completion import STANDARD_COMPLETION, finished_by

ROOT = Path(__file__).parents[1]
TABLES = ROOT.parent / "shared/reference/tables.json"
TASK = "完成老旧小区改造30个，惠及居民8000户"


@pytest.mark.parametrize(
    ("progress", "words", "task"),
    [
        ("已全部完成。", "已全部完成", TASK),
        ("30个老旧小区改造已全部完成，惠及居民8126户。", "已全部完成", TASK),
        ("已完成老旧小区改造30个，惠及居民8000户。", "已完成老旧小区改造30个", TASK),
        ("已完成年度目标任务。", "已完成年度目标任务", TASK),
        ("1—9月改造32个，提前完成全年任务。", "提前完成全年任务", TASK),
        ("项目已竣工。", "已竣工", TASK),
        ("项目已于6月18日建成投用。", "已于6月18日建成投用", TASK),
        ("已完成全部建设任务并投入使用。", "已完成全部建设任务", TASK),
        ("已完成竣工验收并交付使用。", "已完成竣工验收并交付使用", TASK),
        ("沧浪大道北段已全线通车。", "已全线通车", "建成沧浪大道北段"),
        ("石板沟长江大桥已建成通车。", "已建成通车", "建成投用石板沟长江大桥"),
        ("平台公司整合已全面完成，7月1日起按新机构运行。", "已全面完成", "完成平台公司整合"),
        ("120件建议提案已全部办结。", "已全部办结", "办理建议提案120件"),
        ("轨道18号线前期工作已全部完成。", "已全部完成", "完成轨道18号线前期工作"),
        ("①道路改造：已完工；②桥梁加固：已完工。", "已完工", "完成道路改造、桥梁加固"),
    ],
)
def test_a_finished_task_is_known_by_its_words(progress, words, task):
    assert finished_by(progress, task) == words


@pytest.mark.parametrize(
    ("progress", "task"),
    [
        ("", TASK),
        ("已完成前期工作。", TASK),
        ("老旧小区改造前期工作已全部完成。", TASK),
        ("完成投资3亿元。", TASK),
        ("已完成投资3亿元。", TASK),
        ("基本完成。", TASK),
        ("已基本完成老旧小区改造。", TASK),
        ("未完成。", TASK),
        ("尚未全部完成。", TASK),
        ("计划12月全部完成。", TASK),
        ("已于6月完成招标并进场施工。", TASK),
        ("已完成西部新城城市设计并报区政府审核。", TASK),
        ("预计提前完成全年目标任务。", TASK),
        ("可如期完成全年目标任务。", TASK),
        ("已完成上半年目标任务。", TASK),
        ("已完成阶段性目标任务。", TASK),
        ("已完成年度目标任务的45%。", TASK),
        ("已完成老旧小区改造，占年度任务的93%。", TASK),
        ("已完成老旧小区改造28个，惠及居民8126户。", TASK),
        ("主体结构，均已完工。", TASK),
        ("项目已竣工，正在验收。", TASK),
        ("已全部完成，下一步加强管护。", TASK),
        ("2座桥梁加固已完成。", "完成道路改造、桥梁加固、步道建设、管网更新"),
        ("①甲学校：已竣工投用；②乙学校：主体施工。", "建成甲学校、乙学校"),
        ("方案设计已完成。", "完成西部新城城市设计，优化空间布局"),
    ],
)
def test_what_only_seems_finished_is_not(progress, task):
    assert finished_by(progress, task) == ""


def test_an_office_may_have_words_of_its_own():
    own = replace(STANDARD_COMPLETION, done=(*STANDARD_COMPLETION.done, "圆满收官"))
    assert finished_by("活动已圆满收官。", "举办活动60场") == ""
    assert finished_by("已全部完成。", TASK, replace(STANDARD_COMPLETION, done=(), aims=())) == ""
    assert finished_by("该项工作已圆满收官。", "举办活动60场", own) == "已圆满收官"


def test_of_the_tasks_of_three_ledgers_only_those_are_told_as_finished_that_are():
    blob = (ROOT / "samples/qingping-2026h1/台账.xlsx").read_bytes()
    book = read_ledger(blob, "台账.xlsx", Wants({Sheet.TASKS: frozenset()})).value
    pairs = [(entry.progress, entry.text) for entry in book.tasks]
    told = [text for progress, text in pairs if finished_by(progress, text)]
    assert told == []
    if not TABLES.exists():
        pytest.skip("../shared/reference is not there")
    tables = json.loads(TABLES.read_text(encoding="utf-8"))
    rows = [
        *tables["fuling_2023h1"]["rows"],
        *tables["shapingba_2022h1"]["normal"],
        *tables["shapingba_2022h1"]["lagging"],
    ]
    told = [row["task"] for row in rows if finished_by(row["progress"], row["task"])]
    assert [text[:14] for text in told] == ["深化银政企合作，力争社会融资"]

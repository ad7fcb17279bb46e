"""Twins (雷同): a task that stands several times, one progress for several tasks; one finding for each group."""

from __future__ import annotations

import time

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families import near_duplicates
from reportgen.proof.families.near_duplicates import are_alike
from reportgen.proof.findings import Finding
from reportgen.proof.manuscript import Role, Row, Spot, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.styles import Level
from tests.manuscripts import but, listing, manuscript, row, said, standard_settings

LIFT = "力争升规升限80户、其中工业40户，新增“专精特新”20户、“小巨人”3户。"
RAIL = (
    "东环铁路正在编制可研报告，石渡作业区正在办理港口岸线手续，"
    "货运专线股权划转已经完成，绕城公路西段累计完成投资占总投资的21.46%。"
)
WARDS = "已完成土建和机电安装，正在开展消防验收，计划九月底投入使用。"


def told(*rows: Row, settings: Settings | None = None) -> list[Finding]:
    """What is told of a list of these tasks."""
    return list(near_duplicates.examine(manuscript(listing(*rows)), settings or standard_settings()))


def test_a_task_that_stands_four_times_is_one_finding() -> None:
    others = [row(text=f"建成{name}社区食堂并投入使用", progress=f"{name}已开业") for name in ("东山", "西河", "南坪")]
    rows = [row(text=LIFT, progress="新升规21家。") for _ in range(4)]
    (finding,) = told(rows[0], others[0], rows[1], others[1], rows[2], others[2], rows[3])
    assert (finding.rule, finding.level, finding.what) == (Rule.TASK_REPEATED, Level.WARNING, "同一项任务列了4次")
    assert [mark.text.spot.words for mark in finding.marks] == [f"重点任务第{n}行「工作任务」" for n in (1, 3, 5, 7)]


def test_marks_and_blanks_make_no_difference() -> None:
    (finding,) = told(row(text=LIFT), row(text=LIFT.replace("，", "；").replace("、", " ")))
    assert finding.what == "同一项任务列了2次"


def test_a_repeated_task_tells_that_its_progress_differs() -> None:
    (finding,) = told(row(text=LIFT, progress=RAIL), row(text=LIFT, progress=RAIL.replace("21.46", "23.4")))
    assert finding.what == "同一项任务列了2次，所写进展不完全一样"
    assert [mark.quote for mark in finding.marks[2:]] == [
        "绕城公路西段累计完成投资占总投资的21.46%",
        "绕城公路西段累计完成投资占总投资的23.4%",
    ]


def test_the_progress_of_a_repeated_task_is_not_told_again() -> None:
    found = told(row(text=LIFT, progress=WARDS), row(text=LIFT, progress=WARDS))
    assert [each.rule for each in found] == [Rule.TASK_REPEATED]


def test_one_progress_for_two_tasks_is_told() -> None:
    (finding,) = told(row(text="建成区中医院新院区", progress=WARDS), row(text="扩建妇幼保健院", progress=WARDS))
    assert (finding.rule.value, finding.what) == ("progress.repeated", "2项不同任务的进展完全相同")
    assert [mark.quote for mark in finding.marks] == [WARDS, WARDS]


def test_a_repeated_task_and_another_one_with_the_same_progress_are_told_once_each() -> None:
    found = told(*(row(text=text, progress=WARDS) for text in (LIFT, "扩建妇幼保健院", LIFT)))
    assert [(each.rule.value, len(each.marks)) for each in found] == [("task.repeated", 2), ("progress.repeated", 2)]


def test_long_progress_with_a_little_word_more_is_nearly_the_same() -> None:
    (finding,) = told(
        row(text="加快建设渝万高铁", progress=RAIL),
        row(text="建成龙头港铁路专用线", progress=RAIL.replace("总投资的21", "总投资的约21")),
    )
    assert finding.what == "2项不同任务的进展几乎相同"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("推动区领导联系重点项目全覆盖，打通卡点堵点难点。", "推动区领导联系重点企业全覆盖，打通卡点堵点难点。"),
        (
            "完成东部片区雨污分流改造和道路黑化，建成停车场两座。",
            "完成西部片区雨污分流改造和道路黑化，建成停车场两座。",
        ),
        ("建成标准化厂房一期并完成水电气配套和道路绿化工程。", "建成标准化厂房二期并完成水电气配套和道路绿化工程。"),
        (
            "完成1号楼主体结构施工和外立面装修，启动室内机电安装。",
            "完成2号楼主体结构施工和外立面装修，启动室内机电安装。",
        ),
        ("建成龙泉村乡村会客厅，完善周边道路和停车设施。", "建成新发村乡村会客厅，完善周边道路和停车设施。"),
        ("提质改造A区地下停车库，新增充电桩120个并投入运营。", "提质改造B区地下停车库，新增充电桩120个并投入运营。"),
        ("建成社区食堂", "建成社区公园"),
        ("加强党的建设", "加强廉政建设"),
    ],
)
def test_tasks_that_differ_in_what_they_are_about_are_two(one: str, two: str) -> None:
    assert told(row(text=one), row(text=two)) == []
    assert told(row(text="建成泵站甲", progress=one), row(text="改造水厂乙", progress=two)) == []


def test_a_task_with_another_figure_is_nearly_the_same() -> None:
    one = "新建标准化厂房15万平方米，引进企业30家，培育龙头企业3家。"
    (finding,) = told(row(text=one), row(text=one.replace("15万", "12万")))
    assert finding.what == "2项任务的文字几乎相同"


def test_progress_with_figures_of_its_own_is_its_own() -> None:
    one = "已完成投资3.2亿元，完成年度计划的53.3%，主体结构施工至6层，正在开展机电安装，预计年底完工。"
    two = "已完成投资1.8亿元，完成年度计划的60.0%，主体结构施工至9层，正在开展机电安装，预计年底完工。"
    assert told(row(text="建成中学", progress=one), row(text="建成医院", progress=two)) == []


@pytest.mark.parametrize("progress", ["已完成。", "已开工建设。", "正在办理施工许可手续。", ""])
def test_short_progress_may_be_the_same(progress: str) -> None:
    assert told(row(text="建成中学", progress=progress), row(text="建成医院", progress=progress)) == []


def test_short_tasks_may_be_the_same() -> None:
    assert told(row(text="其他工作"), row(text="其他工作")) == []


def test_a_goal_is_no_task_and_another_table_is_no_list() -> None:
    paper = manuscript(
        listing(row(text=LIFT), kind=Kind.GOALS, annex=1),
        listing(row(text=LIFT), kind=Kind.LAGGING, annex=2),
        listing(row(text=LIFT), row(text=LIFT), kind=None),
    )
    assert said(near_duplicates.examine(paper, standard_settings())) == []


def test_a_task_may_not_be_lagging_and_normal() -> None:
    paper = manuscript(
        listing(row(text=LIFT), kind=Kind.LAGGING, annex=2), listing(row(text=LIFT), kind=Kind.NORMAL, annex=3)
    )
    (finding,) = near_duplicates.examine(paper, standard_settings())
    assert [mark.text.spot.words for mark in finding.marks] == ["附件2第1行「工作任务」", "附件3第1行「工作任务」"]


def test_rows_that_stand_elsewhere_are_told_there() -> None:
    assert told(row(text=LIFT, elsewhere=True), row(text=LIFT, elsewhere=True)) == []


def test_one_cell_that_holds_for_two_tasks_is_one_progress() -> None:
    shared = Text(content=WARDS, spot=Spot(words="附件2第1行"), role=Role.CELL, field="progress")
    assert told(row(text="建成区中医院新院区", progress=shared), row(text="扩建妇幼保健院", progress=shared)) == []


def test_an_office_sets_how_long_and_how_alike() -> None:
    short = [row(text="建成中学", progress="已开工建设。"), row(text="建成医院", progress="已开工建设。")]
    assert len(told(*short, settings=but(Rule.PROGRESS_REPEATED, letters=4))) == 1
    near = [row(text="加快建设高铁", progress=RAIL), row(text="建成专用线", progress=RAIL.replace("已经完成", "完成"))]
    assert told(*near, settings=but(Rule.PROGRESS_REPEATED, within=1.0)) == []
    assert told(*near, settings=but(Rule.PROGRESS_REPEATED, level=Level.OFF)) == []


def test_no_text_is_drawn_into_a_group_by_way_of_another() -> None:
    # Each is as good as its neighbour, and the last has nothing of the first left.
    chain = [RAIL.replace("21.46", figure) for figure in ("21.46", "22.5", "23.5")]
    (finding,) = told(*(row(text=f"建成{name}水厂", progress=each) for name, each in zip("甲乙丙", chain, strict=True)))
    assert all(are_alike(chain[0], mark.quote, 0.92) for mark in finding.marks)


@pytest.mark.campaign
def test_thousands_of_rows_take_seconds() -> None:
    """No row is held against every other: measured 0.2 s for 1,000 and 2.2 s for 10,000 rows of one template."""
    rows = [
        row(
            text=f"建成第{n}号泵站并投入运行，新增排涝能力{n % 7}万立方米",
            progress=f"第{n}号泵站主体完工{n % 100}%，机电设备安装正在进行，预计{n % 12 + 1}月投用，完成投资{n}万元。",
        )
        for n in range(3_000)
    ]
    rows += [row(text=LIFT, progress=WARDS), row(text=LIFT, progress=WARDS)]
    begin = time.perf_counter()
    found = told(*rows)
    assert time.perf_counter() - begin < 10
    assert [each.what for each in found] == ["同一项任务列了2次"]


@pytest.mark.parametrize("content", ["甲" * 32_000, "甲乙丙" * 10_000, "\ud800丙" * 300])
def test_nonsense_of_any_length_is_read_quickly(content: str) -> None:
    found = told(*(row(text=content + str(n), progress=content) for n in range(20)))
    assert [each.rule.value for each in found] in (["progress.repeated"], ["task.repeated"])

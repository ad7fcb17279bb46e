"""One thing with two values, units, directions or periods; what only looks like it stays unsaid."""

from __future__ import annotations

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families import values
from reportgen.proof.manuscript import Listing, Text
from tests.manuscripts import listing, manuscript, row, said, standard_settings, text


def told(*parts: Text | Listing, is_ledger: bool = False) -> list[tuple[str, str]]:
    return said(values.examine(manuscript(*parts, is_ledger=is_ledger), standard_settings()))


def goal(progress: str, task: str = "进出口总额增长5%以上") -> Listing:
    return listing(row(text=task, progress=progress, lead_units="区商务委"), kind=Kind.GOALS, annex=1)


def test_a_goal_with_another_value_in_the_body_is_told_at_the_body_and_points_at_the_annex() -> None:
    body = text("1—6月，2项指标符合预期，分别是：固定资产投资增长12%，进出口总额预计增长10%。")
    paper = manuscript(body, goal("1—6月，预计进出口总额增长9.7%。"))
    found = list(values.examine(paper, standard_settings()))
    assert said(found) == [("value.differs", "10%")]
    assert [mark.quote for mark in found[0].marks] == ["10%", "9.7%"]
    assert found[0].what == "进出口总额两处不一致：一处增长10%，一处增长9.7%"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("1—6月，进出口总额增长6.9%。", "value.differs"),
        ("1—6月，进出口总额下降6.8%。", "value.direction"),
        ("1—5月，进出口总额增长6.8%。", "value.period"),
        ("1—6月，进出口总额62.4万元。", "value.unit"),
        ("1—6月，进出口总额64.2亿元。", "value.differs"),
    ],
)
def test_value_unit_direction_and_period_are_told_by_their_own_rules(words: str, rule: str) -> None:
    assert [name for name, _ in told(text(words), goal("1—6月，进出口总额62.4亿元，增长6.8%。"))] == [rule]


@pytest.mark.parametrize(
    "words",
    [
        "1—6月，进出口总额增长6.8%。",
        "上半年，进出口总额62.4亿元，增长6.8%。",
        "进出口总额增长5%以上的目标。",
        "1—5月，进出口总额增长3.2%。",
        "1—6月，进出口总额环比增长1.1%。",
        "1—6月，全市进出口总额增长9.1%。",
        "1—6月，高新区进出口总额增长9.1%。",
        "1—6月，进出口总额增长6.8%（扣除不可比因素后增长7.3%）。",
        "进出口总额居全市第5名。",
    ],
)
def test_another_period_place_base_or_a_target_is_another_thing(words: str) -> None:
    assert told(text(words), goal("1—6月，进出口总额62.4亿元，增长6.8%。")) == []


def test_a_fall_written_with_a_minus_is_the_same_as_a_fall() -> None:
    assert told(text("进出口总额增长-6.8%。"), goal("1—6月，进出口总额下降6.8%。")) == []


def test_a_task_of_the_same_unit_that_tells_the_goals_indicator_otherwise_is_told() -> None:
    goals = listing(
        row(text="优良天数比率达到88%", progress="1—6月，空气质量优良天数162天。", lead_units="区生态环境局"),
        kind=Kind.GOALS,
    )
    same = row(text="打好蓝天保卫战", progress="1—6月，空气质量优良天数163天。", lead_units="区生态环境局")
    other = row(text="打好蓝天保卫战", progress="1—6月，空气质量优良天数163天。", lead_units="某镇")
    assert told(goals, listing(same), is_ledger=True) == [("value.differs", "163天")]
    assert told(goals, listing(other), is_ledger=True) == []


def test_a_phrase_that_says_otherwise_than_its_progress_is_told() -> None:
    task = "数字经济核心产业增加值增长10%，新增规上软件企业8家"
    progress = (
        "①1—6月数字经济核心产业增加值仅增长1.9%，比年度目标低8.1个百分点。②新增规上软件企业2家，占全年8家的25.0%。"
    )

    def phrase(words: str) -> list[tuple[str, str]]:
        return told(listing(row(text=task, progress=progress, phrase=f"{task}。{words}")), is_ledger=True)

    assert phrase("1—6月，增加值仅增长1.9%，新增企业2家，距年度目标分别相差8.1个百分点、6家。") == []
    assert phrase("1—6月，增加值仅增长1.3%，新增企业2家。") == [("value.differs", "1.3%")]
    assert phrase("1—6月，增加值下降1.9%，新增企业2家。") == [("value.direction", "1.9%")]
    assert phrase("1—5月，增加值仅增长1.9%，新增企业2家。") == [("value.period", "1—5月")]


def test_the_task_in_a_phrase_is_held_against_the_task_and_its_progress_against_the_progress() -> None:
    task = "石渡港集装箱吞吐量达12万标箱，新开通航线2条"
    progress = "①集装箱吞吐量：受枯水期影响，1—6月仅完成3.1万标箱，占全年12万标箱的25.8%。②航线：没有开通。"

    def phrase(words: str) -> list[tuple[str, str]]:
        return told(listing(row(text=task, progress=progress, phrase=words)), is_ledger=True)

    rest = "1—6月，集装箱吞吐量3.1万标箱，占全年的25.8%。"
    assert phrase(f"{task}。{rest}") == []
    assert phrase(f"{task.replace('12万', '21万')}。{rest}") == [("value.differs", "21万标箱")]
    assert phrase(f"{task}。{rest.replace('3.1万', '1.3万')}") == [("value.differs", "1.3万标箱")]
    # A task in other words, with an aim that the progress does not speak of.
    assert phrase(f"吞吐量力争超过12万标箱。{rest}") == []


def test_a_figure_with_fewer_places_is_the_same_and_a_rounder_rate_is_not() -> None:
    def phrase(words: str) -> list[tuple[str, str]]:
        progress = "累计完成违法建筑拆除33.31万平方米，增长9.7%。"
        return told(listing(row(text="拆除违法建筑", progress=progress, phrase=words)), is_ledger=True)

    assert phrase("累计完成违法建筑拆除33.3万平方米，增长9.7%") == []
    assert phrase("累计完成违法建筑拆除约33万平方米，增长9.7%") == []
    assert phrase("累计完成违法建筑拆除33.31万平方米，增长10%") == [("value.differs", "10%")]


def test_a_part_of_it_and_a_sum_of_parts_are_no_other_value() -> None:
    def phrase(words: str, progress: str) -> list[tuple[str, str]]:
        return told(listing(row(text="建设工业园区", progress=progress, phrase=words)), is_ledger=True)

    assert phrase("累计完成投资12亿元", "项目一期完成投资5亿元。") == []
    assert phrase("累计完成投资12亿元", "甲项目完成投资5亿元，乙项目完成投资7亿元。") == []
    assert phrase("累计完成投资12亿元", "完成投资21亿元。") == [("value.differs", "12亿元")]


def lagging(progress: str) -> Listing:
    task = "拆除新山路沿线10万平方米违法建筑"
    return listing(row(text=task, progress=progress, lead_units="区城管局"), kind=Kind.LAGGING, annex=2)


def item(words: str) -> Text:
    return text(f"4. 拆除新山路沿线10万平方米违法建筑。{words}（责任单位：区城管局）")


def test_a_lagging_task_of_the_body_is_held_against_its_row() -> None:
    said_there = "违建49处，面积约6.2万平方米。截至7月8日，新山路累计完成违建整治0.75万平方米。"
    assert told(item("1—6月，新山路仅完成违法建筑整治0.75万平方米。"), lagging(said_there)) == [
        ("value.period", "1—6月")
    ]
    assert told(item("截至7月8日，新山路仅完成违法建筑整治0.57万平方米。"), lagging(said_there)) == [
        ("value.differs", "0.57万平方米")
    ]
    assert told(item("截至7月8日，新山路仅完成违法建筑整治0.75平方米。"), lagging(said_there)) == [
        ("value.unit", "0.75平方米")
    ]
    assert (
        told(item("截至7月8日，新山路仅完成违法建筑整治0.75万平方米，与目标差9.25万平方米。"), lagging(said_there))
        == []
    )


def test_a_task_that_stands_twice_with_one_figure_changed_is_told_once_for_the_figure() -> None:
    def rows(one: str, two: str) -> list[tuple[str, str]]:
        task = "加快建设高速公路，建成铁路专用线"
        return told(listing(row(text=task, progress=one), row(text=task, progress=two)))

    words = "拆迁完成93%，总体形象进度已完成{}，二标段完成74.5%。"
    assert rows(words.format("21.46%"), words.format("21.46%")) == []
    assert rows(words.format("21.46%"), words.format("21.64%")) == [("value.differs", "21.64%")]
    assert rows(words.format("21.46%"), words.format("约21.46%")) == [("value.differs", "约21.46%")]


def test_a_document_whose_texts_all_stand_elsewhere_is_told_there_and_its_own_body_here() -> None:
    body = text("进出口总额增长10%。")
    kept = listing(
        row(text="进出口总额增长5%以上", progress="1—6月，进出口总额增长9.7%。", elsewhere=True),
        kind=Kind.GOALS,
        annex=1,
    )
    assert told(body, kept) == [("value.differs", "10%")]
    assert told(text("进出口总额增长10%。", elsewhere=True), kept) == []


def test_an_indicator_with_two_values_in_its_own_goal_tells_nothing() -> None:
    twice = goal("1—5月，进出口总额增长9.7%；1—6月，进出口总额增长9.1%。")
    assert told(text("进出口总额增长10%。"), twice) == []

"""Times: outside the reporting period, written two ways, days that do not exist; growth by less than nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families import negative_growth, times
from reportgen.proof.manuscript import Role
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from tests.manuscripts import HALF_YEAR, but, listing, manuscript, row, said, standard_settings, text, title


def told(words: str, settings: Settings | None = None) -> list[tuple[str, str]]:
    paper = manuscript(listing(row(text="推进有关工作", progress=words)))
    return said(times.examine(paper, settings or standard_settings()))


@pytest.mark.parametrize(
    "words",
    ["6月31日", "2月30日", "2026年2月29日", "13月", "6月28—31日", "4月00日"],
)
def test_a_day_that_does_not_exist_is_told(words: str) -> None:
    assert told(f"已于{words}完成验收。") == [("period.impossible", words)]


@pytest.mark.parametrize(
    "words", ["6月30日", "2024年2月29日", "12月31日", "15个月", "24月龄", "6.30日", "3月1日—31日", "1—12月"]
)
def test_a_day_that_exists_is_not_told(words: str) -> None:
    assert [each for each in told(f"自{words}起执行。") if each[0] == "period.impossible"] == []


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("截至7月8日，累计完成整治0.75万平方米。", "截至7月8日"),
        ("截至7月上旬，累计走访企业809家。", "截至7月上旬"),
        ("项目已于7月5日开工。", "7月5日"),
        ("2025年1—6月，产值增长5%。", "2025年1—6月"),
        # What a time that is not over cannot have given.
        ("1—8月完成投资4.9亿元，占年度计划9亿元的54.4%。", "1—8月"),
        ("前三季度，城镇新增就业1.37万人。", "前三季度"),
        ("年度计划投资9亿元，1—9月完成投资4.9亿元。", "1—9月"),
        ("截至2025年6月30日，完成33项。", "截至2025年6月30日"),
    ],
)
def test_what_was_reached_outside_the_reporting_period_is_told(words: str, quote: str) -> None:
    assert told(words) == [("period.outside", quote)]


@pytest.mark.parametrize(
    "words",
    [
        "截至6月30日，完成33项。",
        "截至6月底，完成33项。",
        "计划8月开工建设，预计12月完工。",
        "7月启动设备搬迁，四季度可开诊。",
        "拟于7月5日开标。",
        "预计截至7月底可完成。",
        "截至7月底前完成。",
        "完成2025年度考核。",
        "截至2025年底，全区共有学校40所。",
        "较2025年1—6月增长5%。",
        "与2025年上半年同期相比下降3%。",
        "印发《2025年1—6月工作要点》。",
        "1—5月，研发费用8.9亿元。",
        "预计1—9月，规上工业产值可达450亿元。",
        "1—8月，计划完成投资60亿元。",
        "下一步，抓好1—9月各项工作，完成投资60亿元。",
        "1—7月是汛期，各单位加强值守。",
        "全年完成投资60亿元。",
        "7—9月开展专项检查3次。",
        "",
    ],
)
def test_plans_comparisons_and_what_lies_within_are_not_told(words: str) -> None:
    assert told(words) == []


def test_an_office_may_allow_some_days_after_the_period() -> None:
    words = "截至7月8日，累计完成整治0.75万平方米。"
    assert told(words, but(Rule.PERIOD_OUTSIDE, within=10.0)) == []
    assert told(words, but(Rule.PERIOD_OUTSIDE, within=5.0)) == [("period.outside", "截至7月8日")]


def test_without_a_reporting_period_nothing_is_outside_it() -> None:
    paper = manuscript(text("截至7月8日，累计完成整治0.75万平方米。"), period=None)
    assert list(times.examine(paper, standard_settings())) == []


def test_one_goal_of_another_period_than_all_others_is_told() -> None:
    def goals(*openings: str) -> list[tuple[str, str]]:
        parts = [
            row(text=f"指标{opening}{at}", progress=f"{opening}，完成预期。") for at, opening in enumerate(openings)
        ]
        return said(times.examine(manuscript(listing(parts, kind=Kind.GOALS)), standard_settings()))

    assert goals(*["1—6月"] * 6, "1—5月") == [("period.outside", "1—5月")]
    assert goals(*["1—6月"] * 6, "一季度") == [("period.outside", "一季度")]
    # Two that come later than the others are known to.
    assert goals(*["1—6月"] * 6, "1—5月", "1—5月") == []
    assert goals(*["1—6月"] * 6, "上半年", "截至6月底") == []
    assert goals("1—6月", "1—5月") == []


def test_an_annex_title_of_another_period_than_the_report_is_told() -> None:
    def titles(words: str) -> list[tuple[str, str]]:
        return said(times.examine(manuscript(text(words, Role.ANNEX_TITLE)), standard_settings()))

    assert titles("预期目标1—5月进展情况表") == [("period.outside", "1—5月")]
    assert titles("2025年1—6月进展情况表") == [("period.outside", "2025年1—6月")]
    assert titles("预期目标1—6月进展情况表") == []
    assert titles("2026年重点任务上半年进展情况表") == []


def test_two_writings_of_a_period_are_one_finding_at_the_fewer_ones() -> None:
    paper = manuscript(
        title("2026年1-6月推进情况"),
        text("1-6月，产值增长。"),
        listing(row(text="甲", progress="1—6月，建成5个；1-5月，开工。")),
    )
    found = list(times.examine(paper, standard_settings()))
    assert said(found) == [("period.mixed", "1—6月")]
    assert found[0].what == "月份起止的写法不一：「1-6月」3处、「1—6月」1处"
    assert found[0].fix == "全文统一用「—」，如「1—6月」"


def test_one_writing_throughout_is_not_told_whichever_it_is() -> None:
    assert told("1-6月，产值增长；1-5月，开工。") == []
    assert told("1—6月，产值增长；11月至次年2月封闭。") == []


def test_half_a_year_in_two_words_is_told_only_where_the_office_wishes() -> None:
    words = "1—6月，产值增长。上半年，新建5个。"
    assert told(words) == []
    strict = but(Rule.PERIOD_MIXED, words=("—", "上半年"))
    assert told(words, strict) == [("period.mixed", "上半年")]


def test_a_period_that_names_no_year_is_of_the_reports_year() -> None:
    period = replace(HALF_YEAR, year=None)
    paper = manuscript(listing(row(text="甲", progress="截至7月8日，完成5个。")), period=period)
    assert said(times.examine(paper, standard_settings())) == [("period.outside", "截至7月8日")]


@pytest.mark.parametrize(
    ("words", "quote", "fix"),
    [
        ("收入增长-19%。", "增长-19%", "改写为「下降19%」"),
        ("收入增长－19％。", "增长－19％", "改写为「下降19％」"),
        ("覆盖率提高-1.2个百分点。", "提高-1.2个百分点", "改写为「降低1.2个百分点」"),
        ("总产值下降-8.82%。", "下降-8.82%", "确是下降的，改写为「下降8.82%」"),
    ],
)
def test_growth_by_less_than_nothing_is_told_with_what_to_write(words: str, quote: str, fix: str) -> None:
    found = list(negative_growth.examine(manuscript(text(words)), standard_settings()))
    assert [(each.rule, each.marks[0].quote, each.fix) for each in found] == [(Rule.NEGATIVE_GROWTH, quote, fix)]


@pytest.mark.parametrize("words", ["增速为-3%。", "增长率-3%。", "下降19%。", "增长8-10%。", "增长5%—6%。", ""])
def test_a_negative_rate_and_a_range_are_not_told(words: str) -> None:
    assert list(negative_growth.examine(manuscript(text(words)), standard_settings())) == []

"""Rates against their own numbers: told where the words are sure, silent where they are not."""

from __future__ import annotations

from typing import Any

import pytest

from reportgen.proof.families import rates
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import but, listing, manuscript, row, said, standard_settings, text


def told(words: str, task: str = "", **changes: Any) -> list[str]:
    """What is found in a progress, by its quote."""
    paper = manuscript(listing(row(text=task or "推进有关工作", progress=words)))
    settings = but(Rule.RATE, **changes) if changes else standard_settings()
    return [quote for _, quote in said(rates.examine(paper, settings))]


def sentence_of(words: str, task: str = "") -> tuple[str, str]:
    paper = manuscript(listing(row(text=task or "推进有关工作", progress=words)))
    finding = next(rates.examine(paper, standard_settings()))
    return finding.what, finding.fix


@pytest.mark.parametrize(
    ("words", "task", "quote"),
    [
        # A share of a named number.
        ("协议资金214.8亿元，占全年400亿元的57.3%。", "", "57.3%"),
        ("签约金额46.56亿元（完成全年任务70亿元的65.51%）。", "", "65.51%"),
        ("并网34兆瓦，占年度60兆瓦任务的65.7%。", "", "65.7%"),
        ("麻鸭出栏214万只，为年度400万只目标的35.5%。", "", "35.5%"),
        ("落实2家，占全年4家的5.0%。", "", "5.0%"),
        # A rate named for what was done.
        ("35项改革目标已完成33项，完成率达94.28%。", "", "94.28%"),
        ("办理事项1370项，纳入“一窗综办”1212项，一窗综办率88.76%。", "", "88.76%"),
        ("锁定账款金额4.3亿元，已偿还2.7亿元，偿付率72.8%。", "", "72.8%"),
        ("排查排污口526个，其中需整治217个，整治完成148个，完成率62.8%。", "", "62.8%"),
        ("交办问题104个，办结149个，办结率90.9%。", "", "90.9%"),
        ("办理建议168件、提案214件，已办结359件，办结率84.0%。", "", "84.0%"),
        ("新设经营主体6480户，占全年1.2万户的54.3%。", "", "54.3%"),
        # A part of what was named before.
        ("调解纠纷1401件，其中村（社区）化解952件，占比68.8%。", "", "68.8%"),
        ("全区129个村中，收入超过25万元的有47个，占39.4%。", "", "39.4%"),
        # A share of the task's target.
        ("优良天数达到144天，完成目标任务的43.2%。", "优良天数达到330天", "43.2%"),
        ("集装箱吞吐量3.1万标箱，占全年的28.5%。", "石渡港集装箱吞吐量达12万标箱，新开通航线2条", "28.5%"),
        ("发展家庭农场18家，农民合作社23个，完成目标任务的72%。", "新增家庭农场、合作社50个", "72%"),
        # From one number to another.
        ("检查频次由上年同期的3150次降至2268次，下降18.0%。", "", "18.0%"),
        ("治理率由年初的52.3%提高至55.6%，提高3.8个百分点。", "", "3.8个百分点"),
        # Against the target in percent.
        ("工业技改投资增长17.2%，高于年度目标2.7个百分点。", "工业技改投资增长15%以上", "2.7个百分点"),
        ("社会消费品零售总额下降3.1%，比年度目标低2.9个百分点。", "社会消费品零售总额增长6%左右", "2.9个百分点"),
        ("资源化利用率为46.8%，距60%的目标相差12.2个百分点。", "", "12.2个百分点"),
        # More than all.
        ("宅基地审批网上办结率达到160%。", "", "160%"),
    ],
)  # fmt: skip
def test_a_rate_that_its_numbers_do_not_give_is_told_at_the_rate(words: str, task: str, quote: str) -> None:
    assert told(words, task) == [quote]


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("协议资金214.8亿元，占全年400亿元的53.7%。", ""),
        ("签约金额66.305亿元（完成全年任务89亿元的74.5%）。", ""),
        ("35项改革目标已完成33项，完成率达94.29%。", ""),
        ("优良天数达到144天，完成目标任务的43.6%。", "优良天数达到330天"),
        ("发展家庭农场18家，农民合作社23个，完成目标任务的82%。", "新增家庭农场、合作社50个"),
        ("年度计划投资266.5亿元，预计上半年完成固投113.26亿元，年度计划投资完成率达42.5%。", ""),
        ("社会消费品零售总额增长3.1%，低于年度目标2.9个百分点。", "社会消费品零售总额增长6%左右"),
        # The rate comes from exacter figures than are written.
        ("锁定账款金额4.3亿元，已偿还2.7亿元，偿付率63.1%。", ""),
        # Another base, another matter, or no sure base.
        ("新增科技型企业261家，完成市上下达的科技型企业年度目标任务125.48%。", "新增科技型企业100户以上"),
        ("收集诉求648件，办结607件，满意率97.4%。", ""),
        ("受理复议案件187件，审结152件，纠错率7.9%。", ""),
        ("贷款余额24.71亿元，占小微企业贷款余额的21.08%。", ""),
        ("第一剂累计接种110.46万人，接种覆盖率100.68%，全程累计接种107.73万人，全程接种率98.2%。", ""),
        ("开展培训100人，通过率88%。", ""),
        ("财政收入36.05亿元、增长5.8%。", ""),
        ("办理建议168件、提案214件，已办结359件，办结率94.0%。", ""),
        ("城镇新增就业8560人；失业人员再就业2310人，完成年度任务的115.5%。", "城镇新增就业1万人"),
        ("92个计划新开工项目已开工51个，开工率55.4%。", ""),
        ("共有学校50所，其中公办40所，民办10所，公办率80%。", ""),
        ("受理1000件，办结950件，其中满意900件，办结率95%。", ""),
        ("征收房屋300户，签约280户、搬迁250户，签约率93.3%。", ""),
        ("累计建成充电桩1200个，今年新增300个，占比25%。", ""),
        ("人才公寓约430套已入住368套，入住率85.2%。", ""),
        ("新建学校12所，占全年的30%。", "新建学校20所、幼儿园15所"),
        ("建成5个，占全年的30%。", ""),
        ("完成全年建设任务158个、完成率61%。", ""),
        ("100%", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_right_rate_and_one_of_an_unsure_base_are_not_told(words: str, task: str) -> None:
    assert told(words, task) == []


def test_a_truncated_rate_is_a_slip_unless_the_office_allows_a_last_place() -> None:
    words = "35项改革目标已完成33项，完成率达94.28%。"
    assert told(words) == ["94.28%"]
    assert told(words, within=1.0) == []
    assert told("35项改革目标已完成33项，完成率达94.27%。", within=1.0) == ["94.27%"]


def test_the_finding_says_the_figures_and_what_the_rate_should_be() -> None:
    what, fix = sentence_of("优良天数达到144天，完成目标任务的43.2%。", "优良天数达到330天")
    assert what == "比率写43.2%，按144天÷330天应为43.6%"
    assert fix == "请核对：数字无误的，改为43.6%"
    what, _ = sentence_of("协议资金214.8亿元，占全年400亿元的57.3%。")
    assert what == "比率写57.3%，按214.8亿元÷400亿元应为53.7%"


def test_a_cell_that_is_kept_elsewhere_is_not_told_here_and_an_office_may_switch_the_rule_off() -> None:
    words = "35项改革目标已完成33项，完成率达94.28%。"
    shown = manuscript(listing(row(text="改革", progress=words, elsewhere=True)))
    assert list(rates.examine(shown, standard_settings())) == []
    assert told(words, level=Level.OFF) == []
    assert told(words, ignore=("国企", "改革目标")) == []


def test_the_body_is_looked_at_as_well_as_the_cells() -> None:
    paper = manuscript(text("35项改革目标已完成33项，完成率达94.28%。"))
    assert said(rates.examine(paper, standard_settings())) == [("arithmetic.rate", "94.28%")]


def test_a_rate_that_only_rounding_explains_is_told_where_all_others_come_from_what_is_written() -> None:
    right = [f"完成投资{part}亿元，占年度计划8亿元的{rate}%。" for part, rate in _SHARES]
    off = "完成2.1亿元，占年度计划4亿元的53.5%。"

    def told_of(*words: str) -> list[str]:
        return [quote for _, quote in said(rates.examine(manuscript(*map(text, words)), standard_settings()))]

    assert told_of(*right) == []
    assert told_of(off) == []
    assert told_of(*right, off) == ["53.5%"]
    assert told_of(*right[:3], off) == []


def test_lengths_and_areas_are_compared_though_their_units_differ() -> None:
    assert told("改造管网850米，占全年1.2公里的70.8%。") == []
    assert told("更新16.4米，占全年28公里的58.6%。") == ["58.6%"]
    assert told("流转土地3600亩，占全年5000公顷的72%。") == []


_SHARES = [("2.1", "26.3"), ("3.3", "41.3"), ("4.3", "53.8"), ("5.1", "63.8")]

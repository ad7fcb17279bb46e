"""Figures and progress (数字变化、进展更新): what changed from one period's progress to the next."""

from __future__ import annotations

import pytest

from reportgen.changes.figures import changed_figures
from reportgen.changes.model import Progress
from reportgen.changes.progress import progress_between


def told(before: str, after: str) -> list[tuple[str, str, str]]:
    return [(each.of, each.before, each.after) for each in changed_figures(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (
            "1—3月，累计完成投资3.2亿元，占年度计划的32%。",
            "1—6月，累计完成投资5.1亿元，占年度计划的51%。",
            [("完成投资", "3.2亿元", "5.1亿元"), ("完成投资占年度计划", "32%", "51%")],
        ),
        (
            "地区生产总值同比增长4.4%（主城区第3名）。",
            "1—6月，地区生产总值同比下降1.2%（主城区第7名）。",
            [("地区生产总值", "增长4.4%", "下降1.2%"), ("地区生产总值", "第3名", "第7名")],
        ),
        (
            "①大桥：桩基完成92%。②隧道：掘进完成65%；③完成投资2亿元。",
            "①隧道：掘进完成80%；②大桥：桩基完成100%。③完成投资2亿元。",
            [("掘进", "65%", "80%"), ("桩基", "92%", "100%")],
        ),
        ("已建成2所，在建3所。", "已建成3所，在建2所。", [("建成", "2所", "3所"), ("在建", "3所", "2所")]),
        (
            "发现问题112个，整改109个。",
            "截至9月底，发现问题215个，整改209个。",
            [("发现问题", "112个", "215个"), ("整改", "109个", "209个")],
        ),
        ("拆除30万平方米违法建筑。", "拆除41.5万平方米违法建筑。", [("拆除违法建筑", "30万平方米", "41.5万平方米")]),
        ("项目总体形象进度约70%。", "项目总体形象进度约85%，正在收尾。", [("项目总体形象进度", "约70%", "约85%")]),
        (
            "已筹集215套，占全年800套的26.9%。",
            "①房源筹集：已筹集512套，占全年800套的64.0%。",
            [("筹集", "215套", "512套"), ("筹集占全年800套", "26.9%", "64.0%")],
        ),
        (
            "1—3月集装箱吞吐量完成0.9万标箱。",
            "①集装箱吞吐量：受枯水期延长影响，1—6月仅完成3.1万标箱。",
            [("集装箱吞吐量完成", "0.9万标箱", "3.1万标箱")],
        ),
        (
            "每千人口托位数从年初的3.8个增至4.0个。",
            "每千人口托位数从年初的3.8个增至4.4个。",
            [("每千人口托位数从年初的3.8个增至", "4.0个", "4.4个")],
        ),
        (
            "区中医院新院区装修和洁净工程完成61%。",
            "①区中医院新院区：设置床位600张，装修和洁净工程完成88%。",
            [("装修和洁净工程", "61%", "88%")],
        ),
        ("完成签约97户。", "完成签约219户。", [("完成签约", "97户", "219户")]),
        (
            "分三轮发放汽车、家电、餐饮券780万元。",
            "分三轮发放汽车、家电、餐饮券1760万元。",
            [("分三轮发放汽车、家电、餐饮券", "780万元", "1760万元")],
        ),
        (
            "引进首店6家，其中全市首店2家、全区首店4家。",
            "引进首店13家，其中全市首店4家、全区首店9家。",
            [("引进首店", "6家", "13家"), ("全市首店", "2家", "4家"), ("全区首店", "4家", "9家")],
        ),
        ("等级评定2个基地已完成布展。", "等级评定4个基地已通过考评。", [("等级评定基地", "2个", "4个")]),
        ("税收下降3%。", "税收增长-2%。", [("税收", "下降3%", "增长-2%")]),
    ],
)
def test_a_changed_figure_is_told_with_what_it_is_of(before, after, changes):
    assert told(before, after) == changes


def test_the_same_figure_at_another_place_is_no_change_of_it():
    before, after = "完成投资3.2亿元，其中工业投资1.1亿元。", "完成投资5.1亿元，其中工业投资3.2亿元。"
    assert told(before, after) == [("完成投资", "3.2亿元", "5.1亿元"), ("工业投资", "1.1亿元", "3.2亿元")]


def test_of_an_indicator_told_twice_the_first_is_the_one_that_went_on():
    before, after = "一季度，固定资产投资增长3%。", "1—6月，固定资产投资增长5%；一季度，固定资产投资增长3%。"
    assert told(before, after) == [("固定资产投资", "增长3%", "增长5%")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("完成投资1.5亿元。", "完成投资15000万元。"),
        ("引进企业5家。", "引进企业5家，培育企业7家。"),
        ("引进企业5家，培育企业7家。", "引进企业5家。"),
        ("1—3月，主体结构完成72%。", "1—6月，主体结构完成72%。"),
        ("计划6月30日完工。", "计划9月30日完工。"),
        ("失业率提高0.3个百分点。", "失业率提高0.3%。"),
        ("新开通公交线路3条。", "举办招聘会12场。"),
        ("高于年度目标0.2个百分点。", "低于年度目标2.9个百分点。"),
        ("社区体育公园在建3个。", "社区体育公园建成2个、在建1个。"),
        ("7条次级河流全部稳定达标。", "7条次级河流中6条稳定达标。"),
        ("约12家企业签约。", "12家企业签约。"),
        ("", "完成投资3亿元。"),
    ],
)
def test_what_is_no_change_of_a_figure(before, after):
    assert told(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "progress"),
    [
        ("已开工，完成投资3亿元。", "已开工，\n完成投资 ３亿元。", Progress.SAME),
        ("已开工，完成投资3亿元。", "已开工；完成投资3亿元", Progress.ONLY_MARKS),
        ("1—3月，完成72%。", "1—6月，完成72%。", Progress.ONLY_PERIOD),
        ("截至6月30日，完成72%。", "截至9月30日，完成72%。", Progress.ONLY_PERIOD),
        ("一季度，完成72%。", "上半年，完成72%。", Progress.ONLY_PERIOD),
        ("预计6月底前完工。", "预计12月底前完工。", Progress.UPDATED),
        ("6月18日开工。", "9月2日开工。", Progress.UPDATED),
        ("8月完工。", "9月完工。", Progress.UPDATED),
        ("增长-19%。", "增长19%。", Progress.UPDATED),
        ("增长1.2%。", "增长12%。", Progress.UPDATED),
        ("", "已开工。", Progress.ADDED),
        ("已开工。", " ", Progress.MISSING),
    ],
)
def test_how_far_a_progress_text_says_something_new(before, after, progress):
    assert progress_between(before, after) is progress

"""What a clause says of an indicator: its subject, which way it moved, by how much, when, and against what."""

from decimal import Decimal

import pytest

from reportgen.quantities.model import Bound, Direction
from reportgen.quantities.statements import statements

UP, DOWN, LEVEL = Direction.UP, Direction.DOWN, Direction.LEVEL


def said(text):
    return [
        (one.subject, one.direction, f"{one.amount.value}{one.amount.unit}", one.period.words if one.period else "")
        for one in statements(text, 2026)
    ]


@pytest.mark.parametrize(
    ("text", "subject", "direction", "value"),
    [
        ("固定资产投资同比增长12%", "固定资产投资", UP, "12%"),
        ("地区生产总值增长5.5%左右", "地区生产总值", UP, "5.5%"),
        ("完成固定资产投资增长-9.8%。", "固定资产投资", UP, "-9.8%"),
        ("单位GDP能耗下降3%", "单位GDP能耗", DOWN, "3%"),
        ("预计进出口总额预计增长10%；", "进出口总额", UP, "10%"),
        ("全区规上工业增加值增速8.8%，高于全市5.3个百分点", "规上工业增加值", UP, "8.8%"),
        ("工业设计产业增加值已增长15%以上。", "工业设计产业增加值", UP, "15%"),
        ("技术交易合同登记额增长15%", "技术交易合同登记额", UP, "15%"),
        ("力争基础设施投资、民间投资均增长12%以上。", "民间投资", UP, "12%"),
        ("城镇登记失业率控制在5.5%以内", "城镇登记失业率", LEVEL, "5.5%"),
        ("②城市生活垃圾回收利用率已达40%以上。", "城市生活垃圾回收利用率", LEVEL, "40%"),
        ("一窗综办率88.76%。", "一窗综办率", LEVEL, "88.76%"),
        ("技改投资占工业投资比重达45%，", "技改投资占工业投资比重", LEVEL, "45%"),
        ("民间投资占比60%以上", "民间投资占比", LEVEL, "60%"),
        ("景观灯饰亮灯率保持在95%以上。", "景观灯饰亮灯率", LEVEL, "95%"),
        ("力争社会融资规模突破2000亿元。", "社会融资规模", LEVEL, "200000000000元"),
        ("完成FDI3000万美元。", "FDI", LEVEL, "30000000美元"),
        ("粮食产量稳定在44万吨。", "粮食产量", LEVEL, "440000吨"),
        ("空气质量优良天数158天，", "空气质量优良天数", LEVEL, "158天"),
        ("我区数字经济完成产值1175亿元，", "数字经济产值", LEVEL, "117500000000元"),
        ("累计完成违法建筑拆除33.31万平方米，", "违法建筑", LEVEL, "333100平方米"),
        ("拆除150万平方米违法建筑，", "违法建筑", LEVEL, "1500000平方米"),
        ("拆除新山路沿线10万平方米违法建筑。", "新山路沿线违法建筑", LEVEL, "100000平方米"),
        ("新山路仅完成违法建筑整治0.75万平方米，", "新山路违法建筑", LEVEL, "7500平方米"),
        ("建成社区健身点2个，", "社区健身点", LEVEL, "2个"),
        ("6. 新建30个社区健身点。", "社区健身点", LEVEL, "30个"),
        ("新建2个标准化派出所，", "标准化派出所", LEVEL, "2个"),
        ("进口整车5000辆以上。", "整车", LEVEL, "5000辆"),
        ("铁路口岸完成整车进口1589辆。", "铁路口岸整车", LEVEL, "1589辆"),
        ("农房风貌整治提升1500户。", "农房风貌整治", LEVEL, "1500户"),
        ("新增城镇就业1.9万人。", "城镇就业", LEVEL, "19000人"),
        ("城镇新增就业12039人，", "城镇就业", LEVEL, "12039人"),
        ("新改建“四好农村路”50公里", "“四好农村路”", LEVEL, "50公里"),
        ("销售金额约1.2亿元。", "销售金额", LEVEL, "120000000元"),
        ("新增建成区面积1.5平方公里", "建成区面积", LEVEL, "1.5平方公里"),
        ("研发经费投入强度达到2.3%", "研发经费投入强度", LEVEL, "2.3%"),
        ("固定资产投资 增长 7.5%", "固定资产投资", UP, "7.5%"),
        ("新建改建老旧小区120个，", "老旧小区", LEVEL, "120个"),
        ("全区共排查整治安全隐患2345处，", "安全隐患", LEVEL, "2345处"),
        ("接待游客235万人次，", "游客", LEVEL, "2350000人次"),
        ("出口增长5%，", "出口", UP, "5%"),
        ("经济总量突破500亿元，", "经济总量", LEVEL, "50000000000元"),
        ("安排对口支援捐赠资金2938万元，", "对口支援捐赠资金", LEVEL, "29380000元"),
        ("发现违规垂钓行为1306起，", "违规垂钓行为", LEVEL, "1306起"),
    ],
)
def test_a_clause_tells_its_indicator(text, subject, direction, value):
    assert said(text) == [(subject, direction, value, "")]


@pytest.mark.parametrize(
    "text",
    [
        "增长5%。",  # no subject at all
        "同比增长9.2%、4.7%、16.6%，",  # three figures, three indicators
        "煤、电、气分别增长9.2%、4.7%、16.6%，",
        "高于全市1.8个百分点。",
        "已完成工程量的66%，",
        "主体结构完成72%。",
        "完成总进度60%，",
        "总数达30%，",
        "占小微企业贷款余额的21.08%，",
        "为74家企业和个体工商户发放创业担保贷款1940万元。",  # another figure cuts the clause in two
        "打造5条红色、都市、乡村精品游线路",
        "实施2个百亿级、27个十亿级项目",
        "完成全年目标任务的82%。",
        "涪陵区列主城都市区首位。",
        "对产值下滑超过一成的21家企业建立联系卡，",
        "高于各项贷款增长5.9个百分点，",
        "责令整改287家，",
        "总投资4.8亿元，",  # of what?
        "在9月发布不少于11个，",
        "K0+000段已通车",
        "",
    ],
)
def test_a_clause_whose_subject_is_not_plain_says_nothing(text):
    assert said(text) == []


def test_growth_behind_a_value_is_of_the_same_indicator():
    text = "全区上半年电信网络诈骗案件共立案926起，同比下降29.95%，下降幅度排全市第13位。"
    first, second, third = statements(text, 2026)
    assert {one.subject for one in (first, second, third)} == {"电信网络诈骗案件"}
    assert (first.action, first.amount.value, first.direction) == ("立案", Decimal(926), LEVEL)
    assert (second.direction, second.against, second.change) == (DOWN, "同比", Decimal("-29.95"))
    assert (third.amount.ordinal, third.amount.value, third.against) == (True, Decimal(13), "全市")
    assert all(one.period is not None and one.period.words == "上半年" for one in (first, second, third))


def test_several_growths_against_several_times_follow_one_value():
    text = "各项存款余额1183.26亿元，较年初增加52.33亿元，同比增长9.54%；各项贷款余额966.74亿元。"
    assert [(one.subject, one.direction, one.against) for one in statements(text, 2026)] == [
        ("各项存款余额", LEVEL, ""),
        ("各项存款余额", UP, "较年初"),
        ("各项存款余额", UP, "同比"),
        ("各项贷款余额", LEVEL, ""),
    ]


def test_a_growth_does_not_leap_over_another_clause_to_its_subject():
    assert said("收入36亿元，原煤、电力大幅增长，同比增长9.2%。") == []
    assert said("工业总产值36亿元。同比增长9.2%。") == [("工业总产值", LEVEL, "3600000000元", "")]


def test_a_growth_that_fell_back_is_no_fall_of_the_indicator():
    text = "地区生产总值同比增长4.4%，比一季度回落0.3个百分点，增速居全市第8位。"
    assert said(text)[:2] == [("地区生产总值", UP, "4.4%", ""), ("地区生产总值增速", DOWN, "0.3百分点", "")]


def test_only_is_no_part_of_the_verb():
    assert said("1-6月，我区数字经济完成产值1175亿元，同比增长仅为1.2%，与全年目标有较大差距。") == [
        ("数字经济产值", LEVEL, "117500000000元", "1-6月"),
        ("数字经济产值", UP, "1.2%", "1-6月"),
    ]


def test_what_stands_in_brackets_is_an_aside_of_the_figure_before():
    text = "一般公共预算收入增长-19%（扣除留抵退税因素后增长-15.6%，主城区第5名），区级税收增长-36.8%。"
    plain, corrected, rank, other = statements(text, 2026)
    assert (plain.aside, plain.change) == (False, Decimal(-19))
    assert (corrected.subject, corrected.aside, corrected.change) == ("一般公共预算收入", True, Decimal("-15.6"))
    assert (rank.subject, rank.aside, rank.against, rank.amount.ordinal) == ("一般公共预算收入", True, "主城区", True)
    assert rank.change is None
    assert (other.subject, other.aside) == ("区级税收", False)


def test_a_list_after_a_colon_is_read_one_by_one_and_the_period_holds_for_all():
    text = "1-6月，①2项符合，分别是：固定资产投资增长12%，预计进出口总额预计增长10%；②1项不达：工业增加值增长3.5%。"
    assert said(text) == [
        ("固定资产投资", UP, "12%", "1-6月"),
        ("进出口总额", UP, "10%", "1-6月"),
        ("工业增加值", UP, "3.5%", "1-6月"),
    ]
    assert [one.forecast for one in statements(text, 2026)] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("上半年，规上工业产值增长5%", "上半年"),
        ("1-5月规上工业产值增长5%", "1-5月"),
        ("全区上半年规上工业产值增长5%", "上半年"),
        ("截至7月8日，规上工业产值增长5%", "截至7月8日"),
        ("1-5月，规上工业产值增长4%。上半年，预计规上工业产值增长5%", "上半年"),
        ("上半年开工3个项目。规上工业产值增长5%", ""),  # another sentence
        ("9月底前建成投用，规上工业产值增长5%", ""),  # a deadline
        ("实施2025年项目，规上工业产值增长5%", ""),  # a name
        ("完成全年任务，规上工业产值增长5%", ""),
    ],
)
def test_a_figure_is_of_the_period_at_the_head_of_its_sentence(text, words):
    last = statements(text, 2026)[-1]
    assert last.subject == "规上工业产值"
    assert (last.period.words if last.period else "") == words


def test_growth_behind_a_forecast_is_a_forecast():
    value, growth = statements("1—6月，预计实现地区生产总值428.6亿元，同比增长5.6%。", 2026)
    assert (value.forecast, growth.forecast) == (True, True)


def test_the_bounds_of_a_target_come_with_it():
    text = "地区生产总值增长5.5%左右，城镇登记失业率控制在5.5%以内，民间投资增长12%以上"
    assert [one.amount.bound for one in statements(text, 2026)] == [Bound.ABOUT, Bound.AT_MOST, Bound.AT_LEAST]


def test_a_statement_spans_its_subject_and_its_figure():
    text = "1-6月，预计进出口总额预计增长10%；拆除150万平方米违法建筑。"
    assert [text[one.start : one.end] for one in statements(text, 2026)] == [
        "进出口总额预计增长10%",
        "拆除150万平方米违法建筑",
    ]


@pytest.mark.parametrize(
    ("task", "progress"),
    [
        ("拆除150万平方米违法建筑", "累计完成违法建筑拆除33.31万平方米。"),
        ("进口整车5000辆以上", "铁路口岸完成整车进口1589辆。"),
        ("新建30个社区健身点", "建成社区健身点2个，"),
        ("城市生活垃圾回收利用率达40%", "城市生活垃圾回收利用率已达40%以上。"),
        ("新增城镇就业3万人", "全区城镇新增就业12039人，"),
        ("进出口总额增长5%以上", "1-6月，预计进出口总额增长9.7%。"),
        ("每千人口托位数达2.7个", "每千人口托位数达2.83个。"),
        ("新建35公里地下管网", "已新建20.84公里地下管网。"),
    ],
)
def test_a_task_and_its_progress_meet_in_one_subject(task, progress):
    (wanted,), (reached,) = statements(task, 2026), statements(progress, 2026)
    assert wanted.subject in reached.subject
    assert wanted.amount.unit == reached.amount.unit

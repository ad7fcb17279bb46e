"""Figures in Chinese text: what is a quantity, and what only looks like one."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.quantities.amounts import amounts
from reportgen.quantities.model import Bound
from reportgen.quantities.numerals import chinese_number
from reportgen.quantities.periods import periods
from reportgen.quantities.statements import statements

# Every form of the two reference documents (issue 5), one of a kind, and the neighbours that one expects to meet.
QUANTITIES = [
    ("完成产值1175亿元，", "1175亿元", "117500000000", "元", Bound.EXACT),
    ("发放积分存折3.18万本。", "3.18万本", "31800", "本", Bound.EXACT),
    ("志愿者总数达30.1万人", "30.1万人", "301000", "人", Bound.EXACT),
    ("“四好公路”28公里。", "28公里", "28", "公里", Bound.EXACT),
    ("违法建筑拆除33.31万平方米。", "33.31万平方米", "333100", "平方米", Bound.EXACT),
    ("面积60.14万㎡，", "60.14万㎡", "601400", "平方米", Bound.EXACT),
    ("厂房5万m²，", "5万m²", "50000", "平方米", Bound.EXACT),
    ("分区面积2.55km²。", "2.55km²", "2.55", "平方公里", Bound.EXACT),
    ("整车进口1589辆。", "1589辆", "1589", "辆", Bound.EXACT),
    ("增长4.4%（主城区", "4.4%", "4.4", "%", Bound.EXACT),
    ("增长-19%（", "-19%", "-19", "%", Bound.EXACT),
    ("增长−19％", "−19％", "-19", "%", Bound.EXACT),
    ("增长－7.3%，", "－7.3%", "-7.3", "%", Bound.EXACT),
    ("高于全市0.3个百分点", "0.3个百分点", "0.3", "百分点", Bound.EXACT),
    ("损失5,859.58万元，", "5,859.58万元", "58595800", "元", Bound.EXACT),
    ("收入1．5亿元", "1．5亿元", "150000000", "元", Bound.EXACT),
    ("收入１２亿元", "１２亿元", "1200000000", "元", Bound.EXACT),
    ("合同外资额1000万美元", "1000万美元", "10000000", "美元", Bound.EXACT),
    ("完成FDI3000万美元。", "3000万美元", "30000000", "美元", Bound.EXACT),
    ("产气35.5亿方。", "35.5亿方", "3550000000", "立方米", Bound.EXACT),
    ("装机17.88MW，", "17.88MW", "17.88", "兆瓦", Bound.EXACT),
    ("浓度升高17㎎/m³，", "17㎎/m³", "17", "毫克/立方米", Bound.EXACT),
    ("均价9500元/平方米", "9500元/平方米", "9500", "元/平方米", Bound.EXACT),
    ("游客1470.6 万人次", "1470.6 万人次", "14706000", "人次", Bound.EXACT),
    ("活动60余场，", "60余场", "60", "场", Bound.ABOUT),
    ("活动20场余场，", "20场余", "20", "场", Bound.ABOUT),
    ("垃圾3万余吨，", "3万余吨", "30000", "吨", Bound.ABOUT),
    ("补贴833余万元", "833余万元", "8330000", "元", Bound.ABOUT),
    ("资金1000多万元", "1000多万元", "10000000", "元", Bound.ABOUT),
    ("带动近百家企业", "近百家", "100", "家", Bound.ABOUT),
    ("惠及上千人。", "上千人", "1000", "人", Bound.ABOUT),
    ("面积约6.2万平方米", "约6.2万平方米", "62000", "平方米", Bound.ABOUT),
    ("节约3万吨标煤", "3万吨", "30000", "吨", Bound.EXACT),
    ("签约10个项目", "10个", "10", "个", Bound.EXACT),
    ("附近5家商户", "5家", "5", "家", Bound.EXACT),
    ("增长6%左右", "6%左右", "6", "%", Bound.ABOUT),
    ("增长5%以上", "5%以上", "5", "%", Bound.AT_LEAST),
    ("整车5000辆以上", "5000辆以上", "5000", "辆", Bound.AT_LEAST),
    ("达到既定的30个以上", "30个以上", "30", "个", Bound.AT_LEAST),
    ("不低于40%", "不低于40%", "40", "%", Bound.AT_LEAST),
    ("不少于3个", "不少于3个", "3", "个", Bound.AT_LEAST),
    ("超过100亿元", "超过100亿元", "10000000000", "元", Bound.AT_LEAST),
    ("规模突破2000亿元", "突破2000亿元", "200000000000", "元", Bound.AT_LEAST),
    ("控制在5.5%以内", "控制在5.5%以内", "5.5", "%", Bound.AT_MOST),
    ("不超过3%", "不超过3%", "3", "%", Bound.AT_MOST),
    ("不高于3%", "不高于3%", "3", "%", Bound.AT_MOST),
    ("低于全市，低于5%", "低于5%", "5", "%", Bound.AT_MOST),
    ("回收利用率达40%", "40%", "40", "%", Bound.EXACT),
    ("完成率100%", "100%", "100", "%", Bound.EXACT),
    ("完成三分之二，", "三分之二", "66.66666666666666666666666667", "%", Bound.EXACT),
    ("占百分之十五", "百分之十五", "15", "%", Bound.EXACT),
    ("完成1/4，", "1/4", "25", "%", Bound.EXACT),
    ("占比过半，", "过半", "50", "%", Bound.EXACT),
    ("目标的一半。", "一半", "50", "%", Bound.EXACT),
    ("完成七成以上", "七成以上", "70", "%", Bound.AT_LEAST),
    ("配比1:1.2的车位", "1:1.2", "0.8333333333333333333333333333", "比", Bound.EXACT),
    ("十一点一亿", "十一点一亿", "1110000000", "", Bound.EXACT),
    ("十一点一亿元", "十一点一亿元", "1110000000", "元", Bound.EXACT),
    ("一百三十一项任务", "一百三十一项", "131", "项", Bound.EXACT),
    ("两千户居民", "两千户", "2000", "户", Bound.EXACT),
    ("培训3千人", "3千人", "3000", "人", Bound.EXACT),
    ("清溪两家中小企业", "两家", "2", "家", Bound.EXACT),
    ("新建一个示范点", "一个", "1", "个", Bound.EXACT),
    ("注册人数达11.9万，", "11.9万", "119000", "", Bound.EXACT),
    ("安排50万专项经费", "50万", "500000", "", Bound.EXACT),
    ("2个项目仍在", "2个", "2", "个", Bound.EXACT),
    ("沿线违建49处，", "49处", "49", "处", Bound.EXACT),
    ("拟定了“1500栋”风貌", "1500栋", "1500", "栋", Bound.EXACT),
    ("寿命达到79.02岁。", "79.02岁", "79.02", "岁", Bound.EXACT),
    ("为期2个月的", "2个月", "2", "个月", Bound.EXACT),
    ("历时12年建成", "12年", "12", "年", Bound.EXACT),
    ("64个亿元以上重大项目", "64个", "64", "个", Bound.EXACT),
    ("投资1亿2000万元，", "1亿2000万元", "120000000", "元", Bound.EXACT),
    ("奖励3万5千元", "3万5千元", "35000", "元", Bound.EXACT),
    ("百余家企业", "百余家", "100", "家", Bound.ABOUT),
    ("利润+5%，", "+5%", "5", "%", Bound.EXACT),
    ("互联网+2个项目", "2个", "2", "个", Bound.EXACT),
    ("得分80分", "80分", "80", "分", Bound.EXACT),
    ("90分", "90分", "90", "分", Bound.EXACT),
    ("落实15个工作日内办结", "15个工作日", "15", "个工作日", Bound.EXACT),
    ("每千人口托位数达2.7个，", "2.7个", "2.7", "个", Bound.EXACT),
]


@pytest.mark.parametrize(("text", "words", "value", "unit", "bound"), QUANTITIES)
def test_a_quantity_is_read_with_its_unit_and_its_bound(text, words, value, unit, bound):
    (amount,) = amounts(text)
    assert text[amount.start : amount.end] == words
    assert (amount.value, amount.unit, amount.bound, amount.upper) == (Decimal(value), unit, bound, None)


NONE = """
K0+000 K12+345 K0+000~K0+700米 5G 5G基站 10G-PON端口 4A级景区 5A创建 4S店 C3-1已完成 B1-3整体 G93高速 G319白涛段
C7线 27号线 1#楼 3＃楼 12号楼 12和13号泊位 74-96号老旧小区 122-124棚改 212国道 32中体育 2022年 2023年度
2022年上半年 2022年1-6月 1-6月 1—6月 6月30日 8-9月 23年城市体检 〔2022〕1号 国发〔2022〕12号
沙招商发〔2022〕3号 9:00 16:30 10:30开会 023-65368888 12345热线 12306平台 0311高新区 附件3 表2 图1 1. 2. ①
（一） （3） 第一批 第3批 第30届 第5期 第一轮 第二组 一期 二期工程 三期等项目 一标段 一体推进 一是 二是 三是
一批 一流 一站式 一次性 一网通办 “一件事一次办” 一般 统一 进一步 一路 “十四五” 十四五规划 三年行动 五年行动
三军医大 三峡 三权分置 三甲 三线 三级 三变 四好农村路 四川 四风 五大行动 双百 双过半 双随机 万州 万凯
万人发明专利拥有量 千里林带 千家万户 百姓 百汇广场 亿达 一季度 前三季度 第三季度 上半年 半年 1+1+1体系 1+22+160
“3+3+X“ “5+2” “6.26”禁毒 10亿级企业 百亿级 十亿元级企业 27亿级 千亿级产业 110千伏变电站 400伏 10千伏高压 6英寸 500Mbps
30GWh 15分钟步行圈 3-11岁人群 60岁以上人群 八项规定 两个确立 三条控制线 《十条措施》 《关于发展壮大十条举措》
《条例》第15条 6时30分 6点30分 三个一批 “四个一批” 5年期 30日内 2+X个
数十个 三五家 两三个 时间过半、任务过半 2023罗布乐思 1491国际创意谷 816小镇 432三线军工
2022-06-30 2022.6.30 3.0版 v1.2.3 老年人 每月 百分之 万一
"""


@pytest.mark.parametrize("text", NONE.split())
def test_what_only_looks_like_a_quantity_is_none(text):
    assert amounts(text) == ()
    assert amounts(f"推进{text}，") == ()


@pytest.mark.parametrize(
    ("text", "value", "upper", "unit"),
    [
        ("引进3—5家", "3", "5", "家"),
        ("引进3-5家", "3", "5", "家"),
        ("引进1～2个", "1", "2", "个"),
        ("增长3%—5%", "3", "5", "%"),
        ("投资3.5至4万元", "35000", "40000", "元"),
        ("投资3000万—2亿元", "30000000", "200000000", "元"),
    ],
)
def test_a_range_has_two_ends(text, value, upper, unit):
    (amount,) = amounts(text)
    assert (amount.value, amount.upper, amount.unit) == (Decimal(value), Decimal(upper), unit)


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("（主城区第3名）", 3, Bound.EXACT),
        ("排全市第13位，", 13, Bound.EXACT),
        ("列全市第十三位。", 13, Bound.EXACT),
        ("全市排名第三。", 3, Bound.EXACT),
        ("居全市首位。", 1, Bound.EXACT),
        ("升幅列全市前四。", 4, Bound.AT_MOST),
        ("进入全市前10名", 10, Bound.AT_MOST),
    ],
)
def test_a_rank_is_told_from_a_number_of_people(text, value, bound):
    (amount,) = amounts(text)
    assert (amount.value, amount.unit, amount.bound, amount.ordinal) == (value, "名", bound, True)


@pytest.mark.parametrize("text", ["新增3名医生", "专家8位", "6000余位老人"])
def test_a_number_of_people_is_no_rank(text):
    (amount,) = amounts(text)
    assert amount.ordinal is False


def test_two_quantities_that_touch_are_two():
    assert [
        (int(one.value), one.unit) for one in amounts("664户1196人，其中城市123户192人；35项改革目标已完成33项")
    ] == [
        (664, "户"),
        (1196, "人"),
        (123, "户"),
        (192, "人"),
        (35, "项"),
        (33, "项"),
    ]


@pytest.mark.parametrize(
    ("text", "decimals", "scale"),
    [
        ("33.31万平方米", 2, "100"),
        ("1175亿元", 0, "100000000"),
        ("4.4%", 1, "0.1"),
        ("35项", 0, "1"),
        ("十一点一亿", 1, "1E7"),
    ],
)
def test_the_last_written_place_tells_how_much_rounding_may_hide(text, decimals, scale):
    (amount,) = amounts(text)
    assert (amount.decimals, amount.scale) == (decimals, Decimal(scale))


@pytest.mark.parametrize(
    ("signs", "value"),
    [
        ("十", 10),
        ("二十", 20),
        ("一百三十一", 131),
        ("两百五十", 250),
        ("三千零五", 3005),
        ("一百零三万", 1030000),
        ("一亿两千万", 120000000),
        ("三亿零五十", 300000050),
        ("一万亿", 10**12),
        ("三五", None),
        ("二〇二二", None),
        ("三千五", None),
        ("万", None),
        ("千百", None),
        ("一万二万", None),
        ("十一点", None),
    ],
)
def test_a_chinese_numeral_is_read_or_refused(signs, value):
    assert chinese_number(signs) == value


SIGNS = (
    "0123456789０９.．,，-－−—～~%％‰+/:：第前约近超过不低于一二三两十百千万亿点"
    "余多个家名位年月日季度半成分之以上左右（）《》“”①。；、\n增长下降同比完成达 Ka㎡\u200b\ud800"
)


@given(st.text(alphabet=st.sampled_from(SIGNS), max_size=60) | st.text(max_size=40))
def test_whatever_stands_in_a_text_spans_are_its_own_words_and_follow_each_other(text):
    end = 0
    for amount in amounts(text):
        assert end <= amount.start < amount.end <= len(text)
        assert any(sign.isnumeric() or sign in "半首" for sign in text[amount.start : amount.end])
        assert amount.value.is_finite()
        end = amount.end
    end = 0
    for period in periods(text, 2026):
        assert end <= period.end
        assert text[period.start : period.end] == period.words
        assert not (period.impossible and (period.first or period.last))
        assert period.first is None or period.last is None or period.first <= period.last
        end = period.end
    read = amounts(text)
    for statement in statements(text, 2026):
        assert statement.amount in read
        assert statement.subject
        assert 0 <= statement.start <= statement.amount.start < statement.amount.end <= statement.end <= len(text)


@pytest.mark.parametrize(
    "cell",
    [
        "1",
        "一",
        "万",
        "（",
        "《",
        "）",
        "-",
        "1-",
        "1,",
        "月",
        "十一",
        "一点",
        "第1",
        "预计",
        "K0+",
        "完成",
        "1.",
        " ",
        "\u200b",
    ],
)
def test_a_cell_of_nonsense_takes_no_time(cell):
    text = (cell * 32767)[:32767]
    began = time.process_time()
    amounts.__wrapped__(text), periods.__wrapped__(text, 2026), statements.__wrapped__(text, 2026)
    assert time.process_time() - began < 0.5  # 10 to 60 ms here; a pattern that tries every way takes minutes


def test_a_cell_of_thousands_of_figures_takes_time_in_proportion():
    def spent(times, turn):
        text = f"第{turn}行。" + "（1个）收入1月增长5%，" * times
        began = time.process_time()
        assert len(statements(text, 2026)) == times
        return time.process_time() - began

    few, many = (min(spent(times, turn) for turn in range(3)) for times in (250, 2000))
    assert many < 24 * few  # eight times the text; each pair of figures looked at would be 64

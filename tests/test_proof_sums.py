"""Parts against their total: told where they are meant to be all, silent where they need not be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reportgen.proof.families import sums
from reportgen.proof.rules import Rule
from tests.manuscripts import but, listing, manuscript, row, said, standard_settings, text


def told(words: str, task: str = "", **changes: Any) -> list[str]:
    paper = manuscript(listing(row(text=task or "推进有关工作", progress=words)))
    settings = but(Rule.SUM, **changes) if changes else standard_settings()
    return [quote for _, quote in said(sums.examine(paper, settings))]


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("已启动改造企业61家，其中竣工25家、在建38家。", "61家"),
        ("已启动改造企业61家，其中竣工21家、在建38家。", "61家"),
        ("核定企业920家，其中规上企业204家、规下企业116家。", "920家"),
        ("新增低保对象664户1196人，其中城市123户192人、农村341户1004人。", "664户"),
        ("128个重点项目分为续建74个、新开工29个、前期15个。", "128个"),
        ("获批资金14.2亿元，占全年25亿元的56.8%，分别为中央预算内投资3.4亿元、专项债券10.3亿元。", "14.2亿元"),
        ("三大集群产值213.6亿元，其中智能装备36.8亿元、新能源汽车零部件74.5亿元、电子材料42.3亿元。", "213.6亿元"),
        ("共组织实施项目18个。其中，已按期完成部门审计等7个项目，正按计划推进专项调查等项目12个。", "18个"),
        ("感染者14例（境外输入11例、本地2例）。", "14例"),
        ("全区发生事故7起、死亡7人，其中道路交通3起4人、建筑施工2起2人、其他2起2人。", "7人"),
        ("文昌路片区拆除2.7万平方米，机修厂片区拆除1.6万平方米，合计4.5万平方米。", "4.5万平方米"),
        ("新建站点12个、改建站点8个，共21个。", "21个"),
        ("66个项目中，工业类38个、现代服务业类17个、农文旅类16个，制造业比重上升。", "66个"),
        ("新增企业5家，其中规上企业8家。", "5家"),
        ("巡查发现785处问题，已整改784处，剩余2处问题整改中。", "785处"),
        ("审计整改问题29个，已完成26个，剩余2个延期至年底。", "29个"),
        ("排查重大隐患46条，销号83条，剩余3条。", "46条"),
        # What stays and what goes; the causes; a list of 包括: they are all there is.
        ("逐项重审专项资金432项，取消17项、合并24项、保留91项。", "432项"),
        ("未开工的45个项目，属于用地原因的58个、规划原因的9个、企业原因的18个。", "45个"),
        ("新开线路6条，包括通勤线2条、学生专线5条、夜班线1条。", "6条"),
        ("新开线路8条，包括通勤线2条、学生专线3条、夜班线1条。", "8条"),
        ("引进首店13家，其中全市首店4家、全区首店3家。", "13家"),
        # One digit explains it: 38 for 18, 66 for 96.
        ("已启动改造企业61家，其中竣工23家、在建18家。", "61家"),
        ("96个项目中，工业类38个、现代服务业类17个、农文旅类11个。", "96个"),
    ],
)  # fmt: skip
def test_parts_that_do_not_add_up_are_told_at_the_total(words: str, quote: str) -> None:
    assert told(words) == [quote]


@pytest.mark.parametrize(
    "words",
    [
        "已启动改造企业61家，其中竣工23家、在建38家，重点支持注塑等薄弱环节。",
        "128个重点项目分为续建74个、新开工39个、前期15个。",
        # 14.71 of parts with two places are a total of 14.7.
        "减免各项税金14.7亿元。其中，办理留抵退税9.36亿元、缓缴税费2.94亿元、新增减免2.36亿元、缓缴社保费0.05亿元。",
        # Only some of it.
        "接入感知终端8900个，其中燃气监测终端1860个、内涝监测终端212个，已发出预警437次。",
        "排查排污口526个，其中需整治217个，整治完成208个，其余正在整治。",
        "全区粮食播种面积120万亩，其中水稻70万亩、玉米25万亩。",
        "实施项目10个，其中已完工4个、在建3个。",
        "物种602种，其中国家重点保护野生植物8种，国家重点保护野生动物6种，三有保护动物2种。",
        "签约商户49家，其中37家开业。",
        # The total is not what a share is taken of, nor what stands in brackets.
        "已盘活闲置农房283户，占全年500户的56.6%，其中改造民宿96户、租给返乡创业人员118户、作为公共用房69户。",
        "办结案件21件（含旧存5件）。其中，维持7件，驳回1件，撤回4件，转送5件，不予受理1件，终止1件，纠错2件。",
        # What follows is another matter.
        "升规升限80户、其中工业40户，新增企业20户、培育企业3户。",
        "改造完成的14个小区中，12个成立业主委员会，引进专业物业8个、街道托底管理6个。",
        "为15名孤儿、75名儿童发放生活补贴，共计48.35万元。",
        "成功创建示范村2个，总计38个。",
        # A part more; a remainder of something else.
        "共涉及29个村。已完成8个村规划编制，其余12个正在编制中，另9个待规划完成后启动。",
        "建成5个，补建网点44处，其余3个完成选址。",
        "交办问题164个，办结149个，办结率90.9%。其余15个为管线迁改。",
        # Shares are no parts to be added.
        "投资增长8.2%，其中工业投资增长12.4%，基础设施投资增长9.5%。",
        "共发现约30个问题，其中安全类21个、消防类8个。",
        # Each figure is rounded by itself; some are taken away.
        "粮食总产量12.6万吨，其中夏粮5.1万吨、秋粮7.6万吨。",
        "全区现有规上企业210家，较年初净增12家，其中新升规20家、退库8家。",
        # Some are counted twice, some have grown.
        "培训500人，其中农民工300人、退役军人100人、妇女260人。",
        "新增企业20家，其中规上企业累计达25家。",
        "新建12个、改建8个，共有45个。",
        "任务100个，已完成60个，已开工30个，剩余10个。",
        "共有学校30所，已完成改造10所，在建5所，其余10所待建。",
        # What is left follows, or the words say that it is only some of it.
        "新增市场主体5230户，其中企业1420户、个体工商户3790户，另有农民专业合作社20户。",
        "签约项目36个，其中重点项目18个、十亿元级项目12个。",
        "开展培训45期，包括党务培训22期、业务培训20期等。",
        "重审专项资金50项，取消3项、合并5项。",
        # A longer figure, but no single digit of it explains what is missing.
        "全区共有学校86所，其中小学45所、初中18所。",
        "其中",
        "",
    ],
)  # fmt: skip
def test_parts_that_add_up_or_need_not_are_not_told(words: str) -> None:
    assert told(words) == []


def test_how_near_a_list_must_come_to_count_as_all_is_the_offices_choice() -> None:
    words = "新增企业20家，其中制造业10家、软件业7家。"
    assert told(words) == ["20家"]
    assert told(words, within=0.0) == []
    assert told("新增企业20家，其中制造业15家、软件业7家。", within=0.0) == ["20家"]


def test_what_is_done_and_what_is_left_must_be_the_task() -> None:
    assert told("治理完成6条，剩余3条实施清淤。", "治理农村黑臭水体9条") == []
    assert told("治理完成6条，剩余2条实施清淤。", "治理农村黑臭水体9条") == ["6条"]
    assert told("治理完成6条，剩余2条实施清淤。", "治理农村黑臭水体9条，整治河道4条") == []


def test_a_part_in_another_size_than_its_total_is_told_for_its_unit() -> None:
    paper = manuscript(text("合同成交额9.75亿元，其中技术交易额2.14万元，同比增长156.6%。"))
    assert said(sums.examine(paper, standard_settings())) == [("value.unit", "2.14万元")]
    for words in (
        "成交额9.75亿元，其中技术交易额2.14亿元。",
        "成交额9.75亿元，其中技术交易额214万元。",
        "成交额97.5万元，其中2.14万元。",
    ):
        assert told(words) == []


def test_the_marks_are_the_total_and_each_part() -> None:
    paper = manuscript(text("感染者14例（境外输入11例、本地2例）。"))
    finding = next(sums.examine(paper, standard_settings()))
    assert [mark.quote for mark in finding.marks] == ["14例", "11例", "2例"]
    assert finding.what == "总数写14例，分项11例、2例相加是13例"


def test_a_table_that_does_not_add_up_is_told_at_its_total() -> None:
    def table(total: str) -> list[tuple[str, str]]:
        cells = [("甲镇", "3.5", "12"), ("乙镇", "2.5", "8"), ("合计", "6", total)]
        parts = [row(镇街=name, 面积=area, 户数=count) for name, area, count in cells]
        return said(sums.examine(manuscript(listing(parts, kind=None)), standard_settings()))

    assert table("20") == []
    assert table("21") == [("arithmetic.sum", "21")]
    assert table("另行统计") == []


def test_a_table_of_a_subtotal_counts_each_part_by_itself() -> None:
    cells = [("甲镇", "3"), ("小计", "3"), ("乙镇", "2"), ("丙镇", "4"), ("小计", "7")]
    parts = [row(镇街=name, 户数=count) for name, count in cells]
    found = list(sums.examine(manuscript(listing(parts, kind=None)), standard_settings()))
    assert [finding.what for finding in found] == ["合计写7，各行相加是6"]


def test_rounded_figures_are_told_only_in_a_report_whose_figures_always_add_up_as_written() -> None:
    right = ["投资{}亿元，其中工业1.2亿元、农业{}亿元。".format(Decimal("1.2") + part, part) for part in _PARTS]
    off = "粮食总产量12.6万吨，其中夏粮5.1万吨、秋粮7.6万吨。"

    def told_of(*words: str) -> list[str]:
        return [quote for _, quote in said(sums.examine(manuscript(*map(text, words)), standard_settings()))]

    assert told_of(*right) == []
    assert told_of(*right, off) == ["12.6万吨"]
    assert told_of(*right[:3], off) == []
    assert told_of(*right, off, off.replace("夏粮", "早稻")) == []


_PARTS = [Decimal("2.5"), Decimal("3.4"), Decimal("4.4"), Decimal("5.3")]

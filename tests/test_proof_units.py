"""Names of units: those that the register lacks, and one unit named in two ways."""

from __future__ import annotations

import time

import pytest

from reportgen.ledger.units import Group, Register, Unit
from reportgen.proof.families.units import examine
from reportgen.proof.manuscript import Role
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import body, but, listing, manuscript, row, standard_settings, text, title

REGISTER = Register(
    units=(
        Unit(name="区教委"),
        Unit(name="区住房城乡建委", aliases=("区住建委",)),
        Unit(name="区商务委", second_names=("区招商中心",)),
        Unit(name="区农业农村委"),
    ),
    groups=(Group(name="各镇街", vague=True),),
)


def found(*parts, **how) -> list[tuple[str, str, list[str]]]:
    findings = examine(manuscript(*parts, **how), standard_settings())
    return [(each.rule.value, each.what, [mark.quote for mark in each.marks]) for each in findings]


def pairs(*parts, **how) -> list[str]:
    return [what.partition("：")[2] for rule, what, _ in found(*parts, **how) if rule == "unit.two-names"]


# ---- not in the register ------------------------------------------------------------


def test_a_name_that_the_register_lacks_is_told_once_with_the_nearest_one():
    cells = [
        row(text="甲", lead_units="区教育委\n区商务委（区招商中心）"),
        row(text="乙", support_units="区教育委、各镇街"),
    ]
    (finding,) = examine(manuscript(listing(cells), register=REGISTER), standard_settings())
    assert (finding.rule, finding.what) == (Rule.UNIT_UNKNOWN, "单位名录里没有「区教育委」")
    assert finding.fix == "是否要写「区教委」？如确是另一个单位，请加进单位名录"
    assert [(str(mark.text.spot), mark.quote) for mark in finding.marks] == [
        ("重点任务第1行「责任单位」", "区教育委"),
        ("重点任务第2行「配合单位」", "区教育委"),
    ]


def test_units_named_in_the_body_are_looked_up_too():
    paper = body(
        "1.修路3公里，未开工。（责任单位：区教委、区物流办、区商务委（区招商中心））\n牵头单位：区体育局；其他：区某局"
    )
    assert [quotes for _, _, quotes in found(paper, register=REGISTER)] == [["区物流办"], ["区体育局"]]


@pytest.mark.parametrize("name", ["区级有关部门", "各镇街", "区教委等单位", "区住建委", "无", ""])
def test_known_vague_and_empty_names_are_right(name):
    assert found(listing(row(text="甲", lead_units=name)), register=REGISTER) == []


def test_without_a_register_no_name_is_unknown():
    cells = listing(row(text="甲", lead_units="区物流办"))
    assert found(cells) == []
    assert len(found(cells, register=REGISTER, is_ledger=True)) == 1
    assert len(found(cells, register=REGISTER)) == 1


def test_what_has_a_colon_is_no_name_of_a_unit():
    assert found(listing(row(text="甲", lead_units="牵头：区物流办")), register=REGISTER, is_ledger=True) == []


def test_what_comes_from_the_ledger_is_told_there():
    cells = listing(row(text="甲", lead_units="区物流办", elsewhere=True))
    assert found(cells, body("修路。（责任单位：区物流办）"), register=REGISTER) == []


# ---- one unit, two names -------------------------------------------------------------


def test_a_short_name_in_the_text_beside_the_long_one_in_the_column_is_told():
    cells = listing(
        row(text="甲", lead_units="区住房城乡建委", progress="区住建委已会同区农业农村委拟定方案。"),
        row(text="乙", lead_units="区住房城乡建委"),
    )
    assert found(cells) == [
        ("unit.two-names", "同一单位两种写法：「区住建委」和「区住房城乡建委」", ["区住建委", "区住房城乡建委"])
    ]
    assert pairs(cells, register=REGISTER) == ["「区住建委」和「区住房城乡建委」"]


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("区发展改革委", "已报区发改委立项。"),
        ("区经济信息委", "由区经信委牵头。"),
        ("区政府办公室", "会同区政府办印发通知。"),
        ("区教委", "经区教育委员会批准。"),
        ("区人力社保局", "区人社局已发文。"),
        ("区人民防空办", "经区人防办验收。"),
        ("区城管局", "根据区城市管理局意见修改。"),
        ("城投公司", "已移交给区城投公司。"),
        ("区公安分局", "区公安局已立案。"),
    ],
)
def test_ways_in_which_offices_shorten_names(listed, said):
    names = pairs(
        listing(row(text="甲", lead_units=listed), row(text="乙", lead_units=listed), row(text="丙", progress=said))
    )
    assert len(names) == 1
    assert names[0].endswith(f"和「{listed}」")


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("区发展改革委", "已报市发改委立项，报国家发改委备案。"),
        ("区教委", "江北区教育委员会、各区教育委来访。"),
        ("区教委", "结合园区教育委托服务，开展区教育等配套功能布局。"),
        ("区政府办公室", "区政府督查办、区委办公室、区政务服务办参加。"),
        ("区委编办", "报区委办审定。"),
        ("区卫生健康委", "区规委会审议通过，区文明委部署。"),
        ("区教委", "区教育工委召开会议。"),
        ("区纪委监委", "区纪委通报。"),
        ("区教委", "区属国有企业、区级有关部门参与。"),
        ("区水利局", "区水务局参加。"),
        ("区商务委", "区商业集团公司参加。"),
    ],
)
def test_other_units_are_not_the_same(listed, said):
    assert pairs(listing(row(text="甲", lead_units=listed), row(text="乙", progress=said))) == []


def test_two_names_in_one_cell_or_one_row_are_two_units():
    assert pairs(listing(row(text="甲", lead_units="区规划局\n区规划自然资源局"))) == []
    assert pairs(listing(row(text="甲", lead_units="区规划局", support_units="区规划自然资源局"))) == []
    two = listing(row(text="甲", lead_units="区规划局"), row(text="乙", lead_units="区规划自然资源局"))
    assert pairs(two) == ["「区规划局」和「区规划自然资源局」"]


def test_a_short_name_of_two_units_tells_neither():
    cells = [row(text=name, lead_units=name) for name in ("区文化旅游局", "区文体局", "区文体旅局")]
    assert pairs(listing(cells)) == ["「区文体局」和「区文体旅局」"]
    cells = [row(text=name, lead_units=name) for name in ("区文化局", "区文化旅游局", "区文化执法局")]
    assert pairs(listing(cells)) == []


def test_units_that_the_register_has_as_two_are_two_and_a_second_name_is_right():
    register = Register(
        units=(Unit(name="区招商局"), Unit(name="区招商投资局"), Unit(name="区农委", second_names=("区农业委",)))
    )
    cells = [row(text=name, lead_units=name) for name in ("区招商局", "区招商投资局", "区农委", "区农业委")]
    assert pairs(listing(cells), register=register) == []
    assert pairs(listing(cells)) == ["「区招商局」和「区招商投资局」", "「区农委」和「区农业委」"]


def test_the_full_name_in_title_addressee_and_signature_is_right():
    head = (
        title("区教育委员会关于任务的报告"),
        text("区教育委员会：", Role.ADDRESSEE),
        text("区教育委员会", Role.OTHER),
    )
    assert pairs(*head, listing(row(text="甲", lead_units="区教委"))) == []


def test_names_that_both_come_from_the_ledger_are_told_there():
    cells = [
        row(text="甲", lead_units="区住房城乡建委", elsewhere=True),
        row(text="乙", progress="区住建委牵头。", elsewhere=True),
    ]
    assert pairs(listing(cells)) == []
    assert pairs(listing(cells), body("由区住建委牵头。")) == ["「区住房城乡建委」和「区住建委」"]
    assert pairs(listing(cells), body("由区住建委牵头。"), register=REGISTER) == ["「区住建委」和「区住房城乡建委」"]


def test_only_a_few_places_are_marked():
    cells = [row(text=f"甲{n}", lead_units="区发展改革委") for n in range(30)]
    cells += [row(text=f"乙{n}", progress="报区发改委审批。") for n in range(20)]
    ((_, _, quotes),) = found(listing(cells))
    assert quotes == ["区发改委"] * 5 + ["区发展改革委"]


def test_rules_that_are_off_tell_nothing():
    paper = manuscript(
        listing(row(text="甲", lead_units="区物流办"), row(text="乙", lead_units="区住建委")),
        body("报区住房城乡建委。"),
        register=REGISTER,
    )
    assert len(list(examine(paper, standard_settings()))) == 2
    settings = but(Rule.UNIT_UNKNOWN, but(Rule.UNIT_TWO_NAMES, level=Level.OFF), level=Level.OFF)
    assert list(examine(paper, settings)) == []


def test_nonsense_of_any_length_is_read_quickly():
    begin = time.perf_counter()
    for nonsense in (
        "区" * 30000,
        "区发改委" * 6000,
        "责任单位：" + "（" * 20000,
        "区教委\n" * 5000,
        "\ud800区教委\u200b",
        "",
    ):
        cells = row(text=nonsense, lead_units=nonsense, progress=nonsense)
        assert isinstance(found(listing(cells), text(nonsense), register=REGISTER), list)
    assert time.perf_counter() - begin < 10

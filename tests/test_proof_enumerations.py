"""Enumerations (列举): a step left out, a step twice, the same item twice."""

from __future__ import annotations

import pytest

from reportgen.proof.families import enumerations
from reportgen.proof.findings import Finding
from tests.manuscripts import heading, listing, manuscript, row, said, standard_settings, text
from tests.official_prose import PROSE


def findings(content: str) -> list[Finding]:
    """What is told of a cell."""
    paper = manuscript(listing(row(text="任务", progress=content)))
    return list(enumerations.examine(paper, standard_settings()))


@pytest.mark.parametrize(
    ("content", "what", "quote"),
    [
        ("一是成立专班。二是建立台账。四是严格考核。", "列举从「二是」跳到「四是」，缺「三是」", "四是"),
        ("一是成立专班；三是严格考核。", "列举从「一是」跳到「三是」，缺「二是」", "三是"),
        ("主要做法一是成立专班；三是严格考核。四是宣传。六是督查。", "列举从「四是」跳到「六是」，缺「五是」", "六是"),
        ("①完成选址。\n③启动招标。", "列举从「①」跳到「③」，缺「②」", "③"),
        ("①选址。②用地。⑥招标。", "列举从「②」跳到「⑥」，缺「③」、「④」、「⑤」", "⑥"),
        ("①一是成立专班。建立台账。\n②严格考核。", "只有「一是」，没有「二是」", "一是"),
        ("②办理用地。\n③启动招标。", "列举从「②」开始，缺「①」", "②"),
        ("第一，摸清底数；第三，统一验收。", "列举从「第一」跳到「第三」，缺「第二」", "第三，"),
        ("其一，选址难；其三，资金紧。", "列举从「其一」跳到「其三」，缺「其二」", "其三，"),
        ("1.完善机制；2.压实责任；4.强化督办。", "列举从「2.」跳到「4.」，缺「3.」", "4."),
        ("（1）立项；（3）概算。", "列举从「（1）」跳到「（3）」，缺「（2）」", "（3）"),
        ("一、总体情况。二、存在问题。四、下一步打算。", "列举从「二、」跳到「四、」，缺「三、」", "四、"),
        ("（一）总体情况。\n（三）存在问题。", "列举从「（一）」跳到「（三）」，缺「（二）」", "（三）"),
        ("1）立项；3）概算。", "列举从「1）」跳到「3）」，缺「2）」", "3）"),
        ("九是巡查。十是督办。十一是考核。一是甲。二是乙。四是丙。", "列举从「二是」跳到「四是」，缺「三是」", "四是"),
    ],
)
def test_a_step_that_is_left_out_is_told(content: str, what: str, quote: str) -> None:
    found = findings(content)
    assert [(each.rule.value, each.what, each.marks[0].quote) for each in found] == [("enumeration.gap", what, quote)]


@pytest.mark.parametrize(
    "content", ["一是成立专班。同时建立台账。", "①一是成立专班，二是宣传。②考核。", "一是成立专班，其次宣传。"]
)
def test_a_first_step_with_another_word_for_the_second_is_not_told(content: str) -> None:
    assert findings(content) == []


def test_a_gap_shows_both_steps() -> None:
    (finding,) = findings("①完成选址。③启动招标。")
    assert [mark.quote for mark in finding.marks] == ["③", "①"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("①完成选址。②办理用地。②启动招标。③开工。", "列举里「②」出现了两次"),
        ("一是成立专班。二是建立台账。二是严格考核。", "列举里「二是」出现了两次"),
        ("1.完善机制；2.压实责任；2.强化督办；4.宣传。", "列举里「2.」出现了两次"),
        ("①完成选址。\n①办理用地。\n②启动招标。", "列举里「①」出现了两次"),
    ],
)
def test_a_step_that_stands_twice_is_told_once(content: str, what: str) -> None:
    assert [(each.rule.value, each.what) for each in findings(content)] == [("enumeration.repeat", what)]


@pytest.mark.parametrize(
    ("content", "what", "quotes"),
    [
        (
            "①西永污水处理厂：挡墙完成。\n②土主污水处理厂：已完工。\n③西永污水处理厂：土石方完成。",
            "列举的「①」和「③」写的都是「西永污水处理厂」",
            ["③西永污水处理厂", "①西永污水处理厂"],
        ),
        (
            "一是加强组织领导，成立专班；二是完善制度；三是加强组织领导，定期调度。",
            "列举的「一是」和「三是」写的都是「加强组织领导」",
            ["三是加强组织领导", "一是加强组织领导"],
        ),
        (
            "①已完成施工图审查。②正在办理招标手续。③已完成施工图审查。",
            "列举的「①」和「③」内容相同",
            ["③已完成施工图审查。", "①已完成施工图审查。"],
        ),
    ],
)
def test_the_same_item_twice_is_told(content: str, what: str, quotes: list[str]) -> None:
    (finding,) = findings(content)
    assert (finding.rule.value, finding.what) == ("enumeration.repeat", what)
    assert [mark.quote for mark in finding.marks] == quotes


@pytest.mark.parametrize(
    "content",
    [
        *PROSE,
        "①道路：一是通车；二是绿化。②管网：一是雨水；二是污水；三是中水。",
        "一是选址，包括①甲地、②乙地；二是用地。",
        "工作情况：（1）立项；（2）概算。存在问题：（1）资金；（2）用地。",
        "一是成立专班，二要建立台账，三是严格考核。",
        "一是成立专班；其二建立台账；三是严格考核。",
        "首先成立专班，其次建立台账，最后考核。",
        "③继续推进。\n④竣工验收。",
        "③",
        "①",
        "",
    ],
)
def test_enumerations_that_are_whole_are_left_alone(content: str) -> None:
    assert findings(content) == []


def test_items_of_two_lists_may_have_the_same_heading() -> None:
    assert findings("甲项目：①项目进展：开工。②问题：无。乙项目：①项目进展：竣工。②问题：无。") == []
    assert findings("①甲项目已经竣工。\n乙项目分两步：\n①开工；②竣工。") == []


def test_a_document_may_go_on_with_the_second_step() -> None:
    paper = manuscript(text("②办理用地。③启动招标。"))
    assert list(enumerations.examine(paper, standard_settings())) == []


def test_steps_that_open_paragraphs_are_counted_over_them() -> None:
    paper = manuscript(text("一是成立专班。"), text("三是严格考核。"))
    assert said(enumerations.examine(paper, standard_settings())) == [("enumeration.gap", "三是")]
    whole = manuscript(text("一是成立专班。二是建立台账。"), text("三是严格考核。"))
    assert said(enumerations.examine(whole, standard_settings())) == []
    apart = manuscript(text("一是成立专班。"), heading("二、下一步"), text("三是严格考核。"))
    assert said(enumerations.examine(apart, standard_settings())) == []


@pytest.mark.parametrize(
    "content", ["①" * 30_000, "①甲。" * 10_000, "一是甲乙丙丁戊，" * 4_000, "1." * 16_000, "十是" * 16_000]
)
def test_nonsense_of_any_length_is_read_quickly(content: str) -> None:
    assert len(findings(content)) <= 40

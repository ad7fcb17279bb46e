"""Every setting of a rule does something: switched off it is silent, each key that it heeds changes what it tells."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest

from reportgen.issued.kinds import Kind
from reportgen.ledger.units import Register, Unit
from reportgen.proof.findings import Finding
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.proofread import proofread
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Setting, Settings
from reportgen.styles import Level
from tests.judged import standard_rules
from tests.manuscripts import annex_list, body, but, listing, manuscript, row, rows, standard_settings, text


def progress(*said: str) -> Manuscript:
    """A list of tasks with this progress, each task of its own."""
    tasks = zip("甲乙丙丁", said, strict=False)
    return manuscript(listing(*(row(text=f"推进工作{sign}", progress=each) for sign, each in tasks)))


REGISTER = Register((Unit("区教委", aliases=("区教育委员会",)), Unit("区财政局")))
LONG = "已完成主体结构施工和外立面装饰，正在进行室内机电安装与室外管网敷设，计划年底前竣工验收并交付使用"
TASK = "推进老旧小区改造并同步完善周边停车充电养老托幼等配套服务设施建设"

# For each rule a manuscript in which it finds something.
FAULTS: dict[Rule, Manuscript] = {
    Rule.COUNT_ROWS: manuscript(body("二、3项重点任务进展情况"), listing(rows(2))),
    Rule.COUNT_PARTS: manuscript(body("抓好三个方面工作：一是修路。二是种树。")),
    Rule.ANNEX_REFERENCE: manuscript(
        body("详见附件3。"), annex_list("附件：1.甲表", "2.乙表"), listing(rows(1), annex=1, title="附件1甲表")
    ),
    Rule.ANNEX_LIST: manuscript(body("正文。"), annex_list("附件：1.甲表", "3.乙表")),
    Rule.NUMBER_GAP: manuscript(listing(*(row(given_no=no, text=f"任务{no}") for no in ("1", "2", "4")))),
    Rule.NUMBER_REPEAT: manuscript(listing(*(row(given_no=no, text=f"任务{no}") for no in ("1", "2", "2", "3")))),
    Rule.VALUE_DIFFERS: manuscript(
        body("1—6月，外贸进出口总额增长10%。"),
        listing(row(text="外贸进出口总额增长5%", progress="1—6月，外贸进出口总额增长9.7%。"), kind=Kind.GOALS),
    ),
    Rule.UNIT_DIFFERS: manuscript(
        body("1—6月，数字经济产值达到1175万元。"),
        listing(row(text="数字经济产值达到2000亿元", progress="1—6月，数字经济产值达到1175亿元。"), kind=Kind.GOALS),
    ),
    Rule.DIRECTION_DIFFERS: manuscript(
        body("1—6月，固定资产投资下降4.4%。"),
        listing(row(text="固定资产投资增长5%", progress="1—6月，固定资产投资增长4.4%。"), kind=Kind.GOALS),
    ),
    Rule.PERIOD_DIFFERS: manuscript(
        body("1—5月，固定资产投资增长4.4%。"),
        listing(row(text="固定资产投资增长5%", progress="1—6月，固定资产投资增长4.4%。"), kind=Kind.GOALS),
    ),
    Rule.RATE: progress("空气优良天数144天，占全年330天的43.2%。"),
    Rule.SUM: progress("发放贷款100亿元，其中农业60亿元、工业30亿元、其他20亿元。"),
    Rule.COMPLETION: manuscript(listing(row(text="拆除150万平方米", progress="拆除33万平方米，已完成全年目标任务。"))),
    Rule.PERIOD_OUTSIDE: progress("截至7月8日，已发放3000户。"),
    Rule.PERIOD_MIXED: progress("1—6月建成3个。", "1-6月建成4个。", "1—6月建成5个。"),
    Rule.DATE_IMPOSSIBLE: progress("6月31日开工。"),
    Rule.ENUMERATION_GAP: progress("一是修路，二是种树，四是治水。"),
    Rule.ENUMERATION_REPEAT: progress("①修路；②种树；②治水；③通电。"),
    Rule.WORD_TWICE: progress("预计进出口总额预计增长5%。"),
    Rule.NEGATIVE_GROWTH: progress("税收增长-19%。"),
    Rule.PLACEHOLDER: progress("已完成XX个项目。"),
    Rule.MARK_UNPAIRED: progress("建成（一期3个。"),
    Rule.MARK_NESTED: progress("建成项目（含学校（三所小学、一所中学）在内）。"),
    Rule.MARK_HALF_WIDTH: progress("已开工,正在施工。"),
    Rule.MARK_DOUBLED: progress("已开工。。正在施工。"),
    Rule.PROGRESS_EMPTY: progress("", "已竣工。"),
    Rule.PROGRESS_MEANINGLESS: progress("近期无进展。"),
    Rule.PROGRESS_REPEATED: progress(LONG, LONG),
    Rule.TASK_REPEATED: manuscript(listing(*(row(text=TASK, progress=f"已改造{number}户。") for number in (310, 420)))),
    Rule.JUDGEMENT: manuscript(
        listing(row(judgement="正常推进", text="拆除150万平方米违法建筑", progress="拆除违法建筑33万平方米。"))
    ),
    Rule.UNIT_UNKNOWN: manuscript(listing(row(text="建学校", lead_units="区教局")), register=REGISTER),
    Rule.UNIT_TWO_NAMES: manuscript(
        text("由区住建委牵头。"), listing(row(text="建学校", lead_units="区住房城乡建委", progress="已开工。"))
    ),
}


def found(paper: Manuscript, settings: Settings, rule: Rule) -> list[Finding]:
    return [each for each in proofread(paper, settings, standard_rules()) if each.rule is rule]


@pytest.mark.parametrize("rule", Rule)
def test_each_rule_tells_its_fault_at_its_level_and_nothing_where_it_is_switched_off(rule: Rule) -> None:
    paper = FAULTS[rule]
    for level in (Level.ERROR, Level.WARNING):
        told = found(paper, but(rule, level=level), rule)
        assert told
        assert {each.level for each in told} == {level}
    assert found(paper, but(rule, level=Level.OFF), rule) == []
    others = {each: setting for each, setting in standard_settings().rules.items() if each is not rule}
    assert found(paper, Settings(rules=others), rule) == [], "a rule that the file leaves out is off"


@pytest.mark.parametrize("rule", Rule)
def test_each_rule_tells_its_fault_though_all_others_are_off(rule: Rule) -> None:
    rules = standard_settings().rules
    alone = {rule: rules[rule]}
    assert found(FAULTS[rule], Settings(rules=alone), rule)


@pytest.mark.parametrize("rule", Rule)
def test_a_sentence_with_a_word_that_a_rule_ignores_is_left_alone(rule: Rule) -> None:
    sentences = {mark.sentence for each in found(FAULTS[rule], standard_settings(), rule) for mark in each.marks}
    ignored = tuple(sentence for sentence in sentences if sentence)
    assert ignored
    assert found(FAULTS[rule], but(rule, ignore=ignored), rule) == []


@dataclass(frozen=True)
class Change:
    """A key of a rule, a manuscript, and a value of the key by which more is told of it than by the other."""

    rule: Rule
    key: str
    paper: Manuscript
    more: Any
    less: Any


TASK_NEARLY = TASK.replace("并同步", "同步")
NEARLY = LONG.removeprefix("已")

CHANGES = (
    Change(Rule.COUNT_ROWS, "words", manuscript(body("二、省定3项重点任务进展情况"), listing(rows(2))), (), ("省定",)),
    Change(Rule.RATE, "within", progress("空气优良天数144天，占全年330天的43.5%。"), 0.0, 1.0),
    Change(Rule.RATE, "words", progress("信访事项办结率达到102%。"), ("办结率",), ("完好率",)),
    Change(Rule.SUM, "within", progress("发放贷款100亿元，其中农业60亿元、工业25亿元。"), 0.2, 0.1),
    Change(Rule.SUM, "words", progress("新增就业100人，其中女55人、男60人。"), (), ("女",)),
    Change(Rule.PERIOD_OUTSIDE, "within", progress("截至7月8日，已发放3000户。"), 7.0, 8.0),
    Change(Rule.PERIOD_MIXED, "words", progress("1—6月建成3个。", "上半年建成4个。"), ("—", "上半年"), ("—",)),
    Change(Rule.WORD_TWICE, "words", progress("继续完善管网继续施工。"), ("继续",), ("预计",)),
    Change(Rule.PLACEHOLDER, "words", progress("完成投资（数字另补）。"), ("数字另补",), ()),
    Change(Rule.PROGRESS_MEANINGLESS, "words", progress("情况不详。"), ("情况不详",), ("近期无进展",)),
    Change(Rule.PROGRESS_REPEATED, "within", progress(LONG, NEARLY), 0.9, 1.0),
    Change(Rule.PROGRESS_REPEATED, "letters", progress(LONG, LONG), 20, 60),
    Change(
        Rule.TASK_REPEATED,
        "within",
        manuscript(listing(row(text=TASK), row(text=TASK.replace("并同步", "同步")))),
        0.9,
        1.0,
    ),
    Change(Rule.TASK_REPEATED, "letters", manuscript(listing(row(text=TASK), row(text=TASK))), 8, 60),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: f"{each.rule.value} {each.key}")
def test_each_key_that_a_rule_heeds_changes_what_it_tells(change: Change) -> None:
    by_more = found(change.paper, but(change.rule, **{change.key: change.more}), change.rule)
    by_less = found(change.paper, but(change.rule, **{change.key: change.less}), change.rule)
    assert len(by_more) > len(by_less) == 0


def test_every_key_that_a_rule_heeds_is_tried_above() -> None:
    common = {"level", "name", "ignore"}
    heeded = {(rule, key) for rule, keys in Settings.heeded.items() for key in keys if key not in common}
    assert heeded == {(each.rule.value, each.key) for each in CHANGES}
    assert {key for _, key in heeded} | common == {each.name for each in fields(Setting)}


def test_the_right_sign_of_a_period_is_the_first_word_of_its_rule() -> None:
    paper = FAULTS[Rule.PERIOD_MIXED]
    assert "1—6月" in found(paper, standard_settings(), Rule.PERIOD_MIXED)[0].fix
    (finding,) = found(paper, but(Rule.PERIOD_MIXED, words=("-",)), Rule.PERIOD_MIXED)
    assert "1-6月" in finding.fix


def test_a_number_that_one_rule_would_tell_is_told_by_another_where_that_one_is_off() -> None:
    """8 is wrong by the rows, and 124 and 8 are not 131: told once, by whichever rule is on."""
    paper = manuscript(
        body("二、9项重点任务进展情况\n9项重点任务中，6项任务正常推进，4项任务推进较为滞后。"),
        listing(rows(3), kind=Kind.LAGGING, annex=1),
        listing(rows(6), kind=Kind.NORMAL, annex=2),
    )
    assert len(found(paper, standard_settings(), Rule.COUNT_ROWS)) == 1
    assert found(paper, standard_settings(), Rule.COUNT_PARTS) == []
    assert found(paper, but(Rule.COUNT_ROWS, level=Level.OFF), Rule.COUNT_PARTS)

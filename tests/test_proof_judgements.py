"""Judgements against the rules in proofreading (研判不一致): one finding a row, at the words that decide."""

from __future__ import annotations

from dataclasses import replace

from reportgen.issued.kinds import Kind
from reportgen.proof.families import judgements
from reportgen.proof.findings import Finding
from reportgen.proof.manuscript import Manuscript, Row
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.judged import standard_rules
from tests.manuscripts import but, listing, manuscript, row, standard_settings

NORMAL, LATE = "正常推进", "推进较为滞后"


def late_task(judgement: str = NORMAL, elsewhere: bool = False) -> Row:
    """A task that is far behind by its figures."""
    return row(
        judgement=judgement,
        elsewhere=elsewhere,
        text="拆除150万平方米违法建筑",
        progress="累计完成违法建筑拆除33.31万平方米。",
    )


def found(paper: Manuscript) -> list[Finding]:
    return list(judgements.examine(paper, standard_settings(), standard_rules()))


def test_a_row_that_the_rules_judge_otherwise_is_told_at_the_words_that_decide():
    paper = manuscript(
        listing(
            late_task(),
            row(judgement=NORMAL, text="推动新校区建设", progress="近期无进展。"),
            row(judgement=NORMAL, text="建设学校", progress="各项工作扎实开展。"),
            row(judgement=LATE, text="新建公园2个", progress="近期无进展。"),
        )
    )
    first, second = found(paper)
    assert first.rule is Rule.JUDGEMENT
    assert [(mark.quote, mark.text.field) for mark in first.marks] == [
        ("33.31万平方米", "progress"),
        ("150万平方米", "text"),
    ]
    assert first.what == (
        "写的是「正常推进」，按研判规则“数量与时间进度”应是「推进较为滞后」："
        "任务「拆除150万平方米违法建筑」，进展「累计完成违法建筑拆除33.31万平方米」，完成 22.2%；时间过半，应为 50%"
    )
    assert first.fix == "请核实是否应改为「推进较为滞后」；确有理由不改的，请认可这条意见并写明理由"
    assert [(mark.quote, str(mark.text.spot)) for mark in second.marks] == [
        ("近期无进展", "重点任务第2行「进展情况」"),
        ("推动新校区建设", "重点任务第2行「工作任务」"),
    ]


def test_the_same_words_of_two_tasks_are_two_findings_that_are_accepted_one_by_one():
    texts = ("推动新校区建设", "推动老校区改造")
    paper = manuscript(listing(*(row(judgement=NORMAL, text=each, progress="近期无进展。") for each in texts)))
    first, second = found(paper)
    assert first.what == second.what
    assert first.key != second.key


def test_goals_are_held_against_the_rules_too():
    paper = manuscript(
        listing(
            row(judgement="符合预期", text="区级税收增长5%左右", progress="区级税收下降2%。"),
            row(judgement="不达预期", text="区级税收增长5%左右", progress="区级税收下降2%。"),
            kind=Kind.GOALS,
        )
    )
    assert [finding.marks[0].quote for finding in found(paper)] == ["区级税收下降2%"]


def test_nothing_is_told_where_nobody_judged_or_it_is_told_elsewhere_or_no_period_is_known():
    unjudged = listing(late_task(judgement=""))
    elsewhere = listing(late_task(elsewhere=True))
    other = listing(late_task(), kind=None)
    for each in (unjudged, elsewhere, other):
        assert found(manuscript(each)) == []
    judged = manuscript(listing(late_task()))
    assert len(found(judged)) == 1
    assert found(replace(judged, period=None)) == []


def test_the_rule_can_be_switched_off_and_told_to_leave_a_sentence_alone():
    paper = manuscript(listing(late_task()))
    off = but(Rule.JUDGEMENT, level=Level.OFF)
    assert list(judgements.examine(paper, off, standard_rules())) == []
    told = but(Rule.JUDGEMENT, ignore=("违法建筑",))
    assert list(judgements.examine(paper, told, standard_rules())) == []

"""Judging (研判): every rule looks at an entry; the file says which of them decides, and what if they disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from reportgen.judging.amount_rules import amount_opinion
from reportgen.judging.elapsed import Elapsed
from reportgen.judging.rate_rules import goal_rate_opinion, rank_opinion, task_rate_opinion
from reportgen.judging.rules import Disagree, Rule, Rules, Setting
from reportgen.judging.verdicts import Opinion, Verdict
from reportgen.judging.word_rules import deadline_opinion, done_opinion, forecast_opinion, lagging_opinion
from reportgen.ledger.model import Entry, Sheet

_Look = Callable[[Entry, Setting, Elapsed], Opinion | None]
_LOOKS: Mapping[Rule, _Look] = {
    Rule.GOAL_FORECAST: lambda entry, setting, _: forecast_opinion(entry, setting),
    Rule.GOAL_RATE: lambda entry, setting, elapsed: goal_rate_opinion(entry, setting, elapsed.day.year),
    Rule.GOAL_RANK: lambda entry, setting, _: rank_opinion(entry, setting),
    Rule.GOAL_AMOUNT: lambda entry, setting, elapsed: amount_opinion(entry, Rule.GOAL_AMOUNT, setting, elapsed),
    Rule.TASK_LAGGING_WORDS: lambda entry, setting, _: lagging_opinion(entry, setting),
    Rule.TASK_DEADLINE: deadline_opinion,
    Rule.TASK_AMOUNT: lambda entry, setting, elapsed: amount_opinion(entry, Rule.TASK_AMOUNT, setting, elapsed),
    Rule.TASK_RATE: lambda entry, setting, elapsed: task_rate_opinion(entry, setting, elapsed.day.year),
    Rule.TASK_DONE_WORDS: lambda entry, setting, _: done_opinion(entry, setting),
}

NO_PROGRESS = "没有填写进展情况，请人工研判"
NOTHING_TO_COMPARE = "没有可比的数字，也没有认得的说法，请人工研判"


def judge(entries: Iterable[Entry], rules: Rules, elapsed: Elapsed) -> tuple[Verdict, ...]:
    """What the rules say of each entry (逐条研判), in the order of the entries."""
    return tuple(_verdict(entry, rules, elapsed) for entry in entries)


def _verdict(entry: Entry, rules: Rules, elapsed: Elapsed) -> Verdict:
    if not entry.progress:
        return Verdict(entry=entry, reason=NO_PROGRESS)
    way = rules.way(entry.sheet is Sheet.GOALS)
    opinions = tuple(_opinions(entry, way.order, rules, elapsed))
    if not opinions:
        return Verdict(entry=entry, reason=NOTHING_TO_COMPARE)
    decided = opinions[0]
    if any(each.falls_short is not decided.falls_short for each in opinions):
        if way.disagree is Disagree.PERSON:
            return Verdict(entry=entry, reason=_divided(opinions, rules), others=opinions)
        if way.disagree is Disagree.STRICTER:
            decided = next(each for each in opinions if each.falls_short)
    others = tuple(each for each in opinions if each is not decided)
    return Verdict(entry=entry, reason=decided.reason, decided=decided, others=others)


def _opinions(entry: Entry, order: Iterable[Rule], rules: Rules, elapsed: Elapsed) -> Iterator[Opinion]:
    for rule in order:
        if opinion := _LOOKS[rule](entry, rules.rules[rule], elapsed):
            yield opinion


def _divided(opinions: Iterable[Opinion], rules: Rules) -> str:
    said = "；".join(f"按“{rules.rules[each.rule].name}”是{each.judgement}（{each.reason}）" for each in opinions)
    return f"几条规则的结论不同，请人工研判：{said}"

"""How far goals and tasks have come (目标完成情况): the figures on which their verdicts rest, as charts need them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.inputs import attempt
from reportgen.ledger.model import Entry
from reportgen.package import short
from reportgen.problems import Problem, error
from reportgen.source import Source
from reportgen.template.charts import asks_for
from reportgen.template.compose import Prepared
from reportgen.template.figures import FigureKind, Reached
from reportgen.template.loading import load_rules
from reportgen.template.schema import Config

# Judging is loaded only where a chart asks for it: most reports have none.
if TYPE_CHECKING:
    from reportgen.judging.verdicts import Opinion, Verdict

_STOPS = "，。；、\n"


def reached(verdicts: Iterable[Verdict]) -> tuple[Reached, ...]:
    """The figures of all verdicts, in their order: quantities of goals and tasks, rates of goals."""
    return tuple(each for verdict in verdicts for each in _of_verdict(verdict))


def _of_verdict(verdict: Verdict) -> Iterator[Reached]:
    from reportgen.judging.rules import Rule

    opinions = [verdict.decided, *verdict.others] if verdict.decided else verdict.others
    for rules in ((Rule.GOAL_AMOUNT, Rule.TASK_AMOUNT), (Rule.GOAL_RATE,)):
        found = next((each for each in opinions if each and each.rule in rules and each.figures), None)
        if found:
            yield from _of_opinion(found, verdict.entry)


def _of_opinion(opinion: Opinion, entry: Entry) -> Iterator[Reached]:
    """Each figure of an opinion; its deciding words stand in pairs, the target's before what was reached."""
    from reportgen.judging.verdicts import plain

    for number, figures in enumerate(opinion.figures):
        asked, done = opinion.rests_on[2 * number : 2 * number + 2]
        amount = figures.share is not None and figures.expected is not None
        if not amount and figures.unit != "%":
            continue
        yield Reached(
            name=_clause(entry.text, asked.start),
            asked=asked.quote(entry) if amount else plain(figures.target) + figures.unit,
            reached=done.quote(entry) if amount else plain(figures.actual) + figures.unit,
            share=_per_cent(figures.share) if amount and figures.share is not None else figures.actual,
            goal=None if amount else figures.target,
            due=_per_cent(figures.expected) if figures.expected is not None else None,
            falls_short=opinion.falls_short,
            origin=entry.where("text"),
        )


def _clause(text: str, at: int) -> str:
    """The part of a text that asks for the figure at that place: 新增规上工业企业30家."""
    start = max(text.rfind(stop, 0, at) for stop in _STOPS) + 1
    end = min((found for stop in _STOPS if (found := text.find(stop, at)) >= 0), default=len(text))
    return text[start:end].strip()


def _per_cent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def configured_reached(
    config: Config, source: Source, beside: Path, templates: Sequence[Prepared], problems: list[Problem]
) -> Callable[[Sequence[Entry]], Sequence[Reached]] | None:
    """How figures are found by the rules that a configuration names; None if no template has a chart of them.

    What is wrong with the rules is added to `problems`.
    """
    if not any(asks_for(each.template, FigureKind.PACE, FigureKind.RATES) for each in templates):
        return None
    from reportgen.judging.elapsed import elapsed
    from reportgen.judging.judge import judge
    from reportgen.judging.rules import Rules

    asked = source.locate(("judging",))
    rules = attempt(problems, lambda: load_rules("judging", Rules, config.judging, beside, asked))
    past = elapsed(config.year, config.period)
    if past is None:
        what = f"「{short(config.period)}」没有说到哪个月为止，图里的目标没法和时间进度比"
        problems.append(error("judge.no-period", what, "请写成 1—6月、上半年 的样子", source.locate(("period",))))
    if rules is None or past is None:
        return None
    return lambda entries: reached(judge(entries, rules[0], past))

"""What words say of an entry (文字研判): phrases of delay, of completion, of what is foreseen; passed deadlines."""

from __future__ import annotations

import re

from reportgen.judging.elapsed import Elapsed
from reportgen.judging.phrases import said
from reportgen.judging.rules import Rule, Setting
from reportgen.judging.verdicts import Opinion, Passage
from reportgen.ledger.model import STATUSES, VERDICTS, Entry
from reportgen.quantities.model import Period, Span
from reportgen.quantities.periods import periods

_MOST_TOLD = 3
# What makes of a plain 9月 or 一季度 the time by which something is to be done: 9月正式投用, 一季度完成规划编制.
_DUE = re.compile(
    r"(?:正式|全面|全部|基本|整体){0,2}(?:完成|建成|投用|投产|竣工|完工|通车|交付|启用|开工|开业|印发|出台)"
)


def forecast_opinion(entry: Entry, setting: Setting) -> Opinion | None:
    """What a goal's progress foresees (预计): 预计能够完成年度目标任务."""
    return _by_phrase(entry, Rule.GOAL_FORECAST, setting, VERDICTS[2], falls_short=False)


def lagging_opinion(entry: Entry, setting: Setting) -> Opinion | None:
    """Phrases that say that a task stands still (滞后的说法): 近期无进展."""
    return _by_phrase(entry, Rule.TASK_LAGGING_WORDS, setting, STATUSES[1], falls_short=True)


def done_opinion(entry: Entry, setting: Setting) -> Opinion | None:
    """Phrases that say that all of a task is done (完成的说法): each item of its progress must say so."""
    if not all(any(said(line, setting.words, setting.unless)) for line in entry.progress.split("\n") if line.strip()):
        return None
    return _by_phrase(entry, Rule.TASK_DONE_WORDS, setting, STATUSES[0], falls_short=False)


def _by_phrase(entry: Entry, rule: Rule, setting: Setting, judgement: str, *, falls_short: bool) -> Opinion | None:
    found = tuple(said(entry.progress, setting.words, setting.unless))
    if not found:
        return None
    quoted = "、".join(dict.fromkeys(f"「{each.phrase}」" for each in found[:_MOST_TOLD]))
    return Opinion(
        rule=rule,
        judgement=judgement,
        falls_short=falls_short,
        reason=f"进展里写着{quoted}",
        rests_on=tuple(Passage(field="progress", start=each.start, end=each.end) for each in found[:_MOST_TOLD]),
    )


def deadline_opinion(entry: Entry, setting: Setting, elapsed: Elapsed) -> Opinion | None:
    """A day in the task that has passed without a word that it was kept (期限已过)."""
    if not entry.progress or any(word in entry.progress for word in setting.words):
        return None
    for period in periods(entry.text, elapsed.day.year):
        if period.last and period.last <= elapsed.day and _is_deadline(period, entry.text):
            last = period.last
            reason = f"任务的期限是「{period.words}」，{last.month} 月 {last.day} 日已到，进展里没有一句完成的话"
            return Opinion(
                rule=Rule.TASK_DEADLINE,
                judgement=STATUSES[1],
                falls_short=True,
                reason=reason,
                rests_on=(
                    Passage(field="text", start=period.start, end=period.end),
                    Passage(field="progress", start=0, end=len(entry.progress)),
                ),
            )
    return None


def _is_deadline(period: Period, text: str) -> bool:
    return period.span is Span.BY or (period.span is not Span.UP_TO and _DUE.match(text, period.end) is not None)

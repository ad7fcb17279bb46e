"""What became of a progress text (进展更新情况): new, the same, or the same but for a mark or the period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reportgen.changes.model import Progress
from reportgen.likeness import plain_key
from reportgen.quantities.indicator_words import FORECAST
from reportgen.quantities.model import Period, Span
from reportgen.quantities.periods import periods
from reportgen.quantities.stops import said_before

NO_YEAR = 2000
"""The year of days that name none (年份不明): what is held against each other here is the words, never the days."""
_MONTH = 31
_CLAUSE = "，。；！？\n,;!?：:"
# Points in numbers and signs before them are letters, other points and dashes are marks.
_MARK = re.compile(r"(?<!\d)\.|\.(?!\d)|-(?!\d)|(?<=[\d月日年])-|[^\w.%‰+-]|_")
_AHEAD = re.compile(r"将(?!军|官)|确保|争取|可(?=[在于])|待")


def progress_between(before: str, after: str) -> Progress:
    """How far a progress text says something that the former one did not (进展更新情况)."""
    old, new = plain_key(before), plain_key(after)
    if not new:
        return Progress.MISSING
    if not old:
        return Progress.ADDED
    if old == new:
        return Progress.SAME
    if _letters(before) == _letters(after):
        return Progress.ONLY_MARKS
    if _without_periods(before) == _without_periods(after):
        return Progress.ONLY_PERIOD
    return Progress.UPDATED


def _letters(text: str) -> str:
    return _MARK.sub("", plain_key(text))


@lru_cache(maxsize=1024)
def _without_periods(text: str) -> str:
    """The letters with a sign in the place of every period of which figures are told."""
    parts, end = [], 0
    for period in counted_periods(text):
        parts.append(_letters(text[end : period.start]))
        end = period.end
    return "\x00".join((*parts, _letters(text[end:])))


def counted_periods(text: str) -> Iterator[Period]:
    """The periods of which a text tells its figures (统计时间): 1—6月, 截至6月底, 目前; no day when work is done."""
    for period in periods(text, NO_YEAR):
        before = said_before(text, period.start, _CLAUSE)
        ahead = FORECAST.search(before) or _AHEAD.search(before)
        if not ahead and _is_counted(period, text):
            yield period


def _is_counted(period: Period, text: str) -> bool:
    if period.span is Span.UP_TO:
        return True
    if period.span is Span.BY or period.impossible:
        return False
    if period.span is Span.STRETCH:
        # From the year's first day on, or quarters: one month alone is when something was done.
        return period.first is not None and period.last is not None and (period.last - period.first).days > _MONTH
    named = period.first is None and period.last is None
    return named and not text.startswith("同期", period.start)

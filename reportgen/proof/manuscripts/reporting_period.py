"""The reporting period of a manuscript (报告期): from its title, or from how its first paragraphs begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reportgen.ledger.words import plain_key
from reportgen.proof.manuscript import Manuscript, Role
from reportgen.quantities.model import Period, Span
from reportgen.quantities.periods import periods, reporting_period

_YEAR = re.compile(r"((?:19|20)\d\d)年")
_WITH_YEAR = re.compile(r"(?:19|20)\d\d年度?\s*(?=.)")
_FIRST_PARAGRAPHS = 3
_ENDS = "。；;\n"
_DAYS_OF_YEAR = 365


def reporting_period_in(manuscript: Manuscript) -> Period | None:
    """The reporting period (报告期) that a document names itself, None if it names none.

    Its year stands beside it, or is the one that most of the text speaks of.
    """
    titles = [text.content for role in (Role.TITLE, Role.ANNEX_TITLE) for text in manuscript.texts if text.role is role]
    body = [text.content for text in manuscript.texts if text.role is Role.PARAGRAPH][:_FIRST_PARAGRAPHS]
    year = _year_in([*titles, *body], manuscript)
    if year is None:
        return None
    # A title may run over two lines.
    named = list(_named(re.sub(r"\s", "", "".join(titles)), year))
    opening = [period for text in body for period in _named(text, year) if _is_told_of(text, period, year)]
    # 2026年度重点任务上半年推进情况: the year is that of the tasks.
    parts = [period for period in (*named, *opening) if not _is_year(period)]
    found = next(iter((*parts, *(period for period in named if "全年" in period.words))), None)
    return found and reporting_period(found.year or year, _WITH_YEAR.sub("", found.words))


def _named(text: str, year: int) -> Iterator[Period]:
    """The times of a text that figures may be of: no day by which something is to be done."""
    for period in periods(text, year):
        if period.last and period.span is not Span.BY:
            yield period


def _is_told_of(text: str, period: Period, year: int) -> bool:
    """Whether a sentence begins with it, or it has the year: 上半年，…; 现将2026年一季度情况报告如下.

    较一季度回落 and 完成年度任务 do not tell what is reported.
    """
    before = text[: period.start].rstrip()
    return before[-1:] in ("", *_ENDS) or (period.year == year and not before.endswith(("较", "比", "同")))


def _is_year(period: Period) -> bool:
    first, last = period.first, period.last
    return first is not None and last is not None and (last - first).days + 1 >= _DAYS_OF_YEAR


def _year_in(texts: list[str], manuscript: Manuscript) -> int | None:
    for text in texts:
        if found := _YEAR.search(plain_key(text)):
            return int(found[1])
    counts = Counter(year for text in manuscript.every_text() for year in _YEAR.findall(text.content))
    year, times = counts.most_common(1)[0] if counts else ("", 0)
    return int(year) if times > counts.total() / 2 else None

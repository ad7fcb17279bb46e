"""The reporting period of a manuscript (报告期): from its title, or its first paragraphs."""

from __future__ import annotations

import re
from collections import Counter

from reportgen.ledger.words import plain_key
from reportgen.proof.manuscript import Manuscript, Role
from reportgen.quantities.model import Period
from reportgen.quantities.periods import reporting_period

_YEAR = re.compile(r"((?:19|20)\d\d)年")
_WORDS = re.compile(
    r"(?:1月?[-—–－~～至到])?\d{1,2}月(?:份|底|末)?|上半年|下半年|全年|(?:前|第)?[一二三四1-4]个?季度|年度"
)
_FIRST_PARAGRAPHS = 3


def reporting_period_in(manuscript: Manuscript) -> Period | None:
    """The reporting period (报告期) that a document names itself, None if it names none.

    Its year stands beside it, or is the one that most of the text speaks of.
    """
    titles = [text.content for role in (Role.TITLE, Role.ANNEX_TITLE) for text in manuscript.texts if text.role is role]
    body = [text.content for text in manuscript.texts if text.role is Role.PARAGRAPH][:_FIRST_PARAGRAPHS]
    found = next((found[0] for part in (titles, body) if (found := _WORDS.search(plain_key("".join(part))))), None)
    year = _year_in([*titles, *body], manuscript)
    return reporting_period(year, found) if found and year else None


def _year_in(texts: list[str], manuscript: Manuscript) -> int | None:
    for text in texts:
        if found := _YEAR.search(plain_key(text)):
            return int(found[1])
    counts = Counter(year for text in manuscript.every_text() for year in _YEAR.findall(text.content))
    year, times = counts.most_common(1)[0] if counts else ("", 0)
    return int(year) if times > counts.total() / 2 else None

"""Periods of a report (报告期) as an office writes them, and the day on which they end."""

from __future__ import annotations

import calendar
import re
from datetime import date

from reportgen.ledger.words import plain_key

_MONTH = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?")
_QUARTERS = re.compile(r"(?:第|前)?(?:[一1][-—–~至、])?([一二两三四1-4])个?季度")
_LAST_MONTHS = {"上半年": 6, "下半年": 12, "全年": 12, "年度": 12}


def last_day(year: int, period: str) -> date | None:
    """The last day (截止日) of a period such as 1—6月, 上半年, 前三季度; None for one that says no day."""
    text = plain_key(period)
    try:
        if months := list(_MONTH.finditer(text)):
            own_year, month, day = (int(part) if part else 0 for part in months[-1].groups())
            year = own_year or year
            return date(year, month, day or calendar.monthrange(year, month)[1])
        if quarter := _QUARTERS.search(text):
            month = 3 * ("一二三四".find(quarter[1].replace("两", "二")) + 1 or int(quarter[1]))
        else:
            month = next((last for name, last in _LAST_MONTHS.items() if name in text), 0)
        return date(year, month, calendar.monthrange(year, month)[1]) if month else None
    except ValueError:
        return None

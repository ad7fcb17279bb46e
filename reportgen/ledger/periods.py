"""The day on which a period of a report (报告期) ends."""

from __future__ import annotations

from datetime import date

from reportgen.ledger.words import plain_key
from reportgen.quantities.periods import reporting_period


def last_day(year: int, period: str) -> date | None:
    """The last day (截止日) of a period such as 1—6月, 上半年, 前三季度; None for one that says no day."""
    told = reporting_period(year, plain_key(period))
    return told.last if told else None

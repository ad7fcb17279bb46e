"""How much of the year is gone (时间进度): 1—6月 is half of it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportgen.ledger.periods import last_day

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The reporting period as judging needs it (时间进度): its last day, and which part of the year is over then."""

    day: date

    @property
    def share(self) -> Decimal:
        """The part of the year that is over (已过份额): whole months as twelfths, days within one in proportion."""
        length = calendar.monthrange(self.day.year, self.day.month)[1]
        return (Decimal(self.day.month - 1) + Decimal(self.day.day) / length) / 12

    @property
    def words(self) -> str:
        """What a reader is told: 时间已过 50%, with a word for the half."""
        return "时间过半" if self.share == HALF else f"全年时间已过 {self.share * 100:.1f}%".replace(".0%", "%")


def elapsed(year: int, period: str) -> Elapsed | None:
    """How far the year is when a period (报告期) such as 1—6月 or 前三季度 ends; None for one that says no day."""
    day = last_day(year, period)
    return Elapsed(day) if day else None

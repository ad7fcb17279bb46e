"""Times named in a text: periods, days, deadlines, and the reporting period."""

from datetime import date

import pytest

from reportgen.quantities.model import Span
from reportgen.quantities.periods import periods, reporting_period


@pytest.mark.parametrize(
    "words", ["1-6月", "1—6月", "1－6月", "1~6月", "1～6月", "1至6月", "1月至6月", "上半年", "前两个季度"]
)
def test_the_first_half_is_known_however_it_is_written(words):
    (period,) = periods(f"{words}，完成投资", 2026)
    assert (period.words, period.span, period.first, period.last) == (
        words,
        Span.STRETCH,
        date(2026, 1, 1),
        date(2026, 6, 30),
    )


def test_the_reporting_period_may_say_its_own_year():
    told = reporting_period(2026, "2022年上半年")
    assert told and (told.year, told.last) == (2022, date(2022, 6, 30))

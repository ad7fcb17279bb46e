"""Times named in a text (时间): 1—6月, 上半年, 截至7月8日, 6月底前, 目前; and the reporting period.

A numeral is a time only with 年, 月, 日 or 季度 around it; 2个月 and 3年 are quantities (amounts.py).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from reportgen.quantities.model import Period, Span
from reportgen.quantities.numerals import chinese_number

_PLAIN = str.maketrans(
    {0xFF10 + digit: str(digit) for digit in range(10)}
    | dict.fromkeys("－–—−～~", "-")
    | {"○": "〇", "．": ".", "／": "/", "\u3000": " ", "\xa0": " "}
)
_TO = r" ?(?:--?|至|到) ?"
_YEAR = (
    r"(?:(?<!\d)(?:19|20)\d\d年度? ?|(?<!\d)\d\d年(?=\d{1,2}月)|二[〇零][〇零一二三四五六七八九]{2}年|[今本去上明]年 ?)"
)
_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
# A month in Chinese signs must be dated or have its part told: 六月底, 七月一日, not 五月花.
_ALONE = (
    r"(?:(?<![\d.])\d{1,2}|(?:十[一二]?|[一二三四五六七八九])(?=月[份底末初中上下]|月[一二三四五六七八九十]{1,3}日)"
    r"|(?<=年)(?:十[一二]?|[一二三四五六七八九]))"
)
_QUARTER = r"[一二三四1-4]"
_PART = r"(?P<part>底|末|初(?!步|期|中|审|验|评|稿|定|选|级)|[上中下]旬)?"
_TAIL = r"(?P<tail>(?:以|之)?前(?![期三两往])|以来|起(?!步|到|草|来)|开始|同期)?"
_PLANS = {"十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
_RELATIVE = {"去年": -1, "上年": -1, "明年": 1}
_ORDER = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}

# The first that fits at a place is taken: the longer forms stand first.
_FORMS = {
    "numbers": r"(?<![\d.])(?P<year>(?:19|20)\d\d)(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?![\d.])",
    "days": (
        rf"(?P<year>{_YEAR})?(?P<month>{_ALONE})月(?P<day>{_DAY})日?{_TO}"
        rf"(?P<year2>{_YEAR})?(?:(?P<month2>{_MONTH})月)?(?P<day2>{_DAY})日"
    ),
    "day": rf"(?P<year>{_YEAR})?(?P<month>{_ALONE})月(?P<day>{_DAY})[日号]",
    "months": (
        rf"(?P<year>{_YEAR})?(?P<month>(?<![\d.A-Za-z]){_MONTH})(?:月份?)?(?P<first>[上中下]旬|初)?{_TO}"
        rf"(?P<year2>{_YEAR})?(?P<month2>{_MONTH})月(?!{_DAY}日)份?{_PART}"
    ),
    "month": rf"(?P<year>{_YEAR})?(?P<month>{_ALONE})月(?![龄嫂饼球])份?{_PART}",
    "quarters": (
        rf"(?P<year>{_YEAR})?(?:前(?P<until>[一二两三四1-4])个?|第?(?P<from>(?<!\d){_QUARTER})(?:{_TO}(?P<to>{_QUARTER}))?)"
        rf"季度{_PART}"
    ),
    "half": rf"(?P<year>{_YEAR})?(?P<half>[上下])半年{_PART}",
    "years": rf"(?<!\d)(?P<year>(?:19|20)\d\d)年?{_TO}(?P<year2>(?:19|20)\d\d)年(?:度)?",
    "plan": r"[“\"‘']?(?P<plan>十[一二三四五]五)[”\"’']?(?:时期|期间|以来|(?P<part>末))",
    "whole": r"(?P<year>(?<!\d)(?:19|20)\d\d年(?:度(?!假))?|二[〇零][〇零一二三四五六七八九]{2}年)(?:全年)?" + _PART,
    "named": (
        r"(?P<named>全年|本年度?|今年|去年|上年度?|明年|年度(?=$)|(?<![本今去上明半每多\d])年内"
        r"|(?<![本今去上明半每多\d])年(?=[底末初]))" + _PART
    ),
    "now": r"(?P<now>截[至止]到?目前(?:为止)?|目前|当前|近期|同期)",
}
_ANY = re.compile(r"[月年季]|目前|当前|近期|同期|十[一二三四五]五|(?:19|20)\d\d[-./]")
_PATTERNS = {name: re.compile(form + _TAIL if name != "now" else form) for name, form in _FORMS.items()}
_UP_TO = re.compile(r"截[至止]到? ?$")
_SHORTEST = 5


class _Never(ValueError):
    """No calendar has this day."""


def _year_of(words: str | None, year: int) -> tuple[int, int | None]:
    """The year meant, and the year named: 今年 and 去年 are named by their relation to the reader's."""
    words = (words or "").strip().rstrip("度").rstrip("年")
    if not words:
        return year, None
    if words in "今本去上明":
        meant = year + _RELATIVE.get(words + "年", 0)
        return meant, None if meant == year else meant
    if words[0] == "二":
        words = "".join(str("〇一二三四五六七八九".find(sign.replace("零", "〇"))) for sign in words)
    return (own := int(words) + (2000 if len(words) == 2 else 0)), own


def _figure(words: str) -> int:
    return int(words) if words.isdecimal() else int(chinese_number(words) or 0)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _Never from None


def _end_of(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise _Never
    return _day(year, month, calendar.monthrange(year, month)[1])


Told = tuple[Span, date | None, date | None, int | None]
Match = re.Match[str]


def _of_numbers(match: Match, year: int) -> Told:
    on = _day(int(match["year"]), int(match["month"]), int(match["day"]))
    return Span.POINT, on, on, on.year


def _of_days(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    until, own2 = _year_of(match["year2"], meant)
    month = _figure(match["month"])
    month2 = _figure(match["month2"]) if match["month2"] else month
    first, last = _day(meant, month, _figure(match["day"])), _day(until, month2, _figure(match["day2"]))
    return Span.STRETCH, first, last, own2 or own


def _of_day(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    on = _day(meant, _figure(match["month"]), _figure(match["day"]))
    return Span.POINT, on, on, own


def _of_months(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    until, own2 = _year_of(match["year2"], meant)
    first, _ = _part(meant, _figure(match["month"]), match["first"])
    _, last = _part(until, _figure(match["month2"]), match["part"])
    if last < first and not match["year2"]:
        last = _part(until + 1, _figure(match["month2"]), match["part"])[1]  # 11月至2月
    return Span.STRETCH, first, last, own2 or own


def _part(year: int, month: int, part: str | None) -> tuple[date, date]:
    last = _end_of(year, month)
    if part in ("底", "末"):
        return last, last
    begins, ends = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "下旬": (21, last.day)}.get(
        part or "", (1, last.day)
    )
    return _day(year, month, begins), _day(year, month, ends)


def _of_month(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    first, last = _part(meant, _figure(match["month"]), match["part"])
    return Span.POINT if first == last else Span.STRETCH, first, last, own


def _within(year: int, first: int, last: int, part: str | None) -> tuple[Span, date, date]:
    """Months first to last of a year, or its very end or beginning."""
    ends, begins = _end_of(year, last), _day(year, first, 1)
    if part in ("底", "末"):
        return Span.POINT, ends, ends
    return (Span.POINT, begins, begins) if part == "初" else (Span.STRETCH, begins, ends)


def _of_quarters(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    figures = [match["until"] or match["from"], match["to"]]
    first, last = (_ORDER.get(words) or int(words) if words else 0 for words in figures)
    first, last = (1, first) if match["until"] else (first, last or first)
    return *_within(meant, 3 * first - 2, 3 * last, match["part"]), own


def _of_half(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    return *_within(meant, *((1, 6) if match["half"] == "上" else (7, 12)), match["part"]), own


def _of_years(match: Match, year: int) -> Told:
    first, last = int(match["year"]), int(match["year2"])
    return Span.STRETCH, _day(first, 1, 1), _day(last, 12, 31), last


def _of_plan(match: Match, year: int) -> Told:
    first = _PLANS[match["plan"]]
    ends = _day(first + 4, 12, 31)
    return Span.POINT if match["part"] else Span.STRETCH, ends if match["part"] else _day(first, 1, 1), ends, first + 4


def _of_whole(match: Match, year: int) -> Told:
    meant, own = _year_of(match["year"], year)
    return *_within(meant, 1, 12, match["part"]), own


def _of_named(match: Match, year: int) -> Told:
    words = match["named"]
    meant = year + _RELATIVE.get(words.rstrip("度"), 0)
    span, first, last = _within(meant, 1, 12, match["part"])
    return Span.BY if words == "年内" else span, first, last, None if meant == year else meant


def _of_now(match: Match, year: int) -> Told:
    return Span.UP_TO if match["now"][0] == "截" else Span.POINT, None, None, None


_TELL: dict[str, Callable[[Match, int], Told]] = {
    "numbers": _of_numbers,
    "days": _of_days,
    "day": _of_day,
    "months": _of_months,
    "month": _of_month,
    "quarters": _of_quarters,
    "half": _of_half,
    "years": _of_years,
    "plan": _of_plan,
    "whole": _of_whole,
    "named": _of_named,
    "now": _of_now,
}


def _period(name: str, match: Match, text: str, plain: str, year: int) -> Period:
    start, end = match.span()
    before = _UP_TO.search(plain, max(0, start - _SHORTEST), start)
    tail = match["tail"] if name != "now" else None
    if before:
        start = before.start()
    try:
        span, first, last, own = _TELL[name](match, year)
    except _Never:
        return Period(
            span=Span.UP_TO if before else Span.POINT,
            words=text[start:end],
            start=start,
            end=end,
            first=None,
            last=None,
            impossible=True,
        )
    if before:
        span, first = Span.UP_TO, None
    elif tail == "同期" or (tail is None and plain[end : end + 2] == "同期"):
        first = last = None
    elif tail and tail.endswith("前"):
        span, first = Span.BY, None
    elif tail:
        span, last = Span.STRETCH, None
    return Period(span=span, words=text[start:end], start=start, end=end, first=first, last=last, year=own)


@lru_cache(maxsize=32768)
def periods(text: str, year: int) -> tuple[Period, ...]:
    """Every time named in a text (时间) in reading order; a day without a year is one of `year`."""
    if not text or not _ANY.search(text):
        return ()
    plain = text.translate(_PLAIN)
    rank = {name: place for place, name in enumerate(_PATTERNS)}
    found = [
        (match.start(), rank[name], name, match) for name, form in _PATTERNS.items() for match in form.finditer(plain)
    ]
    kept: list[Period] = []
    end = 0
    for start, _, name, match in sorted(found, key=lambda one: (one[0], -one[3].end(), one[1])):
        if start >= end:
            kept.append(_period(name, match, text, plain, year))
            end = match.end()
    return tuple(kept)


def reporting_period(year: int, words: str) -> Period | None:
    """The reporting period (报告期) that 1—6月, 2022年上半年, 截至6月30日 name; None for words that tell no days."""
    told = [period for period in periods(words, year) if period.last and period.span is not Span.BY]
    return told[-1] if told else None

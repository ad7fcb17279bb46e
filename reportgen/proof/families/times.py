"""Times in a report (时段与日期): outside the reporting period, one period written two ways, days that do not exist."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from reportgen.issued.kinds import Kind
from reportgen.proof.families.sentences import figures
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Listing, Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Period, Span
from reportgen.quantities.periods import periods
from reportgen.quantities.stops import said_before, sentence_around

# Fields that tell what was done; a task may name any day.
_TOLD = ("", "progress", "phrase")
_HEADS = (Role.TITLE, Role.HEADING, Role.ANNEX_LIST, Role.ANNEX_TITLE)
_PLANNED = re.compile(r"预计|计划|拟|将|力争|预期|争取|目标|安排|准备|确保|有望|可望|下一步|届时|以前|之前|不晚于")
_COMPARED = re.compile(r"同比|同期|去年|上年|相比|比|较|环比|增至|降至|以来|基数|去年底|修订|考核|评")
_DONE_BEFORE = re.compile(r"已经?[于在]$")
_DONE_AFTER = re.compile(r"(?:[，,]?(?:我区|全区|全市|全县)?[，,]?已)")
# The clause behind a time, the next one where a comma comes first.
_RESULT = re.compile(r"[，,]?[^，,。；\n]{2,60}")
_AHEAD = re.compile(r"预计|拟|将|力争|争取|确保|有望|下一步|下步|下阶段|后续|今后|接下来")
_STOPS = "。；\n"
_CLAUSE_MARKS = "。；，！？\n（）：;"
_RANGE = re.compile(r"(?<![\d.])(?P<first>\d{1,2})月?\s?(?P<sign>[-－–—~～]{1,2})\s?\d{1,2}月(?!\d)")
_SIGNS = {"-": "半角短横", "－": "全角短横", "–": "短横", "—": "一字线", "——": "破折号", "~": "波浪线", "～": "波浪线"}
_HALVES = re.compile(r"上半年")
_DAY = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?<![\d.])(?P<month>\d{1,2})月(?P<day>\d{1,2})日?"
    r"(?:\s?[-－–—~～至到]{1,2}\s?(?P<last>\d{1,2})日)?(?<=日)"
)
_MONTH = re.compile(r"(?<![\d.第])(?P<month>\d{2})月(?![龄大\d])")
_TITLES = re.compile(r"《[^《》]{0,80}》")
_FEW = 5
_NEAR = 120


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Days that there are not, times outside the reporting period, periods written two ways."""
    for text in manuscript.every_text():
        if not text.stands_elsewhere and "月" in text.content:
            yield from _impossible(text, manuscript.period, settings)
    if manuscript.period and settings.looks_at(Rule.PERIOD_OUTSIDE):
        for text in manuscript.every_text():
            if not text.stands_elsewhere and text.field in _TOLD:
                yield from _outside(text, manuscript.period, settings)
                if text.role in _HEADS:
                    yield from _other_in_title(text, manuscript.period, settings)
        for listing in manuscript.listings:
            if listing.kind is Kind.GOALS:
                yield from _swapped(listing, manuscript.period, settings)
    if settings.looks_at(Rule.PERIOD_MIXED):
        yield from _mixed_signs(manuscript, settings)
        yield from _mixed_words(manuscript, settings)


def _impossible(text: Text, reporting: Period | None, settings: Settings) -> Iterator[Finding]:
    """6月31日, 2月30日, 13月."""
    content = text.content
    for match in _DAY.finditer(content):
        month = int(match["month"])
        if not 1 <= month <= 12:
            continue
        year = int(match["year"] or (reporting.year if reporting and reporting.year else 0) or 0)
        # Without a year 29 February may be.
        longest = (
            calendar.monthrange(year, month)[1] if year else 29 if month == 2 else calendar.monthrange(2001, month)[1]
        )
        for name in ("day", "last"):
            if match[name] and not 1 <= int(match[name]) <= longest:
                what = f"没有{month}月{int(match[name])}日这一天"
                yield from settings.finding(
                    Rule.DATE_IMPOSSIBLE,
                    what,
                    f"请核对日期：{month}月只有{longest}天",
                    Mark(text=text, start=match.start(), end=match.end()),
                )
    for match in _MONTH.finditer(content):
        if not 1 <= int(match["month"]) <= 12:
            mark = Mark(text=text, start=match.start(), end=match.end())
            yield from settings.finding(Rule.DATE_IMPOSSIBLE, f"没有{match['month']}月", "请核对月份", mark)


def _outside(text: Text, reporting: Period, settings: Settings) -> Iterator[Finding]:
    year = _year(reporting)
    if reporting.last is None or year is None:
        return
    end = reporting.last + timedelta(days=int(settings.within(Rule.PERIOD_OUTSIDE)))
    titles = [match.span() for match in _TITLES.finditer(text.content)]
    for period in periods(text.content, year):
        if period.last is None or any(first <= period.start < last for first, last in titles):
            continue
        clause = _clause(text.content, period)
        mark = Mark(text=text, start=period.start, end=period.end)
        if period.last > end and period.year in (None, year):
            told = _is_told(text.content, period) and not _PLANNED.search(clause)
            if told or _is_result(text.content, period, reporting):
                what = f"「{period.words}」在报告期（{reporting.words}）之后"
                yield from settings.finding(
                    Rule.PERIOD_OUTSIDE, what, f"按{reporting.words}的口径改写，或说明统计截止时间", mark
                )
        elif period.year not in (None, year) and _is_shifted(period, reporting):
            compared = _COMPARED.search(_sentence(text.content, period))
            if not compared:
                what = f"「{period.words}」不在本报告的年份（{year}年）"
                yield from settings.finding(Rule.PERIOD_OUTSIDE, what, f"请核对年份：是本期数据的，改为{year}年", mark)


def _is_told(content: str, period: Period) -> bool:
    """Whether what is said of that time has happened: 截至7月8日, 已于7月5日, 7月5日已."""
    if period.span is Span.UP_TO:
        return not period.words.endswith("前")
    return bool(_DONE_BEFORE.search(content[: period.start][-4:]) or _DONE_AFTER.match(content, period.end))


def _is_result(content: str, period: Period, reporting: Period) -> bool:
    """Whether figures are told of a time that is not over: 1—8月完成51亿元 in a report of 1—6月."""
    if period.span is not Span.STRETCH or period.first != reporting.first or period.last is None:
        return False
    # 全年 is spoken of in any report, and in most ways.
    if period.last.month == 12:
        return False
    said = _RESULT.match(content, period.end)
    if not said or not any(said.start() <= each.start < said.end() for each in figures(content)):
        return False
    before = said_before(content, period.start, _STOPS, _NEAR)
    return not (_PLANNED.search(_clause(content, period)) or _PLANNED.search(said[0]) or _AHEAD.search(before))


def _is_shifted(period: Period, reporting: Period) -> bool:
    """Whether it is the reporting period of another year: 2021年1—6月, 截至2021年6月30日."""
    if period.span is Span.STRETCH and period.first and reporting.first and period.last and reporting.last:
        same = _month_day(period.first) == _month_day(reporting.first)
        return same and _month_day(period.last) == _month_day(reporting.last)
    if period.span is Span.UP_TO and period.last and reporting.last:
        return _month_day(period.last) == _month_day(reporting.last) and reporting.last.month != 12
    return False


def _other_in_title(text: Text, reporting: Period, settings: Settings) -> Iterator[Finding]:
    """An annex title with 1—5月 in a report of 1—6月."""
    year = _year(reporting)
    if year is None or reporting.first is None or reporting.last is None:
        return
    for period in periods(text.content, year):
        if period.span is not Span.STRETCH or period.first != reporting.first or period.last in (None, reporting.last):
            continue
        # 2022年区政府工作报告: the year of the tasks, not the time of the report.
        if "月" in period.words or "季" in period.words or "半年" in period.words:
            what = f"标题写{period.words}，本报告的报告期是{reporting.words}"
            mark = Mark(text=text, start=period.start, end=period.end)
            yield from settings.finding(Rule.PERIOD_OUTSIDE, what, f"请核对：是本报告期的，改为{reporting.words}", mark)


def _swapped(listing: Listing, reporting: Period, settings: Settings) -> Iterator[Finding]:
    """1—5月 among goals that all tell 1—6月."""
    year = _year(reporting)
    texts = [row.texts["progress"] for row in listing.rows if "progress" in row.texts]
    if year is None or reporting.first is None:
        return
    opening = [(text, found[0]) for text in texts if (found := periods(text.content, year)) and found[0].start <= 3]
    regular = [each for _, each in opening if each.first == reporting.first and each.last == reporting.last]
    if len(regular) < _FEW:
        return
    for text, period in opening:
        other = period.last != reporting.last or (period.span is Span.STRETCH and period.first != reporting.first)
        # Once among many is a slip; twice, those figures come later than the others.
        same = sum(each.last == period.last for _, each in opening)
        told_above = bool(period.last and reporting.last and period.last > reporting.last)
        if other and same == 1 and period.last and not told_above and not text.stands_elsewhere:
            what = f"其他目标都写{regular[0].words}，这一项写{period.words}"
            fix = f"请核对：是本报告期数据的，改为{regular[0].words}"
            yield from settings.finding(
                Rule.PERIOD_OUTSIDE, what, fix, Mark(text=text, start=period.start, end=period.end)
            )


def _mixed_signs(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """1-6月 here, 1—6月 there: one finding for the document, at the fewer ones."""
    found: dict[str, list[tuple[Text, re.Match[str]]]] = {}
    for text in manuscript.every_text():
        if "月" in text.content:
            for match in _RANGE.finditer(text.content):
                found.setdefault(match["sign"], []).append((text, match))
    if len(found) < 2:
        return
    standard = next((word for word in settings.words(Rule.PERIOD_MIXED) if word in _SIGNS), "—")
    forms = sorted(found, key=lambda sign: (-len(found[sign]), sign))
    counted = "、".join(f"「{found[sign][0][1][0]}」{len(found[sign])}处" for sign in forms)
    fewer = [each for sign in forms[1:] for each in found[sign]]
    marks = [Mark(text=text, start=match.start(), end=match.end()) for text, match in fewer]
    what = f"月份起止的写法不一：{counted}"
    yield from settings.finding(Rule.PERIOD_MIXED, what, f"全文统一用「{standard}」，如「1{standard}6月」", *marks)


def _mixed_words(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """上半年 here, 1—6月 there, for an office that has set the word."""
    reporting = manuscript.period
    year = _year(reporting) if reporting else None
    wanted = [word for word in settings.words(Rule.PERIOD_MIXED) if word not in _SIGNS]
    if reporting is None or year is None or not wanted:
        return
    found: dict[str, list[Mark]] = {}
    for text in manuscript.every_text():
        for period in periods(text.content, year):
            if period.span is Span.STRETCH and (period.first, period.last) == (reporting.first, reporting.last):
                form = next((word for word in wanted if word in period.words), "月份")
                found.setdefault(form, []).append(Mark(text=text, start=period.start, end=period.end))
    if len(found) < 2:
        return
    forms = sorted(found, key=lambda form: (-len(found[form]), form != "月份", form))
    counted = "、".join(f"「{found[form][0].quote}」{len(found[form])}处" for form in forms)
    marks = [mark for form in forms[1:] for mark in found[form]]
    yield from settings.finding(Rule.PERIOD_MIXED, f"报告期的说法不一：{counted}", "全文统一用一种说法", *marks)


def _year(reporting: Period) -> int | None:
    return reporting.year or (reporting.last.year if reporting.last else None)


def _month_day(day: date) -> tuple[int, int]:
    # The last of February is the last of February.
    return (2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day)


def _clause(content: str, period: Period) -> str:
    return content[slice(*sentence_around(content, period.start, period.end, _CLAUSE_MARKS, _NEAR))]


def _sentence(content: str, period: Period) -> str:
    return content[slice(*sentence_around(content, period.start, period.end, _STOPS, _NEAR))]

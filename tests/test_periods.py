"""Times named in a text: periods, days, deadlines, and the reporting period."""

from datetime import date

import pytest

from reportgen.quantities.model import Span
from reportgen.quantities.periods import periods, reporting_period

HALF = (date(2026, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    "words",
    [
        *(
            "1-6月",
            "1—6月",
            "1－6月",
            "1~6月",
            "1～6月",
            "1–6月",
            "1至6月",
            "1月至6月",
            "１—６月",
            "上半年",
            "前两个季度",
        ),
        *("1—2季度", "2026年1-6月", "2026年上半年", "今年上半年", "1月1日至6月30日", "一月至六月份", "1-6月份"),
    ],
)
def test_the_first_half_is_known_however_it_is_written(words):
    (period,) = periods(f"{words}，完成投资", 2026)
    assert (period.words, period.span, period.first, period.last) == (words, Span.STRETCH, *HALF)


@pytest.mark.parametrize(
    ("text", "words", "span", "first", "last", "year"),
    [
        ("全年目标", "全年", Span.STRETCH, (2026, 1, 1), (2026, 12, 31), None),
        ("一季度，", "一季度", Span.STRETCH, (2026, 1, 1), (2026, 3, 31), None),
        ("前三季度，", "前三季度", Span.STRETCH, (2026, 1, 1), (2026, 9, 30), None),
        ("计划第三季度开工", "第三季度", Span.STRETCH, (2026, 7, 1), (2026, 9, 30), None),
        ("二季度末", "二季度末", Span.POINT, (2026, 6, 30), (2026, 6, 30), None),
        ("6月，", "6月", Span.STRETCH, (2026, 6, 1), (2026, 6, 30), None),
        ("2月，", "2月", Span.STRETCH, (2026, 2, 1), (2026, 2, 28), None),
        ("2028年2月，", "2028年2月", Span.STRETCH, (2028, 2, 1), (2028, 2, 29), 2028),
        ("7月底完工", "7月底", Span.POINT, (2026, 7, 31), (2026, 7, 31), None),
        ("5月末，", "5月末", Span.POINT, (2026, 5, 31), (2026, 5, 31), None),
        ("六月底", "六月底", Span.POINT, (2026, 6, 30), (2026, 6, 30), None),
        ("5月下旬每日", "5月下旬", Span.STRETCH, (2026, 5, 21), (2026, 5, 31), None),
        ("4月下旬至5月中旬为", "4月下旬至5月中旬", Span.STRETCH, (2026, 4, 21), (2026, 5, 20), None),
        ("已于3月17日通车", "3月17日", Span.POINT, (2026, 3, 17), (2026, 3, 17), None),
        ("五月二十日", "五月二十日", Span.POINT, (2026, 5, 20), (2026, 5, 20), None),
        ("于2022年3月31日印发", "2022年3月31日", Span.POINT, (2022, 3, 31), (2022, 3, 31), 2022),
        ("二〇二二年三月", "二〇二二年三月", Span.STRETCH, (2022, 3, 1), (2022, 3, 31), 2022),
        ("日期2026-06-30，", "2026-06-30", Span.POINT, (2026, 6, 30), (2026, 6, 30), 2026),
        ("截至7月8日，", "截至7月8日", Span.UP_TO, None, (2026, 7, 8), None),
        ("截止6月30日，", "截止6月30日", Span.UP_TO, None, (2026, 6, 30), None),
        ("截至5月末，", "截至5月末", Span.UP_TO, None, (2026, 5, 31), None),
        ("截至2025年底，", "截至2025年底", Span.UP_TO, None, (2025, 12, 31), 2025),
        ("截至6月，", "截至6月", Span.UP_TO, None, (2026, 6, 30), None),
        ("截至目前，", "截至目前", Span.UP_TO, None, None, None),
        ("目前，", "目前", Span.POINT, None, None, None),
        ("近期无进展", "近期", Span.POINT, None, None, None),
        ("计划8月开始装修", "8月开始", Span.STRETCH, (2026, 8, 1), None, None),
        ("今年以来，", "今年以来", Span.STRETCH, (2026, 1, 1), None, None),
        ("力争年内开街", "年内", Span.BY, (2026, 1, 1), (2026, 12, 31), None),
        ("12月底前完成", "12月底前", Span.BY, None, (2026, 12, 31), None),
        ("年底前完成", "年底前", Span.BY, None, (2026, 12, 31), None),
        ("预计年底完工", "年底", Span.POINT, (2026, 12, 31), (2026, 12, 31), None),
        ("较年初增加", "年初", Span.POINT, (2026, 1, 1), (2026, 1, 1), None),
        ("今年国家暂未", "今年", Span.STRETCH, (2026, 1, 1), (2026, 12, 31), None),
        ("去年，", "去年", Span.STRETCH, (2025, 1, 1), (2025, 12, 31), 2025),
        ("比去年底增长", "去年底", Span.POINT, (2025, 12, 31), (2025, 12, 31), 2025),
        ("较去年同期下降", "去年同期", Span.STRETCH, None, None, 2025),
        ("较2024年同期增长", "2024年同期", Span.STRETCH, None, None, 2024),
        ("2025年底", "2025年底", Span.POINT, (2025, 12, 31), (2025, 12, 31), 2025),
        ("2023年区级重点", "2023年", Span.STRETCH, (2023, 1, 1), (2023, 12, 31), 2023),
        ("“十四五”期间", "“十四五”期间", Span.STRETCH, (2021, 1, 1), (2025, 12, 31), 2025),
        ("（2021—2023年）", "2021—2023年", Span.STRETCH, (2021, 1, 1), (2023, 12, 31), 2023),
        ("计划于今年8-9月开展", "今年8-9月", Span.STRETCH, (2026, 8, 1), (2026, 9, 30), None),
        ("2026年11月至2027年2月", "2026年11月至2027年2月", Span.STRETCH, (2026, 11, 1), (2027, 2, 28), 2027),
        ("11月至2月", "11月至2月", Span.STRETCH, (2026, 11, 1), (2027, 2, 28), None),
    ],
)
def test_a_time_is_read_with_its_kind_and_its_days(text, words, span, first, last, year):
    (period,) = periods(text, 2026)
    assert text[period.start : period.end] == period.words == words
    assert (period.span, period.year) == (span, year)
    assert (period.first, period.last) == (first and date(*first), last and date(*last))
    assert period.impossible is False


@pytest.mark.parametrize(
    "text", ["6月31日", "13月1日", "2026年2月29日", "1-13月", "截至2月30日", "0月", "6月30日至6月31日"]
)
def test_a_day_that_no_calendar_has_is_told(text):
    (period,) = periods(f"于{text}完成", 2026)
    assert (period.words, period.impossible, period.first, period.last) == (text, True, None, None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2个月",
            "近两年",
            "三年行动",
            "每半年召开",
            "半年内",
            "十四五规划",
            "“项目攻坚年”行动",
            "老年人",
            "未成年人",
            "每月",
            "年度任务",
        ),
        *(
            "就业援助月",
            "年产6万吨",
            "五月花",
            "18月龄",
            "〔2022〕1号",
            "2022个",
            "1491国际",
            "百年世家",
            "9:30",
            "3-5家",
        ),
    ],
)
def test_what_only_looks_like_a_time_is_none(text):
    assert [period.words for period in periods(text, 2026)] == []


def test_times_that_touch_are_told_apart():
    text = "1-6月完成5个，截至7月8日完成6个，预计9月底前完成10个。"
    assert [period.words for period in periods(text, 2026)] == ["1-6月", "截至7月8日", "9月底前"]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("1—6月", (2026, 1, 1), (2026, 6, 30)),
        ("上半年", (2026, 1, 1), (2026, 6, 30)),
        ("前三季度", (2026, 1, 1), (2026, 9, 30)),
        ("2022年上半年", (2022, 1, 1), (2022, 6, 30)),
        ("2026年度", (2026, 1, 1), (2026, 12, 31)),
        ("截至6月30日", None, (2026, 6, 30)),
    ],
)
def test_a_reporting_period_has_its_days(words, first, last):
    told = reporting_period(2026, words)
    assert told is not None
    assert (told.first, told.last) == (first and date(*first), date(*last))


@pytest.mark.parametrize("words", ["", "近期", "1—13月", "截至2月30日", "目前", "年底前"])
def test_words_that_tell_no_days_are_no_reporting_period(words):
    assert reporting_period(2026, words) is None

"""Ordinals, Chinese numerals, dates and lists (序号、汉字数字、日期、列举)."""

from __future__ import annotations

import datetime

import pytest

from reportgen.numbering import HEADING_MARKS, chinese_date, circled, hanzi, heading_label


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"), (1, "一"), (9, "九"), (10, "十"), (11, "十一"),
        (19, "十九"), (20, "二十"), (21, "二十一"), (99, "九十九"), (100, "一百"),
        (101, "一百零一"), (105, "一百零五"), (110, "一百一十"), (111, "一百一十一"), (120, "一百二十"),
        (200, "二百"), (999, "九百九十九"), (1000, "一千"), (1001, "一千零一"), (1010, "一千零一十"),
        (1100, "一千一百"), (1101, "一千一百零一"), (2026, "二千零二十六"), (5050, "五千零五十"),
        (9999, "九千九百九十九"),
    ],
)  # fmt: skip
def test_whole_numbers_in_chinese(number: int, text: str) -> None:
    assert hanzi(number) == text


def test_no_two_numbers_share_a_name() -> None:
    assert len({hanzi(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize("number", [-1, 10_000])
def test_other_numbers_have_no_name(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        hanzi(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "①"), (2, "②"), (20, "⑳"), (21, "㉑"), (35, "㉟"), (36, "㊱"), (50, "㊿"), (51, "（51）"), (0, "（0）")],
)
def test_circled_ordinals(number: int, text: str) -> None:
    assert circled(number) == text


@pytest.mark.parametrize(
    ("level", "number", "text"),
    [(1, 1, "一、"), (1, 12, "十二、"), (2, 3, "（三）"), (3, 7, "7."), (3, 10, "10."), (4, 2, "（2）")],
)
def test_heading_labels(level: int, number: int, text: str) -> None:
    assert heading_label(level, number) == text
    matching = [each for each, mark in HEADING_MARKS if mark.fullmatch(text)]
    assert matching == [level]


@pytest.mark.parametrize("level", [0, 5])
def test_there_are_four_levels(level: int) -> None:
    with pytest.raises(ValueError, match=str(level)):
        heading_label(level, 1)


@pytest.mark.parametrize(
    "text", ["1.5万元", "2026.1", "12.5", "(100) 号", "1、2月", "(附件)", "甲、乙", "一是", "（附件）", "100.甲"]
)
def test_what_is_no_ordinal(text: str) -> None:
    assert not any(mark.match(text) for _, mark in HEADING_MARKS)


@pytest.mark.parametrize(
    ("text", "level"), [("(一)甲", 2), ("（十二) 甲", 2), ("1、甲", 3), ("2．甲", 3), ("(1)甲", 4), ("(12） 甲", 4)]
)
def test_ordinals_as_people_type_them(text: str, level: int) -> None:
    assert [each for each, mark in HEADING_MARKS if mark.match(text)] == [level]


@pytest.mark.parametrize(
    ("day", "text"),
    [(datetime.date(2026, 7, 10), "2026年7月10日"), (datetime.date(2026, 12, 1), "2026年12月1日")],
)
def test_dates_have_no_leading_zeros(day: datetime.date, text: str) -> None:
    assert chinese_date(day) == text

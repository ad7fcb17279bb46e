"""Ordinals, Chinese numerals and dates (序号、汉字数字、日期)."""

from __future__ import annotations

import datetime
import re
from functools import cache

_DIGITS = "零一二三四五六七八九"
CIRCLED = "①-⑳㉑-㉟㊱-㊿"
"""The circled ordinals (圈码) that there are, as a regular expression's class has them."""

# GB/T 9704—2012 7.3.3: 一、 （一） 1. （1）, also as people type them: (一) 1、 (1). Neither 1.5 nor 1、2月 is one.
HEADING_MARKS = (
    (1, re.compile(r"[一二三四五六七八九十]{1,3}、")),
    (2, re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")),
    (3, re.compile(r"\d{1,2}[.．、](?!\d)")),
    (4, re.compile(r"[（(]\d{1,2}[）)]")),
)


def hanzi(number: int) -> str:
    """Whole number 0 to 9999 in Chinese numerals (汉字数字): 10 十, 105 一百零五."""
    if not 0 <= number <= 9999:
        raise ValueError(number)
    if number < 10:
        return _DIGITS[number]
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
        gap = not digit
    return text.removeprefix("一") if 10 <= number < 20 else text


@cache
def _by_sign() -> dict[str, int]:
    return {circled(number): number for number in range(1, 51)} | {hanzi(number): number for number in range(10000)}


def number_value(text: str) -> int | None:
    """The whole number (数值) that figures, Chinese numerals or a circle say: 12, 十二, 两, ⑫; None for others."""
    if text.isdecimal():
        return int(text)
    if text == "两":
        return 2
    return _by_sign().get(text) or _by_sign().get(f"一{text}")


def circled(number: int) -> str:
    """Circled ordinal (圈码) ① to ㊿; above fifty there is none, so （51）."""
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return f"（{number}）"


def heading_label(level: int, number: int) -> str:
    """Ordinal of a heading (层次序数) of level 1 to 4. GB/T 9704—2012 7.3.3."""
    match level:
        case 1:
            return f"{hanzi(number)}、"
        case 2:
            return f"（{hanzi(number)}）"
        case 3:
            return f"{number}."
        case 4:
            return f"（{number}）"
    raise ValueError(level)


def chinese_date(day: datetime.date) -> str:
    """Date of signature (成文日期): Arabic digits, no leading zeros. GB/T 9704—2012 7.3.5."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_in(text: str) -> datetime.date | None:
    """The date (日期) in one of the ways that offices write it; None for what is none of them.

    Raises `ValueError` for a day that no calendar has.
    """
    parts = re.fullmatch(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*", text)
    return datetime.date(*map(int, parts.groups())) if parts else None

"""Numbers and dates as a spreadsheet shows them (数字格式): the value in a cell plus its number format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

# Built-in formats that stand in no file. ECMA-376 part 1, 18.8.30.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip

# Built-in formats of Chinese Excel and WPS, which stand in no file and in no library's table.
CHINESE_DATES = {
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    34: 'h"时"mm"分"', 35: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
    55: 'h"时"mm"分"', 56: 'h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip

# A literal in quotes, an escaped character, a gap (_x), a filler (*x), a bracketed colour or currency.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[A-Za-z]+\d*\]')
_NUMBER = re.compile(r"General|G/通用格式|@|([#0?,]*[#0?])(?:\.([#0?]*))?|\.([#0?]+)")
_GENERAL_WIDTH = 11
# The greatest number has 309 digits.
_EXACT = Context(prec=800)
# 四万六千二百零三 for 46203.
_CHINESE_DIGITS = "[dbnum"


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format: what stands before and after the number, and the number's own pattern."""

    before: str
    pattern: re.Match[str] | None
    after: str


def number_text(value: int | float, number_format: str) -> str | None:
    """The number as shown; None for a format that this program does not know."""
    if number_format == "General" and type(value) is int:
        return str(value)
    sections = _sections(number_format)
    if not sections or _CHINESE_DIGITS in number_format.lower():
        return None
    amount = _decimal(value)
    if amount == 0 and len(sections) > 2:
        section = sections[2]
    elif amount < 0 and len(sections) > 1:
        section, amount = sections[1], amount.copy_negate()
    else:
        section = sections[0]
    if section.pattern is None:
        return section.before.strip()
    amount = _EXACT.multiply(amount, Decimal(100) ** (section.before + section.after).count("%"))
    sign = "-" if amount < 0 else ""
    return f"{sign}{section.before}{_digits(amount.copy_abs(), section.pattern)}{section.after}".strip()


def general_text(value: int | float) -> str:
    """The number in format 常规: whole numbers in full, others in eleven places, as shown."""
    return _general(_decimal(value))


def _decimal(value: int | float) -> Decimal:
    # A spreadsheet knows 15 digits; the rest is noise of binary fractions (0.1 + 0.2).
    return Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))


def _general(amount: Decimal) -> str:
    if amount == amount.to_integral_value():
        return format(amount.quantize(Decimal(1), context=_EXACT) if amount else Decimal(0), "f")
    whole = len(str(int(abs(amount))))
    rounded = _rounded(amount, max(0, _GENERAL_WIDTH - 1 - whole))
    if rounded == 0:
        return format(amount, "f")
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)


def _sections(number_format: str) -> list[_Section]:
    """The sections of a format, empty if one of them has parts that are not understood."""
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match[1] or match[2] or match[3] or "")
        return f"\ue000{len(literals) - 1}\ue001"

    found: list[_Section] = []
    for part in _LITERAL.sub(keep, number_format).split(";")[:3]:
        plain = re.sub("\ue000\\d+\ue001", lambda mark: "\ue002" * len(mark[0]), part)
        numbers = list(_NUMBER.finditer(plain))
        pattern = numbers[0] if numbers else None
        head, tail = (part[: pattern.start()], part[pattern.end() :]) if pattern else (part, "")
        if len(numbers) > 1 or not all(_is_plain(text) for text in (head, tail)):
            return []
        if pattern and pattern[0].endswith(","):
            return []
        found.append(_Section(_restore(head, literals), pattern, _restore(tail, literals)))
    return found


def _is_plain(text: str) -> bool:
    rest = re.sub("\ue000\\d+\ue001", "", text)
    return not re.search(r"[A-Za-z\[\]/,.]", rest)


def _restore(text: str, literals: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue001", lambda mark: literals[int(mark[1])], text)


def _digits(amount: Decimal, pattern: re.Match[str]) -> str:
    if pattern[0] in ("General", "G/通用格式", "@"):
        return _general(amount)
    whole_pattern = pattern[1] or ""
    part_pattern = pattern[2] or pattern[3] or ""
    whole, _, part = format(_rounded(amount, len(part_pattern)), "f").partition(".")
    least = whole_pattern.count("0")
    whole = "" if whole == "0" and least == 0 else whole.zfill(least)
    if "," in whole_pattern:
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole)
    needed = len(part_pattern.rstrip("#?"))
    while len(part) > needed and part.endswith("0"):
        part = part[:-1]
    return f"{whole}.{part}" if part else whole


# A literal is no part of a date, an elapsed time in brackets is one; 上午 and PM say nothing that 14:30 does not.
_NO_DATE_PART = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|am/pm|a/p|上午/下午|general|standard|g/通用格式', re.IGNORECASE
)
# The system's own long date and time, whatever stands behind.
_SYSTEM_DATE, _SYSTEM_TIME = "[$-f800]", "[$-f400]"
_WEEKDAYS = "一二三四五六日"
# 1900-02-29, which Excel takes for a day.
_NO_DAY = 60


@cache
def _date_parts(number_format: str) -> str:
    """The parts that a format shows of a moment: y, m, d, w for the weekday, h for the time of day."""
    written = number_format.split(";")[0].lower()
    if _SYSTEM_DATE in written:
        return "ymd"
    if _SYSTEM_TIME in written:
        return "h"
    shown = _NO_DATE_PART.sub(" ", written)
    # Minutes are an m, too.
    days = re.sub(r"\[?h+\]?[^a-z]*m{1,2}|\[m+\]|m{1,2}[^a-z]*s+(?:\.0+)?", "", shown)
    parts = {"y": "[ye]", "m": "m", "d": "(?<!d)d{1,2}(?!d)", "w": "d{3}|a{3}"}
    found = "".join(part for part, mark in parts.items() if re.search(mark, days))
    return found + ("h" if re.search("[hs]|\\[m", shown) else "")


@cache
def is_date(number_format: str) -> bool:
    """Whether a format shows a number as a date or time (日期格式)."""
    written = number_format.split(";")[0]
    if re.search(r"[0#?]", re.sub(r"[sS]\.0+", "s", _NO_DATE_PART.sub(" ", written))):
        return False  # 0.00E+00 has an E, as the years of an era
    return bool(_date_parts(number_format))


def moment_of(value: int | float, number_format: str, from_1904: bool) -> datetime | time | timedelta | None:
    """The moment (时刻) for which a number stands in a format of dates; None if it stands for none."""
    if value < 0 or value >= _LAST_DAY:
        return None
    seconds = round(value * 86400)
    if _ELAPSED.search(number_format):
        return timedelta(seconds=seconds)
    day, rest = divmod(seconds, 86400)
    if _date_parts(number_format).strip("h") == "":
        return time(rest // 3600, rest // 60 % 60, rest % 60)
    if from_1904:
        first = datetime(1904, 1, 1)
    elif day in (0, _NO_DAY):
        return None
    else:
        first = datetime(1899, 12, 31) if day < _NO_DAY else datetime(1899, 12, 30)
    try:
        return first + timedelta(days=day, seconds=rest)
    except OverflowError:
        return None


# 10000-01-01.
_LAST_DAY = 2_958_466
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)


def date_text(value: date | time | timedelta, number_format: str) -> str:
    """A date as 2026年6月30日, with as many parts as its format shows."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return _clock(minutes // 60, minutes % 60, seconds)
    if isinstance(value, time):
        return _clock(value.hour, value.minute, value.second)
    shown = _date_parts(number_format) or "ymd"
    parts = [(value.year, "年", "y"), (value.month, "月", "m"), (value.day, "日", "d")]
    texts = ["".join(f"{number}{unit}" for number, unit, mark in parts if mark in shown)]
    if "w" in shown:
        texts.append(f"星期{_WEEKDAYS[value.weekday()]}")
    if "h" in shown and isinstance(value, datetime):
        texts.append(_clock(value.hour, value.minute, value.second))
    return " ".join(filter(None, texts))


def _clock(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")

"""Filters for report texts (过滤器): plain functions from text, numbers and ledger entries to wording.

Each refuses what it cannot say properly instead of printing something that only a programmer can read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from reportgen import numbering

MAX_TEXT = 1_000_000
"""Characters of one text, entries of one list."""


class Unfit(ValueError):
    """A value that a text cannot take (不合用的值); its words are for the user."""


def as_text(value: Any) -> str:
    """Text or a number as text; lists, entries, true and nothing are refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise Unfit("这里只能写出文字和数字；列表请用 join、listing 等连成文字，条目请写明取哪一项")


def joined(items: Iterable[Any], separator: Any = "") -> str:
    """The texts one after another; never longer than a text may be."""
    texts = [as_text(item) for item in items]
    between = as_text(separator)
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_TEXT:
        raise Unfit("连成的文字过长")
    return between.join(texts)


def _join(items: Iterable[Any], separator: Any = "") -> str:
    # A text is a sequence of characters to Python; to join those is never meant.
    return as_text(items) if isinstance(items, str) else joined(items, separator)


def _replace(text: Any, old: str, new: str) -> str:
    line = as_text(text)
    if not old or len(line) + line.count(old) * len(new) > MAX_TEXT:
        raise Unfit("replace 要替换的文字不能为空，结果不能过长")
    return line.replace(old, new)


def _number(value: Any) -> float:
    """A number, also if written as text; a text that is none is refused, where Jinja would make 0 of it."""
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", str(value)):
        raise Unfit("这里需要一个数字")
    return float(value)


def _int(value: Any) -> int:
    return int(_number(value))


def _round(value: Any, places: int = 0) -> int | float:
    if places not in range(7):
        raise Unfit("小数位数应为 0 到 6")
    number = round(_number(value) + 0.0, places)
    return int(number) if places == 0 else number


def _sum(items: Iterable[Any]) -> int | float:
    numbers = [_number(item) for item in items]
    total = sum(numbers)
    return int(total) if total == int(total) else total


def _respectively(items: Iterable[Any]) -> str:
    """分别是： before several, 是： before one."""
    return "分别是：" if len(list(items)) > 1 else "是："


def _circled(items: Iterable[Any]) -> list[str]:
    """①②③ before each of several sentences; one alone needs no number."""
    sentences = [as_text(item) for item in items]
    if len(sentences) < 2:
        return sentences
    return [numbering.circled(number) + sentence for number, sentence in enumerate(sentences, 1)]


def _hanzi(number: Any) -> str:
    if not isinstance(number, int) or not 0 <= number <= 9999:
        raise Unfit("hanzi 只能用于 0 到 9999 的整数")
    return numbering.hanzi(number)


def _listing(items: Iterable[Any], separator: str = "、", last: str = "和") -> str:
    texts = [as_text(item) for item in items]
    return joined([joined(texts[:-1], separator), last, texts[-1]]) if len(texts) > 1 else "".join(texts)


def _sentence(text: Any) -> str:
    """One line with a full stop at its end."""
    line = _one_line(text)
    return line if not line or line[-1] in "。！？；…" else line + "。"


def _one_line(text: Any) -> str:
    return "".join(as_text(text).split("\n"))


def _first_sentence(text: Any) -> str:
    match = re.match(r"[^。！？]*[。！？]?", _one_line(text))
    return match[0] if match else ""


def _clause(text: Any, period: str = "") -> str:
    """The first sentence without its full stop and without the period at its head."""
    return _first_sentence(text).rstrip("。！？").removeprefix(period).lstrip("，")


def _phrases(entries: Iterable[Mapping[str, Any]], period: str = "") -> list[str]:
    """The wording for the body of each entry: its 报告用语, or where it has none the first clause of its progress."""
    return [entry["phrase"] or _clause(entry["progress"] or entry["text"], period) for entry in entries]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "circled": _circled,
    "clause": _clause,
    "first_sentence": _first_sentence,
    "float": _number,
    "hanzi": _hanzi,
    "int": _int,
    "join": _join,
    "listing": _listing,
    "lower": lambda text: as_text(text).lower(),
    "one_line": _one_line,
    "phrases": _phrases,
    "replace": _replace,
    "respectively": _respectively,
    "round": _round,
    "sentence": _sentence,
    "string": as_text,
    "sum": _sum,
    "trim": lambda text: as_text(text).strip(),
    "upper": lambda text: as_text(text).upper(),
}
"""The filters by the name that a template calls them."""


def plus(left: Any, right: Any) -> Any:
    """`+` of numbers, texts or lists, within bounds."""
    if isinstance(left, str) and isinstance(right, str):
        return joined([left, right])
    if isinstance(left, Sequence) and isinstance(right, Sequence) and type(left) is type(right):
        if len(left) + len(right) > MAX_TEXT:
            raise Unfit("列表过长")
        return [*left, *right]
    return _numbers("+", left, right)[0] + _numbers("+", left, right)[1]


def times(left: Any, right: Any) -> Any:
    """`*` of numbers: that of a text or list would build up memory without bound."""
    left, right = _numbers("*", left, right)
    return left * right


def _numbers(operator: str, *values: Any) -> tuple[Any, ...]:
    if not all(isinstance(value, (int, float)) and abs(value) < 1e12 for value in values):
        raise Unfit(f"不允许使用运算 {operator}：两边不是合适的数字")
    return values

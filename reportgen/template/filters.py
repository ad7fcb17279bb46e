"""Filters for report texts (过滤器): plain functions from text, numbers and ledger entries to wording.

Each refuses what it cannot say properly instead of printing something that only a programmer can read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, overload

from reportgen import numbering
from reportgen.limits import held


class Unfit(ValueError):
    """A value that a text cannot take (不合用的值); its words are for the user."""


class PlainEntries(Sequence[dict[str, Any]]):
    """The entries of a list as a template sees them (条目清单): texts and lists of texts, made when it asks."""

    def __init__(self, entries: Sequence[Any], fields: Sequence[str]) -> None:
        self._entries, self._fields = entries, fields

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        found = self._entries[index]
        return [*map(self._plain, found)] if isinstance(index, slice) else self._plain(found)

    def _plain(self, entry: object) -> dict[str, Any]:
        values = {name: getattr(entry, name) for name in self._fields}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def as_text(value: Any) -> str:
    """Text or a number as text; lists, entries, true and nothing are refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # Never 1e-07, which only a programmer can read.
        return str(value) if isinstance(value, int) or "e" not in str(value) else f"{_decimal(value):f}"
    raise Unfit("这里只能写出文字和数字；列表请用 join、listing 等连成文字，条目请写明取哪一项")


def joined(items: Iterable[Any], separator: Any = "") -> str:
    """The texts one after another; never longer than a text may be."""
    texts = [as_text(item) for item in items]
    between = as_text(separator)
    if sum(map(len, texts)) + len(between) * len(texts) > (most := held().texts.expression_characters):
        raise Unfit(f"连成的文字过长，超过 {most} 字")
    return between.join(texts)


def _join(items: Iterable[Any], separator: Any = "") -> str:
    # A text is a sequence of characters to Python; to join those is never meant.
    return as_text(items) if isinstance(items, str) else joined(items, separator)


def _replace(text: Any, old: str, new: str) -> str:
    line = as_text(text)
    most = held().texts.expression_characters
    if not old or len(line) + line.count(old) * len(new) > most:
        raise Unfit(f"replace 要替换的文字不能为空，结果不能超过 {most} 字")
    return line.replace(old, new)


def _decimal(value: Any) -> Decimal:
    """A number, also if written as text; a text that is none is refused, where Jinja would make 0 of it."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
    if is_number or (isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value)):
        # By way of its text a decimal is what somebody wrote: 0.1 and no binary fraction near it.
        return Decimal(str(value))
    raise Unfit("这里需要一个数字")


def _number(value: Any) -> float:
    return float(_decimal(value))


def _int(value: Any) -> int:
    return int(_decimal(value))


def _round(value: Any, places: int = 0) -> int | float:
    """The number rounded as offices do (四舍五入): 0.5 up, away from nought."""
    if not isinstance(places, int) or places not in range(7):
        raise Unfit("小数位数应为 0 到 6")
    number = _decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return int(number) if places == 0 else float(number) + 0.0


def _sum(items: Iterable[Any]) -> int | float:
    total = sum(map(_decimal, items), Decimal(0))
    return int(total) if total == int(total) else float(total)


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


_STOPS = "。！？…"
_PAUSES = "；，、：;,:."


def _sentence(text: Any) -> str:
    """One line, without an ordinal of its own at its head, with a full stop at its end."""
    line = re.sub(r"^\d{1,3}[.．、]\s*(?!\d)", "", _one_line(text)).rstrip(_PAUSES)
    return line if not line or line[-1] in _STOPS else line + "。"


def _one_line(text: Any) -> str:
    """The lines of a text on one, a comma between two that no mark parts."""
    joined_lines = ""
    for line in as_text(text).split("\n"):
        open_end = joined_lines and joined_lines[-1] not in _STOPS + _PAUSES
        joined_lines += ("，" if open_end and line else "") + line
    return joined_lines


def _first_sentence(text: Any) -> str:
    match = re.match(r"[^。！？]*[。！？]?", _one_line(text))
    return match[0] if match else ""


def _clause(text: Any, period: str = "") -> str:
    """The first sentence without its full stop and without the period at its head."""
    return _first_sentence(text).rstrip(_STOPS + _PAUSES).removeprefix(period).lstrip("，")


def _phrases(entries: Iterable[Mapping[str, Any]], period: str = "") -> list[str]:
    """The wording for the body of each entry: its 报告用语, else its text with the first clause of its progress."""
    return [_phrase(entry, period) for entry in entries]


def _phrase(entry: Mapping[str, Any], period: str) -> str:
    # Somebody's own words: of them only a Chinese mark at the end goes, since another follows it.
    own = _one_line(entry["phrase"]).rstrip("。；，、")
    if own:
        return own
    clause = re.sub(r"（[^（）]*）|^[①-⑳]", "", _clause(entry["progress"], period)).lstrip("①：:")
    name = _one_line(entry["text"]).rstrip(_STOPS + _PAUSES)
    if clause and clause[:_SAME_SUBJECT] == name[:_SAME_SUBJECT]:
        return clause.partition("，")[0]
    # In brackets, so that a comma in it does not look like the next entry; brackets in brackets are not written.
    return f"{name}（{clause}）" if clause else name


def _names(entries: Iterable[Mapping[str, Any]], most: int = sys.maxsize) -> str:
    """The entries by name (甲；乙), as a sentence has them in brackets; behind the first `most` of more stands 等.

    A name holds no semicolon of its own, but it may hold commas of a list.
    """
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise Unfit("names 最多列出的项数应为 1 以上的整数")
    texts = [as_text(entry["text"]) for entry in entries]
    short = [_name(text) for text in texts]
    # Two of one name would be told apart by nobody.
    names = [_whole(text) if short.count(name) > 1 else name for text, name in zip(texts, short, strict=True)][:most]
    return joined(names, "；") + ("等" if len(texts) > most else "")


_LONGEST_NAME = 40


def _whole(text: str) -> str:
    """A text on one line without its ordinal and its last mark."""
    return _sentence(text).rstrip(_STOPS + _PAUSES)


def _name(text: str) -> str:
    """What a text is called in a list: its words up to the first comma that stands in no brackets or quotes."""
    whole = _whole(text)
    depth = 0
    for at, letter in enumerate(whole):
        depth += (letter in "（《“〔(") - (letter in "）》”〕)")
        if depth <= 0 and letter in "，；。！？;" and at:
            whole = whole[:at]
            break
    return whole if len(whole) <= _LONGEST_NAME else whole[:_LONGEST_NAME] + "……"


# A progress that begins with as many characters of its goal names the same indicator.
_SAME_SUBJECT = 4


def _period_name(period: Any) -> str:
    """The usual name of a span of months: 1—6月 is 上半年; any other period is called as it is written."""
    months = re.fullmatch(r"(\d{1,2})\s*[-—–－~～至到]+\s*(\d{1,2})\s*月份?", as_text(period).strip())
    return _PERIODS.get((int(months[1]), int(months[2])), as_text(period)) if months else as_text(period)


_PERIODS = {(1, 3): "一季度", (1, 6): "上半年", (1, 9): "前三季度", (7, 12): "下半年", (1, 12): "全年"}


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
    "names": _names,
    "one_line": _one_line,
    "period_name": _period_name,
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
    left, right = (list(side) if isinstance(side, PlainEntries) else side for side in (left, right))
    if isinstance(left, Sequence) and isinstance(right, Sequence) and type(left) is type(right):
        if len(left) + len(right) > (most := held().texts.expression_characters):
            raise Unfit(f"列表过长，超过 {most} 项")
        return [*left, *right]
    return _reckoned("+", left, right)


def minus(left: Any, right: Any) -> Any:
    """`-` of numbers."""
    return _reckoned("-", left, right)


def times(left: Any, right: Any) -> Any:
    """`*` of numbers: that of a text or list would build up memory without bound."""
    return _reckoned("*", left, right)


def _reckoned(operator: str, *values: Any) -> int | float:
    """The result in decimal, so that 0.1 + 0.2 is 0.3; whole numbers give a whole number."""
    if not all(isinstance(value, (int, float)) and abs(value) < 1e12 for value in values):
        raise Unfit(f"不允许使用运算 {operator}：两边不是合适的数字")
    left, right = (_decimal(value + 0) for value in values)
    result = left + right if operator == "+" else left - right if operator == "-" else left * right
    return float(result) if any(isinstance(value, float) for value in values) else int(result)

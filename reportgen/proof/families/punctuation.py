"""Marks (标点): brackets and quotes in pairs, not inside each other; no half-width marks in Chinese, none doubled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportgen.package import short
from reportgen.proof.families.gathering import gathered
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the marks of each text (标点)."""
    yield from _unpaired(manuscript, settings)
    for text in manuscript.every_text():
        # Numbers and ids have no prose; `（1)` there is the office's own way.
        if text.stands_elsewhere or text.field in ("id", "given_no") or not text.content:
            continue
        yield from gathered(_nested(text, settings))
        yield from _half_width(text, settings)
        yield from gathered(_doubled(text, settings))


# --- in pairs -------------------------------------------------------------------------------------------------------

# Which opening and closing marks may go together; a half-width partner is told as half-width, not as missing.
_FAMILIES = {"（(": "）)", "‘": "’", "《": "》", "〈": "〉", "〔［": "〕］", "【": "】", "「": "」", "『": "』"}
_OPEN = {mark: kind for kind, opens in enumerate(_FAMILIES) for mark in opens}
_CLOSE = {mark: kind for kind, closes in enumerate(_FAMILIES.values()) for mark in closes}
_BRACKETS = re.compile("[" + re.escape("".join(_OPEN) + "".join(_CLOSE)) + "]")
# 1) a） ②) at the beginning of an item: a number, no bracket.
_ITEM_NUMBER = re.compile(r"(?:^|[\s。；;：:，,、！？])(?:[0-9]{1,3}|[a-zA-Z]|[①-⑳]|[一二三四五六七八九十]{1,3})$")
# don’t, 80’s: an apostrophe, no quote; 5’, ’22 as well.
_APOSTROPHE_BEFORE = re.compile(r"[A-Za-z0-9]$")
_YEAR_BEHIND = re.compile(r"[0-9]{2}(?:[届级年]|$)")
_QUOTES = re.compile("[“”]")
_QUOTE = -1
# Over so many paragraphs a quotation or a bracket may go on.
_GOES_ON = 20
_PAIR_FIX = "请补上另一半，或删去多余的这一半"


@dataclass(frozen=True, slots=True)
class _Odd:
    """A mark without its partner: where it stands, which family, and whether it opens."""

    at: int
    kind: int
    opens: bool


def _unpaired(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    found = [(text, _odd_brackets(text.content)) for text in manuscript.every_text()]
    goes_on = _going_on(manuscript.texts, found)
    for text, odd in found:
        if not text.stands_elsewhere:
            open_elsewhere = goes_on.get(id(text), frozenset())
            yield from gathered(_told_odd(text, [each for each in odd if each.kind not in open_elsewhere], settings))
            if _QUOTE not in open_elsewhere:
                yield from _odd_quotes(text, settings)


def _going_on(texts: Sequence[Text], found: Iterable[tuple[Text, tuple[_Odd, ...]]]) -> dict[int, frozenset[int]]:
    """The families that go on over each paragraph: opened in one, closed in one of the next; those between may too."""
    odd_of = {id(text): odd for text, odd in found}
    kinds: dict[int, set[int]] = {}
    opened: dict[int, int] = {}
    for number, text in enumerate(texts):
        if text.role is not Role.PARAGRAPH:
            opened.clear()
            continue
        odd = [(each.kind, each.opens) for each in odd_of[id(text)]]
        if quotes := text.content.count("“") - text.content.count("”"):
            odd.append((_QUOTE, quotes > 0))
            # Each paragraph of a quotation may begin with its mark, and only the last one ends with it.
            if quotes > 0 and any(other.content.lstrip()[:1] == "“" for other in texts[number + 1 : number + 2]):
                kinds.setdefault(id(text), set()).add(_QUOTE)
        for kind, opens in odd:
            if opens:
                opened.setdefault(kind, number)
            elif (first := opened.pop(kind, number)) != number and number - first <= _GOES_ON:
                for each in texts[first : number + 1]:
                    kinds.setdefault(id(each), set()).add(kind)
    return {key: frozenset(value) for key, value in kinds.items()}


def _told_odd(text: Text, odd: Iterable[_Odd], settings: Settings) -> Iterator[Finding]:
    for each in odd:
        what = f"「{text.content[each.at]}」没有成对：缺{'后' if each.opens else '前'}一半"
        yield from settings.finding(Rule.MARK_UNPAIRED, what, _PAIR_FIX, _around(text, each.at))


def _odd_brackets(content: str) -> tuple[_Odd, ...]:
    """All brackets and inner quotes without partner, by what stands open where each one closes."""
    stack: list[_Odd] = []
    odd: list[_Odd] = []
    for match in _BRACKETS.finditer(content):
        mark, at = match[0], match.start()
        if (kind := _OPEN.get(mark)) is not None:
            stack.append(_Odd(at, kind, opens=True))
            continue
        kind = _CLOSE[mark]
        depth = next((i for i in range(len(stack) - 1, max(-1, len(stack) - 21), -1) if stack[i].kind == kind), None)
        if depth is not None:
            odd += stack[depth + 1 :]
            del stack[depth:]
        elif not _stands_alone(mark, content[max(0, at - 4) : at], content[at + 1 : at + 4]):
            odd.append(_Odd(at, kind, opens=False))
    odd += [each for each in stack if not _is_apostrophe(content, each.at)]
    return tuple(sorted(odd, key=lambda each: each.at))


def _stands_alone(mark: str, before: str, after: str) -> bool:
    """A closing mark that needs no partner: the apostrophe, the bracket of an item's number."""
    if mark == "’":
        return bool(_APOSTROPHE_BEFORE.search(before) or _YEAR_BEHIND.match(after))
    return mark in "）)" and bool(_ITEM_NUMBER.search(before))


def _is_apostrophe(content: str, at: int) -> bool:
    return content[at] == "‘" and bool(re.match(r"[0-9]{2}|[a-z]{1,2}\b", content[at + 1 : at + 4]))


def _odd_quotes(text: Text, settings: Settings) -> Iterator[Finding]:
    """“ and ” take turns: an even number that does not has one the wrong way round, an odd number lacks one."""
    marks = [(match.start(), match[0]) for match in _QUOTES.finditer(text.content)]
    wrong = [at for number, (at, mark) in enumerate(marks) if mark != "“”"[number % 2]]
    if len(marks) % 2 == 0 and wrong:
        at = wrong[0]
        mark = text.content[at]
        what = f"双引号前后不成对：这里的「{mark}」应是「{'”' if mark == '“' else '“'}」"
        fix = "请改正引号的方向；如果是漏了另一半，请补上"
        yield from settings.finding(Rule.MARK_UNPAIRED, what, fix, _around(text, at, opens=mark == "”"))
    elif len(marks) % 2:
        # The one that breaks the turn: the second of two equal ones in a row tells that the partner is missing before.
        turns = [i for i, (one, two) in enumerate(pairwise(mark for _, mark in marks)) if one == two]
        place = turns[0] if turns and marks[0][1] == "“" else (0 if marks[0][1] == "”" else len(marks) - 1)
        at, mark = marks[place]
        if mark == "”" and marks[0][1] == "“" and turns:
            at = marks[place + 1][0]
        what = f"双引号不成对：「{text.content[at]}」缺{'后' if text.content[at] == '“' else '前'}一半"
        yield from settings.finding(Rule.MARK_UNPAIRED, what, _PAIR_FIX, _around(text, at))


# A lone mark is hard to find: so many letters beside it are shown with it.
_BESIDE = 6


def _around(text: Text, at: int, opens: bool | None = None) -> Mark:
    """The mark with the letters beside it, within its line: those behind it if it opens."""
    content = text.content
    if opens is None:
        opens = content[at] in _OPEN or content[at] == "“"
    start, end = (at, min(len(content), at + 1 + _BESIDE)) if opens else (max(0, at - _BESIDE), at + 1)
    line = content[start:end]
    if opens:
        return Mark(text=text, start=start, end=start + len(line.split("\n", 1)[0]))
    return Mark(text=text, start=end - len(line.rsplit("\n", 1)[-1]), end=end)


# --- inside each other ----------------------------------------------------------------------------------------------

_NESTABLE = re.compile(r"[（()）《》〈〉＜＞<>“”]")
# What stands in quotes or in 〈〉 between two brackets keeps them apart.
_KIND = {mark: kinds[0] for kinds in ("（(）)", "《》", "〈〉＜＞<>", "“”") for mark in kinds}
# 第（一）项, （1）, （中国）公司: what stands in the inner brackets belongs to a number or a name.
_NUMBER_INSIDE = re.compile(r"[0-9一二三四五六七八九十]{1,3}|[a-zA-Z]|[ivxIVX]{1,4}")
_NAME_INSIDE = re.compile(rf"[{_HAN}]{{1,4}}")
_STRAIGHT_QUOTES = ('"', "'", "‘", "「")
_MOST_INSIDE = 400


def _nested(text: Text, settings: Settings) -> Iterator[Finding]:
    content = text.content
    stack: list[tuple[int, str]] = []
    told_to = 0
    for match in _NESTABLE.finditer(content):
        mark, at = match[0], match.start()
        kind = _KIND[mark]
        if mark in "（(《〈＜<“":
            stack.append((at, kind))
            continue
        if not stack or stack[-1][1] != kind:
            stack = [] if kind in "（《" else stack
            continue
        start, _ = stack.pop()
        if not stack or stack[-1][1] != kind or start < told_to or kind not in "（《":
            continue
        inner = content[start + 1 : at]
        if content[start - 1 : start] in _STRAIGHT_QUOTES:
            continue
        if kind == "（" and (_NUMBER_INSIDE.fullmatch(inner) or _is_part_of_name(content, inner, at)):
            continue
        outer = stack[-1][0]
        end = _end_of(content, outer, kind)
        if end is None or end - outer > _MOST_INSIDE:
            continue
        told_to = end
        if kind == "（":
            what, fix = "括号里面又套同样的括号", "请改写成一层括号，或里层改用逗号、破折号隔开"
        else:
            what, fix = "书名号里面又套书名号", "里层请改用单书名号〈〉"
        yield from settings.finding(Rule.MARK_NESTED, what, fix, Mark(text=text, start=outer, end=end))


def _is_part_of_name(content: str, inner: str, at: int) -> bool:
    """（含某某集团（中国）公司）, （包括拦、跨（穿）建筑物）: short, and the name goes on behind it."""
    goes_on = len(inner) <= 2 or re.match(rf"[{_HAN}]", content[at + 1 : at + 2])
    return bool(goes_on and _NAME_INSIDE.fullmatch(inner))


def _end_of(content: str, outer: int, kind: str) -> int | None:
    depth = 0
    for match in _NESTABLE.finditer(content, outer, outer + _MOST_INSIDE + 1):
        if match[0] in ("（(" if kind == "（" else "《"):
            depth += 1
        elif match[0] in ("）)" if kind == "（" else "》"):
            depth -= 1
            if depth == 0:
                return match.end()
    return None


# --- half-width -----------------------------------------------------------------------------------------------------

# What is written in half-width marks by right: addresses, file names, times, ratios, stake numbers.
_FOREIGN = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*"
    r"|www\.[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+"
    r"|[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,64}"
    rf"|[{_HAN}\w\-（）()]{{0,60}}\.(?:docx?|xlsx?|pptx?|pdf|wps|et|csv|txt|zip|rar|jpe?g|png|ya?ml|html?|ofd)(?![A-Za-z])",
    re.IGNORECASE,
)
_BESIDE_CHINESE = rf"[{_HAN}“”‘’《》（）〔〕【】、。，；：！？…]"
_PLAIN = re.compile(r"[,;:?!]")
_FULL_WIDTH = dict(zip(",;:?!().", "，；：？！（）。", strict=True))
_ROUND = re.compile(r"\(([^()（）\n]{0,200})\)")
_SMALL_NUMBER = re.compile(r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z]|[ivxIVX]{1,4}")
_CHINESE = re.compile(rf"[{_HAN}]")
_BESIDE_MARK = re.compile(_BESIDE_CHINESE)
_STOP = re.compile(rf"(?<=[{_HAN}%％）”》])\.(?=[{_HAN}\s0-9①-⑳]|$)")
_ORDINAL_BEFORE = re.compile(r"(?:^|[\s。；：，])[一二三四五六七八九十]{1,3}$")
_STRAIGHT = re.compile('"')
_MOST_MARKS = 20


def _half_width(text: Text, settings: Settings) -> Iterator[Finding]:
    content = text.content
    foreign = [match.span() for match in _FOREIGN.finditer(content)] if "." in content or "@" in content else []
    spans = [
        span
        for span in (*_plain_marks(content), *_round_brackets(content), *_stops(content), *_straight_quotes(content))
        if not any(start <= span[0] and span[1] <= end for start, end in foreign)
    ]
    if not spans:
        return
    spans.sort()
    wrong = "".join(dict.fromkeys(letter for start, end in spans for letter in (content[start], content[end - 1])))
    shown = "".join(f"「{letter}」" for letter in wrong)
    right = "".join(f"「{_FULL_WIDTH.get(letter, '“”')}」" for letter in wrong)
    what = f"中文里用了半角标点{shown}"
    marks = [Mark(text=text, start=start, end=end) for start, end in spans[:_MOST_MARKS]]
    if len(spans) > len(marks):
        what += f"，共 {len(spans)} 处"
    yield from settings.finding(Rule.MARK_HALF_WIDTH, what, f"请改用全角的{right}", *marks)


def _beside(content: str, at: int, step: int) -> str:
    """The next letter on that side, blanks passed over."""
    at += step
    while 0 <= at < len(content) and content[at] in " \u00a0" and abs(step) < 2:
        at += step
    return content[at] if 0 <= at < len(content) else ""


def _plain_marks(content: str) -> Iterator[tuple[int, int]]:
    for match in _PLAIN.finditer(content):
        at = match.start()
        before, after = content[at - 1 : at], _beside(content, at, 1)
        if _BESIDE_MARK.fullmatch(before) or _CHINESE.fullmatch(after):
            yield at, at + 1


def _round_brackets(content: str) -> Iterator[tuple[int, int]]:
    for match in _ROUND.finditer(content):
        inner = match[1]
        if _SMALL_NUMBER.fullmatch(inner.strip()):
            continue
        before, after = content[match.start() - 1 : match.start()], content[match.end() : match.end() + 1]
        if _CHINESE.search(inner) or _CHINESE.fullmatch(before) or _CHINESE.fullmatch(after):
            yield match.span()


def _stops(content: str) -> Iterator[tuple[int, int]]:
    for match in _STOP.finditer(content):
        line = content[max(0, match.start() - 4) : match.start()]
        if not _ORDINAL_BEFORE.search(line):
            yield match.span()


def _straight_quotes(content: str) -> Iterator[tuple[int, int]]:
    """Straight quotes around or beside Chinese; 6" and 6"×8" are inches."""
    start: int | None = None
    for match in _STRAIGHT.finditer(content):
        at = match.start()
        if start is None:
            if not re.match(r"[0-9]", content[at - 1 : at]) or re.match(rf"[{_HAN}]", content[at + 1 : at + 2]) is None:
                start = None if re.match(r"[0-9]", content[at - 1 : at]) else at
            continue
        if _CHINESE.search(content[start:at]) or _CHINESE.fullmatch(content[start - 1 : start]):
            yield start, at + 1
        start = None


# --- doubled --------------------------------------------------------------------------------------------------------

_DOUBLED = re.compile(
    r"(?:[，。、；：][ \u3000]{0,3}[，。、；：,;]|[,;][ \u3000]{0,3}[，。、；：]|[！？][，。、；：])+"
    r"|([。，；、])[”』」]\1"
)


def _doubled(text: Text, settings: Settings) -> Iterator[Finding]:
    for match in _DOUBLED.finditer(text.content):
        what = f"标点连用：「{short(match[0], 12)}」"
        fix = "请只留一个标点"
        yield from settings.finding(Rule.MARK_DOUBLED, what, fix, Mark(text=text, start=match.start(), end=match.end()))

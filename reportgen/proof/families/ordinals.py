"""Ordinals (序号): of the rows of a list, of headings and numbered paragraphs, without a leap and each once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reportgen.ledger.words import plain_key
from reportgen.numbering import HEADING_MARKS, number_value
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Listing, Manuscript, Role, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings

_HANZI = "一二三四五六七八九十"
# 1, 1., （1）, 一, 第1: a whole number and nothing else; 1.1 and 3-2 are numbers within another list.
_ROW_NUMBER = re.compile(rf"[(第]?(\d{{1,5}}|[{_HANZI}百]{{1,5}})[).、号]?")
# A few rows out of a longer list keep their numbers there: 3, 17, 45.
_SPARSE = 3
_FIRST_LOST = 3


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the ordinals of a manuscript (核对序号)."""
    before = 0
    for listing in manuscript.listings:
        numbered = _numbered(listing)
        if not _is_an_extract(numbered, before):
            yield from _rows(numbered, before, settings)
        before = numbered[-1].number if numbered else 0
    yield from _paragraphs(manuscript.texts, settings)


# ---- rows -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    """A row with its number (带序号的行), the how manieth it is, and the section in which it stands."""

    number: int
    text: Text
    index: int
    section: int

    @property
    def mark(self) -> Mark:
        return Mark(text=self.text)


def _numbered(listing: Listing) -> list[_Numbered]:
    """The rows whose number is known; a number over several rows is one, and so are those rows."""
    name = "given_no" if listing.kind else next((each for each in listing.fields if plain_key(each) == "序号"), "")
    found: list[_Numbered] = []
    index = section = 0
    last: Row | None = None
    for row in listing.rows:
        text = row.texts.get(name)
        if text is not None and found and text is found[-1].text:
            continue
        index += 1
        if last is not None and row.texts.get("category") is not last.texts.get("category"):
            section += 1
        last = row
        match = _ROW_NUMBER.fullmatch(plain_key(text.content)) if text else None
        number = number_value(match[1]) if match else None
        if text and number is not None:
            found.append(_Numbered(number=number, text=text, index=index, section=section))
    return found


def _is_an_extract(numbered: Sequence[_Numbered], before: int) -> bool:
    """Whether the numbers are those of another, longer list (摘自另一张表): they leap again and again."""
    leaps = sum(each.number > above.number + each.index - above.index for above, each in pairwise(numbered))
    strange = bool(numbered) and numbered[0].number > _FIRST_LOST and numbered[0].number != before + 1
    return leaps > 0 and (strange or leaps * _SPARSE > max(len(numbered), _SPARSE))


def _rows(numbered: Sequence[_Numbered], before: int, settings: Settings) -> Iterator[Finding]:
    if not numbered:
        return
    first = top = numbered[0]
    if first.index < first.number <= _FIRST_LOST and first.number != before + 1:
        yield from settings.finding(Rule.NUMBER_GAP, f"第一个序号是{first.number}", _FIX_GAP, first.mark)
    seen: dict[int, _Numbered] = {first.number: first}
    leapt = 0
    for each in numbered[1:]:
        between = each.index - top.index - 1
        if each.number == 1 and top.number > 1:
            seen, top = {}, each  # a new section counts anew
        elif each.number in seen and each.number == leapt:
            pass  # 3, 5, 5, 6: the first 5 should be 4, and was told
        elif each.number in seen:
            what = f"序号{each.number}用了两次"
            yield from settings.finding(Rule.NUMBER_REPEAT, what, _FIX_REPEAT, each.mark, seen[each.number].mark)
        elif each.number > top.number + between + 1:
            what = f"序号{top.number}之后是{each.number}"
            if between:
                what = f"序号{top.number}到{each.number}之间只有{between}行"
            leapt = each.number
            yield from settings.finding(Rule.NUMBER_GAP, what, _FIX_GAP, each.mark, top.mark)
        seen[each.number] = each
        # One that comes late was told where it was missed.
        top = each if each.number > top.number else top


_FIX_GAP = "请核对：是序号写错了，还是少了一项"
_FIX_REPEAT = "请核对：是序号写错了，还是同一项写了两次"


# ---- headings and numbered paragraphs -----------------------------------------------

# 二、三季度 and 一、二期工程 may begin with no ordinal, a figure may be none either: they count only where they fit.
_NO_ORDINAL = {
    1: re.compile(rf"[{_HANZI}]+(?:季度|月|期|级|类|线|楼|是|产业|者|批)"),
    3: re.compile(r"\s*[\d年月]"),
}
_DEEPEST = 4
_LIKELY = 60


@dataclass(slots=True)
class _Counting:
    """Where the numbering stands (编号进度): the last of each level, and the last one of a level ever."""

    last: dict[int, tuple[int, Mark]] = field(default_factory=dict)
    ever: dict[int, int] = field(default_factory=dict)
    seen: dict[int, dict[int, Mark]] = field(default_factory=dict)
    leapt: dict[int, int] = field(default_factory=dict)

    def begin_below(self, level: int) -> None:
        for deeper in range(level + 1, _DEEPEST + 1):
            self.last.pop(deeper, None)
            self.seen.pop(deeper, None)


def _paragraphs(texts: Sequence[Text], settings: Settings) -> Iterator[Finding]:
    counting = _Counting()
    for text in texts:
        if text.role is Role.ANNEX_TITLE:
            counting = _Counting()
        if text.role not in (Role.HEADING, Role.PARAGRAPH) or (found := _ordinal(text)) is None:
            continue
        level, number, mark, sure = found
        above = counting.last[level][0] if level in counting.last else 0
        if not sure and number != above + 1:
            continue
        yield from _next(counting, level, number, mark, settings)
        counting.begin_below(level)
        counting.last[level] = (number, mark)
        counting.ever[level] = number
        if number == 1:
            counting.seen[level] = {}
        counting.seen.setdefault(level, {})[number] = mark


def _ordinal(text: Text) -> tuple[int, int, Mark, bool] | None:
    """The level and the number that a paragraph begins with, where that stands, and whether it is surely one."""
    content = text.content
    start = len(content) - len(content.lstrip())
    for level, pattern in HEADING_MARKS:
        found = pattern.match(content, start)
        if found and (number := number_value(re.sub(r"[（）().．、]", "", found[0]))):
            sure = not (level in _NO_ORDINAL and _NO_ORDINAL[level].match(content, found.end()))
            return level, number, Mark(text=text, start=start, end=found.end()), sure
    return None


def _next(counting: _Counting, level: int, number: int, mark: Mark, settings: Settings) -> Iterator[Finding]:
    if level not in counting.last:
        # Below a new heading it begins with 1, or goes on through all headings.
        if number in (1, counting.ever.get(level, 0) + 1) or number > _FIRST_LOST:
            return
        what = f"第一个序号是「{mark.quote}」"
        counting.leapt[level] = number
        yield from settings.finding(Rule.NUMBER_GAP, what, _FIX_GAP, mark)
        return
    above, place = counting.last[level]
    if number in (1, above + 1) and not number == 1 == above:
        return
    if number == above == counting.leapt.get(level):
        return  # 一、三、三、: the first 三 should be 二, and was told
    if earlier := counting.seen.get(level, {}).get(number):
        what = f"序号「{mark.quote}」用了两次"
        yield from settings.finding(Rule.NUMBER_REPEAT, what, _FIX_REPEAT, mark, earlier)
    elif number <= _LIKELY:
        what = f"「{place.quote}」之后是「{mark.quote}」"
        counting.leapt[level] = number
        yield from settings.finding(Rule.NUMBER_GAP, what, _FIX_GAP, mark, place)

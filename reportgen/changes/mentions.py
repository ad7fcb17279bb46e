"""The figures of a text with what is said of each (数据及其所指): the indicator, or the words around the figure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from reportgen.changes.progress import NO_YEAR
from reportgen.likeness import letters_of
from reportgen.quantities.amounts import amounts
from reportgen.quantities.indicator_words import BREAK, LEAD, MOVED, TRAIL
from reportgen.quantities.model import Amount, Direction, Statement
from reportgen.quantities.periods import periods
from reportgen.quantities.statements import statements

# A progress text states so many figures at most: more is no text, but a table.
_MOST = 400
_REACH = 40
_TAIL = 12
_MOST_LETTERS_OF = 24
# Where an item begins, and what it is headed with: ①沧浪大道北段：…, 一是抓诊断。…
_ITEM = re.compile(r"(?:^|\n)|[①-⑳]|(?<![\u4e00-\u9fff])[一二三四五六七八九]是")
_ORDINAL = re.compile(
    r"[\s\u3000]*(?:[①-⑳]|[（(]?[一二三四五六七八九十\d]{1,3}[)）.．、](?!\d)|[一二三四五六七八九]是)?"
)
_HEADING = re.compile(r"(?P<heading>[^：:。，；\n\d]{1,30})(?:[：:]|。)")
# A list is one clause: 发放汽车、家电、餐饮券1760万元.
_STOP = re.compile(r"[，。；：:;,\n！？!?（()）【】〔〕《》|]")
# Words that say nothing of what a figure is: then the clause before tells it.
_BARE = re.compile(
    r"(?:已经?|共|累计|均|约|现|也|再|又|各|为|达到|达|至|到|占|有|完成|实现|其中|同比|环比|增长|下降|提高|减少|增加"
    r"|上升|总计|合计|共计|仅|目前|的|比|较|[增降升]至|去年|上年|年度|全年|目标|计划|任务|总|年内|进度)*"
)

# 并网 and 签约 do not begin and end with a filler.
_NO_LEAD = re.compile("并[网购发案]|将军|共[建享同]|也门")
_WHERE = re.compile("[我全本][市区县省]")
_NO_TRAIL = re.compile("[签节履集预解]约$")
_SAYS_MORE = re.compile("已|正|均|共|也|将|拟|全部|完成")


_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure and what is said of it (一处数据): `of` in plain words, `value` as compared, `written` as it stands.

    `indicator` is what a plain statement says it is of, `words` what stands around the figure, each without what may be
    worded now this way, now that; `heading` the item under which it stands.
    """

    start: int
    of: str
    written: str
    value: tuple[Decimal, Decimal | None]
    measure: Hashable
    heading: str
    lead: str
    tail: str
    indicator: Hashable


@lru_cache(maxsize=1024)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every figure of a text with what is said of it (数据及其所指), in reading order."""
    return tuple(_mentions(text))


def _mentions(text: str) -> Iterator[Mention]:
    spans = [(each.start, each.end) for each in periods(text, NO_YEAR)]
    found = [each for each in amounts(text)[:_MOST] if not any(a <= each.start < b for a, b in spans)]
    told = {each.amount.start: each for each in statements(text, NO_YEAR)}
    headings = _headings(text)
    breaks = [match.end() for match in _STOP.finditer(text)]
    end = 0
    for place, amount in enumerate(found):
        following = found[place + 1].start if place + 1 < len(found) else len(text)
        begin = max(end, amount.start - _REACH, breaks[stop - 1] if (stop := bisect_right(breaks, amount.start)) else 0)
        lead = _lead(text, begin, amount.start, spans)
        tail = _tail(text, amount.end, following)
        statement = told.get(amount.start)
        heading = headings[bisect_right(headings, (amount.start, "\U0010ffff")) - 1][1]
        change = statement.change if statement else None
        yield Mention(
            start=amount.start,
            of=_named(statement) if statement else _of(text, (begin, amount.start), tail, heading, spans),
            written=_written(text, amount, statement),
            value=(amount.value if change is None else change, amount.upper),
            measure=(amount.unit, amount.ordinal, change is not None),
            heading=letters_of(heading),
            lead=letters_of(lead),
            tail=letters_of(tail),
            indicator=_indicator(statement) if statement else None,
        )
        end = amount.end


def _headings(text: str) -> list[tuple[int, str]]:
    """Where each item of a text begins and what it is headed with, empty where it has no heading."""
    found = [(0, "")]
    for item in _ITEM.finditer(text):
        ordinal = _ORDINAL.match(text, item.start())
        at = ordinal.end() if ordinal else item.end()
        match = _HEADING.match(text, at)
        found.append((item.start(), match["heading"] if match else ""))
    return found


def _without(text: str, start: int, end: int, spans: Sequence[_Place]) -> str:
    """The words from a place to another, the periods left out."""
    parts = []
    for first, last in spans:
        if start <= first < end:
            parts.append(text[start:first])
            start = min(last, end)
    return "".join((*parts, text[start:end]))


def _lead(text: str, begin: int, end: int, spans: Sequence[_Place], *, shown: bool = False) -> str:
    """What stands before a figure in its clause, without its fillers: 1—6月，累计完成投资 is 完成投资.

    What is shown keeps of what area a figure is: 全市首店2家、全区首店4家.
    """
    words = _without(text, begin, end, spans).strip(" 、\n\u3000")
    start = 0
    while (match := LEAD.match(words, start)) and match.end() > start and match[0] not in ("完成", "实现"):
        if _NO_LEAD.match(words, start) or (shown and _WHERE.match(match[0])):
            break
        start = match.end()
    words = words[start:]
    return words if _NO_TRAIL.search(words) else TRAIL.sub("", words) or words


def _tail(text: str, start: int, following: int) -> str:
    stop = BREAK.search(text, start)
    return text[start : min(following, start + _TAIL, stop.start() if stop else len(text))].strip(" 、")


def _named(statement: Statement) -> str:
    """An indicator as one says it: what was done comes before what it was done to."""
    subject, action = statement.subject, statement.action
    return subject if not action or action in subject else f"{action}{subject}"


def _of(text: str, words: _Place, tail: str, heading: str, spans: Sequence[_Place]) -> str:
    """What a figure is of, by the words around it: where they say nothing, by the clause before or the heading."""
    begin, end = words
    thing = _SAYS_MORE.split(tail)[0]
    thing = thing if len(thing) > 1 else ""
    if not _BARE.fullmatch(f"{_lead(text, begin, end, spans)}{thing}"):
        said = _lead(text, begin, end, _opening(text, words, spans), shown=True)
        return _shortened(f"{said.removesuffix('的')}{thing}")
    # 已筹集215套，占全年800套的26.9%: 筹集 占全年800套
    near = [each for each in spans if end - 3 * _REACH <= each[0] < end]
    figures = [(each.start, each.end) for each in amounts(text)[:_MOST] if end - 3 * _REACH <= each.start < end]
    start = _clause_start(text, end)
    own = _lead(text, start, end, _opening(text, (start, end), spans))
    if not _BARE.fullmatch(_lead(text, start, end, sorted([*near, *figures]))):
        return _shortened(f"{own.removesuffix('的')}{thing}")
    before = _clause_before(text, start)
    told = _lead(text, *before, sorted([*near, *figures]))
    if heading and (not told or not any(each.isdecimal() for each in text[slice(*before)])):
        told = heading
    return _shortened(f"{told}{own.removesuffix('的')}{thing}")


def _shortened(said: str) -> str:
    """The end of what is said, from an item of its list on."""
    end = said[-_MOST_LETTERS_OF:]
    return end if end == said else end.partition("、")[2] or end


def _opening(text: str, words: _Place, spans: Sequence[_Place]) -> list[_Place]:
    """The periods that a clause opens with."""
    begin, end = words
    return [each for each in spans if begin <= each[0] < end and not text[begin : each[0]].strip()]


def _clause_start(text: str, end: int) -> int:
    far = max(0, end - _REACH)
    return max((match.end() for match in _STOP.finditer(text, far, end)), default=far)


def _clause_before(text: str, start: int) -> _Place:
    """Where the clause before one stands, if it is of the same sentence."""
    end = start
    while end and (_STOP.match(text, end - 1) or text[end - 1].isspace()):
        if text[end - 1] in "。；;\n":
            return start, start
        end -= 1
    return _clause_start(text, end), end


def _written(text: str, amount: Amount, statement: Statement | None) -> str:
    """The figure as it stands, with the way it moved: 增长4.4%."""
    words = text[amount.start : amount.end].strip()
    if statement is None or statement.direction is Direction.LEVEL:
        return words
    moved = MOVED.search(text[statement.start : amount.start].rstrip())
    return f"{moved['move']}{words}" if moved else words


def _indicator(statement: Statement) -> Hashable:
    against = letters_of(statement.against).removeprefix("同比")
    subject = letters_of(statement.subject)
    moves = statement.direction is not Direction.LEVEL
    return subject, statement.action, moves, against, statement.aside

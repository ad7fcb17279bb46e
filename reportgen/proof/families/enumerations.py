"""Enumerations within a text (列举): a step that is left out (一是…三是, ①③), a step or an item that stands twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportgen.ledger.words import plain_key
from reportgen.numbering import CIRCLED, circled, hanzi, number_value
from reportgen.proof.families.gathering import gathered
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the enumerations of each text (列举)."""
    for text in manuscript.every_text():
        if text.stands_elsewhere or text.role is Role.ANNEX_LIST or text.field in _NO_PROSE:
            continue
        for style in _STYLES:
            items = _items(text, style)
            if not items:
                continue
            runs = list(_runs(items))
            yield from gathered(_first_twice(runs, style, settings))
            yield from gathered(each for run in runs for each in _steps(run, style, settings))
            yield from gathered(each for run in runs for each in _twins(run, style, settings))
    yield from _over_paragraphs(manuscript, settings)


_NO_PROSE = ("id", "given_no", "lead_units", "support_units", "judgement")


@dataclass(frozen=True, slots=True)
class _Style:
    """A way of numbering: how a step is found at the beginning of an item, what it counts, where a list may begin.

    `somewhere` finds a step of the number wherever it stands: what is only written without a comma is not missing.
    `sure` styles are counted though their first step is not seen.
    """

    name: str
    pattern: re.Pattern[str]
    written: Callable[[int], str]
    somewhere: Callable[[int], str]
    sure: bool = False
    comma_heads: bool = False


@dataclass(frozen=True, slots=True)
class _Item:
    """One step: its number, where it begins, where its text begins and ends."""

    text: Text
    number: int
    start: int
    body: int
    end: int

    @property
    def mark(self) -> Mark:
        return Mark(text=self.text, start=self.start, end=self.body)


# An item begins a line or stands behind a stop, a comma, a colon, or another number (②一是).
_BEGINS = r"(?:^|(?<=[。；;：:，,！？\s）)”①②③④⑤⑥⑦⑧⑨⑩])|(?<=：“))"
_LINE_BEGINS = r"(?:^|(?<=[。；;：:！？\n]))[ \t\u3000]*"
_CHINESE_NUMBER = "[一二三四五六七八九十]{1,3}"
_ANY_STEP = "是|要|为|则|来|、|，|方面"

_STYLES = (
    _Style(
        name="circled",
        pattern=re.compile(rf"{_BEGINS}(?P<n>[{CIRCLED}])(?![{CIRCLED}、和至到—～-])", re.M),
        written=circled,
        somewhere=lambda number: re.escape(circled(number)),
        sure=True,
    ),
    _Style(
        name="是",
        pattern=re.compile(rf"{_BEGINS}(?P<n>{_CHINESE_NUMBER})(?:是|要)(?!否|不是)", re.M),
        written=lambda number: f"{hanzi(number)}是",
        somewhere=lambda number: (
            rf"(?<![十]){hanzi(number)}(?:{_ANY_STEP})|其{hanzi(number)}|第{hanzi(number)}(?:[，,、：:]|是)"
        ),
        sure=True,
        comma_heads=True,
    ),
    _Style(
        name="第",
        pattern=re.compile(rf"{_BEGINS}第(?P<n>{_CHINESE_NUMBER})[，,、：:]", re.M),
        written=lambda number: f"第{hanzi(number)}",
        somewhere=lambda number: rf"[第其]{hanzi(number)}|{hanzi(number)}是" + ("|其次" if number == 2 else ""),
        comma_heads=True,
    ),
    _Style(
        name="其",
        pattern=re.compile(rf"{_BEGINS}其(?P<n>[一二三四五六七八九])(?:[，,、：:]|是|为)", re.M),
        written=lambda number: f"其{hanzi(number)}",
        somewhere=lambda number: rf"[第其]{hanzi(number)}|{hanzi(number)}是" + ("|其次" if number == 2 else ""),
        comma_heads=True,
    ),
    _Style(
        name="(1)",
        pattern=re.compile(rf"{_BEGINS}[（(](?P<n>[0-9]{{1,2}})[）)]", re.M),
        written=lambda number: f"（{number}）",
        somewhere=lambda number: rf"[（(]\s*{number}\s*[）)]",
    ),
    _Style(
        name="（一）",
        pattern=re.compile(rf"{_LINE_BEGINS}[（(](?P<n>{_CHINESE_NUMBER})[）)]", re.M),
        written=lambda number: f"（{hanzi(number)}）",
        somewhere=lambda number: rf"[（(]\s*{hanzi(number)}\s*[）)]",
    ),
    _Style(
        name="一、",
        pattern=re.compile(rf"{_LINE_BEGINS}(?P<n>{_CHINESE_NUMBER})、(?![零一二三四五六七八九十])", re.M),
        written=lambda number: f"{hanzi(number)}、",
        somewhere=lambda number: rf"{hanzi(number)}[、.．,，]",
    ),
    _Style(
        name="1.",
        pattern=re.compile(rf"{_LINE_BEGINS}(?P<n>[0-9]{{1,2}})[.．、](?![0-9])", re.M),
        written=lambda number: f"{number}.",
        somewhere=lambda number: rf"(?<![0-9.]){number}\s*[.．、:：,，)）]",
    ),
    _Style(
        name="1）",
        pattern=re.compile(rf"{_LINE_BEGINS}(?P<n>[0-9]{{1,2}})[）)]", re.M),
        written=lambda number: f"{number}）",
        somewhere=lambda number: rf"(?<![0-9.]){number}\s*[）).．、]",
    ),
)
# So many items of one style are looked at in a text; nobody enumerates more.
_MOST_ITEMS = 200


def _items(text: Text, style: _Style) -> list[_Item]:
    content = text.content
    found: list[tuple[int, int, int]] = []
    for match in style.pattern.finditer(content):
        number = number_value(match["n"])
        if number:
            start = match.start("n") - (match[0].strip()[:1] in "（(第其")
            found.append((number, start, match.end()))
        if len(found) == _MOST_ITEMS:
            break
    ends = [*(start for _, start, _ in found[1:]), len(content)]
    return [_Item(text, *each, end) for each, end in zip(found, ends, strict=False)]


def _runs(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """The lists in the text: each begins anew with the first step."""
    run: list[_Item] = []
    for item in items:
        if item.number == 1 and run:
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _steps(run: Sequence[_Item], style: _Style, settings: Settings) -> Iterator[Finding]:
    """Steps that are left out, and steps that stand twice."""
    first = run[0]
    if first.number != 1:
        # A later paragraph of a longer list begins where it begins; a cell that begins with ② lacks ①.
        lead = first.text.content[: first.start]
        alone = style.sure and first.number == 2 and not lead.strip()
        if alone and first.text.role is Role.CELL and not re.search(style.somewhere(1), first.text.content):
            what = f"列举从「{style.written(2)}」开始，缺「{style.written(1)}」"
            yield from settings.finding(Rule.ENUMERATION_GAP, what, _GAP_FIX, first.mark)
        if not style.sure:
            return
    if len(run) == 1 and first.number == 1 and style.name == "是":
        # ①一是…②…: a first and no second; in a list over paragraphs the second stands in the next one.
        rest = re.split(f"[{CIRCLED}]", first.text.content[first.body :])[0]
        if first.text.role is Role.CELL and not re.search(f"{style.somewhere(2)}|其次|另|同时|还", rest):
            what = "只有「一是」，没有「二是」"
            yield from settings.finding(Rule.ENUMERATION_GAP, what, _GAP_FIX, first.mark)
    for before, item in pairwise(run):
        if item.number == before.number:
            what = f"列举里「{style.written(item.number)}」出现了两次"
            yield from settings.finding(Rule.ENUMERATION_REPEAT, what, _TWICE_FIX, item.mark, before.mark)
        elif item.number > before.number + 1:
            missing = range(before.number + 1, item.number)
            between = before.text.content[before.body : item.start]
            # Behind a step that stood twice the count may be right again.
            if any(re.search(style.somewhere(number), between) for number in missing) or _was_twice(run, before):
                continue
            lacking = "、".join(f"「{style.written(number)}」" for number in missing[:3])
            more = f"等{len(missing)}项" if len(missing) > 3 else ""
            what = f"列举从「{style.written(before.number)}」跳到「{style.written(item.number)}」，缺{lacking}{more}"
            yield from settings.finding(Rule.ENUMERATION_GAP, what, _GAP_FIX, item.mark, before.mark)


def _first_twice(runs: Sequence[Sequence[_Item]], style: _Style, settings: Settings) -> Iterator[Finding]:
    """A line with ① and the next line with ① again: no second list, nothing leads to it."""
    for run, after in pairwise(runs):
        first, second = run[0], after[0]
        content = first.text.content
        begin_lines = all(not content[: item.start].rpartition("\n")[2].strip() for item in (first, second))
        if len(run) == 1 and begin_lines and "\n" not in content[first.body : second.start].strip():
            what = f"列举里「{style.written(1)}」出现了两次"
            yield from settings.finding(Rule.ENUMERATION_REPEAT, what, _TWICE_FIX, second.mark, first.mark)


_TWICE_FIX = "请把后面的序号依次改正；如果内容重复，请删去一项"
_GAP_FIX = "请补上缺的一项，或把后面的序号依次改正"


def _was_twice(run: Sequence[_Item], item: _Item) -> bool:
    return sum(other.number == item.number for other in run) > 1


# --- the same item twice --------------------------------------------------------------------------------------------

_COLON_HEAD = re.compile(r"[^：:。；;，,\n]{2,30}(?=[：:])")
_COMMA_HEAD = re.compile(r"[^：:。；;，,\n]{5,30}(?=[，,。；;：:])")
# What may well begin two items: a time, a general word.
_GENERAL = re.compile(r"[0-9]|上半年|下半年|今年|去年|目前|截至|近期|近年|一季度|二季度|下一步|年度|本月|同时|其中")
_LEAST_ITEM = 8
_MOST_COMPARED = 60


def _twins(run: Sequence[_Item], style: _Style, settings: Settings) -> Iterator[Finding]:
    """Items with the same heading (②西永污水处理厂：…③西永污水处理厂：…) or the same words."""
    heads: dict[str, _Item] = {}
    bodies: dict[str, _Item] = {}
    for item in run[:_MOST_COMPARED]:
        body = item.text.content[item.body : item.end].strip()
        head = _COLON_HEAD.match(body)
        if head is None and style.comma_heads:
            head = _COMMA_HEAD.match(body)
            head = None if head and _GENERAL.search(head[0]) else head
        key = plain_key(body.rstrip("。；;，, "))
        twin, same = None, ""
        if len(key) >= _LEAST_ITEM and key in bodies:
            twin, same = bodies[key], "内容相同"
        elif head and plain_key(head[0]) in heads:
            twin, same = heads[plain_key(head[0])], f"写的都是「{head[0].strip()}」"
        if twin and twin.number != item.number:
            what = f"列举的「{style.written(twin.number)}」和「{style.written(item.number)}」{same}"
            fix = "请核对是否写错或重复"
            yield from settings.finding(Rule.ENUMERATION_REPEAT, what, fix, _of(item, head), _of(twin, head))
        bodies.setdefault(key, item)
        if head:
            heads.setdefault(plain_key(head[0]), item)


def _of(item: _Item, head: re.Match[str] | None) -> Mark:
    """The step with its heading, or all of its first line."""
    content = item.text.content
    length = head.end() if head else len(content[item.body : item.end].split("\n", 1)[0].rstrip())
    lead = len(content[item.body : item.end]) - len(content[item.body : item.end].lstrip())
    return Mark(text=item.text, start=item.start, end=min(item.end, item.body + lead + length))


# --- over paragraphs ------------------------------------------------------------------------------------------------

_LEADING = re.compile(rf"\s*(?P<n>{_CHINESE_NUMBER})是")


def _over_paragraphs(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """一是 and 三是 at the beginning of two paragraphs that follow each other."""
    style = _STYLES[1]
    for one, two in pairwise(manuscript.texts):
        if one.role is not Role.PARAGRAPH or two.role is not Role.PARAGRAPH or two.stands_elsewhere:
            continue
        first, second = _LEADING.match(one.content), _LEADING.match(two.content)
        if not first or not second:
            continue
        before, number = number_value(first["n"]), number_value(second["n"])
        if before is None or number is None or number <= before + 1:
            continue
        missing = range(before + 1, number)
        if any(re.search(style.somewhere(each), one.content[first.end() :]) for each in missing):
            continue
        lacking = "、".join(f"「{style.written(each)}」" for each in missing[:3])
        what = f"列举从「{style.written(before)}」跳到「{style.written(number)}」，缺{lacking}"
        marks = (Mark(text=text, start=m.start("n"), end=m.end()) for text, m in ((two, second), (one, first)))
        yield from settings.finding(Rule.ENUMERATION_GAP, what, _GAP_FIX, *marks)

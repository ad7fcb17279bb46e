"""Annexes (附件): what the text refers to, what the annex list names, and the annexes that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reportgen.issued.counts import stated_counts
from reportgen.issued.kinds import Kind, kind_of_title
from reportgen.issued.verdict_groups import verdict_groups
from reportgen.ledger.words import STANDARD_WORDS, plain_key
from reportgen.numbering import number_value
from reportgen.package import short
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.stops import sentence_around

_N = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_LABEL = re.compile(rf"\s*附\s*件\s*{_N}?\s*[-—:：]?\s*(?=\S|$)")
_LEAD = re.compile(r"\s*附\s*件\s*[:：]\s*")
_ENTRY = re.compile(rf"\s*{_N}\s*[.．、]\s*(?!\d)")
# 《通知》附件2, （〔2022〕1号）附件2 are another paper's.
_REFERENCE = re.compile(rf"(?<![》」）)号其原该])附件\s*{_N}(?![.．、:：]|\d)")
_SINGLE = re.compile(r"(?:详?见|参见|列入|填写)附件(?![\d一二三四五六七八九十\s])")
# 附件3（另发）: told where the reader finds it.
_ASIDE = re.compile(r"[（(][^（）()]{1,12}[）)]$")
_ELSEWHERE = re.compile(r"另[发附行]|单独|略|不公开|不另|已发|网上|下载|系统")
_ENDS = "。！？\n"
_ONLY = 0


@dataclass(slots=True)
class _Annex:
    """An annex that is there (一个附件): its label (附件2), its title, what kind of list it holds."""

    number: int
    label: Text | None = None
    title: list[Text] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)

    @property
    def mark(self) -> Mark:
        text = self.title[0] if self.title else self.label
        assert text is not None, "an annex is known by its label or its title"
        return Mark(text=text, start=_behind_label(text), end=len(text.content.rstrip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry of the annex list (附件说明的一项): number, name, and where both stand."""

    number: int
    name: str
    text: Text
    start: int
    name_start: int
    end: int

    @property
    def mark(self) -> Mark:
        return Mark(text=self.text, start=self.start, end=self.end)


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the annexes of a document (核对附件)."""
    if manuscript.is_ledger:
        return
    annexes = _annexes(manuscript)
    entries = _entries(manuscript)
    out_of_order = [*_order(entries, settings), *_numbers(annexes, settings)][:1]
    yield from out_of_order
    by_number = {each.number: each for each in reversed(annexes)}
    # Where the numbers are wrong, what belongs to what is told by guessing only.
    if entries and annexes and not out_of_order:
        yield from _missing(entries, by_number, settings)
        yield from _titles(entries, by_number, settings)
    yield from _references(manuscript, entries, by_number, settings)


# ---- what is there ----------------------------------------------------------------


def _annexes(manuscript: Manuscript) -> list[_Annex]:
    """The annexes in their order: each begins with 附件N, alone or before its title."""
    found: list[_Annex] = []
    for text in manuscript.texts:
        if text.role is not Role.ANNEX_TITLE:
            continue
        label = _LABEL.match(text.content)
        if label and (label.end() >= len(text.content.rstrip()) or not found or label[1]):
            found.append(_Annex(number=number_value(label[1]) or 0 if label[1] else _ONLY, label=text))
            if label.end() < len(text.content.rstrip()):
                found[-1].title.append(text)
        elif found:
            found[-1].title.append(text)
    titled = {id(text): each for each in found for text in (each.label, *each.title) if text}
    for one in manuscript.listings:
        if one.annex is None:
            continue
        annex = titled.get(id(one.title)) or next((each for each in found if each.number == one.annex), None)
        if annex is None and one.title:
            annex = _Annex(number=one.annex, title=[one.title])
            found.append(annex)
        if annex and one.kind:
            annex.kinds.add(one.kind)
    return found


def _behind_label(text: Text) -> int:
    label = _LABEL.match(text.content)
    return label.end() if label and label.end() < len(text.content.rstrip()) else 0


def _entries(manuscript: Manuscript) -> list[_Entry]:
    """The entries of the annex list; one without number is the only one. Words that go on below belong to it."""
    found: list[_Entry] = []
    for text in manuscript.texts:
        if text.role is not Role.ANNEX_LIST:
            continue
        at = 0
        for line in text.content.split("\n"):
            lead = _LEAD.match(line) if not found else None
            start = lead.end() if lead else 0
            entry = _ENTRY.match(line, start)
            name = line[entry.end() if entry else start :].rstrip()
            if name and (entry or lead):
                number = (number_value(entry[1]) or 0) if entry else _ONLY
                shift = len(line) - len(line[start:].lstrip())
                name_start = entry.end() if entry else start
                found.append(
                    _Entry(
                        number=number,
                        name=name,
                        text=text,
                        start=at + shift,
                        name_start=at + name_start,
                        end=at + len(line.rstrip()),
                    )
                )
            at += len(line) + 1
    return found


# ---- the list, the annexes, and both ------------------------------------------------


def _order(entries: Sequence[_Entry], settings: Settings) -> Iterator[Finding]:
    """The numbers of the annex list: from 1, each once, without a leap."""
    if len(entries) < 2:
        return
    for index, entry in enumerate(entries, 1):
        if entry.number != index:
            above = entries[index - 2].number if index > 1 else 0
            if entry.number == above:
                what = f"附件说明里的序号{entry.number}用了两次"
            else:
                what = f"附件说明里{f'{above}之后是' if above else '第一个序号是'}{entry.number}"
            fix = f"请改为{index}，并核对附件"
            marks = (entry.mark, entries[index - 2].mark) if index > 1 else (entry.mark,)
            yield from settings.finding(Rule.ANNEX_LIST, what, fix, *marks)
            return  # what follows is off by the same step


def _numbers(annexes: Sequence[_Annex], settings: Settings) -> Iterator[Finding]:
    """The numbers of the annexes themselves, each once and in order; a part of a paper may begin with any."""
    for above, annex in pairwise(annexes):
        if annex.label is None or above.label is None or annex.number == above.number + 1:
            continue
        if annex.number == above.number:
            if plain_key(_title(annex)) == plain_key(_title(above)) or not annex.title or "续" in annex.label.content:
                continue  # its continuation, with the same title above it
            what = f"有两个附件{annex.number or ''}"
        else:
            what = f"附件{above.number or ''}之后是附件{annex.number or ''}"
        fix = f"请核对附件的序号，应为附件{above.number + 1}"
        yield from settings.finding(Rule.ANNEX_LIST, what, fix, Mark(text=annex.label), Mark(text=above.label))


def _title(annex: _Annex) -> str:
    return "".join(text.content[_behind_label(text) :].strip() for text in annex.title)


def _missing(entries: Sequence[_Entry], annexes: Mapping[int, _Annex], settings: Settings) -> Iterator[Finding]:
    """An entry without its annex, an annex without its entry."""
    numbers = {entry.number for entry in entries}
    if numbers == {_ONLY} or set(annexes) == {_ONLY}:
        # 附件：甲表 and 附件1, or the other way round: the format check tells how an only annex is written.
        return
    for entry in entries:
        if entry.number not in annexes and not _ELSEWHERE.search(entry.name):
            what = f"附件说明有附件{entry.number}，后面没有这个附件"
            yield from settings.finding(Rule.ANNEX_LIST, what, "请补上附件，或从附件说明里删去", entry.mark)
    for number, annex in annexes.items():
        if number and number not in numbers:
            what = f"附件{number}没有写进附件说明"
            yield from settings.finding(Rule.ANNEX_LIST, what, "请在附件说明里补上", annex.mark, entries[-1].mark)


def _titles(entries: Sequence[_Entry], annexes: Mapping[int, _Annex], settings: Settings) -> Iterator[Finding]:
    """A name in the annex list that is not word for word the annex's title."""
    only = len(entries) == 1 == len(annexes)
    for entry in entries:
        annex = next(iter(annexes.values())) if only else annexes.get(entry.number)
        if annex is None or not annex.title:
            continue
        listed, title = _plain(entry.name), _plain(_title(annex))
        if not title or listed == title or _ASIDE.sub("", listed) == _ASIDE.sub("", title):
            continue
        if _plain(_ASIDE.sub("", listed)) in (title, _ASIDE.sub("", title)):
            continue
        named = f"附件{entry.number or ''}"
        what = f"附件说明里{named}写「{short(entry.name.strip(), 40)}」，附件标题是「{short(_title(annex), 40)}」"
        marks = _differing(entry, annex)
        yield from settings.finding(Rule.ANNEX_LIST, what, "请核对，两处写得一字不差", *marks)


def _plain(name: str) -> str:
    return plain_key(name).rstrip("。.;,、").removeprefix("《").removesuffix("》")


def _differing(entry: _Entry, annex: _Annex) -> tuple[Mark, Mark]:
    """The words that differ on both sides; the whole name where they stand on several lines or nothing is alike."""
    whole = (Mark(text=entry.text, start=entry.name_start, end=entry.end), annex.mark)
    if len(annex.title) != 1:
        return whole
    title = annex.mark
    listed, named = whole[0].quote, title.quote
    first = next(
        (i for i, (a, b) in enumerate(zip(listed, named, strict=False)) if a != b), min(len(listed), len(named))
    )
    rest = min(len(listed), len(named)) - first
    last = next((i for i in range(rest) if listed[-1 - i] != named[-1 - i]), rest)
    if first + last < min(len(listed), len(named)) // 2:
        return whole
    # A word that stands on one side only is shown with its neighbours.
    wider = 1 if first + last >= min(len(listed), len(named)) else 0
    begin, end = max(0, first - wider), max(0, last - wider)
    return (
        Mark(text=entry.text, start=entry.name_start + begin, end=entry.end - end),
        Mark(text=title.text, start=title.start + begin, end=title.start + len(named) - end),
    )


# ---- references --------------------------------------------------------------------

_REFERRING = (Role.HEADING, Role.PARAGRAPH, Role.OTHER)


def _references(
    manuscript: Manuscript, entries: Sequence[_Entry], annexes: Mapping[int, _Annex], settings: Settings
) -> Iterator[Finding]:
    known = {entry.number for entry in entries} | set(annexes)
    kinds = {number: _kinds(number, entries, annexes) for number in known}
    # A paper that begins with its annex is a part of another one.
    has_body = any(text.role is Role.PARAGRAPH for text in manuscript.texts[:_FIRST])
    for text in manuscript.texts:
        if text.role not in _REFERRING or "附件" not in text.content or not has_body:
            continue
        at = 0
        for found in _REFERENCE.finditer(text.content):
            number = number_value(found[1]) or 0
            mark = Mark(text=text, start=found.start(), end=found.end())
            if number not in known:
                yield from _pointing_nowhere(number, mark, known, entries, settings)
            else:
                at = max(at, sentence_around(text.content, found.start(), found.start(), _ENDS)[0])
                wanted = _spoken_of(text.content[at : found.start()])
                yield from _pointing_wrong(number, wanted, kinds, mark, annexes, settings)
            at = found.end()
        for found in _SINGLE.finditer(text.content):
            if not known:
                mark = Mark(text=text, start=found.start(), end=found.end())
                yield from settings.finding(
                    Rule.ANNEX_REFERENCE, "文中说见附件，没有附件", "请补上附件说明和附件", mark
                )


_FIRST = 30


def _pointing_nowhere(
    number: int, mark: Mark, known: set[int], entries: Sequence[_Entry], settings: Settings
) -> Iterator[Finding]:
    if known == {_ONLY}:
        what, fix = f"写附件{number}，只有一个附件，没有编号", "请写「附件」"
    elif known:
        there = "、".join(f"附件{each}" for each in sorted(known) if each)
        what, fix = f"写附件{number}，没有这个附件", f"有{there}，请核对"
    else:
        what, fix = f"写附件{number}，没有附件说明，也没有附件", "请补上附件说明和附件，或删去这句"
    yield from settings.finding(Rule.ANNEX_REFERENCE, what, fix, mark, *[each.mark for each in entries[-1:]])


def _kinds(number: int, entries: Sequence[_Entry], annexes: Mapping[int, _Annex]) -> set[Kind]:
    """What an annex holds by its tables, else by its title, else by the annex list; empty if nothing tells."""
    annex = annexes.get(number)
    if annex and annex.kinds:
        return annex.kinds
    names = [_title(annex)] if annex and annex.title else [each.name for each in entries if each.number == number]
    return {kind for name in names if (kind := kind_of_title(name, STANDARD_WORDS))}


def _spoken_of(said: str) -> Kind | None:
    """What the words before a reference speak of, if it is one kind only."""
    kinds = {each.kind for each in stated_counts(said)} - {Kind.TASKS}
    if "预期目标" in said or any(True for _ in verdict_groups(said, STANDARD_WORDS)):
        kinds.add(Kind.GOALS)
    kinds |= {Kind.LAGGING} if "滞后" in said else set()
    kinds |= {Kind.NORMAL} if re.search("正常推进|推进正常", said) else set()
    return kinds.pop() if len(kinds) == 1 else None


def _pointing_wrong(
    number: int,
    wanted: Kind | None,
    kinds: Mapping[int, set[Kind]],
    mark: Mark,
    annexes: Mapping[int, _Annex],
    settings: Settings,
) -> Iterator[Finding]:
    """A reference to an annex that holds something else, while another one holds what is spoken of."""
    if wanted is None or not kinds[number] or wanted in kinds[number]:
        return
    if Kind.TASKS in kinds[number] and wanted is not Kind.GOALS:
        return
    right = [other for other, own in kinds.items() if wanted in own and other != number]
    if len(right) != 1:
        return
    held = "、".join(sorted(kind.value for kind in kinds[number]))
    what = f"说的是{wanted.value}，写附件{number}，附件{number}是{held}"
    fix = f"请改为附件{right[0]}"
    marks = [annexes[each].mark for each in (number,) if each in annexes]
    yield from settings.finding(Rule.ANNEX_REFERENCE, what, fix, mark, *marks)

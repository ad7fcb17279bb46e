"""What the body of an issued report says of its entries (正文所述): verdicts of goals, and the wording of both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reportgen.issued.lists import (
    COMMAS,
    PAUSES,
    SURE,
    Part,
    cut_list,
    fit,
    in_order,
    is_sure,
    likeness,
    match_scores,
    may_be_cut_elsewhere,
)
from reportgen.issued.verdict_groups import verdict_groups
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.files.contents import Passage
from reportgen.ledger.model import VERDICTS, Entry
from reportgen.ledger.units import Register
from reportgen.ledger.words import Words, plain_key
from reportgen.numbering import CIRCLED
from reportgen.package import short
from reportgen.problems import Problem, warning


@dataclass(frozen=True, slots=True)
class Usual:
    """The wording (报告用语) that a template finds by itself, for a goal and for a task: it need not be kept."""

    goal: Callable[[Entry], str]
    task: Callable[[Entry], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the body told (正文读出的内容): the entries with it, the passages that were used, what is wrong."""

    goals: tuple[Entry, ...]
    lagging: tuple[Entry, ...]
    used: tuple[Passage, ...]
    phrases: int
    problems: tuple[Problem, ...]


def read_body(
    passages: Sequence[Passage],
    goals: Sequence[Entry],
    lagging: Sequence[Entry],
    words: Words,
    register: Register | None,
    usual: Usual,
) -> Told:
    """The goals with their verdicts and wording, the lagging tasks with their wording (从正文读用语)."""
    groups = [group for passage in passages for group in _groups(passage, words)]
    problems: list[Problem] = []
    said = _settle(groups, goals)
    told_goals = _judged(groups, said, goals, usual, problems)
    items = list(_items(passages))
    taken = {id(passage) for item in items for passage in item.passages}
    others = [passage for passage in passages if id(passage) not in taken]
    told_lagging, kept, loose = _worded(items, others, lagging, register, usual, problems)
    used = [group.passage for group in groups]
    used += [passage for item in items for passage in item.passages] + loose
    return Told(
        goals=told_goals,
        lagging=told_lagging,
        used=tuple(used),
        phrases=sum(len(parts) for parts in said) + kept,
        problems=tuple(problems),
    )


# ---- goals: 6项指标符合预期，分别是：A，B ---------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A verdict, how many goals it is said of, and the list of them, empty if none is given."""

    verdict: str
    count: int
    listed: str
    passage: Passage


def _groups(passage: Passage, words: Words) -> Iterator[_Group]:
    for each in verdict_groups(passage.text, words):
        yield _Group(verdict=each.verdict, count=each.count, listed=each.listed, passage=passage)


def _settle(groups: Sequence[_Group], goals: Sequence[Entry]) -> list[tuple[Part, ...]]:
    """The parts of each group's list; no goal is given to two groups, and none left out if all are spoken of."""
    said = _apart(groups, goals)
    cut = [cut_list(group.listed, group.count, goals, _marks(group)) if group.listed else () for group in groups]
    listed = [parts for group, parts in zip(groups, cut, strict=True) if group.listed]
    if len(listed) > _MOST_GROUPS or not all(listed) or sum(map(len, listed)) != len(goals):
        return said
    ordered = iter(in_order([[part.text for part in parts] for parts in listed], goals))
    together = [next(ordered) if group.listed else () for group in groups]
    covers = sum(map(len, said)) == len(goals)
    better = sum(map(fit, said)) > sum(map(fit, together)) + _OTHER_ORDER
    return said if covers and better else together


# Verdicts that one report has; how much better an order must fit that is not the ledger's.
_MOST_GROUPS = 4
_OTHER_ORDER = 8.0


def _marks(group: _Group) -> tuple[str, str]:
    return PAUSES if group.verdict == VERDICTS[2] else COMMAS


def _apart(groups: Sequence[_Group], goals: Sequence[Entry]) -> list[tuple[Part, ...]]:
    """The parts of each list taken by itself."""
    left: list[list[Entry]] = [list(goals) for _ in groups]
    said: list[tuple[Part, ...]] = []
    for _ in range(len(groups) + 1):
        said = [
            cut_list(group.listed, group.count, own, _marks(group)) if group.listed else ()
            for group, own in zip(groups, left, strict=True)
        ]
        clash = next(_clashes(said), None)
        if clash is None:
            return said
        loser, entry = clash
        left[loser] = [each for each in left[loser] if each is not entry]
    taken: set[int] = set()
    for i, parts in enumerate(said):
        if any(id(part.entry) in taken for part in parts):
            said[i] = ()
        taken |= {id(part.entry) for part in said[i]}
    return said


def _clashes(said: Sequence[Sequence[Part]]) -> Iterator[tuple[int, Entry]]:
    """Groups that claim a goal to which another group's words are nearer."""
    best: dict[int, tuple[float, int]] = {}
    for i, parts in enumerate(said):
        for part in parts:
            other = best.get(id(part.entry))
            if other is not None:
                yield (i if part.likeness <= other[0] else other[1]), part.entry
            best[id(part.entry)] = (part.likeness, i)


def _judged(
    groups: Sequence[_Group],
    said: Sequence[Sequence[Part]],
    goals: Sequence[Entry],
    usual: Usual,
    problems: list[Problem],
) -> tuple[Entry, ...]:
    told: dict[int, tuple[str, Part, _Group]] = {}
    for group, parts in zip(groups, said, strict=True):
        if group.listed and not parts:
            what = f"正文列出的{group.count}项「{group.verdict}」没有对上附件里的预期目标：{short(group.listed, 60)}"
            fix = "请在台账的「评价」和「报告用语」两列填写"
            problems.append(warning("import.unread-list", what, fix, group.passage.where))
        for part in parts:
            told[id(part.entry)] = (group.verdict, part, group)
    unsure = [(part, group) for _, part, group in told.values() if not is_sure(part, goals)]
    # The only one that is left, where all others are sure, is sure, too; not if its list has no word of any goal, or
    # could be cut otherwise.
    doubtful = [
        parts
        for parts in said
        if parts
        and (not any(part.likeness for part in parts) or may_be_cut_elsewhere(parts))
        and any(part is each for part in parts for each, _ in unsure)
    ]
    if len(unsure) > 1 or len(told) < len(goals) or doubtful:
        for part, group in unsure:
            what = f"正文的「{short(part.text)}」对到预期目标「{short(part.entry.text)}」，字面差别较大"
            fix = "请在台账里核对这一项的「评价」和「报告用语」"
            problems.append(warning("import.unsure-phrase", what, fix, group.passage.where))
    entries = []
    for goal in goals:
        if id(goal) not in told:
            entries.append(goal)
            continue
        verdict, part, group = told[id(goal)]
        if goal.judgement and goal.judgement != verdict:
            what = f"「{short(goal.text)}」在正文里是{verdict}，在表里是{goal.judgement}；台账按表填写"
            fix = "请核对这一项的「评价」"
            problems.append(warning("import.verdicts-differ", what, fix, group.passage.where))
        judged = replace(goal, judgement=goal.judgement or verdict)
        entries.append(judged if usual.goal(judged) == part.text else replace(judged, phrase=part.text))
    return tuple(entries)


# ---- lagging tasks: 1.…（责任单位：…） ------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A numbered paragraph about one task: its words, the units named at its end, and by which word."""

    text: str
    units: str
    word: str
    passages: tuple[Passage, ...] = field(repr=False)


_UNIT_WORD = r"(?:共同|主要|牵头)?(?:责任|牵头)(?:责任)?单位"
_END = re.compile(
    rf"[（(](?P<word>{_UNIT_WORD})[：:](?P<units>(?:(?![（(]{_UNIT_WORD}[：:]).)*)[）)]\s*[。．]?\s*$", re.DOTALL
)
_ORDINAL = re.compile(rf"\s*(?:(\d{{1,3}})[.．、]|[（(](\d{{1,3}})[）)]|[{CIRCLED}])\s*")
_HEADING = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])")
_MOST_LINES = 30


def _items(passages: Sequence[Passage]) -> Iterator[_Item]:
    """The paragraphs that end in （责任单位：…）, from their ordinal on, though they be several lines."""
    lines: list[Passage] = []
    last = 0
    for passage in passages:
        number = _number(passage.text)
        end = _END.search(passage.text)
        if lines and (number == last + 1 or (_HEADING.match(passage.text) and not end) or len(lines) >= _MOST_LINES):
            lines = []  # what was begun has no units at its end
        if not lines and number in (1, last + 1):
            last = number
        elif not lines and not end:
            continue
        lines.append(passage)
        if end:
            yield _item(lines, end, last)
            lines = []


def _number(text: str) -> int | None:
    """The number that a paragraph begins with; 0 for a circled one."""
    found = _ORDINAL.match(text)
    return int(found[1] or found[2] or 0) if found else None


def _item(lines: Sequence[Passage], end: re.Match[str], last: int) -> _Item:
    text = "\n".join(line.text for line in lines)
    text = text[: len(text) - len(lines[-1].text) + end.start()].strip()
    ordinal = _ORDINAL.match(text)
    if ordinal and _number(text) in (0, last):
        text = text[ordinal.end() :]
    return _Item(text=text, units=end["units"].strip(), word=end["word"], passages=tuple(lines))


def _worded(
    items: Sequence[_Item],
    others: Sequence[Passage],
    lagging: Sequence[Entry],
    register: Register | None,
    usual: Usual,
    problems: list[Problem],
) -> tuple[tuple[Entry, ...], int, list[Passage]]:
    """The lagging tasks with their words from the body, of how many it speaks, and what else of it was used."""
    words: dict[int, str] = {}
    scores = [[_score(item, entry, register) for entry in lagging] for item in items]
    # Units that agree one by one are good evidence that the order is the annex's.
    agree = len(items) == len(lagging) and not any(map(_differs, items, lagging, [register] * len(items)))
    for item, row, at in zip(items, scores, match_scores(scores, 4.0 if agree else 1.5), strict=True):
        if at is None:
            what = f"正文的「{short(item.text, 40)}」没有对上附件里的滞后任务"
            fix = "请在台账里找到这一项，填写「推进情况」和「报告用语」"
            problems.append(warning("import.unmatched-item", what, fix, item.passages[0].where))
            continue
        entry = lagging[at]
        if row[at] < SURE:
            what = f"正文的「{short(item.text)}」按次序对到任务「{short(entry.text)}」，字面差别较大"
            fix = "请在台账里核对这一项的「报告用语」"
            problems.append(warning("import.unsure-phrase", what, fix, item.passages[0].where))
        words[id(entry)] = item.text
        problems += _units_differ(item, entry, register)
    loose = _loose(others, [entry for entry in lagging if id(entry) not in words], words)
    entries = [
        entry if words.get(id(entry), "") in ("", usual.task(entry)) else replace(entry, phrase=words[id(entry)])
        for entry in lagging
    ]
    if items and len(words) < len(lagging):
        missing = next(entry for entry in lagging if id(entry) not in words)
        what = f"正文写了 {len(words)} 项滞后任务，附件里有 {len(lagging)} 项；没写的有「{short(missing.text)}」"
        fix = "请核对；没写的各项，报告用语留空，生成时按任务和进展自动成文"
        problems.append(warning("import.count", what, fix, items[0].passages[0].where))
    return tuple(entries), sum(map(bool, words.values())), loose


def _loose(passages: Sequence[Passage], entries: Sequence[Entry], words: dict[int, str]) -> list[Passage]:
    """The paragraphs that begin with a task's own text, without units at their end; their words go into `words`.

    One that says no more than the task and who leads it is used, but is no wording.
    """
    used = []
    for passage in passages:
        text = passage.text.strip()
        ordinal = _ORDINAL.match(text)
        text = text[ordinal.end() :] if ordinal else text
        key = plain_key(text)
        name = {id(entry): plain_key(entry.text).rstrip("。；") for entry in entries if id(entry) not in words}
        found = next((entry for entry in entries if id(entry) in name and key.startswith(name[id(entry)])), None)
        if found is None:
            continue
        rest = key[len(name[id(found)]) :].strip("。；")
        words[id(found)] = "" if not rest or re.match(_UNIT_WORD, rest) else text
        used.append(passage)
    return used


def _score(item: _Item, entry: Entry, register: Register | None) -> float:
    """How well a paragraph fits a task: by its words, and by the units that it names."""
    return likeness(item.text, entry) + (0.0 if _differs(item, entry, register) else _SAME_UNITS)


_SAME_UNITS = 0.4


def _differs(item: _Item, entry: Entry, register: Register | None) -> bool:
    units = split_units(item.units, register).units
    return set(map(plain_key, units)) != set(map(plain_key, entry.lead_units))


def _units_differ(item: _Item, entry: Entry, register: Register | None) -> Iterator[Problem]:
    if not item.word.startswith("共同") and _differs(item, entry, register):
        units = split_units(item.units, register).units
        said, listed = "、".join(units) or "（空）", "、".join(entry.lead_units) or "（空）"
        what = f"「{short(entry.text)}」的责任单位，正文是{short(said, 60)}，附件是{short(listed, 60)}；台账按附件填写"
        yield warning("import.units-differ", what, "请核对责任单位", item.passages[-1].where)


def by_position(old: Sequence[Entry], new: Sequence[Entry]) -> Mapping[int, Entry]:
    """What became of each entry (逐项对应), by the identity of the old one."""
    return {id(before): after for before, after in zip(old, new, strict=True)}

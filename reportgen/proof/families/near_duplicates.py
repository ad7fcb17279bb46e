"""Twins (雷同): a task that stands in the list several times, one progress for several tasks.

No row is held against every other: only those that share rare runs of letters are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from reportgen.issued.kinds import Kind
from reportgen.ledger.words import plain_key
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.stops import sentence_around


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Tasks that stand several times, progress that stands with several tasks (雷同): one finding for each group."""
    known = [listing for listing in manuscript.listings if listing.kind is not None]
    for goals in (True, False):
        rows = [row for listing in known if (listing.kind is Kind.GOALS) is goals for row in listing.rows]
        yield from _examine_rows(rows, settings)


def _examine_rows(rows: Sequence[Row], settings: Settings) -> Iterator[Finding]:
    tasks = _grouped([row.content("text") for row in rows], Rule.TASK_REPEATED, settings)
    group_of = {number: i for i, group in enumerate(tasks) for number in group}
    for group in tasks:
        yield from _task_repeated([rows[number] for number in group], settings)
    for group in _grouped([row.content("progress") for row in rows], Rule.PROGRESS_REPEATED, settings):
        # One task that stands twice has its progress twice: that is told of the task.
        first_of: dict[int, int] = {}
        for number in group:
            first_of.setdefault(group_of.get(number, -1 - number), number)
        if len(first_of) > 1:
            yield from _progress_repeated([rows[number] for number in first_of.values()], settings)


def _task_repeated(rows: Sequence[Row], settings: Settings) -> Iterator[Finding]:
    texts = _own_texts(rows, "text")
    if texts is None:
        return
    same = len({_letters(text.content) for text in texts}) == 1
    what = f"同一项任务列了{len(texts)}次" if same else f"{len(texts)}项任务的文字几乎相同"
    marks = [Mark(text=text) for text in texts]
    if same and (differ := _where_progress_differs(rows)):
        what += "，所写进展不完全一样"
        marks += differ
    fix = "请核对是否重复列项；确需分列的，写明各自的范围"
    yield from settings.finding(Rule.TASK_REPEATED, what, fix, *marks)


_CLAUSE_ENDS = "，。；：、！？\n"
_MOST_SHOWN = 40


def _where_progress_differs(rows: Sequence[Row]) -> tuple[Mark, ...]:
    """The clauses of the first two progress texts that differ in which they do so; none if all say the same."""
    from rapidfuzz.distance import Postfix, Prefix

    told = [text for row in rows if (text := row.texts.get("progress")) and _letters(text.content)]
    other = next((text for text in told[1:] if _letters(text.content) != _letters(told[0].content)), None)
    if other is None:
        return ()
    one, two = told[0].content, other.content
    begin = Prefix.similarity(one, two)
    tail = Postfix.similarity(one[begin:], two[begin:])
    return tuple(_clause(text, begin, len(text.content) - tail) for text in (told[0], other))


def _clause(text: Text, start: int, end: int) -> Mark:
    begin, last = sentence_around(text.content, start, end, _CLAUSE_ENDS, _MOST_SHOWN)
    return Mark(text=text, start=begin, end=last)


def _progress_repeated(rows: Sequence[Row], settings: Settings) -> Iterator[Finding]:
    texts = _own_texts(rows, "progress")
    if texts is None:
        return
    same = len({_letters(text.content) for text in texts}) == 1
    what = f"{len(texts)}项不同任务的进展{'完全' if same else '几乎'}相同"
    fix = "请核对是否误贴，按各项任务分别填写"
    yield from settings.finding(Rule.PROGRESS_REPEATED, what, fix, *(Mark(text=text) for text in texts))


def _own_texts(rows: Sequence[Row], name: str) -> list[Text] | None:
    """The rows' texts; None if it is one text, or all of them are told at their ledger's cells."""
    texts = list(dict.fromkeys(row.texts[name] for row in rows))
    return texts if len(texts) > 1 and not all(text.stands_elsewhere for text in texts) else None


# --- which are alike ------------------------------------------------------------------------------------------------

_NO_LETTER = re.compile(r"[^\w.%]|_")
_RUN = 3
# Longer texts are compared as they stand only.
_MOST_LETTERS = 4_000
# Nearly equal texts must be so many times as long as equal ones to be told.
_LONGER = 2
# Of a text so many of its rarest runs are looked up, at least; of those that share some so many are compared.
_LEAST_RUNS = 16
_SHARE_OF_RUNS = 0.25
_MOST_SHARERS = 24
_MOST_COMPARED = 8


def _letters(content: str) -> str:
    """What counts of a text: letters and figures, no marks and blanks."""
    return _NO_LETTER.sub("", plain_key(content)).strip(".")


@dataclass(slots=True)
class _Groups:
    """Texts that are alike (同组): each group is known by its first text, so none is drawn in by way of another."""

    within: float
    rarity: Counter[str]
    by_key: dict[str, int] = field(default_factory=dict)
    firsts: list[str] = field(default_factory=list)
    sharers: dict[str, list[int]] = field(default_factory=dict)

    def group_of(self, key: str, least: int) -> int:
        if (known := self.by_key.get(key)) is not None:
            return known
        near = least * _LONGER <= len(key) <= _MOST_LETTERS
        runs = _rarest(key, self.rarity) if near else []
        found = self._alike(key, runs)
        if found is None:
            found = len(self.firsts)
            self.firsts.append(key)
            for run in runs:
                sharers = self.sharers.setdefault(run, [])
                if len(sharers) < _MOST_SHARERS:
                    sharers.append(found)
        self.by_key[key] = found
        return found

    def _alike(self, key: str, runs: Sequence[str]) -> int | None:
        shared = Counter(number for run in runs for number in self.sharers.get(run, ()))
        for number, _ in nsmallest(_MOST_COMPARED, shared.items(), key=lambda item: (-item[1], item[0])):
            if are_alike(self.firsts[number], key, self.within):
                return number
        return None


def _rarest(key: str, rarity: Counter[str]) -> list[str]:
    runs = _runs_of(key)
    count = max(_LEAST_RUNS, int(len(runs) * _SHARE_OF_RUNS))
    return sorted(runs, key=lambda run: (rarity[run], run))[:count]


def _runs_of(key: str) -> set[str]:
    return {key[at : at + _RUN] for at in range(len(key) - _RUN + 1)}


def _grouped(contents: Sequence[str], rule: Rule, settings: Settings) -> list[list[int]]:
    """The groups of two and more like texts, by their places, in order."""
    if not settings.looks_at(rule):
        return []
    least = settings.letters(rule)
    keys = {number: key for number, content in enumerate(contents) if len(key := _letters(content)) >= max(1, least)}
    distinct = {key for key in keys.values() if least * _LONGER <= len(key) <= _MOST_LETTERS}
    rarity = Counter(run for key in distinct for run in _runs_of(key))
    groups = _Groups(within=settings.within(rule), rarity=rarity)
    members: dict[int, list[int]] = {}
    for number, key in keys.items():
        members.setdefault(groups.group_of(key, least), []).append(number)
    return [group for group in members.values() if len(group) > 1]


# --- alike ----------------------------------------------------------------------------------------------------------

# 东部 and 西部, 一期 and 二期, 城市 and 乡村 are two things, however alike the rest is.
_TELLS_APART = frozenset(
    "东西南北中上下左右前后内外大小新老旧高低正副第一二三四五六七八九十百两甲乙丙丁春夏秋冬男女城乡镇村省市县区街路河江湖山期号段批"
)
# 5个公园 and 6个公园 may be one task; 1号厂房 and 2号厂房, 第3批 and 第4批, G50 and G65 are two.
_COUNTS = re.compile(r"[\u4e00-\u9fff%](?<![号期年月日级类批楼栋幢组线路标段街社幼中小院])")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_MOST_SLIPS = 3
_LONGEST_INSERTION = 2


def are_alike(first: str, second: str, within: float) -> bool:
    """Whether two texts are the same but for slips (几乎相同): a figure, a letter, a little word more or less."""
    from rapidfuzz import fuzz

    if not fuzz.ratio(first, second, score_cutoff=within * 100):
        return False
    return _differ_in_slips(first, second) and _share_figures(first, second)


def _differ_in_slips(first: str, second: str) -> bool:
    from rapidfuzz.distance import Levenshtein

    slips = 0
    for step in Levenshtein.opcodes(first, second):
        if step.tag == "equal":
            continue
        old, new = first[step.src_start : step.src_end], second[step.dest_start : step.dest_end]
        if _is_figure(old + new):
            behind = (
                first[step.src_end :].lstrip("0123456789.")[:1],
                second[step.dest_end :].lstrip("0123456789.")[:1],
            )
            if not all(_COUNTS.match(each) for each in behind):
                return False
            continue
        slips += 1
        longest = 1 if step.tag == "replace" else _LONGEST_INSERTION
        if slips > _MOST_SLIPS or max(len(old), len(new)) > longest or _tells_apart(old + new):
            return False
    return True


def _is_figure(changed: str) -> bool:
    return all(letter.isdigit() or letter in ".%" for letter in changed)


def _tells_apart(changed: str) -> bool:
    return any(letter in _TELLS_APART or letter.isascii() for letter in changed)


def _share_figures(first: str, second: str) -> bool:
    """Whether at least half of the figures are the same: with figures of its own it is another statement."""
    mine, theirs = Counter(_FIGURE.findall(first)), Counter(_FIGURE.findall(second))
    most = max(mine.total(), theirs.total())
    return most <= 1 or 2 * (mine & theirs).total() >= most

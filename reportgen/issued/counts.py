"""Numbers that a report states of itself (文中所列项数) against the rows that were found: 131 = 124 + 7."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reportgen.issued.kinds import Kind
from reportgen.ledger.files.contents import Passage
from reportgen.ledger.words import plain_key
from reportgen.numbering import number_value
from reportgen.package import short
from reportgen.problems import Problem, warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A number of goals or tasks that a text states (所写项数): `text[start:end]` is the number with 项.

    `words` is all that was read to know what is counted; it begins at `words_start`, and ends at `words_end`.
    """

    kind: Kind
    number: int
    words: str
    start: int
    end: int
    words_start: int
    words_end: int


_HANZI = "一二三四五六七八九十百"
_N = rf"(?<![\d.—-])(?<![{_HANZI}第])(\d{{1,5}}|[{_HANZI}]{{1,5}})项"
# What may stand between a word and its number: 重点任务共5项, 滞后任务有1项, 正常推进:4项.
_GAP = r"(?:的|中|类)?(?:重点工作任务|重点任务|工作任务|目标任务|任务|工作|事项)?(?:共计|共有|总计|共|有|为|是)?:?"
# Within a clause, and 5项任务中滞后1项 says nothing of 5.
_NEAR = r"[^,、。;:(\d中]{0,8}?"
_LATE = r"(?:(?:推进|进展|进度)?(?:较为|较)?滞后|落后于序时)"
# 4项正常推进1项滞后: what stands behind a number belongs to it.
_FRESH = r"(?<!项)(?<!项任务)(?<!项推进)(?<!项较为)(?<!项推进较为)"
_NO_GOALS = r"(?![^,。;:(\d]{0,6}(?:目标|指标)(?!任务))"
_TASKS = r"(?:重点工作任务|重点任务|工作任务|目标任务)"
# 6项指标达到预期目标 and 预期目标6项未达 speak of six of the goals.
_VERDICT = r"(?:符合|不达|达到|未达|不及|低于|完成|实现)"
_STATED = (
    (Kind.GOALS, re.compile(rf"{_N}(?:(?!{_VERDICT})[^,。;:(\d]){{0,10}}预期目标(?!{_NEAR}{_VERDICT})")),
    (Kind.GOALS, re.compile(rf"预期目标{_GAP}{_N}(?!{_NEAR}{_VERDICT})")),
    (Kind.LAGGING, re.compile(rf"{_FRESH}滞后{_GAP}{_N}{_NO_GOALS}")),
    (Kind.LAGGING, re.compile(rf"{_N}{_NEAR}{_LATE}")),
    (Kind.NORMAL, re.compile(rf"{_FRESH}(?:正常推进|推进正常){_GAP}{_N}{_NO_GOALS}")),
    (Kind.NORMAL, re.compile(rf"{_N}{_NEAR}(?:正常推进|推进正常)")),
    (Kind.TASKS, re.compile(rf"(?<!滞后的)(?<!推进的){_N}{_TASKS}(?!{_NEAR}(?:滞后|正常))")),
    (
        Kind.TASKS,
        re.compile(rf"(?<!重点)(?<!滞后)(?<!滞后的)(?<!推进)(?<!推进的){_TASKS}{_GAP}{_N}(?!{_NEAR}(?:滞后|正常))"),
    ),
    (Kind.TASKS, re.compile(rf"共(?:计|有)?{_N},?其中,?(?:有)?(?=[^。;]{{0,12}}(?:正常推进|滞后))")),
)


@lru_cache(maxsize=1024)
def stated_counts(text: str) -> tuple[Stated, ...]:
    """The numbers of goals and tasks that a text states (所写项数), in its order; 7项 and 七项 alike."""
    if "项" not in text:
        return ()
    key, places = _folded(text)
    found: dict[tuple[Kind, int], Stated] = {}
    for kind, pattern in _STATED:
        for match in pattern.finditer(key):
            number = number_value(match[1])
            if number is None:
                continue
            start, end = places[match.start(1)], places[match.end(1)] + 1
            stated = Stated(
                kind=kind,
                number=number,
                words=match[0],
                start=start,
                end=end,
                words_start=places[match.start()],
                words_end=places[match.end() - 1] + 1,
            )
            found.setdefault((kind, start), stated)
    return tuple(sorted(found.values(), key=lambda each: (each.start, each.kind.value)))


def count_problems(passages: Sequence[Passage], found: Mapping[Kind, int]) -> Iterator[Problem]:
    """A warning for each number in a title or a sentence that is not that of the rows found (核对项数)."""
    told: set[tuple[Kind, int]] = set()
    for passage in passages:
        for kind in dict.fromkeys(kind for kind, _ in _STATED):
            for stated in stated_counts(passage.text):
                key = (kind, stated.number)
                if stated.kind is not kind or stated.number == found.get(kind, stated.number) or key in told:
                    continue
                told.add(key)
                what = f"文中写「{short(stated.words, 30)}」，读到的{kind.value}是 {found[kind]} 项"
                fix = "请核对原件：是文中的数写错了，还是有表格、有行没有读入"
                yield warning("import.count", what, fix, passage.where)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as names are compared, and where each of its characters stands."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        key = plain_key(sign)
        signs.append(key)
        places += [place] * len(key)
    return "".join(signs), places

"""Numbers that a report states of itself (文中所列项数) against the rows that were found: 131 = 124 + 7."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reportgen.issued.kinds import Kind
from reportgen.ledger.files.contents import Passage
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Problem, warning

_N = r"(?<![\d.—-])(\d{1,5})项"
# What may stand between a word and its number: 重点任务共5项, 滞后任务有1项, 正常推进:4项.
_GAP = r"(?:的|中|类)?(?:重点工作任务|重点任务|工作任务|目标任务|任务|工作|事项)?(?:共计|共有|总计|共|有|为|是)?:?"
# Within a clause, and 5项任务中滞后1项 says nothing of 5.
_NEAR = r"[^,、。;:(\d中]{0,8}?"
_LATE = r"(?:推进|进展|进度)?(?:较为|较)?滞后"
# 4项正常推进1项滞后: what stands behind a number belongs to it.
_FRESH = r"(?<!项)(?<!项任务)(?<!项推进)(?<!项较为)(?<!项推进较为)"
_NO_GOALS = r"(?![^,。;:(\d]{0,6}(?:目标|指标)(?!任务))"
_ALL = rf"(?!{_NEAR}(?:滞后|正常))"
_TASKS = r"(?:重点工作任务|重点任务|工作任务|目标任务)"
_STATED = (
    (Kind.GOALS, re.compile(rf"{_N}[^,。;:(\d]{{0,10}}预期目标")),
    (Kind.GOALS, re.compile(rf"预期目标{_GAP}{_N}(?!{_NEAR}(?:符合|不达|达到|未达))")),
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


def count_problems(passages: Sequence[Passage], found: Mapping[Kind, int]) -> Iterator[Problem]:
    """A warning for each number in a title or a sentence that is not that of the rows found (核对项数)."""
    told: set[tuple[Kind, int]] = set()
    for passage in passages:
        text = plain_key(passage.text)
        for kind, pattern in _STATED:
            for stated in pattern.finditer(text):
                number = int(stated[1])
                if kind not in found or number == found[kind] or (kind, number) in told:
                    continue
                told.add((kind, number))
                what = f"文中写「{short(stated[0], 30)}」，读到的{kind.value}是 {found[kind]} 项"
                fix = "请核对原件：是文中的数写错了，还是有表格、有行没有读入"
                yield warning("import.count", what, fix, passage.where)

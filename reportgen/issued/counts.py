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
_STATED = (
    (Kind.GOALS, re.compile(rf"{_N}[^,。;:(\d]{{0,10}}预期目标")),
    (Kind.LAGGING, re.compile(rf"滞后的{_N}(?=[^,。;:(\d]{{0,6}}任务)")),
    (Kind.LAGGING, re.compile(rf"{_N}[^,。;:(\d]{{0,6}}(?:任务|工作)?(?:推进)?(?:较为)?滞后")),
    (Kind.NORMAL, re.compile(rf"正常推进的{_N}(?=[^,。;:(\d]{{0,6}}任务)")),
    (Kind.NORMAL, re.compile(rf"{_N}[^,。;:(\d]{{0,6}}正常推进")),
    (Kind.TASKS, re.compile(rf"(?<!滞后的)(?<!推进的){_N}(?:重点工作任务|重点任务|工作任务|目标任务)(?!.{{0,4}}滞后)")),
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

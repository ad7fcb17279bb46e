"""The goals' indicators wherever they are told (预期目标各指标): in body and annex, in a task of the same unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportgen.issued.kinds import Kind
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.model import Bound, Direction, Span, Statement
from reportgen.quantities.statements import statements

_AIM = re.compile(r"目标|力争|确保|全年|年底|下半年|计划|任务")
_OTHERS = re.compile(r"全市|全国|全省|主城|市级|周边")
_RANKS = ("名", "位", "百分点")


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement of an indicator and where it stands."""

    text: Text
    statement: Statement

    @property
    def value(self) -> Decimal:
        """The value, a fall as a negative one."""
        value = self.statement.amount.value
        return -value if self.statement.direction is Direction.DOWN and value > 0 else value

    @property
    def moved(self) -> bool:
        return self.statement.direction is not Direction.LEVEL

    @property
    def quote(self) -> str:
        amount = self.statement.amount
        return self.text.content[amount.start : amount.end].strip()

    def mark(self) -> Mark:
        amount = self.statement.amount
        return Mark(text=self.text, start=amount.start, end=amount.end)


def differing(manuscript: Manuscript, year: int, settings: Settings) -> Iterator[Finding]:
    """Every indicator of a goal that is told otherwise in the body or in a task (目标指标前后不一致)."""
    goals = [row for listing in manuscript.listings for row in listing.rows if _is_goal(listing.kind, row, year)]
    own = _own_statements(goals, year)
    if not own:
        return
    at_goals = {id(text) for row in goals for text in row.texts.values()}
    seen: set[tuple[int, int]] = set()
    for text, row in _elsewhere(manuscript, at_goals):
        for statement in statements(text.content, year):
            base = own.get((statement.subject, statement.amount.unit, statement.direction is not Direction.LEVEL))
            if base is None or not _is_comparable(text, statement):
                continue
            goal_row, told = base
            if row is not None and not set(row.lead_units) & set(goal_row.lead_units):
                continue
            if (id(text), statement.amount.start) not in seen and not (
                text.stands_elsewhere and told.text.stands_elsewhere
            ):
                seen.add((id(text), statement.amount.start))
                yield from _compare(_Told(text, statement), told, settings)


def _is_goal(kind: Kind | None, row: Row, year: int) -> bool:
    """A goal, or a task that is nothing but an indicator with its target: 进出口总额增长5%."""
    if kind is Kind.GOALS:
        return True
    content = row.content("text").strip("。； \n")
    if kind is None or len(content) > 40:
        return False
    found = statements(content, year)
    return len(found) == 1 and found[0].start == 0 and found[0].end >= len(content)


def _own_statements(goals: list[Row], year: int) -> dict[tuple[str, str, bool], tuple[Row, _Told]]:
    """What each goal's own progress says of its indicators; an indicator with two values there tells nothing."""
    own: dict[tuple[str, str, bool], tuple[Row, _Told]] = {}
    unsure: set[tuple[str, str, bool]] = set()
    for row in goals:
        progress = row.texts.get("progress")
        if progress is None:
            continue
        for statement in statements(progress.content, year):
            key = (statement.subject, statement.amount.unit, statement.direction is not Direction.LEVEL)
            if (
                statement.aside
                or statement.amount.unit in _RANKS
                or not statement.subject
                or not _of_district(progress, statement)
            ):
                continue
            if key in own and own[key][1].statement.amount.value != statement.amount.value:
                unsure.add(key)
            own.setdefault(key, (row, _Told(progress, statement)))
    return {key: value for key, value in own.items() if key not in unsure}


def _elsewhere(manuscript: Manuscript, at_goals: set[int]) -> Iterator[tuple[Text, Row | None]]:
    for text in manuscript.texts:
        if text.role in (Role.PARAGRAPH, Role.HEADING):
            yield text, None
    for listing in manuscript.listings:
        for row in listing.rows if listing.kind else ():
            told = (row.texts[name] for name in ("progress", "phrase") if name in row.texts)
            yield from ((text, row) for text in told if id(text) not in at_goals)


def _is_comparable(text: Text, statement: Statement) -> bool:
    """Whether it tells what was reached in the district: no aim, no aside, not what the city reached."""
    if statement.aside or statement.amount.bound not in (Bound.EXACT, Bound.ABOUT) or not _of_district(text, statement):
        return False
    sentence = Mark(text=text, start=statement.start, end=statement.end).sentence
    lead = text.content[max(0, statement.start - 12) : statement.amount.end + 4]
    return not _AIM.search(lead) or "目标" not in sentence


def _of_district(text: Text, statement: Statement) -> bool:
    return not _OTHERS.search(text.content[max(0, statement.start - 6) : statement.amount.start])


def _same_base(one: Statement, two: Statement) -> bool:
    """Growth without a word is growth over the year before."""
    return (one.against or "同比") == (two.against or "同比")


def _compare(here: _Told, there: _Told, settings: Settings) -> Iterator[Finding]:
    one, two = here.statement, there.statement
    if here.moved and not _same_base(one, two):
        return
    marks = (here.mark(), there.mark())
    subject = one.subject
    if here.value == there.value:
        if _times_differ(one, two) and one.period and two.period:
            what = f"{subject}同一数值{here.quote}，一处写{one.period.words}，一处写{two.period.words}"
            yield from settings.finding(Rule.PERIOD_DIFFERS, what, "请核对统计截止时间，改成一致", *marks)
        return
    if _times_differ(one, two):
        return
    if abs(here.value) == abs(there.value):
        ways = f"一处{one.direction.value}{here.quote}，一处{two.direction.value}{there.quote}"
        yield from settings.finding(
            Rule.DIRECTION_DIFFERS, f"{subject}升降相反：{ways}", "请核对是升是降，改成一致", *marks
        )
    elif one.amount.number == two.amount.number:
        what = f"{subject}单位不一致：一处{here.quote}，一处{there.quote}"
        yield from settings.finding(Rule.UNIT_DIFFERS, what, "请核对单位，改成一致", *marks)
    else:
        verb = one.direction.value or ""
        what = f"{subject}两处不一致：一处{verb}{here.quote}，一处{two.direction.value or ''}{there.quote}"
        yield from settings.finding(Rule.VALUE_DIFFERS, what, "请核对哪一个对，改成一致", *marks)


def _times_differ(one: Statement, two: Statement) -> bool:
    first, second = one.period, two.period
    if first is None or second is None or first.last is None or second.last is None:
        return False
    if Span.POINT in (first.span, second.span):
        return first.last != second.last
    starts = first.first != second.first and None not in (first.first, second.first)
    return first.last != second.last or starts

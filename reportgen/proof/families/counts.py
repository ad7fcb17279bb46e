"""Stated numbers of goals and tasks (项数): against the rows of the lists, and against each other: 131 = 124 + 7."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.issued.counts import Stated, stated_counts
from reportgen.issued.kinds import Kind
from reportgen.issued.verdict_groups import VerdictGroup, verdict_groups
from reportgen.ledger.model import STATUSES, VERDICTS
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.numbering import HEADING_MARKS
from reportgen.proof.families.listed_counts import listed_counts
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Listing, Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings
from reportgen.quantities.stops import said_before, sentence_around

_MOST_MARKS = 5
_FARTHEST = 300
_STOPS = "。！？；;\n"
_CLAUSE_STOPS = "，,：:" + _STOPS
# 区教委2项任务滞后 speaks of that unit's tasks alone; so does 其中5项重点任务 of a part of all.
_OF_A_UNIT = re.compile(r"(?:委|局|办|街道|镇|乡|公司|集团|中心|单位|部门)(?:的|有|共|共有)?$")
_A_PART = re.compile(r"其中|其余|余下|剩余|另有|另外|前\d|后\d")
# A sentence about something else also says 五项重点任务: 聚焦五项重点任务.
_OF_ALL = re.compile(r"正常|滞后|符合|不达|共|总|全部|所有|督[查办导]|完成|推进情况|进展情况|办结")
_LONGEST_TITLE = 60
_OTHER_NUMBER = re.compile(r"(?<![\d.])(\d{1,5}|[一二三四五六七八九十百]{1,5})项")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A stated number, the text that states it, and the numbers that it may be by the rows; none if nobody knows."""

    text: Text
    stated: Stated
    right: frozenset[int]

    @property
    def mark(self) -> Mark:
        return Mark(text=self.text, start=self.stated.start, end=self.stated.end)

    @property
    def is_wrong(self) -> bool:
        return bool(self.right) and self.stated.number not in self.right


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the numbers of goals and tasks that a manuscript states (核对项数)."""
    claims = list(_claims(manuscript, settings))
    wrong = [claim for claim in claims if claim.is_wrong]
    parted = _parted(manuscript, claims)
    yield from _against_rows(manuscript, wrong, parted, settings)
    told = {(id(claim.text), claim.stated.start) for claim in wrong}
    for parting in parted:
        if parting.is_wrong and not parting.places & told:
            told |= parting.places
            yield from settings.finding(Rule.COUNT_PARTS, parting.what, _FIX_PARTS, *parting.marks)
    yield from _against_each_other(claims, told, settings)
    for finding in listed_counts(manuscript, settings):
        if not any((id(mark.text), mark.start) in told for mark in finding.marks[:1]):
            yield finding


_FIX_PARTS = "请核对各个数，改正写错的一个"


# ---- against the rows -------------------------------------------------------------


def _claims(manuscript: Manuscript, settings: Settings) -> Iterator[_Claim]:
    """All numbers stated outside the tables, each with what the rows say."""
    parts = settings.words(Rule.COUNT_ROWS)
    # Where nobody is told of the rows, the numbers are held against each other alone.
    by_rows = settings.looks_at(Rule.COUNT_ROWS)
    plausible = {kind: frozenset(_plausible(manuscript.listings, kind)) for kind in Kind}
    own = {id(each.title): each for each in manuscript.listings if each.title}
    for text in manuscript.texts:
        if text.role is Role.CELL or text.stands_elsewhere:
            continue
        for stated in stated_counts(text.content):
            if not _speaks_of_all(text, stated, parts):
                continue
            right = plausible[stated.kind]
            if (listing := own.get(id(text))) and listing.kind:
                fits = listing.kind is stated.kind or (listing.kind is Kind.TASKS and not right)
                right = frozenset({len(listing.rows)}) if fits else right
            yield _Claim(text=text, stated=stated, right=right if by_rows else frozenset())


def _speaks_of_all(text: Text, stated: Stated, parts: Sequence[str]) -> bool:
    """Whether the number is that of all goals or tasks of its kind, not of a unit's, a level's or another year's."""
    content = text.content
    before = said_before(content, stated.start, _CLAUSE_STOPS, _FARTHEST)
    said = before + content[stated.start : stated.words_end]
    if any(part in said for part in parts if part) or _OF_A_UNIT.search(before):
        return False
    if stated.kind in (Kind.LAGGING, Kind.NORMAL):
        return True
    if _A_PART.search(before) or before.count("（") + before.count("(") > before.count("）") + before.count(")"):
        return False
    if text.role is not Role.PARAGRAPH and len(content) <= _LONGEST_TITLE:
        return True
    return bool(
        _OF_ALL.search(content[slice(*sentence_around(content, stated.start, stated.start, _STOPS, _FARTHEST))])
    ) and (stated.kind is Kind.GOALS or content[stated.start].isdecimal() or bool(re.search("正常|滞后", content)))


def _plausible(listings: Sequence[Listing], kind: Kind) -> Iterator[int]:
    """The numbers of rows of a kind as a reader may count them; none if the lists do not tell."""
    sizes = {each: [len(one.rows) for one in listings if one.kind is each] for each in Kind}
    yield from sizes[kind]
    if sizes[kind]:
        yield sum(sizes[kind])
    judged = [row.judgement for one in listings if one.kind is Kind.TASKS for row in one.rows]
    if kind in (Kind.LAGGING, Kind.NORMAL) and judged and all(judged):
        yield judged.count(STATUSES[0 if kind is Kind.NORMAL else 1])
    if kind is Kind.TASKS and sizes[Kind.NORMAL]:
        yield sum(sizes[Kind.NORMAL]) + sum(sizes[Kind.LAGGING])


def _against_rows(
    manuscript: Manuscript, wrong: Sequence[_Claim], parted: Sequence[_Parting], settings: Settings
) -> Iterator[Finding]:
    groups: dict[tuple[Kind, int, frozenset[int]], list[_Claim]] = {}
    for claim in wrong:
        groups.setdefault((claim.stated.kind, claim.stated.number, claim.right), []).append(claim)
    for (kind, number, right), claims in groups.items():
        if kind is Kind.TASKS and _follows(number, right, groups, parted):
            continue
        count = min(right, key=lambda each: (abs(each - number), each))
        what = f"写{_subject(kind)}{number}项，表中有{count}行"
        fix = f"请核对：是数写错了（应为{count}项），还是表中多了或少了行"
        yield from settings.finding(
            Rule.COUNT_ROWS, what, fix, *[claim.mark for claim in claims[:_MOST_MARKS]], *_listed_at(manuscript, kind)
        )


def _follows(
    number: int,
    right: frozenset[int],
    groups: dict[tuple[Kind, int, frozenset[int]], list[_Claim]],
    parted: Sequence[_Parting],
) -> bool:
    """Whether the total is only wrong as one of its parts is, of which a row is missing: that is told there."""
    parts = [(each, rows) for (kind, each, rows) in groups if kind in (Kind.NORMAL, Kind.LAGGING)]
    agrees = any(parting.total == number and not parting.is_wrong for parting in parted)
    return agrees and any(number - each + count in right for each, rows in parts for count in rows)


def _subject(kind: Kind) -> str:
    return {Kind.LAGGING: "滞后任务", Kind.NORMAL: "正常推进的任务"}.get(kind, kind.value)


_GOALS: tuple[Kind, ...] = (Kind.GOALS,)
_ALL_TASKS: tuple[Kind, ...] = (Kind.TASKS, Kind.LAGGING, Kind.NORMAL)


def _listed_at(manuscript: Manuscript, kind: Kind) -> list[Mark]:
    """Where the rows stand: the last row of each list that holds the kind."""
    kinds = {Kind.GOALS: _GOALS, Kind.TASKS: _ALL_TASKS}.get(kind, (kind, Kind.TASKS))
    same = [one for one in manuscript.listings if one.kind is kind and one.rows]
    lists = same or [one for one in manuscript.listings if one.kind in kinds and one.rows]
    last = [one.rows[-1].texts for one in lists[:2]]
    return [Mark(text=texts[name]) for texts in last if (name := _first_filled(texts))]


def _first_filled(texts: Mapping[str, Text]) -> str | None:
    return next((name for name in ("given_no", "text", *texts) if name in texts and texts[name].content.strip()), None)


# ---- against each other -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parting:
    """A total and its parts (总数与分项), where they stand, and how that is said."""

    total: int
    sum: int
    what: str
    marks: tuple[Mark, ...]
    may_be_part: bool = False

    @property
    def is_wrong(self) -> bool:
        return self.total < self.sum or (self.total > self.sum and not self.may_be_part)

    @property
    def places(self) -> set[tuple[int, int]]:
        return {(id(mark.text), mark.start) for mark in self.marks}


def _parted(manuscript: Manuscript, claims: Sequence[_Claim]) -> list[_Parting]:
    return [*_tasks_parted(claims), *_goals_parted(manuscript, claims)]


def _tasks_parted(claims: Sequence[_Claim]) -> Iterator[_Parting]:
    """131项任务中，124项正常推进，7项滞后: the total stands in the sentence or in the last heading."""
    heading: _Claim | None = None
    groups: dict[tuple[int, int], list[_Claim]] = {}
    for claim in claims:
        content = claim.text.content
        first, _ = sentence_around(content, claim.stated.start, claim.stated.start, "。！？\n", _FARTHEST)
        groups.setdefault((id(claim.text), first), []).append(claim)
    for (_, first), group in groups.items():
        text = group[0].text
        totals = [claim for claim in group if claim.stated.kind is Kind.TASKS]
        if text.role is Role.HEADING and totals:
            heading = totals[0]
        parts = [next((each for each in group if each.stated.kind is kind), None) for kind in _STATUS_KINDS]
        total = totals[0] if totals else heading
        if not all(parts) or total is None or len(group) > 3 or len(totals) > 1:
            continue
        own = [each for each in parts if each]
        found = sum(each.stated.number for each in own)
        if found != total.stated.number and _other_numbers(text, first, group):
            continue
        names = "、".join(f"{_subject(each.stated.kind)}{each.stated.number}项" for each in own)
        what = f"写重点任务共{total.stated.number}项，{names}，合计{found}项"
        yield _Parting(
            total=total.stated.number, sum=found, what=what, marks=(total.mark, *(each.mark for each in own))
        )


_BREAK = re.compile(r"[。！？\n]")
_STATUS_KINDS = (Kind.NORMAL, Kind.LAGGING)


def _other_numbers(text: Text, first: int, group: Sequence[_Claim]) -> bool:
    """Whether the sentence counts something besides: 3项已完成."""
    after = _BREAK.search(text.content, first)
    known = {claim.stated.start for claim in group}
    found = _OTHER_NUMBER.finditer(text.content, first, after.start() if after else len(text.content))
    return any(each.start() not in known for each in found)


def _goals_parted(manuscript: Manuscript, claims: Sequence[_Claim]) -> Iterator[_Parting]:
    """10项预期目标: 2项符合预期 + 6项不达预期 + 2项符合时间节点, in one section."""
    totals = {id(claim.text): claim for claim in reversed(claims) if claim.stated.kind is Kind.GOALS}
    body = [text for text in manuscript.texts if text.role in _BODY and not text.stands_elsewhere]
    everything = "".join(text.content for text in body)
    total: _Claim | None = None
    found: list[tuple[Text, VerdictGroup]] = []
    for text in body:
        if text.role is Role.HEADING and HEADING_MARKS[0][1].match(text.content.strip()):
            yield from _goals_of(total, found, everything)
            total, found = None, []
        total = totals.get(id(text), total)
        found += [(text, group) for group in verdict_groups(text.content, STANDARD_WORDS) if group.count]
    yield from _goals_of(total, found, everything)


_BODY = (Role.HEADING, Role.PARAGRAPH)


def _goals_of(total: _Claim | None, found: Sequence[tuple[Text, VerdictGroup]], everything: str) -> Iterator[_Parting]:
    own = {group.verdict: (text, group) for text, group in reversed(found)}
    if total is None or len(own) < 2 or len({(group.verdict, group.count) for _, group in found}) != len(own):
        return
    parts = sorted(own.values(), key=lambda each: (VERDICTS.index(each[1].verdict), each[1].start))
    count = sum(group.count for _, group in parts)
    names = "、".join(f"{group.verdict}{group.count}项" for _, group in parts)
    marks = [Mark(text=text, start=group.start, end=group.end) for text, group in parts]
    yield _Parting(
        total=total.stated.number,
        sum=count,
        what=f"写预期目标共{total.stated.number}项，{names}，合计{count}项",
        marks=(total.mark, *marks),
        # A third verdict may be told of without a number.
        may_be_part=any(word in everything for word in _words_of(set(VERDICTS) - set(own))),
    )


def _words_of(verdicts: set[str]) -> Iterator[str]:
    for verdict in verdicts:
        yield verdict
        yield from STANDARD_WORDS.judgements.get(verdict, ())


def _against_each_other(claims: Sequence[_Claim], told: set[tuple[int, int]], settings: Settings) -> Iterator[Finding]:
    """One kind, two numbers, and no list that decides: 131项 in the heading, 132项 below."""
    for kind in Kind:
        own = [claim for claim in claims if claim.stated.kind is kind and not claim.right]
        by_number = {claim.stated.number: claim for claim in reversed(own)}
        headed = any(claim.text.role is not Role.PARAGRAPH for claim in own)
        if len(by_number) != 2 or not headed or any((id(each.text), each.stated.start) in told for each in own):
            continue
        first, second = sorted(by_number.values(), key=own.index)
        what = f"{_subject(kind)}一处写{first.stated.number}项，一处写{second.stated.number}项"
        yield from settings.finding(Rule.COUNT_PARTS, what, "请核对，两处写一致", second.mark, first.mark)

"""The collection (汇总结果): the merged ledger, who has returned, and all that the office must look at.

Everything is read off the merged ledger and its record, so that the same state always gives the same findings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from reportgen.intake.answering import Answering
from reportgen.intake.deciding import same
from reportgen.intake.findings import Finding, Kind, State, UnitState
from reportgen.intake.matching import How
from reportgen.intake.merging import Merged
from reportgen.intake.receiving import COPY_NOTE
from reportgen.ledger.model import Entry, Ledger
from reportgen.ledger.origins import LAST_PHRASE, Origin, Use, column_name
from reportgen.ledger.records import Received, Record
from reportgen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection (汇总结果) of one period; `on` is the day for which it says who is overdue."""

    ledger: Ledger
    record: Record
    units: tuple[UnitState, ...]
    findings: tuple[Finding, ...]
    deadline: date | None = None
    on: date | None = None

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """What a person still has to decide or to mend (待处理)."""
        return tuple(each for each in self.findings if each.is_open)

    def counts(self) -> dict[str, int]:
        """The numbers (数目) that stand at the head of every report."""
        asked = [each for each in self.units if each.state is not State.NOT_ASKED]
        returned = self.units_in(State.RETURNED, State.LATE)
        return {
            "asked": len(asked),
            "returned": len(returned),
            "late": len(self.units_in(State.LATE)),
            "missing": len(self.units_in(State.MISSING, State.OVERDUE, State.UNREAD)),
            "files": sum(not each.replaced for each in self.record.returns),
            "unread": sum(not each.readable for each in self.record.returns),
            "entries": len(list(self.ledger)),
            "answered": sum(bool(entry.progress) for entry in self.ledger),
            "open": len(self.open_findings),
            "settled": sum(bool(each.settled) for each in self.findings),
        }

    def units_in(self, *states: State) -> tuple[UnitState, ...]:
        """The units in one of these states, in official order."""
        return tuple(each for each in self.units if each.state in states)


def collection_of(
    merged: Merged, answering: Answering, deadline: date | None = None, on: date | None = None
) -> Collection:
    """The merged ledger with all that it gives to look at."""
    view = _View(merged, answering)
    settled = dict(merged.record.settled)
    findings = [replace(each, settled=settled.get(each.key, "")) for each in _once(view.findings(), merged.record)]
    order = {kind: rank for rank, kind in enumerate(Kind)}
    findings.sort(key=lambda each: order[each.kind])  # stable: within a kind, as the ledger goes
    units = tuple(view.units(deadline, on))
    return Collection(
        ledger=merged.ledger,
        record=merged.record,
        units=units,
        findings=tuple(dict.fromkeys(findings)),
        deadline=deadline,
        on=on,
    )


# How a finding about an origin is made: its kind, what to say, and what the ledger says if not the origin's own cell.
_Found: TypeAlias = Callable[..., Finding]
_NO_UNIT = "return.unknown-unit"
# What a unit says alike in two files is one point: that of the later file.
_ONCE = (Kind.EMPTY, Kind.CHANGED, Kind.LIKELY, Kind.EXTRA)
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


def _once(findings: Iterator[Finding], record: Record) -> list[Finding]:
    moments = {each.file: each.moment for each in record.returns}
    listed = list(findings)
    latest: dict[tuple[str, ...], str] = {}
    for each in listed:
        if each.kind in _ONCE and each.where:
            latest[each.key] = max(latest.get(each.key, ""), moments.get(each.where.file, ""))

    def stays(each: Finding) -> bool:
        if each.key not in latest or not each.where:
            return True
        if moments.get(each.where.file, "") != latest[each.key]:
            return False
        latest[each.key] = "\0"  # said
        return True

    return [each for each in listed if stays(each)]


class _View:
    """One look at a merged ledger: its origins by entry, its returns by fingerprint."""

    def __init__(self, merged: Merged, answering: Answering) -> None:
        self.ledger, self.record = merged.ledger, merged.record
        self.answering = answering
        self.entries: Mapping[str, Entry] = {entry.id: entry for entry in merged.ledger}
        self.sources: Mapping[str, Received] = {each.digest: each for each in merged.record.returns}
        self.roles = {entry.id: answering.roles(entry) for entry in merged.ledger}
        self.taken: dict[tuple[str, str], Origin] = {}
        self.conflicts: set[tuple[str, str]] = set()
        # By entry, the units that gave a progress, and those that sent the row without one; all that sent anything.
        self.answered: dict[str, set[str]] = defaultdict(set)
        self.emptied: dict[str, set[str]] = defaultdict(set)
        self.senders = {each.unit for each in merged.record.returns if each.readable}
        self.nameless = {each.digest for each in merged.record.origins if each.how == _NO_UNIT}
        for each in merged.record.origins:
            if each.use is Use.TAKEN:
                self.taken[each.id, each.field] = each
            elif each.use is Use.CONFLICT:
                self.conflicts.add((each.id, each.field))
            elif each.use is Use.EMPTY:
                self.emptied[each.id].add(each.unit)
            if each.field == "progress" and each.is_answer and each.use is not Use.OLD:
                self.answered[each.id].add(each.unit)

    # ---- the findings --------------------------------------------------------------

    def findings(self) -> Iterator[Finding]:
        for source in self.record.returns:
            yield from self._of_source(source)
        rows: set[tuple[str, str, str, str]] = set()
        for each in self.record.origins:
            yield from self._of_origin(each)
            # A row that was found by its text is one point, however many columns it fills.
            row = (each.digest, each.id, each.where.sheet or "", _row_of(each))
            if each.how in (How.ALIKE.value, How.NUMBER_AND_TEXT.value) and row not in rows:
                rows.add(row)
                yield self._likely(each)
        for entry in self.ledger:
            yield from self._of_entry(entry)
        for unit in self.units(None, None):
            if unit.state is State.MISSING:
                yield Finding(kind=Kind.MISSING, unit=unit.unit, what=f"没有收到反馈，责任任务 {unit.leads} 项")

    def _of_source(self, source: Received) -> Iterator[Finding]:
        if source.replaced:
            return
        where = Location(file=source.file)
        # Why a file could not be read, what is wrong with it says.
        if source.readable and not source.unit and source.digest not in self.nameless:
            yield Finding(kind=Kind.NAMELESS, what="文件里和文件名里都没有认得的单位名称", where=where)
        if COPY_NOTE in source.note:
            copies = source.note[source.note.index(COPY_NOTE) :]
            yield Finding(kind=Kind.COPY, unit=source.unit, what=copies, where=where)

    def _of_origin(self, each: Origin) -> Iterator[Finding]:
        entry = self.entries.get(each.id)
        column = column_name(each.field, entry.sheet if entry else None)
        ours = self._ours(entry, each.field)
        chosen = self.taken.get((each.id, each.field))
        by = f"（{chosen.unit or '未写单位'}）" if chosen else ""

        def found(kind: Kind, what: str, ours: str = ours) -> Finding:
            task = entry.text if entry else each.said
            return Finding(
                kind=kind,
                unit=each.unit,
                id=each.id,
                task=task,
                what=what,
                ours=ours,
                theirs=each.text,
                where=each.where,
            )

        match each.use:
            case Use.FAULT | Use.NOTE:
                yield from self._told(each)
            case Use.UNPLACED:
                yield found(Kind.UNPLACED, each.note, "")
            case Use.CONFLICT:
                yield found(Kind.CONFLICT, f"{column}：人工改过以后，单位的说法又变了")
            case Use.OTHER_LEAD:
                yield found(Kind.CONTRADICTION, f"{column}与采用的{by}不同{self._figures(each, chosen)}")
            case Use.MEMBER:
                yield found(Kind.MEMBERS, f"{column}：采用了排在前面的{by}")
            case Use.OTHER_ROW:
                yield found(Kind.TWO_ROWS, f"{column}与同一份反馈的另一行不同{self._figures(each, chosen)}")
            case Use.FOREIGN:
                leads = "、".join(entry.lead_units) if entry else ""
                yield found(Kind.FOREIGN, f"{column}：这一项的责任单位是{leads or '（没有）'}")
            case Use.NAMELESS:
                yield found(Kind.NAMELESS, f"{column}：看不出单位，没有采用")
            case Use.NOT_ITS:
                yield from self._not_its(each, entry, found)
            case Use.EMPTY:
                role = self.roles.get(each.id, {}).get(each.unit)
                if entry and role and role.lead and each.unit not in self.answered[each.id]:
                    yield found(Kind.EMPTY, "这一项的进展情况没有填")
            case Use.SUPPORT:
                yield found(Kind.SUPPORT_TEXT, f"{column}没有并入，用的是责任单位{by}的", "")
            case Use.LATER_FILE if not each.was_taken:
                used = f"「{chosen.where.file}」" if chosen and chosen.unit == each.unit else "后来的一份"
                yield found(Kind.SEVERAL_FILES, f"{column}：同一单位以{used}为准")
            case Use.TAKEN:
                yield from self._of_taken(each, entry, found)
            case Use.BEFORE:
                yield from self._before(each, entry, found)
        if each.was_taken and each.use is not Use.TAKEN and not (chosen and same(chosen.text, each.text)):
            yield found(Kind.OVERWRITTEN, f"{column}：换成了{_place(chosen.where)}的{by}" if chosen else column)

    def _told(self, each: Origin) -> Iterator[Finding]:
        source = self.sources.get(each.digest)
        broken = source is not None and not source.readable
        kind = Kind.NOTE if each.use is Use.NOTE else Kind.UNREAD if broken else Kind.FAULT
        kind = Kind.NAMELESS if each.how == _NO_UNIT and not each.unit else kind
        yield Finding(kind=kind, unit=each.unit, what=f"{each.text}。{each.note}", where=each.where)

    def _before(self, each: Origin, entry: Entry | None, found: _Found) -> Iterator[Finding]:
        if each.field == LAST_PHRASE:
            yield found(Kind.LAST_PHRASE, "报告用语有数字，已清空", "")
        elif entry and entry.judgement and entry.judgement != each.text:
            now = self.taken.get((each.id, "judgement"))
            finding = found(Kind.JUDGEMENT, f"上期「{each.text}」，本期「{entry.judgement}」", entry.judgement)
            yield replace(finding, unit=now.unit if now else "", where=now.where if now else None)

    def _of_taken(self, each: Origin, entry: Entry | None, found: _Found) -> Iterator[Finding]:
        if entry is None:
            return
        role = self.roles[entry.id].get(each.unit)
        source = self.sources.get(each.digest)
        if (entry.id, each.field) in self.conflicts:
            return
        column = column_name(each.field, entry.sheet)
        if source and source.replaced:
            yield found(Kind.WITHDRAWN, f"{column}：{each.unit}新的一份里没有写这一条")
        if role and not role.lead:
            yield found(Kind.SUPPORT_USED, f"{column}：责任单位{'、'.join(entry.lead_units)}没有反馈")
        if each.field == "progress" and entry.last_progress and same(each.text, entry.last_progress):
            yield found(Kind.SAME_AS_LAST, "进展情况与上期一字不差", "")
        if not same(each.text, getattr(entry, each.field)):
            yield found(Kind.POLISHED, f"{column}：台账里的文字是人工改过的")

    def _not_its(self, each: Origin, entry: Entry | None, found: _Found) -> Iterator[Finding]:
        if entry is None:
            return
        if each.field not in ("text", "category", "lead_units"):
            yield found(Kind.EXTRA, f"多出的列「{each.field}」", "")
            return
        ours = self._ours(entry, each.field)
        if not same(ours, each.text):
            yield found(Kind.CHANGED, f"{column_name(each.field, entry.sheet)}与台账不同", ours)

    def _likely(self, each: Origin) -> Finding:
        entry = self.entries.get(each.id)
        return Finding(
            kind=Kind.LIKELY,
            unit=each.unit,
            id=each.id,
            task=entry.text if entry else "",
            what=f"{each.how}，相近程度 {each.score or 0:.0%}",
            ours=entry.text if entry else "",
            theirs=each.said,
            where=each.where,
        )

    def _of_entry(self, entry: Entry) -> Iterator[Finding]:
        blank = Finding(kind=Kind.WAITING, id=entry.id, task=entry.text, what="", where=entry.where("lead_units"))
        for name in self.answering.nobody(entry):
            yield replace(blank, kind=Kind.NOBODY, what=f"责任单位「{name}」不知道指哪些单位", ours=name)
        if self.answered[entry.id]:
            return
        leads = [unit for unit, role in self.roles[entry.id].items() if role.lead]
        there = [unit for unit in leads if unit in self.senders]
        what = "没有反馈这一项的进展" + ("，台账里有人工填写的" if entry.progress else "")
        if there:
            if not any(each in self.emptied[entry.id] for each in there):
                unit = "、".join(there)
                yield replace(blank, kind=Kind.UNREPORTED, unit=unit, what=what, ours=entry.progress, where=None)
        else:
            unit = "、".join(entry.lead_units)
            yield replace(blank, kind=Kind.WAITING, unit=unit, what=what, ours=entry.progress, where=None)

    def _ours(self, entry: Entry | None, field: str) -> str:
        value = getattr(entry, field, "") if entry else ""
        return "、".join(value) if isinstance(value, tuple) else str(value)

    def _figures(self, each: Origin, chosen: Origin | None) -> str:
        """Which figures stand in one of two texts only."""
        if chosen is None or each.field == "judgement":
            return ""
        mine, theirs = (list(dict.fromkeys(_FIGURE.findall(text))) for text in (each.text, chosen.text))
        here, there = [n for n in mine if n not in theirs], [n for n in theirs if n not in mine]
        if not here and not there:
            return "（数字相同）"
        return f"（数字不同：这里 {'、'.join(here[:6]) or '无'}，采用的 {'、'.join(there[:6]) or '无'}）"

    # ---- the units -----------------------------------------------------------------

    def units(self, deadline: date | None, on: date | None) -> Iterator[UnitState]:
        leads: dict[str, int] = defaultdict(int)
        supports: dict[str, int] = defaultdict(int)
        answered: dict[str, int] = defaultdict(int)
        for id, roles in self.roles.items():
            for unit, role in roles.items():
                (leads if role.lead else supports)[unit] += 1
                answered[unit] += role.lead and unit in self.answered[id]
        sources: dict[str, list[Received]] = defaultdict(list)
        for each in self.record.returns:
            if each.unit:
                sources[each.unit].append(each)
        for unit in self.answering.in_order([*leads, *supports, *sources]):
            own = sources[unit]
            yield UnitState(
                unit=unit,
                state=_state(own, bool(leads[unit]), deadline, on),
                files=tuple(each.file for each in own if not each.replaced),
                day=min((each.day for each in own if each.readable), default=""),
                rows=sum(each.rows for each in own if not each.replaced),
                leads=leads[unit],
                answered=answered[unit],
                supports=supports[unit],
            )


def _state(own: list[Received], has_leads: bool, deadline: date | None, on: date | None) -> State:
    readable = [each for each in own if each.readable]
    if readable:
        # A correction that comes late does not make the return a late one.
        late = deadline is not None and min(each.day for each in readable) > deadline.isoformat()
        return State.LATE if late else State.RETURNED
    if own:
        return State.UNREAD
    if not has_leads:
        return State.NOT_ASKED
    return State.OVERDUE if deadline and on and on > deadline else State.MISSING


def _row_of(each: Origin) -> str:
    """The row of a place: all cells of one row belong together."""
    return "".join(re.findall(r"\d+", each.where.cell or "")[:1])


def _place(where: Location) -> str:
    return f"「{where.file}」{where.sheet or ''}{where.cell or ''}"

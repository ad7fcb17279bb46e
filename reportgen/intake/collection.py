"""The collection (汇总结果): the merged ledger, who has returned, and all that the office must look at.

Everything is read off the merged ledger and its record, so that the same state always gives the same findings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reportgen.intake.answering import Answering
from reportgen.intake.entry_findings import entry_findings
from reportgen.intake.findings import HAS_RETURNED, Finding, Kind, State, UnitState, key_of
from reportgen.intake.merging import Merged
from reportgen.intake.origin_findings import origin_findings
from reportgen.intake.receipts import COPY_NOTE
from reportgen.intake.said import Said
from reportgen.intake.unit_states import unit_states
from reportgen.ledger.model import Ledger
from reportgen.ledger.origins import Use
from reportgen.ledger.records import Received, Record
from reportgen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection (汇总结果) of one period; `on` is the day for which it says who is overdue.

    `closed` are remarks on points that are none any more, by the words of the point.
    """

    ledger: Ledger
    record: Record
    units: tuple[UnitState, ...]
    findings: tuple[Finding, ...]
    closed: tuple[tuple[tuple[str, ...], str], ...] = ()
    deadline: date | None = None
    on: date | None = None

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """What a person still has to decide or to mend (待处理)."""
        return tuple(each for each in self.findings if each.is_open)

    def counts(self) -> dict[str, int]:
        """The numbers (数目) that stand at the head of every report.

        Only units with lead tasks are asked, whoever else returns; `returned` and `missing` of them make up `asked`.
        """
        asked = [each for each in self.units if each.leads]
        helpers = [each for each in self.units if each.supports and not each.leads]
        returned = [each for each in asked if each.state in HAS_RETURNED]
        current = [each for each in self.record.returns if not each.replaced]
        return {
            "asked": len(asked),
            "returned": len(returned),
            "late": sum(each.state is State.LATE for each in returned),
            "missing": len(asked) - len(returned),
            "helpers": len(helpers),
            "helpers_returned": sum(each.state in HAS_RETURNED for each in helpers),
            "files": len(current),
            "unread": sum(not each.readable for each in current),
            "entries": len(list(self.ledger)),
            "answered": sum(bool(entry.progress) for entry in self.ledger),
            "unjudged": sum(bool(entry.progress and not entry.judgement) for entry in self.ledger),
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
    said = Said(merged, answering)
    remarks = {key_of(words): (words, remark) for words, remark in merged.record.settled}
    found = dict.fromkeys(_once(list(_findings(said)), merged.record))
    settled = [replace(each, settled=remarks[each.key][1] if each.key in remarks else "") for each in found]
    order = {kind: rank for rank, kind in enumerate(Kind)}
    settled.sort(key=lambda each: order[each.kind])  # stable: within a kind, as the ledger goes
    current = {each.key for each in settled}
    return Collection(
        ledger=merged.ledger,
        record=merged.record,
        units=tuple(unit_states(said, deadline, on)),
        findings=tuple(settled),
        closed=tuple(pair for key, pair in remarks.items() if key not in current),
        deadline=deadline,
        on=on,
    )


def _findings(said: Said) -> Iterator[Finding]:
    told = (each for each in said.record.origins if each.how == "return.unknown-unit" or each.use is Use.NAMELESS)
    unnamed = {each.digest for each in told}
    for source in said.record.returns:
        if not source.replaced:
            yield from _of_source(source, source.digest in unnamed)
    found = list(origin_findings(said))
    yield from found
    yield from _several_files(said, {each.unit for each in found if each.kind is Kind.SEVERAL_FILES})
    for entry in said.ledger:
        yield from entry_findings(said, entry)
    for unit in unit_states(said):
        if unit.leads:
            yield from _of_unit(unit)


def _of_source(source: Received, is_told: bool) -> Iterator[Finding]:
    frame = Finding(
        kind=Kind.NAMELESS, unit=source.unit, what="", where=Location(file=source.file), digest=source.digest
    )
    # Why a file could not be read, what is wrong with it says.
    if source.readable and not source.unit and not is_told:
        yield replace(frame, what="文件里和文件名里都没有认得的单位名称")
    if COPY_NOTE in source.note:
        yield replace(frame, kind=Kind.COPY, what=source.note[source.note.index(COPY_NOTE) :])


def _of_unit(unit: UnitState) -> Iterator[Finding]:
    """A unit that has to answer and has not; a file that cannot be read or is of another period is told itself."""
    if unit.state is State.MISSING:
        yield Finding(kind=Kind.MISSING, unit=unit.unit, what=f"没有收到反馈，责任任务 {unit.leads} 项")
    elif unit.state in (State.BLANK, State.UNHEARD):
        what = f"{unit.state.value}（{'、'.join(unit.files)}），责任任务 {unit.leads} 项"
        yield Finding(kind=Kind.BLANK, unit=unit.unit, what=what)


def _several_files(said: Said, differing: set[str]) -> Iterator[Finding]:
    """One line for a unit whose files do not speak against each other; those that do are told text by text."""
    files: dict[str, list[str]] = defaultdict(list)
    for each in said.record.returns:
        if each.unit and each.readable and not each.replaced:
            files[each.unit].append(each.file)
    for unit, names in files.items():
        if len(names) > 1 and unit not in differing:
            what = f"报了 {len(names)} 份（{'、'.join(names)}），说法没有不同"
            yield Finding(kind=Kind.SEVERAL_FILES, unit=unit, what=what)


# What a unit says alike in two files is one point: that of the later file.
_ONCE = (Kind.EMPTY, Kind.JOINT_SILENT, Kind.CHANGED, Kind.IN_LAST, Kind.LIKELY, Kind.EXTRA)
# A gap is one, whatever stood in it in one file or another.
_GAPS = (Kind.EMPTY, Kind.JOINT_SILENT)


def _once(findings: Sequence[Finding], record: Record) -> Iterator[Finding]:
    moments = {(each.digest, each.unit): each.moment for each in record.returns}

    def point(each: Finding) -> tuple[str, ...]:
        return (each.kind.title, each.unit, each.id) if each.kind in _GAPS else each.key

    latest: dict[tuple[str, ...], tuple[str, int]] = {}
    for number, each in enumerate(findings):
        if each.kind in _ONCE:
            moment = moments.get((each.digest, each.unit), "")
            # Of two in one file the first, as the file goes.
            latest[point(each)] = max(latest.get(point(each), (moment, -number)), (moment, -number))
    for number, each in enumerate(findings):
        if each.kind not in _ONCE or latest[point(each)][1] == -number:
            yield each

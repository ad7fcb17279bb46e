"""Who said what (各单位所报): the record of a merged ledger, laid open by entry and by unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from reportgen.intake.answering import Answering
from reportgen.intake.merging import Merged
from reportgen.ledger.model import Entry
from reportgen.ledger.origins import Origin, Use
from reportgen.ledger.records import Received

# Of these the unit has given nothing that could be used, or has taken it back.
_NOT_SAID = (Use.OLD, Use.BEFORE, Use.EMPTY, Use.PLACEHOLDER, Use.UNREAD_JUDGEMENT, Use.OTHER_PERIOD, Use.NAMELESS)


class Said:
    """One look at a merged ledger (各单位所报一览): its origins by entry and unit, its returns by fingerprint."""

    def __init__(self, merged: Merged, answering: Answering) -> None:
        self.ledger, self.record = merged.ledger, merged.record
        self.answering = answering
        self.entries: Mapping[str, Entry] = {entry.id: entry for entry in merged.ledger}
        self.roles = {entry.id: answering.roles(entry) for entry in merged.ledger}
        # Two units may send the same bytes.
        self._sources = {(each.digest, each.unit): each for each in merged.record.returns}
        self._by_digest = {each.digest: each for each in merged.record.returns}
        # What stands in a cell, and the cells in which a person's text stands against a unit's.
        self.taken: dict[tuple[str, str], Origin] = {}
        self.conflicts: set[tuple[str, str]] = set()
        # By entry, the units that gave a progress, and those that sent the row without one.
        self.answered: dict[str, set[str]] = defaultdict(set)
        self.gaps: dict[str, set[str]] = defaultdict(set)
        # The units that said anything at all, and the files in which they did.
        self.heard: set[str] = set()
        self.files_with_words: set[tuple[str, str]] = set()
        self.unreadable_judgement: set[str] = set()
        of_other = (each for each in merged.record.origins if each.use is Use.OTHER_PERIOD)
        self._other_period = {(each.digest, each.unit) for each in of_other}
        # Entries that somebody took out of the ledger, by their numbers, and the rows that spoke of them.
        self.deleted: set[str] = set()
        self.deleted_rows: dict[tuple[str, str, str], str] = {}
        for each in merged.record.origins:
            self._add(each)

    def _add(self, each: Origin) -> None:
        if each.use is Use.TAKEN and each.field:
            self.taken[each.id, each.field] = each
        elif each.use is Use.CONFLICT:
            self.conflicts.add((each.id, each.field))
        elif self.is_gone(each) or self.is_of_other_period(each):
            return
        elif is_gap(each):
            self.gaps[each.id].add(each.unit)
        elif each.use is Use.UNREAD_JUDGEMENT and self.is_lead(each.id, each.unit):
            self.unreadable_judgement.add(each.id)
        if each.id and each.id not in self.entries and each.use is not Use.BEFORE:
            self.deleted.add(each.id)
            self.deleted_rows[row_of(each)] = each.id
        if each.field == "progress" and each.is_answer and each.use not in _NOT_SAID:
            self.answered[each.id].add(each.unit)
        if _says_something(each):
            self.heard.add(each.unit)
            self.files_with_words.add((each.digest, each.unit))

    def source(self, each: Origin) -> Received | None:
        """The return that an origin stands in (所在反馈)."""
        return self._sources.get((each.digest, each.unit)) or self._by_digest.get(each.digest)

    def is_gone(self, each: Origin) -> bool:
        """Whether it stands in a return that a newer one has replaced, and in no cell of the ledger (已作废)."""
        source = self.source(each)
        return source is not None and source.replaced and not each.is_answer and not each.was_taken

    def is_of_other_period(self, each: Origin) -> bool:
        """Whether it stands in a return for another period (另一期的反馈), of which nothing counts."""
        return (each.digest, each.unit) in self._other_period and each.use not in (Use.FAULT, Use.NOTE)

    def deleted_entry(self, each: Origin) -> str:
        """The number of the entry that somebody took out of the ledger and of which a row speaks (已删去的任务)."""
        if each.use is not Use.UNPLACED:
            return ""
        if each.id:
            return each.id
        named = (id for id in sorted(self.deleted) if id in each.note or id in each.said)
        return self.deleted_rows.get(row_of(each)) or next(named, "")

    def leads(self, entry: Entry) -> list[str]:
        """The units that lead an entry (责任单位), the members of a group each by name."""
        return [unit for unit, role in self.roles[entry.id].items() if role.lead]

    def is_lead(self, id: str, unit: str) -> bool:
        """Whether the unit leads the entry (是否牵头)."""
        role = self.roles.get(id, {}).get(unit)
        return role is not None and role.lead

    def leads_who_answered(self, entry: Entry) -> list[str]:
        """The leads that gave a progress (已报的责任单位)."""
        return [unit for unit in self.leads(entry) if unit in self.answered[entry.id]]


def is_gap(each: Origin) -> bool:
    """Whether it is a row without a progress (没有写进展的行), or with a text that only fills the cell."""
    return each.use is Use.EMPTY or (each.use is Use.PLACEHOLDER and each.field == "progress")


def row_of(each: Origin) -> tuple[str, str, str]:
    """The row of a return in which it stands (所在行): all cells of one row belong together."""
    return (each.digest, each.where.sheet or "", "".join(re.findall(r"\d+", each.where.cell or "")[:1]))


def _says_something(each: Origin) -> bool:
    if each.use is Use.UNPLACED:
        return bool(each.text)
    if each.use is Use.NOT_ITS:
        return each.field == "last_progress"
    return each.use is Use.UNREAD_JUDGEMENT or (each.is_answer and each.use not in _NOT_SAID)

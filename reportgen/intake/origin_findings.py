"""What each returned text gives to look at (逐条反馈的待看事项), by what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.intake.deciding import same
from reportgen.intake.findings import Finding, Kind
from reportgen.intake.matching import How
from reportgen.intake.receipts import COPY_NOTE
from reportgen.intake.said import Said, is_gap, row_of
from reportgen.ledger.model import STATUSES, VERDICTS, Entry, Sheet
from reportgen.ledger.origins import LAST_PHRASE, Origin, Use, column_name
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import Location, did_you_mean

_NO_UNIT, _TWO_UNITS = "return.unknown-unit", "return.unit-contradiction"
# A word for tasks that stands among the goals, and the other way round, means this.
_OF_OTHER_SHEET = {
    **dict(zip(STATUSES, VERDICTS, strict=False)),
    **dict(zip(VERDICTS, STATUSES, strict=False)),
}
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_SAME_AS_LAST = "；与上期一字不差"


def origin_findings(said: Said) -> Iterator[Finding]:
    """The findings of all origins, as the record goes."""
    broken: dict[tuple[str, str], list[Origin]] = {}
    of_other_period: dict[tuple[str, str], list[Origin]] = {}
    of_deleted: dict[tuple[str, str], list[Origin]] = {}
    alike: set[tuple[str, ...]] = set()
    told = {(each.digest, each.unit, each.use) for each in said.record.origins}
    for each in said.record.origins:
        source, file = said.source(each), (each.digest, each.unit)
        if said.is_gone(each):
            continue  # what a mended return said of itself
        if each.use is Use.FAULT and source is not None and not source.readable:
            broken.setdefault(file, []).append(each)
            continue
        if said.is_of_other_period(each):
            of_other_period.setdefault(file, []).append(each)
            continue
        if number := said.deleted_entry(each):
            of_deleted.setdefault((number, each.unit), []).append(each)
            continue
        if each.use in (Use.FAULT, Use.NOTE):
            yield from _told(each, told)
            continue
        yield from _Look(said, each).findings()
        # A row that was found by its text is one point, however many columns it fills.
        row = (*row_of(each), each.id)
        is_alike = each.how in (How.ALIKE.value, How.NUMBER_AND_TEXT.value) and each.id in said.entries
        if is_alike and row not in alike:
            alike.add(row)
            yield _likely(each, said.entries[each.id])
    for listed in broken.values():
        yield _unread(listed)
    for listed in of_other_period.values():
        yield _other_period(listed, said)
    for (number, _), listed in of_deleted.items():
        yield _deleted(number, listed)


def _told(each: Origin, told: set[tuple[str, str, Use]]) -> Iterator[Finding]:
    """What the reader of the file said of it."""
    kind = Kind.NOTE if each.use is Use.NOTE else Kind.FAULT
    if each.how == _TWO_UNITS:
        kind = Kind.UNIT_DOUBT
    elif each.how == _NO_UNIT and not each.unit:
        if (each.digest, each.unit, Use.NAMELESS) in told:
            return  # its texts are listed one by one
        kind = Kind.NAMELESS
    yield Finding(kind=kind, unit=each.unit, what=f"{each.text}。{each.note}", where=each.where, digest=each.digest)


def _unread(listed: Sequence[Origin]) -> Finding:
    """One finding for a file that could not be read."""
    first = listed[0]
    where = first.where if len(listed) == 1 else Location(file=first.where.file)
    what = "\n".join(f"{each.text}。{each.note}" for each in listed)
    return Finding(kind=Kind.UNREAD, unit=first.unit, what=what, where=where, digest=first.digest)


def _other_period(listed: Sequence[Origin], said: Said) -> Finding:
    """One finding for a file that says that it is for another period."""
    first = listed[0]
    source = said.source(first)
    note = source.note.split(COPY_NOTE)[0].strip("；") if source else ""
    count = sum(bool(each.text) and each.use in (Use.OTHER_PERIOD, Use.UNPLACED) for each in listed)
    what = f"{note or '表上写的不是这一期'}；{count} 条内容没有采用，记在「来源」表"
    where = Location(file=first.where.file)
    return Finding(kind=Kind.OTHER_PERIOD, unit=first.unit, what=what, where=where, digest=first.digest)


def _deleted(number: str, listed: Sequence[Origin]) -> Finding:
    """One finding for an entry that somebody took out of the ledger, and what its unit says of it."""
    first = listed[0]
    texts = [f"{column_name(each.field, None)}：{each.text}" if each.field else each.text for each in listed]
    return Finding(
        kind=Kind.DELETED,
        unit=first.unit,
        id=number,
        task=next((each.said for each in listed if each.said), ""),
        what="台账里已经没有这个编号",
        theirs="\n".join(texts),
        where=first.where,
        digest=first.digest,
    )


def _likely(each: Origin, entry: Entry) -> Finding:
    return Finding(
        kind=Kind.LIKELY,
        unit=each.unit,
        id=each.id,
        task=entry.text,
        what=f"{each.how}，相近程度 {each.score or 0:.2f}",
        ours=entry.text,
        theirs=each.said,
        where=each.where,
        digest=each.digest,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """One text, and what it gives to look at."""

    said: Said
    origin: Origin

    @property
    def entry(self) -> Entry | None:
        return self.said.entries.get(self.origin.id)

    @property
    def chosen(self) -> Origin | None:
        return self.said.taken.get((self.origin.id, self.origin.field))

    @property
    def by(self) -> str:
        return f"（{self.chosen.unit or '未写单位'}）" if self.chosen else ""

    @property
    def column(self) -> str:
        return column_name(self.origin.field, self.entry.sheet if self.entry else None)

    @property
    def ours(self) -> str:
        value = getattr(self.entry, self.origin.field, "") if self.entry else ""
        return "、".join(value) if isinstance(value, tuple) else str(value)

    def found(self, kind: Kind, what: str, ours: str | None = None, chosen: str = "") -> Finding:
        each, entry = self.origin, self.entry
        return Finding(
            kind=kind,
            unit=each.unit,
            id=each.id,
            task=entry.text if entry else each.said,
            what=what,
            ours=self.ours if ours is None else ours,
            theirs=each.text,
            where=each.where,
            digest=each.digest,
            chosen=chosen,
        )

    def against(self, kind: Kind, what: str) -> Finding:
        """A finding about a text that stands against the chosen one."""
        last = _SAME_AS_LAST if self.is_as_last_time() else ""
        return self.found(kind, what + last, chosen=self.chosen.text if self.chosen else "")

    def is_as_last_time(self) -> bool:
        entry = self.entry
        progress = self.origin.field == "progress" and entry is not None and bool(entry.last_progress)
        return progress and entry is not None and same(self.origin.text, entry.last_progress)

    def findings(self) -> Iterator[Finding]:
        each, column, by = self.origin, self.column, self.by
        match each.use:
            case Use.UNPLACED:
                yield self.found(Kind.UNPLACED, each.note, "")
            case Use.CONFLICT:
                yield self.against(Kind.CONFLICT, f"{column}：人工改过以后，单位的说法又变了")
            case Use.OTHER_LEAD:
                yield self.against(Kind.CONTRADICTION, f"{column}与采用的{by}不同{self._figures()}")
            case Use.MEMBER:
                yield self.against(Kind.MEMBERS, f"{column}：采用了排在前面的{by}")
            case Use.OTHER_ROW:
                yield self.against(Kind.TWO_ROWS, f"{column}与同一份反馈的另一行不同{self._figures()}")
            case Use.FOREIGN:
                leads = "、".join(self.entry.lead_units) if self.entry else ""
                yield self.found(Kind.FOREIGN, f"{column}：这一项的责任单位是{leads or '（没有）'}")
            case Use.NAMELESS:
                yield self.found(Kind.NAMELESS, f"{column}：看不出单位，没有采用")
            case Use.NOT_ITS:
                yield from self._not_its()
            case Use.UNREAD_JUDGEMENT:
                yield from self._unread_judgement()
            case Use.EMPTY | Use.PLACEHOLDER if is_gap(each):
                yield from self._gap()
            case Use.SUPPORT:
                yield self.found(Kind.SUPPORT_TEXT, f"{column}没有并入，用的是责任单位{by}的", "")
            case Use.LATER_FILE if not each.was_taken:
                chosen = self.chosen
                used = f"「{chosen.where.file}」" if chosen and chosen.unit == each.unit else "后来的一份"
                yield self.found(Kind.SEVERAL_FILES, f"{column}：同一单位以{used}为准")
            case Use.MOVED:
                yield self.found(Kind.WITHDRAWN, f"{column}：反馈里的这一行现在对到另一项任务")
                return
            case Use.TAKEN:
                yield from self._taken()
            case Use.BEFORE:
                yield from self._before()
        yield from self._overwritten()

    def _overwritten(self) -> Iterator[Finding]:
        """A text that another one has replaced; once a person has changed the cell it is no news any more."""
        each, chosen = self.origin, self.chosen
        if self.entry is None or not each.was_taken or each.use is Use.TAKEN:
            return
        now = chosen.text if chosen else ""
        if same(now, self.ours) and not same(now, each.text):
            became = f"换成了{_place(chosen.where)}的{self.by}" if chosen else "撤下了，反馈里不再说这一项"
            yield self.found(Kind.OVERWRITTEN, f"{self.column}：{became}")

    def _before(self) -> Iterator[Finding]:
        each, entry = self.origin, self.entry
        if each.field == LAST_PHRASE:
            yield self.found(Kind.LAST_PHRASE, "报告用语有数字，已清空", "")
        elif entry and entry.judgement and entry.judgement != each.text:
            now = self.said.taken.get((each.id, "judgement"))
            what = f"上期「{each.text}」，本期「{entry.judgement}」"
            finding = self.found(Kind.JUDGEMENT, what, entry.judgement)
            yield replace(finding, unit=now.unit if now else "", where=now.where if now else None)

    def _taken(self) -> Iterator[Finding]:
        each, entry = self.origin, self.entry
        if entry is None or (entry.id, each.field) in self.said.conflicts:
            return
        source = self.said.source(each)
        if source and source.replaced:
            yield self.found(Kind.WITHDRAWN, f"{self.column}：{each.unit}新的一份里没有写这一条")
        role = self.said.roles[entry.id].get(each.unit)
        if role and not role.lead:
            there = [unit for unit in self.said.leads(entry) if unit in self.said.heard]
            why = f"{'、'.join(there)}已反馈，没有写这一项" if there else f"{'、'.join(entry.lead_units)}没有反馈"
            yield self.found(Kind.SUPPORT_USED, f"{self.column}：责任单位{why}")
        if self.is_as_last_time():
            yield self.found(Kind.SAME_AS_LAST, "进展情况与上期一字不差", "")
        if not same(each.text, self.ours):
            yield self.found(Kind.POLISHED, f"{self.column}：台账里的文字是人工改过的")

    def _gap(self) -> Iterator[Finding]:
        """A lead's row without a progress, if the unit has said nothing of it elsewhere."""
        each, entry = self.origin, self.entry
        if entry is None or not self.said.is_lead(entry.id, each.unit) or each.unit in self.said.answered[entry.id]:
            return
        if each.use is Use.EMPTY and each.unit not in self.said.heard:
            return  # the whole form is empty, which is one point
        what = f"已交表，这一项只写了「{each.text}」" if each.text else "已交表，未填这一项"
        others = self.said.leads_who_answered(entry)
        # Of units that answer together one may be silent; members of a group each have their own part.
        if others and not self.said.roles[entry.id][each.unit].group:
            yield self.found(Kind.JOINT_SILENT, f"{what}；{'、'.join(others)}已报")
        else:
            yield self.found(Kind.EMPTY, what)

    def _not_its(self) -> Iterator[Finding]:
        each, entry = self.origin, self.entry
        if entry is None:
            return
        if each.field == "last_progress":
            if not same(self.ours, each.text):
                yield self.found(Kind.IN_LAST, "写在上期一栏，没有采用")
        elif each.field in ("text", "category", "lead_units", "support_units", "given_no"):
            if not same(self.ours, each.text):
                yield self.found(Kind.CHANGED, f"{self.column}与台账不同", chosen=self.ours)
        else:
            yield self.found(Kind.EXTRA, f"多出的列「{each.field}」", "")

    def _unread_judgement(self) -> Iterator[Finding]:
        each, entry = self.origin, self.entry
        if entry is None:
            return
        name = column_name("judgement", entry.sheet)
        what = f"{name}「{each.text}」不是规定的写法，{_meant(each.text, entry.sheet)}"
        is_open = not entry.judgement and self.said.is_lead(entry.id, each.unit)
        yield self.found(Kind.UNREAD_JUDGEMENT if is_open else Kind.NOTE, what, entry.judgement)

    def _figures(self) -> str:
        """Which figures stand in one of two texts only."""
        each, chosen = self.origin, self.chosen
        if chosen is None or each.field == "judgement":
            return ""
        mine, theirs = (list(dict.fromkeys(_FIGURE.findall(text))) for text in (each.text, chosen.text))
        here, there = [n for n in mine if n not in theirs], [n for n in theirs if n not in mine]
        if not here and not there:
            return "（数字相同）"
        return f"（数字不同：这里 {'、'.join(here[:6]) or '无'}，采用的 {'、'.join(there[:6]) or '无'}）"


def _meant(text: str, sheet: Sheet) -> str:
    """What to write instead of an unknown status; the other sheet's word hints at this one's."""
    known = VERDICTS if sheet is Sheet.GOALS else STATUSES
    other = Sheet.TASKS if sheet is Sheet.GOALS else Sheet.GOALS
    word = STANDARD_WORDS.judgement_of(text, other)
    if word in _OF_OTHER_SHEET:
        return did_you_mean(_OF_OTHER_SHEET[word], known)
    return STANDARD_WORDS.judgement_hint(text, sheet)


def _place(where: Location) -> str:
    return f"「{where.file}」{where.sheet or ''}{where.cell or ''}"

"""What each returned text gives to look at (逐条反馈的待看事项), by what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.intake.findings import Finding, Kind
from reportgen.intake.matching import How
from reportgen.intake.merging import same
from reportgen.intake.said import Said, is_unread_judgement
from reportgen.ledger.model import STATUSES, VERDICTS, Entry, Sheet
from reportgen.ledger.origins import LAST_PHRASE, Origin, Use, column_name
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import Location, did_you_mean

_NO_UNIT, _TWO_UNITS = "return.unknown-unit", "return.unit-contradiction"
# What the reader of a return says of a cell or a file, and of which the text itself is told anyway.
_SAID_WITH_THE_TEXT = {"return.unknown-status": Use.UNREAD_JUDGEMENT, "return.other-period": Use.OTHER_PERIOD}
# A word for tasks that stands among the goals, and the other way round, means this.
_OF_OTHER_SHEET = {
    **dict(zip(STATUSES, VERDICTS, strict=False)),
    **dict(zip(VERDICTS, STATUSES, strict=False)),
}
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_SAME_AS_LAST = "；与上期一字不差"


def origin_findings(said: Said) -> Iterator[Finding]:
    """The findings of all origins, as the record goes."""
    by_file: dict[tuple[str, str, Use], list[Origin]] = {}
    by_row: dict[tuple[str, str], list[Origin]] = {}
    rows: set[tuple[str, str, str, str, str]] = set()
    told = {(each.digest, each.unit, each.use) for each in said.record.origins}
    for each in said.record.origins:
        source = said.source(each)
        if said.is_gone(each):
            continue  # what a mended return said of itself
        if each.use is Use.FAULT and source is not None and not source.readable:
            by_file.setdefault((each.digest, each.unit, Use.FAULT), []).append(each)
        elif each.use is Use.OTHER_PERIOD:
            by_file.setdefault((each.digest, each.unit, Use.OTHER_PERIOD), []).append(each)
        elif each.use is Use.UNPLACED and each.id and each.id not in said.entries:
            by_row.setdefault((each.id, each.unit), []).append(each)
        elif each.use in (Use.FAULT, Use.NOTE):
            use = _SAID_WITH_THE_TEXT.get(each.how)
            if use is None or (each.digest, each.unit, use) not in told:
                yield from _told(each, told)
        else:
            yield from _Look(said, each).findings()
        # A row that was found by its text is one point, however many columns it fills.
        row = (each.digest, each.unit, each.id, each.where.sheet or "", _row_of(each))
        alike = each.how in (How.ALIKE.value, How.NUMBER_AND_TEXT.value) and each.id in said.entries
        if alike and row not in rows:
            rows.add(row)
            yield _likely(each, said.entries[each.id])
    for (_, _, use), listed in by_file.items():
        yield _of_file(listed, use, said)
    for listed in by_row.values():
        yield _deleted(listed)


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


def _of_file(listed: Sequence[Origin], use: Use, said: Said) -> Finding:
    """One finding for a file of which nothing was used."""
    first = listed[0]
    frame = Finding(
        kind=Kind.UNREAD, unit=first.unit, what="", where=Location(file=first.where.file), digest=first.digest
    )
    if use is Use.FAULT:
        where = first.where if len(listed) == 1 else frame.where
        return replace(frame, what="\n".join(f"{each.text}。{each.note}" for each in listed), where=where)
    texts = [each for each in listed if each.text and each.field]
    reasons = [
        f"{each.text}。{each.note}"
        for each in said.record.origins
        if each.how == "return.other-period" and (each.digest, each.unit) == (first.digest, first.unit)
    ]
    reasons += [each.note or each.text for each in listed if each.note or not each.field]
    reason = next(iter(reasons), "") or "表上写的不是这一期"
    what = f"{reason.rstrip('。')}；{len(texts)} 条内容没有采用，记在「来源」表" if texts else reason
    return replace(frame, kind=Kind.OTHER_PERIOD, what=what)


def _deleted(listed: Sequence[Origin]) -> Finding:
    """One finding for an entry that somebody took out of the ledger, and what its unit says of it."""
    first = listed[0]
    texts = [f"{column_name(each.field, None)}：{each.text}" if each.field else each.text for each in listed]
    return Finding(
        kind=Kind.DELETED,
        unit=first.unit,
        id=first.id,
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
            case Use.NOT_ITS | Use.UNREAD_JUDGEMENT:
                yield from self._not_its()
            case Use.EMPTY | Use.PLACEHOLDER:
                yield from self._gap()
            case Use.SUPPORT:
                yield self.found(Kind.SUPPORT_TEXT, f"{column}没有并入，用的是责任单位{by}的", "")
            case Use.LATER_FILE if not each.was_taken:
                chosen = self.chosen
                used = f"「{chosen.where.file}」" if chosen and chosen.unit == each.unit else "后来的一份"
                yield self.found(Kind.SEVERAL_FILES, f"{column}：同一单位以{used}为准")
            case Use.TAKEN:
                yield from self._taken()
            case Use.BEFORE:
                yield from self._before()
        yield from self._overwritten()

    def _overwritten(self) -> Iterator[Finding]:
        """A text that another one has replaced; once a person has changed the cell it is no news any more."""
        each, chosen = self.origin, self.chosen
        replaced = each.was_taken and each.use is not Use.TAKEN and chosen is not None
        if replaced and chosen and not same(chosen.text, each.text) and same(chosen.text, self.ours):
            yield self.found(Kind.OVERWRITTEN, f"{self.column}：换成了{_place(chosen.where)}的{self.by}")

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
        if is_unread_judgement(each):
            yield from self._unread_judgement(entry)
        elif each.field == "last_progress":
            if not same(self.ours, each.text):
                yield self.found(Kind.IN_LAST, "写在上期一栏，没有采用")
        elif each.field in ("text", "category", "lead_units", "support_units"):
            if not same(self.ours, each.text):
                yield self.found(Kind.CHANGED, f"{self.column}与台账不同", chosen=self.ours)
        else:
            yield self.found(Kind.EXTRA, f"多出的列「{each.field}」", "")

    def _unread_judgement(self, entry: Entry) -> Iterator[Finding]:
        each = self.origin
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


def _row_of(each: Origin) -> str:
    """The row of a place: all cells of one row belong together."""
    return "".join(re.findall(r"\d+", each.where.cell or "")[:1])


def _place(where: Location) -> str:
    return f"「{where.file}」{where.sheet or ''}{where.cell or ''}"

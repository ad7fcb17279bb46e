"""What each entry of a merged ledger lacks (逐项任务的待看事项): which of its leads are silent, who has not judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.intake.findings import Finding, Kind
from reportgen.intake.said import Said
from reportgen.ledger.model import Entry
from reportgen.ledger.words import field_name


def entry_findings(said: Said, entry: Entry) -> Iterator[Finding]:
    """The findings of one entry."""
    frame = Finding(kind=Kind.WAITING, id=entry.id, task=entry.text, what="", ours=entry.progress)
    for name in said.answering.nobody(entry):
        where = entry.where("lead_units")
        what = f"责任单位「{name}」不知道指哪些单位"
        yield replace(frame, kind=Kind.NOBODY, what=what, ours=name, where=where)
    yield from _unreported(said, entry, frame)
    answered = said.leads_who_answered(entry)
    if answered and not entry.judgement and entry.id not in said.unreadable_judgement:
        what = f"报了进展，没有点选{field_name('judgement', entry.sheet)}"
        yield replace(frame, kind=Kind.UNJUDGED, unit="、".join(answered), what=what)


def _unreported(said: Said, entry: Entry, frame: Finding) -> Iterator[Finding]:
    """Each lead that has returned and says nothing of the entry; or that nobody has returned yet."""
    leads, answered = said.leads(entry), said.leads_who_answered(entry)
    by_hand = entry.progress and (entry.id, "progress") not in said.taken
    what = "没有反馈这一项的进展" + ("，台账里有人工填写的" if by_hand else "")
    there = [unit for unit in leads if unit in said.heard]
    for unit in there:
        if unit in answered or unit in said.gaps[entry.id]:
            continue  # an empty row is told with its place
        if not answered:
            yield replace(frame, kind=Kind.UNREPORTED, unit=unit, what=what)
        elif said.roles[entry.id][unit].group:
            # Members of a group each have their own part in the entry.
            told = f"同组的{_some(answered)}已报，这个单位没有报"
            yield replace(frame, kind=Kind.UNREPORTED, unit=unit, what=told)
        else:
            yield replace(frame, kind=Kind.JOINT_SILENT, unit=unit, what=f"没有单独报；{_some(answered)}已报")
    if not there:
        yield replace(frame, unit="、".join(entry.lead_units), what=what)


_MOST_NAMED = 3


def _some(units: list[str]) -> str:
    more = f"等 {len(units)} 个单位" if len(units) > _MOST_NAMED else ""
    return "、".join(units[:_MOST_NAMED]) + more

"""Judgements against the rules of judging (研判不一致): a task is listed as normal, its figures say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.judging.elapsed import Elapsed
from reportgen.judging.judge import judge
from reportgen.judging.rules import Rules
from reportgen.judging.verdicts import Standing, Verdict
from reportgen.ledger.model import Entry, Sheet
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Row
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings


def examine(manuscript: Manuscript, settings: Settings, rules: Rules) -> Iterator[Finding]:
    """Each row whose judgement differs from what the rules say (研判不一致); what no rule decides is left alone."""
    if not settings.looks_at(Rule.JUDGEMENT) or manuscript.period is None or manuscript.period.last is None:
        return
    elapsed = Elapsed(manuscript.period.last)
    rows = [
        (row, _entry(row, listing.kind.sheet))
        for listing in manuscript.listings
        if listing.kind
        for row in listing.rows
    ]
    judged = [(row, entry) for row, entry in rows if entry.judgement and not _stands_elsewhere(row)]
    for (row, _), verdict in zip(judged, judge((entry for _, entry in judged), rules, elapsed), strict=True):
        if verdict.standing is Standing.DIFFERS:
            yield from _finding(row, verdict, settings, rules)


def _entry(row: Row, sheet: Sheet) -> Entry:
    return Entry(sheet=sheet, text=row.content("text"), progress=row.content("progress"), judgement=row.judgement)


def _stands_elsewhere(row: Row) -> bool:
    """Whether the row shows a ledger's entry, where this is told."""
    progress = row.texts.get("progress")
    return progress is not None and progress.stands_elsewhere


def _finding(row: Row, verdict: Verdict, settings: Settings, rules: Rules) -> Iterator[Finding]:
    opinion = verdict.decided
    if opinion is None:
        return
    name = rules.rules[opinion.rule].name
    what = f"写的是「{verdict.entry.judgement}」，按研判规则“{name}”应是「{opinion.judgement}」：{opinion.reason}"
    fix = f"请核实是否应改为「{opinion.judgement}」；确有理由不改的，请认可这条意见并写明理由"
    # The progress decides; the task's words are what it is held against.
    places = sorted(opinion.rests_on, key=lambda each: each.field != "progress")
    marks = [Mark(text=row.texts[place.field], start=place.start, end=place.end) for place in places]
    if "text" in row.texts and all(place.field != "text" for place in places):
        # 近期无进展 of one task may be accepted, and of the next one not.
        marks.append(Mark(text=row.texts["text"]))
    yield from settings.finding(Rule.JUDGEMENT, what, fix, *marks)

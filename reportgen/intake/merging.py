"""The merge (汇总): the ledger and all that the units said → the merged ledger, and what became of each text.

A three-way merge by cell: what was taken last time, what the ledger says now, what the units say now. A text that a
person changed in the ledger is never overwritten; nothing is overwritten unlisted; the same returns change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reportgen.intake.answering import Answering
from reportgen.intake.deciding import Cell, Decision, Voices
from reportgen.intake.receipts import Fresh, distinct, received
from reportgen.intake.replies import Reply, origins_of
from reportgen.ledger.ids import id_key
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.origins import (
    COLLECTED,
    LAST_JUDGEMENT,
    LAST_PHRASE,
    Origin,
    Use,
    in_order,
    origin_place,
)
from reportgen.ledger.records import Received, Record
from reportgen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged ledger and its record (汇总后的台账); `rolled` where a ledger was just rolled over into this period."""

    ledger: Ledger
    record: Record
    rolled: bool = False


def rolled_over(ledger: Ledger, period: str) -> Merged:
    """A new period's beginning (转入新的一期): progress becomes last period's, and what the units answer is empty.

    A phrase with a figure speaks of the old period and goes; one without (空气质量优良天数) stays. What went is kept
    in the record.
    """
    origins: list[Origin] = []

    def next_period(entry: Entry) -> Entry:
        keeps = not any(character.isnumeric() for character in entry.phrase)
        gone = ((LAST_JUDGEMENT, "judgement", entry.judgement), (LAST_PHRASE, "phrase", "" if keeps else entry.phrase))
        for field, name, text in gone:
            if text:
                place = origin_place(entry.where(name) or Location(file=ledger.file))
                origins.append(Origin(id=entry.id, field=field, text=text, where=place, use=Use.BEFORE))
        phrase = entry.phrase if keeps else ""
        return replace(entry, last_progress=entry.progress, progress="", judgement="", phrase=phrase)

    goals, tasks = (tuple(map(next_period, ledger.entries(sheet))) for sheet in Sheet)
    new = replace(ledger, goals=goals, tasks=tasks, period=period)
    return Merged(ledger=new, record=Record(period=period, origins=tuple(origins)), rolled=True)


def merge(before: Merged, replies: Iterable[Reply], answering: Answering) -> Merged:
    """The ledger with what the units say, whose entries all have numbers; the order of the replies does not matter."""
    fresh, copies = distinct(replies, before.record.returns, answering)
    returns = received(before.record, fresh, copies, answering)
    current = {each.digest: each for each in returns}
    numbers = {entry.id for entry in before.ledger}
    pool = _pool(_renumbered(before.record, numbers), fresh, current, answering)
    answers: dict[tuple[str, str], list[Origin]] = defaultdict(list)
    kept = list(pool.others)
    for origin in pool.standing:
        if origin.id in numbers:
            answers[origin.id, origin.field].append(origin)
        else:
            # Of an entry that somebody took out of the ledger the texts stay on record.
            kept.append(replace(origin, use=Use.UNPLACED, note="台账里已经没有这个编号"))
    for (number, _), old in pool.taken.items():
        if number not in numbers and old.key not in pool.told:
            kept.append(replace(old, use=Use.OLD, was_taken=True))

    def merged(entry: Entry) -> Entry:
        voices = Voices(answering.roles(entry), current)
        decided: dict[str, Decision] = {}
        for field in COLLECTED:
            said = tuple(answers[entry.id, field])
            old = pool.taken.get((entry.id, field))
            cell = Cell(
                text=getattr(entry, field),
                said=said,
                old=old,
                old_stands=old is not None and any(each.key == old.key for each in said),
                old_is_told=old is not None and old.key in pool.told,
            )
            decided[field] = voices.decide(cell, decided.get("progress"))
            kept.extend(decided[field].became)
        texts = {field: decision.text for field, decision in decided.items()}
        return replace(entry, progress=texts["progress"], judgement=texts["judgement"], phrase=texts["phrase"])

    goals, tasks = (tuple(map(merged, before.ledger.entries(sheet))) for sheet in Sheet)
    ledger = replace(before.ledger, goals=goals, tasks=tasks)
    record = replace(before.record, returns=returns, origins=in_order(kept, [entry.id for entry in ledger]))
    return Merged(ledger=ledger, record=record)


def _renumbered(record: Record, numbers: Iterable[str]) -> Record:
    """The record with the numbers as the ledger writes them now: r-z5r577 is R-Z5R577."""
    known = {id_key(number): number for number in numbers}
    origins = tuple(
        replace(each, id=known.get(id_key(each.id), each.id)) if each.id else each for each in record.origins
    )
    return replace(record, origins=origins)


@dataclass(frozen=True, slots=True)
class _Pool:
    """All that was said in this collection (全部反馈): the answers that stand, and all the rest.

    `taken` are the answers that were taken last time, by entry and column; `told` are the keys of all that is said now.
    """

    standing: tuple[Origin, ...]
    others: tuple[Origin, ...]
    taken: Mapping[tuple[str, str], Origin]
    told: frozenset[tuple[str, ...]]


def _pool(record: Record, fresh: Fresh, current: Mapping[str, Received], answering: Answering) -> _Pool:
    """What was read anew stands as it was read now; of what was taken back, only what stood in the ledger is told."""
    taken = {each.key: each for each in record.origins if each.use is Use.TAKEN and each.is_answer}
    was_taken = {each.key for each in record.origins if each.was_taken}
    said: list[Origin] = []
    for reply in fresh.values():
        for each in origins_of(reply, answering, record.period):
            past = each.key in was_taken or (each.key in taken and not each.is_answer)
            said.append(replace(each, was_taken=past))
    told = {each.key for each in said}
    others = [each for each in said if not each.is_answer]
    standing = [each for each in said if each.is_answer]
    # Returns whose unit is told otherwise now have another short name.
    gone = {each.digest for each in record.returns} - current.keys()
    read = {digest for digest, reply in fresh.items() if reply.returned is not None}
    for each in record.origins:
        source = current.get(each.digest)
        anew = each.digest in read or each.digest in gone
        if each.key in told:
            continue
        # A file that could be read once and cannot be now takes nothing away; what was wrong with it is told anew.
        if each.digest in fresh and each.use in (Use.FAULT, Use.NOTE):
            continue
        if each.use is Use.BEFORE:
            others.append(each)
        elif anew or (source is not None and source.replaced) or each.use in (Use.OLD, Use.MOVED):
            if each.was_taken:
                past_use = each.use if each.use in (Use.OLD, Use.MOVED) else Use.MOVED if anew else Use.OLD
                others.append(replace(each, use=past_use))
        elif each.is_answer:
            standing.append(each)
            told.add(each.key)
        else:
            others.append(each)
    by_cell = {(each.id, each.field): each for each in taken.values()}
    return _Pool(tuple(standing), tuple(others), by_cell, frozenset(told))
